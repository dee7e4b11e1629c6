"""Several people signed up at once by one: all or nothing, and their own page for whoever did it."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as altered
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, mail, tokens
from hub.core.errors import N_, DomainError
from hub.core.tokens import digest
from hub.events.models.days import Admission, Event
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import (
    EventInvitation,
    GroupSignUp,
    Registration,
    RegistrationState,
)
from hub.events.operations import handing_over, letters, news, register_names, seats, sign_up
from hub.events.operations.sign_up import Person, Wishes
from hub.events.queries import admission as admission_queries
from hub.events.queries import sign_up as queries

PURPOSE = "events.group"
BY_GROUP = "page du groupe"
NOT_ALL = N_(
    "Il n’y a pas assez de places pour tout le groupe. Réduisez-le, ou cochez cette case : les premières "
    "personnes de la liste ont une place, les suivantes attendent."
)
WORKSHOP_TOO_SMALL = N_(
    "Il n’y a plus assez de places pour tout le groupe dans : %(titles)s. Choisissez un autre atelier pour "
    "cette personne ; les autres réponses sont gardées."
)


@dataclass(frozen=True)
class Group:
    """Who signs the others up: `email` is one clean address. `form_key` as for one person."""

    name: str
    email: str
    phone: str = ""
    organisation_name: str = ""
    language: str = "fr"
    wants_news: bool = False
    form_key: str = ""


@dataclass(frozen=True)
class Done:
    """What came of it: the group, its raw link, and who was signed up already and is written to.

    `again`: this very form was sent before; nothing more was done.
    """

    group: GroupSignUp
    link: str
    left_out: tuple[str, ...] = ()
    again: bool = False


def register(
    session: Session,
    event: Event,
    contact: Group,
    people: Sequence[tuple[Person, Wishes]],
    *,
    agrees_to_wait: bool = False,
    now: datetime,
    invitation: EventInvitation | None = None,
) -> Done:
    """Sign several people up, in their order: all of them, or nobody.

    Raises DomainError when sign-up isn't open, there are too many, somebody's answers don't fit (its field
    begins with « people-0- » for the first), or not all get a seat and nobody agreed that the last ones wait.
    """
    seats.lock(session, event)
    sign_up.check_open(event, now)
    known = _same_form(session, event, contact)
    if known is not None:
        return Done(known, issue_link(session, known, now=now), again=True)
    _check_people(event, people)
    group = _store(session, event, contact, now=now)
    rows, left_out = [], []
    for place, (person, wishes) in enumerate(people):
        with _blaming(place):
            row = _sign_up(
                session, group, person, wishes, agrees=agrees_to_wait, invitation=invitation, now=now
            )
        if row is None:
            left_out.append(person.name)
        else:
            rows.append(row)
    for row in rows:
        if row.email is not None:
            sign_up.tell(session, row, now=now)
    link = issue_link(session, group, now=now)
    _tell(session, group, rows, link, now=now)
    changes = {"people": [None, len(rows)]}
    audit.record(session, "group.created", group, actor=sign_up.BY_FORM, now=now, changes=changes)
    if contact.wants_news:
        news.subscribe(session, contact.email, event, now=now)
    return Done(group, link, tuple(left_out))


def issue_link(session: Session, group: GroupSignUp, *, now: datetime) -> str:
    """Return a new raw token for the page of a group."""
    until = max(group.event.ends_at, now) + letters.LINK_OUTLIVES_DAY
    return tokens.issue(session, PURPOSE, group, now=now, until=until)


def is_replaceable(session: Session, row: Registration, *, now: datetime) -> bool:
    """Say whether another person may come on somebody's seat: confirmed, and nobody asks who may come."""
    return handing_over.is_open(row, now=now) and not admission_queries.asks_eligibility(session, row.event)


def replace(
    session: Session, row: Registration, name: str, email: str | None, *, now: datetime
) -> Registration | None:
    """Put another person on the seats of one of a group; with an address, they are told and get a link.

    Returns None, and writes to the address, if it is signed up already. Raises DomainError where it is too
    late, or who may come is asked.
    """
    event = row.event
    seats.lock(session, event)
    if not is_replaceable(session, row, now=now):
        raise DomainError(N_("Cette place ne peut plus changer de nom : demandez-le à l’équipe."))
    if email is not None:
        known = session.scalar(queries.live_sign_up(event, email))
        if known is not None:
            letters.send_link(session, known, now=now)
            return None
    successor = handing_over.replace(session, row, name, email, actor=BY_GROUP, now=now)
    if email is not None:
        letters.send(session, successor, LetterKind.CONFIRMED, now=now)
    return successor


