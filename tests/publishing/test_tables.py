"""Files that are no table: told what they are and what is needed, before anything is read of them."""

import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.publishing.models.recipients import Recipient
from hub.publishing.operations.recipients import COLUMNS
from hub.publishing.values import tables
from tests import factories
from tests.publishing import scene
from tests.publishing.test_pages import words


def packed(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def book() -> bytes:
    made, out = Workbook(), BytesIO()
    sheet = made.active
    assert sheet is not None
    sheet.append([column.title for column in COLUMNS])
    sheet.append(["Parti d’essai", "parti", "", "", "", "", ""])
    made.save(out)
    return out.getvalue()


OTHERS = {
    "liste.pdf": (b"%PDF-1.7 ...", "PDF"),
    "photo.xlsx": (b"\x89PNG\r\n\x1a\n" + bytes(40), "image"),
    "vieux.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"),
    "page.xlsx": (b"\xef\xbb\xbf  <!DOCTYPE HTML><table></table>", "page web"),
    "lettre.xlsx": (packed("word/document.xml", "[Content_Types].xml"), "Word"),
    "liste.ods": (packed("content.xml", "META-INF/manifest.xml"), "LibreOffice"),
    "tout.zip": (packed("liste.csv"), "archive"),
    "coupe.xlsx": (book()[:400], "abîmé"),
    "creux.xlsx": (packed("xl/workbook.xml"), "abîmé"),
    "texte.xlsx": (b"Nom;Liste\nAna;A", "se termine par .xlsx"),
    "rien.csv": (b"\x00\x01\x02" * 50, "pas un tableau"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_table_is_called_by_its_name(name: str) -> None:
    content, said = OTHERS[name]
    with pytest.raises(tables.NoTableError) as refusal:
        tables.check(content, name)
    assert said in refusal.value.said
    assert refusal.value.field == "file"


@pytest.mark.parametrize(
    ("content", "name"),
    [(book(), "liste.xlsx"), (book(), "sans-nom"), (b"Nom;Liste\nAna;A", "liste.csv"),
     ("Nom\tListe\nAna\tA".encode("utf-16"), "liste.txt"), (b"", "vide.xlsx")],
)  # fmt: skip
def test_what_may_be_one_goes_on(content: bytes, name: str) -> None:
    tables.check(content, name)


@given(st.binary(max_size=300), st.sampled_from(["a.xlsx", "a.csv", ""]))
def test_no_file_breaks_it(content: bytes, name: str) -> None:
    for whole in (content, b"PK\x03\x04" + content):
        with suppress(tables.NoTableError):
            tables.check(whole, name)


def test_the_page_says_what_the_file_must_be(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> None:
    coordinator = sign_in(client, factories.coordinator(session))
    memorandum = scene.memorandum(session)
    session.commit()
    address = f"/memorandums/{memorandum.slug}/destinataires/importer"
    for name, (content, said) in OTHERS.items():
        answer = coordinator.post(address, data={"file": (BytesIO(content), name)})
        told = words(answer.text).replace("\u00a0", " ")
        assert answer.status_code == 422, name
        assert said in told
        assert "Il faut un classeur Excel (.xlsx) ou un CSV" in told
    assert "Adresse mail" in words(coordinator.get(address).text)
    assert coordinator.post(address, data={"file": (BytesIO(book()), "liste.xlsx")}).status_code == 303
    for place, title in enumerate(("Adresse de courriel", "Adresse e-mail")):
        former = f"Nom;Qualité;{title};Source\nListe {place};parti;{place}@liste.example;affiche".encode()
        assert coordinator.post(address, data={"file": (BytesIO(former), "avant.csv")}).status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Recipient)) == 3
    assert session.scalar(select(Recipient.email).where(Recipient.name == "Liste 1")) == "1@liste.example"
