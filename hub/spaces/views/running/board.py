"""What the page that runs a meeting shows: points with their clock, who is there, what was captured."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from textwrap import shorten
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.spaces import signals
from hub.spaces.models.meetings import AgendaItem, Attendance, Meeting, Presence, Purpose
from hub.spaces.models.running import NoteConflict
from hub.spaces.models.spaces import Membership, MembershipRole
from hub.spaces.queries import running as queries
from hub.spaces.queries import seats
from hub.spaces.values import agenda_clock
from hub.spaces.values.agenda_clock import Slot

LABEL = 70
BLANK = 2147483646  # as assets/js/running.js knows it
HERE = (Presence.PRESENT, Presence.REPRESENTED)


class Speaker(NamedTuple):
    """Who may speak for an organisation."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody whose presence is told: a person for an organisation, an organisation alone, a guest."""

    name: str
    attendance: Attendance | None = None
    person_id: int | None = None
    organisation_id: int | None = None
    is_guest: bool = False

    @property
    def presence(self) -> Presence | None:
        """What was noted so far."""
        return self.attendance.presence if self.attendance else None

    @property
    def key(self) -> str:
        """The same name for the same somebody, whether there is a row yet or not: for the page's elements."""
        if self.is_guest and self.attendance:
            return f"invite-{self.attendance.id}"
        return f"o{self.organisation_id or 0}-p{self.person_id or 0}"


@dataclass(frozen=True, slots=True)
class Group:
    """An organisation, and those who may come for it."""

    organisation: Organisation | None
    lines: list[Line]
    counts: bool = True  # among those of the table: who observes has no voice

    @property
    def is_here(self) -> bool:
        """Whether somebody is there for it, or another organisation represents it."""
        return any(line.presence in HERE for line in self.lines)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the agenda with all that hangs on it."""

    item: AgendaItem
    number: int
    slot: Slot
    is_now: bool
    conflicts: list[NoteConflict]
    captured: list[Any]
    more: list[signals.Captured]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was noted or captured."""
        return not (self.item.notes.strip() or self.captured or self.more or self.conflicts)


@dataclass(frozen=True, slots=True)
class Board:
    """All that the page shows."""

    meeting: Meeting
    points: list[Point]
    groups: list[Group]
    guests: list[Line]
    speakers: Mapping[int, list[Speaker]]  # organisation → persons
    table: list[Organisation]
    conflicts: list[NoteConflict] = field(default_factory=list)
    is_approved: bool = False  # its minutes are: nothing changes any more
    is_due: bool = True  # its day has come: it may be opened and closed

    @property
    def here(self) -> int:
        """How many organisations of the table are present or represented."""
        return sum(group.is_here for group in self.groups if group.counts)

    @property
    def asked(self) -> int:
        """How many organisations the table has."""
        return sum(group.counts for group in self.groups)

    @property
    def decisions(self) -> list[Any]:
        """What was decided at this meeting, to be led to by actions."""
        return [row for point in self.points for row in point.captured if row.kind == "decision"]

    @property
    def followed(self) -> list[tuple[str, str]]:
        """What was decided, to choose what an action follows from."""
        return [
            (str(row.id), f"{row.code} · {shorten(row.text, LABEL, placeholder='…')}")
            for row in self.decisions
        ]

    @property
    def organisations(self) -> list[tuple[str, str]]:
        """The table's organisations, to choose one."""
        return [(str(row.id), row.name) for row in self.table]

    @property
    def owners(self) -> list[tuple[str, str]]:
        """Who may take an action on: each organisation, then those who speak for it."""
        found = []
        for row in self.table:
            found.append((str(row.id), row.name))
            found += [
                (f"{row.id}-{person.id}", f"{row.short_label} · {person.name}")
                for person in self.speakers.get(row.id, [])
            ]
        return found

    @property
    def empty_points(self) -> list[Point]:
        """The points of which nothing was noted."""
        return [point for point in self.points if point.is_empty]


def blank() -> Point:
    """Return a point that does not exist: the pattern for one that is added without connection."""
    item = AgendaItem(
        id=BLANK, title="", notes="", detail="", purpose=Purpose.DISCUSS, notes_version=0, documents=[]
    )
    return Point(item, 0, Slot(None, None), is_now=False, conflicts=[], captured=[], more=[])


