"""Reading calls, contributions and recommendations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, selectinload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Level, OrganisationKind, Territory, Theme
from hub.core.search import fold
from hub.events.models.days import Event
from hub.events.models.outcomes import Conclusion
from hub.events.models.workshops import Workshop
from hub.recommendations.models import (
    Campaign,
    Channel,
    ConclusionTie,
    Contribution,
    ContributionState,
    Invitation,
    MeetingSource,
    Recommendation,
    RecommendationAction,
    RecommendationSource,
    RecommendationState,
)
from hub.spaces.models.actions import OPEN, Action, ActionState
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.spaces import Space

Sorts = Mapping[str, InstrumentedAttribute[Any]]

CONTRIBUTION_SORTS: Sorts = {
    "received": Contribution.submitted_at,
    "organisation": Organisation.search_text,
    "state": Contribution.state,
}
RECOMMENDATION_SORTS: Sorts = {
    "code": Recommendation.code,
    "title": Recommendation.title,
    "theme": Theme.label,
    "state": Recommendation.state,
    "updated": Recommendation.updated_at,
}


@dataclass(frozen=True, slots=True)
class Order:
    """By which column a list stands, and whether backwards."""

    sort: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ContributionFilter:
    """What a list of contributions is narrowed to; texts are codes and slugs as addresses hold them."""

    text: str = ""
    state: ContributionState | None = None
    channel: Channel | None = None
    campaign: str = ""
    theme: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class RecommendationFilter:
    """What a list of recommendations is narrowed to; texts are codes and slugs as addresses hold them."""

    text: str = ""
    state: RecommendationState | None = None
    theme: str = ""
    level: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """Which organisations are looked for, to be invited; texts are codes as addresses hold them."""

    text: str = ""
    kind: str = ""
    theme: str = ""
    commune: str = ""


def _holds(column: ColumnElement[str] | InstrumentedAttribute[str], text: str) -> list[ColumnElement[bool]]:
    """Return one condition for each word looked for."""
    return [column.contains(word, autoescape=True) for word in fold(text).split()]


# --- Calls ------------------------------------------------------------------------------------


def campaigns() -> Select[Campaign]:
    """Select all calls, the latest first."""
    return select(Campaign).order_by(Campaign.opens_at.desc(), Campaign.id.desc())


def invited_counts() -> Select[int, int]:
    """Select (campaign id, how many organisations are invited)."""
    return select(Invitation.campaign_id, func.count()).group_by(Invitation.campaign_id)


def sent_counts() -> Select[int | None, int, int]:
    """Select (campaign id, how many contributions were sent, by how many organisations)."""
    return (
        select(
            Contribution.campaign_id,
            func.count(),
            func.count(Contribution.organisation_id.distinct()),
        )
        .where(Contribution.campaign_id.is_not(None), Contribution.state != ContributionState.DRAFT)
        .group_by(Contribution.campaign_id)
    )


def invitations(campaign: Campaign) -> Select[Invitation]:
    """Select a call's invitations, by the organisations' names."""
    return (
        select(Invitation)
        .join(Invitation.organisation)
        .where(Invitation.campaign_id == campaign.id)
        .options(joinedload(Invitation.organisation))
        .order_by(Organisation.search_text)
    )


def answers(campaign: Campaign) -> Select[int, bool, int]:
    """Select (organisation id, whether a draft, how many contributions) of a call, whoever entered them."""
    is_draft = Contribution.state == ContributionState.DRAFT
    return (
        select(Contribution.organisation_id, is_draft, func.count())
        .where(Contribution.campaign_id == campaign.id)
        .group_by(Contribution.organisation_id, is_draft)
    )


def unanswered(campaign: Campaign) -> Select[Invitation]:
    """Select the invitations that left and whose organisation has sent nothing yet."""
    answered = select(Contribution.organisation_id).where(
        Contribution.campaign_id == campaign.id, Contribution.state != ContributionState.DRAFT
    )
    return invitations(campaign).where(
        Invitation.sent_at.is_not(None), Invitation.organisation_id.not_in(answered)
    )


def invitable(campaign: Campaign, wanted: OrganisationFilter) -> Select[Organisation]:
    """Select the active organisations that the call has not invited yet."""
    invited = select(Invitation.organisation_id).where(Invitation.campaign_id == campaign.id)
    rows = (
        select(Organisation)
        .where(
            Organisation.state == OrganisationState.ACTIVE,
            Organisation.merged_into_id.is_(None),
            Organisation.id.not_in(invited),
            *_holds(Organisation.search_text, wanted.text),
        )
        .options(joinedload(Organisation.kind), joinedload(Organisation.commune))
        .order_by(Organisation.search_text)
    )
    if wanted.kind:
        rows = rows.where(Organisation.kind.has(OrganisationKind.code == wanted.kind))
    if wanted.theme:
        rows = rows.where(Organisation.themes.any(Theme.code == wanted.theme))
    if wanted.commune:
        rows = rows.where(Organisation.commune.has(Territory.code == wanted.commune))
    return rows


def active_organisations() -> Select[Organisation]:
    """Select the organisations in whose name something can be said, by name."""
    return (
        select(Organisation)
        .where(Organisation.state == OrganisationState.ACTIVE, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.search_text)
    )


def communes_of_actors() -> Select[Territory]:
    """Select the communes in which an organisation has its seat, by name."""
    return (
        select(Territory)
        .where(Territory.id.in_(select(Organisation.commune_id).where(Organisation.commune_id.is_not(None))))
        .order_by(Territory.name)
    )


# --- Contributions ----------------------------------------------------------------------------


def draft_of(invitation: Invitation) -> Select[Contribution]:
    """Select the draft begun behind a link, if there is one."""
    return (
        select(Contribution)
        .where(Contribution.invitation_id == invitation.id, Contribution.state == ContributionState.DRAFT)
        .options(selectinload(Contribution.levels), joinedload(Contribution.theme))
    )


def sent_from_page(invitation: Invitation, page: str) -> Select[Contribution]:
    """Select what an open page of that link has sent already, the last first."""
    return (
        select(Contribution)
        .where(
            Contribution.invitation_id == invitation.id,
            Contribution.state != ContributionState.DRAFT,
            Contribution.saved_by_page == page,
        )
        .order_by(Contribution.id.desc())
    )


def sent_in(campaign: Campaign, organisation: Organisation) -> Select[Contribution]:
    """Select what an organisation has sent to a call, by its link or otherwise, the last first."""
    return _with_thread(
        select(Contribution).where(
            Contribution.campaign_id == campaign.id,
            Contribution.organisation_id == organisation.id,
            Contribution.state != ContributionState.DRAFT,
        )
    ).order_by(Contribution.submitted_at.desc(), Contribution.id.desc())


def _with_thread(rows: Select[Contribution]) -> Select[Contribution]:
    return rows.options(
        joinedload(Contribution.organisation),
        joinedload(Contribution.theme),
        joinedload(Contribution.campaign),
        selectinload(Contribution.levels),
        selectinload(Contribution.sources).joinedload(RecommendationSource.recommendation),
    )


def contributions(wanted: ContributionFilter, order: Order | None = None) -> Select[Contribution]:
    """Select what was sent, never drafts; words are looked for in texts and names."""
    order = order or Order("received", descending=True)
    rows = _with_thread(
        select(Contribution)
        .join(Contribution.organisation)
        .where(Contribution.state != ContributionState.DRAFT)
    )
    if wanted.text:
        rows = rows.where(
            *[
                or_(
                    Contribution.search_text.contains(word, autoescape=True),
                    Organisation.search_text.contains(word, autoescape=True),
                )
                for word in fold(wanted.text).split()
            ]
        )
    if wanted.state:
        rows = rows.where(Contribution.state == wanted.state)
    if wanted.channel:
        rows = rows.where(Contribution.channel == wanted.channel)
    if wanted.campaign:
        rows = rows.where(Contribution.campaign.has(Campaign.slug == wanted.campaign))
    if wanted.theme:
        rows = rows.where(Contribution.theme.has(Theme.code == wanted.theme))
    if wanted.organisation:
        rows = rows.where(Organisation.slug == wanted.organisation)
    column = CONTRIBUTION_SORTS.get(order.sort, Contribution.submitted_at)
    return rows.order_by(column.desc() if order.descending else column.asc(), Contribution.id.desc())


def to_triage() -> Select[Contribution]:
    """Select the contributions that wait to be read."""
    return contributions(ContributionFilter(state=ContributionState.SUBMITTED))


def chosen_contributions(identifiers: list[int]) -> Select[Contribution]:
    """Select sent contributions by their numbers, in the order in which they came."""
    return _with_thread(
        select(Contribution).where(
            Contribution.id.in_(identifiers), Contribution.state != ContributionState.DRAFT
        )
    ).order_by(Contribution.submitted_at, Contribution.id)


# --- Recommendations --------------------------------------------------------------------------


def recommendations(wanted: RecommendationFilter, order: Order | None = None) -> Select[Recommendation]:
    """Select recommendations with theme, levels and the organisations that asked."""
    order = order or Order("code", descending=True)
    rows = (
        select(Recommendation)
        .outerjoin(Recommendation.theme)
        .options(
            joinedload(Recommendation.theme),
            selectinload(Recommendation.levels),
            selectinload(Recommendation.sources)
            .joinedload(RecommendationSource.contribution)
            .joinedload(Contribution.organisation),
        )
    )
    for word in fold(wanted.text).split():
        rows = rows.where(
            or_(
                Recommendation.search_text.contains(word, autoescape=True),
                _asked_by(Organisation.search_text.contains(word, autoescape=True)),
            )
        )
    if wanted.state:
        rows = rows.where(Recommendation.state == wanted.state)
    if wanted.theme:
        rows = rows.where(Theme.code == wanted.theme)
    if wanted.level:
        rows = rows.where(Recommendation.levels.any(Level.code == wanted.level))
    if wanted.organisation:
        rows = rows.where(_asked_by(Organisation.slug == wanted.organisation))
    column = RECOMMENDATION_SORTS.get(order.sort, Recommendation.code)
    return rows.order_by(column.desc() if order.descending else column.asc(), Recommendation.code)


def _asked_by(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Recommendation.sources.any(
        RecommendationSource.contribution.has(Contribution.organisation.has(condition))
    )


def recommendations_of(organisation: Organisation) -> Select[Recommendation]:
    """Select the recommendations made from what an organisation sent."""
    return recommendations(RecommendationFilter(organisation=organisation.slug))


def raised_at(meeting_id: int) -> Select[MeetingSource]:
    """Select what was asked for at the points of a meeting."""
    return (
        select(MeetingSource)
        .join(MeetingSource.item)
        .where(AgendaItem.meeting_id == meeting_id)
        .options(
            joinedload(MeetingSource.recommendation),
            joinedload(MeetingSource.contribution).joinedload(Contribution.organisation),
        )
        .order_by(MeetingSource.id)
    )


def meetings_of(recommendation: Recommendation) -> Select[MeetingSource]:
    """Select at which points of which meetings a recommendation, or what it is made from, was asked for."""
    made_from = select(RecommendationSource.contribution_id).where(
        RecommendationSource.recommendation_id == recommendation.id,
        RecommendationSource.detached_at.is_(None),
    )
    return _with_meeting(
        select(MeetingSource).where(
            or_(
                MeetingSource.recommendation_id == recommendation.id,
                MeetingSource.contribution_id.in_(made_from),
            )
        )
    )


def meeting_of(contribution: Contribution) -> Select[MeetingSource]:
    """Select at which point of which meeting a contribution was made."""
    return _with_meeting(select(MeetingSource).where(MeetingSource.contribution_id == contribution.id))


def _with_meeting(rows: Select[MeetingSource]) -> Select[MeetingSource]:
    meeting = joinedload(MeetingSource.item).joinedload(AgendaItem.meeting)
    return rows.options(meeting.joinedload(Meeting.space)).order_by(MeetingSource.id)


def organisations_heard() -> Select[Organisation]:
    """Select the organisations that have sent something, by name."""
    heard = select(Contribution.organisation_id).where(Contribution.state != ContributionState.DRAFT)
    return select(Organisation).where(Organisation.id.in_(heard)).order_by(Organisation.search_text)


def themes() -> Select[Theme]:
    """Select all themes in their order."""
    return select(Theme).order_by(Theme.position, Theme.label)


def levels() -> Select[Level]:
    """Select the levels of power in their order."""
    return select(Level).order_by(Level.position)


def kinds() -> Select[OrganisationKind]:
    """Select the kinds of organisations in their order."""
    return select(OrganisationKind).order_by(OrganisationKind.position)


def actions_of(recommendation_id: int) -> Select[RecommendationAction]:
    """Select the actions that carry a recommendation further, what is open by day first."""
    return (
        select(RecommendationAction)
        .join(RecommendationAction.action)
        .where(
            RecommendationAction.recommendation_id == recommendation_id,
            RecommendationAction.detached_at.is_(None),
        )
        .options(
            contains_eager(RecommendationAction.action).options(
                joinedload(Action.space), joinedload(Action.organisation), joinedload(Action.person)
            )
        )
        .order_by(Action.state.not_in(OPEN), Action.due_on.is_(None), Action.due_on, Action.id)
    )


def carried_by(action_id: int) -> Select[RecommendationAction]:
    """Select the recommendations that an action carries further, by code."""
    return (
        select(RecommendationAction)
        .join(RecommendationAction.recommendation)
        .where(RecommendationAction.action_id == action_id, RecommendationAction.detached_at.is_(None))
        .options(contains_eager(RecommendationAction.recommendation))
        .order_by(Recommendation.code)
    )


def attachable_actions(recommendation_id: int, words: str) -> Select[Action]:
    """Select the actions that a recommendation doesn't hold yet and that match, the latest first."""
    held = select(RecommendationAction.action_id).where(
        RecommendationAction.recommendation_id == recommendation_id,
        RecommendationAction.detached_at.is_(None),
    )
    found = (
        select(Action)
        .join(Action.space)
        .join(Action.organisation, isouter=True)
        .where(Action.id.not_in(held), Action.state != ActionState.DROPPED)
        .options(contains_eager(Action.space), contains_eager(Action.organisation))
    )
    for word in fold(words).split():
        found = found.where(
            or_(
                Action.search_text.contains(word),
                Organisation.search_text.contains(word),
                func.lower(Space.name).contains(word),
            )
        )
    return found.order_by(Action.created_at.desc(), Action.id.desc())


