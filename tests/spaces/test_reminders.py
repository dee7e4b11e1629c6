"""Reminders: on which mornings, to whom, one mail a person and day, and never to who stopped them."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core import clock, mail, mornings
from hub.core.jobs import Job
from hub.core.mail import Message, MessageState
from hub.spaces.models.actions import Action
from hub.spaces.models.reminders import ActionReminder, ReminderStop, Step
from hub.spaces.operations import actions, reminders
from hub.spaces.operations.actions import Who
from hub.spaces.queries import reminders as queries
from hub.spaces.values.reminders import STEPS, Obstacle, is_working_day, may_write, morning_of, step_on
from tests.conftest import Installation, both_databases
from tests.core.test_mail import Catcher, smtp
from tests.spaces import acting

__all__ = ["smtp"]
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
NOW = acting.NOW
SEVEN = time(7)
DUE = date(2026, 3, 20)  # a Friday
SOMEBODY = Who("essai")


def on(day: date, hour: time = SEVEN) -> datetime:
    return clock.at(day, hour)


def write(session: Session, day: date) -> int:
    """Write what is due on a day, as its morning's job does."""
    if not is_working_day(day):
        return 0
    return reminders.remind(session, sorted(queries.due(session, day)), day, now=on(day))


def mails(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


# --- On which mornings -----------------------------------------------------------------------


@given(DAYS)
def test_each_day_has_two_reminders_before_and_four_after_and_none_on_a_weekend(due_on: date) -> None:
    told: list[tuple[date, Step]] = []
    for days in range(-20, 60):
        day = due_on + timedelta(days=days)
        step = step_on(due_on, day) if is_working_day(day) else None
        if step is not None and step not in {known for _day, known in told}:
            told.append((day, step))
    assert [step for _day, step in told] == list(STEPS)
    for day, step in told:
        assert day == morning_of(due_on, step)
        if STEPS[step] < 0:
            assert timedelta(days=STEPS[step] - 2) <= day - due_on <= timedelta(days=STEPS[step])
        else:
            assert timedelta(days=STEPS[step]) <= day - due_on <= timedelta(days=STEPS[step] + 2)
    assert all(first < second for (first, _), (second, _) in pairwise(told))


@given(DAYS, st.integers(0, 60))
def test_what_a_stopped_worker_missed_is_told_once_it_works_again(due_on: date, away: int) -> None:
    """Whenever it comes back: no reminder of before once the day is past, and never more than one at once."""
    back = due_on - timedelta(days=10) + timedelta(days=away)
    step = step_on(due_on, back)
    if step is not None:
        assert morning_of(due_on, step) <= back
        assert (STEPS[step] < 0) == (back <= due_on)
    if back == due_on:
        assert step is Step.DAY_BEFORE, "on the day itself it still helps"


def test_mails_leave_on_working_days_from_seven_to_eight_in_the_evening_through_both_clock_changes() -> None:
    for monday in (date(2026, 3, 30), date(2026, 10, 26), date(2026, 3, 9)):
        assert not may_write(on(monday) - timedelta(seconds=1))
        assert may_write(on(monday))
        assert may_write(on(monday, time(19, 59)))
        assert not may_write(on(monday, time(20)))
        assert not any(may_write(on(monday - timedelta(days=days), time(12))) for days in (1, 2))


# --- To whom ---------------------------------------------------------------------------------


@both_databases
def test_one_mail_holds_all_that_waits_grouped_by_space(session: Session) -> None:
    first, second = acting.space(session, "Groupe Santé"), acting.space(session, "Groupe Logement")
    seat = acting.seat(session, first)
    other = acting.seat(session, second, organisation=seat.organisation, someone=acting.person(session))
    session.delete(other.mandate)
    acting.action(session, seat, title="Écrire au *collège*", person_id=seat.person.id)
    acting.action(
        session, acting.Seat(second, seat.organisation, other.membership, seat.person, seat.mandate)
    )
    assert write(session, date(2026, 3, 13)) == 1
    (message,) = mails(session)
    assert message.recipient == seat.person.email
    assert message.title == "2 actions à suivre, la première pour le vendredi 20 mars 2026"
    assert message.text.index("Groupe Logement") < message.text.index("Groupe Santé")
    assert "Écrire au *collège*" in message.text
    assert "Ne plus recevoir ces rappels : http://127.0.0.1:8000/mes-actions/" in message.text
    assert message.unsubscribe.startswith("http://127.0.0.1:8000/mes-actions/")
    assert message.unsubscribe.endswith("/rappels")
    assert session.scalars(select(ActionReminder.step)).all() == [Step.WEEK_BEFORE] * 2
    assert write(session, date(2026, 3, 13)) == 0, "written already"
    assert len(mails(session)) == 1


def test_a_day_is_told_six_times_then_never_again_and_anew_once_it_moves(session: Session) -> None:
    seat = acting.seat(session, acting.space(session))
    action = acting.action(session, seat)
    for days in range(60):
        write(session, date(2026, 3, 11) + timedelta(days=days))
    told = [clock.today(row.written_at) for row in session.scalars(select(ActionReminder))]
    assert told == [
        date(2026, 3, 13), date(2026, 3, 19), date(2026, 3, 23), date(2026, 3, 30), date(2026, 4, 6),
        date(2026, 4, 13),
    ]  # fmt: skip
    assert [message.title for message in mails(session)][1:3] == [
        "Pour le vendredi 20 mars 2026 : Écrire aux communes",
        "En retard depuis le vendredi 20 mars 2026 : Écrire aux communes",
    ]
    later = date(2026, 6, 5)
    actions.postpone(session, action, later, "Vacances", who=SOMEBODY, now=on(date(2026, 5, 20)))
    assert write(session, date(2026, 5, 29)) == 1
    actions.finish(session, action, who=SOMEBODY, now=on(date(2026, 6, 1)))
    assert write(session, date(2026, 6, 4)) == 0, "what is done is told no more"


def test_an_action_without_person_is_told_to_who_sits_there_and_else_to_who_may_speak(
    session: Session,
) -> None:
    where = acting.space(session)
    seat = acting.seat(session, where)
    acting.action(session, seat)
    general = acting.person(session)
    acting.mandate(session, seat.organisation, general)
    day = date(2026, 3, 13)
    assert set(queries.due(session, day)) == {seat.person.id, general.id}
    shown = acting.seat(session, where, shown=True)
    quiet = acting.person(session)
    acting.mandate(session, shown.organisation, quiet)
    acting.action(session, shown)
    assert set(queries.due(session, day)) == {seat.person.id, general.id, shown.person.id}


@both_databases
def test_a_mandate_that_ended_is_written_to_no_more(session: Session) -> None:
    where = acting.space(session)
    seat = acting.seat(session, where)
    acting.action(session, seat, person_id=seat.person.id)
    day = date(2026, 3, 13)
    seat.mandate.ends_on = day
    session.flush()
    assert set(queries.due(session, day)) == {seat.person.id}
    seat.mandate.ends_on = day - timedelta(days=1)
    session.flush()
    assert queries.due(session, day) == {}
    (found,) = queries.obstacles(session, day)
    assert found.why is Obstacle.NOBODY_SPEAKS


def test_the_coordinator_sees_whom_no_reminder_reaches(session: Session) -> None:
    where = acting.space(session)
    fine, silent, stopped = (acting.seat(session, where) for _ in range(3))
    silent.person.email = ""
    reminders.stop(session, stopped.person, None, now=NOW)
    session.flush()
    rows = {seat.person.name: acting.action(session, seat) for seat in (fine, silent, stopped)}
    nobody = acting.action(session, None, where)
    far = acting.action(session, None, where, due_on=date(2026, 6, 1))
    found = {one.action_id: one.why for one in queries.obstacles(session, date(2026, 3, 13))}
    assert found == {
        rows[silent.person.name].id: Obstacle.NO_ADDRESS,
        rows[stopped.person.name].id: Obstacle.STOPPED,
        nobody.id: Obstacle.NO_OWNER,
    }
    assert far.id not in found
    assert write(session, date(2026, 3, 13)) == 1


def test_an_address_that_is_none_keeps_nobody_else_from_being_written_to(session: Session) -> None:
    where = acting.space(session)
    wrong, fine = acting.seat(session, where), acting.seat(session, where)
    wrong.person.email = "pas une adresse"
    for seat in (wrong, fine):
        acting.action(session, seat)
    assert write(session, date(2026, 3, 13)) == 1
    assert [message.recipient for message in mails(session)] == [fine.person.email]
    (found,) = queries.obstacles(session, date(2026, 3, 13))
    assert found.why is Obstacle.NO_ADDRESS


@both_databases
def test_reminders_stop_for_one_action_or_all_and_start_again(session: Session) -> None:
    seat = acting.seat(session, acting.space(session))
    one, other = acting.action(session, seat), acting.action(session, seat)
    day = date(2026, 3, 13)

    def told() -> set[int]:
        return {due.action.id for due in queries.due(session, day).get(seat.person.id, [])}

    for _ in range(2):
        reminders.stop(session, seat.person, one, now=NOW)
    assert told() == {other.id}
    reminders.stop(session, seat.person, None, now=NOW)
    assert told() == set()
    reminders.resume(session, seat.person, None)
    assert told() == {other.id}, "what was stopped by itself stays so"
    reminders.resume(session, seat.person, one)
    assert told() == {one.id, other.id}
    reminders.stop(session, seat.person, None, now=NOW)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(ReminderStop.__table__.insert().values(person_id=seat.person.id, stopped_at=NOW))


def test_old_reminders_are_forgotten(session: Session) -> None:
    seat = acting.seat(session, acting.space(session))
    action = acting.action(session, seat)
    write(session, date(2026, 3, 13))
    reminders.stop(session, seat.person, action, now=NOW)
    actions.finish(session, action, who=SOMEBODY, now=NOW)
    reminders.forget(session, now=on(date(2027, 3, 9)))
    assert session.scalars(select(ActionReminder)).all() != []
    reminders.forget(session, now=on(date(2027, 3, 15)))
    assert session.scalars(select(ActionReminder)).all() == []
    assert session.scalars(select(ReminderStop)).all() == []


# --- By the worker ---------------------------------------------------------------------------


@pytest.mark.parametrize("due_on", [date(2026, 4, 6), date(2026, 11, 2), DUE])
def test_the_mail_leaves_at_seven_and_its_links_are_forgotten(
    session: Session,
    installation: Installation,
    run_jobs: Callable[[], int],
    smtp: Catcher,
    monkeypatch: pytest.MonkeyPatch,
    due_on: date,
) -> None:
    """A week before the first two lies the Monday after a clock change."""
    seat = acting.seat(session, acting.space(session))
    acting.action(session, seat, due_on=due_on)
    session.commit()
    moment = on(due_on - timedelta(days=7)) - timedelta(minutes=2)
    begun = None
    for _ in range(4):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        begun = mornings.begin(installation.engine, now=moment, begun=begun)
        run_jobs()
        assert len(smtp.caught) == (1 if moment >= on(due_on - timedelta(days=7)) else 0)
        moment += timedelta(minutes=1)
    (caught,) = smtp.caught
    assert caught["To"] == seat.person.email
    assert caught["List-Unsubscribe"].endswith("/rappels>")
    plain, html = (part.get_payload(decode=True).decode() for part in caught.get_payload())
    link = caught["List-Unsubscribe"].strip("<>")
    assert link in plain
    assert link in html
    (message,) = mails(session)
    assert message.state is MessageState.SENT
    token = link.split("/")[-2]
    assert token not in message.text + message.html + message.unsubscribe


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (on(date(2026, 3, 13), time(19, 59)), 1),
        (on(date(2026, 3, 13), time(21)), 0),
        (on(date(2026, 3, 14), time(9)), 0),
    ],
)
def test_a_worker_that_was_away_writes_neither_by_night_nor_on_a_weekend(
    session: Session, installation: Installation, run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch, moment: datetime, number: int,
) -> None:  # fmt: skip
    acting.action(session, acting.seat(session, acting.space(session)))
    session.commit()
    monkeypatch.setattr(clock, "now", lambda: moment)
    mornings.begin(installation.engine, now=moment)
    run_jobs()
    assert len(mails(session)) == number


