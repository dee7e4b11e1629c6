"""The papers of a meeting as PDF: what they say, how they are tagged, what they refuse."""

import dataclasses
import io
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from memoranda import check, plain
from memoranda.errors import ContentError
from memoranda.letter import Letterhead
from memoranda.minutes import content, pdf
from memoranda.minutes.content import (
    Agenda,
    Decided,
    Erratum,
    Minutes,
    Party,
    Passage,
    Sitting,
    Task,
    Text,
    Topic,
    Voice,
)
from memoranda.sandbox import build_apart

HEAD = Letterhead(network="Réseau d’essai", lines=("Rue Exemple 1, 5000 Namur", "reseau@example.org"))
SITTING = Sitting(
    space="Groupe Logement", title="Réunion de juin", day=date(2026, 6, 1),
    when="lundi 1er juin 2026, de 9 h à 11 h 30", place="Maison des associations, Namur",
    online="https://visio.example.org/logement",
)  # fmt: skip
AGENDA = Agenda(
    letterhead=HEAD,
    sitting=SITTING,
    asked=(Party(organisation="La Ruche"), Party(organisation="جمعية الأمل")),
    practical="Parking à l’arrière.",
    topics=(
        Topic(
            number="1", title="Relevé des refus", starts="9 h", lasts="20 min", purpose="Pour décision",
            brought_by="Лариса Петрова", detail="- un\n- [deux](https://example.org/note)",
            documents=("Relevé 2025",),
        ),
        Topic(number="2", title="Divers"),
    ),
    url="https://reseau.example.org/reunions/1",
)  # fmt: skip
TEXT = Text(
    sitting=SITTING,
    present=tuple(
        Party(organisation=f"Association {number}", people=(f"Prénom {number}", "Пётр Ильич"))
        for number in range(40)
    ),
    represented=(Party(organisation="Asbl A", people=("Ana",), by="Asbl B"),),
    excused=(Party(organisation="Asbl C", people=("محمد",)),),
    absent=(Party(organisation="Asbl D"),),
    introduction="La séance s’ouvre à 9 h.",
    passages=(
        Passage(
            key="12", number="1", title="Relevé des refus",
            notes="## Constats\n\nOn refuse souvent 🙂.\n\n1. ici\n2. là\n\n> « Revenez plus tard. »",
            decisions=(
                Decided(
                    code="D-2026-001", text="Le groupe écrit à la Ville.", method="Vote",
                    tally="Pour : 5 · Contre : 1 · Abstention : 1",
                    voices=(
                        Voice(organisation="La Ruche", stance="Contre", reason="Le relevé n’est pas fini."),
                        Voice(organisation="Ville", stance="Abstention"),
                    ),
                ),
            ),
            tasks=(Task(title="Écrire la lettre", owner="La Ruche (Ana)", due="15 juin 2026"),),
            recommendations=("Un guichet logement par commune",),
        ),
        Passage(key="13", number="2", title="Divers"),
    ),
    tasks=(Task(title="Réserver la salle"),),
    closing="Merci à toutes et tous.",
    next_meeting="mardi 7 juillet 2026, de 9 h à 11 h",
)  # fmt: skip
DRAFT = Minutes(letterhead=HEAD, text=TEXT, is_draft=True, standing="Projet, version 1.")
APPROVED = Minutes(
    letterhead=HEAD, text=TEXT, is_draft=False, standing="Approuvé le 7 juillet 2026.",
    errata=(
        Erratum(number=1, dated="9 juillet 2026", about="point 1", text="Lire « trente ».", by="Ana"),
    ),
)  # fmt: skip
EMPTY = Minutes(letterhead=HEAD, text=Text(sitting=SITTING), is_draft=True, standing="Projet.")


def words(printed: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(printed))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def bookmarks(printed: bytes) -> list[str]:
    def flat(entries: list[Any]) -> list[str]:
        return [
            title
            for entry in entries
            for title in (flat(entry) if isinstance(entry, list) else [str(entry["/Title"])])
        ]

    return flat(pypdf.PdfReader(io.BytesIO(printed)).outline)


def structure(printed: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(printed)) as document:
        return [
            str(thing.S)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == pikepdf.Name.StructElem
        ]


@pytest.mark.parametrize(
    "paper", [AGENDA, DRAFT, APPROVED, EMPTY], ids=["agenda", "draft", "approved", "empty"]
)
def test_each_paper_is_tagged_and_sound(paper: Agenda | Minutes, fonts_folder: Path) -> None:
    printed = pdf.build(paper, fonts_folder=fonts_folder)
    assert check.problems(printed) == []
    with pikepdf.open(io.BytesIO(printed)) as document:
        assert document.check_pdf_syntax() == []
        assert str(document.Root.Lang) == "fr"
    reader = pypdf.PdfReader(io.BytesIO(printed))
    assert reader.metadata is not None
    assert reader.metadata.title == content.title_of(paper)
    pages = len(reader.pages)
    for number, page in enumerate(reader.pages, start=1):
        assert f"{number} / {pages}" in page.extract_text()


