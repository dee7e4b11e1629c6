"""What changed between two versions of a network: who came and left, which ties, which figures."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TypeAlias

from graph.measures import Measures, NodeMeasures
from graph.model import Network, Node, Tie

Figure: TypeAlias = float | int | None
LABELS = ("component", "community")
"""Measures that are numbers of groups: they have no more and no less."""
NOISE = 1e-9
"""Figures as close as this are the same: below it they differ only in how sums were rounded."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of one actor before and after; `None` where it meant nothing (the actor was isolated)."""

    before: Figure
    after: Figure

    @property
    def difference(self) -> float | None:
        """How much more it is after, where there is a figure on both sides."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference between two networks, `before` and `after`.

    `came` and `left` are the nodes that only one of them has, `stayed` the ids in both, by id. `new_ties`
    and `lost_ties` are ties that only one of them has, by ends and kind, whatever their dates: as many
    times as there are more of them. `linked` and `parted` are the pairs of ids that have become neighbours
    or stopped being it, by any tie: a tie more between those who had one already is new, but links nobody.
    """

    came: tuple[Node, ...]
    left: tuple[Node, ...]
    stayed: tuple[str, ...]
    new_ties: tuple[Tie, ...]
    lost_ties: tuple[Tie, ...]
    linked: tuple[tuple[str, str], ...]
    parted: tuple[tuple[str, str], ...]


def compare(before: Network, after: Network) -> Comparison:
    """Say what has to be added to a network, and taken away, to get another one.

    The other way round, the answer is the same with its sides swapped. A node is known by its id: a new
    label or kind is no change here. Two ties are the same when source, target and kind are: a date made
    precise is no new tie.
    """
    earlier = {node.id: node for node in before.nodes}
    later = {node.id: node for node in after.nodes}
    pairs_before, pairs_after = _pairs(before.ties), _pairs(after.ties)
    return Comparison(
        came=tuple(node for node in after.nodes if node.id not in earlier),
        left=tuple(node for node in before.nodes if node.id not in later),
        stayed=tuple(name for name in earlier if name in later),
        new_ties=_beyond(after.ties, before.ties),
        lost_ties=_beyond(before.ties, after.ties),
        linked=tuple(sorted(pairs_after - pairs_before)),
        parted=tuple(sorted(pairs_before - pairs_after)),
    )


def compare_measures(before: Measures, after: Measures) -> Mapping[str, Mapping[str, Change]]:
    """List the figures that changed, by id of those in both networks, then by name of the measure.

    An actor without a change is not listed. Component and community are numbers of groups:
    they are left out, as a number says nothing by itself.
    """
    names = [field.name for field in fields(NodeMeasures) if field.name not in LABELS]
    changes: dict[str, Mapping[str, Change]] = {}
    for node, earlier in before.nodes.items():
        later = after.nodes.get(node)
        if later is None:
            continue
        pairs = {name: Change(getattr(earlier, name), getattr(later, name)) for name in names}
        changed = {name: pair for name, pair in pairs.items() if _differ(pair)}
        if changed:
            changes[node] = MappingProxyType(changed)
    return MappingProxyType(changes)


def _differ(change: Change) -> bool:
    if change.difference is None:
        return change.before is not change.after
    return abs(change.difference) > NOISE


def _pairs(ties: Iterable[Tie]) -> set[tuple[str, str]]:
    return {tie.pair for tie in ties if tie.source != tie.target}


def _beyond(ties: Iterable[Tie], others: Iterable[Tie]) -> tuple[Tie, ...]:
    """List the ties left when each of the others has taken away one like it."""
    matched = Counter(_key(tie) for tie in others)
    left = []
    for tie in ties:
        if matched[_key(tie)]:
            matched[_key(tie)] -= 1
        else:
            left.append(tie)
    return tuple(left)


def _key(tie: Tie) -> tuple[str, str, str]:
    return (tie.source, tie.target, tie.kind)
