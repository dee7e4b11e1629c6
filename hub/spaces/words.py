"""The French words of the spaces' kinds and roles."""

from flask_babel import lazy_gettext as _l

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
