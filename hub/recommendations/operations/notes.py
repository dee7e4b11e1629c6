"""What coordinators note while they follow who answers a call: by phone, at a visit."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.recommendations.models.calls import Invitation, InvitationNote
from hub.recommendations.queries import follow_up as queries

LONGEST = 500  # as the column holds it
KEPT = timedelta(days=365)  # after the call and its phases are over


def add(session: Session, invitation: Invitation, text: str, *, actor: User, now: datetime) -> InvitationNote:
    """Keep a note beside an invitation. Raises DomainError for none or one too long."""
    words = text.strip()
    if not words:
        raise DomainError(N_("Écrivez ce que vous voulez noter."), field="text")
    if len(words) > LONGEST:
        raise DomainError(N_("Restez sous %(most)s signes."), field="text", most=LONGEST)
    row = InvitationNote(invitation_id=invitation.id, text=words, noted_by_id=actor.id, created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, "invitation.noted", invitation, actor=actor, now=now)
    return row


def erase(session: Session, row: InvitationNote, *, actor: User, now: datetime) -> None:
    """Erase a note; whoever wrote it asks."""
    audit.record(session, "invitation.note_erased", row.invitation, actor=actor, now=now)
    session.delete(row)
    session.flush()


def forget(session: Session, *, now: datetime) -> None:
    """Erase the notes of calls that were over a year ago."""
    over = queries.notes_of_calls_over(now - KEPT)
    session.execute(
        delete(InvitationNote).where(InvitationNote.id.in_(over)).execution_options(synchronize_session=False)
    )
