"""Long work of actors: checking a file's lines, storing them."""

from pathlib import Path
from typing import Any

from hub.accounts.models import User
from hub.actors.models.imports import ImportBatch, ImportState
from hub.actors.operations.imports import batches, checking, storing
from hub.actors.operations.imports.register import load as load_register
from hub.actors.values import spreadsheets
from hub.core import clock, jobs
from hub.core.errors import N_, DomainError
from hub.core.files import Store

READ, CHECKED, PREPARED = 5, 90, 60  # percent


@jobs.job(batches.CHECK_JOB)
def check(context: jobs.JobContext, batch_id: int) -> dict[str, Any]:
    """Check all lines of an import and keep what was found."""
    context.progress(0, N_("Lecture du fichier"))
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    with context.read() as session:
        batch = session.get(ImportBatch, batch_id)
        if batch is None or batch.state != ImportState.CHECKING:
            return {}
        content = store.read(batch.file.sha256)
        mapping, kind, default_kind_id = dict(batch.mapping), batch.kind, batch.default_kind_id
        register = load_register(session)
    try:
        sheet = spreadsheets.read(content)
    except DomainError as problem:
        with context.write() as session:
            batches.fail(session, session.get_one(ImportBatch, batch_id), str(problem))
        raise jobs.JobFailedError(str(problem)) from problem

    def progress(done: int, total: int) -> None:
        context.progress(READ + (CHECKED - READ) * done // total, f"Ligne {done} sur {total}")

    checker = checking.Checker(register, kind, default_kind_id)
    rows = checking.check_lines(checker, sheet.lines, mapping, progress)
    context.progress(CHECKED, N_("Enregistrement de l’aperçu"))
    with context.write() as session:
        checking.keep_lines(session, session.get_one(ImportBatch, batch_id), rows)
    return {"lines": len(rows)}


@jobs.job(batches.STORE_JOB)
def store(context: jobs.JobContext, batch_id: int, by_id: int | None) -> dict[str, Any]:
    """Store the confirmed lines, all or none; run again, it finds them stored."""
    context.progress(0, N_("Relecture des lignes"))
    with context.read() as session:
        batch = session.get(ImportBatch, batch_id)
        if batch is None or batch.state != ImportState.STORING:
            return {}
        prepared = storing.prepare(session, batch)
    context.progress(PREPARED, N_("Enregistrement dans le registre"))
    with context.write() as session:
        actor = session.get(User, by_id) if by_id else None
        number = storing.store(
            session, session.get_one(ImportBatch, batch_id), prepared, actor=actor, now=clock.now()
        )
    return {"stored": number}
