"""Links of organisations: one organisation each, ending, taken back, and known to nobody but who got them."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter, Rule

from hub.core import access, clock, tokens
from hub.core.db import Base
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.core.tokens import Token
from hub.core.web import Hub
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import Endorsement, RecommendationPosition, Support, VoiceChannel
from hub.recommendations.models.contributions import Channel, Contribution
from hub.recommendations.operations import confirming, consultations, contributions, invitations, positions
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.operations.positions import Said
from tests import factories
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
OPENED = ("/contribution/<token>", "/confirmation/<token>")
DAY = calls.DAY


@dataclass
class Two:
    """Two organisations asked by one call; the first one has sent, said and signed something."""

    ours: Invitation
    theirs: Invitation
    ours_link: str
    theirs_link: str
    sent: Contribution
    told: Contribution
    voice: RecommendationPosition
    signed: Endorsement

    @property
    def numbers(self) -> set[int]:
        """Return every number of the first organisation that an address may hold."""
        rows = (self.ours, self.sent, self.told, self.voice, self.signed, self.voice.recommendation)
        return {row.id for row in rows}


@pytest.fixture
def two(session: Session) -> Two:
    now = clock.now()
    call = calls.call(session, now=now)
    ours, theirs = (calls.invitation(session, call, now=now) for _ in range(2))
    rows = [calls.recommendation(session, now=now) for _ in range(3)]
    consultations.add(session, call, rows, actor="essai", now=now)
    today = clock.today(now)
    consultations.set_period(session, call, today, today + 9 * DAY, actor="essai", now=now)
    for _ in range(3):  # numbers of other tables move on, so that one number means one thing
        calls.contribution(session, now=now)
    sent, told = (
        contributions.enter(
            session, ours.organisation, calls.words(proposal=f"Rien que nous {number}."),
            channel=Channel.PHONE,
            campaign=call, actor="essai", now=now,
        )
        for number in range(2)
    )  # fmt: skip
    said = Said(rows[2].id, Support.SUPPORT, "", rows[2].version, 0)
    positions.say(session, ours, [said], channel=VoiceChannel.LINK, actor="lien", now=now)
    voice = session.scalars(select(RecommendationPosition)).one()
    signed = factories.add(
        session,
        Endorsement(
            recommendation_id=rows[2].id, version=1, organisation_id=ours.organisation_id, body="AG",
            decided_on=today, channel=VoiceChannel.LINK, created_at=now,
        ),
    )  # fmt: skip
    ours_link, theirs_link = (calls.link(session, each, now=now) for each in (ours, theirs))
    session.commit()
    return Two(ours, theirs, ours_link, theirs_link, sent, told, voice, signed)


def token_routes(app: Hub, method: str) -> Iterator[Rule]:
    """Yield the routes that an organisation's link opens."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(OPENED) and method in (rule.methods or ()):
            yield rule


def filled(rule: Rule, raw: str, number: int) -> str:
    parts = {
        name: number if isinstance(converter, IntegerConverter) else raw
        for name, converter in rule._converters.items()
    }
    built = rule.build(parts, append_unknown=False)
    assert built is not None
    return built[1]


