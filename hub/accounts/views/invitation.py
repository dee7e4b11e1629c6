"""Opening an account by an invitation."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.accounts.forms import ROLES, Welcome
from hub.accounts.models import User
from hub.accounts.operations import links, passwords
from hub.accounts.views.blueprint import blueprint
from hub.accounts.views.entry import let_in
from hub.core import clock
from hub.core.access import permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter


def show(user: User, token: str, form: Welcome) -> str:
    """Return the page that welcomes."""
    return render_template(
        "accounts/welcome.html", account=user, token=token, form=form, role_word=ROLES[user.role],
        least=passwords.LEAST,
    )  # fmt: skip


@blueprint.get("/invitation/<token>")
@permit_token(links.INVITATION, User)
def welcome(user: User, *, token: str) -> str:
    """Show what the invitation opens."""
    return show(user, token, Welcome(formdata=None))


@blueprint.post("/invitation/<token>")
@limiter.limit("30 per hour")
@permit_token(links.INVITATION, User)
def accept(user: User, *, token: str) -> Response | tuple[str, int]:
    """Open the account, with a password if one was chosen, and sign in."""
    form = Welcome()
    if not form.validate():
        return show(user, token, form), 422
    now = clock.now()
    try:
        if form.password.data:
            passwords.choose(db.session(), user, form.password.data, now=now)
        links.use(db.session(), g.token, user, now=now)
    except DomainError as problem:
        if problem.field == "password":
            form.password.errors = [gettext(problem.msgid, **problem.params)]
            return show(user, token, form), 422
        flash(gettext(problem.msgid), "error")
        db.session.rollback()
        return redirect(url_for("accounts.sign_in"), 303)
    flash(gettext("Bienvenue ! Votre compte est ouvert."), "success")
    return let_in(user, None)
