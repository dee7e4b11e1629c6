"""What a request in plain words means, and who answers it: on plain data, for whatever people type."""

import csv
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.actors.models.reference import TerritoryKind
from hub.actors.values.directory import asking, finding, vocabulary
from hub.actors.values.directory.asking import Asked, Part
from hub.actors.values.directory.finding import Change, Entry
from hub.actors.values.directory.understanding import LONGEST_REQUEST, Understood, understand
from hub.actors.values.directory.vocabulary import Place
from hub.core.search import fold

WALLONIA = frozenset({"03000", "01000"})
PROVINCE = WALLONIA | {"90000"}
LABELS = (
    ("theme", "legal", "Juridique et justice"),
    ("theme", "fle", "Français langue étrangère"),
    ("theme", "fle_alpha", "Français langue étrangère et alphabétisation"),
    ("theme", "housing", "Logement"),
    ("theme", "health", "Santé"),
    ("theme", "women", "Femmes et égalité de genre"),
    ("theme", "asylum_minors", "Mineur·es étranger·es non accompagné·es"),
    ("audience", "unaccompanied_minors", "Mineur·es étranger·es non accompagné·es"),
    ("audience", "women", "Femmes"),
    ("audience", "youth", "Jeunes"),
    ("kind", "citizen_collective", "Collectif citoyen"),
    ("kind", "association", "Association (asbl)"),
)
PLACES = (
    Place("01000", "Belgique", TerritoryKind.COUNTRY),
    Place("03000", "Wallonie", TerritoryKind.REGION, ancestors=frozenset({"01000"})),
    Place("90000", "Province de Namur", TerritoryKind.PROVINCE, "", 50.29, 4.85, WALLONIA),
    Place("92094", "Namur", TerritoryKind.COMMUNE, "5000", 50.46411, 4.86013, PROVINCE),
    Place("91034", "Dinant", TerritoryKind.COMMUNE, "5500", 50.2606, 4.9122, PROVINCE),
    Place("92142", "Gembloux", TerritoryKind.COMMUNE, "5030", 50.54984, 4.70664, PROVINCE),
    Place("84059", "Saint-Hubert", TerritoryKind.COMMUNE, "6870", 50.02688, 5.37471, WALLONIA),
    Place("62003", "Ans", TerritoryKind.COMMUNE, "4430", 50.66, 5.52, WALLONIA),
)
WORDS = vocabulary.build(LABELS, PLACES)


def entry(identifier: int, name: str, **values: Any) -> Entry:
    names = (fold(name),)
    return Entry(id=identifier, name=name, names=names, text=fold(name), **values)


ENTRIES = (
    entry(1, "CAI", themes=frozenset({"legal"}), places=("92094",), serves=frozenset({"90000"})),
    entry(2, "Alpha Dinant", themes=frozenset({"fle_alpha"}), languages=frozenset({"ar"}), places=("91034",)),
    entry(3, "La Ruche de Gembloux", kind="citizen_collective", places=("92142",), state="closed"),
    entry(
        4, "Toits", themes=frozenset({"housing"}), audiences=frozenset({"women"}), places=("92142", "84059")
    ),
    entry(5, "Crilux", themes=frozenset({"legal"}), places=()),
)
KNOWN = frozenset(word for one in ENTRIES for word in one.text.split())
NAMES = tuple(name for one in ENTRIES for name in one.names)


def read(text: str) -> Understood:
    return understand(text, WORDS, NAMES, KNOWN)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("aide juridique près de Dinant", Asked(themes=("legal",), near="91034", radius=20)),
        ("Who offers legal help near Dinant?", Asked(themes=("legal",), near="91034", radius=20)),
        (
            "cours de français à Gembloux en arabe",
            Asked(themes=("fle",), languages=("ar",), near="92142", radius=10),
        ),
        ("FLE", Asked(themes=("fle",))),
        ("AIDE JURDIQUE pres de dinnant", Asked(themes=("legal",), near="91034", radius=20)),
        ("logement à moins de 30 km de Namur", Asked(themes=("housing",), near="92094", radius=30)),
        ("logement dans un rayon de 5km autour de 5000", Asked(themes=("housing",), near="92094", radius=5)),
        ("logement pour les femmes", Asked(themes=("housing",), audiences=("women",))),
        ("femmes", Asked(audiences=("women",))),
        ("mena", Asked(themes=("asylum_minors",))),
        ("une aide pour les mena", Asked(audiences=("unaccompanied_minors",))),
        ("santé dans la province de Namur", Asked(themes=("health",), territory="90000")),
        ("un collectif citoyen à St-Hubert", Asked(kind="citizen_collective", near="84059", radius=10)),
        ("des jeunes de 18 ans", Asked(audiences=("youth",))),
        ("logement à Ans", Asked(themes=("housing",), near="62003", radius=10)),
        ("qui parle arabe", Asked(languages=("ar",))),
        ("Jambes", Asked(near="92094", radius=10)),
        ("la ruche de gembloux", Asked(words=("la ruche de gembloux",))),
        ("cai", Asked(words=("cai",))),
        ("Crilus", Asked(words=("crilux",))),
        ("je cherche une association qui aide", Asked()),
        ("", Asked()),
    ],
)  # fmt: skip
def test_plain_words_are_understood(text: str, asked: Asked) -> None:
    assert read(text).asked == asked


