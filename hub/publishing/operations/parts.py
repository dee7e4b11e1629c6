"""The parts of an edition: renamed, written, left out, put in order, added; priorities and marks of items."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import N_, DomainError
from hub.publishing.models.composition import Chapter, EditionSection, Item, SectionKind
from hub.publishing.models.editions import Edition, Layout
from hub.publishing.operations import comments, sections
from hub.publishing.operations.composing import (
    ChangedMeanwhileError,
    changed,
    hold_to_change,
    put_in_order,
    seen,
    shift,
)

MOST_PRIORITIES = 12
MOST_PARTS = 60
ALWAYS = (SectionKind.COVER, SectionKind.CHAPTERS)  # what an edition can't be without


# --- Parts ------------------------------------------------------------------------------------


def write_section(
    session: Session, section: EditionSection, title: str, text: str, *, mark: str, actor: Any, now: datetime
) -> None:
    """Change a part's title and text; `mark` is that of the words the person saw.

    An empty title means the usual one. Raises DomainError where an own part has none, ChangedMeanwhileError
    if somebody else changed the words.
    """
    edition = section.edition
    hold_to_change(session, edition, now)
    session.refresh(section)
    if section.kind == SectionKind.OWN:
        _check_title(title)
    if (title, text) == (section.title, section.text):
        return
    if mark != seen(section.title, section.text):
        raise ChangedMeanwhileError(
            N_(
                "Cette partie a changé depuis que vous l’avez ouverte. Votre texte est gardé ci-dessous : "
                "comparez, puis enregistrez."
            )
        )
    section.title, section.text = title, text
    changed(session, edition, "edition.section_written", actor, now, section=[None, section.kind])


def leave_out(
    session: Session, section: EditionSection, *, left_out: bool, actor: Any, now: datetime
) -> None:
    """Leave a part out, or take it back. Raises DomainError for one that an edition can’t be without."""
    edition = section.edition
    hold_to_change(session, edition, now)
    session.refresh(section)
    if left_out and section.kind in ALWAYS:
        raise DomainError(N_("Cette partie ne peut pas être laissée de côté."))
    if section.is_left_out == left_out:
        return
    section.is_left_out = left_out
    action = "edition.section_left_out" if left_out else "edition.section_taken_back"
    changed(session, edition, action, actor, now, section=[None, section.kind])


def add_section(
    session: Session, edition: Edition, title: str, *, actor: Any, now: datetime
) -> EditionSection:
    """Add a part of the edition's own behind the chapters. Raises DomainError for a missing title."""
    hold_to_change(session, edition, now)
    _check_title(title)
    rows = _sections(session, edition)
    if len(rows) >= MOST_PARTS:
        raise DomainError(N_("Un mémorandum a au plus %(max)d parties."), max=MOST_PARTS)
    row = EditionSection(edition_id=edition.id, kind=SectionKind.OWN, title=title)
    session.add(row)
    place = next(
        (place for place, each in enumerate(rows, start=1) if each.kind == SectionKind.CHAPTERS), len(rows)
    )
    rows.insert(place, row)
    for position, each in enumerate(rows, start=1):
        each.position = position
    changed(session, edition, "edition.section_added", actor, now, section=[None, title])
    session.expire(edition, ["sections"])
    return row


def remove_section(session: Session, section: EditionSection, *, actor: Any, now: datetime) -> None:
    """Take an own part away. Raises DomainError for another one: that is left out instead."""
    edition = section.edition
    hold_to_change(session, edition, now)
    if section.kind != SectionKind.OWN:
        raise DomainError(N_("Cette partie se laisse de côté ; elle ne se supprime pas."))
    title = section.title
    comments.detach(session, edition, EditionSection, [section.id])
    session.delete(section)
    changed(session, edition, "edition.section_removed", actor, now, section=[title, None])
    session.expire(edition, ["sections"])


def order_sections(
    session: Session, edition: Edition, identifiers: Sequence[int], *, actor: Any, now: datetime
) -> None:
    """Put all parts in that order; the cover, which isn't among them, stays first.

    Raises ChangedMeanwhileError if the set is another one now.
    """
    hold_to_change(session, edition, now)
    put_in_order([row for row in _sections(session, edition) if row.kind != SectionKind.COVER], identifiers)
    sections.of(session, edition, SectionKind.COVER).position = 0
    changed(session, edition, "", actor, now)
    session.expire(edition, ["sections"])


def move_section(session: Session, section: EditionSection, *, up: bool, actor: Any, now: datetime) -> None:
    """Move a part by one place; at an end it stays, and nothing comes before the cover."""
    edition = section.edition
    hold_to_change(session, edition, now)
    rows = [row for row in _sections(session, edition) if row.kind != SectionKind.COVER]
    if section in rows:
        shift(rows, section, up=up)
    changed(session, edition, "", actor, now)
    session.expire(edition, ["sections"])


