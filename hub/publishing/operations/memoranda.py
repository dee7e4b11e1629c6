"""Beginning a memorandum and its editions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import slug
from hub.publishing.models.composition import (
    Chapter,
    EditionFigure,
    EditionSection,
    Item,
    Signatory,
    Sponsor,
)
from hub.publishing.models.editions import IN_COMPOSITION, PUBLIC, Edition, Memorandum
from hub.publishing.operations import sections
from hub.publishing.operations.composing import FrozenError, hold
from hub.publishing.queries import descent as descent_queries
from hub.publishing.queries import memoranda as queries
from hub.publishing.values.descent import Kin
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.models.recommendations import SET_ASIDE, Outcome, Recommendation

RESERVED = {"nouveau", "genealogie"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a memorandum is: `addressees` one a line."""

    title: str
    subtitle: str = ""
    election_id: int | None = None
    territory_id: int | None = None
    addressees: str = ""
    year: int | None = None
    previous_id: int | None = None  # the memorandum that it comes after


def create(
    session: Session, facts: Facts, *, start_from: Edition | None = None, actor: Any, now: datetime
) -> Memorandum:
    """Begin a memorandum with its first edition, a draft, empty or from an edition that was public.

    Raises DomainError for a missing title.
    """
    _check(session, facts, None)
    memorandum = Memorandum(slug=_free_slug(session, facts.title), created_at=now)
    _write(memorandum, facts)
    session.add(memorandum)
    session.flush()
    audit.record(session, "memorandum.created", memorandum, actor=actor, now=now)
    edition = _add_edition(session, memorandum, 1, actor, now)
    if start_from is None:
        sections.create(session, edition)
    else:
        _start(session, edition, start_from)
    return memorandum


def known_by_document(
    session: Session, facts: Facts, document: SourceDocument, *, actor: Any, now: datetime
) -> Memorandum:
    """Note a memorandum that was made elsewhere: its document says what it holds, it has no edition here.

    Raises DomainError for a missing title.
    """
    _check(session, facts, None)
    memorandum = Memorandum(slug=_free_slug(session, facts.title), document_id=document.id, created_at=now)
    _write(memorandum, facts)
    session.add(memorandum)
    session.flush()
    audit.record(session, "memorandum.created", memorandum, actor=actor, now=now)
    return memorandum


def edit(session: Session, memorandum: Memorandum, facts: Facts, *, actor: Any, now: datetime) -> None:
    """Change what the memorandum is. Raises FrozenError once an edition of it was published."""
    _check(session, facts, memorandum)
    for edition in _held_editions(session, memorandum):
        if edition.state not in IN_COMPOSITION:
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


def new_edition(
    session: Session, memorandum: Memorandum, *, start_from: Edition | None = None, actor: Any, now: datetime
) -> Edition:
    """Begin the next edition from the last one, or from another that was public, of any memorandum.

    Taken along are parts, chapters, recommendations and signatories; within one memorandum also figures, who
    supports it and the layout. Raises DomainError while another edition is in the making.
    """
    editions = _held_editions(session, memorandum)
    if any(edition.state not in PUBLIC for edition in editions):
        raise DomainError(N_("Une édition est déjà en préparation : terminez-la d’abord."))
    last = max(editions, key=lambda edition: edition.number, default=None)
    row = _add_edition(session, memorandum, last.number + 1 if last else 1, actor, now)
    source = start_from or last
    if source is None:
        sections.create(session, row)
    else:
        _start(session, row, source)
    return row


def _start(session: Session, row: Edition, source: Edition) -> None:
    """Take along what another edition holds; of an earlier memorandum, only what is still asked."""
    row.starts_from_id = source.id
    parts = sections.copy(session, source, row)
    chapters = list(session.scalars(queries.chapters(source)))
    standing = [item.recommendation for chapter in chapters for item in chapter.items]
    asked = (
        _still_asked(session, standing)
        if source.memorandum_id != row.memorandum_id
        else {each.id: [each.id] for each in standing}
    )
    taken: set[int] = set()
    copies = {chapter.id: _copy_chapter(session, chapter, row, asked, taken) for chapter in chapters}
    for signatory in session.scalars(queries.signatories(source)):
        session.add(
            Signatory(
                edition_id=row.id, organisation_id=signatory.organisation_id, position=signatory.position,
                logo_id=signatory.logo_id,
            )
        )  # fmt: skip
    if source.memorandum_id == row.memorandum_id:
        row.layout = source.layout
        _copy_figures(session, source, row, parts, copies)
        _copy_sponsors(session, source, row)
    session.flush()


