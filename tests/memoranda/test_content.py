import dataclasses

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
