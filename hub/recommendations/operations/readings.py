"""The file of a document of others: handed in, read by a job, its words kept page by page."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.core import audit, files, jobs, uploads
from hub.core.errors import N_, DomainError
from hub.core.files import Store, StoredFile
from hub.recommendations.models.documents import ReadingState, SourceDocument, SourcePage
from hub.recommendations.queries import documents as document_queries
from hub.recommendations.values import pages as values
from memoranda.reading import Page

JOB = "recommendations.read_document"
PDF = "application/pdf"
LET_GO = "recommendations.let_go_of_file"
KEPT_REPLACED = timedelta(days=7)
"""How long the file of a document stays in the store after another one took its place, or none."""
LARGEST = uploads.LARGEST
FEWEST_LETTERS = 20
"""Letters of a whole file under which it is a picture of a text, such as a scan."""


def hand_in(
    session: Session,
    store: Store,
    row: SourceDocument,
    content: bytes,
    name: str,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> StoredFile:
    """Keep a document's PDF, in the place of the one it had, and have it read.

    Raises DomainError for nothing, too much, or what is no PDF by its content.
    """
    if len(content) > LARGEST:
        raise DomainError(
            N_("Ce fichier dépasse %(max)d Mo. Réduisez-le, ou n’en gardez que les pages utiles."),
            field="file",
            max=LARGEST // uploads.MEBIBYTE,
        )
    if not name.lower().endswith(".pdf"):
        raise DomainError(N_("Seul un PDF se lit ici : enregistrez le document en PDF."), field="file")
    known = uploads.recognise(content, name)
    session.refresh(row, with_for_update=True)
    file = files.keep(session, store, content, name, known.media_type, now=now)
    _let_go(session, row, now)
    _forget(session, row)
    row.file = file
    _have_read(session, row, now)
    audit.record(session, "document.file_added", row, actor=actor, now=now)
    return file


def take_away(session: Session, row: SourceDocument, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take the file off the document, with the words read in it; what was taken from it stays."""
    session.refresh(row, with_for_update=True)
    if row.file_id is None:
        return
    _let_go(session, row, now)
    _forget(session, row)
    row.file, row.reading = None, ReadingState.NONE
    session.flush()
    audit.record(session, "document.file_removed", row, actor=actor, now=now)


def read_again(session: Session, row: SourceDocument, *, now: datetime) -> None:
    """Have the file read anew, unless that is under way. Raises DomainError where there is none."""
    session.refresh(row, with_for_update=True)
    if row.file_id is None:
        raise DomainError(N_("Ce document n’a pas de fichier."))
    last = session.scalar(jobs.of(row, JOB).limit(1))
    if last is None or last.is_over:
        _forget(session, row)
        _have_read(session, row, now)


def keep(session: Session, row: SourceDocument, file_id: int, pages: Sequence[Page]) -> None:
    """Keep the words that were read, unless another file came meanwhile; done again, they stand once."""
    session.refresh(row, with_for_update=True)
    if row.file_id != file_id:
        return
    _forget(session, row)
    letters = sum(sign.isalpha() for page in pages for sign in page.text)
    row.reading = ReadingState.READ if letters >= FEWEST_LETTERS else ReadingState.WORDLESS
    row.pages = len(pages)
    if row.reading == ReadingState.READ:
        session.add_all(
            SourcePage(document_id=row.id, number=page.number, label=page.label, text=page.text)
            for page in pages
        )
    session.flush()


def note_problem(session: Session, row: SourceDocument, file_id: int, why: str) -> None:
    """Note why the file can't be read, unless another one came meanwhile."""
    session.refresh(row, with_for_update=True)
    if row.file_id == file_id:
        _forget(session, row)
        row.reading, row.reading_problem = ReadingState.FAILED, why
        session.flush()


def is_quoted(session: Session, row: SourceDocument, page: str, quote: str) -> bool:
    """Say whether the words of a quotation stand on that page, or over its end, or can't be looked up.

    `page` is its printed number, else its place; where there is none of that name, anywhere will do.
    """
    if not quote or row.reading != ReadingState.READ:
        return True
    named = session.scalars(document_queries.pages_called(row, page)).all() if page else ()
    if any(values.stands(quote, "\n".join(each)) for each in _with_next(session, row, named)):
        return True
    if named:
        return False
    whole = session.scalars(
        select(SourcePage.text).where(SourcePage.document_id == row.id).order_by(SourcePage.number)
    ).all()
    return values.stands(quote, "\n".join(whole))


def _with_next(session: Session, row: SourceDocument, named: Sequence[SourcePage]) -> list[list[str]]:
    """Return the words of each of these pages with those of the page after it."""
    after = {page.number + 1 for page in named}
    texts = {page.number: page.text for page in session.scalars(document_queries.pages_of(row, after))}
    return [[page.text, texts.get(page.number + 1, "")] for page in named]


def _let_go(session: Session, row: SourceDocument, now: datetime) -> None:
    """Have the file that the document had deleted, once nobody can want it back."""
    if row.file_id is not None:
        jobs.enqueue(session, LET_GO, now=now, run_at=now + KEPT_REPLACED, file=row.file_id)


def _forget(session: Session, row: SourceDocument) -> None:
    session.execute(delete(SourcePage).where(SourcePage.document_id == row.id))
    row.pages, row.reading_problem = None, ""


def _have_read(session: Session, row: SourceDocument, now: datetime) -> None:
    row.reading = ReadingState.WAITING
    session.flush()
    jobs.enqueue(session, JOB, now=now, subject=row, document=row.id, file=row.file_id)
