"""Looking at a table of demands, and taking its lines, a few in each transaction."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from hub.accounts.models import User
from hub.core import clock, jobs
from hub.core.errors import N_
from hub.core.files import Store, StoredFile
from hub.core.jobs import Job
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.operations import batches
from hub.recommendations.values import sheets

AT_ONCE = 25
LOOKED_AT, TAKEN = N_("Les lignes sont regardées une à une"), N_("Les demandes sont prises une à une")


@jobs.job(batches.CHECK_JOB)
def check_batch(context: jobs.JobContext, document: int, file: int) -> dict[str, Any]:
    """Look at each line; nothing is stored but what was found."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    with context.read() as session:
        content = store.read(session.get_one(StoredFile, file).sha256)
        row, known = session.get_one(SourceDocument, document), batches.lists(session)
        lines = sheets.read(content, batches.COLUMNS, most=batches.MOST)
        found: list[dict[str, Any]] = []
        seen: dict[str, int] = {}
        for line in lines:
            if len(found) % AT_ONCE == 0:
                context.progress(100 * len(found) // len(lines), LOOKED_AT)
            found.append(asdict(batches.check(session, row, line, known=known, seen=seen)))
    return {"lines": found}


@jobs.job(batches.STORE_JOB)
def store_batch(context: jobs.JobContext, document: int, checked: int, numbers: list[int]) -> dict[str, Any]:
    """Take the chosen lines; done again, each is taken once."""
    with context.read() as session:
        every = batches.lines_of(session.get_one(Job, checked))
        actor_id = session.get_one(Job, context.job_id).actor_id
    chosen = [line for line in every if line.number in set(numbers)]
    made: list[int] = []
    for start in range(0, len(chosen), AT_ONCE):
        context.progress(100 * start // len(chosen), TAKEN)
        with context.write() as session:
            row, actor = session.get_one(SourceDocument, document), session.get(User, actor_id)
            taken = batches.take(
                session, row, chosen[start : start + AT_ONCE], batches.lists(session),
                actor=actor or "import", now=clock.now(),
            )  # fmt: skip
            made += [each.id for each in taken]
    return {"taken": made}
