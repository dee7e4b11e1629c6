"""Where features that stand above days may speak on the pages of a day."""

from collections.abc import Sequence
from typing import Any

from blinker import signal
from sqlalchemy.orm import Session

from hub.actors.signals import LinkGroup
from hub.events.models.outcomes import Conclusion

conclusion_links = signal("events.conclusion-links")
"""Asks what came of the conclusions of a day: contributions, recommendations…

Receivers are called with the session, `conclusions` (a sequence) and `user` (None: a reader), and return a
dict: number of the conclusion → list of `LinkGroup`, without what `user` may not see.
"""


def links_of(session: Session, conclusions: Sequence[Conclusion], *, user: Any) -> dict[int, list[LinkGroup]]:
    """Return what features above say came of each conclusion, in the order of the chain."""
    found: dict[int, list[LinkGroup]] = {row.id: [] for row in conclusions}
    if conclusions:
        for _receiver, answer in conclusion_links.send(session, conclusions=conclusions, user=user):
            for number, groups in (answer or {}).items():
                found[number] += [group for group in groups if group.links]
    return {number: sorted(groups, key=lambda group: group.stage) for number, groups in found.items()}
