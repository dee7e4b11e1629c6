"""The whole history of the network in columns, small enough to be sent at once.

The page draws any day from it without asking again. What repeats is told once, in tables; actors and ties
point to places in them. Actors stand in the order of the register, ties by their ends, so that neighbouring
numbers are alike and the answer compresses well.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from graph.layout import Layout
from hub.core.search import slug
from hub.network.values.register import Actor, Part, Register, Wanted, passes
from hub.network.values.threads import thread_of

FORMAT = 1
"""Counted up when the columns change, for pages that are still open."""
EPOCH = date(1970, 1, 1)
SCALE = 4
"""Places in a unit of the picture: a quarter is finer than anybody sees."""
PLAIN = re.compile("[\u0000-\u017f\u2010-\u2015\u2018-\u201f\u202f]*")
"""Signs of which `slug` and its like in the browser (assets/js/network/history.js) make the same."""

Row = TypeVar("Row", bound=Hashable)


def ever_shown(register: Register, wanted: Wanted) -> Part:
    """Return all that `shown` may show on some day, with ties of every origin.

    A link between an actor and itself says nothing about who works with whom, and is left out.
    """
    links = [link for link in register.links if wanted.relation in {"", link.kind}]
    tied = {end for link in links for end in link.pair}
    actors = tuple(
        actor
        for actor in register.actors.values()
        if passes(actor, wanted) and (not wanted.relation or actor.id in tied)
    )
    kept = {actor.id for actor in actors}
    inside = (link for link in links if link.source != link.target and {*link.pair} <= kept)
    return Part(actors, tuple(inside))


class _Table(Generic[Row]):
    """Rows told once, each known by its place."""

    def __init__(self) -> None:
        self.places: dict[Row, int] = {}

    def place(self, row: Row) -> int:
        return self.places.setdefault(row, len(self.places))

    @property
    def rows(self) -> list[Row]:
        return list(self.places)


def encode(history: Part, layout: Layout) -> dict[str, Any]:
    """Return the history as plain lists and numbers; the layout has a place for each actor of it.

    A day is a number of days from `base` on, counted from 1; 0 is a bound that nobody knows. A label of 0 is
    the name, a slug of 0 the one that follows from the name; a commune of 0 is unknown, others are counted
    from 1. Sources are differences to the one before. Places are in quarters of the picture's unit.
    """
    places = {actor.id: place for place, actor in enumerate(history.actors)}
    links = sorted(
        history.links,
        key=lambda link: (places[link.source], places[link.target], link.start_on or EPOCH, link.fact),
    )
    day, base = _days(history)
    kinds, communes, themes = _Table[Any](), _Table[Any](), _Table[Any]()
    sectors, relations = _Table[str](), _Table[Any]()
    positions = layout.positions

    def commune(actor: Actor) -> int:
        row = (actor.commune_code, actor.commune, actor.latitude, actor.longitude)
        return communes.place(row) + 1 if actor.commune_code else 0

    actors = _columns(
        history.actors,
        {
            "name": lambda actor: actor.name,
            "label": lambda actor: 0 if actor.label == actor.name else actor.label,
            "slug": lambda actor: 0 if _follows(actor) else actor.slug,
            "kind": lambda actor: kinds.place((actor.kind_code, actor.kind, actor.family.value)),
            "commune": commune,
            "themes": lambda actor: [themes.place(theme) for theme in actor.themes],
            "sector": lambda actor: sectors.place(actor.sector.value),
            "x": lambda actor: round(positions[actor.slug][0] * SCALE),
            "y": lambda actor: round(positions[actor.slug][1] * SCALE),
            "since": lambda actor: day(actor.since),
            "until": lambda actor: day(actor.until),
        },
    )
    ties = _columns(
        links,
        {
            "target": lambda link: places[link.target],
            "relation": lambda link: relations.place(
                (
                    link.kind,
                    link.label,
                    link.reverse_label,
                    link.origin.value,
                    thread_of(link).value,
                    link.directed,
                )
            ),
            "since": lambda link: day(link.start_on),
            "until": lambda link: day(link.end_on),
        },
    )
    ties["source"] = _differences([places[link.source] for link in links])
    return {
        "format": FORMAT,
        "box": [layout.box.width, layout.box.height],
        "clearance": round(layout.clearance, 2),
        "base": base,
        "kinds": kinds.rows,
        "communes": communes.rows,
        "themes": themes.rows,
        "sectors": sectors.rows,
        "relations": relations.rows,
        "actors": actors,
        "ties": ties,
    }


def _columns(rows: Sequence[Any], cells: dict[str, Callable[[Any], Any]]) -> dict[str, list[Any]]:
    return {name: [cell(row) for row in rows] for name, cell in cells.items()}


def _days(history: Part) -> tuple[Callable[[date | None], int], int]:
    """Return how a day is written, and the day before the first one as days since 1970."""
    bounds = (
        [bound for actor in history.actors for bound in (actor.since, actor.until)],
        [bound for link in history.links for bound in (link.start_on, link.end_on)],
    )
    known = [bound for group in bounds for bound in group if bound is not None]
    first = min(known, default=EPOCH).toordinal() - 1
    return (lambda bound: bound.toordinal() - first if bound else 0), first - EPOCH.toordinal()


def _differences(numbers: Iterable[int]) -> list[int]:
    found, before = [], 0
    for number in numbers:
        found.append(number - before)
        before = number
    return found


def _follows(actor: Actor) -> bool:
    """Say whether the browser can tell the address from the name."""
    return actor.slug == slug(actor.name) and bool(PLAIN.fullmatch(actor.name))
