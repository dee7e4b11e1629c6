"""One page of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
U = TypeVar("U")
PER_PAGE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """The rows of one page and where it stands among all (`number` begins at 1)."""

    rows: list[T]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The place of the first row among all, beginning at 1; 0 if there is none."""
        return min((self.number - 1) * self.per_page + 1, self.total)

    @property
    def last(self) -> int:
        """The place of the last row among all."""
        return min(self.number * self.per_page, self.total)

    def holding(self, rows: list[U]) -> "Page[U]":
        """Return the same page with other rows: what was read for those that it found."""
        return Page(rows, self.number, self.per_page, self.total)


def count(session: Session, rows: Select[*tuple[Any, ...]]) -> int:
    """Return how many rows there are."""
    return session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0


def paginate(session: Session, rows: Select[T], number: int, per_page: int = PER_PAGE) -> Page[T]:
    """Return page `number` of the mapped rows; a number out of range gives the nearest page."""
    total = count(session, rows)
    number = nearest(number, total, per_page)
    found: Any = session.scalars(rows.limit(per_page).offset((number - 1) * per_page)).unique()
    return Page(list(found), number, per_page, total)


def cut(rows: Sequence[T], number: int, per_page: int = PER_PAGE) -> Page[T]:
    """Return page `number` of rows that are there already; a number out of range gives the nearest page."""
    number = nearest(number, len(rows), per_page)
    first = (number - 1) * per_page
    return Page(list(rows[first : first + per_page]), number, per_page, len(rows))


def nearest(number: int, total: int, per_page: int) -> int:
    """Return the number of the page nearest to the one asked for that there is."""
    return min(max(1, number), max(1, -(-total // per_page)))
