"""Who was there: counts and lists per session, the grid to enter paper lists, who came without sign-up."""

import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.core import clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events import rules
from hub.events.forms.door import WalkInForm, said
from hub.events.forms.sign_up import blame
from hub.events.models.days import Event, SessionKind
from hub.events.models.outcomes import Source
from hub.events.models.registrations import Registration
from hub.events.operations import door, presence
from hub.events.operations.presence import Sheet
from hub.events.queries import presence as queries
from hub.events.queries import sign_up as sign_up_queries
from hub.events.values.presence import Cell, Noted, has_mode, is_expected
from hub.events.views import moments
from hub.events.views.blueprint import blueprint
from hub.events.views.door import walk_in_form, without_seat
from hub.events.views.moments import Moment
from hub.events.words import CHANNELS, REGISTRATION_STATES, shown_name

FORMATS = {"csv", "xlsx"}
WAYS = ("there", "absent", "unnoted")
# What one form holds: 200 people and 24 sessions are 4,800 boxes, some 60 kB when all are ticked.
PEOPLE_A_GRID = 200
SESSIONS_A_GRID = 24
BOX = re.compile(r"([0-9]{1,10})-([0-9]{1,10})", re.ASCII)
NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
SIGNS = {"1": Noted.THERE, "0": Noted.ABSENT, "-": Noted.NOTHING}


@dataclass(frozen=True, slots=True)
class Count:
    """A session in figures."""

    moment: Moment
    expected: int
    present: int
    walk_ins: int
    absent: int
    is_purged: bool = False

    @property
    def percent(self) -> int | None:
        """How many of a hundred expected came; None where nobody was expected."""
        return round(100 * self.present / self.expected) if self.expected else None


@blueprint.get("/journees/<slug>/presences")
@permit(rules.manage, Event, key="slug")
def presences(event: Event) -> str | Response:
    """Show who was there, session by session."""
    session = db.session()
    chosen = _chosen()
    rows = queries.attendees(event, words=chosen["words"], session=chosen["session"], was_there=chosen["way"])
    shown = moments.of(event)
    if request.args.get("format") in FORMATS:
        people = session.scalars(rows).unique().all()
        return _export(event, request.args["format"], shown, people, _noted(session, shown, people))
    page = paging.paginate(session, rows, request.args.get("page", 1, type=int))
    columns = [one for one in shown if not chosen["session"] or one.id == chosen["session"]][:SESSIONS_A_GRID]
    return render_template(
        "events/presences.html",
        event=event,
        page=page,
        chosen=chosen,
        moments=shown,
        columns=columns,
        counts=_counts(session, event, shown),
        noted=_noted(session, columns, page.rows),
        ways=_ways(),
    )


def _chosen() -> dict[str, Any]:
    way = request.args.get("way", "")
    return {
        "words": request.args.get("q", ""),
        "session": request.args.get("session", type=row_number),
        "way": way if way in WAYS else "",
    }


def _ways() -> list[tuple[str, str]]:
    return [("there", _("Présent·e")), ("absent", _("Noté·e absent·e")), ("unnoted", _("Pas noté·e"))]


def _noted(session: Session, shown: Iterable[Moment], people: Collection[Registration]) -> dict[Cell, Noted]:
    cells = [(row.id, one.id) for row in people for one in shown if one.id]
    return presence.stored(session, cells) if cells else {}


def _counts(session: Session, event: Event, shown: Sequence[Moment]) -> list[Count]:
    by_mode = dict(session.execute(queries.expected_by_mode(event)).all())
    by_workshop: dict[int, int] = {}
    if any(one.row.kind == SessionKind.WORKSHOP for one in shown):
        by_workshop = dict(session.execute(queries.expected_by_workshop(event)).all())
    seen = {row[0]: row[1:] for row in session.execute(queries.counts(event)).all()}
    counts = []
    for one in shown:
        if one.row.kind == SessionKind.WORKSHOP:
            expected = by_workshop.get(one.row.workshop_id or 0, 0)
        else:
            expected = sum(n for mode, n in by_mode.items() if has_mode(event.mode, one.row.mode, mode))
        present, walk_ins, absent = seen.get(one.id, (0, 0, 0))
        kept = one.row.kept_count
        counts.append(
            Count(one, expected, present if kept is None else kept, walk_ins, absent, kept is not None)
        )
    return counts