# --- Priorities, cross-cutting demands --------------------------------------------------------


def choose_priorities(
    session: Session, edition: Edition, identifiers: Iterable[int], *, wanted: bool, actor: Any, now: datetime
) -> int:
    """Make items priorities, behind those that are, or make them none; return how many changed.

    Raises DomainError for more than twelve.
    """
    hold_to_change(session, edition, now)
    chosen = [item for item in _items(session, edition, identifiers) if (item.priority is None) == wanted]
    ranked = _ranked(session, edition)
    ranked = [*ranked, *chosen] if wanted else [item for item in ranked if item not in chosen]
    if len(ranked) > MOST_PRIORITIES:
        raise DomainError(
            N_("Un mémorandum a au plus %(max)d priorités ; cinq ou six se retiennent mieux."),
            max=MOST_PRIORITIES,
        )
    for item in chosen:
        item.priority = None
    _rank(ranked)
    if chosen:
        changed(session, edition, "edition.priorities_chosen", actor, now, count=[None, len(ranked)])
    return len(chosen)


def order_priorities(
    session: Session, edition: Edition, identifiers: Sequence[int], *, actor: Any, now: datetime
) -> None:
    """Rank the priorities in that order. Raises ChangedMeanwhileError if they are others now."""
    hold_to_change(session, edition, now)
    known = {item.id: item for item in _ranked(session, edition)}
    if sorted(known) != sorted(identifiers):
        raise ChangedMeanwhileError(
            N_("La liste a changé entre-temps. Rechargez la page, puis remettez-la en ordre.")
        )
    _rank([known[identifier] for identifier in identifiers])
    changed(session, edition, "", actor, now)


def move_priority(session: Session, item: Item, *, up: bool, actor: Any, now: datetime) -> None:
    """Move a priority by one rank; at an end it stays."""
    edition = item.chapter.edition
    hold_to_change(session, edition, now)
    ranked = _ranked(session, edition)
    if item in ranked:
        place = ranked.index(item)
        other = place - 1 if up else place + 1
        if 0 <= other < len(ranked):
            ranked[place], ranked[other] = ranked[other], ranked[place]
    _rank(ranked)
    changed(session, edition, "", actor, now)


def mark_cross_cutting(
    session: Session, edition: Edition, identifiers: Iterable[int], *, wanted: bool, actor: Any, now: datetime
) -> int:
    """Say of items that they cut across chapters, or that they don't; return how many changed."""
    hold_to_change(session, edition, now)
    chosen = [item for item in _items(session, edition, identifiers) if item.is_cross_cutting != wanted]
    for item in chosen:
        item.is_cross_cutting = wanted
    if chosen:
        changed(session, edition, "edition.cross_cutting_marked", actor, now, count=[None, len(chosen)])
    return len(chosen)


def choose_layout(session: Session, edition: Edition, layout: Layout, *, actor: Any, now: datetime) -> None:
    """Choose how the PDF is laid out."""
    hold_to_change(session, edition, now)
    if edition.layout != layout:
        before = edition.layout
        edition.layout = layout
        changed(session, edition, "edition.layout_chosen", actor, now, layout=[before, layout])


# --- Within -----------------------------------------------------------------------------------


def _check_title(title: str) -> None:
    if not title:
        raise DomainError(N_("Donnez un titre à cette partie."), field="title")


def _sections(session: Session, edition: Edition) -> list[EditionSection]:
    return list(
        session.scalars(
            select(EditionSection)
            .where(EditionSection.edition_id == edition.id)
            .order_by(EditionSection.position, EditionSection.id)
            .execution_options(populate_existing=True)
        )
    )


def _items(session: Session, edition: Edition, identifiers: Iterable[int]) -> list[Item]:
    return list(
        session.scalars(
            select(Item)
            .join(Item.chapter)
            .where(Item.edition_id == edition.id, Item.id.in_(set(identifiers)))
            .order_by(Chapter.position, Chapter.id, Item.position, Item.id)
            .execution_options(populate_existing=True)
        )
    )


def _ranked(session: Session, edition: Edition) -> list[Item]:
    return list(
        session.scalars(
            select(Item)
            .where(Item.edition_id == edition.id, Item.priority.is_not(None))
            .order_by(Item.priority, Item.id)
            .execution_options(populate_existing=True)
        )
    )


def _rank(items: Sequence[Item]) -> None:
    for rank, item in enumerate(items, start=1):
        item.priority = rank
