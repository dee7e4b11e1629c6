"""The network of the demonstration: the integration centre of the province of Namur, in words of our own."""

from sqlalchemy.orm import Session

from hub.core import settings
from hub.demo.world import World

ABOUT = """\
Le Centre d’Action Interculturelle réunit autour d’une même table celles et ceux qui accueillent, \
accompagnent et défendent les personnes étrangères ou d’origine étrangère en province de Namur : \
associations, collectifs citoyens, communes, CPAS, écoles, services de santé et lieux de culture.

Ce carnet de bord garde la trace de ce travail commun : qui agit avec qui, où l’on se rencontre, ce \
que l’on demande ensemble et ce que ces demandes deviennent. Les faits viennent de sources \
publiques ; les personnes et leurs réponses sont inventées pour la démonstration.
"""


def load(session: Session, world: World) -> str:
    """Write what the pages and memoranda say of the network."""
    del world
    row = settings.get_for_update(session)
    row.name = "Centre d’Action Interculturelle de la province de Namur"
    row.short_name = "CAI"
    row.tagline = "Un réseau qui accueille, relie et propose"
    row.about = ABOUT
    row.territory = "province de Namur"
    row.contact_email = "contact@cai.example"
    session.flush()
    return "Le réseau : le Centre d’Action Interculturelle de la province de Namur."
