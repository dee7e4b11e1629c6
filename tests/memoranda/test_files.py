"""EPUB, OpenDocument and open data: the same items in the same order as the page and the PDF."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from pypdf import PdfReader

from hub.core import exports
from memoranda import content, epub, images, odt, opendata, page, pages, pdf, tree, variants
from memoranda.content import Edition
from memoranda.errors import ContentError
from tests.memoranda import sample
from tests.memoranda.editions import editions

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "https://reseau.example/memorandums/m/edition-1"
XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
TABLE, STYLE = f"{{{_ODF}:table:1.0}}", f"{{{_ODF}:style:1.0}}"
DRAW, SVG = f"{{{_ODF}:drawing:1.0}}", f"{{{_ODF}:svg-compatible:1.0}}"
XLINK = "{http://www.w3.org/1999/xlink}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
HEADINGS = re.compile(r'<h3 id="([^"]+)"\s+class="memo-title"')


def entries(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def epub_anchors(package: bytes) -> list[str]:
    """Return the items in the order in which the book is read: by its spine."""
    found = entries(package)
    book = ET.fromstring(found["EPUB/package.opf"])  # noqa: S314 - our own
    files = {one.get("id"): one.get("href") for one in book.iter(f"{OPF}item")}
    anchors = []
    for one in book.iter(f"{OPF}itemref"):
        held = ET.fromstring(found[f"EPUB/{files[one.get('idref')]}"])  # noqa: S314
        anchors += [
            title.get("id", "") for title in held.iter(f"{XHTML}h3") if title.get("class") == "memo-title"
        ]
    return anchors


def odt_anchors(package: bytes, anchors: set[str]) -> list[str]:
    root = ET.fromstring(entries(package)["content.xml"])  # noqa: S314
    names = [mark.get(f"{TEXT}name", "") for mark in root.iter(f"{TEXT}bookmark")]
    return [name for name in names if name in anchors]


# --- The same items everywhere ---------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(editions())
def test_page_epub_odt_and_data_hold_the_same_items_in_the_same_order(edition: Edition) -> None:
    for name in ("full", *(one.name for one in variants.of_kind(edition, variants.Kind.LEVEL))):
        made = variants.make(edition, name)
        expected = [item.anchor for item in made.items]
        assert HEADINGS.findall(page.to_html(made)) == expected
        assert tree.anchors(tree.of(made)) == expected
        assert epub_anchors(epub.build(made)) == expected
        assert odt_anchors(odt.build(made), set(expected)) == expected
        told = json.loads(opendata.as_json(made, ADDRESS))
        assert [item["id"] for item in told["items"]] == expected
        assert [row[0] for row in opendata.rows(made, ADDRESS)] == expected


@settings(max_examples=40, deadline=None)
@given(editions())
def test_packages_are_well_formed_and_their_links_lead_somewhere(edition: Edition) -> None:
    found = entries(epub.build(edition))
    ids = {}
    for name, written in found.items():
        if name.endswith(".xhtml"):
            here = [one.get("id") for one in ET.fromstring(written).iter() if one.get("id")]  # noqa: S314
            assert len(here) == len(set(here))
            ids[name.removeprefix("EPUB/")] = set(here)
    for name, written in found.items():
        if not name.endswith(".xhtml"):
            continue
        for link in ET.fromstring(written).iter(f"{XHTML}a"):  # noqa: S314
            file, _, anchor = link.get("href", "").partition("#")
            if file in ids:
                assert not anchor or anchor in ids[file]
            elif link.get("href") is not None:
                assert re.match(r"(https?|mailto):", file)
    for name, written in entries(odt.build(edition)).items():
        if name.endswith(".xml"):
            ET.fromstring(written)  # noqa: S314


def bookmarks(entries: list[object]) -> list[str]:
    """Return the titles of a PDF's bookmarks in their order, whatever their depth."""
    found: list[str] = []
    for entry in entries:
        found += bookmarks(entry) if isinstance(entry, list) else [str(entry.title)]  # type: ignore[attr-defined]
    return found


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(edition=editions())
def test_the_pdf_holds_the_items_of_the_page_in_the_same_order(edition: Edition, fonts_folder: Path) -> None:
    """Few examples, since each is printed; the bookmarks follow the order of the body."""
    leaflet = variants.make(edition, variants.of_kind(edition, variants.Kind.LEVEL)[0].name)
    for made in (edition, leaflet):
        written = pdf.build(made, fonts_folder=fonts_folder)
        numbers = [item.number for item in made.items]
        told = [
            title.split(" ")[0].rstrip(".") for title in bookmarks(PdfReader(io.BytesIO(written)).outline)
        ]
        assert [number for number in told if number in numbers] == numbers
        assert {item.anchor for item in made.items} <= set(pages.of_anchors(written))


