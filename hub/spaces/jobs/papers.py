"""Printing agenda and minutes in a process of their own, and keeping the files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.core import clock, jobs
from hub.core.errors import N_
from hub.core.files import Store
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.papers import MeetingPaper
from hub.spaces.operations import papers
from memoranda import fonts, pages
from memoranda.errors import BuildError, BuildStoppedError, ContentError
from memoranda.minutes.content import Agenda, Minutes
from memoranda.sandbox import build_apart

FONTS = Path(__file__).parent.parent.parent / "static" / "dist" / "fonts"
READ, PRINTED = 5, 97  # percent
GONE = N_("Ce papier n’est plus demandé.")


def store_of(context: jobs.JobContext) -> Store:
    """Return where the installation keeps its files."""
    return Store(Path(context.info["config"]["FILES_FOLDER"]))


def agenda_pdf(context: jobs.JobContext, meeting_id: int) -> bytes:
    """Return the PDF of a meeting's agenda as it stands now; printed anew only if something changed.

    Opens short transactions of its own: don't call it within one. Raises JobFailedError with the reason in
    French for what can't be printed, JobCancelledError when told to stop.
    """
    with context.write() as session:
        meeting = session.get_one(Meeting, meeting_id)
        agenda = papers.agenda_of(session, meeting, base_url=context.info["config"]["BASE_URL"])
        number = papers.order(session, meeting, agenda, now=clock.now()).id
    return paper_pdf(context, number, lambda _share, _words: None)


def paper_pdf(context: jobs.JobContext, number: int, tell: Callable[[float, str], None]) -> bytes:
    """Return the PDF of a paper that was ordered, printing and keeping it if that was not done yet."""
    store = store_of(context)
    with context.read() as session:
        row = session.get(MeetingPaper, number)
        if row is None:
            raise jobs.JobFailedError(GONE)
        if row.file is not None:
            return store.read(row.file.sha256)
        document = papers.complete(session, papers.content_of(row), store)
    printed = print_apart(context, document, tell)
    with context.write() as session:
        row = session.get(MeetingPaper, number)
        if row is not None:  # else a newer one took its place meanwhile
            papers.keep(session, store, row, printed, now=clock.now())
    return printed.pdf


def print_apart(
    context: jobs.JobContext, document: Agenda | Minutes, tell: Callable[[float, str], None]
) -> papers.Printed:
    """Print a paper in a process of its own. Raises JobFailedError, JobCancelledError."""
    try:
        pdf = build_apart(document, fonts_folder=FONTS, on_progress=tell, should_stop=context.should_stop)
    except BuildStoppedError as problem:
        raise jobs.JobCancelledError from problem
    except (BuildError, ContentError) as problem:
        raise jobs.JobFailedError(str(problem)) from problem
    return papers.Printed(pdf, pages.count(pdf), fonts.undrawable(document, FONTS))


@jobs.job(papers.JOB)
def print_paper(context: jobs.JobContext, paper: int) -> dict[str, Any]:
    """Print a paper that somebody asked for."""
    context.progress(READ, N_("Lecture de la réunion"))

    def tell(share: float, words: str) -> None:
        context.progress(round(READ + share * (PRINTED - READ)), words)

    paper_pdf(context, paper, tell)
    return {"paper": paper}