def cancel(session: Session, row: Registration, *, actor: User | str = BY_GROUP, now: datetime) -> bool:
    """Give the seats of one of a group back; return False if that was done already."""
    return sign_up.cancel(session, row, actor=actor, now=now)


class _blaming:  # noqa: N801 - read as a verb
    """Let a refusal of one person point at their part of the form."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        """Put the number of the person before the field, where the person is at fault."""
        if isinstance(problem, DomainError) and problem.field != "agrees_to_wait":
            problem.field = f"people-{self.place}-{problem.field or 'name'}"


def _same_form(session: Session, event: Event, contact: Group) -> GroupSignUp | None:
    if not contact.form_key:
        return None
    return session.scalar(queries.group_of_form(event, digest(contact.form_key)))


def _check_people(event: Event, people: Sequence[tuple[Person, Wishes]]) -> None:
    if not people:
        raise DomainError(N_("Écrivez au moins un nom."), field="people-0-name")
    if len(people) > event.group_most:
        raise DomainError(
            N_("Un formulaire inscrit %(most)s personnes au plus : envoyez-en un deuxième."),
            most=event.group_most,
        )
    seen: set[str] = set()
    for place, (person, _) in enumerate(people):
        if person.email is not None and person.email in seen:
            raise DomainError(
                N_("Cette adresse est déjà celle d’une autre personne du groupe. Laissez-la vide."),
                field=f"people-{place}-email",
            )
        seen |= {person.email} if person.email is not None else set()


def _store(session: Session, event: Event, contact: Group, *, now: datetime) -> GroupSignUp:
    organisation_id = register_names.find(session, contact.organisation_name)
    group = GroupSignUp(
        event=event,
        contact_name=contact.name,
        contact_email=contact.email,
        contact_phone=contact.phone,
        organisation_id=organisation_id,
        organisation_name="" if organisation_id else contact.organisation_name,
        form_key=digest(contact.form_key) if contact.form_key else None,
        created_at=now,
    )
    session.add(group)
    session.flush()
    return group


def _sign_up(
    session: Session,
    group: GroupSignUp,
    person: Person,
    wishes: Wishes,
    *,
    agrees: bool,
    invitation: EventInvitation | None,
    now: datetime,
) -> Registration | None:
    """Store one of the group, or write to who is signed up already and return None."""
    event = group.event
    checked = sign_up.check(session, event, altered(wishes, agrees_to_wait=agrees))
    sign_up.check_invitation(session, event, invitation)
    decides = event.admission == Admission.APPROVAL or checked.to_decide
    found = None if decides else _check_seats(session, event, checked, now=now)
    known = sign_up.known_as(session, event, person)
    if known is not None:
        letters.send_link(session, known, now=now)
        return None
    row = sign_up.store(
        session, event, person, checked, now=now, invitation=invitation, decides=decides, found=found,
        group_id=group.id,
    )  # fmt: skip
    audit.record(session, "registration.created", row, actor=BY_GROUP, now=now, changes=sign_up.created(row))
    return row


def _check_seats(session: Session, event: Event, checked: sign_up.Checked, *, now: datetime) -> seats.Found:
    """Refuse what would not be whole, in a group's words: those before in the list hold seats already."""
    try:
        return sign_up.check_seats(session, event, checked, now=now)
    except DomainError as problem:
        may_wait = event.has_waitlist and event.lacks_workshops
        if problem.field == "workshops" and not may_wait:
            raise DomainError(WORKSHOP_TOO_SMALL, field="workshops", **problem.params) from problem
        words = NOT_ALL if event.has_waitlist else sign_up.NO_SEAT
        raise DomainError(words, field="agrees_to_wait") from problem


def _tell(
    session: Session, group: GroupSignUp, rows: Sequence[Registration], link: str, *, now: datetime
) -> None:
    """Write to who signed the others up: who has a seat, who waits, and the page of the group."""
    event = group.event

    def named(state: RegistrationState) -> list[str]:
        return [row.name for row in rows if row.state == state]

    mail.note(
        session,
        "events.group",
        group,
        group.contact_email or "",
        now=now,
        reply_to=event.contact_email,
        action=(N_("Voir le groupe"), f"/groupe/{link}"),
        contact_name=group.contact_name,
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        place=", ".join(part for part in (event.place_name, event.place_address) if part),
        seated=named(RegistrationState.CONFIRMED),
        waiting=named(RegistrationState.WAITING),
        to_decide=named(RegistrationState.PENDING),
    )