def test_a_job_that_is_tried_again_the_day_after_writes_nothing_of_the_day_before(
    session: Session, installation: Installation, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    acting.action(session, acting.seat(session, acting.space(session)))
    session.commit()
    mornings.begin(installation.engine, now=on(date(2026, 3, 12)))
    monkeypatch.setattr(clock, "now", lambda: on(date(2026, 3, 13)))
    run_jobs()
    assert mails(session) == []


@pytest.mark.parametrize(("guarded", "number"), [("guarded", 1), ("unguarded", 2)])
@both_databases
def test_two_workers_at_once_write_one_mail_and_without_the_guards_two(
    session: Session, installation: Installation, tmp_path: Path, guarded: str, number: int
) -> None:
    seat = acting.seat(session, acting.space(session))
    acting.action(session, seat)
    session.commit()
    uri = installation.engine.url.render_as_string(hide_password=False)
    command = [
        sys.executable, "-m", "tests.spaces.reminding", uri, on(date(2026, 3, 13)).isoformat(), guarded,
    ]  # fmt: skip
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = {**os.environ, "FOLDER": str(tmp_path)}
    with ExitStack() as running:
        workers = [
            running.enter_context(subprocess.Popen(command, env=environment, **pipes)) for _ in range(2)
        ]
        running.callback(lambda: [worker.kill() for worker in workers])
        # The control's two say so once both know whom to write to: neither writes before.
        for word in ["ready"] if guarded == "guarded" else ["ready", "looked"]:
            for worker in workers:
                assert worker.stdout is not None
                assert worker.stdout.readline() == f"{word}\n"
            for worker in workers:
                assert worker.stdin is not None
                worker.stdin.write("go\n")
                worker.stdin.flush()
        assert all("done" in worker.communicate(timeout=240)[0] for worker in workers)
    session.rollback()
    assert len(mails(session)) == number
    assert len({message.recipient for message in mails(session)}) == 1
    names = session.scalars(select(Job.name)).all()
    assert names.count("spaces.remind") == number


def test_links_in_mails_are_forgotten_whatever_sign_they_end_in() -> None:
    for end in "aZ9-_":
        token = "x" * 42 + end
        said = mail.SECRET.sub(r"\1…", f"https://x.example/mes-actions/{token}/rappels et /a-b/{token}.")
        assert token not in said
        assert said.endswith("/a-b/….")


def test_late_rows_are_found_by_an_action_of_long_ago(session: Session) -> None:
    """What is late for months is told no more by mail, and still counts for the coordinator."""
    where = acting.space(session)
    acting.action(session, None, where)
    session.execute(update(Action).values(due_on=date(2024, 1, 1)))
    assert queries.due(session, date(2026, 3, 13)) == {}
    assert len(queries.obstacles(session, date(2026, 3, 13))) == 1
