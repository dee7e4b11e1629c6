"""What happens to whoever is signed up when a day moves: another date, hours, way to take part."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from hub.core import clock, i18n, mail
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventKind, EventSession, EventState, Mode, SessionKind, Slot
from hub.events.models.letters import EventLetter
from hub.events.models.places import VenueRoom
from hub.events.models.registrations import LIVE, Registration, ReservedPlaces
from hub.events.models.workshops import Workshop, WorkshopRound
from hub.events.operations import letters, mailings, reserving
from hub.events.operations.describing import Details

# What a calendar shows: a change of one of these makes a new version of its entries.
IN_CALENDARS = (
    "title", "summary", "place_name", "place_address", "room_id", "starts_at", "ends_at", "mode",
    "online_url",
)  # fmt: skip
# Of these, what whoever is signed up must be told.
TOLD = ("place_name", "place_address", "room_id", "starts_at", "ends_at", "doors_at", "mode", "online_url")
MODE_NOW = {
    Mode.ONSITE: N_("La journée a lieu sur place."),
    Mode.ONLINE: N_("La journée a lieu en ligne."),
    Mode.HYBRID: N_("On peut participer sur place ou en ligne."),
}

# Fewer seats than are taken are a choice of their own, which names whose seats go (invariant 8).
FEWER = N_(
    "Places prises\u00a0: %(taken)s. Gardez au moins ce nombre. La page « Liste d’attente » peut en "
    "retirer : elle nomme d’abord qui perdrait sa place et passerait en tête de la liste d’attente."
)
FEWER_ONLINE = N_(
    "Places en ligne prises\u00a0: %(taken)s. Gardez au moins ce nombre. La page « Liste d’attente » peut en "
    "retirer : elle nomme d’abord qui perdrait sa place et passerait en tête de la liste d’attente."
)


def later(moment: datetime, days: int) -> datetime:
    """Return the same hour of Brussels' clocks so many days later, whatever the clocks did meanwhile."""
    local = clock.local(moment)
    return clock.at(local.date() + timedelta(days=days), local.time())


def follow(session: Session, event: Event, moved_from: date, *, now: datetime) -> None:
    """Move all that stands in a day along with it: programme, rounds, workshops, sessions, mails to come.

    The last day for the names of reserved places moves too, unless that would be over already.
    """
    days = (event.day - moved_from).days
    if not days:
        return
    rounds = [each for block in event.blocks for each in block.rounds]
    rows: list[Slot | WorkshopRound | Workshop | EventSession] = [
        *event.slots, *rounds, *event.workshops, *event.sessions,
    ]  # fmt: skip
    for row in rows:
        if row.starts_at is not None:
            row.starts_at = later(row.starts_at, days)
        if row.ends_at is not None:
            row.ends_at = later(row.ends_at, days)
    _carry_last_days(event, days, days)
    _carry_mails(session, event, days, now)
    _carry_reserved(session, event, days, now)


def follow_sessions(session: Session, event: Event, *, began: date, ended: date, now: datetime) -> None:
    """Move what hangs on the first day and on the last along with a module that its sessions have moved."""
    begins_later, ends_later = (event.day - began).days, (event.last_day - ended).days
    _carry_last_days(event, begins_later, ends_later)
    if begins_later:
        _carry_mails(session, event, begins_later, now)
        _carry_reserved(session, event, begins_later, now)


def _carry_last_days(event: Event, begins_later: int, ends_later: int) -> None:
    """Move the caterer's last day with the beginning, that of the evaluation with the end."""
    if event.meals_close_at is not None:
        event.meals_close_at = later(event.meals_close_at, begins_later)
    if event.evaluation_closes_at is not None:
        event.evaluation_closes_at = later(event.evaluation_closes_at, ends_later)


def _carry_mails(session: Session, event: Event, days: int, now: datetime) -> None:
    waiting = select(EventLetter).where(
        EventLetter.event_id == event.id, EventLetter.sent_at.is_(None), EventLetter.send_at.is_not(None)
    )
    for letter in session.scalars(waiting):
        if letter.send_at is not None:
            letter.send_at = later(letter.send_at, days)
            mailings.plan(session, letter, now=now)


def _carry_reserved(session: Session, event: Event, days: int, now: datetime) -> None:
    for places in session.scalars(_still_reserved(event)):
        if places.release_at is not None:
            moved = later(places.release_at, days)
            places.release_at = moved if moved > now else min(places.release_at, event.starts_at)
            reserving.plan_release(session, places, now)


def _still_reserved(event: Event) -> Select[ReservedPlaces]:
    return select(ReservedPlaces).where(
        ReservedPlaces.event_id == event.id, ReservedPlaces.released_at.is_(None)
    )


def take_hours_of_sessions(event: Event) -> None:
    """Begin a module with its first session and end it with its last; other days keep their own hours."""
    held = [row for row in event.sessions if row.kind == SessionKind.SESSION and row.cancelled_at is None]
    if event.kind != EventKind.MODULE or not held:
        return
    first, last = min(row.starts_at for row in held), max(row.ends_at for row in held)
    if event.doors_at is not None:
        event.doors_at = later(event.doors_at, (clock.today(first) - clock.today(event.doors_at)).days)
        if event.doors_at > first:
            event.doors_at = None
    event.starts_at, event.ends_at = first, last
    event.sign_up_closes_at = min(event.sign_up_closes_at, last)


