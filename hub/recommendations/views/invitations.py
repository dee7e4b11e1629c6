"""Who is asked to answer a call: choosing, addresses, links."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation
from hub.core import clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.core.web import row_number
from hub.recommendations.forms.calls import AddressForm, NoteForm
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.operations import invitations
from hub.recommendations.queries import calls as call_queries
from hub.recommendations.queries import choices
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import follow_up as follow_up_queries
from hub.recommendations.queries.filters import OrganisationFilter
from hub.recommendations.rules import erase_note, manage
from hub.recommendations.views.blueprint import (
    argument,
    blame,
    blueprint,
    chips,
    flash_refusal,
    page_number,
)

Answer = str | Response | tuple[str, int]


@blueprint.get("/appels/<slug>/invitations")
@permit(manage, Campaign, key="slug")
def choose_invited(campaign: Campaign) -> str:
    """Show the organisations that may be asked."""
    session = db.session()
    wanted = _wanted()
    page = paging.paginate(session, call_queries.invitable(campaign, wanted), page_number())
    kinds = [(row.code, row.label) for row in session.scalars(choices.kinds())]
    themes = [(row.code, row.label) for row in session.scalars(choices.themes())]
    communes = [(row.code, row.name) for row in session.scalars(choices.communes_of_actors())]
    return render_template(
        "recommendations/invite.html",
        campaign=campaign,
        page=page,
        wanted=wanted,
        options=[
            {"name": "kind", "label": gettext("Genre"), "choices": kinds, "value": wanted.kind},
            {
                "name": "theme",
                "label": gettext("Thème"),
                "choices": themes,
                "value": wanted.theme,
                "search": True,
            },
            {
                "name": "commune",
                "label": gettext("Commune"),
                "choices": communes,
                "value": wanted.commune,
                "search": True,
            },
        ],
        active=chips(
            ("q", wanted.text, gettext("Recherche : %(text)s", text=wanted.text)),
            ("kind", wanted.kind, gettext("Genre : %(text)s", text=dict(kinds).get(wanted.kind, ""))),
            ("theme", wanted.theme, gettext("Thème : %(text)s", text=dict(themes).get(wanted.theme, ""))),
            (
                "commune",
                wanted.commune,
                gettext("Commune : %(text)s", text=dict(communes).get(wanted.commune, "")),
            ),
        ),
    )


@blueprint.post("/appels/<slug>/invitations")
@permit(manage, Campaign, key="slug")
def add_invited(campaign: Campaign) -> Answer:
    """Add those chosen, or all that the filters show, to the list; nothing leaves yet."""
    session = db.session()
    rows = call_queries.invitable(campaign, _wanted())
    if "all" not in request.form:
        chosen = request.form.getlist("organisation", type=row_number)
        rows = call_queries.invitable(campaign, OrganisationFilter()).where(Organisation.id.in_(chosen))
    number = invitations.invite(
        session,
        campaign,
        [(row, row.email) for row in session.scalars(rows)],
        actor=current_user(),
        now=clock.now(),
    )
    if not number:
        flash(gettext("Cochez au moins une organisation."), "warning")
        return redirect(url_for("recommendations.choose_invited", slug=campaign.slug), 303)
    flash(
        ngettext(
            "%(num)s organisation est ajoutée. Relisez son adresse, puis envoyez l’invitation.",
            "%(num)s organisations sont ajoutées. Relisez les adresses, puis envoyez les invitations.",
            number,
        ),
        "success",
    )
    return redirect(url_for("recommendations.follow_up", slug=campaign.slug), 303)


@blueprint.post("/appels/<slug>/envoyer")
@permit(manage, Campaign, key="slug")
def send_invitations(campaign: Campaign) -> Response:
    """Send its link to each that hasn't had it."""
    try:
        number = invitations.send_all(db.session(), campaign, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(ngettext("%(num)s invitation est partie.", "%(num)s invitations sont parties.", number))
    return redirect(url_for("recommendations.follow_up", slug=campaign.slug), 303)


@blueprint.post("/appels/<slug>/rappeler")
@permit(manage, Campaign, key="slug")
def remind(campaign: Campaign) -> Response:
    """Remind those who have sent nothing, once a day at most."""
    try:
        number = invitations.remind_all(db.session(), campaign, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(
            ngettext("%(num)s rappel est parti.", "%(num)s rappels sont partis.", number)
            if number
            else gettext("Aucun rappel n’est parti : ces organisations en ont déjà reçu un aujourd’hui.")
        )
    return redirect(url_for("recommendations.follow_up", slug=campaign.slug), 303)


@blueprint.get("/appels/invitations/<int:id>")
@permit(manage, Invitation)
def invitation(row: Invitation) -> str:
    """Show one invitation: its address, its mails, its gestures."""
    return invitation_page(row)


@blueprint.post("/appels/invitations/<int:id>")
@permit(manage, Invitation)
def change_address(row: Invitation) -> Answer:
    """Store the address for this call."""
    form = AddressForm()
    if form.validate():
        try:
            invitations.set_email(
                db.session(), row, form.email.data or "", actor=current_user(), now=clock.now()
            )
        except DomainError as refusal:
            blame(form, refusal)
        else:
            flash(gettext("L’adresse est enregistrée."), "success")
            return redirect(url_for("recommendations.invitation", id=row.id), 303)
    return invitation_page(row, form), 422


@blueprint.post("/appels/invitations/<int:id>/lien")
@permit(manage, Invitation)
def new_link(row: Invitation) -> Response:
    """Send a new link; those before it end."""
    seen = request.form.get("seen", -1, type=row_number)
    try:
        sent = invitations.send_new_link(db.session(), row, seen=seen, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(
            gettext("Un nouveau lien est parti ; les précédents ne s’ouvrent plus.")
            if sent
            else gettext("Un lien venait de partir : rien n’a été envoyé de plus.")
        )
    return redirect(url_for("recommendations.invitation", id=row.id), 303)


@blueprint.post("/appels/invitations/<int:id>/retirer")
@permit(manage, Invitation)
def remove_invited(row: Invitation) -> Response:
    """Take an organisation off the list, before its link has left."""
    slug = row.campaign.slug
    try:
        invitations.remove(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(gettext("L’organisation n’est plus dans la liste."))
    return redirect(url_for("recommendations.follow_up", slug=slug), 303)


def _wanted() -> OrganisationFilter:
    return OrganisationFilter(
        text=argument("q"), kind=argument("kind"), theme=argument("theme"), commune=argument("commune")
    )


def invitation_page(row: Invitation, form: AddressForm | None = None, noting: NoteForm | None = None) -> str:
    """Return the page of one invitation; the forms hold what was typed."""
    session = db.session()
    mails = session.scalars(
        select(Message)
        .where(Message.subject_type == Invitation.__tablename__, Message.subject_id == row.id)
        .order_by(Message.id.desc())
    )
    return render_template(
        "recommendations/invitation.html",
        invitation=row,
        form=form or AddressForm(formdata=None, email=row.email),
        noting=noting or NoteForm(formdata=None),
        notes=session.scalars(follow_up_queries.notes_of(row)).all(),
        may_erase=lambda note: erase_note(current_user(), note),
        mails=list(mails),
        sent=list(session.scalars(contribution_queries.sent_in(row.campaign, row.organisation))),
        draft=session.scalar(contribution_queries.draft_of(row)),
        can_send=row.campaign.is_published,
    )
