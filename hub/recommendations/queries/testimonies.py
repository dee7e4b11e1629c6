"""Reading testimonies: those that may be seen elsewhere are checked, and not erased."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import joinedload

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, TerritoryKind
from hub.core.search import fold
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.testimonies import Testimony, TestimonyTie


class Standing(StrEnum):
    """Where a testimony stands."""

    TO_CHECK = "to_check"
    CHECKED = "checked"
    ERASED = "erased"


class Use(StrEnum):
    """For what its words would be shown."""

    WORK = "work"  # by coordinators
    PRINT = "print"  # in a memorandum
    POST = "post"  # on a public page


@dataclass(frozen=True, slots=True)
class TestimonyFilter:
    """What the list is narrowed to; `organisation` is a slug."""

    standing: Standing | None = None
    organisation: str = ""
    text: str = ""


def testimonies(wanted: TestimonyFilter) -> Select[Testimony]:
    """Select testimonies, the last entered first."""
    rows = (
        select(Testimony)
        .join(Testimony.organisation)
        .options(joinedload(Testimony.organisation))
        .order_by(Testimony.created_at.desc(), Testimony.id.desc())
    )
    if wanted.standing == Standing.ERASED:
        rows = rows.where(Testimony.erased_at.is_not(None))
    elif wanted.standing:
        checked = wanted.standing == Standing.CHECKED
        rows = rows.where(
            Testimony.erased_at.is_(None),
            Testimony.checked_at.is_not(None) if checked else Testimony.checked_at.is_(None),
        )
    for word in wanted.text.split():
        # Nothing is folded and kept beside the words, so that erasing them erases all: accents count.
        rows = rows.where(
            or_(
                Testimony.text.icontains(word, autoescape=True),
                Testimony.pseudonym.icontains(word, autoescape=True),
                Organisation.search_text.contains(fold(word), autoescape=True) if fold(word) else false(),
            )
        )
    if wanted.organisation:
        rows = rows.where(Organisation.slug == wanted.organisation)
    return rows


def gatherers() -> Select[Organisation]:
    """Select the organisations that gathered testimonies, by name."""
    gathered = select(Testimony.organisation_id)
    return select(Organisation).where(Organisation.id.in_(gathered)).order_by(Organisation.search_text)


def ties(row: Testimony) -> Select[TestimonyTie]:
    """Select what a testimony shows now."""
    return (
        select(TestimonyTie)
        .where(TestimonyTie.testimony_id == row.id, TestimonyTie.detached_at.is_(None))
        .options(joinedload(TestimonyTie.recommendation), joinedload(TestimonyTie.contribution))
        .order_by(TestimonyTie.id)
    )


def shown(recommendations: Collection[int], use: Use) -> Select[int | None, Testimony]:
    """Select (recommendation, testimony) of what may be seen there: checked, and consented to for it."""
    return (
        select(TestimonyTie.recommendation_id, Testimony)
        .join(TestimonyTie.testimony)
        .options(joinedload(Testimony.organisation))
        .where(
            TestimonyTie.recommendation_id.in_(recommendations),
            TestimonyTie.detached_at.is_(None),
            *_allowed(use),
        )
        .order_by(TestimonyTie.id)
    )


def words_shown(recommendations: Select[int], use: Use) -> Select[str, str, str]:
    """Select (code of the recommendation, words, name) of what may be seen there now: `shown`, in words."""
    return (
        select(Recommendation.code, Testimony.text, Testimony.pseudonym)
        .join(TestimonyTie, TestimonyTie.recommendation_id == Recommendation.id)
        .join(TestimonyTie.testimony)
        .where(
            Recommendation.id.in_(recommendations), TestimonyTie.detached_at.is_(None), *_allowed(use)
        )
    )  # fmt: skip


def _allowed(use: Use) -> list[ColumnElement[bool]]:
    consents = {Use.WORK: [], Use.PRINT: [Testimony.may_print], Use.POST: [Testimony.may_post]}
    return [
        Testimony.checked_at.is_not(None),
        Testimony.erased_at.is_(None),
        *(consent.is_(True) for consent in consents[use]),
    ]


def recommendations_of(row: Testimony) -> Select[int | None]:
    """Select the recommendations that a testimony shows, or has shown."""
    return select(TestimonyTie.recommendation_id).where(
        TestimonyTie.testimony_id == row.id, TestimonyTie.recommendation_id.is_not(None)
    )


def words_that_stand(texts: Collection[str]) -> Select[str]:
    """Select those of these words that a testimony still has, whatever was consented to."""
    return select(Testimony.text).where(Testimony.erased_at.is_(None), Testimony.text.in_(texts))


def due(unconsented: datetime, consented: date) -> Select[Testimony]:
    """Select what is kept no longer: entered before without consent, or consented to before."""
    return select(Testimony).where(
        Testimony.erased_at.is_(None),
        or_(
            and_(Testimony.consented_on.is_(None), Testimony.created_at < unconsented),
            Testimony.consented_on < consented,
        ),
    )


def recommendation(code: str) -> Select[Recommendation]:
    """Select the recommendation of that code, however it is typed."""
    return select(Recommendation).where(Recommendation.code == code.strip().upper())


def contribution(number: int) -> Select[Contribution]:
    """Select the contribution of that number."""
    return select(Contribution).where(Contribution.id == number)


def towns() -> Select[str]:
    """Select the names of communes, in which somebody of a nationality may be known to everybody."""
    return select(Territory.name).where(Territory.kind == TerritoryKind.COMMUNE)
