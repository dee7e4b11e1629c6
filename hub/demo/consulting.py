"""The demonstration's consultation: invented associations say where they stand on five real demands."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.demo.recommendations import FICTITIOUS
from hub.demo.world import World
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import Support, VoiceChannel
from hub.recommendations.models.recommendations import AGREED, SET_ASIDE, Recommendation
from hub.recommendations.operations import consultations, endorsements, positions
from hub.recommendations.operations.endorsements import Signature
from hub.recommendations.operations.positions import BY_LINK, Said

SINCE, LASTS, NUMBER = 2, 14, 5
# Where each invented association stands on each of the five; "" hasn't answered.
STANDS = ("srsso", "ssrss", "nso s", "sssrn", "s rs ")
WORDS = {
    "s": Support.SUPPORT,
    "r": Support.RESERVATIONS,
    "n": Support.NEUTRAL,
    "o": Support.OPPOSE,
}
REASONS = {
    Support.RESERVATIONS: "Exemple fictif : oui, à condition que les moyens suivent.",
    Support.OPPOSE: "Exemple fictif : nous craignons une charge de plus pour les petites associations.",
}


def load(session: Session, world: World) -> str:
    """Consult those invited to the open call; only associations that don't exist have answered."""
    call, coordinator = world.get("campaign", "open"), world.get("user", "coordinator")
    asked = world.now - timedelta(days=SINCE)
    rows = session.scalars(
        select(Recommendation)
        .where(Recommendation.state.not_in(SET_ASIDE))
        .order_by(Recommendation.state.in_(AGREED), Recommendation.code)
        .limit(NUMBER)
    ).all()
    consultations.add(session, call, rows, actor=coordinator, now=asked)
    first = clock.today(asked)
    consultations.set_period(
        session, call, first, first + timedelta(days=LASTS), actor=coordinator, now=asked
    )
    invited = session.scalars(
        select(Invitation)
        .join(Invitation.organisation)
        .where(Invitation.campaign_id == call.id, Invitation.organisation.has(note=FICTITIOUS))
        .order_by(Invitation.id)
    ).all()
    told = 0
    for place, (invitation, stands) in enumerate(zip(invited, STANDS, strict=False)):
        by_phone = place == len(STANDS) - 1
        said = [
            Said(row.id, WORDS[sign], REASONS.get(WORDS[sign], ""), row.version, 0)
            for row, sign in zip(rows, stands, strict=False)
            if sign in WORDS
        ]
        told += positions.say(
            session, invitation, said, now=asked + timedelta(hours=3 + place),
            channel=VoiceChannel.PHONE if by_phone else VoiceChannel.LINK,
            actor=coordinator if by_phone else BY_LINK,
        )  # fmt: skip
    for invitation in invited[:2]:
        endorsements.sign(
            session, invitation, {row.id: row.version for row in rows[:2]},
            Signature("Organe d’administration (exemple fictif)", clock.today(world.now), "Exemple fictif"),
            channel=VoiceChannel.LINK, actor=BY_LINK, now=world.now,
        )  # fmt: skip
    return f"1 consultation sur {len(rows)} recommandations, {told} positions d’associations fictives"
