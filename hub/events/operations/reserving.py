"""Places kept for an organisation, which its representative fills with names.

They count as taken from the beginning; what has no name at `release_at` is free for the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, jobs, tokens
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.core.tokens import digest
from hub.events.models.days import Event, EventState, Mode
from hub.events.models.registrations import (
    LIVE,
    Answer,
    MealOption,
    QuestionPurpose,
    Registration,
    ReservedPlaces,
)
from hub.events.models.workshops import Workshop
from hub.events.operations import forgetting, handing_over, letters, seats, sign_up, waitlist
from hub.events.queries import admission as queries
from hub.events.queries import questions as question_queries
from hub.events.queries import retention as retention_queries
from hub.events.values import answers, choosing
from hub.events.words import MODES

BY_LINK = "lien des places réservées"
RELEASE_JOB = "events.release_places"
KNOWN = N_(
    "Cette adresse est déjà inscrite à cette journée : un mail lui envoie son lien. Donnez un autre nom à "
    "cette place."
)
RELEASED = N_("Ces places ont été rendues : elles ne sont plus réservées.")


class KnownAddressError(DomainError):
    """The address has a sign-up of its own: whoever asks learns it only along with a mail to it (S10)."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(KNOWN, field="email")
        self.registration = registration


@dataclass(frozen=True)
class Named:
    """Who comes on a reserved place; `email` is clean and in lower case, or None.

    `answers`: (question, value) of who may come.
    """

    name: str
    email: str | None = None
    workshop_ids: tuple[int, ...] = ()
    meal_id: int | None = None
    answers: tuple[tuple[int, Any], ...] = ()
    form_key: str = ""


