"""Whatever happens in whatever order, nobody acts for an organisation outside a mandate's dates.

The model beside the database knows nothing of its queries: it keeps what was given and what was ended, and
says by plain comparison of days who may speak for whom. `queries/seats.py` must say the same of every day.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

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

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.actors.operations import mandates, merging
from hub.core import clock
from hub.core.errors import DomainError
from hub.spaces import rules
from hub.spaces.models.seats import Representation, RepresentationRole
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind
from hub.spaces.operations import joining, lifecycle, representations, spaces
from hub.spaces.operations.representations import MandateFacts
from hub.spaces.operations.spaces import SpaceFacts
from hub.spaces.queries import seats, table
from tests import factories
from tests.conftest import SITE, Installation, both_databases

FIRST_DAY = date(2026, 3, 2)
PEOPLE, ORGANISATIONS, SPACES = 3, 3, 2
SHIFTS = st.integers(-6, 12)
WHO, WHICH, WHERE = st.integers(0, PEOPLE - 1), st.integers(0, ORGANISATIONS - 1), st.integers(0, SPACES - 1)
ENDS = st.one_of(st.none(), SHIFTS)
ROLES = st.sampled_from(MembershipRole)
NEVER = date(2100, 1, 1)


@dataclass
class Power:
    """A mandate as the model knows it: its days, whether it was taken away, in which seats it speaks."""

    person: int
    organisation: int
    limited: bool
    first: date
    last: date
    gone: bool = False
    chairs: set[int] = field(default_factory=set)

    def holds(self, day: date) -> bool:
        return not self.gone and self.first <= day <= self.last


@dataclass
class Chair:
    """A seat as the model knows it."""

    space: int
    organisation: int
    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


class Voices(RuleBasedStateMachine):
    """Two spaces, three organisations, three people, and whoever gives, ends, joins, leaves and merges."""

    installation: Installation

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.installation.engine, info={"site": SITE})
        self.today = FIRST_DAY
        self.coordinator = factories.coordinator(self.session)
        self.spaces: list[Space] = [
            spaces.create(
                self.session, SpaceFacts(f"Espace {n}", SpaceKind.PLATFORM), actor=None, now=self.now
            )
            for n in range(SPACES)
        ]
        self.organisations: list[Organisation] = [
            factories.organisation(self.session, f"Organisation {n} {id(self)}") for n in range(ORGANISATIONS)
        ]
        self.people: list[Person] = []
        for n in range(PEOPLE):
            user = factories.user(self.session)
            person = Person(name=f"P{n}", email=user.email, user_id=user.id, created_at=self.now)
            self.people.append(factories.add(self.session, person))
        self.powers: dict[int, Power] = {}
        self.chairs: dict[int, Chair] = {}

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(11), tzinfo=clock.ZONE)

    def day(self, shift: int) -> date:
        return self.today + timedelta(days=shift)

    # --- What happens ---------------------------------------------------------------------------

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(where=WHERE, which=WHICH, role=ROLES, starts=SHIFTS)
    def joins(self, where: int, which: int, role: MembershipRole, starts: int) -> None:
        first = self.day(starts)
        try:
            row = spaces.add_member(
                self.session, self.spaces[where], self.organisations[which], role, starts_on=first,
                actor=None, now=self.now,
            )  # fmt: skip
        except DomainError:
            return
        self.chairs[row.id] = Chair(where, which, first, NEVER)

    def chair(self, data: st.DataObject) -> tuple[Membership, Chair]:
        number = data.draw(st.sampled_from(sorted(self.chairs)))
        return self.session.get_one(Membership, number), self.chairs[number]

    @precondition(lambda self: self.chairs)
    @rule(data=st.data(), ends=SHIFTS)
    def leaves(self, data: st.DataObject, ends: int) -> None:
        row, chair = self.chair(data)
        if row.ends_on is not None and row.ends_on < self.today:
            return
        last = self.day(ends)
        try:
            spaces.end_membership(self.session, row, last_day=last, reason="x", actor=None, now=self.now)
        except DomainError:
            return
        chair.last = last

    @precondition(lambda self: self.chairs)
    @rule(data=st.data(), starts=SHIFTS, role=ROLES)
    def changes_role(self, data: st.DataObject, starts: int, role: MembershipRole) -> None:
        row, chair = self.chair(data)
        first = self.day(starts)
        try:
            after = spaces.change_role(self.session, row, role, from_day=first, actor=None, now=self.now)
        except DomainError:
            return
        if after.id == row.id:
            return
        self.chairs[after.id] = Chair(chair.space, chair.organisation, first, chair.last)
        chair.last = first - timedelta(days=1)
        for power in self.powers.values():
            if row.id in power.chairs:
                power.chairs.add(after.id)

    @rule(who=WHO, which=WHICH, starts=SHIFTS, ends=ENDS)
    def is_given_everything(self, who: int, which: int, starts: int, ends: int | None) -> None:
        first, last = self.day(starts), NEVER if ends is None else self.day(ends)
        try:
            row = mandates.grant(
                self.session, self.organisations[which], self.people[who], function="", scope="",
                starts_on=first, ends_on=None if ends is None else last, actor=None, now=self.now,
            )  # fmt: skip
        except DomainError:
            return
        self.powers[row.id] = Power(who, which, limited=False, first=first, last=last)

    @precondition(lambda self: self.chairs)
    @rule(data=st.data(), who=WHO, starts=SHIFTS, ends=ENDS, role=st.sampled_from(RepresentationRole))
    def is_named(
        self, data: st.DataObject, who: int, starts: int, ends: int | None, role: RepresentationRole
    ) -> None:
        row, chair = self.chair(data)
        first, last = self.day(starts), NEVER if ends is None else self.day(ends)
        facts = MandateFacts(starts_on=first, ends_on=None if ends is None else last)
        try:
            with self.session.begin_nested():
                made = representations.name(
                    self.session, row, self.people[who], role, facts, actor=None, now=self.now
                )
        except DomainError:
            return
        self.powers[made.mandate_id] = Power(
            who, chair.organisation, limited=True, first=first, last=last, chairs={row.id}
        )

    @precondition(lambda self: self.chairs and self.powers)
    @rule(data=st.data(), role=st.sampled_from(RepresentationRole))
    def exercises(self, data: st.DataObject, role: RepresentationRole) -> None:
        row, chair = self.chair(data)
        number = data.draw(st.sampled_from(sorted(self.powers)))
        mandate = self.session.get_one(Mandate, number)
        try:
            representations.exercise(self.session, row, mandate, role, actor=None, now=self.now)
        except DomainError:
            return
        assert self.powers[number].organisation == chair.organisation
        self.powers[number].chairs.add(row.id)

    @precondition(lambda self: any(power.chairs for power in self.powers.values()))
    @rule(data=st.data(), after=st.one_of(st.none(), SHIFTS))
    def speaks_no_more(self, data: st.DataObject, after: int | None) -> None:
        live = self.session.scalars(
            select(Representation).where(Representation.ended_at.is_(None)).order_by(Representation.id)
        ).all()
        if not live:
            return
        row = data.draw(st.sampled_from(live))
        last = None if after is None else self.day(after)
        power = self.powers[row.mandate_id]
        try:
            with self.session.begin_nested():
                representations.end(self.session, row, last_day=last, actor=None, now=self.now)
        except DomainError:
            return
        if last is None:
            power.chairs.discard(row.membership_id)
        else:
            power.last = last

    @precondition(lambda self: self.powers)
    @rule(data=st.data(), after=st.one_of(st.none(), SHIFTS))
    def loses_the_mandate(self, data: st.DataObject, after: int | None) -> None:
        number = data.draw(st.sampled_from(sorted(self.powers)))
        mandate, power = self.session.get_one(Mandate, number), self.powers[number]
        try:
            if after is None:
                mandates.withdraw(self.session, mandate, actor="test", now=self.now)
                power.gone = True
            else:
                last = self.day(after)
                mandates.end(self.session, mandate, last, actor="test", now=self.now)
                power.last = last
        except DomainError:
            return

    @rule(where=WHERE, which=WHICH, who=WHO, accepts=st.booleans())
    def asks_for_a_seat(self, where: int, which: int, who: int, accepts: bool) -> None:
        try:
            asked = joining.request(
                self.session, self.spaces[where], self.organisations[which], self.people[who], "",
                now=self.now,
            )  # fmt: skip
        except DomainError:
            return
        assert any(
            power.holds(self.today) and not power.limited
            for power in self.powers.values()
            if (power.person, power.organisation) == (who, which)
        )
        if not accepts:
            joining.decline_request(self.session, asked, "Non", actor=None, now=self.now)
            return
        try:
            with self.session.begin_nested():
                seat = joining.accept(self.session, asked, MembershipRole.MEMBER, actor=None, now=self.now)
        except DomainError:  # a seat that begins later stands in the way
            joining.withdraw(self.session, asked, actor=None, now=self.now)
            return
        self.chairs[seat.id] = Chair(where, which, self.today, NEVER)
        for row in self.session.scalars(
            select(Representation).where(Representation.membership_id == seat.id)
        ):
            self.powers[row.mandate_id].chairs.add(seat.id)

    @rule(where=WHERE, shift=st.integers(-6, 0))
    def closes(self, where: int, shift: int) -> None:
        last = self.day(shift)
        try:
            lifecycle.close(
                self.session, self.spaces[where], last_day=last, reason="x", actor=None, now=self.now
            )
        except DomainError:
            return
        for chair in self.chairs.values():
            if chair.space == where and chair.last > last:
                chair.last = last
                chair.first = min(chair.first, last)
        lifecycle.reopen(self.session, self.spaces[where], actor=None, now=self.now)

    @rule(kept=WHICH, merged=WHICH)
    def two_become_one(self, kept: int, merged: int) -> None:
        one, other = self.organisations[kept], self.organisations[merged]
        try:
            merging.merge(self.session, one, other, take=(), reason="x", actor=self.coordinator, now=self.now)
        except DomainError:
            return
        # What the merger may move is the database's to say: what moved, the model moves, days untouched.
        for number, chair in self.chairs.items():
            row = self.session.get_one(Membership, number)
            assert row.organisation_id in {one.id, other.id} or chair.organisation not in {kept, merged}
            if chair.organisation == merged and row.organisation_id == one.id:
                chair.organisation = kept
        for number, power in self.powers.items():
            mandate = self.session.get_one(Mandate, number)
            assert mandate.organisation_id in {one.id, other.id} or power.organisation not in {kept, merged}
            if power.organisation == merged and mandate.organisation_id == one.id:
                power.organisation = kept

    # --- What must hold ---------------------------------------------------------------------------

    def expected(self, day: date) -> set[tuple[int, int, int]]:
        """Say who may speak for whom where: (person, organisation, space)."""
        return {
            (power.person, power.organisation, chair.space)
            for power in self.powers.values()
            if power.holds(day)
            for number, chair in self.chairs.items()
            if chair.organisation == power.organisation and chair.holds(day)
            if not power.limited or number in power.chairs
        }

    def days(self) -> list[date]:
        """Return today, and each day on which something begins or ends, with the day after."""
        edges = {self.today, self.today - timedelta(days=1), self.today + timedelta(days=1)}
        for one in (*self.powers.values(), *self.chairs.values()):
            edges |= {one.first, one.first - timedelta(days=1)}
            if one.last != NEVER:
                edges |= {one.last, one.last + timedelta(days=1)}
        return sorted(edges)

    @invariant()
    def mandates_end_no_later_than_in_the_database(self) -> None:
        """Follow what ended by itself: a limited mandate ends with the only seat in which it speaks."""
        self.session.expire_all()
        for number, power in self.powers.items():
            mandate = self.session.get_one(Mandate, number)
            if mandate.withdrawn_at is not None:
                power.gone = True
            ends_on = mandate.ends_on or NEVER
            assert power.gone or ends_on <= power.last, "a mandate was made longer by something else"
            power.last = min(power.last, ends_on)
            assert mandate.starts_on == power.first

    @invariant()
    def nobody_speaks_but_who_may(self) -> None:
        places = {space.id: n for n, space in enumerate(self.spaces)}
        bodies = {row.id: n for n, row in enumerate(self.organisations)}
        people = {row.id: n for n, row in enumerate(self.people)}
        for day in self.days():
            expected = self.expected(day)
            told = self.session.execute(seats.voices(day)).all()
            found = {(people[row[2]], bodies[row[1]], places[row[0]]) for row in told}
            assert found == expected, day
            for n, space in enumerate(self.spaces):
                asked = self.session.execute(seats.speakers(space.id, day)).all()
                speaking = {(people[row[0].id], bodies[row[1].id], n) for row in asked}
                assert speaking <= expected, day

    @invariant()
    def rules_and_pages_say_the_same(self) -> None:
        expected = self.expected(self.today)
        for p, person in enumerate(self.people):
            own = self.session.scalars(seats.places_of(person.id, self.today)).all()
            assert {row.space_id for row in own} == {self.spaces[s].id for q, _, s in expected if q == p}
            for s, space in enumerate(self.spaces):
                mine = {self.organisations[o].id for q, o, t in expected if (q, t) == (p, s)}
                for query in (
                    seats.spoken_for(person.user_id or 0, space.id, self.today),
                    seats.spoken_for_by(person.id, space.id, self.today),
                ):
                    assert {row.id for row in self.session.scalars(query)} == mine
        sitting = {
            row.mandate.person_id
            for space in self.spaces
            for chair in table.table(self.session, space, self.today).present
            for row in chair.speaking
        }
        assert sitting <= {self.people[q].id for q, _, _ in expected}

    @invariant()
    def nothing_is_erased(self) -> None:
        for model, known in ((Membership, self.chairs), (Mandate, self.powers)):
            assert self.session.scalar(select(func.count()).select_from(model)) == len(known)


@pytest.fixture
def machine(installation: Installation) -> type[Voices]:
    Voices.installation = installation
    return Voices


@both_databases
def test_nobody_acts_outside_a_mandates_dates(machine: type[Voices], database: str) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=18 if database == "sqlite" else 3,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@both_databases
def test_the_rule_of_the_pages_asks_the_same_day(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    now = factories.NOW
    space = spaces.create(session, SpaceFacts("Espace", SpaceKind.PLATFORM), actor=None, now=now)
    organisation, user = factories.organisation(session), factories.user(session)
    person = factories.add(session, Person(name="P", email=user.email, user_id=user.id, created_at=now))
    seat = spaces.add_member(
        session, space, organisation, MembershipRole.MEMBER, starts_on=None, actor=None, now=now
    )
    last = clock.today(now) + timedelta(days=3)
    facts = MandateFacts(starts_on=clock.today(now), ends_on=last)
    representations.name(session, seat, person, RepresentationRole.REPRESENTATIVE, facts, actor=None, now=now)
    told = []
    for shift in (-1, 0, 3, 4):
        monkeypatch.setattr(clock, "now", lambda shift=shift: now + timedelta(days=shift))
        told.append(rules.take_part(user, space))
    assert told == [False, True, True, False]
