"""Calendars to subscribe to: making and ending them, and what programs are given."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from hub.actors.models.mandates import Person
from hub.core import clock
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.web import site
from hub.spaces import rules
from hub.spaces.forms.joining import ConfirmForm
from hub.spaces.models.spaces import Space
from hub.spaces.operations import feeds
from hub.spaces.queries import mine
from hub.spaces.views.blueprint import blueprint

TYPE = "text/calendar; charset=utf-8"


@blueprint.get("/espaces/<slug>/calendrier")
@permit(rules.edit, Space, key="slug")
def space_calendar(space: Space) -> str:
    """Say whether there is a calendar of this space, and how to make one."""
    return _space_page(space)


def _space_page(space: Space, path: str = "") -> str:
    live = feeds.live(db.session(), space, clock.now())
    return render_template("spaces/calendar.html", space=space, live=live, address=address(path), mine=False)


def address(path: str) -> str:
    """Return the whole address of a calendar that was just made, or ""."""
    return f"{site().base_url}{path}" if path else ""


@blueprint.post("/espaces/<slug>/calendrier")
@permit(rules.edit, Space, key="slug")
def make_space_calendar(space: Space) -> Any:
    """Make a calendar and show its address, this once."""
    if not ConfirmForm().validate_on_submit():
        abort(422)
    return _space_page(space, feeds.make(db.session(), space, actor=current_user(), now=clock.now()))


@blueprint.post("/espaces/<slug>/calendrier/arreter")
@permit(rules.edit, Space, key="slug")
def stop_space_calendar(space: Space) -> Any:
    """End the calendar of a space."""
    feeds.stop(db.session(), space, actor=current_user(), now=clock.now())
    flash(_("L’adresse ne donne plus rien."), "success")
    return redirect(url_for("spaces.space_calendar", slug=space.slug), 303)


@blueprint.get("/mon-calendrier")
@permit(rules.see)
def my_calendar() -> str:
    """Say whether whoever signed in has a calendar of their meetings, and how to make one."""
    return _my_page()


def _me() -> Person | None:
    return db.session.scalar(mine.person_of(current_user().id))


def _my_page(path: str = "") -> str:
    person = _me()
    live = feeds.live(db.session(), person, clock.now()) if person else None
    return render_template(
        "spaces/calendar.html", space=None, person=person, live=live, address=address(path), mine=True
    )


@blueprint.post("/mon-calendrier")
@permit(rules.see)
def make_my_calendar() -> Any:
    """Make a calendar of one's own meetings and show its address, this once."""
    person = _me()
    if person is None or not ConfirmForm().validate_on_submit():
        abort(422)
    return _my_page(feeds.make(db.session(), person, actor=current_user(), now=clock.now()))


@blueprint.post("/mon-calendrier/arreter")
@permit(rules.see)
def stop_my_calendar() -> Any:
    """End one's own calendar."""
    person = _me()
    if person is not None:
        feeds.stop(db.session(), person, actor=current_user(), now=clock.now())
        flash(_("L’adresse ne donne plus rien."), "success")
    return redirect(url_for("spaces.my_calendar"), 303)


# --- What programs are given -------------------------------------------------------------------


@blueprint.get("/agenda/espace/<token>.ics")
@permit_token(feeds.PURPOSE, Space)
def space_feed(space: Space, *, token: str) -> Response:
    """Send a space's meetings."""
    del token
    return _calendar(feeds.of_space(db.session(), space, site(), now=clock.now()), space.slug)


@blueprint.get("/agenda/personne/<token>.ics")
@permit_token(feeds.PURPOSE, Person)
def person_feed(person: Person, *, token: str) -> Response:
    """Send the meetings of the spaces in which a person may speak today."""
    del token
    return _calendar(feeds.of_person(db.session(), person, site(), now=clock.now()), "mes-reunions")


def _calendar(content: bytes, name: str) -> Response:
    answer = Response(content, content_type=TYPE)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer
