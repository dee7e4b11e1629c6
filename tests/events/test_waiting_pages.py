"""Pages of waiting lists: few queries however many wait, and what becomes of a seat that is given back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core import clock
from hub.events.models.days import Event, Promotion
from hub.events.models.registrations import RegistrationState
from hub.events.operations import letters, reserving, waitlist
from hub.events.operations.reserving import Named
from tests.events.plenary import plenary
from tests.events.test_crowded_pages import MOST_QUERIES, asked, crowd
from tests.events.waiting import by_offer, come, leave, rather, small_day
from tests.factories import NOW, coordinator, organisation

__all__ = ["asked"]
FIRST = "va tout de suite à la première personne de la liste"


@pytest.fixture(autouse=True)
def _at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.mark.parametrize("number", [140, 1_000])
def test_waiting_lists_ask_no_more_where_many_wait(
    session: Session, client: FlaskClient, sign_in: Any, asked: Callable[..., list[str]], number: int
) -> None:
    event = plenary(session, capacities=(1_000, 10, 10, 10))
    rows = crowd(session, event, number)
    event.capacity = event.taken
    rows[0].waits[0].state, rows[0].waits[0].offer_ends_at = "offered", NOW + timedelta(days=1)
    event.workshops[1].taken += 1
    session.flush()
    links = [letters.issue_link(session, row, now=NOW) for row in rows[:3]]
    session.commit()
    sign_in(client, coordinator(session))
    pages = [
        f"/journees/{event.slug}/liste-attente",
        f"/journees/{event.slug}/inscriptions/{rows[0].id}/annuler",
        *(f"/inscription/{link}{rest}" for link in links for rest in ("", "/annuler")),
    ]
    found = {page: asked(client, page) for page in pages}
    many = {page: statements for page, statements in found.items() if len(statements) > MOST_QUERIES}
    assert not many, "\n".join(f"{page}: {len(statements)}" for page, statements in many.items())


def suspended(event: Event) -> None:
    event.promotion_suspended_at = NOW


def offered(event: Event) -> None:
    event.promotion = Promotion.OFFER


def closed(event: Event) -> None:
    event.sign_up_closes_at = NOW


@pytest.mark.parametrize(
    ("waits", "changes", "said"),
    [
        (True, None, FIRST),
        (True, offered, "est proposée à la première personne"),
        (True, suspended, "la coordination décide"),
        (True, closed, "la place reste libre"),
        (False, None, "Personne n’attend"),
    ],
)
def test_who_cancels_reads_who_gets_the_seat(
    session: Session,
    client: FlaskClient,
    sign_in: Any,
    waits: bool,
    changes: Callable[[Event], None] | None,
    said: str,
) -> None:
    event = small_day(session, capacity=1)
    row = come(session, event, 1, 0)
    if waits:
        come(session, event, 2, 1)
    if changes is not None:
        changes(event)
    link = letters.issue_link(session, row, now=NOW)
    session.commit()
    assert said in client.get(f"/inscription/{link}/annuler").get_data(as_text=True)
    sign_in(client, coordinator(session))
    page = client.get(f"/journees/{event.slug}/inscriptions/{row.id}/annuler").get_data(as_text=True)
    assert said in page


def test_who_waits_gives_no_seat_back(session: Session, client: FlaskClient) -> None:
    event = by_offer(session, small_day(session, capacity=1))
    come(session, event, 1, 0)
    row = come(session, event, 2, 1)
    assert row.state == RegistrationState.WAITING
    link = letters.issue_link(session, row, now=NOW)
    session.commit()
    page = client.get(f"/inscription/{link}/annuler").get_data(as_text=True)
    assert "la personne suivante avance d’un rang" in page
    assert "Garder ma place" not in page
    assert "de votre agenda" not in page  # the day stands in nobody's before there is a seat


def test_who_leaves_an_offer_reads_just_that(session: Session, client: FlaskClient) -> None:
    event = by_offer(session, small_day(session, capacity=1))
    first, row = come(session, event, 1, 0), come(session, event, 2, 1)
    come(session, event, 3, 1)
    leave(session, first)
    assert row.state == RegistrationState.OFFERED
    link = letters.issue_link(session, row, now=NOW)
    session.commit()
    page = client.get(f"/inscription/{link}/annuler").get_data(as_text=True)
    assert "Laisser cette place" in page
    assert "est proposée à la première personne" in page
    assert "Annuler mon inscription" not in page
    assert "de votre agenda" not in page


def test_a_reserved_place_stays_the_organisations(session: Session) -> None:
    event = small_day(session, capacity=2)
    places = reserving.reserve(
        session, event, organisation(session), 1, contact_email="m@example.org", actor="test", now=NOW
    )
    someone = Named(name="Membre", email="n@example.org", workshop_ids=(event.workshops[0].id,))
    row = reserving.fill(session, places, someone, actor="test", now=NOW)
    come(session, event, 1, 1)
    come(session, event, 2, 2)
    assert waitlist.heir(session, row, now=NOW) == waitlist.Heir.ORGANISATION


def test_who_only_wants_another_workshop_is_heir_of_no_seat_of_the_day(session: Session) -> None:
    event = small_day(session)
    row, other = come(session, event, 1, 0), come(session, event, 2, 1)
    rather(session, other, 0, 1)
    assert waitlist.heir(session, row, now=NOW) == waitlist.Heir.NOBODY
