"""Spaces: who may change which, and seats that end without being erased."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.core import clock
from hub.core.errors import DomainError
from hub.events.operations import days
from hub.events.operations.days import Details
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind
from hub.spaces.operations import spaces as operations
from hub.spaces.operations.spaces import SpaceFacts
from tests import factories
from tests.conftest import both_databases

NOW = factories.NOW


def make(session: Session, name: str = "Groupe Logement", **values: Any) -> Space:
    facts = SpaceFacts(name=name, kind=SpaceKind.WORKING_GROUP, **values)
    return operations.create(session, facts, actor=None, now=NOW)


def fields(**values: Any) -> dict[str, Any]:
    return {"name": "Groupe Santé", "kind": "working_group", "state": "active", "purpose": "", **values}


def test_two_spaces_of_one_name_have_two_addresses(session: Session) -> None:
    assert make(session).slug != make(session).slug


@both_databases
def test_a_seat_is_held_once_and_ended_not_erased(session: Session) -> None:
    space, organisation = make(session), factories.organisation(session)
    seat: dict[str, Any] = {"starts_on": date(2020, 1, 1), "actor": None, "now": NOW}
    row = operations.add_member(session, space, organisation, MembershipRole.MEMBER, **seat)
    with pytest.raises(DomainError, match="siège déjà"):
        operations.add_member(session, space, organisation, MembershipRole.PILOT, **seat)
    operations.end_membership(session, row, actor=None, now=NOW)
    with pytest.raises(DomainError, match="choisissez un jour qui vient après"):
        operations.add_member(session, space, organisation, MembershipRole.PILOT, **seat)
    seat["starts_on"] = NOW.date()
    again = operations.add_member(session, space, organisation, MembershipRole.PILOT, **seat)
    assert session.get(Membership, row.id).ends_on == NOW.date()  # type: ignore[union-attr]
    assert again.ends_on is None


@both_databases
def test_the_database_itself_refuses_a_second_present_seat(session: Session) -> None:
    space, organisation = make(session), factories.organisation(session)
    for _ in range(2):
        session.add(Membership(space_id=space.id, organisation_id=organisation.id, created_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_coordinator_makes_a_space_and_bad_dates_lose_nothing(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    sign_in(client, factories.coordinator(session))
    wrong = client.post("/espaces/nouveau", data=fields(starts_on="2024-05-01", ends_on="2023-05-01"))
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "La fin ne peut pas précéder le début." in text
    assert 'value="Groupe Santé"' in text
    made = client.post("/espaces/nouveau", data=fields(), follow_redirects=True)
    assert made.status_code == 200
    assert "Groupe Santé" in made.get_data(as_text=True)
    listed = client.get("/espaces?q=sant&kind=working_group")
    assert "Groupe Santé" in listed.get_data(as_text=True)
    assert "Groupe Santé" in client.get("/espaces?format=csv").get_data(as_text=True)


def test_a_facilitator_changes_that_space_only_and_only_while_it_lasts(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    mine, other = make(session, "Le mien"), make(session, "Un autre")
    person = factories.user(session, Role.MEMBER)
    row = operations.add_facilitator(session, mine, person, actor=None, now=NOW)
    sign_in(client, person)
    assert client.get(f"/espaces/{mine.slug}/modifier").status_code == 200
    assert client.get(f"/espaces/{other.slug}/modifier").status_code == 403
    assert client.get("/espaces/nouveau").status_code == 403
    assert client.post(f"/espaces/{mine.slug}/facilitation", data={"user": person.id}).status_code == 403
    operations.end_facilitation(session, row, actor=None, now=clock.now())
    session.commit()
    assert client.get(f"/espaces/{mine.slug}/modifier").status_code == 403


def test_a_visitor_is_sent_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/espaces")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/connexion")


def test_a_space_leads_to_its_days_and_a_day_to_its_space(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    space = make(session)
    day = Details(
        title="Plénière du groupe", day=date(2030, 5, 6), starts=time(9), ends=time(16),
        deadline=date(2030, 5, 1), space_id=space.id,
    )  # fmt: skip
    event = days.create(session, day, actor="essai", now=NOW)
    days.publish(session, event, actor="essai", now=NOW)
    sign_in(client, factories.coordinator(session))
    assert f"/journees/{event.slug}" in client.get(f"/espaces/{space.slug}").text
    assert f"/espaces/{space.slug}" in client.get(f"/journees/{event.slug}").text
