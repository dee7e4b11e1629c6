"""Each day's work begins once, in Brussels' morning, whoever runs and through both clock changes (R7)."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core import clock, jobs, mornings
from hub.core.mornings import Morning
from tests.conftest import Installation, both_databases

# The clocks of Brussels change in the nights to 29 March and 25 October 2026.
SUMMER, WINTER = date(2026, 3, 29), date(2026, 10, 25)


@pytest.fixture
def begun() -> Iterator[list[date]]:
    days: list[date] = []

    def note(_session: Session, *, day: date, now: datetime) -> None:
        del now
        days.append(day)

    receivers = dict(mornings.morning.receivers)
    mornings.morning.receivers.clear()
    with mornings.morning.connected_to(note):
        yield days
    mornings.morning.receivers.update(receivers)


def every_minute(first: datetime, hours: int) -> Iterator[datetime]:
    return (first + timedelta(minutes=minute) for minute in range(hours * 60))


@pytest.mark.parametrize(("changes", "before", "after"), [(SUMMER, 6, 5), (WINTER, 5, 6)])
def test_through_a_clock_change_each_day_begins_once_at_seven(
    installation: Installation, begun: list[date], changes: date, before: int, after: int
) -> None:
    moments: list[datetime] = []
    known = None
    first = clock.at(changes - timedelta(days=1), mornings.BEGINS) - timedelta(hours=6)
    for now in every_minute(first, 60):
        number = len(begun)
        known = mornings.begin(installation.engine, now=now, begun=known)
        if len(begun) > number:
            moments.append(now)
    assert begun == [changes + timedelta(days=days) for days in (-1, 0, 1)]
    assert [moment.astimezone(UTC).hour for moment in moments] == [before, after, after]
    assert {clock.local(moment).strftime("%H:%M") for moment in moments} == {"07:00"}


@both_databases
def test_a_worker_that_starts_again_begins_nothing_twice(
    installation: Installation, begun: list[date]
) -> None:
    now = clock.at(date(2026, 3, 10), mornings.BEGINS)
    for _ in range(3):
        assert mornings.begin(installation.engine, now=now) == date(2026, 3, 10)
    late = now + timedelta(days=1, hours=9)
    mornings.begin(installation.engine, now=late, begun=date(2026, 3, 10))
    assert begun == [date(2026, 3, 10), date(2026, 3, 11)], "who starts in the afternoon begins the day then"


def test_before_seven_nothing_begins(installation: Installation, begun: list[date]) -> None:
    now = clock.at(date(2026, 3, 10), mornings.BEGINS) - timedelta(seconds=1)
    assert mornings.begin(installation.engine, now=now) is None
    assert begun == []


def test_what_fails_leaves_the_day_to_be_begun(installation: Installation, session: Session) -> None:
    def fail(_session: Session, *, day: date, now: datetime) -> None:
        raise OSError(day, now)

    now = clock.at(date(2026, 3, 10), mornings.BEGINS)
    with mornings.morning.connected_to(fail), pytest.raises(OSError, match="2026"):
        mornings.begin(installation.engine, now=now)
    assert session.scalars(select(Morning)).all() == []


def test_a_defect_is_not_taken_for_another_worker(installation: Installation) -> None:
    def break_a_rule(session: Session, *, day: date, now: datetime) -> None:
        session.add_all([Morning(day=date(2000, 1, 1), begun_at=now), Morning(day=day, begun_at=now)])
        session.flush()

    now = clock.at(date(2026, 3, 10), mornings.BEGINS)
    with mornings.morning.connected_to(break_a_rule), pytest.raises(IntegrityError):
        mornings.begin(installation.engine, now=now)


@both_databases
def test_workers_that_come_in_the_same_instant_begin_a_day_once(
    installation: Installation, begun: list[date]
) -> None:
    together = threading.Barrier(4)
    now = clock.at(date(2026, 3, 10), mornings.BEGINS)
    problems: list[BaseException] = []

    def come() -> None:
        together.wait(30)
        try:
            mornings.begin(installation.engine, now=now)
        except BaseException as problem:  # noqa: BLE001 - told to the test
            problems.append(problem)

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with Session(installation.engine) as session:
        assert session.scalars(select(Morning.day)).all() == [date(2026, 3, 10)]
    assert begun == [date(2026, 3, 10)]


def test_a_worker_asks_for_the_morning_and_remembers_it(installation: Installation) -> None:
    asked: list[Any] = []
    enough = threading.Event()

    def begin(_engine: Any, *, now: datetime, begun: date | None) -> date:
        asked.append(begun)
        if len(asked) > 1:
            enough.set()
        return clock.today(now)

    worker = jobs.Worker(installation.engine, morning=begin)
    worker.start()
    assert enough.wait(30)
    worker.stop(seconds=30)
    assert asked[0] is None
    assert asked[1] is not None
