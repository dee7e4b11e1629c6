"""Reading spaces and their members."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, Theme
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.spaces import Facilitation, Membership, Space, SpaceKind, SpaceState
from hub.spaces.queries.seats import sits_on

DAY: Any = bindparam("day", type_=Date())  # of statements that are made once


@dataclass(frozen=True)
class Counts:
    """How many spaces were active on a day, how many of them others run, and who sat in them."""

    day: date
    spaces: int
    external: int
    organisations: int


def active_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a space was active on that day (Brussels' date; both ends count).

    One that sleeps is not, from the day on which it fell asleep; one that closed on an unknown day never was.
    """
    return and_(
        or_(Space.starts_on.is_(None), Space.starts_on <= day),
        or_(Space.ends_on.is_(None), Space.ends_on >= day),
        or_(Space.state != SpaceState.DORMANT, Space.state_since > day),
        or_(Space.state != SpaceState.CLOSED, Space.ends_on.is_not(None)),
    )


def counts_on(session: Session, day: date) -> Counts:
    """Count what was active on that day; records that were made one count once."""
    asked = {"day": day}
    by_kind = dict(session.execute(_kinds(), asked).all())
    sitting = session.scalar(_sitting(), asked) or 0
    return Counts(day, sum(by_kind.values()), by_kind.get(SpaceKind.EXTERNAL, 0), sitting)


@cache
def _kinds() -> Select[SpaceKind, int]:
    return select(Space.kind, func.count()).where(active_on(DAY)).group_by(Space.kind)


@cache
def _sitting() -> Select[int]:
    return (
        select(func.count(func.distinct(actor())))
        .select_from(Membership)
        .join(Membership.space)
        .join(Membership.organisation)
        .where(active_on(DAY), sits_on(DAY))
    )


def actor() -> ColumnElement[int]:
    """Return who a record is now: what it was merged into, else itself."""
    return func.coalesce(Organisation.merged_into_id, Organisation.id)


def next_meeting(now: datetime) -> ColumnElement[datetime]:
    """Return when a space meets next, for a query of spaces."""
    found: Any = (
        select(func.min(Meeting.starts_at))
        .where(Meeting.space_id == Space.id, _is_to_come(now))
        .correlate(Space)
        .scalar_subquery()
    )
    return found  # type: ignore[no-any-return]


def _is_to_come(now: datetime) -> ColumnElement[bool]:
    return and_(Meeting.ends_at > now, Meeting.state.in_((MeetingState.PLANNED, MeetingState.CONVENED)))


def _members(day: date) -> ColumnElement[int]:
    found: Any = (
        select(func.count(func.distinct(actor())))
        .select_from(Membership)
        .join(Membership.organisation)
        .where(Membership.space_id == Space.id, sits_on(day))
        .correlate(Space)
        .scalar_subquery()
    )
    return found  # type: ignore[no-any-return]


def spaces(
    *,
    now: datetime,
    today: date,
    text: str = "",
    kind: SpaceKind | None = None,
    state: SpaceState | None = None,
    theme: str = "",
    territory: str = "",
    active: date | None = None,
    sort: str = "name",
    descending: bool = False,
) -> Select[Space]:
    """Select the spaces that match, with their themes; `active` keeps those active on that day."""
    found = select(Space).options(selectinload(Space.themes), joinedload(Space.territory))
    if text:
        words = text.lower()
        found = found.where(
            or_(
                func.lower(Space.name).contains(words, autoescape=True),
                func.lower(Space.purpose).contains(words, autoescape=True),
            )
        )
    if kind:
        found = found.where(Space.kind == kind)
    if state:
        found = found.where(Space.state == state)
    if theme:
        found = found.where(Space.themes.any(Theme.code == theme))
    if territory:
        found = found.where(Space.territory.has(Territory.code == territory))
    if active:
        found = found.where(active_on(active))
    return _ordered(found, sort, descending, now, today)


def _ordered(found: Select[Space], sort: str, descending: bool, now: datetime, today: date) -> Select[Space]:
    """Order by a column; spaces without a value come last either way."""
    if sort == "territory":
        found = found.outerjoin(Space.territory)
    if sort == "next":
        column: Any = next_meeting(now)
    elif sort == "members":
        column = _members(today)
    else:
        columns: dict[str, Any] = {
            "kind": Space.kind, "state": Space.state, "since": Space.starts_on, "territory": Territory.name,
        }  # fmt: skip
        column = columns.get(sort, func.lower(Space.name))
    order = column.desc() if descending else column.asc()
    return found.order_by(order.nulls_last(), func.lower(Space.name), Space.id)


def member_counts(space_ids: Collection[int], day: date) -> Select[int, int]:
    """Select (space, number of organisations that sit in it on that day)."""
    return (
        select(Membership.space_id, func.count(func.distinct(actor())))
        .join(Membership.organisation)
        .where(Membership.space_id.in_(space_ids), sits_on(day))
        .group_by(Membership.space_id)
    )


def next_meetings(space_ids: Collection[int], now: datetime) -> Select[int, datetime]:
    """Select (space, when it meets next)."""
    return (
        select(Meeting.space_id, func.min(Meeting.starts_at))
        .where(Meeting.space_id.in_(space_ids), _is_to_come(now))
        .group_by(Meeting.space_id)
    )


def territories() -> Select[Territory]:
    """Select the territories for which there are spaces."""
    return (
        select(Territory)
        .where(Territory.id.in_(select(Space.territory_id)))
        .order_by(Territory.name, Territory.id)
    )


def announced() -> Select[Space]:
    """Select the spaces whose meetings are announced to whoever asks: their name and purpose are public."""
    return (
        select(Space)
        .where(Space.is_announced, Space.state != SpaceState.CLOSED)
        .options(selectinload(Space.themes), joinedload(Space.territory))
        .order_by(func.lower(Space.name), Space.id)
    )


def open_to_requests() -> Select[Space]:
    """Select the spaces in which a seat may be asked for."""
    return select(Space).where(Space.state != SpaceState.CLOSED).order_by(func.lower(Space.name), Space.id)


def seats_of(organisation_id: int) -> Select[Membership]:
    """Select the seats of an organisation, present ones first."""
    return (
        select(Membership)
        .where(Membership.organisation_id == organisation_id)
        .options(joinedload(Membership.space))
        .order_by(Membership.ends_on.is_not(None), Membership.id)
    )


def facilitations(space: Space) -> Select[Facilitation]:
    """Select who facilitates the space, now or before."""
    return (
        select(Facilitation)
        .where(Facilitation.space_id == space.id)
        .options(joinedload(Facilitation.user))
        .order_by(Facilitation.ends_on.is_not(None), Facilitation.id)
    )
