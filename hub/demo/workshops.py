"""A workshop of the next plenary at work: what its tables write, a wording. Invented, and it says so."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.demo.world import World
from hub.events.models.workshops import Workshop
from hub.recommendations.models.carrying import VoiceChannel
from hub.recommendations.operations import dots, tables, workshops
from hub.recommendations.operations.dots import RoundRules
from hub.recommendations.operations.tables import Entry
from hub.recommendations.operations.workshops import Seen
from hub.recommendations.queries import workshops as workshop_queries

TEAM = "Coordination du CAI"
WORKED_ON = 4
BALLOTS = {"essai-1": (3, 1, 1, 0), "essai-2": (2, 0, 2, 1), "essai-3": (1, 3, 0, 1)}
INVENTED = "(Exemple inventé.)"
ENTRIES = (
    ("1", "Des familles attendent des mois un logement et restent en hébergement d’urgence.",
     "Ouvrir des logements de transit avec un accompagnement pendant un an."),
    ("1", "La garantie locative ferme la porte à celles et ceux qui commencent.",
     "Avancer la garantie locative dès la signature du bail."),
    ("2", "Peu de médecins acceptent un rendez-vous avec interprète.",
     "Payer l’interprétariat dans chaque maison médicale."),
)  # fmt: skip


def load(session: Session, world: World) -> str:
    """Let two tables of the first workshop write, and the workshop work on some recommendations."""
    event = world.get("event", "next-plenary")
    in_order = select(Workshop).where(Workshop.event_id == event.id)
    workshop = session.scalars(in_order.order_by(Workshop.position, Workshop.id).limit(1)).one()
    for number, (table, finding, proposal) in enumerate(ENTRIES):
        entry = Entry(table=table, finding=f"{finding} {INVENTED}", proposal=proposal)
        moment = world.now - timedelta(minutes=len(ENTRIES) - number)
        tables.enter(session, workshop, entry, key=f"demo-{number}", now=moment)
    chosen = session.scalars(workshop_queries.choosable(workshop).limit(WORKED_ON)).all()
    workshops.add(session, workshop, chosen, actor=TEAM, now=world.now)
    first = session.scalars(workshop_queries.worked_on(workshop).limit(1)).one()
    wording = f"{first.wording} Une évaluation publique suit chaque année. {INVENTED}"
    workshops.save(session, first, wording, seen=Seen(0, "demo"), now=world.now)
    vote = dots.open_round(
        session, workshop, RoundRules("Priorités de l’atelier", 5, 3), actor=TEAM, now=world.now
    )
    for tablet, spread in BALLOTS.items():
        given = {row.id: count for row, count in zip(chosen, spread, strict=True) if count}
        dots.put(
            session, vote, tablet, given, channel=VoiceChannel.MEETING, actor=tables.AT_TABLE, now=world.now
        )
    return f"{len(ENTRIES)} demandes des tables d’un atelier et {len(chosen)} textes qu’il travaille"
