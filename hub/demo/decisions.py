"""What became of some decisions of the demonstration; all of it is invented."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.demo.world import World
from hub.spaces.models.decisions import Decision, Method, Position, Stance
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.operations import decisions, positions
from hub.spaces.operations.decisions import DecisionFacts
from hub.spaces.operations.positions import Said

ACTOR = "démonstration"
AFTER = timedelta(days=3)
TOLD = "La plénière adopte les perspectives de l’année qui vient."
OLD = "Chaque collectif dit une fois par trimestre ce qui manque, sans donnée sur les personnes."
NEW = "Chaque collectif dit une fois par mois ce qui manque, sans donnée sur les personnes."
WHY = "En hiver, un trimestre est trop long."
ASKED = "Le groupe porte la demande d’un délai de quatre mois pour les familles."
SAID = "Le délai relève du fédéral ; le CPAS appuie la demande, sans la porter."


def load(session: Session, world: World) -> str:
    """Make one known to the network, let a later one take the place of another, correct a position."""
    told = _called(session, TOLD)
    if told is not None:
        decisions.tell(session, told, known=True, actor=ACTOR, now=told.meeting.ends_at + AFTER)
    old = _called(session, OLD)
    if old is not None:
        _replace(session, old)
    asked = _called(session, ASKED)
    if asked is not None:
        _correct(session, world, asked)
    return "1 décision à faire connaître, 1 remplacée, 1 position corrigée."


def _called(session: Session, text: str) -> Decision | None:
    return session.scalar(select(Decision).where(Decision.text == text).order_by(Decision.id.desc()).limit(1))


def _replace(session: Session, old: Decision) -> None:
    meeting = session.scalars(
        select(Meeting)
        .where(Meeting.space_id == old.space_id, Meeting.state == MeetingState.HELD)
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    ).one()
    now = meeting.ends_at
    facts = DecisionFacts(NEW, Method.CONSENT)
    new = decisions.take(session, meeting, meeting.items[-1], facts, actor=ACTOR, now=now)
    decisions.replace(session, old, new, reason=WHY, actor=ACTOR, now=now)


def _correct(session: Session, world: World, asked: Decision) -> None:
    organisation = world.get("organisation", "cpas_namur")
    standing = session.scalar(
        select(Position).where(
            Position.decision_id == asked.id,
            Position.organisation_id == organisation.id,
            Position.ended_at.is_(None),
        )
    )
    if standing is not None:
        said = Said(Stance.RESERVATION, SAID, standing.person_id)
        positions.say(session, asked, organisation, said, actor=ACTOR, now=asked.meeting.ends_at + AFTER)
