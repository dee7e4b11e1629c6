"""By night seats are counted one by one beside the numbers that are kept; a difference waits for people."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.core import audit, clock, jobs, mornings
from hub.events.jobs import waitlist as night
from hub.events.models.days import Event, Mode
from hub.events.models.discrepancies import SeatDiscrepancy
from hub.events.models.registrations import RegistrationState
from hub.events.operations import recounting
from tests.conftest import both_databases
from tests.events.waiting import MINUTE, come, rather, small_day
from tests.factories import NOW, coordinator

CONFIRMED, WAITING = RegistrationState.CONFIRMED, RegistrationState.WAITING


@pytest.fixture(autouse=True)
def _at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def found(session: Session) -> list[tuple[Mode | None, int | None, int, int]]:
    """Return what stands as wrong: where, how many are counted, how many held."""
    session.expire_all()
    rows = session.scalars(select(SeatDiscrepancy).where(SeatDiscrepancy.gone_at.is_(None)))
    return [(row.mode, row.workshop_id, row.counted, row.held) for row in rows]


def each_night(session: Session, run_jobs: Callable[[], int]) -> None:
    """Let a morning come, and do what it plans."""
    night.each_morning(session, day=NOW.date(), now=NOW)
    session.commit()
    run_jobs()


def test_every_morning_plans_it(session: Session) -> None:
    mornings.morning.send(session, day=NOW.date(), now=NOW)
    planned = session.scalars(select(jobs.Job.name)).all()
    assert planned.count(night.RECOUNT_JOB) == 1


@both_databases
@pytest.mark.usefixtures("database")
def test_what_does_not_agree_is_noted_shown_and_mended_by_people_alone(
    session: Session, run_jobs: Callable[[], int], client: FlaskClient, sign_in: Any
) -> None:
    event = small_day(session, capacities=(2, 2), capacity=2)
    come(session, event, 1, 0)
    one = come(session, event, 2, 0)
    waits = come(session, event, 3, 1, now=NOW + MINUTE)
    assert (one.state, waits.state) == (CONFIRMED, WAITING)
    first = event.workshops[0].id
    each_night(session, run_jobs)
    assert found(session) == []

    # Somebody's hand in the database: a seat that nobody holds any more stays counted.
    session.execute(text("DELETE FROM registration_choice WHERE registration_id = :row"), {"row": one.id})
    session.execute(
        text("UPDATE registration SET state = 'cancelled', cancelled_at = created_at WHERE id = :row"),
        {"row": one.id},
    )
    session.commit()
    each_night(session, run_jobs)
    assert found(session) == [(Mode.ONSITE, None, 2, 1), (None, first, 2, 1)]
    assert session.get_one(Event, event.id).taken == 2  # nothing mends itself
    each_night(session, run_jobs)
    assert len(found(session)) == 2  # told once

    sign_in(client, coordinator(session))
    page = client.get(f"/journees/{event.slug}/liste-attente").get_data(as_text=True)
    assert "Recompter les places" in page
    assert client.post(f"/journees/{event.slug}/liste-attente/recompter", data={}).status_code == 303
    session.rollback()
    assert found(session) == []
    again = session.get_one(Event, event.id)
    assert recounting.counted(again) == recounting.held(session, again)
    session.refresh(waits)
    assert waits.state == CONFIRMED  # what was free all along goes to who waited
    assert "event.recounted" in session.scalars(select(audit.AuditEntry.action)).all()


def test_more_seats_held_than_there_are_is_told_and_left_to_people(
    session: Session, run_jobs: Callable[[], int], client: FlaskClient, sign_in: Any
) -> None:
    event = small_day(session, capacities=(1, 1), capacity=2)
    come(session, event, 1, 0)
    other = come(session, event, 2, 1)
    rather(session, other, 0, instead_of=1)
    session.execute(
        text("UPDATE registration_choice SET workshop_id = :to WHERE registration_id = :row"),
        {"to": event.workshops[0].id, "row": other.id},
    )
    session.commit()
    each_night(session, run_jobs)
    assert [row[2:] for row in found(session)] == [(1, 2), (1, 0)]
    sign_in(client, coordinator(session))
    answer = client.post(f"/journees/{event.slug}/liste-attente/recompter", data={}, follow_redirects=True)
    assert "augmentez-en d’abord le nombre" in answer.get_data(as_text=True)
    session.rollback()
    assert len(found(session)) == 2


def test_a_day_that_is_over_is_not_recounted(
    session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = small_day(session, capacities=(), choices=0, capacity=2)
    session.execute(text("UPDATE event SET taken = 1 WHERE id = :row"), {"row": event.id})
    session.commit()
    monkeypatch.setattr(clock, "now", lambda: event.ends_at)
    each_night(session, run_jobs)
    assert found(session) == []
