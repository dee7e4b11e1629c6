import dataclasses
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from memoranda import content, markup, pdf
from memoranda.content import Edition
from memoranda.errors import BuildError, ContentError
from memoranda.fetching import BundledFetcher
from tests.memoranda import sample

DRAFT = "Projet – ne pas diffuser"
BUILD = """
import hashlib, pathlib, sys
from memoranda import content, markup, pdf
edition = content.from_json(sys.stdin.read())
print(hashlib.sha256(pdf.build(edition, fonts_folder=pathlib.Path(sys.argv[1]))).hexdigest())
"""


@pytest.fixture(scope="module")
def reader(printed: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(printed))


@pytest.fixture(scope="module")
def pages(reader: pypdf.PdfReader) -> list[str]:
    """Return the text of each page on one line, with ordinary spaces."""
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def page_of(reader: pypdf.PdfReader, anchor: str) -> int:
    """Return the page, from 1, that a link to the anchor leads to."""
    return reader.get_destination_page_number(reader.named_destinations[anchor]) + 1


def test_each_recommendation_stands_under_its_chapter_with_who_bore_it(
    edition: Edition, reader: pypdf.PdfReader, pages: list[str]
) -> None:
    last = 0
    for chapter in edition.chapters:
        assert page_of(reader, chapter.anchor) > last
        for item in chapter.items:
            number = page_of(reader, item.anchor)
            assert page_of(reader, chapter.anchor) <= number
            text = " ".join(pages[number - 1 : number + 1])
            assert " ".join(f"{item.number} {item.title}".split()) in text
            assert f"budget n° {item.number}." in text
            assert item.bearers[0] in text
            last = number


def test_contents_and_level_table_give_the_page_each_recommendation_is_on(
    edition: Edition, reader: pypdf.PdfReader, pages: list[str]
) -> None:
    contents = " ".join(pages[page_of(reader, "table-des-matieres") - 1 : page_of(reader, "preambule") - 1])
    levels = " ".join(pages[page_of(reader, "niveaux-de-pouvoir") - 1 : page_of(reader, "reseau") - 1])
    for item in edition.items:
        line = " ".join(f"{item.number} {item.title} {page_of(reader, item.anchor)}".split())
        assert line in contents
        assert line in levels


def test_pages_bear_their_number_and_the_running_title_of_their_chapter(
    edition: Edition, reader: pypdf.PdfReader, pages: list[str]
) -> None:
    for number, text in enumerate(pages[1:], start=2):
        assert text.endswith(str(number)) or f"· Version 2 {number}" in text
    first, second = (page_of(reader, chapter.anchor) for chapter in edition.chapters[:2])
    for text in pages[first : second - 1]:
        assert f"Chapitre 1. {edition.chapters[0].title}" in text


def test_what_stands_on_the_edge_of_a_page_is_cut_at_a_word() -> None:
    assert markup.shortened("Un titre court") == "Un titre court"
    cut = markup.shortened("Les associations " * 9)
    assert cut.endswith((" associations…", " Les…"))
    assert len(cut) <= markup.LONGEST_EDGE + 1


def test_outline_holds_chapters_and_their_recommendations(edition: Edition, reader: pypdf.PdfReader) -> None:
    outline = reader.outline
    titles = [entry.title for entry in outline if not isinstance(entry, list)]
    assert [
        f"Chapitre {n}. {c.title}".replace(" :", "\u00a0:") for n, c in enumerate(edition.chapters, 1)
    ] == [title for title in titles if title.startswith("Chapitre")]
    below = outline[titles.index("Préambule") + 2]
    assert [entry.title for entry in below] == [
        f"{item.number}. {item.title}" for item in edition.chapters[0].items
    ]


def test_metadata_come_from_the_content_alone(edition: Edition, reader: pypdf.PdfReader) -> None:
    assert reader.metadata is not None
    assert reader.metadata.title == edition.title
    assert reader.metadata.author == edition.network
    assert str(reader.metadata.creation_date).startswith("2024-03-01 00:00")
    assert reader.trailer["/ID"][0] == content.digest(edition)


def test_nothing_of_a_final_edition_says_draft(pages: list[str]) -> None:
    assert not [text for text in pages if DRAFT in text]


