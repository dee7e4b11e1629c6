"""The index of all texts: kept in its row by a job, and in each process's memory as far as it has read.

A request takes in what came since, up to `AT_ONCE` texts, without writing anything; what is more waits for
the job (`jobs/recognition.py`). Suggestions only: nothing here merges or refuses a text.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hub.core import jobs
from hub.core.jobs import OVER
from hub.recommendations.models.recognition import SimilarityIndex
from hub.recommendations.queries import recognition as queries
from memoranda.similarity.decisions import VERY_CLOSE, Decided, Decision, Group, Match, Verdict
from memoranda.similarity.index import Index, StaleIndexError, Text
from memoranda.similarity.sector import THESAURUS
from memoranda.similarity.thesaurus import Thesaurus

JOB = "recommendations.recognise"
AT_ONCE = 200
"""Texts that a request takes into the index itself: less than a tenth of a second."""
PAIRED_AT_ONCE = 40_000
"""Pairs of texts that a request compares itself."""
MOST_PAIRS = 20
"""Pairs that are kept of a text: the nearest."""
STEP = 500


@dataclass(frozen=True, slots=True)
class Held:
    """An index, which version of each text it has read, and the stamp of the texts it was held against."""

    stamp: str
    marks: Mapping[str, int]
    index: Index
    behind: int = 0
    """Texts that it hasn't read yet."""
    pairs: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """Scores of pairs of texts that are very close to each other, by keys in their order."""
    unpaired: frozenset[str] = frozenset()
    """Texts of the index that weren't held against all others yet."""

    @property
    def waits(self) -> bool:
        """Say whether the job has something to do."""
        return bool(self.behind or self.unpaired)


_held: WeakKeyDictionary[Engine, Held] = WeakKeyDictionary()
_lock = Lock()


def current(session: Session) -> Held:
    """Return the index as it stands for this session; `waits` says whether the job has something to do."""
    stamp, kept = _stamps(session)
    engine = session.get_bind().engine
    with _lock:
        held = _held.get(engine)
    if held is not None and held.stamp == stamp and not (held.waits and kept == stamp):
        return held
    found = _caught_up(session, held, stamp, kept)
    with _lock:
        _held[engine] = found
    return found


def _caught_up(session: Session, held: Held | None, stamp: str, kept: str) -> Held:
    """Return the index with what came since, as far as a request may take it in."""
    thesaurus = thesaurus_of(session)
    if held is None or held.waits or held.index.thesaurus.digest != thesaurus.digest:
        held = (_read(session, thesaurus) if kept else None) or held
    marks = _marks(session)
    if held is None or (held.index.thesaurus.digest != thesaurus.digest and len(marks) <= AT_ONCE):
        held = Held("", {}, Index.build((), thesaurus))
    if held.index.thesaurus.digest != thesaurus.digest:
        return replace(held, stamp=stamp, behind=len(marks))
    behind = len(_new(held, marks))
    if behind > AT_ONCE:
        return replace(held, stamp=stamp, behind=behind)
    found = _taken_in(session, held, marks, stamp)
    return paired(found) if len(found.unpaired) * len(found.index) <= PAIRED_AT_ONCE else found


def made(session: Session) -> Held:
    """Return the index of all texts, for the job: the one kept with what came since, or made anew."""
    thesaurus = thesaurus_of(session)
    stamp, _ = _stamps(session)
    held = _read(session, thesaurus) or Held("", {}, Index.build((), thesaurus))
    return _taken_in(session, held, _marks(session), stamp)


def paired(held: Held, on_progress: Callable[[float], None] | None = None) -> Held:
    """Return it with the pairs of all its texts; `on_progress` is told how much is done (0 to 1)."""
    pairs = dict(held.pairs)
    for number, key in enumerate(sorted(held.unpaired)):
        if on_progress and number % STEP == 0:
            on_progress(number / len(held.unpaired))
        for match in held.index.nearest_to(key, most=MOST_PAIRS, least=VERY_CLOSE):
            pairs[min(key, match.key), max(key, match.key)] = match.score
    return replace(held, pairs=pairs, unpaired=frozenset())


def _new(held: Held, marks: Mapping[str, int]) -> frozenset[str]:
    return frozenset(key for key, mark in marks.items() if held.marks.get(key) != mark)


def _taken_in(session: Session, held: Held, marks: Mapping[str, int], stamp: str) -> Held:
    """Return the index with the words of what is new, without what has gone."""
    new, gone = _new(held, marks), held.marks.keys() - marks.keys()
    read = [Text(key, body) for key, body in session.execute(queries.bodies(new))] if new else []
    index = held.index.drop(gone).put(read)
    moved = new | gone
    return Held(
        stamp,
        marks,
        index,
        pairs={pair: score for pair, score in held.pairs.items() if moved.isdisjoint(pair)},
        unpaired=frozenset(key for key in held.unpaired | new if key in index),
    )


