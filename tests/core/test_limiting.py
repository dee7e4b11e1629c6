"""Limits are counted once for all processes, and nobody reads there whom they concern."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from limits import RateLimitItemPerHour
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from hub.core import limiting
from hub.core.limiting import SharedStorage
from hub.server import Server

KEY, WHO = "a key for tests only", "LIMITER/192.0.2.7/somebody@example.org"


class Clock:
    """The time that the counters see."""

    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(limiting, "time", made)
    return made


@pytest.fixture
def pair(tmp_path: Path) -> list[SharedStorage]:
    """Two as two processes have them."""
    return [storage_from_string(f"shared://{tmp_path / 'limits.db'}", key=KEY) for _ in range(2)]  # type: ignore[misc]


def test_all_processes_count_together(pair: list[SharedStorage], clock: Clock) -> None:
    one, other = pair
    assert [one.incr(WHO, 60), other.incr(WHO, 60), one.incr(WHO, 60, 3)] == [1, 2, 5]
    assert other.get(WHO) == 5
    assert other.get_expiry(WHO) == clock.now + 60
    other.clear(WHO)
    assert one.get(WHO) == 0
    one.incr("a", 60)
    one.incr("b", 60)
    assert other.reset() == 2
    assert one.check()


def test_a_window_begins_anew_when_it_has_ended(pair: list[SharedStorage], clock: Clock) -> None:
    one, other = pair
    one.incr(WHO, 60)
    clock.now += 59
    assert other.incr(WHO, 60) == 2
    clock.now += 1
    assert other.get(WHO) == 0
    assert one.incr(WHO, 60) == 1
    assert one.get_expiry(WHO) == clock.now + 60


def test_no_count_is_lost_between_processes(pair: list[SharedStorage]) -> None:
    limiter = [FixedWindowRateLimiter(each) for each in pair]
    limit = RateLimitItemPerHour(30)
    with ThreadPoolExecutor(8) as threads:
        hits = list(threads.map(lambda number: limiter[number % 2].hit(limit, WHO), range(80)))
    assert sum(hits) == 30


def test_the_file_does_not_say_whom_it_counts(
    pair: list[SharedStorage], tmp_path: Path, clock: Clock
) -> None:
    pair[0].incr(WHO, 60)
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"192.0.2.7" not in content
    assert b"somebody" not in content
    clock.now += 60
    again = storage_from_string(f"shared://{tmp_path / 'limits.db'}", key=KEY)
    again.check()
    assert pair[0].reset() == 0, "what has ended is deleted when a process starts"


def test_one_process_does_the_jobs_and_another_takes_over() -> None:
    server, arbiter = Server.__new__(Server), SimpleNamespace(WORKERS=dict[int, Any]())
    server.with_worker = True
    for number in range(3):
        worker = SimpleNamespace()
        server.choose(arbiter, worker)
        arbiter.WORKERS[number] = worker
    assert [each.does_jobs for each in arbiter.WORKERS.values()] == [True, False, False]
    del arbiter.WORKERS[0]
    worker = SimpleNamespace()
    server.choose(arbiter, worker)
    assert worker.does_jobs
    server.with_worker = False
    arbiter.WORKERS.clear()
    server.choose(arbiter, worker)
    assert not worker.does_jobs
