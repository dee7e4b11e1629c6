"""Building an edition's PDF, and making an edition public.

Publishing has two steps, so that nothing public is half there: the edition is frozen and its final PDF is
asked for in one transaction; it becomes public in the transaction that keeps this PDF. If that can't be
built, or somebody stops it, the edition is a draft again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, files, jobs, mail
from hub.core.errors import N_, DomainError
from hub.publishing import queries
from hub.publishing.models import Build, Chapter, Edition, EditionState, Signatory
from hub.publishing.operations import content
from hub.publishing.operations.composing import FrozenError, hold
from hub.recommendations.models.recommendations import AGREED
from memoranda import pages

JOB = "publishing.build"
PDF = "application/pdf"


@dataclass(frozen=True)
class Remark:
    """Something to look at before publishing; an error keeps the edition from being published."""

    msgid: str
    is_error: bool = True
    chapter_id: int | None = None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Printed:
    """A PDF and what it was made from: fingerprint and JSON of the content, recommendations by anchor."""

    pdf: bytes
    fingerprint: str
    content: str
    anchors: dict[str, int]


# --- The checklist ----------------------------------------------------------------------------


def checklist(
    edition: Edition, chapters: Sequence[Chapter], signatories: Sequence[Signatory]
) -> list[Remark]:
    """Say what is to be mended before publishing, errors first."""
    remarks = [remark for chapter in chapters for remark in _chapter_remarks(chapter)]
    number = 0
    for chapter in chapters:
        for item in chapter.items:
            number += 1
            params = {"number": number, "title": item.recommendation.title}
            if item.recommendation.state not in AGREED:
                msgid = N_("Recommandation %(number)s (« %(title)s ») : elle n’est pas adoptée.")
                remarks.append(Remark(msgid, chapter_id=chapter.id, params=params))
            if not item.recommendation.levels:
                msgid = N_("Recommandation %(number)s (« %(title)s ») : le niveau de pouvoir manque.")
                remarks.append(Remark(msgid, chapter_id=chapter.id, params=params))
    if not number:
        remarks.append(Remark(N_("L’édition ne contient encore aucune recommandation.")))
    waiting = {
        source.contribution_id
        for chapter in chapters
        for item in chapter.items
        for source in item.recommendation.sources
        if not source.contribution.may_be_named
    }
    if waiting:
        msgid = N_(
            "Contributions que leur organisation n’a pas encore confirmées, et que l’édition ne cite donc "
            "pas : %(count)s."
        )
        remarks.append(Remark(msgid, is_error=False, params={"count": len(waiting)}))
    if not signatories:
        remarks.append(Remark(N_("Aucune organisation ne signe le mémorandum."), is_error=False))
    if not edition.preamble.strip():
        remarks.append(Remark(N_("Le préambule est vide : il n’apparaîtra pas."), is_error=False))
    if not edition.memorandum.election_id:
        remarks.append(Remark(N_("Le mémorandum n’est lié à aucune élection."), is_error=False))
    return sorted(remarks, key=lambda remark: not remark.is_error)


def _chapter_remarks(chapter: Chapter) -> list[Remark]:
    if chapter.items:
        return []
    msgid = N_("Le chapitre « %(title)s » est vide.")
    return [Remark(msgid, chapter_id=chapter.id, params={"title": chapter.title})]


# --- Asking for a PDF -------------------------------------------------------------------------


def current_job(session: Session, edition: Edition) -> jobs.Job | None:
    """Return the edition's last job, whatever came of it."""
    return session.scalar(jobs.of(edition, JOB).limit(1))


def request_build(session: Session, edition: Edition, *, actor: Any, now: datetime) -> jobs.Job:
    """Ask for the PDF of a draft; while one is being built, that one is meant.

    Raises FrozenError for an edition that is published.
    """
    session.refresh(edition, with_for_update=True)
    if edition.state == EditionState.PUBLISHED:
        raise FrozenError(N_("Cette édition est publiée : son PDF ne change plus."))
    running = current_job(session, edition)
    if running is not None and not running.is_over and not running.cancel_requested:
        return running
    return _enqueue(session, edition, actor, now)


def _enqueue(session: Session, edition: Edition, actor: Any, now: datetime) -> jobs.Job:
    edition.build_problems = []
    return jobs.enqueue(
        session,
        JOB,
        now=now,
        subject=edition,
        actor_id=getattr(actor, "id", None),
        edition_id=edition.id,
        publishes=edition.state == EditionState.PUBLISHING,
    )


