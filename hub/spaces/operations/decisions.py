"""Taking decisions: each has a code that never changes; sending the same gesture twice makes one.

A decision is corrected until the minutes of its meeting are approved. After that it is only replaced by a
later one, or withdrawn with a reason; it is never erased.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.spaces.models.decisions import Decision, DecisionCounter, DecisionState, Method, Stance
from hub.spaces.models.meetings import AgendaItem, Meeting, MeetingState
from hub.spaces.models.spaces import Space, VoteRule
from hub.spaces.operations.voices import refuse_voiceless, table_of
from hub.spaces.queries import minutes
from hub.spaces.values import votes

LONGEST = 5000


@dataclass(frozen=True)
class DecisionFacts:
    """What is said of a decision; `client_key` names the gesture, so that it counts once."""

    text: str
    method: Method = Method.CONSENSUS
    client_key: str | None = None


def take(
    session: Session,
    meeting: Meeting,
    item: AgendaItem | None,
    facts: DecisionFacts,
    *,
    actor: User | str | None,
    now: datetime,
) -> Decision:
    """Record what a meeting decided, on its own day. The same `client_key` gives the decision made before.

    A vote counts by the rule that its space has at this moment. Raises DomainError for no text, for a meeting
    that was called off, and once its minutes are approved.
    """
    if facts.client_key:
        known = session.scalar(select(Decision).where(Decision.client_key == facts.client_key))
        if known is not None:
            return known
    text = _text(facts)
    _check_item(meeting, item)
    if meeting.state is MeetingState.CANCELLED:
        raise DomainError(N_("Cette réunion est annulée : rien ne peut y être décidé."))
    refuse_approved(session, meeting.id)
    day = clock.today(meeting.starts_at)
    code = _next_code(session, day.year)
    row = Decision(
        code=code, space_id=meeting.space_id, meeting_id=meeting.id, item_id=item.id if item else None,
        text=text, method=facts.method, vote_rule=meeting.space.vote_rule, taken_on=day,
        client_key=facts.client_key, created_at=now, updated_at=now,
        search_text=_search_text(code, text, item),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "decision.taken", row, actor=actor, now=now)
    return row


def change(
    session: Session,
    decision: Decision,
    item: AgendaItem | None,
    facts: DecisionFacts,
    *,
    actor: User | str | None,
    now: datetime,
) -> None:
    """Correct what was noted of a decision: its words, how it was taken, the point it belongs to.

    Raises DomainError for no text, once the minutes are approved, for a decision that is no longer in force,
    and for a consent where an objection stands.
    """
    text = _text(facts)
    _check_item(decision.meeting, item)
    _lock(session, decision)
    if decision.state is not DecisionState.IN_FORCE:
        raise DomainError(N_("Cette décision n’est plus en vigueur : elle ne change plus."))
    refuse_approved(session, decision.meeting_id)
    if facts.method is not decision.method:  # voices that stand were noted under the one that stands
        _check_method(session, decision, facts.method)
    before = {"text": decision.text, "method": decision.method.value, "item": decision.item_id}
    item_id = item.id if item else None
    after = {"text": text, "method": facts.method.value, "item": item_id}
    changes = audit.differences(before, after)
    if not changes:
        return
    decision.text, decision.method, decision.item_id = text, facts.method, item_id
    decision.search_text = _search_text(decision.code, text, item)
    decision.updated_at = now
    session.flush()
    audit.record(session, "decision.changed", decision, actor=actor, now=now, changes=changes)


def replace(
    session: Session,
    old: Decision,
    new: Decision,
    *,
    reason: str = "",
    actor: User | str | None,
    now: datetime,
) -> None:
    """Let a later decision of the same space take the place of another, which stays readable.

    The one that takes the place must be in force itself: so no chain ever leads back to where it began.
    Raises DomainError otherwise.
    """
    if old.id == new.id:
        raise DomainError(N_("Une décision ne se remplace pas elle-même."), field="new")
    _lock(session, *sorted((old, new), key=lambda row: row.id))
    _refuse_over(old)
    if new.space_id != old.space_id:
        raise DomainError(N_("Choisissez une décision du même espace."), field="new")
    if new.taken_on < old.taken_on:
        raise DomainError(N_("Choisissez une décision prise le même jour ou plus tard."), field="new")
    if new.state is not DecisionState.IN_FORCE or outcome(new) is not votes.Outcome.TAKEN:
        raise DomainError(N_("Choisissez une décision en vigueur : celle-ci ne l’est pas."), field="new")
    old.state, old.replaced_by_id, old.state_reason, old.updated_at = (
        DecisionState.REPLACED, new.id, reason.strip(), now,
    )  # fmt: skip
    session.flush()
    session.expire(old, ["replaced_by"])
    audit.record(session, "decision.replaced", old, actor=actor, now=now, changes={"by": [None, new.code]})
    audit.record(session, "decision.replaces", new, actor=actor, now=now, changes={"other": [None, old.code]})


def withdraw(
    session: Session, decision: Decision, *, reason: str, actor: User | str | None, now: datetime
) -> None:
    """Take a decision back, with the reason. Raises DomainError for none, or if it is no longer in force."""
    if not reason.strip():
        raise DomainError(N_("Dites pourquoi cette décision est retirée."), field="reason")
    _lock(session, decision)
    _refuse_over(decision)
    decision.state, decision.state_reason, decision.updated_at = DecisionState.WITHDRAWN, reason.strip(), now
    session.flush()
    audit.record(session, "decision.withdrawn", decision, actor=actor, now=now)


def reinstate(session: Session, decision: Decision, *, actor: User | str | None, now: datetime) -> None:
    """Undo a replacement or a withdrawal made by mistake; history keeps both.

    Raises DomainError if it is in force.
    """
    _lock(session, decision)
    if decision.state is DecisionState.IN_FORCE:
        raise DomainError(N_("Cette décision est déjà en vigueur."))
    decision.state, decision.replaced_by_id, decision.state_reason = DecisionState.IN_FORCE, None, ""
    decision.updated_at = now
    session.flush()
    session.expire(decision, ["replaced_by"])
    audit.record(session, "decision.reinstated", decision, actor=actor, now=now)


def tell(
    session: Session, decision: Decision, *, known: bool, actor: User | str | None, now: datetime
) -> None:
    """Make a decision known to all who signed in, without its positions, or keep it to its space again."""
    if (decision.told_at is not None) == known:
        return
    decision.told_at = now if known else None
    session.flush()
    action = "decision.told" if known else "decision.kept"
    audit.record(session, action, decision, actor=actor, now=now)


def choose_rule(
    session: Session, space: Space, rule: VoteRule, *, actor: User | str | None, now: datetime
) -> None:
    """Say how voices are counted in a space from now on; what was decided before keeps its rule."""
    changes = audit.differences({"vote_rule": space.vote_rule.value}, {"vote_rule": rule.value})
    if not changes:
        return
    space.vote_rule = rule
    session.flush()
    audit.record(session, "space.vote_rule_chosen", space, actor=actor, now=now, changes=changes)


def outcome(decision: Decision) -> votes.Outcome:
    """Return what came of a decision, by its voices as they stand."""
    return votes.outcome(decision.method, decision.vote_rule, votes.tally(decision.positions))


def refuse_approved(session: Session, meeting_id: int) -> None:
    """Raise DomainError once the minutes of a meeting are approved: they say what was decided."""
    if is_approved(session, meeting_id):
        raise DomainError(
            N_(
                "Le compte rendu de cette réunion est approuvé : ce qui y est décidé ne change plus. "
                "Une décision se remplace ou se retire."
            )
        )


def is_approved(session: Session, meeting_id: int) -> bool:
    """Say whether the minutes of a meeting are approved."""
    return session.scalar(minutes.is_approved(meeting_id).limit(1)) is not None


def _text(facts: DecisionFacts) -> str:
    text = "\n".join(facts.text.strip().splitlines())  # browsers send other line breaks
    if not text:
        raise DomainError(N_("Écrivez ce qui est décidé."), field="text")
    if len(text) > LONGEST:
        raise DomainError(N_("%(number)s signes au plus."), field="text", number=LONGEST)
    return text


def _check_item(meeting: Meeting, item: AgendaItem | None) -> None:
    if item is not None and item.meeting_id != meeting.id:
        raise DomainError(N_("Choisissez un point de cette réunion."), field="item_id")


def _search_text(code: str, text: str, item: AgendaItem | None) -> str:
    return fold(f"{code} {item.title if item else ''} {text}")


def _check_method(session: Session, decision: Decision, method: Method) -> None:
    """Refuse a way of deciding that the positions already noted contradict."""
    positions = [row for row in decision.positions if row.counts]
    if method is Method.CONSENT and any(row.stance is Stance.AGAINST for row in positions):
        raise DomainError(
            N_(
                "Une organisation est contre : ce n’est pas un consentement. "
                "Retirez d’abord sa position si elle l’a levée."
            ),
            field="method",
        )
    if method is Method.VOTE and positions:
        seats = table_of(session, decision.meeting)
        for row in positions:
            refuse_voiceless(seats.get(row.organisation_id), method, "method")


def _lock(session: Session, *decisions: Decision) -> None:
    """Hold the rows, always in the same order, and read anew what others may have changed meanwhile."""
    session.flush()
    for row in decisions:
        session.refresh(row, ["state", "replaced_by_id", "method"], with_for_update=True)
        session.expire(row, ["positions"])


def _refuse_over(decision: Decision) -> None:
    if decision.state is not DecisionState.IN_FORCE:
        raise DomainError(N_("Cette décision n’est plus en vigueur."))


def _next_code(session: Session, year: int) -> str:
    """Return « D-2025-014 », one higher than the last; the counter's row is locked until the commit."""
    counter = session.get(DecisionCounter, year, with_for_update=True)
    if counter is None:
        counter = DecisionCounter(year=year, last=0)
        session.add(counter)
    counter.last += 1
    session.flush()
    return f"D-{year}-{counter.last:03d}"