# --- The packages' rules -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "media_type"), [(epub.build, epub.MEDIA_TYPE), (odt.build, odt.MEDIA_TYPE)]
)
def test_the_first_entry_says_what_the_file_is(build: object, media_type: str) -> None:
    written = build(sample.edition())  # type: ignore[operator]
    assert written[30:38] == b"mimetype"
    assert written[38 : 38 + len(media_type)] == media_type.encode()


def test_a_book_names_itself_and_all_that_it_holds() -> None:
    made = variants.make(sample.edition(), "level-commune")
    found = entries(epub.build(made))
    book = ET.fromstring(found["EPUB/package.opf"])  # noqa: S314
    listed = {f"EPUB/{one.get('href')}" for one in book.iter(f"{OPF}item")}
    assert listed == {name for name in found if name.startswith("EPUB/")} - {"EPUB/package.opf"}
    assert book.findtext(f".//{DC}title") == f"{made.title} – {made.variant_title}"
    assert book.findtext(f".//{DC}language") == "fr"


def test_a_draft_says_so_in_every_file() -> None:
    draft = sample.edition(is_draft=True)
    assert "Projet" in entries(epub.build(draft))["EPUB/title.xhtml"].decode()
    assert "Projet" in entries(odt.build(draft))["content.xml"].decode()


def test_files_are_the_same_in_another_process() -> None:
    program = (
        "import hashlib\nfrom memoranda import epub, odt\nfrom tests.memoranda import sample\n"
        "print(*(hashlib.sha256(one.build(sample.full())).hexdigest() for one in (epub, odt)))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
    ).stdout.split()  # fmt: skip
    assert told == [hashlib.sha256(one.build(sample.full())).hexdigest() for one in (epub, odt)]


def test_an_invalid_edition_is_refused() -> None:
    for build in (epub.build, odt.build):
        with pytest.raises(ContentError):
            build(replace(sample.edition(), title=""))


# --- Pictures, notes and tables of what is reworked ---------------------------------------------------------


def drawn() -> Edition:
    """Make an edition with a chart and its table, an image, and logos of who signs and supports."""
    edition = sample.full(
        signatories=(content.Signatory(name="جمعية النور", commune="Namur", logo=logo("orange")),),
        sponsors=(content.Sponsor(name="Fondation d’exemple", mention="Merci", logo=logo("navy")),),
        logo=logo("teal"),
    )
    first, *others = edition.chapters
    chart = replace(first.figures[0], rows=(("Recourir à l’interprétariat", 12), ("Former", 7)))
    image = content.Picture(kind="image", png=logo("gray"), caption="La place", alternative="Une place")
    return replace(edition, chapters=(replace(first, figures=(chart, image)), *others))


def logo(ink: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 120), ink).save(out, "PNG")
    return out.getvalue()


def pictures_of(package: bytes) -> set[tuple[str, str]]:
    """Return the pictures shown in a book or a text: (path, words)."""
    found = entries(package)
    if "content.xml" in found:
        frames = ET.fromstring(found["content.xml"]).iter(f"{DRAW}frame")  # noqa: S314 - our own
        return {
            (one.get(f"{XLINK}href", ""), frame.findtext(f"{SVG}title", ""))
            for frame in frames
            for one in frame.iter(f"{DRAW}image")
        }
    pages = [ET.fromstring(page) for name, page in found.items() if name.endswith(".xhtml")]  # noqa: S314
    return {
        (f"EPUB/{one.get('src')}", one.get("alt", "")) for page in pages for one in page.iter(f"{XHTML}img")
    }


@pytest.mark.parametrize("build", [epub.build, odt.build])
def test_every_picture_stands_in_the_file_with_its_words(build: Callable[[Edition], bytes]) -> None:
    package = build(drawn())
    shown, found = pictures_of(package), entries(package)
    assert {name for name, _words in shown} == {name for name in found if "/pictures/" in f"/{name}"}
    # The cover's threads are an ornament.
    told = {"", "Deux organisations reliées", "Deux", "Une place"}
    told |= {"Logo : Réseau d’exemple", "Logo : جمعية النور", "Logo : Fondation d’exemple"}
    assert {words for _name, words in shown} == told
    written = found.get("META-INF/manifest.xml", found.get("EPUB/package.opf", b"")).decode()
    for name, _words in shown:
        assert f'"{name.removeprefix("EPUB/")}"' in written


