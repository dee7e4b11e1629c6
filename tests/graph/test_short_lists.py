"""Short lists earn nothing: whoever ranks on keeps every wish of the shorter list, and every seat.

Where seats are a flow this holds for any number of seats each (gross substitutes, `problem.py`); here it is
looked at for all small cases, and for many larger ones. With one seat each it holds for every method.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.allocation.allocate import FLOW, SPLIT, allocate
from graph.allocation.outcome import Reason, why
from graph.allocation.problem import Offer, Person, Problem


@dataclass(frozen=True)
class Got:
    """What the first person got with a list of so many wishes, and by which method."""

    wishes: tuple[int, ...]
    contents: tuple[int, ...]
    method: str
    is_proven: bool


def with_lists(problem: Problem) -> list[Got]:
    """Allot with the first person's list cut after each of its wishes, and whole."""
    mine, *others = problem.people
    found = []
    for kept in range(len(mine.wishes) + 1):
        cut = replace(mine, wishes=mine.wishes[:kept])
        told = allocate(replace(problem, people=(cut, *others)))
        contents = tuple(problem.by_offer[number].content for number in told.seats[mine.id])
        found.append(Got(cut.wishes, contents, told.method, told.proven))
    return found


def cost(person: Person, contents: tuple[int, ...]) -> int:
    """Return what that costs somebody, what is missing too."""
    missing = person.seats - len(contents)
    return sum(person.cost(content) for content in contents) + missing * person.cost_of_none


def earned(problem: Problem) -> list[str]:
    """Return what a shorter list of the first person earned."""
    mine = problem.people[0]
    found = with_lists(problem)
    wrong = []
    for place, short in enumerate(found):
        for longer in found[place + 1 :]:
            kept = set(short.contents) & {*short.wishes, *longer.wishes[: len(short.wishes) + 1]}
            whole = replace(mine, wishes=longer.wishes)
            if not kept <= set(longer.contents):
                wrong.append(f"{short} had {kept - set(longer.contents)}, not {longer}")
            if len(short.contents) > len(longer.contents):
                wrong.append(f"{short} had more seats than {longer}")
            if cost(whole, short.contents) < cost(whole, longer.contents):
                wrong.append(f"{short} was better served than {longer}")
    return wrong


def small_ones(topics: int, others: int) -> Iterator[Problem]:
    """Return all problems of so many workshops and people, with up to two seats, asked for and there."""
    contents = tuple(range(1, topics + 1))
    lists = [each for length in range(topics + 1) for each in permutations(contents, length)]
    asking = list(product(lists, (1, 2)))
    for seats in product((0, 1, 2), repeat=topics):
        offers = tuple(Offer(content, content, room) for content, room in zip(contents, seats, strict=True))
        for those in combinations_with_replacement(asking, others):
            for mine in (1, 2):
                people = (
                    Person(1, contents, mine),
                    *(Person(n, wishes, asked) for n, (wishes, asked) in enumerate(those, start=2)),
                )
                yield Problem(people, offers, f"{seats} {those}")


def test_no_small_case_rewards_a_short_list() -> None:
    for number, problem in enumerate(small_ones(topics=2, others=2)):
        assert not earned(problem), (number, problem)
    for number, problem in enumerate(small_ones(topics=3, others=1)):
        assert not earned(problem), (number, problem)


def crowded(seed: int, *, rounds: bool) -> Problem:
    """Return up to nine people of several seats, and often fewer seats than are asked for."""
    rng = random.Random(seed)  # noqa: S311
    topics = list(range(1, rng.randint(3, 7)))
    times = rng.randint(2, 3) if rounds else 1
    offers = []
    for topic in topics:
        room, turn = rng.randint(0, 3), rng.choice([None, 1, 2])
        offers += [
            Offer(topic * 10 + each, topic, room, round=each if rounds else turn) for each in range(times)
        ]
    people = [
        Person(n, tuple(rng.sample(topics, rng.randint(0, len(topics)))), rng.randint(1, 3))
        for n in range(1, rng.randint(3, 10))
    ]
    people[0] = replace(people[0], wishes=tuple(rng.sample(topics, len(topics))))
    return Problem(tuple(people), tuple(offers), str(seed))


