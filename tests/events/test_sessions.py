"""Sessions: a module's mornings, half-days, workshops; what is announced is called off rather than erased."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import DomainError
from hub.events.models.days import CertificateRule, Event, EventKind, EventSession, Mode, SessionKind
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.outcomes import Presence, Source
from hub.events.operations import days, sign_up
from hub.events.operations.mailings import LETTER_JOB
from hub.events.operations.sessions import Row, set_sessions
from hub.events.operations.sign_up import Wishes
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import DAY, details, person
from tests.factories import NOW


def module(session: Session, *, publish: bool = False) -> Event:
    event = days.create(
        session, details(kind=EventKind.MODULE, title="Module", doors=None, meals=()), actor="test", now=NOW
    )
    set_sessions(session, event, mornings(3), actor="test", now=NOW)
    if publish:
        days.publish(session, event, actor="test", now=NOW)
    return event


def mornings(number: int, first: date = DAY) -> list[Row]:
    return [
        Row(day=first + timedelta(days=each), starts=time(9), ends=time(13), title=f"Matinée {each + 1}")
        for each in range(number)
    ]


def rows_of(event: Event) -> list[Row]:
    return [
        Row(
            day=clock.today(row.starts_at), starts=clock.local(row.starts_at).time(),
            ends=clock.local(row.ends_at).time(), title=row.title, number=row.id,
        )
        for row in event.sessions
        if row.cancelled_at is None
    ]  # fmt: skip


@both_databases
def test_a_module_begins_and_ends_with_its_sessions(session: Session) -> None:
    event = module(session)
    assert event.starts_at == clock.at(DAY, time(9))
    assert event.ends_at == clock.at(DAY + timedelta(days=2), time(13))
    assert event.certificate_rule == CertificateRule.ALL
    assert sum(row.minutes for row in event.sessions) == 3 * 4 * 60


@pytest.mark.parametrize(
    "rows",
    [
        [Row(DAY, time(13), time(9))],
        [Row(DAY, time(9), time(13)), Row(DAY, time(12), time(14))],
        [Row(DAY, time(9), time(13), kind=SessionKind.WORKSHOP)],
        [Row(DAY, time(9), time(13), workshop_id=7)],
    ],
)
def test_sessions_without_sense_are_refused(session: Session, rows: list[Row]) -> None:
    event = module(session)
    with pytest.raises(DomainError) as refusal:
        set_sessions(session, event, rows, actor="test", now=NOW)
    assert refusal.value.field == "rows"
    assert len(event.sessions) == 3


def test_a_half_day_lies_within_its_day(session: Session) -> None:
    event = days.create(session, details(), actor="test", now=NOW)
    row = Row(DAY + timedelta(days=1), time(9), time(12), kind=SessionKind.HALF_DAY)
    with pytest.raises(DomainError, match="hors de la journée"):
        set_sessions(session, event, [row], actor="test", now=NOW)


def test_a_session_nobody_knows_of_is_erased(session: Session) -> None:
    event = module(session, publish=True)
    set_sessions(session, event, rows_of(event)[:2], actor="test", now=NOW)
    assert len(event.sessions) == 2
    assert event.ends_at == clock.at(DAY + timedelta(days=1), time(13))


def test_a_session_people_know_of_is_called_off_and_told(session: Session) -> None:
    event = module(session, publish=True)
    sign_up.register(session, event, person(), Wishes(), now=NOW)
    before = event.sequence
    set_sessions(session, event, rows_of(event)[:2], actor="test", now=NOW)
    gone = session.scalars(select(EventSession).where(EventSession.cancelled_at.is_not(None))).one()
    assert not gone.counts
    assert event.sequence == before + 1
    told = [job.arguments for job in session.scalars(select(jobs.Job)) if "moved" in str(job.arguments)]
    assert len(told) == 1
    assert "n’a pas lieu" in str(told[0])


def test_a_session_with_presence_stays(session: Session) -> None:
    event = module(session, publish=True)
    row = sign_up.register(session, event, person(), Wishes(), now=NOW).registration
    factories.add(
        session,
        Presence(
            session_id=event.sessions[0].id, registration_id=row.id, source=Source.GRID, at=NOW, stored_at=NOW
        ),
    )
    with pytest.raises(DomainError, match="présences"):
        set_sessions(session, event, rows_of(event)[1:], actor="test", now=NOW)


def test_the_place_goes_where_a_session_is_online(session: Session) -> None:
    event = module(session)
    first, *others = rows_of(event)
    set_sessions(
        session, event, [replace(first, mode=Mode.ONLINE, place="Salle 3"), *others], actor="test", now=NOW
    )
    assert (event.sessions[0].mode, event.sessions[0].place) == (Mode.ONLINE, "")


def test_sessions_move_with_their_module(session: Session) -> None:
    event = module(session)
    later = DAY + timedelta(days=150)  # after the change to winter time
    days.edit(
        session, event, details(kind=EventKind.MODULE, day=later, doors=None, meals=()), actor="test", now=NOW
    )
    assert [clock.local(row.starts_at).time() for row in event.sessions] == [time(9)] * 3
    assert event.day == later
    assert event.last_day == later + timedelta(days=2)


@both_databases
def test_what_hangs_on_a_module_follows_its_sessions(session: Session) -> None:
    event = module(session, publish=True)
    event.evaluation_closes_at = clock.end_of_day(event.last_day + timedelta(days=10))
    letter = factories.add(
        session,
        EventLetter(
            event_id=event.id, kind=LetterKind.REMINDER, send_at=event.starts_at - timedelta(days=2),
            updated_at=NOW,
        ),
    )  # fmt: skip
    first, second, third = rows_of(event)
    rows = [
        replace(first, day=DAY + timedelta(days=7)),
        replace(second, day=DAY + timedelta(days=8)),
        replace(third, day=DAY + timedelta(days=12)),
    ]
    set_sessions(session, event, rows, actor="test", now=NOW)
    assert letter.send_at == event.starts_at - timedelta(days=2)
    assert event.evaluation_closes_at == clock.end_of_day(event.last_day + timedelta(days=10))
    planned = session.scalars(select(jobs.Job).where(jobs.Job.name == LETTER_JOB)).all()
    assert [job.run_at for job in planned] == [letter.send_at]


def test_sessions_within_the_same_days_leave_mails_where_they_are(session: Session) -> None:
    event = module(session, publish=True)
    before = event.starts_at - timedelta(days=2)
    letter = factories.add(
        session, EventLetter(event_id=event.id, kind=LetterKind.REMINDER, send_at=before, updated_at=NOW)
    )
    first, *others = rows_of(event)
    set_sessions(session, event, [replace(first, starts=time(10)), *others], actor="test", now=NOW)
    assert letter.send_at == before
    assert session.scalars(select(jobs.Job).where(jobs.Job.name == LETTER_JOB)).all() == []
