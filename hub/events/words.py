"""The French words of the kinds of days and slots, and of how a day or a registration stands."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hub.events.models.days import (
    Admission,
    Asking,
    CertificateRule,
    EventKind,
    Mode,
    Promotion,
    SessionKind,
    SignUpNeed,
    SlotKind,
    Stage,
)
from hub.events.models.letters import LetterKind
from hub.events.models.outcomes import DelegationState
from hub.events.models.registrations import Channel, QuestionKind, RegistrationState
from hub.events.models.workshops import Way
from hub.events.values.batching import Gesture
from hub.events.values.waiting import Heir

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
HEIRS = {
    Heir.ORGANISATION: _l("La place reste réservée à l’organisation, qui peut y inscrire quelqu’un d’autre."),
    Heir.FIRST: _l("La place va tout de suite à la première personne de la liste d’attente."),
    Heir.OFFERED: _l("La place est proposée à la première personne de la liste d’attente."),
    Heir.SUSPENDED: _l("La liste d’attente est suspendue\u00a0: la coordination décide à qui va la place."),
    Heir.NOBODY: _l("Personne n’attend\u00a0: la place est libre pour qui s’inscrit."),
    Heir.CLOSED: _l("Les inscriptions sont closes\u00a0: la place reste libre."),
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
    Stage.FREE: ("success", "door-enter", _l("Sans inscription")),
}
# Full, and a waiting list to join.
WAITING_STAGE = ("warning", "hourglass", _l("Complet, liste d’attente ouverte"))
NEEDS = {
    SignUpNeed.REQUIRED: _l("Oui, l’inscription est nécessaire"),
    SignUpNeed.WISHED: _l("Elle est souhaitée : qui vient sans est bienvenu·e"),
    SignUpNeed.NONE: _l("Non, on vient sans s’inscrire"),
}
WAYS = {
    Way.FIRST_COME: _l("À qui s’inscrit d’abord"),
    Way.WISHES: _l("Par souhaits classés, puis répartis"),
}
SESSION_KINDS = {
    SessionKind.SESSION: _l("Séance"),
    SessionKind.HALF_DAY: _l("Demi-journée"),
    SessionKind.SLOT: _l("Partie du programme"),
    SessionKind.WORKSHOP: _l("Atelier"),
}
ADMISSIONS = {
    Admission.OPEN: _l("Tout le monde, tant qu’il y a des places"),
    Admission.APPROVAL: _l("L’équipe confirme chaque inscription"),
    Admission.INVITATION: _l("Seulement par le lien d’une invitation"),
}
PROMOTIONS = {
    Promotion.AUTOMATIC: _l("Elle est donnée aussitôt à la personne suivante"),
    Promotion.OFFER: _l("Elle est proposée à la personne suivante, qui répond dans un délai"),
}
ASKINGS = {
    Asking.NO: _l("Non"),
    Asking.OPTIONAL: _l("Oui, la réponse est facultative"),
    Asking.REQUIRED: _l("Oui, il faut répondre"),
}
CERTIFICATE_RULES = {
    CertificateRule.NONE: _l("Pas d’attestation"),
    CertificateRule.ALL: _l("Présence à toutes les séances qui comptent"),
    CertificateRule.SHARE: _l("Présence à une part des minutes (pourcentage)"),
    CertificateRule.MINUTES: _l("Présence pendant un nombre de minutes"),
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
    "event.certificate_terms": _l("Règles des attestations modifiées"),
    "event.evaluation_opened": _l("Avis demandés sur la journée"),
    "event.evaluation_closed": _l("Évaluation close"),
    "event.conclusion_written": _l("Conclusion écrite"),
    "event.conclusion_published": _l("Conclusion publiée"),
    "event.conclusion_unpublished": _l("Conclusion retirée de la publication"),
    "event.session_made": _l("Séance de toute la journée créée pour noter les présences"),
    "event.door_opened": _l("Lien d’accueil créé"),
    "event.door_closed": _l("Lien d’accueil retiré"),
    "event.allocated": _l("Répartition des souhaits calculée"),
    "event.allocation_set_aside": _l("Répartition écartée"),
    "event.allocation_moved": _l("Personne déplacée dans une répartition"),
    "event.allocation_published": _l("Répartition publiée"),
    "event.presence_entered": _l("Présences entrées dans la grille"),
    "event.parties_invited": _l("Partis ajoutés aux délégations"),
    "event.party_taken_off": _l("Parti retiré des délégations"),
    "event.created": _l("Brouillon créé"),
    "event.changed": _l("Description modifiée"),
    "event.programme_changed": _l("Programme modifié"),
    "event.organisers_changed": _l("Organisateurs et contacts modifiés"),
    "event.logo_changed": _l("Logo déposé ou retiré"),
    "event.sessions_changed": _l("Séances modifiées"),
    "event.sign_up_rules_changed": _l("Réglages des inscriptions modifiés"),
    "event.notice_posted": _l("Avis publié"),
    "event.notice_mailed": _l("Avis envoyé par mail"),
    "event.notice_withdrawn": _l("Avis retiré"),
    "event.duplicated": _l("Brouillon repris d’une autre journée"),
    "event.published": _l("Journée publiée"),
    "event.unpublished": _l("Journée retirée de la publication"),
    "event.cancelled": _l("Journée annulée"),
    "event.promotions_suspended": _l("Promotions suspendues"),
    "event.promotions_resumed": _l("Promotions reprises"),
    "event.capacities_changed": _l("Nombre de places modifié"),
    "event.order_passed": _l("Place donnée avant son tour"),
    "event.recounted": _l("Places recomptées"),
    "event.retention_set": _l("Durées de conservation modifiées"),
    "event.erased": _l("Données personnelles effacées"),
    "event.organisation_linked": _l("Organisation reliée au registre"),
    "event.organisation_kept": _l("Organisation gardée telle quelle"),
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
    "event.invited": _l("Adresses invitées"),
    "event.invitations_sent": _l("Invitations envoyées"),
    "event.invitations_reminded": _l("Rappel aux invitations sans réponse"),
    "event.invitation_revoked": _l("Invitation retirée"),
    "event.invitation_declined": _l("Invitation déclinée"),
    "event.places_reserved": _l("Places réservées pour une association"),
    "event.places_changed": _l("Places réservées modifiées"),
    "event.places_given_back": _l("Places réservées rendues"),
    "event.contact_erased": _l("Données effacées par qui s’occupait d’autres, ou était invité·e"),
    "event.places_released": _l("Places sans nom libérées"),
    "event.letter_changed": _l("Mail réécrit"),
    "event.letter_usual": _l("Mail remis aux mots habituels"),
    "event.letter_planned": _l("Heure d’un mail modifiée"),
    "event.letter_sent": _l("Mail envoyé à toutes les personnes inscrites"),
    "event.sent_again": _l("Mail renvoyé à quelques personnes"),
    "event.needs_forgotten": _l("Régimes, besoins et choix de repas effacés"),
    "registration.created": _l("Inscription enregistrée"),
    "registration.entered": _l("Inscription encodée par l’équipe"),
    "registration.changed": _l("Inscription modifiée"),
    "registration.accepted": _l("Demande acceptée"),
    "registration.declined": _l("Demande refusée"),
    "registration.cancelled": _l("Inscription annulée"),
    "registration.handed_over": _l("Place cédée à quelqu’un d’autre"),
    "registration.named": _l("Nom donné à une place réservée"),
    "registration.renamed": _l("Nom ou adresse changés"),
    "registration.waits": _l("Mise sur la liste d’attente d’un atelier"),
    "registration.stops_waiting": _l("N’attend plus un atelier"),
    "registration.wait_lapsed": _l("Atelier proposé, sans réponse à temps"),
    "registration.wants_mode": _l("Voudrait participer autrement"),
    "registration.mode_obtained": _l("Participe autrement, comme souhaité"),
    "registration.offered": _l("Place proposée"),
    "registration.promoted": _l("Place obtenue depuis la liste d’attente"),
    "registration.lapsed": _l("Place proposée, sans réponse à temps"),
    "registration.placed_by_hand": _l("Place donnée à la main"),
    "registration.put_back": _l("Remise sur la liste d’attente"),
    "registration.seat_offered": _l("Place d’atelier proposée"),
    "registration.seat_accepted": _l("Place d’atelier acceptée"),
    "registration.seat_declined": _l("Place d’atelier laissée"),
    "registration.seat_obtained": _l("Place d’atelier obtenue"),
    "registration.seated_by_hand": _l("Place d’atelier donnée à la main"),
    "registration.seats_lost": _l("Places d’atelier retirées"),
    "registration.walked_in": _l("Venue sans inscription"),
    "registration.arrived": _l("Présence notée à l’accueil"),
    "registration.not_there": _l("Présence retirée à l’accueil"),
    "registration.erased": _l("Données personnelles effacées"),
}
# What is done with the sign-ups that are ticked in their list.
GESTURES = {
    Gesture.ACCEPT: _l("Accepter les demandes"),
    Gesture.LINK: _l("Renvoyer le lien personnel"),
    Gesture.PRACTICAL: _l("Renvoyer les informations pratiques"),
    Gesture.CHECKED: _l("Garder le nom de l’organisation tel quel"),
    Gesture.CANCEL: _l("Annuler les inscriptions"),
}
# Kind of mail → what it is, when it leaves.
LETTERS = {
    LetterKind.CONFIRMED: (_l("Place réservée"), _l("dès que la personne a une place")),
    LetterKind.CHANGED: (_l("Inscription changée"), _l("quand les choix, ou la journée, changent")),
    LetterKind.CANCELLED: (_l("Inscription annulée"), _l("quand la place est rendue ou cédée")),
    LetterKind.PENDING: (_l("Demande reçue"), _l("quand l’équipe doit décider")),
    LetterKind.DECLINED: (_l("Demande refusée"), _l("quand l’équipe refuse, avec la raison")),
    LetterKind.WAITING: (_l("Sur liste d’attente"), _l("quand il n’y a plus de place")),
    LetterKind.OFFERED: (_l("Place proposée"), _l("quand une place se libère et attend une réponse")),
    LetterKind.PROMOTED: (_l("Place obtenue"), _l("quand la liste d’attente donne une place")),
    LetterKind.PUT_BACK: (_l("Remise sur liste d’attente"), _l("quand vous réduisez le nombre de places")),
    LetterKind.LAPSED: (_l("Proposition échue"), _l("quand la personne n’a pas répondu à temps")),
    LetterKind.WORKSHOP_OFFERED: (_l("Atelier proposé"), _l("quand une place se libère dans un atelier")),
    LetterKind.WORKSHOP_PROMOTED: (_l("Atelier obtenu"), _l("quand l’attente d’un atelier aboutit")),
    LetterKind.ALLOTTED: (_l("Ateliers répartis"), _l("quand la répartition des souhaits est publiée")),
    LetterKind.INVITED: (_l("Invitation"), _l("quand vous envoyez les invitations")),
    LetterKind.RESERVED: (_l("Places réservées à une association"), _l("quand vous réservez des places")),
    LetterKind.REMINDER: (_l("Rappel"), _l("à l’heure que vous choisissez")),
    LetterKind.PRACTICAL: (_l("Informations pratiques"), _l("à l’heure que vous choisissez")),
    LetterKind.NOTICE: (_l("Avis temporaire"), _l("quand vous envoyez un avis par mail")),
    LetterKind.CALLED_OFF: (_l("Journée annulée"), _l("quand vous annulez la journée")),
    LetterKind.EVALUATION: (_l("Évaluation"), _l("quand vous demandez les avis")),
    LetterKind.CERTIFICATE: (_l("Attestation"), _l("quand vous envoyez les attestations")),
}
# Blank of a mail's own words → what it stands for.
BLANKS = {
    "prénom-nom": _l("la personne à qui vous écrivez"),
    "titre": _l("le titre de la journée"),
    "date": _l("le jour et les heures"),
    "jour": _l("le jour seul"),
    "accueil": _l("l’heure d’accueil"),
    "lieu": _l("le lieu et son adresse, ou « en ligne »"),
    "détails": _l("tout cela en une liste, avec les ateliers"),
    "ateliers": _l("les ateliers de la personne"),
    "séances": _l("les séances d’un module"),
    "organisation": _l("son organisation"),
    "lien": _l("son lien personnel"),
    "lien-en-ligne": _l("le lien pour suivre en ligne, si elle a une place en ligne"),
    "infos-pratiques": _l("les informations pratiques de la journée"),
    "contact": _l("qui répond aux questions"),
    "clôture": _l("le dernier jour pour s’inscrire"),
    "échéance": _l("jusqu’à quand une place ou un choix est ouvert"),
    "rang": _l("son rang sur la liste d’attente"),
    "motif": _l("la raison d’un refus ou d’une annulation"),
    "atelier": _l("l’atelier proposé ou obtenu"),
    "atelier-rendu": _l("l’atelier rendu en échange"),
    "texte": _l("le texte d’un avis"),
    "places": _l("le nombre de places"),
    "numéro": _l("le numéro de l’attestation"),
}


def shown_name(name: str) -> str:
    """Return a person's name as lists and pages show it: what retention took away is said in words."""
    return name or gettext("Nom effacé")
