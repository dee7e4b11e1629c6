"""Writing minutes: the text point by point, sending, giving more time, approving, correcting."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.spaces import rules
from hub.spaces.forms.minutes import ApproveForm, ErratumForm, FrameForm, ProlongForm, SendForm
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.minutes import Approval, Minutes
from hub.spaces.models.running import NoteConflict
from hub.spaces.operations import minutes as operations
from hub.spaces.queries import minutes as queries
from hub.spaces.queries import papers as paper_queries
from hub.spaces.queries import running
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.minutes.pages import JOBS, today


def tell(form: Any, problem: DomainError) -> None:
    """Say a refusal beside its field, else above the form."""
    message = _(problem.msgid, **problem.params)
    if problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, message]
    else:
        form.form_errors.append(message)


def _back(meeting: Meeting, anchor: str | None = None) -> Any:
    return redirect(url_for("spaces.minutes", id=meeting.id, _anchor=anchor), 303)


# --- The text -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A point on the page that writes: its notes as typed, and what the page showed."""

    item: AgendaItem
    text: str
    base: int
    mark: str
    error: str = ""
    conflicts: Sequence[NoteConflict] = ()


def mark(text: str) -> str:
    """Return the mark of a text that a page shows: what was left alone is not saved again."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _typed(name: str) -> str | None:
    """Return a text as typed, its line breaks as they are stored."""
    text = request.form.get(name)
    return None if text is None else text.replace("\r\n", "\n").replace("\r", "\n")


@blueprint.get("/reunions/<int:id>/compte-rendu/modifier")
@permit(rules.edit_meeting, Meeting)
def edit_minutes(meeting: Meeting) -> Any:
    """Show introduction, notes point by point, and closing text."""
    session = db.session()
    row = operations.of(session, meeting)
    if row is not None and row.is_approved:
        flash(_(operations.UNCHANGING), "warning")
        return _back(meeting)
    form = FrameForm(formdata=None, obj=row)
    form.base.data = str(row.edition if row else 0)
    items = session.scalars(paper_queries.items(meeting.id)).all()
    return _form(meeting, form, [_shown(item) for item in items])


def _shown(item: AgendaItem) -> Line:
    return Line(item, item.notes, item.notes_version, mark(item.notes))


@blueprint.post("/reunions/<int:id>/compte-rendu/modifier")
@permit(rules.edit_meeting, Meeting)
def save_minutes(meeting: Meeting) -> Any:
    """Save what was changed; what others wrote meanwhile stays, and both texts are shown."""
    session, now, user = db.session(), clock.now(), current_user()
    form = FrameForm()
    items = session.scalars(paper_queries.items(meeting.id)).all()
    typed = [_line(item) for item in items]
    if not form.validate_on_submit():
        return _form(meeting, form, typed), 422
    kept = 0
    for line in typed:
        if mark(line.text) == line.mark:
            continue
        try:
            saved = operations.save_notes(session, line.item, line.text, base=line.base, actor=user, now=now)
        except DomainError as problem:
            return _form(meeting, form, [_refused(one, line, problem) for one in typed]), 422
        kept += saved.kept is not None
    try:
        frame = operations.save_frame(
            session, meeting, _typed("introduction") or "", _typed("closing") or "", base=form.edition,
            actor=user, now=now,
        )  # fmt: skip
    except DomainError as problem:
        tell(form, problem)
        return _form(meeting, form, typed), 422
    if not frame:
        return _clash(session, meeting, form, typed)
    if kept:
        flash(
            ngettext(
                "Quelqu’un d’autre a écrit en même temps : %(num)s texte est gardé à côté du sien.",
                "Quelqu’un d’autre a écrit en même temps : %(num)s textes sont gardés à côté des siens.",
                kept,
            ),
            "warning",
        )
        return redirect(url_for("spaces.edit_minutes", id=meeting.id), 303)
    flash(_("C’est enregistré."), "success")
    return _back(meeting)


def _line(item: AgendaItem) -> Line:
    """Return what was typed about a point; one that the page didn't show stays as it is."""
    text = _typed(f"notes-{item.id}")
    if text is None:
        return _shown(item)
    base = request.form.get(f"base-{item.id}", "")
    number = int(base) if base.isdecimal() and len(base) < 10 else 0  # noqa: PLR2004 - a column's number
    return Line(item, text, number, request.form.get(f"mark-{item.id}", ""))


