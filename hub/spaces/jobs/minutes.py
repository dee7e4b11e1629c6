"""Printing minutes that are sent, approved or corrected, and writing to all who get them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, files, jobs
from hub.core.errors import N_
from hub.core.mail import Attachment
from hub.core.sweeping import sweeping
from hub.spaces.jobs import papers as printing
from hub.spaces.models.minutes import Erratum, Minutes, MinutesReader, MinutesVersion
from hub.spaces.operations import minutes as operations
from hub.spaces.operations import minutes_letters as letters
from hub.spaces.operations import papers
from hub.spaces.queries import minutes as queries

BATCH = 20
READ, PRINTED = 5, 60  # percent

Letter = Callable[[Session, MinutesReader, Attachment, datetime], None]


@jobs.job(operations.SEND_JOB)
def send(context: jobs.JobContext, version: int) -> dict[str, Any]:
    """Print a version, then write to its readers; run again, nobody gets it twice."""
    pdf, minutes_id, number = _version_pdf(context, version)

    def letter(session: Session, reader: MinutesReader, with_: Attachment, now: datetime) -> None:
        if reader.version == number:
            row = session.get_one(MinutesVersion, version)
            letters.send_version(session, reader, row, with_, now=now)

    return {"told": _write_to_all(context, minutes_id, pdf, letter)}


@jobs.job(operations.APPROVED_JOB)
def approved(context: jobs.JobContext, minutes: int) -> dict[str, Any]:
    """Print the approved minutes, keep the file for good, and tell readers and followers."""
    pdf = _approved_pdf(context, minutes)

    def letter(session: Session, reader: MinutesReader, with_: Attachment, now: datetime) -> None:
        letters.send_approved(session, reader, session.get_one(Minutes, minutes), with_, now=now)

    told = _write_to_all(context, minutes, pdf, letter)
    with context.write() as session:
        followers = letters.tell_followers(session, session.get_one(Minutes, minutes), now=clock.now())
    return {"told": told, "followers": followers}


@jobs.job(operations.ERRATUM_JOB)
def erratum(context: jobs.JobContext, erratum: int) -> dict[str, Any]:
    """Print the approved minutes with their errata, and tell all who got them."""
    with context.write() as session:
        row = session.get_one(Erratum, erratum)
        meeting, minutes_id = row.minutes.meeting, row.minutes_id
        paper = operations.document(session, meeting, row.minutes)
        number, name = papers.order(session, meeting, paper, now=clock.now()).id, papers.file_name(paper)
    pdf = letters.attachment(printing.paper_pdf(context, number, _telling(context)), name)

    def letter(session: Session, reader: MinutesReader, with_: Attachment, now: datetime) -> None:
        letters.send_erratum(session, reader, session.get_one(Erratum, erratum), with_, now=now)

    return {"told": _write_to_all(context, minutes_id, pdf, letter)}


def _telling(context: jobs.JobContext) -> Callable[[float, str], None]:
    def tell(share: float, words: str) -> None:
        context.progress(round(READ + share * (PRINTED - READ)), words)

    return tell


def _version_pdf(context: jobs.JobContext, version: int) -> tuple[Attachment, int, int]:
    """Return the PDF of a version, printing it unless that was done; and whose it is, and its number."""
    store = printing.store_of(context)
    with context.read() as session:
        row = session.get_one(MinutesVersion, version)
        minutes_id, number, known = row.minutes_id, row.number, row.file
        paper = papers.complete(session, operations.version_document(session, row), store)
        name = papers.file_name(paper)
        if known is not None:
            return letters.attachment(store.read(known.sha256), known.name), minutes_id, number
    printed = printing.print_apart(context, paper, _telling(context))
    with context.write() as session:
        row = session.get_one(MinutesVersion, version)
        if row.file_id is None:
            row.file = files.keep(session, store, printed.pdf, name, papers.PDF, now=clock.now())
    return letters.attachment(printed.pdf, name), minutes_id, number


def _approved_pdf(context: jobs.JobContext, number: int) -> Attachment:
    """Return the PDF of approved minutes as they were approved, printing it unless that was done."""
    store = printing.store_of(context)
    with context.read() as session:
        row = session.get_one(Minutes, number)
        if row.file is not None:
            return letters.attachment(store.read(row.file.sha256), row.file.name)
        plain = operations.document(session, row.meeting, row, with_errata=False)
        paper = papers.complete(session, plain, store)
    printed, name = printing.print_apart(context, paper, _telling(context)), papers.file_name(paper)
    with context.write() as session:
        row = session.get_one(Minutes, number)
        if row.file_id is None:
            row.file = files.keep(session, store, printed.pdf, name, papers.PDF, now=clock.now())
    return letters.attachment(printed.pdf, name)


def _write_to_all(context: jobs.JobContext, minutes_id: int, pdf: Attachment, letter: Letter) -> int:
    """Write to each reader, some at a time; a mail is unique per reader, kind and version."""
    with context.read() as session:
        numbers = [row.id for row in session.scalars(queries.readers(minutes_id))]
    for start in range(0, len(numbers), BATCH):
        context.progress(PRINTED + (99 - PRINTED) * start // max(len(numbers), 1), N_("Envoi des mails"))
        with context.write() as session:
            for number in numbers[start : start + BATCH]:
                reader = session.get(MinutesReader, number)
                if reader is not None:
                    letter(session, reader, pdf, clock.now())
    return len(numbers)


@sweeping.connect
def forget(session: Session, *, now: datetime) -> None:
    """Delete what was said of minutes approved long ago, and who got them."""
    operations.forget(session, now=now)