def whole(recommendation: Recommendation) -> Select[Recommendation]:
    """Select a recommendation with all that its page names, however many asked for it."""
    return (
        select(Recommendation)
        .where(Recommendation.id == recommendation.id)
        .options(
            joinedload(Recommendation.theme),
            selectinload(Recommendation.levels),
            joinedload(Recommendation.sources)
            .joinedload(RecommendationSource.contribution)
            .joinedload(Contribution.organisation),
        )
    )


def attachable_recommendations(action_id: int, words: str) -> Select[Recommendation]:
    """Select the recommendations that an action doesn't carry yet and that match, the latest first."""
    held = select(RecommendationAction.recommendation_id).where(
        RecommendationAction.action_id == action_id, RecommendationAction.detached_at.is_(None)
    )
    found = select(Recommendation).where(
        Recommendation.id.not_in(held), Recommendation.state != RecommendationState.DROPPED
    )
    for word in fold(words).split():
        found = found.where(
            or_(Recommendation.search_text.contains(word), func.lower(Recommendation.code).contains(word))
        )
    return found.order_by(Recommendation.code.desc())


# --- What came of conclusions -----------------------------------------------------------------


def ties_of(conclusions: Sequence[int]) -> Select[ConclusionTie]:
    """Select what came of some conclusions: recommendations by code, then contributions."""
    return (
        select(ConclusionTie)
        .outerjoin(ConclusionTie.recommendation)
        .outerjoin(ConclusionTie.contribution)
        .where(ConclusionTie.conclusion_id.in_(conclusions), ConclusionTie.detached_at.is_(None))
        .options(
            contains_eager(ConclusionTie.recommendation),
            contains_eager(ConclusionTie.contribution).joinedload(Contribution.organisation),
        )
        .order_by(ConclusionTie.recommendation_id.is_(None), Recommendation.code, ConclusionTie.id)
    )


