"""The parts of an edition: each edition begins with all of them, in their usual order."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.publishing.models.composition import EditionSection, SectionKind
from hub.publishing.models.editions import Edition

USUAL = tuple(kind for kind in SectionKind if kind is not SectionKind.OWN)


def create(session: Session, edition: Edition) -> None:
    """Give a new edition its parts."""
    for position, kind in enumerate(USUAL, start=1):
        session.add(EditionSection(edition_id=edition.id, kind=kind, position=position))
    session.flush()


def copy(session: Session, source: Edition, target: Edition) -> dict[int, EditionSection]:
    """Give a new edition the parts of another one, its own parts too; return them by those they repeat."""
    rows = session.scalars(
        select(EditionSection).where(EditionSection.edition_id == source.id).order_by(EditionSection.position)
    )
    copies = {
        row.id: EditionSection(
            edition_id=target.id, kind=row.kind, title=row.title, text=row.text, position=row.position,
            is_left_out=row.is_left_out,
        )
        for row in rows
    }  # fmt: skip
    session.add_all(copies.values())
    session.flush()
    return copies


def of(session: Session, edition: Edition, kind: SectionKind) -> EditionSection:
    """Return the part of that kind, as it stands now."""
    return session.scalars(
        select(EditionSection)
        .where(EditionSection.edition_id == edition.id, EditionSection.kind == kind)
        .execution_options(populate_existing=True)
    ).one()


def among(rows: Iterable[EditionSection], kind: SectionKind) -> EditionSection:
    """Return the part of that kind among an edition's parts."""
    return next(row for row in rows if row.kind == kind)
