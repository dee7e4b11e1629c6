import dataclasses
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.labels import CHARACTERS, LINES, SLACK, WIDEST, Frame, Obstacles, Spot, break_lines, place_labels

BLANKS = re.compile(r"\s")  # blanks of any kind may fall away where a line is broken
PAGE = Frame(0, 0, 200, 200)
NO_THREADS = np.empty((0, 4))


def obstacles(
    *nodes: tuple[float, float, float], threads: list[tuple[float, ...]] | None = None
) -> Obstacles:
    return Obstacles(np.array(nodes), np.array(threads).reshape(-1, 4) if threads else NO_THREADS)


@given(st.text(max_size=120))
def test_lines_are_short_few_and_hold_the_text(text: str) -> None:
    # A long name gets lines as wide as it needs, up to the widest.
    longest = max(CHARACTERS, min(WIDEST, math.ceil(len(text) / LINES) + SLACK))
    for lines in break_lines(text):
        assert 1 <= len(lines) <= LINES
        assert all(0 < len(line) <= longest for line in lines)
        joined = BLANKS.sub("", "".join(lines))
        assert joined.endswith("…") or joined == BLANKS.sub("", text)


def test_a_text_is_tried_in_fewest_lines_first() -> None:
    assert break_lines("Université de Namur") == [
        ("Université de Namur",),
        ("Université de", "Namur"),
    ]
    assert break_lines("Centre d’accueil de la Croix-Rouge de Jambes")[0] == (
        "Centre d’accueil de la",
        "Croix-Rouge de Jambes",
    )
    assert break_lines("a\u00a0" * 11 + "b c d e")[0] == ("a\u00a0" * 11 + "b", "c d e")
    assert break_lines("  ") == []


def test_the_thread_decides_between_free_places() -> None:
    spot = Spot(100, 100, 5, "CAI", (10,))
    (free,) = place_labels([spot], obstacles((100, 100, 5)), PAGE)
    assert free.anchor == "start"
    rightwards = obstacles((100, 100, 5), threads=[(100, 100, 180, 100)])
    (moved,) = place_labels([spot], rightwards, PAGE)
    assert moved.anchor == "end"


def test_the_length_covered_is_the_length_inside() -> None:
    walled = obstacles(
        (0, 0, 1), threads=[(0, 50, 200, 50), (50, 0, 50, 200), (0, 0, 10, 10), (40, 40, 60, 60)]
    )
    assert walled.covered_threads(Frame(40, 40, 60, 60)) == pytest.approx(20 + 20 + 20 * 2**0.5)


def test_a_label_that_finds_no_place_is_left_out() -> None:
    crowd = [(x, y, 4.0) for x in range(0, 201, 20) for y in range(0, 201, 20)]
    wide = Spot(100, 100, 4, "Coordination wallonne", (10,))
    assert place_labels([wide], obstacles(*crowd), PAGE) == []


def test_smaller_type_is_tried_where_the_larger_does_not_fit() -> None:
    spot = Spot(20, 10, 4, "Namur", (40, 9))
    (label,) = place_labels([spot], obstacles((20, 10, 4)), Frame(0, 0, 80, 20))
    assert label.size == 9


def test_a_label_that_must_be_is_cut_short_where_nothing_else_fits() -> None:
    page = Frame(0, 0, 100, 60)
    text = "Coordination wallonne des collectifs et associations en soutien"
    spot = Spot(10, 30, 4, text, (10,))
    assert place_labels([spot], obstacles((10, 30, 4)), page) == []
    (label,) = place_labels([dataclasses.replace(spot, must=True)], obstacles((10, 30, 4)), page)
    assert label.lines == ("Coordination", "wallonne des", "collectifs…")
