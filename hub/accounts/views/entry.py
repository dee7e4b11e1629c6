"""Letting somebody in: a new session, a new cookie, and where to go next."""

import flask
from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.accounts.operations import sessions
from hub.core import clock
from hub.core.access import local_path
from hub.core.db import db

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def device() -> str:
    """Return what the browser says of itself, in two words that its owner recognises."""
    agent = request.user_agent.string
    found = [next((word for sign, word in words if sign in agent), "") for words in (BROWSERS, SYSTEMS)]
    return " · ".join(word for word in found if word)


def start_session(user: User) -> None:
    """Sign in on this browser. The cookie gets a new identifier, whatever it held before."""
    end_session()
    flask.session["sid"] = sessions.open_session(db.session(), user, device=device(), now=clock.now())
    g.user = user


def end_session() -> None:
    """Sign out of this browser."""
    raw = flask.session.get("sid")
    if isinstance(raw, str):
        sessions.close_session(db.session(), raw)
    flask.session.clear()
    g.user = None


def let_in(user: User, target: str | None) -> Response:
    """Sign in and go on to `target`, or to the first page of that account."""
    start_session(user)
    return redirect(local_path(target) or first_page(), 303)


def first_page() -> str:
    """Return the path of the page where an account begins."""
    return url_for("dashboard.home")
