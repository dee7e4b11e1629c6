"""Bring the pages and jobs into the application, and tell what memoranda have to do with other things."""

from typing import Any

from flask import Flask
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.signals import LinkGroup, card_links
from hub.publishing import rules, signals
from hub.publishing.jobs import building as building_jobs  # noqa: F401 - jobs are known once imported
from hub.publishing.jobs import leaflets as leaflets_jobs  # noqa: F401
from hub.publishing.jobs import presence as presence_jobs  # noqa: F401
from hub.publishing.jobs import sending as sending_jobs  # noqa: F401
from hub.publishing.operations import taken_back
from hub.publishing.queries import memoranda as queries
from hub.publishing.views import (  # noqa: F401 - so are the pages
    answers,
    apparatus,
    building,
    chapters,
    checking,
    choosing,
    commenting,
    data,
    elections,
    errata,
    genealogy,
    items,
    leaflets,
    memoranda,
    parts,
    publication,
    questions,
    reading,
    recipients,
    sendings,
    sharing,
    signing,
    undoing,
)
from hub.publishing.views.blueprint import address, blueprint

STAGE = 5  # of the chain


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    signals.connect()
    taken_back.connect()
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
