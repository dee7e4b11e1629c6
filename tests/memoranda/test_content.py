import dataclasses
import json

import pytest

from memoranda import content
from memoranda.content import Edition, Item, Knot, Threads
from memoranda.errors import ContentError
from tests.memoranda import sample


def with_item(item: Item) -> Edition:
    base = sample.edition()
    chapter = dataclasses.replace(base.chapters[0], items=(base.chapters[0].items[0], item))
    return dataclasses.replace(base, chapters=(chapter, *base.chapters[1:]))


def problems(edition: Edition) -> list[tuple[str, str]]:
    with pytest.raises(ContentError) as caught:
        content.validate(edition)
    return [(problem.item, problem.sentence) for problem in caught.value.problems]


def test_a_sound_edition_passes() -> None:
    content.validate(sample.edition(repeat=2))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "le titre manque"),
        ({"title": "x" * 301}, "le titre dépasse 300"),
        ({"levels": ()}, "le niveau de pouvoir manque"),
        ({"number": "deux"}, "le numéro « deux » n’est pas valable"),
        ({"number": "1"}, "le numéro 1 sert déjà"),
        ({"finding": "x" * 20_001}, "dépasse 20000 caractères"),
        ({"text": "un\x00deux"}, "U+0000"),
        ({"text": "> " * 40 + "profond"}, "trop imbriquées"),
    ],
)
def test_what_is_wrong_with_a_recommendation_is_said_with_its_name(
    changes: dict[str, object], words: str
) -> None:
    found = problems(with_item(sample.item(2, **changes)))
    assert [item for item, _ in found] == ["rec-2"]
    assert words in found[0][1]
    assert found[0][1].startswith("Recommandation ")


def test_anchors_are_well_formed_and_stand_once() -> None:
    assert "l’ancre « Rec 2 » n’est pas valable" in problems(with_item(sample.item(2, anchor="Rec 2")))[0][1]
    assert "l’ancre « rec-1 » sert déjà" in problems(with_item(sample.item(2, anchor="rec-1")))[0][1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Le titre du mémorandum manque"),
        ({"subtitle": "x" * 301}, "couverture dépasse 300"),
        ({"version": ""}, "version manque"),
        ({"primary": "red; }"}, "ne s’écrit pas comme"),
        ({"language": "nl"}, "n’est pas prévue"),
        ({"chapters": ()}, "aucune recommandation"),
        ({"threads": Threads(knots=(Knot(x=0, y=0),), lines=((0, 1),))}, "relie un point qui n’existe pas"),
    ],
)
def test_what_is_wrong_with_the_edition_is_said(changes: dict[str, object], words: str) -> None:
    assert words in problems(sample.edition(**changes))[0][1]


def test_an_edition_survives_json_and_its_digest_follows_the_content() -> None:
    edition = sample.edition(logo=b"\x89PNG")
    again = content.from_json(content.to_json(edition))
    assert again == edition
    assert content.digest(again) == content.digest(edition)
    assert content.digest(dataclasses.replace(edition, version="Version 3")) != content.digest(edition)


@pytest.mark.parametrize("text", ["[]", '{"title": 3}', '{"title": null}', '{"unknown": "x"}'])
def test_json_that_is_no_edition_is_refused(text: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        content.from_json(text)


def test_levels_stand_from_the_commune_upward() -> None:
    grouped = content.by_level(sample.edition())
    assert [level.code for level, _ in grouped] == ["commune", "region_wallonne", "federal"]
    assert [item.number for item in grouped[0][1]] == ["3", "6"]


def test_numbers_with_a_year_are_valid() -> None:
    content.validate(with_item(sample.item(2, number="2024/12")))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"short": "x" * 301}, "la version courte dépasse 300"),
        ({"descent": content.Descent(kind="lost")}, "la filiation « lost » n’est pas prévue"),
        ({"plain": "x" * 20_001}, "dépasse 20000"),
        ({"testimonies": (content.Testimony(text="un\x00"),)}, "U+0000"),
    ],
)
def test_what_is_wrong_with_the_newer_parts_of_a_recommendation_is_said(
    changes: dict[str, object], words: str
) -> None:
    found = problems(with_item(sample.item(2, **changes)))
    assert [item for item, _ in found] == ["rec-2"]
    assert words in found[0][1]


