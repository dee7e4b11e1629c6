"""Following who answers a call: how far each organisation is, and what is noted on the way."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.mail import Message, MessageState
from hub.recommendations.models.calls import InvitationNote
from hub.recommendations.models.contributions import Channel
from hub.recommendations.operations import campaigns, contributions, invitations, notes
from hub.recommendations.queries import follow_up
from hub.recommendations.values.standing import Reached, Standing
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]


@given(
    some.booleans(), some.integers(0, 3), some.booleans(), some.none() | some.just(NOW), some.integers(0, 3)
)
def test_who_is_reminded_has_its_link_and_sent_nothing(
    has_address: bool, times_sent: int, undelivered: bool, saved_at: Any, sent: int
) -> None:
    one = Reached(has_address, times_sent, undelivered, saved_at, sent)
    assert (one.standing is Standing.ANSWERED) == (sent > 0)
    if one.may_be_reminded:
        assert one.standing in {Standing.SENT, Standing.DRAFT, Standing.UNDELIVERED}
    if one.standing is Standing.TO_SEND:
        assert not one.may_be_reminded


@both_databases
def test_each_organisation_stands_where_it_is(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    rows = {
        name: calls.invitation(
            session, campaign, now=NOW, organisation=factories.organisation(session, name), email=email
        )
        for name, email in (
            ("A sans adresse", ""), ("B à envoyer", "b@example.org"), ("C muette", "c@example.org"),
            ("D brouillon", "d@example.org"), ("E a répondu", "e@example.org"), ("F par phone", ""),
        )
    }  # fmt: skip
    invitations.invite(session, campaign, [], actor="essai", now=NOW)
    for name in ("C muette", "D brouillon", "E a répondu"):
        rows[name].times_sent, rows[name].sent_at = 1, NOW
    contributions.save_draft(session, rows["D brouillon"], calls.words(), page=calls.page("d"), now=NOW)
    contributions.submit(
        session, rows["E a répondu"], calls.words(), page=calls.page("e"), link="/x", now=NOW
    )
    contributions.save_draft(session, rows["E a répondu"], calls.words(), page=calls.page("e2"), now=NOW)
    contributions.enter(
        session, rows["F par phone"].organisation, calls.words(), channel=Channel.PHONE,
        campaign=campaign, actor="essai", now=NOW,
    )  # fmt: skip
    user = factories.coordinator(session)
    notes.add(session, rows["C muette"], "Rappellera jeudi.", actor=user, now=NOW)
    found = {
        row.organisation.name: (sent, to_confirm, saved_at, noted)
        for row, sent, to_confirm, saved_at, _p, _s, noted, _u in session.execute(follow_up.reached(campaign))
    }
    assert found == {
        "A sans adresse": (0, 0, None, 0),
        "B à envoyer": (0, 0, None, 0),
        "C muette": (0, 0, None, 1),
        "D brouillon": (0, 0, NOW, 0),
        "E a répondu": (1, 0, NOW, 0),
        "F par phone": (1, 1, None, 0),
    }


@both_databases
def test_a_mail_that_did_not_arrive_is_seen_until_the_next_one_does(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    row = calls.invitation(session, campaign, now=NOW)
    invitations.send_all(session, campaign, actor="essai", now=NOW)
    mail = session.scalars(select(Message)).one()

    def undelivered() -> bool:
        return bool(session.execute(follow_up.reached(campaign)).one()[-1])

    assert not undelivered()
    mail.state = MessageState.FAILED
    session.flush()
    assert undelivered()
    invitations.send_new_link(session, row, seen=1, actor="essai", now=NOW)
    assert not undelivered()


@both_databases
def test_notes_are_forgotten_a_year_after_the_call(session: Session) -> None:
    user = factories.coordinator(session)
    old, recent = calls.call(session, now=NOW), calls.call(session, now=NOW, title="Autre")
    for campaign in (old, recent):
        row = calls.invitation(session, campaign, now=NOW)
        notes.add(session, row, campaign.title, actor=user, now=NOW)
    words = campaigns.CallWords("Autre", "", recent.opens_at, recent.closes_at + timedelta(days=30))
    campaigns.edit(session, recent, words, actor="essai", now=NOW)
    notes.forget(session, now=old.closes_at + notes.KEPT)
    assert len(session.scalars(select(InvitationNote)).all()) == 2
    notes.forget(session, now=old.closes_at + notes.KEPT + timedelta(seconds=1))
    assert [each.text for each in session.scalars(select(InvitationNote))] == ["Autre"]


@pytest.mark.parametrize("words", ["", "  \n", "x" * (notes.LONGEST + 1)])
def test_a_note_says_something_in_few_words(session: Session, words: str) -> None:
    row = calls.invitation(session, calls.call(session, now=NOW), now=NOW)
    with pytest.raises(DomainError) as refusal:
        notes.add(session, row, words, actor=factories.coordinator(session), now=NOW)
    assert refusal.value.field == "text"


# --- On the pages -----------------------------------------------------------------------------


def test_a_coordinator_notes_and_erases_its_own(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    row = calls.invitation(session, calls.call(session, now=clock.now()), now=clock.now())
    other = notes.add(
        session, row, "D’une autre personne.", actor=factories.coordinator(session), now=clock.now()
    )
    me = factories.coordinator(session)
    session.commit()
    sign_in(client, me)
    assert client.post(f"/appels/invitations/{row.id}/notes", data={"text": " "}).status_code == 422
    answer = client.post(f"/appels/invitations/{row.id}/notes", data={"text": "Rappellera jeudi."})
    assert answer.status_code == 303
    page = client.get(f"/appels/invitations/{row.id}").text
    assert "Rappellera jeudi." in page
    assert page.count("/effacer") == 1  # one's own alone
    assert client.post(f"/appels/notes/{other.id}/effacer").status_code == 403
    mine = session.scalars(select(InvitationNote).where(InvitationNote.noted_by_id == me.id)).one()
    assert client.post(f"/appels/notes/{mine.id}/effacer").status_code == 303
    assert [each.id for each in calls.again(session).scalars(select(InvitationNote))] == [other.id]


def test_the_list_is_filtered_sorted_and_exported(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    now = clock.now()
    campaign = calls.call(session, now=now)
    silent, answered = (
        calls.invitation(session, campaign, now=now, organisation=factories.organisation(session, name))
        for name in ("=Muette", "Zèle")
    )
    contributions.submit(session, answered, calls.words(), page=calls.page(), link="/x", now=now)
    user = factories.coordinator(session)
    notes.add(session, silent, "Absente jusqu’au 3.", actor=user, now=now)
    sign_in(client, user)
    session.commit()
    path = f"/appels/{campaign.slug}/suivi"

    def listed(query: str = "") -> list[str]:
        text = client.get(f"{path}?format=csv&{query}").data.decode("utf-8-sig")
        return [line["Organisation"] for line in csv.DictReader(io.StringIO(text), delimiter=";")]

    assert listed() == ["'=Muette", "Zèle"]
    assert listed("sort=standing&direction=desc") == ["Zèle", "'=Muette"]
    assert listed("standing=silent") == listed("standing=noted") == listed("q=muette") == ["'=Muette"]
    assert listed("standing=answered") == ["Zèle"]
    assert listed("standing=nonsense") == listed()
    page = client.get(path).text
    assert "2 organisations invitées, 1 a répondu." in page
    assert "Absente jusqu’au 3." in page
    assert client.get(f"{path}?format=xlsx").status_code == 200
    assert "Aucune organisation ne correspond." in client.get(f"{path}?q=introuvable").text
