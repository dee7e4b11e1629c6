"""The groups of actors that work together more than with others, kept while nobody's ties change."""

from collections.abc import Iterable
from functools import lru_cache
from threading import Lock

from graph.communities import communities
from graph.indexed import index
from graph.model import Network, Node, Tie

KEPT = 4
_lock = Lock()


@lru_cache(maxsize=KEPT)
def _groups(network: Network) -> tuple[frozenset[int], ...]:
    return tuple(frozenset(map(int, group)) for group in communities(index(network)).groups)


def groups_of(actors: Iterable[int], pairs: Iterable[tuple[int, int]]) -> tuple[frozenset[int], ...]:
    """Return the groups (Louvain communities) of actors, by id, from who is tied to whom."""
    known = {one: f"{one:010}" for one in actors}
    network = Network(
        nodes=tuple(Node(name, "", "") for name in known.values()),
        ties=tuple(
            Tie(known[one], known[other], "")
            for one, other in {(min(pair), max(pair)) for pair in pairs}
            if one != other and one in known and other in known
        ),
    )
    with _lock:  # while one computes the others wait instead of computing it too
        return _groups(network)