def _export(
    event: Event,
    kind: str,
    shown: Sequence[Moment],
    people: Collection[Registration],
    noted: Mapping[Cell, Noted],
) -> Response:
    header = [_("Nom"), _("Organisation"), _("État"), _("Par")]
    header += [f"{one.label} ({one.when})" for one in shown] + [_("Présences")]
    words = {Noted.THERE: _("présent·e"), Noted.ABSENT: _("absent·e")}
    lines = []
    for row in people:
        told = [noted.get((row.id, one.id)) for one in shown]
        lines.append([
            shown_name(row.name),
            row.organisation_label,
            str(REGISTRATION_STATES[row.state]),
            str(CHANNELS[row.channel]),
            *(words[one] if one else "" for one in told),
            sum(one == Noted.THERE for one in told),
        ])  # fmt: skip
    return exports.answer(kind, f"presences-{event.slug}", header, lines)


# --- The grid -------------------------------------------------------------------------------------


@blueprint.get("/journees/<slug>/presences/grille")
@permit(rules.manage, Event, key="slug")
def presence_grid(event: Event) -> str:
    """Show the grid of people and sessions to fill in from paper lists."""
    return _grid_page(event)


@blueprint.post("/journees/<slug>/presences/grille")
@permit(rules.manage, Event, key="slug")
def save_presence_grid(event: Event) -> Any:
    """Store what the grid changes; where somebody took a presence away meanwhile, show both first (409)."""
    session, now = db.session(), clock.now()
    sheet = _sheet()
    if sheet is None:
        abort(400)
    try:
        made = _whole_day_first(session, event, sheet)
        found = presence.save_grid(session, event, made, actor=current_user(), now=now)
    except DomainError as problem:
        flash(said(problem), "error")
        return _grid_page(event), 422
    if found.conflicts:
        return _grid_page(event, sheet=made, conflicts=set(found.conflicts)), 409
    _say(len(found.changes), len(found.added))
    return redirect(_grid_address(event), 303)


def _say(changed: int, added: int) -> None:
    if changed:
        flash(
            ngettext("%(num)s présence enregistrée.", "%(num)s présences enregistrées.", changed), "success"
        )
    else:
        flash(_("Rien n’a changé."), "info")
    if added:
        flash(
            ngettext(
                "Entre-temps, quelqu’un d’autre a noté %(num)s présence : elle est gardée.",
                "Entre-temps, quelqu’un d’autre a noté %(num)s présences : elles sont gardées.",
                added,
            ),
            "info",
        )


def _grid_address(event: Event) -> str:
    kept = {name: request.args.get(name) or None for name in ("q", "page", "from")}
    return url_for("events.presence_grid", slug=event.slug, **kept)  # type: ignore[arg-type]


def _grid_page(event: Event, sheet: Sheet | None = None, conflicts: Collection[Cell] = ()) -> str:
    session = db.session()
    words = request.args.get("q", "")
    rows = queries.attendees(event, words=words)
    page = paging.paginate(session, rows, request.args.get("page", 1, type=int), PEOPLE_A_GRID)
    shown = moments.of(event)
    first = _first(len(shown))
    columns = shown[first : first + SESSIONS_A_GRID]
    noted = _noted(session, columns, page.rows)
    ticked = {cell for cell, one in noted.items() if one == Noted.THERE}
    if sheet is not None:  # what was typed stays; what others noted meanwhile comes in
        ticked = set(sheet.ticked) | {cell for cell in ticked if cell not in sheet.shown}
        ticked |= {
            cell
            for cell, one in noted.items()
            if one == Noted.THERE and sheet.shown.get(cell) not in {None, Noted.THERE}
        }
    return render_template(
        "events/grid.html",
        event=event,
        page=page,
        words=words,
        columns=columns,
        starts=[(start, _range(shown, start)) for start in range(0, len(shown), SESSIONS_A_GRID)],
        first=first,
        before={
            row.id: "".join(noted.get((row.id, one.id), Noted.NOTHING) for one in columns)
            for row in page.rows
        },
        ticked=ticked,
        absent={cell for cell, one in noted.items() if one == Noted.ABSENT},
        conflicts=conflicts,
        expected=_expected(session, event, columns, page.rows),
        action=_grid_address(event),
    )


def _first(number: int) -> int:
    asked = request.args.get("from", 0, type=int)
    return asked if asked in range(0, number, SESSIONS_A_GRID) else 0


def _range(shown: Sequence[Moment], start: int) -> str:
    last = shown[min(start + SESSIONS_A_GRID, len(shown)) - 1]
    return str(_("du %(first)s au %(last)s", first=shown[start].day, last=last.day))


