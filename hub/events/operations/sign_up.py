"""Signing up, entering somebody's sign-up, changing one's choices, cancelling.

Who signs up with an address that is signed up already must not learn it from the page: the answer to that
is a mail to the address itself. A new sign-up leads to its personal page at once. The two answers differ, so
a stranger could tell them apart, but never quietly: each try either signs the address up or writes to it,
and mistakes, refusals and full workshops are told first, alike for both.

All that is checked here is checked under the lock of the day's row: opening, deadline, who may come, and one
live sign-up an address hold at the moment of storing, by the server's clock.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.core.tokens import digest
from hub.events.models.days import Admission, Event, EventState, Mode, Stage
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import (
    Answer,
    Channel,
    DietOption,
    EventInvitation,
    MealOption,
    Question,
    Registration,
    RegistrationState,
)
from hub.events.models.workshops import Wish, Workshop
from hub.events.operations import letters, news, register_names, seats, waitlist
from hub.events.queries import questions as question_queries
from hub.events.queries import sign_up as queries
from hub.events.values import answers, choosing

BY_FORM = "formulaire public"
BY_LINK = "lien personnel"
NO_CONSENT = N_("Cochez cette case pour que nous puissions noter ces besoins, ou effacez-les.")
NO_SEAT = N_("Cette journée est complète.")
WOULD_WAIT = N_(
    "Cette journée est complète. Cochez cette case pour être sur la liste d’attente : un mail vous dira si "
    "une place se libère."
)
WOULD_WAIT_FOR_MODE = N_(
    "Il n’y a plus de place de cette façon. Choisissez l’autre, ou cochez cette case pour être sur la liste "
    "d’attente : un mail vous dira si une place se libère."
)
# What opens sign-up for whom: a coordinator enters people before the opening and after the deadline.
REFUSALS = {
    Stage.DRAFT: N_("Cette journée n’est pas ouverte aux inscriptions."),
    Stage.CANCELLED: N_("Cette journée est annulée."),
    Stage.OVER: N_("Cette journée est passée."),
    Stage.ANNOUNCED: N_("Les inscriptions ne sont pas encore ouvertes."),
    Stage.CLOSED: N_("Les inscriptions sont clôturées."),
    Stage.FREE: N_("Cette journée est ouverte à tout le monde : il n’y a pas d’inscription."),
}
NEVER = (Stage.DRAFT, Stage.CANCELLED, Stage.OVER)
TOLD = {
    RegistrationState.CONFIRMED: LetterKind.CONFIRMED,
    RegistrationState.WAITING: LetterKind.WAITING,
    RegistrationState.PENDING: LetterKind.PENDING,
}


@dataclass(frozen=True)
class Wishes:
    """What can be chosen, and changed later.

    `workshop_ids`: seats wanted now; `wait_ids`: workshops that one would rather have, and waits for;
    `ranked`: (block, workshops in order of preference). `mode` None: the day's only one. `answers`:
    (question, value).
    Needs are held with consent only. `agrees_to_wait`: where there is no seat, put me on the waiting list.
    """

    workshop_ids: tuple[int, ...] = ()
    wait_ids: tuple[int, ...] = ()
    ranked: tuple[tuple[int, tuple[int, ...]], ...] = ()
    mode: Mode | None = None
    meal_id: int | None = None
    diet: str = ""
    diet_ids: tuple[int, ...] = ()
    access_needs: str = ""
    languages: str = ""
    consents: bool = False
    answers: tuple[tuple[int, Any], ...] = ()
    agrees_to_wait: bool = False

    @property
    def tells_needs(self) -> bool:
        """Whether something is confided that may tell of health, belief or origin."""
        return bool(self.diet or self.diet_ids or self.access_needs or self.languages)


@dataclass(frozen=True)
class Person:
    """Who comes, for whom, and how we know.

    `email` is one clean address in lower case; only a coordinator may leave it out, or whoever signs up a
    group. `form_key` names one filled form: sent twice, it is one sign-up.
    """

    name: str
    email: str | None
    phone: str = ""
    organisation_id: int | None = None
    organisation_name: str = ""
    language: str = "fr"
    channel: Channel = Channel.WEB
    wants_news: bool = False
    form_key: str = ""


@dataclass(frozen=True)
class SignUp:
    """What came of it. `link` is the personal page's raw token, or None where only a mail may tell it.

    `again`: this very form was sent before; nothing more was done.
    """

    registration: Registration
    link: str | None
    again: bool = False


@dataclass(frozen=True)
class Checked:
    """Wishes that fit the day, with the rows that they name."""

    wishes: Wishes
    mode: Mode
    workshops: tuple[Workshop, ...]
    waits: tuple[Workshop, ...]
    diets: tuple[DietOption, ...]
    answers: dict[int, Any]
    to_decide: bool  # an answer lets a coordinator decide


def register(
    session: Session,
    event: Event,
    person: Person,
    wishes: Wishes,
    *,
    now: datetime,
    invitation: EventInvitation | None = None,
    asked: Sequence[Question] | None = None,
) -> SignUp:
    """Sign somebody up through the public form. `asked`: its questions, if read with the day locked.

    Raises DomainError when sign-up isn't open, the answers don't fit, or no seat is left and the person
    doesn't agree to wait.
    """
    seats.lock(session, event)
    check_open(event, now)
    checked = check(session, event, wishes, asked=asked)
    known = known_as(session, event, person)
    if known is not None and _is_same_form(known, person):
        return SignUp(known, letters.issue_link(session, known, now=now), again=True)
    check_invitation(session, event, invitation)
    decides = event.admission == Admission.APPROVAL or checked.to_decide
    found = None if decides else check_seats(session, event, checked, now=now)
    if known is not None:
        letters.send_link(session, known, now=now)
        return SignUp(known, None)
    row = store(session, event, person, checked, now=now, invitation=invitation, decides=decides, found=found)
    link = letters.issue_link(session, row, now=now)
    tell(session, row, now=now, link=link)
    audit.record(session, "registration.created", row, actor=BY_FORM, now=now, changes=created(row))
    return SignUp(row, link)


def enter(
    session: Session, event: Event, person: Person, wishes: Wishes, *, actor: User, now: datetime
) -> Registration:
    """Enter a sign-up that came by phone or on paper, before the opening and after the deadline too.

    What is over or called off takes nobody, and no more people come than there are seats; the same form sent
    twice is one sign-up. Raises DomainError for what can't be, when the answers don't fit, or the address is
    signed up already.
    """
    seats.lock(session, event)
    stage = event.stage(now)
    if stage in NEVER:
        raise DomainError(N_("On ne peut plus inscrire personne à cette journée."))
    checked = check(session, event, wishes)
    known = known_as(session, event, person)
    if known is not None and _is_same_form(known, person):
        return known
    found = check_seats(session, event, checked, now=now)
    if known is not None:
        raise DomainError(N_("Cette adresse est déjà inscrite à cette journée."), field="email")
    row = store(session, event, person, checked, now=now, found=found)
    tell(session, row, now=now)
    changes = {
        **created(row),
        "channel": [None, row.channel.value],
        "late": [None, now >= event.sign_up_closes_at],
    }
    if stage == Stage.ANNOUNCED:
        changes["early"] = [None, True]
    audit.record(session, "registration.entered", row, actor=actor, now=now, changes=changes)
    return row


def change(
    session: Session,
    registration: Registration,
    wishes: Wishes,
    *,
    now: datetime,
    actor: User | str = BY_LINK,
) -> None:
    """Exchange workshops, way of taking part, meal, needs and answers, all or nothing.

    What one holds is kept until the rest is sure; where the other way of taking part is full, one keeps one's
    seat and waits for it. Raises DomainError after the deadline, when the answers don't fit, or a workshop is
    full.
    """
    event = registration.event
    seats.lock(session, event)
    if not registration.is_live:
        raise DomainError(N_("Cette inscription est annulée : inscrivez-vous à nouveau."))
    if event.state != EventState.PUBLISHED or now >= event.sign_up_closes_at:
        raise DomainError(N_("Le délai est passé : vos choix ne peuvent plus changer. Vous pouvez annuler."))
    checked = check(session, event, wishes, held=registration)
    before = facts_of(registration)
    _exchange(session, registration, checked, now=now)
    _apply(session, registration, checked, now=now)
    registration.sequence += 1
    session.flush()
    waitlist.settle(session, event, now=now)
    _wait_too(session, registration, checked, now=now)
    changes = audit.differences(before, facts_of(registration))
    audit.record(session, "registration.changed", registration, actor=actor, now=now, changes=changes)
    letters.tell_change(session, registration, now=now)


def _exchange(session: Session, registration: Registration, checked: Checked, *, now: datetime) -> None:
    """Take the seats that are wanted instead of those held; take part the other way, or wait for it."""
    event = registration.event
    mine = {block.id for block in choosing.chosen_now(event.blocks)}
    kept = {choice.workshop for choice in registration.choices if choice.workshop.block_id not in mine}
    wanted = {*checked.workshops, *kept}
    switches = registration.is_confirmed and checked.mode != registration.mode
    waits = (
        switches and event.has_waitlist and not seats.available(session, event, checked.mode, (), now=now)[0]
    )
    seats.exchange(session, registration, wanted, now=now, mode=None if waits else checked.mode)
    if waits:
        waitlist.want_mode(session, registration, checked.mode, now=now)
    elif registration.wanted_mode is not None:
        waitlist.want_mode(session, registration, None, now=now)


def cancel(session: Session, registration: Registration, *, actor: User | str, now: datetime) -> bool:
    """Give all seats back and forget the needs; return False if it was cancelled already.

    Raises DomainError once the day is over.
    """
    return bool(cancel_all(session, registration.event, [registration], actor=actor, now=now))


def cancel_all(
    session: Session, event: Event, rows: Sequence[Registration], *, actor: User | str, now: datetime
) -> list[Registration]:
    """Cancel several sign-ups of a day; return those that were not cancelled already.

    What they free is given on once, at the end: nobody is moved up who is leaving too. Raises DomainError
    once the day is over.
    """
    seats.lock(session, event)
    live = [row for row in rows if row.is_live]
    if live and now >= event.ends_at:
        raise DomainError(N_("Cette journée est passée : l’inscription ne peut plus être annulée."))
    for row in live:
        _give_back(session, row, actor=actor, now=now)
    if live:
        waitlist.settle(session, event, now=now)
    return live


def _give_back(session: Session, registration: Registration, *, actor: User | str, now: datetime) -> None:
    seats.release(session, registration, now=now)
    registration.state, registration.cancelled_at = RegistrationState.CANCELLED, now
    registration.sequence += 1
    registration.updated_at = now
    forget_needs(registration)
    session.flush()
    audit.record(session, "registration.cancelled", registration, actor=actor, now=now)
    letters.tell_cancelling(session, registration, now=now)


def forget_needs(registration: Registration) -> int:
    """Blank diets, meal, access and language needs of one person; return how many answers that were."""
    told = (
        registration.diet, registration.access_needs, registration.languages, registration.meal_id,
        *registration.diets,
    )  # fmt: skip
    registration.diet = registration.access_needs = registration.languages = ""
    registration.diets = []
    registration.meal_id = registration.needs_consent_at = None
    return sum(bool(each) for each in told)


# --- What is checked ---------------------------------------------------------------------------------


def check_open(event: Event, now: datetime) -> None:
    """Refuse what the day's stage refuses; a full day takes people on its waiting list, if it has one."""
    stage = event.stage(now)
    if stage in REFUSALS:
        raise DomainError(REFUSALS[stage])


