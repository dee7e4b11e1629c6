"""How far words reach: from a recommendation to all from which it comes, and to all that comes from it.

Sources stay where they were attached. Whoever asks who stands behind something asks here, so that a page, a
list, a filter and a count name the same.
"""

from collections.abc import Iterable

from sqlalchemy import CTE, ColumnElement, Select, Subquery, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from hub.recommendations.models.lineage import Derivation, DerivationKind
from hub.recommendations.models.recommendations import Recommendation

# Whose words stand behind a child. What merely inspired it didn't ask for it.
HANDED_ON = (DerivationKind.TAKEN_OVER, DerivationKind.MERGE, DerivationKind.SPLIT)
STANDS = Derivation.undone_at.is_(None)


def behind(rows: Select[int]) -> Subquery:
    """Return (id, by): by which recommendations sources stand behind each of some rows, itself among them."""
    nearest = select(Derivation.child_id.label("id"), Derivation.parent_id.label("by"))
    found = nearest.where(Derivation.child_id.in_(rows), *_handing(HANDED_ON)).cte(recursive=True)
    farther = select(found.c.id, Derivation.parent_id).join(found, Derivation.child_id == found.c.by)
    lineage = found.union(farther.where(*_handing(HANDED_ON)))
    # Most come from nothing: they needn't go through what is asked again and again.
    number = _numbers(rows)
    return union_all(select(number.label("id"), number.label("by")), select(lineage)).subquery()


def before(ids: Iterable[int], kinds: Iterable[DerivationKind] = DerivationKind) -> CTE:
    """Return the identifiers of rows and of all from which they come."""
    return _reached(_rows(ids), Derivation.child_id, Derivation.parent_id, kinds)


def after(ids: Iterable[int]) -> CTE:
    """Return the identifiers of rows and of all that comes from them."""
    return _reached(_rows(ids), Derivation.parent_id, Derivation.child_id, DerivationKind)


def heirs(rows: Select[int]) -> CTE:
    """Return the identifiers of rows and of all behind which their sources stand as well."""
    return _reached(rows, Derivation.parent_id, Derivation.child_id, HANDED_ON)


def _rows(ids: Iterable[int]) -> Select[int]:
    return select(Recommendation.id).where(Recommendation.id.in_(tuple(ids)))


def _numbers(rows: Select[int]) -> ColumnElement[int]:
    (number,) = rows.subquery().c
    return number


def _reached(
    rows: Select[int],
    here: InstrumentedAttribute[int],
    there: InstrumentedAttribute[int],
    kinds: Iterable[DerivationKind],
) -> CTE:
    found = select(_numbers(rows).label("id")).cte(recursive=True)
    return found.union(select(there).join(found, here == found.c.id).where(*_handing(kinds)))


def _handing(kinds: Iterable[DerivationKind]) -> tuple[ColumnElement[bool], ...]:
    """Return what says of a tie that it stands and hands on by one of these gestures."""
    return STANDS, Derivation.kind.in_(tuple(kinds))
