"""Co-signing: an organisation by its link, a coordinator from paper; and who has signed what."""

from collections.abc import Iterable
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import clock, exports, paging
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter
from hub.recommendations.forms.carrying import EndorsementForm, VoiceForm
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import VOICE_CHANNELS, Endorsement, VoiceChannel
from hub.recommendations.operations import endorsements
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.operations.endorsements import FINAL, Signature
from hub.recommendations.operations.positions import BY_LINK
from hub.recommendations.queries import carrying
from hub.recommendations.rules import answer_for, manage
from hub.recommendations.views.blueprint import (
    argument,
    blame,
    blueprint,
    chips,
    flash_refusal,
    page_number,
)
from hub.recommendations.views.positions import told_form

Answer = str | Response | tuple[str, int]
PER_PAGE = 25
MOST_LINES = 150
"""Co-signatures that a page shows, more or less: where each has many, it shows fewer recommendations."""


@blueprint.get("/contribution/<token>/co-signature")
@permit_token(PURPOSE, Invitation)
def endorsement(invitation: Invitation, *, token: str) -> str:
    """Show what the organisation co-signs, and what it may co-sign."""
    return _page(invitation, EndorsementForm(formdata=None), token=token)


@blueprint.post("/contribution/<token>/co-signature")
@permit_token(PURPOSE, Invitation)
@limiter.limit("120 per hour")
def endorse(invitation: Invitation, *, token: str) -> Answer:
    """Co-sign what is ticked."""
    here = url_for("recommendations.endorsement", token=token)
    return _sign(invitation, VoiceChannel.LINK, BY_LINK, here, token=token)


@blueprint.post("/contribution/<token>/co-signature/<int:number>/retirer")
@permit_token(PURPOSE, Invitation)
def withdraw_endorsement(invitation: Invitation, *, token: str, number: int) -> Response:
    """Take a co-signature back."""
    _withdraw(invitation, number, BY_LINK)
    return redirect(url_for("recommendations.endorsement", token=token), 303)


@blueprint.get("/appels/invitations/<int:id>/co-signature")
@permit(answer_for, Invitation)
def endorsement_told(row: Invitation) -> str:
    """Show the same to whoever speaks for the organisation, or to a coordinator who holds the paper."""
    return _page(row, EndorsementForm(formdata=None), told=told_form())


@blueprint.post("/appels/invitations/<int:id>/co-signature")
@permit(answer_for, Invitation)
def endorse_told(row: Invitation) -> Answer:
    """Co-sign what is ticked; a coordinator says how it was told."""
    told = told_form()
    channel = VoiceChannel.ACCOUNT
    if told is not None:
        if not told.validate():
            return _page(row, _filled(row), told=told), 422
        channel = VoiceChannel(told.channel.data)
    return _sign(
        row, channel, current_user(), url_for("recommendations.endorsement_told", id=row.id), told=told
    )


@blueprint.post("/appels/invitations/<int:id>/co-signature/<int:number>/retirer")
@permit(answer_for, Invitation)
def withdraw_told(row: Invitation, number: int) -> Response:
    """Take a co-signature back in the organisation's name."""
    _withdraw(row, number, current_user())
    return redirect(url_for("recommendations.endorsement_told", id=row.id), 303)


@blueprint.get("/appels/<slug>/co-signatures")
@permit(manage, Campaign, key="slug")
def endorsements_of_call(campaign: Campaign) -> str | FlaskResponse:
    """Show who has co-signed what, and whose signature lapsed; all of it as CSV or xlsx."""
    session = db.session()
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        rows = {row.id: row for row in session.scalars(carrying.titles(campaign))}
        return _export(kind, campaign, rows, session.scalars(carrying.endorsements(rows)))
    text = argument("q")
    titles = carrying.titles(campaign, text)
    page = paging.paginate(session, titles, page_number(), _per_page(session, campaign))
    given: dict[int, list[Endorsement]] = {row.id: [] for row in page.rows}
    named = joinedload(Endorsement.organisation).load_only(Organisation.name)
    for each in session.scalars(carrying.endorsements(given).options(named)):
        given[each.recommendation_id].append(each)
    return render_template(
        "recommendations/endorsements.html",
        campaign=campaign,
        page=page,
        text=text,
        active=chips(("q", text, gettext("Recherche : %(text)s", text=text))),
        standing={number: [each for each in rows if stands(each)] for number, rows in given.items()},
        lapsed={number: _lapsed(rows) for number, rows in given.items()},
        channels={channel: gettext(words) for channel, words in VOICE_CHANNELS.items()},
    )


