"""Taking the answers of a survey made elsewhere into a call, each as a contribution of its own."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.values.names import key
from hub.core import audit
from hub.core.search import fold
from hub.recommendations.models.calls import Campaign, CampaignQuestion
from hub.recommendations.models.contributions import (
    Channel,
    Contribution,
    ContributionAnswer,
    ContributionState,
)
from hub.recommendations.queries import choices
from hub.recommendations.queries import questions as question_queries
from hub.recommendations.values import survey_answers
from hub.recommendations.values.surveys import Line

KEY_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Checked:
    """One answer as it would be taken: by which organisation, and whether the call has it already."""

    line: Line
    organisation: Organisation | None = None
    is_known: bool = False
    # What it answers to the call's own questions, and those that what was typed doesn't fit.
    answers: dict[int, Any] = field(default_factory=dict)
    unfit: list[CampaignQuestion] = field(default_factory=list)

    @property
    def is_taken(self) -> bool:
        """Whether importing makes a contribution of it."""
        return not self.line.problem and not self.is_known

    @property
    def is_unmatched(self) -> bool:
        """Whether it names an organisation that the register doesn't know by that name."""
        return bool(self.line.organisation) and self.organisation is None


def check(session: Session, campaign: Campaign, lines: Sequence[Line]) -> list[Checked]:
    """Look at answers before they are taken; the same words of the same organisation count once.

    Three queries, whatever the number of lines.
    """
    questions = session.scalars(question_queries.asked(campaign)).all()
    known_as = _names(session.scalars(choices.active_organisations()))
    names = {line.number: _key(campaign, line) for line in lines}
    known = set(
        session.scalars(select(Contribution.client_key).where(Contribution.client_key.in_(names.values())))
    )
    found = []
    for line in lines:
        name = names[line.number]
        organisation = known_as.get(key(line.organisation)) if line.organisation else None
        given, unfit = survey_answers.read(line.typed, questions)
        found.append(Checked(line, organisation, is_known=name in known, answers=given, unfit=unfit))
        known.add(name)
    return found


def take(
    session: Session, campaign: Campaign, lines: Sequence[Line], *, actor: User, now: datetime
) -> list[Contribution]:
    """Make a contribution of each answer that can be taken; a second time makes none.

    Where an organisation is named and known, it has still to confirm its words; the others are nobody's.
    """
    session.refresh(campaign, with_for_update={"of": Campaign})
    made = [
        _contribution(campaign, each, actor, now) for each in check(session, campaign, lines) if each.is_taken
    ]
    session.add_all(made)
    session.flush()
    for row in made:  # the guards let answers be written only before it counts as sent
        row.state, row.submitted_at = ContributionState.SUBMITTED, now
    session.flush()
    if made:
        changes = {"count": [None, len(made)]}
        audit.record(session, "campaign.survey_taken", campaign, actor=actor, now=now, changes=changes)
        for row in made:
            audit.record(session, "contribution.survey_taken", row, actor=actor, now=now)
    return made


def _contribution(campaign: Campaign, each: Checked, actor: User, now: datetime) -> Contribution:
    line = each.line
    return Contribution(
        campaign_id=campaign.id,
        organisation_id=each.organisation.id if each.organisation is not None else None,
        channel=Channel.SURVEY,
        finding=line.finding,
        proposal=line.proposal,
        origin=line.origin,
        client_key=_key(campaign, line),
        entered_by_id=actor.id,
        created_at=now,
        saved_at=now,
        search_text=fold(f"{line.proposal} {line.finding} {line.origin}"),
        answers=[
            ContributionAnswer(question_id=number, value=value) for number, value in each.answers.items()
        ],
    )


def _names(rows: Iterable[Organisation]) -> dict[str, Organisation | None]:
    """Return organisations by each name and acronym; what two go by names neither."""
    found: dict[str, Organisation | None] = {}
    for row in rows:
        for name in {key(row.name), key(row.acronym or "")} - {""}:
            found[name] = None if name in found else row
    return found


def _key(campaign: Campaign, line: Line) -> str:
    told = ("enquete", str(campaign.id), key(line.organisation), line.proposal, line.finding, line.origin)
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:KEY_LENGTH]
