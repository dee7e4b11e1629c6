"""Proposing to change a recommendation: an organisation by its link, by account, or told; a space."""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.core import clock
from hub.core.access import coordinator, current_user, may, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter
from hub.recommendations.forms.amendments import AmendForm, SpaceAmendForm
from hub.recommendations.forms.carrying import VoiceForm
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import VoiceChannel
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import AmendedPart, Amendment
from hub.recommendations.operations import amendments, consultations
from hub.recommendations.operations.amendments import ChangedError, Proposal, Proposer
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.operations.positions import BY_LINK
from hub.recommendations.queries import amendments as queries
from hub.recommendations.queries import carrying
from hub.recommendations.queries import steps as step_queries
from hub.recommendations.rules import answer_for, works_on
from hub.recommendations.values.paragraphs import paragraphs
from hub.recommendations.views.amendments import change_of
from hub.recommendations.views.blueprint import argument, blame, blueprint, flash_refusal
from hub.recommendations.views.decisions import OFFERED, RECENT
from hub.recommendations.views.positions import told_form
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space

Answer = str | Response | tuple[str, int]
LARGEST = 10_000  # paragraphs, versions: beyond, a number names nothing


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph that may be amended: its part, its number, its words."""

    part: AmendedPart
    number: int
    words: str


@blueprint.get("/contribution/<token>/amender/<code>")
@permit_token(PURPOSE, Invitation)
def amend(invitation: Invitation, *, token: str, code: str) -> str:
    """Show the text by paragraphs, each of which may be amended, and what was proposed."""
    return _page(invitation, _listed(invitation, code), token=token)


@blueprint.post("/contribution/<token>/amender/<code>")
@permit_token(PURPOSE, Invitation)
@limiter.limit("120 per hour")
def propose(invitation: Invitation, *, token: str, code: str) -> Answer:
    """Keep what the organisation proposes."""
    row = _listed(invitation, code)
    return _propose(invitation, row, VoiceChannel.LINK, BY_LINK, token=token)


@blueprint.post("/contribution/<token>/amender/<code>/<int:number>/retirer")
@permit_token(PURPOSE, Invitation)
@limiter.limit("120 per hour")
def withdraw_amendment(invitation: Invitation, *, token: str, code: str, number: int) -> Response:
    """Take an amendment back."""
    _withdraw(invitation, code, number, BY_LINK)
    return redirect(url_for("recommendations.amend", token=token, code=code), 303)


@blueprint.get("/appels/invitations/<int:id>/amender/<code>")
@permit(answer_for, Invitation)
def amend_told(row: Invitation, *, code: str) -> str:
    """Show the same to whoever speaks for the organisation, or to a coordinator who was told."""
    return _page(row, _listed(row, code), told=told_form())


@blueprint.post("/appels/invitations/<int:id>/amender/<code>")
@permit(answer_for, Invitation)
def propose_told(row: Invitation, *, code: str) -> Answer:
    """Keep what the organisation proposes; a coordinator says how it was told."""
    told, wanted = told_form(), _listed(row, code)
    channel = VoiceChannel.ACCOUNT
    if told is not None:
        if not told.validate():
            return _page(row, wanted, form=AmendForm(), told=told), 422
        channel = VoiceChannel(told.channel.data)
    return _propose(row, wanted, channel, current_user(), told=told)


@blueprint.post("/appels/invitations/<int:id>/amender/<code>/<int:number>/retirer")
@permit(answer_for, Invitation)
def withdraw_amendment_told(row: Invitation, *, code: str, number: int) -> Response:
    """Take an amendment back in the organisation's name."""
    _withdraw(row, code, number, current_user())
    return redirect(url_for("recommendations.amend_told", id=row.id, code=code), 303)


@blueprint.get("/recommandations/<code>/amendements/proposer")
@permit(works_on, Recommendation, key="code")
def amend_for_space(row: Recommendation) -> str:
    """Show the text by paragraphs, and the form of the one that is chosen."""
    place = chosen(row)
    form = None
    if place is not None and amendments.is_open(row):
        form = begun(SpaceAmendForm, row, place)
    return _space_page(row, form)


@blueprint.post("/recommandations/<code>/amendements/proposer")
@permit(works_on, Recommendation, key="code")
def propose_for_space(row: Recommendation) -> Answer:
    """Keep what a space proposes."""
    session, form = db.session(), SpaceAmendForm()
    _offer(form, row)
    if not form.validate():
        return _space_page(row, form), 422
    meeting = session.get(Meeting, int(form.meeting.data)) if form.meeting.data else None
    space = session.get_one(Space, int(form.space.data))
    if meeting is not None and meeting.space_id != space.id:
        form.meeting.errors = [gettext("Cette réunion est celle d’un autre espace.")]
        return _space_page(row, form), 422
    proposer = Proposer(
        space=space, meeting=meeting, channel=VoiceChannel.MEETING if meeting else VoiceChannel.ACCOUNT
    )
    try:
        amendments.propose(session, row, proposal(form), proposer, actor=current_user(), now=clock.now())
    except ChangedError as refusal:
        blame(form, refusal)
        renew(form, row)
        return _space_page(row, form), 409
    except DomainError as refusal:
        return _space_page(row, form, problem=blame(form, refusal)), 422
    flash(gettext("L’amendement est proposé : la coordination y répond."), "success")
    return redirect(url_for("recommendations.amendments", code=row.code), 303)


def passages(row: Recommendation) -> list[Passage]:
    """Return what may be amended, paragraph by paragraph, in the order of the parts."""
    order = (
        AmendedPart.TITLE, AmendedPart.FINDING, AmendedPart.TEXT, AmendedPart.JUSTIFICATION,
        AmendedPart.INDICATOR,
    )  # fmt: skip
    return [
        Passage(part, number, words)
        for part in order
        for number, words in enumerate(paragraphs(amendments.text_of(row, part)))
    ]


