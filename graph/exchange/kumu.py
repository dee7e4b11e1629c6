"""Kumu: elements and connections, as a workbook of two sheets or as a JSON blueprint.

As Kumu's documentation asks (https://docs.kumu.io/guides/import): `ID` first, then `Label`, or `From` and
`To`; several values in a cell are kept apart by bars; `Location` is « latitude, longitude »; the years in
which something was there stand in `Tags`, which Kumu's tagged timeline filters by. Our own fields follow
under their French headings, and are what is read back. Kumu's full export of a project, whose fields stand in
`attributes`, is read too.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from graph.exchange import json_files
from graph.exchange.model import Actor, Exchange, Tie
from graph.exchange.rows import (
    ACTOR_FIELDS,
    BAR,
    ENDS,
    TIE_FIELDS,
    Field,
    Row,
    Rows,
    Shape,
    actor_read,
    actor_row,
    tie_read,
    tie_row,
)

LONGEST_PERIOD = 40
"""Years told by tags at most: a timeline of centuries serves nobody."""
DIRECTED, UNDIRECTED = "directed", "undirected"
# What Kumu's own fields say already.
SAID = {"id", "description", "site"} | ENDS
LISTS = {Shape.LIST, Shape.LABELS, Shape.CODES}
ELEMENT_HEADINGS = ("ID", "Label", "Type", "Description", "Tags", "Location", "URL")
CONNECTION_HEADINGS = ("ID", "From", "To", "Direction", "Type", "Tags")


def _own(told: Sequence[Field]) -> list[Field]:
    return [one for one in told if one.name not in SAID]


class Years:
    """The years that tags tell of: from the first start of a tie to the network's own year, 40 at most."""

    def __init__(self, exchange: Exchange) -> None:
        self.last = (exchange.about.as_of or exchange.about.made_on).year
        starts = [tie.start.day.year for tie in exchange.ties if tie.start]
        first = min([year for year in starts if year <= self.last], default=self.last)
        self.first = max(first, self.last - LONGEST_PERIOD + 1)

    def between(self, start: int | None, end: int | None) -> list[str]:
        """Return the years of a period; an unknown bound is the bound of all."""
        first = max(start or self.first, self.first)
        return [str(year) for year in range(first, min(end or self.last, self.last) + 1)]

    def of_actor(self, actor: Actor) -> list[str]:
        """Return the years in which an actor was there."""
        return self.between(actor.founded, actor.ended_on.year if actor.ended_on else None)

    def of_tie(self, tie: Tie) -> list[str]:
        """Return the years in which a tie held."""
        start, end = (bound.day.year if bound else None for bound in (tie.start, tie.end))
        return self.between(start, end)


def location(actor: Actor) -> str:
    """Return « latitude, longitude », or nothing where the place isn't known."""
    known = actor.latitude is not None and actor.longitude is not None
    return f"{actor.latitude}, {actor.longitude}" if known else ""


def element(actor: Actor, years: Years) -> dict[str, Any]:
    """Return an actor's fields by their headings; several values as a list."""
    kumu = {
        "ID": actor.id,
        "Label": actor.label,
        "Type": actor.kind.label if actor.kind else "",
        "Description": actor.description,
        "Tags": years.of_actor(actor),
        "Location": location(actor),
        "URL": actor.website,
    }
    return kumu | _titled(actor_row(actor), ACTOR_FIELDS)


def connection(tie: Tie, years: Years) -> dict[str, Any]:
    """Return a tie's fields by their headings; several values as a list."""
    kumu = {
        "ID": tie.id,
        "From": tie.source,
        "To": tie.target,
        "Direction": UNDIRECTED if tie.symmetric else DIRECTED,
        "Type": tie.kind.label if tie.kind else "",
        "Tags": years.of_tie(tie),
    }
    return kumu | _titled(tie_row(tie), TIE_FIELDS)


def _titled(row: Row, told: Sequence[Field]) -> dict[str, Any]:
    return {
        one.title: row[one.name].split(BAR) if one.shape in LISTS else row[one.name]
        for one in _own(told)
        if one.name in row
    }


def element_headings() -> list[str]:
    """Return the headings of the sheet of elements."""
    return [*ELEMENT_HEADINGS, *(one.title for one in _own(ACTOR_FIELDS))]


def connection_headings() -> list[str]:
    """Return the headings of the sheet of connections."""
    return [*CONNECTION_HEADINGS, *(one.title for one in _own(TIE_FIELDS))]


def write_json(exchange: Exchange) -> Iterator[str]:
    """Yield a blueprint piece by piece."""
    years = Years(exchange)
    yield '{"elements":['
    yield from json_files.listed(_blueprint(element(actor, years)) for actor in exchange.actors)
    yield '\n],"connections":['
    yield from json_files.listed(_blueprint(connection(tie, years)) for tie in exchange.ties)
    yield "\n]}\n"


def _blueprint(told: dict[str, Any]) -> dict[str, Any]:
    """Name Kumu's own fields as its JSON does, in small letters; leave out what is empty."""
    own = {*ELEMENT_HEADINGS, *CONNECTION_HEADINGS}
    return {(name.lower() if name in own else name): value for name, value in told.items() if value}


def is_blueprint(found: Any) -> bool:
    """Say whether a JSON value is Kumu's."""
    return isinstance(found, dict) and isinstance(found.get("elements"), list)


def read_json(found: Any) -> Rows:
    """Return what a blueprint or a full export holds. Raises ExchangeError."""
    return Rows(
        [read_element(_flat(one)) for one in json_files.objects(found, "elements")],
        [read_connection(_flat(one)) for one in json_files.objects(found, "connections")],
    )


def _flat(found: dict[str, Any]) -> list[tuple[str, str]]:
    inner = found.get("attributes")
    outer = {"id" if name == "_id" else name: value for name, value in found.items()}
    return json_files.told(outer) + (json_files.told(inner) if isinstance(inner, dict) else [])


def read_element(told: list[tuple[str, str]]) -> Row:
    """Return an element as a row; without an ID, Kumu knows it by its label."""
    row = actor_read(told)
    return {"id": row.get("nom", ""), **row}


def read_connection(told: list[tuple[str, str]]) -> Row:
    """Return a connection as a row."""
    return tie_read(told)
