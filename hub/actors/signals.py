"""Where features that stand above actors may speak on an actor's card."""

from typing import Any, NamedTuple

from blinker import signal
from sqlalchemy.orm import Session

from hub.actors.models import Organisation

card_links = signal("actors.card-links")
"""Asks what hangs on an organisation, up and down the chain.

Receivers are called `(organisation, *, session, user)` and return a list of `(heading, [(label, url), …])`,
headings and labels as they are to be shown. They leave out what `user` (None: a reader) may not see, and what
is empty. Connect in the feature's `init_app`, with `weak=False` for a function that nothing else holds.
"""


class LinkGroup(NamedTuple):
    """What one stage of the chain has to do with an organisation."""

    heading: str
    links: list[tuple[str, str]]


def links_of(organisation: Organisation, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return the groups that other features give, in the order of their features' names' registration."""
    answers = card_links.send(organisation, session=session, user=user)
    return [LinkGroup(heading, list(links)) for _, groups in answers for heading, links in groups if links]
