"""What becomes of a contribution: a recommendation, part of another, or set aside with a reason."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.recommendations.operations import recommendations
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.queries import documents as document_queries

USABLE = {
    ContributionState.SUBMITTED,
    ContributionState.CONFIRMED,
    ContributionState.TAKEN_UP,
    ContributionState.MERGED,
}
WAITING = {ContributionState.SUBMITTED, ContributionState.CONFIRMED}
ASIDE = {ContributionState.OUT_OF_SCOPE, ContributionState.WITHDRAWN}


def take_up(
    session: Session,
    contributions: Sequence[Contribution],
    statement: Statement,
    *,
    reason: str = "",
    actor: audit.Actor | str,
    now: datetime,
) -> Recommendation:
    """Make a new recommendation from one or several contributions; who sent them reads the reason.

    Raises DomainError for one set aside.
    """
    for contribution in contributions:
        _lock_usable(session, contribution)
    row = recommendations.create(session, statement, actor=actor, now=now)
    for contribution in contributions:
        _tie(session, contribution, row, actor, now)
        if contribution.state in WAITING:
            move(session, contribution, ContributionState.TAKEN_UP, reason, actor=actor, now=now)
    return row


def join(
    session: Session,
    contribution: Contribution,
    row: Recommendation,
    *,
    reason: str = "",
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Let a contribution stand behind a recommendation that exists; who sent it reads the reason.

    Raises DomainError for one set aside.
    """
    _lock_usable(session, contribution)
    _tie(session, contribution, row, actor, now)
    if contribution.state in WAITING:
        move(session, contribution, ContributionState.MERGED, reason, actor=actor, now=now)


def detach(
    session: Session, source: RecommendationSource, *, reason: str, actor: audit.Actor | str, now: datetime
) -> None:
    """Undo such a thread, saying why; a contribution that nothing is made from waits to be read again.

    Raises DomainError without a reason.
    """
    _need(reason, N_("Dites pourquoi cette contribution est détachée."))
    session.refresh(source, with_for_update=True)
    if source.detached_at is not None:
        return
    source.detached_at, source.detached_reason = now, reason
    session.flush()
    contribution, row = source.contribution, source.recommendation
    session.expire(contribution, ["sources"])
    session.expire(row, ["sources"])
    audit.record(
        session, "recommendation.source_detached", row, actor=actor, now=now,
        changes={"contribution": [contribution.id, None]},
    )  # fmt: skip
    if not contribution.sources:
        move(session, contribution, waiting_state(contribution), reason, actor=actor, now=now)


def set_aside(
    session: Session,
    contribution: Contribution,
    state: ContributionState,
    *,
    reason: str,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Say that it is out of scope or was withdrawn, and why; the organisation reads the reason.

    Raises DomainError without a reason, before it is sent, or while a recommendation is made from it.
    """
    if state not in ASIDE:
        raise ValueError(state)
    _need(reason, N_("Donnez une raison : l’organisation la lira."))
    lock(session, contribution)
    if contribution.state not in USABLE | ASIDE:
        raise DomainError(N_("Cette contribution n’est pas encore envoyée."), field="reason")
    if contribution.sources:
        raise DomainError(N_("Une recommandation en est faite : détachez-la d’abord."), field="reason")
    move(session, contribution, state, reason, actor=actor, now=now)


def put_back(
    session: Session, contribution: Contribution, *, reason: str, actor: audit.Actor | str, now: datetime
) -> None:
    """Put what was set aside among those to be read. Raises DomainError without a reason."""
    _need(reason, N_("Dites pourquoi elle revient parmi les contributions à lire."))
    lock(session, contribution)
    if contribution.state not in ASIDE:
        raise DomainError(N_("Cette contribution n’est pas mise de côté."), field="reason")
    if contribution.unsplit_at is not None:
        raise DomainError(N_("Le texte dont elle était une partie est lu en entier."), field="reason")
    move(session, contribution, waiting_state(contribution), reason, actor=actor, now=now)


def _need(reason: str, sentence: str) -> None:
    if not reason:
        raise DomainError(sentence, field="reason")


def lock(session: Session, contribution: Contribution) -> None:
    """Read the row anew and hold it: somebody else may have sorted it a moment ago."""
    session.refresh(contribution, with_for_update=True)
    session.expire(contribution, ["sources"])


def _lock_usable(session: Session, contribution: Contribution) -> None:
    lock(session, contribution)
    if contribution.state not in USABLE:
        raise DomainError(
            N_("Une contribution mise de côté doit d’abord revenir parmi celles à lire (n° %(number)s)."),
            number=contribution.id,
        )
    if session.scalar(document_queries.parts(contribution).limit(1)) is not None:
        raise DomainError(
            N_("Cette contribution est scindée : reprenez plutôt ses parties (n° %(number)s)."),
            number=contribution.id,
        )


def _tie(
    session: Session, contribution: Contribution, row: Recommendation, actor: audit.Actor | str, now: datetime
) -> None:
    source = session.scalar(
        select(RecommendationSource).where(
            RecommendationSource.recommendation_id == row.id,
            RecommendationSource.contribution_id == contribution.id,
        )
    )
    if source is None:
        source = RecommendationSource(
            recommendation_id=row.id, contribution_id=contribution.id, created_at=now
        )
        session.add(source)
    elif source.detached_at is None:
        return
    else:
        source.detached_at, source.detached_reason = None, ""
    session.flush()
    session.expire(contribution, ["sources"])
    session.expire(row, ["sources"])
    audit.record(
        session, "recommendation.source_attached", row, actor=actor, now=now,
        changes={"contribution": [None, contribution.id]},
    )  # fmt: skip


def waiting_state(contribution: Contribution) -> ContributionState:
    """Return where it stands while nobody has decided what becomes of it."""
    return ContributionState.CONFIRMED if contribution.is_confirmed else ContributionState.SUBMITTED


def move(
    session: Session,
    contribution: Contribution,
    state: ContributionState,
    reason: str,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Let it stand elsewhere, with the reason that its organisation reads."""
    before = contribution.state
    contribution.state, contribution.triage_reason, contribution.triaged_at = state, reason, now
    session.flush()
    audit.record(
        session, f"contribution.{state}", contribution, actor=actor, now=now,
        changes={"state": [before, state]},
    )  # fmt: skip
