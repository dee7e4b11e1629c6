"""Signing in, by a one-time link or by a password, and signing out."""

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.accounts import queries
from hub.accounts.forms import ROLE_NOTES, LinkRequest, PasswordSignIn
from hub.accounts.models import User
from hub.accounts.operations import links, passwords, sessions
from hub.accounts.views.blueprint import blueprint
from hub.accounts.views.entry import end_session, let_in
from hub.core import audit, clock, jobs, mail
from hub.core.access import current_user, everyone, local_path, permit, permit_token, signed_in
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter

BY_PASSWORD = "by-password"  # noqa: S105 - the prefix of a form


def typed_address(name: str) -> str:
    """Return what limits count by: the address as typed, whether or not it has an account."""
    return f"{name}:{request.form.get(name, '').strip().lower()[:254]}"


def show(link: LinkRequest, by_password: PasswordSignIn, status: int = 200) -> tuple[str, int]:
    """Return the page with both ways in."""
    people = db.session.scalars(queries.demo_accounts()).all() if current_app.config["DEMO"] else []
    page = render_template(
        "accounts/sign_in.html", link=link, by_password=by_password, people=people, role_notes=ROLE_NOTES,
        target=local_path(request.values.get("suite")),
    )  # fmt: skip
    return page, status


@blueprint.get("/connexion")
@permit(everyone)
def sign_in() -> tuple[str, int]:
    """Show both ways in."""
    return show(LinkRequest(formdata=None), PasswordSignIn(formdata=None, prefix=BY_PASSWORD))


@blueprint.post("/connexion")
@limiter.limit("30 per hour")
@limiter.limit("6 per 15 minutes", key_func=lambda: typed_address("email"))
@permit(everyone)
def ask_link() -> Response | tuple[str, int]:
    """Enqueue the mail that holds a link: the same work and answer whatever the address (S10)."""
    form = LinkRequest()
    if form.validate():
        try:
            email = mail.address(form.email.data or "").lower()
        except DomainError as problem:
            form.email.errors = [gettext(problem.msgid)]
        else:
            target = local_path(request.form.get("suite"))
            jobs.enqueue(db.session(), "accounts.sign_in_link", now=clock.now(), email=email, target=target)
            return redirect(url_for("accounts.link_sent"), 303)
    return show(form, PasswordSignIn(formdata=None, prefix=BY_PASSWORD), 422)


@blueprint.get("/connexion/lien-envoye")
@permit(everyone)
def link_sent() -> str:
    """Say that a mail is under way if there is an account."""
    minutes = int(links.SIGN_IN_LIFETIME.total_seconds() // 60)
    return render_template("accounts/link_sent.html", minutes=minutes)


@blueprint.post("/connexion/mot-de-passe")
@limiter.limit("30 per hour")
@limiter.limit("10 per 15 minutes", key_func=lambda: typed_address(f"{BY_PASSWORD}-email"))
@permit(everyone)
def check_password() -> Response | tuple[str, int]:
    """Sign in by address and password."""
    form = PasswordSignIn(prefix=BY_PASSWORD)
    if form.validate():
        user = passwords.authenticate(db.session(), form.email.data or "", form.password.data or "")
        if user is not None:
            return let_in(user, request.form.get("suite"))
        form.password.errors = [gettext("L’adresse ou le mot de passe ne convient pas.")]
    return show(LinkRequest(formdata=None), form, 422)


@blueprint.get("/connexion/<token>")
@permit_token(links.SIGN_IN, User)
def confirm(user: User, *, token: str) -> str:
    """Ask whoever opens a link to confirm: mail scanners open links, too (S11)."""
    target = local_path(request.args.get("suite"))
    return render_template("accounts/confirm.html", account=user, token=token, target=target)


@blueprint.post("/connexion/<token>")
@limiter.limit("30 per hour")
@permit_token(links.SIGN_IN, User)
def enter(user: User, *, token: str) -> Response:
    """Sign in by a link, which is used up."""
    del token
    try:
        links.use(db.session(), g.token, user, now=clock.now())
    except DomainError as problem:
        flash(gettext(problem.msgid), "error")
        return redirect(url_for("accounts.sign_in"), 303)
    return let_in(user, request.form.get("suite"))


@blueprint.post("/connexion/demonstration")
@limiter.limit("120 per hour")
@permit(everyone)
def try_demo() -> Response:
    """Sign in as one of the invented people; outside a demonstration there is no such page."""
    if not current_app.config["DEMO"]:
        abort(404)
    wanted = request.form.get("account", "")
    people = db.session.scalars(queries.demo_accounts()).all()
    user = next((person for person in people if str(person.id) == wanted), None)
    if user is None:
        abort(404)
    return let_in(user, request.form.get("suite"))


@blueprint.post("/deconnexion")
@permit(everyone)
def sign_out() -> Response:
    """Sign out of this browser; a second click does no harm."""
    end_session()
    flash(gettext("Vous êtes déconnecté·e."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.post("/deconnexion/partout")
@permit(signed_in)
def sign_out_everywhere() -> Response:
    """Sign out of every browser."""
    user = current_user()
    sessions.close_sessions(db.session(), user)
    audit.record(db.session(), "account.signed_out_everywhere", user, actor=user, now=clock.now())
    end_session()
    flash(gettext("Vous êtes déconnecté·e sur tous vos appareils."), "success")
    return redirect(url_for("accounts.sign_in"), 303)
