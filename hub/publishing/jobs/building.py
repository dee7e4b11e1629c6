"""Building PDFs: read the content, print it in a process of its own, keep it."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import clock
from hub.core.errors import N_
from hub.core.files import Store
from hub.core.jobs import Job, JobCancelledError, JobContext, JobFailedError, job
from hub.publishing.models.editions import Edition
from hub.publishing.operations import content, publication, steps
from hub.publishing.operations.publication import Printed
from memoranda import excerpt
from memoranda.content import to_json
from memoranda.errors import BuildError, BuildStoppedError, ContentError
from memoranda.press.store import sweep
from memoranda.sandbox import build_apart, preview_apart

FONTS = Path(__file__).parents[2] / "static" / "dist" / "fonts"
READ, DRAWN, PRINTED = 2, 8, 97
NOBODY = "Travail de fond"
GONE = N_("Cette édition n’existe plus.")
UNREADABLE_LOGO = N_("Le logo du réseau est introuvable. Choisissez-le à nouveau dans les réglages.")


@job(publication.JOB)
def build(context: JobContext, *, edition_id: int, publishes: bool) -> dict[str, Any]:
    """Build the PDF of an edition; `publishes`: once frozen, it becomes public with it."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    context.progress(READ, "Lecture de l’édition")
    with context.read() as session:
        material = content.gather(session, edition_of(session, edition_id))
    with context.write() as session:
        edition = edition_of(session, edition_id)
        known = publication.reuse(session, edition, material.fingerprint, now=clock.now())
        if known is not None:
            _publish(context, session, edition, publishes=publishes)
            return {"build": known.id, "reused": True}
    try:
        printed = print_apart(
            material, store, on_progress=functools.partial(_tell, context), should_stop=context.should_stop
        )
    except BuildStoppedError as problem:
        raise JobCancelledError from problem
    except (BuildError, ContentError, FileNotFoundError) as problem:
        sentences = problems_of(problem)
        with context.write() as session:
            publication.fail(
                session, edition_of(session, edition_id), sentences, job_id=context.job_id,
                actor=actor_of(session, context), now=clock.now(),
            )  # fmt: skip
        raise JobFailedError("\n".join(sentences)) from problem
    context.progress(PRINTED, "Rangement du PDF")
    with context.write() as session:
        edition = edition_of(session, edition_id)
        kept = publication.keep(
            session, store, edition, printed, job_id=context.job_id,
            actor=actor_of(session, context), now=clock.now(),
        )  # fmt: skip
        if kept is None:
            raise JobCancelledError
        _publish(context, session, edition, publishes=publishes)
        return {"build": kept.id, "reused": False}


def _publish(context: JobContext, session: Session, edition: Edition, *, publishes: bool) -> None:
    if publishes:
        steps.publish_built(session, edition, actor=actor_of(session, context))


def print_apart(
    material: content.Material,
    store: Store,
    *,
    on_progress: Callable[[float, str], None],
    should_stop: Callable[[], bool],
) -> Printed:
    """Draw and print the content in a child process.

    Raises what `memoranda.sandbox.build_apart` does, FileNotFoundError if the logo is gone.
    """
    edition = content.complete(material, store)
    folder = press_folder(store)
    try:
        pdf = build_apart(
            edition, fonts_folder=FONTS, on_progress=on_progress, should_stop=should_stop, store=folder
        )
    finally:
        sweep(folder)
    return Printed(pdf, material.fingerprint, to_json(edition), material.anchors)


def preview(material: content.Material, store: Store, anchor: str) -> bytes:
    """Return the PDF of a chapter, by its anchor, as it will be in the whole; the network is not drawn.

    Raises what `memoranda.sandbox.build_apart` does (`BuildError` too for an anchor that no part has),
    FileNotFoundError if the logo is gone.
    """
    edition = content.complete(material, store, with_network=False)
    return preview_apart(excerpt.of(edition, anchor), anchor, fonts_folder=FONTS, store=press_folder(store))


def press_folder(store: Store) -> Path:
    """Return where parts are kept between builds; what stands there can be removed at any time."""
    return store.folder / "press"


def problems_of(problem: Exception) -> list[str]:
    """Return French sentences that say what is to be mended, each naming its recommendation."""
    if isinstance(problem, ContentError):
        return [one.sentence for one in problem.problems]
    return [str(problem)] if isinstance(problem, BuildError) else [UNREADABLE_LOGO]


def _tell(context: JobContext, share: float, words: str) -> None:
    context.progress(round(DRAWN + share * (PRINTED - DRAWN)), words)


def edition_of(session: Session, identifier: int) -> Edition:
    """Return the edition that a job is about. Raises JobFailedError if it is gone."""
    edition = session.get(Edition, identifier)
    if edition is None:
        raise JobFailedError(GONE)
    return edition


def actor_of(session: Session, context: JobContext) -> User | str:
    """Return who asked for a job, or what history calls nobody in particular."""
    row = session.get(Job, context.job_id)
    user = session.get(User, row.actor_id) if row is not None and row.actor_id else None
    return user or NOBODY
