"""Who is tied to whom by an attribute: public with associative actors, kind with kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graph.model import Network, NetworkError, simple_graph


@dataclass(frozen=True, slots=True)
class Mixing:
    """Ties by the value of an attribute at both ends, each pair of neighbours counted once.

    `values` are the attribute's values present, sorted. `members` counts the actors of each, tied or not.
    `pairs` counts the pairs of neighbours for every two values, the lesser first; also 0 where there are
    none. `assortativity` is 1 when everybody is tied to their like only, 0 when ties fall as chance would
    have it, negative when unlike actors seek one another (Newman 2003). It shows whether, say, public and
    associative actors stay among themselves; it does not say why, and with few ties it swings widely. None
    where it can't be told: no ties, or every tied actor has the same value. `across` is the share of the
    pairs whose ends differ, which reads more easily; it depends on how many there are of each, so that it
    can't be compared between networks of another composition. None without ties.
    """

    values: tuple[str, ...]
    members: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    assortativity: float | None
    across: float | None


def mix(network: Network, attribute: Mapping[str, str]) -> Mixing:
    """Count ties by an attribute of the actors, given by id (their kind, or public and associative).

    Actors without the attribute, and their ties, are left out. Taken as a simple graph: however
    many ties two actors have, they are one pair. Raises `NetworkError` for an id that is not in the network.
    """
    graph = simple_graph(network)
    if unknown := sorted(set(attribute) - set(graph)):
        raise NetworkError(f"no node has the id {unknown[0]!r}")
    values = tuple(sorted(set(attribute.values())))
    counts = {(one, other): 0 for place, one in enumerate(values) for other in values[place:]}
    for first, second in graph.edges:
        if first in attribute and second in attribute:
            one, other = sorted((attribute[first], attribute[second]))
            counts[one, other] += 1
    members = dict.fromkeys(values, 0)
    for value in attribute.values():
        members[value] += 1
    edges = sum(counts.values())
    alike = sum(counts[value, value] for value in values)
    return Mixing(
        values=values,
        members=MappingProxyType(members),
        pairs=MappingProxyType(counts),
        assortativity=_assortativity(values, counts, edges, alike),
        across=(edges - alike) / edges if edges else None,
    )


def _assortativity(
    values: tuple[str, ...], counts: Mapping[tuple[str, str], int], edges: int, alike: int
) -> float | None:
    """Newman's coefficient, in whole numbers up to the one division."""
    ends = dict.fromkeys(values, 0)
    for (one, other), count in counts.items():
        ends[one] += count
        ends[other] += count
    chance = sum(count * count for count in ends.values())
    everything = 4 * edges * edges
    if everything == chance:
        return None
    return (4 * edges * alike - chance) / (everything - chance)
