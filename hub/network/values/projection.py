"""From who was where to who is tied to whom: spaces, days, memoranda and projects made pairs, knowingly.

Thirty organisations in one space would make 435 pairs, and a picture in which nobody sees anything; nor does
it say that all thirty know one another. Hence:

- at a **table**, where at most `TABLE` sit at a time, everyone is tied to everyone who sits there then;
- in a **hall**, where more do, everyone is tied to those who run it (who pilots, organises, leads), and to
  nobody else. A hall that nobody runs, or that more than `TABLE` run, ties nobody on the map.

So each seat brings at most `TABLE` pairs: n actors never make more than `TABLE` × n. A hall's other pairs are
left out of the picture only; what two actors share is always listed where a tie is explained.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

TABLE = 12
"""As many can sit round a table and speak with one another."""


@dataclass(frozen=True, slots=True)
class Seat:
    """An actor (by id) in a gathering, from `start` to `end`, both included; `runs` says that it runs it."""

    actor: int
    start: date | None = None
    end: date | None = None
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two actors (the lesser id first) that share a gathering, from `start` to `end`, both included.

    `strength` is the share that one of the others has in each: 1/(n-1) where n sit at the fullest time.
    """

    first: int
    second: int
    start: date | None
    end: date | None
    strength: float


def meetings(seats: Iterable[Seat]) -> list[Meeting]:
    """Return the pairs that a gathering ties, in the order of their ids and periods."""
    ordered = sorted(seats, key=_order)
    most = _fullest(ordered)
    running = _fullest([seat for seat in ordered if seat.runs])
    if most < 2:  # noqa: PLR2004 - alone
        return []
    hall = most > TABLE
    if hall and not 0 < running <= TABLE:
        return []
    found = {
        (min(one.actor, other.actor), max(one.actor, other.actor), *_common(one, other))
        for one, other in _overlapping(ordered, hall=hall)
    }
    pairs = sorted(found, key=lambda pair: (pair[0], pair[1], pair[2] or date.min, pair[3] or date.max))
    return [Meeting(*pair, strength=1 / (most - 1)) for pair in pairs]


def _order(seat: Seat) -> tuple[date, date, int]:
    return (seat.start or date.min, seat.end or date.max, seat.actor)


def _fullest(ordered: Sequence[Seat]) -> int:
    """Return how many different actors sit there at the time when most do."""
    # Whoever leaves on a day is still there when others come on it.
    comings = [(seat.start or date.min, 0, seat.actor) for seat in ordered]
    goings = [(_last(seat), 1, seat.actor) for seat in ordered]
    here: Counter[int] = Counter()
    most = 0
    for _day, goes, actor in sorted(comings + goings):
        here[actor] += -1 if goes else 1
        if not here[actor]:
            del here[actor]
        most = max(most, len(here))
    return most


def _overlapping(ordered: Sequence[Seat], *, hall: bool) -> Iterator[tuple[Seat, Seat]]:
    here: list[Seat] = []
    for seat in ordered:
        here = [one for one in here if _last(one) >= (seat.start or date.min)]
        for one in here:
            if one.actor != seat.actor and (not hall or one.runs or seat.runs):
                yield one, seat
        here.append(seat)


def _last(seat: Seat) -> date:
    return seat.end or date.max


def _common(one: Seat, other: Seat) -> tuple[date | None, date | None]:
    """Return the days that both sit there, None where no bound is known."""
    start = max(one.start or date.min, other.start or date.min)
    end = min(_last(one), _last(other))
    return (None if start == date.min else start, None if end == date.max else end)
