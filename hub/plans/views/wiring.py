"""Bring the pages of plans into the application, and let them speak on the pages of what lies below."""

from flask import Flask

from hub.actors.signals import card_links as actor_links
from hub.plans.views import (
    diagnosis,
    following,
    frames,
    indicators,
    means,
    outline,
    pictures,
    plans,
)
from hub.plans.views.blueprint import blueprint
from hub.spaces.signals import card_links as space_links
from hub.spaces.signals import thing_links

# Importing them adds their routes.
PARTS = (plans, outline, pictures, diagnosis, indicators, means, frames, following)


def init_app(app: Flask) -> None:
    """Add the pages, and speak on the pages of actors, spaces and their actions."""
    app.register_blueprint(blueprint)
    actor_links.connect(following.card_links)
    space_links.connect(following.space_links)
    thing_links.connect(following.thing_links)
