"""The French words of plans: kinds, states, bodies, ways, what differs."""

from flask_babel import lazy_gettext as _l

from hub.plans.models.diagnosis import FindingKind, Scope
from hub.plans.models.outline import Progress, Way
from hub.plans.models.plans import Body, PlanKind, PlanState, Result
from hub.plans.values.outline import Change

KINDS = {
    PlanKind.PLI: _l("Plan local d’intégration (PLI)"),
    PlanKind.PLIC: _l("Plan local d’intégration et de cohabitation (PLIC)"),
    PlanKind.PPLI: _l("Plan provincial et local d’intégration (PPLI)"),
    PlanKind.PCS: _l("Plan de cohésion sociale (PCS)"),
    PlanKind.OTHER: _l("Autre plan"),
}
SHORT_KINDS = {
    PlanKind.PLI: _l("PLI"),
    PlanKind.PLIC: _l("PLIC"),
    PlanKind.PPLI: _l("PPLI"),
    PlanKind.PCS: _l("PCS"),
    PlanKind.OTHER: _l("Autre"),
}
STATES = {
    PlanState.DRAFT: _l("En préparation"),
    PlanState.IN_FORCE: _l("En vigueur"),
    PlanState.ENDED: _l("Terminé"),
}
BODIES = {
    Body.COMMUNAL_COUNCIL: _l("Conseil communal"),
    Body.PROVINCIAL_COUNCIL: _l("Conseil provincial"),
    Body.CPAS_COUNCIL: _l("Conseil de l’action sociale (CPAS)"),
    Body.GENERAL_ASSEMBLY: _l("Assemblée générale"),
    Body.GOVERNMENT: _l("Gouvernement"),
    Body.OTHER: _l("Autre instance"),
}
RESULTS = {
    Result.ADOPTED: _l("Adopté"),
    Result.AMENDED: _l("Adopté avec des amendements"),
    Result.POSTPONED: _l("Reporté"),
    Result.REJECTED: _l("Refusé"),
}
WAYS = {
    Way.PATHWAY: _l("Parcours des personnes"),
    Way.OPENING: _l("Ouverture de la société d’accueil"),
    Way.BOTH: _l("Dans les deux sens"),
}
PROGRESSES = {
    Progress.PLANNED: _l("Prévue"),
    Progress.UNDER_WAY: _l("En cours"),
    Progress.DONE: _l("Réalisée"),
    Progress.DROPPED: _l("Abandonnée"),
}
FINDING_KINDS = {
    FindingKind.NEED: _l("Besoin"),
    FindingKind.FINDING: _l("Constat"),
    FindingKind.OBSTACLE: _l("Frein"),
}
SCOPES = {
    Scope.LOCAL: _l("Local"),
    Scope.STRUCTURAL: _l("Structurel"),
}
CHANGES = {
    Change.ADDED: _l("Entré dans le plan"),
    Change.CHANGED: _l("Modifié"),
    Change.MOVED: _l("Déplacé"),
    Change.ENDED: _l("Sorti du plan"),
    Change.PROGRESS: _l("Avancement"),
}
