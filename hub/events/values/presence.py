"""Rules of presence that need no database: when the door opens, who is expected, how two grids meet."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from hub.core import clock
from hub.events.models.days import Event, EventSession, Mode, SessionKind
from hub.events.models.registrations import RegistrationState

# How long after a day gestures that a device could not send before are still taken.
SENT_LATE = timedelta(hours=12)
# How long after the end of a session that lasts into the night its list stays: the last ones are noted then.
LINGERS = timedelta(hours=1)
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


@dataclass(frozen=True, slots=True)
class Opening:
    """The time in which the door opens for a session: from its first day's beginning until `closes_at`."""

    first_day: date
    last_day: date
    opens_at: datetime
    closes_at: datetime

    def includes(self, moment: datetime) -> bool:
        """Say whether the door is open then."""
        return self.opens_at <= moment < self.closes_at


def opening(starts_at: datetime, ends_at: datetime) -> Opening:
    """Return when the door opens for what lasts so long: on its days, and an hour longer than it lasts.

    An evening that lasts past midnight keeps its list until it is over; the night makes no day of its own.
    """
    first_day, ends = clock.today(starts_at), clock.local(ends_at)
    last_day = max(first_day, ends.date() - timedelta(days=ends.time() < clock.MORNING))
    closes_at = max(clock.end_of_day(last_day), ends_at + LINGERS)
    return Opening(first_day, last_day, clock.at(first_day, datetime.min.time()), closes_at)


def openings(event: Event) -> list[Opening]:
    """Return the openings of a day's sessions, or the one of the whole where it has none."""
    moments = [(one.starts_at, one.ends_at) for one in held(event)]
    return [opening(*moment) for moment in moments or [(event.starts_at, event.ends_at)]]


def open_days(event: Event) -> tuple[date, ...]:
    """Return the days on which the door opens: those of the sessions, or all of a day without any."""
    days = {
        one.first_day + timedelta(days=number)
        for one in openings(event)
        for number in range((one.last_day - one.first_day).days + 1)
    }
    return tuple(sorted(days))


def night_until(event: Event) -> datetime | None:
    """Return until when the list stays in the night after an evening that passes midnight, or None."""
    nights = [one.closes_at for one in openings(event) if one.closes_at > clock.end_of_day(one.last_day)]
    return max(nights, default=None)


def is_open(event: Event, now: datetime) -> bool:
    """Say whether the volunteers' page shows its list: on the days themselves and in their nights."""
    return any(one.includes(now) for one in openings(event))


def takes_gestures(event: Event, now: datetime) -> bool:
    """Say whether gestures from the volunteers' page still count: some hours longer than the page opens."""
    return any(one.opens_at <= now < one.closes_at + SENT_LATE for one in openings(event))


def ends(event: Event) -> datetime:
    """Return the moment when a link of the door stops for good."""
    return max(one.closes_at for one in openings(event)) + SENT_LATE


def seen_at(told: datetime | None, starts_at: datetime, now: datetime) -> datetime:
    """Return when something was seen, as far as a device can be believed.

    Never later than now; never before the session's own day. Without a moment it is now.
    """
    if told is None:
        return now
    earliest = min(clock.at(clock.today(starts_at), datetime.min.time()), now)
    return max(earliest, min(told, now))


def is_for(row: EventSession, now: datetime) -> bool:
    """Say whether the door is open for this very session."""
    return opening(row.starts_at, row.ends_at).includes(now)


def current(sessions: Iterable[EventSession], now: datetime) -> EventSession | None:
    """Return the session at which people arrive now.

    The one under way; else the one of last night whose list is still there; else the next of today; else the
    nearest.
    """
    rows = list(sessions)
    near = [row for row in rows if is_for(row, now)] or rows
    coming = [row for row in near if row.ends_at > now or _is_of_last_night(row, now)]
    if coming:
        return min(
            coming, key=lambda row: (_turn(row, now), row.starts_at, row.kind == SessionKind.WORKSHOP, row.id)
        )
    return max(near, key=lambda row: row.ends_at, default=None)


def _turn(row: EventSession, now: datetime) -> int:
    if row.starts_at <= now < row.ends_at:
        return 0
    return 1 if row.ends_at <= now else 2


def _is_of_last_night(row: EventSession, now: datetime) -> bool:
    return now >= clock.end_of_day(opening(row.starts_at, row.ends_at).last_day) and is_for(row, now)


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
