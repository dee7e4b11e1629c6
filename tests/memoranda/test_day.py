"""The papers of a day: what they say, how they are tagged, that words fit their card, what they refuse."""

import dataclasses
import io
import itertools
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memoranda import check, fonts, paper, plain
from memoranda.day import content, fitting, pdf
from memoranda.day.content import (
    FORMATS,
    Badge,
    Badges,
    Column,
    Day,
    Fact,
    Kind,
    Paper,
    Sheet,
    Sheets,
    Sign,
    Signs,
)
from memoranda.day.fitting import Room
from memoranda.errors import ContentError
from memoranda.letter import Letterhead
from memoranda.sandbox import build_apart

PIXEL = 25.4 / 96  # WeasyPrint's unit in millimetres
HEAD = Letterhead(network="Réseau d’essai", lines=("Rue Exemple 1, 5000 Namur",))
DAY = Day(
    title="Plénière de juin", day=date(2026, 6, 9), when="mardi 9 juin 2026, de 9 h 30 à 16 h",
    place="La Marlagne, Wépion",
)  # fmt: skip
NAMES = (
    "Ana", "Élodie M.", "محمد عبد الرحمن الأندلسي",
    "Anne-Charlotte van den Broeck-Vandenabeele de Saint-Éloi",
    "W" * 60, "Лариса Петрова", "Jean\u00a0Luc D’Hondt", "Ürün Çağlayan-N’Guyễn", "x" * 120, "🙂 Zoé",
)  # fmt: skip
LONG = "Fédération des associations d’éducation permanente et de cohésion sociale de la province asbl"
BADGES = Badges(
    letterhead=HEAD, day=DAY,
    badges=(
        *(
            Badge(
                name=name, organisation=(LONG, "Ruche", "جمعية الأمل", "")[place % 4],
                lines=("Atelier 1 · 10 h · Grande salle", "Atelier 3 · 14 h · Salle bleue")[: place % 3],
                code=f"code{place}" if place % 2 else "",
            )
            for place, name in enumerate(NAMES)
        ),
        Badge(),
    ),
)  # fmt: skip
NAMED = (Column(label="N°", kind=Kind.NUMBER), Column(label="Nom", kind=Kind.NAME))
LISTS = Sheets(
    letterhead=HEAD, day=DAY, title="Feuilles de signature",
    sheets=(
        Sheet(
            title="Matin", facts=(Fact(label="Salle", text="Grande salle"),), blank=6,
            columns=(*NAMED, Column(label="Organisation"), Column(label="Signature", kind=Kind.SIGN)),
            rows=tuple((f"Personne {number:03}", LONG) for number in range(90)),
        ),
        Sheet(title="Après-midi", columns=NAMED, empty="Personne n’est inscrit ici."),
        Sheet(
            title="Accueil", rows=(("Élodie", "x9Qz"),),
            columns=(
                Column(label="Là", kind=Kind.BOX), Column(label="Nom", kind=Kind.NAME),
                Column(label="Code", kind=Kind.SHORT),
            ),
        ),
    ),
)  # fmt: skip
SIGNS = Signs(
    letterhead=HEAD, day=DAY,
    signs=(
        Sign(name="Vivre ensemble", kind="Atelier 1", note="Salle bleue, de 10 h à 12 h"),
        Sign(name="Parti des Prairies", kind="Parti"), Sign(name=LONG), Sign(name="جمعية الأمل"),
        Sign(name="y" * 150),
    ),
)  # fmt: skip
PAPERS = pytest.mark.parametrize("document", [BADGES, LISTS, SIGNS], ids=["badges", "lists", "signs"])


def words(printed: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(printed))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def roles(printed: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(printed)) as document:
        return [
            str(thing.S)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == pikepdf.Name.StructElem
        ]


@PAPERS
def test_each_paper_is_tagged_and_sound(document: Paper, fonts_folder: Path) -> None:
    printed = pdf.build(document, fonts_folder=fonts_folder)
    assert check.problems(printed) == []
    with pikepdf.open(io.BytesIO(printed)) as opened:
        assert opened.check_pdf_syntax() == []
        assert str(opened.Root.Lang) == "fr"
    reader = pypdf.PdfReader(io.BytesIO(printed))
    assert reader.metadata is not None
    assert reader.metadata.title == content.title_of(document)


@PAPERS
def test_a_process_of_its_own_gives_the_same_bytes(document: Paper, fonts_folder: Path) -> None:
    apart = build_apart(
        document, fonts_folder=fonts_folder, on_progress=lambda *_: None, should_stop=lambda: False
    )
    assert apart == pdf.build(document, fonts_folder=fonts_folder)


@PAPERS
def test_content_survives_the_way_through_json(document: Paper) -> None:
    assert plain.from_json(plain.to_json(document), type(document)) == document


