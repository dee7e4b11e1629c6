"""Who may come: requests to answer, invitations to send, places to reserve. And an invitation's own page."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation
from hub.core import clock, jobs, paging
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter, row_number
from hub.events import rules
from hub.events.forms.admission import (
    DeclineForm,
    InviteForm,
    OrganisationsForm,
    PasteForm,
    ReserveForm,
    SeatsForm,
    last_day,
)
from hub.events.forms.sign_up import ConfirmForm, blame, number
from hub.events.models.days import Event
from hub.events.models.registrations import EventInvitation, Registration, RegistrationState, ReservedPlaces
from hub.events.operations import admission, reserving
from hub.events.operations.letters import INVITATION_PURPOSE
from hub.events.queries import admission as queries
from hub.events.values import answers
from hub.events.views.blueprint import blueprint

Answer = Response | tuple[str, int]


@blueprint.context_processor
def admission_words() -> dict[str, Any]:
    """Return how a question reads with its threshold."""
    return {"question_text": answers.wording}


def _counts(event: Event) -> dict[str, int]:
    """Return how many requests wait, how many are invited, how many places are reserved."""
    session = db.session()
    asks = select(func.count(Registration.id)).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.PENDING
    )
    invited = select(func.count(EventInvitation.id)).where(
        EventInvitation.event_id == event.id, EventInvitation.revoked_at.is_(None)
    )
    kept = select(func.coalesce(func.sum(ReservedPlaces.seats), 0)).where(
        ReservedPlaces.event_id == event.id, ReservedPlaces.released_at.is_(None)
    )
    row = session.execute(
        select(asks.scalar_subquery(), invited.scalar_subquery(), kept.scalar_subquery())
    ).one()
    return {"requests": row[0], "invitations": row[1], "places": row[2]}


# --- Requests -------------------------------------------------------------------------------------


@blueprint.get("/journees/<slug>/admissions")
@permit(rules.manage, Event, key="slug")
def admissions(event: Event) -> str:
    """Show who asks to come, with their answers."""
    session = db.session()
    return render_template(
        "events/admission/requests.html",
        event=event,
        counts=_counts(event),
        page=paging.paginate(session, queries.pending(event), request.args.get("page", 1, type=int)),
        declined=session.scalars(queries.decided(event).limit(20)).unique().all(),
    )


@blueprint.post("/journees/<slug>/admissions/accepter")
@permit(rules.manage, Event, key="slug")
def accept_requests(event: Event) -> Response:
    """Let those come who are ticked, in the order in which they asked."""
    numbers = [number for number in request.form.getlist("number", type=row_number) if number]
    if not ConfirmForm().validate_on_submit() or not numbers:
        flash(_("Cochez au moins une demande."), "error")
        return redirect(url_for("events.admissions", slug=event.slug), 303)
    wanted = db.session.scalars(queries.pending(event).where(Registration.id.in_(numbers))).unique().all()
    seated = waiting = 0
    for row in wanted:
        try:
            if admission.accept(db.session(), row, actor=current_user(), now=clock.now()):
                seated += 1
            else:
                waiting += 1
        except DomainError as problem:
            flash(f"{row.name}\u00a0: {_(problem.msgid, **problem.params)}", "error")
            break
    _tell_accepted(seated, waiting)
    return redirect(url_for("events.admissions", slug=event.slug), 303)


def _tell_accepted(seated: int, waiting: int) -> None:
    if seated:
        flash(
            ngettext(
                "%(num)s demande est acceptée. La personne reçoit un mail.",
                "%(num)s demandes sont acceptées. Les personnes reçoivent un mail.",
                seated,
            ),
            "success",
        )
    if waiting:
        flash(
            ngettext(
                "%(num)s personne est sur la liste d’attente, faute de place.",
                "%(num)s personnes sont sur la liste d’attente, faute de place.",
                waiting,
            ),
            "warning",
        )


@blueprint.get("/journees/<slug>/admissions/<int:number>/refuser")
@permit(rules.manage, Event, key="slug")
def decline_page(event: Event, number: int) -> str:
    """Ask for the reason of a refusal."""
    return _show_decline(event, _request_of(event, number), DeclineForm())


@blueprint.post("/journees/<slug>/admissions/<int:number>/refuser")
@permit(rules.manage, Event, key="slug")
def decline_now(event: Event, number: int) -> Answer:
    """Refuse a request, with its reason."""
    row, form = _request_of(event, number), DeclineForm()
    if not form.validate_on_submit():
        return _show_decline(event, row, form), 422
    try:
        reason = form.reason.data or ""
        admission.decline(db.session(), row, reason, actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_decline(event, row, form), 422
    flash(_("La demande de %(name)s est refusée. La personne reçoit un mail.", name=row.name), "success")
    return redirect(url_for("events.admissions", slug=event.slug), 303)


def _show_decline(event: Event, row: Registration, form: DeclineForm) -> str:
    is_pending = row.state is RegistrationState.PENDING
    return render_template(
        "events/admission/decline.html", event=event, row=row, form=form, is_pending=is_pending
    )


def _request_of(event: Event, number: int) -> Registration:
    row = db.session.get(Registration, number)
    if row is None or row.event_id != event.id:
        abort(404)
    return row


# --- Invitations ----------------------------------------------------------------------------------


@blueprint.get("/journees/<slug>/admissions/invitations")
@permit(rules.manage, Event, key="slug")
def invitations(event: Event) -> str:
    """List who is invited and what came of it."""
    session = db.session()
    job = session.scalar(jobs.of(event, admission.INVITE_JOB).limit(1))
    page = paging.paginate(session, queries.invitations(event), request.args.get("page", 1, type=int))
    came = dict(session.execute(queries.came_of([row.id for row in page.rows])).all())
    return render_template(
        "events/admission/invitations.html",
        event=event,
        counts=_counts(event),
        page=page,
        came=came,
        unsent=_number(queries.unsent(event)),
        silent=_number(queries.silent(event)),
        job=job if job is not None and not job.is_over else None,
    )


def _number(rows: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


@blueprint.get("/journees/<slug>/admissions/invitations/ajouter")
@permit(rules.manage, Event, key="slug")
def invite_page(event: Event) -> str:
    """Show the three ways of adding addresses."""
    return _show_invite(event)


def _show_invite(
    event: Event,
    one: InviteForm | None = None,
    paste: PasteForm | None = None,
    organisations: OrganisationsForm | None = None,
) -> str:
    if organisations is None:
        organisations = OrganisationsForm(formdata=None)
        organisations.offer(db.session(), event)
    return render_template(
        "events/admission/invite.html",
        event=event,
        one=one or InviteForm(formdata=None),
        paste=paste or PasteForm(formdata=None),
        organisations=organisations,
    )


def _added(event: Event, new: int, there: int) -> Response:
    if new:
        flash(
            ngettext(
                "%(num)s adresse est ajoutée. L’invitation ne part que quand vous l’envoyez.",
                "%(num)s adresses sont ajoutées. Les invitations ne partent que quand vous les envoyez.",
                new,
            ),
            "success",
        )
    if there:
        flash(
            ngettext("%(num)s adresse était déjà invitée.", "%(num)s adresses étaient déjà invitées.", there),
            "message",
        )
    return redirect(url_for("events.invitations", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/admissions/invitations/une")
@permit(rules.manage, Event, key="slug")
def invite_one(event: Event) -> Answer:
    """Add one address."""
    form = InviteForm()
    if not form.validate_on_submit():
        return _show_invite(event, one=form), 422
    asked = admission.Asked(form.email.data or "", form.name.data or "", form.places.data or 1)
    try:
        new, there = admission.invite(db.session(), event, [asked], actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_invite(event, one=form), 422
    return _added(event, new, there)


@blueprint.post("/journees/<slug>/admissions/invitations/plusieurs")
@permit(rules.manage, Event, key="slug")
def invite_many(event: Event) -> Answer:
    """Add the addresses of a pasted list."""
    form = PasteForm()
    if not form.validate_on_submit():
        return _show_invite(event, paste=form), 422
    asked = [admission.Asked(email, name, form.many.data or 1) for name, email in form.found]
    try:
        new, there = admission.invite(db.session(), event, asked, actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_invite(event, paste=form), 422
    return _added(event, new, there)


@blueprint.post("/journees/<slug>/admissions/invitations/organisations")
@permit(rules.manage, Event, key="slug")
def invite_organisations(event: Event) -> Answer:
    """Add organisations of the register, at their own address."""
    form = OrganisationsForm()
    form.offer(db.session(), event)
    if not form.validate_on_submit():
        return _show_invite(event, organisations=form), 422
    try:
        new, there = admission.invite_organisations(
            db.session(), event, form.organisations.data or [], places=form.each.data or 1,
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        blame(form, problem)
        return _show_invite(event, organisations=form), 422
    return _added(event, new, there)


@blueprint.post("/journees/<slug>/admissions/invitations/envoyer")
@permit(rules.manage, Event, key="slug")
def send_invitations(event: Event) -> Response:
    """Send the invitations that haven't left, or remind those without answer."""
    reminds = request.form.get("reminds") == "1"
    if ConfirmForm().validate_on_submit():
        try:
            count = admission.plan_sending(
                db.session(), event, reminds=reminds, actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            flash(_(problem.msgid, **problem.params), "error")
        else:
            flash(
                ngettext("%(num)s mail part.", "%(num)s mails partent.", count),
                "success",
            )
    return redirect(url_for("events.invitations", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/admissions/invitations/progres")
@permit(rules.manage, Event, key="slug")
def invitations_progress(event: Event) -> str:
    """Say how far the invitations are."""
    job = db.session.scalar(jobs.of(event, admission.INVITE_JOB).limit(1))
    if job is None:
        abort(404)
    return render_template("events/admission/progress.html", event=event, job=job)


@blueprint.post("/journees/<slug>/admissions/invitations/<int:number>/retirer")
@permit(rules.manage, Event, key="slug")
def revoke_invitation(event: Event, number: int) -> Response:
    """Take an invitation back."""
    row = db.session.get(EventInvitation, number)
    if row is None or row.event_id != event.id:
        abort(404)
    if ConfirmForm().validate_on_submit():
        admission.revoke(db.session(), row, actor=current_user(), now=clock.now())
        flash(_("L’invitation est retirée : son lien ne fonctionne plus."), "success")
    return redirect(url_for("events.invitations", slug=event.slug), 303)


@blueprint.get("/invitation-journee/<token>")
@permit_token(INVITATION_PURPOSE, EventInvitation)
def invitation(row: EventInvitation, *, token: str) -> str:
    """Show what one is invited to, and the two answers."""
    return render_template(
        "events/admission/invitation.html",
        row=row,
        event=row.event,
        token=token,
        came=db.session.scalar(queries.used(row)) or 0,
    )


@blueprint.post("/invitation-journee/<token>")
@permit_token(INVITATION_PURPOSE, EventInvitation)
@limiter.limit("30 per hour")
def answer_invitation(row: EventInvitation, *, token: str) -> Response:
    """Keep that who is invited won't come."""
    if ConfirmForm().validate_on_submit():
        try:
            admission.answer_no(db.session(), row, now=clock.now())
        except DomainError as problem:
            flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.invitation", token=token), 303)


# --- Reserved places, as the coordination keeps them ----------------------------------------------


@blueprint.get("/journees/<slug>/admissions/places")
@permit(rules.manage, Event, key="slug")
def reserved_places(event: Event) -> str:
    """List the places reserved for organisations."""
    form = ReserveForm(formdata=None)
    form.prepare(db.session(), event)
    return _show_reserved(event, form)


def _show_reserved(event: Event, form: ReserveForm) -> str:
    session = db.session()
    return render_template(
        "events/admission/reserved.html",
        event=event,
        counts=_counts(event),
        rows=session.scalars(queries.reserved(event)).unique().all(),
        form=form,
        last_day=last_day,
    )


@blueprint.post("/journees/<slug>/admissions/places")
@permit(rules.manage, Event, key="slug")
def reserve_places(event: Event) -> Answer:
    """Keep places for an organisation."""
    session, form = db.session(), ReserveForm()
    form.prepare(session, event)
    if not form.validate_on_submit():
        return _show_reserved(event, form), 422
    organisation = session.get(Organisation, number(form.organisation.data))
    if organisation is None:
        form.organisation.errors = [_("Choisissez une organisation.")]
        return _show_reserved(event, form), 422
    try:
        reserving.reserve(
            session, event, organisation, form.seats.data or 0, mode=form.chosen_mode(event),
            contact_name=form.contact_name.data or "", contact_email=form.contact_email.data or None,
            release_at=form.release_at(), actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        blame(form, problem)
        return _show_reserved(event, form), 422
    flash(_("Les places sont réservées pour %(name)s.", name=organisation.name), "success")
    return redirect(url_for("events.reserved_places", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/admissions/places/<int:number>")
@permit(rules.manage, Event, key="slug")
def reserved_page(event: Event, number: int) -> str:
    """Show places reserved for an organisation to change."""
    places = _places_of(event, number)
    data = {
        "seats": places.seats,
        "contact_name": places.contact_name,
        "contact_email": places.contact_email,
        "release_on": last_day(places.release_at),
    }
    return _show_places(event, places, SeatsForm(formdata=None, data=data))


def _show_places(event: Event, places: ReservedPlaces, form: SeatsForm) -> str:
    return render_template("events/admission/places.html", event=event, places=places, form=form)


@blueprint.post("/journees/<slug>/admissions/places/<int:number>")
@permit(rules.manage, Event, key="slug")
def change_places(event: Event, number: int) -> Answer:
    """Change how many places, until when, and who names the people."""
    places, form = _places_of(event, number), SeatsForm()
    if not form.validate_on_submit():
        return _show_places(event, places, form), 422
    try:
        reserving.change(
            db.session(), places, form.seats.data or 0, contact_name=form.contact_name.data or "",
            contact_email=form.contact_email.data or None, release_at=form.release_at(),
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        blame(form, problem)
        return _show_places(event, places, form), 422
    flash(_("Les places réservées sont modifiées."), "success")
    return redirect(url_for("events.reserved_places", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/admissions/places/<int:number>/lien")
@permit(rules.manage, Event, key="slug")
def send_places_link(event: Event, number: int) -> Response:
    """Send the link to the page of the places again."""
    places = _places_of(event, number)
    if ConfirmForm().validate_on_submit():
        try:
            reserving.send_link(db.session(), places, now=clock.now())
            flash(_("Le lien part par mail, une fois par heure au plus."), "success")
        except DomainError as problem:
            flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.reserved_page", slug=event.slug, number=number), 303)


@blueprint.post("/journees/<slug>/admissions/places/<int:number>/liberer")
@permit(rules.manage, Event, key="slug")
def release_places(event: Event, number: int) -> Response:
    """Free the places without name now."""
    places = _places_of(event, number)
    if ConfirmForm().validate_on_submit():
        count = reserving.release(db.session(), places, actor=current_user(), now=clock.now())
        flash(ngettext("%(num)s place est libérée.", "%(num)s places sont libérées.", count), "success")
    return redirect(url_for("events.reserved_places", slug=event.slug), 303)


def _places_of(event: Event, number: int) -> ReservedPlaces:
    row = db.session.get(ReservedPlaces, number)
    if row is None or row.event_id != event.id:
        abort(404)
    return row
