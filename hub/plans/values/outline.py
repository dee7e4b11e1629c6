"""The plan as it stands on a day, and what differs between two days: pure sums over dated versions."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from hub.plans.models.outline import Progress, Way


def holds(from_on: date | None, until_on: date | None, day: date) -> bool:
    """Say whether something holds on a day: from its first day to the day before `until_on`."""
    return (from_on is None or from_on <= day) and (until_on is None or day < until_on)


@dataclass(frozen=True)
class AxisText:
    """How an axis reads while this version holds."""

    id: int
    axis_id: int
    number: int
    position: int
    title: str
    goal: str
    from_on: date | None
    until_on: date | None
    made_by: int | None = None
    ended_by: int | None = None


@dataclass(frozen=True)
class ActionText:
    """How a plan action reads while this version holds."""

    id: int
    action_id: int
    axis_id: int
    number: int
    position: int
    title: str
    detail: str
    way: Way
    starts_on: date | None
    ends_on: date | None
    from_on: date | None
    until_on: date | None
    made_by: int | None = None
    ended_by: int | None = None


@dataclass(frozen=True)
class Standing:
    """How far a plan action is since a day."""

    action_id: int
    state: Progress
    since_on: date
    reason: str = ""


class Kind(StrEnum):
    """What an axis or a plan action is tied to."""

    SPACE = "space"
    LEAD = "lead"
    PARTNER = "partner"
    TERRITORY = "territory"
    THEME = "theme"
    ENTRY = "entry"  # a line of a grid, such as an axis of the social cohesion plans


@dataclass(frozen=True)
class Tie:
    """What an axis (`is_axis`) or a plan action is tied to, from when to when."""

    is_axis: bool
    owner_id: int
    kind: Kind
    target_id: int
    label: str
    slug: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class ActionReading:
    """A plan action as it reads on a day; its code is its axis' number and its own."""

    id: int
    axis_id: int
    code: str
    title: str
    detail: str
    way: Way
    starts_on: date | None
    ends_on: date | None
    state: Progress
    since_on: date | None
    reason: str
    position: int
    ties: tuple[Tie, ...]

    def tied(self, kind: str) -> list[Tie]:
        """Return what it is tied to of a kind, in order of the names."""
        return [tie for tie in self.ties if tie.kind == kind]


@dataclass(frozen=True)
class AxisReading:
    """An axis as it reads on a day, with its plan actions in order."""

    id: int
    number: int
    title: str
    goal: str
    position: int
    ties: tuple[Tie, ...]
    actions: tuple[ActionReading, ...]

    def tied(self, kind: str) -> list[Tie]:
        """Return what it is tied to of a kind."""
        return [tie for tie in self.ties if tie.kind == kind]

    def counts(self) -> dict[Progress, int]:
        """Return how many of its plan actions are in each state."""
        found = Counter(action.state for action in self.actions)
        return {state: found[state] for state in Progress}


