"""Building an edition's PDF.

A frozen edition waits for its PDF; if that can't be built, or somebody stops it, it is composed again.
The last PDF that was built stays in place meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import audit, files, jobs
from hub.core.errors import N_
from hub.publishing.models.builds import Build
from hub.publishing.models.editions import IN_COMPOSITION, PUBLIC, Edition, EditionState
from hub.publishing.operations import freezing
from hub.publishing.operations.composing import FrozenError
from hub.publishing.queries import composition
from hub.publishing.queries import memoranda as queries
from memoranda import pages

JOB = "publishing.build"
PDF = "application/pdf"


@dataclass(frozen=True)
class Printed:
    """A PDF and what it was made from: fingerprint and JSON of the content, recommendations by anchor."""

    pdf: bytes
    fingerprint: str
    content: str
    anchors: dict[str, int]


# --- Asking for a PDF -------------------------------------------------------------------------


def current_job(session: Session, edition: Edition) -> jobs.Job | None:
    """Return the edition's last job, whatever came of it."""
    return session.scalar(jobs.of(edition, JOB).limit(1))


def request_build(session: Session, edition: Edition, *, actor: Any, now: datetime) -> jobs.Job:
    """Ask for the PDF of an edition that isn't public; while one is being built, that one is meant.

    Raises FrozenError for an edition that is published, or frozen with its PDF.
    """
    freezing.hold(session, edition)
    if edition.state in PUBLIC:
        raise FrozenError(N_("Cette édition est publiée : son PDF ne change plus."))
    if edition.state == EditionState.FROZEN and session.scalar(queries.frozen_build(edition)) is not None:
        raise FrozenError(N_("Cette édition est gelée avec son PDF : il ne change plus."))
    running = current_job(session, edition)
    if running is not None and not running.is_over and not running.cancel_requested:
        return running
    return enqueue(session, edition, actor=actor, now=now)


def enqueue(
    session: Session, edition: Edition, *, publishes: bool = False, actor: Any, now: datetime
) -> jobs.Job:
    """Put the building of an edition that is held among the jobs; `publishes`: it is public with its PDF."""
    edition.build_problems = []
    return jobs.enqueue(
        session,
        JOB,
        now=now,
        subject=edition,
        actor_id=getattr(actor, "id", None),
        edition_id=edition.id,
        publishes=publishes,
    )


def stop(session: Session, edition: Edition, *, actor: Any, now: datetime) -> None:
    """Stop what is being built; a frozen edition that waits for its PDF is composed again."""
    freezing.hold(session, edition)
    cancel_running(session, edition, now=now)
    if edition.state == EditionState.FROZEN and session.scalar(queries.frozen_build(edition)) is None:
        freezing.release(session, edition)
        audit.record(session, "edition.freeze_stopped", edition, actor=actor, now=now)


def cancel_running(session: Session, edition: Edition, *, now: datetime) -> None:
    """Cancel the edition's last job, unless it is over."""
    job = current_job(session, edition)
    if job is not None and not job.is_over:
        jobs.cancel(session, job, now=now)


# --- What came of it --------------------------------------------------------------------------


def keep(
    session: Session,
    store: files.Store,
    edition: Edition,
    printed: Printed,
    *,
    job_id: int | None,
    actor: Any,
    now: datetime,
) -> Build | None:
    """Keep a PDF. The same content is kept once.

    Returns None if the edition was stopped, changed hands or was published meanwhile: `job_id` is the job
    that built it, None for one built by a command.
    """
    freezing.hold(session, edition)
    is_draft = edition.state in IN_COMPOSITION
    if edition.state in PUBLIC or not _is_last(session, edition, job_id):
        return None
    build = reuse(session, edition, printed.fingerprint, now=now)
    if build is None:
        build = _store(session, store, edition, printed, is_draft=is_draft, now=now)
        audit.record(
            session, "edition.built", edition, actor=actor, now=now, changes={"pages": [None, build.pages]}
        )
    return build


def reuse(session: Session, edition: Edition, fingerprint: str, *, now: datetime) -> Build | None:
    """Return the PDF built from that very content, now the edition's last one; None if there is none."""
    build = session.scalar(queries.same_build(edition, fingerprint))
    if build is not None and edition.state not in PUBLIC:
        build.created_at = now
        session.flush()
    return build


def _is_last(session: Session, edition: Edition, job_id: int | None) -> bool:
    if job_id is None:
        return edition.state in IN_COMPOSITION
    last = current_job(session, edition)
    return last is not None and last.id == job_id and not last.cancel_requested


def _store(
    session: Session,
    store: files.Store,
    edition: Edition,
    printed: Printed,
    *,
    is_draft: bool,
    now: datetime,
) -> Build:
    name = f"{edition.memorandum.slug}-edition-{edition.number}{'-projet' if is_draft else ''}.pdf"
    found = pages.of_anchors(printed.pdf)
    build = Build(
        edition_id=edition.id,
        file=files.keep(session, store, printed.pdf, name, PDF, now=now),
        content_hash=printed.fingerprint,
        content=printed.content,
        layout=edition.layout,
        is_draft=is_draft,
        pages=pages.count(printed.pdf),
        places={str(identifier): found[anchor] for anchor, identifier in printed.anchors.items()},
        created_at=now,
    )
    session.add(build)
    session.flush()
    return build


def fail(
    session: Session, edition: Edition, problems: Sequence[str], *, job_id: int, actor: Any, now: datetime
) -> None:
    """Note why the PDF could not be built; a frozen edition that waited for it is composed again."""
    freezing.hold(session, edition)
    if edition.state in PUBLIC or not _is_last(session, edition, job_id):
        return
    edition.build_problems = list(problems)
    if edition.state == EditionState.FROZEN and session.scalar(queries.frozen_build(edition)) is None:
        freezing.release(session, edition)
        audit.record(session, "edition.freeze_failed", edition, actor=actor, now=now)
    session.flush()


def is_stale(session: Session, edition: Edition, build: Build) -> bool:
    """Say whether the edition, or a recommendation in it, has changed since that PDF was built."""
    if edition.updated_at > build.created_at:
        return True
    return bool(session.scalar(composition.changed_since(edition, build.created_at)))
