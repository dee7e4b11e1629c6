"""Reading what hangs on an organisation, a project or a place."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.actors.models.projects import Project, ProjectPart
from hub.actors.models.record import DropIn, Figure, Mission, TeamRole, TerritoryLabel, Unit
from hub.actors.models.reference import Territory


@dataclass(frozen=True)
class Standing:
    """Rows of one kind: those that hold today or will, those that have ended, those that were wrong."""

    current: list[Any] = field(default_factory=list)
    past: list[Any] = field(default_factory=list)
    withdrawn: list[Any] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many stand, present and past."""
        return len(self.current) + len(self.past)


def sort_out(rows: Sequence[Any], today: date) -> Standing:
    """Sort rows by how they stand on that day; what has no end (a figure) is current."""
    found = Standing()
    for row in rows:
        ends_on = getattr(row, "ends_on", None)
        if row.withdrawn_at is not None:
            found.withdrawn.append(row)
        elif ends_on is not None and ends_on < today:
            found.past.append(row)
        else:
            found.current.append(row)
    return found


@dataclass(frozen=True)
class Record:
    """All that hangs on an organisation."""

    units: Standing
    drop_ins: Standing
    missions: Standing
    team: Standing
    figures: Standing
    projects: Standing  # its parts in projects
    hosted: list[DropIn]  # other organisations' drop-ins that it gives room to


PLACES = (joinedload(Unit.commune), joinedload(Unit.neighbourhood))
DROP_IN_PARTS = (
    joinedload(DropIn.organisation).joinedload(Organisation.kind),
    joinedload(DropIn.unit).joinedload(Unit.commune),
    joinedload(DropIn.unit).joinedload(Unit.neighbourhood),
    joinedload(DropIn.venue).joinedload(Organisation.commune),
    joinedload(DropIn.commune),
    joinedload(DropIn.neighbourhood),
    joinedload(DropIn.theme),
    selectinload(DropIn.slots),
)


def of_organisation(session: Session, organisation: Organisation, today: date) -> Record:
    """Return what hangs on an organisation, as it stands on that day."""

    def rows(statement: Select[Any]) -> Standing:
        return sort_out(session.scalars(statement).unique().all(), today)

    own = organisation.id
    parts = (
        select(ProjectPart)
        .join(ProjectPart.project)
        .where(ProjectPart.organisation_id == own, Project.withdrawn_at.is_(None))
        .options(joinedload(ProjectPart.project))
        .order_by(ProjectPart.starts_on.desc().nulls_last(), Project.search_text)
    )
    return Record(
        units=rows(
            select(Unit).where(Unit.organisation_id == own).options(*PLACES).order_by(Unit.name, Unit.id)
        ),
        drop_ins=rows(
            select(DropIn)
            .where(DropIn.organisation_id == own)
            .options(*DROP_IN_PARTS)
            .order_by(DropIn.subject, DropIn.id)
        ),
        missions=rows(select(Mission).where(Mission.organisation_id == own).order_by(Mission.label)),
        team=rows(select(TeamRole).where(TeamRole.organisation_id == own).order_by(TeamRole.role)),
        figures=rows(figures(organisation)),
        projects=rows(parts),
        hosted=list(
            session.scalars(
                select(DropIn)
                .where(DropIn.venue_id == own, DropIn.withdrawn_at.is_(None), DropIn.holding_on(today))
                .options(*DROP_IN_PARTS)
                .order_by(DropIn.subject)
            ).unique()
        ),
    )


def figures(owner: Organisation | Project | Territory) -> Select[Figure]:
    """Select an owner's figures, the latest first."""
    column = {
        Organisation: Figure.organisation_id, Project: Figure.project_id, Territory: Figure.territory_id
    }[type(owner)]  # fmt: skip
    return select(Figure).where(column == owner.id).order_by(Figure.as_of.desc(), Figure.label)


def labels(territory: Territory) -> Select[TerritoryLabel]:
    """Select the labels of a place, the latest first."""
    return (
        select(TerritoryLabel)
        .where(TerritoryLabel.territory_id == territory.id)
        .order_by(TerritoryLabel.granted_on.desc().nulls_last(), TerritoryLabel.label)
    )
