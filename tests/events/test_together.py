"""Two coordinators change the same page of a day at once: neither undoes the other unknowingly."""

import re
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core import clock
from hub.events.models.days import Event, EventKind
from hub.events.operations import days, organisers, sessions, sign_up
from hub.events.operations.organisers import Organiser
from tests import factories
from tests.events.plenary import DAY, details, person, plenary, wishes
from tests.factories import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def desk(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def seen(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def compared(page: str) -> str:
    """Return the table in which the two versions stand beside each other."""
    return page.split("Les deux versions", 1)[1].split("</table>", 1)[0]


DESCRIBED = {
    "kind": "plenary", "day": DAY.isoformat(), "starts": "09:30", "ends": "16:00", "deadline": "2026-05-31",
    "mode": "onsite", "need": "required", "meals": "Végétarien\nPoisson",
}  # fmt: skip


def test_a_day_described_twice(session: Session, desk: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    url = f"/journees/{event.slug}/modifier"
    both_saw = seen(desk.get(url).text)
    mine = DESCRIBED | {"seen": both_saw, "title": "Le titre de l’une", "contact_name": "Équipe A"}
    other = DESCRIBED | {"seen": both_saw, "title": "Le titre de l’autre", "starts": "10:00"}
    assert desk.post(url, data=mine).status_code == 303
    answer = desk.post(url, data=other)
    assert answer.status_code == 409
    for words in ("Quelqu’un a changé ceci entre-temps", "Le titre de l’une", "Le titre de l’autre", "09:30"):
        assert words in answer.text, words
    session.rollback()
    session.expire_all()
    assert event.title == "Le titre de l’une"
    again = other | {"seen": seen(answer.text)}  # now knowingly
    assert desk.post(url, data=again).status_code == 303
    session.rollback()
    session.expire_all()
    assert (event.title, event.contact_name) == ("Le titre de l’autre", "")


def test_somebody_signing_up_meanwhile_is_no_change(session: Session, desk: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    url = f"/journees/{event.slug}/modifier"
    saw = seen(desk.get(url).text)
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    session.commit()
    assert desk.post(url, data=DESCRIBED | {"seen": saw, "title": "Nouveau"}).status_code == 303


def programme_of(event: Event, title: str) -> dict[str, str]:
    return {
        "lines-0-starts": "09:30", "lines-0-ends": "10:00", "lines-0-title": title,
        "lines-0-kind": "introduction", "blocks-0-number": str(event.blocks[0].id),
        "blocks-0-way": "first_come", "blocks-0-choices_min": "1", "blocks-0-choices_max": "1",
        "blocks-0-workshops-0-number": str(event.workshops[0].id), "blocks-0-workshops-0-title": "Alpha",
        "blocks-0-workshops-0-capacity": "9",
    }  # fmt: skip


def test_a_programme_written_twice(session: Session, desk: FlaskClient) -> None:
    event = plenary(session, capacities=(9,), choices=1)
    session.commit()
    url = f"/journees/{event.slug}/programme"
    first, second = (
        programme_of(event, title)
        | {"lines-1-starts": "12:00", "lines-1-title": "Repas", "lines-1-kind": "meal"}
        for title in ("Mot d’accueil", "Discours")
    )
    saw = seen(desk.get(url).text)
    assert desk.post(url, data=first | {"seen": saw}).status_code == 303
    # A button that adds a row keeps what the page had shown.
    more = desk.post(url, data=second | {"seen": saw, "rearrange": "add-lines"})
    assert seen(more.text) == saw
    answer = desk.post(url, data=second | {"seen": saw})
    assert answer.status_code == 409
    for words in ("Ligne 1", "Mot d’accueil", "Discours"):
        assert words in answer.text, words
    for same in ("Bloc 1, Atelier 1", "Ligne 2"):  # nobody changed these
        assert same not in compared(answer.text), same
    session.rollback()
    session.expire_all()
    assert [slot.title for slot in event.slots] == ["Mot d’accueil", "Repas"]
    assert desk.post(url, data=second | {"seen": seen(answer.text)}).status_code == 303


def test_sessions_written_twice(session: Session, desk: FlaskClient) -> None:
    event = days.create(session, details(kind=EventKind.MODULE, doors=None, meals=()), actor="t", now=NOW)
    session.commit()
    url = f"/journees/{event.slug}/seances"
    saw = seen(desk.get(url).text)
    row = sessions.Row(DAY, time(9), time(13), title="Le pays")
    sessions.set_sessions(session, event, [row], actor="t", now=NOW)
    session.commit()
    typed = {
        "seen": saw, "rows-0-day": DAY.isoformat(), "rows-0-starts": "14:00", "rows-0-ends": "16:00",
        "rows-0-kind": "session", "rows-0-mode": "onsite", "rows-0-title": "Se loger",
    }  # fmt: skip
    answer = desk.post(url, data=typed)
    assert answer.status_code == 409
    for words in ("Séance 1", "Le pays", "Se loger"):
        assert words in answer.text, words
    session.rollback()
    session.expire_all()
    assert [each.title for each in event.sessions] == ["Le pays"]


def test_organisers_written_twice(session: Session, desk: FlaskClient) -> None:
    event = plenary(session)
    one, other = factories.organisation(session, "La Ruche"), factories.organisation(session, "Le Pont")
    session.commit()
    url = f"/journees/{event.slug}/organisateurs"
    saw = seen(desk.get(url).text)
    organisers.set_organisers(session, event, [Organiser(one.id)], actor="t", now=NOW)
    session.commit()
    answer = desk.post(url, data={"seen": saw, "rows-0-organisation": str(other.id)})
    assert answer.status_code == 409
    assert "La Ruche" in answer.text
    session.rollback()
    session.expire_all()
    assert [row.organisation_id for row in event.organiser_rows] == [one.id]
    again = {"seen": seen(answer.text), "rows-0-organisation": str(other.id)}
    assert desk.post(url, data=again).status_code == 303
