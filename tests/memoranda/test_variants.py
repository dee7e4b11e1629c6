from dataclasses import replace

import pytest
from hypothesis import given

from memoranda import content, variants
from memoranda.content import Authority, Edition, Item, Level
from memoranda.variants import Kind, UnknownVariantError
from tests.memoranda import sample
from tests.memoranda.editions import editions

COMMUNE = Level(code="commune", label="Commune / CPAS")
DINANT = Authority(code="dinant", label="Commune de Dinant", level="commune")
CINEY = Authority(code="ciney", label="Commune de Ciney", level="commune")


def leaflets(edition: Edition, kind: Kind) -> list[Edition]:
    return [variants.make(edition, variant.name) for variant in variants.of_kind(edition, kind)]


def names(edition: Edition) -> set[str]:
    return {variant.name for variant in variants.variants(edition)}


def numbers(edition: Edition) -> list[str]:
    return [item.number for item in edition.items]


def addressed(*asked: tuple[Authority, ...]) -> Edition:
    """Make an edition of one chapter, an item for each group of authorities, all of them for communes."""
    items = [
        sample.item(place, levels=(COMMUNE,), authorities=group) for place, group in enumerate(asked, start=1)
    ]
    return sample.edition(
        chapters=(content.Chapter(anchor="chapitre-1", title="Accueil", items=tuple(items)),)
    )


# --- What holds of every edition -------------------------------------------------------------------


@given(editions())
def test_leaflets_by_level_hold_together_the_whole_edition(edition: Edition) -> None:
    made = leaflets(edition, Kind.LEVEL)
    found: dict[str, Item] = {}
    for leaflet in made:
        for item in leaflet.items:
            # The same words, number and anchor in each leaflet that holds it.
            assert found.setdefault(item.anchor, item) == item
    assert [found[item.anchor] for item in edition.items] == list(edition.items)
    assert len(found) == len(edition.items)
    for leaflet in made:
        places = [edition.items.index(item) for item in leaflet.items]
        assert places == sorted(places)


@given(editions())
def test_each_variant_keeps_numbers_anchors_and_order_and_can_be_printed(edition: Edition) -> None:
    content.validate(edition)
    order = [(item.anchor, item.number, item.title) for item in edition.items]
    for variant in variants.variants(edition):
        made = variants.make(edition, variant.name)
        content.validate(made)
        kept = [(item.anchor, item.number, item.title) for item in made.items]
        assert kept == [one for one in order if one in kept]
        if variant.kind is not Kind.QUESTIONS:
            assert len(kept) == variant.count > 0
        assert made.variant == variant.name
        assert content.outline(made)


@given(editions())
def test_a_leaflet_is_empty_for_nobody_and_names_are_given_once(edition: Edition) -> None:
    given = [variant.name for variant in variants.variants(edition)]
    assert len(given) == len(set(given))
    assert variants.make(edition, "full") == edition


# --- Who is addressed ---------------------------------------------------------------------------------


def test_what_is_asked_of_all_communes_is_asked_of_dinant() -> None:
    edition = addressed((), (DINANT,))
    assert numbers(variants.make(edition, "authority-dinant")) == ["1", "2"]


def test_what_is_asked_of_dinant_alone_stands_in_no_other_commune_s_leaflet() -> None:
    edition = addressed((), (DINANT,), (CINEY,), (DINANT, CINEY))
    assert numbers(variants.make(edition, "authority-dinant")) == ["1", "2", "4"]
    assert numbers(variants.make(edition, "authority-ciney")) == ["1", "3", "4"]
    assert numbers(variants.make(edition, "level-commune")) == ["1", "2", "3", "4"]


def test_naming_the_region_leaves_the_demand_to_all_communes() -> None:
    region = Authority(code="wallonie", label="Région wallonne", level="region_wallonne")
    item = sample.item(1, levels=(COMMUNE, sample.REGION), authorities=(region,))
    assert variants.concerns(item, DINANT)
    assert variants.concerns(item, region)


def test_who_has_no_level_is_asked_only_by_name() -> None:
    forem = Authority(code="forem", label="Forem")
    assert not variants.concerns(sample.item(1, levels=(COMMUNE,)), forem)
    assert variants.concerns(sample.item(1, levels=(COMMUNE,), authorities=(forem,)), forem)


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("Commune de Dinant", "Ce que nous demandons à la commune de Dinant"),
        ("CPAS de Namur", "Ce que nous demandons au CPAS de Namur"),
        ("Agence fédérale pour l’accueil", "Ce que nous demandons à l’agence fédérale pour l’accueil"),
        ("Fedasil", "Ce que nous demandons : Fedasil"),
    ],
)
def test_a_leaflet_says_to_whom_it_is(label: str, title: str) -> None:
    edition = addressed((Authority(code="x", label=label, level="commune"),))
    assert variants.make(edition, "authority-x").variant_title == title


