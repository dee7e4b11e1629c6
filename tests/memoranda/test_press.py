"""The press: parts kept and bound give the very bytes that one process makes of all of them at once."""

import dataclasses
import hashlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdf
import pytest
from PIL import Image
from weasyprint.html import UA

from memoranda import check, content, excerpt, matter, pages, pdf
from memoranda.content import Edition, Knot, Threads
from memoranda.errors import BuildError
from memoranda.paper import tell_nobody
from memoranda.press import binding, layout, printing, sheets
from memoranda.press.parts import Part
from memoranda.press.printing import Order
from memoranda.press.sheets import Sheets, Typeface
from memoranda.press.store import Store, sweep
from tests.memoranda import sample

BUILD = """
import hashlib, pathlib, sys
from memoranda import content, pdf
from memoranda.press.store import Store
edition = content.from_json(sys.stdin.read())
folder, workers, kept = sys.argv[1:]
made = pdf.build(
    edition, fonts_folder=pathlib.Path(folder), workers=int(workers), store=Store(pathlib.Path(kept))
)
print(hashlib.sha256(made).hexdigest())
"""


def with_other_words(edition: Edition, **changes: object) -> Edition:
    """Change the first recommendation of the second chapter."""
    chapter = edition.chapters[1]
    item = dataclasses.replace(chapter.items[0], **changes)
    chapter = dataclasses.replace(chapter, items=(item, *chapter.items[1:]))
    return dataclasses.replace(edition, chapters=(edition.chapters[0], chapter, *edition.chapters[2:]))


def test_a_part_alone_needs_no_more_of_the_others_than_their_names(
    fonts_folder: Path, tmp_path: Path
) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 20), "#0f5c5c").save(drawn, "png")
    logo = drawn.getvalue()
    whole = sample.full(signatories=(content.Signatory(name="A", logo=logo), *sample.SIGNATORIES))
    chapter = whole.chapters[1]
    for anchor in (chapter.anchor, "partie-methode", "signataires"):
        store = Store(tmp_path / anchor)
        first = pdf.preview(whole, anchor, fonts_folder=fonts_folder, store=store)
        kept = sorted(store.folder.glob("*/*"))
        less = excerpt.of(whole, anchor)
        assert pdf.preview(less, anchor, fonts_folder=fonts_folder, store=store) == first
        assert sorted(store.folder.glob("*/*")) == kept, "what was kept is of the same key"
        others = [item for one in less.chapters if one.anchor != anchor for item in one.items]
        assert not any(item.text or item.finding or item.testimonies for item in others)
    assert logo not in {one.logo for one in excerpt.of(whole, chapter.anchor).signatories}


def telling(heard: list[str]) -> Callable[[float, str], None]:
    """Return a progress that remembers its words."""
    return lambda _share, words: heard.append(words)


def test_no_rule_of_the_base_style_gives_pseudo_elements_to_every_element() -> None:
    assert re.search(r"(?m)^[^/\n]*(^|[\s,*])::[a-z-]+", UA)
    assert not re.search(r"(?m)^[^/\n]*(^|[\s,*])::[a-z-]+", layout.confined(UA))


