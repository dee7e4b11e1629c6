"""Actions: who does what by when, and every change of state or day with its reason."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.spaces.models.actions import Action, ActionChange, ActionState
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.spaces import Space
from hub.spaces.queries import seats

BY_LINK = "lien personnel"
UNDO_FOR = timedelta(minutes=30)
LONGEST_REASON = 2000
ALREADY_DONE = N_("Cette action est déjà faite.")
DROPPED = N_("Cette action est abandonnée : rouvrez-la d’abord.")


@dataclass(frozen=True)
class ActionFacts:
    """What is said of an action; `client_key` names the gesture, so that it counts once."""

    title: str
    detail: str = ""
    organisation_id: int | None = None
    person_id: int | None = None
    due_on: date | None = None
    client_key: str | None = None


@dataclass(frozen=True)
class Who:
    """Who makes a gesture: an account, or words for whoever has none; and the person, if one is known."""

    actor: User | str | None
    person: Person | None = None

    def made(self, change: ActionChange) -> bool:
        """Say whether that change is theirs."""
        by_person = self.person is not None and change.person_id == self.person.id
        return by_person or (isinstance(self.actor, User) and change.user_id == self.actor.id)


def add(
    session: Session,
    space: Space,
    facts: ActionFacts,
    *,
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
    decision: Decision | None = None,
    actor: User | str | None,
    now: datetime,
) -> Action:
    """Give a space an action to follow. The same `client_key` gives the action made before.

    Raises DomainError for no title, a day that precedes the meeting (or today, without one), or a person who
    doesn't speak for the organisation in that space.
    """
    if facts.client_key:
        known = session.scalar(select(Action).where(Action.client_key == facts.client_key))
        if known is not None:
            return known
    title = _title(facts)
    begins = clock.today(meeting.starts_at) if meeting else clock.today(now)
    if facts.due_on is not None and facts.due_on < min(begins, clock.today(now)):
        raise DomainError(N_("Cette date est déjà passée. Choisissez-en une à venir."), field="due_on")
    _check_owner(session, space.id, facts, now)
    _check_links(space.id, meeting, item, decision)
    row = Action(
        space_id=space.id, meeting_id=meeting.id if meeting else None, item_id=item.id if item else None,
        decision_id=decision.id if decision else None, title=title, detail=facts.detail.strip(),
        organisation_id=facts.organisation_id, person_id=facts.person_id, due_on=facts.due_on,
        client_key=facts.client_key, created_at=now, updated_at=now,
        search_text=fold(f"{title} {facts.detail}"),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "action.added", row, actor=actor, now=now)
    return row


def change(
    session: Session,
    action: Action,
    facts: ActionFacts,
    *,
    reason: str = "",
    meeting: Meeting | None,
    decision: Decision | None,
    who: Who,
    now: datetime,
) -> None:
    """Change what is said of an action, its owner and its day, and what it hangs on.

    Raises DomainError as `add` does; a day moved later, or taken away, needs a reason.
    """
    _lock(session, action)
    title = _title(facts)
    if facts.due_on != action.due_on:
        _check_day(action, facts.due_on, reason, now)
    if (facts.organisation_id, facts.person_id) != (action.organisation_id, action.person_id):
        _check_owner(session, action.space_id, facts, now)
    _check_links(action.space_id, meeting, None, decision)
    told = ("title", "organisation_id", "meeting_id", "decision_id")
    before = {name: getattr(action, name) for name in told}
    action.title, action.detail = title, facts.detail.strip()
    action.organisation_id, action.person_id = facts.organisation_id, facts.person_id
    action.decision_id = decision.id if decision else None
    if (meeting.id if meeting else None) != action.meeting_id:
        action.meeting_id, action.item_id = meeting.id if meeting else None, None
    action.search_text, action.updated_at = fold(f"{title} {facts.detail}"), now
    session.flush()
    after = {name: getattr(action, name) for name in told}
    changes = audit.differences(before, after)
    audit.record(session, "action.changed", action, actor=who.actor, now=now, changes=changes)
    if facts.due_on != action.due_on:
        _write(session, action, "action.moved", {"due_on": facts.due_on}, reason=reason, who=who, now=now)


def finish(session: Session, action: Action, *, done_on: date | None = None, who: Who, now: datetime) -> None:
    """Say that it is done, today unless told otherwise.

    Raises DomainError if it is done already or was dropped, or for a day to come.
    """
    _lock(session, action)
    _check_open(action)
    day = done_on or clock.today(now)
    if day > clock.today(now):
        raise DomainError(N_("Le jour où c’est fait ne peut pas être à venir."), field="done_on")
    values = {"state": ActionState.DONE, "done_on": day, "reason": ""}
    _write(session, action, "action.finished", values, who=who, now=now)


def block(session: Session, action: Action, reason: str, *, who: Who, now: datetime) -> None:
    """Say that it can't go on, and why. Raises DomainError without a reason, or if it is over."""
    _lock(session, action)
    _check_open(action)
    said = _reason(reason, N_("Dites ce qui bloque."))
    if (action.state, action.reason) == (ActionState.BLOCKED, said):
        return
    values = {"state": ActionState.BLOCKED, "reason": said}
    _write(session, action, "action.blocked", values, reason=said, who=who, now=now)


