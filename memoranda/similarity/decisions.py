"""What people decided about pairs of texts, and how it moves what is suggested next.

Scores stay as they are and nothing is hidden: a decision changes the order alone, and is told beside the
text.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

VERY_CLOSE = 0.40
"""From this score on two texts are « very close »."""


class Verdict(StrEnum):
    """What somebody decided about two texts."""

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision that stands about two texts, by their keys; which is first says nothing."""

    first: str
    second: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Match:
    """A text that is near: its key, its score (0 to 1), what was decided.

    `inferred`: not of this pair itself, but of texts decided to be the same as one of the two.
    """

    key: str
    score: float
    verdict: Verdict | None = None
    inferred: bool = False

    @property
    def is_very_close(self) -> bool:
        """Say whether the score is 0.40 or more."""
        return self.score >= VERY_CLOSE


class Decided:
    """Decisions made quick to ask: the latest in a row counts for its pair.

    Whoever asks often with thousands of decisions makes it once, and gives it in their place.
    """

    @classmethod
    def by(cls, decisions: "Decisions") -> "Decided":
        """Return decisions made quick to ask, if they aren't yet."""
        return decisions if isinstance(decisions, Decided) else cls(decisions)

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._verdicts = {
            frozenset((each.first, each.second)): each.verdict
            for each in decisions
            if each.first != each.second
        }
        self._groups = _groups(
            sorted(tuple(sorted(pair)) for pair, verdict in self._verdicts.items() if verdict is Verdict.SAME)
        )
        self._apart: set[frozenset[str]] = {
            frozenset(map(self.group, pair))
            for pair, verdict in self._verdicts.items()
            if verdict is Verdict.DIFFERENT
        }

    def __bool__(self) -> bool:
        return bool(self._verdicts)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Return the keys of all texts of which something was decided: of two others nothing follows."""
        return frozenset(key for pair in self._verdicts for key in pair)

    def group(self, key: str) -> str:
        """Return the name of the group of texts decided to be the same that a text is in: its first key."""
        return self._groups.get(key, key)

    def of(self, first: str, second: str) -> tuple[Verdict | None, bool]:
        """Return what was decided of two texts, and whether that is only inferred."""
        direct = self._verdicts.get(frozenset((first, second)))
        if direct:
            return direct, False
        one, other = self.group(first), self.group(second)
        if one == other:
            return Verdict.SAME, True
        return (Verdict.DIFFERENT, True) if frozenset((one, other)) in self._apart else (None, False)


Decisions: TypeAlias = Decided | Iterable[Decision]


def arrange(matches: Sequence[Match], decisions: Decisions, key: str = "") -> tuple[Match, ...]:
    """Return the same matches in the order to show them, each with what was decided of it and `key`.

    What is the same as the text comes first, what is different last, by decision or inferred: who is the same
    as A is different from what A is different from. In between, a text rises half-way to the best placed one
    that it was decided to be the same as. Equal places go by score, then by key.
    """
    decided = Decided.by(decisions)
    told = [_told(match, decided, key) for match in matches]
    best: dict[str, float] = {}
    for match in told:
        group = decided.group(match.key)
        best[group] = max(match.score, best.get(group, 0.0))

    def place(match: Match) -> tuple[int, float, float, str]:
        lifted = (match.score + best[decided.group(match.key)]) / 2
        return _tier(match.verdict), -lifted, -match.score, match.key

    return tuple(sorted(told, key=place))


@dataclass(frozen=True, slots=True)
class Group:
    """A text that is near, the best of those very close to it, and how many more of those there are."""

    first: Match
    beside: tuple[Match, ...] = ()
    more: int = 0


def fold(
    matches: Sequence[Match],
    decisions: Decisions,
    alike: Callable[[str, str], bool],
    *,
    beside: int,
) -> tuple[Group, ...]:
    """Return matches in their order, those that are alike under the first of them.

    Alike are texts decided to be the same, and those for whose keys `alike` says so unless they were decided
    not to be the same. What was decided to be different from the text asked about stays apart from what
    wasn't.
    """
    decided = Decided.by(decisions)
    rows: list[list[Match]] = []
    for match in matches:
        row = next((row for row in rows if _folds(row[0], match, decided, alike)), None)
        if row is None:
            rows.append([match])
        else:
            row.append(match)
    return tuple(Group(row[0], tuple(row[1 : beside + 1]), max(0, len(row) - 1 - beside)) for row in rows)


def _folds(first: Match, match: Match, decided: Decided, alike: Callable[[str, str], bool]) -> bool:
    if (first.verdict is Verdict.DIFFERENT) != (match.verdict is Verdict.DIFFERENT):
        return False
    verdict, _ = decided.of(first.key, match.key)
    return alike(first.key, match.key) if verdict is None else verdict is Verdict.SAME


def _tier(verdict: Verdict | None) -> int:
    """Return 0 for what stands first, 2 for what stands last."""
    return {Verdict.SAME: 0, Verdict.DIFFERENT: 2}.get(verdict, 1) if verdict else 1


def _told(match: Match, decided: Decided, key: str) -> Match:
    # Of a text of which nothing was decided nothing is inferred: no need to ask for thousands of matches.
    verdict, inferred = decided.of(key, match.key) if key in decided.keys else (None, False)
    if (verdict, inferred) == (match.verdict, match.inferred):
        return match
    return replace(match, verdict=verdict, inferred=inferred)


def _groups(pairs: Sequence[tuple[str, ...]]) -> dict[str, str]:
    """Return the first key of each text's group: who is reached by pairs belongs together."""
    near: dict[str, set[str]] = {}
    for first, second in pairs:
        near.setdefault(first, set()).add(second)
        near.setdefault(second, set()).add(first)
    named: dict[str, str] = {}
    for key in sorted(near):
        queue = [] if key in named else [key]
        while queue:
            each = queue.pop()
            if each not in named:
                named[each] = key
                queue.extend(near[each])
    return named
