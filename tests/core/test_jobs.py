"""Jobs: nothing lost, nothing done by two at once, progress and cancelling."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.models import SignedInSession
from hub.accounts.operations.sessions import SESSION_LIFETIME, open_session
from hub.core import clock, jobs, sweeping, tokens
from hub.core.db import writing
from hub.core.jobs import Job, JobState
from tests import factories
from tests.conftest import Installation, both_databases

DONE: list[str] = []


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    DONE.clear()
    known, patience = dict(jobs.HANDLERS), dict(jobs.PATIENCE)

    def note(context: jobs.JobContext, word: str) -> dict[str, Any]:
        context.progress(40, "À mi-chemin")
        DONE.append(word)
        return {"word": word}

    def break_down(_context: jobs.JobContext) -> None:
        raise OSError("no way")

    def refuse(_context: jobs.JobContext) -> None:
        raise jobs.JobFailedError("Il manque un chapitre.")

    def cancel_itself(context: jobs.JobContext) -> None:
        with context.write() as session:
            jobs.cancel(session, session.get_one(Job, context.job_id), now=clock.now())
        context.progress(50, "jamais vu")
        DONE.append("too late")

    jobs.HANDLERS.update({"note": note, "break": break_down, "refuse": refuse, "cancel": cancel_itself})
    yield
    jobs.HANDLERS.clear()
    jobs.HANDLERS.update(known)
    jobs.PATIENCE.clear()
    jobs.PATIENCE.update(patience)


def enqueue(session: Session, name: str, **arguments: Any) -> int:
    job = jobs.enqueue(session, name, now=clock.now(), **arguments)
    session.commit()
    return job.id


def state_of(session: Session, number: int) -> Job:
    session.expire_all()
    session.rollback()
    return session.get_one(Job, number)


@both_databases
def test_a_job_is_done_once_with_its_result(session: Session, installation: Installation) -> None:
    number = enqueue(session, "note", word="a")
    assert jobs.run_next(installation.engine, "w1")
    assert not jobs.run_next(installation.engine, "w1")
    job = state_of(session, number)
    assert (job.state, job.progress, job.result, DONE) == (JobState.DONE, 100, {"word": "a"}, ["a"])


def test_a_job_of_a_transaction_that_fails_never_was(session: Session, installation: Installation) -> None:
    jobs.enqueue(session, "note", now=clock.now(), word="a")
    session.rollback()
    assert not jobs.run_next(installation.engine, "w1")


@both_databases
def test_a_failure_is_tried_again_later_and_in_the_end_shown(
    session: Session, installation: Installation
) -> None:
    number = enqueue(session, "break")
    for attempt in range(1, jobs.ATTEMPTS + 1):
        assert jobs.run_next(installation.engine, "w1")
        job = state_of(session, number)
        assert (job.attempts, job.error) == (attempt, "OSError: no way")
        if attempt < jobs.ATTEMPTS:
            assert job.state == JobState.QUEUED
            assert not jobs.run_next(installation.engine, "w1"), "it waits before it tries again"
            session.execute(update(Job).values(run_at=clock.now()))
            session.commit()
    assert job.state == JobState.FAILED


def test_a_failure_that_nothing_mends_is_not_tried_again(
    session: Session, installation: Installation
) -> None:
    number = enqueue(session, "refuse")
    jobs.run_next(installation.engine, "w1")
    job = state_of(session, number)
    assert (job.state, job.error) == (JobState.FAILED, "Il manque un chapitre.")


def test_cancelling_ends_a_waiting_job_at_once_and_a_running_one_at_its_next_step(
    session: Session, installation: Installation
) -> None:
    waiting = enqueue(session, "note", word="a")
    jobs.cancel(session, session.get_one(Job, waiting), now=clock.now())
    session.commit()
    running = enqueue(session, "cancel")
    while jobs.run_next(installation.engine, "w1"):
        pass
    assert state_of(session, waiting).state == JobState.CANCELLED
    assert state_of(session, running).state == JobState.CANCELLED
    assert DONE == []


@both_databases
def test_a_lapsed_lease_is_taken_over_and_the_first_worker_can_no_longer_write(
    session: Session, installation: Installation
) -> None:
    number = enqueue(session, "note", word="a")
    with writing(installation.engine) as first:
        jobs.claim(first, "w1", now=clock.now())
    assert not jobs.run_next(installation.engine, "w2"), "the lease holds"
    session.execute(update(Job).values(lease_until=clock.now() - timedelta(seconds=1)))
    session.commit()
    assert jobs.run_next(installation.engine, "w2")
    lost = jobs.JobContext(installation.engine, number, "w1", {})
    with pytest.raises(jobs.JobCancelledError):
        lost.progress(50, "still here")
    assert state_of(session, number).state == JobState.DONE


@both_databases
def test_two_workers_never_do_the_same_job(session: Session, installation: Installation) -> None:
    for number in range(30):
        jobs.enqueue(session, "note", now=clock.now(), word=str(number))
    session.commit()

    def work(name: str) -> None:
        while jobs.run_next(installation.engine, name):
            pass

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(DONE, key=int) == [str(number) for number in range(30)]


KILLED_WORKER = """
import sys
from sqlalchemy import create_engine
from hub.core import jobs
from hub.core.db import prepare_engine
def hang(context):
    print("began", flush=True)
    sys.stdin.read()
