"""What coordinators do with seats: give one by hand, change how many there are.

Fewer seats than are taken: what happens is named first, then chosen (invariant 8). The last ones lose theirs,
offers before seats that are sure; they stand on top of the waiting list and are written to.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, Mode, Promotion
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import Choice, Registration, RegistrationState, WaitState, WorkshopWait
from hub.events.models.workshops import Workshop
from hub.events.operations import counters, letters, waitlist
from hub.events.operations.counters import SEATED
from hub.events.queries import waitlist as queries

REASON = N_("D’autres personnes attendent depuis plus longtemps : dites pourquoi vous passez devant elles.")
NO_SEAT = N_("Il n’y a pas de place libre : augmentez d’abord le nombre de places.")


@dataclass(frozen=True)
class Capacities:
    """How many seats there are to be: of the day by mode (None: no limit), of workshops by number."""

    places: Mapping[Mode, int | None]
    workshops: Mapping[int, int]


@dataclass(frozen=True)
class Loss:
    """Whose seats fewer seats take: of the day by mode (workshop None), or of a workshop."""

    mode: Mode | None
    workshop: Workshop | None
    people: tuple[Registration, ...]

    @property
    def names(self) -> list[str]:
        """Who that is, in the order in which they would come back."""
        return [row.name for row in reversed(self.people)]


class SeatsTakenError(DomainError):
    """Fewer seats than are taken; `losses` names whose they are, for whoever decides."""

    def __init__(self, losses: list[Loss]) -> None:
        super().__init__(N_("Des places prises seraient retirées : confirmez ce qui arrive à ces personnes."))
        self.losses = losses


def place_by_hand(
    session: Session, row: Registration, reason: str = "", *, actor: User | str, now: datetime
) -> None:
    """Give somebody who waits a free seat of the day, or offer it where the day's seats are offered.

    After the closing no offer goes out any more: the seat is theirs at once. The next in order only; passing
    others needs a reason, which stands in the day's history. Raises DomainError without seat or reason.
    """
    event = row.event
    counters.lock(session, event)
    if row.state != RegistrationState.WAITING:
        raise DomainError(N_("Cette personne n’attend plus."))
    left = event.left_in(row.mode)
    if left is not None and left < 1:
        raise DomainError(NO_SEAT)
    passed = session.scalar(queries.before(row)) or 0
    _check_reason(passed, reason)
    offers = event.promotion == Promotion.OFFER and waitlist.is_open(event, now)
    if offers:
        row.state, row.offer_ends_at = RegistrationState.OFFERED, waitlist.offer_end(event, now)
    else:
        row.state, row.queued_at, row.put_back_at = RegistrationState.CONFIRMED, None, None
    gets = _free_workshops(row)
    for wait in gets:
        waitlist.hold(row, wait, now)
    row.sequence += 1
    row.updated_at = now
    session.flush()
    counters.shift(session, event, places={row.mode: 1}, workshops=Counter(wait.workshop_id for wait in gets))
    _record(session, row, "registration.placed_by_hand", passed, reason, actor=actor, now=now)
    version = str(row.sequence)
    if offers:
        letters.send(session, row, LetterKind.OFFERED, now=now, version=version, until=row.offer_ends_at)
        waitlist.plan_settling(session, event, waitlist.offer_end(event, now), now=now)
    else:
        letters.send(session, row, LetterKind.PROMOTED, now=now, version=version)
    waitlist.settle(session, event, now=now)


def _free_workshops(row: Registration) -> list[WorkshopWait]:
    """Return what a person had asked for with the seat of the day, and that has a seat."""
    open_ones = waitlist.waitable(row.event)
    return [
        wait
        for wait in row.waits
        if wait.state == WaitState.WAITING
        and wait.gives_up_id is None
        and wait.workshop_id in open_ones
        and open_ones[wait.workshop_id].left > 0
    ]


def seat_by_hand(
    session: Session, wait: WorkshopWait, reason: str = "", *, actor: User | str, now: datetime
) -> None:
    """Give somebody who waits for a workshop a free seat there; what they give up for it is freed.

    The next in order only; passing others needs a reason. Raises DomainError without seat or reason, or where
    the workshop does not go with what the person holds.
    """
    row = wait.registration
    event = row.event
    counters.lock(session, event)
    if wait.state != WaitState.WAITING or row.state not in SEATED:
        raise DomainError(N_("Cette personne n’attend plus."))
    if wait.workshop.left < 1:
        raise DomainError(NO_SEAT)
    held = {choice.workshop_id for choice in row.choices}
    if not waitlist.rules_of(event)((held - {wait.gives_up_id}) | {wait.workshop_id}):
        raise DomainError(N_("Cet atelier ne va pas avec les autres choix de cette personne."))
    passed = session.scalar(queries.before_wait(wait)) or 0
    _check_reason(passed, reason)
    counts = {wait.workshop_id: 1}
    if wait.gives_up_id is not None and wait.gives_up_id in held:
        counts[wait.gives_up_id] = -1
    waitlist.hold(row, wait, now)
    waitlist.end_moot(row, event, now=now, obtained=wait)
    row.sequence += 1
    row.updated_at = now
    session.flush()
    counters.shift(session, event, places={}, workshops=counts)
    _record(session, row, "registration.seated_by_hand", passed, reason, actor=actor, now=now)
    letters.send(
        session, row, LetterKind.WORKSHOP_PROMOTED, now=now, version=f"wait-{wait.id}",
        workshop=wait.workshop.title,
        gives_up=wait.gives_up.title if wait.gives_up is not None and len(counts) > 1 else "",
    )  # fmt: skip
    waitlist.settle(session, event, now=now)


def _check_reason(passed: int, reason: str) -> None:
    if passed and not reason.strip():
        raise DomainError(REASON, field="reason")


def _record(
    session: Session, row: Registration, act: str, passed: int, reason: str, *, actor: User | str,
    now: datetime,
) -> None:  # fmt: skip
    changes = {"passed": [None, passed], "reason": [None, reason.strip()]} if passed else {}
    audit.record(session, act, row, actor=actor, now=now, changes=changes)
    if passed:
        audit.record(session, "event.order_passed", row.event, actor=actor, now=now, changes=changes)


# --- How many seats there are ---------------------------------------------------------------------------


def losses(session: Session, event: Event, wanted: Capacities) -> list[Loss]:
    """Return whose seats would go, the last first: offers, then the seats that were taken last."""
    found = []
    for mode, capacity in wanted.places.items():
        taken = event.online_taken if mode == Mode.ONLINE else event.taken
        if capacity is not None and capacity < taken:
            found.append(Loss(mode, None, _last_of_day(session, event, mode, taken - capacity)))
    known = {workshop.id: workshop for workshop in event.workshops}
    for number, capacity in wanted.workshops.items():
        workshop = known[number]
        if capacity < workshop.taken:
            found.append(
                Loss(None, workshop, _last_of_workshop(session, workshop, workshop.taken - capacity))
            )
    return found


def _last_of_day(session: Session, event: Event, mode: Mode, number: int) -> tuple[Registration, ...]:
    rows = session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.state.in_(SEATED),
            Registration.mode == mode,
            Registration.reserved_id.is_(None),
        )
        .order_by(
            Registration.state != RegistrationState.OFFERED,
            Registration.created_at.desc(),
            Registration.id.desc(),
        )
        .limit(number)
    ).all()
    if len(rows) < number:
        raise DomainError(
            N_("Des places sont réservées à des associations : libérez-les d’abord, ou gardez-en assez."),
            field="capacity",
        )
    return tuple(rows)


def _last_of_workshop(session: Session, workshop: Workshop, number: int) -> tuple[Registration, ...]:
    offered = (
        select(Registration)
        .join(WorkshopWait)
        .where(WorkshopWait.workshop_id == workshop.id, WorkshopWait.state == WaitState.OFFERED)
        .order_by(WorkshopWait.id.desc())
    )
    seated = (
        select(Registration).join(Choice).where(Choice.workshop_id == workshop.id).order_by(Choice.id.desc())
    )
    return (*session.scalars(offered), *session.scalars(seated))[:number]


def change_capacities(
    session: Session,
    event: Event,
    wanted: Capacities,
    *,
    put_back: bool,
    actor: User | str,
    now: datetime,
) -> None:
    """Change how many seats there are; new ones go to who waits.

    Raises SeatsTakenError, naming who, where fewer are to be than are taken; with `put_back` the last ones go
    on top of the waiting list and are told.
    """
    counters.lock(session, event)
    _check_numbers(event, wanted)
    lost = losses(session, event, wanted)
    if lost and not put_back:
        raise SeatsTakenError(lost)
    before = _numbers(event)
    if lost:
        _put_all_back(session, event, wanted, lost, actor=actor, now=now)
    session.flush()
    for mode, capacity in wanted.places.items():
        if mode == Mode.ONLINE:
            event.online_capacity = capacity
        else:
            event.capacity = capacity
    for workshop in event.workshops:
        workshop.capacity = wanted.workshops.get(workshop.id, workshop.capacity)
    event.updated_at = now
    session.flush()
    changes = audit.differences(before, _numbers(event))
    if changes:
        changes["put_back"] = [0, sum(len(loss.people) for loss in lost)]
        audit.record(session, "event.capacities_changed", event, actor=actor, now=now, changes=changes)
    waitlist.settle(session, event, now=now)


def _put_all_back(
    session: Session, event: Event, wanted: Capacities, lost: list[Loss], *, actor: User | str, now: datetime
) -> None:
    for loss in lost:
        for row in loss.people if loss.workshop is None else ():
            _put_back(session, row, actor, now)
    # Whoever lost the seat of the day has given back workshops too: fewer may be left to take there.
    for loss in losses(session, event, Capacities({}, wanted.workshops)):
        if loss.workshop is not None:
            for row in reversed(loss.people):  # who was first stays so
                put_back_in(session, row, loss.workshop, actor=actor, now=now)


def _check_numbers(event: Event, wanted: Capacities) -> None:
    if any(capacity is not None and capacity < 0 for capacity in wanted.places.values()):
        raise DomainError(N_("Un nombre de places ne peut pas être négatif."), field="capacity")
    for workshop in event.workshops:
        capacity = wanted.workshops.get(workshop.id, workshop.capacity)
        if capacity < workshop.minimum or capacity < 0:
            raise DomainError(
                N_("« %(title)s » demande au moins %(minimum)s personnes."),
                field="workshops",
                title=workshop.title,
                minimum=workshop.minimum,
            )


def _numbers(event: Event) -> dict[str, int | None]:
    return {
        "capacity": event.capacity,
        "online_capacity": event.online_capacity,
        **{f"workshop_{workshop.id}": workshop.capacity for workshop in event.workshops},
    }


def _put_back(session: Session, row: Registration, actor: User | str, now: datetime) -> None:
    """Put somebody who had a seat of the day on top of its waiting list, with the workshops they had."""
    had = [choice.workshop for choice in row.choices]
    waiting = [
        (wait.workshop, wait.gives_up, wait.queued_at, wait.put_back_at)
        for wait in row.waits
        if wait.state in counters.STANDING
    ]
    counters.release(session, row, now=now)
    row.state, row.offer_ends_at = RegistrationState.WAITING, None
    row.queued_at, row.put_back_at = row.created_at, now
    session.flush()
    row.waits.extend(
        WorkshopWait(workshop=workshop, state=WaitState.WAITING, queued_at=row.created_at, put_back_at=now)
        for workshop in had
    )
    row.waits.extend(
        WorkshopWait(
            workshop=workshop, gives_up=gives_up, state=WaitState.WAITING, queued_at=since, put_back_at=back
        )
        for workshop, gives_up, since, back in waiting
        if workshop not in had
    )
    _tell_put_back(session, row, None, actor, now)


def put_back_in(
    session: Session, row: Registration, workshop: Workshop, *, actor: User | str, now: datetime
) -> None:
    """Put somebody who had a seat in a workshop, or an offer of one, on top of its waiting list."""
    offered = next(
        (wait for wait in row.waits if wait.workshop_id == workshop.id and wait.state == WaitState.OFFERED),
        None,
    )
    if offered is not None:
        offered.state, offered.offer_ends_at, offered.put_back_at = WaitState.WAITING, None, now
    else:
        row.choices = [choice for choice in row.choices if choice.workshop_id != workshop.id]
        row.waits.append(
            WorkshopWait(
                workshop=workshop, state=WaitState.WAITING, queued_at=row.created_at, put_back_at=now
            )
        )
    session.flush()
    counters.shift(session, row.event, places={}, workshops={workshop.id: -1})
    _tell_put_back(session, row, workshop, actor, now)


def _tell_put_back(
    session: Session, row: Registration, workshop: Workshop | None, actor: User | str, now: datetime
) -> None:
    row.sequence += 1
    row.updated_at = now
    session.flush()
    changes = {"workshop": [workshop.id if workshop is not None else None, None]}
    audit.record(session, "registration.put_back", row, actor=actor, now=now, changes=changes)
    letters.send(
        session, row, LetterKind.PUT_BACK, now=now, version=str(row.sequence),
        workshop=workshop.title if workshop is not None else "",
    )  # fmt: skip
