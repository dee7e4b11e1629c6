"""A table that meets: a space with its organisations, who speaks for them, and a meeting of that day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.spaces.models.meetings import AgendaItem, Meeting, Purpose
from hub.spaces.models.seats import Representation
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind
from tests import factories


@dataclass
class Table:
    """What a test has of a meeting."""

    space: Space
    meeting: Meeting
    items: list[AgendaItem]
    organisations: list[Organisation]
    people: list[Person]


def table(
    session: Session, *, now: datetime, seats: int = 3, points: int = 2, house: str = "Maison", **values: Any
) -> Table:
    """Make a meeting that begins now; each organisation has a person who speaks for it, but the last."""
    space = factories.add(
        session,
        Space(
            slug=f"groupe-{next(factories.numbers)}", name="Groupe Logement", kind=SpaceKind.WORKING_GROUP,
            created_at=now, themes=[factories.theme(session)],
        ),
    )  # fmt: skip
    organisations, people = [], []
    for number in range(seats):
        one = factories.organisation(session, f"{house} {number}")
        seat = factories.add(
            session,
            Membership(space_id=space.id, organisation_id=one.id, role=MembershipRole.MEMBER, created_at=now),
        )
        organisations.append(one)
        if number < seats - 1:
            people.append(speaker(session, seat, one, now))
    meeting = factories.add(
        session,
        Meeting(**{
            "space_id": space.id, "title": "Réunion de mars", "starts_at": now,
            "ends_at": now + timedelta(hours=2), "created_at": now, "updated_at": now, **values,
        }),
    )  # fmt: skip
    items = [
        factories.add(
            session,
            AgendaItem(
                meeting_id=meeting.id,
                position=number,
                title=f"Point {number + 1}",
                duration=20,
                purpose=Purpose.DISCUSS,
                created_at=now,
            ),
        )
        for number in range(points)
    ]
    return Table(space, meeting, items, organisations, people)


def speaker(session: Session, seat: Membership, house: Organisation, now: datetime) -> Person:
    """Let somebody speak for an organisation in its seat."""
    person = factories.add(session, Person(name=f"Voix de {house.name}", created_at=now))
    mandate = factories.add(
        session,
        Mandate(
            person_id=person.id,
            organisation_id=house.id,
            starts_on=now.date() - timedelta(days=365),
            created_at=now,
        ),
    )
    factories.add(session, Representation(membership_id=seat.id, mandate_id=mandate.id, created_at=now))
    return person
