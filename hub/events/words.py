"""The French words of the kinds of days and slots, and of how a day or a registration stands."""

from flask_babel import lazy_gettext as _l

from hub.events.models.days import EventKind, Mode, SlotKind, Stage
from hub.events.models.outcomes import DelegationState
from hub.events.models.registrations import Channel, QuestionKind, RegistrationState

KINDS = {
    EventKind.PLENARY: _l("Journée plénière"),
    EventKind.SYMPOSIUM: _l("Colloque"),
    EventKind.SEMINAR: _l("Séminaire"),
    EventKind.FAIR: _l("Salon"),
    EventKind.RALLY: _l("Rassemblement"),
    EventKind.INFO_SESSION: _l("Séance d’information"),
    EventKind.CANDIDATES: _l("Soirée avec des candidat·es"),
    EventKind.MEETING: _l("Rencontre d’associations"),
    EventKind.FEEDBACK: _l("Restitution"),
    EventKind.TRAINING: _l("Formation"),
    EventKind.SCREENING: _l("Projection"),
    EventKind.DISCOVERY: _l("Séance de découverte"),
    EventKind.MODULE: _l("Module"),
    EventKind.DROP_IN: _l("Permanence"),
}
SLOTS = {
    SlotKind.WELCOME: _l("Accueil"),
    SlotKind.INTRODUCTION: _l("Introduction"),
    SlotKind.PRESENTATION: _l("Présentation"),
    SlotKind.WORKSHOPS: _l("Ateliers"),
    SlotKind.MEAL: _l("Repas"),
    SlotKind.BREAK: _l("Pause"),
    SlotKind.EXCHANGE: _l("Échange"),
    SlotKind.TESTIMONY: _l("Témoignage"),
    SlotKind.QUESTIONS: _l("Questions et réponses"),
    SlotKind.SCREENING: _l("Projection"),
    SlotKind.CONCLUSION: _l("Conclusion"),
}
# Stage → tone, icon, word.
STAGES = {
    Stage.DRAFT: ("neutral", "pencil", _l("Brouillon")),
    Stage.CANCELLED: ("danger", "calendar-off", _l("Annulée")),
    Stage.OVER: ("neutral", "flag", _l("Journée passée")),
    Stage.ANNOUNCED: ("info", "calendar-time", _l("Inscriptions à venir")),
    Stage.CLOSED: ("neutral", "lock", _l("Inscriptions clôturées")),
    Stage.FULL: ("warning", "users", _l("Complet")),
    Stage.OPEN: ("success", "circle-check", _l("Inscriptions ouvertes")),
}
CHANNELS = {
    Channel.WEB: _l("Formulaire en ligne"),
    Channel.PHONE: _l("Téléphone"),
    Channel.PAPER: _l("Papier"),
    Channel.MAIL: _l("Mail"),
    Channel.WALK_IN: _l("Sur place"),
}
MODES = {
    Mode.ONSITE: _l("Sur place"),
    Mode.ONLINE: _l("En ligne"),
    Mode.HYBRID: _l("Sur place et en ligne"),
}
REGISTRATION_STATES = {
    RegistrationState.PENDING: _l("À confirmer par l’équipe"),
    RegistrationState.WAITING: _l("Sur liste d’attente"),
    RegistrationState.OFFERED: _l("Place proposée"),
    RegistrationState.CONFIRMED: _l("Place réservée"),
    RegistrationState.DECLINED: _l("Refusée"),
    RegistrationState.LAPSED: _l("Proposition échue"),
    RegistrationState.CANCELLED: _l("Annulée"),
}
QUESTION_KINDS = {
    QuestionKind.TEXT: _l("Un texte court"),
    QuestionKind.LONG_TEXT: _l("Un texte long"),
    QuestionKind.ONE: _l("Une réponse parmi plusieurs"),
    QuestionKind.MANY: _l("Plusieurs réponses au choix"),
    QuestionKind.YES_NO: _l("Oui ou non"),
    QuestionKind.NUMBER: _l("Un nombre"),
    QuestionKind.DATE: _l("Une date"),
    QuestionKind.SCALE: _l("Une note de 1 à 5"),
}
# Registration state → tone, icon, word, as the person reads it.
REGISTRATION_BADGES = {
    RegistrationState.PENDING: ("warning", "hourglass", _l("En attente d’une réponse")),
    RegistrationState.WAITING: ("warning", "clock-pause", _l("Sur liste d’attente")),
    RegistrationState.OFFERED: ("accent", "hand-stop", _l("Place proposée")),
    RegistrationState.CONFIRMED: ("success", "circle-check", _l("Place réservée")),
    RegistrationState.DECLINED: ("neutral", "circle-x", _l("Pas acceptée")),
    RegistrationState.LAPSED: ("neutral", "hourglass", _l("Proposition échue")),
    RegistrationState.CANCELLED: ("neutral", "ban", _l("Annulée")),
}
DELEGATIONS = {
    DelegationState.INVITED: _l("Invitée"),
    DelegationState.ANNOUNCED: _l("Annoncée"),
    DelegationState.DECLINED: _l("Ne vient pas"),
}
# What the history of a day says of each act.
ACTS = {
    "event.session_made": _l("Séance de toute la journée créée pour noter les présences"),
    "event.door_opened": _l("Lien d’accueil créé"),
    "event.door_closed": _l("Lien d’accueil retiré"),
    "event.presence_entered": _l("Présences entrées dans la grille"),
    "event.parties_invited": _l("Partis ajoutés aux délégations"),
    "event.party_taken_off": _l("Parti retiré des délégations"),
    "event.created": _l("Brouillon créé"),
    "event.changed": _l("Description modifiée"),
    "event.programme_changed": _l("Programme modifié"),
    "event.published": _l("Journée publiée"),
    "event.unpublished": _l("Journée retirée de la publication"),
    "event.cancelled": _l("Journée annulée"),
    "event.retention_set": _l("Durées de conservation modifiées"),
    "event.erased": _l("Données personnelles effacées"),
    "event.question_added": _l("Question ajoutée"),
    "event.question_changed": _l("Question modifiée"),
    "event.question_retired": _l("Question retirée"),
    "event.question_brought_back": _l("Question reposée"),
    "event.papers_printed": _l("Documents à imprimer préparés"),
    "event.diets_changed": _l("Liste des régimes modifiée"),
    "event.meals_deadline": _l("Date limite du traiteur changée"),
    "event.meals_frozen": _l("Nombres de repas figés pour le traiteur"),
    "event.caterer_linked": _l("Lien du traiteur créé"),
    "event.caterer_unlinked": _l("Lien du traiteur retiré"),
    "event.needs_seen": _l("Besoins consultés"),
    "event.needs_forgotten": _l("Régimes, besoins et choix de repas effacés"),
}