def _refused(one: Line, line: Line, problem: DomainError) -> Line:
    if one is not line:
        return one
    return Line(one.item, one.text, one.base, one.mark, _(problem.msgid, **problem.params))


def _clash(session: Session, meeting: Meeting, form: FrameForm, typed: list[Line]) -> Any:
    """Show the frame that somebody else saved beside what was typed; sending again overwrites knowingly.

    An answer of 409 saves nothing: the notes stay as typed, too.
    """
    row = operations.of(session, meeting)
    form.base.data = str(row.edition if row else 0)
    return _form(meeting, form, typed, other=row), 409


def _form(meeting: Meeting, form: FrameForm, lines: Sequence[Line], *, other: Minutes | None = None) -> str:
    conflicts: dict[int, list[NoteConflict]] = {}
    for conflict in db.session.scalars(running.open_conflicts(meeting.id)):
        conflicts.setdefault(conflict.item_id, []).append(conflict)
    return render_template(
        "spaces/minutes/edit.html",
        meeting=meeting,
        form=form,
        lines=lines,
        conflicts=conflicts,
        other=other,
        longest=100_000,
    )


# --- Sending --------------------------------------------------------------------------------------


@blueprint.get("/reunions/<int:id>/compte-rendu/envoyer")
@permit(rules.edit_meeting, Meeting)
def send_minutes_page(meeting: Meeting) -> Any:
    """Show to whom the minutes go, what lacks, and until when remarks may come."""
    form = SendForm(formdata=None)
    form.propose(clock.now())
    return _send_page(meeting, form)


def _send_page(meeting: Meeting, form: SendForm) -> str:
    session, now = db.session(), clock.now()
    found = operations.recipients(session, meeting, now=now)
    return render_template(
        "spaces/minutes/send.html",
        meeting=meeting,
        minutes=operations.of(session, meeting),
        form=form,
        told=operations.written_to(found),
        without_address=[one for one in found if not one.email],
        gaps=operations.gaps(session, meeting),
    )


