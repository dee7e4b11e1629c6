"""Certificates of attendance: who earned one, giving, mending, taking back, printing."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from hub.core import clock, exports, jobs, paging
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.i18n import format_short_date
from hub.core.search import fold
from hub.core.web import limiter, site
from hub.events import rules
from hub.events.forms.certificates import ReissueForm, RevokeForm, TermsForm, filled
from hub.events.forms.sign_up import blame
from hub.events.jobs.certificates import printed
from hub.events.jobs.papers import FONTS
from hub.events.models.days import CertificateRule, Event
from hub.events.models.outcomes import Certificate
from hub.events.models.registrations import Registration
from hub.events.operations import certificates
from hub.events.operations.certificates import Line, Standing
from hub.events.operations.letters import PURPOSE
from hub.events.queries import certificates as queries
from hub.events.values import certificates as values
from hub.events.views.blueprint import blueprint
from hub.events.views.personal import piece
from hub.events.words import shown_name
from memoranda import fonts
from memoranda.certificate.content import MOST
from memoranda.errors import BuildError, ContentError

Answer = BaseResponse | tuple[str, int]
FORMATS = {"csv", "xlsx"}
PDF = "application/pdf"
# Standing → tone, icon, word.
STANDINGS = {
    Standing.EARNED: ("accent", "award", _l("Acquise, à délivrer")),
    Standing.ISSUED: ("success", "circle-check", _l("Délivrée")),
    Standing.CHANGED: ("warning", "alert-triangle", _l("Délivrée, les heures ont changé")),
    Standing.LOST: ("danger", "alert-circle", _l("Délivrée, n’est plus acquise")),
    Standing.LACKING: ("neutral", "clock", _l("Pas acquise")),
    Standing.UNNOTED: ("neutral", "circle-dashed", _l("Présence pas relevée")),
}


@blueprint.get("/journees/<slug>/attestations")
@permit(rules.manage, Event, key="slug")
def certificates_page(event: Event) -> str | Response:
    """Show who earned a certificate, who lacks what, and what presence changed afterwards."""
    return _show(event)


def _show(event: Event) -> str | Response:
    session = db.session()
    lines = certificates.overview(session, event)
    words, wanted = request.args.get("q", ""), request.args.get("state", "")
    shown = [line for line in lines if _matches(line, words, wanted)]
    sessions = {one.id: one.title or format_short_date(one.starts_at) for one in event.sessions}
    kind = request.args.get("format")
    if kind in FORMATS:
        header = [
            _("Nom"), _("Organisation"), _("État"), _("Heures"), _("Séances"), _("Manque"), _("Numéro"),
            _("Délivrée le"),
        ]  # fmt: skip
        return exports.answer(
            kind, f"attestations-{event.slug}", header, [_exported(line, sessions) for line in shown]
        )
    counts = {standing: sum(line.standing == standing for line in lines) for standing in Standing}
    return render_template(
        "events/certificates/list.html",
        event=event,
        page=paging.cut(shown, request.args.get("page", 1, type=int)),
        counts=counts,
        waiting=sum(certificates.can_be_given(line) for line in lines),
        standings=STANDINGS,
        chosen={"q": words, "state": wanted},
        sessions=sessions,
        hours=values.hours,
        ready_at=certificates.ready_at(event),
        is_ready=clock.now() >= certificates.ready_at(event),
        most=MOST,
        misprinted=_misprinted(lines),
        **_progress(event),
    )


def _undrawn(name: str) -> str:
    """Return the signs of a name that a certificate would print as « □ »."""
    return " ".join(fonts.unprintable([name], FONTS)) if not fonts.missing(FONTS) else ""


def _misprinted(lines: Sequence[Line]) -> list[str]:
    """Return the names that a certificate can't print: on one that stands, or that would be given."""
    named = [
        line.certificate.name if line.certificate is not None else line.registration.name
        for line in lines
        if line.certificate is not None or certificates.can_be_given(line)
    ]
    return [name for name in named if _undrawn(name)]


