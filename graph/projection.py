"""From who takes part in what to who meets whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from graph.model import Network, Node, Tie


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two actors who have part in the same things.

    `shared` counts the things in common: how often they had the occasion to meet, not that they spoke.
    `newman` gives each thing a weight of 1 / (participants - 1), because a round table of four ties people
    closer than an assembly of sixty (Newman 2001). `overlap` is the share in common of the things that
    either has part in (Jaccard, 0 to 1): near 1 they always meet in the same places; it is easily large for
    those with one thing only. `things` are the ids in common, sorted.
    """

    first: str
    second: str
    shared: int
    newman: float
    overlap: float
    things: tuple[str, ...]


def project(parts: Iterable[tuple[str, str]]) -> tuple[Meeting, ...]:
    """Tie actors who have part in the same space, day or project.

    `parts` are pairs (actor, thing); a pair given twice counts once. The answer is sorted by the two ids,
    the lesser first. What is lost: who met in threes and who in three times two. Swap the pairs to tie
    things that share actors. Takes time and memory by the square of the largest thing's participants.
    """
    things: dict[str, set[str]] = {}
    of_actor: dict[str, int] = {}
    for actor, thing in set(parts):
        things.setdefault(thing, set()).add(actor)
        of_actor[actor] = of_actor.get(actor, 0) + 1
    common: dict[tuple[str, str], list[str]] = {}
    for thing, actors in sorted(things.items()):
        for pair in combinations(sorted(actors), 2):
            common.setdefault(pair, []).append(thing)
    return tuple(_meeting(pair, shared, things, of_actor) for pair, shared in sorted(common.items()))


def _meeting(
    pair: tuple[str, str], shared: list[str], things: Mapping[str, set[str]], of_actor: Mapping[str, int]
) -> Meeting:
    either = of_actor[pair[0]] + of_actor[pair[1]] - len(shared)
    return Meeting(
        first=pair[0],
        second=pair[1],
        shared=len(shared),
        newman=sum(1 / (len(things[thing]) - 1) for thing in shared),
        overlap=len(shared) / either,
        things=tuple(shared),
    )


def as_network(nodes: Iterable[Node], meetings: Iterable[Meeting], kind: str, *, least: int = 1) -> Network:
    """Make a network of meetings: one tie of a kind for two actors who share `least` things or more.

    Raises what `Network` raises when an actor is not among the nodes.
    """
    ties = (Tie(met.first, met.second, kind) for met in meetings if met.shared >= least)
    return Network(tuple(nodes), tuple(ties))
