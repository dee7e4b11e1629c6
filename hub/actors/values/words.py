"""The French words for the fixed lists of actors; they are translated where they are shown."""

from babel import Locale

from hub.actors.models.organisations import (
    CheckedAs,
    Confidence,
    FundingSource,
    LegalForm,
    OrganisationState,
    Structured,
)
from hub.actors.models.projects import PartRole
from hub.actors.models.record import Appointment, Exactness
from hub.actors.models.reference import Family, Sector, TerritoryKind, ThemeKind
from hub.core.errors import N_

LEGAL_FORMS = {
    LegalForm.ASBL: N_("asbl (association sans but lucratif)"),
    LegalForm.AISBL: N_("aisbl (association internationale)"),
    LegalForm.FOUNDATION: N_("fondation"),
    LegalForm.DE_FACTO: N_("association de fait"),
    LegalForm.PUBLIC: N_("organisme public"),
    LegalForm.COOPERATIVE: N_("coopérative"),
    LegalForm.COMPANY: N_("société"),
    LegalForm.OTHER: N_("autre forme"),
    LegalForm.UNKNOWN: N_("forme inconnue"),
}
STATES = {
    OrganisationState.ACTIVE: N_("Actif"),
    OrganisationState.DORMANT: N_("En veille"),
    OrganisationState.CLOSED: N_("Activité terminée"),
    OrganisationState.UNKNOWN: N_("État à vérifier"),
}
CHECKED_AS = {
    CheckedAs.COORDINATION: N_("la coordination du réseau"),
    CheckedAs.ORGANISATION: N_("l’organisation elle-même"),
}
CONFIDENCES = {
    Confidence.HIGH: N_("Sûr"),
    Confidence.MEDIUM: N_("Probable"),
    Confidence.LOW: N_("À confirmer"),
}
STRUCTURED = {
    Structured.YES: N_("Structurée"),
    Structured.NO: N_("Sans structure"),
    Structured.UNKNOWN: N_("Non précisé"),
}
FUNDING_SOURCES = {
    FundingSource.SUBSIDIES: N_("Subsides publics"),
    FundingSource.ACTIVITIES: N_("Recettes d’activités"),
    FundingSource.DONATIONS: N_("Dons"),
    FundingSource.MEMBERSHIP_FEES: N_("Cotisations"),
    FundingSource.PROJECT_CALLS: N_("Appels à projets"),
    FundingSource.OTHER: N_("Autres moyens"),
}
SECTORS = {
    Sector.PUBLIC: N_("Public"),
    Sector.ASSOCIATIVE: N_("Associatif"),
    Sector.PRIVATE: N_("Privé"),
    Sector.OTHER: N_("Mixte ou variable"),
}
APPOINTMENTS = {
    Appointment.NONE: N_("Sans rendez-vous"),
    Appointment.POSSIBLE: N_("Avec ou sans rendez-vous"),
    Appointment.REQUIRED: N_("Sur rendez-vous"),
    Appointment.UNKNOWN: N_("Rendez-vous : à demander"),
}
EXACTNESS = {
    Exactness.EXACT: N_("exactement"),
    Exactness.ABOUT: N_("environ"),
    Exactness.MORE_THAN: N_("plus de"),
    Exactness.LESS_THAN: N_("moins de"),
}
PART_ROLES = {
    PartRole.LEAD: N_("Porteur"),
    PartRole.PARTNER: N_("Partenaire"),
    PartRole.FUNDER: N_("Financeur"),
}
# Roles that are met in the field's teams; others may be typed.
TEAM_ROLES = (
    N_("Éducation de rue"), N_("Médiation interculturelle"), N_("Assistance sociale"),
    N_("Accompagnement psychologique"), N_("Accompagnement social et juridique"), N_("Formation"),
    N_("Supervision d’équipes"), N_("Coordination"), N_("Accueil"),
)  # fmt: skip
FAMILIES = {
    Family.COORDINATION: N_("Coordinations et dispositifs"),
    Family.AUTHORITY: N_("Pouvoirs publics"),
    Family.ASSOCIATION: N_("Associations et services"),
    Family.CITIZENS: N_("Collectifs et associations issues de l’immigration"),
    Family.LEARNING: N_("Enseignement, emploi, recherche et médias"),
    Family.HEALTH: N_("Santé"),
    Family.CULTURE: N_("Culture et lieux"),
    Family.PARTY: N_("Partis politiques"),
}
THEME_KINDS = {
    ThemeKind.GENERAL: N_("Thèmes généraux"),
    ThemeKind.SPECIFIC: N_("Thèmes propres à l’intégration"),
    ThemeKind.RIGHT: N_("Droits fondamentaux"),
}
TERRITORY_KINDS = {
    TerritoryKind.NEIGHBOURHOOD: N_("Quartier"),
    TerritoryKind.COMMUNE: N_("Commune"),
    TerritoryKind.PROVINCE: N_("Province"),
    TerritoryKind.REGION: N_("Région"),
    TerritoryKind.COMMUNITY: N_("Communauté"),
    TerritoryKind.COUNTRY: N_("Pays"),
    TerritoryKind.UNION: N_("Union"),
}
# What a row may be used by, by the name of the table.
TABLES = {
    "saved_view": N_("vues enregistrées"),
    "directory_print": N_("annuaires imprimés"),
    "mandate": N_("mandats"),
    "signatory": N_("signatures"),
    "leaflet": N_("feuillets"),
    "recipient": N_("destinataires"),
    "edition_letter": N_("lettres d’envoi"),
    "mail_refusal": N_("refus de mails"),
    "membership": N_("espaces"),
    "organisation": N_("acteurs"),
    "organisation_theme": N_("acteurs"),
    "organisation_territory": N_("acteurs"),
    "organisation_audience": N_("acteurs"),
    "organisation_funding": N_("acteurs"),
    "relation": N_("relations"),
    "merger": N_("fiches réunies"),
    "status_report": N_("rapports"),
    "plenary_report": N_("rapports"),
    "report_part": N_("rapports"),
    "activity_note": N_("notes d’activité"),
    "activity_export": N_("exports d’activité"),
    "distinct_pair": N_("fiches comparées"),
    "territory": N_("territoires"),
    "space": N_("espaces"),
    "representation": N_("espaces"),
    "joining": N_("demandes de siège et invitations"),
    "meeting": N_("réunions"),
    "agenda_item": N_("réunions"),
    "item_document": N_("réunions"),
    "date_poll": N_("recherches de date"),
    "date_proposal": N_("recherches de date"),
    "date_voter": N_("recherches de date"),
    "date_answer": N_("recherches de date"),
    "date_found": N_("recherches de date"),
    "attendance": N_("réunions"),
    "decision": N_("décisions"),
    "position": N_("décisions"),
    "action": N_("actions"),
    "action_change": N_("actions"),
    "action_reminder": N_("rappels d’actions"),
    "reminder_stop": N_("rappels d’actions"),
    "recommendation_action": N_("recommandations"),
    "note_conflict": N_("réunions"),
    "meeting_gesture": N_("réunions"),
    "venue_room": N_("salles"),
    "event_organiser": N_("journées"),
    "event_session": N_("journées"),
    "event_slot_speaker": N_("journées"),
    "event_delegation": N_("journées"),
    "event_conclusion": N_("journées"),
    "event_invitation": N_("journées"),
    "group_sign_up": N_("inscriptions"),
    "reserved_places": N_("inscriptions"),
    "seat_discrepancy": N_("journées"),
    "meeting_source": N_("recommandations"),
    "conclusion_tie": N_("liens des conclusions"),
    "meeting_paper": N_("réunions"),
    "minutes": N_("comptes rendus"),
    "minutes_version": N_("comptes rendus"),
    "minutes_reader": N_("comptes rendus"),
    "minutes_remark": N_("comptes rendus"),
    "erratum": N_("comptes rendus"),
    "plan": N_("plans"),
    "plan_territory": N_("plans"),
    "plan_adoption": N_("plans"),
    "plan_revision": N_("plans"),
    "plan_budget_line": N_("plans"),
    "plan_axis_theme": N_("plans"),
    "plan_action_theme": N_("plans"),
    "plan_action_territory": N_("plans"),
    "plan_action_part": N_("plans"),
    "plan_action_space": N_("plans"),
    "plan_follow_up": N_("plans"),
    "plan_finding": N_("plans"),
    "plan_finding_organisation": N_("plans"),
    "space_theme": N_("espaces"),
    "contribution": N_("contributions"),
    "contribution_level": N_("contributions"),
    "recommendation": N_("recommandations"),
    "recommendation_level": N_("recommandations"),
    "campaign_recommendation": N_("appels"),
    "recommendation_authority": N_("recommandations"),
    "recommendation_position": N_("positions"),
    "source_document": N_("documents d’autres acteurs"),
    "testimony": N_("témoignages"),
    "amendment": N_("amendements"),
    "endorsement": N_("co-signatures"),
    "ballot": N_("votes par points"),
    "election_level": N_("élections"),
    "party_answer": N_("réponses de partis"),
    "memorandum": N_("mémorandums"),
    "record_change": N_("modifications proposées"),
    "check_round": N_("tournées de vérification"),
    "check_request": N_("tournées de vérification"),
    "invitation_choice": N_("choix d’invitations"),
    "link_choice": N_("liens proposés"),
    "network_result": N_("calculs du réseau"),
    "unit": N_("antennes"),
    "drop_in": N_("permanences"),
    "mission": N_("missions"),
    "team_role": N_("fonctions de l’équipe"),
    "territory_label": N_("labels"),
    "figure": N_("chiffres"),
    "project": N_("projets"),
    "project_part": N_("projets"),
    "project_theme": N_("projets"),
    "project_audience": N_("projets"),
    "project_territory": N_("projets"),
    "project_call": N_("appels à projets"),
    "project_call_theme": N_("appels à projets"),
    "project_call_audience": N_("appels à projets"),
}
TABLES_ELSE = N_("autres données")
LANGUAGES = (
    "fr", "nl", "de", "en", "ar", "tr", "es", "pt", "it", "ro", "bg", "sq", "pl", "ru", "uk", "fa", "ps",
    "ku", "ti", "am", "so", "sw", "ln", "rw", "rn", "wo", "ff", "zh", "vi", "hy", "ka", "sr", "bn", "ur",
    "hi", "el",
)  # fmt: skip


def language_name(code: str, language: str = "fr") -> str:
    """Return the name of a language, in French unless told; an unknown code stays as it is."""
    return str(Locale.parse(language).languages.get(code, code))
