"""Reading organisations: lists by filters, one with all its ties, those that resemble another."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import (
    Organisation,
    OrganisationState,
    organisation_territory,
    organisation_theme,
)
from hub.actors.models.projects import Project, ProjectPart
from hub.actors.models.record import Unit
from hub.actors.models.reference import Family, OrganisationKind, Territory, Theme
from hub.actors.values.names import key
from hub.core.search import fold

SORTS: dict[str, Any] = {
    "name": Organisation.search_text,
    "commune": Territory.name,
    "state": Organisation.state,
    "checked": Organisation.checked_on,
}


@dataclass(frozen=True)
class Filters:
    """What a list of organisations is narrowed to; empty values narrow nothing."""

    words: str = ""
    family: Family | None = None
    kind: str = ""
    theme: str = ""
    commune: str = ""
    territory: str = ""
    state: OrganisationState | None = None


def listed(filters: Filters, *, sort: str = "name", descending: bool = False) -> Select[Organisation]:
    """Select the organisations that pass the filters, with what a list shows of them."""
    column = SORTS.get(sort, SORTS["name"])
    order = column.desc().nulls_last() if descending else column.asc().nulls_last()
    if sort == "checked" and not descending:
        order = column.asc().nulls_first()  # what was never looked over is the most out of date
    return (
        select(Organisation)
        .join(Organisation.kind)
        .outerjoin(Organisation.commune)
        .where(*_conditions(filters))
        .options(
            joinedload(Organisation.kind), joinedload(Organisation.commune), selectinload(Organisation.themes)
        )
        .order_by(order, Organisation.search_text, Organisation.id)
    )


def exported(filters: Filters) -> Select[Organisation]:
    """Select the organisations that pass the filters, with all that an export tells."""
    return listed(filters).options(
        selectinload(Organisation.audiences),
        selectinload(Organisation.territories),
        selectinload(Organisation.fundings),
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Organisation.merged_into_id.is_(None)]
    found += [
        or_(Organisation.search_text.contains(word, autoescape=True), Organisation.id.in_(_holding(word)))
        for word in fold(filters.words).split()
    ]
    if filters.family:
        found.append(OrganisationKind.family == filters.family)
    if filters.kind:
        found.append(OrganisationKind.code == filters.kind)
    if filters.theme:
        found.append(Organisation.themes.any(Theme.code == filters.theme))
    if filters.commune:
        found.append(Territory.code == filters.commune)
    if filters.territory:
        found.append(_touches(filters.territory))
    if filters.state:
        found.append(Organisation.state == filters.state)
    return found


def _holding(word: str) -> CompoundSelect[int]:
    """Select the ids of those who have a unit, or a part in a project, that the word names."""
    units = select(Unit.organisation_id).where(
        Unit.withdrawn_at.is_(None), Unit.search_text.contains(word, autoescape=True)
    )
    parts = (
        select(ProjectPart.organisation_id)
        .join(ProjectPart.project)
        .where(
            ProjectPart.withdrawn_at.is_(None),
            Project.withdrawn_at.is_(None),
            Project.search_text.contains(word, autoescape=True),
        )
    )
    return units.union(parts)


def _touches(code: str) -> ColumnElement[bool]:
    """Hold for those seated in the territory or in what lies directly in it, or who serve it."""
    place = select(Territory.id).where(Territory.code == code).scalar_subquery()
    return or_(
        Organisation.commune_id == place,
        Territory.parent_id == place,
        Organisation.territories.any(Territory.code == code),
    )


def complete(slug: str) -> Select[Organisation]:
    """Select one organisation with all that its card shows."""
    return (
        select(Organisation)
        .where(Organisation.slug == slug)
        .options(
            joinedload(Organisation.kind),
            joinedload(Organisation.commune).joinedload(Territory.parent),
            joinedload(Organisation.checked_by),
            selectinload(Organisation.themes),
            selectinload(Organisation.territories),
            selectinload(Organisation.audiences),
            selectinload(Organisation.fundings),
        )
    )


def alike(name: str, acronym: str = "", enterprise_number: str | None = None) -> Select[Organisation]:
    """Select those with the same folded name, acronym (either way round) or enterprise number."""
    words = {word for word in (fold(name), key(name), fold(acronym)) if word}
    number = Organisation.enterprise_number == enterprise_number if enterprise_number else None
    # `search_text` holds one folded name a line: the current one, the acronym, the former ones.
    lines = [
        condition
        for word in sorted(words)
        for condition in (
            Organisation.search_text == word,
            Organisation.search_text.startswith(f"{word}\n", autoescape=True),
            Organisation.search_text.endswith(f"\n{word}", autoescape=True),
            Organisation.search_text.contains(f"\n{word}\n", autoescape=True),
        )
    ]
    conditions = [*lines, *([number] if number is not None else [])]
    return (
        select(Organisation)
        .where(or_(*conditions), Organisation.merged_into_id.is_(None))
        .options(joinedload(Organisation.kind), joinedload(Organisation.commune))
        .order_by(Organisation.search_text)
    )


def kinds_in_use() -> Select[OrganisationKind]:
    """Select the kinds that some organisation has, in their order."""
    used = select(Organisation.kind_id)
    return (
        select(OrganisationKind)
        .where(OrganisationKind.id.in_(used))
        .order_by(OrganisationKind.position, OrganisationKind.id)
    )


def themes_in_use() -> Select[Theme]:
    """Select the themes that some organisation has, in their order."""
    used = select(organisation_theme.c.theme_id)
    return select(Theme).where(Theme.id.in_(used)).order_by(Theme.position, Theme.id)


def communes_in_use() -> Select[Territory]:
    """Select the places where some organisation is seated, by name."""
    used = select(Organisation.commune_id)
    return select(Territory).where(Territory.id.in_(used)).order_by(Territory.name)


def territories_in_use() -> Select[Territory]:
    """Select the territories that are served, and those around the seats, by name."""
    seat = Territory.__table__.alias("seat")
    around = (
        select(seat.c.parent_id)
        .join(Organisation, Organisation.commune_id == seat.c.id)
        .where(seat.c.parent_id.is_not(None))
    )
    served = select(organisation_territory.c.territory_id)
    return (
        select(Territory)
        .where(or_(Territory.id.in_(around), Territory.id.in_(served)))
        .order_by(Territory.name)
    )


def number_in_register() -> Select[int]:
    """Count all organisations."""
    return select(func.count()).select_from(Organisation).where(Organisation.merged_into_id.is_(None))