def _expected(
    session: Session, event: Event, columns: Sequence[Moment], people: Iterable[Registration]
) -> set[Cell]:
    held: dict[int, set[int]] = defaultdict(set)
    if any(one.row.kind == SessionKind.WORKSHOP for one in columns):
        for registration, workshop in session.execute(queries.seats_in_workshops(event)):
            held[registration].add(workshop)
    return {
        (row.id, one.id)
        for row in people
        for one in columns
        if is_expected(event, one.row, state=row.state, mode=row.mode, workshops=held[row.id])
    }


def _sheet() -> Sheet | None:
    """Read a grid: who and which sessions its page showed, what it held, what is ticked. None if it is odd.

    « Tout le monde » of a session ticks everybody whom its page expected there.
    """
    sessions = [int(one) for one in request.form.get("sessions", "").split() if NUMBER.fullmatch(one)]
    lines = [one.split(":") for one in request.form.get("before", "").split()]
    if not 0 < len(sessions) <= SESSIONS_A_GRID or not 0 < len(lines) <= PEOPLE_A_GRID:
        return None
    shown: dict[Cell, Noted] = {}
    for line in lines:
        if len(line) != 2 or not NUMBER.fullmatch(line[0]) or len(line[1]) != len(sessions):  # noqa: PLR2004
            return None
        for number, sign in zip(sessions, line[1], strict=True):
            if sign not in SIGNS:
                return None
            shown[int(line[0]), number] = SIGNS[sign]
    boxes = (BOX.fullmatch(one) for one in request.form.getlist("p"))
    ticked = {(int(box[1]), int(box[2])) for box in boxes if box}
    everybody = {int(one) for one in request.form.getlist("all") if NUMBER.fullmatch(one)}
    awaited = (BOX.fullmatch(one) for one in request.form.get("awaited", "").split())
    ticked |= {(int(one[1]), int(one[2])) for one in awaited if one and int(one[2]) in everybody}
    return Sheet(shown, ticked & shown.keys())


def _whole_day_first(session: Session, event: Event, sheet: Sheet) -> Sheet:
    """Make the session of the whole day where the grid stands for it (number 0)."""
    if not any(number == 0 for _person, number in sheet.shown):
        return sheet
    made = presence.session_of(session, event, 0, actor=current_user(), now=clock.now())
    return Sheet(
        {(person, number or made.id): one for (person, number), one in sheet.shown.items()},
        {(person, number or made.id) for person, number in sheet.ticked},
    )


@blueprint.get("/journees/<slug>/presences/ajouter")
@permit(rules.manage, Event, key="slug")
def walk_in_page(event: Event) -> str:
    """Show the form for somebody who came without sign-up."""
    return _walk_in_page(event, walk_in_form(event, formdata=None))


def _walk_in_page(event: Event, form: WalkInForm) -> str:
    key = request.form.get("client_key") or secrets.token_urlsafe(16)
    asked = request.values.get("session", type=row_number)
    return render_template(
        "events/walk_in.html",
        event=event,
        form=form,
        moments=moments.of(event),
        key=key,
        asked=asked,
        names=db.session.execute(sign_up_queries.names_of_register()).all(),
    )


@blueprint.post("/journees/<slug>/presences/ajouter")
@permit(rules.manage, Event, key="slug")
def add_walk_in(event: Event) -> Any:
    """Add somebody who came without sign-up, from a paper list."""
    session, now = db.session(), clock.now()
    form = walk_in_form(event)
    try:
        newcomer = form.newcomer(request.form.get("client_key", ""))
        number = request.form.get("session", 0, type=row_number)
        moment = presence.session_of(session, event, number, actor=current_user(), now=now)
        seen = form.arrival(door.Arrival(at=now, source=Source.WALK_IN))
        row = door.walk_in(session, moment, newcomer, seen, actor=current_user(), now=now)
    except DomainError as problem:
        blame(form, problem)
        return _walk_in_page(event, form), 422
    flash(_("%(name)s est noté·e présent·e.", name=row.name), "success")
    lacking = without_seat(row, newcomer)
    if lacking:
        flash(_("Pas de place dans : %(titles)s.", titles=lacking), "warning")
    if "again" in request.form:  # a list on paper has several
        return redirect(url_for("events.walk_in_page", slug=event.slug, session=moment.id), 303)
    return redirect(url_for("events.presences", slug=event.slug), 303)
