"""The rules of choosing, held against a model that tries every pair by brute force."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.app import load_models
from hub.core.errors import DomainError
from hub.events.models.workshops import Way, Workshop, WorkshopBlock, WorkshopRound
from hub.events.values.choosing import Clash, chosen_now, clash, faults, given_up, ranked_now

load_models()  # every class is mapped before one is made
START = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


def block(number: int = 1, least: int = 1, most: int = 1, **values: object) -> WorkshopBlock:
    return WorkshopBlock(id=number, choices_min=least, choices_max=most, **{"way": Way.FIRST_COME, **values})


def workshop(number: int, block_id: int = 1, **values: object) -> Workshop:
    return Workshop(id=number, block_id=block_id, title=f"Atelier {number}", position=number, **values)


def at(number: int, first: int, last: int, **values: object) -> Workshop:
    hours = {"starts_at": START + timedelta(minutes=first), "ends_at": START + timedelta(minutes=last)}
    return workshop(number, **hours, **values)


@pytest.mark.parametrize(
    ("least", "most", "count", "words"),
    [
        (2, 2, 1, "exactement 2"),
        (2, 2, 3, "exactement 2"),
        (1, 1, 0, "exactement un atelier"),
        (1, 3, 0, "au moins un atelier"),
        (2, 3, 1, "au moins 2"),
        (0, 1, 2, "un atelier au plus"),
        (0, 2, 3, "2 ateliers au plus"),
    ],
)
def test_how_many(least: int, most: int, count: int, words: str) -> None:
    rows = [workshop(number) for number in range(1, 5)]
    (wrong,) = faults([block(least=least, most=most)], rows, range(1, count + 1))
    assert wrong.block_id == 1
    assert words in str(wrong.error())
    assert wrong.error().field == "block_1"


def test_two_of_a_round_two_that_overlap_and_the_same_again_exclude_each_other() -> None:
    assert clash(workshop(1, round_id=1), workshop(2, round_id=1)) == Clash.ROUND
    assert clash(workshop(1, round_id=1), workshop(2, round_id=2)) is None
    assert clash(workshop(1), workshop(2, repeats_id=1)) == Clash.CONTENT
    assert clash(workshop(2, repeats_id=1), workshop(3, repeats_id=1)) == Clash.CONTENT
    assert clash(at(1, 0, 60), at(2, 59, 90)) == Clash.HOURS
    assert clash(at(1, 0, 60), at(2, 60, 90)) is None
    assert clash(at(1, 0, 60), workshop(2)) is None


def test_the_hours_of_a_round_stand_for_workshops_without_own() -> None:
    morning = WorkshopRound(id=1, starts_at=START, ends_at=START + timedelta(hours=2))
    one = workshop(1)
    one.round, one.round_id = morning, 1
    assert clash(one, at(2, 60, 180)) == Clash.HOURS


def test_workshops_of_two_blocks_may_exclude_each_other_too() -> None:
    rows = [at(1, 0, 60), at(2, 30, 90, block_id=2)]
    (wrong,) = faults([block(1), block(2)], rows, [1, 2])
    assert wrong.block_id == 2
    assert "chevauchent" in str(wrong.error())


def test_a_cancelled_one_and_one_of_elsewhere() -> None:
    rows = [workshop(1, cancelled_at=START), workshop(2, block_id=9)]
    assert "n’aura pas lieu" in str(faults([block()], rows, [1])[0].error())
    for stranger in (2, 77):
        wrong = faults([block()], rows, [stranger])
        assert wrong[0].error().field == "workshops"


def test_which_blocks_ask_what() -> None:
    rows = [
        block(1),
        block(2, way=Way.WISHES),
        block(3, most=0, least=0),
        block(4, way=Way.WISHES, allotted_at=START),
    ]
    assert [each.id for each in chosen_now(rows)] == [1, 4]  # of what was allotted, the seats that are left
    assert [each.id for each in ranked_now(rows)] == [2]


def test_what_one_gives_up_for_a_workshop_that_one_waits_for() -> None:
    two = block(least=2, most=2)
    held = [workshop(1, round_id=1), workshop(2, round_id=2)]
    assert given_up(two, workshop(3, round_id=1), held) is held[0]
    assert given_up(two, workshop(3), held) is held[1]
    assert given_up(two, workshop(3), held[:1]) is None
    with pytest.raises(DomainError, match="plusieurs"):
        given_up(two, at(3, 0, 120), [at(1, 0, 60), at(2, 60, 120)])


@st.composite
def days(draw: st.DrawFn) -> tuple[list[WorkshopBlock], list[Workshop], set[int]]:
    bounds = [
        sorted((draw(st.integers(0, 3)), draw(st.integers(0, 3)))) for _ in range(draw(st.integers(1, 3)))
    ]
    blocks = [block(number, least, most) for number, (least, most) in enumerate(bounds, start=1)]
    rows = []
    for number in range(1, draw(st.integers(1, 7)) + 1):
        owner = draw(st.integers(1, len(blocks)))
        timed = draw(st.booleans())
        first = draw(st.integers(0, 6))
        rows.append(
            workshop(
                number,
                owner,
                round_id=draw(st.sampled_from([None, owner * 10, owner * 10 + 1])),
                repeats_id=draw(st.sampled_from([None, *range(1, number)])),
                starts_at=START + timedelta(hours=first) if timed else None,
                ends_at=START + timedelta(hours=first + draw(st.integers(1, 3))) if timed else None,
                cancelled_at=draw(st.sampled_from([None, None, None, START])),
            )
        )
    # One repeats an original, never a repetition: that is how programmes are kept.
    originals = {each.id for each in rows if each.repeats_id is None}
    for each in rows:
        if each.repeats_id not in originals:
            each.repeats_id = None
    return blocks, rows, set(draw(st.lists(st.integers(1, 8), max_size=6)))


def fits(blocks: list[WorkshopBlock], rows: list[Workshop], chosen: set[int]) -> bool:
    """Say by brute force, minute by minute, whether a choice is allowed."""
    known = {each.id: each for each in rows}
    picked = [known[number] for number in sorted(chosen & set(known))]
    counts = Counter(each.block_id for each in picked)
    contents = Counter(each.repeats_id or each.id for each in picked)
    rounds = Counter(each.round_id for each in picked if each.round_id is not None)
    minutes = Counter(minute for each in picked for minute in lived(each))
    return (
        chosen <= set(known)
        and all(each.choices_min <= counts[each.id] <= each.choices_max for each in blocks)
        and not any(each.cancelled_at for each in picked)
        and all(times == 1 for part in (contents, rounds, minutes) for times in part.values())
    )


def lived(row: Workshop) -> set[int]:
    """Return the minutes since the beginning of the day that a workshop takes."""
    if row.starts_at is None or row.ends_at is None:
        return set()
    first, last = ((moment - START) // timedelta(minutes=1) for moment in (row.starts_at, row.ends_at))
    return set(range(first, last))


@given(days())
def test_the_rules_say_what_brute_force_says(
    day: tuple[list[WorkshopBlock], list[Workshop], set[int]],
) -> None:
    blocks, rows, chosen = day
    assert (faults(blocks, rows, chosen) == []) == fits(blocks, rows, chosen)


@given(days())
def test_every_fault_can_be_said(day: tuple[list[WorkshopBlock], list[Workshop], set[int]]) -> None:
    blocks, rows, chosen = day
    for wrong in faults(blocks, rows, chosen):
        assert "%(" not in str(wrong.error())
        assert wrong.block_id is None or wrong.block_id in {each.id for each in blocks}
