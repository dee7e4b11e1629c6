"""Inviting people, changing roles, closing accounts; an administrator always remains."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import AccountState, Role, User
from hub.accounts.operations import administration, links, passwords
from hub.core import clock, tokens
from hub.core.audit import AuditEntry
from hub.core.db import writing
from hub.core.errors import DomainError
from tests import factories
from tests.accounts.ways import again, is_signed_in, link_in, mails, statements
from tests.conftest import Installation, both_databases

WORDS = "quatre lampes sous la pluie"
SignIn = Callable[[FlaskClient, Any], FlaskClient]


@pytest.fixture
def boss(session: Session) -> User:
    return factories.user(
        session, Role.ADMINISTRATOR, name="Administration d’essai", last_sign_in_at=clock.now()
    )


@pytest.fixture
def office(client: FlaskClient, sign_in: SignIn, boss: User) -> FlaskClient:
    return sign_in(client, boss)


def invite(client: FlaskClient, **values: str) -> Any:
    data = {"name": "Camille", "email": "Camille@Example.org", "role": "coordinator", **values}
    return client.post("/reglages/comptes/inviter", data=data)


@both_databases
def test_an_invitation_opens_an_account_once(
    office: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    assert invite(office).status_code == 303
    run_jobs()
    user = session.scalars(select(User).where(User.email == "camille@example.org")).one()
    assert (user.role, user.state) == (Role.COORDINATOR, AccountState.INVITED)
    (message,) = mails(session)
    assert message.recipient == "camille@example.org"
    assert "Administration d’essai" in message.text
    link = link_in(message)
    guest = office.application.test_client()
    page = guest.get(link)
    assert "Bienvenue, Camille" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert guest.head(link).status_code == 200
    assert not is_signed_in(guest)
    answer = guest.post(link, data={"password": ""})
    assert answer.status_code == 303
    assert is_signed_in(guest)
    assert guest.post(link).status_code == 410
    again(session, user)
    assert (user.state, user.password_hash) == (AccountState.ACTIVE, None)


def test_a_password_may_be_chosen_at_once_and_a_weak_one_costs_nothing(
    office: FlaskClient, session: Session
) -> None:
    invite(office)
    link = link_in(mails(session)[0])
    guest = office.application.test_client()
    refused = guest.post(link, data={"password": "motdepasse1234"})
    assert refused.status_code == 422
    assert 'id="password-error"' in refused.text
    assert guest.post(link, data={"password": WORDS}).status_code == 303
    session.rollback()
    user = session.scalars(select(User).where(User.email == "camille@example.org")).one()
    assert passwords.matches(user, WORDS)
    assert len(mails(session)) == 1  # choosing the first password warns nobody


def test_an_invitation_lives_for_a_week(client: FlaskClient, session: Session) -> None:
    user = factories.user(session)
    born = clock.now() - timedelta(days=7)
    raw = tokens.issue(session, links.INVITATION, user, now=born, lifetime=links.INVITATION_LIFETIME)
    session.commit()
    assert client.get(f"/invitation/{raw}").status_code == 410
    assert client.post(f"/invitation/{raw}").status_code == 410


def test_inviting_again_ends_the_first_link(office: FlaskClient, session: Session) -> None:
    invite(office)
    user = session.scalars(select(User).where(User.email == "camille@example.org")).one()
    assert office.post(f"/reglages/comptes/{user.id}/inviter").status_code == 303
    first, second = (link_in(message) for message in mails(session))
    guest = office.application.test_client()
    assert guest.post(first).status_code == 410
    assert guest.post(second).status_code == 303
    office.post(f"/reglages/comptes/{user.id}/inviter")
    assert len(mails(session)) == 2


def test_a_closed_account_cannot_be_opened_by_its_invitation(office: FlaskClient, session: Session) -> None:
    invite(office)
    user = session.scalars(select(User).where(User.email == "camille@example.org")).one()
    office.post(f"/reglages/comptes/{user.id}/fermer")
    guest = office.application.test_client()
    assert guest.post(link_in(mails(session)[0])).status_code == 410
    assert not is_signed_in(guest)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": " "}),
        ("email", {"email": "camille"}),
        ("email", {"email": "a@b.be, c@d.be"}),
        ("role", {"role": "emperor"}),
        ("name", {"name": "x" * 121}),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    office: FlaskClient, session: Session, field: str, values: dict[str, str]
) -> None:
    answer = invite(office, **values)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert mails(session) == []


def test_an_address_has_one_account(office: FlaskClient, session: Session) -> None:
    factories.user(session, email="camille@example.org")
    session.commit()
    answer = invite(office, email="CAMILLE@example.org")
    assert answer.status_code == 422
    assert "a déjà un compte" in answer.text
    assert 'value="CAMILLE@example.org"' in answer.text


def test_a_role_is_changed_and_noted(office: FlaskClient, session: Session, boss: User) -> None:
    user = factories.user(session)
    session.commit()
    answer = office.post(f"/reglages/comptes/{user.id}/role", data={"role": "coordinator"})
    assert answer.status_code == 303
    again(session, user)
    assert user.role == Role.COORDINATOR
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.role_changed")).one()
    assert (entry.actor_id, entry.subject_id) == (boss.id, user.id)
    assert entry.changes == {"role": ["member", "coordinator"]}
    assert "Rôle changé" in office.get(f"/reglages/comptes/{user.id}").text


@pytest.mark.parametrize("gesture", ["role", "fermer", "rouvrir", "inviter"])
def test_nobody_changes_their_own_standing(
    office: FlaskClient, session: Session, boss: User, gesture: str
) -> None:
    path = f"/reglages/comptes/{boss.id}/{gesture}"
    assert office.post(path, data={"role": "member"}).status_code == 403
    again(session, boss)
    assert (boss.role, boss.is_active) == (Role.ADMINISTRATOR, True)


@both_databases
def test_the_last_administrator_stays(session: Session) -> None:
    last = factories.user(session, Role.ADMINISTRATOR)
    factories.user(session, Role.ADMINISTRATOR, is_active=False)
    other = factories.user(session, Role.COORDINATOR)
    now = factories.NOW
    with pytest.raises(DomainError, match="dernier compte"):
        administration.deactivate(session, last, actor=other, now=now)
    with pytest.raises(DomainError, match="dernier compte"):
        administration.change_role(session, last, Role.MEMBER, actor=other, now=now)
    assert last.is_administrator
    second = factories.user(session, Role.ADMINISTRATOR)
    administration.deactivate(session, last, actor=second, now=now)
    assert not last.is_active


@both_databases
def test_two_administrators_cannot_remove_each_other_at_once(
    installation: Installation, session: Session
) -> None:
    pair = [factories.user(session, Role.ADMINISTRATOR).id for _ in range(2)]
    session.commit()
    refusals: list[str] = []
    together = threading.Barrier(2)

    def remove(actor: int, target: int) -> None:
        together.wait()
        try:
            with writing(installation.engine) as own:
                administration.deactivate(
                    own, own.get_one(User, target), actor=own.get_one(User, actor), now=factories.NOW
                )
        except DomainError as problem:
            refusals.append(problem.msgid)

    threads = [threading.Thread(target=remove, args=order) for order in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    left = session.scalars(select(User).where(User.role == Role.ADMINISTRATOR, User.is_active)).all()
    assert len(left) == 1
    assert len(refusals) == 1


def test_the_list_is_searched_and_filtered(office: FlaskClient, session: Session) -> None:
    factories.user(session, name="Élodie Exemple", email="elodie@association.be", last_sign_in_at=clock.now())
    factories.user(session, Role.COORDINATOR, name="Bruno Modèle", email="bruno@example.org")
    factories.user(session, name="Chloé Fermée", is_active=False)
    session.commit()

    def names(query: str) -> set[str]:
        page = office.get(f"/reglages/comptes?{query}").text
        return {name for name in ("Élodie Exemple", "Bruno Modèle", "Chloé Fermée") if f">{name}</a>" in page}

    assert names("") == {"Élodie Exemple", "Bruno Modèle", "Chloé Fermée"}
    assert names("q=élodie") == names("q=ELODIE exemple") == names("q=association.be") == {"Élodie Exemple"}
    assert names("role=coordinator") == names("state=invited") == {"Bruno Modèle"}
    assert names("state=deactivated") == {"Chloé Fermée"}
    assert names("state=active") == {"Élodie Exemple"}
    assert names("q=personne-de-ce-nom") == set()
    assert names("role=emperor&state=x&page=999999999999999999999") == names("")


def test_a_long_list_needs_no_more_queries(
    office: FlaskClient, session: Session, installation: Installation
) -> None:
    office.get("/reglages/comptes")
    with statements(installation.engine) as few:
        office.get("/reglages/comptes")
    for _ in range(40):
        factories.user(session)
    session.commit()
    with statements(installation.engine) as many:
        office.get("/reglages/comptes")
    assert len(many) == len(few)


@both_databases
def test_the_database_holds_one_account_an_address(session: Session) -> None:
    factories.user(session, email="camille@example.org")
    with pytest.raises(IntegrityError):
        factories.user(session, email="camille@example.org")


@pytest.mark.parametrize("email", ["Camille@example.org", "camille", "@"])
@both_databases
def test_the_database_holds_clean_addresses(session: Session, email: str) -> None:
    with pytest.raises(IntegrityError):
        factories.user(session, email=email)