def test_lists_tell_and_leave_room(fonts_folder: Path) -> None:
    printed = pdf.build(LISTS, fonts_folder=fonts_folder)
    text = words(printed)
    for part in (
        "Réseau d’essai", "Feuilles de signature", "Plénière de juin", "mardi 9 juin 2026", "La Marlagne",
        "Matin", "Grande salle", "Personne 089", "Signature", "96", "Personne n’est inscrit ici.", "x9Qz",
    ):  # fmt: skip
        assert part in text
    assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= set(roles(printed))
    nested: Any = pypdf.PdfReader(io.BytesIO(printed)).outline[1]
    titles = [str(entry["/Title"]) for entry in nested]
    assert titles == ["Matin", "Après-midi", "Accueil"]


def test_each_list_begins_a_page_and_its_head_comes_again(fonts_folder: Path) -> None:
    pages = pypdf.PdfReader(io.BytesIO(pdf.build(LISTS, fonts_folder=fonts_folder))).pages
    texts = [page.extract_text() for page in pages]
    morning = [text for text in texts if "Personne 0" in text]
    assert len(morning) > 2
    assert all("Signature" in text for text in morning)
    assert not any("Personne 0" in text for text in texts if "Personne n’est inscrit ici." in text)


@pytest.mark.parametrize("form", FORMATS)
def test_badges_fill_their_sheets(form: str, fonts_folder: Path) -> None:
    badges = dataclasses.replace(BADGES, format=form, badges=BADGES.badges * 3)
    printed = pdf.build(badges, fonts_folder=fonts_folder)
    sheets = -(-len(badges.badges) // FORMATS[form].each)
    assert len(pypdf.PdfReader(io.BytesIO(printed)).pages) == sheets
    assert roles(printed).count("/Figure") == sum(bool(badge.code) for badge in badges.badges)


def boxes(document: Paper, template: str, fonts_folder: Path) -> Iterator[tuple[int, Any]]:
    """Lay a paper out and yield each piece of text with the number of its page."""
    with paper.printing():
        drawable = fonts.drawable(document, fonts_folder)
        laid_out = pdf._press(drawable, fonts_folder).lay_out(template, 1)
        for number, page in enumerate(laid_out.pages):
            yield from ((number, box) for box in pieces(page._page_box))


def pieces(box: Any) -> Iterator[Any]:
    """Yield the pieces of text in a box; what is placed on its own is wrapped."""
    box = getattr(box, "_box", box)
    if type(box).__name__ == "TextBox":
        yield box
    for child in getattr(box, "children", ()):
        yield from pieces(child)


@pytest.mark.parametrize("form", FORMATS)
def test_no_word_leaves_its_card_or_meets_another(form: str, fonts_folder: Path) -> None:
    badges = dataclasses.replace(BADGES, format=form)
    card = FORMATS[form]
    left, top = card.corner
    column, edge = card.width + card.gap, 3
    found: dict[tuple[int, int, int], list[tuple[float, float]]] = {}
    for page, box in boxes(badges, "day/badges.html", fonts_folder):
        x, y = box.position_x * PIXEL, box.position_y * PIXEL
        across, down = int((x - left) // column), int((y - top) // card.height)
        assert x >= left + across * column + edge
        assert x + box.width * PIXEL <= left + across * column + card.width - edge
        assert y + box.height * PIXEL <= top + (down + 1) * card.height + 0.01
        found.setdefault((page, across, down), []).append((y, box.style["font_size"] * PIXEL))
    assert len(found) == len(badges.badges)
    for lines in found.values():
        # From line to line, as much as the smaller type is high.
        lines.sort()
        assert all(
            after - before >= 0.95 * min(size, other)
            for (before, size), (after, other) in itertools.pairwise(lines)
            if after - before > 0.01
        )


def test_no_sign_leaves_its_half(fonts_folder: Path) -> None:
    found = list(boxes(SIGNS, "day/signs.html", fonts_folder))
    assert len(found) > 4 * len(SIGNS.signs)
    for _page, box in found:
        x, y = box.position_x * PIXEL, box.position_y * PIXEL
        assert x >= 10
        assert x + box.width * PIXEL <= 287
        assert y + box.height * PIXEL <= (105 if y < 105 else 210)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.sampled_from("abcWMéèàÎç-’ /\u00a0\u2013محمدعЖ"), max_size=140),
    width=st.floats(15, 120),
    height=st.floats(4, 60),
    weight=st.sampled_from([400, 600]),
)
def test_whatever_the_words_they_fit(
    fonts_folder: Path, text: str, width: float, height: float, weight: int
) -> None:
    room = Room(width, height, pdf.NAME_SIZES, weight)
    for made in (fitting.fit(text, room, fonts_folder), fitting.fit_lines([text], room, fonts_folder)):
        assert made.size in room.sizes
        assert all(
            fitting.width(line, made.size, weight, fonts_folder) <= width + 0.001 for line in made.lines
        )
        assert len(made.lines) == 1 or made.height <= height + 0.001


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from("abcdéÎ- "), min_size=1, max_size=60))
def test_what_fits_is_whole(fonts_folder: Path, text: str) -> None:
    made = fitting.fit(text, Room(80, 60, pdf.NAME_SIZES, 600), fonts_folder)
    assert "".join("".join(made.lines).split()) == "".join(text.split())


