"""What the pages of a plan share: their tabs, who may change it, refusals, children of a plan."""

from datetime import date
from typing import Any, TypeVar

from flask import abort, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user
from hub.core.db import Base, db
from hub.core.errors import DomainError
from hub.plans import rules
from hub.plans.forms.seen import SeenForm
from hub.plans.models.plans import Plan, PlanState
from hub.plans.queries import outline as outlines
from hub.plans.values.outline import AxisReading, Outline
from hub.plans.words import BODIES, KINDS, PROGRESSES, RESULTS, SHORT_KINDS, STATES, WAYS

Answer = Response | tuple[str, int] | str
Row = TypeVar("Row", bound=Base)
TABS = (
    ("plans.show", _l("Le plan")),
    ("plans.timeline", _l("Calendrier")),
    ("plans.progress", _l("Avancement")),
    ("plans.diagnosis", _l("Diagnostic")),
    ("plans.indicators", _l("Indicateurs")),
    ("plans.cross", _l("Croisements")),
    ("plans.budget", _l("Budget")),
    ("plans.evaluation", _l("Évaluation")),
    ("plans.history", _l("Historique")),
)


def today() -> date:
    """Return Brussels' date of this request."""
    return clock.today(clock.now())


def day_asked(name: str = "au") -> date | None:
    """Return the day that the address asks for (2018-01-01); None if it asks for none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def render(plan: Plan, template: str, tab: str = "", **values: Any) -> str:
    """Render one of a plan's pages."""
    may_edit = rules.edit(current_user(), plan)
    revision = plan.open_revision if may_edit else None
    return render_template(
        f"plans/{template}.html",
        plan=plan,
        tab=tab,
        tabs=TABS,
        may_edit=may_edit,
        is_past=plan.is_past(today()),
        open_revision=revision,
        may_revise=may_edit and (plan.state is PlanState.DRAFT or revision is not None),
        plan_kinds=KINDS,
        short_kinds=SHORT_KINDS,
        plan_states=STATES,
        bodies=BODIES,
        results=RESULTS,
        ways=WAYS,
        progresses=PROGRESSES,
        **values,
    )


def outline_of(plan: Plan) -> Outline:
    """Return everything the plan ever said."""
    return outlines.read(db.session(), plan)


def named(plan: Plan) -> list[AxisReading]:
    """Return today's axes and plan actions by their names alone: without states and ties."""
    return outlines.texts(db.session(), plan).on(today())


def now_of(plan: Plan, outline: Outline | None = None) -> list[AxisReading]:
    """Return the plan as it stands today."""
    return (outline or outline_of(plan)).on(today())


def choices(axes: list[AxisReading]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return axes and plan actions as choices of a list."""
    of_axes = [
        (axis.id, _("Axe %(number)s – %(title)s", number=axis.number, title=axis.title)) for axis in axes
    ]
    of_actions = [(one.id, f"{one.code} – {one.title}") for axis in axes for one in axis.actions]
    return of_axes, of_actions


def child(model: type[Row], plan: Plan, number: int) -> Row:
    """Return a plan's row of that number; 404 if it is another plan's or none."""
    found = db.session.get(model, number)
    if found is None or found.plan_id != plan.id:  # type: ignore[attr-defined]
        abort(404)
    return found


def hold(plan: Plan) -> None:
    """Let one after the other change a plan, and read anew what stands: another may just have written."""
    session = db.session()
    session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update())
    session.expire_all()


def both(form: SeenForm, stored: SeenForm) -> list[tuple[str, str, str]]:
    """Return both versions, field by field; from now on the page has seen what stands."""
    found = form.beside(stored)
    form.showing(stored)
    return found


def tell(form: Any, problem: DomainError) -> None:
    """Put a refusal beside the field at fault, or above the form."""
    message = _(problem.msgid, **problem.params)
    if problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, message]
    else:
        form.form_errors.append(message)