def publish(session: Session, edition: Edition, *, actor: Any, now: datetime) -> jobs.Job:
    """Freeze the edition and ask for its final PDF; it becomes public with it.

    Raises FrozenError unless it is a draft, DomainError while something is to be mended.
    """
    hold(session, edition)
    fresh = {"populate_existing": True}
    chapters = session.scalars(queries.chapters(edition).execution_options(**fresh)).all()
    signatories = session.scalars(queries.signatories(edition).execution_options(**fresh)).all()
    if any(remark.is_error for remark in checklist(edition, chapters, signatories)):
        raise DomainError(N_("Il reste des points à corriger avant de publier."))
    _cancel_running(session, edition, now)
    edition.state, edition.published_at = EditionState.PUBLISHING, now
    job = _enqueue(session, edition, actor, now)
    audit.record(session, "edition.publishing", edition, actor=actor, now=now)
    return job


def stop(session: Session, edition: Edition, *, actor: Any, now: datetime) -> None:
    """Stop what is being built; an edition that was about to be published is a draft again."""
    session.refresh(edition, with_for_update=True)
    _cancel_running(session, edition, now)
    if edition.state == EditionState.PUBLISHING:
        _back_to_draft(session, edition)
        audit.record(session, "edition.stopped", edition, actor=actor, now=now)


def _cancel_running(session: Session, edition: Edition, now: datetime) -> None:
    job = current_job(session, edition)
    if job is not None and not job.is_over:
        jobs.cancel(session, job, now=now)


def _back_to_draft(session: Session, edition: Edition) -> None:
    edition.state, edition.published_at = EditionState.DRAFT, None
    session.flush()


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
    """Keep a PDF; the edition that waited for it becomes public. The same content is kept once.

    Returns None if the edition was stopped, changed hands or was published meanwhile: `job_id` is the job
    that built it, None for one built by a command.
    """
    session.refresh(edition, with_for_update=True)
    is_draft = edition.state == EditionState.DRAFT
    if edition.state == EditionState.PUBLISHED or not _is_last(session, edition, job_id):
        return None
    build = reuse(session, edition, printed.fingerprint, now=now)
    if build is None:
        build = _store(session, store, edition, printed, is_draft=is_draft, now=now)
        audit.record(
            session, "edition.built", edition, actor=actor, now=now, changes={"pages": [None, build.pages]}
        )
    if not is_draft:
        edition.state = EditionState.PUBLISHED
        session.flush()
        audit.record(session, "edition.published", edition, actor=actor, now=now)
        _tell(session, edition, build, actor, now)
    return build


def _tell(session: Session, edition: Edition, build: Build, actor: Any, now: datetime) -> None:
    """Write to whoever asked for it that the edition is public."""
    if isinstance(actor, User):
        memorandum = edition.memorandum
        mail.queue(
            session,
            "publishing.published",
            edition,
            actor.email,
            now=now,
            action=(N_("Voir la page publique"), f"/memorandums/{memorandum.slug}"),
            title=memorandum.title,
            number=edition.number,
            pages=build.pages,
        )


def reuse(session: Session, edition: Edition, fingerprint: str, *, now: datetime) -> Build | None:
    """Return the PDF built from that very content, now the edition's last one; None if there is none."""
    build = session.scalar(queries.same_build(edition, fingerprint))
    if build is not None and edition.state != EditionState.PUBLISHED:
        build.created_at = now
        session.flush()
    return build


def _is_last(session: Session, edition: Edition, job_id: int | None) -> bool:
    if job_id is None:
        return edition.state == EditionState.DRAFT
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
    """Note why the PDF could not be built; an edition that waited for it is a draft again."""
    session.refresh(edition, with_for_update=True)
    if edition.state == EditionState.PUBLISHED or not _is_last(session, edition, job_id):
        return
    edition.build_problems = list(problems)
    if edition.state == EditionState.PUBLISHING:
        _back_to_draft(session, edition)
        audit.record(session, "edition.failed", edition, actor=actor, now=now)
    session.flush()


def is_stale(session: Session, edition: Edition, build: Build) -> bool:
    """Say whether the content has changed since that PDF was built."""
    return content.gather(session, edition).fingerprint != build.content_hash