def postpone(
    session: Session, action: Action, due_on: date | None, reason: str, *, who: Who, now: datetime
) -> None:
    """Move its day later. Raises DomainError for a day that isn't, for no reason, or if it is over."""
    _lock(session, action)
    _check_open(action)
    if due_on is None:
        raise DomainError(N_("Choisissez la nouvelle date."), field="due_on")
    if action.due_on is not None and due_on <= action.due_on:
        raise DomainError(N_("Choisissez une date plus tardive que celle qui est prévue."), field="due_on")
    _check_day(action, due_on, reason, now)
    said = _reason(reason, N_("Dites pourquoi c’est plus tard."))
    values = {"due_on": due_on}
    _write(session, action, "action.moved", values, reason=said, who=who, now=now)


def start(session: Session, action: Action, *, who: Who, now: datetime) -> None:
    """Say that somebody is at it. Raises DomainError if it is over."""
    _lock(session, action)
    _check_open(action)
    if action.state is ActionState.IN_PROGRESS:
        return
    values = {"state": ActionState.IN_PROGRESS, "reason": ""}
    _write(session, action, "action.started", values, who=who, now=now)


def wait(session: Session, action: Action, *, who: Who, now: datetime) -> None:
    """Say that it is still to do. Raises DomainError if it is over."""
    _lock(session, action)
    _check_open(action)
    if action.state is ActionState.TO_DO:
        return
    _write(session, action, "action.waits", {"state": ActionState.TO_DO, "reason": ""}, who=who, now=now)


def drop(session: Session, action: Action, reason: str, *, who: Who, now: datetime) -> None:
    """Say that it won't be done, and why. Raises DomainError without a reason, or if it is over."""
    _lock(session, action)
    _check_open(action)
    said = _reason(reason, N_("Dites pourquoi l’action est abandonnée."))
    values = {"state": ActionState.DROPPED, "reason": said}
    _write(session, action, "action.dropped", values, reason=said, who=who, now=now)


def reopen(session: Session, action: Action, *, who: Who, now: datetime) -> None:
    """Take an action up again that was done or dropped. Raises DomainError if it is open."""
    _lock(session, action)
    if action.is_open:
        raise DomainError(N_("Cette action est déjà ouverte."))
    values = {"state": ActionState.TO_DO, "done_on": None, "reason": ""}
    _write(session, action, "action.reopened", values, who=who, now=now)


def move(
    session: Session, action: Action, state: ActionState, reason: str, *, who: Who, now: datetime
) -> None:
    """Bring an action to a state, as a board does; one that was over is reopened first.

    Raises DomainError for a reason that is missing.
    """
    _lock(session, action)
    if action.state is state and state is not ActionState.BLOCKED:
        return
    if not action.is_open:
        if state in {ActionState.BLOCKED, ActionState.DROPPED} and not reason.strip():
            raise DomainError(N_("Dites pourquoi."), field="reason")
        reopen(session, action, who=who, now=now)
    if state is ActionState.DONE:
        finish(session, action, who=who, now=now)
    elif state is ActionState.BLOCKED:
        block(session, action, reason, who=who, now=now)
    elif state is ActionState.DROPPED:
        drop(session, action, reason, who=who, now=now)
    elif action.state is not state:
        (start if state is ActionState.IN_PROGRESS else wait)(session, action, who=who, now=now)


