"""The coordinator's list and board of actions, and whom no reminder reaches."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from hub.core import clock, exports, paging
from hub.core.access import coordinator, current_user, permit
from hub.core.db import db
from hub.core.remembering import Remembered
from hub.core.web import row_number
from hub.spaces import rules
from hub.spaces.models.actions import OVER, Action, ActionState
from hub.spaces.queries import actions as queries
from hub.spaces.queries import reminders as reminder_queries
from hub.spaces.queries.actions import COLUMN, DUE, ActionFilter
from hub.spaces.queries.reminders import Unreachable
from hub.spaces.views.blueprint import blueprint
from hub.spaces.words import ACTION_STATES
from hub.spaces.words import OBSTACLES as OBSTACLE_WORDS

SEARCH = 200
# Whom no reminder reaches, of all spaces: each action's voices and addresses have to be looked at.
OBSTACLES: Remembered[list[Unreachable]] = Remembered(2)
EACH = 15  # lines of a page: a line says much


def scope() -> tuple[int, ...] | None:
    """Return the spaces whose actions the reader follows; None for all."""
    user = current_user()
    if coordinator(user):
        return None
    return tuple(db.session.scalars(queries.facilitated(user.id, clock.today(clock.now()))))


def asked(spaces: tuple[int, ...] | None) -> ActionFilter:
    """Return what the address asks for; words that mean nothing are left out."""
    state, due = request.args.get("state", ""), request.args.get("due", "")
    return ActionFilter(
        text=_argument("q"),
        space=_argument("space"),
        organisation=_argument("organisation"),
        state=ActionState(state) if state in set(ActionState) else None,
        due=due if due in DUE else "",
        decision=_argument("decision"),
        spaces=spaces,
    )


def _argument(name: str) -> str:
    return request.args.get(name, "").replace("\x00", "").strip()[:SEARCH]


@blueprint.get("/actions")
@permit(rules.follow_actions)
def actions() -> Any:
    """List the actions: search, filters, sorting, export."""
    session, today = db.session(), clock.today(clock.now())
    spaces = scope()
    wanted = asked(spaces)
    sort, backwards = request.args.get("sort", "due"), request.args.get("direction") == "desc"
    if request.args.get("format") in {"csv", "xlsx"}:
        rows = queries.actions(wanted, today, sort, descending=backwards)
        return _export(request.args["format"], session.scalars(rows).unique().all())
    numbers = queries.numbers(wanted, today, sort, descending=backwards)
    places = paging.paginate(session, numbers, request.args.get("page", 1, type=int), EACH)
    page = places.holding(queries.numbered(session, places.rows))
    options = _options(wanted, spaces)
    return render_template(
        "spaces/actions/index.html", page=page, wanted=wanted, today=today, states=ACTION_STATES,
        options=options, active=_active(wanted, options), to_entrust=_to_entrust(page.rows),
        sort=sort, backwards=backwards,
    )  # fmt: skip


@blueprint.get("/actions/tableau")
@permit(rules.follow_actions)
def action_board() -> Any:
    """Show the actions as cards, a column for each state; each column has its pages."""
    session, today = db.session(), clock.today(clock.now())
    spaces = scope()
    wanted = asked(spaces)
    counts = {row[0]: row[1] for row in session.execute(queries.states(wanted, today))}
    pages = {state: _page_of(state, counts.get(state, 0)) for state in ActionState}
    rows = session.scalars(queries.columns(wanted, today, pages)).all()
    columns = [
        {
            "state": state,
            "rows": [row for row in rows if row.state is state],
            "page": paging.Page([], pages[state], COLUMN, counts.get(state, 0)),
        }
        for state in ActionState
    ]
    options = _options(wanted, spaces, with_state=False)
    return render_template(
        "spaces/actions/board.html", columns=columns, wanted=wanted, today=today, states=ACTION_STATES,
        options=options, active=_active(wanted, options), to_entrust=_to_entrust(rows),
        total=sum(counts.values()), over=OVER,
    )  # fmt: skip


def _page_of(state: ActionState, total: int) -> int:
    """Return which page of a column the address asks for, the nearest that exists."""
    wanted = request.args.get(state.value, 1, type=row_number)
    return min(max(1, wanted), max(1, -(-total // COLUMN)))


def _to_entrust(rows: Sequence[Action]) -> set[int]:
    numbers = [row.id for row in rows if row.is_open]
    return queries.entrust_numbers(db.session(), numbers, clock.today(clock.now())) if numbers else set()


@blueprint.get("/actions/rappels")
@permit(rules.follow_actions)
def action_reminders() -> Any:
    """Show of which actions, late or due within 30 days, nobody can be reminded, and why."""
    spaces, today = scope(), clock.today(clock.now())
    everywhere = OBSTACLES.get(db.engine, today, lambda session: reminder_queries.obstacles(session, today))
    found = [one for one in everywhere if spaces is None or one.space_id in spaces]
    places = paging.cut(found, request.args.get("page", 1, type=int), EACH)
    actions = queries.numbered(db.session(), [one.action_id for one in places.rows])
    page = places.holding(list(zip(actions, places.rows, strict=True)))
    return render_template("spaces/actions/unreachable.html", page=page, words=OBSTACLE_WORDS, today=today)


def _options(
    wanted: ActionFilter, spaces: tuple[int, ...] | None, *, with_state: bool = True
) -> list[dict[str, Any]]:
    session = db.session()
    found = [
        {
            "name": "space",
            "label": _("Espace"),
            "value": wanted.space,
            "choices": [(slug, name) for slug, name in session.execute(queries.spaces_with_actions(spaces))],
            "search": True,
        },
        {
            "name": "organisation",
            "label": _("Qui en répond"),
            "value": wanted.organisation,
            "choices": [
                (slug, name) for slug, name in session.execute(queries.organisations_with_actions(spaces))
            ],
            "search": True,
        },
        {
            "name": "due",
            "label": _("Échéance et suivi"),
            "value": wanted.due,
            "choices": [
                ("open", _("Encore ouvertes")),
                ("late", _("En retard")),
                ("month", _("Pour ce mois-ci")),
                ("none", _("Sans date")),
                ("no_owner", _("À confier")),
                ("from_decision", _("Nées d’une décision")),
            ],
        },
    ]
    if with_state:
        found.append(
            {
                "name": "state",
                "label": _("État"),
                "value": wanted.state.value if wanted.state else "",
                "choices": [(state.value, str(word)) for state, word in ACTION_STATES.items()],
            }
        )
    return found


def _active(wanted: ActionFilter, options: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the filters in force, each to be taken away."""
    found = []
    if wanted.text:
        words = _("Recherche : %(text)s", text=wanted.text)
        found.append({"name": "q", "value": wanted.text, "label": words})
    for option in options:
        label = dict(option["choices"]).get(option["value"])
        if option["value"] and label:
            found.append({"name": option["name"], "value": option["value"], "label": label})
    if wanted.decision:
        words = _("Décision %(code)s", code=wanted.decision)
        found.append({"name": "decision", "value": wanted.decision, "label": words})
    return found


def _export(kind: str, rows: Sequence[Action]) -> Any:
    header = [
        _("Action"), _("Précisions"), _("Espace"), _("Organisation"), _("Personne"), _("Pour le"), _("État"),
        _("Raison"), _("Reports"), _("Faite le"), _("Décision"), _("Créée le"), _("Modifiée le"),
    ]  # fmt: skip
    lines = [
        [
            row.title, row.detail, row.space.name, row.organisation.name if row.organisation else "",
            row.person.name if row.person else "", row.due_on, str(ACTION_STATES[row.state]), row.reason,
            row.times_postponed, row.done_on, row.decision.code if row.decision else "",
            row.created_at, row.updated_at,
        ]
        for row in rows
    ]  # fmt: skip
    return exports.answer(kind, "actions", header, lines)
