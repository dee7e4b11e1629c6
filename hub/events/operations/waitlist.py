"""Waiting lists: who gets what is free, in order; offers and their end; what one gives up for better.

`settle` does it all: whoever frees a seat, adds seats, joins a list or moves a deadline calls it before the
end of the transaction, with the day locked (`seats.lock`). So no seat is free while somebody waits who could
take it, unless the coordination suspended that or sign-up is closed; and nobody overtakes.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain, combinations
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from hub.accounts.models import User
from hub.core import audit, i18n, jobs, mail
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState, Mode, Promotion
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import Choice, Registration, RegistrationState, WaitState, WorkshopWait
from hub.events.models.workshops import Way, Workshop
from hub.events.operations import forgetting, letters
from hub.events.operations.counters import SEATED, STANDING, leave_place, lock, release, shift
from hub.events.queries import waitlist as queries
from hub.events.values.choosing import clash
from hub.events.values.waiting import (
    Board,
    Claim,
    DayClaim,
    DayMove,
    Ended,
    Fits,
    Heir,
    Move,
    SeatMove,
    end_pointless,
    plan,
)

R = TypeVar("R", Registration, WorkshopWait)
SETTLE_JOB = "events.settle"
BY_LIST = "liste d’attente"
BY_LINK = "lien personnel"
CLOSED = N_("Les inscriptions sont closes : la liste d’attente ne bouge plus.")
NO_LIST = N_("Cette journée n’a pas de liste d’attente.")
OFFER_OVER = N_("Cette proposition est échue : la place est allée à quelqu’un d’autre.")
MOVED = {
    Mode.ONSITE: N_("Une place s’est libérée : vous participez maintenant sur place."),
    Mode.ONLINE: N_("Une place s’est libérée : vous participez maintenant en ligne."),
}


def gives(event: Event, now: datetime) -> bool:
    """Say whether free seats go to who waits: the day is published, sign-up not closed, nothing suspended."""
    return is_open(event, now) and event.promotion_suspended_at is None


def is_open(event: Event, now: datetime) -> bool:
    """Say whether the waiting list still moves: until sign-up closes."""
    return event.state == EventState.PUBLISHED and now < event.sign_up_closes_at


def heir(session: Session, row: Registration, *, now: datetime) -> Heir | None:
    """Say who would get the seat of the day that somebody has, if it were given back; None: there is none."""
    event = row.event
    if row.state not in SEATED:
        return None
    if row.reserved is not None and row.reserved.released_at is None:
        return Heir.ORGANISATION
    if not is_open(event, now):
        return Heir.CLOSED
    if not any(mode == row.mode for mode, _ in session.execute(queries.waited_for(), {"event_id": event.id})):
        return Heir.NOBODY
    if event.promotion_suspended_at is not None:
        return Heir.SUSPENDED
    return Heir.OFFERED if event.promotion == Promotion.OFFER else Heir.FIRST


def waitable(event: Event) -> dict[int, Workshop]:
    """Return the workshops that can be waited for: of blocks that are first come, or allotted already."""
    open_blocks = {
        block.id: block for block in event.blocks if block.way == Way.FIRST_COME or block.allotted_at
    }
    return {
        workshop.id: workshop
        for workshop in event.workshops
        if workshop.cancelled_at is None and workshop.block_id in open_blocks
    }


def rules_of(event: Event) -> Fits:
    """Return what says whether one person may hold a set of workshops (numbers) together (invariant 3)."""
    known = {workshop.id: workshop for workshop in event.workshops}
    most = {block.id: block.choices_max for block in event.blocks}
    apart: dict[tuple[int, int], bool] = {}

    def go_together(one: int, other: int) -> bool:
        if (one, other) not in apart:
            apart[one, other] = clash(known[one], known[other]) is None
        return apart[one, other]

    def fits(ids: Collection[int]) -> bool:
        chosen = sorted(ids)
        per_block = Counter(known[each].block_id for each in chosen)
        return all(count <= most[block] for block, count in per_block.items()) and all(
            go_together(one, other) for one, other in combinations(chosen, 2)
        )

    return fits


# --- Settling ---------------------------------------------------------------------------------------


def settle(session: Session, event: Event, *, now: datetime) -> None:
    """End the offers whose time is over, then give each free seat to who waits for it, in order.

    After anything that frees seats, adds some, or moves the closing of sign-up; the day is locked. Of a day
    that was called off everything stays as it is: that it does not take place is all there is to tell.
    """
    session.flush()
    if event.state == EventState.CANCELLED:
        return
    rows = {row.id: row for row in session.scalars(_fresh(queries.of_day(event)))}
    waits = {wait.id: wait for wait in session.scalars(_fresh(queries.of_workshops(event)))}
    if not rows and not waits:
        return
    _end_with_closing(event, rows.values(), waits.values())
    if _lapse(session, event, rows.values(), waits.values(), now):
        settle(session, event, now=now)
        return
    if gives(event, now):
        board = _board(session, event, list(rows.values()), list(waits.values()))
        _carry_out(session, event, plan(board), waits, now=now)
    if is_open(event, now):
        plan_settling(session, event, event.sign_up_closes_at, now=now)


def _fresh(rows: Select[R]) -> Select[R]:
    return rows.execution_options(populate_existing=True)


def plan_settling(session: Session, event: Event, at: datetime, *, now: datetime) -> None:
    """See that the day is settled at that moment: an offer ends, or sign-up closes."""
    planned = select(jobs.Job.id).where(
        jobs.Job.subject_type == Event.__tablename__,
        jobs.Job.subject_id == event.id,
        jobs.Job.name == SETTLE_JOB,
        jobs.Job.state == jobs.JobState.QUEUED,
        jobs.Job.run_at == at,
    )
    if session.scalar(planned.limit(1)) is None:
        jobs.enqueue(session, SETTLE_JOB, now=now, run_at=at, subject=event, event=event.id)


def _end_with_closing(event: Event, rows: Iterable[Registration], waits: Iterable[WorkshopWait]) -> None:
    """Let no offer outlive the closing of sign-up, which may have been moved."""
    both: Iterable[Registration | WorkshopWait] = chain(rows, waits)
    for one in both:
        if one.offer_ends_at is not None and one.offer_ends_at > event.sign_up_closes_at:
            one.offer_ends_at = event.sign_up_closes_at


def _lapse(
    session: Session,
    event: Event,
    rows: Iterable[Registration],
    waits: Iterable[WorkshopWait],
    now: datetime,
) -> bool:
    """End what was offered until now and not answered; return whether there was any."""
    due_rows = [row for row in rows if row.state == RegistrationState.OFFERED and is_due(row, now)]
    due_waits = [wait for wait in waits if wait.state == WaitState.OFFERED and is_due(wait, now)]
    for wait in due_waits:
        wait.state, wait.closed_at = WaitState.LAPSED, now
    lost = Counter(wait.workshop_id for wait in due_waits)
    shift(session, event, places={}, workshops={each: -number for each, number in lost.items()})
    for wait in due_waits:
        row = wait.registration
        audit.record(session, "registration.wait_lapsed", row, actor=BY_LIST, now=now)
        letters.send(
            session, row, LetterKind.LAPSED, now=now, version=f"wait-{wait.id}", workshop=wait.workshop.title
        )
    for row in due_rows:
        release(session, row, now=now)
        row.state, row.updated_at = RegistrationState.LAPSED, now
        row.sequence += 1
        session.flush()
        audit.record(session, "registration.lapsed", row, actor=BY_LIST, now=now)
        letters.send(session, row, LetterKind.LAPSED, now=now, version=str(row.sequence))
        forgetting.blank_needs(session, [row.id])
    return bool(due_rows or due_waits)


def is_due(one: Registration | WorkshopWait, now: datetime) -> bool:
    """Say whether an offer's time is over."""
    return one.offer_ends_at is not None and one.offer_ends_at <= now


