"""What coordinators do with changes: reading them side by side, answering, putting back."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words as words_of
from hub.actors.forms.ownership import AgreementForm, DecisionForm, KeepForm, read_marks
from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import ChangeState, RecordChange
from hub.actors.operations.ownership import agreements, changes, letters
from hub.actors.queries import ownership as queries
from hub.actors.rules import edit, see
from hub.actors.values import consent
from hub.actors.values.changes import OWN
from hub.actors.views.blueprint import blueprint
from hub.actors.views.ownership.own import told_fields
from hub.actors.views.ownership.showing import differences
from hub.core import clock, jobs, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter

Answer = str | Response | tuple[str, int]


@blueprint.get("/acteurs/modifications")
@permit(edit)
def record_changes() -> str:
    """List changes of records: those that wait for a coordinator first."""
    session = db.session()
    view = request.args.get("vue", "waiting")
    view = view if view in queries.VIEWS else "waiting"
    page = paging.paginate(session, queries.changes(view), request.args.get("page", 1, type=int))
    return render_template(
        "actors/changes/index.html",
        page=page,
        view=view,
        numbers={name: session.scalar(queries.number_of_changes(name)) or 0 for name in queries.VIEWS},
        labels={field: gettext(word) for field, word in OWN.items()},
    )


@blueprint.get("/acteurs/modifications/<int:id>")
@permit(edit, RecordChange)
def record_change(change: RecordChange) -> str:
    """Show a change side by side."""
    form = DecisionForm.for_change(change, formdata=None)
    return _page(change, form, KeepForm(formdata=None))


def _page(change: RecordChange, form: DecisionForm, keep_form: KeepForm) -> str:
    session = db.session()
    form.look_at(change)
    return render_template(
        "actors/changes/show.html",
        change=change,
        organisation=change.organisation,
        differences=differences(session, change),
        form=form,
        keep_form=keep_form,
        waits=change.state is ChangeState.PROPOSED,
    )


@blueprint.post("/acteurs/modifications/<int:id>")
@permit(edit, RecordChange)
def decide_change(change: RecordChange) -> Answer:
    """Accept or refuse a proposal, field by field."""
    form = DecisionForm.for_change(change)
    if form.validate():
        try:
            changes.decide(
                db.session(), change, form.decisions(), seen=read_marks(form.seen.data),
                reason=form.reason.data or "", by=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            _blame(form, problem)
        else:
            flash(gettext("C’est répondu ; l’organisation le lit par mail si elle a une adresse."), "success")
            return redirect(url_for("actors.record_change", id=change.id), 303)
    return _page(change, form, KeepForm(formdata=None)), 422


def _blame(form: Any, problem: DomainError) -> None:
    name = problem.field or ""
    field = name if name in form else f"field_{name}"
    if field in form:
        form[field].errors = [words_of(problem)]
    else:
        flash(words_of(problem), "error")


@blueprint.post("/acteurs/modifications/<int:id>/remettre")
@permit(edit, RecordChange)
def revert_change(change: RecordChange) -> Response:
    """Let the record say again what it said."""
    try:
        left = changes.revert(db.session(), change, by=current_user(), now=clock.now())
    except DomainError as problem:
        flash(words_of(problem), "error")
    else:
        flash(gettext("La fiche dit à nouveau ce qu’elle disait ; l’organisation le sait."), "success")
        if left:
            names = ", ".join(gettext(OWN[field]) for field in left)
            flash(gettext("Modifiés depuis, ces champs sont restés : %(names)s.", names=names), "warning")
    return redirect(url_for("actors.record_change", id=change.id), 303)


@blueprint.post("/acteurs/modifications/<int:id>/garder")
@permit(edit, RecordChange)
def keep_change(change: RecordChange) -> Answer:
    """Leave a contested rewrite as it is, with a reason."""
    form = KeepForm()
    if form.validate():
        try:
            changes.keep(
                db.session(), change, reason=form.reason.data or "", by=current_user(), now=clock.now()
            )
        except DomainError as problem:
            _blame(form, problem)
        else:
            flash(gettext("La modification reste ; l’organisation reçoit vos mots."), "success")
            return redirect(url_for("actors.record_change", id=change.id), 303)
    return _page(change, DecisionForm.for_change(change, formdata=None), form), 422


# --- What an organisation agreed to, noted by a coordinator --------------------------------------


@blueprint.get("/acteurs/<slug>/accord")
@permit(edit, Organisation, key="slug")
def agreement_page(organisation: Organisation) -> str:
    """Show what the public reads, and who agreed."""
    form = AgreementForm(formdata=None)
    form.offer(organisation)
    form.fields.data = consent.in_order(organisation.public_fields)
    return _agreement(organisation, form)


@blueprint.post("/acteurs/<slug>/accord")
@permit(edit, Organisation, key="slug")
def note_agreement(organisation: Organisation) -> Answer:
    """Note what the public may read; a preview is shown without noting anything."""
    form = AgreementForm()
    form.offer(organisation)
    if "preview" in request.form:
        form.fields.validate(form)
        form.fields.errors = []
        return _agreement(organisation, form)
    if form.validate():
        try:
            agreements.agree(
                db.session(), organisation, form.fields.data or [], agreement=form.agreement.data or "",
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            _blame(form, problem)
        else:
            flash(gettext("L’accord est noté : le public voit maintenant cela."), "success")
            return redirect(url_for("actors.show", slug=organisation.slug), 303)
    return _agreement(organisation, form), 422


def _agreement(organisation: Organisation, form: AgreementForm) -> str:
    return render_template(
        "actors/agreement.html",
        organisation=organisation,
        form=form,
        told=told_fields(organisation),
        seen=consent.Record(organisation, fields=form.fields.data or ()),
    )


# --- The personal link ----------------------------------------------------------------------------


@blueprint.post("/acteurs/<slug>/lien-personnel")
@permit(edit, Organisation, key="slug")
def send_record_link(organisation: Organisation) -> Response:
    """Send the organisation its personal link."""
    try:
        letters.send_link(db.session(), organisation, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(words_of(problem), "error")
    else:
        flash(gettext("Le lien part à l’adresse de l’organisation."), "success")
    return redirect(url_for("actors.show", slug=organisation.slug), 303)


@blueprint.get("/acteurs/<slug>/recevoir-le-lien")
@permit(see, Organisation, key="slug")
def ask_record_link_page(organisation: Organisation) -> str:
    """Offer to send the link to the organisation's own address."""
    return render_template("actors/own/ask_link.html", organisation=organisation, sent=False)


@blueprint.post("/acteurs/<slug>/recevoir-le-lien")
@limiter.limit("10 per hour")
@permit(see, Organisation, key="slug")
def ask_record_link(organisation: Organisation) -> Answer:
    """Send the link by a job: whoever asks learns neither the address nor whether there is one (S10)."""
    if request.form.get("organisation") != organisation.slug:
        abort(422)
    jobs.enqueue(
        db.session(), letters.LINK_JOB, now=clock.now(), subject=organisation, organisation=organisation.id
    )
    return redirect(url_for("actors.record_link_asked", slug=organisation.slug), 303)


@blueprint.get("/acteurs/<slug>/lien-demande")
@permit(see, Organisation, key="slug")
def record_link_asked(organisation: Organisation) -> str:
    """Say that the rest is in the organisation's mail, if there is an address."""
    return render_template("actors/own/ask_link.html", organisation=organisation, sent=True)