def reserve(
    session: Session,
    event: Event,
    organisation: Organisation,
    number: int,
    *,
    mode: Mode = Mode.ONSITE,
    contact_name: str = "",
    contact_email: str | None = None,
    release_at: datetime | None = None,
    actor: User | str,
    now: datetime,
) -> ReservedPlaces:
    """Keep so many seats for an organisation; who names the people is written to.

    Raises DomainError if there aren't so many, the day isn't published or has begun, or places are reserved
    for them already.
    """
    seats.lock(session, event)
    _check_day(event, now)
    release_at = _fitting(event, release_at, now)
    if mode not in event.modes:
        raise DomainError(N_("Cette journée ne se suit pas de cette façon."), field="mode")
    if _live(session, event, organisation.id, mode) is not None:
        raise DomainError(
            N_("Des places sont déjà réservées pour cette organisation : changez leur nombre."),
            field="organisation",
        )
    _take(session, event, mode, number)
    row = ReservedPlaces(
        event_id=event.id, organisation_id=organisation.id, mode=mode, seats=number, filled=0,
        contact_name=contact_name, contact_email=contact_email, release_at=release_at, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.refresh(row)
    changes = {"seats": [None, number], "organisation": [None, organisation.id]}
    audit.record(session, "event.places_reserved", event, actor=actor, now=now, changes=changes)
    plan_release(session, row, now)
    letters.tell_reserved(session, row, now=now)
    return row


def change(
    session: Session,
    places: ReservedPlaces,
    number: int,
    *,
    contact_name: str,
    contact_email: str | None,
    release_at: datetime | None,
    actor: User | str,
    now: datetime,
) -> None:
    """Keep more or fewer seats, let somebody else name the people, or move the last day for names.

    The link of who named them before ends. Raises DomainError where there aren't so many, or names stand on
    more of them.
    """
    event = _open(session, places, now)
    release_at = _fitting(event, release_at, now)
    if number < places.filled:
        raise DomainError(
            N_("%(filled)d noms sont déjà donnés : annulez d’abord ces inscriptions."),
            field="seats",
            filled=places.filled,
        )
    before = places.seats
    if number > before:
        _take(session, event, places.mode, number - before)
    elif number < before:
        seats.take_place(session, event, places.mode, number - before)
    moved = contact_email != places.contact_email
    if moved:
        tokens.revoke(session, letters.RESERVED_PURPOSE, places, now=now)
        # Who gave the names before can no longer ask for it.
        forgetting.empty_messages(session, list(session.scalars(retention_queries.mails_to_contact(places))))
    places.seats, places.contact_name, places.contact_email = number, contact_name, contact_email
    if release_at != places.release_at:
        places.release_at = release_at
        plan_release(session, places, now)
    session.flush()
    changes = {"seats": [before, number], "organisation": [None, places.organisation_id]}
    audit.record(session, "event.places_changed", event, actor=actor, now=now, changes=changes)
    if moved:
        letters.tell_reserved(session, places, now=now, version=f"{now:%Y-%m-%dT%H:%M:%S}")
    if number < before:
        waitlist.settle(session, event, now=now)


def send_link(session: Session, places: ReservedPlaces, *, now: datetime) -> None:
    """Send the link to the page of the places again, at most once an hour."""
    if places.released_at is not None:
        raise DomainError(RELEASED)
    if places.contact_email is None:
        raise DomainError(N_("Donnez d’abord l’adresse de qui donne les noms."))
    letters.tell_reserved(session, places, now=now, version=f"lien-{now:%Y-%m-%dT%H}")


def fill(
    session: Session, places: ReservedPlaces, one: Named, *, actor: User | str, now: datetime
) -> Registration:
    """Give one of the places a name; with an address, the person is told and gets a link.

    The same form sent twice is one person. Raises DomainError if no place is left without name, the choices
    don't fit, the day is for others, or the address is signed up already.
    """
    event = _open(session, places, now)
    key = digest(one.form_key) if one.form_key else None
    known = _sent(session, places, key) if key else None
    if known is not None:
        return known
    if places.filled >= places.seats:
        raise DomainError(N_("Toutes vos places ont un nom."))
    wanted = _wanted(event, one.workshop_ids)
    meal = _meal(session, places, one.meal_id)
    told = _gate(session, event, one)
    _check_address(session, places, one.email)
    row = Registration(
        event=event, name=one.name, email=one.email, organisation_id=places.organisation_id,
        reserved=places, mode=places.mode, meal_id=meal, form_key=key, created_at=now, updated_at=now,
        search_text=fold(f"{one.name} {one.email or ''} {places.organisation.name}"), answers=told,
    )  # fmt: skip
    seats.admit(session, row, wanted, now=now)
    audit.record(session, "registration.named", row, actor=actor, now=now)
    if row.email:
        letters.confirm(session, row, now=now)
    return row


def rename(
    session: Session,
    places: ReservedPlaces,
    registration: Registration,
    one: Named,
    *,
    actor: User | str,
    now: datetime,
) -> Registration:
    """Change who comes on a place, and what they chose; return the sign-up that stands now.

    The same address is the same person, whose name was wrong. Another is another person: the first one is
    told, and their link ends. Raises DomainError where choices don't fit or the address is signed up already.
    """
    event = _open(session, places, now)
    if registration.reserved_id != places.id or registration.state not in LIVE:
        raise DomainError(N_("Cette personne ne vient plus sur une de vos places."))
    wanted = _wanted(event, one.workshop_ids)
    meal = _meal(session, places, one.meal_id)
    is_other = (one.email or "") != (registration.email or "") or (
        one.email is None and fold(one.name) != fold(registration.name)
    )
    told = _gate(session, event, one) if is_other else []
    if is_other and one.email != registration.email:
        _check_address(session, places, one.email)
    row = registration
    held = {choice.workshop for choice in row.choices}
    if wanted != held:
        seats.exchange(session, row, wanted, now=now)
    if is_other:
        row = handing_over.replace(session, row, one.name, one.email, actor=actor, now=now)
        row.answers = told
    changed = wanted != held or row.name != one.name
    row.name, row.meal_id, row.updated_at = one.name, meal, now
    row.search_text = fold(f"{one.name} {one.email or ''} {places.organisation.name}")
    row.sequence += 1
    session.flush()
    audit.record(session, "registration.renamed", row, actor=actor, now=now)
    if row.email and is_other:
        letters.confirm(session, row, now=now)
    elif row.email and changed:
        letters.tell_change(session, row, now=now)
    waitlist.settle(session, event, now=now)
    return row


def withdraw(
    session: Session, places: ReservedPlaces, registration: Registration, *, actor: User | str, now: datetime
) -> None:
    """Take a name off: the person is told, and the place can be given to another."""
    _open(session, places, now)
    if registration.reserved_id != places.id:
        raise DomainError(N_("Cette personne ne vient plus sur une de vos places."))
    sign_up.cancel(session, registration, actor=actor, now=now)


def give_back(
    session: Session, places: ReservedPlaces, number: int, *, actor: User | str, now: datetime
) -> None:
    """Make so many places without name free for the others. Raises DomainError if there are fewer."""
    event = _open(session, places, now)
    empty = places.seats - places.filled
    if not 1 <= number <= empty:
        raise DomainError(
            N_("Vous pouvez rendre entre 1 et %(empty)d places."), field="number", empty=max(empty, 1)
        )
    if number == places.seats:
        places.released_at = now
    else:
        places.seats -= number
    session.flush()
    _free(session, event, places.mode, number, now)
    changes = {"seats": [number, 0], "organisation": [None, places.organisation_id]}
    audit.record(session, "event.places_given_back", event, actor=actor, now=now, changes=changes)


def release(session: Session, places: ReservedPlaces, *, actor: User | str, now: datetime) -> int:
    """Free all places without name; who is named keeps their seat. Return how many places that were."""
    event = places.event
    seats.lock(session, event)
    if places.released_at is not None:
        return 0
    empty = places.seats - places.filled
    places.released_at = now
    session.flush()
    _free(session, event, places.mode, empty, now)
    changes = {"seats": [empty, 0], "organisation": [None, places.organisation_id]}
    audit.record(session, "event.places_released", event, actor=actor, now=now, changes=changes)
    return empty


def release_due(session: Session, number: int, *, now: datetime) -> int:
    """Free the places whose last day for names is over; return how many. A day that moved has a later job."""
    places = session.get(ReservedPlaces, number)
    if places is None or places.release_at is None or now < places.release_at:
        return 0
    return release(session, places, actor="", now=now)


def is_open(places: ReservedPlaces, now: datetime) -> bool:
    """Say whether names can still be given: until the places are released, or the day begins."""
    event = places.event
    late = places.release_at is not None and now >= places.release_at
    return (
        places.released_at is None
        and not late
        and event.state is EventState.PUBLISHED
        and now < event.starts_at
    )


def _open(session: Session, places: ReservedPlaces, now: datetime) -> Event:
    event = places.event
    seats.lock(session, event)
    session.refresh(places)
    if places.released_at is not None or (places.release_at is not None and now >= places.release_at):
        raise DomainError(RELEASED)
    _check_day(event, now)
    return event


def _check_day(event: Event, now: datetime) -> None:
    if event.state is not EventState.PUBLISHED:
        raise DomainError(N_("Cette journée n’est pas publiée : publiez-la d’abord."))
    if now >= event.starts_at:
        raise DomainError(N_("La journée a commencé : les places réservées ne changent plus."))


def _fitting(event: Event, release_at: datetime | None, now: datetime) -> datetime | None:
    if release_at is None:
        return None
    if release_at <= now:
        raise DomainError(N_("Choisissez un jour à venir."), field="release_on")
    if clock.today(release_at) > clock.today(event.starts_at):
        raise DomainError(N_("Choisissez un jour avant la journée."), field="release_on")
    return release_at


def _take(session: Session, event: Event, mode: Mode, number: int) -> None:
    if not seats.take_place(session, event, mode, number):
        raise DomainError(
            N_("Il reste %(left)d places (%(mode)s) : réservez-en moins, ou augmentez la capacité."),
            field="seats",
            left=event.left_in(mode) or 0,
            mode=str(MODES[mode]).lower(),
        )


def _free(session: Session, event: Event, mode: Mode, number: int, now: datetime) -> None:
    if number:
        seats.take_place(session, event, mode, -number)
        waitlist.settle(session, event, now=now)


def plan_release(session: Session, places: ReservedPlaces, now: datetime) -> None:
    """Have the places without name freed once the last day for names is over."""
    if places.release_at is not None:
        jobs.enqueue(session, RELEASE_JOB, now=now, run_at=places.release_at, places=places.id)


def _live(session: Session, event: Event, organisation: int, mode: Mode) -> ReservedPlaces | None:
    return session.scalar(
        select(ReservedPlaces).where(
            ReservedPlaces.event_id == event.id, ReservedPlaces.organisation_id == organisation,
            ReservedPlaces.mode == mode, ReservedPlaces.released_at.is_(None),
        )
    )  # fmt: skip


def _sent(session: Session, places: ReservedPlaces, key: str) -> Registration | None:
    return session.scalar(
        select(Registration).where(Registration.event_id == places.event_id, Registration.form_key == key)
    )


def _wanted(event: Event, numbers: Sequence[int]) -> set[Workshop]:
    """Return the workshops chosen. Raises DomainError where they don't fit the day's rules."""
    blocks = choosing.chosen_now(event.blocks)
    wrong = choosing.faults(blocks, event.workshops, numbers)
    if wrong:
        raise DomainError(wrong[0].msgid, field="workshops", **wrong[0].params)
    return {workshop for workshop in event.workshops if workshop.id in set(numbers)}


def _gate(session: Session, event: Event, one: Named) -> list[Answer]:
    """Return who may come, as it was answered for somebody; DomainError where the team would decide."""
    asked = session.scalars(question_queries.of_purpose(event, QuestionPurpose.ELIGIBILITY)).all()
    found, to_decide = sign_up.check_answers(event, sign_up.Wishes(answers=one.answers), asked)
    if to_decide:
        unmet = answers.unmet(asked, found)[0]
        raise DomainError(
            N_(
                "Avec cette réponse, l’équipe décide elle-même : que cette personne s’inscrive par le "
                "formulaire de la journée, ou demandez-le à l’équipe."
            ),
            field=answers.field_of(unmet),
        )
    return [Answer(question_id=number, value=value) for number, value in found.items()]


def _meal(session: Session, places: ReservedPlaces, number: int | None) -> int | None:
    if number is None or places.mode is not Mode.ONSITE:
        return None
    meal = session.get(MealOption, number)
    if meal is None or meal.event_id != places.event_id or not places.event.meal_offered:
        raise DomainError(N_("Choisissez un repas de la liste."), field="meal")
    return number


def _check_address(session: Session, places: ReservedPlaces, email: str | None) -> None:
    known = session.scalar(queries.live_of_address(places.event, email)) if email is not None else None
    if known is None:
        return
    if known.reserved_id == places.id:
        raise DomainError(N_("Cette adresse a déjà une de vos places."), field="email")
    raise KnownAddressError(known)
