"""What an allocation comes to: how far wishes were met, beside « first come »; and why, for each person."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from graph.allocation.problem import Offer, Person, Problem, Score, Seats, score


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an allocation came out.

    `ranks`: seats given by rank of the wish, the first at [0]; `unranked`: seats in what was not wished for.
    `without`: people who asked and hold nothing; `unwished`: those who hold nothing that they had wished for,
    though they wished. `short`: seats asked for and not given; `empty`: seats left.
    """

    ranks: tuple[int, ...]
    unranked: int
    without: int
    unwished: int
    short: int
    empty: int


@dataclass(frozen=True, slots=True)
class Given:
    """A seat that somebody holds; `rank` is None where it was not wished for."""

    offer: int
    rank: int | None


class Reason(StrEnum):
    """Why a wish was not met."""

    FULL = "full"  # others hold all its seats
    CLASH = "clash"  # at the same time as what was given
    CLOSED = "closed"  # left under its minimum
    BARRED = "barred"  # at the same time as a seat held elsewhere
    ELSEWHERE = "elsewhere"  # seats are left, but moving would have cost others more


@dataclass(frozen=True, slots=True)
class Refused:
    """A wish that was not met: how many asked for its seats, and whether the lot alone decided.

    `demand` are those who hold it or would rather than something that they hold; `by_lot`: somebody holds it
    with whom an exchange would have cost all together exactly as much.
    """

    content: int
    rank: int
    reason: Reason
    demand: int
    seats: int
    by_lot: bool


@dataclass(frozen=True, slots=True)
class Why:
    """What somebody got, and each wish dearer than the last of that which was not met."""

    given: tuple[Given, ...]
    refused: tuple[Refused, ...]


def outcome(problem: Problem, seats: Seats) -> Outcome:
    """Count how an allocation came out."""
    ranks: Counter[int] = Counter()
    unranked = without = unwished = short = given = 0
    for person in problem.people:
        held = contents(problem, seats.get(person.id, ()))
        wished = [person.rank(content) for content in held if content in person.wishes]
        ranks.update(wished)
        given += len(held)
        unranked += len(held) - len(wished)
        without += person.seats > 0 and not held
        unwished += bool(person.seats and person.wishes and not wished)
        short += max(0, person.seats - len(held))
    most = max(ranks, default=0)
    capacity = sum(offer.capacity for offer in problem.offers)
    by_rank = tuple(ranks[rank] for rank in range(1, most + 1))
    return Outcome(by_rank, unranked, without, unwished, short, capacity - given)


def contents(problem: Problem, offers: Collection[int]) -> list[int]:
    """Return what those offers are about."""
    return [problem.by_offer[number].content for number in offers]


def first_come(problem: Problem) -> dict[int, tuple[int, ...]]:
    """Return who would hold what if each, on arriving, took the best left of what was wished for."""
    left = {offer.id: offer.capacity for offer in problem.offers}
    held: dict[int, tuple[int, ...]] = {}
    for person in sorted(problem.people, key=lambda each: (each.arrival, each.id)):
        mine: list[int] = []
        for content in person.wishes:
            free = [
                offer.id
                for offer in problem.contents[content]
                if left[offer.id]
                and offer.id not in person.barred
                and not problem.clashes[offer.id] & set(mine)
            ]
            if free and len(mine) < person.seats:
                mine.append(free[0])
                left[free[0]] -= 1
        held[person.id] = tuple(mine)
    return held


