"""Bring the pages of actors into the application."""

from flask import Flask

from hub.accounts.signals import my_account
from hub.actors.views import cards, editing, mandates, references, register, relations, words
from hub.actors.views.blueprint import blueprint

PAGES = (cards, editing, mandates, references, register, relations, words)  # importing them adds their routes


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    my_account.connect(mandates.my_organisations)
