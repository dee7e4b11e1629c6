"""The French words of the network: origins of ties and what they say; translated where they are shown."""

from hub.core.errors import N_
from hub.network.values.register import Origin

ORIGINS = {
    Origin.DECLARED: N_("Relations déclarées"),
    Origin.PROJECT: N_("Projets communs"),
    Origin.HOSTING: N_("Accueil dans ses murs"),
    Origin.COSIGNING: N_("Mémorandums cosignés"),
    Origin.SPACE: N_("Espaces de concertation partagés"),
    Origin.DAY: N_("Journées partagées"),
}
TIES = {
    Origin.PROJECT: (N_("partage un projet avec"), N_("partage un projet avec")),
    Origin.HOSTING: (N_("accueille"), N_("est accueilli par")),
    Origin.COSIGNING: (N_("a cosigné avec"), N_("a cosigné avec")),
    Origin.SPACE: (N_("siège avec"), N_("siège avec")),
    Origin.DAY: (N_("a pris part à la même journée que"), N_("a pris part à la même journée que")),
}
"""The words of the ties that the hub itself knows, from one end and from the other."""
