"""What is captured from a point of the agenda in one gesture: a decision, an action."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.errors import N_, DomainError
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.spaces import Membership
from hub.spaces.operations import actions, decisions, gestures
from hub.spaces.queries import seats

LATEST = date(2100, 1, 1)
LONGEST_TITLE = 250


@dataclass(frozen=True, slots=True)
class Undertaking:
    """What somebody takes upon themselves; `decision`: number, or key of the gesture that took it."""

    title: str
    organisation_id: int | None = None
    person_id: int | None = None
    due_on: date | None = None
    decision: str = ""
    client_key: str | None = None


def decide(
    session: Session, item: AgendaItem, facts: decisions.DecisionFacts, *, actor: User | None, now: datetime
) -> Decision:
    """Record what is decided on a point; sent again, it is the same. Raises DomainError for no text."""
    gestures.hold(session, item.meeting)
    row = decisions.take(session, item.meeting, item, facts, actor=actor, now=now)
    _check_own(row.item_id, item)
    return row


def undertake(
    session: Session, item: AgendaItem, facts: Undertaking, *, actor: User | None, now: datetime
) -> Action:
    """Record who does what after a point. Sent again, it is the same action.

    Raises DomainError for no title, for an organisation or a person that is not at this table, for a decision
    of another meeting, and for a day before the meeting.
    """
    meeting = item.meeting
    gestures.hold(session, meeting)
    known = select(Action).where(Action.client_key == facts.client_key)
    before = session.scalar(known) if facts.client_key else None
    if before is None:
        if len(facts.title) > LONGEST_TITLE:
            raise DomainError(N_("250 signes au plus : dites le reste dans les notes."), field="title")
        _check_owner(session, meeting, facts)
        if facts.due_on and not clock.today(meeting.starts_at) <= facts.due_on <= LATEST:
            raise DomainError(N_("L’échéance ne peut pas précéder la réunion."), field="due_on")
    row = before or actions.add(
        session,
        meeting.space,
        actions.ActionFacts(
            title=facts.title, organisation_id=facts.organisation_id, person_id=facts.person_id,
            due_on=facts.due_on, client_key=facts.client_key,
        ),
        meeting=meeting,
        item=item,
        decision=_decision(session, meeting, facts.decision),
        actor=actor,
        now=now,
    )  # fmt: skip
    _check_own(row.item_id, item)
    return row


def _check_own(item_id: int | None, item: AgendaItem) -> None:
    """Refuse a key that belongs to a gesture on another point: it may be of another meeting."""
    if item_id != item.id:
        raise DomainError(N_("La clé de ce geste est celle d’un autre."))


def _check_owner(session: Session, meeting: Meeting, facts: Undertaking) -> None:
    day = clock.today(meeting.starts_at)
    if facts.organisation_id is None:
        if facts.person_id is not None:
            raise DomainError(N_("Dites pour quelle organisation cette personne agit."), field="owner")
        return
    seat = select(Membership.id).where(
        Membership.space_id == meeting.space_id,
        Membership.organisation_id == facts.organisation_id,
        seats.sits_on(day),
    )
    if session.scalar(seat.limit(1)) is None:
        raise DomainError(
            N_("Cette organisation ne siège pas dans cet espace à la date de la réunion."), field="owner"
        )
    if facts.person_id is None:
        return
    speaker = seats.speakers(meeting.space_id, day).where(
        Person.id == facts.person_id, Organisation.id == facts.organisation_id
    )
    if session.execute(speaker.limit(1)).first() is None:
        raise DomainError(
            N_("Cette personne ne parle pas pour cette organisation à la date de la réunion."), field="owner"
        )


def _decision(session: Session, meeting: Meeting, named: str) -> Decision | None:
    """Return a decision of the meeting, by its number or by the key of the gesture that took it."""
    if not named:
        return None
    by_key = Decision.client_key == named
    by_number = or_(by_key, Decision.id == int(named)) if named.isdecimal() and len(named) < 10 else by_key  # noqa: PLR2004 - a column's number
    found = session.scalar(select(Decision).where(Decision.meeting_id == meeting.id, by_number).limit(1))
    if found is None:
        raise DomainError(N_("Cette décision n’est pas de cette réunion."), field="decision")
    return found
