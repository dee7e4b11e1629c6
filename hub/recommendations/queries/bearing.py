"""Reading who carries what: words, voices, signatures and dots, counted by the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    Subquery,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Theme
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.carrying import (
    Ballot,
    CampaignRecommendation,
    Dot,
    DotRound,
    Endorsement,
    RecommendationPosition,
    Support,
)
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import (
    SET_ASIDE,
    Recommendation,
    RecommendationSource,
    recommendation_level,
)
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.queries import reach
from hub.recommendations.queries.filters import holds

# What ties an organisation to a recommendation.
ASKS, SIGNS = "asks", "signs"
SUPPORTS, RESERVES, OPPOSES = (word.value for word in (Support.SUPPORT, Support.RESERVATIONS, Support.OPPOSE))
CARRIES = (ASKS, SUPPORTS, RESERVES, SIGNS)
# By which a list of recommendations may stand; each is explained on its page.
PRIORITY, DISAGREEMENT, AGREEMENT = "priority", "disagreement", "agreement"


@dataclass(frozen=True, slots=True)
class Among:
    """Which recommendations are looked at; texts are codes and slugs as addresses hold them."""

    campaign: str = ""
    theme: str = ""
    level: str = ""
    year: int | None = None
    text: str = ""


def among(wanted: Among) -> Select[int]:
    """Select the numbers of the recommendations looked at; those set aside don't count."""
    rows = select(Recommendation.id).where(
        Recommendation.state.not_in(SET_ASIDE), *holds(Recommendation.search_text, wanted.text)
    )
    if wanted.campaign:
        rows = rows.where(
            Recommendation.id.in_(
                select(CampaignRecommendation.recommendation_id)
                .join(Campaign, Campaign.id == CampaignRecommendation.campaign_id)
                .where(Campaign.slug == wanted.campaign)
            )
        )
    if wanted.theme:
        rows = rows.where(Recommendation.theme_id == _id_of(Theme, wanted.theme))
    if wanted.level:
        addressed = select(recommendation_level.c.recommendation_id).where(
            recommendation_level.c.level_id == _id_of(Level, wanted.level)
        )
        rows = rows.where(Recommendation.id.in_(addressed))
    if wanted.year is not None:
        # A code bears the year in which it was written: « R-2024-014 ».
        rows = rows.where(Recommendation.code.startswith(f"R-{wanted.year}-", autoescape=True))
    return rows


def _id_of(model: type[Theme | Level], code: str) -> Any:
    return select(model.id).where(model.code == code).scalar_subquery()


def years() -> Select[str]:
    """Select the years that codes bear, the latest first."""
    year = func.substr(Recommendation.code, 3, 4)
    return select(year).where(Recommendation.code.like("R-____-%")).distinct().order_by(year.desc())


def calls_with_lists() -> Select[Campaign]:
    """Select the calls that consult on something, the latest first."""
    listed = select(CampaignRecommendation.campaign_id)
    return select(Campaign).where(Campaign.id.in_(listed)).order_by(Campaign.id.desc())


def _asked_since(numbers: Select[int]) -> Subquery:
    """Return (recommendation_id, number): the version since which each asks what it asks today."""
    version = RecommendationVersion
    return (
        select(version.recommendation_id, func.max(version.number).label("number"))
        .where(version.weight == Weight.SUBSTANTIVE, version.recommendation_id.in_(numbers))
        .group_by(version.recommendation_id)
        .subquery()
    )


def voices(numbers: Select[int]) -> Subquery:
    """Return how many stand where on what each of the recommendations asks today."""
    since = _asked_since(numbers)
    position = RecommendationPosition

    def how_many(word: Support) -> Any:
        return func.sum(case((position.support == word, 1), else_=0)).label(word.value)

    return (
        select(position.recommendation_id, *(how_many(word) for word in Support))
        .join(since, since.c.recommendation_id == position.recommendation_id)
        .where(position.ended_at.is_(None), position.version >= since.c.number)
        .group_by(position.recommendation_id)
        .subquery()
    )


def signatures() -> Subquery:
    """Return how many co-signatures stand for each recommendation."""
    return (
        select(Endorsement.recommendation_id, func.count().label("number"))
        .where(Endorsement.lapsed_at.is_(None), Endorsement.withdrawn_at.is_(None))
        .group_by(Endorsement.recommendation_id)
        .subquery()
    )


