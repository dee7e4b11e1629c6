"""Where features that stand above actors may speak on an actor's card."""

from typing import Any, NamedTuple

from blinker import signal
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation

card_links = signal("actors.card-links")
"""Asks what hangs on an organisation, up and down the chain.

Receivers are called `(organisation, *, session, user)` and return a list of `(heading, [(label, url), …])`
or of `LinkGroup`, headings and labels as they are to be shown. They leave out what `user` (None: a reader)
may not see, and what is empty. Connect in the feature's `init_app`, with `weak=False` for a function that
nothing else holds.
"""

LAST = 99


class LinkGroup(NamedTuple):
    """What one stage of the chain has to do with an organisation.

    `stage` is its place along the chain: 1 spaces, 2 days, 3 contributions, 4 recommendations, 5 memoranda.
    """

    heading: str
    links: list[tuple[str, str]]
    stage: int = LAST


def links_of(organisation: Organisation, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return what the other features have to say, in the order of the chain."""
    answers = card_links.send(organisation, session=session, user=user)
    groups = [LinkGroup(*group) for _receiver, found in answers for group in found]
    return sorted((group for group in groups if group.links), key=lambda group: (group.stage, group.heading))
