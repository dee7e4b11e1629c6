"""Bring the pages of actors into the application."""

from flask import Flask

from hub.accounts.signals import my_account
from hub.actors.views import mandates
from hub.actors.views.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    my_account.connect(mandates.my_organisations)