def _board(
    session: Session, event: Event, rows: Sequence[Registration], waits: Sequence[WorkshopWait]
) -> Board:
    session.expire(event, ["workshops"])
    seats = {number: workshop.left for number, workshop in waitable(event).items()}
    people = {wait.registration_id for wait in waits}
    held: dict[int, set[int]] = {}
    if people:
        for registration, workshop in session.execute(queries.held_by(people)):
            held.setdefault(registration, set()).add(workshop)
    promised: dict[int, dict[int, int | None]] = {}
    for wait in waits:
        if wait.state == WaitState.OFFERED:
            promised.setdefault(wait.registration_id, {})[wait.workshop_id] = wait.gives_up_id
    waiting = {row.id for row in rows if row.state == RegistrationState.WAITING}
    return Board(
        places={mode: event.left_in(mode) for mode in (Mode.ONSITE, Mode.ONLINE)},
        seats=seats,
        queue=[_day_claim(row) for row in rows if row.state != RegistrationState.OFFERED],
        claims=[_claim(wait) for wait in waits if wait.state == WaitState.WAITING],
        fits=rules_of(event),
        by_offer=event.promotion == Promotion.OFFER,
        seated=people - waiting,
        direct={row.id for row in rows if row.state == RegistrationState.OFFERED},
        held=held,
        promised=promised,
    )