@given(st.integers(0, 1_000_000), st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_crowd_rewards_a_short_list_whatever_number_of_seats_each(seed: int, rounds: bool) -> None:
    problem = crowded(seed, rounds=rounds)
    assert allocate(problem).method == (SPLIT if rounds else FLOW)
    assert not earned(problem)


@given(st.integers(0, 1_000_000))
@settings(max_examples=100, deadline=None)
def test_to_ask_for_more_seats_with_more_wishes_loses_none_of_the_first(seed: int) -> None:
    """Where choosing is free, as many seats are asked for as there are wishes."""
    problem = crowded(seed, rounds=False)
    mine, *others = problem.people
    before: set[int] = set()
    for kept in range(1, len(mine.wishes) + 1):
        cut = replace(mine, wishes=mine.wishes[:kept], seats=min(kept, 3))
        got = set(allocate(replace(problem, people=(cut, *others))).seats[mine.id])
        offers = {offer.content: offer.id for offer in problem.offers}
        assert before <= got
        before = got & {offers[content] for content in cut.wishes}


@given(st.integers(0, 1_000_000))
@settings(max_examples=30, deadline=None)
def test_with_one_seat_no_minimum_and_no_hours_reward_a_short_list(seed: int) -> None:
    """Beyond a flow the solver weighs lots as fractions: a tie may fall otherwise, so costs are compared."""
    rng = random.Random(seed)  # noqa: S311
    topics = list(range(1, rng.randint(3, 6)))
    offers = tuple(Offer(topic, topic, 3, minimum=rng.choice([0, 0, 2, 3])) for topic in topics)
    mine = Person(1, tuple(rng.sample(topics, len(topics))), 1)
    others = tuple(Person(n, tuple(rng.sample(topics, rng.randint(0, len(topics)))), 1) for n in range(2, 8))
    problem = Problem((mine, *others), offers, str(seed))
    best = allocate(problem)
    for cut in with_lists(problem)[:-1]:
        assert cut.is_proven
        if cost(mine, cut.contents) < cost(mine, held(problem, best.seats[1])):
            # Then the whole list could have had that too, for as little: the lot alone was kinder.
            forced = with_seat(problem, cut.contents)
            assert forced == best.score.order


def held(problem: Problem, numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Return the contents of offers."""
    return tuple(problem.by_offer[number].content for number in numbers)


def with_seat(problem: Problem, contents: tuple[int, ...]) -> tuple[int, ...]:
    """Return the best score where the first person sits there and nowhere else."""
    mine, *others = problem.people
    barred = tuple(offer.id for offer in problem.offers if offer.content not in contents)
    return allocate(replace(problem, people=(replace(mine, barred=barred), *others))).score.order


@pytest.mark.parametrize(
    ("mine", "luck"), [((1, 2, 3), range(110, 190)), ((1, 2), [0]), ((1,), [0]), ((), [0])]
)
def test_who_ranked_on_is_not_left_out_for_those_who_did_not(mine: tuple[int, ...], luck: list[int]) -> None:
    """Four people, three seats: with lists alike the lot decides; a shorter one never secures a seat."""
    offers = (Offer(1, 1, 1), Offer(2, 2, 1), Offer(3, 3, 1))
    others = tuple(Person(n, (1, 2, 3), 1) for n in (2, 3, 4))
    seated = sum(
        bool(allocate(Problem((Person(1, mine, 1), *others), offers, str(seed))).seats[1])
        for seed in range(200)
    )
    assert seated in luck


def test_where_a_first_wish_excludes_two_others_a_list_says_what_it_says() -> None:
    """Beyond a flow, with two seats each, to rank on can tell that two middling wishes please more than one.

    So it is with nobody else there: no seat is won from others by it.
    """
    offers = (
        Offer(1, 1, 1, hours=(0, 4)),
        Offer(2, 2, 1, hours=(0, 2)),
        Offer(3, 3, 1, hours=(2, 4)),
        Offer(4, 4, 1, hours=(4, 6)),
        Offer(5, 5, 1, hours=(4, 6)),
    )
    whole = Problem((Person(1, (1, 2, 3, 4, 5), 2, barred=(4,)),), offers, "s")
    assert [set(got.contents) for got in with_lists(whole)[1::4]] == [{1, 5}, {2, 3}]


def test_who_is_left_without_a_seat_by_lot_is_told_so() -> None:
    problem = Problem((Person(1, (1,), 1), Person(2, (1,), 1)), (Offer(1, 1, 1),), "s")
    seats = allocate(problem).seats
    loser = next(number for number, got in seats.items() if not got)
    (refused,) = why(problem, seats, loser).refused
    assert (refused.reason, refused.by_lot) == (Reason.FULL, True)
