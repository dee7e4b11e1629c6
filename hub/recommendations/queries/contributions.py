"""Reading what organisations sent."""

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Theme
from hub.core import mail
from hub.core.search import fold
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import RecommendationSource
from hub.recommendations.queries.filters import CONTRIBUTION_SORTS, ContributionFilter, Order

TO_READ = (ContributionState.SUBMITTED, ContributionState.CONFIRMED)


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
        joinedload(Contribution.document),
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
    if wanted.to_read:
        rows = rows.where(Contribution.state.in_(TO_READ), ~is_split())
    if wanted.to_confirm:
        rows = rows.where(
            Contribution.confirmed_at.is_(None),
            Contribution.organisation_id.is_not(None),
            Contribution.state != ContributionState.WITHDRAWN,
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


def is_split() -> ColumnElement[bool]:
    """Say of a contribution whether it was split: its parts are read in its place."""
    part = aliased(Contribution)
    return exists().where(part.part_of_id == Contribution.id)


def to_triage() -> Select[Contribution]:
    """Select the contributions that wait to be read."""
    return contributions(ContributionFilter(to_read=True))


def chosen_contributions(identifiers: list[int]) -> Select[Contribution]:
    """Select sent contributions by their numbers, in the order in which they came."""
    return _with_thread(
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