@pytest.mark.parametrize(("seed", "workers"), [("1", "1"), ("2", "2"), ("3", "3")])
def test_hash_seed_workers_and_what_is_kept_change_no_byte(
    seed: str, workers: str, edition: Edition, printed: bytes, fonts_folder: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TMPDIR": str(tmp_path)}
    kept = tmp_path / "kept"
    # From nothing, from what was kept, and from what was kept of all but some parts.
    for take_away in (0, 0, 4):
        for path in sorted(kept.glob("*/*"))[:take_away]:
            path.unlink()
        told = subprocess.run(
            [sys.executable, "-c", BUILD, fonts_folder, workers, kept],
            input=content.to_json(edition), env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert told.stdout.strip() == hashlib.sha256(printed).hexdigest()
    assert [path for path in tmp_path.iterdir() if path != kept] == []


def test_only_the_chapter_that_changed_is_laid_out_again(
    edition: Edition, fonts_folder: Path, tmp_path: Path
) -> None:
    store, heard = Store(tmp_path), list[str]()
    pdf.build(edition, fonts_folder=fonts_folder, store=store)
    other = with_other_words(edition, text="Tout autre chose. " * 90)
    made = pdf.build(other, fonts_folder=fonts_folder, store=store, progress=telling(heard))
    chapters = [words for words in heard if words.startswith("Chapitre")]
    assert chapters == [f"Chapitre 2 sur 3 : {edition.chapters[1].title}"]
    assert "Table des matières" not in heard
    # The contents were kept, and yet tell where each recommendation stands now.
    assert made == pdf.build(other, fonts_folder=fonts_folder)
    found = pages.of_anchors(made)
    assert (
        found[edition.chapters[2].anchor]
        > pages.of_anchors(pdf.build(edition, fonts_folder=fonts_folder))[edition.chapters[2].anchor]
    )
    reader = pypdf.PdfReader(io.BytesIO(made))
    contents = " ".join(reader.pages[found["table-des-matieres"] - 1].extract_text().split())
    assert f"{edition.chapters[2].title} {found[edition.chapters[2].anchor]}" in contents


def test_another_title_lays_out_the_contents_too(
    edition: Edition, fonts_folder: Path, tmp_path: Path
) -> None:
    store, heard = Store(tmp_path), list[str]()
    pdf.build(edition, fonts_folder=fonts_folder, store=store)
    other = with_other_words(edition, title="Un titre nouveau")
    made = pdf.build(other, fonts_folder=fonts_folder, store=store, progress=telling(heard))
    assert "Table des matières" in heard
    assert made == pdf.build(other, fonts_folder=fonts_folder)


def test_another_network_lays_out_the_cover_alone(
    edition: Edition, fonts_folder: Path, tmp_path: Path
) -> None:
    """A chapter looked at before the network is drawn is the one of the whole."""
    store, heard = Store(tmp_path), list[str]()
    chapter = edition.chapters[1].anchor
    pdf.preview(dataclasses.replace(edition, threads=None), chapter, fonts_folder=fonts_folder, store=store)
    threads = Threads(knots=(Knot(x=0, y=0, size=1), Knot(x=9, y=9, size=1)), lines=((0, 1),))
    for drawn in (None, threads):
        heard.clear()
        other = dataclasses.replace(edition, threads=drawn)
        pdf.build(other, fonts_folder=fonts_folder, store=store, progress=telling(heard))
        assert not any(edition.chapters[1].title in words for words in heard)
    assert [words for words in heard if words == "Couverture"] == ["Couverture"]
    assert not any(edition.chapters[0].title in words for words in heard)


def test_each_font_is_embedded_once_with_the_glyphs_in_use(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as document:
        names = [
            str(thing.FontName)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing
        ]
        sizes = [
            len(thing.FontFile2.read_bytes())
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing
        ]
    assert sorted(names) == sorted(set(names))
    assert len(names) >= 3
    assert max(sizes) < 100_000


def test_the_file_is_whole_by_its_own_syntax(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as document:
        assert document.check_pdf_syntax() == []
        root = document.Root.StructTreeRoot
        keys = [key for key, _ in check._parent_tree(root.ParentTree)]
        assert keys == list(range(int(root.ParentTreeNextKey)))


def test_every_link_leads_to_its_page(edition: Edition, printed: bytes) -> None:
    found = pages.of_anchors(printed)
    links = set()
    with pikepdf.open(io.BytesIO(printed)) as document:
        for page in document.pages:
            for note in page.obj.get("/Annots", ()):
                if "/Dest" in note:
                    links.add(str(note.Dest))
                    assert str(note.Contents)
    assert links <= found.keys()
    assert {item.anchor for item in edition.items} <= links


# --- Parts of our own ---------------------------------------------------------------------------


def order_of(edition: Edition, fonts_folder: Path, parts: tuple[Part, ...], **more: object) -> Order:
    """Return an order to print those parts in the look of an edition."""
    fields: dict[str, object] = {
        "parts": parts, "look": pdf.look_of(edition), "about": pdf._about(edition),
        "titles": matter.titles(edition), "identifier": "x", "fonts_folder": fonts_folder,
    }  # fmt: skip
    return Order(**(fields | more))


def test_what_cannot_be_laid_out_is_named(edition: Edition, fonts_folder: Path) -> None:
    parts = list(matter.parts_of(edition))
    place = next(index for index, part in enumerate(parts) if part.anchor == "chapitre-1")
    chapter = edition.chapters[1]
    broken = dataclasses.replace(chapter.items[2], levels=None)
    items = (*chapter.items[:2], broken, *chapter.items[3:])
    part = parts[place]
    parts[place] = dataclasses.replace(
        part,
        data={**part.data, "chapters": ((2, dataclasses.replace(chapter, items=items)),)},
        pieces=tuple(
            dataclasses.replace(
                piece, data={**piece.data, "chapters": ((2, dataclasses.replace(chapter, items=(item,))),)}
            )
            for piece, item in zip(part.pieces, items, strict=True)
        ),
    )
    for workers in (0, 2):
        with pytest.raises(BuildError, match=f"Recommandation {broken.number} ") as caught:
            printing.print_parts(order_of(edition, fonts_folder, tuple(parts), workers=workers), tell_nobody)
        assert caught.value.item == broken.anchor


def test_a_warning_of_the_layout_is_an_error(edition: Edition, fonts_folder: Path) -> None:
    part = next(part for part in matter.parts_of(edition) if part.anchor == "chapitre-0")
    look = dataclasses.replace(pdf.look_of(edition), style="p { colour: red }")
    order = dataclasses.replace(order_of(edition, fonts_folder, (part,), is_whole=False), look=look)
    with pytest.raises(BuildError, match="colour"):
        printing.print_parts(order, tell_nobody)


def test_a_part_without_memory_is_named(
    edition: Edition, fonts_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> Sheets:
        raise MemoryError

    monkeypatch.setattr(layout.Typesetter, "_sheets", fail)
    part = next(part for part in matter.parts_of(edition) if part.anchor == "chapitre-0")
    with pytest.raises(BuildError, match=r"Accueil.*trop de mémoire") as caught:
        printing.print_parts(order_of(edition, fonts_folder, (part,), is_whole=False), tell_nobody)
    assert caught.value.item == "chapitre-0"


def test_a_link_that_leads_nowhere_is_an_error_unless_only_a_part_is_printed(
    edition: Edition, fonts_folder: Path
) -> None:
    contents = next(part for part in matter.parts_of(edition) if part.is_contents)
    with pytest.raises(BuildError):
        printing.print_parts(order_of(edition, fonts_folder, (contents,)), tell_nobody)


def test_a_part_of_the_right_hand_begins_on_an_odd_page(edition: Edition, fonts_folder: Path) -> None:
    chosen = [part for part in matter.parts_of(edition) if part.anchor.startswith("chapitre-")]
    parts = tuple(dataclasses.replace(part, recto=True) for part in chosen)
    made = printing.print_parts(order_of(edition, fonts_folder, parts, is_whole=False), tell_nobody)
    found = pages.of_anchors(made)
    assert all(found[part.anchor] % 2 == 1 for part in parts)
    # A chapter alone begins below the title that stands on a cover; all else is right, of blank pages too.
    assert check.problems(made) == ["heading 2 after 0"]


def test_a_chapter_alone_is_what_it_is_in_the_whole(
    edition: Edition, printed: bytes, fonts_folder: Path
) -> None:
    anchor = edition.chapters[1].anchor
    alone = pypdf.PdfReader(io.BytesIO(pdf.preview(edition, anchor, fonts_folder=fonts_folder)))
    whole = pypdf.PdfReader(io.BytesIO(printed))
    start = pages.of_anchors(printed)[anchor] - 1
    for index, page in enumerate(alone.pages):
        # Both but for the number of the page, which comes last.
        one, other = page.extract_text().split(), whole.pages[start + index].extract_text().split()
        assert one[:-1] == other[:-1]
        assert (one[-1], other[-1]) == (f"{index + 1}", f"{start + index + 1}")
    with pytest.raises(KeyError):
        pdf.preview(edition, "nulle-part", fonts_folder=fonts_folder)


def test_a_part_is_shown_alone_even_where_it_shares_its_pages(edition: Edition, fonts_folder: Path) -> None:
    sections = tuple(content.usual(kind) for kind in content.USUAL_SECTIONS)
    whole = dataclasses.replace(edition, sections=sections, layout="print", preamble="", glossary=(
        content.Term(term="CPAS", definition="Centre public d’action sociale."),
    ))  # fmt: skip
    alone = pypdf.PdfReader(io.BytesIO(pdf.preview(whole, "glossaire", fonts_folder=fonts_folder)))
    words = " ".join(page.extract_text() for page in alone.pages)
    assert "Centre public" in words
    assert "Contact" not in words
    for anchor in ("index", "priorites"):
        with pytest.raises(KeyError):
            pdf.preview(whole, anchor, fonts_folder=fonts_folder)


# --- What is kept -------------------------------------------------------------------------------


def test_what_is_broken_in_the_store_is_made_anew(
    edition: Edition, printed: bytes, fonts_folder: Path, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    pdf.build(edition, fonts_folder=fonts_folder, store=store)
    for path in tmp_path.glob("*/*"):
        path.write_bytes(path.read_bytes()[:-1])
    assert pdf.build(edition, fonts_folder=fonts_folder, store=store) == printed


def test_sheets_are_read_as_they_were_written() -> None:
    typeface = Typeface("/A+B", "B", "b.ttf", 4, 800.0, -200.0, {3: 500}, {3: "é"})
    made = Sheets(
        objects=[b"<<>>", b""], streams={1: (b"<<>>", b"\x00\x01")}, texts={}, pages=[0], top=[],
        owners=[[None, 1]], linked=[], identified=[], anchors=[["a", 0, 1.5, 2.5]], bookmarks=[],
        targets=["b"], asked=[],
        fonts={"A": typeface},
    )  # fmt: skip
    written = sheets.to_bytes(made)
    assert sheets.from_bytes(written) == made
    for broken in (b"", b"other", written[:-1], written + b"x"):
        with pytest.raises(ValueError, match="sheets"):
            sheets.from_bytes(broken)


def test_the_store_forgets_what_is_old_and_what_is_too_much(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(4):
        key = f"{number}" * 64
        store.put(key, b"x" * 100)
        os.utime(tmp_path / key[:2] / key, (1_000_000_000 + number, 1_000_000_000 + number))
    assert store.get("0" * 64) == b"x" * 100  # used now
    half = tmp_path / "00" / ".half"
    half.write_bytes(b"")
    os.utime(half, (1_000_000_000, 1_000_000_000))
    assert sweep(tmp_path, days=1e6, most=300) == 3
    assert store.get("0" * 64) is not None
    assert store.get("3" * 64) is not None
    assert sweep(tmp_path, days=-1) == 2
    assert store.get("0" * 64) is None


def test_a_store_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    place = tmp_path / "a-file"
    place.write_bytes(b"")
    store = Store(place)
    store.put("0" * 64, b"x")
    assert store.get("0" * 64) is None


def test_pages_are_counted_from_the_first_and_to_the_right() -> None:
    assert binding.starts([1, 2, 3], [False, False, False]) == [1, 2, 4]
    assert binding.starts([1, 2, 3], [False, True, True]) == [1, 3, 5]
    assert binding.starts([1, 2], [True, False], first=4) == [5, 6]