def test_an_agenda_says_when_where_what_and_who(fonts_folder: Path) -> None:
    printed = pdf.build(AGENDA, fonts_folder=fonts_folder)
    text = words(printed)
    for part in (
        "Réseau d’essai", "Ordre du jour", "Réunion de juin", "lundi 1er juin 2026",
        "Maison des associations", "https://visio.example.org/logement", "9 h", "20 min", "Pour décision",
        "Лариса Петрова", "Relevé 2025", "La Ruche", "reunions/1",
    ):  # fmt: skip
        assert part in text
    assert bookmarks(printed) == [
        "Réunion de juin",
        "Points à l’ordre du jour",
        "Les points en détail",
        "1. Relevé des refus",
        "Documents",
        "Organisations invitées",
    ]
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/Link"} <= set(structure(printed))


def test_minutes_say_all_that_happened(fonts_folder: Path) -> None:
    printed = pdf.build(APPROVED, fonts_folder=fonts_folder)
    text = words(printed)
    for part in (
        "Approuvé le 7 juillet 2026.", "Association 39", "Пётр Ильич", "Asbl B (pour Ana)", "D-2026-001",
        "Pour : 5 · Contre : 1 · Abstention : 1", "Le relevé n’est pas fini.", "Abstention",
        "Écrire la lettre", "15 juin 2026", "Un guichet logement par commune",
        "Rien n’a été noté sur ce point.",
        "mardi 7 juillet 2026", "Erratum 1, 9 juillet 2026", "Réserver la salle",
    ):  # fmt: skip
        assert part.replace(" :", "\u00a0:") in text or part in text, part
    assert "Projet de compte rendu" not in text
    assert "□" in text  # the emoji
    assert "Décision D-2026-001" in " ".join(bookmarks(printed))


def test_a_draft_says_so_on_every_page(fonts_folder: Path) -> None:
    printed = pdf.build(DRAFT, fonts_folder=fonts_folder)
    for page in pypdf.PdfReader(io.BytesIO(printed)).pages:
        assert "Projet de compte rendu" in page.extract_text()


def test_an_empty_meeting_prints(fonts_folder: Path) -> None:
    text = words(pdf.build(EMPTY, fonts_folder=fonts_folder))
    assert "Les présences n’ont pas été notées." in text
    assert "Aucun point n’était à l’ordre du jour." in text


@pytest.mark.parametrize("paper", [AGENDA, APPROVED], ids=["agenda", "minutes"])
def test_a_process_of_its_own_gives_the_same_bytes(paper: Agenda | Minutes, fonts_folder: Path) -> None:
    apart = build_apart(
        paper, fonts_folder=fonts_folder, on_progress=lambda *_: None, should_stop=lambda: False
    )
    assert apart == pdf.build(paper, fonts_folder=fonts_folder)


def test_long_notes_and_long_names_print(fonts_folder: Path) -> None:
    notes = "\n\n".join(f"Paragraphe {number}. " + "Un mot de plus. " * 12 for number in range(80))
    passage = Passage(key="1", number="1", title="Un" * 120, notes=notes)
    sitting = dataclasses.replace(SITTING, title="Réunion " + "x" * 180)
    paper = dataclasses.replace(
        DRAFT, text=Text(sitting=sitting, passages=(passage,), present=(Party(organisation="y" * 180),))
    )
    printed = pdf.build(paper, fonts_folder=fonts_folder)
    assert check.problems(printed) == []
    assert "Paragraphe 79" in words(printed)


@pytest.mark.parametrize("paper", [AGENDA, APPROVED], ids=["agenda", "minutes"])
def test_content_survives_the_way_through_json(paper: Agenda | Minutes) -> None:
    assert plain.from_json(plain.to_json(paper), type(paper)) == paper


def test_what_can_t_be_printed_is_refused_by_its_point() -> None:
    deep = Passage(key="1", number="3", title="Budget", notes="> " * 30 + "trop profond")
    strange = Passage(key="2", number="4", title="Divers", notes="un\x07deux")
    long = Passage(key="3", number="5", title="Suite", notes="a" * (content.LONGEST_NOTES + 1))
    paper = dataclasses.replace(DRAFT, text=Text(sitting=SITTING, passages=(deep, strange, long)))
    with pytest.raises(ContentError) as refused:
        content.validate(paper)
    told = " ".join(problem.sentence for problem in refused.value.problems)
    for part in ("Point 3, « Budget »", "imbriquées", "Point 4", "U+0007", "Point 5", "dépasse"):
        assert part in told
    with pytest.raises(ContentError, match="titre manque"):
        content.validate(dataclasses.replace(AGENDA, sitting=dataclasses.replace(SITTING, title=" ")))
    with pytest.raises(ContentError, match="plus de 200 points"):
        content.validate(dataclasses.replace(AGENDA, topics=(AGENDA.topics[0],) * 201))
