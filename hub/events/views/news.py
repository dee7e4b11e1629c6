"""The network's news: who asked for them, and taking that back by a link."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock, exports, paging
from hub.core.access import coordinator, permit, permit_token
from hub.core.db import db
from hub.events.forms.sign_up import ConfirmForm
from hub.events.models.registrations import NewsletterConsent
from hub.events.operations import news
from hub.events.queries import sign_up as queries
from hub.events.views.blueprint import blueprint

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
