"""Where features that stand above spaces may speak on a space's page."""

from typing import Any

from blinker import signal
from sqlalchemy.orm import Session

from hub.actors.signals import LinkGroup
from hub.spaces.models.spaces import Space

card_links = signal("spaces.card-links")
"""Asks what hangs on a space, down the chain.

Receivers are called `(space, *, session, user)` and return a list of `LinkGroup`, without what `user` may not
see and without what is empty.
"""


def links_of(space: Space, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return the groups that other features give."""
    answers = card_links.send(space, session=session, user=user)
    return [group for _, groups in answers for group in groups]
