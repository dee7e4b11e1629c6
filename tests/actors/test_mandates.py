"""Mandates: who speaks for an organisation, from when to when; ending one ends the right."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import AccountState, Role, User
from hub.actors import rules
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.actors.operations import mandates
from hub.actors.queries import mandates as queries
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from tests import factories
from tests.accounts.ways import again, link_in, mails
from tests.conftest import both_databases

SignIn = Callable[[FlaskClient, Any], FlaskClient]
NOW = factories.NOW
TODAY = date(2026, 3, 10)


def a_mandate(session: Session, **values: Any) -> tuple[User, Organisation, Mandate]:
    user = factories.user(session, last_sign_in_at=NOW)
    person = factories.add(session, Person(name=user.name, email=user.email, user_id=user.id, created_at=NOW))
    organisation = factories.organisation(session)
    terms = {"function": "Direction", "scope": "", "starts_on": date(2024, 1, 1), "ends_on": None, **values}
    return user, organisation, mandates.grant(session, organisation, person, actor="essai", now=NOW, **terms)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "held"),
    [
        (TODAY, None, True),
        (TODAY + timedelta(days=1), None, False),
        (date(2020, 1, 1), TODAY, True),
        (date(2020, 1, 1), TODAY - timedelta(days=1), False),
        (TODAY, TODAY, True),
    ],
)
@both_databases
def test_a_mandate_counts_from_its_first_to_its_last_day(
    session: Session, starts_on: date, ends_on: date | None, held: bool
) -> None:
    user, organisation, mandate = a_mandate(session, starts_on=starts_on, ends_on=ends_on)
    assert mandate.is_current(TODAY) is held
    found = session.scalars(queries.organisations_of(user, TODAY)).all()
    assert found == ([organisation] if held else [])
    assert len(session.scalars(queries.of_user(user, TODAY)).all()) == held


def test_only_the_holder_represents(session: Session) -> None:
    user, organisation, mandate = a_mandate(session)
    assert rules.represents(user, organisation)
    assert not rules.represents(None, organisation)
    assert not rules.represents(factories.user(session), organisation)
    assert not rules.represents(factories.coordinator(session), organisation)
    assert not rules.represents(user, factories.organisation(session))
    mandates.withdraw(session, mandate, actor="essai", now=clock.now())
    assert not rules.represents(user, organisation)


def test_ending_a_mandate_ends_the_right_at_once(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    user, organisation, mandate = a_mandate(session)
    path = f"/acteurs/{organisation.slug}/representants"
    theirs, office = sign_in(client, user), client.application.test_client()
    sign_in(office, factories.coordinator(session))
    assert theirs.get(path).status_code == 200
    assert organisation.name in theirs.get("/tableau-de-bord").text
    assert theirs.post(f"{path}/{mandate.id}/fin", data={"when": "now"}).status_code == 403
    assert office.post(f"{path}/{mandate.id}/fin", data={"when": "now"}).status_code == 303
    assert theirs.get(path).status_code == 403
    assert organisation.name not in theirs.get("/tableau-de-bord").text
    again(session, mandate)
    assert mandate.ends_on == clock.today(clock.now())
    assert mandate.withdrawn_at is not None
    page = office.get(path).text
    assert user.name in page
    assert "Retiré" in page
    assert office.post(f"{path}/{mandate.id}/fin", data={"when": "now"}).status_code == 422


def test_a_mandate_may_end_with_a_later_day(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    user, organisation, mandate = a_mandate(session)
    path = f"/acteurs/{organisation.slug}/representants"
    last_day = clock.today(clock.now()) + timedelta(days=30)
    office = sign_in(client, factories.coordinator(session))
    data = {"when": "later", "last_day": last_day.isoformat()}
    assert office.post(f"{path}/{mandate.id}/fin", data=data).status_code == 303
    again(session, mandate)
    assert (mandate.ends_on, mandate.withdrawn_at) == (last_day, None)
    assert rules.represents(user, organisation)
    entries = session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_type == "organisation")
    ).all()
    assert entries == ["organisation.mandate_granted", "organisation.mandate_ended"]


@pytest.mark.parametrize("last_day", ["2019-12-31", "hier", "0000-00-00"])
def test_an_impossible_last_day_is_said_beside_the_field(
    client: FlaskClient, session: Session, sign_in: SignIn, last_day: str
) -> None:
    _, organisation, mandate = a_mandate(session)
    office = sign_in(client, factories.coordinator(session))
    path = f"/acteurs/{organisation.slug}/representants/{mandate.id}/fin"
    answer = office.post(path, data={"when": "later", "last_day": last_day})
    assert answer.status_code == 422
    assert 'id="last_day-error"' in answer.text
    assert "Not a valid" not in answer.text
    assert last_day in answer.text
    again(session, mandate)
    assert mandate.ends_on is None


def test_a_mandate_is_reached_through_its_own_organisation_only(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    _, _, mandate = a_mandate(session)
    other = factories.organisation(session)
    office = sign_in(client, factories.coordinator(session))
    for path in (f"/acteurs/{other.slug}/representants/{mandate.id}/fin", "/acteurs/rien/representants"):
        assert office.get(path).status_code == 404
    for gesture in ("fin", "inviter"):
        path = f"/acteurs/{other.slug}/representants/{mandate.id}/{gesture}"
        assert office.post(path, data={"when": "now"}).status_code == 404
    again(session, mandate)
    assert mandate.ends_on is None


def form(**values: str) -> dict[str, str]:
    return {
        "name": "Camille Exemple",
        "email": "camille@example.org",
        "function": "Présidence",
        "scope": "",
        "starts_on": clock.today(clock.now()).isoformat(),
        "ends_on": "",
        **values,
    }


@both_databases
def test_a_representative_is_invited_by_a_link(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    organisation = factories.organisation(session)
    office = sign_in(client, factories.coordinator(session, name="Coordination d’essai"))
    path = f"/acteurs/{organisation.slug}/representants"
    assert office.post(path, data=form(scope="Logement")).status_code == 303
    run_jobs()
    (message,) = mails(session)
    assert message.recipient == "camille@example.org"
    for words in (organisation.name, "Présidence", "Logement", "Coordination d’essai"):
        assert words in message.text
    assert "Renvoyer l’invitation" in office.get(path).text
    guest = client.application.test_client()
    assert guest.post(link_in(message), data={}).headers["Location"] == "/tableau-de-bord"
    assert organisation.name in guest.get("/tableau-de-bord").text
    assert guest.get(path).status_code == 200
    assert guest.post(path, data=form(email="autre@example.org")).status_code == 403
    session.rollback()
    user = session.scalars(select(User).where(User.email == "camille@example.org")).one()
    assert (user.role, user.state) == (Role.MEMBER, AccountState.ACTIVE)
    assert "Renvoyer l’invitation" not in office.get(path).text


def test_a_new_invitation_ends_the_first_link(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    organisation = factories.organisation(session)
    office = sign_in(client, factories.coordinator(session))
    path = f"/acteurs/{organisation.slug}/representants"
    office.post(path, data=form())
    mandate = session.scalars(select(Mandate)).one()
    assert office.post(f"{path}/{mandate.id}/inviter").status_code == 303
    first, second = (link_in(message) for message in mails(session))
    guest = client.application.test_client()
    assert guest.post(first).status_code == 410
    assert guest.post(second).status_code == 303


def test_an_account_that_exists_is_kept(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    known = factories.user(session, Role.COORDINATOR, email="camille@example.org", last_sign_in_at=NOW)
    organisation = factories.organisation(session)
    office = sign_in(client, factories.coordinator(session))
    assert office.post(f"/acteurs/{organisation.slug}/representants", data=form()).status_code == 303
    again(session, known)
    assert known.role == Role.COORDINATOR
    assert session.scalars(select(Person.user_id)).all() == [known.id]
    (message,) = mails(session)
    assert "/invitation/" not in message.text
    assert "http://localhost/connexion" in message.text


def test_somebody_known_without_account_gets_one(session: Session) -> None:
    person = factories.add(session, Person(name="Camille", email="camille@example.org", created_at=NOW))
    mandate = mandates.invite_representative(
        session, factories.organisation(session), name="Camille E.", email="Camille@example.org",
        function="Direction", scope="", starts_on=TODAY, ends_on=None,
        actor=factories.coordinator(session), now=NOW,
    )  # fmt: skip
    assert mandate.person is person
    assert person.user_id is not None
    assert session.scalars(select(Person)).all() == [person]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": ""}),
        ("email", {"email": "camille"}),
        ("email", {"email": "fermee@example.org"}),
        ("function", {"function": ""}),
        ("starts_on", {"starts_on": ""}),
        ("starts_on", {"starts_on": "demain"}),
        ("ends_on", {"ends_on": "2001-01-01"}),
        ("scope", {"scope": "x" * 201}),
    ],
)
def test_a_form_that_does_not_fit_keeps_what_was_typed(
    client: FlaskClient, session: Session, sign_in: SignIn, field: str, values: dict[str, str]
) -> None:
    factories.user(session, email="fermee@example.org", is_active=False)
    organisation = factories.organisation(session)
    office = sign_in(client, factories.coordinator(session))
    answer = office.post(f"/acteurs/{organisation.slug}/representants", data=form(**values))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    if field != "name":
        assert 'value="Camille Exemple"' in answer.text
    session.rollback()
    assert session.scalars(select(Mandate)).all() == []
    assert session.scalars(select(User).where(User.email == "camille@example.org")).all() == []
    assert mails(session) == []


@both_databases
def test_one_mandate_at_a_time_for_one_thing(session: Session) -> None:
    _, organisation, mandate = a_mandate(session, starts_on=date(2024, 1, 1))
    terms = {"function": "Direction", "actor": "essai", "now": NOW}
    for starts_on, ends_on in ((TODAY, None), (date(2020, 1, 1), date(2024, 1, 1)), (date(2020, 1, 1), None)):
        with pytest.raises(DomainError, match="déjà ce mandat"):
            mandates.grant(
                session, organisation, mandate.person, scope="", starts_on=starts_on, ends_on=ends_on, **terms
            )
    before = {"starts_on": date(2020, 1, 1), "ends_on": date(2023, 12, 31)}
    mandates.grant(session, organisation, mandate.person, scope="", **before, **terms)
    mandates.grant(
        session, organisation, mandate.person, scope="Logement", starts_on=TODAY, ends_on=None, **terms
    )
    mandates.withdraw(session, mandate, actor="essai", now=NOW)
    mandates.grant(session, organisation, mandate.person, scope="", starts_on=TODAY, ends_on=None, **terms)


@both_databases
@pytest.mark.parametrize("values", [{"ends_on": None}, {"ends_on": date(2023, 1, 1)}])
def test_the_database_refuses_a_second_current_mandate_and_one_that_ends_before_it_starts(
    session: Session, values: dict[str, Any]
) -> None:
    _, organisation, mandate = a_mandate(session)
    row = Mandate(
        person_id=mandate.person_id, organisation_id=organisation.id, function="", scope="",
        starts_on=date(2024, 6, 1), created_at=NOW, **values,
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        factories.add(session, row)


def test_a_mandate_that_has_not_begun_can_be_withdrawn(session: Session) -> None:
    _, _, mandate = a_mandate(session, starts_on=TODAY + timedelta(days=5))
    mandates.withdraw(session, mandate, actor="essai", now=NOW)
    assert not mandate.is_current(TODAY + timedelta(days=5))
    with pytest.raises(DomainError, match="déjà terminé"):
        mandates.end(session, mandate, TODAY + timedelta(days=9), actor="essai", now=NOW)
