"""What the page of the door knows: names and states, never addresses, diets or needs."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core.search import asked, fold
from hub.events.models.days import Event, Mode, SessionKind
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.queries import presence as queries
from hub.events.values.presence import SHORT_CODE, current, is_expected, is_for
from hub.events.views import moments
from hub.events.views.moments import Moment
from hub.events.words import MODES, REGISTRATION_STATES

# A module may have dozens of sessions: the door shows those of the day, or the next ones.
MOST_SESSIONS = 24


@dataclass(frozen=True, slots=True)
class Board:
    """The door at a moment: `state` is what the script works on, JSON throughout."""

    event: Event
    moments: list[Moment]
    state: dict[str, Any]

    @property
    def json(self) -> str:
        """The state, safe inside a script element that is data and never run."""
        text = json.dumps(self.state, ensure_ascii=False, separators=(",", ":"))
        return text.replace("<", "\\u003c").replace("&", "\\u0026")

    def found(self, words: str, session: int, limit: int) -> list[dict[str, Any]]:
        """Return the people of a search by name, for a page without scripts."""
        folded, strange = asked(words)
        there = self.state["there"].get(str(session), {})
        rows = [
            {**one, "there": bool(there.get(str(one["id"])))}
            for one in self.state["people"]
            if all(word in fold(f"{one['name']} {one['org']} {one['code']}") for word in folded)
            and all(word.casefold() in one["name"].casefold() for word in strange)
        ]
        return rows[:limit]

    def present(self, session: int) -> int:
        """Return how many are there."""
        return sum(1 for at in self.state["there"].get(str(session), {}).values() if at)

    def expected(self, session: int) -> int:
        """Return how many are awaited."""
        return len(self.state["expected"].get(str(session), []))


def of(session: Session, event: Event, *, now: datetime, is_open: bool) -> Board:
    """Return the board in a constant number of queries; a door that is closed names nobody."""
    shown = _shown(moments.of(event), now)
    if not is_open:
        return Board(event, shown, {"open": False, "people": [], "expected": {}, "there": {}, "parties": []})
    workshops = _workshops(session, event, shown)
    people = session.execute(queries.people(event)).all()
    return Board(event, shown, {
        "open": True,
        "people": [_told(event, *row) for row in people],
        "expected": {
            str(moment.id): [
                number for number, _n, _o, _r, state, mode, _c in people
                if is_expected(event, moment.row, state=state, mode=mode, workshops=workshops[number])
            ]
            for moment in shown
        },
        "there": _there(session, shown),
        "parties": [
            {"id": row.id, "name": row.organisation.name, "announced": row.announced, "present": row.present}
            for row in session.scalars(queries.delegations(event)) if row.state != "declined"
        ],
    })  # fmt: skip


def _shown(all_of_them: list[Moment], now: datetime) -> list[Moment]:
    of_now = [one for one in all_of_them if is_for(one.row, now)]
    coming = [one for one in all_of_them if one.row.ends_at > now]
    return (of_now or coming or all_of_them)[:MOST_SESSIONS]


def here(board: Board, asked: int | None, now: datetime) -> Moment:
    """Return the session that was asked for, else the one at which people arrive now."""
    for one in board.moments:
        if one.id == asked:
            return one
    found = current([one.row for one in board.moments], now)
    return next(one for one in board.moments if one.row is found)


def _workshops(session: Session, event: Event, shown: list[Moment]) -> dict[int, set[int]]:
    held: dict[int, set[int]] = defaultdict(set)
    if any(one.row.kind == SessionKind.WORKSHOP for one in shown):
        for registration, workshop in session.execute(queries.seats_in_workshops(event)):
            held[registration].add(workshop)
    return held


def person(event: Event, row: Registration) -> dict[str, Any]:
    """Return what the page knows of one person."""
    known = row.organisation.name if row.organisation else ""
    return _told(event, row.id, row.name, row.organisation_name, known, row.state, row.mode, row.code)


def _told(  # noqa: PLR0917 - a row of the query
    event: Event,
    number: int,
    name: str,
    typed: str,
    known: str,
    state: RegistrationState,
    mode: Mode,
    code: str,
) -> dict[str, Any]:
    confirmed = state == RegistrationState.CONFIRMED
    word = "" if confirmed else str(REGISTRATION_STATES[state])
    if confirmed and event.mode == Mode.HYBRID and mode == Mode.ONLINE:
        word = str(MODES[mode])
    return {
        "id": number,
        "name": name,
        "org": known or typed,
        "state": state.value,
        "word": word,
        "code": code[:SHORT_CODE],
    }


def _there(session: Session, shown: list[Moment]) -> dict[str, dict[str, int]]:
    there: dict[str, dict[str, int]] = {str(one.id): {} for one in shown}
    numbers = [one.id for one in shown if one.id]
    for number, registration, was_there, at in session.execute(queries.noted(numbers)):
        there[str(number)][str(registration)] = milliseconds(at) if was_there else 0
    return there


def milliseconds(moment: datetime) -> int:
    """Return a moment as scripts count: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
