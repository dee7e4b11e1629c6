"""Testimonies of the demonstration, all invented and gathered by a fictitious association; they say so."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.demo.recommendations import FICTITIOUS
from hub.demo.world import World
from hub.recommendations.models.testimonies import ConsentForm
from hub.recommendations.operations import testimonies
from hub.recommendations.operations.testimonies import Told

INVENTED = "Témoignage inventé pour la démonstration. "
TOLD: tuple[dict[str, Any], ...] = (
    {
        "text": "J’ai attendu deux ans l’équivalence de mon diplôme. Pendant ce temps, j’ai fait des "
        "ménages alors que les hôpitaux cherchaient des soignantes.",
        "pseudonym": "Mireille", "may_print": True, "may_post": True, "checked": True, "shows": "1",
    },
    {
        "text": "Au guichet, on m’a dit de revenir avec quelqu’un qui parle français. C’est ma fille qui a "
        "manqué l’école pour traduire.",
        "pseudonym": "Selma", "may_print": True, "checked": True, "shows": "2",
    },
    {
        "text": "J’ai 41 ans et j’habite au-dessus d’une boulangerie. Le propriétaire a augmenté le "
        "loyer quand il a su que j’attendais mes papiers.",
        "pseudonym": "Darius", "shows": "4",
    },
)  # fmt: skip


def load(session: Session, world: World) -> str:
    """Add them, two of them read again and tied to what they show."""
    coordinator = world.get("user", "coordinator")
    gatherer = session.scalars(
        select(Organisation).where(Organisation.note == FICTITIOUS).order_by(Organisation.id).limit(1)
    ).one()
    for number, line in enumerate(TOLD, start=1):
        said = Told(
            organisation=gatherer,
            text=INVENTED + line["text"],
            pseudonym=line["pseudonym"],
            consented_on=clock.today(world.now) - timedelta(days=20 * number),
            consent_form=ConsentForm.WRITTEN,
            consent_note="Exemple fictif : classeur au siège de l’association",
            may_print=line.get("may_print", False),
            may_post=line.get("may_post", False),
        )
        row = testimonies.add(session, said, actor=coordinator, now=world.now)
        testimonies.tie(
            session, row, world.get("recommendation", line["shows"]), actor=coordinator, now=world.now
        )
        if line.get("checked"):
            testimonies.check(session, row, actor=coordinator, now=world.now)
        world.put("testimony", str(number), row)
    return f"{len(TOLD)} témoignages inventés."
