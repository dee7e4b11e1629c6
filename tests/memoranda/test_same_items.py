"""Whatever an edition holds: contents, body, page, stored data and PDF have the same items in one order."""

import re
from io import BytesIO
from pathlib import Path

import pikepdf
from hypothesis import HealthCheck, Phase, given, settings

from memoranda import content, page, pages, pdf, single
from memoranda.content import Edition
from tests.memoranda.editions import editions


def anchors_of(edition: Edition) -> list[str]:
    return [item.anchor for item in edition.items]


@given(edition=editions())
@settings(max_examples=60, deadline=None)
def test_contents_body_and_data_hold_the_same_items_in_one_order(edition: Edition) -> None:
    html = str(page.to_html(edition))
    contents, body = html.split("</nav>", 1)
    wanted = anchors_of(edition)
    assert [one for one in re.findall(r'href="#([^"]+)"', contents) if one in wanted] == wanted
    assert re.findall(r'<article class="memo-item" aria-labelledby="([^"]+)"', body) == wanted
    chapters = [chapter.anchor for chapter in edition.chapters]
    assert re.findall(r'<section class="memo-chapter" aria-labelledby="([^"]+)"', body) == chapters
    assert content.from_json(content.to_json(edition)) == edition


@given(edition=editions())
@settings(max_examples=30, deadline=None)
def test_a_demand_by_itself_says_what_the_whole_page_says(edition: Edition) -> None:
    whole = str(page.to_html(edition))
    for item in edition.items:
        alone = str(single.to_html(item))
        assert f'id="{item.anchor}"' in alone
        for text in re.findall(r'<p class="memo-label">([^<]+)</p>', alone):
            assert text in whole
        assert single.words_of(item)
        assert len(single.words_of(item)) <= 200


@given(edition=editions())
# A smaller example isn't looked for: each is printed, and that would take minutes.
@settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_pdf_holds_the_same_items_in_the_same_order(edition: Edition, fonts_folder: Path) -> None:
    written = pdf.build(edition, fonts_folder=fonts_folder)
    places = pages.of_anchors(written)
    found = [places[anchor] for anchor in anchors_of(edition)]
    assert found == sorted(found)
    with pikepdf.open(BytesIO(written)) as document, document.open_outline() as outline:
        told = [child.title for part in outline.root for child in part.children]
        first = places["table-des-matieres"]
        after = min(page for page in places.values() if page > first)
        listed = [
            str(note.Dest)
            for sheet in document.pages[first - 1 : after - 1]
            for note in sheet.obj.get("/Annots", ())
        ]
    # A line is a link of several boxes: its number, its title, its page.
    assert [one for one in dict.fromkeys(listed) if one in anchors_of(edition)] == anchors_of(edition)
    numbers = [item.number for item in edition.items]
    assert [title.split(".")[0].split(" ")[0] for title in told if title.startswith("2024/")] == numbers
