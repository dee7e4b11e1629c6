"""Who may see and change what, among the actors."""

from sqlalchemy import select
from sqlalchemy.orm import object_session

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.actors.models.projects import PartRole, Project
from hub.core import clock
from hub.core.access import coordinator, everyone

edit = coordinator
see = everyone
manage_mandates = coordinator


def represents(user: User | None, organisation: Organisation) -> bool:
    """Allow whoever holds a mandate of the organisation today; the right ends with it.

    A rule is only ever asked for a request, so it reads the clock itself.
    """
    session = object_session(organisation)
    if user is None or session is None:
        return False
    held = (
        select(Mandate.id)
        .join(Mandate.person)
        .where(
            Mandate.organisation_id == organisation.id,
            Person.user_id == user.id,
            Mandate.speaks_on(clock.today(clock.now())),
        )
    )
    return session.scalar(held.limit(1)) is not None


def read_all(user: User | None, organisation: Organisation) -> bool:
    """Allow coordinators and the organisation itself; others read what it agreed to show."""
    return coordinator(user) or represents(user, organisation)


def keep_record(user: User | None, organisation: Organisation) -> bool:
    """Allow coordinators, and the organisation itself to tell what hangs on its record."""
    return coordinator(user) or represents(user, organisation)


def keep_project(user: User | None, project: Project) -> bool:
    """Allow coordinators, and whoever speaks for an organisation that carries the project."""
    if coordinator(user):
        return True
    leads = (part for part in project.parts if part.role == PartRole.LEAD and part.withdrawn_at is None)
    return any(represents(user, part.organisation) for part in leads)


def see_representatives(user: User | None, organisation: Organisation) -> bool:
    """Allow coordinators, and those who speak for the organisation themselves."""
    return coordinator(user) or represents(user, organisation)
