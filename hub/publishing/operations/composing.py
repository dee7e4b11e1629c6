"""Composing a draft: chapters, recommendations, signatories, preamble.

Each operation first holds the edition's row, so that two people never overwrite each other unseen, and
refuses an edition that is no longer a draft.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.publishing.models.composition import (
    Chapter,
    EditionFigure,
    EditionSection,
    Item,
    SectionKind,
    Signatory,
    Sponsor,
)
from hub.publishing.models.editions import IN_COMPOSITION, Edition
from hub.publishing.operations import comments, hanging, sections, snapshots
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation

Row = TypeVar("Row", Chapter, Item, Signatory, EditionSection, EditionFigure, Sponsor)


class FrozenError(DomainError):
    """The edition is published, or about to be: it no longer changes."""


class ChangedMeanwhileError(DomainError):
    """Somebody else has changed the same thing since the page was opened."""


def seen(*texts: str) -> str:
    """Return a mark of texts as a form shows them; it tells later whether they changed meanwhile."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def hold(session: Session, edition: Edition) -> None:
    """Hold the edition until the transaction ends. Raises FrozenError unless it is a draft."""
    session.refresh(edition, with_for_update={"of": Edition})
    if edition.state not in IN_COMPOSITION:
        raise FrozenError(N_("Cette édition ne change plus. Commencez une nouvelle édition."))


def hold_to_change(session: Session, edition: Edition, now: datetime) -> None:
    """Hold the edition, and keep what it is before its first change, which can be undone."""
    hold(session, edition)
    snapshots.begin(session, edition, now=now)
    hanging.note(session, edition)


# --- Chapters ---------------------------------------------------------------------------------


def add_chapter(
    session: Session, edition: Edition, title: str, introduction: str = "", *, actor: Any, now: datetime
) -> Chapter:
    """Add a chapter at the end. Raises DomainError for a missing title."""
    hold_to_change(session, edition, now)
    _check_title(title)
    rows = _chapters(session, edition)
    chapter = Chapter(
        edition_id=edition.id, title=title, introduction=introduction, position=next_position(rows)
    )
    session.add(chapter)
    changed(session, edition, "edition.chapter_added", actor, now, chapter=[None, title])
    return chapter


def edit_chapter(
    session: Session,
    chapter: Chapter,
    title: str,
    introduction: str,
    *,
    mark: str,
    actor: Any,
    now: datetime,
) -> None:
    """Change a chapter's words; `mark` is that of the words the person saw.

    Raises DomainError for a missing title, ChangedMeanwhileError if somebody else changed them.
    """
    hold_to_change(session, chapter.edition, now)
    session.refresh(chapter)
    _check_title(title)
    if mark != seen(chapter.title, chapter.introduction) and (title, introduction) != (
        chapter.title,
        chapter.introduction,
    ):
        raise ChangedMeanwhileError(
            N_(
                "Ce chapitre a changé depuis que vous l’avez ouvert. Votre texte est gardé ci-dessous : "
                "comparez, puis enregistrez."
            )
        )
    before = chapter.title
    chapter.title, chapter.introduction = title, introduction
    changed(session, chapter.edition, "edition.chapter_edited", actor, now, chapter=[before, title])


def remove_chapter(session: Session, chapter: Chapter, *, actor: Any, now: datetime) -> None:
    """Take a chapter out; its recommendations stay in the register."""
    edition = chapter.edition
    hold_to_change(session, edition, now)
    title = chapter.title
    comments.detach(session, edition, Item, [item.id for item in chapter.items])
    comments.detach(session, edition, Chapter, [chapter.id])
    session.delete(chapter)
    changed(session, edition, "edition.chapter_removed", actor, now, chapter=[title, None])
    session.expire(edition, ["chapters"])


def order_chapters(
    session: Session, edition: Edition, identifiers: Sequence[int], *, actor: Any, now: datetime
) -> None:
    """Put all chapters in that order. Raises ChangedMeanwhileError if the set is another one now."""
    hold_to_change(session, edition, now)
    put_in_order(_chapters(session, edition), identifiers)
    changed(session, edition, "", actor, now)


def move_chapter(session: Session, chapter: Chapter, *, up: bool, actor: Any, now: datetime) -> None:
    """Move a chapter by one place; at an end it stays."""
    hold_to_change(session, chapter.edition, now)
    shift(_chapters(session, chapter.edition), chapter, up=up)
    changed(session, chapter.edition, "", actor, now)


# --- Recommendations --------------------------------------------------------------------------