@pytest.mark.parametrize("build", [epub.build, odt.build])
def test_the_table_of_a_figure_stands_beside_it(build: Callable[[Edition], bytes]) -> None:
    found = entries(build(drawn()))
    words = " ".join(
        " ".join(ET.fromstring(written).itertext())  # noqa: S314 - our own
        for name, written in found.items()
        if name.endswith(("part-006.xhtml", "content.xml"))
    )
    assert re.search(r"Recourir à l’interprétariat\s+12\s+Former\s+7", words)
    # A drawing without a table is told in words, beside its picture.
    assert build is epub.build or "Figure : Deux organisations reliées" in words


def test_pictures_beyond_the_bound_are_told_in_words() -> None:
    edition = drawn()
    every = images.packed(edition)
    assert sum(len(written) for _media_type, written in every.values()) < images.MOST_PACKED
    lightest = min(len(written) for _media_type, written in every.values())
    some = images.packed(edition, lightest)
    assert len(some) == 1
    root = tree.of(edition, some)
    assert len([one for one in root.iter("img") if one.get("src", "").removeprefix("pictures/") in some]) >= 1
    told = [tree.words(one) for one in root.iter("p") if one.get("class") == "memo-alternative"]
    assert len(told) >= len(every) - 1


def test_notes_of_a_text_are_footnotes_called_once() -> None:
    edition = sample.full()
    root = ET.fromstring(entries(odt.build(edition))["content.xml"])  # noqa: S314 - our own
    notes = [" ".join("".join(one.itertext()).split()) for one in root.iter(f"{TEXT}note-body")]
    assert notes == ["De mars à juin.", *(f"Enquête de demande {place}." for place in range(1, 13))]
    assert "↑" not in "".join(root.itertext())


def test_files_keep_what_is_written_from_right_to_left() -> None:
    said = content.Testimony(text="السكن", may_post=True)
    item = sample.item(1, text="السكن\n\n- السكن\n\n  Le logement\n\n# السكن", testimonies=(said,))
    edition = sample.edition(chapters=(content.Chapter(anchor="un", title="Un", items=(item,)),))
    book = "".join(
        written.decode() for name, written in entries(epub.build(edition)).items() if "part-" in name
    )
    assert book.count('dir="rtl"') == 5
    text = entries(odt.build(edition))["content.xml"].decode()
    assert re.findall(r'style:name="([^"]+)_20_RTL"', text) == [
        "Demand", "Demand_20_List", "Heading_20_3", "Testimony"
    ]  # fmt: skip
    assert '<text:p text:style-name="Demand_20_List">Le logement</text:p>' in text


def test_columns_of_a_text_fill_its_width() -> None:
    root = ET.fromstring(entries(odt.build(drawn()))["content.xml"])  # noqa: S314 - our own
    widths = {
        style.get(f"{STYLE}name"): float(one.get(f"{STYLE}column-width", "").removesuffix("cm"))
        for style in root.iter(f"{STYLE}style")
        for one in style.iter(f"{STYLE}table-column-properties")
    }
    for table in root.iter(f"{TABLE}table"):
        columns = [widths[one.get(f"{TABLE}style-name")] for one in table.iter(f"{TABLE}table-column")]
        assert min(columns) >= 1
        assert abs(sum(columns) - 16) < 0.1
        assert all(len(row) == len(columns) for row in table.iter(f"{TABLE}table-row"))


# --- Open data ----------------------------------------------------------------------------------------------

CORRECTED = (
    opendata.Erratum(1, date(2026, 5, 4), "Page trois."),
    opendata.Erratum(2, date(2026, 5, 5), "=Ailleurs", "2024/99"),
)


