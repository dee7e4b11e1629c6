"""Recognising texts that ask the same: 10,000 texts indexed, one asked about, one added; and what is found.

On one core, in seconds of that core, so that what else the machine does counts for nothing. Beside it in the
same run, scikit-learn's TfidfVectorizer with n-grams of characters within words, which knows no stems,
thesaurus or themes: what our way of reading costs, and what it finds that n-grams alone don't. The texts are
demands of the field, each with words made of syllables besides, drawn from 20,000 by Zipf's law: so that
there are as many different words as in real ones.
"""

import os
import random
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median, quantiles
from time import process_time
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

from memoranda.similarity.decisions import Decided, Decision, Verdict
from memoranda.similarity.differences import differences
from memoranda.similarity.index import MOST, Index, Text
from memoranda.similarity.sector import THESAURUS
from tests.memoranda import similarity_trial as trial

Result = TypeVar("Result")

TEXTS, WORDS, OTHER_WORDS = 10_000, 20_000, 20
"""Texts, different words beside those of the field, and how many of them a text has."""
QUERIES = 200
INDEX_LIMIT, QUERY_LIMIT = 5.0, 0.050
"""Seconds."""
SEED = 6
SYLLABLES = [
    "ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "cho", "plan", "tre",
    "bri", "gou", "len", "mar", "tion", "ment", "eur", "age",
]  # fmt: skip


