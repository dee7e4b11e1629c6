"""Delegations of parties: numbers, no names; what was seen last at the door stands."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import OrganisationState
from hub.actors.models.reference import Family
from hub.core.errors import DomainError
from hub.events.models.days import Event
from hub.events.models.outcomes import Delegation, DelegationState
from hub.events.operations import delegations
from hub.events.operations.delegations import Line
from hub.events.queries import presence as queries
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import plenary
from tests.factories import NOW


@pytest.fixture
def day(session: Session) -> Event:
    kind = factories.kind(session, "party", Family.PARTY)
    for name in ("Parti A", "Parti B"):
        factories.organisation(session, name, kind_id=kind.id)
    factories.organisation(session, "Parti dissous", kind_id=kind.id, state=OrganisationState.CLOSED)
    factories.organisation(session, "Association")
    return plenary(session)


def rows(session: Session, day: Event) -> list[Delegation]:
    return list(session.scalars(queries.delegations(day)))


@both_databases
def test_all_parties_of_the_register_in_one_click_and_once(session: Session, day: Event) -> None:
    actor = factories.coordinator(session)
    assert delegations.invite_all(session, day, actor=actor, now=NOW) == 2
    assert delegations.invite_all(session, day, actor=actor, now=NOW) == 0
    assert [row.organisation.name for row in rows(session, day)] == ["Parti A", "Parti B"]
    with pytest.raises(DomainError, match="déjà"):
        delegations.invite(session, day, rows(session, day)[0].organisation_id, actor=actor, now=NOW)
    association = factories.organisation(session, "Une autre association")
    with pytest.raises(DomainError, match="parti"):
        delegations.invite(session, day, association.id, actor=actor, now=NOW)


@both_databases
def test_what_was_seen_last_at_the_door_stands(session: Session, day: Event) -> None:
    delegations.invite_all(session, day, actor=factories.coordinator(session), now=NOW)
    row = rows(session, day)[0]
    for minutes, present in ((10, 3), (5, 1), (10, 3)):
        at = day.starts_at + timedelta(minutes=minutes)
        delegations.arrive(session, day, row.id, present, at=at, actor="accueil", now=at)
    session.refresh(row)
    assert row.present == 3
    assert [party.name for party in session.scalars(queries.represented(day))] == ["Parti A"]
    with pytest.raises(DomainError, match="venue"):
        delegations.take_off(session, day, row.id, actor=factories.coordinator(session), now=NOW)


@pytest.mark.parametrize("number", [-1, 501])
def test_numbers_stay_within_reason(session: Session, day: Event, number: int) -> None:
    actor = factories.coordinator(session)
    delegations.invite_all(session, day, actor=actor, now=NOW)
    row = rows(session, day)[0]
    with pytest.raises(DomainError):
        delegations.arrive(session, day, row.id, number, at=NOW + timedelta(1), actor="accueil", now=NOW)
    line = Line(row.id, DelegationState.ANNOUNCED, number, None)
    with pytest.raises(DomainError):
        delegations.tell(session, day, [line], actor=actor, now=NOW)


def test_another_days_delegation_is_refused(session: Session, day: Event) -> None:
    actor = factories.coordinator(session)
    other = plenary(session, title="Une autre")
    delegations.invite_all(session, other, actor=actor, now=NOW)
    number = rows(session, other)[0].id
    line = Line(number, DelegationState.ANNOUNCED, 1, None)
    for act in (
        lambda: delegations.arrive(session, day, number, 1, at=NOW, actor="accueil", now=NOW),
        lambda: delegations.tell(session, day, [line], actor=actor, now=NOW),
        lambda: delegations.take_off(session, day, number, actor=actor, now=NOW),
    ):
        with pytest.raises(DomainError):
            act()


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(
    session: Session, day: Event, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    page = f"/journees/{day.slug}/delegations"
    session.commit()
    assert client.get(page).status_code == 302
    coordinating = sign_in(client, factories.coordinator(session))
    assert "Ajouter les 2 partis" in coordinating.get(page).text
    assert coordinating.post(f"{page}/inviter").status_code == 303
    one, two = (row.id for row in rows(session, day))
    good = {
        f"state-{one}": "announced", f"announced-{one}": "3", f"present-{one}": "", f"note-{one}": "conseil",
        f"state-{two}": "declined", f"announced-{two}": "", f"present-{two}": "", f"note-{two}": "",
    }  # fmt: skip
    for odd in ({f"announced-{one}": "trois"}, {f"present-{one}": "9999"}, {f"state-{two}": "peut-être"},
                {f"note-{one}": "x" * 301}, {"state-999999": "announced"}):  # fmt: skip
        answer = coordinating.post(page, data={**good, **odd})
        assert answer.status_code == 422, odd
        assert "conseil" in answer.text or f"note-{one}" in odd
    assert coordinating.post(page, data=good).status_code == 303
    session.rollback()
    stored = session.scalars(select(Delegation).order_by(Delegation.id)).all()
    assert [(row.state, row.announced, row.note) for row in stored] == [
        (DelegationState.ANNOUNCED, 3, "conseil"),
        (DelegationState.DECLINED, None, ""),
    ]
    assert coordinating.post(f"{page}/{two}/retirer").status_code == 303
    session.rollback()
    assert len(rows(session, day)) == 1