def concluded_in(thing: Recommendation | Contribution) -> Select[ConclusionTie]:
    """Select the conclusions from which something came, the latest day first."""
    is_it = (
        ConclusionTie.recommendation_id == thing.id
        if isinstance(thing, Recommendation)
        else ConclusionTie.contribution_id == thing.id
    )
    return (
        select(ConclusionTie)
        .join(ConclusionTie.conclusion)
        .join(Conclusion.event)
        .outerjoin(Conclusion.workshop)
        .where(is_it, ConclusionTie.detached_at.is_(None))
        .options(
            contains_eager(ConclusionTie.conclusion).options(
                contains_eager(Conclusion.event), contains_eager(Conclusion.workshop)
            )
        )
        .order_by(Event.starts_at.desc(), Workshop.position, ConclusionTie.id)
    )


def tieable_recommendations(conclusion_id: int, words: str) -> Select[Recommendation]:
    """Select the recommendations that a conclusion isn't tied to yet and that match, the latest first."""
    held = select(ConclusionTie.recommendation_id).where(
        ConclusionTie.conclusion_id == conclusion_id,
        ConclusionTie.recommendation_id.is_not(None),
        ConclusionTie.detached_at.is_(None),
    )
    found = select(Recommendation).where(
        Recommendation.id.not_in(held), Recommendation.state != RecommendationState.DROPPED
    )
    for word in fold(words).split():
        found = found.where(
            or_(Recommendation.search_text.contains(word), func.lower(Recommendation.code).contains(word))
        )
    return found.order_by(Recommendation.code.desc())


