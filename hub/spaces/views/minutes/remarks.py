"""Remarks on minutes: by account, by the link of whoever got them, and what becomes of them."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from hub.actors.models.mandates import Person
from hub.core import clock, files
from hub.core.access import current_user, dead_link, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter, network
from hub.spaces import rules
from hub.spaces.forms.minutes import AnswerForm, RemarkForm
from hub.spaces.models.meetings import Attendance, Meeting
from hub.spaces.models.minutes import Minutes, MinutesReader, MinutesState, Remark, RemarkState
from hub.spaces.operations import convening, minutes_letters, remarks
from hub.spaces.operations import minutes as operations
from hub.spaces.operations.remarks import Author
from hub.spaces.queries import minutes as queries
from hub.spaces.queries import seats
from hub.spaces.values import differences, standing
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.minutes import papers
from hub.spaces.views.minutes.pages import show, today
from hub.spaces.views.minutes.writing import tell
from hub.spaces.words import MINUTES_STANDINGS, REMARK_STATES

# --- By account -----------------------------------------------------------------------------------


@blueprint.post("/reunions/<int:id>/compte-rendu/remarques")
@permit(rules.see_meeting, Meeting)
def add_remark(meeting: Meeting) -> Any:
    """Keep a remark of an account."""
    row, form = operations.of(db.session(), meeting), RemarkForm()
    if row is None or row.state is MinutesState.DRAFT:
        abort(404)
    form.offer(operations.points_of(operations.sent_text(row.versions[-1])))
    if form.validate_on_submit():
        try:
            remarks.add(
                db.session(), row, form.text.data or "", by=_account(meeting),
                item_key=form.point.data or "", now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("Votre remarque est arrivée. Vous aurez une réponse."), "success")
            return redirect(url_for("spaces.minutes", id=meeting.id, _anchor="remarques"), 303)
    return show(meeting, form), 422


def _account(meeting: Meeting) -> Author:
    session, user = db.session(), current_user()
    person = session.scalar(select(Person).where(Person.user_id == user.id).limit(1))
    spoken_for = session.scalars(seats.spoken_for(user.id, meeting.space_id, today())).first()
    return Author(user.name, user, person.id if person else None, spoken_for.id if spoken_for else None)


@blueprint.get("/reunions/<int:id>/compte-rendu/remarques/<int:number>")
@permit(rules.edit_meeting, Meeting)
def remark(meeting: Meeting, number: int) -> Any:
    """Show a remark, with the gestures that settle it."""
    row = _of(meeting, number)
    form = AnswerForm(formdata=None)
    form.offer()
    if row.state is not RemarkState.OPEN:
        form.state.data, form.answer.data = row.state.value, row.answer
    return _page(meeting, row, form)


def _page(meeting: Meeting, row: Remark, form: AnswerForm) -> str:
    return render_template(
        "spaces/minutes/remark.html", meeting=meeting, remark=row, form=form, words=REMARK_STATES
    )


@blueprint.post("/reunions/<int:id>/compte-rendu/remarques/<int:number>")
@permit(rules.edit_meeting, Meeting)
def answer_remark(meeting: Meeting, number: int) -> Any:
    """Take a remark up or decline it; its author is told."""
    row, form = _of(meeting, number), AnswerForm()
    form.offer()
    if form.validate_on_submit():
        try:
            remarks.answer(
                db.session(), row, form.chosen, form.answer.data or "", actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("La réponse part à %(name)s.", name=row.author_name), "success")
            return redirect(url_for("spaces.minutes", id=meeting.id, _anchor="remarques"), 303)
    return _page(meeting, row, form), 422


def _of(meeting: Meeting, number: int) -> Remark:
    row = db.session.scalar(queries.remark(number))
    if row is None or row.version.minutes.meeting_id != meeting.id:
        abort(404)
    return row


# --- By link --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """By which link somebody came to the minutes: the meeting's own, or one to the minutes alone."""

    meeting: Meeting
    author: Author
    here: str
    pdf: str
    speaks: bool  # their mandate still holds, or they are a guest


def _invited(attendance: Attendance, token: str) -> Door:
    author = Author(
        attendance.name, person_id=attendance.person_id, organisation_id=attendance.organisation_id,
        attendance_id=attendance.id,
    )  # fmt: skip
    return Door(
        attendance.meeting,
        author,
        url_for("spaces.linked_minutes", token=token),
        url_for("spaces.linked_minutes_pdf", token=token),
        minutes_letters.may_read(db.session(), attendance, now=clock.now()),
    )


