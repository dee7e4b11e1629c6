"""Signing up, changing one's choices, cancelling.

Who signs up with an address that is signed up already must not learn it from the page: the answer to that
is a mail to the address itself. A new sign-up leads to its personal page at once. The two answers differ, so
a stranger could tell them apart, but never quietly: each try either signs the address up or writes to it,
and mistakes and full workshops are told first, alike for both.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.core.tokens import digest
from hub.events.models.days import Event, EventState, Stage
from hub.events.models.registrations import Channel, Choice, MealOption, Registration, RegistrationState
from hub.events.models.workshops import Workshop
from hub.events.operations import letters, seats
from hub.events.queries import days as queries

BY_FORM = "formulaire public"
BY_LINK = "lien personnel"
NO_CONSENT = N_("Cochez cette case pour que nous puissions noter ces besoins, ou effacez-les.")


@dataclass(frozen=True)
class Wishes:
    """What can be chosen, and changed later: workshops, meal, and needs with the consent to hold them."""

    workshop_ids: tuple[int, ...] = ()
    meal_id: int | None = None
    diet: str = ""
    access_needs: str = ""
    consents: bool = False


@dataclass(frozen=True)
class Person:
    """Who comes, for whom, and how we know.

    `email` is one clean address in lower case; only a coordinator may leave it out. `form_key` names one
    filled form: sent twice, it is one sign-up.
    """

    name: str
    email: str | None
    organisation_id: int | None = None
    organisation_name: str = ""
    language: str = "fr"
    channel: Channel = Channel.WEB
    form_key: str = ""


@dataclass(frozen=True)
class SignUp:
    """What came of it. `link` is the personal page's raw token, or None where only a mail may tell it."""

    registration: Registration
    link: str | None


def register(session: Session, event: Event, person: Person, wishes: Wishes, *, now: datetime) -> SignUp:
    """Sign somebody up through the public form.

    Raises DomainError when sign-up isn't open, the choices don't fit, or no seat is left.
    """
    _check_open(event, now)
    row, again = _take_part(session, event, person, wishes, now=now)
    if again and not _is_same_form(row, person):
        letters.send_link(session, row, now=now)
        return SignUp(row, None)
    if not again:
        audit.record(session, "registration.created", row, actor=BY_FORM, now=now, changes=_chosen(row))
    return SignUp(row, letters.issue_link(session, row, now=now))


def enter(
    session: Session, event: Event, person: Person, wishes: Wishes, *, actor: User, now: datetime
) -> Registration:
    """Enter a sign-up that came by phone or on paper, after the deadline too, as long as the day isn't over.

    Raises DomainError when the choices don't fit, no seat is left, or the address is signed up already.
    """
    stage = event.stage(now)
    if stage in {Stage.DRAFT, Stage.CANCELLED, Stage.OVER}:
        raise DomainError(N_("On ne peut plus inscrire personne à cette journée."))
    row, again = _take_part(session, event, person, wishes, now=now)
    if again:
        raise DomainError(N_("Cette adresse est déjà inscrite à cette journée."), field="email")
    late = now >= event.sign_up_closes_at
    changes = {**_chosen(row), "channel": [None, row.channel.value], "late": [None, late]}
    audit.record(session, "registration.entered", row, actor=actor, now=now, changes=changes)
    return row


def change(session: Session, registration: Registration, wishes: Wishes, *, now: datetime) -> None:
    """Exchange workshops, meal and needs, all or nothing: what one holds is kept until the rest is sure.

    Raises DomainError after the deadline, when the choices don't fit, or a workshop is full.
    """
    _lock(session, registration)
    event = registration.event
    if not registration.is_confirmed:
        raise DomainError(N_("Cette inscription est annulée : inscrivez-vous à nouveau."))
    if event.state != EventState.PUBLISHED or now >= event.sign_up_closes_at:
        raise DomainError(N_("Le délai est passé : vos choix ne peuvent plus changer. Vous pouvez annuler."))
    wanted = _fitting(session, event, wishes)
    before = _chosen(registration)
    held = {choice.workshop for choice in registration.choices}
    with session.begin_nested() as attempt:
        full = seats.exchange(session, held - wanted, wanted - held)
        if full:
            attempt.rollback()
    if full:
        raise seats.full_error(full)
    registration.choices = [choice for choice in registration.choices if choice.workshop in wanted] + [
        Choice(workshop=workshop) for workshop in sorted(wanted - held, key=lambda each: each.id)
    ]
    _apply(registration, wishes, now)
    registration.sequence += 1
    session.flush()
    changes = audit.differences(before, _chosen(registration))
    audit.record(session, "registration.changed", registration, actor=BY_LINK, now=now, changes=changes)
    letters.tell_change(session, registration, now=now)


def cancel(session: Session, registration: Registration, *, actor: User | str, now: datetime) -> bool:
    """Give all seats back and forget the needs; return False if it was cancelled already.

    Raises DomainError once the day is over.
    """
    _lock(session, registration)
    event = registration.event
    if not registration.is_confirmed:
        return False
    if now >= event.ends_at:
        raise DomainError(N_("Cette journée est passée : l’inscription ne peut plus être annulée."))
    seats.give_place_back(session, event)
    seats.exchange(session, {choice.workshop for choice in registration.choices}, ())
    registration.choices = []
    registration.state, registration.cancelled_at = RegistrationState.CANCELLED, now
    registration.sequence += 1
    registration.updated_at = now
    forget_needs(registration)
    session.flush()
    audit.record(session, "registration.cancelled", registration, actor=actor, now=now)
    letters.tell_cancelling(session, registration, now=now)
    return True


