"""Bring the pages and jobs into the application, and tell what memoranda have to do with other things."""

from typing import Any

from flask import Flask
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.signals import LinkGroup, card_links
from hub.publishing import jobs, queries, rules, signals  # noqa: F401 - jobs are known once imported
from hub.publishing.views import (  # noqa: F401 - so are the pages
    building,
    chapters,
    elections,
    items,
    memoranda,
    reading,
    signing,
)
from hub.publishing.views.blueprint import address, blueprint

STAGE = 5  # of the chain


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    signals.connect()
    card_links.connect(links_on_card)


def links_on_card(organisation: Organisation, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return the editions that an organisation signs, of those that the person may read."""
    editions = session.scalars(queries.signed_by(organisation)).all()
    links = [
        (
            gettext("%(title)s, édition %(number)s", title=edition.memorandum.title, number=edition.number),
            address(edition),
        )
        for edition in editions
        if rules.read(user, edition)
    ]
    return [LinkGroup(gettext("Mémorandums signés"), links, STAGE)]
