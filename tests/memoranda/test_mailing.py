"""Letters for the post: a page each, the address in its place, what can't be printed said."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from memoranda import check
from memoranda.errors import ContentError
from memoranda.letter import Letterhead
from memoranda.mailing import pdf
from memoranda.mailing.content import Letters, PostedLetter

LETTERS = Letters(
    letterhead=Letterhead(network="Réseau d’essai"),
    letters=tuple(
        PostedLetter(
            to=(f"Liste {name} (fictive)", "Rue de l’Essai 1", "5000 Namur"), subject="Nos demandes",
            text=f"Bonjour {name},\n\nLisez **nos demandes**.",
        )
        for name in "AB"
    ),
    day=date(2026, 3, 10),
    written="Le mardi 10 mars 2026",
)  # fmt: skip


def test_each_letter_has_pages_of_its_own_and_the_same_bytes(fonts_folder: Path) -> None:
    made = pdf.build(LETTERS, fonts_folder=fonts_folder)
    texts = [page.extract_text() for page in PdfReader(BytesIO(made)).pages]
    assert len(texts) == len(LETTERS.letters)
    assert "Liste A (fictive)" in texts[0]
    assert "Liste B (fictive)" not in texts[0]
    assert pdf.build(LETTERS, fonts_folder=fonts_folder) == made
    assert check.problems(made) == []


@pytest.mark.parametrize(
    "broken",
    [
        replace(LETTERS, letters=()),
        replace(LETTERS, letters=(replace(LETTERS.letters[0], to=()),)),
        replace(LETTERS, letters=(replace(LETTERS.letters[0], text="x" * 20_001),)),
    ],
)
def test_what_can_t_be_printed_is_said(broken: Letters, fonts_folder: Path) -> None:
    with pytest.raises(ContentError):
        pdf.build(broken, fonts_folder=fonts_folder)