def won(campaign: str = "") -> Subquery:
    """Return how many dots each has won in the last vote of a call; else of all calls and workshops."""
    last = select(func.max(DotRound.id)).group_by(DotRound.campaign_id, DotRound.workshop_id)
    if campaign:
        last = last.where(DotRound.campaign_id.in_(select(Campaign.id).where(Campaign.slug == campaign)))
    return (
        select(Dot.recommendation_id, func.sum(Dot.dots).label("number"))
        .join(Ballot, Ballot.id == Dot.ballot_id)
        .where(Ballot.round_id.in_(last), Ballot.spent > 0)
        .group_by(Dot.recommendation_id)
        .subquery()
    )


def standings(wanted: Among, order: str) -> Select[*tuple[Any, ...]]:
    """Select the same as `ranked`, with the recommendations in the place of their numbers."""
    return _ranked(Recommendation, wanted, order).options(*_LINE)


def in_line(recommendations: Iterable[int]) -> Select[Recommendation]:
    """Select recommendations with what their lines name of them."""
    return select(Recommendation).where(Recommendation.id.in_(list(recommendations))).options(*_LINE)


_LINE = joinedload(Recommendation.theme), selectinload(Recommendation.levels)


def ranked(wanted: Among, order: str) -> Select[*tuple[Any, ...]]:
    """Select (number, supports, reservations, neutral, oppositions, signatures, dots) of recommendations.

    By priority: dots, then signatures, then supports. By disagreement: an opposition weighs two
    reservations; then whoever has fewer supports. By agreement: most supports, least of the rest.
    """
    return _ranked(Recommendation.id, wanted, order)


def _ranked(told: Any, wanted: Among, order: str) -> Select[*tuple[Any, ...]]:
    said, signed, dots = voices(among(wanted)), signatures(), won(wanted.campaign)
    figures = [func.coalesce(said.c[word.value], 0).label(f"n_{word.value}") for word in Support]
    support, reservations, _, oppose = figures
    names = func.coalesce(signed.c.number, 0).label("n_signed")
    points = func.coalesce(dots.c.number, 0).label("n_dots")
    against = 2 * oppose.element + reservations.element
    orders = {
        PRIORITY: (points.desc(), names.desc(), support.desc()),
        DISAGREEMENT: (against.desc(), support.asc()),
        AGREEMENT: (against.asc(), (support.element + names.element).desc()),
    }
    rows = (
        select(told, *figures, names, points)
        .select_from(Recommendation)
        .outerjoin(said, said.c.recommendation_id == Recommendation.id)
        .outerjoin(signed, signed.c.recommendation_id == Recommendation.id)
        .outerjoin(dots, dots.c.recommendation_id == Recommendation.id)
        .where(Recommendation.id.in_(among(wanted)))
        .order_by(*orders.get(order, orders[PRIORITY]), Recommendation.code)
    )
    heard = [said.c.recommendation_id.is_not(None)]
    if order == PRIORITY:
        heard += [signed.c.recommendation_id.is_not(None), dots.c.recommendation_id.is_not(None)]
    return rows.where(or_(*heard))


def by_theme_and_level(wanted: Among) -> Select[int | None, int | None, int]:
    """Select (theme id, level id, how many recommendations); None where one says none."""
    levels = recommendation_level
    return (
        select(Recommendation.theme_id, levels.c.level_id, func.count())
        .outerjoin(levels, levels.c.recommendation_id == Recommendation.id)
        .where(Recommendation.id.in_(among(wanted)))
        .group_by(Recommendation.theme_id, levels.c.level_id)
    )


