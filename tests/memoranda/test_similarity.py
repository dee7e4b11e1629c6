"""Recognising texts that ask the same: words, index, what people decided, the trial's reach."""

import io
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoranda.similarity import features
from memoranda.similarity.decisions import Decided, Decision, Group, Match, Verdict, arrange, fold
from memoranda.similarity.index import Index, StaleIndexError, Text
from memoranda.similarity.sector import THESAURUS
from memoranda.similarity.thesaurus import Thesaurus
from memoranda.similarity.words import LONGEST_WORD, stem, words
from tests.memoranda import similarity_trial as trial

NONE = Thesaurus()
DEMANDS = [pair.first for pair in trial.pairs()[::7]]
bodies = st.one_of(
    st.sampled_from(DEMANDS),
    st.text(max_size=60),
    st.lists(st.sampled_from(" ".join(DEMANDS).split()), max_size=15).map(" ".join),
)
bodies_told = bodies.filter(str.strip)
keyed = st.dictionaries(st.text(min_size=1, max_size=4), bodies, max_size=8)
ODD = [
    "",
    " \n\t",
    "🙂🙂🙂",
    "،مرحبا بكم، لا 100 ٪",
    "\u202eLogement\u202c pour tous",
    "ne pas et de la",
    "x" * 10_000,
    "a " * 5_000,
    "1." * 5_000,
    "\x00\ud800",
    "e\u0301tranger " * 10,
]


def index_of(texts: dict[str, str], thesaurus: Thesaurus = THESAURUS) -> Index:
    return Index.build([Text(key, body) for key, body in texts.items()], thesaurus)


def keys(matches: tuple[Match, ...]) -> list[str]:
    return [match.key for match in matches]


# --- Words and thesaurus ------------------------------------------------------------------------


def test_words_know_where_they_stand() -> None:
    text = "L’accueil des primo-arrivant·es, à 100 %"
    found = words(text)
    assert [text[word.start : word.end] for word in found] == [
        "L", "accueil", "des", "primo", "arrivant", "es", "à", "100",
    ]  # fmt: skip
    assert [word.small for word in words("E\u0301TAT")] == ["état"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("étrangers", "étrangères"),
        ("revenus", "revenu"),
        ("locaux", "local"),
        ("formations", "formation"),
        ("equivalences", "équivalence"),
        ("création", "créer"),
    ],
)
def test_forms_of_a_word_share_their_stem(first: str, second: str) -> None:
    assert stem(first) == stem(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("habitants", "habitation"), ("communs", "communiquer"), ("association", "associer")],
)
def test_words_that_snowball_takes_for_one_are_kept_apart(first: str, second: str) -> None:
    assert stem(first) != stem(second)


@pytest.mark.parametrize(
    ("acronym", "term"),
    [
        ("RI", "revenu d’intégration"),
        ("CPAS", "centre public d’action sociale"),
        ("FLE", "français langue étrangère"),
        ("MENA", "mineurs étrangers non accompagnés"),
        ("ILI", "initiatives locales d’intégration"),
        ("CRI", "centre régional d’intégration"),
        ("BAPA", "bureau d’accueil des primo-arrivants"),
        ("AMIF", "fonds Asile, migration et intégration"),
        ("primo-arrivants", "personnes nouvellement arrivées"),
    ],
)
def test_acronyms_of_the_sector_stand_for_their_long_forms(acronym: str, term: str) -> None:
    texts = {"long": f"Relever sensiblement : {term}", "other": "Ouvrir la piscine le dimanche"}
    asked = f"Relever sensiblement : {acronym}"
    known = index_of(texts).nearest(asked, least=0.0)
    unknown = index_of(texts, NONE).nearest(asked, least=0.0)
    assert keys(known)[0] == "long"
    assert known[0].score > unknown[0].score


def test_a_thesaurus_can_be_edited() -> None:
    texts = {"one": "Ouvrir un Repair Café par quartier", "two": "Ouvrir une piscine par quartier"}
    edited = replace(THESAURUS, groups=(*THESAURUS.groups, ("Repair Café", "atelier de réparation")))
    asked = "Chaque quartier mérite son atelier de réparation"
    before, after = (dict_of(index_of(texts, each).nearest(asked, least=0)) for each in (THESAURUS, edited))
    assert after["one"] > before["one"]
    assert edited.digest != THESAURUS.digest


def dict_of(matches: tuple[Match, ...]) -> dict[str, float]:
    return {match.key: match.score for match in matches}


