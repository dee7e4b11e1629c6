"""Rows that reports are drawn from, made with the least that each needs."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from hub.actors.models.mandates import Person
from hub.reports.models.reports import PlenaryReport
from hub.reports.operations import drafting
from hub.reports.operations.drafting import ReportFacts
from hub.spaces.models.actions import Action, ActionState
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Attendance, Meeting, MeetingState, Presence
from hub.spaces.models.spaces import Membership, Space, SpaceKind
from tests import factories
from tests.factories import NOW

numbers = count(1)
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def space(session: Session, name: str = "", **values: Any) -> Space:
    number = next(numbers)
    kept = {"kind": SpaceKind.PLATFORM, "created_at": NOW, **values}
    return factories.add(session, Space(slug=f"espace-{number}", name=name or f"Espace {number}", **kept))


def meeting(
    session: Session,
    where: Space,
    starts_at: datetime,
    *,
    minutes: int = 120,
    state: MeetingState = MeetingState.HELD,
    present: tuple[Any, ...] = (),
) -> Meeting:
    """Make a meeting at which those organisations were present."""
    row = factories.add(
        session,
        Meeting(
            space_id=where.id, title="Réunion", state=state, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes), created_at=NOW, updated_at=NOW,
            agenda_sent_at=NOW if state is MeetingState.CONVENED else None,
        ),
    )  # fmt: skip
    for organisation in present:
        came(session, row, organisation)
    return row


def came(
    session: Session, to: Meeting, organisation: Any, presence: Presence = Presence.PRESENT, **values: Any
) -> None:
    """Note how somebody was there for an organisation, or for none."""
    factories.add(
        session,
        Attendance(
            **{
                "meeting_id": to.id,
                "organisation_id": organisation.id if organisation is not None else None,
                "presence": presence,
                "guest_name": "" if values.get("person_id") else "Personne invitée",
                "created_at": NOW,
                **values,
            }
        ),
    )


def person(session: Session) -> Person:
    number = next(numbers)
    return factories.add(session, Person(name=f"Camille Exemple-Nom {number}", created_at=NOW))


def decision(session: Session, at: Meeting, day: date, text: str = "On continue.") -> Decision:
    return factories.add(
        session,
        Decision(
            code=f"D-{day.year}-{next(numbers):03d}", space_id=at.space_id, meeting_id=at.id, text=text,
            taken_on=day, created_at=NOW, updated_at=NOW,
        ),
    )  # fmt: skip


def action(session: Session, where: Space, title: str = "Écrire la lettre", **values: Any) -> Action:
    state = values.get("state", ActionState.TO_DO)
    reason = "Parce que." if state in {ActionState.BLOCKED, ActionState.DROPPED} else ""
    kept = {"reason": reason, "created_at": NOW, "updated_at": NOW, **values}
    return factories.add(session, Action(space_id=where.id, title=title, **kept))


def seat(session: Session, where: Space, organisation: Any, **values: Any) -> Membership:
    return factories.add(
        session, Membership(space_id=where.id, organisation_id=organisation.id, created_at=NOW, **values)
    )


def report(session: Session, **values: Any) -> PlenaryReport:
    """Draft a report on 2025."""
    facts = ReportFacts(**{"title": "État des lieux 2025", "first_on": YEAR[0], "last_on": YEAR[1], **values})
    return drafting.draft(session, facts, actor=None, now=NOW)


def moment(*parts: int) -> datetime:
    """Return a moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]
