"""Gephi's tables of nodes and edges: `Id`, `Label`; `Source`, `Target`, `Type`, `Kind`, `Weight`, `Timeset`.

As Gephi's import reads them (https://gephi.org/users/supported-graph-formats/spreadsheet): commas, UTF-8,
a backslash takes the next sign as it is, `Type` is Directed or Undirected, `Kind` keeps parallel edges apart,
`Timeset` holds intervals.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date

from graph.exchange import cells
from graph.exchange.model import Exchange
from graph.exchange.rows import (
    ACTOR_FIELDS,
    ENDS,
    TIE_FIELDS,
    Field,
    Row,
    Rows,
    Shape,
    actor_read,
    actor_row,
    folded,
    tie_read,
    tie_row,
)

NODES, EDGES = "nodes.csv", "edges.csv"
ESCAPE = "\\"
NODE_COLUMNS = ("Id", "Label", "Timeset")
EDGE_COLUMNS = ("Source", "Target", "Type", "Id", "Label", "Kind", "Weight", "Timeset")
FIGURES = {Shape.WHOLE, Shape.NUMBER}
OWN_NODE = [one for one in ACTOR_FIELDS if one.name != "id"]
OWN_EDGE = [one for one in TIE_FIELDS if one.name not in {"id", "poids"} | ENDS]


def write_nodes(exchange: Exchange) -> Iterator[str]:
    """Yield the table of nodes, a line at a time."""
    yield _line([*NODE_COLUMNS, *(one.name for one in OWN_NODE)])
    for actor in exchange.actors:
        founded = date(actor.founded, 1, 1) if actor.founded else None
        head = [actor.id, actor.label, _timeset(founded, actor.ended_on)]
        yield _line([_text(one) for one in head] + _cells(actor_row(actor), OWN_NODE))


def write_edges(exchange: Exchange) -> Iterator[str]:
    """Yield the table of edges, a line at a time."""
    yield _line([*EDGE_COLUMNS, *(one.name for one in OWN_EDGE)])
    for tie in exchange.ties:
        row = tie_row(tie)
        start, end = (bound.day if bound else None for bound in (tie.start, tie.end))
        kind = (tie.kind.label, tie.kind.code) if tie.kind else ("", "")
        head = [tie.source, tie.target, "Directed", tie.id, *kind]
        tail = [row["poids"], _timeset(start, end)]
        yield _line([_text(one) for one in head] + tail + _cells(row, OWN_EDGE))


def _timeset(start: date | None, end: date | None) -> str:
    if start is None and end is None:
        return ""
    return f"<[{start or '-Infinity'}, {end or 'Infinity'}]>"


def _cells(row: Row, told: Sequence[Field]) -> list[str]:
    return [
        text if one.shape in FIGURES else _text(text)
        for one in told
        for text in [_yes_no(row.get(one.name, ""), one.shape)]
    ]


def _yes_no(text: str, shape: Shape) -> str:
    return {"oui": "true", "non": "false"}.get(text, text) if shape == Shape.YES_NO else text


def _text(text: str) -> str:
    return cells.neutral(text).replace(ESCAPE, ESCAPE * 2)


def _line(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(values)
    return line.getvalue()


def is_nodes(header: Sequence[str]) -> bool:
    """Say whether these are the columns of a table of nodes."""
    names = {folded(name) for name in header}
    return {"id", "label"} <= names and not {"source", "target"} & names


def is_edges(header: Sequence[str]) -> bool:
    """Say whether these are the columns of a table of edges, as Gephi writes or reads it."""
    names = {folded(name) for name in header}
    return {"source", "target"} <= names and bool({"type", "id", "kind", "weight"} & names)


def read(nodes: Sequence[Sequence[str]], edges: Sequence[Sequence[str]]) -> Rows:
    """Return what the two tables hold, each with its header; either may be empty.

    Without nodes, the ends of the edges are actors of that name, as Gephi makes them.
    """
    rows = Rows(
        [_node(told) for told in _told(nodes)],
        [_edge(told) for told in _told(edges)],
    )
    if not nodes:
        ends = dict.fromkeys(row[end] for row in rows.ties for end in ("de", "vers") if row.get(end))
        rows.actors.extend({"id": end, "nom": end} for end in ends)
    return rows


def _told(table: Sequence[Sequence[str]]) -> Iterator[list[tuple[str, str]]]:
    header = list(table[0]) if table else []
    for line in table[1:]:
        if any(line):
            yield [(name, cells.plain(text)) for name, text in zip(header, line, strict=False)]


def _node(told: list[tuple[str, str]]) -> Row:
    row = actor_read(told)
    return {"id": row.get("nom", ""), **row}


def _edge(told: list[tuple[str, str]]) -> Row:
    # Directed and Undirected are no kinds of relations.
    return tie_read((name, text) for name, text in told if folded(name) != "type")
