"""Counting what waits, kind by kind, in one query: how many there are, and the first of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import CompoundSelect, Date, Integer, Select, String, cast, func, literal, null, select
from sqlalchemy.orm import Session

from hub.core.db import UTCDateTime

SHOWN = 3
Sort = TypeVar("Sort", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Thing:
    """One of what waits: its row, the part of its address, its name, what it hangs on, when."""

    id: int
    key: str
    label: str
    about: str
    moment: datetime | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Line(Generic[Sort]):
    """How many of a kind wait, and the first of them."""

    kind: Sort
    count: int
    things: tuple[Thing, ...]


def lines(
    session: Session, kinds: type[Sort], wanted: CompoundSelect[*tuple[Any, ...]], **values: Any
) -> list[Line[Sort]]:
    """Return what waits of each kind, in the order of the kinds.

    `wanted` joins what `part` makes; `values` are given to its parameters: putting together a statement of
    fifteen parts takes longer than the answer, so whoever can makes it once.
    """
    found: dict[Sort, list[Any]] = {}
    for row in session.execute(wanted, values):
        found.setdefault(kinds(row.kind), []).append(row)
    return [
        Line(
            kind,
            found[kind][0].total,
            tuple(Thing(row.id, row.key, row.label, row.about, row.moment, row.day) for row in found[kind]),
        )
        for kind in kinds
        if kind in found
    ]


def part(
    kind: StrEnum, source: Select[Any], order: Any, *, total: Any = None, **columns: Any
) -> Select[*tuple[Any, ...]]:
    """Return the first rows of a kind with the number of all, in columns that every kind has.

    `total` is for a source that holds the first rows only: where there may be thousands, joining them all
    in order to count them takes longer than all the rest.
    """
    shown = {
        "id": null(), "key": literal(""), "label": literal(""), "about": literal(""),
        "moment": null(), "day": null(), **columns,
    }  # fmt: skip
    first = (
        source.with_only_columns(
            literal(kind.value).label("kind"),
            (func.count().over() if total is None else total).label("total"),
            cast(shown["id"], Integer).label("id"),
            cast(shown["key"], String).label("key"),
            cast(shown["label"], String).label("label"),
            cast(shown["about"], String).label("about"),
            _typed(shown["moment"], UTCDateTime).label("moment"),
            _typed(shown["day"], Date).label("day"),
        )
        .order_by(order)
        .limit(SHOWN)
        .subquery()
    )
    return select(first)


def _typed(column: Any, kind: Any) -> Any:
    """Give what is missing its type; a cast of a real day would turn SQLite's text into a number."""
    return cast(column, kind) if isinstance(column, type(null())) else column
