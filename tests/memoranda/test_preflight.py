import dataclasses
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from memoranda import content, pdf, preflight
from memoranda.content import Chapter, Edition, Picture, Section, Term
from memoranda.errors import ContentError
from tests.memoranda import sample


def png(width: int) -> bytes:
    out = BytesIO()
    Image.new("1", (width, 4)).save(out, "PNG")
    return out.getvalue()


def with_item(**changes: object) -> Edition:
    chapter = Chapter(anchor="un", title="Un", items=(sample.item(1, **changes),))
    return sample.edition(chapters=(chapter,), glossary=())


def with_picture(**changes: object) -> Edition:
    fields = {"kind": "image", "png": png(1200), "alternative": "Une salle", "source": "Réseau"}
    section = dataclasses.replace(content.usual("preamble"), figures=(Picture(**(fields | changes)),))
    return sample.edition(sections=(section, content.usual("chapters")), glossary=())


def said(edition: Edition) -> list[tuple[str, str]]:
    return [(remark.anchor, remark.sentence) for remark in preflight.remarks(edition)]


def test_a_sound_edition_has_nothing_to_mend(fonts_folder: Path) -> None:
    sections = (content.usual("preamble", text="Le CPAS reçoit [la page du réseau](https://a.example/)."),)
    edition = sample.edition(sections=(*sections, content.usual("chapters")))
    assert preflight.remarks(edition, fonts_folder) == ()


@pytest.mark.parametrize(
    ("edition", "anchor", "words"),
    [
        (with_picture(alternative=" "), "preambule", "figure 1 : le texte de remplacement manque"),
        (with_picture(source=""), "preambule", "figure 1 : la source manque"),
        (
            with_picture(png=png(300)),
            "preambule",
            "l’image est petite (300 pixels de large ; il en faut 900)",
        ),
        (with_picture(png=b"GIF89a"), "preambule", "n’est pas une image lisible"),
        (with_item(title="Un mot " * 20), "rec-1", "le titre est long (140 caractères)"),
        (with_item(text="# Un\n\n### Trois"), "rec-1", "niveau 3 suit un intertitre de niveau 1"),
        (with_item(finding="x" * 201), "rec-1", "201 caractères sans espace"),
        (with_item(text="Un[^1].\n\n[^2]: Deux"), "rec-1", "notes sans texte, ou sans appel : [^1], [^2]"),
        (
            with_item(
                text=" ".join(f"n[^{n}]" for n in range(31)) + "".join(f"\n\n[^{n}]: t" for n in range(31))
            ),
            "rec-1",
            "plus de 30 notes",
        ),
        (with_item(justification="Voir [ici](https://a.example)."), "rec-1", "ne dit pas où il mène"),
        (sample.edition(chapters=(Chapter(anchor="un", title="Un"),)), "un", "aucune recommandation"),
        (
            sample.edition(sections=(Section(kind="own", anchor="partie-x", title="X"),), glossary=()),
            "partie-x",
            "elle est vide",
        ),
        (
            sample.edition(glossary=(Term(term="Fedasil", definition="agence"),)),
            "glossaire",
            "« Fedasil » n’est utilisé nulle part",
        ),
        (
            dataclasses.replace(
                with_item(text="Le CRIPEL et la FWB, chapitre XIV."),
                glossary=(Term(term="FWB", definition="Fédération Wallonie-Bruxelles"),),
            ),
            "glossaire",
            "il n’explique pas CRIPEL.",
        ),
    ],
)
def test_what_is_to_be_mended_is_said_with_its_place(edition: Edition, anchor: str, words: str) -> None:
    found = said(edition)
    assert [place for place, sentence in found if words in sentence] == [anchor], found


def test_signs_that_no_font_draws_are_told_where_they_stand(fonts_folder: Path) -> None:
    edition = with_item(text="Merci 🙂 漢")
    (remark,) = preflight.remarks(edition, fonts_folder)
    assert remark.anchor == "rec-1"
    assert "« 漢 » « 🙂 »" in remark.sentence


def test_signs_of_a_part_a_chapter_and_the_cover_are_told_where_they_stand(fonts_folder: Path) -> None:
    part = Section(kind="own", anchor="partie-x", title="Merci 🙂", text="Oui.")
    chapter = Chapter(anchor="un", title="Un", introduction="漢", items=(sample.item(1),))
    edition = sample.edition(
        title="Mémorandum 🦊", sections=(part, content.usual("chapters")), chapters=(chapter,), glossary=()
    )
    found = [(remark.anchor, remark.sentence[:28]) for remark in preflight.remarks(edition, fonts_folder)]
    assert found == [
        ("un", "Chapitre « Un » : les signes"), ("partie-x", "Partie « Merci 🙂 » : les sig"),
        ("", "Le mémorandum : les signes «"),
    ]  # fmt: skip
    with pytest.raises(ContentError) as refused:
        pdf.check_content(edition, fonts_folder)
    assert [problem.item for problem in refused.value.problems] == ["un", "partie-x", ""]


@pytest.mark.parametrize("text", ["> " * 40 + "profond", "Un son\x07."])
def test_a_text_that_keeps_an_edition_from_being_printed_is_told_before(
    text: str, fonts_folder: Path
) -> None:
    part = Section(kind="own", anchor="partie-x", title="X", text=text)
    edition = sample.edition(sections=(part, content.usual("chapters")), glossary=(), title="Un 🦊")
    ((anchor, sentence),) = said(edition)
    assert anchor == "partie-x"
    # The build says the same, and all that is to be mended at once.
    with pytest.raises(ContentError) as refused:
        pdf.check_content(edition, fonts_folder)
    assert [problem.item for problem in refused.value.problems] == ["partie-x", ""]
    assert refused.value.problems[0].sentence == sentence
    # What stands elsewhere doesn't keep a chapter from being looked at.
    pdf.check_content(edition, fonts_folder, only=frozenset({edition.chapters[0].anchor}))


def test_the_size_of_an_image_is_known_without_decoding_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("decoded")

    small = png(40)
    monkeypatch.setattr(Image.Image, "load", never)
    picture = Picture(kind="image", png=small, alternative="x", source="y")
    section = dataclasses.replace(content.usual("preamble"), figures=(picture,))
    edition = sample.edition(sections=(section, content.usual("chapters")), glossary=())
    assert ["petite" in sentence for _, sentence in said(edition)] == [True]