def _copy_figures(
    session: Session, source: Edition, row: Edition, parts: Mapping[int, EditionSection],
    chapters: Mapping[int, Chapter],
) -> None:  # fmt: skip
    for figure in session.scalars(select(EditionFigure).where(EditionFigure.edition_id == source.id)):
        session.add(
            EditionFigure(
                edition_id=row.id, kind=figure.kind, caption=figure.caption, alternative=figure.alternative,
                source=figure.source, file_id=figure.file_id, position=figure.position,
                section_id=parts[figure.section_id].id if figure.section_id else None,
                chapter_id=chapters[figure.chapter_id].id if figure.chapter_id else None,
            )
        )  # fmt: skip


def _copy_sponsors(session: Session, source: Edition, row: Edition) -> None:
    for one in session.scalars(select(Sponsor).where(Sponsor.edition_id == source.id)):
        session.add(
            Sponsor(
                edition_id=row.id, name=one.name, mention=one.mention, logo_id=one.logo_id,
                position=one.position,
            )
        )  # fmt: skip


def _still_asked(session: Session, standing: Iterable[Recommendation]) -> dict[int, list[int]]:
    """Return by which recommendations each one is asked today: itself, what became of it, or none.

    What was obtained is asked no more.
    """
    rows = list(standing)
    kin = Kin((parent, child) for parent, child in session.execute(descent_queries.ties()))
    after = {row.id: kin.after(row.id) - {row.id} for row in rows}
    heirs = {each for ids in after.values() for each in ids}
    alive = set(
        session.scalars(
            select(Recommendation.id).where(
                Recommendation.id.in_(heirs | {row.id for row in rows}),
                Recommendation.state.not_in(SET_ASIDE),
                or_(Recommendation.outcome.is_(None), Recommendation.outcome != Outcome.OBTAINED),
            )
        )
    )
    last = {each for each in heirs if kin.after(each) == {each}}
    return {
        row.id: sorted(after[row.id] & alive & last) or ([row.id] if row.id in alive else []) for row in rows
    }


def remove_draft(session: Session, edition: Edition, *, actor: Any, now: datetime) -> bool:
    """Take a draft away, and its memorandum where it was its only edition; return whether it was.

    Raises FrozenError for an edition that is published or about to be.
    """
    memorandum = edition.memorandum
    session.refresh(memorandum, with_for_update={"of": Memorandum})
    hold(session, edition)
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


def _copy_chapter(
    session: Session, chapter: Chapter, edition: Edition, asked: dict[int, list[int]], taken: set[int]
) -> Chapter:
    copy = Chapter(
        edition_id=edition.id,
        title=chapter.title,
        introduction=chapter.introduction,
        position=chapter.position,
    )
    session.add(copy)
    session.flush()
    place = 0
    for item in chapter.items:
        for number in asked[item.recommendation_id]:
            if number in taken:
                continue
            taken.add(number)
            place += 1
            session.add(
                Item(
                    edition_id=edition.id,
                    chapter_id=copy.id,
                    recommendation_id=number,
                    position=place,
                    priority=item.priority,
                    is_cross_cutting=item.is_cross_cutting,
                )
            )
    return copy


def _held_editions(session: Session, memorandum: Memorandum) -> list[Edition]:
    """Read the editions as they are now, and hold them until the transaction ends."""
    session.refresh(memorandum, with_for_update={"of": Memorandum})
    return list(
        session.scalars(
            select(Edition)
            .where(Edition.memorandum_id == memorandum.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _check(session: Session, facts: Facts, memorandum: Memorandum | None) -> None:
    if not facts.title:
        raise DomainError(N_("Donnez un titre au mémorandum."), field="title")
    seen: set[int] = set()
    here = facts.previous_id
    while memorandum is not None and here is not None and here not in seen:
        if here == memorandum.id:
            raise DomainError(N_("Un mémorandum ne peut pas se suivre lui-même."), field="previous")
        seen.add(here)
        here = session.scalar(select(Memorandum.previous_id).where(Memorandum.id == here))


def _write(memorandum: Memorandum, facts: Facts) -> None:
    memorandum.title, memorandum.subtitle = facts.title, facts.subtitle
    memorandum.election_id, memorandum.territory_id = facts.election_id, facts.territory_id
    memorandum.addressees = facts.addressees
    memorandum.previous_id = facts.previous_id
    memorandum.year = facts.year


def _plain(memorandum: Memorandum) -> dict[str, Any]:
    names = ("title", "subtitle", "election_id", "territory_id", "addressees", "year", "previous_id")
    return {name: getattr(memorandum, name) for name in names}


def _free_slug(session: Session, title: str) -> str:
    wanted = slug(title)
    taken = set(session.scalars(select(Memorandum.slug).where(Memorandum.slug.startswith(wanted)))) | RESERVED
    candidate, number = wanted, 2
    while candidate in taken:
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate
