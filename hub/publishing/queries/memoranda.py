"""Reading elections, memoranda, editions, and what parties answer."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, undefer

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.relations import Relation
from hub.core.audit import AuditEntry
from hub.publishing.models.answers import PartyAnswer
from hub.publishing.models.builds import WHOLE, Build
from hub.publishing.models.composition import Chapter, Item, Signatory
from hub.publishing.models.editions import PUBLIC, Edition, EditionState, Memorandum
from hub.publishing.models.elections import Election
from hub.publishing.words import LIFE
from hub.recommendations.models.carrying import Endorsement
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import (
    Recommendation,
    RecommendationSource,
    RecommendationState,
)
from hub.recommendations.queries import carrying
from hub.recommendations.queries import recommendations as recommendation_queries
from hub.recommendations.queries.filters import Order, RecommendationFilter

# --- Elections --------------------------------------------------------------------------------


def elections() -> Select[Election]:
    """Select all elections with their levels, the latest first."""
    return select(Election).options(selectinload(Election.levels)).order_by(Election.held_on.desc())


def uses_of_elections() -> Select[int | None, int]:
    """Select (election id, how many memoranda belong to it)."""
    return select(Memorandum.election_id, func.count()).group_by(Memorandum.election_id)


# --- Memoranda --------------------------------------------------------------------------------


def memoranda() -> Select[Memorandum]:
    """Select all memoranda with their editions, the one of the latest election first."""
    return (
        select(Memorandum)
        .outerjoin(Memorandum.election)
        .options(
            joinedload(Memorandum.election),
            joinedload(Memorandum.territory),
            selectinload(Memorandum.editions),
        )
        .order_by(Election.held_on.desc().nulls_last(), Memorandum.id.desc())
    )


def _with_memorandum(rows: Select[Edition]) -> Select[Edition]:
    memorandum = joinedload(Edition.memorandum)
    return rows.options(
        memorandum.joinedload(Memorandum.election).selectinload(Election.levels),
        memorandum.joinedload(Memorandum.territory),
    )


def published_editions() -> Select[Edition]:
    """Select the latest published edition of each memorandum, the latest published first."""
    published = select(Edition).where(Edition.state == EditionState.PUBLISHED)
    return _with_memorandum(published).order_by(Edition.published_at.desc(), Edition.id.desc())


def editions_in_work() -> Select[Edition]:
    """Select the editions that are composed, read over or frozen, the one last touched first."""
    return _with_memorandum(select(Edition).where(Edition.state.not_in(PUBLIC))).order_by(
        Edition.updated_at.desc(), Edition.id.desc()
    )


def history(memorandum: Memorandum) -> Select[AuditEntry]:
    """Select what happened to a memorandum and became of its editions, newest first."""
    editions = select(Edition.id).where(Edition.memorandum_id == memorandum.id)
    return (
        select(AuditEntry)
        .where(
            or_(
                and_(
                    AuditEntry.subject_type == Memorandum.__tablename__,
                    AuditEntry.subject_id == memorandum.id,
                ),
                and_(AuditEntry.subject_type == Edition.__tablename__, AuditEntry.subject_id.in_(editions)),
            ),
            AuditEntry.action.in_(LIFE),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )


# --- Editions ---------------------------------------------------------------------------------


def edition(memorandum: Memorandum, number: int) -> Select[Edition]:
    """Select one edition of a memorandum by its number."""
    return _with_memorandum(
        select(Edition).where(Edition.memorandum_id == memorandum.id, Edition.number == number)
    )


def latest_published(memorandum: Memorandum) -> Select[Edition]:
    """Select the edition that the public reads, if there is one."""
    return published_editions().where(Edition.memorandum_id == memorandum.id)


def in_work(memorandum: Memorandum) -> Select[Edition]:
    """Select the edition that is in the making, if there is one."""
    return editions_in_work().where(Edition.memorandum_id == memorandum.id)


def chapters(edition: Edition) -> Select[Chapter]:
    """Select an edition's chapters with all that is printed of their recommendations."""
    recommendation = selectinload(Chapter.items).joinedload(Item.recommendation)
    contribution = recommendation.selectinload(Recommendation.sources).joinedload(
        RecommendationSource.contribution
    )
    return (
        select(Chapter)
        .where(Chapter.edition_id == edition.id)
        .options(
            selectinload(Chapter.items).joinedload(Item.version),
            recommendation.selectinload(Recommendation.levels),
            contribution.joinedload(Contribution.organisation),
            contribution.joinedload(Contribution.campaign),
            contribution.joinedload(Contribution.document),
        )
        .order_by(Chapter.position, Chapter.id)
    )