def check_invitation(session: Session, event: Event, invitation: EventInvitation | None) -> None:
    """Refuse who was not invited, where one comes by invitation only, or an invitation that is used up."""
    if invitation is None:
        if event.admission == Admission.INVITATION:
            raise DomainError(N_("On s’inscrit à cette journée par le lien d’une invitation."))
        return
    used = session.scalar(queries.came_by_invitation(invitation.id)) or 0
    if invitation.event_id != event.id or used >= invitation.places:
        raise DomainError(N_("Cette invitation a déjà servi autant de fois qu’elle le permet."))


def check(
    session: Session,
    event: Event,
    wishes: Wishes,
    *,
    held: Registration | None = None,
    asked: Sequence[Question] | None = None,
) -> Checked:
    """Return the wishes with the rows that they name. Raises DomainError if they don't fit the day.

    Who signed up already (`held`) isn't asked again who may come.
    """
    if asked is None:
        again = held is not None
        asked = session.scalars(
            question_queries.asked_again(event) if again else question_queries.asked(event)
        ).all()
    found, to_decide = check_answers(event, wishes, asked)
    workshops = _workshops(event, wishes)
    waits = _waits(event, wishes)
    if wishes.meal_id is not None and not _offers(session, event, wishes.meal_id):
        raise DomainError(N_("Choisissez un repas de la liste."), field="meal")
    diets = _diets(session, event, wishes.diet_ids)
    if wishes.tells_needs and not wishes.consents:
        raise DomainError(NO_CONSENT, field="consents")
    _check_ranks(event, wishes)
    return Checked(
        wishes=wishes, mode=_mode(event, wishes, held), workshops=workshops, waits=waits, diets=diets,
        answers=found, to_decide=to_decide,
    )  # fmt: skip


