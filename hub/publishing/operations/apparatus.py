"""What surrounds the text of an edition: its glossary, its figures, who supports it, logos of who signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import files
from hub.core.errors import N_, DomainError
from hub.core.files import Store, StoredFile
from hub.publishing.models.composition import (
    Chapter,
    EditionFigure,
    EditionSection,
    EditionTerm,
    FigureKind,
    Signatory,
    Sponsor,
)
from hub.publishing.models.editions import Edition
from hub.publishing.operations.composing import (
    ChangedMeanwhileError,
    changed,
    fresh,
    hold_to_change,
    next_position,
    put_in_order,
    seen,
    shift,
)
from memoranda import pictures
from memoranda.errors import ContentError

MOST_TERMS = 200
MOST_FIGURES = 60
MOST_SPONSORS = 40
PNG = "image/png"
LARGEST = 5 * 1024 * 1024
LONGEST_SIDE = 2_400
LOGO_SIDE = 1_000
MEANWHILE = N_(
    "Quelqu’un d’autre l’a modifié entre-temps. Votre texte est gardé : comparez, puis enregistrez."
)


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a figure: its caption, what it shows to whoever can't see it, where it comes from."""

    caption: str = ""
    alternative: str = ""
    source: str = ""


# --- The glossary -----------------------------------------------------------------------------


def write_term(
    session: Session,
    edition: Edition,
    row: EditionTerm | None,
    term: str,
    definition: str,
    *,
    mark: str = "",
    actor: Any,
    now: datetime,
) -> EditionTerm:
    """Define a word, or change one; `mark` is that of the words the person saw.

    Raises DomainError for what is missing, defined twice or too much, ChangedMeanwhileError for a conflict.
    """
    hold_to_change(session, edition, now)
    if not term:
        raise DomainError(N_("Écrivez le mot à expliquer."), field="term")
    if not definition:
        raise DomainError(N_("Expliquez ce mot en une phrase."), field="definition")
    same = select(EditionTerm.id).where(EditionTerm.edition_id == edition.id, EditionTerm.term == term)
    if session.scalar(same) not in {None, row.id if row else None}:
        raise DomainError(N_("Ce mot est déjà expliqué."), field="term")
    if row is None:
        known = session.scalars(select(EditionTerm.id).where(EditionTerm.edition_id == edition.id)).all()
        if len(known) >= MOST_TERMS:
            raise DomainError(N_("Un glossaire a au plus %(max)d mots."), field="term", max=MOST_TERMS)
        row = EditionTerm(edition_id=edition.id, term=term, definition=definition)
        session.add(row)
    else:
        session.refresh(row)
        _check_seen(mark, (row.term, row.definition), (term, definition))
        row.term, row.definition = term, definition
    changed(session, edition, "edition.term_changed", actor, now, term=[None, term])
    return row


def remove_term(session: Session, edition: Edition, row: EditionTerm, *, actor: Any, now: datetime) -> None:
    """Take a word out of the glossary."""
    hold_to_change(session, edition, now)
    term = row.term
    session.delete(row)
    changed(session, edition, "edition.term_changed", actor, now, term=[term, None])


# --- Who supports it --------------------------------------------------------------------------


def write_sponsor(
    session: Session,
    edition: Edition,
    row: Sponsor | None,
    name: str,
    mention: str,
    *,
    logo: StoredFile | None = None,
    mark: str = "",
    actor: Any,
    now: datetime,
) -> Sponsor:
    """Name who supports the edition, or change that; without a new logo the one that is there stays.

    Raises DomainError for a missing name or too many, ChangedMeanwhileError for a conflict.
    """
    hold_to_change(session, edition, now)
    if not name:
        raise DomainError(N_("Dites qui soutient le mémorandum."), field="name")
    rows = session.scalars(select(Sponsor).where(Sponsor.edition_id == edition.id)).all()
    if row is None:
        if len(rows) >= MOST_SPONSORS:
            raise DomainError(N_("Au plus %(max)d soutiens."), field="name", max=MOST_SPONSORS)
        row = Sponsor(edition_id=edition.id, name=name, mention=mention, position=next_position(rows))
        session.add(row)
        action = "edition.sponsor_added"
    else:
        session.refresh(row)
        _check_seen(mark, (row.name, row.mention), (name, mention))
        row.name, row.mention = name, mention
        action = "edition.sponsor_edited"
    if logo is not None:
        row.logo_id = logo.id
    changed(session, edition, action, actor, now, sponsor=[None, name])
    return row


def remove_sponsor(session: Session, edition: Edition, row: Sponsor, *, actor: Any, now: datetime) -> None:
    """Take a support off."""
    hold_to_change(session, edition, now)
    name = row.name
    session.delete(row)
    changed(session, edition, "edition.sponsor_removed", actor, now, sponsor=[name, None])


def order_sponsors(
    session: Session, edition: Edition, identifiers: Sequence[int], *, actor: Any, now: datetime
) -> None:
    """Put all supports in that order. Raises ChangedMeanwhileError if the set is another one now."""
    hold_to_change(session, edition, now)
    put_in_order(_sponsors(session, edition), identifiers)
    changed(session, edition, "", actor, now)


def move_sponsor(
    session: Session, edition: Edition, row: Sponsor, *, up: bool, actor: Any, now: datetime
) -> None:
    """Move a support by one place; at an end it stays."""
    hold_to_change(session, edition, now)
    shift(_sponsors(session, edition), row, up=up)
    changed(session, edition, "", actor, now)


