"""A network that has asked for years: recommendations with all that hangs on them, beside the demonstration.

`fill` adds rows straight to the tables, so that it takes seconds. One recommendation and one call are busier
than all others: pages of one thing are asked for them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bench.grown import add
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, OrganisationKind, Territory, TerritoryKind, Theme
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.search import fold
from hub.recommendations.models.calls import Campaign, CampaignPhase, Invitation, PhaseKind
from hub.recommendations.models.carrying import (
    CampaignRecommendation,
    Endorsement,
    RecommendationPosition,
    Support,
    VoiceChannel,
)
from hub.recommendations.models.contributions import Channel, Confirmation, Contribution, ContributionState
from hub.recommendations.models.lineage import Derivation, DerivationKind, RecommendationStep
from hub.recommendations.models.recognition import SimilarityVerdict, Verdict
from hub.recommendations.models.recommendations import (
    Recommendation,
    RecommendationSource,
    RecommendationState,
    recommendation_level,
)
from hub.recommendations.models.versions import (
    AmendedPart,
    Amendment,
    AmendmentState,
    RecommendationVersion,
    Weight,
)
from tests.memoranda import similarity_trial as trial

SEED = 20230606
CALLS = 40
LONGEST_LINE = 3  # recommendations that come of one another
STATES = (
    RecommendationState.PROPOSED, RecommendationState.IN_GROUP, RecommendationState.IN_CONSULTATION,
    RecommendationState.ADOPTED, RecommendationState.PUBLISHED, RecommendationState.FOLLOWED,
    RecommendationState.DROPPED,
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much is added to the demonstration."""

    recommendations: int
    contributions: int
    positions: int
    organisations: int
    consulted: int = 40
    """Recommendations on which the busiest call consults."""
    invited: int = 150
    """Organisations that it invites."""
    sources: int = 30
    """Contributions behind the busiest recommendation."""


@dataclass
class Making:
    """What the rows are made with."""

    session: Session
    now: datetime
    chance: random.Random
    size: Size
    organisations: list[int] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Busiest:
    """What pages of one thing are asked for."""

    recommendation: Recommendation
    call: Campaign
    contribution: Contribution


def fill(session: Session, size: Size, now: datetime) -> Busiest:
    """Add so many rows; return the busiest of each kind."""
    making = Making(session, now, random.Random(SEED), size)  # noqa: S311 - no secret
    making.organisations = _organisations(making)
    making.calls = _calls(making)
    making.bodies = list(trial.distractors(max(size.recommendations, size.contributions)))
    recommendations = _recommendations(making)
    contributions = _contributions(making, recommendations)
    _versions(making, recommendations)
    _positions(making, recommendations)
    _endorsements(making, recommendations)
    _derivations(making, recommendations)
    _amendments(making, recommendations)
    _verdicts(making, recommendations, contributions)
    session.flush()
    return Busiest(
        session.get_one(Recommendation, recommendations[0]),
        session.get_one(Campaign, making.calls[0]),
        session.get_one(Contribution, contributions[0]),
    )


def alone(session: Session, now: datetime) -> Busiest:
    """Add one of each kind with nothing that hangs on it; return them."""
    recommendation = Recommendation(
        code="R-1999-00001", title="Une demande seule", search_text="r 1999 00001 une demande seule",
        created_at=now, updated_at=now,
    )  # fmt: skip
    call = Campaign(
        slug="appel-seul", title="Un appel seul", is_published=True, created_at=now,
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
    )  # fmt: skip
    contribution = Contribution(
        state=ContributionState.SUBMITTED, channel=Channel.SURVEY, proposal="Une demande seule.",
        created_at=now, saved_at=now, submitted_at=now, search_text="une demande seule",
    )  # fmt: skip
    session.add_all([recommendation, call, contribution])
    session.flush()
    return Busiest(recommendation, call, contribution)


def _organisations(making: Making) -> list[int]:
    session, now, chance = making.session, making.now, making.chance
    kinds = session.scalars(select(OrganisationKind.id)).all()
    communes = session.scalars(select(Territory.id).where(Territory.kind == TerritoryKind.COMMUNE)).all()
    return add(
        session,
        Organisation,
        [
            {
                "slug": f"association-banc-{number}", "name": f"Association de quartier numéro {number}",
                "search_text": f"association de quartier numero {number}", "kind_id": chance.choice(kinds),
                "commune_id": chance.choice(communes), "created_at": now, "updated_at": now,
            }
            for number in range(making.size.organisations)
        ],
    )  # fmt: skip


