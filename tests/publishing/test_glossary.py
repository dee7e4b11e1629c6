"""Words that earlier editions explained, or usual ones: offered once, taken by a click, undone as one."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.publishing.models.composition import EditionTerm
from hub.publishing.models.editions import Edition, EditionState
from hub.publishing.operations import apparatus, glossary, memoranda, snapshots, undoing
from hub.publishing.operations.glossary import Offered
from hub.publishing.values.usual_terms import USUAL
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


def chain(session: Session) -> tuple[Edition, Edition, Edition]:
    """Return editions of three memoranda, each after the one before; the last one is a draft."""
    oldest = scene.edition(session, {"Logement": 1}, title="Mémorandum 2018")
    explain(session, oldest, CPAS="De 2018.", ILA="Initiative locale d’accueil.")
    scene.put(oldest, EditionState.PUBLISHED)
    middle = scene.edition(session, {"Emploi": 1}, title="Mémorandum 2019", previous_id=oldest.memorandum_id)
    explain(session, middle, cpas="De 2019.")
    scene.put(middle, EditionState.PUBLISHED, now=NOW.replace(year=NOW.year + 1))
    last = scene.edition(session, {"Droits": 1}, title="Mémorandum 2029", previous_id=middle.memorandum_id)
    last.chapters[0].items[0].recommendation.text = "Les ILA restent ouvertes."
    session.flush()
    return oldest, middle, last


def explain(session: Session, edition: Edition, **words: str) -> None:
    for term, definition in words.items():
        apparatus.write_term(session, edition, None, term, definition, **BY)


def earlier(session: Session, edition: Edition) -> list[tuple[str, str, str]]:
    """Return what earlier editions explain: word, explanation, memorandum."""
    rows = glossary.offered(session, edition)
    return [(row.term, row.definition, row.memorandum) for row in rows if row.memorandum]


def terms(session: Session, edition: Edition) -> list[str]:
    rows = select(EditionTerm.term).where(EditionTerm.edition_id == edition.id).order_by(EditionTerm.term)
    return list(session.scalars(rows))


@both_databases
def test_the_latest_explanation_of_the_chain_is_offered_once(session: Session) -> None:
    _oldest, _middle, last = chain(session)
    stranger = scene.edition(session, {"Autre": 1}, title="Autre chaîne")
    explain(session, stranger, Ailleurs="D’une autre chaîne.")
    scene.put(stranger, EditionState.PUBLISHED)
    assert earlier(session, last) == [
        ("ILA", "Initiative locale d’accueil.", "Mémorandum 2018"),  # the demands use it
        ("cpas", "De 2019.", "Mémorandum 2019"),
    ]
    explain(session, last, CPAS="D’ici.")
    assert [term for term, *_ in earlier(session, last)] == ["ILA"]


def test_a_draft_elsewhere_and_what_comes_after_offer_nothing(session: Session) -> None:
    oldest, middle, last = chain(session)
    explain(session, last, Brouillon="Pas encore public.")
    again = memoranda.new_edition(session, oldest.memorandum, **BY)
    assert [title for _, _, title in earlier(session, again)] == ["Mémorandum 2018"] * 2
    assert "Brouillon" not in [term for term, *_ in earlier(session, middle)]


@both_databases
def test_words_are_taken_as_one_change_and_undone_as_one(session: Session) -> None:
    *_, last = chain(session)
    rows = glossary.offered(session, last)
    assert glossary.take(session, last, rows, **BY) == 2 + len(USUAL)
    assert glossary.offered(session, last) == []
    assert glossary.take(session, last, rows, **BY) == 0
    head = snapshots.latest(session, last)
    assert head is not None
    undoing.undo(session, last, head=head.number, **BY)
    assert terms(session, last) == []


def test_a_glossary_stays_bounded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glossary, "MOST_TERMS", 1)
    edition = scene.edition(session, {"Logement": 1})
    rows = [Offered(name, name, "Dit ainsi.", is_used=False) for name in "ab"]
    with pytest.raises(DomainError):
        glossary.take(session, edition, rows, **BY)
    assert glossary.take(session, edition, rows[:1], **BY) == 1


def test_the_usual_words_say_where_they_come_from(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    rows = glossary.offered(session, edition)
    assert {row.term for row in rows} == {one.term for one in USUAL}
    assert all(any(row.definition.endswith(f"{one.source}.") for one in USUAL) for row in rows)


def test_a_click_adds_a_word_another_page_cannot_slip_one_in(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> None:
    *_, last = chain(session)
    coordinator = sign_in(client, factories.coordinator(session))
    part = scene.part(session, last, "glossary")
    session.commit()
    here = f"/memorandums/{last.memorandum.slug}/edition-1"
    page = coordinator.get(f"{here}/parties/{part.id}").text
    assert "Initiative locale d’accueil." in page
    assert "?terme=ILA" not in page  # it is offered with its explanation instead
    keys = dict.fromkeys(re.findall(r'name="word" value="([\w-]+)"', page))
    assert len(keys) == 2 + len(USUAL)
    address = f"{here}/glossaire/reprendre"
    assert coordinator.get(address).status_code == 405
    answer = coordinator.post(address, data={"word": next(iter(keys))})
    assert (answer.status_code, answer.location) == (303, f"{here}/parties/{part.id}#mots-titre")
    coordinator.post(address, data={"word": "mot-999999"})
    session.rollback()
    assert terms(session, last) == ["ILA"]
    assert "1 mot de plus" in unescape(coordinator.get(f"{here}/parties/{part.id}").text)