def _day_claim(row: Registration) -> DayClaim:
    if row.state == RegistrationState.WAITING or row.wanted_mode is None:
        return DayClaim(row.id, row.mode)
    keeps = row.reserved is not None and row.reserved.released_at is None
    return DayClaim(row.id, row.wanted_mode, leaves=row.mode, frees=not keeps)


def _claim(wait: WorkshopWait) -> Claim:
    return Claim(wait.id, wait.registration_id, wait.workshop_id, wait.gives_up_id)


def _carry_out(
    session: Session, event: Event, moves: Sequence[Move], waits: dict[int, WorkshopWait], *, now: datetime
) -> None:
    """Do what was planned, all at once: rows, then counts in one update each, then history and mails."""
    if not moves:
        return
    until = offer_end(event, now)
    counts: tuple[Counter[Mode], Counter[int]] = (Counter(), Counter())
    owners = {move.claim.registration for move in moves}
    found = (
        select(Registration).where(Registration.id.in_(owners)).options(selectinload(Registration.choices))
    )
    people = {row.id: row for row in session.scalars(found)}
    for move in moves:
        row = people[move.claim.registration]
        if isinstance(move, DayMove):
            _place(row, move.claim, counts[0], event, until)
        elif isinstance(move, SeatMove):
            _seat(row, waits[move.claim.wait], move, counts[1], until=until, now=now)
        else:
            _end(waits[move.claim.wait], now)
    for row in people.values():
        row.sequence += 1
        row.updated_at = now
    session.flush()
    shift(session, event, places=counts[0], workshops=counts[1])
    _tell(session, moves, people, waits, now)
    if any(row.state == RegistrationState.OFFERED for row in people.values()) or any(
        isinstance(move, SeatMove) and move.is_offer for move in moves
    ):
        plan_settling(session, event, until, now=now)


def _tell(
    session: Session,
    moves: Sequence[Move],
    people: dict[int, Registration],
    waits: dict[int, WorkshopWait],
    now: datetime,
) -> None:
    """Write once to each who got something: what came with a seat of the day needs no mail of its own."""
    seated = {move.claim.registration for move in moves if isinstance(move, DayMove)}
    for move in moves:
        row = people[move.claim.registration]
        if isinstance(move, DayMove):
            _tell_place(session, row, move.claim, now)
        elif isinstance(move, SeatMove):
            changes = {"workshop": [move.gives_up, move.claim.workshop]}
            act = "registration.seat_offered" if move.is_offer else "registration.seat_obtained"
            audit.record(session, act, row, actor=BY_LIST, now=now, changes=changes)
            if row.id not in seated and row.state == RegistrationState.CONFIRMED:
                _tell_seat(session, row, waits[move.claim.wait], move, now)


def offer_end(event: Event, now: datetime) -> datetime:
    """Return until when a seat offered now is held: never beyond the closing of sign-up."""
    return min(now + timedelta(hours=event.offer_hours), event.sign_up_closes_at)


def _place(row: Registration, claim: DayClaim, places: Counter[Mode], event: Event, until: datetime) -> None:
    places[claim.mode] += 1
    if claim.leaves is not None:
        places[claim.leaves] -= leave_place(row)
        row.mode, row.wanted_mode = claim.mode, None
    elif event.promotion == Promotion.OFFER:
        row.state, row.offer_ends_at = RegistrationState.OFFERED, until
        return
    else:
        row.state = RegistrationState.CONFIRMED
    row.queued_at = row.put_back_at = None


def _seat(
    row: Registration, wait: WorkshopWait, move: SeatMove, workshops: Counter[int], *, until: datetime,
    now: datetime,
) -> None:  # fmt: skip
    workshops[wait.workshop_id] += 1
    if move.is_offer:
        wait.state, wait.offer_ends_at = WaitState.OFFERED, until
        return
    if move.gives_up is not None:
        workshops[move.gives_up] -= 1
    hold(row, wait, now)


