"""Who carries what together, and whether public and associative actors do so side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.mixing import Mixing, mix
from hub.actors.models.reference import Sector
from hub.network.values.analysis import skeleton
from hub.network.values.register import Actor, Link, Origin, Part

CARRYING = frozenset({"pilots", "co_manages"})
"""Relations by which an actor answers for another: a scheme, a unit, a steering."""
TOGETHER = 2


@dataclass(frozen=True)
class Carried:
    """An actor (a scheme, a unit) that several carry, and who they are by sector."""

    actor: Actor
    carriers: Mapping[Sector, tuple[Actor, ...]]

    @property
    def mixed(self) -> bool:
        """Whether public and associative actors carry it side by side."""
        return bool(self.carriers.get(Sector.PUBLIC) and self.carriers.get(Sector.ASSOCIATIVE))


def carried(actors: Mapping[int, Actor], links: Iterable[Link]) -> list[Carried]:
    """Return what two actors or more carry, mixed ones first."""
    found: dict[int, dict[int, Actor]] = {}
    for link in links:
        if link.origin == Origin.DECLARED and link.kind in CARRYING:
            found.setdefault(link.target, {})[link.source] = actors[link.source]
    told = [Carried(actors[target], _by_sector(of.values())) for target, of in found.items()]
    several = [one for one in told if sum(map(len, one.carriers.values())) >= TOGETHER]
    return sorted(several, key=lambda one: (not one.mixed, one.actor.search_text))


def _by_sector(actors: Iterable[Actor]) -> dict[Sector, tuple[Actor, ...]]:
    found: dict[Sector, list[Actor]] = {}
    for actor in sorted(actors, key=lambda actor: actor.search_text):
        found.setdefault(actor.sector, []).append(actor)
    return {sector: tuple(found[sector]) for sector in Sector if sector in found}


def mix_of(part: Part) -> Mixing:
    """Count who is tied to whom by sector; actors whose sector nobody can tell count as such."""
    sectors = {actor.slug: actor.sector.value for actor in part.actors}
    return mix(skeleton(part.actors, part.links), sectors)
