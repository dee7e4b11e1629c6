"""Reading territories as places: who is there, and which labels they have."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.organisations import Organisation, organisation_territory
from hub.actors.models.projects import project_territory
from hub.actors.models.record import DropIn, Figure, TerritoryLabel, Unit
from hub.actors.models.reference import Territory, TerritoryKind
from hub.core.search import fold


@dataclass(frozen=True)
class Filters:
    """What a list of places is narrowed to; empty values narrow nothing."""

    words: str = ""
    kind: TerritoryKind | None = None
    label: str = ""


def listed(session: Session, filters: Filters) -> Select[Territory]:
    """Select the places of which something is known, by name."""
    found: list[ColumnElement[bool]] = [_known()]
    if filters.words:
        # A few hundred names are folded here: neither database folds accents by itself.
        names = session.execute(select(Territory.id, Territory.name, Territory.postal_code)).all()
        wanted = fold(filters.words)
        ids = [
            row.id
            for row in names
            if wanted in fold(row.name)
            or (row.postal_code and row.postal_code.startswith(filters.words.strip()))
        ]
        found.append(Territory.id.in_(ids))
    if filters.kind:
        found.append(Territory.kind == filters.kind)
    if filters.label:
        found.append(Territory.id.in_(_labelled().where(TerritoryLabel.label == filters.label)))
    return (
        select(Territory)
        .where(*found)
        .options(joinedload(Territory.parent))
        .order_by(Territory.name, Territory.id)
    )


def _labelled() -> Select[int]:
    return select(TerritoryLabel.territory_id).where(TerritoryLabel.withdrawn_at.is_(None))


def _known() -> ColumnElement[bool]:
    """Hold for places where somebody sits, works or holds something, or with a label, figure or project."""
    return or_(
        Territory.id.in_(select(Organisation.commune_id)),
        Territory.id.in_(select(organisation_territory.c.territory_id)),
        Territory.id.in_(select(Unit.commune_id).where(Unit.withdrawn_at.is_(None))),
        Territory.id.in_(select(Unit.neighbourhood_id).where(Unit.withdrawn_at.is_(None))),
        Territory.id.in_(select(DropIn.commune_id).where(DropIn.withdrawn_at.is_(None))),
        Territory.id.in_(select(DropIn.neighbourhood_id).where(DropIn.withdrawn_at.is_(None))),
        Territory.id.in_(select(project_territory.c.territory_id)),
        Territory.id.in_(_labelled()),
        Territory.id.in_(select(Figure.territory_id).where(Figure.withdrawn_at.is_(None))),
    )


def seated(place: Territory) -> Select[Organisation]:
    """Select the organisations seated in a place, by name."""
    return (
        select(Organisation)
        .where(Organisation.commune_id == place.id, Organisation.merged_into_id.is_(None))
        .options(joinedload(Organisation.kind))
        .order_by(Organisation.search_text)
    )


def serving(place: Territory) -> Select[Organisation]:
    """Select the organisations that serve a place without being seated there, by name."""
    return (
        select(Organisation)
        .where(
            Organisation.territories.any(Territory.id == place.id),
            or_(Organisation.commune_id.is_(None), Organisation.commune_id != place.id),
            Organisation.merged_into_id.is_(None),
        )
        .options(joinedload(Organisation.kind))
        .order_by(Organisation.search_text)
    )


def units_in(place: Territory) -> Select[Unit]:
    """Select the units that stand in a place, by organisation."""
    return (
        select(Unit)
        .join(Unit.organisation)
        .where(
            or_(Unit.commune_id == place.id, Unit.neighbourhood_id == place.id), Unit.withdrawn_at.is_(None)
        )
        .options(joinedload(Unit.organisation), joinedload(Unit.neighbourhood))
        .order_by(Organisation.search_text, Unit.name)
    )


def inside(place: Territory) -> Select[Territory]:
    """Select the places that lie directly in a place and of which something is known."""
    return select(Territory).where(Territory.parent_id == place.id, _known()).order_by(Territory.name)


def labels_in_use() -> Select[str]:
    """Select the labels that some place has, by name."""
    return (
        select(TerritoryLabel.label)
        .where(TerritoryLabel.withdrawn_at.is_(None))
        .distinct()
        .order_by(TerritoryLabel.label)
    )


def labels_of(session: Session, places: list[Territory]) -> dict[int, list[TerritoryLabel]]:
    """Return place → its labels, of those places."""
    rows = session.scalars(
        select(TerritoryLabel)
        .where(
            TerritoryLabel.territory_id.in_([place.id for place in places]),
            TerritoryLabel.withdrawn_at.is_(None),
        )
        .order_by(TerritoryLabel.label)
    )
    found: dict[int, list[TerritoryLabel]] = {}
    for row in rows:
        found.setdefault(row.territory_id, []).append(row)
    return found


def seats(session: Session, places: list[Territory]) -> Counter[int]:
    """Return place → how many organisations are seated there, of those places."""
    rows = session.execute(
        select(Organisation.commune_id, func.count())
        .where(
            Organisation.commune_id.in_([place.id for place in places]), Organisation.merged_into_id.is_(None)
        )
        .group_by(Organisation.commune_id)
    )
    return Counter({place: number for place, number in rows if place is not None})