def _reader(reader: MinutesReader, token: str) -> Door:
    return Door(
        reader.minutes.meeting,
        Author(reader.name, person_id=reader.person_id, organisation_id=reader.organisation_id),
        url_for("spaces.minutes_by_reader", token=token),
        url_for("spaces.minutes_by_reader_pdf", token=token),
        minutes_letters.may_read(db.session(), reader, now=clock.now()),
    )


@blueprint.get("/reunion/<token>/compte-rendu")
@permit_token(convening.PURPOSE, Attendance)
def linked_minutes(attendance: Attendance, token: str) -> Any:
    """Show the minutes to whoever was asked to the meeting."""
    return _linked(_invited(attendance, token), RemarkForm(formdata=None))


@blueprint.post("/reunion/<token>/compte-rendu")
@limiter.limit("30 per hour")
@permit_token(convening.PURPOSE, Attendance)
def remark_by_link(attendance: Attendance, token: str) -> Any:
    """Keep their remark."""
    return _remark(_invited(attendance, token))


@blueprint.get("/reunion/<token>/compte-rendu.pdf")
@permit_token(convening.PURPOSE, Attendance)
def linked_minutes_pdf(attendance: Attendance, token: str) -> Any:
    """Send them the PDF."""
    return _file(_invited(attendance, token))


@blueprint.get("/compte-rendu/<token>")
@permit_token(minutes_letters.PURPOSE, MinutesReader)
def minutes_by_reader(reader: MinutesReader, token: str) -> Any:
    """Show the minutes to whoever speaks in the space since."""
    return _linked(_reader(reader, token), RemarkForm(formdata=None))


@blueprint.post("/compte-rendu/<token>")
@limiter.limit("30 per hour")
@permit_token(minutes_letters.PURPOSE, MinutesReader)
def remark_by_reader(reader: MinutesReader, token: str) -> Any:
    """Keep their remark."""
    return _remark(_reader(reader, token))


@blueprint.get("/compte-rendu/<token>/pdf")
@permit_token(minutes_letters.PURPOSE, MinutesReader)
def minutes_by_reader_pdf(reader: MinutesReader, token: str) -> Any:
    """Send them the PDF."""
    return _file(_reader(reader, token))


def _sent(door: Door) -> Minutes | None:
    """Return the minutes once they are sent."""
    row = operations.of(db.session(), door.meeting)
    return None if row is None or row.state is MinutesState.DRAFT else row


def _linked(door: Door, form: RemarkForm) -> Any:
    if not door.speaks:
        return dead_link("expired", 410)
    network()  # kept for this request: the letterhead reads it, the page does
    session, row = db.session(), _sent(door)
    if row is None:
        return render_template("spaces/minutes/linked.html", door=door, minutes=None, paper=None)
    paper = operations.document(session, door.meeting, row)
    form.offer(operations.points_of(paper.text))
    own = session.scalars(queries.remarks(row.id).where(remarks.is_own(door.author))).all()
    return render_template(
        "spaces/minutes/linked.html",
        door=door,
        minutes=row,
        paper=paper,
        form=form,
        remarks=own,
        remark_words=REMARK_STATES,
        may_remark=remarks.may_remark(row, today()),
        standing=standing.of(row, today()),
        words=MINUTES_STANDINGS,
        has_file=papers.stored(row) is not None,
        changed=changed_in(row),
    )


def changed_in(row: Minutes) -> list[differences.Part]:
    """Return what the last version says otherwise than the one before, until it is approved."""
    if row.is_approved or len(row.versions) == 1:
        return []
    before, last = (operations.sent_text(version) for version in row.versions[-2:])
    return differences.between(before, last)


def _remark(door: Door) -> Any:
    if not door.speaks:
        return dead_link("expired", 410)
    row, form = _sent(door), RemarkForm()
    if row is None:
        abort(404)
    form.offer(operations.points_of(operations.sent_text(row.versions[-1])))
    if form.validate_on_submit():
        try:
            remarks.add(
                db.session(), row, form.text.data or "", by=door.author, item_key=form.point.data or "",
                now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("Votre remarque est arrivée. La réponse vous viendra par mail."), "success")
            return redirect(f"{door.here}#remarques", 303)
    return _linked(door, form), 422


def _file(door: Door) -> Any:
    if not door.speaks:
        return dead_link("expired", 410)
    kept = papers.stored(_sent(door))
    if kept is None:
        abort(404)
    return files.answer(kept, inline=True)
