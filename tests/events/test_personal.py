"""One's own page by a link: seeing, changing, cancelling; nothing acts on GET, dead links say so (S11)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.mail import Message
from hub.events.models.days import Event, Mode
from hub.events.models.registrations import Registration
from hub.events.operations import days, sign_up
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture
def event(session: Session) -> Event:
    return plenary(session, capacities=(2, 2, 1, 10))


@pytest.fixture
def link(session: Session, event: Event) -> str:
    """Sign somebody up, with needs, and return the path of the personal page."""
    told = wishes(event, 0, 1, diet="Sans gluten", access_needs="Boucle auditive", consents=True)
    done = sign_up.register(session, event, person(), told, now=NOW)
    session.commit()
    return f"/inscription/{done.link}"


def row_of(session: Session) -> Registration:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Registration)).one()


def dump(session: Session) -> list[Any]:
    session.rollback()
    tables = ("event", "workshop", "registration", "registration_choice", "message", "job", "token")
    return [session.execute(text(f"SELECT * FROM {table} ORDER BY id")).all() for table in tables]  # noqa: S608


def test_get_and_head_change_nothing(session: Session, client: FlaskClient, link: str) -> None:
    before = dump(session)
    for part in ("", "/modifier", "/annuler", "/agenda.ics"):
        for method in (client.get, client.head):
            answer = method(link + part)
            assert answer.status_code == 200
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "noindex" in answer.headers["X-Robots-Tag"]
    assert dump(session) == before


def test_the_page_shows_what_is_held(client: FlaskClient, link: str) -> None:
    page = client.get(link).text
    for words in ("Place réservée", "Participant·e 1", "Besoins de base", "Insertion", "Boucle auditive"):
        assert words in page


def test_a_link_that_never_was_or_is_over(
    session: Session, client: FlaskClient, link: str, at_now: Callable[[Any], None]
) -> None:
    assert client.get("/inscription/" + "x" * 43).status_code == 404
    assert client.post("/inscription/" + "x" * 43 + "/annuler").status_code == 404
    at_now(NOW + timedelta(days=400))
    assert client.get(link).status_code == 410
    assert client.post(link + "/annuler").status_code == 410
    assert row_of(session).is_confirmed


def test_changing_a_workshop(session: Session, client: FlaskClient, link: str, event: Event) -> None:
    page = client.get(link + "/modifier").text
    ticked = re.findall(r'name="workshops" value="(\d+)" checked', page)
    assert ticked == [str(event.workshops[0].id), str(event.workshops[1].id)]
    data = {"workshops": [ticked[0], str(event.workshops[3].id)], "meal": str(event.meals[1].id)}
    answer = client.post(link + "/modifier", data=data)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Vos choix sont enregistrés" in page
    assert "Soutien aux acteurs" in page
    row = row_of(session)
    assert row.diet == ""
    assert [workshop.taken for workshop in row.event.workshops] == [1, 0, 0, 1]


def test_a_change_to_what_is_full_keeps_what_is_held(
    session: Session, client: FlaskClient, link: str, event: Event
) -> None:
    sign_up.register(session, event, person(2), wishes(event, 2, 3), now=NOW)
    session.commit()
    data = {"workshops": [str(event.workshops[place].id) for place in (0, 2)]}
    answer = client.post(link + "/modifier", data=data)
    assert answer.status_code == 422
    assert "Plus de place dans" in answer.text
    assert "Vivre ensemble" in answer.text
    session.rollback()
    session.expire_all()
    assert [workshop.taken for workshop in event.workshops] == [1, 1, 1, 1]


def test_one_keeps_a_full_workshop_that_one_holds(
    session: Session, client: FlaskClient, link: str, event: Event
) -> None:
    sign_up.register(session, event, person(2), wishes(event, 0, 1), now=NOW)
    session.commit()
    page = client.get(link + "/modifier").text
    assert not re.search(rf'value="{event.workshops[0].id}"[^>]*disabled', page)
    data = {"workshops": [str(event.workshops[place].id) for place in (0, 3)]}
    assert client.post(link + "/modifier", data=data).status_code == 303


def test_cancelling_asks_then_acts_once(session: Session, client: FlaskClient, link: str) -> None:
    assert "Vous rendez votre place" in client.get(link + "/annuler").text
    assert client.post(link + "/annuler").status_code == 303
    assert client.post(link + "/annuler").status_code == 303
    page = client.get(link).text
    assert "Votre inscription est annulée" in page
    assert "S’inscrire à nouveau" in page
    row = row_of(session)
    assert (row.is_confirmed, row.event.taken, row.diet) == (False, 0, "")
    assert b"METHOD:CANCEL" in client.get(link + "/agenda.ics").data


def test_after_the_deadline_one_can_only_cancel(
    session: Session, client: FlaskClient, link: str, event: Event, at_now: Callable[[Any], None]
) -> None:
    at_now(event.sign_up_closes_at)
    page = client.get(link).text
    assert "Changer mes choix" not in page
    assert "Annuler mon inscription" in page
    data = {"workshops": [str(event.workshops[place].id) for place in (0, 3)]}
    assert client.post(link + "/modifier", data=data).status_code == 422
    assert client.post(link + "/annuler").status_code == 303
    assert not row_of(session).is_confirmed


def test_after_the_day_nothing_moves(
    session: Session, client: FlaskClient, link: str, event: Event, at_now: Callable[[Any], None]
) -> None:
    at_now(event.ends_at)
    assert "Annuler mon inscription" not in client.get(link).text
    client.post(link + "/annuler")
    assert row_of(session).is_confirmed


def test_the_page_of_a_day_called_off(session: Session, client: FlaskClient, link: str, event: Event) -> None:
    days.call_off(session, event, "Salle indisponible", actor="test", now=NOW)
    session.commit()
    page = client.get(link).text
    assert "La journée est annulée" in page
    assert "Changer mes choix" not in page
    assert b"METHOD:CANCEL" in client.get(link + "/agenda.ics").data


def test_who_comes_online_reads_how_to_join_and_nobody_else_does(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(
        session, mode=Mode.HYBRID, online_url="https://visio.example/x", online_info="Code **4711**",
        capacities=(), choices=0,
    )  # fmt: skip
    pages, told = [], []
    for number, mode in ((1, Mode.ONLINE), (2, Mode.ONSITE)):
        done = sign_up.register(session, event, person(number), sign_up.Wishes(mode=mode), now=NOW)
        session.commit()
        pages.append(client.get(f"/inscription/{done.link}").text)
        mails = select(Message).where(Message.subject_id == done.registration.id)
        told.append(session.scalars(mails.where(Message.kind == "events.confirmed")).one().text)
    assert "<strong>4711</strong>" in pages[0]
    assert "4711" not in pages[1]
    assert "4711" in told[0]
    assert "4711" not in told[1]
    assert "4711" not in client.get(f"/journees/{event.slug}").text
