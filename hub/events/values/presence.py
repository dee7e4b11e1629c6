"""Rules of presence that need no database: whose moment counts, who is expected, how two grids meet."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from hub.core import clock
from hub.events.models.days import Event, EventSession, Mode, SessionKind
from hub.events.models.registrations import RegistrationState

# How long after a day gestures that a device could not send before are still taken.
SENT_LATE = timedelta(hours=12)
# The part of a code that is shown, typed and kept at the door: 48 bits name a person among a day's.
SHORT_CODE = 8

Cell = tuple[int, int]  # registration, session


class Noted(StrEnum):
    """What a cell of the grid held when the page was made."""

    NOTHING = "-"
    THERE = "1"
    ABSENT = "0"


@dataclass(frozen=True, slots=True)
class Merge:
    """What a grid that was sent means: cells to write, what others added, where two disagree."""

    changes: Mapping[Cell, bool]
    added: tuple[Cell, ...]
    conflicts: tuple[Cell, ...]


def held(event: Event) -> list[EventSession]:
    """Return a day's sessions that weren't called off."""
    return [session for session in event.sessions if session.cancelled_at is None]


def open_days(event: Event) -> tuple[date, ...]:
    """Return the days on which the door opens: those of the sessions, or all of a day without any."""
    sessions = held(event)
    if sessions:
        return tuple(sorted({clock.today(session.starts_at) for session in sessions}))
    length = (event.last_day - event.day).days
    return tuple(event.day + timedelta(days=number) for number in range(length + 1))


def is_open(event: Event, now: datetime) -> bool:
    """Say whether the volunteers' page shows its list: on the days themselves only."""
    return clock.today(now) in open_days(event)


def takes_gestures(event: Event, now: datetime) -> bool:
    """Say whether gestures from the volunteers' page still count: some hours longer than the page opens."""
    return is_open(event, now) or is_open(event, now - SENT_LATE)


def ends(event: Event) -> datetime:
    """Return the moment when a link of the door stops for good."""
    return clock.end_of_day(open_days(event)[-1]) + SENT_LATE


def seen_at(told: datetime | None, starts_at: datetime, now: datetime) -> datetime:
    """Return when something was seen, as far as a device can be believed.

    Never later than now; never before the session's own day. Without a moment it is now.
    """
    if told is None:
        return now
    earliest = min(clock.at(clock.today(starts_at), datetime.min.time()), now)
    return max(earliest, min(told, now))


def current(sessions: Iterable[EventSession], now: datetime) -> EventSession | None:
    """Return the session at which people arrive now: the first of today that isn't over, else the nearest."""
    rows = list(sessions)
    today = [row for row in rows if clock.today(row.starts_at) == clock.today(now)]
    coming = [row for row in today or rows if row.ends_at > now]
    if coming:
        return min(coming, key=lambda row: (row.starts_at, row.kind == SessionKind.WORKSHOP, row.id))
    return max(today or rows, key=lambda row: row.ends_at, default=None)


def has_mode(event_mode: Mode, session_mode: Mode, mode: Mode) -> bool:
    """Say whether somebody who takes part in that way is awaited at such a session.

    Only a day in both ways tells people apart: elsewhere everybody goes where the session is.
    """
    return event_mode != Mode.HYBRID or session_mode in {Mode.HYBRID, mode}


def is_expected(
    event: Event,
    session: EventSession,
    *,
    state: RegistrationState,
    mode: Mode,
    workshops: Collection[int],
) -> bool:
    """Say whether a person with those workshops is awaited at a session."""
    if state != RegistrationState.CONFIRMED:
        return False
    if session.kind == SessionKind.WORKSHOP:
        return session.workshop_id in workshops
    return has_mode(event.mode, session.mode, mode)


def merge(shown: Mapping[Cell, Noted], ticked: Collection[Cell], stored: Mapping[Cell, Noted]) -> Merge:
    """Compare a grid that was sent with what it was made from and what stands now.

    A cell left alone is never put back. Two disagree where the grid says « présent·e » and somebody took that
    presence away since: only a person can tell, so nothing is written before it was shown.
    """
    changes: dict[Cell, bool] = {}
    added: list[Cell] = []
    conflicts: list[Cell] = []
    for cell, before in shown.items():
        is_ticked, now = cell in ticked, stored.get(cell, Noted.NOTHING)
        if is_ticked and now == Noted.ABSENT and before != Noted.ABSENT:
            conflicts.append(cell)
        elif is_ticked not in {before == Noted.THERE, now == Noted.THERE}:
            changes[cell] = is_ticked
        elif now == Noted.THERE and before != Noted.THERE and not is_ticked:
            added.append(cell)
    return Merge(changes, tuple(added), tuple(conflicts))
