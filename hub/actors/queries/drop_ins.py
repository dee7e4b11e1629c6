"""Reading drop-ins: who is there for whom, where and when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.record import DropIn, DropInSlot, Unit
from hub.actors.models.reference import Territory, Theme
from hub.actors.queries.record import DROP_IN_PARTS
from hub.core.search import fold

Venue = aliased(Organisation, name="venue")
Host = aliased(Organisation, name="host")
# Where it is held: where it says itself, else where its unit is, else where whoever gives room is.
COMMUNE = func.coalesce(DropIn.commune_id, Unit.commune_id, Venue.commune_id)
NEIGHBOURHOOD = case((DropIn.commune_id.is_not(None), DropIn.neighbourhood_id), else_=Unit.neighbourhood_id)


@dataclass(frozen=True)
class Filters:
    """What a list of drop-ins is narrowed to; empty values narrow nothing."""

    words: str = ""
    place: str = ""  # the code of a commune or a quarter
    theme: str = ""
    language: str = ""
    weekday: int | None = None


SORTS = ("place", "subject", "organisation")


def listed(filters: Filters, today: date, *, sort: str = "place", descending: bool = False) -> Select[DropIn]:
    """Select the drop-ins that are held or announced, by place and subject."""
    place = aliased(Territory, name="place")
    quarter = aliased(Territory, name="quarter")
    first: Any = {"place": place.name, "subject": DropIn.subject, "organisation": Host.search_text}[
        sort if sort in SORTS else "place"
    ]
    order = first.desc().nulls_last() if descending else first.asc().nulls_last()
    return (
        _open(today)
        .outerjoin(place, place.id == COMMUNE)
        .outerjoin(quarter, quarter.id == NEIGHBOURHOOD)
        .where(*_conditions(filters, place, quarter))
        .options(*DROP_IN_PARTS)
        .order_by(order, place.name, quarter.name, DropIn.subject, DropIn.id)
    )


def _open(today: date) -> Select[DropIn]:
    return (
        select(DropIn)
        .join(Host, Host.id == DropIn.organisation_id)
        .outerjoin(Unit, Unit.id == DropIn.unit_id)
        .outerjoin(Venue, Venue.id == DropIn.venue_id)
        .where(
            DropIn.withdrawn_at.is_(None),
            or_(DropIn.ends_on.is_(None), DropIn.ends_on >= today),
            Host.state != OrganisationState.CLOSED,
            Host.merged_into_id.is_(None),
        )
    )


def _conditions(filters: Filters, place: Any, quarter: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        or_(
            DropIn.search_text.contains(word, autoescape=True),
            Host.search_text.contains(word, autoescape=True),
            Unit.search_text.contains(word, autoescape=True),
        )
        for word in fold(filters.words).split()
    ]
    if filters.place:
        found.append(or_(place.code == filters.place, quarter.code == filters.place))
    if filters.theme:
        found.append(DropIn.theme.has(Theme.code == filters.theme))
    if filters.language:
        found.append(cast(DropIn.languages, String).contains(f'"{filters.language}"', autoescape=True))
    if filters.weekday is not None:
        found.append(DropIn.slots.any(DropInSlot.weekday == filters.weekday))
    return found


def places(today: date) -> Any:
    """Select the communes and quarters where something is held: (commune, quarter or None), by name."""
    place = aliased(Territory, name="place")
    quarter = aliased(Territory, name="quarter")
    return (
        _open(today)
        .join(place, place.id == COMMUNE)
        .outerjoin(quarter, quarter.id == NEIGHBOURHOOD)
        .with_only_columns(place.code, place.name, quarter.code, quarter.name)
        .distinct()
        .order_by(place.name, quarter.name)
    )


def themes(today: date) -> Select[Theme]:
    """Select the themes that some drop-in is about, in their order."""
    used = _open(today).with_only_columns(DropIn.theme_id)
    return select(Theme).where(Theme.id.in_(used)).order_by(Theme.position, Theme.id)


def languages(today: date) -> Select[list[str]]:
    """Select the lists of languages that are spoken at some drop-in."""
    return _open(today).with_only_columns(DropIn.languages)


def held_in(territory: Territory, today: date) -> Select[DropIn]:
    """Select what is held in a commune or a quarter."""
    return listed(Filters(place=territory.code), today, sort="subject")
