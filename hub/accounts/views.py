"""Pages of accounts: signing in and out, one's account, everybody's accounts."""

from flask import Flask, session

from hub.accounts import operations
from hub.accounts.models import User
from hub.core import access, clock
from hub.core.db import db


def load_user() -> User | None:
    """Return the account that the request's cookie names."""
    raw = session.get("sid")
    return operations.find_user(db.session(), raw, now=clock.now()) if isinstance(raw, str) else None


def init_app(app: Flask) -> None:
    """Add the pages, and tell the foundation who is there."""
    app.extensions[access.LOADER] = load_user
