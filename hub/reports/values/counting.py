"""Counting what was read: by any key, in one pass; who took part, who stopped coming.

How each figure is counted is said to readers in `hub.reports.words.HOW`; tests count each anew, row by row.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeVar

from hub.reports.values.history import ActionRow, DayRow, History, MeetingRow
from hub.reports.values.period import Period
from hub.spaces.models.actions import ActionState
from hub.spaces.models.meetings import MeetingState, Presence

Key = TypeVar("Key")
COMING = (Presence.PRESENT, Presence.REPRESENTED)


@dataclass
class Tally:
    """What is counted of a key. A meeting of an organisation is one pair, however many came for it."""

    meetings: int = 0
    cancelled: int = 0
    minutes: int = 0
    spaces: set[int] = field(default_factory=set)  # that met
    pairs: set[tuple[int, int]] = field(default_factory=set)  # (meeting, organisation present)
    heads: set[tuple[int, str]] = field(default_factory=set)  # (meeting, somebody present)
    represented: set[tuple[int, int]] = field(default_factory=set)
    decisions: int = 0
    actions: int = 0
    done: int = 0
    done_late: int = 0
    open: int = 0
    late: int = 0
    blocked: int = 0
    days: int = 0
    participants: int = 0
    contributions: int = 0
    recommendations: int = 0
    adopted: int = 0

    @property
    def organisations(self) -> set[int]:
        """Who was present at least once."""
        return {organisation for _, organisation in self.pairs}

    @property
    def hours(self) -> float:
        """Hours of meetings, to one decimal."""
        return round(self.minutes / 60, 1)


Keys = Callable[[int], Iterable[Key]]


def held(history: History, period: Period) -> list[MeetingRow]:
    """Return the meetings that were held in the period, in the order of their beginnings."""
    return _of(history, period, MeetingState.HELD)


def cancelled(history: History, period: Period) -> list[MeetingRow]:
    """Return the meetings of the period that were called off."""
    return _of(history, period, MeetingState.CANCELLED)


def _of(history: History, period: Period, state: MeetingState) -> list[MeetingRow]:
    start, end = period.start, period.end
    return [row for row in history.meetings if row.state is state and start <= row.starts_at < end]


def by_space(history: History, period: Period, today: date, keys: Keys[Key]) -> dict[Key, Tally]:
    """Count what happens in spaces, under each key that `keys` gives for a space's number."""
    found: dict[Key, Tally] = defaultdict(Tally)

    def add(space: int, how: Callable[[Tally], None]) -> None:
        for key in keys(space):
            how(found[key])

    for meeting in held(history, period):
        add(meeting.space_id, partial(_add_meeting, history=history, meeting=meeting))
    for meeting in cancelled(history, period):
        add(meeting.space_id, _add_cancelled)
    for decision in history.decisions:
        if period.holds(decision.taken_on):
            add(decision.space_id, _add_decision)
    for action in history.actions:
        add(action.space_id, partial(_add_action, action=action, period=period, today=today))
    for day in history.days:
        if day.space_id is not None and period.holds(day.day):
            add(day.space_id, partial(_add_day, day=day))
    return dict(found)


def _add_cancelled(tally: Tally) -> None:
    tally.cancelled += 1


def _add_decision(tally: Tally) -> None:
    tally.decisions += 1


def _add_day(tally: Tally, day: DayRow) -> None:
    tally.days += 1
    tally.participants += day.participants


def _add_meeting(tally: Tally, history: History, meeting: MeetingRow) -> None:
    tally.meetings += 1
    tally.minutes += meeting.minutes
    tally.spaces.add(meeting.space_id)
    for row in history.by_meeting.get(meeting.id, ()):
        if row.presence is Presence.PRESENT:
            tally.heads.add((meeting.id, row.who))
        if row.organisation_id is not None:
            pair = (meeting.id, row.organisation_id)
            if row.presence is Presence.PRESENT:
                tally.pairs.add(pair)
            elif row.presence is Presence.REPRESENTED:
                tally.represented.add(pair)


