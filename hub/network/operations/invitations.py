"""Keeping what coordinators decide about proposals. Who decides second is told, and overwrites nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.network.models.invitations import Decision, InvitationChoice, LinkChoice, LinkDecision
from hub.network.queries.invitations import Thing, choices_for, column_of, link_choices

LONGEST_REASON = 500
KEPT = timedelta(days=730)
Word = TypeVar("Word", bound=StrEnum)


class OvertakenError(DomainError):
    """Somebody else decided meanwhile; `other` is what stands now, None if it was taken back."""

    def __init__(self, other: Any) -> None:
        super().__init__(N_("Quelqu’un d’autre vient de décider pour cet acteur. Rien n’est perdu."))
        self.other = other


@dataclass(frozen=True, slots=True)
class Verdict(Generic[Word]):
    """What is decided and why; no decision takes the last one back.

    `seen` is the number of the decision that the page showed, 0 for none.
    """

    decision: Word | None
    reason: str = ""
    seen: int = 0


def decide(
    session: Session,
    thing: Thing,
    organisation: Organisation,
    verdict: Verdict[Decision],
    *,
    actor: User,
    now: datetime,
) -> InvitationChoice | None:
    """Keep what was decided about inviting an organisation to a thing; return it, None if it was taken back.

    Raises DomainError where setting aside says no reason, OvertakenError where another decision than the one
    seen stands by now.
    """
    reason = _reason(verdict.reason)
    if verdict.decision == Decision.SET_ASIDE and not reason:
        raise DomainError(N_("Dites en quelques mots pourquoi vous l’écartez."), field="reason")
    standing = choices_for(thing).where(InvitationChoice.organisation_id == organisation.id)
    before: InvitationChoice | None = _standing(session, standing, verdict.seen)
    if before is not None and (before.decision, before.reason) == (verdict.decision, reason):
        return before
    made = None
    if verdict.decision is not None:
        made = InvitationChoice(
            **{column_of(thing): thing.id},
            organisation_id=organisation.id,
            decision=verdict.decision,
            reason=reason,
            decided_at=now,
            decided_by_id=actor.id,
        )
    _replace(session, before, made, standing, now)
    audit.record(
        session, "invitation.decided", thing, actor=actor, now=now,
        changes={
            "organisation": [None, organisation.name],
            "decision": [before and before.decision.value, made and made.decision.value],
        },
    )  # fmt: skip
    return made


def decide_link(
    session: Session,
    pair: tuple[Organisation, Organisation],
    verdict: Verdict[LinkDecision],
    *,
    actor: User,
    now: datetime,
) -> LinkChoice | None:
    """Keep what was decided about bringing two actors together. Raises as `decide` does."""
    first, second = sorted(pair, key=lambda organisation: organisation.id)
    if first.id == second.id:
        raise DomainError(N_("Un acteur ne peut pas être lié à lui-même."))
    reason = _reason(verdict.reason)
    standing = link_choices().where(LinkChoice.first_id == first.id, LinkChoice.second_id == second.id)
    before: LinkChoice | None = _standing(session, standing, verdict.seen)
    if before is not None and (before.decision, before.reason) == (verdict.decision, reason):
        return before
    made = None
    if verdict.decision is not None:
        made = LinkChoice(
            first_id=first.id,
            second_id=second.id,
            decision=verdict.decision,
            reason=reason,
            decided_at=now,
            decided_by_id=actor.id,
        )
    _replace(session, before, made, standing, now)
    for one, other in ((first, second), (second, first)):
        audit.record(
            session, "link.decided", one, actor=actor, now=now,
            changes={
                "organisation": [None, other.name],
                "decision": [before and before.decision.value, made and made.decision.value],
            },
        )  # fmt: skip
    return made


def _reason(text: str) -> str:
    return " ".join(text.split())[:LONGEST_REASON]


def _standing(session: Session, standing: Select[Any], seen: int) -> Any:
    """Return the decision in force, locked. Raises OvertakenError if it isn't the one seen."""
    before = session.scalar(standing.with_for_update())
    if (before.id if before else 0) != seen:
        # Asked anew: a row that was replaced while we waited for it is no answer any more.
        raise OvertakenError(session.scalar(standing))
    return before


def _replace(session: Session, before: Any, made: Any, standing: Select[Any], now: datetime) -> None:
    """Put one decision in the place of another, at once or not at all."""
    try:
        with session.begin_nested():
            if before is not None:
                before.replaced_at = now
                session.flush()
            if made is not None:
                session.add(made)
                session.flush()
    except IntegrityError as error:
        # Two who saw none decided in the same instant: the index let one of them through.
        raise OvertakenError(session.scalar(standing)) from error


def sweep(session: Session, *, now: datetime) -> None:
    """Delete decisions replaced two years ago; what stands stays, the history tells the rest."""
    for model in (InvitationChoice, LinkChoice):
        session.execute(delete(model).where(model.replaced_at < now - KEPT))
