"""What an item is beside the memoranda before it: new, repeated, changed, obtained; and what is gone.

A demand is the same one in two memoranda if it is the same recommendation, or if one comes from the other:
merged, split, taken over, however often.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.core.search import fold
from hub.publishing.models.composition import Descent
from hub.recommendations.models.recommendations import Outcome


@dataclass(frozen=True, slots=True)
class Standing:
    """A demand in one edition: its number there (« 2019/12 », "" before it has one) and its version.

    `said` is what somebody said of it instead of what is computed.
    """

    demand: int
    number: str = ""
    version: int = 1
    said: Descent | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A memorandum by one edition of it: what stands there, by recommendation.

    `edition` is None for one that was made elsewhere and is known by its document alone.
    """

    memorandum: int
    title: str
    slug: str
    year: int | None
    edition: int | None = None
    edition_number: int | None = None
    is_public: bool = True
    document: int | None = None
    held: Mapping[int, Standing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Demand:
    """A recommendation as it stands now; `rewordings` are the numbers of versions that ask something else."""

    id: int
    code: str
    title: str
    text: str
    outcome: Outcome | None = None
    rewordings: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """Its words, without regard to capitals and accents."""
        return " ".join(fold(f"{self.title} {self.text}").split())


@dataclass(frozen=True, slots=True)
class Line:
    """What an item is beside earlier memoranda.

    `since` is the first year in which it was asked, `earlier` the number that it bore last; `computed` is
    what it would be if nobody had said otherwise.
    """

    demand: int
    kind: Descent
    computed: Descent
    since: int | None = None
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A demand of the edition before that stands here no more: obtained, or dropped."""

    demand: int
    kind: Descent
    title: str
    number: str
    year: int | None


class Kin:
    """Who comes from whom, up and down; `ties` are (parent, child) and hold no ring."""

    def __init__(self, ties: Iterable[tuple[int, int]]) -> None:
        self._parents: dict[int, list[int]] = {}
        self._children: dict[int, list[int]] = {}
        for parent, child in ties:
            self._parents.setdefault(child, []).append(parent)
            self._children.setdefault(parent, []).append(child)

    def before(self, demand: int) -> set[int]:
        """Return the demand and all from which it comes."""
        return _reached(demand, self._parents)

    def after(self, demand: int) -> set[int]:
        """Return the demand and all that came of it."""
        return _reached(demand, self._children)


def _reached(start: int, ways: Mapping[int, Sequence[int]]) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        for each in ways.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


def lines(
    here: Stage, base: Stage | None, earlier: Sequence[Stage], kin: Kin, demands: Mapping[int, Demand]
) -> dict[int, Line]:
    """Say what each item of an edition is: recommendation → line.

    `base` is the edition that it is compared with, `earlier` the memoranda before it, the oldest first; an
    item that stood in none of them is new.
    """
    stages = [*earlier, *([base] if base is not None and base not in earlier else [])]
    found = {}
    for standing in here.held.values():
        kin_before = kin.before(standing.demand)
        asked = [stage for stage in stages if not kin_before.isdisjoint(stage.held)]
        last = base if base is not None and base in asked else (asked[-1] if asked else None)
        computed = _kind(standing, last, kin_before, demands)
        years = [stage.year for stage in asked if stage.year is not None]
        found[standing.demand] = Line(
            standing.demand,
            standing.said or computed,
            computed,
            min(years, default=None),
            _number(last, standing.demand, kin_before),
        )
    return found


def _kind(standing: Standing, last: Stage | None, before: set[int], demands: Mapping[int, Demand]) -> Descent:
    demand = demands[standing.demand]
    if demand.outcome is Outcome.OBTAINED:
        return Descent.OBTAINED
    if last is None:
        return Descent.NEW
    same = last.held.get(standing.demand)
    if same is not None:
        reworded = any(same.version < number <= standing.version for number in demand.rewordings)
    else:
        reworded = all(
            demands[each].words != demand.words for each in before if each in last.held and each in demands
        )
    return Descent.CHANGED if reworded else Descent.REPEATED


def _number(last: Stage | None, demand: int, before: set[int]) -> str:
    if last is None:
        return ""
    ordered = [demand, *sorted(before - {demand})]
    return next((last.held[each].number for each in ordered if each in last.held), "")


def gone(here: Stage, base: Stage | None, kin: Kin, demands: Mapping[int, Demand]) -> list[Gone]:
    """Return what stood in the edition before and has nothing left here, by its number there."""
    if base is None:
        return []
    left = [each for each in base.held.values() if kin.after(each.demand).isdisjoint(here.held)]
    return [
        Gone(
            each.demand,
            Descent.OBTAINED if demands[each.demand].outcome is Outcome.OBTAINED else Descent.DROPPED,
            demands[each.demand].title,
            each.number,
            base.year,
        )
        for each in sorted(left, key=_by_number)
    ]


def _by_number(standing: Standing) -> tuple[int, str, int]:
    return (len(standing.number), standing.number, standing.demand)


@dataclass(frozen=True, slots=True)
class Thread:
    """A demand through all memoranda: in which it stood, the oldest first, and by which recommendation."""

    demand: Demand
    stood: tuple[tuple[Stage, Standing], ...]

    @property
    def first(self) -> Stage:
        """The memorandum in which it stood first."""
        return self.stood[0][0]

    @property
    def last(self) -> Stage:
        """The memorandum in which it stood last."""
        return self.stood[-1][0]


def threads(stages: Sequence[Stage], kin: Kin, demands: Mapping[int, Demand]) -> Iterator[Thread]:
    """Yield each demand with all memoranda in which it, or what it comes from, stood.

    What became another demand that stood somewhere later is told by that one.
    """
    held = {demand for stage in stages for demand in stage.held}
    for demand in sorted(held):
        if any(each in held for each in kin.after(demand) - {demand}):
            continue
        before = [demand, *sorted(kin.before(demand) - {demand})]
        stood = [
            (stage, next(stage.held[each] for each in before if each in stage.held))
            for stage in stages
            if any(each in stage.held for each in before)
        ]
        yield Thread(demands[demand], tuple(stood))
