"""Reading the register for the map: a constant number of queries, however large the network."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState, organisation_theme
from hub.actors.models.reference import OrganisationKind, Territory, Theme
from hub.actors.models.relations import Relation, RelationKind
from hub.network.values.register import Actor, Link, Register


def stands(day: date) -> ColumnElement[bool]:
    """Hold for relations that stand on the day: begun by then, not ended before it, not withdrawn.

    An unknown start or end is no reason to leave a relation out; both days known are included.
    """
    return and_(
        Relation.withdrawn_at.is_(None),
        or_(Relation.start_on.is_(None), Relation.start_on <= day),
        or_(Relation.end_on.is_(None), Relation.end_on >= day),
    )


def at_work(day: date) -> ColumnElement[bool]:
    """Hold for organisations that were there on the day: founded by that year, and not closed before it.

    A closed one whose last day nobody knows is left out.
    """
    closed = Organisation.state == OrganisationState.CLOSED
    return and_(
        or_(Organisation.founded.is_(None), Organisation.founded <= day.year),
        or_(~closed, and_(Organisation.state_since.is_not(None), Organisation.state_since >= day)),
    )


def actors(day: date) -> Select[*tuple[Any, ...]]:
    """Select what the map shows of every organisation, and whether it was at work on the day."""
    return (
        select(
            Organisation.id,
            Organisation.slug,
            Organisation.name,
            Organisation.acronym,
            Organisation.search_text,
            OrganisationKind.code.label("kind_code"),
            OrganisationKind.label.label("kind"),
            OrganisationKind.family,
            Territory.code.label("commune_code"),
            Territory.name.label("commune"),
            at_work(day).label("current"),
        )
        .join(Organisation.kind)
        .outerjoin(Organisation.commune)
        .order_by(Organisation.search_text, Organisation.id)
    )


def themes() -> Select[Any]:
    """Select the themes of all organisations, in their order."""
    return (
        select(organisation_theme.c.organisation_id, Theme.code, Theme.label)
        .join(Theme, Theme.id == organisation_theme.c.theme_id)
        .order_by(Theme.position, Theme.id)
    )


def links(day: date) -> Select[*tuple[Any, ...]]:
    """Select all relations that nobody withdrew, and whether they stood on the day."""
    return (
        select(
            Relation.source_id,
            Relation.target_id,
            RelationKind.code,
            RelationKind.label,
            RelationKind.reverse_label,
            Relation.start_on,
            Relation.start_precision,
            Relation.end_on,
            Relation.end_precision,
            stands(day).label("current"),
        )
        .join(Relation.kind)
        .where(Relation.withdrawn_at.is_(None))
        .order_by(RelationKind.position, Relation.start_on.nulls_last(), Relation.id)
    )


def relation_kinds_in_use() -> Select[RelationKind]:
    """Select the kinds that some standing relation has, in their order."""
    used = select(Relation.kind_id).where(Relation.withdrawn_at.is_(None))
    return (
        select(RelationKind).where(RelationKind.id.in_(used)).order_by(RelationKind.position, RelationKind.id)
    )


def read(session: Session, day: date) -> Register:
    """Read the whole register as it stood on the day, in three queries."""
    themes_of: dict[int, list[tuple[str, str]]] = {}
    for organisation, code, label in session.execute(themes()):
        themes_of.setdefault(organisation, []).append((code, label))
    found = {
        row.id: Actor(
            id=row.id,
            slug=row.slug,
            name=row.name,
            label=row.acronym or row.name,
            kind=row.kind,
            kind_code=row.kind_code,
            family=row.family,
            commune=row.commune or "",
            commune_code=row.commune_code or "",
            themes=tuple(themes_of.get(row.id, ())),
            search_text=row.search_text,
            current=row.current,
        )
        for row in session.execute(actors(day))
    }
    ties = tuple(
        Link(
            source=row.source_id,
            target=row.target_id,
            kind=row.code,
            label=row.label,
            reverse_label=row.reverse_label,
            start_on=row.start_on,
            start_precision=row.start_precision,
            end_on=row.end_on,
            end_precision=row.end_precision,
            current=row.current and found[row.source_id].current and found[row.target_id].current,
        )
        for row in session.execute(links(day))
    )
    return Register(found, ties)
