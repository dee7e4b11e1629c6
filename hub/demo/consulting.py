"""The demonstration's consultation: invented associations say where they stand on five real demands."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.demo.recommendations import FICTITIOUS
from hub.demo.world import World
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import Support, VoiceChannel
from hub.recommendations.models.recommendations import AGREED, SET_ASIDE, Recommendation
from hub.recommendations.operations import consultations, dots, endorsements, positions
from hub.recommendations.operations.dots import RoundRules
from hub.recommendations.operations.endorsements import Signature
from hub.recommendations.operations.positions import BY_LINK, Said

SINCE, LASTS, NUMBER = 2, 14, 5
# Where each invented association stands on each of the five; "" hasn't answered.
STANDS = ("srsso", "ssrss", "nso s", "sssrn", "s rs ")
# Their dots on the same five.
BUDGET, MOST_EACH = 10, 4
SPREADS = ((4, 2, 0, 3, 1), (1, 4, 4, 1, 0), (0, 3, 4, 0, 2))
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
    votes = _vote(session, world, call, rows, invited)
    return (
        f"1 consultation sur {len(rows)} recommandations, {told} positions et {votes} votes par points "
        "d’associations fictives"
    )


def _vote(
    session: Session,
    world: World,
    call: Campaign,
    rows: Sequence[Recommendation],
    invited: Sequence[Invitation],
) -> int:
    """Open a vote by dots; three of the invented associations have voted, the last one by phone."""
    asked, coordinator = world.now - timedelta(days=1), world.get("user", "coordinator")
    rules = RoundRules(
        "Nos priorités pour le prochain mémorandum", BUDGET, MOST_EACH, world.now + timedelta(days=LASTS)
    )
    row = dots.open_round(session, call, rules, actor=coordinator, now=asked)
    for place, (invitation, spread) in enumerate(zip(invited, SPREADS, strict=False), start=1):
        by_phone = place == len(SPREADS)
        dots.put(
            session, row, invitation.organisation,
            {each.id: number for each, number in zip(rows, spread, strict=False)},
            now=asked + timedelta(hours=place),
            channel=VoiceChannel.PHONE if by_phone else VoiceChannel.LINK,
            actor=coordinator if by_phone else BY_LINK,
        )  # fmt: skip
    return min(len(invited), len(SPREADS))