def _add_action(tally: Tally, action: ActionRow, period: Period, today: date) -> None:
    tally.actions += period.holds(action.born_on)
    if action.state is ActionState.DONE and period.holds(action.done_on):
        tally.done += 1
        tally.done_late += was_done_late(action)
    if action.was_open(period.last):
        tally.open += 1
        tally.late += action.was_late(period.last, period.judged(today))
        tally.blocked += action.state is ActionState.BLOCKED


def was_done_late(action: ActionRow) -> bool:
    """Say whether an action was done after its day."""
    return action.done_on is not None and action.due_on is not None and action.done_on > action.due_on


def overall(history: History, period: Period, today: date) -> Tally:
    """Count all of a period: what happens in spaces, and days, contributions and recommendations besides."""
    tally = by_space(history, period, today, lambda _space: (None,)).get(None) or Tally()
    days = [row for row in history.days if period.holds(row.day)]
    tally.days, tally.participants = len(days), sum(row.participants for row in days)
    tally.contributions = sum(period.holds(row.day) for row in history.contributions)
    tally.recommendations = sum(period.holds(row.created_on) for row in history.recommendations)
    tally.adopted = sum(period.holds(row.adopted_on) for row in history.recommendations)
    return tally


def participations(history: History, period: Period) -> dict[int, Counter[int]]:
    """Return organisation → space → meetings at which it was present."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for meeting in held(history, period):
        here = {
            row.organisation_id
            for row in history.by_meeting.get(meeting.id, ())
            if row.presence is Presence.PRESENT and row.organisation_id is not None
        }
        for organisation in here:
            found[organisation][meeting.space_id] += 1
    return dict(found)


@dataclass(frozen=True, slots=True)
class Stopped:
    """An organisation that no longer comes to a space: when it came last, or the day its seat ended."""

    organisation_id: int
    space_id: int
    last_came: date | None
    missed: int = 0  # so many meetings since
    left_on: date | None = None


def stopped(history: History, period: Period, absent_after: int) -> list[Stopped]:
    """Return who came to a space and was at none of the last `absent_after` meetings, or gave up its seat.

    The meetings are those held up to the period's last day, the last of them within the period. Who is
    represented counts as coming. A closed space loses nobody; who left before the period was told then.
    """
    meetings: dict[int, list[MeetingRow]] = defaultdict(list)
    for row in history.meetings:
        if row.state is MeetingState.HELD and row.starts_at < period.end:
            meetings[row.space_id].append(row)
    found: list[Stopped] = []
    for space in history.spaces.values():
        if space.had_closed(period.last):
            continue
        rows = sorted(meetings.get(space.id, ()), key=lambda row: (row.starts_at, row.id))
        last_came, missed = _comings(history, rows)
        gone = _gone(history, space.id, period)
        for organisation, day in gone.items():
            if period.holds(day):
                found.append(Stopped(organisation, space.id, last_came.get(organisation), left_on=day))
        if not rows or rows[-1].starts_at < period.start:
            continue
        found += [
            Stopped(organisation, space.id, day, missed[organisation])
            for organisation, day in last_came.items()
            if missed[organisation] >= absent_after and organisation not in gone
        ]
    return found


def _comings(history: History, rows: list[MeetingRow]) -> tuple[dict[int, date], dict[int, int]]:
    """Return, by organisation, the day it came last, and how many meetings were held since."""
    last_came: dict[int, date] = {}
    place: dict[int, int] = {}
    for number, meeting in enumerate(rows):
        for row in history.by_meeting.get(meeting.id, ()):
            if row.organisation_id is not None and row.presence in COMING:
                last_came[row.organisation_id] = meeting.day
                place[row.organisation_id] = number
    return last_came, {organisation: len(rows) - 1 - number for organisation, number in place.items()}


def _gone(history: History, space_id: int, period: Period) -> dict[int, date]:
    """Return who had a seat there and has none on the last day, with the day it ended."""
    ended: dict[int, date] = {}
    sits: set[int] = set()
    for seat in history.seats_of.get(space_id, ()):
        if seat.starts_on is not None and seat.starts_on > period.last:
            continue
        if seat.ends_on is None or seat.ends_on > period.last:
            sits.add(seat.organisation_id)
        else:
            ended[seat.organisation_id] = max(seat.ends_on, ended.get(seat.organisation_id, seat.ends_on))
    return {organisation: day for organisation, day in ended.items() if organisation not in sits}
