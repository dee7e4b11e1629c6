"""One action: its page with its history and what it hangs on, its form, and the gestures upon it."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.actors.models.mandates import Person
from hub.core import audit, clock
from hub.core.access import current_user, local_path, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.i18n import format_short_date
from hub.core.web import row_number
from hub.spaces import rules, signals
from hub.spaces.forms.actions import ActionForm, LaterForm, MoveForm, owner_value
from hub.spaces.models.actions import Action, ActionChange, ActionState
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space
from hub.spaces.operations import actions as operations
from hub.spaces.operations.actions import ActionFacts, Who
from hub.spaces.queries import actions as queries
from hub.spaces.views.actions.lists import scope
from hub.spaces.views.blueprint import blueprint
from hub.spaces.words import ACTION_STATES

Answer = str | Response | tuple[str, int]
TOLD = ("action.added", "action.changed")  # what the trace of states and days doesn't tell


def me() -> Who:
    """Return the account of this request and the person that it is."""
    user = current_user()
    return Who(user, db.session.scalar(select(Person).where(Person.user_id == user.id)))


@blueprint.get("/actions/<int:id>")
@permit(rules.see_action, Action)
def action(row: Action) -> Answer:
    """Show an action: whose, by when, how it came, what was said of it."""
    wanted = request.args.get("geste", "")
    gesture = wanted if wanted in {ActionState.BLOCKED, ActionState.DROPPED, "later"} else ""
    return _show(row, gesture=gesture)


def _show(
    row: Action, *, gesture: str = "", move: MoveForm | None = None, later: LaterForm | None = None
) -> str:
    session, now, user = db.session(), clock.now(), current_user()
    today = clock.today(now)
    session.scalar(queries.whole(row.id))
    changes = session.scalars(queries.history(row)).all()
    told = audit.history(row).where(audit.AuditEntry.action.in_(TOLD))
    who = me()
    latest = changes[0] if changes else None
    return render_template(
        "spaces/actions/show.html", action=row, lines=_lines(changes, session.scalars(told).all()),
        links=signals.links_of_thing(row, session=session, user=user), today=today, states=ACTION_STATES,
        to_entrust=bool(queries.entrust_numbers(session, [row.id], today)), gesture=gesture,
        move=move or MoveForm(formdata=None), later=later or LaterForm(formdata=None),
        may_edit=rules.edit_action(user, row), may_act=rules.act_on(user, row),
        undoable=latest if latest and _can_undo(latest, who) else None,
    )  # fmt: skip


def _lines(changes: Sequence[ActionChange], told: Sequence[audit.AuditEntry]) -> list[dict[str, Any]]:
    """Return the history, the latest first: what the trace tells with its reasons, and the rest."""
    words = {
        "action.added": _("Action notée"),
        "action.changed": _("Précisions, responsable ou liens modifiés"),
    }
    lines = [
        {"when": row.at, "who": row.by, "what": _change_in_words(row), "detail": row.reason or None}
        for row in changes
    ]
    lines += [
        {"when": entry.at, "who": entry.actor_label, "what": words[entry.action], "detail": None}
        for entry in told
    ]
    return sorted(lines, key=lambda line: line["when"], reverse=True)


def _change_in_words(row: ActionChange) -> str:
    parts = []
    if row.state_before is not row.state_after:
        parts.append(f"{ACTION_STATES[row.state_before]} → {ACTION_STATES[row.state_after]}")
    if row.due_before != row.due_after:
        parts.append(
            _(
                "Date : %(before)s → %(after)s",
                before=format_short_date(row.due_before) if row.due_before else _("sans date"),
                after=format_short_date(row.due_after) if row.due_after else _("sans date"),
            )
        )
    said = " · ".join(parts) or str(ACTION_STATES[row.state_after])
    if row.undoes_id is not None:
        return str(_("Geste annulé : %(said)s", said=said))
    return str(_("%(said)s (annulé)", said=said)) if row.undone_at else said


def _can_undo(change: ActionChange, who: Who) -> bool:
    fresh = clock.now() < change.at + operations.UNDO_FOR
    return fresh and who.made(change) and change.undone_at is None and change.undoes_id is None


# --- Making and changing ---------------------------------------------------------------------


def _origin() -> tuple[Space | None, Meeting | None, Decision | None]:
    """Return the space, the meeting and the decision that the address names; the last two tell their space.

    404 for what isn't there, 403 where the reader may not add actions.
    """
    slug, code, number = (request.args.get(name, "") for name in ("space", "decision", "meeting"))
    decision = db.session.scalar(select(Decision).where(Decision.code == code)) if code else None
    known = request.args.get("meeting", type=row_number)
    meeting = db.session.get(Meeting, known) if known is not None else None
    space = db.session.scalar(select(Space).where(Space.slug == slug)) if slug else None
    if (code and not decision) or (number and not meeting) or (slug and not space):
        abort(404)
    if meeting is None and decision is not None:
        meeting = decision.meeting
    if space is None and meeting is not None:
        space = meeting.space
    if space is not None and not rules.edit(current_user(), space):
        abort(403)
    return space, meeting, decision


@blueprint.get("/actions/nouvelle")
@permit(rules.follow_actions)
def new_action() -> Answer:
    """Show the empty form, or first ask for which space."""
    space, meeting, decision = _origin()
    if space is None:
        spaces = db.session.scalars(queries.open_spaces(scope())).all()
        return render_template("spaces/actions/choose_space.html", spaces=spaces)
    form = ActionForm(
        formdata=None,
        data={
            "meeting_id": meeting.id if meeting else None,
            "decision_id": decision.id if decision else None,
        },
    )
    return _form(form, space, None)


@blueprint.post("/actions/nouvelle")
@permit(rules.follow_actions)
def create_action() -> Answer:
    """Make an action."""
    space = _origin()[0]
    if space is None:
        abort(404)
    session, form = db.session(), ActionForm()
    form.offer(session, space, None, clock.today(clock.now()))
    if not form.validate_on_submit():
        return _form(form, space, None), 422
    try:
        row = operations.add(
            session, space, _facts(form), meeting=_row(Meeting, form.meeting_id.data),
            decision=_row(Decision, form.decision_id.data), actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return _form(form, space, None, problem), 422
    flash(_("L’action est notée."), "success")
    return redirect(url_for("spaces.action", id=row.id), 303)


@blueprint.get("/actions/<int:id>/modifier")
@permit(rules.edit_action, Action)
def edit_action(row: Action) -> Answer:
    """Show the form as it stands."""
    known = {name: getattr(row, name) for name in ("title", "detail", "due_on", "meeting_id", "decision_id")}
    known["owner"] = owner_value(row.organisation_id, row.person_id)
    return _form(ActionForm(formdata=None, data=known), row.space, row)


@blueprint.post("/actions/<int:id>/modifier")
@permit(rules.edit_action, Action)
def change_action(row: Action) -> Answer:
    """Store what was changed."""
    session, form = db.session(), ActionForm()
    form.offer(session, row.space, row, clock.today(clock.now()))
    if not form.validate_on_submit():
        return _form(form, row.space, row), 422
    try:
        operations.change(
            session, row, _facts(form), reason=form.reason.data or "",
            meeting=_row(Meeting, form.meeting_id.data), decision=_row(Decision, form.decision_id.data),
            who=me(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return _form(form, row.space, row, problem), 422
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("spaces.action", id=row.id), 303)


def _facts(form: ActionForm) -> ActionFacts:
    return ActionFacts(
        title=form.title.data or "",
        detail=form.detail.data or "",
        organisation_id=form.organisation_id,
        person_id=form.person_id,
        due_on=form.due_on.data,
    )


def _row(model: Any, number: int | None) -> Any:
    return db.session.get(model, number) if number is not None else None


def _form(form: ActionForm, space: Space, row: Action | None, problem: DomainError | None = None) -> str:
    extra = []
    form.offer(db.session(), space, row, clock.today(clock.now()))
    if problem is not None:
        words = _(problem.msgid, **problem.params)
        if problem.field in form:
            form[problem.field].errors = [*form[problem.field].errors, words]
        else:
            extra.append(words)
    return render_template(
        "spaces/actions/form.html", form=form, space=space, action=row, extra=extra,
        today=clock.today(clock.now()),
    )  # fmt: skip


# --- Gestures --------------------------------------------------------------------------------


@blueprint.post("/actions/<int:id>/etat")
@permit(rules.act_on, Action)
def move_action(row: Action) -> Answer:
    """Bring an action to a state; dropping one is for who follows the space, as on the board."""
    form = MoveForm()
    if form.state.data not in set(ActionState):
        abort(400)
    state = ActionState(form.state.data)
    if state is ActionState.DROPPED and not rules.edit_action(current_user(), row):
        abort(403)
    if not form.validate_on_submit():
        return _show(row, gesture=state.value, move=form), 422
    try:
        operations.move(db.session(), row, state, form.reason.data or "", who=me(), now=clock.now())
    except DomainError as problem:
        form.reason.errors = [_(problem.msgid, **problem.params)]
        return _show(row, gesture=state.value, move=form), 422
    flash(
        _("« %(title)s » : %(state)s.", title=row.title, state=str(ACTION_STATES[state]).lower()), "success"
    )
    return redirect(local_path(form.next.data) or url_for("spaces.action", id=row.id), 303)


@blueprint.post("/actions/<int:id>/plus-tard")
@permit(rules.act_on, Action)
def postpone_action(row: Action) -> Answer:
    """Move its day later, and say why."""
    form = LaterForm()
    if not form.validate_on_submit():
        return _show(row, gesture="later", later=form), 422
    try:
        operations.postpone(
            db.session(), row, form.due_on.data, form.reason.data or "", who=me(), now=clock.now()
        )
    except DomainError as problem:
        field = form.reason if problem.field == "reason" else form.due_on
        field.errors = [_(problem.msgid, **problem.params)]
        return _show(row, gesture="later", later=form), 422
    flash(_("La nouvelle date est notée."), "success")
    return redirect(url_for("spaces.action", id=row.id), 303)


@blueprint.post("/actions/<int:id>/changements/<int:number>/annuler")
@permit(rules.act_on, Action)
def undo_action_change(row: Action, number: int) -> Answer:
    """Take back one's own last change."""
    change = db.session.get(ActionChange, number)
    if change is None or change.action_id != row.id:
        abort(404)
    try:
        operations.undo(db.session(), change, who=me(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "warning")
    else:
        flash(_("C’est annulé : l’action est comme avant."), "success")
    return redirect(url_for("spaces.action", id=row.id), 303)
