"""The door of a day: links for volunteers, people who arrive, people who come without sign-up.

Being there is a fact, a seat is a promise: who was let in although no seat was left is noted as present, and
waits for a seat like anybody else, so the seats taken never exceed those that there are. Each such gesture
says that it was meant, and is written in the history.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, tokens
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.core.tokens import Token, digest
from hub.events.models.days import Event, EventSession, EventState, Mode
from hub.events.models.outcomes import Presence, Source
from hub.events.models.registrations import Channel, Choice, Registration, RegistrationState
from hub.events.models.workshops import Workshop
from hub.events.operations import presence, register_names, seats, waitlist
from hub.events.queries import days as day_queries
from hub.events.queries import presence as queries
from hub.events.values import choosing
from hub.events.values.presence import ends

PURPOSE = "events.door"
BY_LINK = "accueil"
MOST_LINKS = 20
NOT_EXPECTED = {
    RegistrationState.PENDING: N_("L’inscription de %(name)s attend une décision de l’équipe."),
    RegistrationState.WAITING: N_("%(name)s est sur la liste d’attente."),
    RegistrationState.OFFERED: N_("%(name)s n’a pas encore répondu à la place proposée."),
    RegistrationState.DECLINED: N_("L’inscription de %(name)s a été refusée."),
    RegistrationState.LAPSED: N_("%(name)s n’a pas répondu à temps à la place proposée."),
    RegistrationState.CANCELLED: N_("L’inscription de %(name)s est annulée."),
}
FULL = N_("La salle est complète. Faites entrer quand même si vous le décidez : ce sera noté.")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A gesture at the door: when it was seen, how the person was found, whether to let in all the same."""

    at: datetime
    source: Source
    let_in: bool = False


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who comes without sign-up. `key` names the gesture: sent twice, it is one person.

    `organisation_name` as typed: found in the register where one actor goes by it. `workshop_ids`: wanted, if
    a seat is free.
    """

    name: str
    organisation_name: str = ""
    email: str | None = None
    key: str = ""
    workshop_ids: tuple[int, ...] = ()


def make_link(session: Session, event: Event, *, actor: User, now: datetime) -> str:
    """Return the raw token of a new link for volunteers; it ends with the day.

    Raises DomainError for a day that nobody comes to, or is over, or has links enough.
    """
    if event.state != EventState.PUBLISHED:
        raise DomainError(N_("Publiez d’abord la journée."))
    if now >= ends(event):
        raise DomainError(N_("Cette journée est passée."))
    session.refresh(event, with_for_update=True)
    if len(session.scalars(queries.door_links(event, now)).all()) >= MOST_LINKS:
        raise DomainError(N_("Il y a déjà %(most)s liens : retirez-en un d’abord."), most=MOST_LINKS)
    raw = tokens.issue(session, PURPOSE, event, now=now, until=ends(event))
    audit.record(session, "event.door_opened", event, actor=actor, now=now)
    return raw


def end_links(session: Session, event: Event, number: int | None, *, actor: User, now: datetime) -> int:
    """End one link of the door, or all of them; return how many."""
    ended = update(Token).where(
        Token.purpose == PURPOSE,
        Token.subject_type == Event.__tablename__,
        Token.subject_id == event.id,
        Token.revoked_at.is_(None),
    )
    if number is not None:
        ended = ended.where(Token.id == number)
    count: int = session.execute(ended.values(revoked_at=now)).rowcount  # type: ignore[attr-defined]
    if count:
        changes = {"links": [count, 0]}
        audit.record(session, "event.door_closed", event, actor=actor, now=now, changes=changes)
    return count


def arrive(
    session: Session,
    moment: EventSession,
    row: Registration,
    arrival: Arrival,
    *,
    actor: User | str,
    now: datetime,
) -> None:
    """Note that somebody is there.

    Raises DomainError for another day's person, and for whoever isn't expected unless let in all the same.
    """
    if row.event_id != moment.event_id or row.purged_at is not None:
        raise DomainError(N_("Cette personne n’est pas inscrite à cette journée."))
    if not row.is_confirmed and not arrival.let_in:
        raise DomainError(NOT_EXPECTED[row.state], field="let_in", name=row.name)
    seen = _seen(moment, row, arrival)
    if presence.note(session, [seen], now=now):
        changes = {"session": [None, moment.id], "let_in_as": [None, _unexpected(row)]}
        audit.record(session, "registration.arrived", row, actor=actor, now=now, changes=changes)


def _seen(
    moment: EventSession, row: Registration, arrival: Arrival, *, was_there: bool = True
) -> presence.Note:
    return presence.Note(moment.id, row.id, was_there, arrival.source, arrival.at)


def _unexpected(row: Registration) -> str | None:
    return None if row.is_confirmed else row.state.value


def take_back(
    session: Session,
    moment: EventSession,
    row: Registration,
    arrival: Arrival,
    *,
    actor: User | str,
    now: datetime,
) -> None:
    """Take back that somebody is there. Whoever was entered at the door by mistake gives the seat back too.

    Raises DomainError for another day's person.
    """
    if row.event_id != moment.event_id:
        raise DomainError(N_("Cette personne n’est pas inscrite à cette journée."))
    if row.channel == Channel.WALK_IN:
        seats.lock(session, row.event)
    seen = _seen(moment, row, arrival, was_there=False)
    if not presence.note(session, [seen], now=now):
        return
    audit.record(
        session, "registration.not_there", row, actor=actor, now=now, changes={"session": [moment.id, None]}
    )
    if row.channel == Channel.WALK_IN and row.is_live and not _was_there(session, row):
        _cancel(session, row, actor=actor, now=now)


def _was_there(session: Session, row: Registration) -> bool:
    there = exists().where(Presence.registration_id == row.id, Presence.was_there.is_(True))
    return bool(session.scalar(select(there)))


def _cancel(session: Session, row: Registration, *, actor: User | str, now: datetime) -> None:
    seats.release(session, row, now=now)
    row.state, row.cancelled_at, row.updated_at, row.queued_at = RegistrationState.CANCELLED, now, now, None
    session.flush()
    waitlist.settle(session, row.event, now=now)
    audit.record(session, "registration.cancelled", row, actor=actor, now=now)


def walk_in(
    session: Session,
    moment: EventSession,
    person: Newcomer,
    arrival: Arrival,
    *,
    actor: User | str,
    now: datetime,
) -> Registration:
    """Note somebody who comes without sign-up: with a seat where there is one, else only if let in.

    With a seat of the day goes one in each wanted workshop that has one left; what is full is not given, and
    keeps nobody out. The same gesture again is the same person; a known address is the person who signed up
    with it, whose workshops stay.

    Raises DomainError without a name, when full, for whoever isn't expected unless let in all the same, and
    for workshops that don't go together.
    """
    event = moment.event
    if not person.name.strip():
        raise DomainError(N_("Écrivez un nom."), field="name")
    seats.lock(session, event)
    known = _known(session, event, person)
    if known is not None:
        if not known.is_confirmed and known.channel == Channel.WALK_IN:
            return known  # this very gesture, let in without a seat, or taken back since
        arrive(session, moment, known, arrival, actor=actor, now=now)
        return known
    wanted = _wanted(event, person.workshop_ids)
    mode = Mode.ONLINE if event.mode == Mode.ONLINE else Mode.ONSITE
    has_seat = seats.take_place(session, event, mode)
    if not has_seat and not arrival.let_in:
        raise DomainError(FULL, field="let_in")
    free = [workshop for workshop in wanted if has_seat and workshop.left > 0]
    typed = person.organisation_name.strip()
    organisation_id = register_names.find(session, typed) if typed else None
    row = Registration(
        event=event,
        name=person.name.strip(),
        email=person.email,
        organisation_id=organisation_id,
        organisation_name="" if organisation_id else typed,
        channel=Channel.WALK_IN,
        mode=mode,
        state=RegistrationState.CONFIRMED if has_seat else RegistrationState.WAITING,
        queued_at=None if has_seat else now,
        form_key=digest(person.key) if person.key else None,
        created_at=now,
        updated_at=now,
        search_text=fold(f"{person.name} {person.email or ''} {typed}"),
        choices=[Choice(workshop=workshop) for workshop in free],
    )
    session.add(row)
    session.flush()
    seats.shift(session, event, places={}, workshops={workshop.id: 1 for workshop in free})
    changes = {"without_seat": [None, not has_seat], "session": [None, moment.id]}
    audit.record(session, "registration.walked_in", row, actor=actor, now=now, changes=changes)
    presence.note(session, [_seen(moment, row, arrival)], now=now)
    return row


def _wanted(event: Event, numbers: Collection[int]) -> list[Workshop]:
    blocks = choosing.chosen_now(event.blocks)
    for fault in choosing.faults(blocks, event.workshops, numbers, may_be_few=True):
        raise DomainError(fault.msgid, field="workshops", **fault.params)
    return [workshop for workshop in event.workshops if workshop.id in numbers]


def _known(session: Session, event: Event, person: Newcomer) -> Registration | None:
    if person.key:
        same = session.scalar(day_queries.sent_form(event, digest(person.key)))
        if same is not None:
            return same
    return session.scalar(queries.live_sign_up(event, person.email)) if person.email else None
