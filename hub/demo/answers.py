"""The demonstration's answers of parties, and what came of two demands.

All answers are of one party that doesn't exist, and that says so: inventing a real one's would be a lie about
it. What came of the demands is invented too, and says so.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import LegalForm
from hub.actors.models.reference import OrganisationKind
from hub.actors.operations import organisations
from hub.core import clock
from hub.demo.world import World
from hub.publishing.models.answers import PartyStance
from hub.publishing.operations import answers
from hub.publishing.operations.answers import Told
from hub.recommendations.models.recommendations import Outcome, RecommendationState
from hub.recommendations.operations import steps
from hub.recommendations.operations.steps import Ground

NOTE = "Parti fictif, pour la démonstration : il n’existe pas, et ses réponses sont inventées."
ANSWERED_DAYS_AGO, OUTCOME_DAYS_AGO = 40, 10
# The number of the recommendation in the data, what the party answers, its words.
ANSWERS = (
    (
        "10", PartyStance.PARTLY,
        "« Oui pour un projet pilote d’un an, puis nous verrons. » (réponse inventée)",
    ),
    ("29", PartyStance.COMMITS, "« Ce sera dans notre programme. » (réponse inventée)"),
)  # fmt: skip

# The number of the recommendation, where that leaves it, what is obtained, in words.
OUTCOMES = (
    (
        "10", RecommendationState.FOLLOWED, Outcome.PARTLY,
        "Une formation d’un jour dans trois CPAS (exemple inventé).",
    ),
    (
        "29", RecommendationState.CLOSED, Outcome.OBTAINED,
        "La clause figure dans les cahiers des charges (exemple inventé).",
    ),
)  # fmt: skip


def load(session: Session, world: World) -> str:
    """Add the party, what it answered to two recommendations, and what came of them."""
    now = world.now - timedelta(days=ANSWERED_DAYS_AGO)
    actor = world.get("user", "coordinator")
    kind = session.scalars(select(OrganisationKind).where(OrganisationKind.code == "party")).one()
    party = organisations.create(
        session,
        organisations.OrganisationFacts(
            name="Parti d’essai (fictif)", kind_id=kind.id, legal_form=LegalForm.UNKNOWN, note=NOTE
        ),
        actor=actor,
        now=now,
    )
    for number, stance, words in ANSWERS:
        told = Told(party, stance, clock.today(now), words)
        row = world.get("recommendation", number)
        # Both stand in the memorandum of 2024, whose PDF may still be in the making.
        steps.publish(session, [row.id], actor=actor, now=now)
        answers.record(session, row, told, follows=True, actor=actor, now=now)
    since = world.now - timedelta(days=OUTCOME_DAYS_AGO)
    for number, after, outcome, words in OUTCOMES:
        ground = Ground(words, outcome=outcome)
        steps.take(session, world.get("recommendation", number), after, ground, actor=actor, now=since)
    return f"{len(ANSWERS)} réponses d’un parti fictif, {len(OUTCOMES)} demandes dont on sait ce qui est venu"
