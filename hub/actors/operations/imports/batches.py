"""The course of an import: received, its columns named, checked, decided, confirmed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from graph.exchange.formats import Format
from hub.accounts.models import User
from hub.actors.models.imports import ImportBatch, ImportKind, ImportLine, ImportState, LineDecision
from hub.actors.values import columns
from hub.actors.values.spreadsheets import Sheet
from hub.core import audit, jobs
from hub.core.errors import N_, DomainError
from hub.core.files import StoredFile

CHECK_JOB = "actors.import.check"
STORE_JOB = "actors.import.store"
OPEN = {ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED}


def receive(
    session: Session, kind: ImportKind, file: StoredFile, sheet: Sheet, *, by: User | None, now: datetime
) -> ImportBatch:
    """Begin an import.

    Its columns are named as the last time a file had this same header, or else as the header tells.
    """
    signature = columns.signature(kind, sheet.header)
    last = session.scalar(
        select(ImportBatch)
        .where(ImportBatch.signature == signature, ImportBatch.state != ImportState.UPLOADED)
        .order_by(ImportBatch.id.desc())
        .limit(1)
    )
    batch = ImportBatch(
        kind=kind,
        file_id=file.id,
        header=sheet.header,
        signature=signature,
        mapping=dict(last.mapping) if last else columns.guess(kind, sheet.header),
        default_kind_id=last.default_kind_id if last else None,
        created_at=now,
        created_by_id=by.id if by else None,
    )
    session.add(batch)
    session.flush()
    return batch


def receive_network(
    session: Session, form: Format, deduced: int, file: StoredFile, *, by: User | None, now: datetime
) -> ImportBatch:
    """Begin an import of a whole network, whose fields need no naming.

    `deduced` is how many of its ties are left out because a hub deduced them.
    """
    batch = ImportBatch(
        kind=ImportKind.ORGANISATIONS,
        file_id=file.id,
        header=[],
        signature="",
        mapping={},
        network={"format": form.value, "deduced": deduced, "relation_kind_id": None},
        created_at=now,
        created_by_id=by.id if by else None,
    )
    session.add(batch)
    session.flush()
    return batch


def set_defaults(
    session: Session, batch: ImportBatch, *, kind_id: int | None, relation_kind_id: int | None
) -> None:
    """Say what the actors and ties of a network are that name no kind.

    Raises DomainError if the import is under way or over, or no network's.
    """
    if batch.state not in OPEN or batch.network is None:
        raise DomainError(N_("Cet import est déjà en cours ou terminé."))
    batch.default_kind_id = kind_id
    batch.network = {**batch.network, "relation_kind_id": relation_kind_id}
    session.flush()


def name_columns(
    session: Session, batch: ImportBatch, mapping: Mapping[str, int], *, default_kind_id: int | None
) -> None:
    """Say which column holds what. Raises DomainError where a column is named twice or a needed one isn't."""
    if batch.state not in OPEN:
        raise DomainError(N_("Cet import est déjà en cours ou terminé."))
    fields = columns.FIELDS[batch.kind]
    clean = {
        field: place
        for field, place in mapping.items()
        if field in fields and place in range(len(batch.header))
    }
    for field, about in fields.items():
        if about.required and field not in clean:
            raise DomainError(N_("Dites quelle colonne contient cette information."), field=field)
    taken: dict[int, str] = {}
    for field, place in clean.items():
        if taken.setdefault(place, field) != field:
            raise DomainError(N_("Cette colonne est déjà prise par un autre champ."), field=field)
    batch.mapping, batch.default_kind_id = clean, default_kind_id
    session.flush()


def begin_check(session: Session, batch: ImportBatch, *, now: datetime) -> None:
    """Have the lines checked by a job. Raises DomainError if the import is under way or over."""
    _advance(session, batch, OPEN, ImportState.CHECKING)
    batch.error = ""
    jobs.enqueue(session, CHECK_JOB, now=now, subject=batch, batch_id=batch.id)


def decide(session: Session, batch: ImportBatch, decisions: Mapping[int, LineDecision]) -> int:
    """Say, for lines by their ids, what to do; return how many changed.

    A line with problems stays left out. Raises DomainError once the import is confirmed.
    """
    if batch.state != ImportState.CHECKED:
        raise DomainError(N_("Cet import est déjà en cours ou terminé."))
    lines = session.scalars(
        select(ImportLine).where(
            ImportLine.batch_id == batch.id,
            ImportLine.id.in_(decisions),
            ImportLine.has_problems.is_(False),
        )
    ).all()
    changed = 0
    for line in lines:
        wanted = decisions[line.id]
        if wanted == LineDecision.CREATE and line.likeness in {"number", "tie"}:
            raise DomainError(
                N_("La ligne %(number)d ne peut pas être créée : elle est déjà dans le registre."),
                number=line.number,
            )
        changed += line.decision != wanted
        line.decision = wanted
    session.flush()
    return changed


def confirm(session: Session, batch: ImportBatch, *, by: User | None, now: datetime) -> None:
    """Have the lines stored by a job.

    Raises DomainError unless the import is checked and has something to store.
    """
    wanted = session.scalar(
        select(ImportLine.id)
        .where(ImportLine.batch_id == batch.id, ImportLine.decision == LineDecision.CREATE)
        .limit(1)
    )
    if wanted is None:
        raise DomainError(N_("Il n’y a rien à enregistrer : aucune ligne n’est à créer."))
    _advance(session, batch, {ImportState.CHECKED}, ImportState.STORING)
    jobs.enqueue(session, STORE_JOB, now=now, subject=batch, batch_id=batch.id, by_id=by.id if by else None)


def fail(session: Session, batch: ImportBatch, reason: str) -> None:
    """Note that the whole file can't be read, and why (a msgid)."""
    batch.state, batch.error = ImportState.FAILED, reason
    session.flush()


def record(
    session: Session,
    batch: ImportBatch,
    action: str,
    number: int,
    *,
    actor: audit.Actor | str | None,
    now: datetime,
) -> None:
    """Write a line of the import's own history."""
    audit.record(session, action, batch, actor=actor, now=now, changes={"number": [None, number]})


def _advance(session: Session, batch: ImportBatch, allowed: set[ImportState], to: ImportState) -> None:
    """Change the state only from one that allows it: of two clicks at the same time, one wins."""
    done = session.execute(
        update(ImportBatch).where(ImportBatch.id == batch.id, ImportBatch.state.in_(allowed)).values(state=to)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(N_("Cet import est déjà en cours ou terminé."))
    session.refresh(batch)