jobs.HANDLERS["hang"] = hang
engine = create_engine(sys.argv[1])
prepare_engine(engine)
jobs.run_next(engine, "killed")
"""


@both_databases
def test_a_worker_killed_by_the_system_loses_nothing(session: Session, installation: Installation) -> None:
    number = enqueue(session, "hang")
    url = installation.engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_WORKER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"began\n"
        os.kill(worker.pid, signal.SIGKILL)
    assert state_of(session, number).state == JobState.RUNNING
    session.execute(update(Job).values(lease_until=clock.now() - timedelta(seconds=1)))
    session.commit()
    jobs.HANDLERS["hang"] = lambda _context: {"survived": True}
    assert jobs.run_next(installation.engine, "w2")
    job = state_of(session, number)
    assert (job.state, job.attempts, job.result) == (JobState.DONE, 2, {"survived": True})


def test_a_job_that_kills_its_worker_each_time_is_given_up(
    session: Session, installation: Installation
) -> None:
    number = enqueue(session, "note", word="a")
    session.execute(update(Job).values(attempts=jobs.ATTEMPTS))
    session.commit()
    jobs.run_next(installation.engine, "w1")
    assert state_of(session, number).error == jobs.LOST_WORKER
    assert DONE == []


def test_a_failed_job_can_be_started_again(session: Session, installation: Installation) -> None:
    number = enqueue(session, "refuse")
    jobs.run_next(installation.engine, "w1")
    jobs.HANDLERS["refuse"] = lambda _context: None
    jobs.retry(session, state_of(session, number), now=clock.now())
    session.commit()
    jobs.run_next(installation.engine, "w1")
    assert state_of(session, number).state == JobState.DONE
    assert session.scalars(select(Job)).all()


def test_each_kind_of_work_has_its_own_patience(session: Session, installation: Installation) -> None:
    jobs.job("patient", attempts=7)(lambda _context: 1 / 0)
    number = enqueue(session, "patient")
    session.execute(update(Job).values(attempts=jobs.ATTEMPTS))
    session.commit()
    assert jobs.run_next(installation.engine, "w1")
    assert state_of(session, number).state == JobState.QUEUED
    session.execute(update(Job).values(run_at=clock.now()))
    session.commit()
    assert jobs.run_next(installation.engine, "w1")
    assert state_of(session, number).state == JobState.FAILED


@both_databases
def test_a_worker_that_must_go_gives_its_job_back_at_once(
    session: Session, installation: Installation
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def wait(_context: jobs.JobContext) -> dict[str, Any]:
        began.set()
        go_on.wait(30)
        return {"late": True}

    jobs.HANDLERS["wait"] = wait
    number = enqueue(session, "wait")
    worker = jobs.Worker(installation.engine)
    worker.start()
    assert began.wait(30)
    worker.stop(seconds=0)
    job = state_of(session, number)
    assert (job.state, job.attempts, job.worker) == (JobState.QUEUED, 0, "")
    jobs.HANDLERS["wait"] = lambda _context: {"taken over": True}
    assert jobs.run_next(installation.engine, "w2")
    go_on.set()
    worker.join()
    assert state_of(session, number).result == {"taken over": True}


def test_a_worker_that_is_given_time_ends_its_job(session: Session, installation: Installation) -> None:
    number = enqueue(session, "note", word="a")
    worker = jobs.Worker(installation.engine)
    worker.start()
    while not DONE:
        worker.join(0.01)
    worker.stop(seconds=30)
    assert state_of(session, number).state == JobState.DONE


@both_databases
def test_what_is_over_for_long_is_swept_away_and_nothing_else(
    session: Session, installation: Installation
) -> None:
    now = clock.now()
    old, new = now - sweeping.KEPT - timedelta(days=1), now - sweeping.KEPT + timedelta(days=1)
    kept, gone = [], []
    for state in JobState:
        over = state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
        for moment in (old, new):
            row = jobs.enqueue(session, "note", now=moment, run_at=now + timedelta(days=1), word="a")
            row.state, row.finished_at = state, moment if over else None
            (gone if over and moment == old else kept).append(row.id)
    user = factories.user(session)
    tokens.issue(session, "test.old", user, now=old, until=old)
    tokens.issue(session, "test.new", user, now=old, until=new)
    revoked = tokens.issue(session, "test.revoked", user, now=old, until=now + timedelta(days=900))
    session.execute(update(tokens.Token).where(tokens.Token.purpose == "test.revoked").values(revoked_at=old))
    for moment in (now, now + timedelta(days=1)):
        open_session(session, user, device="x", now=moment - SESSION_LIFETIME)
    session.commit()
    for _ in range(2):
        sweeping.sweep(installation.engine, now=now)
        session.rollback()
        session.expire_all()
        assert sorted(session.scalars(select(Job.id))) == sorted(kept)
        assert session.scalars(select(tokens.Token.purpose)).all() == ["test.new"]
        assert len(session.scalars(select(SignedInSession)).all()) == 1
    assert tokens.find(session, revoked, "test.revoked") is None


def test_a_worker_sweeps_when_it_starts(session: Session, installation: Installation) -> None:
    number = enqueue(session, "note", word="a")
    old = clock.now() - sweeping.KEPT - timedelta(days=1)
    session.execute(update(Job).values(state=JobState.DONE, finished_at=old))
    session.commit()
    worker = jobs.Worker(installation.engine, daily=sweeping.sweep)
    worker.start()
    while state_or_none(session, number) is not None:
        worker.join(0.01)
    worker.stop(seconds=30)


def state_or_none(session: Session, number: int) -> Job | None:
    session.expire_all()
    session.rollback()
    return session.get(Job, number)
