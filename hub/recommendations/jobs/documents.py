"""Reading the PDF of a document of others, in a process of its own."""

from pathlib import Path
from typing import Any

from hub.core import clock, jobs
from hub.core.errors import N_
from hub.core.files import Store, StoredFile, discard
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.operations import readings
from memoranda.reading import ReadingError, read_apart

STEP = N_("Les pages sont lues une à une")
EVERY = 10
"""Pages between two words on how far it is."""


@jobs.job(readings.JOB)
def read_document(context: jobs.JobContext, document: int, file: int) -> dict[str, Any]:
    """Read the words of a file and keep them with its document; done again, they stand once."""
    with context.read() as session:
        stored = session.get(StoredFile, file)
        if stored is None:
            return {}  # replaced long ago
        sha256 = stored.sha256
    content = Store(Path(context.info["config"]["FILES_FOLDER"])).read(sha256)

    def on_page(read: int, total: int) -> None:
        if read % EVERY == 0:
            context.progress(min(99, 100 * read // max(1, total)), STEP)

    try:
        pages = read_apart(content, on_page=on_page, should_stop=context.should_stop)
    except ReadingError as problem:
        with context.write() as session:
            row = session.get_one(SourceDocument, document)
            readings.note_problem(session, row, file, problem.why.value)
        return {"problem": problem.why.value}
    with context.write() as session:
        row = session.get_one(SourceDocument, document)
        readings.keep(session, row, file, pages)
    return {"pages": len(pages)}


@jobs.job(readings.LET_GO)
def let_go_of_file(context: jobs.JobContext, file: int) -> dict[str, Any]:
    """Delete the file that a document had, unless something refers to it; done again, it is gone."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    with context.write() as session:
        stored = session.get(StoredFile, file)
        return {"deleted": stored is not None and discard(session, store, stored, now=clock.now())}