@dataclass(frozen=True)
class Outline:
    """Every version of a plan's axes and plan actions, with states and ties."""

    axes: tuple[AxisText, ...] = ()
    actions: tuple[ActionText, ...] = ()
    states: tuple[Standing, ...] = ()  # oldest first
    ties: tuple[Tie, ...] = ()

    @cached_property
    def _ties(self) -> dict[tuple[bool, int], list[Tie]]:
        found: dict[tuple[bool, int], list[Tie]] = {}
        for tie in self.ties:
            found.setdefault((tie.is_axis, tie.owner_id), []).append(tie)
        return found

    def ties_of(self, owner_id: int, day: date, *, is_axis: bool) -> tuple[Tie, ...]:
        """Return what an axis or a plan action is tied to on a day."""
        all_of_them = self._ties.get((is_axis, owner_id), [])
        return tuple(tie for tie in all_of_them if holds(tie.from_on, tie.until_on, day))

    def _standing(self, day: date) -> dict[int, Standing]:
        return {state.action_id: state for state in self.states if state.since_on <= day}

    def gone(self, day: date) -> list[ActionReading]:
        """Return the plan actions that have left the plan by a day, as they last read in it."""
        standing = self._standing(day)
        numbers = {text.axis_id: text.number for text in self.axes}
        last = {
            text.action_id: text
            for text in self.actions
            if text.from_on is None or (text.from_on <= day and text.from_on != text.until_on)
        }
        return [
            self._action(text, numbers[text.axis_id], standing.get(text.action_id), text.until_on)
            for text in last.values()
            if text.until_on is not None and text.until_on <= day
        ]

    def on(self, day: date) -> list[AxisReading]:
        """Return the plan as it stands on a day: its axes in order, each with its plan actions."""
        standing = self._standing(day)
        numbers = {text.axis_id: text.number for text in self.axes if holds(text.from_on, text.until_on, day)}
        by_axis: dict[int, list[ActionReading]] = {}
        for text in self.actions:
            if holds(text.from_on, text.until_on, day) and text.axis_id in numbers:
                reading = self._action(text, numbers[text.axis_id], standing.get(text.action_id), day)
                by_axis.setdefault(text.axis_id, []).append(reading)
        axes = [
            AxisReading(
                text.axis_id, text.number, text.title, text.goal, text.position,
                self.ties_of(text.axis_id, day, is_axis=True),
                tuple(sorted(by_axis.get(text.axis_id, []), key=lambda one: (one.position, one.id))),
            )
            for text in self.axes
            if holds(text.from_on, text.until_on, day)
        ]  # fmt: skip
        return sorted(axes, key=lambda one: (one.position, one.id))

    def _action(self, text: ActionText, axis: int, state: Standing | None, day: date) -> ActionReading:
        return ActionReading(
            text.action_id, text.axis_id, f"{axis}.{text.number}", text.title, text.detail, text.way,
            text.starts_on, text.ends_on,
            state.state if state else Progress.PLANNED, state.since_on if state else None,
            state.reason if state else "", text.position,
            self.ties_of(text.action_id, day, is_axis=False),
        )  # fmt: skip


Text: TypeAlias = AxisText | ActionText
Reading = TypeVar("Reading", AxisReading, ActionReading)


class Change(StrEnum):
    """What happened to an axis or a plan action between two days."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    ENDED = "ended"
    PROGRESS = "progress"  # only how far it is


@dataclass(frozen=True)
class Difference:
    """One thing that differs: the earlier and the later reading, one of them None if it came or went."""

    change: Change
    before: AxisReading | ActionReading | None
    after: AxisReading | ActionReading | None

    @property
    def is_axis(self) -> bool:
        """Say whether it is told of an axis."""
        return isinstance(self.after or self.before, AxisReading)

    @property
    def shown(self) -> AxisReading | ActionReading:
        """The reading that names the thing: the later one where there is one."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a difference needs a reading")
        return found


def compare(before: Sequence[AxisReading], after: Sequence[AxisReading]) -> list[Difference]:
    """Return what differs between two readings of a plan, in the order of the later one, ended ones last."""
    found = _paired({one.id: one for one in before}, {one.id: one for one in after}, _axis_changes)
    earlier = {one.id: one for axis in before for one in axis.actions}
    later = {one.id: one for axis in after for one in axis.actions}
    return found + _paired(earlier, later, _action_changes)


def _paired(
    before: dict[int, Reading],
    after: dict[int, Reading],
    changes: Callable[[Reading, Reading], Iterable[Change]],
) -> list[Difference]:
    found: list[Difference] = []
    for key, new in after.items():
        old = before.get(key)
        if old is None:
            found.append(Difference(Change.ADDED, None, new))
        else:
            found += [Difference(change, old, new) for change in changes(old, new)]
    return found + [Difference(Change.ENDED, old, None) for key, old in before.items() if key not in after]


