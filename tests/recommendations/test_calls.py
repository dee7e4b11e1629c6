"""A call and its period; who is asked, and through which link."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import clock, schema, tokens
from hub.core.audit import AuditEntry
from hub.core.db import db, writing
from hub.core.errors import DomainError
from hub.core.mail import Message, MessageState
from hub.core.web import limiter
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.operations import campaigns, contributions, invitations
from hub.recommendations.operations.campaigns import PURPOSE, RECEIPT_PERIOD, CallWords
from tests import factories
from tests.conftest import SITE, both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]


def test_the_last_day_counts_whole_in_brussels(session: Session) -> None:
    words = CallWords(
        "Appel", "", clock.at(date(2026, 3, 1), datetime.min.time()), clock.end_of_day(date(2026, 3, 29))
    )
    row = campaigns.create(session, words, actor="essai", now=NOW)
    campaigns.publish(session, row, actor="essai", now=NOW)
    assert row.last_day == date(2026, 3, 29)
    # Summer time began that night: the day ends at 22:00 UTC.
    assert row.is_open(datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC))
    assert not row.is_open(datetime(2026, 3, 29, 22, 0, tzinfo=UTC))
    assert row.state(datetime(2026, 2, 1, tzinfo=UTC)) == "planned"
    assert row.state(datetime(2026, 4, 1, tzinfo=UTC)) == "closed"


def test_a_call_closes_after_it_opens(session: Session) -> None:
    with pytest.raises(DomainError) as refusal:
        campaigns.create(session, CallWords("Appel", "", NOW, NOW), actor="essai", now=NOW)
    assert refusal.value.field == "closes_on"


def test_addresses_never_collide(session: Session) -> None:
    slugs = [calls.call(session, now=NOW, title=title).slug for title in ("Nouveau", "Appel", "Appel")]
    assert slugs == ["nouveau-2", "appel", "appel-2"]


def test_links_follow_the_end_of_the_call(session: Session) -> None:
    row = calls.call(session, now=NOW)
    invited = calls.invitation(session, row, now=NOW)
    raw = calls.link(session, invited, now=NOW).removeprefix("/contribution/")
    longer = row.closes_at + timedelta(days=10)
    campaigns.edit(
        session, row, CallWords(row.title, row.introduction, row.opens_at, longer), actor="essai", now=NOW
    )
    found = tokens.find(session, raw, PURPOSE)
    assert found is not None
    session.refresh(found)
    assert found.expires_at == longer + RECEIPT_PERIOD


@both_databases
def test_each_organisation_gets_its_own_link_once(session: Session) -> None:
    row = calls.call(session, now=NOW)
    first, second = (calls.invitation(session, row, now=NOW, email=f"a{n}@example.org") for n in (1, 2))
    silent = calls.invitation(session, row, now=NOW, email="")
    assert invitations.send_all(session, row, actor="essai", now=NOW) == 2
    assert invitations.send_all(session, row, actor="essai", now=NOW) == 0
    links = [calls.mailed_links(session, each) for each in (first, second, silent)]
    assert [len(each) for each in links] == [1, 1, 0]
    assert links[0] != links[1]
    recipients = session.scalars(select(Message.recipient).order_by(Message.recipient)).all()
    assert recipients == ["a1@example.org", "a2@example.org"]
    stored = session.scalars(select(tokens.Token.hash)).all()
    assert tokens.digest(links[0][0].removeprefix("/contribution/")) in stored


def test_inviting_twice_adds_nothing(session: Session) -> None:
    row = calls.call(session, now=NOW)
    invited = calls.invitation(session, row, now=NOW)
    added = invitations.invite(
        session, row, [(invited.organisation, "x@example.org")], actor="essai", now=NOW
    )
    assert added == 0
    assert session.scalar(select(func.count()).select_from(Invitation)) == 1


@pytest.mark.parametrize("address", ["a@example.org,b@example.org", "a@example.org\nBcc: b@example.org", "a"])
def test_one_clean_address_each(session: Session, address: str) -> None:
    row = calls.call(session, now=NOW)
    with pytest.raises(DomainError):
        calls.invitation(session, row, now=NOW, email=address)


def test_nothing_leaves_before_publication_or_after_the_end(session: Session) -> None:
    row = calls.call(session, now=NOW)
    calls.invitation(session, row, now=NOW)
    campaigns.withdraw(session, row, actor="essai", now=NOW)
    with pytest.raises(DomainError):
        invitations.send_all(session, row, actor="essai", now=NOW)
    campaigns.publish(session, row, actor="essai", now=NOW)
    with pytest.raises(DomainError):
        invitations.send_all(session, row, actor="essai", now=row.closes_at)


@both_databases
def test_reminders_go_once_a_day_to_those_who_are_silent(session: Session) -> None:
    row = calls.call(session, now=NOW)
    silent, answered = (calls.invitation(session, row, now=NOW) for _ in range(2))
    calls.invitation(session, row, now=NOW, email="")
    invitations.send_all(session, row, actor="essai", now=NOW)
    contributions.submit(session, answered, calls.words(), page=calls.page(), link="/x", now=NOW)
    assert invitations.remind_all(session, row, actor="essai", now=NOW) == 1
    assert invitations.remind_all(session, row, actor="essai", now=NOW + timedelta(hours=2)) == 0
    assert invitations.remind_all(session, row, actor="essai", now=NOW + timedelta(days=1)) == 1
    # The first link still opens: whoever kept the first mail isn't shut out.
    raws = [each.removeprefix("/contribution/") for each in calls.mailed_links(session, silent)]
    assert len(raws) == 3
    found = [tokens.find(session, raw, PURPOSE) for raw in raws]
    assert all(each is not None and tokens.is_live(each, NOW) for each in found)


def test_a_new_link_ends_the_old_one_and_a_second_click_sends_nothing(session: Session) -> None:
    row = calls.call(session, now=NOW)
    invited = calls.invitation(session, row, now=NOW)
    invitations.send_all(session, row, actor="essai", now=NOW)
    assert invitations.send_new_link(session, invited, seen=1, actor="essai", now=NOW)
    assert not invitations.send_new_link(session, invited, seen=1, actor="essai", now=NOW)
    old, new = (each.removeprefix("/contribution/") for each in calls.mailed_links(session, invited))
    tokens_found = [tokens.find(session, raw, PURPOSE) for raw in (old, new)]
    for each in tokens_found:
        session.refresh(each)
    assert [each is not None and tokens.is_live(each, NOW) for each in tokens_found] == [False, True]


def test_whoever_has_had_a_link_stays_in_the_list(session: Session) -> None:
    row = calls.call(session, now=NOW)
    invited = calls.invitation(session, row, now=NOW)
    other = calls.invitation(session, row, now=NOW, email="")
    invitations.send_all(session, row, actor="essai", now=NOW)
    with pytest.raises(DomainError):
        invitations.remove(session, invited, actor="essai", now=NOW)
    invitations.remove(session, other, actor="essai", now=NOW)
    assert session.scalars(select(Invitation.id)).all() == [invited.id]


# --- On the pages -----------------------------------------------------------------------------


def test_a_coordinator_prepares_publishes_and_sends(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    sign_in(client, factories.coordinator(session))
    asked = factories.organisation(session, "La Passerelle", email="passerelle@example.org")
    factories.organisation(session, "Une autre")
    session.commit()
    today = clock.today(clock.now())
    answer = client.post(
        "/appels/nouveau",
        data={
            "title": "Ce que vous voyez",
            "introduction": "Dites-le.",
            "opens_on": today.isoformat(),
            "opens_time": "00:00",
            "closes_on": (today + timedelta(days=5)).isoformat(),
        },
    )
    assert answer.status_code == 303
    assert answer.location == "/appels/ce-que-vous-voyez/suivi"
    assert client.get("/appels/ce-que-vous-voyez/invitations?q=passer").text.count('name="organisation"') == 1
    client.post("/appels/ce-que-vous-voyez/invitations", data={"organisation": [asked.id]})
    client.post("/appels/ce-que-vous-voyez/envoyer")
    assert calls.again(session).scalar(select(func.count()).select_from(Message)) == 0  # not public yet
    client.post("/appels/ce-que-vous-voyez/publier")
    client.post("/appels/ce-que-vous-voyez/envoyer")
    run_jobs()
    message = calls.again(session).scalars(select(Message)).one()
    assert (message.recipient, message.state) == ("passerelle@example.org", MessageState.KEPT)
    follow_up = client.get("/appels/ce-que-vous-voyez/suivi").text
    assert "Invitée" in follow_up
    assert "/contribution/" not in follow_up  # the coordinator doesn't hold the organisation's link
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert {"campaign.created", "campaign.invited", "campaign.published"} <= set(actions)


def test_all_of_the_filtered_list_can_be_invited_at_once(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    row = calls.call(session, now=clock.now())
    for name in ("Maison Nord", "Maison Sud", "Atelier"):
        factories.organisation(session, name)
    session.commit()
    client.post(f"/appels/{row.slug}/invitations?q=maison", data={"all": "1"})
    names = calls.again(session).scalars(select(Invitation)).all()
    assert sorted(each.organisation.name for each in names) == ["Maison Nord", "Maison Sud"]


def test_a_wrong_form_says_why_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    answer = client.post(
        "/appels/nouveau",
        data={"title": "Gardez-moi", "opens_on": "2026-05-02", "opens_time": "9", "closes_on": "2026-05-01"},
    )
    assert answer.status_code == 422
    assert "Gardez-moi" in answer.text
    assert "Écrivez une heure, par exemple 09:00." in answer.text
    answer = client.post(
        "/appels/nouveau",
        data={
            "title": "Gardez-moi",
            "opens_on": "2026-05-02",
            "opens_time": "09:00",
            "closes_on": "2026-05-01",
        },
    )
    assert answer.status_code == 422
    assert "L’appel doit se clore après son ouverture." in answer.text
    assert calls.again(session).scalar(select(func.count()).select_from(Campaign)) == 0


def test_the_public_reads_published_calls_only(client: FlaskClient, session: Session) -> None:
    row = calls.call(session, now=clock.now())
    hidden = calls.call(session, now=clock.now(), title="Caché")
    campaigns.withdraw(session, hidden, actor="essai", now=clock.now())
    session.commit()
    page = client.get(f"/appels/{row.slug}")
    assert page.status_code == 200
    assert "<strong>ensemble</strong>" in page.text
    assert "Demander votre lien" in page.text
    assert client.get(f"/appels/{hidden.slug}").status_code == 302


def test_asking_for_a_link_says_the_same_to_everybody(
    client: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    row = calls.call(session, now=clock.now())
    known = factories.organisation(session, "Connue", email="bonjour@connue.example")
    invited = calls.invitation(session, row, now=clock.now(), email="appel@invitee.example")
    session.commit()

    def ask(slug: str, email: str) -> tuple[int, str, str, int]:
        answer = client.post(f"/appels/{row.slug}/lien", data={"organisation": slug, "email": email})
        told = client.get(answer.location).text
        run_jobs()
        sent = calls.again(session).scalar(select(func.count()).select_from(Message))
        return answer.status_code, answer.location, told.split("<main")[1].split("<form")[0], sent or 0

    wrong = ask(known.slug, "quelqu-un@ailleurs.example")
    right = ask(known.slug, "Bonjour@Connue.example")
    by_invitation = ask(invited.organisation.slug, "appel@invitee.example")
    crossed = ask(known.slug, "appel@invitee.example")
    assert wrong[:3] == right[:3] == by_invitation[:3] == crossed[:3]
    assert [each[3] for each in (wrong, right, by_invitation, crossed)] == [0, 1, 2, 2]
    recipients = session.scalars(select(Message.recipient).order_by(Message.id)).all()
    assert recipients == ["bonjour@connue.example", "appel@invitee.example"]


def test_asking_for_a_link_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a key for tests only",
            "DATA_FOLDER": str(tmp_path),
            "BASE_URL": "http://localhost",
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": True,
        }
    )
    with app.app_context():
        schema.upgrade(db.engine)
        with writing(db.engine, site=SITE) as session:
            slug = calls.call(session, now=clock.now()).slug
            known = factories.organisation(session, email="a@connue.example").slug
    limiter.reset()
    data = {"organisation": known, "email": "b@ailleurs.example"}
    client = app.test_client()
    answers = [client.post(f"/appels/{slug}/lien", data=data).status_code for _ in range(11)]
    assert answers == [303] * 10 + [429]
    assert client.get(f"/appels/{slug}").status_code == 200
    limiter.reset()
    with app.app_context():
        db.engine.dispose()
