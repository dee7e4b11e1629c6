"""Whatever people do in whatever order: seats counted are seats held, and never more than there are (S1)."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.events.models.registrations import Choice, Registration, RegistrationState
from hub.events.operations import days, sign_up
from tests.conftest import SITE, Installation, both_databases
from tests.events.plenary import details, person, plenary, wishes
from tests.factories import NOW

PEOPLE = st.integers(0, 7)
PAIRS = st.sampled_from([(0, 1), (0, 2), (1, 2), (2, 3), (1, 3), (0, 3)])
# Few seats, so that most ways lead to a full workshop.
CAPACITIES = (2, 2, 3, 3)
DAY_CAPACITY = 4


class Seats(RuleBasedStateMachine):
    """A small day, and people who sign up, change, cancel; and a coordinator who moves the limits."""

    installation: Installation

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.installation.engine, info={"site": SITE})
        self.event = plenary(self.session, capacities=CAPACITIES, capacity=DAY_CAPACITY)
        self.rows: dict[int, Registration] = {}

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @rule(who=PEOPLE, pair=PAIRS)
    def signs_up(self, who: int, pair: tuple[int, int]) -> None:
        before = self.picture()
        try:
            done = sign_up.register(self.session, self.event, person(who), wishes(self.event, *pair), now=NOW)
        except DomainError:
            assert self.picture() == before
            return
        if who in self.rows:
            assert done.registration is self.rows[who]
            assert self.picture() == before
        self.rows[who] = done.registration

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), pair=PAIRS)
    def changes(self, data: st.DataObject, pair: tuple[int, int]) -> None:
        row = self.rows[data.draw(st.sampled_from(sorted(self.rows)))]
        before = self.picture()
        try:
            sign_up.change(self.session, row, wishes(self.event, *pair), now=NOW)
        except DomainError:
            assert self.picture() == before
            return
        assert {choice.workshop_id for choice in row.choices} == {
            self.event.workshops[place].id for place in pair
        }

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def cancels(self, data: st.DataObject) -> None:
        row = self.rows.pop(data.draw(st.sampled_from(sorted(self.rows))))
        assert sign_up.cancel(self.session, row, actor="test", now=NOW)

    @rule(capacity=st.integers(1, 6))
    def the_room_changes(self, capacity: int) -> None:
        try:
            days.edit(self.session, self.event, details(capacity=capacity), actor="test", now=NOW)
        except DomainError:
            assert capacity < self.event.taken
            # As the application does with every refusal, but for the changes before it.
            self.session.refresh(self.event)

    @rule(place=st.integers(0, 3), capacity=st.integers(1, 4))
    def a_workshop_changes(self, place: int, capacity: int) -> None:
        rooms = tuple(
            days.Room(title=row.title, capacity=capacity if number == place else row.capacity, number=row.id)
            for number, row in enumerate(self.event.workshops)
        )
        programme = days.Programme(workshops=rooms, choices=2)
        try:
            days.set_programme(self.session, self.event, programme, actor="test", now=NOW)
        except DomainError:
            assert capacity < self.event.workshops[place].taken

    def picture(self) -> tuple[int, list[int], int]:
        self.session.expire_all()
        return (
            self.event.taken,
            [row.taken for row in self.event.workshops],
            self.session.scalar(select(func.count()).select_from(Choice)) or 0,
        )

    @invariant()
    def what_is_counted_is_what_is_held(self) -> None:
        taken, per_workshop, _ = self.picture()
        held = dict(
            self.session.execute(
                select(Choice.workshop_id, func.count())
                .join(Registration)
                .where(Registration.state == RegistrationState.CONFIRMED)
                .group_by(Choice.workshop_id)
            ).all()
        )
        confirmed = self.session.scalar(
            select(func.count())
            .select_from(Registration)
            .where(Registration.state == RegistrationState.CONFIRMED)
        )
        assert taken == confirmed == len(self.rows)
        assert per_workshop == [held.get(row.id, 0) for row in self.event.workshops]
        assert sum(per_workshop) == 2 * taken

    @invariant()
    def nothing_is_overbooked(self) -> None:
        assert self.event.capacity is not None
        assert 0 <= self.event.taken <= self.event.capacity
        assert all(0 <= row.taken <= row.capacity for row in self.event.workshops)


@pytest.fixture
def machine(installation: Installation) -> type[Seats]:
    Seats.installation = installation
    return Seats


@both_databases
def test_seats_hold_whatever_happens(machine: type[Seats], database: str) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=25 if database == "sqlite" else 8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