def add_items(
    session: Session, chapter: Chapter, identifiers: Iterable[int], *, actor: Any, now: datetime
) -> int:
    """Add recommendations at a chapter's end, in the order of their codes; return how many were added.

    Those that stand in the edition already stay where they are; dropped ones are left aside.
    """
    edition = chapter.edition
    hold_to_change(session, edition, now)
    present = select(Item.recommendation_id).where(Item.edition_id == edition.id)
    new = session.scalars(
        select(Recommendation)
        .where(
            Recommendation.id.in_(set(identifiers)),
            Recommendation.id.not_in(present),
            Recommendation.state.not_in(SET_ASIDE),
        )
        .order_by(Recommendation.code)
    ).all()
    first = next_position(_items(session, chapter))
    for position, recommendation in enumerate(new, start=first):
        session.add(
            Item(
                edition_id=edition.id,
                chapter_id=chapter.id,
                recommendation_id=recommendation.id,
                position=position,
            )
        )
    if new:
        codes = " ".join(recommendation.code for recommendation in new)
        changed(
            session, edition, "edition.items_added", actor, now,
            items=[None, codes], chapter=[None, chapter.title],
        )  # fmt: skip
        session.expire(chapter, ["items"])
    return len(new)


def order_items(
    session: Session, chapter: Chapter, identifiers: Sequence[int], *, actor: Any, now: datetime
) -> None:
    """Put a chapter's items in that order; those of other chapters among them move here.

    Raises ChangedMeanwhileError if one has left the edition, or another has come to the chapter.
    """
    edition = chapter.edition
    hold_to_change(session, edition, now)
    here = _items(session, chapter)
    coming = [item for item in _chosen(session, edition, identifiers) if item.chapter_id != chapter.id]
    put_in_order([*here, *coming], identifiers)
    for item in coming:
        item.chapter_id = chapter.id
    if coming:
        changed(
            session, edition, "edition.items_moved", actor, now,
            items=[None, _codes(coming)], chapter=[None, chapter.title],
        )  # fmt: skip
        _forget_items(session, edition)
    else:
        changed(session, edition, "", actor, now)
        session.expire(chapter, ["items"])


def move_item(session: Session, item: Item, *, up: bool, actor: Any, now: datetime) -> None:
    """Move an item by one place within its chapter; at an end it stays."""
    edition = item.chapter.edition
    hold_to_change(session, edition, now)
    session.refresh(item)
    shift(_items(session, item.chapter), item, up=up)
    changed(session, edition, "", actor, now)
    session.expire(item.chapter, ["items"])


def move_to_chapter(
    session: Session, target: Chapter, identifiers: Iterable[int], *, actor: Any, now: datetime
) -> int:
    """Move items of the edition to the end of a chapter, in their present order; return how many."""
    edition = target.edition
    hold_to_change(session, edition, now)
    moved = [item for item in _chosen(session, edition, identifiers) if item.chapter_id != target.id]
    first = next_position(_items(session, target))
    for position, item in enumerate(moved, start=first):
        item.chapter_id, item.position = target.id, position
    if moved:
        changed(
            session, edition, "edition.items_moved", actor, now,
            items=[None, _codes(moved)], chapter=[None, target.title],
        )  # fmt: skip
    _forget_items(session, edition)
    return len(moved)


def remove_items(
    session: Session, edition: Edition, identifiers: Iterable[int], *, actor: Any, now: datetime
) -> int:
    """Take items out of the edition; their recommendations stay in the register. Return how many."""
    hold_to_change(session, edition, now)
    removed = _chosen(session, edition, identifiers)
    codes = _codes(removed)
    comments.detach(session, edition, Item, [item.id for item in removed])
    for item in removed:
        session.delete(item)
    if removed:
        changed(session, edition, "edition.items_removed", actor, now, items=[codes, None])
    _forget_items(session, edition)
    return len(removed)


# --- Signatories ------------------------------------------------------------------------------


def add_signatories(
    session: Session, edition: Edition, identifiers: Iterable[int], *, actor: Any, now: datetime
) -> int:
    """Let organisations sign, at the end of the list by name; return how many were added."""
    hold_to_change(session, edition, now)
    rows = _signatories(session, edition)
    signing = {row.organisation_id for row in rows}
    new = [
        organisation
        for organisation in session.scalars(
            select(Organisation).where(Organisation.id.in_(set(identifiers))).order_by(Organisation.name)
        )
        if organisation.id not in signing
    ]
    for position, organisation in enumerate(new, start=next_position(rows)):
        session.add(Signatory(edition_id=edition.id, organisation_id=organisation.id, position=position))
    if new:
        slugs = " ".join(organisation.slug for organisation in new)
        changed(session, edition, "edition.signatories_added", actor, now, signatories=[None, slugs])
        session.expire(edition, ["signatories"])
    return len(new)


