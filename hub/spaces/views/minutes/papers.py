"""Agenda and minutes as PDF: sent if they are there, else printed by a job whose progress is shown."""

from flask import abort, current_app, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.core import clock, files, jobs
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.files import StoredFile
from hub.core.web import network
from hub.spaces import rules
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.minutes import Minutes, MinutesState
from hub.spaces.models.papers import PaperKind
from hub.spaces.operations import minutes as operations
from hub.spaces.operations import papers
from hub.spaces.views.blueprint import blueprint
from memoranda.minutes import content

ENDPOINTS = {PaperKind.AGENDA: "spaces.agenda_paper", PaperKind.MINUTES: "spaces.minutes_pdf"}


@blueprint.get("/reunions/<int:id>/ordre-du-jour.pdf")
@permit(rules.see_meeting, Meeting)
def agenda_paper(meeting: Meeting) -> Response:
    """Send the agenda as it stands now, or lead to where it is printed."""
    return _send(meeting, _agenda(db.session(), meeting))


@blueprint.post("/reunions/<int:id>/ordre-du-jour.pdf")
@permit(rules.see_meeting, Meeting)
def print_agenda(meeting: Meeting) -> Response:
    """Have the agenda printed, unless it is."""
    return _order(meeting, _agenda(db.session(), meeting))


@blueprint.get("/reunions/<int:id>/compte-rendu.pdf")
@permit(rules.see_meeting, Meeting)
def minutes_pdf(meeting: Meeting) -> Response:
    """Send the minutes as they stand for the reader, or lead to where they are printed."""
    minutes = _readable(db.session(), meeting)
    kept = stored(minutes)
    if kept is not None:
        return files.answer(kept, inline=True)
    return _send(meeting, operations.document(db.session(), meeting, minutes))


@blueprint.post("/reunions/<int:id>/compte-rendu.pdf")
@permit(rules.see_meeting, Meeting)
def print_minutes(meeting: Meeting) -> Response:
    """Have the minutes printed, unless they are."""
    minutes = _readable(db.session(), meeting)
    if stored(minutes) is not None:
        return redirect(url_for("spaces.minutes_pdf", id=meeting.id), 303)
    return _order(meeting, operations.document(db.session(), meeting, minutes))


@blueprint.get("/reunions/<int:id>/pdf/<kind>")
@permit(rules.see_meeting, Meeting)
def paper(meeting: Meeting, kind: str) -> str:
    """Show how the printing of a paper stands."""
    return _page("spaces/minutes/paper.html", meeting, kind)


@blueprint.get("/reunions/<int:id>/pdf/<kind>/avancement")
@permit(rules.see_meeting, Meeting)
def paper_progress(meeting: Meeting, kind: str) -> str:
    """Answer how it stands, for the page that asks each second."""
    return _page("spaces/minutes/paper_state.html", meeting, kind)


def stored(minutes: Minutes | None) -> StoredFile | None:
    """Return the file that was sent or approved, where it says all that is to be said."""
    if minutes is None or minutes.state is MinutesState.DRAFT:
        return None
    if minutes.is_approved:
        return None if minutes.errata else minutes.file
    return minutes.versions[-1].file


def _readable(session: Session, meeting: Meeting) -> Minutes | None:
    """Return the minutes; what was not sent is for those who prepare it."""
    minutes = operations.of(session, meeting)
    if (minutes is None or minutes.state is MinutesState.DRAFT) and not rules.edit_meeting(
        current_user(), meeting
    ):
        abort(404)
    return minutes


def _agenda(session: Session, meeting: Meeting) -> content.Agenda:
    return papers.agenda_of(session, meeting, base_url=current_app.config["BASE_URL"])


def _send(meeting: Meeting, document: content.Agenda | content.Minutes) -> Response:
    row = papers.find(db.session(), meeting, document)
    if row is not None and row.file is not None:
        return files.answer(row.file, inline=True)
    return redirect(url_for("spaces.paper", id=meeting.id, kind=papers.kind_of(document).value))


def _order(meeting: Meeting, document: content.Agenda | content.Minutes) -> Response:
    session, user, now = db.session(), current_user(), clock.now()
    row = papers.order(session, meeting, document, now=now)
    if row.file_id is not None:
        return redirect(url_for(ENDPOINTS[row.kind], id=meeting.id), 303)
    papers.request(session, row, actor_id=user.id if user else None, now=now)
    return redirect(url_for("spaces.paper", id=meeting.id, kind=row.kind.value), 303)


def _page(template: str, meeting: Meeting, kind: str) -> str:
    session = db.session()
    network()  # kept for this request: letterhead, logo and page read it
    if kind == PaperKind.AGENDA.value:
        document: content.Agenda | content.Minutes = _agenda(session, meeting)
    elif kind == PaperKind.MINUTES.value:
        minutes = _readable(session, meeting)
        document = operations.document(session, meeting, minutes)
    else:
        abort(404)
    row = papers.find(session, meeting, document)
    job = session.scalar(jobs.of(row, papers.JOB).limit(1)) if row is not None else None
    agenda = isinstance(document, content.Agenda)
    return render_template(
        template,
        meeting=meeting,
        kind=kind,
        row=row,
        job=job,
        name=_("Ordre du jour") if agenda else _("Compte rendu"),
        address=url_for(ENDPOINTS[papers.kind_of(document)], id=meeting.id),
    )
