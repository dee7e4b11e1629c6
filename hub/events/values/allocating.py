"""An allocation as it is kept: numbers only; and what it says to each person, in sentences.

`given` holds the whole problem without its seed, `result` who holds what, so that a run can be repeated and
every person told why, years later as well as now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.allocation.outcome import Reason, Refused, Why
from graph.allocation.problem import Allocation, Offer, Person, Problem
from hub.core.errors import N_

Sentence = tuple[str, dict[str, Any]]
"""A French msgid and its words."""

FIRST, OTHER, UNRANKED = (
    N_("« %(title)s » : votre 1er souhait."),
    N_("« %(title)s » : votre %(rank)se souhait."),
    N_("« %(title)s » : un atelier que vous n’aviez pas classé, où il restait de la place."),
)
NOTHING = N_("Il ne restait de place dans aucun atelier pour vous.")
BY_LOT = N_(
    "« %(title)s » (souhait n° %(rank)s) avait plus de demandes (%(demand)s) que de places (%(seats)s) : "
    "le tirage au sort a départagé."
)
REASONS = {
    Reason.FULL: N_(
        "« %(title)s » (souhait n° %(rank)s) avait plus de demandes (%(demand)s) que de places (%(seats)s) : "
        "d’autres personnes auraient perdu autant que vous, ou davantage."
    ),
    Reason.CLASH: N_(
        "« %(title)s » (souhait n° %(rank)s) : la place qui restait est en même temps que ce que vous avez."
    ),
    Reason.CLOSED: N_(
        "« %(title)s » (souhait n° %(rank)s) n’aura pas lieu : trop peu de personnes pouvaient y être."
    ),
    Reason.BARRED: N_(
        "« %(title)s » (souhait n° %(rank)s) est en même temps qu’un atelier que vous aviez déjà choisi."
    ),
    Reason.ELSEWHERE: N_(
        "« %(title)s » (souhait n° %(rank)s) : vous y placer aurait privé d’autres personnes de leur atelier."
    ),
}
BY_HAND = N_("L’équipe de coordination a changé votre répartition à la main.")


@dataclass(frozen=True)
class Kept:
    """A run read back: the problem, who holds what, what is closed, and who was moved by hand."""

    problem: Problem
    seats: Mapping[int, tuple[int, ...]]
    closed: tuple[int, ...]
    moved: frozenset[int]


def as_given(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON, without its seed."""
    return {
        "offers": [
            [each.id, each.content, each.capacity, each.minimum, each.round, each.hours]
            for each in problem.offers
        ],
        "people": [[each.id, each.wishes, each.seats, each.arrival, each.barred] for each in problem.people],
    }


def problem_of(given: Mapping[str, Any], seed: str) -> Problem:
    """Return the problem that was kept."""
    offers = (
        Offer(number, content, capacity, minimum, turn, None if hours is None else (hours[0], hours[1]))
        for number, content, capacity, minimum, turn, hours in given["offers"]
    )
    people = (
        Person(number, tuple(wishes), seats, arrival, tuple(barred))
        for number, wishes, seats, arrival, barred in given["people"]
    )
    return Problem(tuple(people), tuple(offers), seed)


def as_result(allocation: Allocation) -> dict[str, Any]:
    """Return what came out as JSON."""
    return {
        "seats": [[person, list(held)] for person, held in allocation.seats.items()],
        "closed": list(allocation.closed),
        "missing": list(allocation.score.missing),
        "moved": [],
    }


def kept(given: Mapping[str, Any], result: Mapping[str, Any], seed: str) -> Kept:
    """Read a run back."""
    return Kept(
        problem=problem_of(given, seed),
        seats={person: tuple(held) for person, held in result["seats"]},
        closed=tuple(result["closed"]),
        moved=frozenset(result["moved"]),
    )


def sentences(told: Why, titles: Mapping[int, str], contents: Mapping[int, int]) -> list[Sentence]:
    """Say what somebody got and why dearer wishes were not met. `titles` by number, `contents` by offer."""
    said: list[Sentence] = [] if told.given else [(NOTHING, {})]
    for given in told.given:
        title = titles.get(given.offer) or titles.get(contents.get(given.offer, 0), "")
        words = {"title": title, "rank": given.rank}
        said.append((UNRANKED if given.rank is None else FIRST if given.rank == 1 else OTHER, words))
    said += [_refusal(each, titles) for each in told.refused]
    return said


def _refusal(refused: Refused, titles: Mapping[int, str]) -> Sentence:
    words = {
        "title": titles.get(refused.content, ""),
        "rank": refused.rank,
        "demand": refused.demand,
        "seats": refused.seats,
    }
    return (BY_LOT if refused.by_lot else REASONS[refused.reason]), words
