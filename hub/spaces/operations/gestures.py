"""Gestures that count once: a page without connection sends them again, and nothing happens twice."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.core.errors import N_, DomainError
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.running import Gesture, GestureKind
from hub.spaces.queries import minutes
from hub.spaces.queries import running as queries

LONGEST_KEY = 40


def hold(session: Session, meeting: Meeting, *, changes: bool = True) -> None:
    """Let the gestures of one meeting come one after the other until this transaction ends.

    Raises DomainError for a meeting that was called off, or whose minutes are approved, unless the gesture
    changes nothing that they say.
    """
    session.scalars(queries.meeting_of(meeting.id).execution_options(populate_existing=True)).one()
    if meeting.state is MeetingState.CANCELLED:
        raise DomainError(N_("Cette réunion est annulée : rien ne peut plus y être noté."))
    if changes and session.scalar(minutes.is_approved(meeting.id)) is not None:
        raise DomainError(N_("Le compte rendu est approuvé : rien n’y change plus. Ajoutez-y un erratum."))


def counted(session: Session, meeting: Meeting, kind: GestureKind, key: str | None) -> Gesture | None:
    """Return the gesture of that key if it has counted already. The meeting must be held.

    Raises DomainError for a key that is too long, or that another gesture has.
    """
    if not key:
        return None
    if len(key) > LONGEST_KEY:
        raise DomainError(N_("Ce geste n’a pas de clé valable."))
    found = session.get(Gesture, key)
    if found is not None and (found.meeting_id, found.kind) != (meeting.id, kind):
        raise DomainError(N_("La clé de ce geste est celle d’un autre."))
    return found


def count(
    session: Session,
    meeting: Meeting,
    kind: GestureKind,
    key: str | None,
    *,
    subject_id: int | None = None,
    version: int | None = None,
    now: datetime,
) -> None:
    """Remember that a gesture has counted."""
    if key:
        session.add(
            Gesture(
                client_key=key, meeting_id=meeting.id, kind=kind, subject_id=subject_id, version=version,
                created_at=now,
            )
        )  # fmt: skip
        session.flush()
