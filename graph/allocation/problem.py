"""What an allocation starts from: people with their wishes, offers with their seats, a seed; what it costs.

A wish names a content: a workshop, whenever it is given. What somebody did not rank comes after the ranked
ones, and all of it equally: at the rank that follows the last; a seat that is missing costs as much. So a
short list earns nothing. Whoever ranks one workshop alone says to be as pleased with any other, and with
none, as a second wish would please, hence loses less by giving way than whoever ranks on: the allocation has
less, never more, reason to spare them. If no seat cost less than a place far down a long list, those who
ranked nothing would be served first where seats are scarce.

To rank on makes dearer what was not ranked, and that alone. For one seat each, what is got can then only rise
in one's own order. Wherever seats are a flow (`allocate`), what a set of seats costs all others is M♮-convex:
what did not become dearer is kept (gross substitutes), and no seat is lost. Beyond flows, several seats for
one person can go against that: a first wish may exclude two others (`tests/graph/test_short_lists.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import combinations
from typing import TypeAlias

Seats: TypeAlias = Mapping[int, Collection[int]]
"""The offers that each person holds, by their numbers."""

LOT_BITS = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """A workshop at one time. `hours` are two moments on any one scale; `minimum`: with fewer it is closed.

    Two offers of one round, with one content, or whose hours overlap, never go to the same person.
    """

    id: int
    content: int
    capacity: int
    minimum: int = 0
    round: int | None = None
    hours: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's wishes (contents, the dearest first) and how many seats are asked for.

    `arrival` orders people for the comparison with « first come »; `barred` are offers that are no choice,
    because of a seat held elsewhere at that hour.
    """

    id: int
    wishes: tuple[int, ...]
    seats: int
    arrival: int = 0
    barred: tuple[int, ...] = ()

    def rank(self, content: int) -> int:
        """Return the rank of a content, from 1; of what was not ranked, the one after the last wish."""
        return self.wishes.index(content) + 1 if content in self.wishes else len(self.wishes) + 1

    def cost(self, content: int) -> int:
        """Return what a seat there costs: 0 for the first wish, growing ever faster (0, 1, 4, 9…)."""
        return (self.rank(content) - 1) ** 2

    @property
    def cost_of_none(self) -> int:
        """What a missing seat costs: as much as one that was not ranked."""
        return len(self.wishes) ** 2


@dataclass(frozen=True)
class Problem:
    """All that an allocation depends on. Raises ValueError if it contradicts itself."""

    people: tuple[Person, ...]
    offers: tuple[Offer, ...]
    seed: str
    by_offer: Mapping[int, Offer] = field(init=False, repr=False, compare=False)
    by_person: Mapping[int, Person] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The order in which they came must change nothing.
        object.__setattr__(self, "people", tuple(sorted(self.people, key=lambda each: each.id)))
        object.__setattr__(self, "offers", tuple(sorted(self.offers, key=lambda each: each.id)))
        object.__setattr__(self, "by_offer", {each.id: each for each in self.offers})
        object.__setattr__(self, "by_person", {each.id: each for each in self.people})
        if len(self.by_person) < len(self.people) or len(self.by_offer) < len(self.offers):
            raise ValueError("a number stands twice")
        if any(not 0 <= each.minimum <= each.capacity for each in self.offers):
            raise ValueError("a minimum lies between 0 and the seats")
        for person in self.people:
            if person.seats < 0 or len(set(person.wishes)) < len(person.wishes):
                raise ValueError(f"person {person.id} wishes for something twice, or for less than nothing")
            if not self.contents.keys() >= set(person.wishes):
                raise ValueError(f"person {person.id} wishes for what nobody offers")

    @cached_property
    def contents(self) -> dict[int, tuple[Offer, ...]]:
        """The offers of each content."""
        found: dict[int, list[Offer]] = defaultdict(list)
        for offer in self.offers:
            found[offer.content].append(offer)
        return {content: tuple(found[content]) for content in sorted(found)}

    @cached_property
    def clashes(self) -> dict[int, frozenset[int]]:
        """The offers that exclude each offer."""
        found: dict[int, set[int]] = {offer.id: set() for offer in self.offers}
        for one, other in combinations(self.offers, 2):
            if clash(one, other):
                found[one.id].add(other.id)
                found[other.id].add(one.id)
        return {number: frozenset(others) for number, others in found.items()}

    @property
    def levels(self) -> int:
        """How many seats are asked for at most by one person."""
        return max((person.seats for person in self.people), default=0)

    @property
    def wanted(self) -> int:
        """How many seats are asked for by all."""
        return sum(person.seats for person in self.people)


@dataclass(frozen=True)
class Score:
    """What is compared, in this order: how many miss a first seat, a second…; then the sum of the costs.

    `regret` counts the seats held and those that are missing.
    """

    missing: tuple[int, ...]
    regret: int

    @property
    def order(self) -> tuple[int, ...]:
        """What two scores are compared by: the least is the best."""
        return (*self.missing, self.regret)


@dataclass(frozen=True)
class Allocation:
    """Who holds what, by which method, and whether nothing better exists (`proven`).

    `closed` are the offers left without people because they would stay under their minimum.
    """

    seats: Mapping[int, tuple[int, ...]]
    method: str
    proven: bool
    score: Score
    closed: tuple[int, ...] = ()


def clash(one: Offer, other: Offer) -> bool:
    """Say whether nobody can be in both. Hours that touch do not overlap."""
    if one.content == other.content or (one.round is not None and one.round == other.round):
        return True
    if one.hours is None or other.hours is None:
        return False
    return max(one.hours[0], other.hours[0]) < min(one.hours[1], other.hours[1])


def score(problem: Problem, seats: Seats) -> Score:
    """Return what an allocation costs."""
    missing = [0] * problem.levels
    regret = 0
    for person in problem.people:
        held = seats.get(person.id, ())
        for level in range(len(held), person.seats):
            missing[level] += 1
            regret += person.cost_of_none
        regret += sum(person.cost(problem.by_offer[number].content) for number in held)
    return Score(tuple(missing), regret)


def faults(problem: Problem, seats: Seats) -> list[str]:
    """Return what an allocation breaks, in words for developers; nothing should ever stand here."""
    wrong = []
    taken = Counter(number for held in seats.values() for number in held)
    for offer in problem.offers:
        if taken[offer.id] > offer.capacity:
            wrong.append(f"offer {offer.id} holds {taken[offer.id]} of {offer.capacity}")
        if 0 < taken[offer.id] < offer.minimum:
            wrong.append(f"offer {offer.id} is under its minimum")
    for number, held in seats.items():
        person = problem.by_person[number]
        if len(held) > person.seats or set(held) & set(person.barred):
            wrong.append(f"person {number} holds too much or what is barred")
        if any(other in problem.clashes[one] for one, other in combinations(held, 2)):
            wrong.append(f"person {number} holds two that exclude each other")
    return wrong


def lot(seed: str, person: int, place: int) -> int:
    """Draw 40 bits for a person and a place: the same for the same seed, whoever else is there."""
    drawn = blake2b(f"{seed}/{person}/{place}".encode(), digest_size=LOT_BITS // 8)
    return int.from_bytes(drawn.digest(), "big")
