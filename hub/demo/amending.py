"""The demonstration's steps and amendments: who works on what, and what is proposed to change.

The demands are real (see `data/recommendations.csv`). That this network gave them to a space, and what
associations and spaces propose to change in them, is invented, and says so.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.demo.recommendations import FICTITIOUS
from hub.demo.world import World
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import VoiceChannel
from hub.recommendations.models.lineage import Derivation, DerivationKind
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.versions import AmendedPart, Amendment, Weight
from hub.recommendations.operations import amendments, derivations, steps
from hub.recommendations.operations.amendments import Proposal, Proposer
from hub.recommendations.operations.derivations import Decided
from hub.recommendations.operations.positions import BY_LINK
from hub.recommendations.operations.recommendations import as_it_stands
from hub.recommendations.operations.steps import Ground
from hub.recommendations.queries import carrying
from hub.recommendations.values.paragraphs import paragraphs
from hub.spaces.models.meetings import Meeting

INVENTED = "Exemple inventé pour la démonstration."
RACISM = "30"  # « Rejoindre la coalition des villes contre le racisme »
TAKEN_OVER = "32"
ADDED = "Une première évaluation a lieu après deux ans."
KIND = "Exemple fictif : "


def load(session: Session, world: World) -> str:
    """Give two demands to spaces, put others into consultation, and amend them."""
    by, now = world.get("user", "coordinator"), world.now
    _in_groups(session, world)
    call = world.get("campaign", "open")
    asked = [row.recommendation for row in session.scalars(carrying.consulted(call))]
    steps.consult(session, asked, actor=by, now=now - timedelta(days=2))
    invited = session.scalars(
        select(Invitation)
        .join(Invitation.organisation)
        .where(Invitation.campaign_id == call.id, Invitation.organisation.has(note=FICTITIOUS))
        .order_by(Invitation.id)
    ).all()
    first, second, _third = (
        _amend(session, invitation, row, words, now - timedelta(hours=30 - place))
        for place, (invitation, row, words) in enumerate(
            (
                (invited[0], asked[0], ADDED),
                (invited[1], asked[1], "Les communes reçoivent les moyens nécessaires."),
                (invited[2], asked[2], "La mesure vaut aussi pour les petites associations."),
            )
        )
    )
    amendments.take(session, first, weight=Weight.MINOR, answer=f"{KIND}oui.", actor=by, now=now)
    amendments.decline(session, second, answer=f"{KIND}c’est déjà demandé ailleurs.", actor=by, now=now)
    _of_a_space(session, world, asked[2])
    return "4 amendements inventés, 2 recommandations confiées à des espaces"


def _in_groups(session: Session, world: World) -> None:
    """Give one demand to each of two spaces; one of them has been said to be stable."""
    by, row = world.get("user", "coordinator"), world.get("recommendation", RACISM)
    when = world.now - timedelta(days=40)
    again = derivations.take_over(
        session, row, as_it_stands(row), decided=Decided(reason=INVENTED), actor=by, now=when
    )
    ground = Ground(INVENTED, space=world.get("space", "racisme"))
    steps.take(session, again, RecommendationState.IN_GROUP, ground, actor=by, now=when)
    child = session.scalars(
        select(Recommendation)
        .join(Derivation, Derivation.child_id == Recommendation.id)
        .where(
            Derivation.parent_id == world.get("recommendation", TAKEN_OVER).id,
            Derivation.kind == DerivationKind.TAKEN_OVER,
        )
    ).first()
    meeting = _last_meeting(session, world, "droits")
    if child is None or meeting is None:
        return
    ground = Ground(INVENTED, space=world.get("space", "droits"))
    steps.take(session, child, RecommendationState.IN_GROUP, ground, actor=by, now=meeting.starts_at)
    ground = Ground(INVENTED, meeting=meeting)
    steps.take(session, child, RecommendationState.STABILISED, ground, actor=by, now=meeting.ends_at)


def _amend(
    session: Session, invitation: Invitation, row: Recommendation, words: str, when: datetime
) -> Amendment:
    """Let an invented association propose to add a paragraph to the text."""
    number = len(paragraphs(row.text))
    proposal = Proposal(AmendedPart.TEXT, number, row.version, words, f"{KIND}pour que cela tienne.")
    return amendments.propose_in_call(
        session, invitation, row, proposal, channel=VoiceChannel.LINK, actor=BY_LINK, now=when
    )


def _of_a_space(session: Session, world: World, row: Recommendation) -> None:
    """Let a space propose other words for the title, in its last meeting."""
    space, meeting = world.get("space", "droits"), _last_meeting(session, world, "droits")
    proposal = Proposal(
        AmendedPart.TITLE,
        0,
        row.version,
        f"{row.title}, sans attendre",
        f"{KIND}le groupe insiste sur l’urgence.",
    )
    proposer = Proposer(space=space, meeting=meeting, channel=VoiceChannel.MEETING)
    amendments.propose(
        session, row, proposal, proposer, actor=world.get("user", "coordinator"),
        now=world.now - timedelta(hours=20),
    )  # fmt: skip


def _last_meeting(session: Session, world: World, code: str) -> Meeting | None:
    return session.scalars(
        select(Meeting)
        .where(Meeting.space_id == world.get("space", code).id, Meeting.ends_at < world.now)
        .order_by(Meeting.starts_at.desc())
    ).first()