def check_seats(session: Session, event: Event, checked: Checked, *, now: datetime) -> seats.Found:
    """Refuse full workshops, and a full day unless the person agrees to wait; return what is free.

    Where too few workshops have a seat left for what one must choose, one may come and wait for the others.
    """
    place, free = seats.available(session, event, checked.mode, checked.workshops, now=now)
    waits = checked.wishes.agrees_to_wait and event.has_waitlist
    if place and len(free) < len(checked.workshops) and not (waits and event.lacks_workshops):
        raise seats.full_error(set(checked.workshops) - free)
    if place or waits:
        return place, free
    if not event.has_waitlist:
        raise DomainError(NO_SEAT)
    words = WOULD_WAIT_FOR_MODE if event.mode == Mode.HYBRID else WOULD_WAIT
    raise DomainError(words, field="agrees_to_wait")


def check_answers(event: Event, wishes: Wishes, asked: Sequence[Question]) -> tuple[dict[int, Any], bool]:
    """Return what was answered (question → value), and whether a coordinator decides.

    Raises DomainError for an answer that doesn't fit, one that lacks, one that closes the door.
    """
    found = answers.clean(asked, dict(wishes.answers))
    unmet = answers.unmet(asked, found)
    closing = answers.refusing(unmet)
    if closing is not None:
        raise _refusal(event, closing)
    return found, bool(unmet)


