"""What an allocation comes to: how far wishes were met, compared with « first come »; and why, for each person."""

from collections import Counter
from collections.abc import Collection, Mapping
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


def why(problem: Problem, seats: Seats, number: int, closed: Collection[int] = ()) -> Why:
    """Tell one person what was given, and why dearer wishes were not."""
    person = problem.by_person[number]
    held = sorted(seats.get(number, ()), key=lambda each: person.rank(problem.by_offer[each].content))
    mine = contents(problem, held)
    given = tuple(
        Given(offer, person.rank(content) if content in person.wishes else None)
        for offer, content in zip(held, mine, strict=True)
    )
    worst = _worst(person, mine)
    refused = tuple(
        _refusal(problem, seats, person, content=wish, closed=closed)
        for wish in person.wishes
        if wish not in mine and person.rank(wish) < worst
    )
    return Why(given, refused)


def _worst(person: Person, held: Collection[int]) -> int:
    """Return the rank up to which wishes count: that of the last seat, beyond all where one is missing."""
    if len(held) < person.seats or not held:
        return len(person.wishes) + 2
    return max(person.rank(content) for content in held)


def _refusal(
    problem: Problem, seats: Seats, person: Person, *, content: int, closed: Collection[int]
) -> Refused:
    offers = problem.contents[content]
    holders = _holders(problem, seats, content)
    eager = [
        other
        for other in problem.people
        if other.id not in holders
        and content in other.wishes
        and other.rank(content) < _worst(other, contents(problem, seats.get(other.id, ())))
    ]
    capacity = sum(offer.capacity for offer in offers)
    reason = _reason(problem, seats, person, offers=offers, closed=closed)
    by_lot = reason is Reason.FULL and any(
        _exchange_is_even(problem, seats, person, problem.by_person[other], offer=offer)
        for other, offer in holders.items()
    )
    return Refused(content, person.rank(content), reason, len(holders) + len(eager), capacity, by_lot)


def _holders(problem: Problem, seats: Seats, content: int) -> Mapping[int, int]:
    """Return (person → offer) of those who hold a content."""
    numbers = {offer.id for offer in problem.contents[content]}
    return {person: offer for person, held in seats.items() for offer in held if offer in numbers}


def _reason(
    problem: Problem, seats: Seats, person: Person, *, offers: Collection[Offer], closed: Collection[int]
) -> Reason:
    if all(offer.id in closed for offer in offers):
        return Reason.CLOSED
    possible = [offer for offer in offers if offer.id not in person.barred and offer.id not in closed]
    if not possible:
        return Reason.BARRED
    taken = Counter(number for held in seats.values() for number in held)
    if all(taken[offer.id] >= offer.capacity for offer in possible):
        return Reason.FULL
    mine = set(seats.get(person.id, ()))
    free = [offer for offer in possible if taken[offer.id] < offer.capacity]
    return Reason.CLASH if all(problem.clashes[offer.id] & mine for offer in free) else Reason.ELSEWHERE


def _exchange_is_even(problem: Problem, seats: Seats, one: Person, other: Person, *, offer: int) -> bool:
    """Say whether `one` and `other`, who holds the offer, could exchange seats at no cost to all together."""
    mine, theirs = set(seats.get(one.id, ())), set(seats[other.id])
    for instead in sorted(mine - theirs):
        after_mine, after_theirs = mine - {instead} | {offer}, theirs - {offer} | {instead}
        if _may_hold(problem, one, after_mine) and _may_hold(problem, other, after_theirs):
            before = _cost(problem, one, mine) + _cost(problem, other, theirs)
            if _cost(problem, one, after_mine) + _cost(problem, other, after_theirs) == before:
                return True
    return False


def _may_hold(problem: Problem, person: Person, offers: set[int]) -> bool:
    return not offers & set(person.barred) and all(not problem.clashes[each] & offers for each in offers)


def _cost(problem: Problem, person: Person, offers: Collection[int]) -> int:
    return sum(person.cost(content) for content in contents(problem, offers))


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
