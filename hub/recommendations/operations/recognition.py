"""The index of all texts: kept in its row by a job, and in each process's memory as far as it has read.

A request takes in what came since, up to `AT_ONCE` texts, without writing anything; what is more waits for
the job (`jobs/recognition.py`). Suggestions only: nothing here merges or refuses a text.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from threading import Lock
from typing import overload
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Row
from sqlalchemy.orm import Session

from hub.core import jobs
from hub.core.jobs import OVER, Job
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
    found = held.index.closest(sorted(held.unpaired), most=MOST_PAIRS, least=VERY_CLOSE)
    for number, (key, matches) in enumerate(found):
        if on_progress and number % STEP == 0:
            on_progress(number / len(held.unpaired))
        for match in matches:
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


def last_job(session: Session) -> Job | None:
    """Return the job that was asked for last, whatever became of it."""
    return session.scalar(jobs.named(JOB).limit(1))


def ask(session: Session, *, now: datetime) -> None:
    """Have the job bring the index up to date, unless one waits already."""
    last = last_job(session)
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

    What stands behind one recommendation already is left out, and so is what was merged, split or taken over
    from one another: that is known. What is the same by other decisions comes first, what is different by
    them last; in between the most alike first.
    """
    behind: dict[str, set[int]] = {}
    families = _families(session.execute(queries.kin()))
    told = known.keys
    for contribution, recommendation in session.execute(queries.ties()):
        behind.setdefault(f"{queries.CONTRIBUTION}{contribution}", set()).add(recommendation)
        behind.setdefault(f"{queries.RECOMMENDATION}{recommendation}", set()).add(recommendation)
    nothing: set[int] = set()
    found = []
    for (first, second), score in held.pairs.items():
        verdict, inferred = known.of(first, second) if first in told or second in told else (None, False)
        if verdict and not inferred:
            continue
        one, other = behind.get(first, nothing), behind.get(second, nothing)
        if first[0] == queries.CONTRIBUTION and (one & other or _said_by_others(held, first, second, behind)):
            continue
        if families and _is_kin(_recommendations(first, behind), _recommendations(second, behind), families):
            continue
        found.append(Match(f"{first} {second}", score, verdict, inferred))
    return sorted(found, key=lambda match: (_place(match), -match.score, match.key))


class Waiting:
    """The pairs that wait for a decision, in the order to look at them, made quick to narrow."""

    def __init__(self, matches: Sequence[Match]) -> None:
        self.matches = matches

    @cached_property
    def _kinds(self) -> dict[str, list[int]]:
        """Return the places of the pairs of a kind: « cr » a contribution and a recommendation."""
        found: dict[str, list[int]] = {}
        for place, match in enumerate(self.matches):
            first, _, second = match.key.partition(" ")
            found.setdefault(first[0] + second[0], []).append(place)
        return found

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Return the places of the pairs of each text."""
        found: dict[str, list[int]] = {}
        for place, match in enumerate(self.matches):
            for key in match.key.split(" "):
                found.setdefault(key, []).append(place)
        return found

    @cached_property
    def _newest(self) -> list[int]:
        """Return all places, the pair of the newest texts first."""

        def numbers(place: int) -> tuple[int, int]:
            first, _, second = self.matches[place].key.partition(" ")
            return int(first[1:]), int(second[1:])

        return sorted(range(len(self.matches)), key=numbers, reverse=True)

    def narrowed(
        self,
        *,
        kind: str = "",
        about: AbstractSet[str] | None = None,
        least: float = 0.0,
        newest: bool = False,
    ) -> Sequence[Match]:
        """Return the pairs of a kind, of which one text at least is among `about`, that score so much."""
        places: Sequence[int] = self._newest if newest else range(len(self.matches))
        kept: set[int] | None = None
        if about is not None:
            kept = set(chain.from_iterable(self._places[key] for key in self._places.keys() & about))
        if kind:
            kept = set(self._kinds.get(kind, ())) if kept is None else kept & set(self._kinds.get(kind, ()))
        if kept is not None:
            places = [place for place in places if place in kept] if newest else sorted(kept)
        if least:
            places = [place for place in places if self.matches[place].score >= least]
        return _Chosen(self.matches, places)


class _Chosen(Sequence[Match]):
    """Some of many pairs: a page takes a few of them, the rest is never touched."""

    def __init__(self, matches: Sequence[Match], places: Sequence[int]) -> None:
        self._matches, self._places = matches, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, wanted: int) -> Match: ...

    @overload
    def __getitem__(self, wanted: slice) -> list[Match]: ...

    def __getitem__(self, wanted: int | slice) -> Match | list[Match]:
        if isinstance(wanted, slice):
            return [self._matches[place] for place in self._places[wanted]]
        return self._matches[self._places[wanted]]


_waiting: WeakKeyDictionary[Engine, tuple[Held, str, Waiting]] = WeakKeyDictionary()


def waiting(session: Session, held: Held) -> Waiting:
    """Return the pairs that wait, computed anew where texts, decisions or what they stand behind changed."""
    mark = json.dumps(list(session.execute(queries.decision_facts()).one()), default=str)
    engine = session.get_bind().engine
    with _lock:
        last = _waiting.get(engine)
    if last is not None and last[0] is held and last[1] == mark:
        return last[2]
    found = Waiting(undecided(session, held, decided(session)))
    with _lock:
        _waiting[engine] = (held, mark, found)
    return found


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


def _families(ties: Iterable[Row[int, int]]) -> dict[str, int]:
    """Return which family each tied recommendation belongs to, by its key: all that came from one another."""
    members: dict[int, set[int]] = {}
    for parent, child in ties:
        joined = members.get(parent, {parent}) | members.get(child, {child})
        members.update(dict.fromkeys(joined, joined))
    return {f"{queries.RECOMMENDATION}{number}": min(family) for number, family in members.items()}


def _is_kin(ones: Iterable[str], others: Iterable[str], families: Mapping[str, int]) -> bool:
    """Say whether a recommendation of the first and one of the second are of one family."""
    found = {families[one] for one in ones if one in families}
    return any(families[other] in found for other in others if other in families)


def _place(match: Match) -> int:
    return {Verdict.SAME: 0, Verdict.DIFFERENT: 2}.get(match.verdict, 1) if match.verdict else 1


def suggestions(session: Session, body: str, *, key: str = "") -> tuple[tuple[Group, ...], Held]:
    """Return the groups of texts nearest to a body, and the index that was asked."""
    held = current(session)
    return near(held, decided(session), body, key=key), held


def near(held: Held, known: Decided, body: str, *, key: str = "") -> tuple[Group, ...]:
    """Return the groups of texts nearest to a body, by an index and decisions that were read before."""
    return held.index.groups(body, decided=known, key=key) if body.strip() else ()


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
