"""Importing a file from the command line: the same checks and the same storing as on the page."""

import mimetypes
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.imports import ImportBatch, ImportKind, ImportLine, ImportState
from hub.actors.operations.imports import batches, checking, storing
from hub.actors.operations.imports.register import load as load_register
from hub.actors.queries import imports as queries
from hub.actors.queries.imports import Part
from hub.actors.values import networks, spreadsheets
from hub.core import clock, files
from hub.core.db import db, reading, writing
from hub.core.errors import DomainError

ACTOR = "ligne de commande"


def from_command(app: Flask, kind: str, file: Path, *, confirm: bool) -> Iterator[str]:
    """Check a file and, with `confirm`, store its lines; yield what to print, in French.

    Lines with a problem and those that are already in the register are left out.
    """
    try:
        batch_id = _check(app, ImportKind(kind), file)
    except DomainError as problem:
        yield str(problem)
        return
    with reading(db.engine) as session:
        yield from _report(session, session.get_one(ImportBatch, batch_id))
    if not confirm:
        yield "Rien n’est enregistré : relancez la commande avec --confirm pour enregistrer."
        return
    try:
        number = _store(batch_id)
    except DomainError as problem:
        yield str(problem)
        return
    yield f"{number} lignes sont enregistrées. La page des imports permet d’annuler l’import n° {batch_id}."


def _check(app: Flask, kind: ImportKind, file: Path) -> int:
    """Receive the file and check its lines in one transaction; return the import's id."""
    content = file.read_bytes()
    found = networks.read(content) or spreadsheets.read(content)
    media_type = mimetypes.guess_type(file.name)[0] or "text/csv"
    now, kept = clock.now(), files.Store(Path(app.config["FILES_FOLDER"]))
    with writing(db.engine) as session:
        row = files.keep(session, kept, content, file.name, media_type, now=now)
        if isinstance(found, networks.NetworkFile):
            batch = batches.receive_network(session, found.form, found.deduced, row, by=None, now=now)
        else:
            batch = batches.receive(session, kind, row, found, by=None, now=now)
            batches.name_columns(session, batch, batch.mapping, default_kind_id=batch.default_kind_id)
        batch.state = ImportState.CHECKING
        plan = checking.plan_of(batch)
        rows = checking.check_file(plan, load_register(session), content, lambda _done, _total: None)
        checking.keep_lines(session, batch, rows)
        return batch.id


def _report(session: Session, batch: ImportBatch) -> Iterator[str]:
    counts = queries.counts(session, batch)
    yield (
        f"{counts[Part.ALL]} lignes : {counts['create']} à créer, {counts['same']} déjà dans le registre, "
        f"{counts['skip']} laissées de côté."
    )
    problems = select(ImportLine).where(ImportLine.batch_id == batch.id, ImportLine.has_problems.is_(True))
    for line in session.scalars(problems.order_by(ImportLine.number)):
        for _field, message, params in line.problems:
            yield f"Ligne {line.number} : {message % params if params else message}"


def _store(batch_id: int) -> int:
    with writing(db.engine) as session:
        batch = session.get_one(ImportBatch, batch_id)
        batch.state = ImportState.STORING
        return storing.store(session, batch, storing.prepare(session, batch), actor=ACTOR, now=clock.now())
