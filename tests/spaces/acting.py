"""A table of a space for tests: organisations that sit there, and who speaks for them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.spaces.models.actions import Action
from hub.spaces.models.seats import Representation
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind
from hub.spaces.operations import actions, spaces
from hub.spaces.operations.actions import ActionFacts
from hub.spaces.operations.spaces import SpaceFacts
from tests import factories

NOW = factories.NOW
LONG_AGO = date(2020, 1, 1)


@dataclass
class Seat:
    """An organisation at the table, and who speaks for it."""

    space: Space
    organisation: Organisation
    membership: Membership
    person: Person
    mandate: Mandate


def space(session: Session, name: str = "Groupe Logement", **values: Any) -> Space:
    facts = SpaceFacts(name=name, kind=SpaceKind.WORKING_GROUP, **values)
    return spaces.create(session, facts, actor=None, now=NOW)


def person(session: Session, name: str | None = None, **values: Any) -> Person:
    number = next(factories.numbers)
    known = {"name": name or f"Mandataire {number}", "email": f"mandat{number}@example.org"}
    return factories.add(session, Person(**{**known, "created_at": NOW, **values}))


def mandate(session: Session, organisation: Organisation, someone: Person, **values: Any) -> Mandate:
    known = {"starts_on": LONG_AGO, "created_at": NOW, "scope": "", "is_limited": False}
    return factories.add(
        session, Mandate(organisation_id=organisation.id, person_id=someone.id, **{**known, **values})
    )


def seat(
    session: Session,
    where: Space,
    *,
    organisation: Organisation | None = None,
    someone: Person | None = None,
    shown: bool = False,
    **values: Any,
) -> Seat:
    """Give an organisation a seat, and somebody a mandate for it; `shown`: exercised in that very seat."""
    own = organisation or factories.organisation(session)
    row = spaces.add_member(
        session, where, own, MembershipRole.MEMBER, starts_on=LONG_AGO, actor=None, now=NOW
    )
    speaker = someone or person(session)
    given = mandate(session, own, speaker, **values)
    if shown:
        factories.add(session, Representation(membership_id=row.id, mandate_id=given.id, created_at=NOW))
    return Seat(where, own, row, speaker, given)


def action(session: Session, at: Seat | None, where: Space | None = None, **values: Any) -> Action:
    """Give the seat's organisation something to do, due on 20 March 2026 unless told otherwise."""
    known: dict[str, Any] = {
        "title": "Écrire aux communes",
        "organisation_id": at.organisation.id if at else None,
        "due_on": date(2026, 3, 20),
    }
    meeting, decision = values.pop("meeting", None), values.pop("decision", None)
    found = at.space if at else where
    assert found is not None
    facts = ActionFacts(**{**known, **values})
    return actions.add(session, found, facts, meeting=meeting, decision=decision, actor=None, now=NOW)
