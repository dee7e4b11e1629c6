"""« Tenez-moi au courant »: asking for a space's announcements, confirming by a mailed link, stopping."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from hub.core import clock, paging
from hub.core.access import current_user, everyone, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter
from hub.spaces import rules
from hub.spaces.forms.joining import AddressForm, ConfirmForm
from hub.spaces.models.followers import Follower
from hub.spaces.models.spaces import Space, SpaceState
from hub.spaces.operations import followers as operations
from hub.spaces.queries import spaces as queries
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.spaces import tell
from hub.spaces.words import KINDS


def open_space(space: Space) -> Space:
    """Return a space that announces its meetings; of any other nothing is told, not even that it is there."""
    if not space.is_announced or space.state is SpaceState.CLOSED:
        abort(404)
    return space


EACH = 25  # spaces of a page


@blueprint.get("/tenez-moi-au-courant")
@permit(everyone)
def announced() -> str:
    """List the spaces whose meetings are announced to whoever asks."""
    page = paging.paginate(db.session(), queries.announced(), request.args.get("page", 1, type=int), EACH)
    return render_template("spaces/announced.html", page=page, kinds=KINDS)


@blueprint.get("/tenez-moi-au-courant/<slug>")
@permit(everyone, Space, key="slug")
def follow_page(space: Space) -> str:
    """Show what a space is for, and the form."""
    return _follow_page(open_space(space), AddressForm(formdata=None))


def _follow_page(space: Space, form: AddressForm) -> str:
    user = current_user()
    mine = operations.of_user(db.session(), space, user) if user else None
    return render_template(
        "spaces/follow.html", space=space, form=form, mine=mine, kinds=KINDS,
        days=operations.UNCONFIRMED_KEPT.days,
    )  # fmt: skip


@blueprint.post("/tenez-moi-au-courant/<slug>")
@permit(everyone, Space, key="slug")
@limiter.limit("20 per hour")
def follow_ask(space: Space) -> Any:
    """Write to the address how to confirm; the answer is the same for any address (S10)."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _follow_page(open_space(space), form), 422
    try:
        operations.ask(db.session(), open_space(space), form.email.data or "", now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _follow_page(space, form), 422
    return redirect(url_for("spaces.follow_sent", slug=space.slug), 303)


@blueprint.get("/tenez-moi-au-courant/<slug>/mail-envoye")
@permit(everyone, Space, key="slug")
def follow_sent(space: Space) -> str:
    """Say that the rest is in the mail."""
    return render_template(
        "spaces/follow_sent.html", space=open_space(space), days=operations.UNCONFIRMED_KEPT.days
    )


@blueprint.post("/espaces/<slug>/suivre")
@permit(rules.see, Space, key="slug")
def follow(space: Space) -> Any:
    """Keep the account of this request informed."""
    operations.follow(db.session(), space, current_user(), now=clock.now())
    flash(_("Les réunions de cet espace vous seront annoncées par mail."), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


@blueprint.post("/espaces/<slug>/ne-plus-suivre")
@permit(rules.see, Space, key="slug")
def unfollow(space: Space) -> Any:
    """Announce nothing more to the account of this request."""
    row = operations.of_user(db.session(), space, current_user())
    if row is not None:
        operations.stop(db.session(), row, actor=current_user(), now=clock.now())
    flash(_("Vous ne recevrez plus ces annonces."), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


@blueprint.get("/suivi/<token>")
@permit_token(operations.PURPOSE, Follower)
def following(row: Follower, *, token: str) -> str:
    """Show what is announced to this address: confirm it, or stop."""
    return render_template("spaces/following.html", row=row, token=token, space=row.space)


@blueprint.post("/suivi/<token>/confirmer")
@permit_token(operations.PURPOSE, Follower)
def confirm_following(row: Follower, *, token: str) -> Any:
    """Confirm the address."""
    if not ConfirmForm().validate_on_submit():
        abort(422)
    operations.confirm(db.session(), row, now=clock.now())
    return redirect(url_for("spaces.following", token=token), 303)


@blueprint.post("/suivi/<token>/arreter")
@permit_token(operations.PURPOSE, Follower)
def stop_following(row: Follower, *, token: str) -> Any:
    """Announce nothing more, and forget the address."""
    del token
    if not ConfirmForm().validate_on_submit():
        abort(422)
    operations.stop(db.session(), row, now=clock.now())
    return redirect(url_for("spaces.stopped"), 303)


@blueprint.get("/suivi-arrete")
@permit(everyone)
def stopped() -> str:
    """Say that it is done."""
    return render_template("spaces/stopped.html")