def run() -> Iterator[str]:
    """Measure on one core; yield lines for people. Fails where a limit isn't kept."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield from _speed()
        yield from _found()
        yield from _unseen()
    finally:
        os.sched_setaffinity(0, allowed)


def texts(count: int) -> list[Text]:
    """Return demands of some 30 words, always the same ones."""
    rng = random.Random(SEED)  # noqa: S311
    other = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(WORDS)]
    weights = [1 / place for place in range(1, WORDS + 1)]
    demands = trial.distractors(count)
    return [
        Text(f"text/{number}", f"{demand} {' '.join(rng.choices(other, weights, k=OTHER_WORDS))}.")
        for number, demand in enumerate(demands)
    ]


def _speed() -> Iterator[str]:
    made = texts(TEXTS)
    seconds, index = _timed(lambda: Index.build(made, THESAURUS))
    lengths = [len(text.body.split()) for text in made]
    yield (
        f"{TEXTS} texts of {median(lengths):.0f} words: indexed in {seconds:.2f} s, at most {INDEX_LIMIT:.0f}"
    )
    assert seconds < INDEX_LIMIT, seconds
    first, _ = _timed(lambda: index.nearest(made[0].body))
    queries = [pair.second for pair in trial.pairs()][:QUERIES]
    yield _line("nearest", [_timed(partial(index.nearest, body))[0] for body in queries], first)
    yield _line("groups", [_timed(partial(index.groups, body))[0] for body in queries])
    decided = Decided(
        Decision(made[number].key, made[number * 7 % TEXTS].key, (*Verdict,)[number % 3])
        for number in range(TEXTS)
    )
    taken = [_timed(partial(index.groups, body, decided=decided, key=made[0].key))[0] for body in queries]
    yield _line(f"groups with {TEXTS} decisions", taken)
    added, more = _timed(lambda: index.put([Text("new", queries[0])]))
    again, _ = _timed(lambda: more.nearest(queries[1]))
    yield f"one text added in {added * 1000:.0f} ms; the first question then takes {again * 1000:.0f} ms"
    written, data = _timed(index.to_bytes)
    read, _ = _timed(lambda: Index.from_bytes(data, THESAURUS))
    yield (
        f"{index.size / 1e6:.0f} MB in memory, {len(data) / 1e6:.0f} MB as bytes, "
        f"written in {written * 1000:.0f} ms and read in {read * 1000:.0f} ms"
    )
    pairs = [pair for pair in trial.pairs() if pair.relation == "twin"]
    taken = [_timed(partial(differences, pair.first, pair.second))[0] for pair in pairs]
    yield f"differences of two texts: {median(taken) * 1000:.1f} ms, 95 % under {_tail(taken) * 1000:.1f} ms"
    yield from _beside(made, queries, seconds)


def _beside(made: list[Text], queries: list[str], ours: float) -> Iterator[str]:
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    seconds, rows = _timed(lambda: vectorizer.fit_transform([text.body for text in made]))
    asked = [_timed(partial(_ngrams_asked, rows, vectorizer, body))[0] for body in queries]
    yield (
        f"scikit-learn's n-grams of characters: indexed in {seconds:.2f} s (ours: {ours / seconds:.2f} ×), "
        f"asked in {median(asked) * 1000:.1f} ms"
    )


def _ngrams_asked(rows: csr_array, vectorizer: TfidfVectorizer, body: str) -> NDArray[np.float64]:
    scores: NDArray[np.float64] = (rows @ vectorizer.transform([body]).T).toarray().ravel()
    return scores


def _found() -> Iterator[str]:
    index = trial.whole_index()
    halves = {
        name: [pair for pair in trial.pairs() if pair.half == name] for name in (trial.HELD_OUT, trial.DEV)
    }
    for name, wanted in {"all pairs": list(trial.pairs()), **halves}.items():
        yield _reached(f"{name}, within groups", trial.reach(index, wanted, grouped=True))
        yield _reached(f"{name}, text by text", trial.reach(index, wanted, grouped=False))
        for kind in ("light", "medium", "strong"):
            some = [pair for pair in wanted if pair.kind == kind]
            yield _reached(f"    {kind} rewording, within groups", trial.reach(index, some, grouped=True))
            yield _reached(f"    {kind} rewording, text by text", trial.reach(index, some, grouped=False))
        seen, twins = trial.twins_seen(wanted)
        alarms, same = trial.alarmed(wanted)
        yield (
            f"    {seen} of {twins} adversarial twins told apart, in what they differ; "
            f"{alarms} of {same} rewordings told to contradict"
        )
    yield f"the groups for a question hold {trial.shown(index, trial.pairs()):.1f} texts on average"
    for name, wanted in {"all pairs": list(trial.pairs()), **halves}.items():
        for way, vectorizer in _PLAIN.items():
            yield _reached(
                f"{name}, by {way} (scikit-learn), text by text", _by(vectorizer, trial.pool(), wanted)
            )


def _unseen() -> Iterator[str]:
    """Yield what is found of the wordings that were written without having seen the thesaurus."""
    index, pool, every = trial.wide_index(), trial.wide_pool(), trial.unseen()
    kept = [pair for pair in every if pair.half == trial.KEPT]
    for name, wanted in {"unseen": list(every), "unseen, kept": kept}.items():
        for kinds in _KINDS:
            some = [pair for pair in wanted if pair.kind in kinds]
            told = f"{name}, {' and '.join(kinds)} rewording"
            yield _reached(f"{told}, within groups", trial.reach(index, some, grouped=True))
            yield _reached(f"{told}, text by text", trial.reach(index, some, grouped=False))
        for way, vectorizer in _PLAIN.items():
            yield _reached(f"{name}, by {way} (scikit-learn), text by text", _by(vectorizer, pool, wanted))


_KINDS = [
    ("light", "medium", "strong"), ("light", "medium"), ("light",), ("medium",), ("strong",),
]  # fmt: skip

_PLAIN = {
    "n-grams of characters": TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
    "words": TfidfVectorizer(analyzer="word", sublinear_tf=True),
}
"""What stands beside ours: n-grams without stems or thesaurus, and words alone."""


def _by(vectorizer: TfidfVectorizer, pool: list[Text], wanted: list[trial.Pair]) -> trial.Reach:
    rows = vectorizer.fit_transform([text.body for text in pool])
    ranks = []
    for pair in wanted:
        if pair.relation == "same":
            scores = _ngrams_asked(rows, vectorizer, pair.second)
            order = [pool[place].key for place in np.argsort(-scores)]
            left = [key for key in order if not trial.is_other_wording(key, pair)]
            ranks.append(left.index(pair.target) + 1)
    return trial.Reach(len(ranks), {places: sum(rank <= places for rank in ranks) for places in (1, 3, MOST)})


def _reached(name: str, found: trial.Reach) -> str:
    return (
        f"{name}: "
        + ", ".join(f"R@{places} {found.at(places):.2f}" for places in (1, 3, 5))
        + (f" of {found.queries}")
    )


def _line(name: str, taken: list[float], first: float | None = None) -> str:
    tail = _tail(taken)
    assert tail < QUERY_LIMIT, tail
    cold = f"; the first one {first * 1000:.0f} ms" if first else ""
    return (
        f"{name}: {median(taken) * 1000:.1f} ms, 95 % under {tail * 1000:.1f} ms, "
        f"most {max(taken) * 1000:.1f} ms, at most {QUERY_LIMIT * 1000:.0f}{cold}"
    )


def _tail(taken: list[float]) -> float:
    return quantiles(taken, n=20)[-1]


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    begin = process_time()
    result = work()
    return process_time() - begin, result
