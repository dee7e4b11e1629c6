"""A plan as it stood on a day: after any sequence of revisions each day reads as it did when it was today."""

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hub.plans.models.outline import Axis, PlanAction
from hub.plans.operations import actions, axes, revisions
from hub.plans.operations.actions import ActionFacts
from hub.plans.operations.axes import AxisFacts
from hub.plans.queries import outline as queries
from hub.plans.values.outline import Change, compare
from tests.plans import drafting
from tests.plans.drafting import BY, START

ACTS = ("add_axis", "add_action", "rename_axis", "rename_action", "move", "end_action", "end_axis", "order")
GESTURES = st.tuples(st.sampled_from(ACTS), st.integers(0, 7), st.integers(0, 7))
# Each revision: how many days after the one before, and what it does.
REVISIONS = st.lists(st.tuples(st.integers(0, 40), st.lists(GESTURES, max_size=6)), max_size=5)


class Book:
    """The plan as a plain list: what the operations have to agree with, and nothing of how they do it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.plan = drafting.plan(session)
        self.axes: list[list[Any]] = []  # [axis, title, [[action, title], …]]
        self.count = 0

    def page(self) -> list[tuple[int, str, tuple[tuple[int, str], ...]]]:
        return [
            (axis.id, title, tuple((action.id, name) for action, name in held))
            for axis, title, held in self.axes
        ]

    def name(self) -> str:
        self.count += 1
        return f"Titre {self.count}"

    def do(self, act: str, first: int, second: int) -> None:
        if act == "add_axis" or not self.axes:
            title = self.name()
            self.axes.append([drafting.axis(self.session, self.plan, title), title, []])
            return
        line = self.axes[first % len(self.axes)]
        getattr(self, act)(line, second)

    def add_action(self, line: list[Any], _second: int) -> None:
        title = self.name()
        line[2].append([drafting.action(self.session, line[0], title), title])

    def rename_axis(self, line: list[Any], _second: int) -> None:
        line[1] = self.name()
        axes.change_axis(self.session, line[0], AxisFacts(line[1]), **BY)

    def end_axis(self, line: list[Any], _second: int) -> None:
        axes.end_axis(self.session, line[0], **BY)
        self.axes.remove(line)

    def order(self, line: list[Any], second: int) -> None:
        self.axes.remove(line)
        self.axes.insert(second % (len(self.axes) + 1), line)
        axes.order_axes(self.session, self.plan, [axis.id for axis, _, _ in self.axes], **BY)

    def rename_action(self, line: list[Any], second: int) -> None:
        if line[2]:
            held = line[2][second % len(line[2])]
            held[1] = self.name()
            self._change(held[0], line[0], held[1])

    def end_action(self, line: list[Any], second: int) -> None:
        if line[2]:
            held = line[2].pop(second % len(line[2]))
            actions.end_action(self.session, held[0], **BY)

    def move(self, line: list[Any], second: int) -> None:
        target = self.axes[second % len(self.axes)]
        if line[2] and target is not line:
            held = line[2].pop(0)
            target[2].append(held)
            self._change(held[0], target[0], held[1])

    def _change(self, action: PlanAction, axis: Axis, title: str) -> None:
        actions.change_action(self.session, action, ActionFacts(axis.id, title), **BY)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draft=st.lists(GESTURES, max_size=8), told=REVISIONS)
def test_each_day_reads_as_it_did_when_it_was_today(
    session: Session, draft: list[tuple[str, int, int]], told: list[tuple[int, list[tuple[str, int, int]]]]
) -> None:
    book = Book(session)
    for gesture in draft:
        book.do(*gesture)
    drafting.in_force(session, book.plan)
    day = START
    pages: dict[date, Any] = {START - timedelta(days=400): book.page(), START: book.page()}
    for after, gestures in told:
        pages[day + timedelta(days=max(0, after - 1))] = book.page()
        day += timedelta(days=after)
        revision = drafting.revise(session, book.plan, day)
        for gesture in gestures:
            book.do(*gesture)
        revisions.close_revision(session, revision, **BY)
        pages[day] = book.page()
    pages[day + timedelta(days=1)] = book.page()

    outline = queries.read(session, book.plan)
    read = {one: outline.on(one) for one in pages}
    for one, page in pages.items():
        shown = [
            (axis.id, axis.title, tuple((held.id, held.title) for held in axis.actions)) for axis in read[one]
        ]
        assert shown == page, one
        codes = [held.code for axis in read[one] for held in axis.actions]
        assert len(set(codes)) == len(codes), "two plan actions have one number"
    for one in pages:
        assert compare(read[one], read[one]) == []
    first, last = read[min(pages)], read[max(pages)]
    changes = compare(first, last)
    came = {(one.is_axis, one.shown.id) for one in changes if one.change is Change.ADDED}
    left = {(one.is_axis, one.shown.id) for one in changes if one.change is Change.ENDED}

    def names(axes_read: Any) -> set[tuple[bool, int]]:
        of_actions = {(False, held.id) for axis in axes_read for held in axis.actions}
        return {(True, axis.id) for axis in axes_read} | of_actions

    assert (came, left) == (names(last) - names(first), names(first) - names(last))
    session.rollback()
