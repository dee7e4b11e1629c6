"""Presence: what was seen last stands, whatever order it arrives in; two grids meet and nothing is lost."""

import random
from datetime import time, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from hub.events.models.days import Event, EventSession, Mode, SessionKind
from hub.events.models.outcomes import Presence, Source
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import presence
from hub.events.operations.presence import Note, Sheet
from hub.events.values.presence import (
    Merge,
    Noted,
    current,
    is_expected,
    is_open,
    merge,
    open_days,
    seen_at,
    takes_gestures,
)
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import plenary
from tests.factories import NOW

HOUR = timedelta(hours=1)


def sign_up(session: Session, event: Event, number: int, **values: object) -> Registration:
    return factories.add(
        session,
        Registration(
            **{
                "event": event,
                "name": f"Participant·e {number}",
                "email": f"p{number}@example.org",
                "created_at": NOW,
                "updated_at": NOW,
                "search_text": f"participant e {number}",
                **values,
            }
        ),
    )


def sessions(session: Session, event: Event, count: int) -> list[EventSession]:
    return [
        factories.add(
            session,
            EventSession(
                event=event,
                title=f"Séance {number + 1}",
                starts_at=event.starts_at + number * timedelta(days=1),
                ends_at=event.starts_at + number * timedelta(days=1) + 3 * HOUR,
                kind=SessionKind.SESSION,
            ),
        )
        for number in range(count)
    ]


@pytest.fixture
def day(session: Session) -> Event:
    return plenary(session)


def seen(moment: EventSession, row: Registration, minutes: int, *, there: bool = True) -> Note:
    at = moment.starts_at + timedelta(minutes=minutes)
    return Note(moment.id, row.id, there, Source.SCAN, at)


def stands(session: Session, moment: EventSession, row: Registration) -> bool | None:
    return session.scalar(
        select(Presence.was_there).where(Presence.session_id == moment.id, Presence.registration_id == row.id)
    )


# --- What was seen last stands ------------------------------------------------------------------


@both_databases
def test_in_whatever_order_notes_arrive_the_last_seen_stands(session: Session, day: Event) -> None:
    (moment,) = sessions(session, day, 1)
    for number, order in enumerate(permutations([(0, True), (5, False), (9, True), (9, False)])):
        row = sign_up(session, day, number)
        for minutes, there in (*order, order[0]):  # and one of them twice
            presence.note(session, [seen(moment, row, minutes, there=there)], now=NOW)
        assert stands(session, moment, row) is True, order
    assert session.scalar(select(func.count()).select_from(Presence)) == 24


@both_databases
def test_a_note_says_whether_it_stands(session: Session, day: Event) -> None:
    (moment,) = sessions(session, day, 1)
    row = sign_up(session, day, 1)
    first, later = seen(moment, row, 0), seen(moment, row, 1, there=False)
    assert presence.note(session, [first], now=NOW) == {(row.id, moment.id)}
    assert presence.note(session, [later], now=NOW) == {(row.id, moment.id)}
    assert presence.note(session, [first], now=NOW) == set()
    assert stands(session, moment, row) is False


@both_databases
def test_any_notes_in_any_order_end_alike(session: Session, day: Event) -> None:
    """Sixty people, each with own notes, shuffled and doubled: the latest stands, at a tie « là »."""
    (moment,) = sessions(session, day, 1)
    chance = random.Random(20_260_610)  # noqa: S311 - an order
    for number in range(60):
        row = sign_up(session, day, number)
        notes = [(chance.randrange(6), chance.random() < 0.5) for _ in range(chance.randrange(1, 7))]
        sent = notes * 2
        chance.shuffle(sent)
        for minutes, there in sent:
            presence.note(session, [seen(moment, row, minutes, there=there)], now=NOW)
        assert stands(session, moment, row) is max(notes)[1], sent


