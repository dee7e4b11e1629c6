"""Notes of a point: saved by many hands at once. What is confirmed is in the notes or kept beside them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.spaces.models.meetings import AgendaItem
from hub.spaces.models.running import GestureKind, NoteConflict
from hub.spaces.operations import gestures

LONGEST = 100_000
TOLD_EVERY = timedelta(minutes=30)  # history says that notes were taken, not each time that they were saved
TOO_LONG = N_("Ces notes dépassent 100 000 signes : mettez la suite dans un autre point.")


@dataclass(frozen=True, slots=True)
class Saved:
    """The version that notes became; or, where others had written, the text that is kept beside them."""

    version: int
    kept: NoteConflict | None = None


def save(
    session: Session,
    item: AgendaItem,
    text: str,
    *,
    base: int,
    key: str | None = None,
    actor: User | None,
    now: datetime,
) -> Saved:
    """Save the notes of a point that were written from version `base`.

    If another version stands by now, it stays, and this text is kept beside it (`Saved.kept`). The same
    `key` gives what came of it the first time. Raises DomainError for too long a text.
    """
    _check(text)
    gestures.hold(session, item.meeting)
    before = gestures.counted(session, item.meeting, GestureKind.NOTES, key)
    if before is not None:
        kept = session.get(NoteConflict, before.subject_id) if before.subject_id else None
        return Saved(before.version or 0, kept)
    told = item.notes_saved_at
    if store(session, item, text, base=base, now=now):
        _tell(session, item, told, actor, now)
        found = Saved(item.notes_version)
    elif item.notes == text:
        found = Saved(item.notes_version)  # both wrote the same
    else:
        found = Saved(item.notes_version, _keep(session, item, text, base, actor, now))
    gestures.count(
        session, item.meeting, GestureKind.NOTES, key, version=found.version,
        subject_id=found.kept.id if found.kept else None, now=now,
    )  # fmt: skip
    return found


def store(session: Session, item: AgendaItem, text: str, *, base: int, now: datetime) -> bool:
    """Put a text in the place of version `base`, and of no other; say whether it was still there."""
    done = session.execute(
        update(AgendaItem)
        .where(AgendaItem.id == item.id, AgendaItem.notes_version == base)
        .values(notes=text, notes_version=base + 1, notes_saved_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(item, ["notes", "notes_version", "notes_saved_at"])
    return bool(done.rowcount)  # type: ignore[attr-defined]


def keep_on(
    session: Session,
    conflict: NoteConflict,
    text: str,
    *,
    key: str | None = None,
    actor: User | None,
    now: datetime,
) -> NoteConflict:
    """Go on writing a text that is kept beside the notes; return where it is kept.

    Only its own writer changes it, and only while it waits: else the text is kept anew, beside both.
    Raises DomainError for too long a text.
    """
    _check(text)
    item = conflict.item
    gestures.hold(session, item.meeting)
    before = gestures.counted(session, item.meeting, GestureKind.KEPT_NOTES, key)
    if before is not None:
        return session.get_one(NoteConflict, before.subject_id)
    session.refresh(conflict)
    session.refresh(item, ["notes", "notes_version", "notes_saved_at"])
    if conflict.resolved_at is None and actor is not None and conflict.author_id == actor.id:
        _go_on(session, conflict, text, now)
    elif text not in (conflict.text, item.notes):
        conflict = _keep(session, item, text, conflict.base_version, actor, now)
    gestures.count(session, item.meeting, GestureKind.KEPT_NOTES, key, subject_id=conflict.id, now=now)
    return conflict


def merge(
    session: Session,
    conflict: NoteConflict,
    text: str | None,
    *,
    base: int,
    seen: int,
    key: str | None = None,
    actor: User | None,
    now: datetime,
) -> Saved:
    """Make one text of both: `text` becomes the notes, and nothing waits any more. None: the notes are right.

    If the notes are no longer version `base`, or somebody else's kept text no longer version `seen`, nothing
    is resolved: the text is kept (`Saved.kept`) beside both, for whoever sends it has not read them.
    Raises DomainError for too long a text.
    """
    if text is not None:
        _check(text)
    item = conflict.item
    gestures.hold(session, item.meeting, changes=text is not None)
    before = gestures.counted(session, item.meeting, GestureKind.MERGE, key)
    if before is not None:
        kept = session.get(NoteConflict, before.subject_id) if before.subject_id else None
        return Saved(before.version or 0, kept)
    session.refresh(conflict)
    session.refresh(item, ["notes", "notes_version", "notes_saved_at"])
    is_own = actor is not None and conflict.author_id == actor.id
    if not is_own and seen != conflict.version and conflict.resolved_at is None:
        kept = (
            conflict if text in (None, conflict.text) else _keep(session, item, text or "", base, actor, now)
        )
        found = Saved(item.notes_version, kept)
    elif text is None or item.notes == text or store(session, item, text, base=base, now=now):
        found = Saved(item.notes_version)
    else:
        found = Saved(item.notes_version, _keep_merged(session, conflict, text, base, actor, now))
    if found.kept is None and conflict.resolved_at is None:
        conflict.resolved_at = now
        session.flush()
        audit.record(session, "meeting.notes_merged", item, actor=actor, now=now)
    gestures.count(
        session, item.meeting, GestureKind.MERGE, key, version=found.version,
        subject_id=found.kept.id if found.kept else None, now=now,
    )  # fmt: skip
    return found


def _check(text: str) -> None:
    if len(text) > LONGEST:
        raise DomainError(TOO_LONG, field="text")


def _go_on(session: Session, conflict: NoteConflict, text: str, now: datetime) -> None:
    conflict.text, conflict.version, conflict.saved_at = text, conflict.version + 1, now
    session.flush()


def _keep_merged(  # noqa: PLR0917 - as `_keep`
    session: Session, conflict: NoteConflict, text: str, base: int, actor: User | None, now: datetime
) -> NoteConflict:
    """Keep what was to be the one text of both: in the place of its writer's own, else beside it."""
    if conflict.resolved_at is None and actor is not None and conflict.author_id == actor.id:
        _go_on(session, conflict, text, now)
        return conflict
    return _keep(session, conflict.item, text, base, actor, now)


def _keep(  # noqa: PLR0917 - what a row holds
    session: Session, item: AgendaItem, text: str, base: int, actor: User | None, now: datetime
) -> NoteConflict:
    """Keep a text beside the notes. A version that never was counts as the one before the present one."""
    row = NoteConflict(
        item_id=item.id, text=text, version=1, base_version=min(base, item.notes_version - 1),
        found_version=item.notes_version, author_id=actor.id if actor else None, created_at=now, saved_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "meeting.notes_kept", item, actor=actor, now=now)
    return row


def _tell(
    session: Session, item: AgendaItem, before: datetime | None, actor: User | None, now: datetime
) -> None:
    if before is None or now - before > TOLD_EVERY:
        audit.record(session, "meeting.noted", item, actor=actor, now=now)
