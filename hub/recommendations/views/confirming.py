"""An organisation says that words entered in its name are its own, or takes back what was sent."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.core import audit, clock
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter
from hub.recommendations.forms.recommendations import ReasonForm
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.contributions import Confirmation, Contribution
from hub.recommendations.operations import campaigns, confirming
from hub.recommendations.operations.contributions import BY_LINK
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.rules import own_contribution, read_contribution
from hub.recommendations.views.blueprint import blame, blueprint, flash_refusal

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Door:
    """How somebody of the organisation came in: where the page stands, and who that is."""

    path: str
    how: Confirmation
    actor: User | audit.Actor | str
    back: str = ""


@blueprint.get("/confirmation/<token>")
@permit_token(confirming.PURPOSE, Contribution)
def confirmation(row: Contribution, *, token: str) -> str:
    """Show the words entered in an organisation's name, and ask it whether they are its own."""
    return _page(row, _by_mail(token), ReasonForm(formdata=None))


@blueprint.post("/confirmation/<token>")
@permit_token(confirming.PURPOSE, Contribution)
@limiter.limit("60 per hour")
def answer_confirmation(row: Contribution, *, token: str) -> Answer:
    """Take what the organisation says."""
    return _answer(row, _by_mail(token))


@blueprint.get("/contribution/<token>/recu/<int:number>/confirmation")
@permit_token(campaigns.PURPOSE, Invitation)
def contribution_by_call(invitation: Invitation, *, token: str, number: int) -> str:
    """Show the same behind the organisation's link of a call."""
    return _page(_sent(invitation, number), _by_call(token, number), ReasonForm(formdata=None))


@blueprint.post("/contribution/<token>/recu/<int:number>/confirmation")
@permit_token(campaigns.PURPOSE, Invitation)
@limiter.limit("60 per hour")
def answer_by_call(invitation: Invitation, *, token: str, number: int) -> Answer:
    """Take what the organisation says there."""
    return _answer(_sent(invitation, number), _by_call(token, number))


@blueprint.get("/contributions/<int:id>")
@permit(own_contribution, Contribution)
def contribution_of_mine(row: Contribution) -> str:
    """Show it to somebody with a mandate of the organisation."""
    return _page(row, _by_account(row), ReasonForm(formdata=None))


@blueprint.post("/contributions/<int:id>")
@permit(own_contribution, Contribution)
def answer_for_mine(row: Contribution) -> Answer:
    """Take what the organisation says through its account."""
    return _answer(row, _by_account(row))


@blueprint.post("/recommandations/contributions/<int:id>/demander-confirmation")
@permit(read_contribution, Contribution)
def ask_confirmation(row: Contribution) -> Response:
    """Write to the organisation."""
    try:
        left = confirming.ask(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(
            gettext("La demande de confirmation est partie.")
            if left
            else gettext("Une demande est déjà partie aujourd’hui : rien n’a été envoyé de plus.")
        )
    return redirect(url_for("recommendations.contribution", id=row.id), 303)


@blueprint.post("/recommandations/contributions/<int:id>/de-vive-voix")
@permit(read_contribution, Contribution)
def note_confirmation(row: Contribution) -> Response:
    """Note that the organisation said so by word."""
    try:
        confirming.confirm(db.session(), row, Confirmation.WORD, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(gettext("C’est noté : l’organisation a confirmé de vive voix."), "success")
    return redirect(url_for("recommendations.contribution", id=row.id), 303)


def _by_mail(token: str) -> Door:
    return Door(url_for("recommendations.confirmation", token=token), Confirmation.LINK, BY_LINK)


def _by_call(token: str, number: int) -> Door:
    return Door(
        url_for("recommendations.contribution_by_call", token=token, number=number),
        Confirmation.LINK,
        BY_LINK,
        back=url_for("recommendations.receipt", token=token, number=number),
    )


def _by_account(row: Contribution) -> Door:
    path = url_for("recommendations.contribution_of_mine", id=row.id)
    return Door(path, Confirmation.ACCOUNT, current_user())


def _sent(invitation: Invitation, number: int) -> Contribution:
    row: Contribution | None = db.session.scalar(
        contribution_queries.sent_in(invitation.campaign, invitation.organisation).where(
            Contribution.id == number
        )
    )
    if row is None:
        abort(404)
    return row


def _answer(row: Contribution, door: Door) -> Answer:
    session, now = db.session(), clock.now()
    form = ReasonForm()
    withdraws = request.form.get("gesture") == "withdraw"
    if not form.validate():
        return _page(row, door, form, opened=withdraws), 422
    try:
        if withdraws:
            confirming.withdraw(session, row, reason=form.reason.data or "", actor=door.actor, now=now)
        else:
            confirming.confirm(session, row, door.how, actor=door.actor, now=now)
    except DomainError as refusal:
        problem = blame(form, refusal)
        if problem:
            flash(problem, "error")
        return _page(row, door, form, opened=withdraws), 422
    flash(
        gettext("C’est noté : cette contribution est retirée.")
        if withdraws
        else gettext("Merci, c’est noté : cette demande est la vôtre."),
        "success",
    )
    return redirect(door.back or door.path, 303)


def _page(row: Contribution, door: Door, form: ReasonForm, *, opened: bool = False) -> str:
    whole = db.session.scalar(
        contribution_queries.chosen_contributions([row.id]).where(Contribution.id == row.id)
    )
    if whole is None:
        abort(404)
    return render_template(
        "recommendations/confirmation.html", contribution=whole, door=door, form=form, opened=opened
    )
