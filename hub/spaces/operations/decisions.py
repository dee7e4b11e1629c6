"""Taking decisions: each has a code that never changes; sending the same gesture twice makes one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.spaces.models.decisions import Decision, DecisionCounter, Method
from hub.spaces.models.meetings import AgendaItem, Meeting, MeetingState


@dataclass(frozen=True)
class DecisionFacts:
    """What is said of a decision; `client_key` names the gesture, so that it counts once."""

    text: str
    method: Method = Method.CONSENSUS
    client_key: str | None = None


def take(
    session: Session,
    meeting: Meeting,
    item: AgendaItem | None,
    facts: DecisionFacts,
    *,
    actor: User | str | None,
    now: datetime,
) -> Decision:
    """Record what a meeting decided, on its own day. The same `client_key` gives the decision made before.

    Raises DomainError for no text, or for a meeting that was called off.
    """
    if facts.client_key:
        known = session.scalar(select(Decision).where(Decision.client_key == facts.client_key))
        if known is not None:
            return known
    text = facts.text.strip()
    if not text:
        raise DomainError(N_("Écrivez ce qui est décidé."), field="text")
    if meeting.state is MeetingState.CANCELLED:
        raise DomainError(N_("Cette réunion est annulée : rien ne peut y être décidé."))
    day = clock.today(meeting.starts_at)
    row = Decision(
        code=_next_code(session, day.year), space_id=meeting.space_id, meeting_id=meeting.id,
        item_id=item.id if item else None, text=text, method=facts.method, taken_on=day,
        client_key=facts.client_key, created_at=now, updated_at=now, search_text=fold(text),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "decision.taken", row, actor=actor, now=now)
    return row


def _next_code(session: Session, year: int) -> str:
    """Return « D-2025-014 », one higher than the last; the counter's row is locked until the commit."""
    counter = session.get(DecisionCounter, year, with_for_update=True)
    if counter is None:
        counter = DecisionCounter(year=year, last=0)
        session.add(counter)
    counter.last += 1
    session.flush()
    return f"D-{year}-{counter.last:03d}"
