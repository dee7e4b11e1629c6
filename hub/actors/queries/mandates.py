"""Reading mandates: who speaks for whom."""

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation


def of_organisation(organisation: Organisation) -> Select[Mandate]:
    """Select an organisation's mandates with their people, the latest first."""
    return (
        select(Mandate)
        .where(Mandate.organisation_id == organisation.id)
        .options(joinedload(Mandate.person).joinedload(Person.user))
        .order_by(Mandate.starts_on.desc(), Mandate.id.desc())
    )


def of_user(user: User, today: date) -> Select[Mandate]:
    """Select the mandates that an account holds on that day, with their organisations."""
    return (
        select(Mandate)
        .join(Mandate.person)
        .join(Mandate.organisation)
        .where(Person.user_id == user.id, Mandate.gives_right_on(today))
        .options(joinedload(Mandate.organisation))
        .order_by(Organisation.name, Mandate.id)
    )


def organisations_of(user: User, today: date) -> Select[Organisation]:
    """Select the organisations that an account may speak for on that day, by name."""
    mandates = (
        select(Mandate.organisation_id)
        .join(Mandate.person)
        .where(Person.user_id == user.id, Mandate.speaks_on(today))
    )
    return select(Organisation).where(Organisation.id.in_(mandates)).order_by(Organisation.name)
