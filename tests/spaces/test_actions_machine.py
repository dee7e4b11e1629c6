"""Whatever is done to actions in whatever order: state, reason and day agree, and the trace tells it all.

And whatever mandates and seats begin or end meanwhile: a person acts only within their dates.
"""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit, clock
from hub.core.errors import DomainError
from hub.spaces.models.actions import OPEN, Action, ActionChange, ActionState
from hub.spaces.operations import actions as operations
from hub.spaces.operations.actions import ActionFacts, Who
from hub.spaces.queries import actions as queries
from tests.conftest import SITE, Installation, both_databases
from tests.spaces import acting

REASONS = st.sampled_from(["", "  ", "Vacances", "Le local est fermé"])
DAYS = st.integers(-5, 40)
PEOPLE = st.integers(0, 2)


class Gestures(RuleBasedStateMachine):
    """One action of an organisation with three people, a clock that goes on, and all gestures."""

    installation: Installation

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.installation.engine, info={"site": SITE})
        self.now = acting.NOW
        where = acting.space(self.session)
        self.seat = acting.seat(self.session, where)
        self.people = [self.seat.person, acting.person(self.session), acting.person(self.session)]
        self.mandates = [self.seat.mandate] + [
            acting.mandate(self.session, self.seat.organisation, someone) for someone in self.people[1:]
        ]
        self.action = acting.action(self.session, self.seat)
        self.first_due = self.action.due_on
        self.seen: list[tuple[Any, ...]] = []

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    def picture(self) -> tuple[Any, ...]:
        row = self.action
        return (row.state, row.due_on, row.done_on, row.reason, row.times_postponed, len(self.trace()))

    def trace(self) -> list[ActionChange]:
        rows = self.session.scalars(queries.history(self.action)).all()
        return list(reversed(rows))

    def who(self, number: int) -> Who:
        return Who("lien personnel", self.people[number])

    def attempt(self, gesture: Any) -> None:
        """Make a gesture; a refusal changes nothing."""
        before = self.picture()
        try:
            gesture()
        except DomainError:
            self.session.flush()
            assert self.picture() == before

    @rule(who=PEOPLE)
    def finishes(self, who: int) -> None:
        self.attempt(lambda: operations.finish(self.session, self.action, who=self.who(who), now=self.now))

    @rule(who=PEOPLE, reason=REASONS)
    def blocks(self, who: int, reason: str) -> None:
        self.attempt(
            lambda: operations.block(self.session, self.action, reason, who=self.who(who), now=self.now)
        )

    @rule(who=PEOPLE, days=DAYS, reason=REASONS)
    def postpones(self, who: int, days: int, reason: str) -> None:
        day = clock.today(self.now) + timedelta(days=days)
        self.attempt(
            lambda: operations.postpone(
                self.session, self.action, day, reason, who=self.who(who), now=self.now
            )
        )

    @rule(who=PEOPLE, state=st.sampled_from(list(ActionState)), reason=REASONS)
    def moves(self, who: int, state: ActionState, reason: str) -> None:
        self.attempt(
            lambda: operations.move(self.session, self.action, state, reason, who=self.who(who), now=self.now)
        )

    @rule(who=PEOPLE, days=st.none() | DAYS, owner=st.none() | PEOPLE, reason=REASONS)
    def changes(self, who: int, days: int | None, owner: int | None, reason: str) -> None:
        today = clock.today(self.now)
        facts = ActionFacts(
            title="Écrire aux communes",
            organisation_id=self.seat.organisation.id,
            person_id=None if owner is None else self.people[owner].id,
            due_on=None if days is None else today + timedelta(days=days),
        )
        may = owner is None or self.mandates[owner].is_current(today)
        same = facts.person_id == self.action.person_id
        self.attempt(
            lambda: operations.change(
                self.session, self.action, facts, reason=reason, meeting=None, decision=None,
                who=self.who(who), now=self.now,
            )
        )  # fmt: skip
        if not may and not same:
            assert self.action.person_id != facts.person_id, "nobody is given an action without a mandate"

    @rule(who=PEOPLE)
    def undoes(self, who: int) -> None:
        rows = self.trace()
        if rows:
            last = rows[-1]
            self.attempt(lambda: operations.undo(self.session, last, who=self.who(who), now=self.now))
            if last.undone_at is not None and self.trace()[-1].undoes_id == last.id:
                now_is = (self.action.state, self.action.due_on, self.action.reason, self.action.done_on)
                assert now_is == (
                    last.state_before, last.due_before, last.reason_before, last.done_before,
                )  # fmt: skip

    @rule(minutes=st.sampled_from([1, 29, 31, 60 * 24, 60 * 24 * 9]))
    def time_goes_on(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(which=PEOPLE, days=st.integers(-2, 6))
    def a_mandate_ends(self, which: int, days: int) -> None:
        self.mandates[which].ends_on = clock.today(self.now) + timedelta(days=days)
        self.session.flush()

    @rule(which=PEOPLE)
    def a_mandate_is_prolonged(self, which: int) -> None:
        self.mandates[which].ends_on = None
        self.session.flush()

    @rule(days=st.none() | st.integers(-2, 6))
    def the_seat_ends_or_goes_on(self, days: int | None) -> None:
        today = clock.today(self.now)
        self.seat.membership.ends_on = None if days is None else today + timedelta(days=days)
        self.session.flush()

    @invariant()
    def state_reason_and_day_agree(self) -> None:
        row = self.action
        assert (row.state is ActionState.DONE) == (row.done_on is not None)
        if row.done_on is not None:
            assert row.done_on <= clock.today(self.now)
        if row.state in {ActionState.BLOCKED, ActionState.DROPPED}:
            assert row.reason.strip()

    @invariant()
    def the_trace_is_complete(self) -> None:
        state, due_on = ActionState.TO_DO, self.first_due
        rows = self.trace()
        for row in rows:
            assert (row.state_before, row.due_before) == (state, due_on)
            state, due_on = row.state_after, row.due_after
            if row.undoes_id is None and (row.postpones or row.state_after is ActionState.DROPPED):
                assert row.reason or row.state_before is row.state_after
        assert (self.action.state, self.action.due_on) == (state, due_on)
        counted = [row for row in rows if row.postpones and row.undone_at is None]
        assert self.action.times_postponed == len(counted)
        undone = {row.undoes_id for row in rows if row.undoes_id is not None}
        assert undone == {row.id for row in rows if row.undone_at is not None}
        kept = [tuple(getattr(row, name) for name in ("id", "reason", "at", "person_id")) for row in rows]
        assert kept[: len(self.seen)] == self.seen, "what was told stays as it was"
        self.seen = kept
        told = self.session.scalars(audit.history(self.action)).all()
        assert len(
            [entry for entry in told if entry.action not in {"action.added", "action.changed"}]
        ) == len(rows)

    @invariant()
    def whoever_may_act_has_mandate_and_seat_that_day(self) -> None:
        for days in (0, 1, 5):
            day = clock.today(self.now) + timedelta(days=days)
            ends = self.seat.membership.ends_on
            sits = ends is None or day <= ends
            standing = {
                person.id
                for person, mandate in zip(self.people, self.mandates, strict=True)
                if sits and mandate.is_current(day)
            }
            owner = self.action.person_id
            expected = ({owner} if owner in standing else standing) if owner else standing
            found = {
                person.id
                for person in self.people
                if self.session.scalar(select(Action.id).where(queries.concerns(person.id, day)))
            }
            assert found == expected
            if self.action.state in OPEN:
                gone = not sits or (owner is not None and owner not in standing)
                assert bool(queries.entrust_numbers(self.session, [self.action.id], day)) == gone


@both_databases
@pytest.mark.parametrize("examples", [12])
def test_no_sequence_of_gestures_breaks_an_action(installation: Installation, examples: int) -> None:
    machine = type("Here", (Gestures,), {"installation": installation})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=20, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