def signatories(edition: Edition) -> Select[Signatory]:
    """Select an edition's signatories in their order, with organisation and commune."""
    return (
        select(Signatory)
        .where(Signatory.edition_id == edition.id)
        .options(joinedload(Signatory.organisation).joinedload(Organisation.commune))
        .order_by(Signatory.position, Signatory.id)
    )


def signed_by(organisation: Organisation) -> Select[Edition]:
    """Select the editions that an organisation signs, the latest first."""
    return (
        select(Edition)
        .join(Signatory, Signatory.edition_id == Edition.id)
        .where(Signatory.organisation_id == organisation.id)
        .options(joinedload(Edition.memorandum))
        .order_by(Edition.created_at.desc(), Edition.id.desc())
    )


def may_sign(edition: Edition) -> Select[Organisation]:
    """Select the active organisations that don't sign the edition yet, by name."""
    signing = select(Signatory.organisation_id).where(Signatory.edition_id == edition.id)
    return (
        select(Organisation)
        .where(
            Organisation.state == OrganisationState.ACTIVE,
            Organisation.merged_into_id.is_(None),
            Organisation.id.not_in(signing),
        )
        .order_by(Organisation.name)
    )


def printed(edition: Edition) -> Select[int]:
    """Select the recommendations that stand in an edition."""
    return printed_in(edition.id)


def printed_in(edition_id: int) -> Select[int]:
    """Select the recommendations that stand in the edition of that identifier."""
    return select(Item.recommendation_id).where(Item.edition_id == edition_id)


def lapsed_in(edition: Edition) -> Select[Endorsement]:
    """Select the co-signatures of what an edition holds that lapsed and weren't given anew."""
    return (
        carrying.lapsed()
        .where(Endorsement.recommendation_id.in_(printed(edition)))
        .options(joinedload(Endorsement.organisation))
    )


def signed_since_frozen(edition: Edition) -> Select[Endorsement]:
    """Select the standing co-signatures of what a frozen edition holds that came too late for its PDF."""
    return (
        select(Endorsement)
        .where(
            Endorsement.recommendation_id.in_(printed(edition)),
            Endorsement.created_at > edition.frozen_at,
            Endorsement.lapsed_at.is_(None),
            Endorsement.withdrawn_at.is_(None),
        )
        .options(joinedload(Endorsement.organisation), joinedload(Endorsement.recommendation))
        .order_by(Endorsement.id)
    )


def addable(
    edition: Edition, wanted: RecommendationFilter, states: Collection[RecommendationState]
) -> Select[Recommendation]:
    """Select the recommendations in those states that pass the filters and don't stand in the edition."""
    return recommendation_queries.recommendations(wanted, Order("code")).where(
        Recommendation.id.not_in(printed(edition)), Recommendation.state.in_(states)
    )


# --- PDFs -------------------------------------------------------------------------------------


def latest_build(edition: Edition, *, is_draft: bool) -> Select[Build]:
    """Select the last PDF of a whole edition, as a draft or as it is published, with its file."""
    return (
        select(Build)
        .where(Build.edition_id == edition.id, Build.is_draft.is_(is_draft), Build.variant == WHOLE)
        .options(joinedload(Build.file))
        .order_by(Build.created_at.desc(), Build.id.desc())
        .limit(1)
    )


def published_builds(editions: Sequence[int]) -> Select[Build]:
    """Select the PDFs of these published editions, the last one of each last."""
    return (
        select(Build)
        .where(Build.edition_id.in_(editions), Build.is_draft.is_(False), Build.variant == WHOLE)
        .options(joinedload(Build.file))
        .order_by(Build.id)
    )


