"""Allotting wishes: 1,000 people, 20 workshops in 2 rounds, beside integer programming and OR-tools.

All in one run on one core: the allocation as the application does it, the same optimum by integer programming
(equal, or the run fails), and OR-tools' minimum cost flow on the very network, arcs and whole costs alike.
"""

import random
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from ortools.graph.python import min_cost_flow

from graph.allocation import programme
from graph.allocation.allocate import FLOW, SPLIT, allocate
from graph.allocation.outcome import first_come, outcome
from graph.allocation.problem import Offer, Person, Problem, faults, score

PEOPLE, WORKSHOPS, ROUNDS, SEATS = 1_000, 20, 2, 2
SPARE = 1.05
"""Seats for each that is asked for."""
RANKED, SCARCE, STEEP = 4, 1.0, 1.0
"""The comparison with « first come »: wishes of each person, seats for each asked for, and how much more the
first workshops are wished for than the n-th: n^STEEP times."""
LOTS = 1 << 20
"""OR-tools counts in 64 bits: costs that leave room for lots of 20 bits."""


@dataclass(frozen=True)
class Timed:
    """What came of it, and the seconds that it took."""

    seconds: float
    cost: int


def run() -> list[str]:
    """Measure; return lines for people. Fails where an optimum is not that of integer programming."""
    lines = []
    for repeated in (True, False):
        problem = crowd(repeated=repeated, ranked=WORKSHOPS * (1 if repeated else ROUNDS), seed=1)
        ours = allotted(problem, SPLIT if repeated else FLOW)
        lines.append(
            f"{len(problem.people)} people, {said(repeated)}: {ours.seconds:.2f} s, cost {ours.cost}"
        )
        exact = programmed(problem)
        assert exact.cost == ours.cost, (exact.cost, ours.cost)
        lines.append(f"  integer programming: {exact.seconds:.2f} s, the same cost")
        if repeated:
            theirs = by_or_tools(problem)
            assert theirs.cost == ours.cost, (theirs.cost, ours.cost)
            ratio = ours.seconds / theirs.seconds
            lines.append(f"  OR-tools' flow: {theirs.seconds:.3f} s, the same cost; ratio {ratio:.1f}")
    return [*lines, *beside_first_come()]


def said(repeated: bool) -> str:
    """Say how the workshops are given."""
    if repeated:
        return f"{WORKSHOPS} workshops, each in {ROUNDS} rounds (flow and Euler split)"
    return f"{WORKSHOPS} workshops in each of {ROUNDS} rounds (flow)"


def crowd(*, repeated: bool, ranked: int, seed: int, spare: float = SPARE, steep: float = 0.7) -> Problem:
    """Return people who wish for some workshops far more often than for others."""
    rng = random.Random(seed)  # noqa: S311
    capacity = int(PEOPLE * SEATS * spare / (WORKSHOPS * ROUNDS))
    offers = tuple(
        Offer(
            id=topic * ROUNDS + turn,
            content=topic if repeated else topic * ROUNDS + turn,
            capacity=capacity,
            round=turn + 1,
        )
        for topic in range(1, WORKSHOPS + 1)
        for turn in range(ROUNDS)
    )
    contents = sorted({offer.content for offer in offers})
    popular = {content: 1 / place**steep for place, content in enumerate(contents, start=1)}
    people = tuple(
        Person(
            number,
            tuple(sorted(contents, key=lambda each: rng.expovariate(popular[each]))[:ranked]),
            SEATS,
            arrival=number,
        )
        for number in range(1, PEOPLE + 1)
    )
    return Problem(people, offers, f"bench {seed}")


def allotted(problem: Problem, method: str) -> Timed:
    """Allot as the application does; check that it is proven and breaks no rule."""
    begin = perf_counter()
    found = allocate(problem)
    seconds = perf_counter() - begin
    assert found.proven
    assert found.method == method
    assert not faults(problem, found.seats)
    assert not any(found.score.missing)
    return Timed(seconds, found.score.regret)


def programmed(problem: Problem) -> Timed:
    """Find the optimum by integer programming alone."""
    begin = perf_counter()
    seats, proven = programme.solve(problem, seconds=600)
    seconds = perf_counter() - begin
    assert proven
    assert seats is not None
    found = score(problem, seats)
    assert not any(found.missing)
    return Timed(seconds, found.regret)


def by_or_tools(problem: Problem) -> Timed:
    """Solve the contents' flow by OR-tools: the same arcs, costs shifted by lots of 20 bits."""
    begin = perf_counter()
    solver = min_cost_flow.SimpleMinCostFlow()
    contents = list(problem.contents)
    first, sink = len(problem.people), len(problem.people) + len(contents)
    rng = random.Random(problem.seed)  # noqa: S311
    places = {content: first + place for place, content in enumerate(contents)}
    tails, heads, costs = [], [], []
    for place, person in enumerate(problem.people):
        for content in contents:
            tails.append(place)
            heads.append(places[content])
            costs.append(person.cost(content) * LOTS * 4_096 + rng.randrange(LOTS))
    solver.add_arcs_with_capacity_and_unit_cost(
        np.array(tails), np.array(heads), np.ones(len(tails), dtype=np.int64), np.array(costs)
    )
    for content, offers in problem.contents.items():
        seats = sum(offer.capacity for offer in offers)
        solver.add_arc_with_capacity_and_unit_cost(places[content], sink, seats, 0)
    for place in range(first):
        solver.set_node_supply(place, SEATS)
    solver.set_node_supply(sink, -SEATS * first)
    assert solver.solve() == solver.OPTIMAL
    return Timed(perf_counter() - begin, solver.optimal_cost() // (LOTS * 4_096))


def beside_first_come() -> list[str]:
    """Count who is left with nothing, over some crowds whose people rank a few workshops each."""
    left, none, unwished = [], [], []
    for seed in range(1, 6):
        problem = crowd(repeated=True, ranked=RANKED, seed=seed, spare=SCARCE, steep=STEEP)
        left.append(outcome(problem, first_come(problem)).without)
        ours = outcome(problem, allocate(problem).seats)
        none.append(ours.without)
        unwished.append(ours.unwished)
    return [
        f"with {RANKED} wishes each, first come leaves {min(left)} to {max(left)} of {PEOPLE} with nothing",
        f"the allocation: {max(none)} with nothing, {max(unwished)} at most with nothing wished for",
    ]
