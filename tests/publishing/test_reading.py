"""What readers find around a published edition: a demand alone, a search, errata, answers, feed, picture."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from PIL import Image
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.actors.models.reference import Family
from hub.core.errors import DomainError
from hub.publishing.models.answers import PartyStance
from hub.publishing.models.editions import Edition
from hub.publishing.operations import answers, composing, errata
from hub.publishing.queries import memoranda as queries
from hub.publishing.queries import reading as reading_queries
from hub.publishing.values import reading
from memoranda import card, content, page, single
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.memoranda.sample import edition as sample
from tests.publishing import scene
from tests.publishing.test_pages import make_public, page_of, words

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}
MOST_QUERIES = 12
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def reader(client: FlaskClient) -> FlaskClient:
    """Return somebody without account."""
    return client.application.test_client()


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    """Return a signed-in coordinator."""
    return sign_in(client, factories.coordinator(session))


def public(session: Session, client: FlaskClient, **facts: Any) -> Edition:
    edition = scene.edition(session, {"Logement": 2, "Emploi": 1}, **facts)
    make_public(session, edition, client)
    return edition


def pdf_of(reader: FlaskClient, edition: Edition) -> bytes:
    with reader.get(page_of(edition, ".pdf")) as answer:
        return answer.data


# --- One demand by itself ----------------------------------------------------------------------


def test_each_demand_has_a_page_of_its_own(session: Session, reader: FlaskClient) -> None:
    edition = public(session, reader)
    whole = reader.get(page_of(edition)).text
    for number, title in ((1, "Logement, demande 1"), (3, "Emploi, demande 1")):
        answer = reader.get(page_of(edition, f"/{number}"))
        assert answer.status_code == 200
        assert f"2026/{number}" in answer.text
        assert title in words(answer.text)
        assert f'property="og:title" content="2026/{number} · {title}"' in unescape(answer.text)
        assert 'property="og:image:alt"' in answer.text
        assert f'href="{page_of(edition, f"/{number}")}"' in whole
    assert reader.get(page_of(edition, "/4")).status_code == 404
    assert "Qui porte ceci" in words(reader.get(page_of(edition, "/1")).text)


def test_what_is_not_public_has_none_of_these_pages(session: Session, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement secret": 1}, title="Mémorandum secret")
    scene.freeze(session, edition, publishes=False)
    session.commit()
    for more in ("/1", "/1/integrer", "/image.png", "/errata"):
        answer = reader.get(page_of(edition, more))
        assert answer.status_code == 404
        assert "secret" not in answer.text
    assert "secret" not in reader.get("/memorandums/atom.xml").text


def test_only_the_embed_may_be_framed_and_it_asks_nothing(session: Session, reader: FlaskClient) -> None:
    edition = public(session, reader)
    embedded = reader.get(page_of(edition, "/1/integrer"))
    policy = embedded.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "Set-Cookie" not in embedded.headers
    assert "<script" not in embedded.text
    assert "<form" not in embedded.text
    for more in ("", "/1", "/errata"):
        policy = reader.get(page_of(edition, more)).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
    assert "/1/integrer" in reader.get(page_of(edition, "/1")).text


def test_a_testimony_that_may_not_be_posted_stands_on_no_page_of_its_own() -> None:
    item = replace(
        sample().items[0],
        testimonies=(
            content.Testimony(text="Ce que je dis."),
            content.Testimony(text="Ce que je montre.", may_post=True),
        ),
    )
    shown = single.to_html(item)
    assert "Ce que je montre." in shown
    assert "Ce que je dis." not in shown


# --- Searching ---------------------------------------------------------------------------------


def test_searching_ignores_accents_and_case(session: Session, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    chapter = edition.chapters[0]
    other = scene.recommendation(session, "Former à l’accueil", text="Des **étudiantes** formées partout.")
    composing.add_items(session, chapter, [other.id], **BY)
    make_public(session, edition, reader)
    found = words(reader.get(page_of(edition) + "?q=ETUDIANTES").text)
    assert "1 demande parle de" in found
    assert "Des étudiantes formées partout" in found
    nothing = words(reader.get(page_of(edition) + "?q=<b>rien</b>").text)
    assert "Aucune demande ne parle de" in nothing
    assert "<b>rien" not in reader.get(page_of(edition) + "?q=<b>rien</b>").text


@given(asked=st.text(max_size=40))
def test_whatever_is_looked_for_is_found_where_it_stands(asked: str) -> None:
    edition = sample()
    found = [one.item for one in reading.search(edition, asked)]
    assert found == [item for item in edition.items if item in found]
    for item in edition.items:
        assert item in [one.item for one in reading.search(edition, item.title)]


def test_what_stands_beside_a_demand_is_put_into_its_own_article() -> None:
    edition = sample()
    anchors = [item.anchor for item in edition.items]
    beside = {anchor: Markup("<p>à côté de {}</p>").format(anchor) for anchor in anchors}
    woven = reading.weave(page.to_html(edition), beside)
    assert re.findall(r"<p>à côté de ([^<]+)</p>\s*</article>", woven) == anchors
    assert reading.weave(page.to_html(edition), {}) == page.to_html(edition)


def test_a_search_leads_to_what_it_found(session: Session, reader: FlaskClient) -> None:
    edition = public(session, reader)
    page = reader.get(page_of(edition) + "?q=logement").text
    form = re.search(r'<form [^>]*role="search"[^>]*>', page)
    assert form is not None
    assert f'action="{page_of(edition)}#chercher"' in form[0]
    assert 'id="chercher"' in form[0]


# --- Errata, answers ---------------------------------------------------------------------------


@both_databases
def test_errata_are_numbered_and_only_of_what_is_public(session: Session, client: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    identifier = edition.chapters[0].items[0].recommendation_id
    with pytest.raises(DomainError):
        errata.write(session, edition, "Trop tôt", None, **BY)
    make_public(session, edition, client)
    stranger = scene.recommendation(session, "Ailleurs")
    with pytest.raises(DomainError):
        errata.write(session, edition, "Pas ici", stranger.id, **BY)
    with pytest.raises(DomainError):
        errata.write(session, edition, "", identifier, **BY)
    rows = [errata.write(session, edition, "Lire 2 000", about, **BY) for about in (identifier, None)]
    assert [row.number for row in rows] == [1, 2]


def test_the_same_erratum_sent_twice_is_one(session: Session, client: FlaskClient) -> None:
    edition = public(session, client)
    held = edition.chapters[0].items[0].recommendation_id
    for about in (None, held):
        first, again = (errata.write(session, edition, "Lire 2 000", about, **BY) for _ in range(2))
        assert first is again
    other = errata.write(session, edition, "Lire 3 000", held, **BY)
    assert [row.number for row in session.scalars(reading_queries.errata(edition))] == [1, 2, other.number]


def test_an_erratum_is_read_beside_its_demand_and_never_changes_the_edition(
    session: Session, coordinator: FlaskClient, reader: FlaskClient
) -> None:
    edition = public(session, coordinator)
    before = pdf_of(reader, edition)
    form = coordinator.get(page_of(edition, "/errata/nouveau?demande=2")).text
    chosen = re.search(r'<option[^>]*selected[^>]*value="(\d+)"|value="(\d+)"[^>]*selected', form)
    assert chosen is not None
    about = chosen[1] or chosen[2]
    empty = coordinator.post(page_of(edition, "/errata/nouveau"), data={"recommendation": about, "text": ""})
    assert empty.status_code == 422
    sent = {"recommendation": about, "text": "Lire **2 000** places."}
    assert coordinator.post(page_of(edition, "/errata/nouveau"), data=sent).status_code == 303
    for more in ("", "/2", "/2/integrer", "/errata"):
        assert "2 000" in words(reader.get(page_of(edition, more)).text), more
    assert "2 000" not in words(reader.get(page_of(edition, "/1")).text)
    assert pdf_of(reader, edition) == before
    assert reader.get(page_of(edition, "/errata/nouveau")).status_code == 302
    coordinator.post(f"/memorandums/{edition.memorandum.slug}/nouvelle-edition")
    for more in ("/publication", "/geler"):
        page = coordinator.get(page_of(edition, more).replace("edition-1", "edition-2"))
        assert "2 000" in words(page.text), more
    feed = ElementTree.fromstring(reader.get("/memorandums/atom.xml").data)
    summary = next(one.findtext(f"{ATOM}summary") for one in feed.findall(f"{ATOM}entry"))
    assert summary == "Lire 2 000 places."  # without the signs of its Markdown


def test_what_a_party_answered_stands_beside_the_demand_until_it_is_taken_back(
    session: Session, client: FlaskClient, reader: FlaskClient
) -> None:
    edition = public(session, client)
    party = factories.organisation(
        session, "Parti d’essai", kind_id=factories.kind(session, "party", Family.PARTY).id
    )
    row = edition.chapters[0].items[0].recommendation
    told = answers.Told(party, PartyStance.COMMITS, NOW.date(), "Nous le ferons dès janvier.")
    answer = answers.record(session, row, told, follows=False, **BY)
    session.commit()
    assert "1 réponse d’un parti" in words(reader.get(page_of(edition)).text)
    assert "dès janvier" in words(reader.get(page_of(edition, "/1")).text)
    answers.withdraw(session, answer, reason="Erreur", **BY)
    session.commit()
    assert "dès janvier" not in words(reader.get(page_of(edition, "/1")).text)


# --- Feed, picture -----------------------------------------------------------------------------


def test_the_feed_tells_what_was_published(session: Session, reader: FlaskClient) -> None:
    empty = ElementTree.fromstring(reader.get("/memorandums/atom.xml").data)
    assert empty.findall(f"{ATOM}entry") == []
    edition = public(session, reader, title="Mémorandum <2024> & suite")
    answer = reader.get("/memorandums/atom.xml")
    assert answer.mimetype == "application/atom+xml"
    entries = ElementTree.fromstring(answer.data).findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title") for one in entries] == ["Mémorandum <2024> & suite, édition 1"]
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href", "").endswith(page_of(edition))
    assert "/memorandums/atom.xml" in reader.get(page_of(edition)).text


def test_the_feed_tells_an_erratum_in_plain_words(session: Session, reader: FlaskClient) -> None:
    edition = public(session, reader)
    errata.write(session, edition, "Lire **2 000 places** & non <200>.\n\n- Voilà.", None, **BY)
    session.commit()
    told = ElementTree.fromstring(reader.get("/memorandums/atom.xml").data)
    summaries = [one.findtext(f"{ATOM}summary") or "" for one in told.findall(f"{ATOM}entry")]
    assert "Lire 2 000 places & non <200>. Voilà." in [" ".join(one.split()) for one in summaries]


def test_the_picture_is_a_png_that_may_be_kept(session: Session, reader: FlaskClient) -> None:
    edition = public(session, reader)
    answer = reader.get(page_of(edition, "/image.png"))
    picture = Image.open(BytesIO(answer.data))
    assert (picture.format, picture.size) == ("PNG", (card.WIDTH, card.HEIGHT))
    assert "max-age" in answer.headers["Cache-Control"]
    again = reader.get(page_of(edition, "/image.png"), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("title", ["x" * 200, "Un titre " * 22, "é", "مذكرة", "👋 Bonjour"])
def test_any_title_makes_a_picture_and_twice_the_same(title: str, fonts_folder: Any) -> None:
    asked = {"title": title, "kicker": "k" * 300, "facts": "", "network": "n" * 300, "primary": "#ffffff"}
    assert card.draw(**asked, fonts_folder=fonts_folder) == card.draw(**asked, fonts_folder=fonts_folder)


# --- How much is asked of the database ---------------------------------------------------------


def test_five_hundred_demands_ask_no_more_than_twelve_queries(
    session: Session, reader: FlaskClient, installation: Installation
) -> None:
    asked: list[str] = []
    edition = public(session, reader)
    chapter_items = edition.chapters[0].items
    build = session.scalar(queries.published_build(edition))
    assert build is not None
    whole = content.from_json(build.content)
    chapter = whole.chapters[0]
    many = tuple(
        replace(chapter.items[0], anchor=f"r-{place}", number=f"2026/{place}") for place in range(1, 501)
    )
    large = replace(whole, chapters=(replace(chapter, items=many),))
    assert len(chapter_items) == 2
    session.execute(text("DROP TRIGGER build_published_no_update"))
    build.content = content.to_json(large)
    session.commit()
    sqlalchemy_event.listen(
        installation.engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )
    for more in ("", "?q=logement", "/1", "/500/integrer", "/errata"):
        asked.clear()
        assert reader.get(page_of(edition, more)).status_code == 200
        statements = [each for each in asked if not each.startswith(("PRAGMA", "BEGIN"))]
        assert len(statements) <= MOST_QUERIES, (more, "\n".join(statements))