@given(st.permutations([("RI", "revenu d’intégration"), ("CPAS", "centre public"), ("", "  "), ("FLE",)]))
def test_order_of_a_thesaurus_says_nothing(groups: list[tuple[str, ...]]) -> None:
    one, other = Thesaurus(tuple(groups)), Thesaurus(tuple(group[::-1] for group in reversed(groups)))
    assert one.digest == other.digest
    texts = {"a": "Le RI au CPAS", "b": "Revenu d’intégration"}
    assert index_of(texts, one).to_bytes() == index_of(texts, other).to_bytes()


# --- The index --------------------------------------------------------------------------------------


@given(keyed, st.randoms())
@settings(max_examples=40)
def test_order_of_texts_changes_nothing(texts: dict[str, str], random: object) -> None:
    row = [Text(key, body) for key, body in texts.items()]
    shuffled = sorted(row, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert Index.build(row, THESAURUS).to_bytes() == Index.build(shuffled, THESAURUS).to_bytes()


@given(
    keyed,
    st.lists(st.tuples(st.booleans(), keyed), max_size=5),
)
@settings(max_examples=30)
def test_an_index_is_the_same_as_if_built_anew(
    texts: dict[str, str], steps: list[tuple[bool, dict[str, str]]]
) -> None:
    index = index_of(texts)
    for put, some in steps:
        before = index.to_bytes()
        if put:
            changed = index.put([Text(key, body) for key, body in some.items()])
            texts = texts | some
        else:
            changed = index.drop(some)
            texts = {key: body for key, body in texts.items() if key not in some}
        assert index.to_bytes() == before
        index = changed
    anew = index_of(texts)
    assert index.to_bytes() == anew.to_bytes()
    assert index.keys == tuple(sorted(texts))
    for body in [*texts.values(), DEMANDS[0]]:
        assert index.nearest(body, least=0.0) == anew.nearest(body, least=0.0)


@given(keyed, bodies, bodies)
@settings(max_examples=40)
def test_scores_are_the_same_both_ways(texts: dict[str, str], first: str, second: str) -> None:
    index = index_of(texts)
    assert index.score(first, second) == index.score(second, first)
    assert 0.0 <= index.score(first, second) <= 1.0


@given(keyed, bodies_told)
@settings(max_examples=40)
def test_equal_texts_score_one(texts: dict[str, str], body: str) -> None:
    index = index_of(texts | {"same": body})
    assert index.score(body, body) == 1.0
    best = index.nearest(body, most=len(index))
    assert dict_of(best)["same"] == 1.0
    assert best[0].score == 1.0
    assert best[0].is_very_close


def test_what_is_near_comes_by_score_from_a_fifth_on_five_at_most() -> None:
    index = trial.whole_index()
    matches = index.nearest(DEMANDS[0])
    assert 0 < len(matches) <= 5
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= 0.20
    every = index.nearest(DEMANDS[0], most=len(index), least=0.0)
    assert len(every) == len(index)
    assert [match.is_very_close for match in every] == [match.score >= 0.40 for match in every]


def test_a_text_is_not_near_itself() -> None:
    index = index_of({"a": DEMANDS[0], "b": DEMANDS[0]})
    assert keys(index.nearest(DEMANDS[0], key="a")) == ["b"]
    assert keys(index.nearest_to("a")) == ["b"]
    assert index.nearest_to("a") == index.nearest(DEMANDS[0], key="a")
    with pytest.raises(KeyError):
        index.nearest_to("c")


def test_many_are_asked_at_once_as_one_by_one(whole: Index) -> None:
    for least in (0.0, 0.4):
        found = dict(whole.closest(whole.keys[:150], most=20, least=least))
        assert tuple(found) == whole.keys[:150]
        assert all(matches == whole.nearest_to(key, most=20, least=least) for key, matches in found.items())
    assert list(index_of({}).closest([], most=5)) == []
    with pytest.raises(KeyError):
        list(whole.closest(["nobody"], most=5))


def test_pairs_are_those_that_are_very_close() -> None:
    index = index_of({"a": DEMANDS[0], "b": DEMANDS[0], "c": "Ouvrir la piscine le dimanche"})
    assert list(index.pairs()) == [("a", "b", 1.0)]
    every = list(index.pairs(least=0.0))
    assert [(one, other) for one, other, _ in every] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert all(score == dict_of(index.nearest_to(one, least=0.0))[other] for one, other, score in every)


def test_texts_that_differ_in_a_negation_alone_are_not_equal() -> None:
    index = index_of({"yes": "Expliquer les décisions", "no": "Ne pas expliquer les décisions"})
    assert 0.4 < index.score("Expliquer les décisions", "Ne pas expliquer les décisions") < 1.0


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_odd_texts_are_taken(body: str) -> None:
    index = index_of({"odd": body, "plain": DEMANDS[0]})
    found = dict_of(index.nearest(body, most=2))
    assert found.get("odd") == (1.0 if body.strip() else None)
    assert index.groups(body)[:1] == ((Group(Match("odd", 1.0)),) if body.strip() else ())


def test_an_empty_index_answers() -> None:
    index = index_of({})
    assert (len(index), index.nearest("texte"), index.groups("texte"), list(index.pairs())) == (0, (), (), [])
    assert index.score("texte", "texte") == 1.0
    assert len(Index.from_bytes(index.to_bytes(), THESAURUS)) == 0


def test_memory_is_what_the_index_says() -> None:
    index = trial.whole_index()
    rows = index.size - 8 * features.BUCKETS
    assert rows == pytest.approx(len(index.to_bytes()) * 1.5, rel=0.1)
    assert rows < 6_000 * len(index)


# --- As bytes ----------------------------------------------------------------------------------------


@given(keyed.filter(lambda texts: "\ud800" not in "".join(texts)))
@settings(max_examples=25)
def test_an_index_comes_back_from_bytes(texts: dict[str, str]) -> None:
    index = index_of(texts)
    again = Index.from_bytes(index.to_bytes(), THESAURUS)
    assert again.to_bytes() == index.to_bytes()
    assert again.digest == index.digest
    for body in [*texts.values(), DEMANDS[0]]:
        assert again.nearest(body, least=0.0) == index.nearest(body, least=0.0)
    assert again.put([Text("new", DEMANDS[1])]).to_bytes() == index.put([Text("new", DEMANDS[1])]).to_bytes()


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "from memoranda.similarity.index import Index, Text;"
        "from memoranda.similarity.sector import THESAURUS;"
        f"print(Index.build([Text('b', {DEMANDS[1]!r}), Text('a', {DEMANDS[0]!r})], THESAURUS).digest)"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, env={"PYTHONHASHSEED": "7"}
    )
    assert there.stdout.strip() == index_of({"a": DEMANDS[0], "b": DEMANDS[1]}).digest


