"""Actions: who does what by when."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.spaces import Space


@dataclass(frozen=True)
class ActionFacts:
    """What is said of an action; `client_key` names the gesture, so that it counts once."""

    title: str
    detail: str = ""
    organisation_id: int | None = None
    person_id: int | None = None
    due_on: date | None = None
    client_key: str | None = None


def add(
    session: Session,
    space: Space,
    facts: ActionFacts,
    *,
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
    decision: Decision | None = None,
    actor: User | str | None,
    now: datetime,
) -> Action:
    """Give a space an action to follow. The same `client_key` gives the action made before.

    Raises DomainError for no title.
    """
    if facts.client_key:
        known = session.scalar(select(Action).where(Action.client_key == facts.client_key))
        if known is not None:
            return known
    title = facts.title.strip()
    if not title:
        raise DomainError(N_("Dites ce qui est à faire."), field="title")
    row = Action(
        space_id=space.id, meeting_id=meeting.id if meeting else None, item_id=item.id if item else None,
        decision_id=decision.id if decision else None, title=title[:250], detail=facts.detail.strip(),
        organisation_id=facts.organisation_id, person_id=facts.person_id, due_on=facts.due_on,
        client_key=facts.client_key, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "action.added", row, actor=actor, now=now)
    return row