def test_what_was_read_otherwise_is_told() -> None:
    corrections = [(one.written, one.read) for one in read("logemant à Gembluox").corrections]
    assert corrections == [("logemant", "Logement"), ("gembluox", "Gembloux")]


def test_words_that_nobody_uses_are_left_aside_unless_nothing_else_is_left() -> None:
    assert read("logement xyzzyqw").aside == ("xyzzyqw",)
    nothing = read("xyzzyqw")
    assert (nothing.asked.words, nothing.aside) == (("xyzzyqw",), ())
    assert finding.find(ENTRIES, nothing.asked, WORDS) == []


def test_a_second_place_is_told_not_taken() -> None:
    understood = read("logement à Dinant ou à Gembloux")
    assert (understood.asked.near, understood.aside) == ("91034", ("gembloux",))


pieces = st.sampled_from(
    [
        "aide juridique", "FLE", "en arabe", "à", "près de", "Dinant", "Gemblou", "pour les femmes", "30 km",
        "province de Namur", "collectif citoyen", "cai", "  ", "'", "=1+1", "\x00", "\u202e", "٣", "ﬁ",
        "5000",
    ]
)  # fmt: skip
requests = st.one_of(
    st.text(max_size=300),
    st.lists(pieces, max_size=12).map(" ".join),
    st.lists(pieces, max_size=12).map("".join),
)


@given(requests)
def test_whatever_is_typed_is_read_and_bounded(text: str) -> None:
    asked = read(text).asked
    assert len(asked.themes) <= asking.MOST_THEMES
    assert len(asked.words) <= asking.MOST_WORDS
    assert all(len(word) <= asking.LONGEST_WORD and word == fold(word) for word in asked.words)
    assert 0 <= asked.radius <= asking.FARTHEST
    assert asked.near in {"", *WORDS.places_by_code}


@given(requests)
def test_each_part_can_be_taken_away_and_all_others_stay(text: str) -> None:
    asked = read(text).asked
    for part in asking.parts(asked):
        rest = asking.parts(asking.without(asked, part))
        assert rest == [other for other in asking.parts(asked) if other != part]
    for part in asking.parts(asked):
        asked = asking.without(asked, part)
    assert asked == Asked()


some = st.sampled_from
entries_of_any_kind = st.lists(
    st.builds(
        entry,
        st.integers(1, 10**6),
        some(["CAI", "Toits", "Alpha Dinant", "La Ruche"]),
        themes=st.frozensets(some(["legal", "fle", "fle_alpha", "housing"]), max_size=3),
        audiences=st.frozensets(some(["women", "youth"]), max_size=2),
        languages=st.frozensets(some(["ar", "tr"]), max_size=2),
        kind=some(["association", "citizen_collective"]),
        places=st.lists(some([place.code for place in PLACES]), max_size=3).map(tuple),
        serves=st.frozensets(some(["90000", "91034", "03000"]), max_size=2),
        state=some(["active", "closed", "unknown"]),
    ),
    max_size=12,
)


@given(requests, entries_of_any_kind)
def test_every_result_satisfies_every_part_and_taking_one_away_loses_nobody(
    text: str, entries: list[Entry]
) -> None:
    asked = read(text).asked
    found = finding.find(entries, asked, WORDS)
    for one in found:
        assert all(satisfies(one.entry, part, asked) for part in asking.parts(asked)), one
    assert {one.entry.id for one in found} == {
        one.id
        for one in entries
        if one.state != "closed" and all(satisfies(one, part, asked) for part in asking.parts(asked))
    }
    for part in asking.parts(asked):
        more = finding.find(entries, asking.without(asked, part), WORDS)
        assert {one.entry.id for one in found} <= {one.entry.id for one in more}


def satisfies(one: Entry, part: Part, asked: Asked) -> bool:
    """Say the same as the search, by a plain reading of what a chip promises."""
    if part.name == "near":
        center = WORDS.places_by_code[part.value]
        distances = [finding.haversine(center, WORDS.places_by_code[code]) for code in one.places]
        near = any(far is not None and far <= asked.radius for far in distances) or part.value in one.places
        local = {part.value} | ({"90000"} if asked.radius and "90000" in center.ancestors else set())
        return near or bool(local & one.serves)
    if part.name == "territory":
        touched = {*one.places, *one.serves}
        return any(part.value in {code, *WORDS.places_by_code[code].ancestors} for code in touched)
    return {
        "words": lambda: f" {part.value}" in f" {one.text}",
        "themes": lambda: bool(WORDS.themes_meant(part.value) & one.themes),
        "audiences": lambda: part.value in one.audiences,
        "languages": lambda: part.value in one.languages,
        "kind": lambda: one.kind == part.value,
    }[part.name]()


