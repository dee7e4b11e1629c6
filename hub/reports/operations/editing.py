"""Editing a draft: words, order, what is shown. Two people never overwrite each other unseen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.reports.models.reports import PartKind, PlenaryReport, ReportPart
from hub.reports.operations.drafting import figures_of, hold

LONGEST_TEXT = 15_000


@dataclass(frozen=True, slots=True)
class OpenPage:
    """One open page of the editor: its own number, and the version of the words that it was opened with."""

    number: str
    version: int


class ChangedMeanwhileError(DomainError):
    """The words were changed elsewhere since the page was opened; what stands there is on the part."""


def write(
    session: Session,
    part: ReportPart,
    title: str,
    text: str,
    *,
    page: OpenPage,
    actor: Any,
    now: datetime,
    is_silent: bool = False,
) -> None:
    """Keep the words of a part; `is_silent` for what is saved by itself, which leaves no line of history.

    Raises FrozenError, DomainError for a missing title, ChangedMeanwhileError if another page wrote since.
    """
    hold(session, part.report)
    session.refresh(part, with_for_update=True)
    title, text = title.strip(), text.strip()
    if (title, text) == (part.title, part.text):
        return
    if part.version != page.version and (not page.number or part.saved_by_page != page.number):
        raise ChangedMeanwhileError(
            N_(
                "Cette partie a été changée ailleurs entre-temps. Rien n’est perdu : enregistrez pour voir "
                "les deux textes."
            )
        )
    if not title:
        raise DomainError(N_("Donnez un titre à la partie."), field="title")
    part.title, part.text = title[:200], text
    part.version += 1
    part.saved_by_page, part.saved_at = page.number, now
    _touch(session, part.report, now)
    if not is_silent:
        _tell(session, part, "report.part_written", actor, now)


def show_lines(
    session: Session, part: ReportPart, shown: Collection[str], *, actor: Any, now: datetime
) -> None:
    """Show only those lines of what was counted, hide the others. Raises FrozenError."""
    hold(session, part.report)
    session.refresh(part, with_for_update=True)
    known = figures_of(part).line_keys()
    # What is hidden but isn't counted now stays hidden, should it come back.
    part.hidden = sorted((set(part.hidden) - known) | (known - set(shown)))
    _touch(session, part.report, now)
    _tell(session, part, "report.part_shown", actor, now)


def hide(session: Session, part: ReportPart, *, is_hidden: bool, actor: Any, now: datetime) -> None:
    """Leave a part out of the report, or take it back in. Raises FrozenError."""
    hold(session, part.report)
    if part.is_hidden != is_hidden:
        part.is_hidden = is_hidden
        _touch(session, part.report, now)
        _tell(session, part, "report.part_shown", actor, now)


def add(
    session: Session, report: PlenaryReport, title: str, text: str = "", *, actor: Any, now: datetime
) -> ReportPart:
    """Add a part of one's own, before how things are counted. Raises FrozenError, DomainError."""
    hold(session, report)
    if not title.strip():
        raise DomainError(N_("Donnez un titre à la partie."), field="title")
    rows = _rows(session, report)
    part = ReportPart(
        report_id=report.id, kind=PartKind.FREE, title=title.strip()[:200], text=text.strip(), saved_at=now
    )
    place = len(rows) - 1 if rows and rows[-1].kind is PartKind.METHOD else len(rows)
    session.add(part)
    session.flush()
    rows.insert(place, part)
    _number(rows)
    _touch(session, report, now)
    _tell(session, part, "report.part_added", actor, now)
    session.expire(report, ["parts"])
    return part


def remove(session: Session, part: ReportPart, *, actor: Any, now: datetime) -> None:
    """Take a part of one's own out; a counted one is hidden instead. Raises FrozenError, DomainError."""
    report = part.report
    hold(session, report)
    if part.kind is not PartKind.FREE:
        raise DomainError(N_("Cette partie est calculée : cachez-la plutôt."))
    _tell(session, part, "report.part_removed", actor, now)
    session.delete(part)
    _touch(session, report, now)
    session.expire(report, ["parts"])


def order(
    session: Session, report: PlenaryReport, identifiers: Sequence[int], *, actor: Any, now: datetime
) -> None:
    """Put all parts in that order. Raises FrozenError, ChangedMeanwhileError if they are others now."""
    hold(session, report)
    rows = {row.id: row for row in _rows(session, report)}
    if sorted(identifiers) != sorted(rows):
        raise ChangedMeanwhileError(N_("La liste a changé entre-temps. Rechargez la page."))
    _number([rows[identifier] for identifier in identifiers])
    _ordered(session, report, actor, now)


def move(session: Session, part: ReportPart, *, up: bool, actor: Any, now: datetime) -> None:
    """Move a part by one place; at an end it stays. Raises FrozenError."""
    hold(session, part.report)
    rows = _rows(session, part.report)
    place = rows.index(part)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    _number(rows)
    _ordered(session, part.report, actor, now)


def _rows(session: Session, report: PlenaryReport) -> list[ReportPart]:
    found = select(ReportPart).where(ReportPart.report_id == report.id)
    return list(session.scalars(found.order_by(ReportPart.position, ReportPart.id)))


def _number(rows: Sequence[ReportPart]) -> None:
    for place, row in enumerate(rows):
        row.position = place


def _ordered(session: Session, report: PlenaryReport, actor: Any, now: datetime) -> None:
    _touch(session, report, now)
    audit.record(session, "report.ordered", report, actor=actor, now=now)
    session.expire(report, ["parts"])


def _touch(session: Session, report: PlenaryReport, now: datetime) -> None:
    report.updated_at = now
    session.flush()


def _tell(session: Session, part: ReportPart, action: str, actor: Any, now: datetime) -> None:
    changes = {"part": [None, part.title]}
    audit.record(session, action, part.report, actor=actor, now=now, changes=changes)