def chosen(row: Recommendation) -> tuple[AmendedPart, int] | None:
    """Return the paragraph that the address names, one after the last for words to be added."""
    part = next((each for each in AmendedPart if each.value == argument("partie")), None)
    number = request.args.get("paragraphe", 0, type=int)
    if part is None or not 0 <= number <= len(paragraphs(amendments.text_of(row, part))):
        return None
    return part, number


def begun(form_class: type[AmendForm], row: Recommendation, place: tuple[AmendedPart, int]) -> AmendForm:
    """Return the form of one paragraph with its words of today."""
    part, number = place
    found = paragraphs(amendments.text_of(row, part))
    return form_class(
        formdata=None,
        part=part.value,
        paragraph=str(number),
        version=str(row.version),
        key=secrets.token_urlsafe(12),
        after=found[number] if number < len(found) else "",
    )


def proposal(form: AmendForm) -> Proposal:
    """Return what was typed. Ends with 404 where the hidden fields name nothing."""
    part = next((each for each in AmendedPart if each.value == form.part.data), None)
    number, version = _number(form.paragraph.data), _number(form.version.data)
    if part is None or number is None or version is None:
        abort(404)
    return Proposal(
        part,
        number,
        version,
        form.after.data or "",
        form.reason.data or "",
        (form.key.data or "")[:40] or None,
    )


def renew(form: AmendForm, row: Recommendation) -> None:
    """Let a form that was overtaken speak of the words of today: what was typed stays."""
    form.version.data = str(row.version)
    part = next((each for each in AmendedPart if each.value == form.part.data), None)
    if part is not None:
        last = len(paragraphs(amendments.text_of(row, part))) - 1
        form.paragraph.data = str(max(0, min(_number(form.paragraph.data) or 0, last)))


def _offer(form: SpaceAmendForm, row: Recommendation) -> None:
    """Offer any space to coordinators, to others the one that works on it."""
    session, now = db.session(), clock.now()
    own = None if may(coordinator) else session.scalar(step_queries.group_of(row.id))
    spaces = [own] if own is not None else session.scalars(step_queries.active_spaces()).all()
    since = step_queries.recent_meetings(now - RECENT, now, own.id if own is not None else None)
    form.offer(spaces, list(session.scalars(since.limit(OFFERED))))
    if own is not None and not form.space.data:
        form.space.data = str(own.id)


def _space_page(row: Recommendation, form: SpaceAmendForm | None, **more: Any) -> str:
    if form is not None:
        _offer(form, row)
    return render_template(
        "recommendations/amend_for_space.html",
        recommendation=row,
        passages=passages(row),
        form=form,
        may_propose=amendments.is_open(row),
        here=url_for("recommendations.amend_for_space", code=row.code),
        is_coordinator=may(coordinator),
        **more,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) <= LARGEST else None


def _listed(invitation: Invitation, code: str) -> Recommendation:
    row = db.session.scalar(queries.listed(invitation, code))
    if row is None:
        abort(404)
    return row


def _propose(
    invitation: Invitation, row: Recommendation, channel: VoiceChannel, actor: User | str, **more: Any
) -> Answer:
    form = AmendForm()
    if not form.validate():
        return _page(invitation, row, form=form, **more), 422
    try:
        amendments.propose_in_call(
            db.session(), invitation, row, proposal(form), channel=channel, actor=actor, now=clock.now()
        )
    except ChangedError as refusal:
        blame(form, refusal)
        renew(form, row)
        return _page(invitation, row, form=form, **more), 409
    except DomainError as refusal:
        return _page(invitation, row, form=form, problem=blame(form, refusal), **more), 422
    flash(gettext("L’amendement est envoyé. La réponse se lira ici, avec sa raison."), "success")
    return redirect(_here(invitation, row.code, more.get("token")), 303)


def _withdraw(invitation: Invitation, code: str, number: int, actor: User | str) -> None:
    row = _listed(invitation, code)
    found = db.session.scalar(
        queries.of_organisation(invitation.organisation_id, row.id).where(Amendment.id == number)
    )
    if found is None:
        abort(404)
    try:
        amendments.withdraw(db.session(), found, actor=actor, now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(gettext("L’amendement est retiré."))


def _here(invitation: Invitation, code: str, token: str | None) -> str:
    if token:
        return url_for("recommendations.amend", token=token, code=code)
    return url_for("recommendations.amend_told", id=invitation.id, code=code)


def _page(
    invitation: Invitation,
    row: Recommendation,
    *,
    form: AmendForm | None = None,
    token: str | None = None,
    told: VoiceForm | None = None,
    **more: Any,
) -> str:
    session, campaign = db.session(), invitation.campaign
    phase = session.scalar(carrying.period(campaign))
    state = consultations.state(campaign, phase, clock.now())
    place = chosen(row)
    may_propose = state == "open" and amendments.is_open(row)
    if form is None and may_propose and place is not None:
        form = begun(AmendForm, row, place)
    own = session.scalars(queries.of_organisation(invitation.organisation_id, row.id)).all()
    return render_template(
        "recommendations/amend.html",
        invitation=invitation,
        campaign=campaign,
        recommendation=row,
        passages=passages(row),
        form=form if may_propose else None,
        may_propose=may_propose,
        state=state,
        phase=phase,
        own=[(each, change_of(each)) for each in own],
        here=_here(invitation, row.code, token),
        token=token,
        told=told,
        **more,
    )
