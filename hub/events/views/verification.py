"""Verifying a certificate by its code or QR: it holds, was replaced, was taken back, or there is none.

The page shows no more than is needed: the day, its dates, the hours, the number, initials. A full name is
only compared with what somebody types. Every look and every comparison is counted, known code or not.
"""

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import everyone, permit, private
from hub.core.db import db
from hub.core.web import limiter
from hub.events.forms.certificates import CompareForm
from hub.events.models.outcomes import Certificate
from hub.events.operations import certificates
from hub.events.queries import certificates as queries
from hub.events.values import certificates as values
from hub.events.views.blueprint import blueprint

Answer = Response | tuple[str, int]
LOOKS, COMPARISONS = "120 per hour", "20 per hour"
LONGEST_TYPED = 80


@blueprint.get("/attestation")
@permit(everyone)
def verify() -> Response:
    """Ask for the code of a certificate, and lead to what it says."""
    typed = request.args.get("code", "").strip()[:LONGEST_TYPED]
    code = values.normal(typed)
    if code:
        return private(redirect(url_for("events.verified", code=code)))
    error = (
        _("Un code a vingt signes, en cinq groupes de quatre. Vérifiez-le sur l’attestation.")
        if typed
        else ""
    )
    page = render_template("events/certificates/verify.html", typed=typed, error=error)
    return private(make_response(page, 422 if error else 200))


@blueprint.get("/attestation/<code>")
@permit(everyone)
@limiter.limit(LOOKS)
def verified(code: str) -> Response:
    """Say what a certificate is, without its holder's name."""
    return _show(code, CompareForm())


@blueprint.post("/attestation/<code>")
@permit(everyone)
@limiter.limit(COMPARISONS)
def compare_name(code: str) -> Response:
    """Say whether a full name is the one on the certificate. Nothing is stored."""
    form = CompareForm()
    if not form.validate_on_submit():
        return _show(code, form, status=422)
    row = certificates.find(db.session(), code)
    # Compared all the same where there is none, or no name any more.
    same = values.same_name(form.name.data or "", row.name if row is not None else "")
    return _show(code, form, same=same if row is not None and row.name else None)


def _show(code: str, form: CompareForm, *, same: bool | None = None, status: int = 200) -> Response:
    row = certificates.find(db.session(), code)
    page = render_template(
        "events/certificates/verified.html",
        row=row,
        code=values.grouped(values.normal(code)),
        state=_state(row),
        form=form,
        same=same,
        initials=values.initials(row.name if row is not None else ""),
        hours=values.hours,
        period=values.period,
    )
    return private(make_response(page, 404 if row is None and status == 200 else status))  # noqa: PLR2004


def _state(row: Certificate | None) -> str:
    """Return how a certificate stands; the same question is asked where there is none."""
    followed = db.session.scalar(queries.replacing(row.id if row is not None else 0)) is not None
    if row is None:
        return "unknown"
    if row.revoked_at is None:
        return "valid"
    return "replaced" if followed else "revoked"
