"""Joining by request and by invitation, being kept informed, and pages by personal link."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import Role, User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.actors.operations import mandates
from hub.core import audit, clock, tokens
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.core.sweeping import sweep
from hub.spaces.models.followers import Follower
from hub.spaces.models.joining import Joining, JoinKind, JoinState
from hub.spaces.models.seats import Representation
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind
from hub.spaces.operations import followers, joining, personal
from hub.spaces.operations import spaces as operations
from hub.spaces.operations.joining import Sitter
from hub.spaces.operations.spaces import SpaceFacts
from hub.spaces.queries.followers import confirmed
from tests import factories
from tests.conftest import Installation, both_databases

NOW = factories.NOW
DAY = timedelta(days=1)
BY: dict[str, Any] = {"actor": None, "now": NOW}


def make(session: Session, name: str = "Groupe Santé", **values: Any) -> Space:
    facts = SpaceFacts(**{"name": name, "kind": SpaceKind.WORKING_GROUP, "is_announced": True, **values})
    return operations.create(session, facts, **BY)


def speaker(
    session: Session, user: User | None = None, *, at: Any = None, ends_on: Any = None
) -> tuple[Person, Organisation]:
    """Make somebody who speaks for an organisation in everything."""
    organisation = factories.organisation(session, email="contact@association.example")
    address = user.email if user else "ana@association.example"
    person = Person(name="Ana", email=address, user_id=user.id if user else None, created_at=NOW)
    factories.add(session, person)
    mandates.grant(
        session, organisation, person, function="", scope="", starts_on=clock.today(at or NOW),
        ends_on=ends_on, **BY,
    )  # fmt: skip
    return person, organisation


def mails(session: Session, kind: str) -> list[Message]:
    session.expire_all()
    return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def link(message: Message, start: str) -> str:
    return next(word for word in message.text.split() if start in word).removeprefix("http://127.0.0.1:8000")


@both_databases
def test_a_request_leads_to_a_seat_and_tells_both_sides(session: Session) -> None:
    space, coordinator = make(session), factories.coordinator(session)
    person, organisation = speaker(session)
    row = joining.request(session, space, organisation, person, "Nous y tenons.", now=NOW)
    told = session.scalars(audit.history(space).limit(1)).one()
    assert (told.action, told.actor_label) == ("space.seat_requested", joining.BY_LINK)  # no name is kept
    assert [one.recipient for one in mails(session, "spaces.seat_requested")] == [coordinator.email]
    with pytest.raises(DomainError, match="déjà demandé"):
        joining.request(session, space, organisation, person, "", now=NOW)
    seat = joining.accept(session, row, MembershipRole.OBSERVER, actor=coordinator, now=NOW)
    assert (row.state, row.membership_id, seat.role) == (JoinState.ACCEPTED, seat.id, MembershipRole.OBSERVER)
    assert session.scalars(select(Representation)).one().mandate.person_id == person.id
    assert [one.recipient for one in mails(session, "spaces.seat_answered")] == [person.email]
    for late in (
        lambda: joining.accept(session, row, MembershipRole.MEMBER, **BY),
        lambda: joining.decline_request(session, row, "Non", **BY),
        lambda: joining.withdraw(session, row, **BY),
    ):
        with pytest.raises(DomainError, match="déjà une réponse"):
            late()
    with pytest.raises(DomainError, match="siège déjà"):
        joining.request(session, space, organisation, person, "", now=NOW)


def test_only_who_speaks_for_an_organisation_today_asks_in_its_name(session: Session) -> None:
    space = make(session)
    person, organisation = speaker(session, ends_on=clock.today(NOW))
    stranger = factories.organisation(session)
    with pytest.raises(DomainError, match="ne parlez pas"):
        joining.request(session, space, stranger, person, "", now=NOW)
    with pytest.raises(DomainError, match="ne parlez pas"):
        joining.request(session, space, organisation, person, "", now=NOW + DAY)
    row = joining.request(session, space, organisation, person, "", now=NOW)
    with pytest.raises(DomainError, match="Dites pourquoi"):
        joining.decline_request(session, row, " ", **BY)
    joining.decline_request(session, row, "La table est complète.", **BY)
    assert "La table est complète." in mails(session, "spaces.seat_answered")[0].text


@both_databases
def test_one_is_open_for_an_organisation_and_a_space(session: Session) -> None:
    space, organisation = make(session), factories.organisation(session)
    for kind in JoinKind:
        session.add(
            Joining(
                space_id=space.id,
                organisation_id=organisation.id,
                kind=kind,
                email="a@b.example",
                created_at=NOW,
            )
        )
    with pytest.raises(IntegrityError):
        session.flush()


def test_an_invitation_is_answered_by_its_link_without_account(client: FlaskClient, session: Session) -> None:
    space, organisation = make(session), factories.organisation(session)
    coordinator = factories.coordinator(session)
    invited: dict[str, Any] = {"email": "contact@association.example", "actor": coordinator}
    now = clock.now()
    row = joining.invite(session, space, organisation, MembershipRole.MEMBER, "Venez !", **invited, now=now)
    with pytest.raises(DomainError, match="déjà invitée"):
        joining.invite(session, space, organisation, MembershipRole.MEMBER, "", **invited, now=now)
    session.commit()
    at = link(mails(session, "spaces.invitation")[0], "/invitation-espace/")
    assert "Venez !" in client.get(at).text
    session.refresh(row)
    assert row.state is JoinState.OPEN
    half = client.post(f"{at}/accepter", data={"name": "Ana"})
    assert half.status_code == 422
    assert 'value="Ana"' in half.text
    bad = client.post(f"{at}/accepter", data={"name": "Ana", "email": "ana@", "decided_by": "AG"})
    assert bad.status_code == 422
    good = {"name": "Ana", "email": "ana@association.example", "decided_by": "Organe d’administration"}
    assert client.post(f"{at}/accepter", data=good).status_code == 303
    assert "C’est fait" in client.get(at).text
    session.rollback()
    mandate = session.scalars(select(Representation)).one().mandate
    assert (mandate.is_limited, mandate.decided_by) == (True, "Organe d’administration")
    assert client.post(f"{at}/decliner").status_code == 422
    assert session.scalar(select(func.count()).select_from(Membership)) == 1
    assert len(mails(session, "spaces.invitation_answered")) == 1
    assert client.get("/invitation-espace/" + "x" * 43).status_code == 404


def test_an_invitation_is_answered_by_account_by_who_speaks_for_the_organisation(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    space, user = make(session), factories.user(session)
    person, organisation = speaker(session, user)
    coordinator, stranger = factories.coordinator(session), factories.user(session, Role.MEMBER)
    now = clock.now()
    row = joining.invite(
        session, space, organisation, MembershipRole.PILOT, "Venez !", email="contact@association.example",
        actor=coordinator, now=now,
    )  # fmt: skip
    elsewhere = make(session, "Groupe Logement")
    session.commit()
    page, at = f"/espaces/{space.slug}", f"/espaces/{space.slug}/invitations/{row.id}"
    for other in (stranger, coordinator):
        sign_in(client, other)
        assert at not in client.get(page).text
        for gesture in (client.get(at), client.post(f"{at}/accepter"), client.post(f"{at}/decliner")):
            assert gesture.status_code == 404
    sign_in(client, user)
    assert at in client.get(page).text
    assert at not in client.get(f"/espaces/{elsewhere.slug}").text
    assert client.get(at.replace(space.slug, elsewhere.slug)).status_code == 404
    shown = client.get(at).text
    assert "Venez !" in shown
    assert f'value="{person.email}"' in shown
    assert client.post(f"{at}/accepter", data={"name": "Ana"}).status_code == 422
    assert client.post(f"{at}/accepter", data={"name": "Ana", "email": person.email}).status_code == 303
    assert "C’est fait" in client.get(at).text
    assert "est invitée" not in client.get(page).text
    session.rollback()
    mandate = session.scalars(select(Representation)).one().mandate
    assert (mandate.person_id, mandate.is_limited) == (person.id, False)
    session.refresh(row)
    assert (row.state, row.answered_by_id) == (JoinState.ACCEPTED, user.id)
    mandates.withdraw(session, mandate, actor=None, now=now)
    session.commit()
    assert client.get(at).status_code == 404


def test_an_invitation_is_declined_or_taken_back(client: FlaskClient, session: Session) -> None:
    space, coordinator = make(session), factories.coordinator(session)
    told = []
    for _ in range(2):
        row = joining.invite(
            session, space, factories.organisation(session), MembershipRole.MEMBER, "",
            email="contact@association.example", actor=coordinator, now=clock.now(),
        )  # fmt: skip
        told.append(row)
    joining.withdraw(session, told[1], actor=coordinator, now=clock.now())
    session.commit()
    first, second = (link(one, "/invitation-espace/") for one in mails(session, "spaces.invitation"))
    assert client.post(f"{first}/decliner", data={"reason": ""}).status_code == 303
    assert "non" in client.get(first).text
    assert client.post(f"{second}/accepter").status_code == 422
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Membership)) == 0


def test_the_page_of_requests(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    space, user = make(session), factories.user(session)
    _person, organisation = speaker(session, user)
    sign_in(client, user)
    at = f"/espaces/{space.slug}/demander-un-siege"
    form = {"space": space.id, "organisation": organisation.id, "words": "Nous y tenons."}
    other = factories.organisation(session)
    session.commit()
    assert client.post(at, data={**form, "organisation": other.id}).status_code == 422
    assert client.post(at, data=form).status_code == 303
    assert client.post(at, data=form).status_code == 422
    row = session.scalars(select(Joining)).one()
    assert client.post(f"/espaces/{space.slug}/demandes/{row.id}/accepter").status_code == 403
    sign_in(client, factories.user(session, Role.MEMBER))
    assert client.post(f"{at}/{row.id}/retirer").status_code == 404
    assert "ne parle pour aucune organisation" in client.get(at).text
    sign_in(client, factories.coordinator(session))
    page = f"/espaces/{space.slug}/demandes"
    assert "Nous y tenons." in client.get(page).text
    assert client.post(f"{page}/{row.id}/decliner", data={"reason": ""}).status_code == 422
    assert client.post(f"{page}/{row.id}/accepter", data={"role": "chef"}).status_code == 422
    assert client.post(f"{page}/{row.id}/accepter", data={"role": "member"}).status_code == 303
    assert client.post(f"{page}/{row.id + 1}/decliner", data={"reason": "x"}).status_code == 404
    invite = f"/espaces/{space.slug}/inviter"
    no_address = client.post(invite, data={"organisation": other.id, "role": "member"})
    assert no_address.status_code == 422
    assert "n’a pas d’adresse" in no_address.text


# --- Kept informed -------------------------------------------------------------------------------


def test_an_address_counts_once_confirmed_and_is_forgotten_when_it_says_stop(
    client: FlaskClient, session: Session
) -> None:
    space = make(session)
    session.commit()
    at = f"/tenez-moi-au-courant/{space.slug}"
    assert space.name in client.get("/tenez-moi-au-courant").text
    assert client.post(at, data={"email": "pas une adresse"}).status_code == 422
    asked = client.post(at, data={"email": "Voisine@Quartier.example"})
    assert asked.status_code == 303
    assert session.execute(confirmed(space)).all() == []
    page = link(mails(session, "spaces.follow")[0], "/suivi/").removeprefix("http://localhost")
    assert client.get(page).status_code == 200
    assert session.execute(confirmed(space)).all() == []
    assert client.post(f"{page}/confirmer").status_code == 303
    session.rollback()
    assert [row[1] for row in session.execute(confirmed(space))] == ["voisine@quartier.example"]
    again = client.post(at, data={"email": "voisine@quartier.example"})
    assert (again.status_code, again.headers["Location"]) == (303, asked.headers["Location"])
    session.rollback()
    assert len(mails(session, "spaces.follow_known")) == 1
    client.post(at, data={"email": "voisine@quartier.example"})
    session.rollback()
    assert len(mails(session, "spaces.follow_known")) == 1
    assert client.post(f"{page}/arreter").status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Follower)) == 0
    assert client.get(page).status_code == 404


def test_a_space_that_announces_nothing_is_not_known_to_the_public(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    space = make(session, is_announced=False)
    session.commit()
    at = f"/tenez-moi-au-courant/{space.slug}"
    assert client.get(at).status_code == 404
    assert client.post(at, data={"email": "a@b.example"}).status_code == 404
    assert space.name not in client.get("/tenez-moi-au-courant").text
    sign_in(client, factories.user(session))
    assert client.post(f"/espaces/{space.slug}/suivre").status_code == 422


def test_an_account_follows_and_stops_by_a_button(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    space, user = make(session), factories.user(session)
    sign_in(client, user)
    for _ in range(2):
        assert client.post(f"/espaces/{space.slug}/suivre").status_code == 303
    assert [row[1] for row in session.execute(confirmed(space))] == [user.email]
    assert "Ne plus me tenir au courant" in client.get(f"/espaces/{space.slug}").text
    assert client.post(f"/espaces/{space.slug}/ne-plus-suivre").status_code == 303
    session.rollback()
    assert session.execute(confirmed(space)).all() == []


@both_databases
def test_addresses_that_nobody_confirmed_are_swept(session: Session, installation: Installation) -> None:
    space = make(session)
    followers.ask(session, space, "jamais@quartier.example", now=NOW)
    followers.ask(session, space, "oui@quartier.example", now=NOW)
    yes = session.scalars(select(Follower).where(Follower.email == "oui@quartier.example")).one()
    followers.confirm(session, yes, now=NOW)
    session.commit()
    sweep(installation.engine, now=NOW + 7 * DAY)
    assert session.scalar(select(func.count()).select_from(Follower)) == 2
    session.rollback()
    sweep(installation.engine, now=NOW + 7 * DAY + timedelta(seconds=1))
    assert session.scalars(select(Follower.email)).all() == ["oui@quartier.example"]


# --- One's own pages by link -----------------------------------------------------------------------


def test_a_lost_link_comes_by_mail_and_the_answer_tells_nothing(
    client: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    make(session)
    person, _organisation = speaker(session)
    session.commit()
    told = {client.post("/mes-espaces", data={"email": at}).headers["Location"] for at in
            (person.email, "inconnue@ailleurs.example")}  # fmt: skip
    assert len(told) == 1
    run_jobs()
    assert [one.recipient for one in mails(session, "spaces.mine")] == [person.email]
    assert client.post("/mes-espaces", data={"email": "x"}).status_code == 422


def test_a_mandate_that_ended_opens_nothing_more(client: FlaskClient, session: Session) -> None:
    space, now = make(session), clock.now()
    person, organisation = speaker(session, at=now)
    operations.add_member(session, space, organisation, MembershipRole.MEMBER, starts_on=None, **BY)
    at = personal.path(session, person, now)
    session.commit()
    assert space.name in client.get(at).text
    mandate = session.scalars(select(mandates.Mandate)).one()
    mandates.withdraw(session, mandate, actor=None, now=now)
    session.commit()
    page = client.get(at)
    assert page.status_code == 200
    assert "n’ouvre plus aucun espace" in page.text
    assert client.get("/mes-espaces/" + "x" * 43).status_code == 404
    other = tokens.issue(session, "spaces.calendar", person, now=now, lifetime=DAY)
    session.commit()
    assert client.get(f"/mes-espaces/{other}").status_code == 404


def test_a_seat_is_asked_for_by_personal_link(client: FlaskClient, session: Session) -> None:
    space, now = make(session), clock.now()
    person, organisation = speaker(session, at=now)
    at = personal.path(session, person, now)
    session.commit()
    stranger = factories.organisation(session)
    session.commit()
    form = {"space": space.id, "organisation": organisation.id, "words": ""}
    assert (
        client.post(f"{at}/demander-un-siege", data={**form, "organisation": stranger.id}).status_code == 422
    )
    assert client.post(f"{at}/demander-un-siege", data=form).status_code == 303
    session.rollback()
    assert session.scalars(select(Joining)).one().person_id == person.id
    assert client.post(f"{at}/ouvrir/reunion/999").status_code == 404
    assert client.post(f"{at}/ouvrir/autre/1").status_code == 404
    assert client.get(f"{at}/documents/999").status_code == 404


def test_a_sitter_named_with_an_address_that_cannot_exist_leaves_nothing(session: Session) -> None:
    row = joining.invite(
        session, make(session), factories.organisation(session), MembershipRole.MEMBER, "",
        email="contact@association.example", actor=factories.coordinator(session), now=NOW,
    )  # fmt: skip
    with pytest.raises(DomainError, match="complète"):
        joining.accept_invitation(session, row, Sitter("Ana", "ana@"), now=NOW)
    assert row.state is JoinState.OPEN
    assert session.scalar(select(func.count()).select_from(Membership)) == 0
