"""Reading projects and calls for projects."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.actors.models.projects import (
    Project,
    ProjectCall,
    ProjectPart,
    project_call_theme,
    project_territory,
    project_theme,
)
from hub.actors.models.reference import Territory, Theme
from hub.core.search import fold


class Stage(StrEnum):
    """Where a project or a call stands on a day; dates that nobody knows say nothing."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    UNKNOWN = "unknown"


def stage_of(first: date | None, last: date | None, today: date) -> Stage:
    """Return where something stands that lasts from the one day to the other."""
    if last is not None and last < today:
        return Stage.OVER
    if first is not None and first > today:
        return Stage.COMING
    if first is None and last is None:
        return Stage.UNKNOWN
    return Stage.RUNNING


def _at(stage: Stage, first: Any, last: Any, today: date) -> ColumnElement[bool]:
    over: ColumnElement[bool] = last < today
    coming: ColumnElement[bool] = first > today
    unknown = and_(first.is_(None), last.is_(None))
    if stage == Stage.OVER:
        return over
    if stage == Stage.COMING:
        return and_(or_(last.is_(None), last >= today), coming)
    if stage == Stage.UNKNOWN:
        return unknown
    return and_(
        or_(last.is_(None), last >= today), or_(first.is_(None), first <= today),
        or_(first.is_not(None), last.is_not(None)),
    )  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty values narrow nothing."""

    words: str = ""
    theme: str = ""
    territory: str = ""
    organisation: str = ""  # the slug of whoever has a part, or funds the call
    stage: Stage | None = None


SORTS: dict[str, Any] = {"name": Project.search_text, "start": Project.starts_on, "end": Project.ends_on}
CALL_SORTS: dict[str, Any] = {
    "name": ProjectCall.search_text, "launched": ProjectCall.launched_on, "closes": ProjectCall.closes_on
}  # fmt: skip
CARRIED = selectinload(Project.parts).joinedload(ProjectPart.organisation).joinedload(Organisation.kind)


def listed(filters: Filters, today: date, *, sort: str = "start", descending: bool = True) -> Select[Project]:
    """Select the projects that pass the filters, with who carries them; the latest first unless told."""
    column = SORTS.get(sort, SORTS["start"])
    found = [Project.search_text.contains(word, autoescape=True) for word in fold(filters.words).split()]
    if filters.theme:
        found.append(Project.themes.any(Theme.code == filters.theme))
    if filters.territory:
        found.append(Project.territories.any(Territory.code == filters.territory))
    if filters.organisation:
        found.append(
            Project.parts.any(
                and_(
                    ProjectPart.withdrawn_at.is_(None),
                    ProjectPart.organisation.has(Organisation.slug == filters.organisation),
                )
            )
        )
    if filters.stage:
        found.append(_at(filters.stage, Project.starts_on, Project.ends_on, today))
    return (
        select(Project)
        .where(Project.withdrawn_at.is_(None), *found)
        .options(CARRIED, selectinload(Project.themes), selectinload(Project.territories))
        .order_by(
            column.desc().nulls_last() if descending else column.asc().nulls_last(),
            Project.search_text,
            Project.id,
        )
    )


def complete(slug: str) -> Select[Project]:
    """Select one project with all that its card shows."""
    return (
        select(Project)
        .where(Project.slug == slug)
        .options(
            CARRIED,
            joinedload(Project.call).joinedload(ProjectCall.funder),
            selectinload(Project.themes),
            selectinload(Project.audiences),
            selectinload(Project.territories),
        )
    )


def calls(
    filters: Filters, today: date, *, sort: str = "launched", descending: bool = True
) -> Select[ProjectCall]:
    """Select the calls for projects that pass the filters; the latest first unless told."""
    column = CALL_SORTS.get(sort, CALL_SORTS["launched"])
    found = [ProjectCall.search_text.contains(word, autoescape=True) for word in fold(filters.words).split()]
    if filters.theme:
        found.append(ProjectCall.themes.any(Theme.code == filters.theme))
    if filters.organisation:
        found.append(ProjectCall.funder.has(Organisation.slug == filters.organisation))
    if filters.stage:
        found.append(_at(filters.stage, ProjectCall.launched_on, ProjectCall.closes_on, today))
    return (
        select(ProjectCall)
        .where(ProjectCall.withdrawn_at.is_(None), *found)
        .options(joinedload(ProjectCall.funder), selectinload(ProjectCall.themes))
        .order_by(
            column.desc().nulls_last() if descending else column.asc().nulls_last(),
            ProjectCall.search_text,
            ProjectCall.id,
        )
    )


def complete_call(slug: str) -> Select[ProjectCall]:
    """Select one call with all that its card shows."""
    return (
        select(ProjectCall)
        .where(ProjectCall.slug == slug)
        .options(
            joinedload(ProjectCall.funder),
            selectinload(ProjectCall.themes),
            selectinload(ProjectCall.audiences),
            selectinload(ProjectCall.projects),
        )
    )


def withdrawn(model: type[Project] | type[ProjectCall]) -> Select[Any]:
    """Select what was withdrawn, the latest first."""
    return select(model).where(model.withdrawn_at.is_not(None)).order_by(model.withdrawn_at.desc())


def themes_in_use(*, of_calls: bool = False) -> Select[Theme]:
    """Select the themes that some project (or call) has, in their order."""
    table = project_call_theme if of_calls else project_theme
    return select(Theme).where(Theme.id.in_(select(table.c.theme_id))).order_by(Theme.position, Theme.id)


def territories_in_use() -> Select[Territory]:
    """Select the places of some project, by name."""
    used = select(project_territory.c.territory_id)
    return select(Territory).where(Territory.id.in_(used)).order_by(Territory.name)


def organisations_in_use() -> Select[Organisation]:
    """Select those who have a part in some project, by name."""
    used = select(ProjectPart.organisation_id).where(ProjectPart.withdrawn_at.is_(None))
    return select(Organisation).where(Organisation.id.in_(used)).order_by(Organisation.search_text)


def funders_in_use() -> Select[Organisation]:
    """Select those who fund some call, by name."""
    used = select(ProjectCall.funder_id)
    return select(Organisation).where(Organisation.id.in_(used)).order_by(Organisation.search_text)


def in_territory(territory: Territory) -> Select[Project]:
    """Select the projects of a place, the latest first."""
    return (
        select(Project)
        .where(Project.withdrawn_at.is_(None), Project.territories.any(Territory.id == territory.id))
        .order_by(Project.starts_on.desc().nulls_last(), Project.search_text)
    )