def hold(row: Registration, wait: WorkshopWait, now: datetime) -> None:
    """Let somebody hold what they waited for, instead of what they give up if they hold that."""
    row.choices = [choice for choice in row.choices if choice.workshop_id != wait.gives_up_id]
    row.choices.append(Choice(workshop_id=wait.workshop_id))
    wait.state, wait.closed_at = WaitState.OBTAINED, now


def _end(wait: WorkshopWait, now: datetime) -> None:
    wait.state, wait.closed_at = WaitState.WITHDRAWN, now


def _tell_place(session: Session, row: Registration, claim: DayClaim, now: datetime) -> None:
    version = str(row.sequence)
    changes = {"mode": [claim.leaves and claim.leaves.value, claim.mode.value]}
    if claim.leaves is not None:
        audit.record(session, "registration.mode_obtained", row, actor=BY_LIST, now=now, changes=changes)
        words = i18n.translations(mail.site(session).language)
        letters.send(
            session, row, LetterKind.CHANGED, now=now, version=version,
            changes=[words.gettext(MOVED[claim.mode])],
        )  # fmt: skip
    elif row.state == RegistrationState.OFFERED:
        audit.record(session, "registration.offered", row, actor=BY_LIST, now=now, changes=changes)
        letters.send(session, row, LetterKind.OFFERED, now=now, version=version, until=row.offer_ends_at)
    else:
        audit.record(session, "registration.promoted", row, actor=BY_LIST, now=now, changes=changes)
        letters.send(session, row, LetterKind.PROMOTED, now=now, version=version)


def _tell_seat(
    session: Session, row: Registration, wait: WorkshopWait, move: SeatMove, now: datetime
) -> None:
    held = {choice.workshop_id for choice in row.choices}
    gives_up = wait.gives_up.title if wait.gives_up is not None else ""
    if move.is_offer:
        letters.send(
            session, row, LetterKind.WORKSHOP_OFFERED, now=now, version=f"wait-{wait.id}",
            workshop=wait.workshop.title, until=wait.offer_ends_at,
            gives_up=gives_up if wait.gives_up_id in held else "",
        )  # fmt: skip
    else:
        letters.send(
            session, row, LetterKind.WORKSHOP_PROMOTED, now=now, version=f"wait-{wait.id}",
            workshop=wait.workshop.title, gives_up=gives_up if move.gives_up is not None else "",
        )  # fmt: skip


# --- What people do -----------------------------------------------------------------------------------


def remember(session: Session, row: Registration, wanted: Collection[Workshop], *, now: datetime) -> None:
    """Keep which workshops somebody without a seat wants, until they have one (waiting, or to be decided)."""
    kept = {workshop.id for workshop in wanted}
    for wait in row.waits:
        if wait.state in STANDING and wait.gives_up_id is None and wait.workshop_id not in kept:
            _end(wait, now)
    standing = {wait.workshop_id for wait in row.waits if wait.state in STANDING}
    row.waits.extend(
        WorkshopWait(workshop_id=workshop.id, state=WaitState.WAITING, queued_at=now)
        for workshop in sorted(wanted, key=lambda each: each.id)
        if workshop.id not in standing
    )
    session.add(row)


def join(session: Session, row: Registration, *, now: datetime) -> None:
    """Put somebody at the end of the day's waiting list. Raises DomainError where there is none."""
    event = row.event
    if not event.has_waitlist:
        raise DomainError(N_("Cette journée est complète."))
    if not is_open(event, now):
        raise DomainError(N_("Cette journée est complète et les inscriptions sont closes."))
    row.state, row.queued_at, row.put_back_at = RegistrationState.WAITING, now, None
    session.add(row)
    session.flush()
    plan_settling(session, event, event.sign_up_closes_at, now=now)


def wait_for(
    session: Session,
    row: Registration,
    workshop: Workshop,
    *,
    gives_up: Workshop | None = None,
    actor: User | str = BY_LINK,
    now: datetime,
) -> WorkshopWait:
    """Queue somebody for a workshop; what they give up for it they keep until then.

    Asked again with another seat to give up, the place in the queue stays. Raises DomainError where it can't
    be waited for, or it would not go with the rest of what they hold.
    """
    event = row.event
    lock(session, event)
    _check_open(event, now)
    if workshop.id not in waitable(event):
        raise DomainError(N_("On ne peut pas attendre une place dans cet atelier."), field="workshop")
    given = gives_up.id if gives_up is not None else None
    held = {choice.workshop_id for choice in row.choices}
    _check_wait(event, row, workshop, given, held)
    wait = _standing(row, workshop.id)
    if wait is None:
        wait = WorkshopWait(workshop_id=workshop.id, state=WaitState.WAITING, queued_at=now)
        row.waits.append(wait)
    elif wait.state == WaitState.OFFERED:
        raise DomainError(N_("Une place vous y est déjà proposée : acceptez-la ou laissez-la."))
    wait.gives_up_id = given
    session.flush()
    changes = {"workshop": [given, workshop.id]}
    audit.record(session, "registration.waits", row, actor=actor, now=now, changes=changes)
    settle(session, event, now=now)
    return wait


