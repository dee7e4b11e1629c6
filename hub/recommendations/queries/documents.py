"""Reading the documents of others, and what was taken from them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import CompoundSelect, Select, and_, false, func, or_, select, union
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.core.search import fold
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.documents import DocumentKind, SourceDocument, SourcePage
from hub.recommendations.models.recommendations import RecommendationSource
from hub.recommendations.models.testimonies import TestimonyTie
from hub.recommendations.models.ties import ConclusionTie
from hub.recommendations.queries.filters import Order, Sorts

MADE = (ContributionState.TAKEN_UP, ContributionState.MERGED)
FIGURES = 6
SORTS: Sorts = {
    "title": SourceDocument.title,
    "organisation": Organisation.search_text,
    "year": SourceDocument.year,
    "updated": SourceDocument.updated_at,
}
NEWEST_FIRST = Order("year", descending=True)


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What the list is narrowed to; `organisation` is a slug."""

    text: str = ""
    kind: DocumentKind | None = None
    organisation: str = ""


class Items(NamedTuple):
    """How many demands were taken from a document, and of how many a recommendation was made."""

    taken: int = 0
    made: int = 0


def documents(wanted: DocumentFilter, order: Order = NEWEST_FIRST) -> Select[SourceDocument]:
    """Select documents; words are looked for in their titles, years and organisations."""
    rows = (
        select(SourceDocument)
        .join(SourceDocument.organisation)
        .options(joinedload(SourceDocument.organisation))
    )
    for word in fold(wanted.text).split():
        rows = rows.where(
            or_(
                SourceDocument.search_text.contains(word, autoescape=True),
                Organisation.search_text.contains(word, autoescape=True),
            )
        )
    if wanted.kind:
        rows = rows.where(SourceDocument.kind == wanted.kind)
    if wanted.organisation:
        rows = rows.where(Organisation.slug == wanted.organisation)
    column = SORTS.get(order.sort, SourceDocument.year)
    # SQLite and PostgreSQL put what has no year at opposite ends.
    by = column.desc().nulls_last() if order.descending else column.asc().nulls_last()
    return rows.order_by(by, SourceDocument.title, SourceDocument.id)


def counted(identifiers: Collection[int]) -> Select[int | None, int, int]:
    """Select (document, demands taken, of which made) for documents from which something was taken."""
    made = func.count().filter(Contribution.state.in_(MADE))
    return (
        select(Contribution.document_id, func.count(), made)
        .where(Contribution.document_id.in_(identifiers))
        .group_by(Contribution.document_id)
    )


def items(row: SourceDocument) -> Select[Contribution]:
    """Select the demands taken from a document with what became of them, in the order in which they came."""
    return (
        select(Contribution)
        .where(Contribution.document_id == row.id)
        .options(
            joinedload(Contribution.theme),
            selectinload(Contribution.levels),
            selectinload(Contribution.sources).joinedload(RecommendationSource.recommendation),
        )
        .order_by(Contribution.id)
    )


def last_items(row: SourceDocument) -> Select[Contribution]:
    """Select the demands taken from a document last."""
    rows = select(Contribution).where(Contribution.document_id == row.id)
    return rows.order_by(Contribution.id.desc()).limit(8)


def named(client_key: str) -> Select[Contribution]:
    """Select what the gesture of that name has stored."""
    return select(Contribution).where(Contribution.client_key == client_key)


def same(organisation: Organisation, title: str, year: int | None) -> Select[SourceDocument]:
    """Select the document of an organisation with that title and year."""
    return select(SourceDocument).where(
        SourceDocument.organisation_id == organisation.id,
        SourceDocument.title == title,
        SourceDocument.year.is_not_distinct_from(year),
    )


def authors() -> Select[Organisation]:
    """Select the organisations of which a document is registered, by name."""
    return (
        select(Organisation)
        .where(Organisation.id.in_(select(SourceDocument.organisation_id)))
        .order_by(Organisation.search_text)
    )


def pages_of(row: SourceDocument, numbers: Collection[int] | None = None) -> Select[SourcePage]:
    """Select the pages that were read of a document's file, those of these numbers, in their order."""
    rows = select(SourcePage).where(SourcePage.document_id == row.id).order_by(SourcePage.number)
    return rows if numbers is None else rows.where(SourcePage.number.in_(numbers))


def pages_called(row: SourceDocument, page: str) -> Select[SourcePage]:
    """Select the pages that somebody means by a number: as printed, else as they follow each other."""
    printed = select(SourcePage.id).where(SourcePage.document_id == row.id, SourcePage.label == page)
    by_number = SourcePage.number == int(page) if page.isdecimal() and len(page) <= FIGURES else false()
    return pages_of(row).where(or_(SourcePage.label == page, and_(~printed.exists(), by_number)))


def parts(row: Contribution) -> Select[Contribution]:
    """Select the contributions that were made of one by splitting it, in their order."""
    rows = select(Contribution).where(Contribution.part_of_id == row.id, Contribution.unsplit_at.is_(None))
    return rows.order_by(Contribution.id)


def rests_on(numbers: Collection[int]) -> CompoundSelect[int | None]:
    """Select which of these contributions something rests on: a recommendation, a conclusion, a testimony."""
    ties = (RecommendationSource, ConclusionTie, TestimonyTie)
    return union(
        *(
            select(tie.contribution_id).where(tie.contribution_id.in_(numbers), tie.detached_at.is_(None))
            for tie in ties
        )
    )