@blueprint.post("/reunions/<int:id>/compte-rendu/envoyer")
@permit(rules.edit_meeting, Meeting)
def send_minutes(meeting: Meeting) -> Any:
    """Freeze a version; a job prints it and writes to all."""
    form = SendForm()
    if not form.validate_on_submit() or form.remarks_until.data is None:
        return _send_page(meeting, form), 422
    sending = operations.Sending(form.remarks_until.data, form.message.data or "")
    try:
        version = operations.send(db.session(), meeting, sending, actor=current_user(), now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _send_page(meeting, form), 422
    flash(_("La version %(number)s part aux membres.", number=version.number), "success")
    return _back(meeting)


@blueprint.post("/reunions/<int:id>/compte-rendu/reessayer")
@permit(rules.edit_meeting, Meeting)
def retry_minutes(meeting: Meeting) -> Any:
    """Try again to print and send what failed."""
    session = db.session()
    row = operations.of(session, meeting)
    if row is not None:
        for name in JOBS:
            job = session.scalar(jobs.of(row, name).limit(1))
            if job is not None and job.is_over:
                jobs.retry(session, job, now=clock.now())
    return _back(meeting)


@blueprint.get("/reunions/<int:id>/compte-rendu/prolonger")
@permit(rules.edit_meeting, Meeting)
def prolong_minutes_page(meeting: Meeting) -> Any:
    """Ask for a later last day."""
    return _prolong_page(meeting, ProlongForm(formdata=None))


def _prolong_page(meeting: Meeting, form: ProlongForm) -> str:
    row = operations.of(db.session(), meeting)
    return render_template("spaces/minutes/prolong.html", meeting=meeting, form=form, minutes=row)


@blueprint.post("/reunions/<int:id>/compte-rendu/prolonger")
@permit(rules.edit_meeting, Meeting)
def prolong_minutes(meeting: Meeting) -> Any:
    """Give more time for remarks."""
    form = ProlongForm()
    if not form.validate_on_submit() or form.remarks_until.data is None:
        return _prolong_page(meeting, form), 422
    try:
        operations.prolong(
            db.session(), meeting, form.remarks_until.data, actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        tell(form, problem)
        return _prolong_page(meeting, form), 422
    flash(_("Les membres ont plus de temps."), "success")
    return _back(meeting)


# --- Approving, correcting ------------------------------------------------------------------------


@blueprint.get("/reunions/<int:id>/compte-rendu/approuver")
@permit(rules.edit_meeting, Meeting)
def approve_minutes_page(meeting: Meeting) -> Any:
    """Ask how the minutes are approved, and say what that means."""
    return _approve_page(meeting, None)


def _approve_page(meeting: Meeting, form: ApproveForm | None) -> str:
    session, now = db.session(), clock.now()
    row = operations.of(session, meeting)
    later = [one for one in session.scalars(queries.approving_meetings(meeting)) if one.starts_at <= now]
    if form is None:
        form = ApproveForm(formdata=None)
        form.approval.data = (Approval.MEETING if later else Approval.SILENCE).value
        form.meeting.data = later[0].id if later else None
    form.offer(later)
    return render_template(
        "spaces/minutes/approve.html", meeting=meeting, minutes=row, form=form, later=later, today=today()
    )


@blueprint.post("/reunions/<int:id>/compte-rendu/approuver")
@permit(rules.edit_meeting, Meeting)
def approve_minutes(meeting: Meeting) -> Any:
    """Approve the minutes for good."""
    form = ApproveForm()
    form.offer(db.session.scalars(queries.approving_meetings(meeting)).all())
    if not form.validate_on_submit():
        return _approve_page(meeting, form), 422
    try:
        operations.approve(db.session(), meeting, form.facts(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _approve_page(meeting, form), 422
    flash(_("Le compte rendu est approuvé. Il ne change plus."), "success")
    return _back(meeting)


@blueprint.get("/reunions/<int:id>/compte-rendu/erratum")
@permit(rules.edit_meeting, Meeting)
def erratum_page(meeting: Meeting) -> Any:
    """Show the form of a correction."""
    return _erratum_page(meeting, ErratumForm(formdata=None))


def _erratum_page(meeting: Meeting, form: ErratumForm) -> str:
    row = operations.of(db.session(), meeting)
    form.offer(operations.points_of(operations.sent_text(row.versions[-1])) if row and row.versions else {})
    return render_template("spaces/minutes/erratum.html", meeting=meeting, minutes=row, form=form)


@blueprint.post("/reunions/<int:id>/compte-rendu/erratum")
@permit(rules.edit_meeting, Meeting)
def add_erratum(meeting: Meeting) -> Any:
    """Add a correction; all who got the minutes are told."""
    form = ErratumForm()
    row = operations.of(db.session(), meeting)
    form.offer(operations.points_of(operations.sent_text(row.versions[-1])) if row and row.versions else {})
    if not form.validate_on_submit():
        return _erratum_page(meeting, form), 422
    try:
        made = operations.add_erratum(
            db.session(), meeting, form.text.data or "", item_key=form.point.data or "",
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        tell(form, problem)
        return _erratum_page(meeting, form), 422
    flash(
        _("L’erratum %(number)s est ajouté. Il part à qui a reçu le compte rendu.", number=made.number),
        "success",
    )
    return _back(meeting, "errata")
