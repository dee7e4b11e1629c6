"""The paper form of a call as PDF: what it asks, room to write, how it is tagged, what it refuses."""

import dataclasses
import io
from datetime import date
from pathlib import Path

import pikepdf
import pypdf
import pytest

from memoranda import check
from memoranda.errors import ContentError
from memoranda.form import pdf
from memoranda.form.content import PaperForm, Question, Room
from memoranda.letter import Letterhead
from memoranda.sandbox import build_apart

FORM = PaperForm(
    letterhead=Letterhead(network="Réseau d’essai", lines=("reseau@example.org",)),
    title="Ce que vous voyez",
    period="Jusqu’au mardi 22 décembre 2026 inclus",
    introduction="Dites ce que vous **voyez**.",
    questions=(
        Question(label="Le constat", help="Qui, où, depuis quand.", lines=8),
        Question(label="À qui ?", room=Room.SEVERAL, options=("Commune", "Province", "Région", "Fédéral")),
        Question(label="Depuis quand ?", room=Room.ONE, options=("Cette année", "Toujours")),
    ),
    url="https://reseau.example.org/appels/ce-que-vous-voyez",
    url_words="L’appel en ligne :",
    back=("En photo, par mail : reseau@example.org.",),
    becomes=("Chaque contribution est lue.", "Vous saurez ce qu’elle devient."),
    day=date(2026, 11, 22),
)


def words(printed: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(printed)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_it_is_tagged_sound_and_says_all(fonts_folder: Path) -> None:
    made = pdf.build(FORM, fonts_folder=fonts_folder)
    assert check.problems(made) == []
    with pikepdf.open(io.BytesIO(made)) as file:
        assert file.check_pdf_syntax() == []
        assert str(file.Root.Lang) == "fr"
    text = words(made)
    for part in (
        "Ce que vous voyez", "Jusqu’au mardi 22 décembre 2026 inclus", "Votre organisation", "Le constat",
        "Qui, où, depuis quand.", "Commune", "Fédéral", "Cette année", "https://reseau.example.org/appels",
        "reseau@example.org", "Vous saurez ce qu’elle devient.",
    ):  # fmt: skip
        assert part in text


def test_an_organisation_s_own_bears_its_name(fonts_folder: Path) -> None:
    own = dataclasses.replace(FORM, organisation="Maison d’essai")
    assert "Maison d’essai" in words(pdf.build(own, fonts_folder=fonts_folder))


def test_long_questions_and_many_options_are_printed_whole(fonts_folder: Path) -> None:
    long = Question(label="Une question très longue " * 12, help="Une explication " * 18, lines=40)
    many = Question(label="Choix", room=Room.ONE, options=tuple(f"{n} {'réponse ' * 20}" for n in range(40)))
    made = pdf.build(dataclasses.replace(FORM, questions=(long, many)), fonts_folder=fonts_folder)
    assert check.problems(made) == []
    assert all(f"{number} réponse" in words(made) for number in range(40))


@pytest.mark.parametrize(
    "change",
    [
        {"title": " "},
        {"url": ""},
        {"questions": ()},
        {"questions": (Question(label=" "),)},
        {"questions": (Question(label="Combien ?", lines=0),)},
        {"questions": (Question(label="Lequel ?", room=Room.ONE),)},
        {"introduction": "caché\x07"},
    ],
)
def test_what_cannot_be_printed_is_refused(change: dict[str, object], fonts_folder: Path) -> None:
    with pytest.raises(ContentError):
        pdf.build(dataclasses.replace(FORM, **change), fonts_folder=fonts_folder)  # type: ignore[arg-type]


def test_the_same_form_gives_the_same_bytes_apart_too(fonts_folder: Path) -> None:
    apart = build_apart(
        FORM,
        fonts_folder=fonts_folder,
        on_progress=lambda _share, _words: None,
        should_stop=lambda: False,
    )
    assert apart == pdf.build(FORM, fonts_folder=fonts_folder)