def public_contents_with(recommendations: Select[int | None]) -> Select[Build]:
    """Select the PDFs, with their contents, of the public editions that hold one of these, latest first.

    The last one of each edition is the first of it.
    """
    holding = select(Item.edition_id).where(Item.recommendation_id.in_(recommendations))
    return (
        select(Build)
        .join(Build.edition)
        .where(
            Edition.state.in_(PUBLIC), Edition.id.in_(holding), Build.is_draft.is_(False),
            Build.variant == WHOLE,
        )
        .options(contains_eager(Build.edition).joinedload(Edition.memorandum), undefer(Build.content))
        .order_by(Edition.published_at.desc(), Edition.id.desc(), Build.created_at.desc(), Build.id.desc())
    )  # fmt: skip


def codes_of(recommendations: Select[int | None]) -> Select[int, str]:
    """Select (identifier, code) of these recommendations."""
    return select(Recommendation.id, Recommendation.code).where(Recommendation.id.in_(recommendations))


def published_build(edition: Edition) -> Select[Build]:
    """Select the PDF that a published edition became public with, and the content it was made from."""
    return latest_build(edition, is_draft=False).options(undefer(Build.content))


def frozen_build(edition: Edition) -> Select[Build]:
    """Select the PDF that was built since the edition was frozen: what it will be published with."""
    return published_build(edition).where(Build.created_at >= edition.frozen_at)


def same_build(edition: Edition, content_hash: str) -> Select[Build]:
    """Select the PDF of an edition that was built from that very content."""
    return (
        select(Build)
        .where(Build.edition_id == edition.id, Build.content_hash == content_hash)
        .options(joinedload(Build.file))
    )


# --- What parties answer ------------------------------------------------------------------------


def answers_to(recommendation_id: int) -> Select[PartyAnswer]:
    """Select what parties answered to a recommendation, what was taken back as well, the latest first."""
    return (
        _answers()
        .options(joinedload(PartyAnswer.edition).joinedload(Edition.memorandum))
        .where(PartyAnswer.recommendation_id == recommendation_id)
        .order_by(PartyAnswer.answered_on.desc(), PartyAnswer.id.desc())
    )


def standing_answers(recommendations: Collection[int]) -> Select[PartyAnswer]:
    """Select what parties answered to these and wasn't taken back, the first answered first."""
    return (
        _answers()
        .where(PartyAnswer.recommendation_id.in_(recommendations), PartyAnswer.withdrawn_at.is_(None))
        .order_by(PartyAnswer.answered_on, PartyAnswer.id)
    )


def _answers() -> Select[PartyAnswer]:
    return select(PartyAnswer).options(joinedload(PartyAnswer.organisation))


def published_with(recommendation_id: int) -> Select[Edition]:
    """Select the published editions in which a recommendation stands, the latest published first."""
    return (
        select(Edition)
        .join(Item, Item.edition_id == Edition.id)
        .where(Item.recommendation_id == recommendation_id, Edition.state.in_(PUBLIC))
        .options(joinedload(Edition.memorandum))
        .order_by(Edition.published_at.desc(), Edition.id.desc())
    )


# --- The network as a figure --------------------------------------------------------------------


def actors_drawn() -> Select[Organisation]:
    """Select the organisations that the figure of the network shows: all but those that have closed."""
    return (
        select(Organisation)
        .where(Organisation.state != OrganisationState.CLOSED, Organisation.merged_into_id.is_(None))
        .options(joinedload(Organisation.kind))
        .order_by(Organisation.slug)
    )


def ties_drawn(day: date) -> Select[Relation]:
    """Select the ties that last on that day."""
    return (
        select(Relation)
        .where(
            Relation.withdrawn_at.is_(None),
            or_(Relation.start_on.is_(None), Relation.start_on <= day),
            or_(Relation.end_on.is_(None), Relation.end_on >= day),
        )
        .options(joinedload(Relation.kind))
        .order_by(Relation.id)
    )