def _check_open(event: Event, now: datetime) -> None:
    if not event.has_waitlist:
        raise DomainError(NO_LIST)
    if not is_open(event, now):
        raise DomainError(CLOSED)


def _check_wait(
    event: Event, row: Registration, workshop: Workshop, given: int | None, held: set[int]
) -> None:
    if not row.is_live:
        raise DomainError(N_("Cette inscription n’est plus valable : inscrivez-vous à nouveau."))
    if workshop.id in held:
        raise DomainError(N_("Vous avez déjà une place dans cet atelier."), field="workshop")
    hoped = {wait.workshop_id for wait in row.waits if wait.state in STANDING and wait.gives_up_id is None}
    if given is not None and given not in held | hoped:
        raise DomainError(N_("Vous ne pouvez rendre qu’une place que vous avez."), field="gives_up")
    base = held if row.state in SEATED else hoped
    if not rules_of(event)((base - {given}) | {workshop.id}):
        raise DomainError(
            N_("Cet atelier ne va pas avec vos autres choix : dites lequel vous rendez pour l’avoir."),
            field="gives_up",
        )


def _standing(row: Registration, workshop: int) -> WorkshopWait | None:
    return next((wait for wait in row.waits if wait.workshop_id == workshop and wait.state in STANDING), None)


def stop_waiting(session: Session, wait: WorkshopWait, *, actor: User | str = BY_LINK, now: datetime) -> bool:
    """Take somebody off a workshop's waiting list, or decline what is offered there; False if it was over."""
    row = wait.registration
    lock(session, row.event)
    if wait.state not in STANDING:
        return False
    offered = wait.state == WaitState.OFFERED
    _end(wait, now)
    session.flush()
    if offered:
        shift(session, row.event, places={}, workshops={wait.workshop_id: -1})
    act = "registration.seat_declined" if offered else "registration.stops_waiting"
    changes = {"workshop": [wait.workshop_id, None]}
    audit.record(session, act, row, actor=actor, now=now, changes=changes)
    settle(session, row.event, now=now)
    return True


def want_mode(
    session: Session, row: Registration, mode: Mode | None, *, actor: User | str = BY_LINK, now: datetime
) -> None:
    """Queue somebody who has a seat for one of the other way of taking part; None: no longer.

    Raises DomainError where there is no such way, or no waiting list.
    """
    event = row.event
    lock(session, event)
    if mode == row.wanted_mode:
        return
    if mode is not None:
        _check_open(event, now)
        if not row.is_confirmed:
            raise DomainError(N_("Seule une place réservée peut être échangée."))
        if mode not in event.modes or mode == row.mode:
            raise DomainError(N_("Cette façon de participer n’est pas proposée."), field="mode")
    changes = {"wanted_mode": [row.wanted_mode and row.wanted_mode.value, mode and mode.value]}
    row.wanted_mode, row.put_back_at = mode, None
    row.queued_at = now if mode is not None else None
    session.flush()
    audit.record(session, "registration.wants_mode", row, actor=actor, now=now, changes=changes)
    settle(session, event, now=now)


def accept(session: Session, row: Registration, *, now: datetime) -> bool:
    """Accept the seat of the day that is offered; return False if it was accepted already.

    Raises DomainError when its time is over, or there is none.
    """
    event = row.event
    lock(session, event)
    if row.is_confirmed:
        return False
    if row.state == RegistrationState.LAPSED:
        raise DomainError(OFFER_OVER)
    if row.state != RegistrationState.OFFERED:
        raise DomainError(N_("Aucune place ne vous est proposée en ce moment."))
    if is_due(row, now) or not is_open(event, now):
        raise DomainError(OFFER_OVER)
    row.state, row.offer_ends_at = RegistrationState.CONFIRMED, None
    row.queued_at = row.put_back_at = None
    row.sequence += 1
    row.updated_at = now
    session.flush()
    audit.record(session, "registration.accepted", row, actor=BY_LINK, now=now)
    letters.send(session, row, LetterKind.CONFIRMED, now=now, version=str(row.sequence))
    settle(session, event, now=now)
    return True


