"""Where organisations stand on a decision: one voice each, said by whoever has the right to say it.

A position is never overwritten: correcting it ends the row and adds another, withdrawing it ends the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.spaces.models.decisions import Decision, DecisionState, Method, Position, Stance
from hub.spaces.operations.decisions import refuse_approved
from hub.spaces.operations.voices import Seat, refuse_voiceless, table_of

LONGEST = 2000


@dataclass(frozen=True)
class Said:
    """What an organisation says, why in its own words, and by whom."""

    stance: Stance
    reason: str = ""
    person_id: int | None = None


def note(
    session: Session,
    decision: Decision,
    said: Mapping[int, Said | None],
    *,
    actor: User | str | None,
    now: datetime,
) -> None:
    """Note where organisations stood at the meeting; None takes a position back. Others stay as they are.

    Raises DomainError (its field is `stance_<organisation's number>`) for one that has no voice, an objection
    to a consent, a reservation without words, somebody without mandate that day; or once the minutes are
    approved.
    """
    _open(session, decision)
    seats = table_of(session, decision.meeting)
    changes = {number: what for number, what in said.items() if _differs(decision, number, what)}
    for number, what in changes.items():
        if what is not None:
            _check(decision, seats.get(number), number, what)
            _check_speaker(seats[number], what)
    for number, what in changes.items():
        _set(session, decision, number, what, by_itself=False, actor=actor, now=now)


def say(
    session: Session,
    decision: Decision,
    organisation: Organisation,
    said: Said | None,
    *,
    actor: User | str | None,
    now: datetime,
) -> None:
    """Let an organisation say itself, after the meeting, where it stands; None takes its position back.

    Whoever calls has made sure that `said.person_id` speaks for it today. Raises DomainError as `note` does.
    """
    _open(session, decision)
    if said is not None:
        _check(decision, table_of(session, decision.meeting).get(organisation.id), organisation.id, said)
    if _differs(decision, organisation.id, said):
        _set(session, decision, organisation.id, said, by_itself=True, actor=actor, now=now)


def _open(session: Session, decision: Decision) -> None:
    """Lock the decision: positions come one after the other. Refuse one that no longer changes."""
    session.flush()
    session.refresh(decision, ["state", "method"], with_for_update=True)
    session.expire(decision, ["positions"])
    if decision.state is not DecisionState.IN_FORCE:
        raise DomainError(N_("Cette décision n’est plus en vigueur : ses positions ne changent plus."))
    refuse_approved(session, decision.meeting_id)


def _differs(decision: Decision, organisation_id: int, said: Said | None) -> bool:
    standing = _standing(decision, organisation_id)
    if standing is None or said is None:
        return not (standing is None and said is None)
    same = (standing.stance, standing.reason, standing.person_id)
    return same != (said.stance, _words(said), said.person_id)


def _words(said: Said) -> str:
    """Return the reason as it is kept: browsers send other line breaks than they were given."""
    return "\n".join(said.reason.strip().splitlines())


def _standing(decision: Decision, organisation_id: int) -> Position | None:
    return next((row for row in decision.positions if row.organisation_id == organisation_id), None)


def _check(decision: Decision, seat: Seat | None, number: int, said: Said) -> None:
    at = f"stance_{number}"
    refuse_voiceless(seat, decision.method, at)
    if decision.method is Method.CONSENT and said.stance is Stance.AGAINST:
        raise DomainError(
            N_(
                "Une objection tient : rien n’est décidé par consentement. Changez le texte jusqu’à ce "
                "qu’elle soit levée, notez une réserve si elle ne bloque pas, ou passez au vote."
            ),
            field=at,
        )
    if said.stance is Stance.RESERVATION and not _words(said):
        raise DomainError(N_("Dites quelle est cette réserve."), field=f"reason_{number}")
    if len(said.reason) > LONGEST:
        raise DomainError(N_("%(number)s signes au plus."), field=f"reason_{number}", number=LONGEST)


def _check_speaker(seat: Seat, said: Said) -> None:
    if said.person_id is not None and said.person_id not in {person.id for person in seat.people}:
        raise DomainError(
            N_("Cette personne n’avait pas de mandat pour parler au nom de « %(name)s » ce jour-là."),
            field=f"person_{seat.organisation.id}",
            name=seat.organisation.name,
        )


def _set(
    session: Session,
    decision: Decision,
    organisation_id: int,
    said: Said | None,
    *,
    by_itself: bool,
    actor: User | str | None,
    now: datetime,
) -> None:
    standing = _standing(decision, organisation_id)
    if standing is not None:
        standing.ended_at = now
        session.flush()
    if said is not None:
        session.add(
            Position(
                decision_id=decision.id, organisation_id=organisation_id, person_id=said.person_id,
                stance=said.stance, reason=_words(said), by_itself=by_itself, created_at=now,
            )
        )  # fmt: skip
    decision.updated_at = now
    session.flush()
    session.expire(decision, ["positions"])
    before = standing.stance.value if standing else None
    changes = {
        "organisation": [None, session.scalar(_name(organisation_id))],
        "stance": [before, said.stance.value if said else None],
    }
    action = "decision.position_taken" if said else "decision.position_withdrawn"
    if standing is not None and said is not None:
        action = "decision.position_corrected"
    audit.record(session, action, decision, actor=actor, now=now, changes=changes)


def _name(organisation_id: int) -> Select[str]:
    return select(Organisation.name).where(Organisation.id == organisation_id)
