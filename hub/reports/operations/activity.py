"""The yearly activity: gathered, noted, put into files."""

import io
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import audit, exports, files, jobs
from hub.core.errors import N_, DomainError
from hub.reports.models.activity import ActivityExport, ActivityNote
from hub.reports.operations.drafting import EARLIEST, check_period
from hub.reports.operations.editing import ChangedMeanwhileError
from hub.reports.queries import activity as queries
from hub.reports.queries import gathering
from hub.reports.queries.gathering import Ground
from hub.reports.values.activity import Activity, Sheet
from hub.reports.values.asked import Asked
from hub.reports.values.period import Period
from hub.reports.words import KINDS, MEETING_STATES, MONTHS
from hub.spaces.models.spaces import Space

JOB = "reports.activity"
LARGE = 800
"""So many meetings in the period, and an export is made in the background."""
LONGEST_NOTE = 4_000
ZIP = "application/zip"


def gather(session: Session, asked: Asked, known: Ground) -> Activity:
    """Read the activity of a period within what was asked for: seven queries beside `known`."""
    told: dict[int, list[ActivityNote]] = defaultdict(list)
    for row in session.scalars(queries.notes(asked.period)):
        told[row.space_id].append(row)
    several = len(asked.period.years) > 1
    return Activity(
        history=gathering.read(session, asked, known),
        period=asked.period,
        today=asked.today,
        kinds=KINDS,
        states=MEETING_STATES,
        months=MONTHS,
        notes={
            space: (
                _joined([(row.year, row.outputs) for row in rows], several=several),
                _joined([(row.year, row.note) for row in rows], several=several),
            )
            for space, rows in told.items()
        },
    )


def _joined(told: Sequence[tuple[int, str]], *, several: bool) -> str:
    return "\n".join(f"{year} : {text}" if several else text for year, text in told if text)


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return all sheets as one xlsx, that no spreadsheet takes for formulas."""
    return exports.as_workbook((sheet.name, sheet.header, sheet.rows) for sheet in sheets)


def archive(sheets: Sequence[Sheet]) -> bytes:
    """Return each sheet as CSV, in one zip; the same content gives the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for sheet in sheets:
            file.writestr(zipfile.ZipInfo(f"{sheet.code}.csv"), exports.as_csv(sheet.header, sheet.rows))
    return made.getvalue()


def ask(session: Session, asked: Asked, *, actor: Any, now: datetime) -> ActivityExport:
    """Ask for an export in the background. Raises DomainError for a strange period."""
    check_period(asked.period.first, asked.period.last, asked.today, names=("du", "au"))
    row = ActivityExport(
        first_on=asked.period.first, last_on=asked.period.last, space_id=asked.space_id,
        territory_id=asked.territory_id, theme_code=asked.theme, created_at=now,
        created_by_id=getattr(actor, "id", None),
    )  # fmt: skip
    session.add(row)
    session.flush()
    jobs.enqueue(session, JOB, now=now, subject=row, actor_id=getattr(actor, "id", None), export_id=row.id)
    audit.record(session, "activity.asked", row, actor=actor, now=now)
    return row


def asked_of(row: ActivityExport, today: Any) -> Asked:
    """Return what an export covers."""
    return Asked(
        Period(row.first_on, row.last_on), today,
        space_id=row.space_id, territory_id=row.territory_id, theme=row.theme_code,
    )  # fmt: skip


def keep(
    session: Session, store: files.Store, row: ActivityExport, made: tuple[bytes, bytes], *, now: datetime
) -> None:
    """Keep the files of an export: its workbook and its archive."""
    name = f"activite-{row.first_on}-{row.last_on}"
    book = files.keep(session, store, made[0], f"{name}.xlsx", exports.XLSX_TYPE, now=now)
    sheets = files.keep(session, store, made[1], f"{name}.zip", ZIP, now=now)
    row.workbook, row.archive = book, sheets
    session.flush()
    audit.record(session, "activity.exported", row, actor=None, now=now)


def write_note(
    session: Session,
    space: Space,
    year: int,
    outputs: str,
    note: str,
    *,
    version: int,
    actor: Any,
    now: datetime,
) -> ActivityNote:
    """Keep what a coordinator tells of a space's year.

    Raises DomainError for a strange year or a long text, ChangedMeanwhileError if another one wrote since.
    """
    session.refresh(space, with_for_update=True)
    if not EARLIEST.year <= year <= now.year + 1:
        raise DomainError(N_("Cette année ne peut pas être notée."))
    outputs, note = outputs.strip(), note.strip()
    if max(len(outputs), len(note)) > LONGEST_NOTE:
        raise DomainError(N_("Ce texte est trop long."), field="note")
    row = session.scalar(queries.note(space.id, year))
    if row is None:
        row = ActivityNote(space_id=space.id, year=year, version=0, outputs="", note="", updated_at=now)
        session.add(row)
    if (outputs, note) == (row.outputs, row.note):
        return row
    if row.version != version:
        raise ChangedMeanwhileError(
            N_(
                "Cette note a été changée ailleurs entre-temps. Votre texte est gardé : comparez, puis "
                "enregistrez."
            )
        )
    row.outputs, row.note, row.updated_at = outputs, note, now
    row.version += 1
    session.flush()
    audit.record(session, "activity.noted", row, actor=actor, now=now)
    return row
