"""Allocation as an integer programme, where rounds are unequal or a workshop needs a minimum of people.

The solver counts in floating point, so what matters more is settled first and then held, each time with small
whole numbers, exact far below 2^53: as many as possible with a first seat, then with a second…, then the
least sum of costs, with the lots as fractions of them.
"""

from dataclasses import dataclass, field
from time import monotonic

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from graph.allocation.problem import LOT_BITS, Offer, Person, Problem, lot

OPTIMAL = 0


@dataclass
class Programme:
    """Variables: who sits where (one for each person and offer), which levels are met, which offers open."""

    problem: Problem
    deadline: float
    pairs: list[tuple[int, int]] = field(default_factory=list)
    levels: list[tuple[int, int]] = field(default_factory=list)
    rows: list[csr_array] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    answer: NDArray[np.float64] | None = None
    proven: bool = True

    def __post_init__(self) -> None:
        people = self.problem.people
        self.pairs = [
            (person.id, offer.id)
            for person in people
            if person.seats
            for offer in self.problem.offers
            if offer.id not in person.barred
        ]
        self.levels = [(person.id, level) for person in people for level in range(person.seats)]
        self.opening = [offer.id for offer in self.problem.offers if offer.minimum]
        self.size = len(self.pairs) + len(self.levels) + len(self.opening)
        self._constrain()

    def _constrain(self) -> None:
        entries: list[tuple[list[int], list[float], float, float]] = []
        of_person: dict[int, dict[int, int]] = {}
        of_offer: dict[int, list[int]] = {}
        for index, (person, offer) in enumerate(self.pairs):
            of_person.setdefault(person, {})[offer] = index
            of_offer.setdefault(offer, []).append(index)
        met: dict[int, list[int]] = {}
        for index, (person, _level) in enumerate(self.levels, start=len(self.pairs)):
            met.setdefault(person, []).append(index)
        cliques = self._cliques()
        for person, mine in of_person.items():
            sits, reached = list(mine.values()), met[person]
            entries.append((sits + reached, [1.0] * len(sits) + [-1.0] * len(reached), 0, 0))
            for clique in cliques:
                together = [mine[offer] for offer in clique if offer in mine]
                if len(together) > 1:
                    entries.append((together, [1.0] * len(together), 0, 1))
        first = len(self.pairs) + len(self.levels)
        for place in self.problem.offers:
            those = of_offer.get(place.id, [])
            if place.id not in self.opening:
                entries.append((those, [1.0] * len(those), 0, place.capacity))
                continue
            opens = first + self.opening.index(place.id)
            columns, ones = [*those, opens], [1.0] * len(those)
            entries.append((columns, [*ones, -float(place.capacity)], -np.inf, 0))
            entries.append((columns, [*ones, -float(place.minimum)], 0, np.inf))
        self._add(entries)

    def _cliques(self) -> list[tuple[int, ...]]:
        """Return the largest sets of offers that all exclude each other."""
        graph = nx.Graph((one, other) for one, others in self.problem.clashes.items() for other in others)
        return sorted(tuple(sorted(clique)) for clique in nx.find_cliques(graph))

    def _add(self, entries: list[tuple[list[int], list[float], float, float]]) -> None:
        if not entries:
            return
        columns = np.array([column for entry in entries for column in entry[0]], dtype=np.int64)
        values = np.array([value for entry in entries for value in entry[1]])
        places = np.repeat(np.arange(len(entries)), [len(entry[0]) for entry in entries])
        shape = (len(entries), self.size)
        self.rows.append(coo_array((values, (places, columns)), shape=shape).tocsr())
        self.least += [entry[2] for entry in entries]
        self.most += [entry[3] for entry in entries]

    def settle(self, costs: dict[int, int]) -> None:
        """Minimise the sum of the costs (by variable) and hold it from now on."""
        reached = self._improve(costs, np.array(list(costs.values()), dtype=float), gap=0.0)
        if reached is not None and costs:
            self._add([(list(costs), [float(cost) for cost in costs.values()], -np.inf, float(reached))])

    def settle_by_lot(self, costs: dict[int, int]) -> None:
        """Minimise the sum of the costs; among what is equally good, choose by lot.

        First the least sum is found and proven. Then each cost is raised by a lot so small that all together
        stay under a half, and an answer within a half of the least is taken: so no lot outweighs a cost.
        """
        reached = self._improve(costs, np.array(list(costs.values()), dtype=float), gap=0.0)
        if reached is None:
            return
        best, proven = self.answer, self.proven
        room = 2 * max(1, self.problem.wanted) << LOT_BITS
        lots = np.array([lot(self.problem.seed, *self.pairs[column]) / room for column in costs])
        weights = np.array(list(costs.values()), dtype=float) + lots
        if self._improve(costs, weights, gap=0.4 / (abs(reached) + 1)) != reached:
            self.answer = best
        self.proven = proven

    def _improve(self, costs: dict[int, int], weights: NDArray[np.float64], *, gap: float) -> int | None:
        """Look for the least sum of weights; return the sum of costs reached, None if time ran out first."""
        seconds = self.deadline - monotonic()
        if seconds <= 0:
            self.proven = False
            return None
        objective = np.zeros(self.size)
        objective[list(costs)] = weights
        whole = np.ones(self.size)
        whole[len(self.pairs) : len(self.pairs) + len(self.levels)] = 0  # follow from who sits where
        answer = milp(
            objective,
            constraints=LinearConstraint(vstack(self.rows, format="csr"), self.least, self.most),
            integrality=whole,
            bounds=Bounds(0, 1),
            options={"time_limit": seconds, "mip_rel_gap": gap},
        )
        if answer.status != OPTIMAL:
            self.proven = False
        if answer.x is None:
            return None
        self.answer = np.round(answer.x)
        return sum(cost for column, cost in costs.items() if self.answer[column])

    def seats(self) -> dict[int, tuple[int, ...]] | None:
        """Return who holds what in the best answer so far."""
        if self.answer is None:
            return None
        held: dict[int, list[int]] = {person.id: [] for person in self.problem.people}
        for (person, offer), chosen in zip(self.pairs, self.answer[: len(self.pairs)], strict=True):
            if chosen:
                held[person].append(offer)
        return {person: tuple(offers) for person, offers in held.items()}


def _gain(person: Person, offer: Offer) -> int:
    """Return what a seat changes in the sum of costs (0 or less), beside one that is missing."""
    return person.cost(offer.content) - person.cost_of_none


def solve(problem: Problem, *, seconds: float) -> tuple[dict[int, tuple[int, ...]] | None, bool]:
    """Return the best allocation found within so many seconds, and whether nothing better exists.

    None where not even a first one was found.
    """
    programme = Programme(problem, monotonic() + seconds)
    if not programme.pairs:
        return {person.id: () for person in problem.people}, True
    first = len(programme.pairs)
    for level in range(problem.levels):
        met = {index: -1 for index, (_, each) in enumerate(programme.levels, start=first) if each == level}
        programme.settle(met)
    costs = {
        index: _gain(problem.by_person[person], problem.by_offer[offer])
        for index, (person, offer) in enumerate(programme.pairs)
    }
    programme.settle_by_lot(costs)
    return programme.seats(), programme.proven