def _refusal(event: Event, question: Question) -> DomainError:
    """Return the kind refusal of an answer that closes the door: nothing of it is stored."""
    contact = event.contact_email or event.contact_phone
    place = answers.field_of(question)
    if not contact:
        return DomainError(
            N_("Cette activité s’adresse à d’autres personnes : nous ne pouvons pas vous y inscrire."),
            field=place,
        )
    return DomainError(
        N_(
            "Cette activité s’adresse à d’autres personnes : nous ne pouvons pas vous y inscrire. Écrivez à "
            "%(contact)s : nous chercherons ensemble ce qui vous convient."
        ),
        field=place,
        contact=contact,
    )


def _workshops(event: Event, wishes: Wishes) -> tuple[Workshop, ...]:
    wrong = choosing.faults(choosing.chosen_now(event.blocks), event.workshops, wishes.workshop_ids)
    if wrong:
        raise wrong[0].error()
    return _named(event, wishes.workshop_ids)


def _waits(event: Event, wishes: Wishes) -> tuple[Workshop, ...]:
    waits = _named(event, wishes.wait_ids)
    open_blocks = {block.id for block in choosing.chosen_now(event.blocks)}
    if len(waits) < len(set(wishes.wait_ids)) or any(row.block_id not in open_blocks for row in waits):
        raise DomainError(choosing.NOT_OFFERED, field="workshops")
    return tuple(row for row in waits if row.id not in wishes.workshop_ids)


