"""Printing the papers of a day in a process of their own, and throwing away those whose hour is over."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import N_
from hub.core.files import Store
from hub.core.sweeping import sweeping
from hub.events.models.papers import DayPaper
from hub.events.operations import papers
from hub.events.operations.paper_contents import Wanted, Wished, compose, read
from memoranda.day.content import Paper
from memoranda.errors import BuildError, BuildStoppedError, ContentError
from memoranda.sandbox import Limits, build_apart

FONTS = Path(__file__).parent.parent.parent / "static" / "dist" / "fonts"
LIMITS = Limits(seconds=300, cpu_seconds=240)
AT_ONCE = Limits(seconds=40, cpu_seconds=40)
"""For what somebody waits for."""
READ, PRINTED = 3, 97  # percent
READING, KEEPING = N_("Lecture des inscriptions"), N_("Rangement")
NOTHING = N_("Il n’y a rien à imprimer : personne n’est attendu.")

Tell = Callable[[float, str], None]


def tell_nobody(_share: float, _words: str) -> None:
    """Stand in for a progress that nobody asked for."""


def never() -> bool:
    """Stand in for whoever might stop it."""
    return False


def print_all(
    slug: str,
    made: dict[Wished, Paper],
    *,
    tell: Tell = tell_nobody,
    should_stop: Callable[[], bool] = never,
    limits: Limits = LIMITS,
) -> list[tuple[str, bytes]]:
    """Print papers one after the other; return the name and the bytes of each.

    Raises what `memoranda.sandbox.build_apart` does.
    """
    found = []
    for place, (kind, paper) in enumerate(made.items()):

        def part(share: float, words: str, place: int = place) -> None:
            tell((place + share) / len(made), words)

        pdf = build_apart(paper, fonts_folder=FONTS, on_progress=part, should_stop=should_stop, limits=limits)
        found.append((papers.file_name(slug, kind), pdf))
    return found


def zipped(files: list[tuple[str, bytes]]) -> bytes:
    """Return files in a zip; the same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def content_of(slug: str, wanted: Wanted, made: dict[Wished, Paper], **how: Any) -> bytes:
    """Print what was asked for: a PDF, or a zip of PDFs where everything was."""
    files = print_all(slug, made, **how)
    return zipped(files) if wanted.kind == Wished.ALL else files[0][1]


@jobs.job(papers.JOB)
def print_papers(context: jobs.JobContext, paper: int) -> dict[str, Any]:
    """Print the papers that somebody asked for."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    context.progress(0, READING)
    with context.read() as session:
        row = session.get(DayPaper, paper)
        if row is None:
            raise jobs.JobCancelledError
        if row.made_at is not None:
            return {}
        slug, wanted = row.event.slug, Wanted.read(row.wanted)
        made = compose(read(session, row.event, store), wanted)
    if not made:
        raise jobs.JobFailedError(NOTHING)

    def tell(share: float, words: str) -> None:
        context.progress(round(READ + share * (PRINTED - READ)), words)

    try:
        content = content_of(slug, wanted, made, tell=tell, should_stop=context.should_stop)
    except BuildStoppedError as problem:
        raise jobs.JobCancelledError from problem
    except (BuildError, ContentError) as problem:
        raise jobs.JobFailedError(str(problem)) from problem
    context.progress(PRINTED, KEEPING)
    with context.write() as session:
        row = session.get(DayPaper, paper)
        if row is not None:  # else its hour is over
            papers.keep(row, content, now=clock.now())
    return {}


@jobs.job(papers.DROP_JOB)
def drop_papers(context: jobs.JobContext, paper: int) -> dict[str, Any]:
    """Throw away the papers whose hour is over."""
    del paper
    with context.write() as session:
        return {"dropped": papers.drop_old(session, now=clock.now())}


@sweeping.connect
def drop_all(session: Session, *, now: datetime) -> None:
    """Throw away what a job did not."""
    papers.drop_old(session, now=now)