def test_short_names_are_large_and_long_ones_smaller(fonts_folder: Path) -> None:
    room = Room(80, 22, pdf.NAME_SIZES, 600)
    sizes = [fitting.fit(name, room, fonts_folder).size for name in ("Ana", NAMES[3], "x" * 120)]
    assert sizes[0] == pdf.NAME_SIZES[0]
    assert sizes[0] > sizes[1] > sizes[2]
    assert fitting.fit(NAMES[3], room, fonts_folder).lines == (
        "Anne-Charlotte van", "den Broeck-Vandenabeele", "de Saint-Éloi",
    ) or len(fitting.fit(NAMES[3], room, fonts_folder).lines) > 1  # fmt: skip


def test_names_keep_their_hyphens_and_share_their_lines(fonts_folder: Path) -> None:
    room = Room(80, 22, tuple(size for size in pdf.NAME_SIZES if size <= 30), 600)
    assert fitting.fit("Élodie Martin-Dupont", room, fonts_folder).lines == ("Élodie", "Martin-Dupont")
    assert fitting.fit("Aa bb cc dd ee ff gg hh", Room(40, 22, (20.0,), 600), fonts_folder).lines == (
        "Aa bb cc dd", "ee ff gg hh",
    )  # fmt: skip


def test_a_name_that_no_font_draws_is_written_by_hand(fonts_folder: Path) -> None:
    names = ("🙂 Zoé", "李小龍", "李 Li", "👩🏽\u200d🚀", "محمد", "Zoe\u0301", "Ana")
    badges = dataclasses.replace(BADGES, badges=tuple(Badge(name=name, code="x") for name in names))
    made = pdf.by_hand(badges, fonts_folder)
    assert isinstance(made, Badges)
    assert [badge.name for badge in made.badges] == ["Zoé", "", "李 Li", "", "محمد", "Zoe\u0301", "Ana"]
    assert words(pdf.build(badges, fonts_folder=fonts_folder)).count("Nom") == 2
    signs = pdf.by_hand(dataclasses.replace(SIGNS, signs=(Sign(name="李"), Sign(name="🙂 A"))), fonts_folder)
    assert isinstance(signs, Signs)
    assert [sign.name for sign in signs.signs] == ["李", "A"]
    sheet = Sheet(title="a", columns=NAMED, rows=(("🙂 Zoé",), ("李",), ("Ana",)))
    lists = pdf.by_hand(dataclasses.replace(LISTS, sheets=(sheet,)), fonts_folder)
    assert isinstance(lists, Sheets)
    assert lists.sheets[0].rows == (("Zoé",), ("李",), ("Ana",))


def test_sheets_that_are_sold_cut_are_met() -> None:
    """Cards: 15 mm at both sides, 10 mm between the columns; labels and inserts touch each other."""
    assert (FORMATS["85x54"].lefts, FORMATS["85x54"].tops[0]) == ((15, 110), 13.5)
    assert (FORMATS["90x54"].lefts, FORMATS["90x54"].tops[0]) == ((15, 105), 13.5)
    assert (FORMATS["105x74"].lefts, FORMATS["105x74"].tops[0]) == ((0, 105), 0.5)
    assert (FORMATS["105x148"].lefts, FORMATS["105x148"].tops) == ((0, 105), (0.5, 148.5))


def test_what_can_t_be_printed_is_refused() -> None:
    cases: tuple[tuple[Paper, str], ...] = (
        (dataclasses.replace(BADGES, badges=()), "pas de badges"),
        (dataclasses.replace(BADGES, format="1x1"), "pas connu"),
        (dataclasses.replace(BADGES, badges=(Badge(name="x" * 201),)), "dépasse 200"),
        (dataclasses.replace(BADGES, badges=(Badge(name="un\x07deux"),)), "U+0007"),
        (dataclasses.replace(SIGNS, signs=(Sign(name=" "),)), "pas de nom"),
        (dataclasses.replace(LISTS, sheets=()), "au moins une liste"),
        (dataclasses.replace(LISTS, sheets=(Sheet(title="a", columns=NAMED, rows=(("b", "c"),)),)), "cases"),
        (dataclasses.replace(LISTS, sheets=(Sheet(title="a", columns=NAMED, blank=20_001),)), "20000 lignes"),
        (dataclasses.replace(LISTS, day=dataclasses.replace(DAY, title="")), "titre manque"),
        (dataclasses.replace(LISTS, letterhead=Letterhead(network=" ")), "réseau manque"),
    )
    for document, words_of_it in cases:
        with pytest.raises(ContentError, match=words_of_it.replace("+", r"\+")):
            content.validate(document)