def forget_needs(registration: Registration) -> int:
    """Blank diet, access needs and meal of one person; return how many answers that were."""
    answers = (registration.diet, registration.access_needs, registration.meal_id)
    registration.diet = registration.access_needs = ""
    registration.meal_id = registration.needs_consent_at = None
    return sum(bool(answer) for answer in answers)


def send_link_again(session: Session, event: Event, email: str, *, now: datetime) -> None:
    """Send the personal link to an address, if it is signed up; who asks can't tell (S10)."""
    row = session.scalar(queries.live_sign_up(event, email.lower()))
    if row is not None:
        letters.send_link(session, row, now=now)


def _take_part(
    session: Session, event: Event, person: Person, wishes: Wishes, *, now: datetime
) -> tuple[Registration, bool]:
    """Take the seats and store the sign-up; or return the one that is there already, and True.

    The first guarded update orders the sign-ups of a day one after the other, so what is read after it holds.
    """
    wanted = _fitting(session, event, wishes)
    with session.begin_nested() as attempt:
        placed = seats.take_place(session, event)
        full = seats.exchange(session, (), wanted)
        known = _known(session, event, person)
        if known is None and placed and not full:
            return _store(session, event, person, wishes=wishes, wanted=wanted, now=now), False
        attempt.rollback()
    if known is not None and _is_same_form(known, person):
        return known, True
    if not placed:
        raise DomainError(N_("Cette journée est complète."))
    if full:
        raise seats.full_error(full)
    assert known is not None  # noqa: S101 - the only case left
    return known, True


def _known(session: Session, event: Event, person: Person) -> Registration | None:
    if person.form_key:
        same_form = session.scalar(queries.sent_form(event, digest(person.form_key)))
        if same_form is not None:
            return same_form
    return session.scalar(queries.live_sign_up(event, person.email)) if person.email else None


def _is_same_form(row: Registration, person: Person) -> bool:
    return bool(person.form_key) and row.form_key == digest(person.form_key)


def _store(
    session: Session, event: Event, person: Person, *, wishes: Wishes, wanted: set[Workshop], now: datetime
) -> Registration:
    organisation = session.get(Organisation, person.organisation_id) if person.organisation_id else None
    row = Registration(
        event=event,
        name=person.name,
        email=person.email,
        organisation=organisation,
        organisation_name="" if organisation else person.organisation_name,
        language=person.language,
        form_key=digest(person.form_key) if person.form_key else None,
        channel=person.channel,
        created_at=now,
        choices=[Choice(workshop=workshop) for workshop in sorted(wanted, key=lambda each: each.id)],
    )
    row.search_text = fold(f"{row.name} {row.email or ''} {row.organisation_label}")
    _apply(row, wishes, now)
    session.add(row)
    session.flush()
    letters.confirm(session, row, now=now)
    return row


def _apply(row: Registration, wishes: Wishes, now: datetime) -> None:
    row.meal_id = wishes.meal_id
    row.diet, row.access_needs = wishes.diet, wishes.access_needs
    row.needs_consent_at = now if wishes.diet or wishes.access_needs else None
    row.updated_at = now


def _fitting(session: Session, event: Event, wishes: Wishes) -> set[Workshop]:
    """Return the workshops wished for. Raises DomainError if the answers don't fit the day."""
    wanted = set(session.scalars(queries.workshops_of(event, wishes.workshop_ids)))
    if len(wanted) != event.workshop_choices or len(wanted) != len(wishes.workshop_ids):
        raise DomainError(
            N_("Choisissez exactement %(count)s ateliers différents."),
            field="workshops",
            count=event.workshop_choices,
        )
    if wishes.meal_id is not None and not _offers(session, event, wishes.meal_id):
        raise DomainError(N_("Choisissez un repas de la liste."), field="meal")
    if (wishes.diet or wishes.access_needs) and not wishes.consents:
        raise DomainError(
            NO_CONSENT,
            field="consents",
        )
    return wanted


def _offers(session: Session, event: Event, meal_id: int) -> bool:
    meal = session.get(MealOption, meal_id)
    return event.meal_offered and meal is not None and meal.event_id == event.id


def _check_open(event: Event, now: datetime) -> None:
    refusals = {
        Stage.DRAFT: N_("Cette journée n’est pas ouverte aux inscriptions."),
        Stage.CANCELLED: N_("Cette journée est annulée."),
        Stage.OVER: N_("Cette journée est passée."),
        Stage.ANNOUNCED: N_("Les inscriptions ne sont pas encore ouvertes."),
        Stage.CLOSED: N_("Les inscriptions sont clôturées."),
    }
    refusal = refusals.get(event.stage(now))
    if refusal is not None:
        raise DomainError(refusal)


def _lock(session: Session, registration: Registration) -> None:
    """Read the row anew under its lock, so that two acts on one sign-up follow each other."""
    session.refresh(registration, with_for_update=True)
    session.expire(registration, ["choices"])


def _chosen(registration: Registration) -> dict[str, list[int]]:
    return {"workshops": sorted(choice.workshop_id for choice in registration.choices)}