def ties(wanted: Among) -> CompoundSelect[int, int, str]:
    """Select (recommendation id, organisation id, what ties them) of the recommendations looked at.

    Words count once the organisation said that they are its own, for all that was made of what they asked;
    voices where they are on what is asked today; signatures while they stand.
    """
    numbers = among(wanted)
    behind = reach.behind(numbers)
    since = _asked_since(numbers)
    position = RecommendationPosition
    asked = (
        select(
            behind.c.id.label("recommendation_id"), Contribution.organisation_id, literal(ASKS).label("tie")
        )
        .join(RecommendationSource, RecommendationSource.recommendation_id == behind.c.by)
        .join(Contribution, Contribution.id == RecommendationSource.contribution_id)
        .where(
            RecommendationSource.detached_at.is_(None),
            Contribution.organisation_id.is_not(None),
            Contribution.confirmed_at.is_not(None),
            Contribution.state != ContributionState.WITHDRAWN,
        )
        .distinct()
    )
    said = (
        select(position.recommendation_id, position.organisation_id, position.support)
        .join(since, since.c.recommendation_id == position.recommendation_id)
        .where(
            position.recommendation_id.in_(numbers),
            position.ended_at.is_(None),
            position.version >= since.c.number,
        )
    )
    signed = select(Endorsement.recommendation_id, Endorsement.organisation_id, literal(SIGNS)).where(
        Endorsement.recommendation_id.in_(numbers),
        Endorsement.lapsed_at.is_(None),
        Endorsement.withdrawn_at.is_(None),
    )
    return union_all(asked, said, signed)


def carried(wanted: Among) -> Subquery:
    """Return (recommendation_id, organisation_id), once each, of whoever carries what."""
    all_ties = ties(wanted).subquery()
    return (
        select(all_ties.c.recommendation_id, all_ties.c.organisation_id)
        .where(all_ties.c.tie.in_(CARRIES))
        .distinct()
        .subquery()
    )


def bearers(wanted: Among) -> Select[*tuple[Any, ...]]:
    """Select (organisation, carries, asks, supports, reservations, oppositions, signatures), most first."""
    return _bearing(Organisation, wanted)


def bearing(wanted: Among) -> Select[*tuple[Any, ...]]:
    """Select the same, with organisations' numbers in their places."""
    return _bearing(Organisation.id, wanted)


def _bearing(told: Any, wanted: Among) -> Select[*tuple[Any, ...]]:
    all_ties = ties(wanted).subquery()
    number = all_ties.c.recommendation_id

    def how_many(*words: str) -> Any:
        return func.count(case((all_ties.c.tie.in_(words), number)).distinct())

    counted = (
        select(
            all_ties.c.organisation_id,
            how_many(*CARRIES).label("carries"),
            *(how_many(word).label(f"n_{word}") for word in (ASKS, SUPPORTS, RESERVES, OPPOSES, SIGNS)),
        )
        .group_by(all_ties.c.organisation_id)
        .subquery()
    )
    figures = [column for column in counted.c if column.name != "organisation_id"]
    return (
        select(told, *figures)
        .select_from(Organisation)
        .join(counted, counted.c.organisation_id == Organisation.id)
        .order_by(counted.c.carries.desc(), Organisation.search_text, Organisation.id)
    )


def tied_to(wanted: Among, organisation_id: int) -> Select[Recommendation, str]:
    """Select (recommendation, what ties them) of one organisation."""
    all_ties = ties(wanted).subquery()
    return (
        select(Recommendation, all_ties.c.tie)
        .join(all_ties, all_ties.c.recommendation_id == Recommendation.id)
        .where(all_ties.c.organisation_id == organisation_id)
        .order_by(Recommendation.code)
    )


def pairs(wanted: Among) -> Select[int, int, int | None]:
    """Select (recommendation id, organisation id, its commune's id), once each, of whoever carries what."""
    found = carried(wanted)
    return select(found.c.recommendation_id, found.c.organisation_id, Organisation.commune_id).join(
        Organisation, Organisation.id == found.c.organisation_id
    )


def named(recommendations: Iterable[int]) -> Select[Recommendation]:
    """Select recommendations with their themes."""
    return (
        select(Recommendation)
        .where(Recommendation.id.in_(list(recommendations)))
        .options(joinedload(Recommendation.theme))
    )


def organisations(numbers: Iterable[int]) -> Select[Organisation]:
    """Select organisations by their numbers."""
    return select(Organisation).where(Organisation.id.in_(list(numbers)))


def seated(organisations: Iterable[int]) -> Select[Organisation]:
    """Select organisations with their communes, by name."""
    return (
        select(Organisation)
        .where(Organisation.id.in_(list(organisations)))
        .options(joinedload(Organisation.commune))
        .order_by(Organisation.search_text)
    )
