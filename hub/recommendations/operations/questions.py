"""The questions of a call's own: adding, ordering, changing, retiring. What was answered is never lost."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.operations.questions import CHOOSING, Draft, check
from hub.recommendations.models.calls import Campaign, CampaignQuestion
from hub.recommendations.queries import questions as queries


def add(
    session: Session, campaign: Campaign, draft: Draft, *, actor: audit.Actor | str, now: datetime
) -> CampaignQuestion:
    """Add a question at the end. Raises DomainError for one that can't be asked."""
    check(draft)
    last = session.scalar(
        select(func.max(CampaignQuestion.position)).where(CampaignQuestion.campaign_id == campaign.id)
    )
    row = CampaignQuestion(campaign_id=campaign.id, position=0 if last is None else last + 1)
    _write(row, draft)
    session.add(row)
    session.flush()
    _told(session, campaign, "campaign.question_added", row, actor=actor, now=now)
    return row


def change(
    session: Session,
    campaign: Campaign,
    row: CampaignQuestion,
    draft: Draft,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Write a question anew.

    Raises DomainError for one that can't be asked, and for other words or another kind once somebody has
    begun to answer: those answers were given to another question.
    """
    check(draft)
    meant = {"label": draft.label.strip(), "kind": draft.kind}
    other = [name for name, value in meant.items() if getattr(row, name) != value]
    if other and _has_answers(session, row):
        raise DomainError(
            N_("Des organisations ont déjà répondu : retirez cette question et posez-en une autre."),
            field=other[0],
        )
    _write(row, draft)
    session.flush()
    _told(session, campaign, "campaign.question_changed", row, actor=actor, now=now)


def retire(
    session: Session, campaign: Campaign, row: CampaignQuestion, *, actor: audit.Actor | str, now: datetime
) -> bool:
    """Ask it no more. Returns whether it stays, for its answers; one without any is gone."""
    if row.retired_at is not None:
        return True
    stays = _has_answers(session, row)
    _told(session, campaign, "campaign.question_retired", row, actor=actor, now=now)
    if stays:
        row.retired_at = now
    else:
        session.delete(row)
    session.flush()
    return stays


def bring_back(
    session: Session, campaign: Campaign, row: CampaignQuestion, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Ask a retired question again."""
    if row.retired_at is None:
        return
    row.retired_at = None
    session.flush()
    _told(session, campaign, "campaign.question_brought_back", row, actor=actor, now=now)


def reorder(session: Session, campaign: Campaign, numbers: Sequence[int]) -> None:
    """Put the questions in that order; those not named come after, as they stood."""
    rows = list(session.scalars(queries.every(campaign)))
    wanted = {number: place for place, number in enumerate(numbers)}
    rows.sort(key=lambda row: (wanted.get(row.id, len(wanted)), row.position, row.id))
    for place, row in enumerate(rows):
        row.position = place
    session.flush()


def move(session: Session, campaign: Campaign, row: CampaignQuestion, steps: int) -> None:
    """Move a question up (-1) or down (1) among those that are asked."""
    order = [each.id for each in session.scalars(queries.asked(campaign))]
    if row.id not in order:
        return
    here = order.index(row.id)
    order.insert(min(max(here + steps, 0), len(order) - 1), order.pop(here))
    reorder(session, campaign, order)


def _write(row: CampaignQuestion, draft: Draft) -> None:
    row.label, row.help, row.kind = draft.label.strip(), draft.help.strip(), draft.kind
    row.options = list(dict.fromkeys(draft.options)) if draft.kind in CHOOSING else []
    row.is_required = draft.is_required


def _has_answers(session: Session, row: CampaignQuestion) -> bool:
    return bool(session.scalar(queries.answers_to(row)))


def _told(
    session: Session,
    campaign: Campaign,
    act: str,
    row: CampaignQuestion,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    audit.record(session, act, campaign, actor=actor, now=now, changes={"question": [None, row.label]})
