"""Reading imports and their lines."""

from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.imports import ImportBatch, ImportKind, ImportLine, LineDecision
from hub.actors.models.organisations import Organisation
from hub.actors.models.relations import Relation


class Part(StrEnum):
    """Which lines of an import to look at."""

    ALL = "tout"
    PROBLEMS = "erreurs"
    ALIKE = "ressemblances"
    NEW = "nouveaux"


def latest() -> Select[ImportBatch]:
    """Select the imports, newest first."""
    return (
        select(ImportBatch)
        .options(joinedload(ImportBatch.file), joinedload(ImportBatch.created_by))
        .order_by(ImportBatch.id.desc())
    )


def lines(batch: ImportBatch, part: Part) -> Select[ImportLine]:
    """Select an import's lines of one part, with what they resemble."""
    found = (
        select(ImportLine)
        .where(ImportLine.batch_id == batch.id)
        .options(
            joinedload(ImportLine.organisation).joinedload(Organisation.kind),
            joinedload(ImportLine.organisation).joinedload(Organisation.commune),
            joinedload(ImportLine.relation).joinedload(Relation.source),
            joinedload(ImportLine.relation).joinedload(Relation.kind),
            joinedload(ImportLine.relation).joinedload(Relation.target),
        )
        .order_by(ImportLine.number)
    )
    if part == Part.PROBLEMS:
        return found.where(ImportLine.has_problems.is_(True))
    if part == Part.ALIKE:
        return found.where(ImportLine.likeness != "", ImportLine.has_problems.is_(False))
    if part == Part.NEW:
        return found.where(ImportLine.likeness == "", ImportLine.has_problems.is_(False))
    return found


def counts(session: Session, batch: ImportBatch) -> dict[str, int]:
    """Return how many lines there are, of each part (`Part`) and of each decision (`LineDecision`).

    By `ImportKind`, how many of each kind are to be made.
    """
    row = session.execute(
        select(
            func.count().label(Part.ALL),
            _number(ImportLine.has_problems.is_(True)).label(Part.PROBLEMS),
            _number((ImportLine.likeness != "") & ImportLine.has_problems.is_(False)).label(Part.ALIKE),
            *(_number(ImportLine.decision == decision).label(decision) for decision in LineDecision),
            *(
                _number((ImportLine.decision == LineDecision.CREATE) & (ImportLine.kind == kind)).label(kind)
                for kind in ImportKind
            ),
        ).where(ImportLine.batch_id == batch.id)
    ).one()
    found = {str(name): int(value) for name, value in zip(row._fields, row, strict=True)}
    return {**found, Part.NEW: found[Part.ALL] - found[Part.PROBLEMS] - found[Part.ALIKE]}


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def made_by(session: Session, batch: ImportBatch) -> int:
    """Return how many actors and ties are in the register because of an import."""
    models: tuple[type[Organisation | Relation], ...] = (Organisation, Relation)
    return sum(
        session.scalar(select(func.count()).select_from(model).where(model.import_id == batch.id)) or 0
        for model in models
    )
