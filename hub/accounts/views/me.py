"""« Mon compte »: who I am here, my password, where I am signed in."""

import flask
from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.accounts import queries
from hub.accounts.forms import ROLE_NOTES, ROLES, NewPassword
from hub.accounts.models import SignedInSession
from hub.accounts.operations import passwords, sessions
from hub.accounts.rules import owns_session
from hub.accounts.signals import my_account
from hub.accounts.views.blueprint import blueprint
from hub.accounts.views.entry import start_session
from hub.core import clock
from hub.core.access import current_user, permit, signed_in
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter


def this_session() -> SignedInSession:
    """Return the session of this request."""
    raw = flask.session.get("sid", "")
    found = sessions.find_session(db.session(), raw, now=clock.now())
    if found is None:
        abort(403)
    return found


def password_form() -> NewPassword:
    """Return the form, without the present password where there is none or the person has just signed in."""
    form = NewPassword()
    if not current_user().password_hash or sessions.is_fresh(this_session(), now=clock.now()):
        del form.current
    return form


def show(form: NewPassword, status: int = 200) -> tuple[str, int]:
    """Return the page."""
    user = current_user()
    page = render_template(
        "accounts/me.html", form=form, least=passwords.LEAST, role_word=ROLES[user.role],
        role_note=ROLE_NOTES[user.role], here=this_session(),
        sessions=db.session.scalars(queries.open_sessions(user, now=clock.now())).all(),
        sections=[section for _, section in my_account.send(user) if section],
    )  # fmt: skip
    return page, status


@blueprint.get("/compte")
@permit(signed_in)
def me() -> tuple[str, int]:
    """Show one's own account."""
    return show(password_form())


@blueprint.post("/compte/mot-de-passe")
@limiter.limit("20 per hour")
@permit(signed_in)
def change_password() -> Response | tuple[str, int]:
    """Choose a password; every other browser is signed out, this one gets a new session."""
    form, user = password_form(), current_user()
    if not form.validate():
        return show(form, 422)
    if form.current is not None and not passwords.matches(user, form.current.data or ""):
        form.current.errors = [gettext("Ce n’est pas votre mot de passe actuel.")]
        return show(form, 422)
    try:
        passwords.change(db.session(), user, form.password.data or "", now=clock.now())
    except DomainError as problem:
        form.password.errors = [gettext(problem.msgid, **problem.params)]
        return show(form, 422)
    start_session(user)
    flash(gettext("Votre mot de passe est enregistré. Vos autres appareils ont été déconnectés."), "success")
    return redirect(url_for("accounts.me"), 303)


@blueprint.post("/compte/sessions/<int:id>/fermer")
@permit(owns_session, SignedInSession)
def close_session(row: SignedInSession) -> Response:
    """Sign out of one browser."""
    db.session.delete(row)
    flash(gettext("Cet appareil est déconnecté."), "success")
    return redirect(url_for("accounts.me"), 303)
