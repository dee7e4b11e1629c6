"""Pages made from another of their kind are what laying each of them out gives."""

import dataclasses
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoranda import check, plain
from memoranda.certificate import pdf
from memoranda.certificate.content import LONGEST_NAME, Certificate, Certificates
from memoranda.errors import BuildError
from memoranda.letter import Letterhead
from memoranda.press import copying
from memoranda.press.layout import Typesetter
from memoranda.press.parts import Copy, Look, Part, keys

ONE = Certificate(
    name="Amina Benali", serial="2026-0001", title="Ateliers citoyens", kind="Module",
    period="le 3 mars 2026", hours="48\u00a0heures", sessions="12\u00a0séances", place="Bruxelles",
    issued="Délivrée le 20 avril 2026", code="7F3K-9QXM", where="reseau.example.org/attestation",
    url="https://reseau.example.org/attestation/7F3K9QXM",
    mentions="Une mention, et [un lien](https://example.org).\n\n- niveau\n- Module",
)  # fmt: skip
NAMES = (
    "Amina Benali", "Jean-François Œuvré", "محمد الأمل", "Ali محمد الأمل", "fi fl ffi AVA To", "Zoë 🙂",
    "Maximilienne-Philippine de la Tour de l’Église", "Maximilienne " * 9, "W" * LONGEST_NAME, "Module",
    "niveau", "Amina  Double", " Amina", "Ren\u00adé", "e\u0301ric", "Иван Петров", "שלום",
    "\u202eAmina\u202c",
    "<b>Amina</b> & co", "12 séances", "a\u200bb", "Amina\u2028Benali", "Δ", "Bob\u00a0", "ا",
)  # fmt: skip
LETTERS = st.sampled_from("aàéfilmWTAVñŁş ’-.\u00a0\u00ad\u200d\u0301بتمحمدلا\u0651ΔЖ1()😀")


def named(*names: str) -> Certificates:
    """Return certificates that differ in all that they may, whatever the names."""
    several = (
        dataclasses.replace(
            ONE, name=name, serial=f"2026-{number}", code=f"CODE-{number**3}", url=f"{ONE.url}{number}",
            hours=(ONE.hours, "45\u00a0minutes")[number % 2], issued=f"Délivrée le {number + 1} mai 2026",
            sessions=("1\u00a0séance", ONE.sessions)[number % 3 > 0],
            period=(ONE.period, "le 1er mai 2026")[number % 3 > 1],
        )
        for number, name in enumerate(names)
    )  # fmt: skip
    head = Letterhead(network="Réseau d’essai")
    return Certificates(letterhead=head, certificates=tuple(several), day=date(2026, 4, 20))


@contextmanager
def laying_out() -> Iterator[list[int]]:
    """Tell how many pages each run of WeasyPrint lays out, but for the figures."""
    found: list[int] = []
    usual = Typesetter._render

    def heard(self: Typesetter, part: Part, data: Any, pages: Any) -> Any:
        found.extend([len(data["copies"])] if "copies" in data else ())
        return usual(self, part, data, pages)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Typesetter, "_render", heard)
        yield found


def each_laid_out(document: Certificates, fonts_folder: Path) -> bytes:
    """Return the PDF in which no page is made from another."""
    with pytest.MonkeyPatch.context() as patch, laying_out() as found:
        patch.setattr(copying._Master, "set", lambda _self, _copy: None)
        made = pdf.build(document, fonts_folder=fonts_folder)
    assert found[-1] == len(document.certificates)
    return made


def described(made: bytes) -> list[Any]:
    """Return what stands on each page and how it is tagged; frames are numbered as they come."""
    with pikepdf.open(io.BytesIO(made)) as file:
        numbers = {page.obj.objgen: number for number, page in enumerate(file.pages)}
        pages = [re.sub(rb"/x\d+ Do", b"/x Do", page.Contents.read_bytes()) for page in file.pages]
        links = [
            [
                (str(note.A.URI), str(note.Contents), [str(side) for side in note.Rect])
                for note in page.obj.get("/Annots", [])
            ]
            for page in file.pages
        ]
        tree = [_tags(element, numbers) for element in file.Root.StructTreeRoot.K[0].K]
        with file.open_outline() as outline:
            marks = [
                (entry.title, numbers[entry.destination[0].objgen], str(entry.destination[3]))  # type: ignore[index]
                for entry in outline.root
            ]
    return [*zip(pages, links, tree, strict=True), marks]


