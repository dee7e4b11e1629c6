"""What everybody sees and sends: days, the form, answers that tell nothing of others (S10, A6)."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.mail import Message
from hub.events.models.days import Asking, Event
from hub.events.models.registrations import Registration
from hub.events.operations import days, sign_up
from tests import factories
from tests.conftest import Installation
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


def answers(event: Event, *places: int, **values: Any) -> dict[str, Any]:
    return {
        "name": "Zoé B.",
        "email": "Zoe@Example.org",
        "workshops": [str(event.workshops[place].id) for place in places],
        "form_key": "a key of this form",
        **values,
    }


def count(session: Session, model: Any = Registration) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_no_day_yet(client: FlaskClient) -> None:
    page = client.get("/journees")
    assert page.status_code == 200
    assert "Aucune journée n’est annoncée" in page.text


def test_the_public_sees_published_days_only(session: Session, client: FlaskClient) -> None:
    plenary(session, title="Publiée")
    draft = plenary(session, title="Secrète", publish=False)
    session.commit()
    page = client.get("/journees").text
    assert "Publiée" in page
    assert "Secrète" not in page
    for part in ("", "/inscription", "/agenda.ics", "/lien", "/mail-envoye"):
        assert client.get(f"/journees/{draft.slug}{part}").status_code == 302  # to the sign-in page
    assert client.post(f"/journees/{draft.slug}/inscription", data=answers(draft, 0, 1)).status_code == 403


def test_a_day_shows_programme_workshops_and_seats(session: Session, client: FlaskClient) -> None:
    event = plenary(session, capacities=(1, 2, 10, 10))
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    session.commit()
    page = client.get(f"/journees/{event.slug}").text
    for words in ("Inscriptions ouvertes", "Introduction", "Besoins de base", "Complet", "Il reste 1 place"):
        assert words in page
    assert "Participant·e" not in page


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "Inscriptions ouvertes"),
        (NOW + timedelta(days=85), "Inscriptions clôturées"),
        (NOW + timedelta(days=120), "Journée passée"),
    ],
)
def test_the_badge_follows_the_clock(
    session: Session, client: FlaskClient, at_now: Callable[[Any], None], moment: Any, words: str
) -> None:
    event = plenary(session)
    session.commit()
    at_now(moment)
    page = client.get(f"/journees/{event.slug}").text
    assert words in page
    assert ("Je m’inscris" in page) == (moment == NOW)
    form = client.get(f"/journees/{event.slug}/inscription").text
    assert ('name="email"' in form) == (moment == NOW)


def test_search_engines_read_the_day_as_data(session: Session, client: FlaskClient) -> None:
    event = plenary(session, title="</script><script>alert(1)</script> & Cie")
    session.commit()
    page = client.get(f"/journees/{event.slug}")
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    found = json.loads(data)
    assert found["@type"] == "Event"
    assert found["name"] == event.title
    assert found["startDate"] == "2026-06-09T09:30+02:00"
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert "<script>alert" not in page.text


def test_the_agenda_is_public(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    answer = client.get(f"/journees/{event.slug}/agenda.ics")
    assert answer.mimetype == "text/calendar"
    assert b"METHOD:PUBLISH" in answer.data


def test_signing_up_leads_to_ones_own_page(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    factories.organisation(session, "Alpha 5000")
    session.commit()
    data = answers(event, 0, 2, organisation_name="alpha  5000", meal=str(event.meals[0].id))
    answer = client.post(f"/journees/{event.slug}/inscription", data=data)
    assert answer.status_code == 303
    page = client.get(answer.location)
    for words in ("Place réservée", "Zoé B.", "Alpha 5000", "Besoins de base", "Végétarien"):
        assert words in page.text
    session.rollback()
    row = session.scalars(select(Registration)).one()
    assert row.email == "zoe@example.org"
    assert (row.organisation_name, row.organisation is not None) == ("", True)


def test_a_day_without_workshops_or_meal_asks_for_neither(session: Session, client: FlaskClient) -> None:
    event = plenary(session, capacities=(), choices=0, meals=())
    session.commit()
    page = client.get(f"/journees/{event.slug}/inscription").text
    assert 'name="workshops"' not in page
    assert 'name="meal"' not in page
    answer = client.post(f"/journees/{event.slug}/inscription", data=answers(event))
    assert answer.status_code == 303
    assert "Place réservée" in client.get(answer.location).text
    assert client.get(answer.location + "/modifier").status_code == 200
    told = {"access_needs": "Boucle auditive", "consents": "y"}
    assert client.post(answer.location + "/modifier", data=told).status_code == 303
    assert "Boucle auditive" in client.get(answer.location).text


def test_an_organisation_that_the_list_lacks(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    url = f"/journees/{event.slug}/inscription"
    event.asks_organisation = Asking.REQUIRED
    session.commit()
    refused = client.post(url, data=answers(event, 0, 1))
    assert refused.status_code == 422
    assert "Écrivez le nom de votre organisation" in refused.text
    data = answers(event, 0, 1, organisation_name="Les  Marelles")
    assert client.post(url, data=data).status_code == 303
    session.rollback()
    assert session.scalars(select(Registration.organisation_name)).one() == "Les Marelles"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "Écrivez votre prénom"),
        ({"email": "zoe@"}, "ne semble pas complète"),
        ({"email": "a@example.org,b@example.org"}, "une seule adresse"),
        ({"workshops": ["1", "x"]}, "exactement 2 ateliers"),
        ({"workshops": ["1", "999999999999"]}, "exactement 2 ateliers"),
        ({"workshops": []}, "exactement 2 ateliers"),
        ({"meal": "999999"}, "Choisissez un repas"),
        ({"diet": "Sans gluten"}, "Cochez cette case"),
        ({"access_needs": "x" * 601}, "600 signes"),
    ],
)
def test_a_mistake_is_told_and_nothing_typed_is_lost(
    session: Session, client: FlaskClient, change: dict[str, Any], words: str
) -> None:
    event = plenary(session)
    session.commit()
    data = answers(event, 0, 2, access_needs="Boucle auditive", consents="y", diet="")
    if change != {"diet": "Sans gluten"}:
        data |= change
    else:
        data = answers(event, 0, 2) | change
    answer = client.post(f"/journees/{event.slug}/inscription", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(session) == 0
    assert count(session, Message) == 0
    for kept in (value for value in (data["name"].strip(), data["email"]) if value):
        assert f'value="{kept}"'.casefold() in answer.text.casefold()
    offered = {str(row.id) for row in event.workshops}
    ticked = re.findall(r'name="workshops" value="(\d+)" checked', answer.text)
    assert ticked == [each for each in data["workshops"] if each in offered]


def test_all_mistakes_are_told_at_once(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    answer = client.post(f"/journees/{event.slug}/inscription", data={"diet": "Sans gluten"})
    assert answer.status_code == 422
    for words in (
        "prénom",
        "adresse mail",
        "exactement 2 ateliers",
        "Cochez cette case",
    ):
        assert words in answer.text


def test_consent_is_never_ticked_beforehand(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    page = client.get(f"/journees/{event.slug}/inscription").text
    box = re.search(r'<input type="checkbox"[^>]*name="consents"[^>]*>', page)
    box = box or re.search(r'<input[^>]*id="consents"[^>]*>', page)
    assert box
    assert "checked" not in box[0]


def test_a_workshop_that_filled_up_is_named_and_the_rest_is_kept(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session, capacities=(1, 10, 10, 10))
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    session.commit()
    answer = client.post(f"/journees/{event.slug}/inscription", data=answers(event, 0, 2))
    assert answer.status_code == 422
    assert "Plus de place dans" in answer.text
    assert "Besoins de base" in answer.text
    kept = re.findall(r'name="workshops" value="(\d+)" checked', answer.text)
    assert kept == [str(event.workshops[2].id)]
    assert count(session) == 1


def test_a_double_click_is_one_sign_up(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    url, data = f"/journees/{event.slug}/inscription", answers(event, 0, 1)
    first, second = client.post(url, data=data), client.post(url, data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert "Place réservée" in client.get(second.location).text
    assert count(session) == 1
    assert count(session, Message) == 1


def test_a_known_address_learns_it_by_mail_only(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    sign_up.register(session, event, person(email="zoe@example.org"), wishes(event, 0, 1), now=NOW)
    session.commit()
    answer = client.post(f"/journees/{event.slug}/inscription", data=answers(event, 2, 3))
    assert answer.location == f"/journees/{event.slug}/mail-envoye"
    page = client.get(answer.location).text
    assert "Si nous connaissons cette adresse" in page
    assert "zoe@example.org" not in page
    assert count(session) == 1
    kinds = session.scalars(select(Message.kind).order_by(Message.id)).all()
    assert kinds == ["events.confirmed", "events.link"]


def test_asking_for_a_link_answers_alike_for_everybody(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    session.commit()
    url = f"/journees/{event.slug}/lien"
    known, unknown = (client.post(url, data={"email": each}) for each in ("p1@example.org", "x@example.org"))
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert known.data == unknown.data
    assert count(session, Message) == 2
    assert client.post(url, data={"email": "rien"}).status_code == 422


def test_closed_while_typing(session: Session, client: FlaskClient, at_now: Callable[[Any], None]) -> None:
    event = plenary(session)
    session.commit()
    at_now(event.sign_up_closes_at)
    answer = client.post(f"/journees/{event.slug}/inscription", data=answers(event, 0, 1))
    assert answer.status_code == 422
    assert "clôturées" in answer.text
    assert count(session) == 0


def test_a_day_called_off_says_so(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    days.call_off(session, event, "Salle indisponible", actor="test", now=NOW)
    session.commit()
    page = client.get(f"/journees/{event.slug}").text
    assert "Cette journée est annulée." in page
    assert "Salle indisponible" in page
    assert "Je m’inscris" not in page


def test_the_list_asks_the_database_as_often_for_one_day_as_for_ten(
    session: Session, client: FlaskClient, installation: Installation
) -> None:
    asked: list[str] = []
    sqlalchemy_event.listen(
        installation.engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )
    plenary(session)
    session.commit()
    client.get("/journees")
    asked.clear()
    client.get("/journees")
    once = len(asked)
    for _ in range(9):
        plenary(session)
    session.commit()
    asked.clear()
    client.get("/journees")
    assert len(asked) == once


def test_a_card_names_the_days_of_its_organisation(session: Session, app: Any) -> None:
    from hub.actors.signals import links_of  # noqa: PLC0415 - the signal is connected by the application

    host = factories.organisation(session)
    event = plenary(session, venue_id=host.id)
    session.commit()
    with app.test_request_context():
        (group,) = links_of(host, session=session, user=None)
    assert group.links == [(f"{event.title} (09/06/2026)", f"/journees/{event.slug}")]