def _matches(line: Line, words: str, wanted: str) -> bool:
    found = line.registration.search_text
    return (not wanted or line.standing == wanted) and all(word in found for word in fold(words).split())


def _exported(line: Line, sessions: dict[int, str]) -> list[Any]:
    given = line.certificate
    return [
        shown_name(given.name if given is not None else line.registration.name),
        line.registration.organisation_label,
        str(STANDINGS[line.standing][2]),
        round(line.verdict.minutes / 60, 2),
        line.verdict.sessions,
        ", ".join(sessions[number] for number in line.verdict.missing),
        given.serial if given is not None else "",
        clock.today(given.issued_at) if given is not None else None,
    ]


def _progress(event: Event) -> dict[str, Any]:
    job = certificates.running(db.session(), event)
    return {"job": job}


@blueprint.get("/journees/<slug>/attestations/avancement")
@permit(rules.manage, Event, key="slug")
def certificates_progress(event: Event) -> str:
    """Show how far the giving of many certificates is."""
    job = db.session.scalar(jobs.of(event, certificates.JOB).limit(1))
    return render_template("events/certificates/progress.html", event=event, job=job)


@blueprint.post("/journees/<slug>/attestations")
@permit(rules.manage, Event, key="slug")
def issue_certificates(event: Event) -> BaseResponse:
    """Give everybody who earned it a certificate, by a job where they are many."""
    try:
        given = certificates.issue_all(db.session(), event, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        if given is not None:
            flash(_("Attestations délivrées et envoyées : %(count)s.", count=given), "success")
    return redirect(url_for("events.certificates_page", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/attestations/<int:number>/delivrer")
@permit(rules.manage, Event, key="slug")
def issue_certificate(event: Event, number: int) -> BaseResponse:
    """Give one person the certificate that presence earned."""
    row = db.session.get(Registration, number)
    if row is None or row.event_id != event.id:
        abort(404)
    try:
        made = certificates.issue(db.session(), event, row, actor=current_user(), now=clock.now())
        flash(_("L’attestation %(serial)s est délivrée.", serial=made.serial), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.certificates_page", slug=event.slug), 303)


# --- The rule -------------------------------------------------------------------------------------


@blueprint.get("/journees/<slug>/attestations/reglages")
@permit(rules.manage, Event, key="slug")
def certificate_terms(event: Event) -> str:
    """Show from which presence certificates are given, and what they say."""
    return _show_terms(event, TermsForm(data=filled(event)))


@blueprint.post("/journees/<slug>/attestations/reglages")
@permit(rules.manage, Event, key="slug")
def set_certificate_terms(event: Event) -> Answer:
    """Change from which presence certificates are given, and what they say."""
    form = TermsForm()
    if not form.validate_on_submit():
        return _show_terms(event, form), 422
    try:
        certificates.set_terms(db.session(), event, form.terms(event), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_terms(event, form), 422
    flash(_("Les règles des attestations sont enregistrées."), "success")
    return redirect(url_for("events.certificates_page", slug=event.slug), 303)


def _show_terms(event: Event, form: TermsForm) -> str:
    given = db.session.scalar(queries.number_given(event)) or 0
    counted = [one for one in event.sessions if one.counts and one.cancelled_at is None]
    return render_template(
        "events/certificates/terms.html", event=event, form=form, given=given, counted=counted
    )


# --- Mending and taking back ----------------------------------------------------------------------


@blueprint.get("/journees/<slug>/attestations/<int:number>/remplacer")
@permit(rules.manage, Event, key="slug")
def reissue_page(event: Event, number: int) -> str:
    """Ask for the name to print, and why."""
    row = _of(event, number)
    return _show_reissue(row, ReissueForm(data={"name": row.name}))


@blueprint.post("/journees/<slug>/attestations/<int:number>/remplacer")
@permit(rules.manage, Event, key="slug")
def reissue_now(event: Event, number: int) -> Answer:
    """Put another certificate in the place of one."""
    row, form = _of(event, number), ReissueForm()
    if not form.validate_on_submit():
        return _show_reissue(row, form), 422
    lacking = _undrawn(form.name.data or "")
    if lacking:
        form.name.errors = [
            _(
                "Nos polices n’ont pas «\u00a0%(signs)s\u00a0»\u00a0: écrivez le nom en lettres latines, "
                "comme sur la pièce d’identité.",
                signs=lacking,
            )
        ]
        return _show_reissue(row, form), 422
    try:
        made = certificates.reissue(
            db.session(), row, form.name.data or "", form.reason.data or "",
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        blame(form, problem)
        return _show_reissue(row, form), 422
    flash(_("L’attestation %(serial)s la remplace.", serial=made.serial), "success")
    return redirect(url_for("events.certificates_page", slug=event.slug), 303)


def _show_reissue(row: Certificate, form: ReissueForm) -> str:
    return render_template(
        "events/certificates/reissue.html", event=row.event, row=row, form=form, hours=values.hours
    )


@blueprint.get("/journees/<slug>/attestations/<int:number>/retirer")
@permit(rules.manage, Event, key="slug")
def revoke_page(event: Event, number: int) -> str:
    """Ask why a certificate is taken back, and say what that does."""
    return _show_revoke(_of(event, number), RevokeForm())


@blueprint.post("/journees/<slug>/attestations/<int:number>/retirer")
@permit(rules.manage, Event, key="slug")
def revoke_now(event: Event, number: int) -> Answer:
    """Take a certificate back."""
    row, form = _of(event, number), RevokeForm()
    if not form.validate_on_submit():
        return _show_revoke(row, form), 422
    try:
        certificates.revoke(db.session(), row, form.reason.data or "", actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_revoke(row, form), 422
    flash(_("L’attestation %(serial)s est retirée.", serial=row.serial), "success")
    return redirect(url_for("events.certificates_page", slug=event.slug), 303)


def _show_revoke(row: Certificate, form: RevokeForm) -> str:
    return render_template("events/certificates/revoke.html", event=row.event, row=row, form=form)


def _of(event: Event, number: int) -> Certificate:
    row = db.session.get(Certificate, number)
    if row is None or row.event_id != event.id:
        abort(404)
    return row


# --- Printing -------------------------------------------------------------------------------------


@blueprint.get("/journees/<slug>/attestations/<int:number>.pdf")
@permit(rules.manage, Event, key="slug")
def certificate_pdf(event: Event, number: int) -> Response:
    """Send one certificate as PDF, one taken back too: it says so."""
    return _send([_of(event, number)])


@blueprint.get("/journees/<slug>/attestations.pdf")
@permit(rules.manage, Event, key="slug")
def certificates_pdf(event: Event) -> Response:
    """Send the certificates of a day in one file, to be signed by hand."""
    rows = db.session.scalars(queries.live(event).limit(MOST)).all()
    rows = [row for row in rows if row.name]
    if not rows:
        abort(404)
    return _send(rows)


@blueprint.get("/inscription/<token>/attestation.pdf")
@permit_token(PURPOSE, Registration)
@limiter.limit("60 per hour")
def own_certificate(row: Registration, *, token: str) -> Response:
    """Send somebody's own certificate."""
    del token
    found = db.session.scalar(queries.live_of(row))
    if found is None or not found.name:
        abort(404)
    return _send([found])


def _send(rows: list[Certificate]) -> Response:
    if not all(row.name for row in rows):
        abort(404)
    document = certificates.document(db.session(), rows, base_url=site().base_url)
    try:
        pdf = printed(db.session(), document)
    except (BuildError, ContentError) as problem:
        abort(422, str(problem))
    name = f"attestation-{rows[0].serial}" if len(rows) == 1 else f"attestations-{rows[0].event.slug}"
    return exports.send(pdf, f"{name}.pdf", PDF)


@piece
def certificate_piece(row: Registration, now: Any) -> dict[str, Any]:
    """Tell one's own page of the certificate that holds, or that the rule asks for presence."""
    if now < row.event.ends_at or row.event.certificate_rule == CertificateRule.NONE:
        return {"certificate": None}
    return {"certificate": db.session.scalar(queries.live_of(row)), "hours_in_words": values.hours}
