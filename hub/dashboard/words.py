"""The French words of the acts that the dashboard tells, and where each thing has its page."""

from flask_babel import lazy_gettext as _l

# Acts that mean something to others; corrections, mails and settings are left out.
ACTS = {
    "organisation.created": _l("Nouvel acteur"),
    "organisation.merged": _l("Deux fiches réunies"),
    "organisation.mandate_granted": _l("Mandat donné"),
    "space.created": _l("Nouvel espace"),
    "space.changed": _l("Espace modifié"),
    "space.member_added": _l("Nouveau siège"),
    "space.member_ended": _l("Siège terminé"),
    "meeting.planned": _l("Réunion prévue"),
    "meeting.changed": _l("Réunion modifiée"),
    "meeting.convened": _l("Ordre du jour envoyé"),
    "meeting.cancelled": _l("Réunion annulée"),
    "meeting.closed": _l("Réunion tenue"),
    "decision.taken": _l("Décision prise"),
    "decision.replaced": _l("Décision remplacée"),
    "decision.withdrawn": _l("Décision retirée"),
    "action.added": _l("Nouvelle action"),
    "action.moved": _l("Action avancée"),
    "event.published": _l("Journée annoncée"),
    "event.cancelled": _l("Journée annulée"),
    "campaign.published": _l("Appel ouvert"),
    "recommendation.created": _l("Nouvelle recommandation"),
    "recommendation.adopted": _l("Recommandation adoptée"),
    "recommendation.dropped": _l("Recommandation écartée"),
    "memorandum.created": _l("Nouveau mémorandum"),
}
# Table → endpoint, name of the part of the address, icon.
PAGES = {
    "organisation": ("actors.show", "slug", "building-community"),
    "space": ("spaces.show", "slug", "users-group"),
    "meeting": ("spaces.meeting", "id", "calendar-event"),
    "decision": ("spaces.decision", "code", "gavel"),
    "action": ("spaces.action", "id", "checklist"),
    "event": ("events.show", "slug", "calendar-event"),
    "campaign": ("recommendations.call", "slug", "speakerphone"),
    "recommendation": ("recommendations.show", "code", "bulb"),
    "memorandum": ("publishing.show", "slug", "book"),
}
