"""One gesture on several sign-ups of a day: to whom it applies, and doing it.

What a page announced may have changed when its button is pressed: who is concerned is looked at again then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, joinedload

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, Stage
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import admission, letters, register_names, sign_up
from hub.events.queries import letters as letter_queries
from hub.events.queries import registrations as lists
from hub.events.values.batching import Gesture

NOT_SENT = N_(
    "Les informations pratiques de cette journée ne sont pas encore parties : envoyez-les d’abord à tout le "
    "monde, page « Mails »."
)
OVER = N_("Cette journée est passée ou annulée : ce geste ne s’y fait plus.")
ENDED = (Stage.DRAFT, Stage.CANCELLED, Stage.OVER)


@dataclass(frozen=True)
class Batch:
    """The ticked sign-ups: those that a gesture applies to, and the others, which it leaves as they are."""

    gesture: Gesture
    concerned: tuple[Registration, ...]
    others: tuple[Registration, ...]


def ticked(session: Session, event: Event, numbers: Collection[int]) -> list[Registration]:
    """Return the sign-ups of the day with those numbers, in the order in which they came."""
    if not numbers:
        return []
    rows = lists.registrations(event, lists.Narrowed(ended=True, numbers=tuple(numbers)), sort="since")
    return list(session.scalars(rows.options(joinedload(Registration.reserved))).unique())


def of(gesture: Gesture, rows: Sequence[Registration]) -> Batch:
    """Return to which of the sign-ups a gesture applies."""
    concerned = tuple(row for row in rows if _applies(gesture, row))
    return Batch(gesture, concerned, tuple(row for row in rows if row not in concerned))


def _applies(gesture: Gesture, row: Registration) -> bool:
    match gesture:
        case Gesture.ACCEPT:
            return row.state is RegistrationState.PENDING
        case Gesture.LINK:
            return row.is_live and letters.recipient(row) is not None
        case Gesture.PRACTICAL:
            return row.is_confirmed and letters.recipient(row) is not None
        case Gesture.CHECKED:
            return register_names.is_to_check(row)
        case Gesture.CANCEL:
            return row.is_live


def check(session: Session, event: Event, gesture: Gesture, *, now: datetime) -> None:
    """Raise DomainError where the gesture can't be made any more, or not yet, on any sign-up of the day."""
    if gesture is not Gesture.CHECKED and event.stage(now) in ENDED:
        raise DomainError(OVER)
    if gesture is Gesture.PRACTICAL and _practical(session, event) is None:
        raise DomainError(NOT_SENT)


def perform(
    session: Session,
    event: Event,
    gesture: Gesture,
    numbers: Collection[int],
    *,
    actor: User,
    now: datetime,
) -> list[Registration]:
    """Make the gesture on the sign-ups that it applies to now; return them.

    Mails that are sent again leave once an hour at most to one person. Raises DomainError where the gesture
    can't be made; nobody is concerned then.
    """
    check(session, event, gesture, now=now)
    rows = list(of(gesture, ticked(session, event, numbers)).concerned)
    match gesture:
        case Gesture.ACCEPT:
            _accept(session, rows, actor=actor, now=now)
        case Gesture.CHECKED:
            register_names.keep_those(session, event, rows, actor=actor, now=now)
        case Gesture.CANCEL:
            return sign_up.cancel_all(session, event, rows, actor=actor, now=now)
        case Gesture.LINK | Gesture.PRACTICAL:
            _send_again(session, event, gesture, rows, actor=actor, now=now)
    return rows


def _accept(session: Session, rows: list[Registration], *, actor: User, now: datetime) -> None:
    """Let them come in the order in which they asked; where there is no place for all, nobody is let in."""
    for row in rows:
        try:
            admission.accept(session, row, actor=actor, now=now)
        except DomainError as problem:
            raise DomainError(
                N_("%(name)s ne peut pas être accepté·e, et personne ne l’a été : cochez moins de demandes."),
                name=row.name,
            ) from problem


def _send_again(
    session: Session, event: Event, gesture: Gesture, rows: list[Registration], *, actor: User, now: datetime
) -> None:
    practical = _practical(session, event)
    for row in rows:
        if gesture is Gesture.LINK:
            letters.send_link(session, row, now=now)
        elif practical is not None:
            version = f"{practical.version}-{now:%Y-%m-%dT%H}"
            letters.send(session, row, LetterKind.PRACTICAL, now=now, version=version)
    changes = {"kind": [None, gesture.value], "people": [None, len(rows)]}
    audit.record(session, "event.sent_again", event, actor=actor, now=now, changes=changes)


def _practical(session: Session, event: Event) -> EventLetter | None:
    """Return the practical information, once it has left."""
    row = session.scalar(letter_queries.of_kind(event, LetterKind.PRACTICAL))
    return row if row is not None and row.sent_at is not None else None
