"""What an organisation says itself of a decision, after the meeting: with an account, or by its link."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.access import current_user, dead_link, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.spaces import rules
from hub.spaces.forms.decisions import OwnPositionForm
from hub.spaces.models.decisions import Decision, DecisionState
from hub.spaces.models.meetings import Attendance
from hub.spaces.operations import decisions as operations
from hub.spaces.operations import positions
from hub.spaces.operations.positions import Said
from hub.spaces.queries import decisions as queries
from hub.spaces.queries import seats
from hub.spaces.values import votes
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.decisions.register import standing_word, today
from hub.spaces.views.decisions.showing import SAID
from hub.spaces.words import METHODS, result_in_words

BY_LINK = "lien personnel"
GONE = 410


@dataclass(frozen=True)
class Speaker:
    """Who says it: for which organisations, and where the page stands."""

    person: Person
    organisations: Sequence[Organisation]
    actor: User | str
    here: str
    back: str


@blueprint.get("/decisions/<code>/position")
@permit(rules.speak_on, Decision, key="code")
def own_position_page(decision: Decision) -> Any:
    """Show what one's organisation said, and let it say where it stands."""
    return _page(decision, _account(decision))


@blueprint.post("/decisions/<code>/position")
@permit(rules.speak_on, Decision, key="code")
def say_position(decision: Decision) -> Any:
    """Take the organisation's position."""
    return _say(decision, _account(decision))


@blueprint.post("/decisions/<code>/position/retirer")
@permit(rules.speak_on, Decision, key="code")
def take_position_back(decision: Decision) -> Any:
    """Take the organisation's position back."""
    return _take_back(decision, _account(decision))


@blueprint.get("/reunion/<token>/decisions")
@permit_token("spaces.meeting", Attendance)
def linked_decisions(attendance: Attendance, token: str) -> Any:
    """List what the meeting decided, with what the link's organisation said of it."""
    _speaks(attendance)
    rows = db.session.scalars(queries.of_meeting(attendance.meeting_id)).all()
    return render_template(
        "spaces/decisions/linked.html",
        attendance=attendance,
        token=token,
        rows=[_told(row, attendance.organisation_id) for row in rows],
        approved=operations.is_approved(db.session(), attendance.meeting_id),
    )


@blueprint.get("/reunion/<token>/decisions/<code>")
@permit_token("spaces.meeting", Attendance)
def linked_position_page(attendance: Attendance, token: str, code: str) -> Any:
    """Show what the link's organisation said of a decision, and let it say where it stands."""
    return _page(*_linked(attendance, token, code))


@blueprint.post("/reunion/<token>/decisions/<code>")
@permit_token("spaces.meeting", Attendance)
def linked_say_position(attendance: Attendance, token: str, code: str) -> Any:
    """Take the organisation's position."""
    return _say(*_linked(attendance, token, code))


@blueprint.post("/reunion/<token>/decisions/<code>/retirer")
@permit_token("spaces.meeting", Attendance)
def linked_take_position_back(attendance: Attendance, token: str, code: str) -> Any:
    """Take the organisation's position back."""
    return _take_back(*_linked(attendance, token, code))


def _account(decision: Decision) -> Speaker:
    """Return the person behind the account, who speaks today for an organisation of the space."""
    user, session = current_user(), db.session()
    person = session.scalars(select(Person).where(Person.user_id == user.id)).one()
    organisations = session.scalars(seats.spoken_for(user.id, decision.space_id, today())).all()
    here = url_for("spaces.own_position_page", code=decision.code)
    return Speaker(person, organisations, user, here, url_for("spaces.decision", code=decision.code))


def _linked(attendance: Attendance, token: str, code: str) -> tuple[Decision, Speaker]:
    """Return the meeting's decision and who opened the link, if they still speak for their organisation."""
    person, organisation = _speaks(attendance)
    decision = db.session.scalar(
        select(Decision).where(Decision.code == code, Decision.meeting_id == attendance.meeting_id)
    )
    if decision is None:
        abort(404)
    here = url_for("spaces.linked_position_page", token=token, code=code)
    back = url_for("spaces.linked_decisions", token=token)
    return decision, Speaker(person, [organisation], BY_LINK, here, back)


def _speaks(attendance: Attendance) -> tuple[Person, Organisation]:
    """Return the link's person and organisation; refuse who no longer speaks for it in this space."""
    person, space_id = attendance.person, attendance.meeting.space_id
    if person is None:
        abort(dead_link("expired", GONE))
    found = db.session.scalars(seats.spoken_for_by(person.id, space_id, today())).all()
    organisation = next((one for one in found if one.id == attendance.organisation_id), None)
    if organisation is None:
        abort(dead_link("expired", GONE))
    return person, organisation


def _told(row: Decision, organisation_id: int | None) -> dict[str, Any]:
    voices = votes.tally(row.positions)
    came = votes.outcome(row.method, row.vote_rule, voices)
    own = next((one for one in row.positions if one.organisation_id == organisation_id), None)
    return {
        "decision": row,
        "state": standing_word(row, came),
        "result": result_in_words(row.method, row.vote_rule, voices, came),
        "own": own,
        "said": SAID[row.method][own.stance] if own else None,
    }


def _page(decision: Decision, speaker: Speaker, form: OwnPositionForm | None = None) -> Any:
    """Show the form, filled with what stands, or say why nothing changes any more."""
    known = {row.organisation_id: row for row in decision.positions}
    own = [known[one.id] for one in speaker.organisations if one.id in known]
    if form is None:
        form = OwnPositionForm(formdata=None)
        form.offer(speaker.organisations, decision)
        if own:
            form.organisation.data, form.stance.data = own[0].organisation_id, own[0].stance
            form.reason.data = own[0].reason
    return render_template(
        "spaces/decisions/position.html",
        decision=decision,
        speaker=speaker,
        form=form,
        own=own,
        said=SAID[decision.method],
        method=METHODS[decision.method],
        closed=decision.state is not DecisionState.IN_FORCE
        or operations.is_approved(db.session(), decision.meeting_id),
    )


def _say(decision: Decision, speaker: Speaker) -> Any:
    form = OwnPositionForm()
    form.offer(speaker.organisations, decision)
    if not form.validate_on_submit():
        return _page(decision, speaker, form), 422
    organisation = next(one for one in speaker.organisations if one.id == form.organisation.data)
    said = Said(form.stance.data, form.reason.data or "", speaker.person.id)
    try:
        positions.say(db.session(), decision, organisation, said, actor=speaker.actor, now=clock.now())
    except DomainError as problem:
        _tell(form, problem)
        return _page(decision, speaker, form), 422
    flash(_("La position de « %(name)s » est notée.", name=organisation.name), "success")
    return redirect(speaker.back, 303)


def _take_back(decision: Decision, speaker: Speaker) -> Any:
    """Take back the position of one organisation; which, must be said by who speaks for several."""
    number = request.form.get("organisation", type=row_number)
    named = [one for one in speaker.organisations if number is None or one.id == number]
    if len(named) != 1:
        abort(404)
    try:
        positions.say(db.session(), decision, named[0], None, actor=speaker.actor, now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "warning")
        return redirect(speaker.here, 303)
    flash(_("Votre position est retirée ; l’historique dit qu’elle a été prise."), "success")
    return redirect(speaker.back, 303)


def _tell(form: OwnPositionForm, problem: DomainError) -> None:
    message = _(problem.msgid, **problem.params)
    name = (problem.field or "").partition("_")[0]
    field = form[name] if name in {"stance", "reason"} else form.stance
    field.errors = [*field.errors, message]