def _named(event: Event, numbers: Collection[int]) -> tuple[Workshop, ...]:
    return tuple(row for row in event.workshops if row.id in numbers)


def _mode(event: Event, wishes: Wishes, held: Registration | None) -> Mode:
    if event.mode != Mode.HYBRID:
        return event.mode
    mode = wishes.mode or (held.mode if held is not None else None)
    if mode not in event.modes:
        raise DomainError(N_("Dites comment vous participez."), field="mode")
    return mode


def _offers(session: Session, event: Event, meal_id: int) -> bool:
    meal = session.get(MealOption, meal_id)
    return event.meal_offered and meal is not None and meal.event_id == event.id


def _diets(session: Session, event: Event, numbers: Collection[int]) -> tuple[DietOption, ...]:
    if not numbers:
        return ()
    rows = tuple(session.scalars(queries.diets(event).where(DietOption.id.in_(numbers))))
    if len(rows) < len(set(numbers)):
        raise DomainError(N_("Choisissez parmi les régimes de cette liste."), field="diets")
    return rows


def _check_ranks(event: Event, wishes: Wishes) -> None:
    blocks = {block.id for block in choosing.ranked_now(event.blocks)}
    offered = {row.id: row.block_id for row in event.workshops if row.cancelled_at is None}
    for block_id, ranked in wishes.ranked:
        known = block_id in blocks and all(offered.get(each) == block_id for each in ranked)
        if not known or len(set(ranked)) < len(ranked):
            raise DomainError(choosing.NOT_OFFERED, field=f"wish_{block_id}_1")


# --- What is stored ------------------------------------------------------------------------------------


def known_as(session: Session, event: Event, person: Person) -> Registration | None:
    """Return the sign-up that this form made before, else the live one of that address."""
    key = digest(person.form_key) if person.form_key else None
    if key is None and person.email is None:
        return None
    given = {"event_id": event.id, "email": person.email, "form_key": key}
    rows = session.scalars(queries.same_person(), given).all()
    return next((row for row in rows if key is not None and row.form_key == key), rows[0] if rows else None)


def _is_same_form(row: Registration, person: Person) -> bool:
    return bool(person.form_key) and row.form_key == digest(person.form_key)