class Telling:
    """Tells person after person why; what concerns all is counted once."""

    def __init__(self, problem: Problem, seats: Seats, closed: Collection[int] = ()) -> None:
        self.problem, self.seats, self.closed = problem, seats, frozenset(closed)
        self.taken = Counter(number for held in seats.values() for number in held)
        self.holders: dict[int, dict[int, int]] = {content: {} for content in problem.contents}
        for number, held in seats.items():
            for offer in held:
                self.holders[problem.by_offer[offer].content][number] = offer
        self.demand = Counter({content: len(those) for content, those in self.holders.items()})
        for person in problem.people:
            self.demand.update(self._dearer(person))

    def why(self, number: int) -> Why:
        """Tell one person what was given, and why dearer wishes were not."""
        person = self.problem.by_person[number]
        given = [
            Given(offer, person.rank(content) if content in person.wishes else None)
            for offer in self.seats.get(number, ())
            for content in [self.problem.by_offer[offer].content]
        ]
        given.sort(key=lambda each: (each.rank is None, each.rank or 0, each.offer))
        refused = tuple(self._refusal(person, content) for content in self._dearer(person))
        return Why(tuple(given), refused)

    def _dearer(self, person: Person) -> list[int]:
        """Return the wishes not met that are dearer than the last seat held; all where a seat is missing."""
        held = contents(self.problem, self.seats.get(person.id, ()))
        if not person.seats:
            return []
        lacks = len(held) < person.seats
        worst = max((person.rank(content) for content in held), default=0)
        return [
            wish
            for rank, wish in enumerate(person.wishes, start=1)
            if wish not in held and (lacks or rank < worst)
        ]

    def _refusal(self, person: Person, content: int) -> Refused:
        offers = self.problem.contents[content]
        reason = self._reason(person, offers)
        by_lot = reason is Reason.FULL and any(
            self._exchange_is_even(person, self.problem.by_person[other], offer)
            for other, offer in self.holders[content].items()
        )
        capacity = sum(offer.capacity for offer in offers)
        return Refused(content, person.rank(content), reason, self.demand[content], capacity, by_lot)

    def _reason(self, person: Person, offers: Collection[Offer]) -> Reason:
        if all(offer.id in self.closed for offer in offers):
            return Reason.CLOSED
        possible = [
            offer for offer in offers if offer.id not in person.barred and offer.id not in self.closed
        ]
        if not possible:
            return Reason.BARRED
        free = [offer for offer in possible if self.taken[offer.id] < offer.capacity]
        if not free:
            return Reason.FULL
        mine = set(self.seats.get(person.id, ()))
        clashes = all(self.problem.clashes[offer.id] & mine for offer in free)
        return Reason.CLASH if clashes else Reason.ELSEWHERE

    def _exchange_is_even(self, one: Person, other: Person, offer: int) -> bool:
        """Say whether `one` and `other`, who holds the offer, could exchange seats at no cost to all.

        Where `one` has a seat less than `other`, and less than asked for, `other` may be who misses it.
        """
        mine, theirs = set(self.seats.get(one.id, ())), set(self.seats[other.id])
        exchanges = [{instead} for instead in sorted(mine - theirs)]
        if len(mine) < one.seats and len(mine) + 1 == len(theirs):
            exchanges.append(set())
        for instead in exchanges:
            after_mine, after_theirs = mine - instead | {offer}, theirs - {offer} | instead
            if _may_hold(self.problem, one, after_mine) and _may_hold(self.problem, other, after_theirs):
                before = _cost(self.problem, one, mine) + _cost(self.problem, other, theirs)
                after = _cost(self.problem, one, after_mine) + _cost(self.problem, other, after_theirs)
                if after == before:
                    return True
        return False


def why(problem: Problem, seats: Seats, number: int, closed: Collection[int] = ()) -> Why:
    """Tell one person what was given, and why dearer wishes were not."""
    return Telling(problem, seats, closed).why(number)


def _may_hold(problem: Problem, person: Person, offers: set[int]) -> bool:
    return not offers & set(person.barred) and all(not problem.clashes[each] & offers for each in offers)


def _cost(problem: Problem, person: Person, offers: Collection[int]) -> int:
    missing = max(0, person.seats - len(offers)) * person.cost_of_none
    return missing + sum(person.cost(content) for content in contents(problem, offers))


def moved(problem: Problem, seats: Seats, number: int, offers: Collection[int]) -> tuple[Score, Score]:
    """Return the score before and after one person holds those offers instead.

    Raises ValueError where the person may not hold them together, or one of them is full.
    """
    person = problem.by_person[number]
    if len(offers) > person.seats or not _may_hold(problem, person, set(offers)):
        raise ValueError("these exclude each other")
    after = {**{key: tuple(held) for key, held in seats.items()}, number: tuple(sorted(offers))}
    taken = Counter(each for held in after.values() for each in held)
    if any(taken[each] > problem.by_offer[each].capacity for each in offers):
        raise ValueError("full")
    return score(problem, seats), score(problem, after)
