"""Rows for tests, made with the least that each needs."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import Role, User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Family, Level, OrganisationKind, Territory, TerritoryKind, Theme
from hub.core.search import fold, slug

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
numbers = count(1)


def add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def user(session: Session, role: Role = Role.MEMBER, **values: Any) -> User:
    number = next(numbers)
    return add(
        session,
        User(
            **{
                "email": f"personne{number}@example.org",
                "name": f"Personne {number}",
                "role": role,
                "created_at": NOW,
                **values,
            }
        ),
    )


def coordinator(session: Session, **values: Any) -> User:
    return user(session, Role.COORDINATOR, **values)


def _once(session: Session, model: Any, code: str, **values: Any) -> Any:
    found = session.scalar(select(model).where(model.code == code))
    return found or add(session, model(code=code, **values))


def kind(
    session: Session, code: str = "association", family: Family = Family.ASSOCIATION
) -> OrganisationKind:
    return _once(session, OrganisationKind, code, label=code.capitalize(), family=family)


def theme(session: Session, code: str = "housing", label: str = "Logement") -> Theme:
    return _once(session, Theme, code, label=label)


def level(session: Session, code: str = "commune", label: str = "Commune / CPAS") -> Level:
    return _once(session, Level, code, label=label)


def commune(session: Session, code: str = "92094", name: str = "Namur") -> Territory:
    return _once(session, Territory, code, name=name, kind=TerritoryKind.COMMUNE)


def organisation(session: Session, name: str | None = None, **values: Any) -> Organisation:
    name = name or f"Association {next(numbers)}"
    return add(
        session,
        Organisation(
            **{
                "name": name,
                "slug": slug(name),
                "kind_id": kind(session).id,
                "created_at": NOW,
                "updated_at": NOW,
                "search_text": fold(name),
                **values,
            }
        ),
    )
