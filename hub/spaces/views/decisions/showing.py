"""The page of a decision: what was decided, how, who stood where, what it hangs on and what followed."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.core import audit
from hub.core.access import current_user, may, permit
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.spaces import rules, signals
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision, DecisionState, Method, Position, Stance
from hub.spaces.operations.decisions import is_approved
from hub.spaces.queries import decisions as queries
from hub.spaces.values import votes
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.decisions.register import (
    LATE,
    follow_up_in_words,
    outcome_alone,
    standing_word,
    today,
)
from hub.spaces.words import ACTION_STATES, METHODS, STANCES, VOTE_RULES, result_in_words

HISTORY = 50
WORDS = {
    "decision.taken": _l("Décision notée"),
    "decision.changed": _l("Décision corrigée"),
    "decision.position_taken": _l("Position notée"),
    "decision.position_corrected": _l("Position corrigée"),
    "decision.position_withdrawn": _l("Position retirée"),
    "decision.replaced": _l("Remplacée"),
    "decision.replaces": _l("Remplace une autre décision"),
    "decision.withdrawn": _l("Retirée"),
    "decision.reinstated": _l("Remise en vigueur"),
    "decision.told": _l("À faire connaître dans le réseau"),
    "decision.kept": _l("Gardée pour l’espace"),
}
FIELDS = {"text": _l("le texte"), "method": _l("la façon de décider"), "item": _l("le point")}
# How each says it, in the words of the way of deciding.
SAID = {
    Method.CONSENSUS: {
        Stance.FOR: _l("D’accord"), Stance.RESERVATION: _l("D’accord, avec réserve"),
        Stance.AGAINST: _l("En désaccord"), Stance.ABSTENTION: _l("S’abstient"),
    },
    Method.CONSENT: {
        Stance.FOR: _l("Consent"), Stance.RESERVATION: _l("Consent, avec réserve"),
        Stance.AGAINST: _l("Objecte"), Stance.ABSTENTION: _l("S’abstient"),
    },
    Method.VOTE: {
        Stance.FOR: _l("Pour"), Stance.RESERVATION: _l("Pour, avec réserve"),
        Stance.AGAINST: _l("Contre"), Stance.ABSTENTION: _l("S’abstient"),
    },
}  # fmt: skip
ORDER = (Stance.FOR, Stance.RESERVATION, Stance.AGAINST, Stance.ABSTENTION)
ICONS = {
    Stance.FOR: "circle-check-filled", Stance.RESERVATION: "alert-triangle",
    Stance.AGAINST: "square-x", Stance.ABSTENTION: "circle-dashed",
}  # fmt: skip


@blueprint.get("/decisions/<code>")
@permit(rules.see_decision, Decision, key="code")
def decision(decision: Decision) -> Any:
    """Show a decision; who doesn't take part in the space reads it without its positions."""
    session = db.session()
    ever = session.scalars(queries.positions_ever(decision)).all()
    voices = votes.tally(ever)
    came = votes.outcome(decision.method, decision.vote_rule, voices)
    whole = may(rules.see_positions, decision)
    said = result_in_words(decision.method, decision.vote_rule, voices, came)
    shown: dict[str, Any] = {
        "decision": decision,
        "whole": whole,
        "state": standing_word(decision, came),
        "came": came,
        "result": said if whole else outcome_alone(decision, came),
        "method": METHODS[decision.method],
        "rule": VOTE_RULES[decision.vote_rule] if decision.method is Method.VOTE else None,
        "replaces": session.scalars(queries.replaced_by(decision)).all(),
    }
    if whole:
        shown |= _inside(decision, ever, voices)
    return render_template("spaces/decisions/show.html", **shown)


def _inside(decision: Decision, ever: Sequence[Position], voices: votes.Tally) -> dict[str, Any]:
    """Return what only who takes part in the space reads."""
    session, user = db.session(), current_user()
    actions = session.scalars(queries.actions_of(decision)).all()
    approved = is_approved(session, decision.meeting_id)
    may_edit = may(rules.edit_decision, decision)
    open_still = not approved and decision.state is DecisionState.IN_FORCE
    return {
        "positions": sorted(
            (row for row in ever if row.ended_at is None), key=lambda row: (ORDER.index(row.stance), row.id)
        ),
        "past": [row for row in ever if row.ended_at is not None],
        "picture": _picture(decision.method, voices),
        "stances": SAID[decision.method],
        "plain_stances": STANCES,
        "icons": ICONS,
        "actions": actions,
        "action_states": ACTION_STATES,
        "late": {row.id for row in actions if row.is_late(today())},
        "summed": follow_up_in_words(_counted(actions)),
        "links": signals.links_of_thing(decision, session=session, user=user),
        "history": _entries(session.scalars(audit.history(decision).limit(HISTORY)).all()),
        "approved": approved,
        "may_edit": may_edit,
        "may_correct": may_edit and open_still,
        "may_speak": open_still and not may_edit and may(rules.speak_on, decision),
        "may_tell": may(rules.tell_decision, decision),
    }


def _picture(method: Method, voices: votes.Tally) -> list[dict[str, Any]]:
    """Return a row of signs for each stance that somebody takes."""
    counts = {
        Stance.FOR: voices.for_, Stance.RESERVATION: voices.reservation,
        Stance.AGAINST: voices.against, Stance.ABSTENTION: voices.abstention,
    }  # fmt: skip
    return [
        {"stance": stance.value, "word": SAID[method][stance], "count": counts[stance], "icon": ICONS[stance]}
        for stance in ORDER
        if counts[stance]
    ]


def _counted(actions: Sequence[Action]) -> Counter[str]:
    return Counter(LATE if row.is_late(today()) else row.state.value for row in actions)


def _entries(rows: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    return [
        {
            "when": row.at,
            "who": row.actor_label,
            "what": WORDS.get(row.action, row.action),
            "detail": _detail(row),
        }
        for row in rows
    ]


def _detail(row: AuditEntry) -> str:
    """Say of whom, from what to what; the words of a position stand on the page itself."""
    changes = row.changes
    if "stance" in changes:
        before, after = (STANCES[Stance(one)] if one else None for one in changes["stance"])
        steps = [str(one) for one in (before, after) if one]
        return f"{changes['organisation'][1]} : {' → '.join(steps)}"
    if row.action == "decision.replaced":
        return str(_("Par %(code)s", code=changes["by"][1]))
    if row.action == "decision.replaces":
        return str(changes["other"][1])
    named = [str(FIELDS[name]) for name in changes if name in FIELDS]
    if "text" in changes:
        return str(_("Avant : « %(text)s »", text=changes["text"][0]))
    return ", ".join(named)
