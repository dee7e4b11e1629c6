"""What the forms of plans offer to choose from, in one statement for all lists of a form."""

from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, literal, select, union_all

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, TerritoryKind, Theme, ThemeKind
from hub.spaces.models.spaces import Space

LATER = 1_000_000  # themes come after rights, whatever their place


class Offer(StrEnum):
    """A list to choose from."""

    ORGANISATION = "organisation"
    SPACE = "space"
    TERRITORY = "territory"
    THEME = "theme"


@cache
def offered(*wanted: Offer) -> Select[str, int, str]:
    """Select (list, number, name) in the order in which each list is shown.

    Names in order; large territories first; rights before themes, for they are the plan's guiding thread.
    """
    every = union_all(*(_LISTS[one] for one in wanted)).subquery()
    return select(every.c.list, every.c.id, every.c.name).order_by(every.c.place, every.c.name, every.c.id)


def _list(offer: Offer, model: Any, name: Any, place: ColumnElement[int]) -> Select[Any]:
    return select(
        literal(offer.value, String).label("list"), model.id.label("id"), name.label("name"),
        place.label("place"),
    )  # fmt: skip


_SIZE = case(
    (Territory.kind == TerritoryKind.PROVINCE, 0),
    (Territory.kind == TerritoryKind.REGION, 1),
    (Territory.kind == TerritoryKind.COMMUNE, 2),
    else_=3,
)
_RIGHTS_FIRST = Theme.position + case((Theme.kind == ThemeKind.RIGHT, 0), else_=LATER)
_LISTS = {
    Offer.ORGANISATION: _list(Offer.ORGANISATION, Organisation, Organisation.name, literal(0)).where(
        Organisation.merged_into_id.is_(None)
    ),
    Offer.SPACE: _list(Offer.SPACE, Space, Space.name, literal(0)),
    Offer.TERRITORY: _list(Offer.TERRITORY, Territory, Territory.name, _SIZE),
    Offer.THEME: _list(Offer.THEME, Theme, Theme.label, _RIGHTS_FIRST),
}
