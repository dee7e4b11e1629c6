"""Undoing a whole import: what it made goes, except what people have changed or built upon since."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, delete, select, update
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


def model_of(batch: ImportBatch) -> type[Organisation] | type[Relation]:
    """Return what the import makes."""
    return Organisation if batch.kind == ImportKind.ORGANISATIONS else Relation


def staying(session: Session, batch: ImportBatch) -> dict[int, list[str]]:
    """Return, for each row that can't be taken back, why (msgids): changed since, or used by what."""
    model = model_of(batch)
    made: Select[int] = select(model.id).where(model.import_id == batch.id)
    reasons: dict[int, list[str]] = defaultdict(list)
    changed: Select[int] = (
        select(AuditEntry.subject_id)
        .where(
            AuditEntry.subject_type == model.__tablename__,
            AuditEntry.action.in_(CHANGES[batch.kind]),
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
    model = model_of(batch)
    made: Select[int] = select(model.id).where(model.import_id == batch.id).order_by(model.id)
    stay = staying(session, batch)
    gone = [row_id for row_id in session.scalars(made) if row_id not in stay]
    for chunk in _chunks(gone):
        session.execute(
            update(ImportLine)
            .where(ImportLine.batch_id == batch.id, ImportLine.made_id.in_(chunk))
            .values(made_id=None)
        )
        session.execute(delete(model).where(model.id.in_(chunk)))
    batch.state, batch.undone_at = ImportState.UNDONE, now
    session.flush()
    session.expire_all()
    batches.record(session, batch, "import.undone", len(gone), actor=actor, now=now)
    return len(gone), len(stay)


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
