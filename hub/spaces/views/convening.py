"""Pages of sending an agenda: to whom, what is missing, how far it is; and a member's own answer."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hub.core import clock, jobs
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.spaces import rules
from hub.spaces.forms.meetings import SUBSTITUTE, ComingForm, GuestForm
from hub.spaces.models.meetings import AgendaItem, Attendance, ItemState, Meeting, MeetingState
from hub.spaces.operations import agenda, convening, meetings
from hub.spaces.operations.convening import Recipient
from hub.spaces.operations.meetings import TELL_JOB
from hub.spaces.queries import followers
from hub.spaces.queries import meetings as queries
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.meetings import show, tell, timing_of
from hub.spaces.words import ROLES


@blueprint.get("/reunions/<int:id>/envoi")
@permit(rules.edit_meeting, Meeting)
def send_agenda_page(meeting: Meeting) -> Any:
    """Show to whom the agenda goes, and what is missing."""
    return _page(meeting, GuestForm(formdata=None))


def _page(meeting: Meeting, form: GuestForm) -> str:
    session, now = db.session(), clock.now()
    found = convening.recipients(session, meeting, now=now)
    silent = convening.silent_seats(session, meeting, found)
    points = session.scalars(queries.points(meeting.id)).unique()
    items = [item for item in points if item.state is ItemState.AGREED]
    is_announced = meeting.space.is_announced
    return render_template(
        "spaces/meetings/send.html",
        meeting=meeting,
        space=meeting.space,
        recipients=found,
        new=[one for one in found if one.is_new and one.email],
        silent=silent,
        followers=session.scalar(followers.number(meeting.space)) if is_announced else 0,
        missing=missing(meeting, items, found),
        changed=convening.differs(meeting, items),
        can_send=now < meeting.starts_at and meeting.state in agenda.IN_PREPARATION,
        points=convening.lines(items, meeting),
        job=session.scalar(jobs.of(meeting, TELL_JOB).limit(1)),
        form=form,
        roles=ROLES,
    )


def missing(meeting: Meeting, items: Sequence[AgendaItem], found: Sequence[Recipient]) -> list[str]:
    """Return what had better be there before an agenda is sent, in sentences."""
    timing = timing_of(meeting, items)
    without = [one.name for one in found if not one.email]
    said = []
    if not items:
        said.append(_("L’ordre du jour est vide : ajoutez au moins un point."))
    if items and timing.unmeasured:
        said.append(
            ngettext(
                "%(num)s point n’a pas de durée.", "%(num)s points n’ont pas de durée.", timing.unmeasured
            )
        )
    if timing.excess:
        said.append(
            _(
                "Les points durent %(total)d minutes, la réunion %(length)d.",
                total=timing.total,
                length=timing.length,
            )
        )
    if not (meeting.place_name or meeting.online_url):
        said.append(_("Le lieu manque, et il n’y a pas d’adresse en ligne."))
    if without:
        said.append(
            _("Sans adresse mail : %(names)s. Ces personnes ne recevront rien.", names=", ".join(without))
        )
    return said


@blueprint.post("/reunions/<int:id>/envoi")
@permit(rules.edit_meeting, Meeting)
def send_agenda(meeting: Meeting) -> Any:
    """Convene whoever hasn't been; with « à toutes les personnes », bring the others up to date too."""
    to_all = request.form.get("to_all") == "1"
    try:
        count = convening.send(db.session(), meeting, to_all=to_all, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
        return redirect(url_for("spaces.send_agenda_page", id=meeting.id), 303)
    if count:
        flash(
            ngettext(
                "L’ordre du jour part à %(num)s personne.", "L’ordre du jour part à %(num)s personnes.", count
            ),
            "success",
        )
    else:
        flash(_("La mise à jour part à toutes les personnes convoquées."), "success")
    return redirect(url_for("spaces.meeting", id=meeting.id), 303)


@blueprint.get("/reunions/<int:id>/envoi/progres")
@permit(rules.edit_meeting, Meeting)
def sending_progress(meeting: Meeting) -> Any:
    """Say how far the mails are."""
    job = db.session.scalar(jobs.of(meeting, TELL_JOB).limit(1))
    if job is None:
        abort(404)
    return render_template("spaces/meetings/progress.html", meeting=meeting, job=job)


@blueprint.post("/reunions/<int:id>/envoi/reprendre")
@permit(rules.edit_meeting, Meeting)
def resume_sending(meeting: Meeting) -> Any:
    """Take a sending up again that was interrupted; who was written to is left alone."""
    meetings.plan_telling(db.session(), meeting, now=clock.now(), actor=current_user())
    return redirect(url_for("spaces.meeting", id=meeting.id), 303)


@blueprint.post("/reunions/<int:id>/invites")
@permit(rules.edit_meeting, Meeting)
def add_meeting_guest(meeting: Meeting) -> Any:
    """Put somebody who doesn't sit in the space on the list."""
    form = GuestForm()
    if not form.validate_on_submit():
        return _page(meeting, form), 422
    try:
        row = convening.add_guest(
            db.session(), meeting, form.email.data or "", form.name.data or "",
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        tell(form, problem)
        return _page(meeting, form), 422
    if meeting.state is MeetingState.CONVENED:
        flash(
            _("%(name)s est sur la liste. Envoyez-lui maintenant l’ordre du jour.", name=row.name), "success"
        )
    else:
        flash(_("%(name)s est sur la liste.", name=row.name), "success")
    return redirect(url_for("spaces.send_agenda_page", id=meeting.id, _anchor="destinataires"), 303)


@blueprint.post("/reunions/<int:id>/reponse")
@permit(rules.see_meeting, Meeting)
def say_coming(meeting: Meeting) -> Any:
    """Keep whether the account's own person comes."""
    session, now = db.session(), clock.now()
    row = session.get(Attendance, request.form.get("attendance", 0, type=row_number))
    if row is None or row.meeting_id != meeting.id or row.person is None:
        abort(404)
    if row.person.user_id != current_user().id or not convening.is_asked(session, row, now=now):
        abort(403)
    form = ComingForm()
    form.offer(row, convening.substitutes(session, row))
    if not form.validate_on_submit():
        return show(meeting, coming=form), 422
    try:
        convening.answer(
            session, row, form.word(), sends_substitute=form.answer.data == SUBSTITUTE,
            actor=current_user(), now=now,
        )  # fmt: skip
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        flash(_("Votre réponse est enregistrée."), "success")
    return redirect(url_for("spaces.meeting", id=meeting.id, _anchor="ma-reponse"), 303)
