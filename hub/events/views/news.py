"""The network's news: who asked for them, and taking that back by a link or on one's personal page."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock, exports, paging
from hub.core.access import coordinator, permit, permit_token
from hub.core.db import db
from hub.events.forms.sign_up import ConfirmForm
from hub.events.models.registrations import NewsletterConsent, Registration
from hub.events.operations import letters, news
from hub.events.queries import sign_up as queries
from hub.events.views.blueprint import blueprint
from hub.events.views.personal import piece

FORMATS = {"csv", "xlsx"}


@blueprint.get("/journees/nouvelles")
@permit(coordinator)
def subscribers() -> str | Response:
    """List the addresses that asked for the network's news; only those that still want them."""
    words = request.args.get("q", "").strip()
    rows = queries.subscribers(words)
    if request.args.get("format") in FORMATS:
        header = [_("Adresse mail"), _("Accord donné le"), _("En s’inscrivant à")]
        lines = [
            (row.email, row.given_at, row.event.title if row.event is not None else "")
            for row in db.session.scalars(rows)
        ]
        return exports.answer(request.args["format"], "nouvelles", header, lines)
    return render_template(
        "events/subscribers.html",
        page=paging.paginate(db.session(), rows, request.args.get("page", 1, type=int)),
        words=words,
        withdrawn=db.session.scalar(queries.withdrawn()),
    )


@blueprint.get("/nouvelles/<token>")
@permit_token(news.PURPOSE, NewsletterConsent)
def newsletter(row: NewsletterConsent, *, token: str) -> str:
    """Show the consent, with the button that takes it back; opening the page changes nothing (S11)."""
    return render_template("events/newsletter.html", row=row, token=token)


@blueprint.post("/nouvelles/<token>")
@permit_token(news.PURPOSE, NewsletterConsent)
def withdraw_newsletter(row: NewsletterConsent, *, token: str) -> Response | tuple[str, int]:
    """Take the consent back and forget the address."""
    if not ConfirmForm().validate_on_submit():
        return render_template("events/newsletter.html", row=row, token=token), 422
    news.withdraw(db.session(), row, now=clock.now())
    flash(
        _("C’est fait : vous ne recevrez plus les nouvelles, et votre adresse est effacée de la liste."),
        "success",
    )
    return redirect(url_for("events.newsletter", token=token), 303)


def _asked_with(row: Registration) -> NewsletterConsent | None:
    """Return the consent that stands, of who asked for the news in this very sign-up.

    Others are not told of it: whoever typed somebody's address would learn from it what that person reads.
    """
    if row.newsletter_at is None or row.email is None:
        return None
    return db.session.scalar(queries.consent_of(row.email))


@piece
def of_personal_page(row: Registration, now: datetime) -> dict[str, Any]:
    """Return since when the news come, None where they don't."""
    del now
    consent = _asked_with(row)
    return {"news_since": consent.given_at if consent is not None else None}


@blueprint.post("/inscription/<token>/nouvelles")
@permit_token(letters.PURPOSE, Registration)
def stop_news(row: Registration, *, token: str) -> Response:
    """Take the consent back that was given with the sign-up; the sign-up stays as it is."""
    if ConfirmForm().validate_on_submit():
        consent = _asked_with(row)
        if consent is not None:
            news.withdraw(db.session(), consent, now=clock.now())
        flash(_("C’est fait : vous ne recevez plus les nouvelles du réseau."), "success")
    return redirect(url_for("events.registration", token=token), 303)
