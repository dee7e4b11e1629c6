"""« Mes actions »: what a representative has to do, by link without account or by account.

Whose an action is, is asked anew at each request (`queries.actions.concerns`): a mandate that has ended opens
nothing more. GET never changes anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.actors.models.mandates import Person
from hub.core import clock, paging
from hub.core.access import current_user, permit, permit_token, signed_in
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter, row_number
from hub.spaces.forms.actions import BlockForm, LaterForm
from hub.spaces.models.actions import Action, ActionChange
from hub.spaces.operations import actions as operations
from hub.spaces.operations import personal, reminders
from hub.spaces.operations.actions import Who
from hub.spaces.queries import actions as queries
from hub.spaces.queries import reminders as reminder_queries
from hub.spaces.views.blueprint import blueprint
from hub.spaces.words import ACTION_STATES

Answer = str | Response | tuple[str, int]
SHOWN_DONE = timedelta(days=30)
SOON = timedelta(days=7)
EACH = 8  # actions of a page, each with its forms


@dataclass(frozen=True)
class Door:
    """By which way somebody came to their actions: "my" (an account) or "linked" (a personal link)."""

    name: str
    person: Person | None
    arguments: dict[str, str] = field(default_factory=dict)

    def url(self, page: str, /, **more: Any) -> str:
        """Return the address of a page behind this door."""
        values: dict[str, Any] = {**self.arguments, **more}
        return url_for(f"spaces.{self.name}_{page}", **values)

    @property
    def who(self) -> Who:
        """In whose name gestures are made here."""
        return Who(current_user() if self.name == "my" else operations.BY_LINK, self.person)

    def action(self, number: int) -> Action:
        """Return an action that is this person's today; 404 for any other."""
        if self.person is None:
            abort(404)
        mine = queries.concerns(self.person.id, clock.today(clock.now()))
        found = db.session.scalar(queries.with_all(select(Action).where(Action.id == number, mine)))
        return found or abort(404)


@dataclass(frozen=True)
class Failed:
    """A gesture that was refused: of which action, and the form as it was typed."""

    action_id: int
    gesture: str
    form: FlaskForm


def home(door: Door, failed: Failed | None = None) -> str:
    """Show what the person has to do, the most pressing first, each with its gestures.

    An action whose gesture was refused is shown whatever its place, with what was typed.
    """
    session, now = db.session(), clock.now()
    today = clock.today(now)
    page: paging.Page[Action] = paging.cut([], 1)
    recent: list[ActionChange] = []
    done: list[Any] = []
    stopped = False
    if door.person is not None:
        mine = [number for number, _day in queries.numbers_of_person(session, door.person.id, today)]
        page = _page(mine, failed.action_id if failed else None)
        recent = list(session.scalars(queries.undoable(door.person.id, now - operations.UNDO_FOR)))
        done = list(queries.over_since(session, door.person.id, today, today - SHOWN_DONE))
        stopped = session.scalar(reminder_queries.stop_of(door.person.id, None)) is not None
    return render_template(
        "spaces/actions/mine.html", door=door, groups=_groups(page.rows, today), page=page, recent=recent,
        done=done, stopped=stopped, failed=failed, today=today, states=ACTION_STATES,
    )  # fmt: skip


def _page(numbers: list[int], first: int | None = None) -> paging.Page[Action]:
    """Return some of what a person has to do; the action `first`, if it is among them, before all others."""
    if first in numbers:
        numbers.sort(key=lambda number: number != first)
    page = paging.cut(numbers, request.args.get("page", 1, type=int), EACH)
    return page.holding(queries.numbered(db.session(), page.rows))


def _groups(rows: list[Action], today: date) -> list[tuple[str, list[Action]]]:
    """Return the actions under what presses: late, this week, later, without a day."""
    late = [row for row in rows if row.is_late(today)]
    soon = [row for row in rows if row.due_on and today <= row.due_on <= today + SOON]
    later = [row for row in rows if row.due_on and row.due_on > today + SOON]
    none = [row for row in rows if row.due_on is None]
    named = [
        (_("En retard"), late),
        (_("Dans les sept jours"), soon),
        (_("Plus tard"), later),
        (_("Sans date"), none),
    ]
    return [(name, some) for name, some in named if some]


def done(door: Door, number: int) -> Answer:
    """Say that it is done."""
    action = door.action(number)
    return _gesture(
        door,
        lambda: operations.finish(db.session(), action, who=door.who, now=clock.now()),
        _("« %(title)s » est faite. Merci !", title=action.title),
    )


def taken_up(door: Door, number: int) -> Answer:
    """Say that somebody is at it."""
    action = door.action(number)
    return _gesture(
        door,
        lambda: operations.start(db.session(), action, who=door.who, now=clock.now()),
        _("« %(title)s » est en cours.", title=action.title),
    )