def test_each_commune_has_a_leaflet_of_what_is_asked_of_it() -> None:
    cpas = Authority(code="cpas-dinant", label="CPAS de Dinant", level="commune")
    edition = addressed((), (CINEY,), (cpas,))
    dinant = variants.for_commune(edition, "91034", "Dinant", seated=["cpas-dinant"])
    assert numbers(dinant) == ["1", "3"]
    assert dinant.variant == "commune-91034"
    assert numbers(variants.for_commune(edition, "91030", "Ciney", seated=["ciney"])) == ["1", "2"]
    assert numbers(variants.for_commune(edition, "92094", "Namur")) == ["1"]
    with pytest.raises(UnknownVariantError):
        variants.for_commune(addressed((CINEY,)), "92094", "Namur")


@pytest.mark.parametrize(
    ("place", "title"),
    [
        ("Dinant", "Ce que nous demandons à la commune de Dinant"),
        ("Éghezée", "Ce que nous demandons à la commune d’Éghezée"),
        ("Le Rœulx", "Ce que nous demandons à la commune du Rœulx"),
        ("Les Bons Villers", "Ce que nous demandons à la commune des Bons Villers"),
        ("La Bruyère", "Ce que nous demandons à la commune de La Bruyère"),
    ],
)
def test_a_commune_s_leaflet_names_it(place: str, title: str) -> None:
    assert variants.for_commune(addressed(()), "1", place).variant_title == title


@pytest.mark.parametrize(
    ("name", "code"), [("commune-91034", "91034"), ("level-commune", ""), ("communes-1", ""), ("commune", "")]
)
def test_a_commune_is_known_by_its_leaflet_s_name(name: str, code: str) -> None:
    assert variants.commune_of(name) == code


# --- Each kind ---------------------------------------------------------------------------------------


def test_themes_and_rights_have_a_leaflet_each() -> None:
    edition = sample.edition(
        chapters=(
            content.Chapter(
                anchor="chapitre-1", title="Accueil",
                items=(sample.item(1, theme="Logement"), sample.item(2, theme="Santé", right="Logement")),
            ),
        )
    )  # fmt: skip
    assert {"theme-logement", "theme-sante"} <= names(edition)
    assert numbers(variants.make(edition, "theme-logement")) == ["1", "2"]
    assert numbers(variants.make(edition, "theme-sante")) == ["2"]


def test_the_summary_holds_the_priorities_alone() -> None:
    edition = sample.edition()
    assert "summary" not in names(edition)
    first, *others = edition.chapters
    ranked = replace(first, items=(first.items[0], replace(first.items[1], priority=1)))
    edition = replace(edition, chapters=(ranked, *others))
    summary = variants.make(edition, "summary")
    assert numbers(summary) == ["2"]
    assert "priorities" in [section.kind for section in content.outline(summary)]


def test_plain_french_holds_what_has_a_plain_text_and_nothing_else_of_it() -> None:
    edition = sample.edition()
    first, *others = edition.chapters
    said = replace(first.items[0], plain="Un interprète pour tout le monde.")
    edition = replace(edition, chapters=(replace(first, items=(said, first.items[1])), *others))
    plain = variants.make(edition, "plain")
    assert [item.text for item in plain.items] == ["Un interprète pour tout le monde."]
    assert plain.items[0].finding == plain.items[0].justification == ""
    assert len(variants.lacks_plain(edition)) == len(edition.items) - 1


def test_questions_stand_alone() -> None:
    edition = sample.edition(
        questions=(content.Question(text="Votre commune s’engage-t-elle ?", number="1"),)
    )
    made = variants.make(edition, "questions")
    assert made.items == ()
    assert made.questions == edition.questions
    assert next(section.kind for section in content.outline(made)) == "questions"


def test_a_chosen_leaflet_keeps_its_own_order_and_skips_what_left_the_edition() -> None:
    edition = sample.edition()
    made = variants.chosen(
        edition, ["rec-5", "rec-99", "rec-2", "rec-5"], name="leaflet-table-1", title="Table 1",
        introduction="Pour la table **logement**.",
    )  # fmt: skip
    assert numbers(made) == ["5", "2"]
    assert made.items == (edition.items[4], edition.items[1])
    assert made.chapters[0].introduction == "Pour la table **logement**."
    content.validate(made)


def test_an_unknown_name_is_refused() -> None:
    for name in ("level-mars", "leaflet-table-1", "", "authority-dinant"):
        with pytest.raises(UnknownVariantError):
            variants.make(sample.edition(), name)


def test_an_edition_of_before_has_leaflets_by_level() -> None:
    """Content stored without parts, themes and authorities still makes them."""
    edition = sample.edition()
    assert edition.sections == ()
    assert names(edition) == {"full", "level-region-wallonne", "level-commune", "level-federal"}
    kinds = [section.kind for section in content.outline(variants.make(edition, "level-commune"))]
    assert kinds == ["chapters", "signatories", "contact"]
