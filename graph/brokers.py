"""Which groups of actors meet, which don't, and who could bring them together."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from graph.model import Network, NetworkError, SimpleGraph, simple_graph

Group: TypeAlias = str | int
"""The name or number of a group: a community, a territory, a theme."""
Pair: TypeAlias = tuple[Group, Group]
Reach: TypeAlias = Mapping[str, Mapping[Group, int]]
"""How many neighbours each node has in each group."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Two groups and what links them.

    `pairs` counts the pairs of neighbours with one end in each, `share` is that of all pairs that there
    could be (0 to 1). Few or none mean groups that don't meet; it does not say that they should. `carriers`
    are the members of either group who have a neighbour in the other one, most neighbours there first.
    `brokers` are the actors in neither group (or in none) with neighbours in both, those with most in the
    lesser of both first: whom both know already, not whom both trust.
    """

    first: Group
    second: Group
    pairs: int
    share: float
    carriers: tuple[str, ...]
    brokers: tuple[str, ...]


def bridges(network: Network, groups: Mapping[str, Group]) -> tuple[Bridge, ...]:
    """Look at every two groups of actors, the least linked first, then by their names.

    `groups` gives the group of each actor by id; actors without one may be brokers. Taken as a
    simple graph. Raises `NetworkError` for an id that is not in the network.
    """
    graph = simple_graph(network)
    if unknown := sorted(set(groups) - set(graph)):
        raise NetworkError(f"no node has the id {unknown[0]!r}")
    members: dict[Group, list[str]] = {}
    for name in graph:
        if name in groups:
            members.setdefault(groups[name], []).append(name)
    reach = {name: _reach(graph, groups, name) for name in graph}
    across = _across(groups, reach)
    between = _between(groups, reach)
    ends = combinations(sorted(members, key=_order), 2)
    found = (_bridge(pair, members, across.get(pair, {}), between.get(pair, {})) for pair in ends)
    return tuple(
        sorted(found, key=lambda bridge: (bridge.share, _order(bridge.first), _order(bridge.second)))
    )


def _bridge(
    pair: Pair, members: Mapping[Group, list[str]], across: Mapping[str, int], between: Mapping[str, int]
) -> Bridge:
    first, second = pair
    pairs = sum(across.values()) // 2
    return Bridge(
        first=first,
        second=second,
        pairs=pairs,
        share=pairs / (len(members[first]) * len(members[second])),
        carriers=_ranked(across),
        brokers=_ranked(between),
    )


def _across(groups: Mapping[str, Group], reach: Reach) -> dict[Pair, dict[str, int]]:
    """Count, for two groups, the neighbours that members of one have in the other."""
    found: dict[Pair, dict[str, int]] = {}
    for name, group in groups.items():
        for other, count in reach[name].items():
            if other != group:
                found.setdefault(_pair(group, other), {})[name] = count
    return found


def _between(groups: Mapping[str, Group], reach: Reach) -> dict[Pair, dict[str, int]]:
    """Count, for two groups, the neighbours that others have in both: in the one where they have fewer."""
    found: dict[Pair, dict[str, int]] = {}
    for name, near in reach.items():
        elsewhere = sorted((group for group in near if group != groups.get(name)), key=_order)
        for one, other in combinations(elsewhere, 2):
            found.setdefault((one, other), {})[name] = min(near[one], near[other])
    return found


def _reach(graph: SimpleGraph, groups: Mapping[str, Group], name: str) -> dict[Group, int]:
    """Count a node's neighbours by their group."""
    counts: dict[Group, int] = {}
    for other in graph[name]:
        if other in groups:
            counts[groups[other]] = counts.get(groups[other], 0) + 1
    return counts


def _ranked(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(
        sorted((name for name, count in counts.items() if count), key=lambda name: (-counts[name], name))
    )


def _pair(one: Group, other: Group) -> Pair:
    return (one, other) if _order(one) < _order(other) else (other, one)


def _order(group: Group) -> tuple[bool, int, str]:
    """Numbers by size, before names."""
    return (isinstance(group, str), group if isinstance(group, int) else 0, str(group))
