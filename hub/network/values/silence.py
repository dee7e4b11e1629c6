"""Who is concerned by several recommendations at once and hasn't been heard on them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.network.values.landscape import Doer
from hub.network.values.proposals import Scene, Subject, propose


@dataclass(frozen=True, slots=True)
class Silence:
    """An actor, and what concerns it without its having been heard: (thing's identifier, points)."""

    doer: Doer
    things: tuple[tuple[int, int], ...]

    @property
    def points(self) -> int:
        """The sum of the points of all that concerns it."""
        return sum(points for _, points in self.things)


def silences(
    scene: Scene, subjects: Mapping[int, Subject], heard: Mapping[int, Collection[int]]
) -> list[Silence]:
    """List who is concerned by some of the things and was heard on none of those, most things first.

    `subjects` say what each thing is about, `heard` who was heard on it; what concerns somebody is told by
    `propose`, with the same points.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    doers: dict[int, Doer] = {}
    for number, subject in subjects.items():
        for proposal in propose(scene, subject, heard.get(number, ())):
            doers[proposal.doer.id] = proposal.doer
            found.setdefault(proposal.doer.id, []).append((number, proposal.score))
    rows = [
        Silence(doers[one], tuple(sorted(things, key=lambda thing: (-thing[1], thing[0]))))
        for one, things in found.items()
    ]
    return sorted(rows, key=lambda row: (-len(row.things), -row.points, row.doer.order))
