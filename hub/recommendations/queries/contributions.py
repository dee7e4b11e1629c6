"""Reading what organisations sent."""

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Theme
from hub.core import mail
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.recommendations.queries.filters import (
    CONTRIBUTION_SORTS,
    ContributionFilter,
    Order,
    Patterns,
    patterns,
)

TO_READ = (ContributionState.SUBMITTED, ContributionState.CONFIRMED)
_PART = aliased(Contribution)
# Numbers are above nought: said so, the index of parts is read, which leaves out all that is none.
_IS_SPLIT = Contribution.id.in_(
    select(_PART.part_of_id).where(_PART.part_of_id > 0, _PART.unsplit_at.is_(None))
)
_WAITING = select(func.count(Contribution.id)).where(Contribution.state.in_(TO_READ), ~_IS_SPLIT)


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
    return _in_full(
        select(Contribution).where(
            Contribution.campaign_id == campaign.id,
            Contribution.organisation_id == organisation.id,
            Contribution.state != ContributionState.DRAFT,
            Contribution.unsplit_at.is_(None),
        )
    ).order_by(Contribution.submitted_at.desc(), Contribution.id.desc())


def _with_thread(rows: Select[Contribution]) -> Select[Contribution]:
    return rows.options(
        joinedload(Contribution.organisation),
        joinedload(Contribution.theme),
        joinedload(Contribution.campaign),
        joinedload(Contribution.document),
        joinedload(Contribution.workshop),
        selectinload(Contribution.sources).joinedload(RecommendationSource.recommendation),
    )


def _in_full(rows: Select[Contribution]) -> Select[Contribution]:
    return _with_thread(rows).options(selectinload(Contribution.levels))


def contributions(wanted: ContributionFilter, order: Order | None = None) -> Select[Contribution]:
    """Select what was sent, never drafts; words are looked for in texts and names."""
    order = order or Order("received", descending=True)
    column = CONTRIBUTION_SORTS.get(order.sort, Contribution.submitted_at)
    return _with_thread(
        select(Contribution)
        .outerjoin(Contribution.organisation)
        .where(*conditions(wanted, patterns(wanted.text)))
        .order_by(column.desc() if order.descending else column.asc(), Contribution.id.desc())
    )


def conditions(wanted: ContributionFilter, words: Patterns) -> list[ColumnElement[bool]]:
    """Return what narrows contributions to those sent and wanted; nothing needs to be joined for it.

    `words` are the `patterns` of the words looked for, or parameters in their places.
    """
    found = [Contribution.state != ContributionState.DRAFT]
    if wanted.to_read:
        found += [Contribution.state.in_(TO_READ), ~is_split()]
    if wanted.to_confirm:
        found += [
            Contribution.confirmed_at.is_(None),
            Contribution.organisation_id.is_not(None),
            Contribution.state != ContributionState.WITHDRAWN,
        ]
    if wanted.state:
        found.append(Contribution.state == wanted.state)
    if wanted.channel:
        found.append(Contribution.channel == wanted.channel)
    if wanted.campaign:
        found.append(
            Contribution.campaign_id.in_(select(Campaign.id).where(Campaign.slug == wanted.campaign))
        )
    if wanted.theme:
        found.append(Contribution.theme_id.in_(select(Theme.id).where(Theme.code == wanted.theme)))
    if wanted.organisation:
        found.append(_of(Organisation.slug == wanted.organisation))
    return found + [
        or_(
            Contribution.search_text.like(word),
            _of(Organisation.search_text.like(word)),
        )
        for word in words
    ]


def _of(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Contribution.organisation_id.in_(select(Organisation.id).where(condition))


def is_split() -> ColumnElement[bool]:
    """Say of a contribution whether it was split: its parts are read in its place."""
    return _IS_SPLIT


def waiting() -> Select[int]:
    """Select how many contributions wait to be read."""
    return _WAITING


def made_from(contribution: Contribution) -> Select[Recommendation]:
    """Select the recommendations made from a contribution, in the order in which they were."""
    return (
        select(Recommendation)
        .join(RecommendationSource, RecommendationSource.recommendation_id == Recommendation.id)
        .where(
            RecommendationSource.contribution_id == contribution.id,
            RecommendationSource.detached_at.is_(None),
        )
        .order_by(RecommendationSource.id)
    )


def sent_briefly(campaign: Campaign, organisation: Organisation) -> Select[Contribution]:
    """Select the same as `sent_in`, without what hangs on it: for a list of its words and states."""
    return (
        select(Contribution)
        .where(
            Contribution.campaign_id == campaign.id,
            Contribution.organisation_id == organisation.id,
            Contribution.state != ContributionState.DRAFT,
        )
        .order_by(Contribution.submitted_at.desc(), Contribution.id.desc())
    )


def chosen_contributions(identifiers: list[int]) -> Select[Contribution]:
    """Select sent contributions by their numbers, in the order in which they came."""
    return _in_full(
        select(Contribution).where(
            Contribution.id.in_(identifiers), Contribution.state != ContributionState.DRAFT
        )
    ).order_by(Contribution.submitted_at, Contribution.id)


def invitation_of(contribution: Contribution) -> Select[Invitation]:
    """Select the invitation of a contribution's organisation to its call, if there is one."""
    return select(Invitation).where(
        Invitation.campaign_id == contribution.campaign_id,
        Invitation.organisation_id == contribution.organisation_id,
    )


def was_written(session: Session, contribution: Contribution, kind: str, version: str) -> bool:
    """Say whether that mail about a contribution is in the outbox already."""
    known = select(mail.Message.id).where(
        mail.Message.subject_type == Contribution.__tablename__,
        mail.Message.subject_id == contribution.id,
        mail.Message.kind == kind,
        mail.Message.version == version,
    )
    return session.scalar(known) is not None
