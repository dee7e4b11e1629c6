"""Reading spaces and their members."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.reference import Theme
from hub.spaces.models.spaces import Facilitation, Membership, Space, SpaceKind, SpaceState

SORTS = {"name": Space.name, "kind": Space.kind, "state": Space.state, "since": Space.starts_on}


def spaces(
    *,
    text: str = "",
    kind: SpaceKind | None = None,
    state: SpaceState | None = None,
    theme: str = "",
    sort: str = "name",
    descending: bool = False,
) -> Select[Space]:
    """Select the spaces that match, with their themes."""
    found = select(Space).options(selectinload(Space.themes), joinedload(Space.territory))
    if text:
        found = found.where(func.lower(Space.name).contains(text.lower(), autoescape=True))
    if kind:
        found = found.where(Space.kind == kind)
    if state:
        found = found.where(Space.state == state)
    if theme:
        found = found.where(Space.themes.any(Theme.code == theme))
    column = SORTS.get(sort, Space.name)
    return found.order_by(column.desc() if descending else column, Space.id)


def member_counts() -> Select[int, int]:
    """Select (space, number of organisations that sit in it now)."""
    return (
        select(Membership.space_id, func.count())
        .where(Membership.ends_on.is_(None))
        .group_by(Membership.space_id)
    )


def memberships(space: Space) -> Select[Membership]:
    """Select a space's seats, present ones first, pilots before members."""
    return (
        select(Membership)
        .where(Membership.space_id == space.id)
        .options(joinedload(Membership.organisation))
        .order_by(Membership.ends_on.is_not(None), Membership.role.desc(), Membership.id)
    )


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
