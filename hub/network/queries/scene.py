"""Reading all that proposals are made from, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from hub.network.queries import gatherings, landscape
from hub.network.queries.register import read as read_register
from hub.network.values.groups import groups_of
from hub.network.values.proposals import Circle, Scene, neighbours
from hub.network.values.register import Origin
from hub.network.values.sight import Sight

TIES = frozenset(Origin) - {Origin.SPACE, Origin.DAY}
"""What counts as being tied where people are invited: seats side by side are told as such, days pass."""


def read(
    session: Session, day: date, sight: Sight, *, origins: Collection[Origin] = TIES, grouped: bool = True
) -> Scene:
    """Read who does what, who sits with whom on that day, who is tied to whom by ties of these origins.

    The groups come from all ties that the reader may see; `grouped` false leaves them out.
    """
    doers = landscape.read(session, day, everything=sight.records)
    register = read_register(session, day, sight)
    links = [(link.source, link.target, link.origin) for link in register.current_links]
    pairs = [(one, other) for one, other, _origin in links]
    return Scene(
        landscape=doers,
        circles=tuple(_circles(session, day)) if sight.spaces else (),
        ties=neighbours((one, other) for one, other, origin in links if origin in origins),
        groups=groups_of(doers.doers, pairs) if grouped else (),
    )


def _circles(session: Session, day: date) -> list[Circle]:
    members: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for row in session.execute(gatherings.seats()):
        here = (row.starts_on or date.min) <= day <= (row.ends_on or date.max)
        if here and not row.closed and (row.opened or date.min) <= day <= (row.ended or date.max):
            members[row.id, row.about].add(row.organisation_id)
    return [Circle(name, frozenset(sitting)) for (_id, name), sitting in sorted(members.items())]
