"""The yearly report as a PDF: what it says, how it is tagged, what it refuses."""

import dataclasses
import io
from datetime import date
from pathlib import Path

import pypdf
import pytest

from memoranda import check, plain
from memoranda.errors import BuildStoppedError, ContentError
from memoranda.report import content, pdf
from memoranda.report.content import Figure, Picture, Report, Section, Table
from memoranda.sandbox import build_apart

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60" width="100" height="60">'
    '<circle cx="30" cy="30" r="9" fill="#0f5c5c"/><text x="45" y="33" font-size="8">La Ruche</text></svg>'
)


@pytest.fixture(scope="module")
def report() -> Report:
    rows = tuple((f"Organisation {number}", "Dinant", str(number)) for number in range(1, 90))
    return Report(
        title="L’état du réseau",
        subtitle="Qui travaille avec qui, et ce qui a changé",
        network="Réseau d’essai",
        day=date(2026, 11, 21),
        since=date(2025, 11, 21),
        primary="#0f5c5c",
        contact="reseau@example.org",
        sections=(
            Section(
                anchor="bref",
                title="En bref",
                text="Le réseau compte **116** acteurs.\n\n- trois sont venus\n- un est parti",
                figures=(
                    Figure(label="Acteurs", value="116", before="114", note="présents ce jour-là"),
                    Figure(label="Isolés", value="12"),
                ),
                closing="Un chiffre ne dit pas tout.",
            ),
            Section(
                anchor="image",
                title="Le réseau en image",
                picture=Picture(svg=SVG, alternative="Un acteur, La Ruche.", caption="Un acteur."),
            ),
            Section(
                anchor="qui",
                title="Qui relie",
                tables=(
                    Table(
                        caption="Passerelles", header=("Acteur", "Commune", "Rang"), rows=rows, numeric=(2,)
                    ),
                ),
            ),
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def printed(report: Report, fonts_folder: Path) -> bytes:
    return pdf.build(report, fonts_folder=fonts_folder)


def test_it_is_tagged_and_says_everything(report: Report, printed: bytes) -> None:
    assert check.problems(printed) == []
    reader = pypdf.PdfReader(io.BytesIO(printed))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "L’état du réseau",
        "116",
        "114",
        "trois sont venus",
        "Organisation 89",
        "21 novembre 2025",
    ):
        assert words in text
    assert reader.metadata is not None
    assert reader.metadata.title == report.title
    assert [str(entry["/Title"]) for entry in reader.outline if isinstance(entry, dict)][-3:] == [
        "1. En bref",
        "2. Le réseau en image",
        "3. Qui relie",
    ]


def test_the_same_content_gives_the_same_bytes_in_a_process_of_its_own(
    report: Report, printed: bytes, fonts_folder: Path
) -> None:
    told: list[tuple[float, str]] = []
    apart = build_apart(
        report,
        fonts_folder=fonts_folder,
        on_progress=lambda *one: told.append(one),
        should_stop=lambda: False,
    )
    assert apart == printed
    shares = [share for share, _words in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert any("Qui relie" in words for _share, words in told)


def test_it_can_be_stopped(report: Report, fonts_folder: Path) -> None:
    with pytest.raises(BuildStoppedError):
        build_apart(report, fonts_folder=fonts_folder, on_progress=lambda *_: None, should_stop=lambda: True)


def test_parts_that_flow_share_their_pages(report: Report, printed: bytes, fonts_folder: Path) -> None:
    flowing = pdf.build(dataclasses.replace(report, flows=True), fonts_folder=fonts_folder)
    assert check.problems(flowing) == []
    apart, together = (pypdf.PdfReader(io.BytesIO(made)) for made in (printed, flowing))
    assert len(together.pages) < len(apart.pages)
    text = "\n".join(page.extract_text() for page in together.pages)
    assert all(section.title in text.replace("\n", " ") for section in report.sections)


def test_it_survives_the_way_through_json(report: Report) -> None:
    assert plain.from_json(plain.to_json(report), Report) == report


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": " "}, "un titre"),
        ({"sections": ()}, "au moins une partie"),
        ({"since": date(2027, 1, 1)}, "vient après"),
        ({"title": "Le\x07réseau"}, "caractère invisible"),
    ],
)
def test_what_can_t_be_printed_is_refused(report: Report, change: dict[str, object], words: str) -> None:
    with pytest.raises(ContentError, match=words):
        content.validate(dataclasses.replace(report, **change))  # type: ignore[arg-type]


def test_a_section_is_refused_by_its_name(report: Report, fonts_folder: Path) -> None:
    first, picture, table = report.sections
    wrong = (
        dataclasses.replace(first, anchor="image"),
        dataclasses.replace(picture, picture=Picture(svg=SVG, alternative=" ")),
        dataclasses.replace(
            table, tables=(Table(caption="Passerelles", header=("Acteur",), rows=(("a", "b"),)),)
        ),
    )
    with pytest.raises(ContentError) as refused:
        content.validate(dataclasses.replace(report, sections=wrong))
    told = " ".join(problem.sentence for problem in refused.value.problems)
    for words in ("même ancre", "texte de remplacement", "autant de cases"):
        assert words in told
    strange = (dataclasses.replace(first, text="Un signe inconnu : \U0001f9ff"),)
    with pytest.raises(ContentError, match="1F9FF"):
        pdf.check_content(dataclasses.replace(report, sections=strange), fonts_folder)
