"""Where features that stand above spaces may speak on the pages of a space and of what happens there."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from blinker import signal
from sqlalchemy.orm import Session

from hub.actors.signals import LinkGroup
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space

card_links = signal("spaces.card-links")
"""Asks what hangs on a space, down the chain.

Receivers are called `(space, *, session, user)` and return a list of `LinkGroup`, without what `user` may not
see and without what is empty.
"""

thing_links = signal("spaces.thing-links")
"""Asks what hangs on a meeting, a decision or an action: axes of a plan, recommendations…

Receivers are called `(thing, *, session, user)` with a `Meeting`, a `Decision` or an `Action`, and return a
list of `LinkGroup`, without what `user` may not see and without what is empty.
"""

captured_links = signal("spaces.captured-links")
"""Asks what features above captured from the points of a meeting.

Receivers are called `(meeting, *, session, user)` and return point → list of `Captured`, in one query.
"""


@dataclass(frozen=True, slots=True)
class Captured:
    """Something captured from a point: what it is in a word, what it says, its page ("": not for `user`)."""

    kind: str
    text: str
    url: str = ""
    client_key: str = ""


def links_of(space: Space, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return the groups that other features give."""
    answers = card_links.send(space, session=session, user=user)
    return [group for _, groups in answers for group in groups]


def links_of_thing(thing: Any, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return the groups that other features give for a meeting, a decision or an action."""
    answers = thing_links.send(thing, session=session, user=user)
    return [group for _, groups in answers for group in groups]


def captured_from(meeting: Meeting, *, session: Session, user: Any) -> dict[int, list[Captured]]:
    """Return point → what features above captured from it."""
    found: dict[int, list[Captured]] = defaultdict(list)
    for _receiver, answer in captured_links.send(meeting, session=session, user=user):
        for item_id, things in answer.items():
            found[item_id].extend(things)
    return found
