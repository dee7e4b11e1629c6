"""Bring the pages and jobs of accounts into the application, and tell the foundation who is there."""

from flask import Flask, session

from hub.accounts import jobs
from hub.accounts.models import User
from hub.accounts.operations import passwords, sessions
from hub.accounts.views import administration, invitation, me, sign_in
from hub.accounts.views.blueprint import blueprint
from hub.core import access, clock
from hub.core.db import db

PAGES = (administration, invitation, me, sign_in)
JOBS = (jobs,)


def load_user() -> User | None:
    """Return the account that the request's cookie names."""
    raw = session.get("sid")
    return sessions.find_user(db.session(), raw, now=clock.now()) if isinstance(raw, str) else None


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    app.extensions[access.LOADER] = load_user
    passwords.prepare()