def test_bytes_of_another_thesaurus_or_version_are_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    data = index_of({"a": DEMANDS[0]}).to_bytes()
    with pytest.raises(StaleIndexError):
        Index.from_bytes(data, NONE)
    monkeypatch.setattr("memoranda.similarity.index.VERSION", 999)
    with pytest.raises(StaleIndexError):
        Index.from_bytes(data, THESAURUS)


def spoilt(**changed: object) -> bytes:
    with np.load(io.BytesIO(index_of({"a": DEMANDS[0], "b": DEMANDS[1]}).to_bytes())) as kept:
        arrays = {name: kept[name] for name in kept.files}
    head = json.loads(arrays["head"].tobytes())
    for name, change in changed.items():
        if name in arrays:
            arrays[name] = change(arrays[name])  # type: ignore[operator]
        else:
            head[name] = change
    written = io.BytesIO()
    np.savez(written, **(arrays | {"head": np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)}))
    return written.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        b"PK\x03\x04nothing",
        index_of({"a": DEMANDS[0]}).to_bytes()[:-40],
        spoilt(starts=lambda starts: starts[::-1]),
        spoilt(starts=lambda starts: starts[:-1]),
        spoilt(numbers=lambda numbers: numbers + 10**6),
        spoilt(numbers=lambda numbers: numbers[:-1]),
        spoilt(weights=lambda weights: weights * np.nan),
        spoilt(weights=lambda weights: np.array([{"a": 1}] * len(weights), dtype=object)),
        spoilt(keys=["a"]),
        spoilt(keys=["a", 1]),
        spoilt(keys=["b", "a"]),
        spoilt(keys=["a", "a"]),
        spoilt(keys=None),
    ],
    ids=range(15),
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(StaleIndexError):
        Index.from_bytes(data, THESAURUS)


# --- What people decided -------------------------------------------------------------------------------

NAMES = "abcdefg"
names = st.sampled_from(NAMES)
decisions = st.lists(st.builds(Decision, names, names, st.sampled_from(Verdict)), max_size=8)
one_each = decisions.map(
    lambda made: list({frozenset((each.first, each.second)): each for each in made}.values())
)
matches = st.dictionaries(names, st.floats(0.2, 1.0), max_size=7).map(
    lambda found: [Match(key, score) for key, score in sorted(found.items(), key=lambda each: -each[1])]
)