def picture(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that the first organisation has."""
    calls.again(session)
    return {
        model.__tablename__: [tuple(row) for row in session.execute(select(*model.__table__.columns))]
        for model in (Contribution, RecommendationPosition, Endorsement, Invitation)
    }


def test_every_route_of_a_link_is_guarded_by_it(app: Hub) -> None:
    rules = {rule.endpoint: rule for method in ("GET", "POST") for rule in token_routes(app, method)}
    assert len(rules) > 10
    for endpoint in rules:
        view: Any = app.view_functions[endpoint]
        assert view.hub_rule is access.permit_token, endpoint


def test_a_link_opens_nothing_of_another_organisation(
    client: FlaskClient, app: Hub, session: Session, two: Two
) -> None:
    raw, before = two.theirs_link.rpartition("/")[2], picture(session)
    asked = 0
    for method in ("GET", "POST"):
        for rule in token_routes(app, method):
            if not any(isinstance(each, IntegerConverter) for each in rule._converters.values()):
                continue
            for number in two.numbers:
                data = {"gesture": "confirm", "reason": "Non.", "after": "Autre chose."}
                path = filled(rule, raw, number)
                answer = client.open(path, method=method, data=data if method == "POST" else None)
                asked += 1
                own = number == two.voice.recommendation_id  # both are consulted on it
                assert answer.status_code == 404 or own, (method, path, answer.status_code)
                assert two.sent.proposal not in answer.text
    assert asked > 10
    assert picture(session) == before


def test_a_link_opens_only_what_it_was_made_for(
    client: FlaskClient, app: Hub, session: Session, two: Two
) -> None:
    now = clock.now()
    raws = {
        PURPOSE: two.ours_link.rpartition("/")[2],
        confirming.PURPOSE: tokens.issue(session, confirming.PURPOSE, two.told, now=now, lifetime=DAY),
        "actors.record": tokens.issue(session, "actors.record", two.ours.organisation, now=now, lifetime=DAY),
    }
    session.commit()
    for rule in token_routes(app, "GET"):
        own = PURPOSE if rule.rule.startswith("/contribution/") else confirming.PURPOSE
        for purpose, raw in raws.items():
            if purpose != own:
                answer = client.get(filled(rule, raw, two.sent.id))
                assert answer.status_code == 404, (rule.rule, purpose)
    for purpose in (PURPOSE, confirming.PURPOSE):
        assert client.get(f"/fiche/{raws[purpose]}").status_code == 404


@pytest.mark.parametrize("how", ["expired", "revoked"])
def test_a_link_that_ended_says_so_and_how_to_get_another(
    client: FlaskClient, app: Hub, session: Session, two: Two, how: str
) -> None:
    now, before = clock.now(), picture(session)
    asked = tokens.issue(session, confirming.PURPOSE, two.told, now=now, lifetime=DAY)
    for token in session.scalars(select(Token)):
        if how == "expired":
            token.expires_at = now
        else:
            token.revoked_at = now
    session.commit()
    for method in ("GET", "POST"):
        for rule in token_routes(app, method):
            by_call = rule.rule.startswith("/contribution/")
            raw = two.ours_link.rpartition("/")[2] if by_call else asked
            answer = client.open(filled(rule, raw, two.sent.id), method=method)
            assert answer.status_code == 410, (method, rule.rule)
            assert "Ce lien ne fonctionne plus" in answer.text
            assert ("Demander un nouveau lien" if by_call else "Demandez-en un nouveau") in answer.text
            assert two.sent.proposal not in answer.text
    assert picture(session) == before


def test_another_link_is_offered_where_the_call_gives_one(
    client: FlaskClient, session: Session, two: Two
) -> None:
    token = session.scalars(select(Token).where(Token.subject_id == two.ours.id)).one()
    token.revoked_at = clock.now()
    session.commit()
    page = client.get(two.ours_link).text
    call = session.get_one(Campaign, two.ours.campaign_id)
    assert f'href="/appels/{call.slug}"' in page
    assert "Demander votre lien" in client.get(f"/appels/{call.slug}").text
    call.closes_at = clock.now()
    session.commit()
    page = client.get(two.ours_link).text
    assert f'href="/appels/{call.slug}"' in page
    closed = client.get(f"/appels/{call.slug}").text
    assert "plus rien ne s’y envoie." in closed
    assert "Recevoir le lien" in closed
    call.is_published = False
    session.commit()
    page = client.get(two.ours_link).text
    assert f'href="/appels/{call.slug}"' not in page
    assert "Demandez-en un nouveau" in page


def test_years_later_the_link_is_asked_again(client: FlaskClient, session: Session, two: Two) -> None:
    """What became of a demand may be known long after the call: its organisation gets its link again."""
    row = session.get_one(Invitation, two.ours.id)
    call, organisation, now = row.campaign, row.organisation, clock.now()
    call.opens_at, call.closes_at = now - timedelta(days=800), now - timedelta(days=770)
    stranger = factories.organisation(session, "Jamais invitée", email="jamais@example.org")
    tokens.revoke(session, PURPOSE, row, now=now)
    for asking, address, is_told in (
        (organisation, row.email, True),
        (organisation, "autre@example.org", False),
        (stranger, stranger.email, False),
    ):
        key = f"years-{asking.id}-{address}"
        sent = invitations.send_requested_link(session, call, asking, address, key=key, now=now)
        assert sent is is_told
    session.commit()
    message = session.scalars(select(Message).where(Message.kind == "recommendations.link")).one()
    assert "L’appel s’est clos le" in message.text
    assert "Voir ce qu’elles deviennent" in message.text
    link = calls.mailed_links(session, row)[-1]
    assert two.sent.proposal in client.get(f"{link}/recu/{two.sent.id}").text
    client.post(link, data={"proposal": "Trop tard.", "gesture": "send"})
    assert (
        not calls.again(session)
        .scalars(select(Contribution).where(Contribution.proposal == "Trop tard."))
        .all()
    )
    token = session.scalars(select(Token).where(Token.subject_id == row.id, Token.revoked_at.is_(None))).one()
    assert token.expires_at > now + timedelta(days=80)


def test_a_new_link_ends_those_before(client: FlaskClient, session: Session, two: Two) -> None:
    session.add(two.ours)
    now = clock.now()
    seen = session.get_one(Invitation, two.ours.id).times_sent
    row = session.get_one(Invitation, two.ours.id)
    assert invitations.send_new_link(session, row, seen=seen, actor="essai", now=now)
    session.commit()
    assert client.get(two.ours_link).status_code == 410
    assert client.get(calls.mailed_links(session, row)[-1]).status_code == 200
    assert client.get(two.theirs_link).status_code == 200


def test_the_database_holds_no_link_that_opens(
    client: FlaskClient, session: Session, two: Two, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    raw = two.ours_link.rpartition("/")[2]
    page = calls.open_form(client, two.ours_link)
    assert (
        client.post(two.ours_link, data={**page, "proposal": "Un bus.", "gesture": "draft"}).status_code
        == 303
    )
    assert client.get(f"{two.ours_link}/consultation").status_code == 200
    calls.again(session)
    holding = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        # A mail that waits holds the link that it brings; once it has left, the link is cut out of it.
        if table is not Message.__table__
        for column in table.columns
        if session.scalar(select(1).select_from(table).where(cast(column, Text).contains(raw)).limit(1))
    ]
    assert holding == []
    assert session.scalars(select(Token).where(Token.hash == tokens.digest(raw))).one().purpose == PURPOSE
    assert raw not in caplog.text
    assert re.search(r"/contribution/[\w-]{43}", caplog.text) is None


def test_a_coordinator_sends_it_again_after_the_end(session: Session, two: Two) -> None:
    row, now = session.get_one(Invitation, two.ours.id), clock.now()
    row.campaign.opens_at, row.campaign.closes_at = now - timedelta(days=90), now - timedelta(days=60)
    assert invitations.send_new_link(session, row, seen=row.times_sent, actor="essai", now=now)
    last = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert last is not None
    assert last.kind == "recommendations.link"
    with pytest.raises(DomainError, match="clos"):
        invitations.send_all(session, row.campaign, actor="essai", now=now)
    row.campaign.is_published = False
    with pytest.raises(DomainError, match="Publiez"):
        invitations.send_new_link(session, row, seen=row.times_sent, actor="essai", now=now)
