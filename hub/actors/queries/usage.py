"""Where a row is used, whatever feature uses it: the foreign keys themselves are asked."""

from collections import Counter

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub.core.db import Base


def uses(session: Session, row: Base, *, ignoring: frozenset[str] = frozenset()) -> Counter[str]:
    """Return table → how many of its rows point at this one.

    `ignoring` names the "table.column"s to leave out.
    """
    found: Counter[str] = Counter()
    row_id = row.id  # type: ignore[attr-defined]
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            column = key.parent
            if key.column.table.name != row.__tablename__ or f"{table.name}.{column.name}" in ignoring:
                continue
            counted: Select[int] = select(func.count()).select_from(table).where(column == row_id)
            found[table.name] += session.scalars(counted).one()
    return +found