@given(matches, one_each)
def test_decisions_hide_nothing_and_change_no_score(found: list[Match], decided: list[Decision]) -> None:
    shown = arrange(found, decided, "a")
    assert sorted(dict_of(shown).items()) == sorted((match.key, match.score) for match in found)
    groups = fold(shown, decided, lambda _one, _other: False, beside=7)
    assert sorted(match.key for group in groups for match in (group.first, *group.beside)) == sorted(
        match.key for match in found
    )


@given(matches)
def test_without_decisions_scores_alone_count(found: list[Match]) -> None:
    assert list(arrange(found, ())) == sorted(found, key=lambda match: (-match.score, match.key))


@given(matches, one_each)
def test_order_of_decisions_says_nothing(found: list[Match], decided: list[Decision]) -> None:
    turned = [Decision(each.second, each.first, each.verdict) for each in reversed(decided)]
    assert arrange(found, decided, "a") == arrange(found, turned, "a")
    assert arrange(found, Decided(decided), "a") == arrange(found, decided, "a")


@given(matches, one_each, names)
def test_what_is_different_sinks_and_what_is_the_same_rises(
    found: list[Match], decided: list[Decision], other: str
) -> None:
    rest = [each for each in decided if {each.first, each.second} != {"key", other}]
    before = keys(arrange(found, rest, "key"))
    if other not in before:
        return
    different = arrange(found, [*rest, Decision("key", other, Verdict.DIFFERENT)], "key")
    same = arrange(found, [*rest, Decision("key", other, Verdict.SAME)], "key")
    assert keys(different).index(other) >= before.index(other)
    assert keys(same).index(other) <= before.index(other)
    assert next(match for match in different if match.key == other).verdict is Verdict.DIFFERENT


def test_the_same_as_the_same_rises() -> None:
    found = [Match("a", 0.9), Match("b", 0.5), Match("c", 0.3)]
    decided = [Decision("key", "x", Verdict.SAME), Decision("x", "c", Verdict.SAME)]
    shown = arrange(found, decided, "key")
    assert keys(shown) == ["c", "a", "b"]
    assert (shown[0].verdict, shown[0].inferred, shown[0].score) == (Verdict.SAME, True, 0.3)


def test_a_text_rises_towards_what_it_is_the_same_as() -> None:
    found = [Match("a", 0.9), Match("b", 0.5), Match("c", 0.3)]
    assert keys(arrange(found, [Decision("a", "c", Verdict.SAME)])) == ["a", "c", "b"]


def test_different_from_one_of_the_same_is_different_from_all() -> None:
    found = [Match("a", 0.9), Match("b", 0.5)]
    decided = [Decision("key", "x", Verdict.SAME), Decision("x", "a", Verdict.DIFFERENT)]
    shown = arrange(found, decided, "key")
    assert keys(shown) == ["b", "a"]
    assert (shown[1].verdict, shown[1].inferred) == (Verdict.DIFFERENT, True)


def test_a_decision_of_the_pair_itself_counts_more_than_what_follows_from_others() -> None:
    decided = [
        Decision("key", "x", Verdict.SAME),
        Decision("x", "a", Verdict.SAME),
        Decision("key", "a", Verdict.DIFFERENT),
    ]
    for order in permutations(decided):
        (shown,) = arrange([Match("a", 0.9)], order, "key")
        assert (shown.verdict, shown.inferred) == (Verdict.DIFFERENT, False)


def test_related_is_told_and_moves_nothing() -> None:
    found = [Match("a", 0.9), Match("b", 0.5)]
    shown = arrange(found, [Decision("key", "b", Verdict.RELATED)], "key")
    assert keys(shown) == ["a", "b"]
    assert shown[1].verdict is Verdict.RELATED


def test_what_is_decided_comes_through_the_index() -> None:
    index = index_of({"a": DEMANDS[0], "b": DEMANDS[0] + " Merci beaucoup", "c": DEMANDS[0] + " Voilà"})
    decided = [Decision("key", "a", Verdict.DIFFERENT)]
    assert keys(index.nearest(DEMANDS[0], most=1, decided=decided, key="key")) != ["a"]
    assert keys(index.nearest(DEMANDS[0], decided=decided, key="key"))[-1] == "a"


def test_texts_that_are_very_close_share_a_place() -> None:
    close = {f"close/{number}": f"{DEMANDS[0]} {number}" for number in range(8)}
    index = index_of(close | {"other": "Évaluer le parcours d’intégration"} | trial_texts(40))
    groups = index.groups(DEMANDS[0])
    assert groups[0].first.key.startswith("close/")
    assert len(groups[0].beside) == 3
    assert groups[0].more >= 4
    assert all(not each.first.key.startswith("close/") for each in groups[1:])