def _per_page(session: Session, campaign: Campaign) -> int:
    """Return how many recommendations a page shows, from how many co-signatures each has on average."""
    listed, signed = session.execute(carrying.signed_in_all(campaign)).one()
    return min(PER_PAGE, max(1, MOST_LINES * listed // signed)) if signed else PER_PAGE


def stands(row: Endorsement) -> bool:
    """Say whether a co-signature stands today."""
    return row.lapsed_at is None and row.withdrawn_at is None


def _lapsed(given: Iterable[Endorsement]) -> list[Endorsement]:
    """Return the last co-signature of each organisation whose last one lapsed."""
    last = {row.organisation_id: row for row in given}
    return [row for row in last.values() if row.lapsed_at is not None]


def _withdraw(invitation: Invitation, number: int, actor: User | str) -> None:
    session = db.session()
    row = session.get(Endorsement, number)
    if row is None or row.organisation_id != invitation.organisation_id:
        abort(404)
    try:
        endorsements.withdraw(
            session, row, reason=request.form.get("reason", "").strip()[:2000], actor=actor, now=clock.now()
        )
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(gettext("La co-signature est retirée."))


def _filled(invitation: Invitation) -> EndorsementForm:
    form = EndorsementForm()
    _offer(form, invitation)
    return form


def _offer(form: EndorsementForm, invitation: Invitation) -> dict[str, Any]:
    """Offer what may still be co-signed, each in the version that the page shows; return what is signed."""
    session = db.session()
    rows = list(session.scalars(carrying.consulted(invitation.campaign)))
    numbers = [row.recommendation_id for row in rows]
    given = list(session.scalars(carrying.endorsements(numbers, invitation.organisation_id)))
    last = {row.recommendation_id: row for row in given}
    signed = {number: row for number, row in last.items() if stands(row)}
    lapsed = {number for number, row in last.items() if row.lapsed_at is not None}
    open_rows = [
        row.recommendation
        for row in rows
        if row.recommendation_id not in signed and endorsements.may_sign(row.recommendation, lapsed)
    ]
    form.recommendations.choices = [
        (f"{row.id}.{row.version}", f"{row.title} ({row.code})") for row in open_rows
    ]
    return {
        "asked": open_rows,
        "signed": [
            (row.recommendation, signed[row.recommendation_id])
            for row in rows
            if row.recommendation_id in signed
        ],
        "lapsed": lapsed,
        "final": FINAL,
    }


def _sign(invitation: Invitation, channel: VoiceChannel, actor: User | str, here: str, **more: Any) -> Answer:
    form = _filled(invitation)
    if form.validate() and form.decided_on.data:
        versions = {
            int(number): int(version)
            for number, _, version in (value.partition(".") for value in form.recommendations.data or [])
        }
        signature = Signature(form.body.data or "", form.decided_on.data, form.signed_by.data or "")
        try:
            number = endorsements.sign(
                db.session(), invitation, versions, signature, channel=channel, actor=actor, now=clock.now()
            )
        except DomainError as refusal:
            return _page(invitation, form, problem=blame(form, refusal), **more), 422
        flash(
            ngettext(
                "%(num)s recommandation est co-signée.", "%(num)s recommandations sont co-signées.", number
            ),
            "success",
        )
        return redirect(here, 303)
    return _page(invitation, form, **more), 422


def _page(
    invitation: Invitation,
    form: EndorsementForm,
    *,
    token: str | None = None,
    told: VoiceForm | None = None,
    **more: Any,
) -> str:
    return render_template(
        "recommendations/endorsement.html",
        invitation=invitation,
        campaign=invitation.campaign,
        form=form,
        token=token,
        told=told,
        **_offer(form, invitation),
        **more,
    )


def _export(
    kind: str, campaign: Campaign, rows: dict[int, Any], given: Iterable[Endorsement]
) -> FlaskResponse:
    header = [
        gettext("Code"), gettext("Recommandation"), gettext("Version"), gettext("Organisation"),
        gettext("Organe qui a décidé"), gettext("Date de sa décision"), gettext("Signée par"),
        gettext("Par quelle voie"), gettext("Signée le"), gettext("Caduque le"), gettext("Retirée le"),
    ]  # fmt: skip
    lines = (
        [
            rows[row.recommendation_id].code, rows[row.recommendation_id].title, row.version,
            row.organisation.name, row.body, row.decided_on, row.signed_by,
            gettext(VOICE_CHANNELS[row.channel]), row.created_at, row.lapsed_at or "", row.withdrawn_at or "",
        ]
        for row in given
    )  # fmt: skip
    return exports.answer(kind, f"co-signatures-{campaign.slug}", header, lines)
