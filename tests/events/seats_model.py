"""Who holds what on a small day, said plainly: a list of people, walked through again and again.

It knows nothing of the database nor of `hub.events.values.waiting`; the state machine compares both. All hold
one workshop at most.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations

ONSITE, ONLINE = "onsite", "online"


@dataclass
class Claim:
    """Somebody waits for a workshop since a moment, giving one up for it; or is offered it until one."""

    workshop: int
    gives_up: int | None
    since: datetime
    on_top: bool = False
    offered_until: datetime | None = None


@dataclass
class Someone:
    """One sign-up."""

    mode: str
    came: datetime
    state: str = "waiting"
    since: datetime | None = None
    on_top: bool = False
    wants: str | None = None
    until: datetime | None = None
    held: int | None = None
    claims: list[Claim] = field(default_factory=list)

    @property
    def seated(self) -> bool:
        return self.state in {"confirmed", "offered"}


@dataclass
class Day:
    """The day: how many seats, who is there."""

    places: dict[str, int]
    seats: dict[int, int]
    closes: datetime
    offer: timedelta | None = None
    suspended: bool = False
    reserved: int = 0
    people: dict[int, Someone] = field(default_factory=dict)

    def free_places(self, mode: str) -> int:
        taken = sum(one.seated and one.mode == mode for one in self.people.values())
        return self.places[mode] - taken - (self.reserved if mode == ONSITE else 0)

    def free_seats(self, workshop: int) -> int:
        held = sum(one.held == workshop for one in self.people.values())
        offered = sum(
            claim.workshop == workshop and claim.offered_until is not None
            for one in self.people.values()
            for claim in one.claims
        )
        return self.seats[workshop] - held - offered

    def gives(self, now: datetime) -> bool:
        return now < self.closes and not self.suspended

    # --- Who gets what is free ---

    def settle(self, now: datetime) -> None:
        """Let time and order do their work."""
        for one in self.people.values():
            for claim in [claim for claim in one.claims if self._over(claim.offered_until, now)]:
                one.claims.remove(claim)
        for number in [
            n for n, one in self.people.items() if one.state == "offered" and self._over(one.until, now)
        ]:
            del self.people[number]
        if not self.gives(now):
            return
        came_in: set[int] = set()
        while self._place(now, came_in):
            pass
        while self._seat(now, came_in):
            pass

    def _over(self, until: datetime | None, now: datetime) -> bool:
        return until is not None and min(until, self.closes) <= now

    def queue(self, mode: str) -> list[Someone]:
        """Who waits for a seat in that way of taking part, the first first."""
        waiting = [
            one
            for one in self.people.values()
            if (one.state == "waiting" and one.mode == mode)
            or (one.state == "confirmed" and one.wants == mode)
        ]
        return sorted(waiting, key=lambda one: (not one.on_top, one.since))

    def _place(self, now: datetime, came_in: set[int]) -> bool:
        first = {mode: self.queue(mode)[0] for mode in (ONSITE, ONLINE) if self.queue(mode)}
        for mode, one in sorted(first.items(), key=lambda item: (not item[1].on_top, item[1].since)):
            if self.free_places(mode) > 0:
                self._move_in(one, mode, now, came_in)
                return True
        if len(first) == 2 and all(one.state == "confirmed" for one in first.values()):
            for mode, one in first.items():
                self._move_in(one, mode, now, came_in)
            return True
        return False

    def _move_in(self, one: Someone, mode: str, now: datetime, came_in: set[int]) -> None:
        if one.state == "confirmed":
            one.mode, one.wants = mode, None
        else:
            came_in.add(id(one))
            if self.offer is not None:
                one.state, one.until = "offered", min(now + self.offer, self.closes)
                return
            one.state = "confirmed"
        one.since, one.on_top = None, False

    def line(self, workshop: int) -> list[tuple[Someone, Claim]]:
        """Who could take a seat in that workshop now, the first first."""
        found = [
            (one, claim)
            for one in self.people.values()
            for claim in one.claims
            if claim.workshop == workshop
            and claim.offered_until is None
            and one.seated
            and self._could(one, claim)
        ]
        return sorted(found, key=lambda pair: (not pair[1].on_top, pair[1].since))

    @staticmethod
    def _could(one: Someone, claim: Claim) -> bool:
        promised = [other for other in one.claims if other.offered_until is not None]
        if claim.gives_up is not None and claim.gives_up in [other.gives_up for other in promised]:
            return False
        held = {one.held} - {None}
        accepted = (held - {other.gives_up for other in promised}) | {other.workshop for other in promised}
        return all(len((world - {claim.gives_up}) | {claim.workshop}) <= 1 for world in (held, accepted))

    def _seat(self, now: datetime, came_in: set[int]) -> bool:
        first = {workshop: self.line(workshop)[0] for workshop in self.seats if self.line(workshop)}
        in_order = sorted(first.values(), key=lambda pair: (not pair[1].on_top, pair[1].since))
        for one, claim in in_order:
            if self.free_seats(claim.workshop) > 0:
                if self.offer is not None and one.state == "confirmed" and id(one) not in came_in:
                    claim.offered_until = min(now + self.offer, self.closes)
                else:
                    self.take(one, claim)
                return True
        for length in (2, 3, 4):
            for ring in permutations(in_order, length):
                if all(
                    one.held is not None
                    and claim.gives_up == one.held == ring[(place + 1) % length][1].workshop
                    for place, (one, claim) in enumerate(ring)
                ):
                    for one, claim in ring:
                        self.take(one, claim)
                    return True
        return False

    @staticmethod
    def take(one: Someone, claim: Claim) -> None:
        """Hold what was waited for; what else was waited for and no longer goes with it ends."""
        one.held = claim.workshop
        one.claims.remove(claim)
        one.claims = [
            other for other in one.claims if other.offered_until is not None or other.gives_up == one.held
        ]