def undo(session: Session, change: ActionChange, *, who: Who, now: datetime) -> None:
    """Take back one's own change within 30 minutes, if nothing changed since.

    Raises DomainError for another's, a later change, or too late.
    """
    action = change.action
    _lock(session, action)
    session.refresh(change)
    last = session.scalar(
        select(ActionChange.id)
        .where(ActionChange.action_id == action.id)
        .order_by(ActionChange.id.desc())
        .limit(1)
    )
    if change.undone_at is not None:
        raise DomainError(N_("C’est déjà annulé."))
    if last != change.id or change.undoes_id is not None or not who.made(change):
        raise DomainError(N_("Autre chose a changé depuis : cela ne peut plus être annulé."))
    if now >= change.at + UNDO_FOR:
        raise DomainError(N_("Le temps pour annuler est passé. Corrigez l’action elle-même."))
    change.undone_at = now
    if change.postpones:
        action.times_postponed -= 1
    values = {
        "state": change.state_before, "due_on": change.due_before,
        "reason": change.reason_before, "done_on": change.done_before,
    }  # fmt: skip
    _write(session, action, "action.undone", values, undoes=change, who=who, now=now)


def _write(
    session: Session,
    action: Action,
    word: str,
    values: dict[str, Any],
    *,
    reason: str = "",
    undoes: ActionChange | None = None,
    who: Who,
    now: datetime,
) -> None:
    """Bring the action to those values and tell it: the change with its reason, the history without."""
    row = ActionChange(
        action_id=action.id, at=now, state_before=action.state, due_before=action.due_on,
        reason_before=action.reason, done_before=action.done_on,
        state_after=values.get("state", action.state), due_after=values.get("due_on", action.due_on),
        reason=reason.strip(), user_id=who.actor.id if isinstance(who.actor, User) else None,
        person_id=who.person.id if who.person else None,
        by_words=who.actor[:120] if isinstance(who.actor, str) else "",
        undoes_id=undoes.id if undoes else None,
    )  # fmt: skip
    for name, value in values.items():
        setattr(action, name, value)
    if row.postpones:
        action.times_postponed += 1
        action.reason = row.reason
    action.updated_at = now
    session.add(row)
    session.flush()
    told = audit.differences(
        {"state": row.state_before, "due_on": row.due_before},
        {"state": row.state_after, "due_on": row.due_after},
    )
    audit.record(session, word, action, actor=who.actor, now=now, changes=told)


def _lock(session: Session, action: Action) -> None:
    """Read the action as it is now; two gestures at once follow each other."""
    session.flush()
    session.refresh(action, with_for_update=True)


def _check_open(action: Action) -> None:
    if action.state is ActionState.DONE:
        raise DomainError(ALREADY_DONE)
    if action.state is ActionState.DROPPED:
        raise DomainError(DROPPED)


def _reason(text: str, missing: str) -> str:
    said = text.strip()[:LONGEST_REASON]
    if not said:
        raise DomainError(missing, field="reason")
    return said


def _title(facts: ActionFacts) -> str:
    title = facts.title.strip()
    if not title:
        raise DomainError(N_("Dites ce qui est à faire."), field="title")
    return title[:250]


def _check_day(action: Action, due_on: date | None, reason: str, now: datetime) -> None:
    """Refuse a day that has passed, and one moved later without a reason."""
    if due_on is not None and due_on < clock.today(now):
        raise DomainError(N_("Cette date est déjà passée. Choisissez-en une à venir."), field="due_on")
    later = action.due_on is not None and (due_on is None or due_on > action.due_on)
    if later:
        _reason(reason, N_("Dites pourquoi c’est plus tard."))


def _check_owner(session: Session, space_id: int, facts: ActionFacts, now: datetime) -> None:
    """Refuse a person who doesn't speak for the organisation in that space today."""
    if facts.person_id is None:
        return
    day = clock.today(now)
    if facts.organisation_id is None or not session.scalar(
        select(seats.speaks(facts.person_id, facts.organisation_id, space_id, day))
    ):
        raise DomainError(
            N_("Cette personne n’a pas aujourd’hui de mandat pour cette organisation dans cet espace."),
            field="owner",
        )


def _check_links(
    space_id: int, meeting: Meeting | None, item: AgendaItem | None, decision: Decision | None
) -> None:
    """Refuse what belongs to another space or meeting."""
    if meeting is not None and meeting.space_id != space_id:
        raise DomainError(N_("Cette réunion est celle d’un autre espace."), field="meeting_id")
    if decision is not None and decision.space_id != space_id:
        raise DomainError(N_("Cette décision est celle d’un autre espace."), field="decision_id")
    if item is not None and (meeting is None or item.meeting_id != meeting.id):
        raise DomainError(N_("Ce point est celui d’une autre réunion."), field="meeting_id")
