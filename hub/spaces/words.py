"""The French words of the kinds, roles and states of spaces, meetings, decisions and actions."""

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from hub.spaces.models.actions import ActionState
from hub.spaces.models.decisions import DecisionState, Method, Stance
from hub.spaces.models.joining import JoinKind, JoinState
from hub.spaces.models.meetings import Answer, ItemState, MeetingState, Presence, Purpose
from hub.spaces.models.minutes import Approval, RemarkState
from hub.spaces.models.polls import DateWord, PollState
from hub.spaces.models.seats import RepresentationRole
from hub.spaces.models.spaces import MembershipRole, SpaceKind, SpaceState, VoteRule
from hub.spaces.values.reminders import Obstacle
from hub.spaces.values.standing import Standing
from hub.spaces.values.votes import Outcome, Tally

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
SPACE_KINDS_TOLD = {
    SpaceKind.WORKING_GROUP: _l("Quelques organisations travaillent ensemble sur une question."),
    SpaceKind.PLATFORM: _l("Un large ensemble d’acteurs se parle et agit sur un thème."),
    SpaceKind.LOCAL_COORDINATION: _l("Commune, CPAS et associations d’un même territoire."),
    SpaceKind.STEERING: _l("Un petit groupe répond de la méthode et du suivi d’un plan."),
    SpaceKind.PLENARY_ASSEMBLY: _l("Tout le réseau, une ou deux fois par an."),
    SpaceKind.WORKSTREAM: _l("Un travail limité dans le temps, avec un résultat prévu."),
    SpaceKind.EXTERNAL: _l("D’autres le tiennent ; le réseau y apporte son expertise."),
}
REPRESENTATION_NAMES = {
    RepresentationRole.REPRESENTATIVE: _l("Représentant·e"),
    RepresentationRole.SUBSTITUTE: _l("Suppléant·e"),
}
JOIN_KINDS = {
    JoinKind.REQUEST: _l("Demande"),
    JoinKind.INVITATION: _l("Invitation"),
}
JOIN_STATES = {
    JoinState.OPEN: _l("Attend une réponse"),
    JoinState.ACCEPTED: _l("Acceptée"),
    JoinState.DECLINED: _l("Déclinée"),
    JoinState.WITHDRAWN: _l("Retirée"),
}
HISTORY = {
    "space.created": _l("Espace créé"),
    "space.changed": _l("Espace modifié"),
    "space.closed": _l("Espace fermé"),
    "space.reopened": _l("Espace rouvert"),
    "space.member_added": _l("Siège donné"),
    "space.member_ended": _l("Siège terminé"),
    "space.role_changed": _l("Rôle changé"),
    "space.representative_named": _l("Représentation nommée"),
    "space.representative_ended": _l("Représentation terminée"),
    "space.facilitator_added": _l("Facilitation confiée"),
    "space.facilitator_ended": _l("Facilitation terminée"),
    "space.seat_requested": _l("Siège demandé"),
    "space.request_accepted": _l("Demande acceptée"),
    "space.request_declined": _l("Demande déclinée"),
    "space.request_withdrawn": _l("Demande retirée"),
    "space.invited": _l("Organisation invitée"),
    "space.invitation_accepted": _l("Invitation acceptée"),
    "space.invitation_declined": _l("Invitation déclinée"),
    "space.invitation_withdrawn": _l("Invitation retirée"),
    "space.follower_joined": _l("Une personne de plus est tenue au courant"),
    "space.follower_left": _l("Une personne n’est plus tenue au courant"),
    "space.calendar_made": _l("Adresse de calendrier faite"),
    "space.calendar_stopped": _l("Adresse de calendrier arrêtée"),
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
VOTE_RULES = {
    VoteRule.SIMPLE: _l("Majorité simple : plus de voix pour que contre"),
    VoteRule.TWO_THIRDS: _l("Deux tiers des voix exprimées"),
    VoteRule.CONSENT: _l("Aucune voix contre"),
}
OUTCOMES = {
    Outcome.TAKEN: _l("Adoptée"),
    Outcome.REJECTED: _l("Rejetée"),
    Outcome.TIED: _l("Égalité"),
    Outcome.NOBODY: _l("Aucune voix exprimée"),
    Outcome.UNCOUNTED: _l("Voix à noter"),
    Outcome.BLOCKED: _l("Objection"),
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
OBSTACLES = {
    Obstacle.NO_OWNER: _l("Aucune organisation n’en répond."),
    Obstacle.NOBODY_SPEAKS: _l("Personne ne parle aujourd’hui pour cette organisation dans cet espace."),
    Obstacle.NO_ADDRESS: _l("Aucune adresse mail n’est connue."),
    Obstacle.STOPPED: _l("Les rappels sont arrêtés."),
}


def voices_in_words(voices: Tally) -> str:
    """Return « 5 pour, dont 1 avec réserve, 2 contre, 1 abstention », without what nobody said."""
    parts = []
    if voices.in_favour:
        parts.append(gettext("%(number)s pour", number=voices.in_favour))
    if voices.reservation:
        parts.append(gettext("dont %(number)s avec réserve", number=voices.reservation))
    if voices.against:
        parts.append(gettext("%(number)s contre", number=voices.against))
    if voices.abstention:
        parts.append(ngettext("%(num)s abstention", "%(num)s abstentions", voices.abstention))
    return ", ".join(parts)


def result_in_words(method: Method, rule: VoteRule, voices: Tally, outcome: Outcome) -> str:
    """Return one or two sentences that say what was decided, how, and who stood apart."""
    if method is Method.VOTE:
        return _vote_in_words(rule, voices_in_words(voices), outcome)
    if outcome is Outcome.BLOCKED:
        return str(gettext("Une objection tient : rien n’est décidé par consentement."))
    apart = []
    if voices.reservation:
        apart.append(ngettext("%(num)s réserve notée", "%(num)s réserves notées", voices.reservation))
    if voices.against:
        apart.append(ngettext("%(num)s désaccord noté", "%(num)s désaccords notés", voices.against))
    if voices.abstention:
        apart.append(ngettext("%(num)s abstention", "%(num)s abstentions", voices.abstention))
    if method is Method.CONSENSUS:
        said: str = gettext("Prise par consensus.")
    else:
        said = gettext("Prise par consentement : personne n’y a fait objection.")
    return f"{said} {gettext('%(apart)s.', apart=', '.join(apart))}" if apart else said


def _vote_in_words(rule: VoteRule, voices: str, outcome: Outcome) -> str:
    if outcome is Outcome.UNCOUNTED:
        return str(gettext("Mise aux voix : les voix ne sont pas encore notées."))
    if outcome is Outcome.NOBODY:
        return str(gettext("Aucune voix n’est exprimée (%(voices)s) : rien n’est décidé.", voices=voices))
    if outcome is Outcome.TIED:
        return str(gettext("Égalité des voix : %(voices)s. Rien n’est décidé.", voices=voices))
    adopted = {
        VoteRule.SIMPLE: gettext("Adoptée à la majorité simple : %(voices)s.", voices=voices),
        VoteRule.TWO_THIRDS: gettext(
            "Adoptée aux deux tiers des voix exprimées : %(voices)s.", voices=voices
        ),
        VoteRule.CONSENT: gettext("Adoptée sans voix contre : %(voices)s.", voices=voices),
    }
    rejected = {
        VoteRule.SIMPLE: gettext("Rejetée : %(voices)s.", voices=voices),
        VoteRule.TWO_THIRDS: gettext(
            "Rejetée, faute des deux tiers des voix exprimées : %(voices)s.", voices=voices
        ),
        VoteRule.CONSENT: gettext(
            "Rejetée, car il fallait qu’aucune voix ne soit contre : %(voices)s.", voices=voices
        ),
    }
    return str((adopted if outcome is Outcome.TAKEN else rejected)[rule])


POLL_STATES = {
    PollState.OPEN: _l("Ouverte"),
    PollState.CLOSED: _l("Close"),
    PollState.TURNED: _l("Date trouvée"),
    PollState.ABANDONED: _l("Abandonnée"),
}
DATE_WORDS = {
    DateWord.YES: _l("Oui"),
    DateWord.IF_NEED_BE: _l("Si nécessaire"),
    DateWord.NO: _l("Non"),
}
MINUTES_STANDINGS = {
    Standing.NOT_SENT: _l("Pas encore envoyé"),
    Standing.REMARKS: _l("Attend des remarques"),
    Standing.TO_APPROVE: _l("À approuver"),
    Standing.APPROVED: _l("Approuvé"),
}
APPROVALS = {
    Approval.MEETING: _l("À une réunion suivante"),
    Approval.SILENCE: _l("Sans objection : le dernier jour pour les remarques est passé"),
}
REMARK_STATES = {
    RemarkState.OPEN: _l("Attend une réponse"),
    RemarkState.TAKEN_UP: _l("Reprise"),
    RemarkState.DECLINED: _l("Non reprise"),
}
REMARK_GESTURES = {
    RemarkState.TAKEN_UP: _l("Elle est reprise dans le texte"),
    RemarkState.DECLINED: _l("Elle n’est pas reprise"),
}
