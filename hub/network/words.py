"""The French words of the network: origins of ties and what they say; translated where they are shown."""

from hub.core.errors import N_
from hub.network.values.register import Origin
from hub.network.values.threads import Thread

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
ROLES = {
    "pilot": N_("pilote"),
    "member": N_("membre"),
    "observer": N_("observe"),
    "lead": N_("porte le projet"),
    "partner": N_("partenaire"),
    "funder": N_("finance"),
    "organiser": N_("organise"),
}
"""The part that an actor has in what it shares with another."""
THREADS = {
    Thread.STEER: N_("Piloter, cogérer, superviser"),
    Thread.BELONG: N_("Être membre, faire partie"),
    Thread.WORK: N_("Travailler ensemble, soutenir"),
    Thread.MEANS: N_("Financer, prêter des moyens"),
    Thread.REFER: N_("Orienter, informer"),
    Thread.SPEAK: N_("Interpeller, inviter, parler de"),
    Thread.PLACE: N_("Être voisins"),
    Thread.PROJECT: ORIGINS[Origin.PROJECT],
    Thread.HOSTING: ORIGINS[Origin.HOSTING],
    Thread.COSIGNING: ORIGINS[Origin.COSIGNING],
    Thread.SPACE: ORIGINS[Origin.SPACE],
    Thread.DAY: ORIGINS[Origin.DAY],
}
"""The lines of the picture: groups of declared ties, then what the hub knows by itself."""
CHANGES = {
    "came": N_("Arrivée"),
    "left": N_("Départ"),
    "new": N_("Nouveau lien"),
    "lost": N_("Lien perdu"),
}
"""What a change between two days is."""
