"""Pages around a day: settings of sign-up, notices, organisers with their logos."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from hub.core import clock, files, uploads
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events import rules
from hub.events.forms.around import LogoForm, NoticeForm, OrganisersForm, organisers_of
from hub.events.forms.fields import as_moment
from hub.events.forms.sign_up import blame
from hub.events.forms.sign_up_rules import RulesForm, settings_of
from hub.events.models.days import Event, EventNotice, EventOrganiser
from hub.events.operations import notices, organisers, sign_up_rules
from hub.events.queries import organisers as queries
from hub.events.views.blueprint import blueprint
from hub.events.views.together import Both, changed_meanwhile, hold

Answer = BaseResponse | tuple[str, int]


@blueprint.get("/journees/<slug>/reglages")
@permit(rules.manage, Event, key="slug")
def settings_page(event: Event) -> str:
    """Show the settings of a day's sign-up."""
    return render_template("events/settings.html", form=RulesForm(data=settings_of(event)), event=event)


@blueprint.post("/journees/<slug>/reglages")
@permit(rules.manage, Event, key="slug")
def settings_now(event: Event) -> Answer:
    """Change the settings of a day's sign-up."""
    form = RulesForm()
    if not form.validate_on_submit():
        return render_template("events/settings.html", form=form, event=event), 422
    try:
        sign_up_rules.set_rules(db.session(), event, form.told(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return render_template("events/settings.html", form=form, event=event), 422
    flash(_("Les réglages sont enregistrés."), "success")
    return redirect(url_for("events.settings_page", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/avis")
@permit(rules.manage, Event, key="slug")
def notices_page(event: Event) -> str:
    """Show the notices of a day, and the form of a new one."""
    return render_template("events/notices.html", form=NoticeForm(), event=event)


@blueprint.post("/journees/<slug>/avis")
@permit(rules.manage, Event, key="slug")
def post_notice(event: Event) -> Answer:
    """Show a notice on top of the day's page, and mail it if that is asked."""
    form = NoticeForm()
    if not form.validate_on_submit():
        return render_template("events/notices.html", form=form, event=event), 422
    try:
        notices.post(
            db.session(),
            event,
            form.text.data or "",
            shown_from=as_moment(form.shown_from.data),
            shown_until=as_moment(form.shown_until.data),
            mails=bool(form.mails.data),
            actor=current_user(),
            now=clock.now(),
        )
    except DomainError as problem:
        blame(form, problem)
        return render_template("events/notices.html", form=form, event=event), 422
    flash(
        _("L’avis est publié, et part par mail.") if form.mails.data else _("L’avis est publié."), "success"
    )
    return redirect(url_for("events.notices_page", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/avis/<int:number>/retirer")
@permit(rules.manage, Event, key="slug")
def withdraw_notice(event: Event, number: int) -> BaseResponse:
    """Take a notice off the page."""
    notices.withdraw(db.session(), _notice(event, number), actor=current_user(), now=clock.now())
    flash(_("L’avis est retiré."), "success")
    return redirect(url_for("events.notices_page", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/avis/<int:number>/envoyer")
@permit(rules.manage, Event, key="slug")
def mail_notice(event: Event, number: int) -> BaseResponse:
    """Mail a notice that stands on the page."""
    try:
        notices.mail_it(db.session(), _notice(event, number), actor=current_user(), now=clock.now())
        flash(_("L’avis part par mail."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.notices_page", slug=event.slug), 303)


def _notice(event: Event, number: int) -> EventNotice:
    row = db.session.get(EventNotice, number)
    if row is None or row.event_id != event.id:
        abort(404)
    return row


@blueprint.get("/journees/<slug>/organisateurs")
@permit(rules.manage, Event, key="slug")
def organisers_page(event: Event) -> str:
    """Show who organises a day, each with its contact and logo."""
    form = OrganisersForm(data=organisers_of(event))
    return _show_organisers(form.showing(form), event)


@blueprint.post("/journees/<slug>/organisateurs")
@permit(rules.manage, Event, key="slug")
def organisers_now(event: Event) -> str | Answer:
    """Change who organises a day; the buttons that add or take away a row only show the page again."""
    form = OrganisersForm()
    if "rearrange" in request.form:
        form.rearrange(request.form["rearrange"])
        return _show_organisers(form, event)
    hold(event)
    form.prepare(db.session())
    stored = OrganisersForm(formdata=None, data=organisers_of(event))
    both = changed_meanwhile(form, stored, lambda one: one.prepare(db.session()))
    if both is not None:
        return _show_organisers(form, event, meanwhile=both), 409
    if not form.validate_on_submit():
        return _show_organisers(form, event), 422
    try:
        organisers.set_organisers(
            db.session(), event, form.described(), actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        blame(form, problem)
        return _show_organisers(form, event), 422
    flash(_("Les organisateurs et leurs contacts sont enregistrés."), "success")
    return redirect(url_for("events.organisers_page", slug=event.slug), 303)


def _show_organisers(
    form: OrganisersForm,
    event: Event,
    refused: dict[int, str] | None = None,
    meanwhile: Both | None = None,
) -> str:
    """Show the page; `refused` says by the organisation's number why its logo was not taken."""
    form.prepare(db.session())
    numbers = [row.organisation_id for row in event.organiser_rows]
    known = queries.latest_logos(db.session(), numbers)
    return render_template(
        "events/organisers.html", form=form, event=event, known=known, logo_form=LogoForm(),
        refused=refused or {}, meanwhile=meanwhile,
    )  # fmt: skip


@blueprint.post("/journees/<slug>/organisateurs/<int:organisation>/logo")
@permit(rules.manage, Event, key="slug")
def organiser_logo(event: Event, organisation: int) -> Answer:
    """Show a new logo of an organiser, the one that is known already, or none."""
    row = _organiser(event, organisation)
    try:
        if "known" in request.form:
            organisers.take_known_logo(db.session(), row, actor=current_user(), now=clock.now())
        elif "none" in request.form:
            organisers.take_logo_away(db.session(), row, actor=current_user(), now=clock.now())
        else:
            _hand_in(row)
    except DomainError as problem:
        form = OrganisersForm(formdata=None, data=organisers_of(event))
        refused = {organisation: _(problem.msgid, **problem.params)}
        return _show_organisers(form.showing(form), event, refused), 422
    flash(_("Le logo est enregistré."), "success")
    return redirect(url_for("events.organisers_page", slug=event.slug), 303)


def _hand_in(row: EventOrganiser) -> None:
    handed = LogoForm().logo.data
    content = handed.read(uploads.LOGO_BYTES + 1) if handed else b""
    organisers.hand_in_logo(
        db.session(), row, content, store=files.store(), actor=current_user(), now=clock.now()
    )


def _organiser(event: Event, organisation: int) -> EventOrganiser:
    row = db.session.get(EventOrganiser, (event.id, organisation))
    if row is None:
        abort(404)
    return row


@blueprint.get("/journees/<slug>/logos/<int:organisation>")
@permit(rules.see, Event, key="slug")
def logo(event: Event, organisation: int) -> Response:
    """Send the logo of an organiser of the day, a picture that we made ourselves of what was handed in."""
    row = _organiser(event, organisation)
    if row.logo is None:
        abort(404)
    return files.answer(row.logo, inline=True)


@blueprint.get("/journees/logos/<int:organisation>")
@permit(rules.manage)
def known_logo(organisation: int) -> Response:
    """Send the newest logo that is known of an organisation."""
    found = queries.latest_logos(db.session(), [organisation]).get(organisation)
    if found is None:
        abort(404)
    return files.answer(found, inline=True)
