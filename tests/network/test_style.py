"""What the page draws is what print draws: shapes, hues, lines."""

import csv
import re
from pathlib import Path

import pytest

from graph.style import FAMILIES, SHAPES, THREADS
from hub.network.values.threads import GROUPS, THREAD_OF, Thread
from hub.network.words import THREADS as WORDS

ROOT = Path(__file__).parents[2]


def test_the_page_draws_each_family_as_print_does() -> None:
    """The shader's forms are the shapes of `graph.style`: corners, reach of corners and notches, turn."""
    source = (ROOT / "assets/js/network/style.js").read_text(encoding="utf-8")
    families = dict(re.findall(r'(\w+): \{ hue: \d, shape: "(\w+)" \}', source))
    assert families == {family: style.shape for family, style in FAMILIES.items()}
    forms = dict(re.findall(r"(\w+): \[([^\]]+)\],", source.split("export const SHAPES")[1].split("};")[0]))
    assert set(forms) == set(SHAPES)
    for name, outline in SHAPES.items():
        corners, outer, inner = (float(part) for part in forms[name].split(",")[:3])
        reaches = [(x * x + y * y) ** 0.5 for x, y in outline]
        if name == "circle":
            assert (corners, outer) == (0, 1)
        elif name == "cross":
            assert (outer, inner) == (max(x for x, _ in outline), min(x for x, _ in outline if x > 0))
        elif name == "star":
            assert len(outline) == 2 * corners
            assert (max(reaches), min(reaches)) == pytest.approx((outer, inner), abs=1e-3)
        else:
            middles = [
                (((x + u) / 2) ** 2 + ((y + v) / 2) ** 2) ** 0.5
                for (x, y), (u, v) in zip(outline, [*outline[1:], outline[0]], strict=True)
            ]
            assert len(outline) == corners
            assert (max(reaches), min(middles)) == pytest.approx((outer, inner), abs=1e-3)


def test_hues_of_the_page_are_those_of_print() -> None:
    tokens = (ROOT / "assets/css/tokens.css").read_text(encoding="utf-8")
    source = (ROOT / "assets/js/network/style.js").read_text(encoding="utf-8")
    hues = dict(re.findall(r'(\w+): \{ hue: (\d), shape: "\w+" \}', source))
    for family, style in FAMILIES.items():
        if family == "authority":
            continue  # black in print, nearly black on the page
        value = re.search(rf"--kind-{hues[family]}: (?:light-dark\()?(#[0-9a-f]{{6}})", tokens)
        assert value
        assert value[1] == style.colour


def test_lines_of_the_page_are_those_of_print() -> None:
    source = (ROOT / "assets/js/network/style.js").read_text(encoding="utf-8")
    lines = re.findall(r"(\w+): \[([\d., ]+)\],", source.split("export const THREADS")[1].split("};")[0])
    drawn = {name: tuple(float(part) for part in parts.split(",")) for name, parts in lines}
    assert drawn == {name: (line.width, *line.dashes) for name, line in THREADS.items()}
    assert set(drawn) == {thread.value for thread in Thread} == {thread.value for thread in WORDS}
    assert len(set(drawn.values())) == len(drawn), "each group has a line of its own"


def test_every_kind_of_relation_that_comes_with_the_product_has_a_line() -> None:
    with (ROOT / "hub/actors/reference/relation_kinds.csv").open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    assert codes == set(THREAD_OF)
    assert sum(len(group) for group in GROUPS.values()) == len(THREAD_OF), "no kind stands in two groups"
