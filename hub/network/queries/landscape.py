"""Reading who does what, for whom and where: a constant number of queries, however large the network."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, Table, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.actors.models.organisations import (
    Organisation,
    OrganisationState,
    organisation_audience,
    organisation_territory,
    organisation_theme,
)
from hub.actors.models.record import DropIn, Unit
from hub.actors.models.reference import Audience, OrganisationKind, Territory, Theme
from hub.network.values.geography import Geography, Place
from hub.network.values.landscape import Doer, Landscape, Offer, Presence, Spot

AT_WORK = (OrganisationState.ACTIVE, OrganisationState.UNKNOWN)
"""The states of whoever is counted: those that sleep or have closed are nowhere."""


def places() -> Select[*tuple[Any, ...]]:
    """Select all territories, by name."""
    return select(
        Territory.id,
        Territory.code,
        Territory.name,
        Territory.kind,
        Territory.parent_id,
        Territory.latitude,
        Territory.longitude,
    ).order_by(Territory.name, Territory.id)


def doers() -> Select[*tuple[Any, ...]]:
    """Select the organisations at work, merged ones left out, by name."""
    return (
        select(
            Organisation.id,
            Organisation.slug,
            Organisation.name,
            Organisation.acronym,
            Organisation.search_text,
            Organisation.state,
            Organisation.commune_id,
            Organisation.languages,
            Organisation.email,
            Organisation.public_fields,
            OrganisationKind.code.label("kind_code"),
            OrganisationKind.label.label("kind"),
            OrganisationKind.family,
        )
        .join(Organisation.kind)
        .where(Organisation.state.in_(AT_WORK), Organisation.merged_into_id.is_(None))
        .order_by(Organisation.search_text, Organisation.id)
    )


def units(day: date) -> Select[*tuple[Any, ...]]:
    """Select the units that stand on the day and have a place."""
    return (
        select(Unit.organisation_id, Unit.name, Unit.commune_id)
        .where(Unit.withdrawn_at.is_(None), Unit.commune_id.is_not(None), Unit.holding_on(day))
        .order_by(Unit.id)
    )


def drop_ins(day: date) -> Select[*tuple[Any, ...]]:
    """Select the drop-ins held on the day, what they are about, and where their unit is."""
    return (
        select(
            DropIn.organisation_id,
            DropIn.subject,
            DropIn.languages,
            DropIn.commune_id,
            Unit.commune_id.label("unit_commune_id"),
            Theme.code.label("theme"),
        )
        .outerjoin(DropIn.unit)
        .outerjoin(DropIn.theme)
        .where(DropIn.withdrawn_at.is_(None), DropIn.holding_on(day))
        .order_by(DropIn.id)
    )


def themes() -> Select[*tuple[Any, ...]]:
    """Select all themes in their order."""
    return select(Theme.code, Theme.label, Theme.kind).order_by(Theme.position, Theme.id)


def audiences() -> Select[*tuple[Any, ...]]:
    """Select all publics in their order."""
    return select(Audience.code, Audience.label).order_by(Audience.position, Audience.id)


def read(session: Session, day: date, *, everything: bool) -> Landscape:
    """Read who does what where on that day, in nine queries.

    Unless `everything` may be read, publics, languages and addresses are those that the organisations agreed
    to show (`hub.actors.values.consent`).
    """
    theme_rows = session.execute(themes()).all()
    audience_rows = session.execute(audiences()).all()
    geography = geography_of(session)
    done = _Told(session, day)
    return Landscape(
        doers={
            row.id: _doer(row, done, geography, everything=everything) for row in session.execute(doers())
        },
        geography=geography,
        themes={row.code: row.label for row in theme_rows},
        theme_kinds={row.code: row.kind.value for row in theme_rows},
        audiences={row.code: row.label for row in audience_rows},
    )


def geography_of(session: Session) -> Geography:
    """Read all places, in one query."""
    return Geography(
        {
            row.id: Place(
                id=row.id,
                code=row.code,
                name=row.name,
                kind=row.kind,
                parent=row.parent_id,
                point=None
                if row.latitude is None or row.longitude is None
                else (row.latitude, row.longitude),
            )
            for row in session.execute(places())
        }
    )


class _Told:
    """What hangs on the organisations, by their ids."""

    def __init__(self, session: Session, day: date) -> None:
        self.themes = _grouped(session, organisation_theme, Theme.code, Theme.id)
        self.audiences = _grouped(session, organisation_audience, Audience.code, Audience.id)
        self.territories = _grouped(session, organisation_territory, Territory.id, Territory.id)
        self.units: dict[int, list[Row[Any]]] = defaultdict(list)
        self.drop_ins: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in session.execute(units(day)):
            self.units[row.organisation_id].append(row)
        for row in session.execute(drop_ins(day)):
            self.drop_ins[row.organisation_id].append(row)


def _grouped(
    session: Session, table: Table, told: InstrumentedAttribute[Any], key: InstrumentedAttribute[int]
) -> dict[int, list[Any]]:
    """Return organisation → what a table of pairs tells of it."""
    linked = next(column for column in table.columns if column.name != "organisation_id")
    found: dict[int, list[Any]] = defaultdict(list)
    rows = select(table.c.organisation_id, told).join_from(table, key.class_, key == linked).order_by(key)
    for organisation, value in session.execute(rows):
        found[organisation].append(value)
    return found


def _doer(row: Row[Any], told: _Told, geography: Geography, *, everything: bool) -> Doer:
    def may_read(field: str) -> bool:
        return everything or field in row.public_fields

    publics = frozenset(told.audiences.get(row.id, ())) if may_read("audiences") else frozenset[str]()
    languages = frozenset(row.languages) if may_read("languages") else frozenset[str]()
    spots = [Spot(row.commune_id, Presence.SEAT)] if row.commune_id else []
    spots += [Spot(unit.commune_id, Presence.UNIT, unit.name) for unit in told.units.get(row.id, ())]
    own = Offer(
        themes=frozenset(told.themes.get(row.id, ())),
        audiences=publics,
        languages=languages,
        spots=tuple(Spot(geography.commune_of(spot.place), spot.presence, spot.name) for spot in spots),
        serves=tuple(told.territories.get(row.id, ())),
    )
    held = tuple(_held(drop_in, own, geography) for drop_in in told.drop_ins.get(row.id, ()))
    return Doer(
        id=row.id,
        slug=row.slug,
        name=row.name,
        label=row.acronym or row.name,
        kind=row.kind,
        kind_code=row.kind_code,
        family=row.family,
        state=row.state,
        seat=row.commune_id,
        search_text=row.search_text,
        offers=(own, *held),
        email=row.email if may_read("email") else "",
    )


def _held(row: Row[Any], own: Offer, geography: Geography) -> Offer:
    """Return what a drop-in offers: what isn't told of it is as its organisation tells of itself."""
    place = row.commune_id or row.unit_commune_id
    return Offer(
        themes=frozenset({row.theme}) if row.theme else own.themes,
        audiences=own.audiences,
        languages=frozenset(row.languages) or own.languages,
        spots=(Spot(geography.commune_of(place), Presence.DROP_IN, row.subject),) if place else (),
    )