def test_a_device_is_believed_within_bounds() -> None:
    starts = clock.at(NOW.date(), (NOW + 2 * HOUR).time())
    assert seen_at(None, starts, NOW) == NOW
    assert seen_at(NOW + timedelta(days=400), starts, NOW) == NOW
    assert seen_at(NOW - timedelta(minutes=5), starts, NOW) == NOW - timedelta(minutes=5)
    midnight = clock.at(clock.today(NOW), time(0))
    assert seen_at(NOW - timedelta(days=400), starts, NOW) == midnight


# --- The session of the whole day ---------------------------------------------------------------


@both_databases
def test_a_day_without_sessions_gets_one_at_its_first_use(session: Session, day: Event) -> None:
    made = presence.session_of(session, day, 0, actor="test", now=NOW)
    assert (made.starts_at, made.ends_at) == (day.starts_at, day.ends_at)
    assert presence.session_of(session, day, 0, actor="test", now=NOW) is made
    assert presence.session_of(session, day, made.id, actor="test", now=NOW) is made


def test_another_days_session_is_refused_and_one_called_off_too(session: Session, day: Event) -> None:
    other = plenary(session, title="Une autre")
    (theirs,) = sessions(session, other, 1)
    (mine,) = sessions(session, day, 1)
    mine.cancelled_at = NOW
    for number in (theirs.id, mine.id, 999_999):
        with pytest.raises(DomainError):
            presence.session_of(session, day, number, actor="test", now=NOW)


def test_the_door_opens_on_the_days_of_the_sessions_only(session: Session, day: Event) -> None:
    sessions(session, day, 3)
    session.refresh(day)
    days = open_days(day)
    assert len(days) == 3
    first = day.sessions[0].starts_at
    midnight = clock.end_of_day(days[0])
    assert not is_open(day, clock.at(days[0], time(0)) - timedelta(seconds=1))
    assert is_open(day, first)
    last_midnight = clock.end_of_day(days[-1])
    assert is_open(day, midnight)  # the second day
    assert is_open(day, last_midnight - timedelta(seconds=1))
    assert not is_open(day, last_midnight)
    assert takes_gestures(day, last_midnight + 12 * HOUR - timedelta(seconds=1))
    assert not takes_gestures(day, last_midnight + 12 * HOUR)


def test_people_arrive_at_the_session_that_is_not_over(session: Session, day: Event) -> None:
    rows = sessions(session, day, 3)
    assert current(rows, rows[0].starts_at - HOUR) is rows[0]
    assert current(rows, rows[1].starts_at) is rows[1]
    assert current(rows, rows[2].ends_at + HOUR) is rows[2]
    assert current([], NOW) is None


@pytest.mark.parametrize(
    ("session_mode", "mode", "expected"),
    [
        (Mode.ONSITE, Mode.ONSITE, True),
        (Mode.ONSITE, Mode.ONLINE, False),
        (Mode.ONLINE, Mode.ONLINE, True),
        (Mode.HYBRID, Mode.ONLINE, True),
    ],
)
def test_a_hybrid_day_awaits_each_where_they_come(
    session: Session, day: Event, session_mode: Mode, mode: Mode, *, expected: bool
) -> None:
    (moment,) = sessions(session, day, 1)
    moment.mode = session_mode
    confirmed = RegistrationState.CONFIRMED
    day.mode = Mode.HYBRID
    assert is_expected(day, moment, state=confirmed, mode=mode, workshops=()) is expected
    day.mode = Mode.ONSITE  # a module whose mornings are by turns in the room and by video: everybody
    assert is_expected(day, moment, state=confirmed, mode=mode, workshops=())
    waiting = RegistrationState.WAITING
    assert not is_expected(day, moment, state=waiting, mode=mode, workshops=())


