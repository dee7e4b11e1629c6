"""From which recommendations others come, through any number of gestures."""

from collections.abc import Iterable, Mapping


def parents(ties: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Return the parents of each child, from (parent, child)."""
    found: dict[int, list[int]] = {}
    for parent, child in ties:
        found.setdefault(child, []).append(parent)
    return found


def behind(row: int, parents_of: Mapping[int, Iterable[int]]) -> list[int]:
    """Return all from which a row comes, itself left out, the nearest first; a ring ends where it began."""
    found: dict[int, None] = {}
    waiting = list(parents_of.get(row, ()))
    for each in waiting:
        if each not in found and each != row:
            found[each] = None
            waiting.extend(parents_of.get(each, ()))
    return list(found)
