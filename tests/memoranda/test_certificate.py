"""Certificates as PDF: what they say, one page each, how they are tagged, what they refuse."""

import dataclasses
import io
import re
from datetime import date
from pathlib import Path

import pikepdf
import pypdf
import pytest
import segno

from memoranda import check, pages
from memoranda.certificate import content, pdf
from memoranda.certificate.content import Certificate, Certificates
from memoranda.errors import ContentError
from memoranda.letter import Letterhead
from memoranda.sandbox import build_apart

HEAD = Letterhead(network="Réseau d’essai", lines=("reseau@example.org",))
ONE = Certificate(
    name="Amina Benali",
    serial="2026-0042",
    title="Ateliers citoyens : module du matin",
    kind="Module",
    period="du 3 mars au 16 avril 2026",
    hours="48\u00a0heures",
    sessions="12\u00a0séances",
    issued="Délivrée le 20 avril 2026",
    code="7F3K-9QXM-2B7C-XW41-0ZTR",
    url="https://reseau.example.org/attestation/7F3K9QXM2B7CXW410ZTR",
    where="reseau.example.org/attestation",
    organisers="Organisation d’essai",
    place="Bruxelles",
    mentions="Elle dit la présence.\n\n- Ni **niveau**,\n- ni [épreuve](https://example.org).",
    signatory="L’équipe",
)
LONG = dataclasses.replace(
    ONE,
    name=("Maximilienne-Philippine " * 6)[: content.LONGEST_NAME],
    title=("Un module dont le titre dit tout ce que l’on y fait " * 5)[:200],
    mentions=("Mention légale assez longue pour remplir la page. " * 30)[: content.LONGEST_MENTIONS],
    organisers="Une association parmi d’autres, " * 6,
    place="Centre culturel de la très longue rue du Moulin, 5000 Namur",
    signatory="Direction générale de la coordination des initiatives locales d’intégration " * 2,
    notice="Cette attestation a été retirée : elle ne vaut plus.",
)
LISTED = dataclasses.replace(
    ONE, mentions="\n".join("- une mention de plus, assez longue" for _ in range(content.MOST_MENTION_LINES))
)
BARE = dataclasses.replace(ONE, mentions="", signatory="", organisers="", place="", name="محمد الأمل")


def document(*certificates: Certificate) -> Certificates:
    return Certificates(letterhead=HEAD, certificates=certificates, day=date(2026, 4, 20))


def words(printed: bytes, page: int = 0) -> str:
    return " ".join(pypdf.PdfReader(io.BytesIO(printed)).pages[page].extract_text().split())


def printed(fonts_folder: Path, *certificates: Certificate) -> bytes:
    return pdf.build(document(*certificates), fonts_folder=fonts_folder)


@pytest.mark.parametrize("one", [ONE, LONG, LISTED, BARE], ids=["usual", "long", "listed", "bare"])
def test_each_is_one_page_tagged_and_sound(one: Certificate, fonts_folder: Path) -> None:
    made = printed(fonts_folder, one)
    assert check.problems(made) == []
    assert pages.count(made) == 1
    with pikepdf.open(io.BytesIO(made)) as file:
        assert file.check_pdf_syntax() == []
        assert str(file.Root.Lang) == "fr"
        left, bottom, right, top = (float(side) for side in file.pages[0].mediabox)
        assert (round(right - left), round(top - bottom)) == (842, 595)  # A4 on its side
    metadata = pypdf.PdfReader(io.BytesIO(made)).metadata
    assert metadata is not None
    assert metadata.title == f"Attestation de fréquentation : {one.title}"


def test_it_says_whose_for_what_how_much_and_how_to_verify(fonts_folder: Path) -> None:
    text = words(printed(fonts_folder, ONE))
    for part in (
        "Attestation de fréquentation", "Amina Benali", "Ateliers citoyens", "du 3 mars au 16 avril 2026",
        "48 heures", "12 séances", "2026-0042", "7F3K-9QXM-2B7C-XW41-0ZTR", "reseau.example.org/attestation",
        "Elle dit la présence.", "L’équipe", "Délivrée le 20 avril 2026",
    ):  # fmt: skip
        assert part in text


def test_nothing_of_what_was_typed_is_cut(fonts_folder: Path) -> None:
    text = words(printed(fonts_folder, LONG)).replace("-", "").replace(" ", "")
    for part in (LONG.name, LONG.title, LONG.mentions, LONG.signatory, LONG.organisers, LONG.place):
        # The last words: what would run over the edge runs over there.
        assert "".join(part.split()[-2:]).replace("-", "") in text
    assert "a été retirée" in words(printed(fonts_folder, LONG))


