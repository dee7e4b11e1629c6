"""The words of reports. What is printed is French, as memoranda are; what pages say is translated."""

from flask_babel import lazy_gettext as _l

from hub.recommendations.models.recommendations import RECOMMENDATION_STATES
from hub.reports.models.reports import PartKind, ReportState
from hub.spaces.models.actions import ActionState
from hub.spaces.models.decisions import DecisionState, Method
from hub.spaces.models.meetings import MeetingState
from hub.spaces.models.spaces import SpaceKind

STATES = {
    ReportState.DRAFT: _l("Brouillon"),
    ReportState.PUBLISHING: _l("En publication"),
    ReportState.PUBLISHED: _l("Publié"),
}
TITLES = {
    PartKind.IN_SHORT: "En bref",
    PartKind.SPACES: "Les espaces et leurs réunions",
    PartKind.TAKING_PART: "Qui a pris part",
    PartKind.STOPPED: "Qui ne vient plus",
    PartKind.DECISIONS: "Ce qui a été décidé",
    PartKind.ACTIONS: "Les actions : faites, en retard, bloquées",
    PartKind.AXES: "Les axes du plan",
    PartKind.INDICATORS: "Les indicateurs",
    PartKind.NEEDS: "Les nouveaux besoins",
    PartKind.RECOMMENDATIONS: "Les recommandations en chemin",
    PartKind.CONTRIBUTIONS: "Les contributions reçues",
    PartKind.DAYS: "Les journées",
    PartKind.PERSPECTIVES: "Les perspectives",
    PartKind.METHOD: "Comment c’est compté",
}
KINDS = {
    SpaceKind.WORKING_GROUP: "Groupe de travail",
    SpaceKind.PLATFORM: "Plateforme",
    SpaceKind.LOCAL_COORDINATION: "Coordination locale",
    SpaceKind.STEERING: "Pilotage",
    SpaceKind.PLENARY_ASSEMBLY: "Assemblée plénière",
    SpaceKind.WORKSTREAM: "Chantier",
    SpaceKind.EXTERNAL: "Espace externe",
}
METHODS = {Method.CONSENSUS: "Consensus", Method.CONSENT: "Consentement", Method.VOTE: "Vote"}
DECISION_STATES = {DecisionState.REPLACED: "remplacée depuis", DecisionState.WITHDRAWN: "retirée depuis"}
ACTION_STATES = {
    ActionState.TO_DO: "À faire",
    ActionState.IN_PROGRESS: "En cours",
    ActionState.BLOCKED: "Bloquée",
    ActionState.DONE: "Faite",
    ActionState.DROPPED: "Abandonnée",
}
MEETING_STATES = {
    MeetingState.PLANNED: "Prévue",
    MeetingState.CONVENED: "Convoquée",
    MeetingState.HELD: "Tenue",
    MeetingState.CANCELLED: "Annulée",
}
PROGRESS = {"planned": "Prévue", "under_way": "En cours", "done": "Réalisée", "dropped": "Abandonnée"}
FINDINGS = {"need": "Besoin", "finding": "Constat", "obstacle": "Frein"}
SCOPES = {"local": "local", "structural": "structurel"}
RECOMMENDATIONS = RECOMMENDATION_STATES
MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
GESTURES = {
    "report.drafted": _l("Brouillon préparé"),
    "report.counted": _l("Chiffres recalculés"),
    "report.changed": _l("Titre ou période changés"),
    "report.part_added": _l("Partie ajoutée"),
    "report.part_written": _l("Texte changé"),
    "report.part_shown": _l("Lignes montrées ou cachées"),
    "report.part_removed": _l("Partie supprimée"),
    "report.ordered": _l("Ordre changé"),
    "report.built": _l("PDF construit"),
    "report.publishing": _l("Publication demandée"),
    "report.failed": _l("Publication arrêtée : le PDF n’a pas pu être fait"),
    "report.published": _l("Rapport publié"),
    "report.withdrawn": _l("Retiré des pages publiques"),
    "report.shown_again": _l("Remis sur les pages publiques"),
    "report.removed": _l("Brouillon supprimé"),
}
HOW = (
    "**La période** va du premier au dernier jour, tous deux compris, à l’heure de Bruxelles. Elle est "
    "comparée "
    "à celle qui la précède, de même longueur.\n\n"
    "**Une réunion** compte quand elle a été clôturée comme tenue ; ses heures vont du début à la fin "
    "annoncés. Une réunion annulée est comptée à part.\n\n"
    "**Une participation** est une organisation présente à une réunion, quel que soit le nombre de personnes "
    "venues pour elle. Une organisation représentée par une autre n’est pas comptée comme présente, mais "
    "elle "
    "n’est pas dite absente.\n\n"
    "**Ne vient plus** : une organisation déjà venue, absente des dernières réunions de cet espace ou dont "
    "le "
    "siège a pris fin dans la période. Les réunions regardées vont du début de la période précédente à la "
    "fin "
    "de celle-ci.\n\n"
    "**Une action** est née le jour de sa réunion ou de sa décision ; elle est faite le jour dit par qui la "
    "porte, en retard quand son échéance est passée sans qu’elle soit faite, au dernier jour de la période "
    "ou "
    "aujourd’hui si elle dure encore. « Bloquée » et « abandonnée » sont dites telles qu’aujourd’hui.\n\n"
    "Aucune personne n’est nommée ; les organisations le sont. Les positions prises sur une décision et "
    "leurs "
    "raisons n’y figurent pas, seulement combien ne s’y sont pas ralliées."
)
