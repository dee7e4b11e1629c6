"""A meeting with all that its papers tell, for tests."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.spaces.models.meetings import (
    AgendaItem,
    Answer,
    Attendance,
    Meeting,
    MeetingState,
    Presence,
    Purpose,
)
from hub.spaces.models.spaces import MembershipRole, Space, SpaceKind
from hub.spaces.operations import actions, decisions, spaces
from hub.spaces.operations.spaces import SpaceFacts
from tests import factories

NOW = factories.NOW
STARTS = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)  # 9 h in Brussels, a week before NOW


def space(session: Session, name: str = "Groupe Logement") -> Space:
    facts = SpaceFacts(name=name, kind=SpaceKind.WORKING_GROUP)
    return spaces.create(session, facts, actor=None, now=NOW)


def meeting(session: Session, of: Space, **values: Any) -> Meeting:
    return factories.add(
        session,
        Meeting(
            **{
                "space_id": of.id, "title": "Réunion de mars", "state": MeetingState.HELD,
                "starts_at": STARTS, "ends_at": STARTS.replace(hour=10, minute=30),
                "place_name": "Maison des associations",
                "held_at": STARTS.replace(hour=10, minute=30), "created_at": NOW, "updated_at": NOW, **values,
            }
        ),
    )  # fmt: skip


def item(session: Session, of: Meeting, title: str, position: int = 0, **values: Any) -> AgendaItem:
    row = AgendaItem(meeting_id=of.id, title=title, position=position, created_at=NOW, **values)
    return factories.add(session, row)


def person(session: Session, name: str, **values: Any) -> Person:
    return factories.add(session, Person(name=name, created_at=NOW, **values))


def attendance(session: Session, of: Meeting, name: str, organisation: Any, **values: Any) -> Attendance:
    who = person(session, name, email=values.pop("email", None))
    mandate = Mandate(
        person_id=who.id, organisation_id=organisation.id, starts_on=date(2020, 1, 1), created_at=NOW
    )
    factories.add(session, mandate)
    row = Attendance(
        meeting_id=of.id, person_id=who.id, organisation_id=organisation.id, created_at=NOW, invited_at=NOW,
        answer=Answer.COMING, **values,
    )  # fmt: skip
    return factories.add(session, row)


def whole(session: Session) -> Meeting:
    """Make a meeting that was held: two points, two organisations, a decision, an action."""
    of = space(session)
    ruche, ville = (factories.organisation(session, name) for name in ("La Ruche", "Ville de Namur"))
    for organisation in (ruche, ville):
        spaces.add_member(
            session, of, organisation, MembershipRole.MEMBER, starts_on=date(2020, 1, 1), actor=None, now=NOW
        )
    made = meeting(session, of)
    first = item(
        session, made, "Relevé des refus", 1, duration=20, purpose=Purpose.DECIDE,
        detail="Le **relevé** de 2025.", organisation_id=ruche.id, notes_version=1,
        notes="On refuse souvent 🙂 à la location.",
    )  # fmt: skip
    item(session, made, "Divers", 2)
    attendance(session, made, "Ana Exemple", ruche, presence=Presence.PRESENT, email="ana@example.org")
    attendance(session, made, "Пётр Пример", ville, presence=Presence.EXCUSED, email="piotr@example.org")
    facts = decisions.DecisionFacts(text="Le groupe écrit à la Ville.")
    decisions.take(session, made, first, facts, actor=None, now=NOW)
    actions.add(
        session, of,
        actions.ActionFacts(title="Écrire la lettre", organisation_id=ruche.id, due_on=date(2026, 6, 1)),
        meeting=made, item=first, actor=None, now=NOW,
    )  # fmt: skip
    session.flush()
    return made
