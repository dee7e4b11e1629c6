"""A space, its table on the day of a meeting, and what is decided there."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import Role, User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.spaces.models.decisions import Decision, Method, Stance
from hub.spaces.models.meetings import AgendaItem, Attendance, Meeting, MeetingState, Presence
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind
from hub.spaces.operations import decisions, positions
from hub.spaces.operations.decisions import DecisionFacts
from hub.spaces.operations.positions import Said
from tests import factories
from tests.factories import NOW, add

DAY = NOW.date()


@dataclass
class Table:
    """A space with its meeting of today, and the organisations that sit there."""

    space: Space
    meeting: Meeting
    item: AgendaItem
    organisations: list[Organisation] = field(default_factory=list)
    people: dict[int, Person] = field(default_factory=dict)


def table(session: Session, members: int = 3, *, name: str = "Groupe Logement", **values: Any) -> Table:
    """Make a space of so many members, each present by somebody with a mandate."""
    number = next(factories.numbers)
    space = add(
        session,
        Space(slug=f"groupe-{number}", name=name, kind=SpaceKind.WORKING_GROUP, created_at=NOW, **values),
    )
    meeting = add(
        session,
        Meeting(
            space_id=space.id, title="Réunion de mars", state=MeetingState.HELD, starts_at=NOW,
            ends_at=NOW + timedelta(hours=2), held_at=NOW,
            created_at=NOW, updated_at=NOW,
        ),
    )  # fmt: skip
    item = add(session, AgendaItem(meeting_id=meeting.id, title="Logements vides", created_at=NOW))
    made = Table(space, meeting, item)
    for _ in range(members):
        sit(session, made, presence=Presence.PRESENT)
    return made


def sit(
    session: Session,
    table: Table,
    role: MembershipRole = MembershipRole.MEMBER,
    *,
    presence: Presence | None = None,
    represented_by: Organisation | None = None,
    user: User | None = None,
    since: date = date(2020, 1, 1),
    until: date | None = None,
) -> Organisation:
    """Give the table one more organisation, with somebody who speaks for it."""
    organisation = factories.organisation(session)
    add(
        session,
        Membership(
            space_id=table.space.id, organisation_id=organisation.id, role=role, starts_on=since,
            ends_on=until, created_at=NOW,
        ),
    )  # fmt: skip
    person = add(
        session,
        Person(name=f"Personne de {organisation.name}", user_id=user.id if user else None, created_at=NOW),
    )
    add(
        session,
        Mandate(
            person_id=person.id, organisation_id=organisation.id, starts_on=date(2020, 1, 1), created_at=NOW
        ),
    )
    if presence:
        add(
            session,
            Attendance(
                meeting_id=table.meeting.id, organisation_id=organisation.id, person_id=person.id,
                presence=presence, represented_by_id=represented_by.id if represented_by else None,
                created_at=NOW,
            ),
        )  # fmt: skip
    table.organisations.append(organisation)
    table.people[organisation.id] = person
    return organisation


def decide(
    session: Session, table: Table, method: Method = Method.VOTE, text: str = "Écrire aux communes."
) -> Decision:
    """Take a decision at the table's meeting."""
    facts = DecisionFacts(text, method)
    return decisions.take(session, table.meeting, table.item, facts, actor="essai", now=NOW)


def say(
    session: Session, decision: Decision, organisation: Organisation, stance: Stance, reason: str = ""
) -> None:
    """Note where one organisation stands."""
    said = {organisation.id: Said(stance, reason)}
    positions.note(session, decision, said, actor="essai", now=NOW)


def member(session: Session) -> User:
    """Make an account of an association."""
    return factories.user(session, Role.MEMBER)
