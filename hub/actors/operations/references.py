"""Editing the lists: levels of power, themes, kinds, audiences, territories."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory, TerritoryKind
from hub.actors.operations.reference import DELETED
from hub.actors.queries.references import ListModel, ListRow, in_order
from hub.actors.queries.usage import uses
from hub.actors.values.words import TABLES, TABLES_ELSE
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import fold

LONGEST_CODE = 40


def add(session: Session, model: ListModel, values: dict[str, Any], *, actor: Any, now: datetime) -> ListRow:
    """Add an entry at the end of its list. Raises DomainError if the label is empty or taken."""
    _check_label(session, model, values["label"])
    last = session.scalar(select(func.max(model.position))) or 0
    row = model(**values, code=_free_code(session, model, values["label"]), position=last + 1)
    session.add(row)
    session.flush()
    audit.record(session, "reference.added", row, actor=actor, now=now, changes={"label": [None, row.label]})
    return row


def change(session: Session, row: ListRow, values: dict[str, Any], *, actor: Any, now: datetime) -> None:
    """Rename an entry, or change what else it says; whatever uses it follows.

    Raises DomainError as `add` does.
    """
    _check_label(session, type(row), values["label"], but=row)
    changes = audit.differences({name: getattr(row, name) for name in values}, values)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    if changes:
        audit.record(session, "reference.changed", row, actor=actor, now=now, changes=changes)


def reorder(session: Session, model: ListModel, ids: Sequence[int]) -> None:
    """Put a list in the order of these ids; entries left out keep their places behind."""
    places = {row_id: place for place, row_id in enumerate(ids, start=1)}
    for row in session.scalars(in_order(model)):
        row.position = places.get(row.id, len(places) + row.position)
    session.flush()


def move(session: Session, row: ListRow, step: int) -> None:
    """Move an entry by one place, up (-1) or down (1)."""
    ids = [other.id for other in session.scalars(in_order(type(row)))]
    place = ids.index(row.id)
    ids.insert(max(0, place + step), ids.pop(place))
    reorder(session, type(row), ids)


def add_neighbourhood(
    session: Session, name: str, commune: Territory, *, postal_code: str = "", actor: Any, now: datetime
) -> Territory:
    """Add a quarter of a commune. Raises DomainError if the commune has one of that name."""
    _check_place(session, name, commune)
    row = Territory(
        kind=TerritoryKind.NEIGHBOURHOOD,
        code=_free_code(session, Territory, f"{commune.code} {name}"),
        name=name,
        postal_code=postal_code,
        parent_id=commune.id,
    )
    session.add(row)
    session.flush()
    audit.record(session, "reference.added", row, actor=actor, now=now, changes={"label": [None, name]})
    return row


def change_territory(
    session: Session, row: Territory, *, name: str, postal_code: str, actor: Any, now: datetime
) -> None:
    """Rename a place. Raises DomainError if another in the same territory has that name."""
    _check_place(session, name, row.parent, but=row)
    new = {"name": name, "postal_code": postal_code}
    changes = audit.differences({field: getattr(row, field) for field in new}, new)
    row.name, row.postal_code = name, postal_code
    session.flush()
    if changes:
        audit.record(session, "reference.changed", row, actor=actor, now=now, changes=changes)


def delete(session: Session, row: ListRow | Territory, *, actor: Any, now: datetime) -> None:
    """Delete an entry that nothing uses. Raises DomainError, saying who uses it, otherwise."""
    used: Counter[str] = Counter()
    for table, number in uses(session, row).items():
        used[TABLES.get(table, TABLES_ELSE)] += number
    if used:
        raise DomainError(
            N_("Cette entrée sert encore : %(where)s. Remplacez-la d’abord là où elle sert."),
            where=", ".join(f"{word} ({number})" for word, number in used.items()),
        )
    # The code in the history keeps the next start from bringing the entry back.
    audit.record(session, DELETED, row, actor=actor, now=now, changes={"code": [row.code, None]})
    session.delete(row)
    session.flush()


def _check_label(session: Session, model: ListModel, label: str, *, but: ListRow | None = None) -> None:
    if not label.strip():
        raise DomainError(N_("Donnez un nom."), field="label")
    for row in session.scalars(in_order(model)):
        if fold(row.label) == fold(label) and row is not but:
            raise DomainError(N_("« %(label)s » est déjà dans la liste."), field="label", label=row.label)


def _check_place(
    session: Session, name: str, parent: Territory | None, *, but: Territory | None = None
) -> None:
    if not name.strip():
        raise DomainError(N_("Donnez un nom."), field="name")
    siblings = session.scalars(
        select(Territory).where(Territory.parent_id == (parent.id if parent else None))
    )
    for row in siblings:
        if fold(row.name) == fold(name) and row is not but:
            raise DomainError(N_("« %(label)s » est déjà dans la liste."), field="name", label=row.name)


def _free_code(session: Session, model: Any, label: str) -> str:
    base = fold(label).replace(" ", "_")[: LONGEST_CODE - 4] or "x"
    taken = set(session.scalars(select(model.code).where(model.code.startswith(base, autoescape=True))))
    number, code = 1, base
    while code in taken:
        number += 1
        code = f"{base}_{number}"
    return code
