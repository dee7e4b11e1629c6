"""Documents are known by what they hold: names lie, archives lie about their size (S12)."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from hub.core import uploads
from hub.core.errors import DomainError


def packed(parts: dict[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return file.getvalue()


def odf(kind: str) -> bytes:
    return packed({"mimetype": uploads.ODF[kind].encode(), "content.xml": b"<x/>"}, stored=("mimetype",))


def ooxml(kind: str, *, macros: bool = False) -> bytes:
    main = uploads.OOXML[kind] + ".main+xml"
    if macros:
        main = "application/vnd.ms-word.document.macroEnabled.main+xml"
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    types = f'<Types xmlns="{space}"><Override PartName="/d.xml" ContentType="{main}"/></Types>'
    return packed({"[Content_Types].xml": types.encode(), "d.xml": b"<x/>"})


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    file = io.BytesIO()
    Image.new("1", size).save(file, kind) if kind == "PNG" else Image.new("L", size).save(file, kind)
    return file.getvalue()


def workbook() -> bytes:
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GOOD = [
    ("note.pdf", PDF, "application/pdf"),
    ("plan.PNG", picture("PNG"), "image/png"),
    ("photo.jpg", picture("JPEG"), "image/jpeg"),
    ("photo.jpeg", picture("JPEG"), "image/jpeg"),
    *[(f"texte{kind}", odf(kind), media) for kind, media in uploads.ODF.items()],
    *[(f"texte{kind}", ooxml(kind), media) for kind, media in uploads.OOXML.items()],
    ("vrai.xlsx", workbook(), uploads.OOXML[".xlsx"]),
    ("note.txt", "À lire\r\n\tavant".encode(), "text/plain"),
    ("ancien.txt", "À lire".encode("cp1252"), "text/plain"),
    ("note.md", b"# Titre", "text/markdown"),
    ("liste.csv", b"\xef\xbb\xbfa;b\r\n1;2", "text/csv"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), GOOD)
def test_what_a_file_is_by_its_content(name: str, content: bytes, media_type: str) -> None:
    assert uploads.recognise(content, name).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.pdf", b""),
        ("sans-fin", PDF),
        ("page.html", b"<script>alert(1)</script>"),
        ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("outil.exe", b"MZ\x90\x00"),
        ("image.pdf", picture("PNG")),
        ("page.pdf", b"<html>%PDF-1.7 %%EOF"),
        ("coupe.pdf", b"%PDF-1.7\n1 0 obj"),
        ("note.png", PDF),
        ("photo.png", picture("JPEG")),
        ("coupe.png", picture("PNG")[:20]),
        ("texte.docx", PDF),
        ("texte.docx", b"PK\x03\x04 nothing of an archive"),
        ("texte.docx", odf(".odt")),
        ("tableau.xlsx", ooxml(".docx")),
        ("texte.odt", odf(".ods")),
        ("macros.docx", ooxml(".docx", macros=True)),
        ("archive.docx", packed({"a.txt": b"rien"})),
        ("binaire.txt", b"a\x00b"),
        ("note.txt", PDF),
        ("table.csv", packed({"a": b"b"})),
        ("xml.docx", packed({"[Content_Types].xml": b'<!DOCTYPE x [<!ENTITY e "x">]><Types>&e;</Types>'})),
    ],
)
def test_a_name_that_lies_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(DomainError) as refusal:
        uploads.recognise(content, name)
    assert refusal.value.field == "file"


def test_a_file_too_heavy_is_refused_before_it_is_read() -> None:
    with pytest.raises(DomainError, match="10 Mo"):
        uploads.recognise(b"%PDF-" + b"0" * uploads.LARGEST, "lourd.pdf")


def test_an_archive_that_unpacks_to_too_much_is_refused() -> None:
    big = packed(
        {"mimetype": uploads.ODF[".odt"].encode(), "content.xml": b"0" * (uploads.LARGEST_UNPACKED + 1)}
    )
    assert len(big) < uploads.LARGEST
    with pytest.raises(DomainError, match="décompressé"):
        uploads.recognise(big, "bombe.odt")


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    """The sizes in the directory are made small: what unpacks must be counted, not believed."""
    honest = packed({"mimetype": uploads.ODF[".odt"].encode(), "content.xml": b"0" * 5_000_000})
    lying = honest.replace(struct.pack("<L", 5_000_000), struct.pack("<L", 10))
    assert lying != honest
    with pytest.raises(DomainError):
        uploads.recognise(lying, "menteur.odt")


def test_an_archive_of_too_many_parts_is_refused() -> None:
    parts = {f"{number}.xml": b"x" for number in range(uploads.MOST_PARTS + 1)}
    with pytest.raises(DomainError, match="décompressé"):
        uploads.recognise(packed(parts), "nombreux.odt")


def test_a_picture_of_too_many_points_is_refused() -> None:
    huge = picture("PNG", (8000, 7000))
    assert len(huge) < uploads.LARGEST
    with pytest.raises(DomainError):
        uploads.recognise(huge, "immense.png")


@given(st.binary(max_size=300), st.sampled_from([*uploads.KINDS, ".html", ""]))
def test_whatever_comes_is_known_or_refused(content: bytes, ending: str) -> None:
    try:
        known = uploads.recognise(content, f"fichier{ending}")
    except DomainError:
        return
    assert known.ending == ending
