"""Who carries the same several things: sets of bearers that come together more than once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

FEWEST = 2
"""Members, and things that they carry together, from which on one speaks of a coalition."""
MOST_LOOKED_AT = 120
"""Things compared with each other, those with the most bearers first: pairs grow with the square."""
MOST_SETS = 2_000
"""Sets of bearers from which on no smaller ones are sought: their number can double with each thing."""


@dataclass(frozen=True, slots=True)
class Coalition:
    """Bearers (identifiers) that all carry each of these things; no other bearer carries all of them."""

    members: tuple[int, ...]
    things: tuple[int, ...]


def coalitions(carried: Mapping[int, Collection[int]], most: int = 12) -> list[Coalition]:
    """Return the sets of at least two bearers that carry at least two things together, the largest first.

    `carried` says who carries each thing. The size of a coalition is its members times its things. A set is
    closed: nobody else carries all that it carries, and it carries nothing else together.
    """
    first = sorted(carried, key=lambda thing: (-len(set(carried[thing])), thing))[:MOST_LOOKED_AT]
    masks = {thing: sum(1 << bearer for bearer in set(carried[thing])) for thing in first}
    found = set()
    for members in _shared(list(masks.values())):
        things = tuple(sorted(thing for thing, mask in masks.items() if members & mask == members))
        found.add(Coalition(_numbers(members), things))
    return sorted(
        found,
        key=lambda each: (-len(each.members) * len(each.things), -len(each.members), each.members),
    )[:most]


def _shared(masks: list[int]) -> set[int]:
    """Return the sets of bearers that two things or more have in common, those of few things first."""
    latest = {both for one, other in combinations(masks, 2) if (both := one & other).bit_count() >= FEWEST}
    found = set(latest)
    while latest and len(found) < MOST_SETS:
        latest = {
            fewer for each in latest for mask in masks if (fewer := each & mask).bit_count() >= FEWEST
        } - found
        found |= latest
    return found


def _numbers(mask: int) -> tuple[int, ...]:
    return tuple(number for number in range(mask.bit_length()) if mask >> number & 1)
