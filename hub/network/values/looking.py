"""How one looks at the map: the view, what is switched off, how far around one actor."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from hub.network.values.register import Actor, Link, Part, bundled
from hub.network.values.threads import thread_of

FARTHEST = 2
"""Steps around one actor at most: in a small world, three steps are nearly everybody."""


class View(StrEnum):
    """What the picture shows besides who is tied to whom; families are shown unless told."""

    FAMILIES = ""
    COMMUNITIES = "communities"
    BROKERS = "brokers"
    ISOLATED = "isolated"
    KINDS = "kinds"
    THEMES = "themes"
    ACTORS = "actors"  # those whom the address names


@dataclass(frozen=True, slots=True)
class Looking:
    """What the picture is asked to show besides the filters.

    `hidden` are families and groups of ties that are switched off; `steps` how far around the centre the
    picture reaches, 0 for all of it; `goal` the slug of the other end of a path; `picks` the kinds,
    themes or actors in the light; `on_map` puts actors at their commune.
    """

    view: View = View.FAMILIES
    picks: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    steps: int = 0
    goal: str = ""
    on_map: bool = False


def narrowed(part: Part, looking: Looking, centre: str) -> Part:
    """Return what is left of the part of a day once switches and the centre have narrowed it."""
    links = [link for link in part.links if thread_of(link).value not in looking.hidden]
    actors = [actor for actor in part.actors if actor.family.value not in looking.hidden]
    left = _among(actors, links)
    middle = next((actor for actor in left.actors if actor.slug == centre), None)
    if not looking.steps or middle is None:
        return left
    near = reached(left, middle, looking.steps)
    return _among([actor for actor in left.actors if actor.id in near], left.links)


def _among(actors: Collection[Actor], links: Collection[Link]) -> Part:
    kept = {actor.id for actor in actors}
    return Part(tuple(actors), tuple(link for link in links if {*link.pair} <= kept))


def reached(part: Part, centre: Actor, steps: int) -> dict[int, int]:
    """Return who is at most so many steps from an actor, by id, with the number of steps."""
    around: dict[int, set[int]] = {actor.id: set() for actor in part.actors}
    for one, other in bundled(part.links):
        around[one].add(other)
        around[other].add(one)
    found = {centre.id: 0}
    queue = deque([centre.id])
    while queue:
        here = queue.popleft()
        if found[here] < steps:
            for there in sorted(around[here] - found.keys()):
                found[there] = found[here] + 1
                queue.append(there)
    return found