def _calls(making: Making) -> list[int]:
    session, now, size = making.session, making.now, making.size
    calls = add(
        session,
        Campaign,
        [
            {
                "slug": f"appel-banc-{number}", "title": f"Appel numéro {number}", "is_published": True,
                "opens_at": now - timedelta(days=90 + number), "closes_at": now - timedelta(days=30 + number),
                "created_at": now - timedelta(days=100),
            }
            for number in range(CALLS)
        ],
    )  # fmt: skip
    today = clock.today(now)
    add(
        session,
        CampaignPhase,
        [
            {
                "campaign_id": call, "kind": PhaseKind.CONSULT,
                "starts_on": today - timedelta(days=10), "ends_on": today + timedelta(days=10),
            }
            for call in calls
        ],
    )  # fmt: skip
    add(
        session,
        Invitation,
        [
            {
                "campaign_id": call, "organisation_id": organisation,
                "email": f"banc{organisation}@example.org", "sent_at": now - timedelta(days=80),
                "times_sent": 1, "created_at": now - timedelta(days=85),
            }
            for place, call in enumerate(calls)
            for organisation in making.organisations[: size.invited if place == 0 else size.invited // 10]
        ],
    )  # fmt: skip
    return calls


def _recommendations(making: Making) -> list[int]:
    session, now, chance = making.session, making.now, making.chance
    themes = session.scalars(select(Theme.id)).all()
    rows = []
    for number in range(making.size.recommendations):
        body = making.bodies[number]
        state = RecommendationState.IN_CONSULTATION if number == 0 else chance.choice(STATES)
        title = body.rstrip(".")[:240]
        adopted = state in {STATES[3], STATES[4], STATES[5]}
        rows.append(
            {
                "code": f"R-1999-{number + 1:05d}", "title": title, "text": body,
                "finding": "Des personnes attendent trop longtemps.", "theme_id": chance.choice(themes),
                "state": state, "state_reason": "Hors de propos." if state is STATES[6] else "",
                "version": 8 if number == 0 else 1, "adopted_at": now if adopted else None,
                "created_at": now - timedelta(days=number % 900), "updated_at": now,
                "search_text": fold(f"R-1999-{number + 1:05d} {title} {body}"),
            }
        )  # fmt: skip
    made = add(session, Recommendation, rows)
    levels = session.scalars(select(Level.id)).all()
    session.execute(
        insert(recommendation_level),
        [
            {"recommendation_id": one, "level_id": level}
            for one in made
            for level in chance.sample(list(levels), 2)
        ],
    )
    add(
        session,
        CampaignRecommendation,
        [
            {
                "campaign_id": making.calls[place // making.size.consulted],
                "recommendation_id": one, "position": place, "created_at": now,
            }
            for place, one in enumerate(made[: making.size.consulted * 10])
        ],
    )  # fmt: skip
    return made


def _contributions(making: Making, recommendations: Sequence[int]) -> list[int]:
    """Add what organisations sent: three of four stand behind a recommendation, the rest waits to be read."""
    session, now, chance, size = making.session, making.now, making.chance, making.size
    taken_up = size.contributions * 3 // 4
    rows = []
    for number in range(size.contributions):
        state = ContributionState.TAKEN_UP if number < taken_up else ContributionState.CONFIRMED
        body = making.bodies[-1 - number] + f" Pour notre quartier numéro {number}."
        rows.append(
            {
                "campaign_id": chance.choice(making.calls), "state": state, "channel": Channel.PHONE,
                "organisation_id": chance.choice(making.organisations),
                "proposal": body, "finding": "Trop de personnes attendent.",
                "created_at": now, "saved_at": now, "submitted_at": now - timedelta(minutes=number),
                "confirmed_at": now, "confirmed_how": Confirmation.WORD, "search_text": fold(body),
                "theme_id": None,
            }
        )  # fmt: skip
    made = add(session, Contribution, rows)
    add(
        session,
        RecommendationSource,
        [
            {
                "recommendation_id": recommendations[max(0, place - size.sources) % len(recommendations)],
                "contribution_id": one, "created_at": now,
            }
            for place, one in enumerate(made[:taken_up])
        ],
    )  # fmt: skip
    return made


def _versions(making: Making, recommendations: Sequence[int]) -> None:
    session, now = making.session, making.now
    rows, steps, history = [], [], []
    for place, one in enumerate(recommendations):
        body = making.bodies[place]
        for number in range(1, 9 if place == 0 else 2):
            rows.append(
                {
                    "recommendation_id": one, "number": number, "levels": ["RW"],
                    "weight": Weight.SUBSTANTIVE if number % 2 else Weight.MINOR, "title": body[:240],
                    "text": f"{body} Ceci est la rédaction {number}.", "created_at": now, "by": "Banc",
                }
            )  # fmt: skip
            history.append(
                {
                    "at": now, "action": "recommendation.edited", "subject_type": "recommendation",
                    "subject_id": one, "actor_label": "Banc", "changes": {},
                }
            )  # fmt: skip
        steps.append(
            {
                "recommendation_id": one, "before": None, "after": RecommendationState.PROPOSED, "version": 1,
                "by": "Banc", "created_at": now,
            }
        )  # fmt: skip
    add(session, RecommendationVersion, rows)
    add(session, RecommendationStep, steps)
    add(session, AuditEntry, history)


def _positions(making: Making, recommendations: Sequence[int]) -> None:
    """Add voices: every organisation invited by the busiest call on all that it asks, the rest spread."""
    chance, size = making.chance, making.size
    voices = {
        (one, organisation)
        for one in recommendations[: size.consulted]
        for organisation in making.organisations[: size.invited]
    }
    while len(voices) < size.positions:
        voices.add((chance.choice(recommendations), chance.choice(making.organisations)))
    supports = list(Support)
    rows = []
    for recommendation, organisation in sorted(voices):
        support = chance.choice(supports)
        rows.append(
            {
                "recommendation_id": recommendation, "organisation_id": organisation,
                "version": 8 if recommendation == recommendations[0] else 1, "support": support,
                "reason": "À condition d’être consultés." if support is Support.RESERVATIONS else "",
                "channel": VoiceChannel.LINK, "created_at": making.now,
            }
        )  # fmt: skip
    add(making.session, RecommendationPosition, rows)


def _endorsements(making: Making, recommendations: Sequence[int]) -> None:
    size = making.size
    rows = [
        {
            "recommendation_id": one, "organisation_id": organisation, "version": 8 if place == 0 else 1,
            "body": "Organe d’administration", "decided_on": clock.today(making.now),
            "signed_by": "", "channel": VoiceChannel.LINK, "created_at": making.now,
        }
        for place, one in enumerate(recommendations[: size.consulted])
        for organisation in making.organisations[: size.invited // 2]
    ]  # fmt: skip
    add(making.session, Endorsement, rows)


def _derivations(making: Making, recommendations: Sequence[int]) -> None:
    """Add two fifths of all as parents of others, in lines of three that hand on who stands behind them.

    Forty stand around the busiest, which they merely inspire.
    """
    busiest, rest = recommendations[0], recommendations[41:]
    inspired = [(parent, busiest) for parent in recommendations[1:21]]
    inspired += [(busiest, child) for child in recommendations[21:41]]
    handed = [tie for place, tie in enumerate(pairwise(rest)) if place % 5 < LONGEST_LINE - 1]
    rows = [
        {
            "kind": kind, "parent_id": parent, "child_id": child,
            "gesture": f"banc-{parent}-{child}", "by": "Banc", "parent_state": RecommendationState.PROPOSED,
            "parent_version": 1, "child_version": 1, "made_child": False, "created_at": making.now,
        }
        for kind, ties in ((DerivationKind.INSPIRATION, inspired), (DerivationKind.TAKEN_OVER, handed))
        for parent, child in ties
    ]  # fmt: skip
    add(making.session, Derivation, rows)


def _amendments(making: Making, recommendations: Sequence[int]) -> None:
    places = [recommendations[0]] * 15 + list(recommendations[1 : len(recommendations) // 4])
    rows = [
        {
            "recommendation_id": one, "version": 1, "part": AmendedPart.TEXT, "paragraph": 0,
            "before": "Une rédaction", "after": f"Une autre rédaction {place}", "reason": "Plus clair.",
            "organisation_id": making.chance.choice(making.organisations), "state": AmendmentState.PROPOSED,
            "created_at": making.now,
        }
        for place, one in enumerate(places)
    ]  # fmt: skip
    add(making.session, Amendment, rows)


def _verdicts(making: Making, recommendations: Sequence[int], contributions: Sequence[int]) -> None:
    pairs = {
        tuple(
            sorted((f"r{making.chance.choice(recommendations)}", f"c{making.chance.choice(contributions)}"))
        )
        for _ in range(len(recommendations) // 5)
    }
    verdicts = list(Verdict)
    add(
        making.session,
        SimilarityVerdict,
        [
            {"first": first, "second": second, "verdict": verdicts[place % 3], "created_at": making.now}
            for place, (first, second) in enumerate(sorted(pairs))
        ],
    )


def numbers(session: Session) -> dict[str, int]:
    """Return how many rows of each kind stand by now."""
    kinds: dict[str, Any] = {
        "recommendations": Recommendation,
        "contributions": Contribution,
        "positions": RecommendationPosition,
        "co-signatures": Endorsement,
        "derivations": Derivation,
        "amendments": Amendment,
        "verdicts": SimilarityVerdict,
    }
    return {
        name: session.scalar(select(func.count()).select_from(model)) or 0 for name, model in kinds.items()
    }
