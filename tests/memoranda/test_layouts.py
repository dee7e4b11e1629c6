"""The parts of an edition: the same order in the PDF, on the page and in both contents, in all layouts."""

import dataclasses
import io
import re
from functools import cache
from pathlib import Path

import pikepdf
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoranda import check, content, index, matter, page, pdf
from memoranda.content import Edition
from tests.memoranda import sample

POINTS = 72 / 25.4
LOWER_MARGIN = 60
SIZES = {"screen": (210, 297), "print": (210, 297), "booklet": (148, 210)}
ROOT = Path(__file__).resolve().parents[2]
layouts = pytest.mark.parametrize("layout", content.LAYOUTS)


@cache
def built(layout: str) -> bytes:
    return pdf.build(sample.full(layout=layout), fonts_folder=ROOT / "hub/static/dist/fonts")


def read(layout: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(built(layout)))


def places(reader: pypdf.PdfReader) -> dict[str, int]:
    """Return anchor → page, from 1."""
    return {
        name: (reader.get_destination_page_number(target) or 0) + 1
        for name, target in reader.named_destinations.items()
    }


def words(reader: pypdf.PdfReader, number: int) -> str:
    return " ".join(reader.pages[number - 1].extract_text().split())


def ids(html: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', html)


@layouts
def test_tags_are_right_and_pages_are_of_their_size(layout: str) -> None:
    assert check.problems(built(layout)) == []
    box = read(layout).pages[0].mediabox
    assert [round(float(side) / POINTS) for side in (box.width, box.height)] == list(SIZES[layout])


@layouts
def test_parts_stand_in_the_order_of_the_edition_in_the_pdf_and_on_the_page(layout: str) -> None:
    edition = sample.full(layout=layout)
    anchors = [entry.anchor for entry in matter.entries(edition)]
    found = places(read(layout))
    assert [found[anchor] for anchor in anchors] == sorted(found[anchor] for anchor in anchors)
    known = set(anchors)
    assert [mark for mark in ids(page.to_html(edition)) if mark in known] == anchors


@layouts
def test_contents_priorities_and_index_give_the_pages_that_things_are_on(layout: str) -> None:
    edition, reader = sample.full(layout=layout), read(layout)
    found = places(reader)
    contents = " ".join(words(reader, n) for n in range(found["table-des-matieres"], found["signataires"]))
    for entry in matter.entries(edition):
        line = f"{entry.number} {entry.title} {found[entry.anchor]}".strip().replace(" :", "\u00a0:")
        assert " ".join(line.split()) in contents
    ranked = words(reader, found["priorites"])
    for item in content.priorities(edition):
        assert item.title in ranked
    listed = " ".join(words(reader, n) for n in range(found["index"], found["soutiens"] + 1))
    for group in index.of(edition):
        for entry in group.entries:
            pages = ", ".join(str(number) for _, number in index.numbers(entry, found))
            assert f"{entry.label} {pages}" in listed


@pytest.mark.parametrize("layout", ["print", "booklet"])
def test_on_paper_chapters_begin_on_the_right_and_numbers_stand_outside(layout: str) -> None:
    edition, reader = sample.full(layout=layout), read(layout)
    found = places(reader)
    assert {found[chapter.anchor] % 2 for chapter in edition.chapters} == {1}
    width = float(reader.pages[0].mediabox.width)
    for number, sheet in enumerate(reader.pages[2:], start=3):
        low = folio(sheet, str(number))
        if sheet.extract_text().strip():
            assert low, f"page {number} bears no number"
            assert (low[-1] > width / 2) == (number % 2 == 1)


def folio(sheet: pypdf.PageObject, number: str) -> list[float]:
    """Return where, from the left, a number stands in the lower margin of a page."""
    found: list[float] = []

    def note(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if text.strip() == number and y < LOWER_MARGIN:
            found.append(x)

    sheet.extract_text(visitor_text=note)
    return found


@layouts
def test_footnotes_are_tagged_and_stand_on_the_page_that_calls_them(layout: str) -> None:
    edition, reader = sample.full(layout=layout), read(layout)
    with pikepdf.open(io.BytesIO(built(layout))) as document:
        roles = [str(element.S) for element in check._elements(document.Root.StructTreeRoot)]
    assert roles.count("/Note") == len(edition.items) + 1
    for text in (words(reader, n) for n in range(1, len(reader.pages) + 1)):
        for number in re.findall(r"Enquête de demande (\d+)\.", text):
            item = edition.items[int(number) - 1]
            assert item.number in text


def test_links_are_seen_on_a_screen_and_written_out_on_paper() -> None:
    on_screen, on_paper = (
        "".join(words(read(one), n) for n in range(1, len(read(one).pages) + 1))
        for one in ("screen", "print")
    )
    assert "(https://reseau.example/a)" not in on_screen
    assert "(https://reseau.example/a)" in on_paper


def test_each_item_says_all_that_it_holds_in_its_order() -> None:
    html = str(page.to_html(sample.full()))
    article = re.sub(r"<[^>]+>", " ", html.split("<article")[1].split("</article>", maxsplit=1)[0])
    labels = (
        "2024/1", "Région wallonne", "Nouvelle demande", "Constat", "Nous recommandons", "Pourquoi",
        "S’adresse à", "Ce qui le montrera", "Au bénéfice de", "Porté par", "Témoignage", "Amal",
    )  # fmt: skip
    at = [article.index(label) for label in labels]
    assert at == sorted(at)


def test_a_title_without_a_space_leaves_room_on_the_cover() -> None:
    words, endless = "Mémorandum du réseau " * 9, "W" * 190
    assert "cover-longest" not in matter.parts_of(sample.edition(title=words))[0].data["cover_size"]
    assert "cover-longest" in matter.parts_of(sample.edition(title=endless))[0].data["cover_size"]


def test_the_cover_says_what_a_variant_is(fonts_folder: Path) -> None:
    edition = sample.edition(variant="level-commune", variant_title="Ce que nous demandons aux communes")
    reader = pypdf.PdfReader(io.BytesIO(pdf.build(edition, fonts_folder=fonts_folder)))
    assert "Ce que nous demandons aux communes" in words(reader, 1)


@settings(max_examples=60, deadline=None)
@given(st.permutations(list(content.USUAL_SECTIONS)), st.integers(1, 17), st.integers(1, 6))
def test_any_order_of_any_parts_is_the_same_everywhere(kinds: list[str], number: int, items: int) -> None:
    whole = sample.full()
    kept = tuple(content.usual(kind, text="Un texte.") for kind in {*kinds[:number], content.CHAPTERS})
    chapters = tuple(dataclasses.replace(one, items=one.items[:items]) for one in whole.chapters)
    edition: Edition = dataclasses.replace(whole, sections=kept, chapters=chapters)
    content.validate(edition)
    anchors = [entry.anchor for entry in matter.entries(edition)]
    known = set(anchors)
    html = page.to_html(edition)
    assert [mark for mark in ids(html) if mark in known] == anchors
    assert re.findall(r'<article [^>]*aria-labelledby="([^"]+)"', html) == [
        one.anchor for one in edition.items
    ]
    laid_out = [part.anchor for part in matter.parts_of(edition) if part.anchor]
    assert [anchor for anchor in anchors if anchor in laid_out] == laid_out
    assert content.from_json(content.to_json(edition)) == edition


def test_short_parts_share_a_page_before_the_chapters_and_after_the_index(fonts_folder: Path) -> None:
    parts = ("cover", "signatories", "preamble", "consulted", "chapters", "index", "contact")
    texts = {"preamble": "Depuis 2006, nous parlons ensemble."}
    short = tuple(content.usual(kind, text=texts.get(kind, "")) for kind in parts)
    long = tuple(dataclasses.replace(one, text="Un mot. " * 700) if one.text else one for one in short)
    for sections, apart in ((short, False), (long, True)):
        edition = sample.full(sections=sections)
        reader = pypdf.PdfReader(io.BytesIO(pdf.build(edition, fonts_folder=fonts_folder)))
        found = places(reader)
        assert found["contact"] == found["index"]
        assert found["signataires"] == found["preambule"]
        assert (found["consultation"] != found["preambule"]) == apart
    many = tuple(content.Signatory(name=f"Association {place}") for place in range(40))
    parted = [part.anchor for part in matter.parts_of(sample.full(sections=long, signatories=many))]
    assert parted[2:4] == ["signataires", "preambule"]


def test_in_the_booklet_no_label_stands_alone_at_the_foot_of_a_page(fonts_folder: Path) -> None:
    text = "Une phrase assez longue pour faire plusieurs lignes. " * 16
    chapters = tuple(
        content.Chapter(
            anchor=f"c-{lines}", title=f"C {lines}", introduction="\n\n".join(["Une ligne."] * lines),
            items=(sample.item(lines, "Titre", finding="", justification="", text=text),),
        )
        for lines in range(12, 17)
    )  # fmt: skip
    edition = sample.edition(chapters=chapters, figure=None, layout="booklet")
    reader = pypdf.PdfReader(io.BytesIO(pdf.build(edition, fonts_folder=fonts_folder)))
    sheets = [words(reader, number) for number in range(1, len(reader.pages) + 1)]
    assert sum("Nous recommandons Une phrase" in sheet for sheet in sheets) == len(chapters)


@pytest.mark.parametrize(("items", "sheets"), [(34, 1), (50, 2)])
def test_contents_a_few_lines_longer_than_a_page_stand_on_one(
    items: int, sheets: int, fonts_folder: Path
) -> None:
    demands = tuple(sample.item(n, f"Titre {n}", finding="", justification="") for n in range(1, items))
    chapter = content.Chapter(anchor="un", title="Un", items=demands)
    edition = sample.edition(chapters=(chapter,), figure=None)
    found = places(pypdf.PdfReader(io.BytesIO(pdf.build(edition, fonts_folder=fonts_folder))))
    assert found["preambule"] - found["table-des-matieres"] == sheets


def test_a_short_leaflet_has_no_table_of_contents() -> None:
    edition = sample.full()
    short = dataclasses.replace(edition.chapters[0], items=edition.chapters[0].items[:2])
    leaflet = dataclasses.replace(edition, variant="level-commune", chapters=(short,), sections=())
    for made, has_contents in (
        (edition, True),
        (dataclasses.replace(leaflet, variant="full"), True),
        (leaflet, False),
    ):
        names = [part.name for part in matter.parts_of(made)]
        assert ("Table des matières" in names) == has_contents


@layouts
def test_chapters_of_a_short_leaflet_follow_each_other(fonts_folder: Path, layout: str) -> None:
    edition = sample.full(layout=layout)
    chapters = tuple(
        dataclasses.replace(chapter, introduction="", items=chapter.items[:1], figures=())
        for chapter in edition.chapters
    )
    whole = dataclasses.replace(edition, chapters=chapters, sections=())
    leaflet = dataclasses.replace(whole, variant="level-commune", variant_title="Un feuillet")
    counts = []
    for made in (whole, leaflet):
        written = pdf.build(made, fonts_folder=fonts_folder)
        assert check.problems(written) == []
        reader = pypdf.PdfReader(io.BytesIO(written))
        found = places(reader)
        anchors = [entry.anchor for entry in matter.entries(made)]
        assert [found[anchor] for anchor in anchors] == sorted(found[anchor] for anchor in anchors)
        counts.append(found[anchors[-1]])
    assert counts[1] < counts[0]
