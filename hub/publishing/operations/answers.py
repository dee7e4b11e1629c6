"""What parties answer to recommendations: noted, corrected, taken back with a reason, never erased."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Family
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.publishing.models.answers import PartyAnswer, PartyStance
from hub.publishing.models.editions import Edition
from hub.publishing.queries import memoranda as queries
from hub.recommendations.models.recommendations import AGREED, Recommendation, RecommendationState
from hub.recommendations.operations import steps
from hub.recommendations.operations.steps import Ground


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an answer; `edition` is the memorandum that it answers."""

    party: Organisation
    stance: PartyStance
    answered_on: date
    words: str = ""
    source: str = ""
    edition: Edition | None = None


def record(
    session: Session, row: Recommendation, told: Told, *, follows: bool, actor: User | str, now: datetime
) -> PartyAnswer:
    """Note what a party answered; `follows`: what is published is followed from now on.

    Raises DomainError for what the network doesn't stand for, and for what contradicts itself.
    """
    session.refresh(row, with_for_update=True)
    if row.state not in AGREED:
        raise DomainError(N_("Un parti répond à ce que le réseau porte : adoptez-la d’abord."))
    _check(session, row.id, told, now)
    answer = PartyAnswer(recommendation_id=row.id, withdrawn_reason="", created_at=now)
    _write(answer, told, now)
    session.add(answer)
    session.flush()
    _note(session, "answer_recorded", answer, actor=actor, now=now)
    if follows and row.state is RecommendationState.PUBLISHED:
        # Reservations with which it was adopted stand as long as it does.
        ground = Ground(row.state_reason)
        steps.take(session, row, RecommendationState.FOLLOWED, ground, actor=actor, now=now)
    return answer


def correct(session: Session, answer: PartyAnswer, told: Told, *, actor: User | str, now: datetime) -> None:
    """Say it as it was. Raises DomainError as `record`, and for one that was taken back."""
    # Under the recommendation's row, as noting one is: the same day is never given twice.
    session.refresh(answer.recommendation, with_for_update=True)
    _hold(session, answer)
    _check(session, answer.recommendation_id, told, now, answer)
    _write(answer, told, now)
    session.flush()
    _note(session, "answer_corrected", answer, actor=actor, now=now)


def withdraw(session: Session, answer: PartyAnswer, *, reason: str, actor: User | str, now: datetime) -> None:
    """Take it back: it stays, with the reason, and nobody but the coordination reads it any more.

    Raises DomainError without a reason, and for one that was taken back before.
    """
    _hold(session, answer)
    if not reason:
        raise DomainError(N_("Dites pourquoi cette réponse est retirée."), field="reason")
    answer.withdrawn_at, answer.withdrawn_reason, answer.updated_at = now, reason, now
    session.flush()
    _note(session, "answer_withdrawn", answer, actor=actor, now=now)


def _hold(session: Session, answer: PartyAnswer) -> None:
    session.refresh(answer, with_for_update=True)
    if answer.withdrawn_at is not None:
        raise DomainError(N_("Cette réponse est déjà retirée."))


def _check(
    session: Session, recommendation_id: int, told: Told, now: datetime, besides: PartyAnswer | None = None
) -> None:
    if told.party.kind.family is not Family.PARTY:
        raise DomainError(N_("Choisissez un parti du registre."), field="party")
    if told.answered_on > clock.today(now):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="answered_on")
    known = session.scalars(queries.published_with(recommendation_id)).all() if told.edition else ()
    if told.edition is not None and told.edition not in known:
        raise DomainError(N_("Elle ne figure pas dans ce mémorandum publié."), field="edition")
    same = select(PartyAnswer.id).where(
        PartyAnswer.recommendation_id == recommendation_id,
        PartyAnswer.organisation_id == told.party.id,
        PartyAnswer.edition_id.is_not_distinct_from(told.edition.id if told.edition else None),
        PartyAnswer.answered_on == told.answered_on,
        PartyAnswer.withdrawn_at.is_(None),
    )
    if besides is not None:
        same = same.where(PartyAnswer.id != besides.id)
    if session.scalar(same) is not None:
        raise DomainError(
            N_("Une réponse de ce parti est déjà notée pour ce jour : corrigez-la plutôt."),
            field="answered_on",
        )


def _write(answer: PartyAnswer, told: Told, now: datetime) -> None:
    answer.organisation, answer.edition = told.party, told.edition
    answer.stance, answer.answered_on = told.stance, told.answered_on
    answer.words, answer.source, answer.updated_at = told.words, told.source, now


def _note(session: Session, what: str, answer: PartyAnswer, *, actor: User | str, now: datetime) -> None:
    changes = {"party": [None, answer.organisation.name]}
    row = answer.recommendation
    audit.record(session, f"recommendation.{what}", row, actor=actor, now=now, changes=changes)
