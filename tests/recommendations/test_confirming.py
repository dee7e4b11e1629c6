"""Nothing is an organisation's before it said so: by its link, its account, or by word to a coordinator."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.core import clock, tokens
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.publishing.operations import checking, composing, content
from hub.recommendations.models.contributions import Channel, Confirmation, Contribution, ContributionState
from hub.recommendations.operations import confirming, contributions, triage
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
BY: dict[str, Any] = {"actor": "essai", "now": NOW}


def entered(session: Session, **more: Any) -> Contribution:
    """Return what was noted by phone in the name of an organisation that has an address."""
    house = factories.organisation(session, email="maison@example.org")
    return calls.contribution(session, now=clock.now(), organisation=house, **more)


def opened(session: Session, row: Contribution) -> str:
    """Return the page behind a link of that contribution."""
    now = clock.now()
    raw = tokens.issue(session, confirming.PURPOSE, row, now=now, lifetime=confirming.LINK_PERIOD)
    session.commit()
    return f"/confirmation/{raw}"


def again(session: Session, row: Contribution) -> Contribution:
    return calls.again(session).get_one(Contribution, row.id)


@both_databases
def test_what_comes_by_the_link_is_confirmed_at_once_and_by_phone_is_not(session: Session) -> None:
    invited = calls.invitation(session, calls.call(session, now=NOW), now=NOW)
    sent = contributions.submit(session, invited, calls.words(), page=calls.page(), link="/x", now=NOW)
    assert (sent.state, sent.confirmed_at, sent.confirmed_how) == (
        ContributionState.CONFIRMED, NOW, Confirmation.LINK,
    )  # fmt: skip
    for channel in (Channel.PHONE, Channel.PAPER, Channel.MEETING):
        noted = contributions.enter(session, invited.organisation, calls.words(), channel=channel, **BY)
        assert (noted.state, noted.confirmed_at) == (ContributionState.SUBMITTED, None)
        assert noted.awaits_confirmation


@both_databases
def test_confirming_keeps_what_was_decided_of_it(session: Session) -> None:
    sent = calls.contribution(session, now=NOW)
    row = calls.recommendation(session, sent, now=NOW)
    for _ in range(2):
        confirming.confirm(session, sent, Confirmation.WORD, **BY)
    assert (sent.state, sent.confirmed_how) == (ContributionState.TAKEN_UP, Confirmation.WORD)
    triage.detach(session, row.sources[0], reason="Autre sujet.", **BY)
    assert sent.state == ContributionState.CONFIRMED


@both_databases
def test_withdrawing_takes_it_out_of_every_recommendation(session: Session) -> None:
    sent = calls.contribution(session, now=NOW)
    confirming.confirm(session, sent, Confirmation.LINK, **BY)
    rows = [calls.recommendation(session, sent, now=NOW) for _ in range(2)]
    with pytest.raises(DomainError):
        confirming.withdraw(session, sent, reason="", **BY)
    confirming.withdraw(session, sent, reason="Nous ne le demandons plus.", **BY)
    assert (sent.state, sent.triage_reason) == (ContributionState.WITHDRAWN, "Nous ne le demandons plus.")
    assert [row.sources for row in rows] == [[], []]
    # Put back by the coordination, it is not the organisation's until it says so anew.
    triage.put_back(session, sent, reason="Elle a rappelé.", **BY)
    assert (sent.state, sent.may_be_named) == (ContributionState.SUBMITTED, False)


def test_nobody_confirms_what_no_organisation_says_or_what_is_withdrawn(session: Session) -> None:
    sent = calls.contribution(session, now=NOW)
    confirming.withdraw(session, sent, reason="Pas de nous.", **BY)
    with pytest.raises(DomainError):
        confirming.confirm(session, sent, Confirmation.WORD, **BY)
    with pytest.raises(DomainError):
        confirming.ask(session, sent, **BY)


@both_databases
def test_the_database_knows_no_confirmed_state_without_a_moment(session: Session) -> None:
    sent = calls.contribution(session, now=NOW)
    sent.state = ContributionState.CONFIRMED
    with pytest.raises(DatabaseError):
        session.flush()


GESTURES = st.lists(st.sampled_from(["confirm", "withdraw", "aside", "back", "take", "detach"]), max_size=8)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(GESTURES)
def test_whatever_happens_a_name_stands_only_on_a_confirmation(session: Session, gestures: list[str]) -> None:
    sent = calls.contribution(session, now=NOW)
    said = False  # whether the organisation's last word was yes
    for gesture in gestures:
        try:
            if gesture == "confirm":
                confirming.confirm(session, sent, Confirmation.LINK, **BY)
                said = True
            elif gesture == "withdraw":
                confirming.withdraw(session, sent, reason="Non.", **BY)
                said = said and sent.is_confirmed
            elif gesture == "aside":
                triage.set_aside(session, sent, ContributionState.OUT_OF_SCOPE, reason="Non.", **BY)
            elif gesture == "back":
                triage.put_back(session, sent, reason="Oui.", **BY)
            elif gesture == "take":
                calls.recommendation(session, sent, now=NOW)
            elif sent.sources:
                triage.detach(session, sent.sources[0], reason="Non.", **BY)
        except DomainError:
            continue
    assert sent.may_be_named == said
    assert not (sent.state == ContributionState.WITHDRAWN and sent.may_be_named)
    assert not (sent.state == ContributionState.WITHDRAWN and sent.sources)
    assert (sent.state == ContributionState.SUBMITTED) <= (not said)


def test_the_memorandum_names_only_who_confirmed(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    row = scene.recommendation(session, "Loger", organisation=factories.organisation(session, "Maison dite"))
    unsure = calls.contribution(session, now=NOW, organisation=factories.organisation(session, "Maison tue"))
    triage.join(session, unsure, row, **BY)
    chapter = composing.add_chapter(session, edition, "Accueil", "", **BY)
    composing.add_items(session, chapter, [row.id], **BY)
    session.expire_all()
    (item,) = (each for each in content.gather(session, edition).edition.items if each.title == "Loger")
    assert item.bearers == ("Maison dite",)
    assert "Maison tue" not in str(item.origins)
    told = [each for each in checking.checklist(session, edition) if each.params.get("count")]
    assert [(each.params["count"], each.is_error) for each in told] == [(1, False)]
    confirming.confirm(session, unsure, Confirmation.WORD, **BY)
    (item,) = (each for each in content.gather(session, edition).edition.items if each.title == "Loger")
    assert item.bearers == ("Maison dite", "Maison tue")


# --- Pages ------------------------------------------------------------------------------------


def test_reading_the_mailed_page_changes_nothing_and_the_button_confirms(
    client: FlaskClient, session: Session
) -> None:
    row = entered(session)
    path = opened(session, row)
    page = client.get(path)
    assert page.status_code == 200
    assert "C’est bien ce que nous demandons" in page.text
    assert not again(session, row).is_confirmed
    assert client.post(path, data={"gesture": "confirm"}).status_code == 303
    assert again(session, row).confirmed_how == Confirmation.LINK
    assert "Confirmée par votre lien" in client.get(path).text


def test_saying_that_it_is_not_ours_needs_a_reason_and_withdraws(
    client: FlaskClient, session: Session
) -> None:
    row = entered(session)
    path = opened(session, row)
    empty = client.post(path, data={"gesture": "withdraw", "reason": " "})
    assert empty.status_code == 422
    assert "Dites en une phrase pourquoi." in empty.text
    assert client.post(path, data={"gesture": "withdraw", "reason": "Pas de nous."}).status_code == 303
    stored = again(session, row)
    assert (stored.state, stored.triage_reason) == (ContributionState.WITHDRAWN, "Pas de nous.")
    page = client.get(path).text
    assert "Pas de nous." in page
    assert "C’est bien ce que nous demandons" not in page


def test_the_request_leaves_once_a_day_to_the_address_of_the_organisation(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    row = entered(session)
    coordinator = factories.coordinator(session)
    session.commit()
    sign_in(client, coordinator)
    for _ in range(2):
        answer = client.post(f"/recommandations/contributions/{row.id}/demander-confirmation")
        assert answer.status_code == 303
    run_jobs()
    (mail,) = calls.again(session).scalars(select(Message).where(Message.kind == confirming.KIND)).all()
    assert mail.recipient == "maison@example.org"
    assert "Faire rouler un bus après 21 heures." in mail.text
    assert "/confirmation/" in mail.text


def test_a_coordinator_notes_what_was_said_by_word(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    row = entered(session)
    coordinator = factories.coordinator(session)
    session.commit()
    assert client.post(f"/recommandations/contributions/{row.id}/de-vive-voix").status_code == 403
    sign_in(client, coordinator)
    assert "ne l’a pas encore confirmée" in client.get(f"/recommandations/contributions/{row.id}").text
    client.post(f"/recommandations/contributions/{row.id}/de-vive-voix")
    assert again(session, row).confirmed_how == Confirmation.WORD


def test_whoever_holds_a_mandate_answers_by_account_and_nobody_else(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    row = entered(session)
    assert row.organisation is not None
    speaker, stranger = factories.user(session), factories.user(session)
    person = factories.add(session, Person(name="Voix d’essai", user_id=speaker.id, created_at=NOW))
    factories.add(
        session,
        Mandate(
            person_id=person.id,
            organisation_id=row.organisation_id,
            starts_on=date(2020, 1, 1),
            created_at=NOW,
        ),
    )
    session.commit()
    sign_in(client, stranger)
    assert client.post(f"/contributions/{row.id}", data={"gesture": "confirm"}).status_code == 403
    sign_in(client, speaker)
    assert f"/contributions/{row.id}" in client.get(f"/acteurs/{row.organisation.slug}").text
    assert client.get(f"/contributions/{row.id}").status_code == 200
    client.post(f"/contributions/{row.id}", data={"gesture": "confirm"})
    assert again(session, row).confirmed_how == Confirmation.ACCOUNT


def test_the_link_of_a_call_confirms_what_was_noted_by_phone(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    invited = calls.invitation(session, calls.call(session, now=now), now=now)
    noted = contributions.enter(
        session, invited.organisation, calls.words(), channel=Channel.PHONE, campaign=invited.campaign,
        actor="essai", now=now,
    )  # fmt: skip
    other = entered(session)
    path = calls.link(session, invited, now=now)
    session.commit()
    assert "Confirmer, ou dire que non" in client.get(f"{path}/recu/{noted.id}").text
    assert client.get(f"{path}/recu/{noted.id}/confirmation").status_code == 200
    assert client.post(f"{path}/recu/{other.id}/confirmation", data={"gesture": "confirm"}).status_code == 404
    client.post(f"{path}/recu/{noted.id}/confirmation", data={"gesture": "confirm"})
    assert again(session, noted).confirmed_how == Confirmation.LINK
    assert not again(session, other).is_confirmed