def test_a_draft_is_marked_on_every_page_and_in_its_title(fonts_folder: Path) -> None:
    draft = sample.edition(is_draft=True)
    reader = pypdf.PdfReader(io.BytesIO(pdf.build(draft, fonts_folder=fonts_folder)))
    assert reader.metadata is not None
    assert reader.metadata.title == f"{DRAFT} : {draft.title}"
    for page in reader.pages:
        assert DRAFT in " ".join(page.extract_text().split())


def test_same_content_gives_same_bytes_whatever_the_hash_seed_and_the_system_fonts(
    edition: Edition, printed: bytes, fonts_folder: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "42", "TMPDIR": str(tmp_path), "TZ": "Asia/Tokyo"}
    told = subprocess.run(
        [sys.executable, "-c", BUILD, fonts_folder],
        input=content.to_json(edition),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == hashlib.sha256(printed).hexdigest()


def test_progress_never_falls_and_names_the_chapters(
    printed: bytes, progress: list[tuple[float, str]], edition: Edition
) -> None:
    assert printed
    shares = [share for share, _ in progress]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    words = [said for _, said in progress]
    assert f"Chapitre 2 sur 3 : {edition.chapters[1].title}" in words


def test_what_the_progress_raises_stops_the_build(fonts_folder: Path) -> None:
    class StoppedError(Exception):
        pass

    heard: list[str] = []

    def stop(_share: float, words: str) -> None:
        heard.append(words)
        if words.startswith("Chapitre 2"):
            raise StoppedError

    with pytest.raises(StoppedError):
        pdf.build(sample.edition(), fonts_folder=fonts_folder, progress=stop)
    assert not [words for words in heard if words.startswith("Chapitre 3")]


HOSTILE = """<link rel=attachment href="file:///etc/passwd"><img src="http://attacker.example/x.png">
![secret](file:///etc/passwd) ![web](http://attacker.example/y.png)
<style>@import url(http://attacker.example/z.css);</style>
[lien](javascript:alert(1)) <script>alert(1)</script> {{ 7*7 }}"""


def test_hostile_content_is_printed_as_text_and_nothing_is_fetched(fonts_folder: Path) -> None:
    """S5: no file, no address, no attachment, whatever people write in any field."""
    hostile = sample.item(1, HOSTILE.splitlines()[0], text=HOSTILE, finding=HOSTILE, justification=HOSTILE)
    base = sample.edition()
    chapter = dataclasses.replace(base.chapters[0], introduction=HOSTILE, items=(hostile,))
    edition = dataclasses.replace(base, preamble=HOSTILE, contact=HOSTILE, chapters=(chapter,))
    written = pdf.build(edition, fonts_folder=fonts_folder)
    reader = pypdf.PdfReader(io.BytesIO(written))
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert "<linkrel=attachment" in text
    assert "{{7*7}}" in text
    assert "root:" not in text
    assert not reader.attachments
    addresses = [
        note.get_object()["/A"]["/URI"]
        for page in reader.pages
        for note in page.get("/Annots", ())
        if "/A" in note.get_object()
    ]
    assert all(address.startswith(("http://attacker.example/", "https://")) for address in addresses)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://a.example/", "ftp://a.example/", "bundled:../secret", "/etc/passwd"],
)
def test_the_fetcher_refuses_every_address_but_its_own(address: str) -> None:
    with pytest.raises(ValueError, match="Refused"):
        BundledFetcher({"x": ("text/plain", b"here")}).fetch(address)


def test_the_fetcher_gives_its_assets_and_short_data() -> None:
    fetcher = BundledFetcher({"x": ("text/plain", b"here")})
    assert fetcher.fetch("bundled:x").read() == b"here"
    assert fetcher.fetch("data:text/plain,there").read() == b"there"


def test_a_character_no_font_can_draw_is_told_with_its_recommendation(fonts_folder: Path) -> None:
    broken = sample.edition()
    item = dataclasses.replace(broken.items[1], finding="Une suite 漢 de signes")
    chapter = dataclasses.replace(broken.chapters[0], items=(broken.items[0], item))
    with pytest.raises(ContentError) as caught:
        pdf.build(dataclasses.replace(broken, chapters=(chapter,)), fonts_folder=fonts_folder)
    assert [problem.item for problem in caught.value.problems] == ["rec-2"]
    assert "Recommandation 2" in str(caught.value)
    assert "U+6F22" in str(caught.value)


def test_lacking_fonts_are_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"SourceSerif4_400Regular\.ttf"):
        pdf.build(sample.edition(), fonts_folder=tmp_path)
