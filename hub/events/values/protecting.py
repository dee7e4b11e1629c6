"""Counts that tell nothing of a few people (G8), without database: no cell under five is shown or derived."""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 5


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts as they may be shown; None stands for one that is not. `together` is how many these make."""

    counts: tuple[int | None, ...]
    together: int = 0


def exclusive(counts: Sequence[int]) -> Cells:
    """Protect answers of which each person gave one: they add up to a total that is known.

    Whoever subtracts what is shown from the total learns what those not shown make together: that must be
    nobody, or five at least. Where it isn't, the smallest cell shown is taken away too.
    """
    shown = {place for place, count in enumerate(counts) if count >= LEAST}
    hidden = sum(count for place, count in enumerate(counts) if place not in shown)
    if 0 < hidden < LEAST and shown:
        least = min(shown, key=lambda place: (counts[place], place))
        shown.discard(least)
        hidden += counts[least]
    cells = tuple(count if place in shown else None for place, count in enumerate(counts))
    return Cells(cells, hidden if hidden >= LEAST else 0)


def several(counts: Sequence[int], people: int) -> Cells:
    """Protect answers of which each of `people` gave as many as they liked: who chose one, who did not."""

    def is_safe(count: int) -> bool:
        return count >= LEAST and (count == people or people - count >= LEAST)

    return Cells(tuple(count if is_safe(count) else None for count in counts))
