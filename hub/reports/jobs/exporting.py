"""Writing an export that covers too much for a request."""

from pathlib import Path
from typing import Any

from hub.core import clock
from hub.core.errors import N_
from hub.core.files import Store
from hub.core.jobs import JobCancelledError, JobContext, job
from hub.reports.models.activity import ActivityExport
from hub.reports.operations import activity
from hub.reports.queries import gathering
from hub.reports.values.activity import sheets

READING, COUNTING, WRITING = N_("Lecture de l’activité"), N_("Comptage"), N_("Écriture des fichiers")
COUNTED, WRITTEN = 30, 70


@job(activity.JOB)
def export(context: JobContext, *, export_id: int) -> dict[str, Any]:
    """Write the workbook and the archive of an export."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    context.progress(0, READING)
    with context.read() as session:
        row = session.get(ActivityExport, export_id)
        if row is None:
            raise JobCancelledError
        if row.workbook_id is not None:
            return {"export": export_id}
        asked = activity.asked_of(row, clock.today(clock.now()))
        known = gathering.ground(session)
        read = activity.gather(session, asked, known)
    context.progress(COUNTED, COUNTING)
    counted = sheets(read)
    context.progress(WRITTEN, WRITING)
    made = (activity.workbook(counted), activity.archive(counted))
    with context.write() as session:
        row = session.get(ActivityExport, export_id)
        if row is None:
            raise JobCancelledError
        activity.keep(session, store, row, made, now=clock.now())
    return {"export": export_id}
