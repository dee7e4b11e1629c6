"""Whatever happens in whatever order: the seats are those that a plain model gives (invariants 1 to 6)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.days import Mode, Promotion
from hub.events.models.registrations import (
    LIVE,
    Registration,
    RegistrationState,
    ReservedPlaces,
    WaitState,
    WorkshopWait,
)
from hub.events.operations import recounting, seating, seats, sign_up, waitlist
from hub.events.queries import waitlist as queries
from tests.conftest import SITE, Installation, both_databases
from tests.events.plenary import person, plenary
from tests.events.seats_model import ONLINE, ONSITE, Claim, Day, Someone
from tests.factories import NOW, organisation

PEOPLE = st.integers(0, 7)
PLACES = st.integers(0, 2)
MODES = st.sampled_from([ONSITE, ONLINE])
OFFER = timedelta(hours=6)
# Few seats, so that most ways lead to a waiting list.
SEATS = (2, 1, 2)


class Seats(RuleBasedStateMachine):
    """A small hybrid day; people who sign up, wait, exchange, leave; coordinators who change their minds."""

    installation: Installation

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.installation.engine, info={"site": SITE})
        self.now = NOW
        self.event = plenary(self.session, capacities=SEATS, choices=1, capacity=3)
        self.event.mode, self.event.online_capacity = Mode.HYBRID, 2
        self.session.flush()
        self.workshops = [workshop.id for workshop in self.event.workshops]
        self.model = Day({ONSITE: 3, ONLINE: 2}, dict(enumerate(SEATS)), self.event.sign_up_closes_at)
        self.rows: dict[int, Registration] = {}
        self.reserved: ReservedPlaces | None = None
        self.actor = "test"

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @initialize(by_offer=st.booleans())
    def begins(self, by_offer: bool) -> None:
        if by_offer:
            self.event.promotion, self.event.offer_hours = Promotion.OFFER, 6
            self.model.offer = OFFER
            self.session.flush()

    def passes(self) -> datetime:
        """Let a minute pass, so that nobody comes at the same moment as somebody else."""
        self.now += timedelta(minutes=1)
        return self.now

    def refused(self, act: object, *given: object, **named: object) -> bool:
        """Do something; say whether it was refused, which must change nothing."""
        before = self.picture()
        try:
            act(*given, **named)  # type: ignore[operator]
        except DomainError:
            self.session.expire_all()
            assert self.picture() == before
            return True
        return False

    # --- What people do ---

    @rule(who=PEOPLE, place=PLACES, mode=MODES)
    def signs_up(self, who: int, place: int, mode: str) -> None:
        now, day = self.passes(), self.model
        wishes = sign_up.Wishes(workshop_ids=(self.workshops[place],), mode=Mode(mode), agrees_to_wait=True)
        known = who in day.people
        is_open = now < day.closes
        day.settle(now)
        known = who in day.people
        blocked = not day.gives(now) and bool(day.queue(mode))
        has_place = day.free_places(mode) > 0 and not blocked
        waited = any(
            claim.workshop == place and claim.offered_until is None and one.seated
            for one in day.people.values()
            for claim in one.claims
        )
        has_seat = day.free_seats(place) > 0 and (day.gives(now) or not waited)
        none_left = all(day.free_seats(each) == 0 for each in day.seats)
        if self.refused(sign_up.register, self.session, self.event, person(who), wishes, now=now):
            assert not is_open or (has_place and not has_seat and not none_left)
            return
        assert is_open
        if known:
            return
        self.rows[who] = self.newest()
        one = Someone(mode, now, since=now)
        day.people[who] = one
        if has_place:
            one.state, one.since = "confirmed", None
        if has_place and has_seat:
            one.held = place
        else:
            one.claims = [Claim(place, None, now)]

    def newest(self) -> Registration:
        return self.session.scalars(select(Registration).order_by(Registration.id.desc()).limit(1)).one()

    @precondition(lambda self: self.model.people)
    @rule(data=st.data())
    def cancels(self, data: st.DataObject) -> None:
        who, now = self.somebody(data), self.passes()
        assert sign_up.cancel(self.session, self.rows[who], actor="test", now=now)
        del self.model.people[who]
        self.model.settle(now)

    @precondition(lambda self: any(one.state == "confirmed" for one in self.model.people.values()))
    @rule(data=st.data(), place=PLACES)
    def changes(self, data: st.DataObject, place: int) -> None:
        who, now, day = self.somebody(data, "confirmed"), self.passes(), self.model
        one, row = day.people[who], self.rows[who]
        wishes = sign_up.Wishes(workshop_ids=(self.workshops[place],), mode=Mode(one.mode))
        if self.refused(sign_up.change, self.session, row, wishes, now=now):
            return
        assert now < day.closes
        one.held, one.wants = place, None
        if one.since is not None:
            one.since = None
        one.claims = [
            claim for claim in one.claims if claim.offered_until is not None or claim.gives_up == place
        ]
        one.claims = [claim for claim in one.claims if claim.workshop != place]
        day.settle(now)

    @precondition(lambda self: any(one.seated for one in self.model.people.values()))
    @rule(data=st.data(), place=PLACES)
    def would_rather(self, data: st.DataObject, place: int) -> None:
        who, now, day = self.somebody(data, "confirmed", "offered"), self.passes(), self.model
        one, row = day.people[who], self.rows[who]
        workshop = next(each for each in self.event.workshops if each.id == self.workshops[place])
        gives_up = next(
            (each for each in self.event.workshops if each.id == self.workshops[one.held or 0]), None
        )
        given = None if one.held is None else gives_up
        if self.refused(waitlist.wait_for, self.session, row, workshop, gives_up=given, now=now):
            standing = [claim for claim in one.claims if claim.workshop == place]
            assert now >= day.closes or one.held == place or any(c.offered_until for c in standing)
            return
        known = next((claim for claim in one.claims if claim.workshop == place), None)
        if known is None:
            one.claims.append(Claim(place, one.held, now))
        else:
            known.gives_up = one.held
        day.settle(now)

    @precondition(lambda self: any(one.seated and one.claims for one in self.model.people.values()))
    @rule(data=st.data())
    def stops_waiting(self, data: st.DataObject) -> None:
        now, day = self.passes(), self.model
        who = data.draw(st.sampled_from([n for n, one in day.people.items() if one.seated and one.claims]))
        claim = data.draw(st.sampled_from(day.people[who].claims))
        assert waitlist.stop_waiting(self.session, self.wait(who, claim), now=now)
        day.people[who].claims.remove(claim)
        day.settle(now)

    @precondition(lambda self: any(one.state == "confirmed" for one in self.model.people.values()))
    @rule(data=st.data(), other=st.booleans())
    def would_rather_come_otherwise(self, data: st.DataObject, other: bool) -> None:
        who, now, day = self.somebody(data, "confirmed"), self.passes(), self.model
        one = day.people[who]
        wanted = (ONLINE if one.mode == ONSITE else ONSITE) if other else None
        mode = None if wanted is None else Mode(wanted)
        if self.refused(waitlist.want_mode, self.session, self.rows[who], mode, now=now):
            assert now >= day.closes
            return
        if one.wants != wanted:
            one.wants, one.since, one.on_top = wanted, now if wanted else None, False
        day.settle(now)

    @precondition(lambda self: any(one.state == "offered" for one in self.model.people.values()))
    @rule(data=st.data())
    def accepts(self, data: st.DataObject) -> None:
        who, now, day = self.somebody(data, "offered"), self.passes(), self.model
        one = day.people[who]
        if self.refused(waitlist.accept, self.session, self.rows[who], now=now):
            assert one.until is not None
            assert min(one.until, day.closes) <= now
            return
        one.state, one.until, one.since, one.on_top = "confirmed", None, None, False
        day.settle(now)

    @precondition(lambda self: self.offered_claims())
    @rule(data=st.data())
    def accepts_a_workshop(self, data: st.DataObject) -> None:
        now, day = self.passes(), self.model
        who, claim = data.draw(st.sampled_from(self.offered_claims()))
        one = day.people[who]
        if self.refused(waitlist.accept_seat, self.session, self.wait(who, claim), now=now):
            late = claim.offered_until is not None and min(claim.offered_until, day.closes) <= now
            assert late or len(({one.held} - {None, claim.gives_up}) | {claim.workshop}) > 1
            return
        day.take(one, claim)
        day.settle(now)

    # --- What time does ---

    @rule(hours=st.integers(1, 8))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.morning_comes()

    @precondition(lambda self: len(self.rows) > 5)
    @rule()
    def sign_up_closes(self) -> None:
        self.now = max(self.now, self.model.closes)
        self.morning_comes()

    def morning_comes(self) -> None:
        seats.lock(self.session, self.event)
        waitlist.settle(self.session, self.event, now=self.now)
        self.model.settle(self.now)

    # --- What coordinators do ---

    @rule()
    def promotions_are_suspended(self) -> None:
        now = self.passes()
        waitlist.suspend(self.session, self.event, actor=self.actor, now=now)
        self.model.suspended = True

    @precondition(lambda self: self.model.suspended)
    @rule()
    def promotions_resume(self) -> None:
        now = self.passes()
        waitlist.resume(self.session, self.event, actor=self.actor, now=now)
        self.model.suspended = False
        self.model.settle(now)

    @rule(onsite=st.integers(1, 5), online=st.integers(0, 3))
    def the_room_changes(self, onsite: int, online: int) -> None:
        now, day = self.passes(), self.model
        wanted = seating.Capacities({Mode.ONSITE: onsite, Mode.ONLINE: online}, {})
        short = {
            mode: number - day.places[mode] + day.free_places(mode)
            for mode, number in ((ONSITE, onsite), (ONLINE, online))
        }
        given = {"actor": self.actor, "now": now}
        refused = self.refused(
            seating.change_capacities, self.session, self.event, wanted, put_back=False, **given
        )
        assert refused == any(number < 0 for number in short.values())
        if refused:
            reserved_in_the_way = self.refused(
                seating.change_capacities, self.session, self.event, wanted, put_back=True, **given
            )
            if reserved_in_the_way:
                assert onsite < day.reserved
                return
            for mode, number in short.items():
                self.put_back(mode, -number)
        day.places = {ONSITE: onsite, ONLINE: online}
        day.settle(now)

    def put_back(self, mode: str, number: int) -> None:
        seated = [one for one in self.model.people.values() if one.seated and one.mode == mode]
        last = sorted(seated, key=lambda one: (one.state == "offered", one.came), reverse=True)
        for one in last[: max(0, number)]:
            one.state, one.since, one.on_top, one.until, one.wants = "waiting", one.came, True, None, None
            had = one.held
            one.claims = [
                Claim(claim.workshop, claim.gives_up, claim.since, claim.on_top)
                for claim in one.claims
                if claim.workshop != had
            ]
            if had is not None:
                one.claims.append(Claim(had, None, one.came, on_top=True))
            one.held = None

    @rule(place=PLACES, capacity=st.integers(0, 3))
    def a_workshop_changes(self, place: int, capacity: int) -> None:
        now, day = self.passes(), self.model
        wanted = seating.Capacities({}, {self.workshops[place]: capacity})
        taken = day.seats[place] - day.free_seats(place)
        given = {"actor": self.actor, "now": now}
        refused = self.refused(
            seating.change_capacities, self.session, self.event, wanted, put_back=False, **given
        )
        assert refused == (capacity < taken)
        if refused:
            lost = self.losers(place, taken - capacity)
            seating.change_capacities(self.session, self.event, wanted, put_back=True, **given)
            for one in lost:
                offered = next((c for c in one.claims if c.workshop == place and c.offered_until), None)
                if offered is not None:
                    offered.offered_until, offered.on_top = None, True
                else:
                    one.held = None
                    one.claims.append(Claim(place, None, one.came, on_top=True))
        day.seats[place] = capacity
        day.settle(now)

    def losers(self, place: int, number: int) -> list[Someone]:
        """Whom the page names: the order is that of the rows, which the model doesn't know."""
        workshop = next(each for each in self.event.workshops if each.id == self.workshops[place])
        wanted = seating.Capacities({}, {workshop.id: workshop.taken - number})
        named = {row.id for loss in seating.losses(self.session, self.event, wanted) for row in loss.people}
        return [self.model.people[who] for who, row in self.rows.items() if row.id in named and row.is_live]

    @precondition(lambda self: any(one.state == "waiting" for one in self.model.people.values()))
    @rule(data=st.data(), reason=st.sampled_from(["", "intervient"]))
    def somebody_is_placed_by_hand(self, data: st.DataObject, reason: str) -> None:
        who, now, day = self.somebody(data, "waiting"), self.passes(), self.model
        one = day.people[who]
        act = seating.place_by_hand
        if self.refused(act, self.session, self.rows[who], reason, actor=self.actor, now=now):
            assert day.free_places(one.mode) < 1 or (not reason and day.queue(one.mode)[0] is not one)
            return
        got = next((c for c in one.claims if c.gives_up is None and day.free_seats(c.workshop) > 0), None)
        if day.offer is not None and now < day.closes:
            one.state, one.until = "offered", min(now + day.offer, day.closes)
        else:
            one.state, one.since, one.on_top = "confirmed", None, False
        if got is not None:
            one.held = got.workshop
            one.claims.remove(got)
            one.claims = [claim for claim in one.claims if claim.gives_up == one.held]
        day.settle(now)

    @precondition(lambda self: self.model.free_places(ONSITE) > 0 and self.reserved is None)
    @rule()
    def places_are_reserved(self) -> None:
        now = self.passes()
        seats.lock(self.session, self.event)
        assert seats.take_place(self.session, self.event, Mode.ONSITE)
        self.reserved = ReservedPlaces(
            event=self.event, organisation=organisation(self.session), seats=1, created_at=now
        )
        self.session.add(self.reserved)
        self.session.flush()
        self.model.reserved = 1

    @precondition(lambda self: self.reserved is not None)
    @rule()
    def reserved_places_are_released(self) -> None:
        now = self.passes()
        assert self.reserved is not None
        seats.lock(self.session, self.event)
        self.reserved.released_at = now
        self.session.flush()
        seats.give_place_back(self.session, self.event)
        waitlist.settle(self.session, self.event, now=now)
        self.reserved, self.model.reserved = None, 0
        self.model.settle(now)

    # --- Looking ---

    def somebody(self, data: st.DataObject, *states: str) -> int:
        found = [n for n, one in self.model.people.items() if not states or one.state in states]
        who: int = data.draw(st.sampled_from(sorted(found)))
        return who

    def offered_claims(self) -> list[tuple[int, Claim]]:
        return [
            (who, claim)
            for who, one in self.model.people.items()
            for claim in one.claims
            if claim.offered_until
        ]

    def wait(self, who: int, claim: Claim) -> WorkshopWait:
        return next(
            wait
            for wait in self.rows[who].waits
            if wait.workshop_id == self.workshops[claim.workshop] and wait.state in waitlist.STANDING
        )

    def picture(self) -> list[object]:
        """All that the database says of seats."""
        rows = self.session.execute(
            select(
                Registration.id, Registration.state, Registration.mode, Registration.wanted_mode,
                Registration.queued_at, Registration.offer_ends_at,
            ).order_by(Registration.id)
        ).all()  # fmt: skip
        waits = self.session.execute(
            select(WorkshopWait.id, WorkshopWait.state, WorkshopWait.gives_up_id).order_by(WorkshopWait.id)
        ).all()
        held = recounting.held(self.session, self.event)
        return [list(map(tuple, rows)), list(map(tuple, waits)), held, recounting.counted(self.event)]

    @invariant()
    def everybody_holds_what_the_model_says(self) -> None:
        self.session.expire_all()
        live = {
            row.id: row
            for row in self.session.scalars(select(Registration).where(Registration.state.in_(LIVE)))
        }
        assert {self.rows[who].id for who in self.model.people} == set(live)
        for who, one in self.model.people.items():
            row = live[self.rows[who].id]
            assert (row.state, row.mode) == (one.state, one.mode)
            assert row.wanted_mode == one.wants
            assert [choice.workshop_id for choice in row.choices] == (
                [] if one.held is None else [self.workshops[one.held]]
            )
            standing = {
                (wait.workshop_id, wait.gives_up_id, wait.state == WaitState.OFFERED)
                for wait in row.waits
                if wait.state in waitlist.STANDING
            }
            assert standing == {
                (
                    self.workshops[claim.workshop],
                    None if claim.gives_up is None else self.workshops[claim.gives_up],
                    claim.offered_until is not None,
                )
                for claim in one.claims
            }

    @invariant()
    def what_is_counted_is_what_is_held_and_never_more_than_there_is(self) -> None:
        assert recounting.counted(self.event) == recounting.held(self.session, self.event)
        assert 0 <= self.event.taken <= (self.event.capacity or 0)
        assert 0 <= self.event.online_taken <= (self.event.online_capacity or 0)
        assert all(0 <= workshop.taken <= workshop.capacity for workshop in self.event.workshops)

    @invariant()
    def no_seat_is_free_while_somebody_waits(self) -> None:
        if waitlist.gives(self.event, self.now):
            waiting = {row.mode for row in self.rows.values() if row.state == RegistrationState.WAITING}
            waiting |= {row.wanted_mode for row in self.rows.values() if row.is_confirmed and row.wanted_mode}
            assert all(self.event.left_in(mode) == 0 for mode in waiting)

    @invariant()
    def no_offer_outlives_the_closing(self) -> None:
        ends = [row.offer_ends_at for row in self.rows.values() if row.state == RegistrationState.OFFERED]
        assert all(end is not None and end <= self.event.sign_up_closes_at for end in ends)

    @invariant()
    def nobody_got_a_mail_twice(self) -> None:
        names = self.session.execute(select(Message.subject_id, Message.kind, Message.version)).all()
        assert len(names) == len({tuple(name) for name in names})

    @invariant()
    def nobody_holds_two_workshops(self) -> None:
        numbers = {row.id for row in self.rows.values()}
        held = [registration for registration, _ in self.session.execute(queries.held_by(numbers))]
        assert len(held) == len(set(held))


@pytest.fixture
def machine(installation: Installation) -> type[Seats]:
    Seats.installation = installation
    return Seats


@both_databases
def test_seats_are_those_of_the_model_whatever_happens(machine: type[Seats], database: str) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=40 if database == "sqlite" else 10,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
