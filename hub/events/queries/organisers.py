"""Reading who organises days, and the logos that are known of them."""

from collections.abc import Collection

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory, TerritoryKind
from hub.core.files import StoredFile
from hub.events.models.days import EventOrganiser


def latest_logos(session: Session, organisations: Collection[int]) -> dict[int, StoredFile]:
    """Return the newest logo that a day showed of each of these organisations, by their numbers."""
    newest = (
        select(EventOrganiser.organisation_id, func.max(EventOrganiser.logo_id).label("logo_id"))
        .where(EventOrganiser.logo_id.is_not(None), EventOrganiser.organisation_id.in_(organisations))
        .group_by(EventOrganiser.organisation_id)
        .subquery()
    )
    rows = session.execute(
        select(newest.c.organisation_id, StoredFile).join(StoredFile, StoredFile.id == newest.c.logo_id)
    )
    return {number: logo for number, logo in rows}  # noqa: C416 - dict() wants pairs that are typed


def territories() -> Select[int, str, TerritoryKind]:
    """Select (id, name, kind) of the places that an organiser may answer for: the larger ones first."""
    larger = case((Territory.kind == TerritoryKind.COMMUNE, 1), else_=0)
    return select(Territory.id, Territory.name, Territory.kind).order_by(larger, Territory.name)
