"""The diagnosis of a plan: what was found, who said it, what answers it."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.search import fold
from hub.core.web import row_number
from hub.plans import rules
from hub.plans.forms.diagnosis import FindingForm
from hub.plans.forms.plans import ReasonForm
from hub.plans.models.diagnosis import Finding, FindingKind, Scope
from hub.plans.models.plans import Plan
from hub.plans.operations import diagnosis as operations
from hub.plans.queries import diagnosis as queries
from hub.plans.values.outline import AxisReading
from hub.plans.views import exporting
from hub.plans.views.blueprint import blueprint
from hub.plans.views.page import Answer, both, child, choices, hold, named, render, tell, today
from hub.plans.words import FINDING_KINDS, SCOPES

SHOWN = ("kind", "scope", "text", "detail", "source", "territory_id", "theme_id", "entered_on")


@blueprint.get("/<slug>/diagnostic")
@permit(rules.see, Plan, key="slug")
def diagnosis(plan: Plan) -> Answer:
    """List what was found: filters, what has no answer, what came in during the plan; export."""
    session, args = db.session(), request.args
    found = session.scalars(
        queries.findings(
            plan,
            kind=_word(FindingKind, args.get("kind")),
            scope=_word(Scope, args.get("scope")),
            theme_id=args.get("theme", type=row_number),
            territory_id=args.get("territory", type=row_number),
            unanswered=args.get("only") == "unanswered",
            during=args.get("only") == "during",
        )
    ).all()
    words = fold(args.get("q", ""))
    found = [row for row in found if words in fold(f"{row.text} {row.detail} {row.source}")]
    names = _names(named(plan))
    answers: dict[int, list[str]] = {}
    for finding, axis, action in session.execute(queries.answers(plan)):
        answers.setdefault(finding, []).append(f"axis-{axis}" if axis else f"action-{action}")
    if args.get("format") in {"csv", "xlsx"}:
        return exporting.findings(args["format"], plan, found, names, answers)
    return render(
        plan, "diagnosis", "plans.diagnosis", findings=found, names=names, answers=answers,
        kinds=FINDING_KINDS, scopes=SCOPES,
        options=_options(plan),
    )  # fmt: skip


def _word(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None


def _names(axes: list[AxisReading]) -> dict[str, str]:
    """Return the names of what can answer: axis-1, action-2."""
    of_axes, of_actions = choices(axes)
    return {f"axis-{key}": name for key, name in of_axes} | {
        f"action-{key}": name for key, name in of_actions
    }


def _options(plan: Plan) -> dict[str, list[tuple[str, Any]]]:
    told = db.session.execute(queries.told_of(plan)).all()
    return {
        "kind": [(kind.value, word) for kind, word in FINDING_KINDS.items()],
        "scope": [(scope.value, word) for scope, word in SCOPES.items()],
        "theme": [(str(key), label) for kind, key, label in told if kind == "theme"],
        "territory": [(str(key), name) for kind, key, name in told if kind == "territory"],
        "only": [
            ("unanswered", _("Sans réponse dans le plan")),
            ("during", _("Entrés en cours de plan")),
        ],
    }


@blueprint.get("/<slug>/diagnostic/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_finding_page(plan: Plan) -> Answer:
    """Show the empty form of a line."""
    form = FindingForm(formdata=None, entered_on=today())
    form.offer(db.session(), *choices(named(plan)))
    return render(plan, "finding", "plans.diagnosis", form=form, row=None)


@blueprint.post("/<slug>/diagnostic/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_finding(plan: Plan) -> Answer:
    """Add a line."""
    return _save(plan, None)


@blueprint.get("/<slug>/diagnostic/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def edit_finding(plan: Plan, number: int) -> Answer:
    """Show a line's form."""
    row = child(Finding, plan, number)
    form = _filled(row)
    form.offer(db.session(), *choices(named(plan)))
    form.showing(form)
    return render(plan, "finding", "plans.diagnosis", form=form, row=row)


def _filled(row: Finding) -> FindingForm:
    """Return the form with what a line says now."""
    links: dict[str, list[int]] = {"organisations": [], "axes": [], "actions": []}
    for name, key in db.session.execute(queries.links_of(row)):
        links[name].append(key)
    # By name, not as `obj`: that would read each of the three lists.
    return FindingForm(formdata=None, data={name: getattr(row, name) for name in SHOWN} | links)


@blueprint.post("/<slug>/diagnostic/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def change_finding(plan: Plan, number: int) -> Answer:
    """Change a line."""
    hold(plan)
    return _save(plan, child(Finding, plan, number))


def _save(plan: Plan, row: Finding | None) -> Answer:
    form = FindingForm()
    form.offer(db.session(), *choices(named(plan)))
    stored = _filled(row) if row is not None else None
    if stored is not None and form.is_stale(stored):
        meanwhile = both(form, stored)
        return render(plan, "finding", "plans.diagnosis", form=form, row=row, meanwhile=meanwhile), 409
    if form.validate_on_submit():
        try:
            operations.save(db.session(), plan, row, form.facts(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("C’est dans le diagnostic."), "success")
            return redirect(url_for("plans.diagnosis", slug=plan.slug), 303)
    return render(plan, "finding", "plans.diagnosis", form=form, row=row), 422


@blueprint.get("/<slug>/diagnostic/<int:number>/clore")
@permit(rules.edit, Plan, key="slug")
def close_finding_page(plan: Plan, number: int) -> Answer:
    """Ask why a line is no longer so."""
    return _close_page(plan, child(Finding, plan, number), ReasonForm(formdata=None))


@blueprint.post("/<slug>/diagnostic/<int:number>/clore")
@permit(rules.edit, Plan, key="slug")
def close_finding(plan: Plan, number: int) -> Answer:
    """Close a line."""
    row, form = child(Finding, plan, number), ReasonForm()
    if not form.validate_on_submit():
        return _close_page(plan, row, form), 422
    operations.close(db.session(), row, form.reason.data or "", actor=current_user(), now=clock.now())
    flash(_("C’est clos ; la ligne reste dans le diagnostic."), "success")
    return redirect(url_for("plans.diagnosis", slug=plan.slug), 303)


def _close_page(plan: Plan, row: Finding, form: ReasonForm) -> str:
    return render(
        plan, "reason", "plans.diagnosis", form=form, heading=_("Clore « %(text)s »", text=row.text),
        detail=_("Ce n’est plus d’actualité ? La ligne reste, avec la date et votre raison."),
        action=url_for("plans.close_finding", slug=plan.slug, number=row.id),
        back=url_for("plans.diagnosis", slug=plan.slug), verb=_("Clore cette ligne"),
    )  # fmt: skip


@blueprint.post("/<slug>/diagnostic/<int:number>/rouvrir")
@permit(rules.edit, Plan, key="slug")
def reopen_finding(plan: Plan, number: int) -> Answer:
    """Say that a line is so again."""
    operations.reopen(db.session(), child(Finding, plan, number), actor=current_user(), now=clock.now())
    flash(_("C’est de nouveau d’actualité."), "success")
    return redirect(url_for("plans.diagnosis", slug=plan.slug), 303)
