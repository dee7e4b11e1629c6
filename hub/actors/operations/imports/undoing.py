"""Undoing a whole import: what it made goes, except what people have changed or built upon since."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from hub.actors.models.imports import ImportBatch, ImportKind, ImportLine, ImportState
from hub.actors.models.organisations import Organisation
from hub.actors.models.relations import Relation
from hub.actors.operations.imports import batches
from hub.actors.operations.imports.storing import Actor
from hub.actors.values.words import TABLES, TABLES_ELSE
from hub.core.audit import AuditEntry
from hub.core.db import Base
from hub.core.errors import N_, DomainError

CHUNK = 500
CHANGED = N_("modifié ou vérifié depuis")
CHANGES = {
    ImportKind.ORGANISATIONS: ("organisation.changed", "organisation.checked"),
    ImportKind.RELATIONS: ("relation.ended", "relation.withdrawn", "relation.restored"),
}
# What goes with the row itself, or only remembers it.
OWN = {"organisation_theme", "organisation_territory", "organisation_audience", "import_line"}


MODELS: dict[ImportKind, type[Organisation] | type[Relation]] = {
    ImportKind.RELATIONS: Relation,
    ImportKind.ORGANISATIONS: Organisation,
}
"""What the lines of each kind make, in the order in which it is taken back: ties before their actors."""
Staying: TypeAlias = dict[ImportKind, dict[int, list[str]]]


def staying(session: Session, batch: ImportBatch) -> Staying:
    """Return, for each row of each kind that can't be taken back, why (msgids).

    It has changed since, or is used; ties that go with the import itself hold no actor.
    """
    found: Staying = {}
    for kind in MODELS:
        found[kind] = _staying(session, batch, kind, found.get(ImportKind.RELATIONS, {}))
    return found


def _staying(
    session: Session, batch: ImportBatch, kind: ImportKind, ties: Collection[int]
) -> dict[int, list[str]]:
    model = MODELS[kind]
    made: Select[int] = select(model.id).where(model.import_id == batch.id)
    reasons: dict[int, list[str]] = defaultdict(list)
    changed: Select[int] = (
        select(AuditEntry.subject_id)
        .where(
            AuditEntry.subject_type == model.__tablename__,
            AuditEntry.action.in_(CHANGES[kind]),
            AuditEntry.subject_id.in_(made),
        )
        .distinct()
    )
    for row_id in session.scalars(changed):
        reasons[row_id].append(CHANGED)
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name != model.__tablename__ or table.name in OWN:
                continue
            word = TABLES.get(table.name, TABLES_ELSE)
            used: Select[Any] = select(key.parent).where(key.parent.in_(made)).distinct()
            if table.name == Relation.__tablename__:
                used = used.where(
                    or_(
                        table.c.import_id.is_(None),
                        table.c.import_id != batch.id,
                        table.c.id.in_(ties),
                    )
                )
            for row_id in session.scalars(used):
                if word not in reasons[row_id]:
                    reasons[row_id].append(word)
    return dict(reasons)


def undo(session: Session, batch: ImportBatch, *, actor: Actor, now: datetime) -> tuple[int, int]:
    """Take back what the import made; return how many went and how many stay.

    Raises DomainError unless the import is stored.
    """
    session.refresh(batch, with_for_update=True)
    if batch.state != ImportState.STORED:
        raise DomainError(N_("Seul un import enregistré peut être annulé."))
    stay = staying(session, batch)
    gone = sum(_take_back(session, batch, kind, stay[kind]) for kind in MODELS)
    batch.state, batch.undone_at = ImportState.UNDONE, now
    session.flush()
    session.expire_all()
    batches.record(session, batch, "import.undone", gone, actor=actor, now=now)
    return gone, sum(len(rows) for rows in stay.values())


def _take_back(session: Session, batch: ImportBatch, kind: ImportKind, stay: Collection[int]) -> int:
    """Delete what the lines of a kind made, except what stays; return how many went."""
    model = MODELS[kind]
    made: Select[int] = select(model.id).where(model.import_id == batch.id).order_by(model.id)
    gone = [row_id for row_id in session.scalars(made) if row_id not in stay]
    for chunk in _chunks(gone):
        session.execute(
            update(ImportLine)
            .where(ImportLine.batch_id == batch.id, ImportLine.kind == kind, ImportLine.made_id.in_(chunk))
            .values(made_id=None)
        )
        session.execute(delete(model).where(model.id.in_(chunk)))
    return len(gone)


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
