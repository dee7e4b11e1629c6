"""Where an organisation stands on what it is consulted on: by its link, by an account, or told by phone."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.core import clock
from hub.core.access import coordinator, current_user, may, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter, row_number
from hub.recommendations.forms.carrying import PositionForm, VoiceForm
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import (
    SUPPORTS,
    CampaignRecommendation,
    RecommendationPosition,
    Support,
    VoiceChannel,
)
from hub.recommendations.operations import consultations, positions
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.operations.positions import Said, VoiceMovedError
from hub.recommendations.queries import carrying
from hub.recommendations.rules import answer_for
from hub.recommendations.views.blueprint import blueprint, sentence

Answer = str | Response | tuple[str, int]


@blueprint.get("/contribution/<token>/consultation")
@permit_token(PURPOSE, Invitation)
def consultation(invitation: Invitation, *, token: str) -> str:
    """Show what the organisation is consulted on, and where it stands."""
    return _page(invitation, token=token)


@blueprint.post("/contribution/<token>/consultation")
@permit_token(PURPOSE, Invitation)
@limiter.limit("120 per hour")
def say(invitation: Invitation, *, token: str) -> Answer:
    """Keep where the organisation stands."""
    here = url_for("recommendations.consultation", token=token)
    return _keep(invitation, VoiceChannel.LINK, positions.BY_LINK, here, token=token)


@blueprint.get("/appels/invitations/<int:id>/consultation")
@permit(answer_for, Invitation)
def voice(row: Invitation) -> str:
    """Show the same to whoever speaks for the organisation, or to a coordinator who was told."""
    return _page(row, told=told_form())


@blueprint.post("/appels/invitations/<int:id>/consultation")
@permit(answer_for, Invitation)
def say_by_account(row: Invitation) -> Answer:
    """Keep where the organisation stands; a coordinator says how it was told."""
    told = told_form()
    channel = VoiceChannel.ACCOUNT
    if told is not None:
        if not told.validate():
            return _page(row, told=told, forms=_typed(row)), 422
        channel = VoiceChannel(told.channel.data)
    here = url_for("recommendations.voice", id=row.id)
    return _keep(row, channel, current_user(), here, told=told)


@blueprint.app_template_global()
def my_consultations(campaign: Campaign) -> list[Invitation]:
    """Return the invitations for which this person speaks, once there is something to answer."""
    user, today, session = current_user(), clock.today(clock.now()), db.session()
    if user is None or session.scalar(carrying.is_consulting(campaign, today)) is None:
        return []
    return list(session.scalars(carrying.spoken_for(user, campaign, today)))


def told_form() -> VoiceForm | None:
    """Return the question how it was told, None for somebody who speaks for the organisation."""
    if not may(coordinator):
        return None
    form = VoiceForm()
    form.fill()
    return form


def _keep(invitation: Invitation, channel: VoiceChannel, actor: User | str, here: str, **more: Any) -> Answer:
    forms = _typed(invitation)
    answered = {number: form for number, form in forms.items() if form.support.data}
    if [form for form in answered.values() if not form.validate()]:
        return _page(invitation, forms=forms, **more), 422
    said = [_said(number, form) for number, form in answered.items()]
    try:
        changed = positions.say(db.session(), invitation, said, channel=channel, actor=actor, now=clock.now())
    except VoiceMovedError as refusal:
        form = forms[refusal.other.recommendation_id]
        _blame(forms, refusal)
        form.seen.data = str(refusal.other.id)
        return _page(invitation, forms=forms, other=refusal.other, **more), 409
    except DomainError as refusal:
        problem = _blame(forms, refusal)
        return _page(invitation, forms=forms, problem=problem, **more), 422
    flash(
        ngettext("%(num)s position est enregistrée.", "%(num)s positions sont enregistrées.", changed)
        if changed
        else gettext("Rien n’a changé : vos positions sont enregistrées.")
        if said
        else gettext("Choisissez une position pour au moins une recommandation."),
        "success" if said else "warning",
    )
    return redirect(here, 303)


def _said(number: int, form: PositionForm) -> Said:
    return Said(
        recommendation_id=number,
        support=Support(form.support.data),
        reason=form.reason.data or "",
        version=_number(form.version.data),
        seen=_number(form.seen.data),
    )


def _number(text: str | None) -> int:
    """Return a number that the page was given; 0, which names nothing, for anything else."""
    try:
        return row_number(text or "0")
    except ValueError:
        return 0


def _blame(forms: dict[int, PositionForm], problem: DomainError) -> str | None:
    """Put a refusal under the question at fault; return its sentence if there is none."""
    number, _, name = (problem.field or "").removeprefix("r").partition("-")
    form = forms.get(int(number)) if number.isdigit() else None
    if form is None:
        return sentence(problem)
    form[name].errors = [*form[name].errors, sentence(problem)]
    return None


def _typed(invitation: Invitation) -> dict[int, PositionForm]:
    """Return what was typed, by the recommendation's number."""
    rows = db.session.scalars(carrying.consulted(invitation.campaign))
    forms = {}
    for row in rows:
        form = PositionForm(request.form, prefix=f"r{row.recommendation_id}-")
        form.fill()
        forms[row.recommendation_id] = form
    return forms


def _standing(
    row: CampaignRecommendation, said: RecommendationPosition | None, since: dict[int, int]
) -> PositionForm:
    """Return the form of one recommendation as it stands: an answer to other words is not taken over."""
    holds = said is not None and said.version >= since.get(row.recommendation_id, 0)
    form = PositionForm(
        prefix=f"r{row.recommendation_id}-",
        data={
            "support": said.support.value if said and holds else "",
            "reason": said.reason if said and holds else "",
            "version": str(row.recommendation.version),
            "seen": str(said.id if said else 0),
        },
    )
    form.fill()
    return form


def _page(
    invitation: Invitation,
    *,
    token: str | None = None,
    told: VoiceForm | None = None,
    forms: dict[int, PositionForm] | None = None,
    **more: Any,
) -> str:
    session = db.session()
    campaign = invitation.campaign
    rows = list(session.scalars(carrying.consulted(campaign)))
    numbers = [row.recommendation_id for row in rows]
    said = {
        row.recommendation_id: row
        for row in session.scalars(carrying.said_of(numbers, invitation.organisation_id))
    }
    since = dict(session.execute(carrying.substantive_of(numbers)).all())
    phase = session.scalar(carrying.period(campaign))
    if forms is None:
        forms = {
            number: _standing(row, said.get(number), since) for row, number in zip(rows, numbers, strict=True)
        }
    else:
        for row in rows:
            # What is shown now is what will have been read when it is saved again.
            forms[row.recommendation_id].version.data = str(row.recommendation.version)
    return render_template(
        "recommendations/consultation_answer.html",
        invitation=invitation,
        campaign=campaign,
        rows=rows,
        forms_of=forms,
        said=said,
        since=since,
        supports=SUPPORTS,
        phase=phase,
        state=consultations.state(campaign, phase, clock.now()),
        token=token,
        told=told,
        **more,
    )