def tieable_contributions(conclusion_id: int, words: str) -> Select[Contribution]:
    """Select the contributions that a conclusion isn't tied to yet and that match, the latest first."""
    held = select(ConclusionTie.contribution_id).where(
        ConclusionTie.conclusion_id == conclusion_id,
        ConclusionTie.contribution_id.is_not(None),
        ConclusionTie.detached_at.is_(None),
    )
    found = (
        select(Contribution)
        .join(Contribution.organisation)
        .where(
            Contribution.id.not_in(held),
            Contribution.state.not_in((ContributionState.DRAFT, ContributionState.WITHDRAWN)),
        )
        .options(contains_eager(Contribution.organisation))
    )
    for word in fold(words).split():
        found = found.where(
            or_(Contribution.search_text.contains(word), Organisation.search_text.contains(word))
        )
    return found.order_by(Contribution.submitted_at.desc(), Contribution.id.desc())


def tieable_conclusions(recommendation_id: int, words: str) -> Select[Conclusion]:
    """Select the conclusions that a recommendation isn't tied to yet, the latest day first.

    Words are looked for in the titles of the day and of the workshop.
    """
    held = select(ConclusionTie.conclusion_id).where(
        ConclusionTie.recommendation_id == recommendation_id, ConclusionTie.detached_at.is_(None)
    )
    found = (
        select(Conclusion)
        .join(Conclusion.event)
        .outerjoin(Conclusion.workshop)
        .where(Conclusion.id.not_in(held))
        .options(contains_eager(Conclusion.event), contains_eager(Conclusion.workshop))
    )
    for word in words.split():
        found = found.where(
            or_(Event.title.icontains(word, autoescape=True), Workshop.title.icontains(word, autoescape=True))
        )
    return found.order_by(
        Event.starts_at.desc(), Conclusion.workshop_id.is_not(None), Workshop.position, Conclusion.id
    )