def remove_signatory(session: Session, signatory: Signatory, *, actor: Any, now: datetime) -> None:
    """Take an organisation off the signatories."""
    edition = signatory.edition
    hold_to_change(session, edition, now)
    name = signatory.organisation.slug
    session.delete(signatory)
    changed(session, edition, "edition.signatory_removed", actor, now, signatories=[name, None])
    session.expire(edition, ["signatories"])


def order_signatories(
    session: Session, edition: Edition, identifiers: Sequence[int], *, actor: Any, now: datetime
) -> None:
    """Put all signatories in that order. Raises ChangedMeanwhileError if the set is another one now."""
    hold_to_change(session, edition, now)
    put_in_order(_signatories(session, edition), identifiers)
    changed(session, edition, "", actor, now)


def move_signatory(session: Session, signatory: Signatory, *, up: bool, actor: Any, now: datetime) -> None:
    """Move a signatory by one place; at an end it stays."""
    hold_to_change(session, signatory.edition, now)
    shift(_signatories(session, signatory.edition), signatory, up=up)
    changed(session, signatory.edition, "", actor, now)


# --- Words ------------------------------------------------------------------------------------


def write_preamble(
    session: Session, edition: Edition, text: str, *, mark: str, actor: Any, now: datetime
) -> None:
    """Write the preamble; `mark` is that of the text the person saw.

    Raises ChangedMeanwhileError if somebody else has written it since.
    """
    hold_to_change(session, edition, now)
    part = sections.of(session, edition, SectionKind.PREAMBLE)
    if text == part.text:
        return
    if mark != seen(part.text):
        raise ChangedMeanwhileError(
            N_(
                "Le préambule a changé depuis que vous l’avez ouvert. Votre texte est gardé ci-dessous : "
                "comparez, puis enregistrez."
            ),
            field="preamble",
        )
    part.text = text
    changed(session, edition, "edition.preamble_written", actor, now)


# --- Within -----------------------------------------------------------------------------------


def _chapters(session: Session, edition: Edition) -> list[Chapter]:
    return fresh(session, select(Chapter).where(Chapter.edition_id == edition.id), Chapter)


def _items(session: Session, chapter: Chapter) -> list[Item]:
    return fresh(session, select(Item).where(Item.chapter_id == chapter.id), Item)


def _signatories(session: Session, edition: Edition) -> list[Signatory]:
    return fresh(session, select(Signatory).where(Signatory.edition_id == edition.id), Signatory)


def fresh(session: Session, rows: Any, model: type[Row]) -> list[Row]:
    """Read rows as they are now that the edition is held, in their order."""
    ordered = rows.order_by(model.position, model.id).execution_options(populate_existing=True)
    return list(session.scalars(ordered))


def _chosen(session: Session, edition: Edition, identifiers: Iterable[int]) -> list[Item]:
    return list(
        session.scalars(
            select(Item)
            .join(Item.chapter)
            .where(Item.edition_id == edition.id, Item.id.in_(set(identifiers)))
            .order_by(Chapter.position, Chapter.id, Item.position, Item.id)
        )
    )


def _codes(items: Sequence[Item]) -> str:
    return " ".join(item.recommendation.code for item in items)


def _forget_items(session: Session, edition: Edition) -> None:
    for chapter in _chapters(session, edition):
        session.expire(chapter, ["items"])


def next_position(rows: Sequence[Any]) -> int:
    """Return the place after the last row."""
    return max((row.position for row in rows), default=0) + 1


def put_in_order(rows: Sequence[Row], identifiers: Sequence[int]) -> None:
    """Number rows in that order. Raises ChangedMeanwhileError if they are others now."""
    known = {row.id: row for row in rows}
    if sorted(known) != sorted(identifiers):
        raise ChangedMeanwhileError(
            N_("La liste a changé entre-temps. Rechargez la page, puis remettez-la en ordre.")
        )
    for position, identifier in enumerate(identifiers, start=1):
        known[identifier].position = position


def shift(rows: list[Row], row: Row, *, up: bool) -> None:
    """Move a row by one place; at an end it stays."""
    place = rows.index(row)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, one in enumerate(rows, start=1):
        one.position = position


def _check_title(title: str) -> None:
    if not title:
        raise DomainError(N_("Donnez un titre au chapitre."), field="title")


def changed(
    session: Session, edition: Edition, action: str, actor: Any, now: datetime, **changes: Any
) -> None:
    """Note the change, and keep what the edition is now; one of order alone gets no line of history."""
    edition.updated_at = now
    session.flush()
    snapshots.keep(session, edition, action or "edition.reordered", actor=actor, now=now)
    if action:
        audit.record(session, action, edition, actor=actor, now=now, changes=changes)
