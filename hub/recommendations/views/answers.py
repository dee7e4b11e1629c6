"""What an organisation sees through its own link: the form, its draft, what it sent and what became of it."""

import secrets
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter
from hub.recommendations.forms.contributions import ContributionForm, to_send
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.operations import contributions
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.operations.contributions import DraftMovedError, OpenPage, version_of
from hub.recommendations.queries import carrying, choices
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.signals import places
from hub.recommendations.views.blueprint import blame, blueprint, sentence
from hub.recommendations.views.reading import typed_words, words_of

Answer = str | Response | tuple[str, int]


@blueprint.get("/contribution/<token>")
@permit_token(PURPOSE, Invitation)
def answer(invitation: Invitation, *, token: str) -> str:
    """Show the form with the draft begun, and what was sent already."""
    draft = db.session.scalar(contribution_queries.draft_of(invitation))
    form = ContributionForm(formdata=None, data=words_of(draft) if draft else None)
    form.shows.data, form.page.data = version_of(draft), secrets.token_urlsafe(12)
    return _page(invitation, token, form, draft)


@blueprint.post("/contribution/<token>")
@permit_token(PURPOSE, Invitation)
@limiter.limit("120 per hour")
def send_answer(invitation: Invitation, *, token: str) -> Answer:
    """Send the contribution, or keep the draft: the button says which."""
    session = db.session()
    form = ContributionForm()
    form.fill(session)
    sending = request.form.get("gesture") == "send"
    if not form.validate(extra_validators=to_send() if sending else None):
        return _page(invitation, token, form, None), 422
    page = _open_page(form)
    try:
        if sending:
            row = contributions.submit(
                session, invitation, typed_words(form, session), page=page,
                link=url_for("recommendations.answer", token=token), now=clock.now(),
            )  # fmt: skip
            return redirect(url_for("recommendations.receipt", token=token, number=row.id), 303)
        contributions.save_draft(session, invitation, typed_words(form, session), page=page, now=clock.now())
    except DraftMovedError as refusal:
        return _both_texts(invitation, token, form, refusal)
    except DomainError as refusal:
        return _page(invitation, token, form, None, problem=blame(form, refusal)), 422
    flash(gettext("Le brouillon est enregistré. Revenez par le même lien pour le terminer."), "success")
    return redirect(url_for("recommendations.answer", token=token), 303)


@blueprint.post("/contribution/<token>/brouillon")
@permit_token(PURPOSE, Invitation)
@limiter.limit("1200 per hour")
def autosave(invitation: Invitation, *, token: str) -> Response:
    """Keep the draft while it is being written; a refusal is one plain sentence."""
    del token
    session = db.session()
    form = ContributionForm()
    form.fill(session)
    if not form.validate():
        return _plain(" ".join(str(line) for lines in form.errors.values() for line in lines), 422)
    try:
        contributions.save_draft(
            session, invitation, typed_words(form, session), page=_open_page(form), now=clock.now()
        )
    except DraftMovedError:
        return _plain(gettext("Modifié ailleurs entre-temps. Enregistrez pour voir les deux textes."), 409)
    except DomainError as refusal:
        return _plain(sentence(refusal), 422)
    return Response(status=204)


@blueprint.get("/contribution/<token>/recu/<int:number>")
@permit_token(PURPOSE, Invitation)
def receipt(invitation: Invitation, *, token: str, number: int) -> str:
    """Show what was sent, when, and what became of it."""
    session = db.session()
    row = session.scalar(
        contribution_queries.sent_in(invitation.campaign, invitation.organisation).where(
            Contribution.id == number
        )
    )
    if row is None:
        abort(404)
    made = [source.recommendation for source in row.sources]
    return render_template(
        "recommendations/receipt.html",
        invitation=invitation,
        contribution=row,
        token=token,
        is_open=invitation.campaign.is_open(clock.now()),
        made=made,
        places={
            identifier: [place for place in stands if place.is_published]
            for identifier, stands in places(session, [each.id for each in made]).items()
        },
    )


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")


def _open_page(form: ContributionForm) -> OpenPage:
    number = (form.page.data or "")[:40] or secrets.token_urlsafe(12)
    return OpenPage(number=number, shows=(form.shows.data or "")[:40])


def _both_texts(
    invitation: Invitation, token: str, form: ContributionForm, refusal: DraftMovedError
) -> Answer:
    """Show what was typed here beside what stands there; saving again is then a choice."""
    other = refusal.other
    is_draft = other.submitted_at is None
    form.shows.data = version_of(other) if is_draft else ""
    if not is_draft:
        # What is typed here may go on as a new contribution, from a page of its own.
        form.page.data = secrets.token_urlsafe(12)
    return _page(invitation, token, form, None, other=other, problem=sentence(refusal)), 409


def _page(
    invitation: Invitation, token: str, form: ContributionForm, draft: Contribution | None, **more: Any
) -> str:
    session = db.session()
    form.fill(session)
    campaign = invitation.campaign
    return render_template(
        "recommendations/answer.html",
        invitation=invitation,
        campaign=campaign,
        state=campaign.state(clock.now()),
        token=token,
        form=form,
        draft=draft,
        levels=list(session.scalars(choices.levels())),
        sent=list(session.scalars(contribution_queries.sent_in(campaign, invitation.organisation))),
        consulted=session.scalar(carrying.is_consulting(campaign, clock.today(clock.now()))),
        **more,
    )