def keep(session: Session, held: Held, *, now: datetime) -> None:
    """Keep the index in its row."""
    row = session.get(SimilarityIndex, 1) or SimilarityIndex(id=1)
    row.stamp, row.texts, row.made_at = held.stamp, len(held.index), now
    head = {"marks": dict(held.marks), "pairs": [[*pair, score] for pair, score in held.pairs.items()]}
    row.data = json.dumps(head).encode() + b"\n" + held.index.to_bytes()
    session.add(row)
    session.flush()


def ask(session: Session, *, now: datetime) -> None:
    """Have the job bring the index up to date, unless one waits already."""
    last = session.scalar(jobs.named(JOB).limit(1))
    if last is None or last.state in OVER:
        jobs.enqueue(session, JOB, now=now)


def decided(session: Session) -> Decided:
    """Return what people decided about pairs of texts."""
    return Decided(
        Decision(first, second, Verdict(verdict.value))
        for first, second, verdict in session.execute(queries.standing_verdicts())
    )


def undecided(session: Session, held: Held, known: Decided) -> list[Match]:
    """Return the pairs that wait for a decision, as matches keyed « c1 r7 », in the order to look at them.

    What stands behind one recommendation already is left out. What is the same by other decisions comes
    first, what is different by them last; in between the most alike first.
    """
    behind: dict[str, set[int]] = {}
    for contribution, recommendation in session.execute(queries.ties()):
        behind.setdefault(f"{queries.CONTRIBUTION}{contribution}", set()).add(recommendation)
        behind.setdefault(f"{queries.RECOMMENDATION}{recommendation}", set()).add(recommendation)
    nothing: set[int] = set()
    found = []
    for (first, second), score in held.pairs.items():
        verdict, inferred = known.of(first, second)
        if verdict and not inferred:
            continue
        one, other = behind.get(first, nothing), behind.get(second, nothing)
        if first[0] == queries.CONTRIBUTION and (one & other or _said_by_others(held, first, second, behind)):
            continue
        found.append(Match(f"{first} {second}", score, verdict, inferred))
    return sorted(found, key=lambda match: (_place(match), -match.score, match.key))


def _said_by_others(held: Held, first: str, second: str, behind: Mapping[str, set[int]]) -> bool:
    """Say whether the recommendations that two texts stand behind are a pair themselves."""
    return any(
        (min(one, other), max(one, other)) in held.pairs
        for one in _recommendations(first, behind)
        for other in _recommendations(second, behind)
        if {one, other} != {first, second}
    )


def _recommendations(key: str, behind: Mapping[str, set[int]]) -> list[str]:
    return [f"{queries.RECOMMENDATION}{number}" for number in behind.get(key, ())] or [key]


def _place(match: Match) -> int:
    return {Verdict.SAME: 0, Verdict.DIFFERENT: 2}.get(match.verdict, 1) if match.verdict else 1


def suggestions(session: Session, body: str, *, key: str = "") -> tuple[tuple[Group, ...], Held]:
    """Return the groups of texts nearest to a body, and the index that was asked."""
    held = current(session)
    if not body.strip():
        return (), held
    return held.index.groups(body, decided=decided(session), key=key), held


def thesaurus_of(session: Session) -> Thesaurus:
    """Return the network's thesaurus: its own groups of terms, else those of the sector; its fields."""
    groups = tuple(tuple(row.terms.splitlines()) for row in session.scalars(queries.thesaurus_groups()))
    return Thesaurus(groups=groups, fields=THESAURUS.fields) if groups else THESAURUS


def _read(session: Session, thesaurus: Thesaurus) -> Held | None:
    """Return the index kept; None where there is none, or one of another version or thesaurus."""
    row = session.scalar(queries.kept_index())
    if row is None:
        return None
    head, _, data = row.data.partition(b"\n")
    try:
        index = Index.from_bytes(data, thesaurus)
    except StaleIndexError:
        return None
    told = json.loads(head)
    pairs = {(first, second): score for first, second, score in told["pairs"]}
    return Held(row.stamp, told["marks"], index, pairs=pairs)


def _marks(session: Session) -> dict[str, int]:
    return {key: mark for key, mark in session.execute(queries.marks())}  # noqa: C416 - rows are no pairs to mypy


def _stamps(session: Session) -> tuple[str, str]:
    """Return the stamp of the texts as they are, and that of the index kept, "" for none."""
    told = list(session.execute(queries.facts()).one())
    kept = told.pop()
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest(), kept or ""
