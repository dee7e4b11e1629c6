"""A meeting by personal link, for people without account. Nothing acts on GET (S11).

Each request asks anew whether the person still speaks there: a mandate that has ended opens nothing more.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from hub.actors.models.organisations import Organisation
from hub.core import clock, settings
from hub.core.access import dead_link, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter, network, site
from hub.spaces.forms.meetings import SUBSTITUTE, ComingForm, ProposedItemForm
from hub.spaces.models.meetings import Attendance, ItemState, MeetingState
from hub.spaces.operations import agenda, convening, invitations
from hub.spaces.queries import meetings as queries
from hub.spaces.views.agenda import shown_document
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.meetings import as_calendar, tell, timing_of, words

GONE = 410


def still_asked(view: Callable[..., Any]) -> Callable[..., Any]:
    """Guard a page of a meeting's link: say that it has expired once the mandate has."""

    @wraps(view)
    def guarded(attendance: Attendance, *, token: str, **more: Any) -> Any:
        if attendance.invited_at is None or not convening.is_asked(db.session(), attendance, now=clock.now()):
            return dead_link("expired", GONE)
        return view(attendance, token=token, **more)

    return guarded


@blueprint.get("/reunion/<token>")
@permit_token(convening.PURPOSE, Attendance)
@still_asked
def asked_meeting(attendance: Attendance, *, token: str) -> Any:
    """Show a meeting to who is asked to it."""
    form = ComingForm(formdata=None)
    return _page(attendance, token, form)


def _page(attendance: Attendance, token: str, form: ComingForm) -> str:
    session, now = db.session(), clock.now()
    session.scalar(queries.with_agenda(attendance.meeting_id))
    meeting = attendance.meeting
    can_answer = now < meeting.starts_at and meeting.state in agenda.IN_PREPARATION
    others = convening.substitutes(session, attendance) if can_answer else []
    form.offer(attendance, others)
    agreed = [item for item in meeting.items if item.state is ItemState.AGREED]
    mine = [
        item
        for item in meeting.items
        if attendance.person_id is not None
        and item.proposed_by_id == attendance.person_id
        and item.state is not ItemState.AGREED
    ]
    return render_template(
        "spaces/meetings/asked.html",
        attendance=attendance,
        meeting=meeting,
        space=meeting.space,
        token=token,
        form=form,
        agreed=agreed,
        own_points=mine,
        timing=timing_of(meeting, agreed),
        can_answer=can_answer,
        can_propose=can_answer
        and attendance.organisation_id is not None
        and attendance.person_id is not None,
        is_over=now >= meeting.ends_at,
        contact=network().contact_email,
        **words(),
    )


@blueprint.post("/reunion/<token>/reponse")
@permit_token(convening.PURPOSE, Attendance)
@still_asked
def asked_answer(attendance: Attendance, *, token: str) -> Any:
    """Keep whether somebody comes."""
    session = db.session()
    form = ComingForm()
    form.offer(attendance, convening.substitutes(session, attendance))
    if not form.validate_on_submit():
        return _page(attendance, token, form), 422
    try:
        convening.answer(
            session, attendance, form.word(), sends_substitute=form.answer.data == SUBSTITUTE,
            actor=convening.BY_LINK, now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        flash(
            _("Votre réponse est enregistrée. Vous pouvez en changer jusqu’au début de la réunion."),
            "success",
        )
    return redirect(url_for("spaces.asked_meeting", token=token), 303)


@blueprint.get("/reunion/<token>/documents/<int:number>")
@permit_token(convening.PURPOSE, Attendance)
@still_asked
def asked_document(attendance: Attendance, *, token: str, number: int) -> Response:
    """Send a document of the agenda."""
    del token
    return shown_document(attendance.meeting, number)


@blueprint.get("/reunion/<token>/reunion.ics")
@permit_token(convening.PURPOSE, Attendance)
@still_asked
def asked_calendar(attendance: Attendance, *, token: str) -> Response:
    """Send somebody's own entry for a calendar."""
    del token
    session, meeting = db.session(), attendance.meeting
    email = convening.email_of(attendance.person) if attendance.person else attendance.guest_email
    points = convening.lines(agenda.agreed(session, meeting), meeting)
    content = invitations.personal(
        attendance, site(), email=email, organiser=settings.get(session).contact_email,
        now=clock.now(), description="\n".join(points),
    )  # fmt: skip
    return as_calendar(content, f"reunion-{meeting.id}.ics")


@blueprint.get("/reunion/<token>/proposer")
@permit_token(convening.PURPOSE, Attendance)
@still_asked
def asked_propose_page(attendance: Attendance, *, token: str) -> Any:
    """Show the form of a point to propose."""
    form = ProposedItemForm(formdata=None)
    return _propose_page(attendance, token, form)


def _propose_page(attendance: Attendance, token: str, form: ProposedItemForm) -> str:
    form.offer(_own(attendance))
    meeting = attendance.meeting
    return render_template(
        "spaces/meetings/asked_propose.html",
        attendance=attendance,
        meeting=meeting,
        token=token,
        form=form,
        is_closed=clock.now() >= meeting.starts_at or meeting.state is MeetingState.CANCELLED,
    )


def _own(attendance: Attendance) -> list[Organisation]:
    return [attendance.organisation] if attendance.organisation else []


@blueprint.post("/reunion/<token>/proposer")
@permit_token(convening.PURPOSE, Attendance)
@still_asked
@limiter.limit("30 per hour")
def asked_propose(attendance: Attendance, *, token: str) -> Any:
    """Let somebody propose a point for their organisation."""
    form = ProposedItemForm()
    form.offer(_own(attendance))
    person, organisation = attendance.person, attendance.organisation
    if person is None or organisation is None:
        return dead_link("expired", GONE)
    if not form.validate_on_submit():
        return _propose_page(attendance, token, form), 422
    try:
        agenda.propose(
            db.session(), attendance.meeting, form.facts(), person=person, organisation=organisation,
            actor=agenda.BY_LINK, now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        tell(form, problem)
        return _propose_page(attendance, token, form), 422
    flash(_("Votre point est proposé. Vous recevrez un mail avec la réponse."), "success")
    return redirect(url_for("spaces.asked_meeting", token=token), 303)
