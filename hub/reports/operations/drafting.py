"""Making the draft of a report, counting anew, changing what it is about."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.core.search import slug as slug_of
from hub.reports.models.reports import PartKind, PlenaryReport, ReportPart, ReportState
from hub.reports.operations.gathering import gather
from hub.reports.operations.writing import parts
from hub.reports.values.asked import Asked
from hub.reports.values.figures import Figures
from hub.reports.values.period import Period
from hub.reports.words import TITLES
from memoranda import plain

EARLIEST = date(1950, 1, 1)
MOST_YEARS = 12
RESERVED = {"nouveau", "parties", "activite"}  # addresses beside those of reports


class FrozenError(DomainError):
    """The report is published, or about to be: it no longer changes."""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report is about."""

    title: str
    first_on: date
    last_on: date
    subtitle: str = ""
    territory_id: int | None = None
    space_id: int | None = None
    plan_id: int | None = None
    absent_after: int = 3


def draft(session: Session, facts: ReportFacts, *, actor: Any, now: datetime) -> PlenaryReport:
    """Count a period and put it into a draft. Raises DomainError for what can't be told."""
    _check(facts, clock.today(now))
    report = PlenaryReport(
        slug=_free_slug(session, facts.title), figures_at=now, created_at=now, updated_at=now,
        created_by_id=getattr(actor, "id", None), **_values(facts),
    )  # fmt: skip
    session.add(report)
    session.flush()
    _count(session, report, now)
    audit.record(session, "report.drafted", report, actor=actor, now=now)
    return report


def change(session: Session, report: PlenaryReport, facts: ReportFacts, *, actor: Any, now: datetime) -> None:
    """Change the title, the period or what the report is narrowed to; figures follow, words stay.

    Raises FrozenError, DomainError.
    """
    hold(session, report)
    _check(facts, clock.today(now))
    before = {name: getattr(report, name) for name in _values(facts)}
    for name, value in _values(facts).items():
        setattr(report, name, value)
    report.updated_at = now
    changed = audit.differences(before, _values(facts))
    if changed.keys() - {"title", "subtitle"}:
        _count(session, report, now)
    session.flush()
    audit.record(session, "report.changed", report, actor=actor, now=now, changes=changed)


def recount(session: Session, report: PlenaryReport, *, actor: Any, now: datetime) -> None:
    """Count anew; words, order and what is hidden stay. Raises FrozenError."""
    hold(session, report)
    _count(session, report, now)
    audit.record(session, "report.counted", report, actor=actor, now=now)


def remove(session: Session, report: PlenaryReport, *, actor: Any, now: datetime) -> None:
    """Delete a draft. Raises FrozenError for a published report."""
    hold(session, report)
    audit.record(session, "report.removed", report, actor=actor, now=now)
    session.execute(delete(ReportPart).where(ReportPart.report_id == report.id))
    session.execute(delete(PlenaryReport).where(PlenaryReport.id == report.id))
    session.expunge(report)


def hold(session: Session, report: PlenaryReport) -> None:
    """Hold the report until the transaction ends. Raises FrozenError unless it is a draft."""
    session.refresh(report, with_for_update=True)
    if report.state is not ReportState.DRAFT:
        raise FrozenError(N_("Ce rapport ne change plus : il est publié, ou sur le point de l’être."))


def asked_of(report: PlenaryReport, today: date) -> Asked:
    """Return what a report asks to be counted."""
    return Asked(
        Period(report.first_on, report.last_on), today,
        space_id=report.space_id, territory_id=report.territory_id, plan_id=report.plan_id,
    )  # fmt: skip


def figures_of(part: ReportPart) -> Figures:
    """Return what was counted for a part."""
    return plain.from_json(part.figures, Figures) if part.figures else Figures()


def _count(session: Session, report: PlenaryReport, now: datetime) -> None:
    material = gather(session, asked_of(report, clock.today(now)), report.absent_after)
    written = parts.write(material)
    rows = session.scalars(
        select(ReportPart).where(ReportPart.report_id == report.id).with_for_update()
    ).all()
    known: dict[PartKind, ReportPart] = {row.kind: row for row in rows if row.kind is not PartKind.FREE}
    place = max((row.position for row in rows), default=-1) + 1
    for kind, figures in written.items():
        if kind not in known:
            known[kind] = ReportPart(report_id=report.id, kind=kind, title=TITLES[kind], position=place)
            session.add(known[kind])
            place += 1
        known[kind].figures = plain.to_json(figures)
    for kind in known.keys() - written.keys():
        known[kind].figures = plain.to_json(Figures())
    report.figures_at = report.updated_at = now
    session.flush()
    session.expire(report, ["parts"])


def _values(facts: ReportFacts) -> dict[str, Any]:
    return {
        "title": facts.title.strip(),
        "subtitle": facts.subtitle.strip(),
        "first_on": facts.first_on,
        "last_on": facts.last_on,
        "territory_id": facts.territory_id,
        "space_id": facts.space_id,
        "plan_id": facts.plan_id,
        "absent_after": facts.absent_after,
    }


def _check(facts: ReportFacts, today: date) -> None:
    if not facts.title.strip():
        raise DomainError(N_("Donnez un titre au rapport."), field="title")
    check_period(facts.first_on, facts.last_on, today)
    if sum(part is not None for part in (facts.territory_id, facts.space_id, facts.plan_id)) > 1:
        raise DomainError(
            N_("Choisissez un territoire, un espace ou un plan : l’un des trois seulement."),
            field="territory",
        )


def check_period(first: date, last: date, today: date, *, names: tuple[str, str] = ("first", "last")) -> None:
    """Raise DomainError for days that make no period to look back on."""
    if first < EARLIEST:
        raise DomainError(N_("Choisissez une date après 1950."), field=names[0])
    if first > today:
        raise DomainError(N_("Cette période n’a pas encore commencé."), field=names[0])
    if last < first:
        raise DomainError(N_("Le dernier jour vient avant le premier."), field=names[1])
    if last.year - first.year > MOST_YEARS:
        raise DomainError(N_("Une période de douze ans au plus."), field=names[1])


def _free_slug(session: Session, title: str) -> str:
    base = slug_of(title)[:80]
    if base in RESERVED:
        base += "-rapport"
    taken = set(session.scalars(select(PlenaryReport.slug).where(PlenaryReport.slug.startswith(base))))
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found