def _sponsors(session: Session, edition: Edition) -> list[Sponsor]:
    return fresh(session, select(Sponsor).where(Sponsor.edition_id == edition.id), Sponsor)


def choose_logo(
    session: Session, signatory: Signatory, logo: StoredFile | None, *, actor: Any, now: datetime
) -> None:
    """Print a signatory's logo, or none."""
    edition = signatory.edition
    hold_to_change(session, edition, now)
    session.refresh(signatory)
    signatory.logo_id = logo.id if logo else None
    slug = signatory.organisation.slug
    changed(session, edition, "edition.logo_chosen", actor, now, signatory=[None, slug])


# --- Figures ----------------------------------------------------------------------------------


def add_figure(
    session: Session,
    edition: Edition,
    place: EditionSection | Chapter,
    kind: FigureKind,
    words: Words,
    *,
    file: StoredFile | None = None,
    actor: Any,
    now: datetime,
) -> EditionFigure:
    """Add a figure at the end of a part or a chapter.

    Raises DomainError for a missing image, or one too many.
    """
    hold_to_change(session, edition, now)
    if (kind == FigureKind.IMAGE) != (file is not None):
        raise DomainError(N_("Choisissez l’image à imprimer."), field="file")
    rows = session.scalars(select(EditionFigure).where(EditionFigure.edition_id == edition.id)).all()
    if len(rows) >= MOST_FIGURES:
        raise DomainError(N_("Un mémorandum a au plus %(max)d figures."), field="kind", max=MOST_FIGURES)
    row = EditionFigure(
        edition_id=edition.id,
        section_id=place.id if isinstance(place, EditionSection) else None,
        chapter_id=place.id if isinstance(place, Chapter) else None,
        kind=kind, caption=words.caption, alternative=words.alternative, source=words.source,
        file_id=file.id if file else None, position=next_position(rows),
    )  # fmt: skip
    session.add(row)
    changed(session, edition, "edition.figure_added", actor, now, figure=[None, kind])
    return row


def describe_figure(
    session: Session,
    edition: Edition,
    row: EditionFigure,
    words: Words,
    *,
    mark: str,
    actor: Any,
    now: datetime,
) -> None:
    """Change what is said of a figure. Raises ChangedMeanwhileError if somebody else has changed it."""
    hold_to_change(session, edition, now)
    session.refresh(row)
    new = (words.caption, words.alternative, words.source)
    _check_seen(mark, (row.caption, row.alternative, row.source), new)
    row.caption, row.alternative, row.source = new
    changed(session, edition, "edition.figure_edited", actor, now, figure=[None, row.kind])


def remove_figure(
    session: Session, edition: Edition, row: EditionFigure, *, actor: Any, now: datetime
) -> None:
    """Take a figure out."""
    hold_to_change(session, edition, now)
    kind = row.kind
    session.delete(row)
    changed(session, edition, "edition.figure_removed", actor, now, figure=[kind, None])


def order_figures(
    session: Session,
    edition: Edition,
    place: EditionSection | Chapter,
    identifiers: Sequence[int],
    *,
    actor: Any,
    now: datetime,
) -> None:
    """Put the figures of a part or a chapter in that order.

    Raises ChangedMeanwhileError if the set is another one now.
    """
    hold_to_change(session, edition, now)
    section_id = place.id if isinstance(place, EditionSection) else None
    chapter_id = place.id if isinstance(place, Chapter) else None
    put_in_order(_figures(session, edition, section_id, chapter_id), identifiers)
    changed(session, edition, "", actor, now)


def move_figure(
    session: Session, edition: Edition, row: EditionFigure, *, up: bool, actor: Any, now: datetime
) -> None:
    """Move a figure by one place within its part or chapter; at an end it stays."""
    hold_to_change(session, edition, now)
    session.refresh(row)
    shift(_figures(session, edition, row.section_id, row.chapter_id), row, up=up)
    changed(session, edition, "", actor, now)


def _figures(
    session: Session, edition: Edition, section_id: int | None, chapter_id: int | None
) -> list[EditionFigure]:
    """Read the figures of one place in their order; those of other places keep theirs among themselves."""
    rows = select(EditionFigure).where(
        EditionFigure.edition_id == edition.id,
        EditionFigure.section_id.is_not_distinct_from(section_id),
        EditionFigure.chapter_id.is_not_distinct_from(chapter_id),
    )
    return fresh(session, rows, EditionFigure)


def keep_picture(
    session: Session, store: Store, data: bytes, name: str, *, side: int, field: str, now: datetime
) -> StoredFile:
    """Keep a picture, made anew as a PNG of at most so many pixels a side.

    Raises DomainError for what is too heavy, has too many points, or is no picture.
    """
    if not data:
        raise DomainError(N_("Ce fichier est vide."), field=field)
    if len(data) > LARGEST:
        raise DomainError(N_("Cette image dépasse 5 Mo. Choisissez-en une plus légère."), field=field)
    try:
        clean = pictures.encode(data, side=side, name="")
    except ContentError as problem:
        raise DomainError(
            N_("Ce fichier n’est pas une image PNG, JPEG ou WebP lisible, ou elle a trop de points."),
            field=field,
        ) from problem
    return files.keep(session, store, clean, f"{name.rsplit('.', 1)[0]}.png", PNG, now=now)


def _check_seen(mark: str, stored: tuple[str, ...], typed: tuple[str, ...]) -> None:
    if stored != typed and mark != seen(*stored):
        raise ChangedMeanwhileError(MEANWHILE)