def _axis_changes(old: AxisReading, new: AxisReading) -> Iterable[Change]:
    if (old.title, old.goal) != (new.title, new.goal):
        yield Change.CHANGED
    if old.position != new.position:
        yield Change.MOVED


def _action_changes(old: ActionReading, new: ActionReading) -> Iterable[Change]:
    if _said(old) != _said(new):
        yield Change.CHANGED
    if (old.axis_id, old.position) != (new.axis_id, new.position):
        yield Change.MOVED
    if old.state is not new.state:
        yield Change.PROGRESS


def _said(one: ActionReading) -> tuple[object, ...]:
    carried = {
        (tie.kind, tie.target_id) for tie in one.ties if tie.kind in {Kind.SPACE, Kind.LEAD, Kind.PARTNER}
    }
    return (one.title, one.detail, one.way, one.starts_on, one.ends_on, frozenset(carried))


@dataclass(frozen=True)
class Revised:
    """What one revision did to an axis or a plan action: how it read before and since."""

    change: Change
    is_axis: bool
    before: Text | None
    after: Text | None

    @property
    def title(self) -> str:
        """The name of the thing, the later one where there is one."""
        found = self.after or self.before
        return found.title if found else ""


def revised(outline: Outline, revision_id: int) -> list[Revised]:
    """Return what a revision added, changed, moved and ended, axes first."""
    axes = _revised([(text.axis_id, text) for text in outline.axes], revision_id, is_axis=True)
    actions = _revised([(text.action_id, text) for text in outline.actions], revision_id, is_axis=False)
    return axes + actions


def _revised(texts: Sequence[tuple[int, Text]], revision_id: int, *, is_axis: bool) -> list[Revised]:
    found: list[Revised] = []
    former: dict[int, Text] = {}
    for key, text in sorted(texts, key=lambda pair: pair[1].id):
        old = former.get(key)
        made, ended = text.made_by == revision_id, text.ended_by == revision_id
        if made and not ended:
            found += [Revised(change, is_axis, old, text) for change in _versions_differ(old, text)]
        # What came and went in one revision was never in the plan.
        if ended and not (made and old is None):
            found.append(Revised(Change.ENDED, is_axis, old if made else text, None))
        former[key] = text
    return found


def _versions_differ(old: Text | None, new: Text) -> Iterable[Change]:
    if old is None or old.ended_by is not None:
        yield Change.ADDED
        return
    same: dict[str, Any] = {
        "id": 0,
        "number": 0,
        "position": 0,
        "from_on": None,
        "until_on": None,
        "made_by": None,
        "ended_by": None,
    }
    plain_old, plain_new = replace(old, **same), replace(new, **same)
    if isinstance(plain_old, ActionText) and isinstance(plain_new, ActionText):
        plain_old, plain_new = replace(plain_old, axis_id=0), replace(plain_new, axis_id=0)
    if plain_old != plain_new:
        yield Change.CHANGED
    if (old.axis_id, old.position) != (new.axis_id, new.position):
        yield Change.MOVED


@dataclass
class Cell:
    """How many plan actions of an axis touch a theme; which ones."""

    actions: list[ActionReading] = field(default_factory=list)
    of_axis: bool = False  # the axis itself names it


def crossed(axes: Sequence[AxisReading], kind: Kind) -> dict[int, dict[int, Cell]]:
    """Return theme or entry → axis → what stands there.

    A plan action that names none of its own counts for those of its axis.
    """
    table: dict[int, dict[int, Cell]] = {}
    for axis in axes:
        of_axis = {tie.target_id for tie in axis.tied(kind)}
        for target in of_axis:
            table.setdefault(target, {}).setdefault(axis.id, Cell()).of_axis = True
        for action in axis.actions:
            for target in {tie.target_id for tie in action.tied(kind)} or of_axis:
                table.setdefault(target, {}).setdefault(axis.id, Cell()).actions.append(action)
    return table