def accept_seat(session: Session, wait: WorkshopWait, *, now: datetime) -> bool:
    """Accept a workshop's seat that is offered, and give back what was promised for it.

    Returns False if it was accepted already. Raises DomainError when its time is over, or it no longer goes
    with what the person holds.
    """
    row = wait.registration
    event = row.event
    lock(session, event)
    if wait.state == WaitState.OBTAINED:
        return False
    if wait.state != WaitState.OFFERED or is_due(wait, now) or not is_open(event, now):
        raise DomainError(OFFER_OVER)
    held = {choice.workshop_id for choice in row.choices}
    if not rules_of(event)((held - {wait.gives_up_id}) | {wait.workshop_id}):
        raise DomainError(N_("Cet atelier ne va pas avec vos autres choix. Laissez d’abord l’un d’eux."))
    given = wait.gives_up_id if wait.gives_up_id in held else None
    hold(row, wait, now)
    end_moot(row, event, now=now, obtained=wait)
    row.sequence += 1
    row.updated_at = now
    session.flush()
    shift(session, event, places={}, workshops={given: -1} if given is not None else {})
    changes = {"workshop": [given, wait.workshop_id]}
    audit.record(session, "registration.seat_accepted", row, actor=BY_LINK, now=now, changes=changes)
    letters.send(session, row, LetterKind.CHANGED, now=now, version=str(row.sequence))
    settle(session, event, now=now)
    return True


def _held(row: Registration) -> set[int]:
    """Return the workshops (numbers) held; one just taken is known by its row alone until the flush."""
    return {choice.workshop_id or choice.workshop.id for choice in row.choices}


def end_moot(row: Registration, event: Event, *, now: datetime, obtained: WorkshopWait | None = None) -> None:
    """End what somebody waits for that no longer goes with what they hold, just taken seats included."""
    own = {wait.id: wait for wait in row.waits if wait.state == WaitState.WAITING}
    board = Board(
        places={}, seats={}, queue=[], claims=[_claim(wait) for wait in own.values()],
        fits=rules_of(event), held={row.id: _held(row)},
    )  # fmt: skip
    for move in end_pointless(board, row.id, obtained=_claim(obtained) if obtained is not None else None):
        if isinstance(move, Ended):
            _end(own[move.claim.wait], now)


# --- At closing -----------------------------------------------------------------------------------------


def to_tell(session: Session, event: Event, *, now: datetime) -> list[int]:
    """Settle the day, and return the sign-ups that wait in vain once sign-up is closed.

    Nobody before that, nor of a day that was called off.
    """
    lock(session, event)
    settle(session, event, now=now)
    if event.state != EventState.PUBLISHED or now < event.sign_up_closes_at:
        return []
    return sorted(session.scalars(queries.in_vain(event)))


def tell_closing(session: Session, row: Registration, *, now: datetime) -> None:
    """Tell somebody that sign-up closed and nothing got free; once for each closing.

    The sign-up stays as it is: sign-up may open again, and the coordination may find a seat by hand.
    """
    event = row.event
    missed = [wait.workshop.title for wait in row.waits if wait.state == WaitState.WAITING]
    letters.send(
        session, row, LetterKind.NOT_PLACED, now=now, version=f"{event.sign_up_closes_at:%Y-%m-%dT%H:%M}",
        workshop=", ".join(missed) if row.is_confirmed else "",
    )  # fmt: skip


# --- What coordinators do -------------------------------------------------------------------------------


def suspend(session: Session, event: Event, *, actor: User | str, now: datetime) -> None:
    """Let seats that get free stay free, until `resume`: the coordination sees to them."""
    lock(session, event)
    if event.promotion_suspended_at is None:
        event.promotion_suspended_at = now
        session.flush()
        audit.record(session, "event.promotions_suspended", event, actor=actor, now=now)


def resume(session: Session, event: Event, *, actor: User | str, now: datetime) -> None:
    """Give free seats to who waits again, those that got free meanwhile at once."""
    lock(session, event)
    if event.promotion_suspended_at is not None:
        event.promotion_suspended_at = None
        session.flush()
        audit.record(session, "event.promotions_resumed", event, actor=actor, now=now)
        settle(session, event, now=now)
