"""The thesaurus: begun with the sector's, changed by the network, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.recommendations.models.recognition import ThesaurusGroup
from hub.recommendations.operations import recognition, thesaurus
from memoranda.similarity.sector import THESAURUS
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls
from tests.recommendations.test_recognition import keys

SignIn = Callable[[FlaskClient, Any], FlaskClient]
PAGE = "/recommandations/thesaurus"


@pytest.fixture(autouse=True)
def _another_process() -> None:
    """Forget the index: tests share an engine, and each has a database of its own."""
    recognition._held.clear()


@both_databases
def test_it_begins_with_the_sector_s(session: Session) -> None:
    assert recognition.thesaurus_of(session).digest == THESAURUS.digest
    for _ in range(2):
        thesaurus.begin(session, actor="essai", now=NOW)
    assert recognition.thesaurus_of(session).digest == THESAURUS.digest
    assert len(session.scalars(select(ThesaurusGroup)).all()) == len(THESAURUS.groups)


def test_terms_that_mean_the_same_bring_texts_together(session: Session) -> None:
    calls.contribution(session, now=NOW, proposal="Ouvrir une garderie pour chaque stagiaire du quartier.")
    for number in range(6):
        calls.contribution(session, now=NOW, proposal=f"Réparer le pont numéro {number} et la fontaine.")
    session.flush()
    asked = "Ouvrir un poupolon pour chaque stagiaire du quartier."
    before = recognition.current(session).index.nearest(asked)[0].score
    thesaurus.write(session, None, "garderie\npoupolon", actor="essai", now=NOW)
    assert recognition.current(session).index.nearest(asked)[0].score > before
    assert keys(session, asked)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "au moins deux"),
        ("logement", "au moins deux"),
        ("logement\nLogements\n logement ", "au moins deux"),
        ("crèche\n!!!", "pas de mot"),
        ("crèches\npoupolon", "déjà dans un autre groupe"),
        ("\n".join(f"terme{number:05d}" for number in range(1000)), "trop long"),
    ],
)
def test_bad_groups_are_refused(session: Session, typed: str, told: str) -> None:
    thesaurus.write(session, None, "crèche\ngarderie", actor="essai", now=NOW)
    with pytest.raises(DomainError) as refused:
        thesaurus.write(session, None, typed, actor="essai", now=NOW)
    assert told in refused.value.msgid
    assert refused.value.field == "terms"


def test_the_page_adds_changes_and_takes_out(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    assert client.get(PAGE).status_code in {302, 303, 403}
    sign_in(client, factories.coordinator(session))
    assert "Reprendre cette liste" in client.get(PAGE).text
    assert client.post(f"{PAGE}/reprendre", follow_redirects=True).status_code == 200
    added = client.post(PAGE, data={"terms": "poupolon\r\nzouave\r\n"}, follow_redirects=True)
    assert "poupolon · zouave" in added.text
    refused = client.post(PAGE, data={"terms": "seul"})
    assert refused.status_code == 422
    assert ">seul</textarea>" in refused.text.replace("\n", "")
    long = client.post(PAGE, data={"terms": "mot\n" * 4000})
    assert long.status_code == 422
    row = session.scalars(select(ThesaurusGroup).order_by(ThesaurusGroup.id.desc())).first()
    assert row is not None
    path = f"{PAGE}/{row.id}"
    assert "zouave" in client.get(path).text
    client.post(path, data={"terms": "poupolon\nturlutte"})
    found = client.get(f"{PAGE}?q=poupolon").text
    assert "poupolon · turlutte" in found
    assert "1 groupe de termes" in found
    client.post(f"{path}/retirer")
    assert "poupolon" not in client.get(PAGE).text
