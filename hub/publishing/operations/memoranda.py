"""Beginning a memorandum and its editions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import slug
from hub.publishing import queries
from hub.publishing.models import Chapter, Edition, EditionState, Item, Memorandum, Signatory
from hub.publishing.operations.composing import FrozenError, hold

RESERVED = {"nouveau"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a memorandum is: `addressees` one a line."""

    title: str
    subtitle: str = ""
    election_id: int | None = None
    territory_id: int | None = None
    addressees: str = ""


def create(session: Session, facts: Facts, *, actor: Any, now: datetime) -> Memorandum:
    """Begin a memorandum with its first edition, a draft. Raises DomainError for a missing title."""
    _check(facts)
    memorandum = Memorandum(slug=_free_slug(session, facts.title), created_at=now)
    _write(memorandum, facts)
    session.add(memorandum)
    session.flush()
    audit.record(session, "memorandum.created", memorandum, actor=actor, now=now)
    _add_edition(session, memorandum, 1, actor, now)
    return memorandum


def edit(session: Session, memorandum: Memorandum, facts: Facts, *, actor: Any, now: datetime) -> None:
    """Change what the memorandum is. Raises FrozenError once an edition of it was published."""
    _check(facts)
    for edition in _held_editions(session, memorandum):
        if edition.state != EditionState.DRAFT:
            raise FrozenError(
                N_("Une édition est publiée : le titre, l’élection et les destinataires ne changent plus.")
            )
        edition.updated_at = now
    before = _plain(memorandum)
    _write(memorandum, facts)
    session.flush()
    changes = audit.differences(before, _plain(memorandum))
    if changes:
        audit.record(session, "memorandum.edited", memorandum, actor=actor, now=now, changes=changes)


def new_edition(session: Session, memorandum: Memorandum, *, actor: Any, now: datetime) -> Edition:
    """Begin the next edition from the last one: chapters, recommendations, signatories, preamble.

    Raises DomainError while another edition is in the making.
    """
    editions = _held_editions(session, memorandum)
    if any(edition.state != EditionState.PUBLISHED for edition in editions):
        raise DomainError(N_("Une édition est déjà en préparation : terminez-la d’abord."))
    last = max(editions, key=lambda edition: edition.number)
    row = _add_edition(session, memorandum, last.number + 1, actor, now)
    row.preamble, row.with_network = last.preamble, last.with_network
    for chapter in session.scalars(queries.chapters(last)):
        _copy_chapter(session, chapter, row)
    for signatory in session.scalars(queries.signatories(last)):
        session.add(
            Signatory(
                edition_id=row.id, organisation_id=signatory.organisation_id, position=signatory.position
            )
        )
    session.flush()
    return row


def remove_draft(session: Session, edition: Edition, *, actor: Any, now: datetime) -> bool:
    """Take a draft away, and its memorandum where it was its only edition; return whether it was.

    Raises FrozenError for an edition that is published or about to be.
    """
    hold(session, edition)
    memorandum = edition.memorandum
    audit.record(session, "edition.removed", edition, actor=actor, now=now)
    session.delete(edition)
    session.flush()
    left = session.scalar(select(func.count()).where(Edition.memorandum_id == memorandum.id))
    if left:
        return False
    audit.record(session, "memorandum.removed", memorandum, actor=actor, now=now)
    session.expire(memorandum, ["editions"])
    session.delete(memorandum)
    session.flush()
    return True


def _add_edition(session: Session, memorandum: Memorandum, number: int, actor: Any, now: datetime) -> Edition:
    row = Edition(memorandum_id=memorandum.id, number=number, created_at=now, updated_at=now)
    session.add(row)
    session.flush()
    audit.record(session, "edition.created", row, actor=actor, now=now, changes={"number": [None, number]})
    session.expire(memorandum, ["editions"])
    return row


def _copy_chapter(session: Session, chapter: Chapter, edition: Edition) -> None:
    copy = Chapter(
        edition_id=edition.id,
        title=chapter.title,
        introduction=chapter.introduction,
        position=chapter.position,
    )
    session.add(copy)
    session.flush()
    for item in chapter.items:
        session.add(
            Item(
                edition_id=edition.id,
                chapter_id=copy.id,
                recommendation_id=item.recommendation_id,
                position=item.position,
            )
        )


def _held_editions(session: Session, memorandum: Memorandum) -> list[Edition]:
    """Read the editions as they are now, and hold them until the transaction ends."""
    session.refresh(memorandum, with_for_update=True)
    return list(
        session.scalars(
            select(Edition)
            .where(Edition.memorandum_id == memorandum.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _check(facts: Facts) -> None:
    if not facts.title:
        raise DomainError(N_("Donnez un titre au mémorandum."), field="title")


def _write(memorandum: Memorandum, facts: Facts) -> None:
    memorandum.title, memorandum.subtitle = facts.title, facts.subtitle
    memorandum.election_id, memorandum.territory_id = facts.election_id, facts.territory_id
    memorandum.addressees = facts.addressees


def _plain(memorandum: Memorandum) -> dict[str, Any]:
    names = ("title", "subtitle", "election_id", "territory_id", "addressees")
    return {name: getattr(memorandum, name) for name in names}


def _free_slug(session: Session, title: str) -> str:
    wanted = slug(title)
    taken = set(session.scalars(select(Memorandum.slug).where(Memorandum.slug.startswith(wanted)))) | RESERVED
    candidate, number = wanted, 2
    while candidate in taken:
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate
