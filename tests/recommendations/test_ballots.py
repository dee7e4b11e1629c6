"""The pages of a vote by dots: by link, by account, told to the coordination; opening, closing, results."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.mail import Message
from hub.recommendations.models.carrying import Ballot, DotRound, VoiceChannel
from hub.recommendations.operations import consultations, dots, steps
from hub.recommendations.operations.dots import RoundRules
from tests import factories
from tests.conftest import Installation, both_databases
from tests.recommendations import calls
from tests.recommendations.test_dots import Vote
from tests.spaces import acting

SignIn = Callable[[FlaskClient, Any], FlaskClient]
MOST_QUERIES = 12


def vote(session: Session, organisations: int = 1, number: int = 3) -> Vote:
    """Return a call, its invitations, its recommendations and an open round, as of today."""
    now = clock.now()
    call = calls.call(session, now=now)
    invited = [calls.invitation(session, call, now=now) for _ in range(organisations)]
    rows = [calls.recommendation(session, now=now, title=f"Demande {each}") for each in range(number)]
    consultations.add(session, call, rows, actor="essai", now=now)
    row = dots.open_round(session, call, RoundRules("Nos priorités", 5, 3), actor="essai", now=now)
    session.commit()
    return call, invited, rows, row


def typed(client: FlaskClient, path: str, spread: dict[int, Any], **more: str) -> dict[str, Any]:
    """Return what an open page would post."""
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(path).text)
    assert seen is not None
    return {"seen": seen[1], **{f"r{number}-dots": str(value) for number, value in spread.items()}, **more}


def ballots(session: Session) -> list[Ballot]:
    return list(calls.again(session).scalars(select(Ballot)))


@contextmanager
def counted(installation: Installation) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(installation.engine, "before_cursor_execute", note)


@both_databases
def test_by_link_dots_are_put_and_changed(session: Session, client: FlaskClient) -> None:
    _, (invited,), (one, two, _), _ = vote(session)
    link = calls.link(session, invited, now=clock.now())
    path = f"{link}/priorites"
    session.commit()
    for before in (link, f"{link}/consultation"):
        assert path in client.get(before).text
    page = client.get(path)
    assert "Il vous reste 5 points." in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.post(path, data=typed(client, path, {one.id: 3, two.id: 1})).status_code == 303
    assert "Il vous reste 1 point." in client.get(path).text
    assert client.post(path, data=typed(client, path, {one.id: 0, two.id: 2})).status_code == 303
    (ballot,) = ballots(session)
    assert [(dot.recommendation_id, dot.dots) for dot in ballot.dots] == [(two.id, 2)]
    assert ballot.channel == VoiceChannel.LINK


def test_nothing_that_was_typed_is_lost(session: Session, client: FlaskClient) -> None:
    _, (invited,), (one, two, three), _ = vote(session)
    path = f"{calls.link(session, invited, now=clock.now())}/priorites"
    session.commit()
    answer = client.post(path, data=typed(client, path, {one.id: 3, two.id: 3}))
    assert answer.status_code == 422
    assert "retirez-en 1" in answer.text
    assert answer.text.count('value="3"') == 2
    answer = client.post(path, data=typed(client, path, {one.id: 4, three.id: "trop"}))
    assert answer.status_code == 422
    assert "Écrivez un nombre entier." in answer.text
    assert 'value="trop"' in answer.text
    answer = client.post(path, data=typed(client, path, {one.id: 4}))
    assert "De 0 à 3 points sur une recommandation." in answer.text
    assert ballots(session) == []


def test_dots_on_what_left_the_vote_are_refused_and_never_dropped(
    session: Session, client: FlaskClient
) -> None:
    call, (invited,), (one, two, gone), _ = vote(session)
    path = f"{calls.link(session, invited, now=clock.now())}/priorites"
    session.commit()
    sent = typed(client, path, {one.id: 1, two.id: 2, gone.id: 0})
    aside = typed(client, path, {one.id: 1, two.id: 0, gone.id: 2})
    steps.drop(session, two, reason="Déjà obtenu.", actor="essai", now=clock.now())
    consultations.remove(session, call, gone.id, actor="essai", now=clock.now())
    session.commit()
    for each in (sent, aside):
        refused = client.post(path, data=each)
        assert refused.status_code == 422
        assert "n’est plus dans le vote" in refused.text
    assert ballots(session) == []
    assert client.post(path, data=sent | {f"r{two.id}-dots": "0"}).status_code == 303


def test_a_colleague_s_dots_are_shown_before_they_are_overwritten(
    session: Session, client: FlaskClient
) -> None:
    _, (invited,), (one, two, _), row = vote(session)
    path = f"{calls.link(session, invited, now=clock.now())}/priorites"
    session.commit()
    mine = typed(client, path, {one.id: 3})
    dots.put(
        session, row, invited.organisation, {two.id: 2}, channel=VoiceChannel.LINK, actor="lien",
        now=clock.now(),
    )  # fmt: skip
    session.commit()
    answer = client.post(path, data=mine)
    assert answer.status_code == 409
    assert "Demande 1 : 2 points" in answer.text.replace("\u00a0", " ")
    again = re.search(r'name="seen" value="([^"]*)"', answer.text)
    assert again is not None
    assert client.post(path, data={**mine, "seen": again[1]}).status_code == 303
    (ballot,) = ballots(session)
    assert [(dot.recommendation_id, dot.dots) for dot in ballot.dots] == [(one.id, 3)]


def test_what_is_told_by_phone_is_said_as_such(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    call, (invited,), (one, *_), _ = vote(session)
    sign_in(client, factories.coordinator(session))
    path = f"/appels/invitations/{invited.id}/priorites"
    data = typed(client, path, {one.id: 2}, channel="phone")
    assert client.post(path, data={**data, "channel": "link"}).status_code == 422
    assert client.post(path, data=data).status_code == 303
    (ballot,) = ballots(session)
    assert ballot.channel == VoiceChannel.PHONE
    assert ballot.entered_by_id is not None
    assert "au nom de l’organisation" in client.get(f"/appels/{call.slug}/priorites").text


def test_whoever_has_a_mandate_votes_by_account_and_nobody_else(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    call, (invited,), (one, *_), _ = vote(session)
    path = f"/appels/invitations/{invited.id}/priorites"
    somebody = factories.user(session)
    sign_in(client, somebody)
    assert client.get(path).status_code == 403
    acting.mandate(session, invited.organisation, acting.person(session, user_id=somebody.id))
    session.commit()
    assert path in client.get(f"/appels/{call.slug}").text
    assert client.post(path, data=typed(client, path, {one.id: 2})).status_code == 303
    assert ballots(session)[0].channel == VoiceChannel.ACCOUNT
    assert client.get(f"/appels/{call.slug}/priorites").status_code == 403


def test_a_vote_is_opened_closed_and_opened_again(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    now = clock.now()
    call = calls.call(session, now=now)
    sign_in(client, factories.coordinator(session))
    here = f"/appels/{call.slug}/priorites"
    assert "Préparer la consultation" in client.get(f"{here}/ouvrir").text
    consultations.add(session, call, [calls.recommendation(session, now=now)], actor="essai", now=now)
    session.commit()
    words = {"title": "Priorités", "budget": "6", "most_each": "9"}
    refused = client.post(f"{here}/ouvrir", data=words)
    assert refused.status_code == 422
    assert "autant que chaque organisation en a" in refused.text
    yesterday = clock.today(now) - timedelta(days=1)
    refused = client.post(f"{here}/ouvrir", data={**words, "most_each": "2", "closes_on": str(yesterday)})
    assert refused.status_code == 422
    assert "Choisissez un jour à venir." in refused.text
    assert client.post(f"{here}/ouvrir", data={**words, "most_each": "2"}).status_code == 303
    row = calls.again(session).scalars(select(DotRound)).one()
    assert client.post(f"{here}/{row.id}/fermer").status_code == 303
    assert not dots.is_open(calls.again(session).get_one(DotRound, row.id), clock.now())
    tomorrow = clock.today(now) + timedelta(days=1)
    assert client.post(f"{here}/{row.id}/fin", data={"closes_on": str(tomorrow)}).status_code == 303
    row = calls.again(session).get_one(DotRound, row.id)
    assert row.last_day == tomorrow
    assert dots.is_open(row, clock.now())
    other = calls.call(session, now=now, title="Un autre appel")
    session.commit()
    assert client.post(f"/appels/{other.slug}/priorites/{row.id}/fermer").status_code == 404


def test_who_has_not_voted_is_asked_once_a_day(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    call, (done, missing), (one, *_), row = vote(session, 2)
    now = clock.now()
    dots.put(session, row, done.organisation, {one.id: 1}, channel=VoiceChannel.LINK, actor="lien", now=now)
    sign_in(client, factories.coordinator(session))
    here = f"/appels/{call.slug}/priorites"
    for sentence in ("1 mail est parti.", "Aucun mail n’est parti"):
        client.post(f"{here}/envoyer")
        assert sentence in client.get(here).text
    (mail,) = calls.again(session).scalars(select(Message).where(Message.kind == "recommendations.dots"))
    assert mail.subject_id == missing.id
    link = calls.LINK.search(mail.text)
    assert link is not None
    assert client.get(f"{link.group()}/priorites").status_code == 200


def test_results_are_exported_with_each_organisation_s_dots(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    call, (first, second), (one, two, _), row = vote(session, 2)
    now = clock.now()
    for invited, spread, channel in (
        (first, {one.id: 1, two.id: 3}, VoiceChannel.LINK),
        (second, {two.id: 2}, VoiceChannel.PAPER),
    ):
        dots.put(session, row, invited.organisation, spread, channel=channel, actor="essai", now=now)
    sign_in(client, factories.coordinator(session))
    text = client.get(f"/appels/{call.slug}/priorites?format=csv").data.decode("utf-8-sig")
    header, best, *_ = csv.reader(io.StringIO(text), delimiter=";")
    assert header[5:] == [
        first.organisation.name, f"{second.organisation.name} (saisi par la coordination)",
    ]  # fmt: skip
    assert best == ["1", two.code, two.title, "5", "2", "3", "2"]
    assert client.get(f"/appels/{call.slug}/priorites?format=xlsx").status_code == 200


def test_once_closed_everyone_asked_reads_the_sums(session: Session, client: FlaskClient) -> None:
    _, (first, second), (one, *_), row = vote(session, 2)
    now = clock.now()
    dots.put(session, row, first.organisation, {one.id: 3}, channel=VoiceChannel.LINK, actor="lien", now=now)
    path = f"{calls.link(session, second, now=now)}/priorites"
    session.commit()
    assert "1 organisation a voté" not in client.get(path).text.replace("\u00a0", " ")
    dots.close_round(session, row, actor="essai", now=now + timedelta(milliseconds=1))
    session.commit()
    page = client.get(path).text.replace("\u00a0", " ")
    assert "1 organisation a voté." in page
    assert first.organisation.name not in page
    assert client.post(path, data={f"r{one.id}-dots": "1"}).status_code == 422


@pytest.mark.parametrize("size", [2, 12])
def test_pages_ask_little_of_the_database(
    session: Session, client: FlaskClient, sign_in: SignIn, installation: Installation, size: int
) -> None:
    call, invited, rows, row = vote(session, size, size)
    now = clock.now()
    for each in invited[1:]:
        spread = {rows[0].id: 2, rows[1].id: 1}
        dots.put(session, row, each.organisation, spread, channel=VoiceChannel.LINK, actor="lien", now=now)
    link = calls.link(session, invited[-1], now=now)
    sign_in(client, factories.coordinator(session))
    for path in (
        f"{link}/priorites",
        f"/appels/invitations/{invited[-1].id}/priorites",
        f"/appels/{call.slug}/priorites",
        f"/appels/{call.slug}/priorites/ouvrir",
    ):
        with counted(installation) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= MOST_QUERIES, (path, len(seen), seen)
