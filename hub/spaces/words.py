"""The French words of the kinds, roles and states of spaces, meetings, decisions and actions."""

from flask_babel import lazy_gettext as _l

from hub.spaces.models.actions import ActionState
from hub.spaces.models.decisions import DecisionState, Method, Stance
from hub.spaces.models.meetings import Answer, ItemState, MeetingState, Presence, Purpose
from hub.spaces.models.seats import RepresentationRole
from hub.spaces.models.spaces import MembershipRole, SpaceKind, SpaceState

KINDS = {
    SpaceKind.WORKING_GROUP: _l("Groupe de travail"),
    SpaceKind.PLATFORM: _l("Plateforme"),
    SpaceKind.LOCAL_COORDINATION: _l("Coordination locale"),
    SpaceKind.STEERING: _l("Pilotage"),
    SpaceKind.PLENARY_ASSEMBLY: _l("Assemblée plénière"),
    SpaceKind.WORKSTREAM: _l("Chantier"),
    SpaceKind.EXTERNAL: _l("Espace externe, où le réseau a un siège"),
}
ROLES = {
    MembershipRole.PILOT: _l("Pilote"),
    MembershipRole.MEMBER: _l("Membre"),
    MembershipRole.OBSERVER: _l("Observe"),
}
STATES = {
    SpaceState.ACTIVE: _l("Actif"),
    SpaceState.DORMANT: _l("En sommeil"),
    SpaceState.CLOSED: _l("Fermé"),
}
REPRESENTATIONS = {
    RepresentationRole.REPRESENTATIVE: _l("Représente"),
    RepresentationRole.SUBSTITUTE: _l("Supplée"),
}
MEETING_STATES = {
    MeetingState.PLANNED: _l("Prévue"),
    MeetingState.CONVENED: _l("Convoquée"),
    MeetingState.HELD: _l("Tenue"),
    MeetingState.CANCELLED: _l("Annulée"),
}
PURPOSES = {
    Purpose.INFORM: _l("Pour information"),
    Purpose.DISCUSS: _l("Pour discussion"),
    Purpose.DECIDE: _l("Pour décision"),
}
ITEM_STATES = {
    ItemState.AGREED: _l("À l’ordre du jour"),
    ItemState.PROPOSED: _l("Proposé"),
    ItemState.DECLINED: _l("Non retenu"),
}
ANSWERS = {
    Answer.COMING: _l("Vient"),
    Answer.MAYBE: _l("Peut-être"),
    Answer.NOT_COMING: _l("Ne vient pas"),
}
PRESENCES = {
    Presence.PRESENT: _l("Présent·e"),
    Presence.EXCUSED: _l("Excusé·e"),
    Presence.ABSENT: _l("Absent·e"),
    Presence.REPRESENTED: _l("Représenté·e par"),
}
METHODS = {
    Method.CONSENSUS: _l("Consensus"),
    Method.CONSENT: _l("Consentement"),
    Method.VOTE: _l("Vote"),
}
DECISION_STATES = {
    DecisionState.IN_FORCE: _l("En vigueur"),
    DecisionState.REPLACED: _l("Remplacée"),
    DecisionState.WITHDRAWN: _l("Retirée"),
}
STANCES = {
    Stance.FOR: _l("Pour"),
    Stance.AGAINST: _l("Contre"),
    Stance.ABSTENTION: _l("Abstention"),
    Stance.RESERVATION: _l("Réserve"),
}
ACTION_STATES = {
    ActionState.TO_DO: _l("À faire"),
    ActionState.IN_PROGRESS: _l("En cours"),
    ActionState.BLOCKED: _l("Bloquée"),
    ActionState.DONE: _l("Faite"),
    ActionState.DROPPED: _l("Abandonnée"),
}
