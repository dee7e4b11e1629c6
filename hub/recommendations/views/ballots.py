"""Putting dots in an organisation's name: by its link, by an account, or told to the coordination."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.core import clock
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter
from hub.recommendations.forms.carrying import VoiceForm
from hub.recommendations.forms.dots import BallotForm
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import VOICE_CHANNELS, Ballot, DotRound, VoiceChannel
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.operations import dots
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.operations.dots import BallotMovedError
from hub.recommendations.operations.positions import BY_LINK
from hub.recommendations.queries import carrying
from hub.recommendations.queries import dots as queries
from hub.recommendations.rules import answer_for
from hub.recommendations.views.blueprint import blueprint, sentence
from hub.recommendations.views.positions import told_form

Answer = str | Response | tuple[str, int]


@blueprint.get("/contribution/<token>/priorites")
@permit_token(PURPOSE, Invitation)
def ballot(invitation: Invitation, *, token: str) -> str:
    """Show the vote, and where the organisation's dots stand."""
    return _page(invitation, token=token)


@blueprint.post("/contribution/<token>/priorites")
@permit_token(PURPOSE, Invitation)
@limiter.limit("120 per hour")
def put_ballot(invitation: Invitation, *, token: str) -> Answer:
    """Keep where the organisation puts its dots."""
    here = url_for("recommendations.ballot", token=token)
    return _put(invitation, VoiceChannel.LINK, BY_LINK, here, token=token)


@blueprint.get("/appels/invitations/<int:id>/priorites")
@permit(answer_for, Invitation)
def ballot_told(row: Invitation) -> str:
    """Show the same to whoever speaks for the organisation, or to a coordinator who was told."""
    return _page(row, told=told_form())


@blueprint.post("/appels/invitations/<int:id>/priorites")
@permit(answer_for, Invitation)
def put_ballot_told(row: Invitation) -> Answer:
    """Keep where the organisation puts its dots; a coordinator says how it was told."""
    told = told_form()
    channel = VoiceChannel.ACCOUNT
    if told is not None:
        if not told.validate():
            return _page(row, told=told, typed=True), 422
        channel = VoiceChannel(told.channel.data)
    return _put(row, channel, current_user(), url_for("recommendations.ballot_told", id=row.id), told=told)


@blueprint.app_template_global()
def vote_of(invitation: Invitation) -> DotRound | None:
    """Return the call's last vote, for the pages that lead there."""
    return db.session().scalars(queries.rounds(invitation.campaign).limit(1)).first()


@blueprint.app_template_global()
def my_votes(campaign: Campaign) -> list[Invitation]:
    """Return the invitations for which this person speaks, while the call's vote is open."""
    user, now, session = current_user(), clock.now(), db.session()
    if user is None:
        return []
    row = session.scalars(queries.rounds(campaign).limit(1)).first()
    if row is None or not dots.is_open(row, now):
        return []
    return list(session.scalars(carrying.spoken_for(user, campaign, clock.today(now))))


def _put(invitation: Invitation, channel: VoiceChannel, actor: User | str, here: str, **more: Any) -> Answer:
    session = db.session()
    row = vote_of(invitation)
    if row is None:
        return redirect(here, 303)
    form, listed, standing = _form(invitation, row, typed=True)
    if not form.valid():
        return _show(invitation, row, form, listed, standing, **more), 422
    try:
        put = dots.put(
            session, row, invitation.organisation, form.sent(), channel=channel, actor=actor,
            now=clock.now(), seen=form.seen.data or "",
        )  # fmt: skip
    except BallotMovedError as refusal:
        form.seen.data = dots.mark(refusal.other)
        return _show(invitation, row, form, listed, refusal.other, other=refusal.other, **more), 409
    except DomainError as refusal:
        problem = _blame(form, refusal)
        return _show(invitation, row, form, listed, standing, problem=problem, **more), 422
    flash(
        gettext("Vos points sont enregistrés.")
        if put.spent
        else gettext("Vos points sont repris : votre organisation ne vote pas."),
        "success",
    )
    return redirect(here, 303)


def _blame(form: BallotForm, problem: DomainError) -> str | None:
    """Put a refusal beside the dots at fault; return its sentence if there are none."""
    number = (problem.field or "").removeprefix("r")
    row = form.rows.get(int(number)) if number.isdigit() else None
    if row is None:
        return sentence(problem)
    row.dots.errors = [*row.dots.errors, sentence(problem)]
    return None


def _form(
    invitation: Invitation, row: DotRound, *, typed: bool
) -> tuple[BallotForm, list[Recommendation], Ballot | None]:
    """Return the form, what it is about, and the ballot that stands.

    What left the list or was set aside is shown as long as dots of the organisation stand on it.
    """
    session = db.session()
    standing = session.scalars(queries.ballot(row, invitation.organisation)).one_or_none()
    had = {dot.recommendation_id: dot.dots for dot in standing.dots} if standing else {}
    listed = [
        each for each in session.scalars(queries.listed(row)) if each.state not in SET_ASIDE or each.id in had
    ]
    known = {each.id for each in listed}
    listed += (
        [dot.recommendation for dot in standing.dots if dot.recommendation_id not in known]
        if standing
        else []
    )
    form = BallotForm(seen=dots.mark(standing)) if typed else BallotForm(None, seen=dots.mark(standing))
    form.over([each.id for each in listed], request.form if typed else None, {} if typed else had)
    return form, listed, standing


def _page(
    invitation: Invitation, *, token: str | None = None, told: VoiceForm | None = None, typed: bool = False
) -> str:
    row = vote_of(invitation)
    if row is None:
        return _show(invitation, None, BallotForm(None), [], None, token=token, told=told)
    return _show(invitation, row, *_form(invitation, row, typed=typed), token=token, told=told)


def _show(
    invitation: Invitation,
    row: DotRound | None,
    form: BallotForm,
    listed: list[Recommendation],
    standing: Ballot | None,
    *,
    token: str | None = None,
    told: VoiceForm | None = None,
    **more: Any,
) -> str:
    is_open = row is not None and dots.is_open(row, clock.now())
    return render_template(
        "recommendations/ballot.html",
        invitation=invitation,
        campaign=invitation.campaign,
        round=row,
        is_open=is_open,
        results=dots.results(db.session(), row) if row is not None and not is_open else None,
        form=form,
        listed=listed,
        standing=standing,
        had={dot.recommendation_id: dot.dots for dot in standing.dots} if standing else {},
        left=row.budget - sum(max(0, each) for each in form.spread().values()) if row is not None else 0,
        channels=VOICE_CHANNELS,
        token=token,
        told=told,
        **more,
    )
