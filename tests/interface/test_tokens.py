"""Every pair of colours that the style sheet uses reads well, in light and in dark (WCAG 1.4.3, 1.4.11)."""

import re
from pathlib import Path

import pytest

from hub.core.colour import contrast

TOKENS = Path(__file__).parents[2] / "assets" / "css" / "tokens.css"
GROUNDS = ("paper", "surface", "sunken")
WORDS = (
    "ink",
    "ink-2",
    "ink-3",
    "primary",
    "accent-ink",
    "info-ink",
    "success-ink",
    "warning-ink",
    "danger-ink",
)
MEANINGS = ("info", "success", "warning", "danger")
PAIRS = [
    *((word, ground) for word in WORDS for ground in GROUNDS),
    *((word, f"{meaning}-soft") for meaning in MEANINGS for word in (f"{meaning}-ink", "ink", "ink-2")),
    ("primary", "primary-soft"), ("primary-hover", "primary-soft"), ("accent-ink", "accent-soft"),
    ("on-primary", "primary"), ("on-primary", "primary-hover"), ("on-accent", "accent"),
    ("on-danger", "danger"), ("on-danger", "danger-hover"),
]  # fmt: skip
EDGES = [("line-strong", "surface"), ("line-strong", "paper"), ("focus", "surface"), ("focus", "paper")]


def token(name: str) -> tuple[str, str]:
    """Return the light and the dark value of a token, where the network chose no colour."""
    text = TOKENS.read_text(encoding="utf-8")
    value = re.search(rf"--{name}: light-dark\((.+)\);", text)
    assert value, f"--{name} is not written with light-dark()"
    light, dark = re.findall(r"#[0-9a-f]{6}", value[1])
    return light, dark


@pytest.mark.parametrize(("word", "ground"), PAIRS)
def test_words_read_on_their_ground(word: str, ground: str) -> None:
    for one, other in zip(token(word), token(ground), strict=True):
        assert contrast(one, other) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_are_seen_on_their_ground(edge: str, ground: str) -> None:
    for one, other in zip(token(edge), token(ground), strict=True):
        assert contrast(one, other) >= 3