def check_ways(session: Session, event: Event, details: Details) -> None:
    """Refuse to take a way of taking part away from whoever is signed up for it, unless they follow.

    Raises DomainError that says how many they are, and what agreeing does; also where fewer seats are left
    than are taken.
    """
    taken, online = event.taken, event.online_taken
    gone = _gone(event, details.mode)
    followers = _signed_up(session, event, gone) if gone is not None else 0
    if followers and not details.moves_people:
        words = {
            Mode.ONSITE: N_(
                "Personnes inscrites sur place\u00a0: %(people)s. Cochez « Les personnes inscrites "
                "suivent » : leur inscription passe en ligne et un mail le leur dit."
            ),
            Mode.ONLINE: N_(
                "Personnes inscrites en ligne\u00a0: %(people)s. Cochez « Les personnes inscrites "
                "suivent » : leur inscription passe sur place et un mail le leur dit."
            ),
        }
        raise DomainError(words[gone or Mode.ONSITE], field="moves_people", people=followers)
    if gone == Mode.ONSITE:
        taken, online = 0, online + taken
    if gone == Mode.ONLINE:
        taken, online = taken + online, 0
    if details.mode != Mode.ONLINE:
        _fits(details.capacity, taken, "capacity", FEWER)
    if details.mode != Mode.ONSITE:
        _fits(details.online_capacity, online, "online_capacity", FEWER_ONLINE)


def _fits(capacity: int | None, taken: int, field: str, refusal: str) -> None:
    if capacity is not None and capacity < taken:
        raise DomainError(refusal, field=field, taken=taken)


def _gone(event: Event, mode: Mode) -> Mode | None:
    """Return the way of taking part that the new mode leaves no room for."""
    if mode == Mode.ONLINE and Mode.ONSITE in event.modes:
        return Mode.ONSITE
    if mode == Mode.ONSITE and Mode.ONLINE in event.modes:
        return Mode.ONLINE
    return None


def _signed_up(session: Session, event: Event, mode: Mode) -> int:
    """Return how many people are concerned; seats that are reserved for nobody yet count as well."""
    people = session.scalar(
        select(func.count()).where(
            Registration.event_id == event.id, Registration.mode == mode, Registration.state.in_(LIVE)
        )
    )
    return max(people or 0, event.online_taken if mode == Mode.ONLINE else event.taken)


def bring_along(session: Session, event: Event, mode: Mode) -> None:
    """Put everybody into the one way of taking part that is left, with their seats; before it is written."""
    gone = _gone(event, mode)
    if gone is None:
        return
    left = Mode.ONLINE if gone == Mode.ONSITE else Mode.ONSITE
    for table in (Registration, ReservedPlaces):
        session.execute(
            update(table)
            .where(table.event_id == event.id, table.mode == gone)
            .values(mode=left)
            .execution_options(synchronize_session="fetch")
        )
    session.execute(
        update(Registration)
        .where(Registration.event_id == event.id, Registration.wanted_mode.is_not(None))
        .values(wanted_mode=None)
        .execution_options(synchronize_session="fetch")
    )
    if left == Mode.ONLINE:
        event.taken, event.online_taken = 0, event.online_taken + event.taken
    else:
        event.taken, event.online_taken = event.taken + event.online_taken, 0


def tell(session: Session, event: Event, changed: set[str], *, now: datetime) -> bool:
    """Write to everybody signed up what has changed in a published day; say whether there was a reason to.

    A new link for the online room is told to nobody else than those who follow online. Who names people for
    an organisation, or was invited and hasn't answered, reads what changed as well.
    """
    changed &= set(TOLD)
    if not changed or event.state != EventState.PUBLISHED or now >= event.ends_at:
        return False
    said = _sentences(session, event, changed)
    online = _sentences_online(session, event, changed)
    letters.tell_moved(session, event, now=now, changes=said, online=online)
    tell_others(session, event, said, now=now)
    return True


def tell_others(session: Session, event: Event, said: Sequence[str], *, now: datetime) -> None:
    """Write what has changed to who names people for an organisation, or was invited and hasn't answered."""
    if not said:
        return
    for places in session.scalars(_still_reserved(event)):
        letters.tell_reserved(session, places, now=now, version=f"day-{event.sequence}", changes=said)
    if now < event.sign_up_closes_at:
        letters.tell_invited(session, event, now=now, changes=said)


def _sentences(session: Session, event: Event, changed: set[str]) -> list[str]:
    language = mail.site(session).language
    say = i18n.translations(language).gettext
    said = []
    if changed & {"starts_at", "ends_at"}:
        when = i18n.format_range(event.starts_at, event.ends_at, language)
        said.append(say(N_("Nouveau moment : %(when)s.")) % {"when": when})
    if "doors_at" in changed and event.doors_at is not None:
        hour = i18n.format_time(event.doors_at, language)
        said.append(say(N_("Accueil dès %(hour)s.")) % {"hour": hour})
    if "mode" in changed:
        said.append(say(MODE_NOW[event.mode]))
    if changed & {"place_name", "place_address", "room_id"} and event.mode != Mode.ONLINE:
        room = session.get(VenueRoom, event.room_id) if event.room_id is not None else None
        parts = (event.place_name, room.name if room is not None else "", event.place_address)
        where = ", ".join(part for part in parts if part) or say(N_("à préciser"))
        said.append(say(N_("Lieu : %(where)s.")) % {"where": where})
    return said


def _sentences_online(session: Session, event: Event, changed: set[str]) -> list[str]:
    if "online_url" not in changed or not event.online_url:
        return []
    say = i18n.translations(mail.site(session).language).gettext
    return [say(N_("Le lien pour participer en ligne a changé."))]