def test_texts_decided_not_to_be_the_same_do_not_share_a_place() -> None:
    index = index_of({"90": "Rembourser 90 % du RI", "100": "Rembourser 100 % du RI"})
    assert len(index.groups("Rembourser le RI")) == 1
    decided = [Decision("90", "100", Verdict.RELATED)]
    assert len(index.groups("Rembourser le RI", decided=decided)) == 2


def trial_texts(count: int) -> dict[str, str]:
    return {f"distractor/{number}": body for number, body in enumerate(trial.distractors(count))}


# --- The trial ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> Index:
    return trial.whole_index()


def test_the_trial_is_as_large_as_it_says(whole: Index) -> None:
    labelled = trial.pairs()
    assert len(labelled) >= 200
    assert {pair.relation for pair in labelled} == {"same", "related", "different", "twin"}
    assert len(whole) > 800
    demands = {
        half: {pair.demand for pair in labelled if pair.half == half} for half in (trial.DEV, trial.HELD_OUT)
    }
    assert not demands[trial.DEV] & demands[trial.HELD_OUT]
    assert all(len(found) == 20 for found in demands.values())
    assert len(set(trial.distractors())) == trial.DISTRACTORS


@pytest.mark.parametrize("half", [trial.DEV, trial.HELD_OUT])
@pytest.mark.parametrize("grouped", [True, False], ids=["groups", "texts"])
def test_nine_of_ten_rewordings_find_their_demand_within_five(
    whole: Index, half: str, *, grouped: bool
) -> None:
    wanted = [pair for pair in trial.pairs() if pair.half == half]
    assert trial.reach(whole, wanted, grouped=grouped).at(5) >= 0.90


def test_light_and_medium_rewordings_are_found(whole: Index) -> None:
    some = [pair for pair in trial.pairs() if pair.kind in {"light", "medium"}]
    assert trial.reach(whole, some, grouped=False).at(5) >= 0.95


@pytest.fixture(scope="module")
def wide() -> Index:
    return trial.wide_index()


def test_the_unseen_part_is_as_large_as_it_says() -> None:
    unseen = trial.unseen()
    assert Counter(pair.kind for pair in unseen) == {"light": 30, "medium": 30, "strong": 20}
    halves = {
        half: {pair.demand for pair in unseen if pair.half == half} for half in (trial.READ, trial.KEPT)
    }
    assert not halves[trial.READ] & halves[trial.KEPT]
    assert len(halves[trial.READ] | halves[trial.KEPT]) == 50
    known = {text for pair in trial.pairs() for text in (pair.first, pair.second)}
    assert not known & {text for pair in unseen for text in (pair.first, pair.second)}


def test_nine_of_ten_unseen_light_and_medium_rewordings_are_found(wide: Index) -> None:
    some = [pair for pair in trial.unseen() if pair.kind in {"light", "medium"}]
    assert trial.reach(wide, some, grouped=False).at(5) >= 0.90


def test_most_unseen_rewordings_are_found(wide: Index) -> None:
    assert trial.reach(wide, trial.unseen(), grouped=False).at(5) >= 0.85


def test_groups_stay_short(whole: Index) -> None:
    assert trial.shown(whole, trial.pairs()) <= 12


def test_reach_does_not_depend_on_what_the_thesaurus_alone_knows() -> None:
    bare = Index.build(trial.pool(), NONE)
    light = [pair for pair in trial.pairs() if pair.kind == "light"]
    assert trial.reach(bare, light, grouped=False).at(3) == 1.0


@pytest.mark.parametrize("half", [trial.DEV, trial.HELD_OUT])
def test_nine_of_ten_twins_are_told_apart(half: str) -> None:
    seen, twins = trial.twins_seen(pair for pair in trial.pairs() if pair.half == half)
    assert seen / twins >= 0.90


def test_few_rewordings_are_told_to_contradict() -> None:
    alarms, same = trial.alarmed(pair for pair in trial.pairs() if pair.kind in {"light", "medium"})
    assert alarms / same <= 0.10


@pytest.mark.parametrize("path", [trial.FILE, trial.UNSEEN_FILE], ids=["pairs", "unseen"])
def test_no_person_is_named_in_the_trial(path: Path) -> None:
    assert not re.search(r"@|\b04\d{2}\b|\b(?:M\.|Mme|Mr) ", path.read_text(encoding="utf-8"))


def test_a_word_is_cut_where_no_french_word_is_so_long() -> None:
    (word,) = words("x" * 10_000)
    assert len(word.small) == LONGEST_WORD
