"""Undoing the last change, redoing it, going back to a version, naming one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.publishing.models.editions import Edition
from hub.publishing.models.writing import EditionSnapshot
from hub.publishing.operations import snapshots
from hub.publishing.operations.composing import ChangedMeanwhileError, hold_to_change
from hub.publishing.queries import writing as queries
from hub.publishing.values.undoing import Moment, back, forth, undone

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Steps:
    """What « Annuler » would undo and « Rétablir » make again, and the number of the moment that stands."""

    undoes: EditionSnapshot | None
    redoes: EditionSnapshot | None
    head: int


def steps_of(rows: Sequence[EditionSnapshot]) -> Steps:
    """Return where undoing and redoing lead from the last of these moments."""
    known = {row.number: row for row in rows}
    log = [Moment(row.number, row.stands_for) for row in rows]
    return Steps(known.get(undone(log) or 0), known.get(forth(log) or 0), log[-1].number if log else 0)


def undo(session: Session, edition: Edition, *, head: int, actor: Any, now: datetime) -> None:
    """Go back to what the edition was before its last change.

    `head` is the last moment that the person saw. Raises ChangedMeanwhileError if another stands now,
    DomainError if nothing is left to undo.
    """
    log = _log(session, edition, head, now)
    number = back(log)
    if number is None:
        raise DomainError(N_("Il n’y a plus rien à annuler."))
    _go(session, edition, number, "edition.undone", actor=actor, now=now)


def redo(session: Session, edition: Edition, *, head: int, actor: Any, now: datetime) -> None:
    """Make again the change that was undone; raises as `undo` does."""
    log = _log(session, edition, head, now)
    number = forth(log)
    if number is None:
        raise DomainError(N_("Il n’y a rien à rétablir."))
    _go(session, edition, number, "edition.redone", actor=actor, now=now)


def go_back(session: Session, edition: Edition, number: int, *, actor: Any, now: datetime) -> None:
    """Make the edition what it was at that moment; this is a change, which can be undone.

    Raises DomainError if that moment isn't kept any more.
    """
    hold_to_change(session, edition, now)
    snapshots.restore(session, edition, snapshots.moment(session, edition, number))
    edition.updated_at = now
    snapshots.keep(session, edition, "edition.went_back", actor=actor, now=now)
    audit.record(
        session, "edition.went_back", edition, actor=actor, now=now, changes={"version": [None, number]}
    )


def name(session: Session, edition: Edition, number: int, label: str, *, actor: Any, now: datetime) -> None:
    """Give a moment a name, by which it stays; an empty one takes it away.

    Raises DomainError for a name too long, or one too many.
    """
    hold_to_change(session, edition, now)
    row = snapshots.moment(session, edition, number)
    if len(label) > LONGEST_NAME:
        raise DomainError(N_("Ce nom est trop long : %(max)d signes au plus."), max=LONGEST_NAME)
    if label and not row.label and snapshots.named(session, edition) >= snapshots.MOST_NAMED:
        raise DomainError(
            N_("%(max)d versions ont déjà un nom. Effacez-en un d’abord."), max=snapshots.MOST_NAMED
        )
    row.label = label
    session.flush()
    audit.record(
        session, "edition.version_named", edition, actor=actor, now=now, changes={"version": [None, number]}
    )


def _log(session: Session, edition: Edition, head: int, now: datetime) -> list[Moment]:
    hold_to_change(session, edition, now)
    log = [Moment(row.number, row.stands_for) for row in session.scalars(queries.moments(edition))]
    if log[-1].number != head:
        raise ChangedMeanwhileError(
            N_("L’édition a encore changé entre-temps. Regardez le dernier changement, puis recommencez.")
        )
    return log


def _go(session: Session, edition: Edition, number: int, action: str, *, actor: Any, now: datetime) -> None:
    snapshots.stand_for(session, edition, number, action, actor=actor, now=now)
    edition.updated_at = now
    session.flush()
    audit.record(session, action, edition, actor=actor, now=now)