def check(value: object, rule: dict[str, object]) -> None:
    """Check a value by the words of JSON Schema that ours uses."""
    kinds = {
        "string": str,
        "object": dict,
        "array": list,
        "integer": int,
        "boolean": bool,
        "null": type(None),
    }
    if "enum" in rule:
        assert value in rule["enum"]  # type: ignore[operator]
        return
    if "const" in rule:
        assert value == rule["const"]
    named = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    assert any(type(value) is kinds[one] for one in named), (value, rule)
    if isinstance(value, dict):
        known = rule["properties"]
        assert set(rule["required"]) <= set(value) <= set(known)  # type: ignore[call-overload]
        for name, part in value.items():
            check(part, known[name])  # type: ignore[index]
    if isinstance(value, list):
        for part in value:
            check(part, rule["items"])  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(editions())
def test_data_follow_their_documented_schema(edition: Edition) -> None:
    check(json.loads(opendata.as_json(edition, ADDRESS, CORRECTED)), opendata.schema())


def test_what_was_corrected_leaves_with_the_data() -> None:
    edition = sample.edition()
    corrected = [*CORRECTED, opendata.Erratum(3, date(2026, 5, 6), "Dix ans.", edition.items[0].number)]
    told = json.loads(opendata.as_json(edition, ADDRESS, corrected))
    check(told, opendata.schema())
    assert told["format"] == "maillage-memorandum-2"
    assert [(one["number"], one["date"], one["item"]) for one in told["errata"]] == [
        (1, "2026-05-04", None), (2, "2026-05-05", "2024/99"), (3, "2026-05-06", edition.items[0].number),
    ]  # fmt: skip
    first, second, *_more = opendata.rows(edition, ADDRESS, corrected)
    assert dict(zip(opendata.HEADER, first, strict=True))["Errata"] == "2026-05-06 : Dix ans."
    assert dict(zip(opendata.HEADER, second, strict=True))["Errata"] == ""
    assert next(opendata.errata_rows(corrected)) == (1, "2026-05-04", None, "Page trois.")
    assert len(opendata.ERRATA_HEADER) == len(opendata.errata_fields())
    assert json.loads(opendata.as_json(edition, ADDRESS))["errata"] == []


def test_every_field_is_documented_and_the_licence_named() -> None:
    told = json.loads(opendata.as_json(sample.edition(), ADDRESS))
    assert all(opendata.fields().values())
    assert told["licence"]["url"].startswith("https://creativecommons.org/")
    assert told["items"][0]["url"] == f"{ADDRESS}#rec-1"
    assert len(opendata.HEADER) == len(opendata.fields())


def test_a_table_says_in_french_what_each_demand_is_beside_the_last_memorandum() -> None:
    edition = sample.edition()
    first, *others = edition.chapters
    known = replace(first.items[0], descent=content.Descent(kind="repeated", since=2018))
    edition = replace(edition, chapters=(replace(first, items=(known, *first.items[1:])), *others))
    row, *_more = opendata.rows(edition, ADDRESS)
    assert dict(zip(opendata.HEADER, row, strict=True))["Filiation"] == "Répétée"
    assert json.loads(opendata.as_json(edition, ADDRESS))["items"][0]["descent"] == "repeated"
    assert "repeated (répétée)" in opendata.fields()["descent"]


def test_no_testimony_and_no_contact_leave_with_the_data() -> None:
    edition = sample.edition(contact="coordination@reseau.example")
    first, *others = edition.chapters
    told = replace(
        first.items[0], testimonies=(content.Testimony(text="Ce que j’ai vécu", who="Une habitante"),)
    )
    edition = replace(edition, chapters=(replace(first, items=(told, *first.items[1:])), *others))
    written = opendata.as_json(edition, ADDRESS) + repr(list(opendata.rows(edition, ADDRESS)))
    for private in ("Ce que j’ai vécu", "Une habitante", "coordination@"):
        assert private not in written
    # What somebody told for print alone isn't put on a public page, nor in files made from it.
    assert "Ce que j’ai vécu" not in entries(epub.build(edition))["EPUB/part-002.xhtml"].decode()
    assert "Ce que j’ai vécu" not in entries(odt.build(edition))["content.xml"].decode()


def test_a_table_holds_no_formula() -> None:
    edition = sample.edition()
    first, *others = edition.chapters
    evil = replace(first.items[0], title='=HYPERLINK("https://x.example")')
    edition = replace(edition, chapters=(replace(first, items=(evil, *first.items[1:])), *others))
    written = exports.as_csv(opendata.HEADER, opendata.rows(edition, ADDRESS)).decode("utf-8-sig")
    assert "'=HYPERLINK" in written
    assert content.to_json(edition)  # the edition itself keeps its words