def store(
    session: Session,
    event: Event,
    person: Person,
    checked: Checked,
    *,
    now: datetime,
    invitation: EventInvitation | None = None,
    decides: bool = False,
    found: seats.Found | None = None,
    **more: Any,
) -> Registration:
    """Store a checked sign-up: with its seats, on the waiting list, or for a coordinator to decide.

    `decides`: a coordinator will; no seat is taken until then. `found`: the seats that are free, where one
    looked. The day is locked.
    """
    organisation_id = person.organisation_id or register_names.find(session, person.organisation_name)
    row = Registration(
        event=event,
        name=person.name,
        email=person.email,
        phone=person.phone,
        organisation_id=organisation_id,
        organisation_name="" if organisation_id else person.organisation_name,
        language=person.language,
        form_key=digest(person.form_key) if person.form_key else None,
        channel=person.channel,
        mode=checked.mode,
        invitation_id=invitation.id if invitation is not None else None,
        state=RegistrationState.PENDING,
        created_at=now,
        updated_at=now,
        sequence=0,
        newsletter_at=now if person.wants_news and person.email else None,
        answers=[Answer(question_id=each, value=value) for each, value in checked.answers.items()],
        waits=[],
        **more,
    )
    row.search_text = search_text(session, row)
    _write_choices(row, checked, now)
    if decides:
        session.add(row)
        waitlist.remember(session, row, checked.workshops, now=now)
        session.flush()
    else:
        place, free = found or (True, set(checked.workshops))
        full = set(checked.workshops) - free if place else set()
        seats.admit(session, row, set(checked.workshops) - full, now=now, found=found)
        if full:
            waitlist.remember(session, row, full, now=now)
        _wait_too(session, row, checked, now=now)
    if person.wants_news and person.email:
        news.subscribe(session, person.email, event, now=now)
    return row


def search_text(session: Session, row: Registration) -> str:
    """Return what a search looks through: name, address and organisation, folded."""
    name = row.organisation_name
    if row.organisation_id is not None:
        name = session.scalar(queries.name_of_organisation(row.organisation_id)) or ""
    return fold(f"{row.name} {row.email or ''} {name}")


def _apply(session: Session, row: Registration, checked: Checked, *, now: datetime) -> None:
    """Write what can be changed at any time; answers that are still there keep their row."""
    known = {answer.question_id: answer for answer in row.answers}
    again = {question.id for question in session.scalars(question_queries.asked_again(row.event))}
    for number, value in checked.answers.items():
        if number in known:
            known[number].value = value
        else:
            row.answers.append(Answer(question_id=number, value=value))
    for number in (again & set(known)) - set(checked.answers):
        row.answers.remove(known[number])
    row.wishes = []
    session.flush()
    _write_choices(row, checked, now)
    row.updated_at = now


def _write_choices(row: Registration, checked: Checked, now: datetime) -> None:
    wishes = checked.wishes
    row.meal_id, row.diet, row.diets = wishes.meal_id, wishes.diet, list(checked.diets)
    row.access_needs, row.languages = wishes.access_needs, wishes.languages
    row.needs_consent_at = now if wishes.tells_needs else None
    row.wishes = [
        Wish(block_id=block_id, workshop_id=workshop_id, rank=rank)
        for block_id, ranked in wishes.ranked
        for rank, workshop_id in enumerate(ranked, start=1)
    ]


def _wait_too(session: Session, row: Registration, checked: Checked, *, now: datetime) -> None:
    """Wait for the workshops that one would rather have; what is given up for one is kept until then."""
    if not row.is_confirmed:
        return
    event = row.event
    blocks = {block.id: block for block in event.blocks}
    for workshop in checked.waits:
        held = [choice.workshop for choice in row.choices]
        if workshop in held:
            continue
        gives_up = choosing.given_up(blocks[workshop.block_id], workshop, held)
        waitlist.wait_for(session, row, workshop, gives_up=gives_up, now=now)


def tell(session: Session, row: Registration, *, now: datetime, link: str = "") -> None:
    """Send the mail that says how a new sign-up stands."""
    path = f"/inscription/{link}" if link else ""
    letters.send(session, row, TOLD[row.state], now=now, path=path)


def facts_of(row: Registration) -> dict[str, Any]:
    """Return what history tells of a sign-up: how it stands, in which workshops; no personal contents."""
    return {
        "state": row.state.value,
        "mode": row.mode.value,
        "workshops": sorted(choice.workshop_id for choice in row.choices),
    }


def created(row: Registration) -> dict[str, list[Any]]:
    """Return the same of a new sign-up, as changes from nothing."""
    return {name: [None, value] for name, value in facts_of(row).items()}
