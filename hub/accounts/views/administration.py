"""Everybody's accounts, for administrators."""

from enum import StrEnum
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from hub.accounts import queries
from hub.accounts.forms import ROLE_NOTES, ROLES, Invitation, RoleChange
from hub.accounts.models import AccountState, Role, User
from hub.accounts.operations import administration
from hub.accounts.rules import change_standing
from hub.accounts.views.blueprint import blueprint
from hub.core import audit, clock, paging
from hub.core.access import administrator, current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError

STATES = {
    AccountState.ACTIVE: _l("Ouvert"),
    AccountState.INVITED: _l("Invitation envoyée"),
    AccountState.DEACTIVATED: _l("Fermé"),
}
ACTS = {
    "account.created": _l("Compte créé"),
    "account.invited_again": _l("Invitation renvoyée"),
    "account.role_changed": _l("Rôle changé"),
    "account.deactivated": _l("Compte fermé"),
    "account.reactivated": _l("Compte rouvert"),
    "account.password_changed": _l("Mot de passe changé"),
    "account.signed_out_everywhere": _l("Déconnexion de tous les appareils"),
}
Word = TypeVar("Word", bound=StrEnum)


def chosen(words: type[Word], name: str) -> Word | None:
    """Return the word that the address asks for, or None if it isn't one."""
    text = request.args.get(name, "")
    return words(text) if text in set(words) else None


@blueprint.get("/reglages/comptes")
@permit(administrator)
def index() -> str:
    """List the accounts."""
    text, role, state = request.args.get("q", ""), chosen(Role, "role"), chosen(AccountState, "state")
    page = paging.paginate(
        db.session(), queries.accounts(text, role, state), request.args.get("page", 1, type=int)
    )
    return render_template(
        "accounts/index.html", page=page, query=text, role=role, state=state, roles=ROLES, states=STATES
    )


@blueprint.get("/reglages/comptes/inviter")
@permit(administrator)
def invite_page() -> str:
    """Show the form to invite somebody."""
    return render_template("accounts/invite.html", form=Invitation(formdata=None), role_notes=ROLE_NOTES)


@blueprint.post("/reglages/comptes/inviter")
@permit(administrator)
def invite() -> Response | tuple[str, int]:
    """Create the account and mail its invitation."""
    form = Invitation()
    if form.validate():
        try:
            user = administration.invite(
                db.session(), name=form.name.data or "", email=form.email.data or "",
                role=Role(form.role.data), actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            form.email.errors = [gettext(problem.msgid)]
        else:
            flash(gettext("L’invitation est partie à %(email)s.", email=user.email), "success")
            return redirect(url_for("accounts.show", id=user.id), 303)
    return render_template("accounts/invite.html", form=form, role_notes=ROLE_NOTES), 422


@blueprint.get("/reglages/comptes/<int:id>")
@permit(administrator, User)
def show(account: User) -> str:
    """Show one account."""
    return page_of(account, RoleChange(formdata=None, data={"role": account.role.value}))


def page_of(account: User, form: RoleChange) -> str:
    """Return the page of an account."""
    return render_template(
        "accounts/show.html", account=account, form=form, roles=ROLES, role_notes=ROLE_NOTES, states=STATES,
        acts=ACTS, history=db.session.scalars(audit.history(account).limit(50)).all(),
        change_standing=change_standing,
    )  # fmt: skip


@blueprint.post("/reglages/comptes/<int:id>/role")
@permit(change_standing, User)
def change_role(account: User) -> Response | tuple[str, int]:
    """Give an account another role."""
    form = RoleChange()
    if form.validate():
        try:
            administration.change_role(
                db.session(), account, Role(form.role.data), actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            form.role.errors = [gettext(problem.msgid)]
        else:
            flash(gettext("Le rôle est enregistré."), "success")
            return redirect(url_for("accounts.show", id=account.id), 303)
    return page_of(account, form), 422


@blueprint.post("/reglages/comptes/<int:id>/fermer")
@permit(change_standing, User)
def deactivate(account: User) -> Response | tuple[str, int]:
    """Close an account; it can be opened again."""
    try:
        administration.deactivate(db.session(), account, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(gettext(problem.msgid), "error")
        return page_of(account, RoleChange(formdata=None, data={"role": account.role.value})), 422
    flash(gettext("Le compte est fermé et déconnecté partout. Vous pouvez le rouvrir."), "success")
    return redirect(url_for("accounts.show", id=account.id), 303)


@blueprint.post("/reglages/comptes/<int:id>/rouvrir")
@permit(change_standing, User)
def reactivate(account: User) -> Response:
    """Open an account again."""
    administration.reactivate(db.session(), account, actor=current_user(), now=clock.now())
    flash(gettext("Le compte est rouvert."), "success")
    return redirect(url_for("accounts.show", id=account.id), 303)


@blueprint.post("/reglages/comptes/<int:id>/inviter")
@permit(change_standing, User)
def invite_again(account: User) -> Response:
    """Mail a new invitation."""
    try:
        administration.invite_again(db.session(), account, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(gettext(problem.msgid), "error")
    else:
        flash(gettext("Une nouvelle invitation est partie ; la précédente ne fonctionne plus."), "success")
    return redirect(url_for("accounts.show", id=account.id), 303)
