"""Needs by name: for the coordination alone, each look written down, never in lists, mails or at the door."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.events import rules
from hub.events.models.days import Event, Mode
from hub.events.models.places import VenueRoom
from hub.events.models.registrations import DietOption
from hub.events.operations import days, sign_up
from tests import factories
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def event(session: Session) -> Event:
    """A day with somebody of each need, one of them online, and somebody with none."""
    made = plenary(session)
    venue = factories.organisation(session, "La Marlagne")
    room = VenueRoom(organisation_id=venue.id, name="Salle bleue", step_free=True, access_note="porte lourde")
    diet = DietOption(event_id=made.id, label="Sans lactose")
    session.add_all([room, diet])
    session.flush()
    made.workshops[0].venue_room = room
    for number, name, values in (
        (1, "Élodie M.", {"access_needs": "Accès sans marche"}),
        (2, "Farid K.", {"diet": "Allergie aux noix"}),
        (3, "Zoé B.", {}),
    ):
        wanted = wishes(made, 0, number, consents=bool(values), **values)
        done = sign_up.register(session, made, person(number, name=name), wanted, now=NOW)
        if name == "Zoé B.":
            done.registration.languages = "Tigrigna"
            done.registration.diets = [diet]
            done.registration.mode = Mode.ONLINE
    sign_up.register(session, made, person(4, name="Omar sans besoin"), wishes(made, 1, 2), now=NOW)
    session.commit()
    return made


def looks(session: Session) -> list[AuditEntry]:
    session.rollback()
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == "event.needs_seen")))


def test_names_come_with_a_gesture_that_is_written_down(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient], event: Event
) -> None:
    someone = factories.coordinator(session)
    sign_in(client, someone)
    url = f"/journees/{event.slug}/besoins"
    before = client.get(url).text
    assert "2 personnes" in before
    for secret in ("Élodie", "marche", "noix", "Tigrigna"):
        assert secret not in before
    assert looks(session) == []
    shown = client.post(url).text
    for part in (
        "Élodie M.", "Accès sans marche", "Salle bleue", "plain-pied", "porte lourde", "Farid K.", "noix",
        "Tigrigna", "Sans lactose", "En ligne", "Prévu", "Imprimer",
    ):  # fmt: skip
        assert part in shown
    assert "Omar" not in shown
    (entry,) = looks(session)
    assert (entry.actor_label, entry.changes) == (someone.name, {})
    client.post(url)
    assert len(looks(session)) == 2


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.ADMINISTRATOR])
def test_nobody_else_sees_them(
    session: Session,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
    event: Event,
    role: Role | None,
) -> None:
    url = f"/journees/{event.slug}/besoins"
    if role is not None:
        sign_in(client, factories.user(session, role=role))
    assert client.get(url).status_code == (302 if role is None else 403)
    assert client.post(url).status_code == 403
    if role == Role.ADMINISTRATOR:
        assert url not in client.get(f"/journees/{event.slug}/traiteur").text
    assert looks(session) == []


def test_the_rule_asks_for_the_role_itself(session: Session, event: Event) -> None:
    someone = factories.coordinator(session)
    assert rules.see_needs(someone, event)
    someone.is_active = False
    assert not rules.see_needs(someone, event)
    assert not rules.see_needs(None, event)


def test_after_the_day_there_is_nothing_to_see(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient], event: Event
) -> None:
    sign_in(client, factories.coordinator(session))
    days.forget_all_needs(session, event, now=event.forget_needs_at)
    session.commit()
    url = f"/journees/{event.slug}/besoins"
    assert "Tout est effacé" in client.get(url).text
    assert "Tout est effacé" in client.post(url).text


def test_without_needs_the_page_says_so(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> None:
    sign_in(client, factories.coordinator(session))
    bare = plenary(session)
    session.commit()
    assert "Personne n’a noté" in client.get(f"/journees/{bare.slug}/besoins").text
