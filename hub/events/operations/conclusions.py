"""What a workshop, or the whole day, concludes and what comes next: written, then published after the day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState
from hub.events.models.outcomes import Conclusion
from hub.events.models.workshops import Workshop
from hub.events.queries import conclusions as queries

LONGEST = 20_000


@dataclass(frozen=True)
class Words:
    """What is concluded, what comes next (both Markdown), and which organisation reports it."""

    text: str = ""
    outlook: str = ""
    rapporteur_id: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a conclusion stands, or will: a workshop, or the whole day (None)."""

    workshop: Workshop | None
    conclusion: Conclusion | None


def places(session: Session, event: Event) -> list[Place]:
    """Return the day and each of its workshops, with the conclusion that was written."""
    known = {row.workshop_id: row for row in session.scalars(queries.of_event(event))}
    rows = session.scalars(queries.workshops(event)).all()
    return [Place(None, known.get(None)), *(Place(row, known.get(row.id)) for row in rows)]


def find(session: Session, event: Event, workshop: Workshop | None) -> Conclusion | None:
    """Return the conclusion of a workshop, or of the whole day, if somebody began it."""
    return session.scalar(queries.of_workshop(event, workshop))


def save(
    session: Session,
    event: Event,
    workshop: Workshop | None,
    words: Words,
    *,
    actor: User | str,
    now: datetime,
) -> Conclusion:
    """Write a conclusion; what is published is published as it is changed.

    Raises DomainError for a day that nobody can be at, and for too long a text.
    """
    # Two who begin the same one follow each other.
    session.refresh(event, with_for_update=True)
    if event.state != EventState.PUBLISHED:
        raise DomainError(N_("Cette journée n’est pas publiée : elle n’a pas de conclusions."))
    for field, text in (("text", words.text), ("outlook", words.outlook)):
        if len(text) > LONGEST:
            raise DomainError(N_("Restez sous %(signs)s signes."), field=field, signs=LONGEST)
    row = find(session, event, workshop)
    if row is not None and row.published_at is not None and not words.text.strip():
        raise DomainError(
            N_("Cette conclusion est publiée : retirez-la de la publication pour la vider."), field="text"
        )
    if row is None:
        row = Conclusion(event_id=event.id, workshop_id=workshop.id if workshop is not None else None)
        session.add(row)
    row.text, row.outlook = words.text.strip(), words.outlook.strip()
    row.rapporteur_id, row.updated_at = words.rapporteur_id, now
    session.flush()
    session.expire(row, ["rapporteur", "workshop"])
    audit.record(session, "event.conclusion_written", event, actor=actor, now=now, changes=_about(workshop))
    return row


def publish(session: Session, conclusion: Conclusion, *, actor: User | str, now: datetime) -> None:
    """Let everybody read it. Raises DomainError before the day is over, and without a text."""
    event = conclusion.event
    session.refresh(event, with_for_update=True)
    if event.state != EventState.PUBLISHED or now < event.ends_at:
        raise DomainError(N_("Les conclusions se publient après la journée."))
    if not conclusion.text:
        raise DomainError(N_("Écrivez d’abord ce qui est conclu."))
    if conclusion.published_at is not None:
        return
    conclusion.published_at = now
    session.flush()
    changes = _about(conclusion.workshop)
    audit.record(session, "event.conclusion_published", event, actor=actor, now=now, changes=changes)


def publish_all(session: Session, event: Event, *, actor: User | str, now: datetime) -> int:
    """Let everybody read what is written and not yet published; return how many."""
    drafts = [
        row for row in session.scalars(queries.of_event(event)).all() if row.text and row.published_at is None
    ]
    for row in drafts:
        publish(session, row, actor=actor, now=now)
    return len(drafts)


def unpublish(session: Session, conclusion: Conclusion, *, actor: User | str, now: datetime) -> None:
    """Take it off the public page; it stays as a draft."""
    if conclusion.published_at is None:
        return
    conclusion.published_at = None
    session.flush()
    changes = _about(conclusion.workshop)
    audit.record(
        session, "event.conclusion_unpublished", conclusion.event, actor=actor, now=now, changes=changes
    )


def _about(workshop: Workshop | None) -> dict[str, list[object]]:
    return {"workshop": [None, workshop.id]} if workshop is not None else {}
