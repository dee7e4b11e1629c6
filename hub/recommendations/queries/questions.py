"""Reading the questions of a call's own, and what was answered."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select

from hub.events.models.registrations import QuestionKind
from hub.recommendations.models.calls import Campaign, CampaignQuestion
from hub.recommendations.models.contributions import Contribution, ContributionAnswer

# What a list may be narrowed to: answers that are chosen, not written.
CHOSEN = (QuestionKind.ONE, QuestionKind.MANY, QuestionKind.YES_NO, QuestionKind.SCALE)


def asked(campaign: Campaign) -> Select[CampaignQuestion]:
    """Select the questions that a call asks now, in their order."""
    return every(campaign).where(CampaignQuestion.retired_at.is_(None))


def every(campaign: Campaign) -> Select[CampaignQuestion]:
    """Select all questions of a call, retired ones too, in their order."""
    return (
        select(CampaignQuestion)
        .where(CampaignQuestion.campaign_id == campaign.id)
        .order_by(CampaignQuestion.position, CampaignQuestion.id)
    )


def counted(campaign: Campaign) -> Select[CampaignQuestion, int]:
    """Select (question, how many answers were sent) of a call, retired ones too, in their order."""
    sent = (
        select(func.count(ContributionAnswer.id))
        .join(Contribution, Contribution.id == ContributionAnswer.contribution_id)
        .where(ContributionAnswer.question_id == CampaignQuestion.id, Contribution.submitted_at.is_not(None))
        .scalar_subquery()
    )
    return every(campaign).add_columns(sent)


def answers_to(question: CampaignQuestion) -> Select[int]:
    """Select how many answers a question has, those of drafts too."""
    return select(func.count(ContributionAnswer.id)).where(ContributionAnswer.question_id == question.id)


def of_calls(campaigns: Iterable[int]) -> Select[CampaignQuestion]:
    """Select the questions of these calls (identifiers) that are asked or were answered, call by call."""
    answered = select(ContributionAnswer.question_id)
    return (
        select(CampaignQuestion)
        .where(
            CampaignQuestion.campaign_id.in_(list(campaigns)),
            or_(CampaignQuestion.retired_at.is_(None), CampaignQuestion.id.in_(answered)),
        )
        .order_by(CampaignQuestion.campaign_id, CampaignQuestion.position, CampaignQuestion.id)
    )


def answers_with(question: CampaignQuestion, value: Any) -> ColumnElement[bool]:
    """Say of a contribution whether it answers a question so; of several answers, whether this is one."""
    held = cast(ContributionAnswer.value, Text)
    written = json.dumps(value)
    says = or_(held == written, held.contains(written, autoescape=True))
    if question.kind != QuestionKind.MANY:
        says = held == written
    return Contribution.answers.any((ContributionAnswer.question_id == question.id) & says)