@given(entries_of_any_kind)
def test_the_nearest_comes_first(entries: list[Entry]) -> None:
    asked = Asked(near="91034", radius=100)
    kilometres = [one.kilometres for one in finding.find(entries, asked, WORDS)]
    assert kilometres == sorted(kilometres, key=lambda far: (far is None, far or 0))


def test_distances_are_those_of_the_great_circle() -> None:
    namur, dinant = WORDS.places_by_code["92094"], WORDS.places_by_code["91034"]
    far = finding.haversine(namur, dinant)
    assert far == pytest.approx(22.92, abs=0.01)  # 111.195 km a degree of arc
    assert finding.haversine(dinant, namur) == far
    assert finding.haversine(namur, namur) == 0
    assert finding.haversine(namur, WORDS.places_by_code["03000"]) is None


def test_whoever_works_for_the_province_serves_its_communes() -> None:
    found = {
        one.entry.name: one for one in finding.find(ENTRIES, read("aide juridique à Dinant").asked, WORDS)
    }
    assert set(found) == {"CAI"}
    assert (found["CAI"].serves, round(found["CAI"].kilometres or 0)) == ("90000", 23)


def test_the_nearest_of_several_places_counts() -> None:
    asked = Asked(themes=("housing",), near="84059", radius=10)
    assert [(one.entry.name, one.nearest) for one in finding.find(ENTRIES, asked, WORDS)] == [
        ("Toits", "84059")
    ]


def test_a_theme_finds_those_that_are_close_to_it() -> None:
    assert [one.entry.name for one in finding.find(ENTRIES, Asked(themes=("fle",)), WORDS)] == [
        "Alpha Dinant"
    ]


def test_nobody_is_told_with_what_to_try() -> None:
    asked = Asked(themes=("housing",), near="91034", radius=10)
    tries = finding.tries(ENTRIES, asked, WORDS)
    assert [(one.change, one.part.name if one.part else one.asked.radius, one.number) for one in tries] == [
        (Change.WIDER, 50, 1), (Change.WITHOUT, "themes", 2), (Change.WITHOUT, "near", 1)
    ]  # fmt: skip
    nearest = finding.next_nearest(ENTRIES, asked, WORDS)
    assert [(one.entry.name, round(one.kilometres or 0)) for one in nearest] == [("Toits", 35)]


def test_parts_that_never_meet_are_proposed_alone_and_the_closed_by_name() -> None:
    asked = Asked(themes=("housing",), languages=("ar",), audiences=("youth",))
    tries = finding.tries(ENTRIES, asked, WORDS)
    assert [(one.change, one.part.name if one.part else "") for one in tries] == [
        (Change.ONLY, "themes"), (Change.ONLY, "languages")
    ]  # fmt: skip
    closed = finding.tries(ENTRIES, read("la ruche de gembloux").asked, WORDS)
    assert [(one.change, one.number) for one in closed] == [(Change.CLOSED, 1)]


@given(requests, entries_of_any_kind)
def test_what_is_proposed_finds_as_many_as_it_says(text: str, entries: list[Entry]) -> None:
    asked = read(text).asked
    for one in finding.tries(entries, asked, WORDS):
        assert len(finding.find(entries, one.asked, WORDS)) == one.number > 0


def test_counts_are_what_each_choice_would_find() -> None:
    asked = Asked(themes=("legal",))
    counted = finding.counts(ENTRIES, asked, WORDS)
    for code, number in counted["theme"].items():
        assert len(finding.find(ENTRIES, replace(asked, themes=(code,)), WORDS)) == number
    assert counted["theme"]["fle"] == 1
    assert counted["language"] == {}


def test_a_long_request_is_cut_and_told() -> None:
    understood = read("logement " * 2000)
    assert understood.is_cut
    assert understood.asked.themes == ("housing",)
    assert not read("logement".ljust(LONGEST_REQUEST)).is_cut


def test_the_list_of_plain_words_names_codes_of_the_reference_lists() -> None:
    folder = vocabulary.SYNONYMS.parent
    codes = {}
    for name, file in {
        "theme": "themes",
        "audience": "audiences",
        "kind": "kinds",
        "place": "territories",
    }.items():
        with (folder / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
            codes[name] = {line["code"] for line in csv.DictReader(lines)}
    codes["close"] = codes["theme"]
    for line in vocabulary.synonyms():
        if line.list == "empty":
            continue
        assert line.code in codes[line.list], line
        assert all(line.phrases), line
        if line.list == "close":
            assert set(line.phrases) <= codes["theme"], line