def of(meeting: Meeting, *, session: Session, user: Any, now: datetime) -> Board:
    """Return what the page of a meeting shows, in eight queries whatever the number of rows."""
    rows = session.execute(queries.points(meeting.id)).unique().all()
    items = [row[0] for row in rows]
    conflicts = list(session.scalars(queries.open_conflicts(meeting.id)))
    day = clock.today(meeting.starts_at)
    table = list(session.scalars(queries.table(meeting.space_id, day)))
    speakers: dict[int, list[Speaker]] = defaultdict(list)
    named = seats.speakers(meeting.space_id, day).with_only_columns(Organisation.id, Person.id, Person.name)
    for organisation_id, *told in session.execute(named):
        person = Speaker._make(told)
        if person not in speakers[organisation_id]:
            speakers[organisation_id].append(person)
    attendances = list(session.scalars(queries.attendances(meeting.id)))
    groups, guests = _groups(table, speakers, attendances)
    return Board(
        meeting=meeting,
        points=_points(meeting, items, conflicts, session=session, user=user, now=now),
        groups=groups,
        guests=guests,
        speakers=speakers,
        table=[row.organisation for row in table],
        conflicts=conflicts,
        is_approved=any(row[1] for row in rows),
        is_due=day <= clock.today(now),
    )


def _points(
    meeting: Meeting,
    items: list[AgendaItem],
    conflicts: list[NoteConflict],
    *,
    session: Session,
    user: Any,
    now: datetime,
) -> list[Point]:
    begins_at = meeting.opened_at or meeting.starts_at
    plan = agenda_clock.slots([(item.id, item.duration) for item in items], begins_at)
    on = agenda_clock.present(plan, now) if meeting.opened_at and meeting.held_at is None else None
    captured = defaultdict(list)
    for row in session.execute(queries.captured(), {"meeting": meeting.id}):
        captured[row.item_id].append(row)
    more = signals.captured_from(meeting, session=session, user=user)
    return [
        Point(
            item, number, plan[item.id], item.id == on,
            [row for row in conflicts if row.item_id == item.id], captured[item.id], more.get(item.id, []),
        )
        for number, item in enumerate(items, 1)
    ]  # fmt: skip


def _groups(
    table: list[Membership], speakers: Mapping[int, list[Speaker]], attendances: list[Attendance]
) -> tuple[list[Group], list[Line]]:
    """Return the table's organisations with who may come for each, then who else was asked; and guests."""
    rows: dict[int | None, list[Attendance]] = defaultdict(list)
    guests = []
    seated = {row.organisation_id: row for row in table}
    for row in attendances:
        seat = seated.get(row.organisation_id or 0)
        is_alone = seat is not None and row.guest_name == seat.organisation.name[:120]
        if row.person_id is None and not is_alone:
            guests.append(_line(row, is_guest=True))
        else:
            rows[row.organisation_id].append(row)
    groups = [
        Group(
            seat.organisation,
            _lines(seat.organisation, speakers.get(organisation_id, []), rows.pop(organisation_id, [])),
            counts=seat.role is not MembershipRole.OBSERVER,
        )
        for organisation_id, seat in seated.items()
    ]
    # Asked though their organisation has no seat on that day: they are listed, they don't count.
    others = [
        Group(left[0].organisation, [_line(row) for row in left], counts=False) for left in rows.values()
    ]
    return groups + others, guests


def _lines(organisation: Organisation, people: list[Speaker], rows: list[Attendance]) -> list[Line]:
    by_person = {row.person_id: row for row in rows}
    lines = [
        Line(person.name, by_person.pop(person.id, None), person.id, organisation.id) for person in people
    ]
    alone = by_person.pop(None, None)
    lines += [_line(row) for row in by_person.values()]
    if alone is not None or not lines:
        lines.append(Line(_("Personne n’est nommé"), alone, None, organisation.id))
    return lines


def _line(row: Attendance, *, is_guest: bool = False) -> Line:
    organisation = row.organisation
    name = f"{row.name} ({organisation.short_label})" if is_guest and organisation else row.name
    return Line(name, row, row.person_id, row.organisation_id, is_guest)