def test_the_feet_of_the_page_are_not_covered(fonts_folder: Path) -> None:
    """The mentions end above the signature, however long they are."""
    for one in (LONG, LISTED):
        page = pypdf.PdfReader(io.BytesIO(printed(fonts_folder, one))).pages[0]
        heights: dict[str, list[float]] = {"mention": [], "20 avril": []}

        def see(
            text: str, _cm: object, tm: list[float], *_rest: object, seen: dict[str, list[float]] = heights
        ) -> None:
            for word, found in seen.items():
                if word.casefold() in text.casefold():
                    found.append(tm[5])

        page.extract_text(visitor_text=see)
        # Measured from the top of the page.
        assert max(heights["mention"]) + 10 < min(heights["20 avril"])


def test_a_page_for_each(fonts_folder: Path) -> None:
    others = [
        dataclasses.replace(ONE, name=f"Personne {number}", serial=f"2026-{number:04d}")
        for number in range(5)
    ]
    made = printed(fonts_folder, *others)
    assert pages.count(made) == 5
    assert check.problems(made) == []
    for number in range(5):
        assert f"Personne {number}" in words(made, number)
        assert f"2026-{number:04d}" in words(made, number)


def test_the_frame_is_drawn_once_for_all_pages(fonts_folder: Path) -> None:
    """Each further page adds its code, not the threads around it."""
    others = [dataclasses.replace(ONE, serial=f"{number}", code=f"C-{number}") for number in range(5)]
    with pikepdf.open(io.BytesIO(printed(fonts_folder, *others))) as file:
        forms = [one for one in file.objects if isinstance(one, pikepdf.Stream) and "/BBox" in one]
        wide = [form for form in forms if float(form.BBox[2]) > 1_000]  # codes are small
        bends = [form.read_bytes().count(b" c\n") for form in wide]
    assert sum(number > 0 for number in bends) == 1, bends


def test_the_code_leads_to_its_verification(fonts_folder: Path) -> None:
    """Each page draws, module for module, the code of its own address."""
    others = [dataclasses.replace(ONE, code=f"C-{number}", url=f"{ONE.url}{number}") for number in range(3)]
    with pikepdf.open(io.BytesIO(printed(fonts_folder, *others))) as file:
        for one, page in zip(others, file.pages, strict=True):
            drawn = re.findall(rb"^(\d+) (\d+) (\d+) 1 re$", page.Contents.read_bytes(), re.MULTILINE)
            dark = {(int(y), int(x) + more) for x, y, long in drawn for more in range(int(long))}
            masks = [segno.make_qr(one.url, error="m", mask=mask).matrix for mask in range(8)]
            assert dark in [
                {(y, x) for y, row in enumerate(rows) for x in range(len(row)) if row[x]} for rows in masks
            ]


def test_the_same_certificate_is_the_same_bytes(fonts_folder: Path) -> None:
    first = printed(fonts_folder, ONE)
    assert printed(fonts_folder, ONE) == first
    assert printed(fonts_folder, dataclasses.replace(ONE, name="Autre")) != first


def test_printed_in_a_process_of_its_own(fonts_folder: Path) -> None:
    apart = build_apart(
        document(ONE),
        fonts_folder=fonts_folder,
        on_progress=lambda _share, _words: None,
        should_stop=lambda: False,
    )
    assert apart == printed(fonts_folder, ONE)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "  "}, "nom"),
        ({"name": "x" * 121}, "nom"),
        ({"title": ""}, "titre"),
        ({"serial": ""}, "numéro"),
        ({"code": ""}, "code"),
        ({"url": ""}, "adresse"),
        ({"mentions": "x" * 1201}, "mentions"),
        ({"mentions": "- un\n" * 13}, "mentions"),
    ],
)
def test_what_cannot_be_printed_is_refused(changed: dict[str, str], said: str, fonts_folder: Path) -> None:
    with pytest.raises(ContentError) as caught:
        printed(fonts_folder, dataclasses.replace(ONE, **changed))
    assert said in str(caught.value)


def test_no_certificate_or_too_many_are_refused(fonts_folder: Path) -> None:
    with pytest.raises(ContentError, match="aucune"):
        printed(fonts_folder)
    with pytest.raises(ContentError, match="plusieurs fois"):
        printed(fonts_folder, *([ONE] * (content.MOST + 1)))


def test_markup_in_a_name_is_text(fonts_folder: Path) -> None:
    made = printed(fonts_folder, dataclasses.replace(ONE, name="<b>Amina</b> & {{ 7 * 7 }}"))
    assert "<b>Amina</b> & {{ 7 * 7 }}" in words(made)
