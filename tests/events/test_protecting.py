"""No count under five is shown, nor can be found by subtracting, whatever was answered (G8)."""

from hypothesis import given
from hypothesis import strategies as st

from hub.events.values.protecting import LEAST, exclusive, several

COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=8)


def test_a_few_are_gathered() -> None:
    assert exclusive([0, 0, 3, 8, 12]) == exclusive((0, 0, 3, 8, 12))
    found = exclusive([0, 0, 3, 8, 12])
    assert (found.counts, found.together) == ((None, None, None, None, 12), 11)


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert exclusive([5, 9, 12]).counts == (5, 9, 12)


def test_nobody_is_nobody() -> None:
    found = exclusive([0, 0, 10])
    assert (found.counts, found.together) == ((None, None, 10), 0)


@given(COUNTS)
def test_no_cell_under_five_is_shown_or_left(counts: list[int]) -> None:
    found = exclusive(counts)
    assert all(
        shown is None or shown == count >= LEAST for shown, count in zip(found.counts, counts, strict=True)
    )
    left = sum(counts) - sum(shown or 0 for shown in found.counts)
    # Where something is shown, what subtracting tells is nobody, or five and more.
    assert left == 0 or left >= LEAST or all(shown is None for shown in found.counts)
    assert found.together in (0, left)
    assert found.together == 0 or found.together >= LEAST


@given(COUNTS)
def test_the_largest_answer_is_told_where_it_can_be(counts: list[int]) -> None:
    found = exclusive(counts)
    if all(count >= LEAST for count in counts):
        assert None not in found.counts


@given(
    st.integers(0, 60).flatmap(lambda people: st.tuples(st.just(people), st.lists(st.integers(0, people))))
)
def test_choices_tell_neither_few_nor_all_but_few(case: tuple[int, list[int]]) -> None:
    people, counts = case
    for shown, count in zip(several(counts, people).counts, counts, strict=True):
        if shown is not None:
            assert shown == count >= LEAST
            assert count == people or people - count >= LEAST
