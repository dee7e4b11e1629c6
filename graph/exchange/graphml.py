"""GraphML, which networkx, igraph, yEd, Gephi and Cytoscape read: plain values only, nothing empty.

Primer: http://graphml.graphdrawing.org/primer/graphml-primer.html
"""

from collections.abc import Iterator, Mapping

from graph.exchange import xml_files
from graph.exchange.model import Exchange
from graph.exchange.rows import (
    ACTOR_FIELDS,
    ENDS,
    TIE_FIELDS,
    YES,
    Field,
    Row,
    Rows,
    Shape,
    actor_read,
    actor_row,
    tie_read,
    tie_row,
)

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
TYPES = {Shape.WHOLE: "int", Shape.NUMBER: "double", Shape.YES_NO: "boolean"}
LABEL, WEIGHT = "label", "weight"
"""The names by which Gephi and yEd know what is written beside a node, and others how strong an edge is."""


def _names(prefix: str, told: tuple[Field, ...]) -> dict[str, str]:
    """Return name of a field → id of its key."""
    kept = [one.name for one in told if one.name not in {"id", "poids"} | ENDS]
    return {name: f"{prefix}{number}" for number, name in enumerate([LABEL, *kept])}


NODE_KEYS = _names("n", ACTOR_FIELDS)
EDGE_KEYS = _names("e", TIE_FIELDS) | {WEIGHT: "w"}


def write(exchange: Exchange) -> Iterator[str]:
    """Yield the file piece by piece."""
    yield xml_files.DECLARATION
    yield f'<graphml xmlns="{NAMESPACE}">\n'
    yield '<key id="title" for="graph" attr.name="title" attr.type="string"/>\n'
    yield '<key id="description" for="graph" attr.name="description" attr.type="string"/>\n'
    yield from _declared("node", NODE_KEYS, ACTOR_FIELDS)
    yield from _declared("edge", EDGE_KEYS, TIE_FIELDS)
    yield '<graph id="maillage" edgedefault="directed">\n'
    about = exchange.about
    yield f'<data key="title">{xml_files.text(about.title)}</data>\n'
    yield f'<data key="description">{xml_files.text(f"{about.description} {about.address}".strip())}</data>\n'
    for actor in exchange.actors:
        head = xml_files.attributes({"id": actor.id})
        yield f"<node{head}>{_data(NODE_KEYS, {LABEL: actor.label, **actor_row(actor)})}</node>\n"
    for tie in exchange.ties:
        head = xml_files.attributes({"id": tie.id, "source": tie.source, "target": tie.target})
        row = tie_row(tie)
        label = {LABEL: tie.kind.label} if tie.kind else {}
        weight = {WEIGHT: row["poids"]}
        yield f"<edge{head}>{_data(EDGE_KEYS, {**label, **row, **weight})}</edge>\n"
    yield "</graph>\n</graphml>\n"


def _declared(kind: str, keys: Mapping[str, str], told: tuple[Field, ...]) -> Iterator[str]:
    types = {one.name: TYPES.get(one.shape, "string") for one in told} | {WEIGHT: "double"}
    for name, number in keys.items():
        shape = types.get(name, "string")
        yield f'<key id="{number}" for="{kind}" attr.name="{name}" attr.type="{shape}"/>\n'


def _data(keys: Mapping[str, str], row: Row) -> str:
    return "".join(
        f'<data key="{keys[name]}">{xml_files.text(_value(name, text))}</data>'
        for name, text in row.items()
        if name in keys
    )


def _value(name: str, text: str) -> str:
    return ("true" if text == YES else "false") if name == "symetrique" else text


class _Reader:
    """Gathers nodes and edges, whoever wrote them; nested graphs are read as one."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.names: dict[str, str] = {}  # id of a key → name
        self.elements: list[tuple[str, Mapping[str, str], list[tuple[str, str]]]] = []
        self.key = ""

    def start(self, name: str, told: Mapping[str, str]) -> None:
        if name == "key":
            number = told.get("id", "")
            self.names[number] = told.get("attr.name") or number
        elif name in {"node", "edge"}:
            self.elements.append((name, dict(told), []))
        elif name == "data":
            self.key = told.get("key", "")

    def end(self, name: str, inside: str) -> None:
        if name == "data" and self.elements:
            self.elements[-1][2].append((self.names.get(self.key, self.key), inside))
        elif name in {"node", "edge"}:
            kind, told, said = self.elements.pop()
            if kind == "node":
                self.rows.actors.append({**actor_read(said), "id": told.get("id", "").strip()})
            else:
                self._edge(told, said)

    def _edge(self, told: Mapping[str, str], said: list[tuple[str, str]]) -> None:
        row = tie_read(said)
        row |= {"de": told.get("source", "").strip(), "vers": told.get("target", "").strip()}
        row |= {"id": told["id"].strip()} if told.get("id") else {}
        self.rows.ties.append(row)


def read(content: bytes) -> Rows:
    """Return what a GraphML file holds. Raises ExchangeError."""
    reader = _Reader()
    xml_files.parse(content, reader)
    return reader.rows