SVG = '<svg viewBox="0 0 1 1"/>'


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"layout": "poster"}, "La mise en page « poster » n’est pas prévue"),
        ({"variant": "À lire"}, "La variante « À lire » n’est pas valable"),
        (
            {"sections": (content.Section(kind="x", anchor="x", title="X"),)},
            "la sorte « x » n’est pas prévue",
        ),
        ({"sections": (content.usual("index"), content.usual("index"))}, "« Index » s’y trouve deux fois"),
        ({"sections": (content.Section(kind="own", anchor="rec-1", title="X"),)}, "« rec-1 » sert déjà"),
        ({"sections": (content.Section(kind="own", anchor="x", title=" "),)}, "titre d’une partie manque"),
        ({"questions": (content.Question(text="x" * 301),)}, "dépasse 300"),
        ({"questions": (content.Question(text="x ?"),) * 9}, "plus de 8 questions"),
        ({"sponsors": (content.Sponsor(name=""),)}, "n’a pas de nom"),
        ({"dropped": (content.Dropped(number="2019/1", title="x", year=2019, kind="x"),)}, "« x »"),
    ],
)
def test_what_is_wrong_with_the_parts_of_an_edition_is_said(changes: dict[str, object], words: str) -> None:
    assert words in problems(sample.edition(**changes))[0][1]


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (content.Picture(kind="image", alternative="x"), "figure 1 : il faut un dessin ou une image"),
        (content.Picture(kind="image", svg=SVG), "figure 1 : le texte de remplacement manque"),
        (content.Picture(kind="image", png=b"x" * 5_300_000, alternative="x"), "dépasse 5 Mo"),
    ],
)
def test_what_is_wrong_with_a_figure_is_said_with_its_place(picture: content.Picture, words: str) -> None:
    section = dataclasses.replace(content.usual("preamble"), figures=(picture,))
    found = problems(sample.edition(sections=(section, content.usual("chapters"))))
    assert found[0][0] == "preambule"
    assert words in found[0][1]


def test_what_was_stored_before_is_still_read_and_has_its_parts_in_their_order() -> None:
    edition = sample.edition()
    stored = json.loads(content.to_json(edition))
    for name in ("sections", "consultations", "sponsors", "dropped", "questions", "variant", "layout"):
        del stored[name]
    for chapter in stored["chapters"]:
        del chapter["figures"]
        for item in chapter["items"]:
            for name in ("indicator", "plain", "short", "authorities", "priority", "descent", "testimonies"):
                del item[name]
    assert content.from_json(json.dumps(stored)) == edition
    assert [section.kind for section in content.outline(edition)] == [
        "preamble", "chapters", "levels", "network", "signatories", "sources", "glossary", "contact",
    ]  # fmt: skip
    assert content.outline(edition)[0].text == edition.preamble


def test_a_part_without_anything_in_it_is_left_out_of_the_outline() -> None:
    kinds = ("cover", "priorities", "chapters", "cross_cutting", "descent", "index")
    edition = sample.edition(sections=tuple(content.usual(kind) for kind in kinds))
    assert [section.kind for section in content.outline(edition)] == ["chapters", "index"]


def test_priorities_stand_by_rank_and_cross_cutting_demands_as_in_the_chapters() -> None:
    first, second = sample.item(1, priority=2, is_cross_cutting=True), sample.item(2, priority=1)
    chapter = content.Chapter(anchor="un", title="Un", items=(first, second, sample.item(3)))
    edition = sample.edition(chapters=(chapter,))
    assert content.priorities(edition) == (second, first)
    assert content.cross_cutting(edition) == (first,)