def blocked(door: Door, number: int) -> Answer:
    """Say that it is blocked, and why."""
    action, form = door.action(number), BlockForm()
    return _gesture(
        door,
        lambda: operations.block(db.session(), action, form.reason.data or "", who=door.who, now=clock.now()),
        _("« %(title)s » est bloquée : la coordination le voit.", title=action.title),
        Failed(action.id, "blocked", form),
    )


def later(door: Door, number: int) -> Answer:
    """Move its day later, and say why."""
    action, form = door.action(number), LaterForm()
    return _gesture(
        door,
        lambda: operations.postpone(
            db.session(), action, form.due_on.data, form.reason.data or "", who=door.who, now=clock.now()
        ),
        _("La nouvelle date de « %(title)s » est notée.", title=action.title),
        Failed(action.id, "later", form),
    )


def undo(door: Door, number: int) -> Answer:
    """Take back one's own last gesture upon an action."""
    change = db.session.get(ActionChange, number)
    if change is None:
        abort(404)
    action = door.action(change.action_id)
    return _gesture(
        door,
        lambda: operations.undo(db.session(), change, who=door.who, now=clock.now()),
        _("C’est annulé : « %(title)s » est comme avant.", title=action.title),
    )


def _gesture(door: Door, act: Callable[[], None], thanks: str, failed: Failed | None = None) -> Answer:
    """Make a gesture; a form that isn't right is shown again with what was typed."""
    if failed is not None and not failed.form.validate_on_submit():
        return home(door, failed), 422
    try:
        act()
    except DomainError as problem:
        words = _(problem.msgid, **problem.params)
        if failed is not None and problem.field in failed.form:
            failed.form[problem.field].errors = [words]
            return home(door, failed), 422
        flash(words, "warning")
    else:
        flash(thanks, "success")
    return redirect(door.url("actions"), 303)


def reminders_page(door: Door) -> str:
    """Show of what the person is reminded, with a button for each and one for all."""
    session, today = db.session(), clock.today(clock.now())
    page: paging.Page[Action] = paging.cut([], 1)
    stops: list[Any] = []
    if door.person is not None:
        mine = queries.numbers_of_person(session, door.person.id, today)
        page = _page([number for number, day in mine if day])
        stops = list(session.scalars(reminder_queries.stops_of(door.person.id)))
    return render_template(
        "spaces/actions/my_reminders.html", door=door, page=page,
        stopped={row.action_id for row in stops}, states=ACTION_STATES, today=today,
        address=reminder_queries.address_of(door.person) if door.person else "",
    )  # fmt: skip


def change_reminders(door: Door) -> Answer:
    """Stop or take up again the reminders of an action, or of all."""
    if door.person is None:
        abort(404)
    number = request.form.get("action", type=row_number)
    action = door.action(number) if number is not None else None
    session = db.session()
    if request.form.get("do") == "stop":
        reminders.stop(session, door.person, action, now=clock.now())
        flash(_("C’est noté : ces rappels ne partent plus."), "success")
    elif request.form.get("do") == "resume":
        reminders.resume(session, door.person, action)
        flash(_("C’est noté : les rappels reprennent."), "success")
    else:
        abort(400)
    return redirect(door.url("reminders"), 303)


# Method, path behind the door, name, page.
PAGES: tuple[tuple[str, str, str, Callable[..., Answer]], ...] = (
    ("GET", "", "actions", home),
    ("POST", "/<int:number>/faite", "action_done", done),
    ("POST", "/<int:number>/en-cours", "action_taken_up", taken_up),
    ("POST", "/<int:number>/bloquee", "action_blocked", blocked),
    ("POST", "/<int:number>/plus-tard", "action_later", later),
    ("POST", "/changements/<int:number>/annuler", "action_undo", undo),
    ("GET", "/rappels", "reminders", reminders_page),
    ("POST", "/rappels", "change_reminders", change_reminders),
)


def _mine(page: Callable[..., Answer]) -> Any:
    def view(**more: Any) -> Answer:
        user = current_user()
        person = db.session.scalar(select(Person).where(Person.user_id == user.id))
        return page(Door("my", person), **more)

    return view


def _linked(page: Callable[..., Answer]) -> Any:
    def view(person: Person, *, token: str, **more: Any) -> Answer:
        return page(Door("linked", person, {"token": token}), **more)

    return view


def _open(name: str, path: str, guard: Any, door: Any) -> None:
    """Add the pages behind a door; a link without account is throttled (S10)."""
    for method, rest, page_name, page in PAGES:
        view = guard(door(page))
        view.__name__ = view.__qualname__ = f"{name}_{page_name}"
        if name == "linked":
            view = limiter.limit("120 per hour" if method == "POST" else "600 per hour")(view)
        blueprint.add_url_rule(path + rest, f"{name}_{page_name}", view, methods=[method])


_open("my", "/mes-actions", permit(signed_in), _mine)
_open("linked", "/mes-actions/<token>", permit_token(personal.PURPOSE, Person), _linked)
