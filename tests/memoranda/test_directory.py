"""The printed directory: what stands on which page, its tags, whatever names people have."""

import dataclasses
import io
from datetime import date
from pathlib import Path

import pypdf
import pytest

from memoranda import check, fonts, plain
from memoranda.directory import content, pdf
from memoranda.directory.content import Directory, Entry, Group, Heading, Index, Row
from memoranda.errors import ContentError
from memoranda.sandbox import build_apart

LONG = ("Association qui porte un nom bien trop long pour tenir sur une ligne " * 4)[:250].strip()
ARABIC = "جمعية الصداقة في نامور"
CYRILLIC = "Общество дружбы города Намюр"
NAMES = ("Centre interculturel", LONG, ARABIC, CYRILLIC, "Lire et Écrire", "L’œuvre d’Ÿ & Cie <b>")


def entry(number: int, **values: object) -> Entry:
    return dataclasses.replace(
        Entry(
            anchor=f"acteur-{number}",
            name=f"{NAMES[number % len(NAMES)]} {number}"[:250],
            kind="Association (asbl)",
            place="Namur (5000)",
            description="Accueil et accompagnement. " * 6,
            contacts=("+32 81 00 00 00", "info@example.org", "example.org/" + "a" * 90),
            rows=(Row(label="Thèmes", text="Logement"), Row(label="Langues", text="français, arabe")),
        ),
        **values,
    )


def directory(entries: int = 30) -> Directory:
    all_of_them = [entry(number) for number in range(entries)]
    groups = tuple(
        Group(
            anchor=f"groupe-{first}", title=f"Commune {first}", entries=tuple(all_of_them[first : first + 5])
        )
        for first in range(0, entries, 5)
    )
    anchors = tuple(one.anchor for one in all_of_them)
    indexes = (
        Index(anchor="index-noms", title="Index des noms", headings=(Heading(title="", anchors=anchors),)),
        Index(
            anchor="index-themes", title="Index par thème",
            headings=(
                Heading(title="Logement", anchors=anchors[::2]),
                Heading(title="Santé", anchors=anchors[1::2]),
            ),
        ),
    )  # fmt: skip
    return Directory(
        title="Annuaire du réseau", network="Réseau d’essai", day=date(2026, 3, 10),
        arrangement="Par commune", guidance=("Chaque acteur a une fiche.",),
        url="https://annuaire.example.org/annuaire", groups=groups,
        indexes=indexes if entries else (), contact="Réseau d’essai\ncontact@example.org",
    )  # fmt: skip


@pytest.fixture(scope="module")
def printed(fonts_folder: Path) -> bytes:
    return pdf.build(directory(), fonts_folder=fonts_folder)


@pytest.fixture(scope="module")
def reader(printed: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(printed))


def texts(reader: pypdf.PdfReader) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def page_of(reader: pypdf.PdfReader, anchor: str) -> int:
    return reader.get_destination_page_number(reader.named_destinations[anchor]) + 1


def test_tags_titles_outline_and_fonts_are_right(printed: bytes) -> None:
    assert check.problems(printed) == []


def test_each_actor_stands_on_the_page_that_the_indexes_say(reader: pypdf.PdfReader) -> None:
    pages = texts(reader)
    for index in directory().indexes:
        first = page_of(reader, index.anchor)
        told = " ".join(pages[first - 1 : first + 3])
        for heading in index.headings:
            for anchor in heading.anchors:
                number = int(anchor.partition("-")[2])
                if NAMES[number % len(NAMES)] in {ARABIC, LONG}:
                    continue  # extracted in the order of drawing, or broken over lines
                name = " ".join(entry(number).name.split())
                page = page_of(reader, anchor)
                assert f"{name} {page}" in told
                assert name in pages[page - 1]


def test_the_contents_name_groups_and_indexes_with_their_pages(reader: pypdf.PdfReader) -> None:
    contents = texts(reader)[1]
    for anchor, title in (
        ("groupe-0", "Commune 0"),
        ("groupe-25", "Commune 25"),
        ("index-themes", "Index par thème"),
    ):
        assert f"{title} {page_of(reader, anchor)}" in contents


def test_the_outline_holds_groups_and_their_actors(reader: pypdf.PdfReader) -> None:
    titles = [one.title for one in reader.outline if not isinstance(one, list)]
    assert titles[:4] == ["Annuaire du réseau", "Table des matières", "Utiliser cet annuaire", "Commune 0"]
    below = next(one for one in reader.outline if isinstance(one, list))
    assert below[0].title == "Centre interculturel 0"


def test_the_metadata_are_the_directorys_own(reader: pypdf.PdfReader) -> None:
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Annuaire du réseau", "Réseau d’essai")
    assert str(reader.metadata.creation_date).startswith("2026-03-10")
    assert reader.trailer["/Root"]["/Lang"] == "fr"


def test_the_child_process_makes_the_same_bytes(printed: bytes, fonts_folder: Path) -> None:
    heard: list[float] = []
    written = build_apart(
        directory(), fonts_folder=fonts_folder, on_progress=lambda share, _words: heard.append(share),
        should_stop=lambda: False,
    )  # fmt: skip
    assert written == printed
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_an_empty_register_makes_a_directory_that_says_so(fonts_folder: Path) -> None:
    written = pdf.build(directory(0), fonts_folder=fonts_folder)
    assert check.problems(written) == []
    assert "Aucun acteur n’est encore inscrit" in " ".join(texts(pypdf.PdfReader(io.BytesIO(written))))


def test_a_sign_that_no_font_draws_is_printed_as_a_box_and_told(fonts_folder: Path) -> None:
    odd = entry(0, name="Amis 😀 du quartier")
    group = Group(anchor="groupe", title="Namur", entries=(odd,))
    made = dataclasses.replace(directory(0), groups=(group,))
    assert fonts.undrawable(odd, fonts_folder) == "😀"
    written = pdf.build(made, fonts_folder=fonts_folder)
    assert check.problems(written) == []
    assert "Amis □ du quartier" in " ".join(texts(pypdf.PdfReader(io.BytesIO(written))))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": " "}, "Le titre de l’annuaire manque"),
        ({"language": "nl"}, "seul le français"),
        ({"primary": "red"}, "ne s’écrit pas"),
        ({"groups": (Group(anchor="g", title="G", entries=(entry(1), entry(1))),)}, "sert deux fois"),
        ({"groups": (Group(anchor="g", title="G", entries=(entry(1, name=""),)),)}, "n’a pas de nom"),
        (
            {"groups": (Group(anchor="g", title="G", entries=(entry(1, name="a\x07"),)),)},
            "caractère invisible",
        ),
        ({"groups": (Group(anchor="g", title="G", entries=(entry(1, name="a" * 301),)),)}, "dépasse 300"),
        ({"groups": (Group(anchor="A b", title="G"),)}, "n’est pas valable"),
        ({"groups": ()}, "une fiche qui n’est pas là"),
    ],
)
def test_what_cannot_be_printed_is_told(change: dict[str, object], words: str) -> None:
    broken = dataclasses.replace(directory(5), **change)
    if change.get("groups"):
        broken = dataclasses.replace(broken, indexes=())
    with pytest.raises(ContentError, match=words):
        content.validate(broken)


def test_a_directory_is_read_back_from_json() -> None:
    made = directory(7)
    assert plain.from_json(plain.to_json(made), Directory) == made
