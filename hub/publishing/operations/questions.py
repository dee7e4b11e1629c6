"""Questions to candidates: at most eight of at most 300 characters, each on an item or on the whole."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.publishing.models.composition import CandidateQuestion, Item
from hub.publishing.models.editions import Edition
from hub.publishing.operations.composing import ChangedMeanwhileError, hold
from hub.publishing.queries import leaflets as queries

MOST = 8
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is typed, and the item that it rests on."""

    text: str
    item_id: int | None = None


def write(
    session: Session, edition: Edition, rows: Sequence[Asked], *, mark: str, actor: Any, now: datetime
) -> None:
    """Store the questions in that order, instead of those there were; empty ones are left out.

    `mark` is that of what the person saw. Raises FrozenError once the edition is frozen,
    ChangedMeanwhileError if somebody else changed them, DomainError for too many, for one too long, or one on
    an item that left the edition.
    """
    hold(session, edition)
    asked = [row for row in rows if row.text.strip()]
    _check(session, edition, asked)
    present = session.scalars(queries.questions(edition).execution_options(populate_existing=True)).all()
    if mark != mark_of(present):
        raise ChangedMeanwhileError(
            N_(
                "Les questions ont changé depuis que vous les avez ouvertes. Les vôtres sont gardées "
                "ci-dessous : comparez, puis enregistrez."
            )
        )
    if [(row.text, row.item_id) for row in present] == [(row.text, row.item_id) for row in asked]:
        return
    session.execute(delete(CandidateQuestion).where(CandidateQuestion.edition_id == edition.id))
    for position, row in enumerate(asked, start=1):
        session.add(
            CandidateQuestion(edition_id=edition.id, text=row.text, item_id=row.item_id, position=position)
        )
    edition.updated_at = now
    session.flush()
    changes = {"count": [len(present), len(asked)]}
    audit.record(session, "edition.questions_written", edition, actor=actor, now=now, changes=changes)


def _check(session: Session, edition: Edition, asked: Sequence[Asked]) -> None:
    if len(asked) > MOST:
        raise DomainError(
            N_("Il y a %(count)s questions : huit au plus. Retirez-en %(over)s."),
            count=len(asked),
            over=len(asked) - MOST,
        )
    for place, row in enumerate(asked, start=1):
        if len(row.text) > LONGEST:
            raise DomainError(
                N_("Question %(place)s : %(count)s signes, 300 au plus."),
                field=str(place), place=place, count=len(row.text),
            )  # fmt: skip
    wanted = {row.item_id for row in asked if row.item_id}
    known = set(session.scalars(select(Item.id).where(Item.edition_id == edition.id, Item.id.in_(wanted))))
    if wanted - known:
        raise DomainError(N_("Une question s’appuie sur une demande qui n’est plus dans l’édition."))


def mark_of(rows: Sequence[CandidateQuestion]) -> str:
    """Return a mark of the questions as a form shows them; it tells later whether they changed meanwhile."""
    said = "\0".join(f"{row.item_id or 0} {row.text}" for row in rows)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
