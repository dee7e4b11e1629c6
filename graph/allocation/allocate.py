"""The allocation of wishes: the way that fits the problem, proven where it can be.

- **flow** where each content is given once: least cost by the network simplex, exact.
- **split** where each content is given in every round with as many seats: the same flow for the contents,
  then an Euler split places them in rounds.
- **programme** for all else, and where the flow leaves a workshop under its minimum: mixed integer
  programming with a time limit.
- **greedy**, stated as such and not proven, where that limit is reached without an answer, or with one that
  is worse: round after round, each by a flow, closing what stays farthest under its minimum.
"""

from collections import Counter
from itertools import combinations

from graph.allocation import programme
from graph.allocation.flow import Asking, Place, flow
from graph.allocation.placing import place
from graph.allocation.problem import Allocation, Offer, Person, Problem, Seats, score

FLOW, SPLIT, PROGRAMME, GREEDY = "flow", "split", "programme", "greedy"
SECONDS = 60.0


def allocate(problem: Problem, *, seconds: float = SECONDS) -> Allocation:
    """Allot seats. The same problem gives the same answer, in whatever order it is told.

    `seconds` limits integer programming alone; an answer that was cut short is not `proven`.
    """
    method, seats = _by_flow(problem)
    if seats is not None and not _short(problem, seats):
        return _told(problem, seats, method, proven=True)
    found, proven = programme.solve(problem, seconds=seconds)
    if found is not None and proven:
        return _told(problem, found, PROGRAMME, proven=True)
    spare = _greedy(problem)
    if found is not None and score(problem, found).order <= score(problem, spare).order:
        return _told(problem, found, PROGRAMME, proven=False)
    return _told(problem, spare, GREEDY, proven=False)


def _told(problem: Problem, seats: Seats, method: str, *, proven: bool) -> Allocation:
    taken = Counter(number for held in seats.values() for number in held)
    return Allocation(
        seats={person: tuple(sorted(held)) for person, held in sorted(seats.items())},
        method=method,
        proven=proven,
        score=score(problem, seats),
        closed=tuple(offer.id for offer in problem.offers if taken[offer.id] < offer.minimum),
    )


def _short(problem: Problem, seats: Seats) -> list[Offer]:
    """Return the offers that hold some people, but fewer than their minimum."""
    taken = Counter(number for held in seats.values() for number in held)
    return [offer for offer in problem.offers if 0 < taken[offer.id] < offer.minimum]


def _by_flow(problem: Problem) -> tuple[str, dict[int, tuple[int, ...]] | None]:
    if all(len(offers) == 1 for offers in problem.contents.values()):
        groups = _groups(problem)
        return FLOW, None if groups is None else _flow_of_offers(problem, groups)
    if _rounds_are_equal(problem):
        return SPLIT, _flow_and_split(problem)
    return PROGRAMME, None


def _groups(problem: Problem) -> dict[int, int] | None:
    """Return the group of each offer, where « exclude each other » parts the offers; else None."""
    groups: dict[int, int] = {}
    for offer in problem.offers:
        both = {offer.id, *problem.clashes[offer.id]}
        if any({number, *problem.clashes[number]} != both for number in both):
            return None
        groups[offer.id] = min(both)
    return groups


def _flow_of_offers(problem: Problem, groups: dict[int, int]) -> dict[int, tuple[int, ...]]:
    sizes = Counter(groups.values())
    places = {
        offer.id: Place(
            offer.id, offer.content, offer.capacity, groups[offer.id] if sizes[groups[offer.id]] > 1 else None
        )
        for offer in problem.offers
    }
    return flow(problem, places, [_asking(person, places) for person in problem.people])


def _asking(person: Person, places: dict[int, Place]) -> Asking:
    return Asking(person.id, person.seats, tuple(each for each in places if each not in person.barred))


def _rounds_are_equal(problem: Problem) -> bool:
    """Say whether every content is given once in every round, each time with as many seats, for everybody."""
    rounds = {offer.round for offer in problem.offers}
    if None in rounds or any(person.barred for person in problem.people):
        return False
    if any(
        one.round != other.round and one.content != other.content and other.id in problem.clashes[one.id]
        for one, other in combinations(problem.offers, 2)
    ):
        return False
    return all(
        {offer.round for offer in offers} == rounds
        and len(offers) == len(rounds)
        and len({offer.capacity for offer in offers}) == 1
        for offers in problem.contents.values()
    )


def _flow_and_split(problem: Problem) -> dict[int, tuple[int, ...]]:
    rounds = sorted({offer.round or 0 for offer in problem.offers})
    seats = {content: offers[0].capacity for content, offers in problem.contents.items()}
    places = {content: Place(content, content, capacity * len(rounds)) for content, capacity in seats.items()}
    askings = [Asking(person.id, min(person.seats, len(rounds)), tuple(places)) for person in problem.people]
    got = flow(problem, places, askings)
    edges = [(person, content) for person in sorted(got) for content in got[person]]
    numbers = {(offer.content, offer.round): offer.id for offer in problem.offers}
    held: dict[int, list[int]] = {person.id: [] for person in problem.people}
    for turn, those in zip(rounds, place(edges, seats, len(rounds)), strict=True):
        for person, content in those:
            held[person].append(numbers[content, turn])
    return {person: tuple(offers) for person, offers in held.items()}


def _greedy(problem: Problem) -> dict[int, tuple[int, ...]]:
    """Go round by round; close the offer farthest under its minimum and begin anew, until none is."""
    closed: set[int] = set()
    while True:
        held = _round_by_round(problem, closed)
        taken = Counter(number for those in held.values() for number in those)
        short = _short(problem, held)
        if not short:
            return held
        closed.add(min(short, key=lambda each: (taken[each.id] - each.minimum, each.id)).id)


def _round_by_round(problem: Problem, closed: set[int]) -> dict[int, tuple[int, ...]]:
    held: dict[int, tuple[int, ...]] = {person.id: () for person in problem.people}
    for those in _rounds(problem):
        places = {
            number: Place(number, problem.by_offer[number].content, problem.by_offer[number].capacity)
            for number in those
            if number not in closed
        }
        askings = [
            Asking(
                person.id,
                1,
                tuple(
                    number
                    for number in places
                    if number not in person.barred and not problem.clashes[number] & set(held[person.id])
                ),
                held=len(held[person.id]),
            )
            for person in problem.people
            if len(held[person.id]) < person.seats
        ]
        for person, got in flow(problem, places, askings).items():
            held[person] += got
    return held


def _rounds(problem: Problem) -> list[list[int]]:
    """Part the offers into sets of which nobody can have two: what is alone in that is a set of its own."""
    left = [offer.id for offer in problem.offers]
    found = []
    while left:
        those = [left[0]]
        for number in left[1:]:
            if all(other in problem.clashes[number] for other in those):
                those.append(number)
        found.append(those)
        left = [number for number in left if number not in those]
    return found