def _tags(element: Any, numbers: dict[Any, int]) -> Any:
    if not isinstance(element, pikepdf.Dictionary):
        return int(element)
    if "/S" not in element:
        return str(element.Obj.A.URI)
    box = [str(side) for side in element.A.BBox] if "/A" in element else ""
    kids = [_tags(kid, numbers) for kid in element.get("/K", [])]
    return str(element.S), str(element.get("/Alt", "")), box, numbers[element.Pg.objgen], kids


def letters(made: bytes) -> dict[str, Any]:
    """Return, by font, the glyphs that are embedded, and the letters that they stand for."""
    with pikepdf.open(io.BytesIO(made)) as file:
        found = [thing for thing in file.objects if isinstance(thing, pikepdf.Dictionary)]
        fonts = [thing for thing in found if "/DescendantFonts" in thing]
        return {
            str(font.BaseFont): (
                sorted(font.ToUnicode.read_bytes().split(b"\n")),
                font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes(),
            )
            for font in fonts
        }


def test_pages_are_what_laying_each_out_gives(fonts_folder: Path) -> None:
    document = named(*NAMES)
    with laying_out() as found:
        made = pdf.build(document, fonts_folder=fonts_folder)
    assert found[-1] < len(NAMES)
    assert check.problems(made) == []
    alone = each_laid_out(document, fonts_folder)
    assert described(made) == described(alone)
    assert letters(made).keys() == letters(alone).keys()


@settings(max_examples=6, deadline=None)
@given(st.lists(st.text(LETTERS, min_size=1, max_size=50).filter(str.strip), min_size=6, max_size=12))
def test_whatever_the_names(fonts_folder: Path, names: list[str]) -> None:
    document = named(*names)
    made = pdf.build(document, fonts_folder=fonts_folder)
    assert check.problems(made) == []
    assert described(made) == described(each_laid_out(document, fonts_folder))


def test_one_of_each_kind_is_laid_out(fonts_folder: Path) -> None:
    with laying_out() as found:
        pdf.build(named(*(f"Personne {number}" for number in range(40))), fonts_folder=fonts_folder)
    assert found == [1]


def test_a_higher_line_is_laid_out_too(fonts_folder: Path) -> None:
    """Arabic letters ask for a higher line, so that all below stands lower."""
    with laying_out() as found:
        pdf.build(named("Amina", "محمد", "Bob", "الأمل", "Zoé", "محمد الأمل"), fonts_folder=fonts_folder)
    assert found == [2]


def test_names_of_two_lines_are_all_laid_out(fonts_folder: Path) -> None:
    with laying_out() as found:
        pdf.build(named("Amina", "Bob", "W" * 44, "V" * 44), fonts_folder=fonts_folder)
    assert found == [1, 3]


def test_other_mentions_are_of_another_kind(fonts_folder: Path) -> None:
    document = named("Amina", "Bob", "Zoé", "Ali")
    other = [dataclasses.replace(one, mentions="Autre chose.") for one in document.certificates[2:]]
    document = dataclasses.replace(document, certificates=(*document.certificates[:2], *other))
    with laying_out() as found:
        made = pdf.build(document, fonts_folder=fonts_folder)
    assert found == [2]
    assert described(made) == described(each_laid_out(document, fonts_folder))


def test_what_is_not_found_again_is_laid_out(fonts_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is not made from one whose texts another hand than ours has drawn."""
    document = named("Amina", "Bob", "Zoé")
    usual = pdf.build(document, fonts_folder=fonts_folder)
    monkeypatch.setattr(copying, "_shown", lambda _text, _stream: b"BT\nET of another kind")
    with laying_out() as found:
        made = pdf.build(document, fonts_folder=fonts_folder)
    assert found == [1, 3]
    assert described(made) == described(usual)


def test_a_copy_of_two_pages_is_refused(fonts_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = pdf._look(named("Amina"))
    broken = Look(style=f"{usual.style} .given + .what {{ break-before: page }}", assets=usual.assets)
    monkeypatch.setattr(pdf, "_look", lambda _document: broken)
    with pytest.raises(BuildError, match="ne tient pas sur une page"):
        pdf.build(named("Amina", "Bob"), fonts_folder=fonts_folder)


def test_copies_are_never_kept(fonts_folder: Path) -> None:
    part = Part(name="", template="", copies=(Copy(kind="", data={}, texts={}),))
    with pytest.raises(ValueError, match="not kept"):
        keys((part,), Look(style="", assets={}), fonts_folder)


def test_processes_and_their_number_change_no_byte(fonts_folder: Path) -> None:
    document = named(*NAMES, *NAMES, *NAMES)
    first = pdf.build(document, fonts_folder=fonts_folder)
    assert plain.digest(document) in first.decode("latin-1")
    for workers in (1, 3):
        assert pdf.build(document, fonts_folder=fonts_folder, workers=workers) == first
