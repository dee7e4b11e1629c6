"""What an organisation sees through its own link: the form, its draft, what it sent and what became of it."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import RENEWALS, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter
from hub.events.forms.questions import shown
from hub.events.values.answers import field_of
from hub.recommendations.forms.contributions import ContributionForm, asking, to_send
from hub.recommendations.models.calls import CampaignQuestion, Invitation
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.operations import contributions
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.operations.contributions import DraftMovedError, OpenPage, Words, version_of
from hub.recommendations.operations.invitations import gives_links
from hub.recommendations.queries import carrying, lineage
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import questions as question_queries
from hub.recommendations.signals import answers as party_answers
from hub.recommendations.signals import places
from hub.recommendations.views.blueprint import argument, blame, blueprint, sentence
from hub.recommendations.views.reading import typed_words, words_of

Answer = str | Response | tuple[str, int]
BEING_WRITTEN = 15  # minutes


@blueprint.get("/contribution/<token>")
@permit_token(PURPOSE, Invitation)
def answer(invitation: Invitation, *, token: str) -> str:
    """Show the form with the draft begun, and what was sent already."""
    draft = db.session.scalar(contribution_queries.draft_of(invitation))
    questions = _questions(invitation)
    kept = {**words_of(draft), **answers_of(draft, questions)} if draft else None
    form = asking(ContributionForm, questions)(formdata=None, data=kept)
    form.shows.data, form.page.data = version_of(draft), secrets.token_urlsafe(12)
    return _page(invitation, token, form, draft)


@blueprint.post("/contribution/<token>")
@permit_token(PURPOSE, Invitation)
@limiter.limit("120 per hour")
def send_answer(invitation: Invitation, *, token: str) -> Answer:
    """Send the contribution, or keep the draft: the button says which."""
    session = db.session()
    form = asking(ContributionForm, _questions(invitation))()
    form.fill(session)
    sending = request.form.get("gesture") == "send"
    if not form.validate(extra_validators=to_send(form.questions) if sending else None):
        return _page(invitation, token, form, None), 422
    page, words = _open_page(form), _words(form)
    try:
        if sending:
            row = contributions.submit(
                session, invitation, words, page=page,
                link=url_for("recommendations.answer", token=token), now=clock.now(),
            )  # fmt: skip
            return redirect(url_for("recommendations.receipt", token=token, number=row.id), 303)
        contributions.save_draft(session, invitation, words, page=page, now=clock.now())
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
    form = asking(ContributionForm, _questions(invitation))()
    form.fill(session)
    if not form.validate():
        return _plain(" ".join(str(line) for lines in form.errors.values() for line in lines), 422)
    try:
        contributions.save_draft(session, invitation, _words(form), page=_open_page(form), now=clock.now())
    except DraftMovedError:
        return _plain(gettext("Modifié ailleurs entre-temps. Enregistrez pour voir les deux textes."), 409)
    except DomainError as refusal:
        return _plain(sentence(refusal), 422)
    return Response(status=204)


@blueprint.get("/contribution/<token>/etat")
@permit_token(PURPOSE, Invitation)
def draft_state(invitation: Invitation, *, token: str) -> Response:
    """Tell an open page, in a sentence, that somebody wrote or sent elsewhere; nothing says who."""
    del token
    session = db.session()
    page = OpenPage(argument("page")[:40], argument("shows")[:40])
    draft = session.scalar(contribution_queries.draft_of(invitation))
    other = contributions.moved_to(session, invitation, draft, page)
    if other is None:
        return Response(status=204)
    return Response(render_template("recommendations/draft_state.html", other=other))


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
    heirs = session.scalars(lineage.heirs(each.id for each in made)).all() if made else []
    return render_template(
        "recommendations/receipt.html",
        invitation=invitation,
        contribution=row,
        token=token,
        is_open=invitation.campaign.is_open(clock.now()),
        made=made,
        heirs=heirs,
        places={
            identifier: [place for place in stands if place.is_published]
            for identifier, stands in places(session, [each.id for each in (*made, *heirs)]).items()
        },
        answers=party_answers(session, (*made, *heirs)),
    )


def answers_of(row: Contribution, questions: Sequence[CampaignQuestion]) -> dict[str, Any]:
    """Return what a contribution answers to these questions as their fields hold it."""
    given = {answer.question_id: answer.value for answer in row.answers}
    return {field_of(each): shown(each, given[each.id]) for each in questions if each.id in given}


def _minutes_ago(draft: Contribution | None) -> int | None:
    """Return how many minutes ago a draft was saved, if that was just now: somebody may be writing still."""
    if draft is None:
        return None
    minutes = int((clock.now() - draft.saved_at).total_seconds()) // 60
    return minutes if minutes < BEING_WRITTEN else None


def _questions(invitation: Invitation) -> Sequence[CampaignQuestion]:
    rows: Sequence[CampaignQuestion] = db.session.scalars(question_queries.asked(invitation.campaign)).all()
    return rows


def _words(form: ContributionForm) -> Words:
    return replace(typed_words(form, db.session()), answers=form.answers())


def ask_anew(invitation: Invitation) -> str:
    """Return where the organisation asks for another link: the call's page, once it gives links."""
    call = invitation.campaign
    return url_for("recommendations.call", slug=call.slug) if gives_links(call, clock.now()) else ""


RENEWALS[PURPOSE] = ask_anew


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
    consulted, votes = session.execute(carrying.leads(campaign, clock.today(clock.now()))).one()
    return render_template(
        "recommendations/answer.html",
        invitation=invitation,
        campaign=campaign,
        state=campaign.state(clock.now()),
        token=token,
        form=form,
        draft=draft,
        written_elsewhere=_minutes_ago(draft),
        levels=form.known_levels,
        sent=session.scalars(contribution_queries.sent_briefly(campaign, invitation.organisation)).all(),
        consulted=consulted,
        votes=votes,
        **more,
    )
