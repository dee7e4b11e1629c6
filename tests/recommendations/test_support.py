"""The page that says who carries a recommendation: words, voices, signatures, dots, and who is silent."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core import clock
from hub.recommendations.models.carrying import Support, VoiceChannel
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import (
    consultations,
    derivations,
    dots,
    endorsements,
    positions,
    recommendations,
)
from hub.recommendations.operations.dots import RoundRules
from hub.recommendations.operations.endorsements import Signature
from hub.recommendations.operations.positions import Said
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.queries import carrying
from tests import factories
from tests.conftest import Installation, both_databases
from tests.recommendations import calls
from tests.recommendations.test_ballots import counted

SignIn = Callable[[FlaskClient, Any], FlaskClient]
MOST_QUERIES = 12


def carried(session: Session, organisations: int = 3) -> tuple[Any, list[Any], Recommendation]:
    """Return a call, its invitations and a recommendation on which all but the last have spoken."""
    now = clock.now()
    call = calls.call(session, now=now)
    invited = [calls.invitation(session, call, now=now) for _ in range(organisations)]
    row = calls.recommendation(session, calls.contribution(session, now=now), now=now)
    consultations.add(session, call, [row], actor="essai", now=now)
    day = clock.today(now)
    consultations.set_period(session, call, day, day + timedelta(days=9), actor="essai", now=now)
    for place, each in enumerate(invited[:-1]):
        support, reason = (Support.SUPPORT, "") if place else (Support.RESERVATIONS, "Si les moyens suivent.")
        channel = VoiceChannel.LINK if place else VoiceChannel.PHONE
        said = [Said(row.id, support, reason, row.version, 0)]
        positions.say(session, each, said, channel=channel, actor="essai", now=now)
        signature = Signature(f"Assemblée {place}", day, "Personne d’essai")
        endorsements.sign(
            session, each, {row.id: row.version}, signature, channel=channel, actor="essai", now=now
        )
    vote = dots.open_round(session, call, RoundRules("Nos priorités", 5, 3), actor="essai", now=now)
    dots.put(
        session, vote, invited[0].organisation, {row.id: 3}, channel=VoiceChannel.LINK, actor="lien", now=now
    )
    session.commit()
    return call, invited, row


@both_databases
def test_all_who_carry_it_stand_on_one_page(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    _, (doubts, agrees, silent), row = carried(session)
    sign_in(client, factories.coordinator(session))
    page = client.get(f"/recommandations/{row.code}/soutien").text
    asks = row.sources[0].contribution.author
    for words in (doubts.organisation.name, agrees.organisation.name, asks, "Si les moyens suivent."):
        assert words in page
    assert "Assemblée 0" in page
    assert "Saisi par la coordination au nom de l’organisation" in page
    assert "Nos priorités" in page
    silence = page.split('id="silent"')[1]
    assert silent.organisation.name in silence
    assert f"/appels/invitations/{silent.id}/consultation" in silence
    assert agrees.organisation.name not in silence
    assert f"/recommandations/{row.code}/soutien" in client.get(f"/recommandations/{row.code}").text


def test_after_a_change_of_what_is_asked_voices_and_signatures_are_told_apart(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    _, (doubts, agrees, _), row = carried(session)
    now = clock.now()
    endorsements.withdraw(
        session,
        next(
            each for each in endorsement_rows(session, row) if each.organisation_id == agrees.organisation_id
        ),
        reason="Décision revue.",
        actor="essai",
        now=now,
    )
    statement = Statement("Prolonger les bus", "Faire rouler un bus toute la nuit.")
    recommendations.edit(session, row, statement, weight=Weight.SUBSTANTIVE, actor="essai", now=now)
    session.commit()
    sign_in(client, factories.coordinator(session))
    page = client.get(f"/recommandations/{row.code}/soutien").text
    assert "Ce qui est demandé a changé depuis" in page
    ended = page.split("Ne valent plus")[1]
    assert "Caduque" in ended
    assert "Retirée" in ended
    assert "Décision revue." in ended
    # Whoever answered the old text is asked again.
    assert doubts.organisation.name in page.split('id="silent"')[1]


def endorsement_rows(session: Session, row: Recommendation) -> list[Any]:
    return list(session.scalars(carrying.endorsements([row.id])))


def test_by_its_lineage_words_count_and_voices_stay(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    _, (doubts, *_), row = carried(session)
    other = calls.recommendation(session, calls.contribution(session, now=clock.now()), now=clock.now())
    joined = derivations.merge(
        session, [row, other], Statement("Ensemble", "Tout cela."), into=None, actor="essai", now=clock.now()
    )
    session.commit()
    sign_in(client, factories.coordinator(session))
    page = client.get(f"/recommandations/{joined.code}/soutien").text
    assert row.sources[0].contribution.author in page.split('id="asked"')[1]
    before = page.split('id="before"')[1]
    assert row.code in before
    assert doubts.organisation.short_label in before
    assert "Aucune organisation n’a encore donné sa position." in page


def test_it_is_exported_whole(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    _, (doubts, agrees, _), row = carried(session)
    sign_in(client, factories.coordinator(session))
    text = client.get(f"/recommandations/{row.code}/soutien?format=csv").data.decode("utf-8-sig")
    _, *lines = csv.reader(io.StringIO(text), delimiter=";")
    assert sorted((line[0], line[1]) for line in lines) == sorted(
        [
            (row.sources[0].contribution.author, "Contribution"),
            *((each.organisation.name, "Position") for each in (doubts, agrees)),
            *((each.organisation.name, "Co-signature") for each in (doubts, agrees)),
        ]
    )
    assert client.get(f"/recommandations/{row.code}/soutien?format=xlsx").status_code == 200


def test_only_the_coordination_reads_it(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    _, _, row = carried(session)
    path = f"/recommandations/{row.code}/soutien"
    assert client.get(path).status_code == 302
    sign_in(client, factories.user(session))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("size", [2, 15])
def test_the_page_asks_little_of_the_database(
    session: Session, client: FlaskClient, sign_in: SignIn, installation: Installation, size: int
) -> None:
    _, _, row = carried(session, size)
    sign_in(client, factories.coordinator(session))
    with counted(installation) as seen:
        assert client.get(f"/recommandations/{row.code}/soutien").status_code == 200
    assert len(seen) <= MOST_QUERIES, (len(seen), seen)