def test_a_workshop_awaits_who_holds_a_seat(session: Session, day: Event) -> None:
    workshop = day.workshops[0]
    moment = factories.add(
        session,
        EventSession(
            event=day,
            kind=SessionKind.WORKSHOP,
            workshop_id=workshop.id,
            starts_at=day.starts_at,
            ends_at=day.ends_at,
        ),
    )
    confirmed = RegistrationState.CONFIRMED
    assert is_expected(day, moment, state=confirmed, mode=Mode.ONSITE, workshops={workshop.id})
    assert not is_expected(day, moment, state=confirmed, mode=Mode.ONSITE, workshops=set())


# --- The grid -----------------------------------------------------------------------------------


@both_databases
def test_a_grid_of_a_module_is_stored_whole_and_audited_once(session: Session, day: Event) -> None:
    columns = sessions(session, day, 12)
    people = [sign_up(session, day, number) for number in range(140)]
    shown = {(row.id, one.id): Noted.NOTHING for row in people for one in columns}
    ticked = {cell for number, cell in enumerate(shown) if number % 3}
    actor = factories.coordinator(session)
    found = presence.save_grid(session, day, Sheet(shown, ticked), actor=actor, now=NOW)
    assert len(found.changes) == len(ticked) == 1120
    assert session.scalar(select(func.count()).select_from(Presence)) == 1120
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.presence_entered")).all()
    assert len(entries) == 1
    again = presence.save_grid(session, day, Sheet(shown, ticked), actor=actor, now=NOW + HOUR)
    assert again.changes == {}, "the same grid again changes nothing"


@both_databases
def test_a_grid_keeps_what_others_noted_and_shows_what_they_took_away(session: Session, day: Event) -> None:
    (moment,) = sessions(session, day, 1)
    added, taken, mine = (sign_up(session, day, number) for number in range(3))
    actor = factories.coordinator(session)
    presence.note(session, [seen(moment, taken, 0)], now=NOW)
    cells = {row: (row.id, moment.id) for row in (added, taken, mine)}
    shown = {cells[added]: Noted.NOTHING, cells[taken]: Noted.THERE, cells[mine]: Noted.NOTHING}
    presence.note(session, [seen(moment, added, 1), seen(moment, taken, 2, there=False)], now=NOW)

    sheet = Sheet(shown, {cells[taken], cells[mine]})
    found = presence.save_grid(session, day, sheet, actor=actor, now=moment.ends_at)
    assert found == Merge({cells[mine]: True}, (cells[added],), (cells[taken],))
    assert stands(session, moment, mine) is None, "nothing is stored before both were shown"

    shown[cells[taken]] = Noted.ABSENT  # the page that showed it
    found = presence.save_grid(session, day, sheet, actor=actor, now=moment.ends_at)
    assert not found.conflicts
    assert [stands(session, moment, row) for row in (added, taken, mine)] == [True, True, True]


def test_a_grid_of_another_day_is_refused(session: Session, day: Event) -> None:
    other = plenary(session, title="Une autre")
    (theirs,) = sessions(session, other, 1)
    row = sign_up(session, day, 1)
    sheet = Sheet({(row.id, theirs.id): Noted.NOTHING}, {(row.id, theirs.id)})
    with pytest.raises(DomainError):
        presence.save_grid(session, day, sheet, actor=factories.coordinator(session), now=NOW)
    assert session.scalar(select(func.count()).select_from(Presence)) == 0


NOTED = st.sampled_from(list(Noted))


@given(NOTED, st.booleans(), NOTED)
def test_two_grids_never_undo_each_other_unseen(before: Noted, ticked: bool, now: Noted) -> None:
    cell = (1, 1)
    found = merge({cell: before}, {cell} if ticked else set(), {} if now == Noted.NOTHING else {cell: now})
    was, there = before == Noted.THERE, now == Noted.THERE
    if cell in found.conflicts:
        assert not found.changes
        assert ticked
        assert now == Noted.ABSENT
    elif cell in found.changes:
        assert ticked != was, "a cell that was left alone is never put back"
        assert found.changes[cell] == ticked
    else:
        assert ticked in {was, there}
    assert (cell in found.added) == (there and not was and not ticked)
