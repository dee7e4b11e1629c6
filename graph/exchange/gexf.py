"""GEXF 1.3, for Gephi and Gephi Lite: ties as directed edges of a kind, their periods as spells.

Every edge is directed, with `symetrique` for the kinds that say the same in both directions; what kind it is
stands in `kind`, by which Gephi keeps parallel edges apart, and in the attribute `relation`: an attribute
named `type` breaks Gephi Lite and networkx. Schema: https://gexf.net/schema.html
"""

from collections.abc import Iterator, Mapping
from datetime import date

from graph.exchange import xml_files
from graph.exchange.model import Actor, Exchange, Tie
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

NAMESPACE = "http://gexf.net/1.3"
TYPES = {Shape.WHOLE: "integer", Shape.NUMBER: "double", Shape.YES_NO: "boolean"}
OF_THE_ELEMENT = frozenset({"id", "poids"}) | ENDS
YEAR, DAY = 4, 10


def write(exchange: Exchange) -> Iterator[str]:
    """Yield the file piece by piece."""
    yield xml_files.DECLARATION
    yield f'<gexf xmlns="{NAMESPACE}" version="1.3">\n'
    about = exchange.about
    yield f'<meta lastmodifieddate="{about.made_on}"><creator>Maillage</creator>'
    yield f"<description>{xml_files.text(_description(exchange))}</description></meta>\n"
    yield (
        '<graph mode="dynamic" defaultedgetype="directed" idtype="string" timeformat="date" '
        'timerepresentation="interval">\n'
    )
    yield from _declared("node", ACTOR_FIELDS)
    yield from _declared("edge", TIE_FIELDS)
    yield f'<nodes count="{len(exchange.actors)}">\n'
    yield from map(_node, exchange.actors)
    yield f'</nodes>\n<edges count="{len(exchange.ties)}">\n'
    yield from map(_edge, exchange.ties)
    yield "</edges>\n</graph>\n</gexf>\n"


def _description(exchange: Exchange) -> str:
    about = exchange.about
    return " – ".join(part for part in (about.title, about.description, about.address) if part)


def _declared(kind: str, told: tuple[Field, ...]) -> Iterator[str]:
    yield f'<attributes class="{kind}" mode="static">\n'
    for one in told:
        if one.name not in OF_THE_ELEMENT:
            shape = TYPES.get(one.shape, "string")
            # graphology calls an attribute by its id, Gephi and networkx by its title.
            yield f'<attribute id="{one.name}" title="{one.name}" type="{shape}"/>\n'
    yield "</attributes>\n"


def _node(actor: Actor) -> str:
    head = xml_files.attributes({"id": actor.id, "label": actor.label})
    founded = date(actor.founded, 1, 1) if actor.founded else None
    return f"<node{head}>{_values(actor_row(actor))}{_spells(founded, actor.ended_on)}</node>\n"


def _edge(tie: Tie) -> str:
    row = tie_row(tie)
    head = xml_files.attributes(
        {
            "id": tie.id,
            "source": tie.source,
            "target": tie.target,
            "kind": tie.kind.code if tie.kind else "",
            "label": tie.kind.label if tie.kind else "",
            "weight": row.get("poids", ""),
        }
    )
    start, end = (bound.day if bound else None for bound in (tie.start, tie.end))
    return f"<edge{head}>{_values(row)}{_spells(start, end)}</edge>\n"


def _values(row: Row) -> str:
    found = "".join(
        f"<attvalue{xml_files.attributes({'for': name, 'value': _value(name, text)})}/>"
        for name, text in row.items()
        if name not in OF_THE_ELEMENT
    )
    return f"<attvalues>{found}</attvalues>"


def _value(name: str, text: str) -> str:
    return ("true" if text == YES else "false") if name == "symetrique" else text


def _spells(start: date | None, end: date | None) -> str:
    """Return the period that is known; where no bound is, there is no spell: it always was."""
    if start is None and end is None:
        return ""
    told = {"start": start.isoformat() if start else "", "end": end.isoformat() if end else ""}
    return f"<spells><spell{xml_files.attributes(told)}/></spells>"


class _Reader:
    """Gathers nodes and edges of GEXF 1.1 to 1.3, whoever wrote it."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.titles: dict[tuple[str, str], str] = {}  # class, id → title
        self.declaring = ""
        self.element: tuple[str, Mapping[str, str]] | None = None
        self.told: list[tuple[str, str]] = []
        self.spells: list[tuple[str, str]] = []

    def start(self, name: str, told: Mapping[str, str]) -> None:
        if name == "attributes":
            self.declaring = told.get("class", "")
        elif name == "attribute":
            number = told.get("id", "")
            self.titles[self.declaring, number] = told.get("title") or number
        elif name in {"node", "edge"}:
            self._finish()  # a node may hold others
            self.element, self.told, self.spells = (name, dict(told)), [], []
        elif name == "attvalue" and self.element:
            number = told.get("for") or told.get("id") or ""
            self.told.append((self.titles.get((self.element[0], number), number), told.get("value", "")))
        elif name in {"spell", "slice"}:
            self.spells.append(_period(told))

    def end(self, name: str, inside: str) -> None:
        del inside
        if name in {"node", "edge"}:
            self._finish()

    def _finish(self) -> None:
        if self.element is None:
            return
        name, told = self.element
        self.element = None
        if name == "node":
            row = actor_read([*self.told, ("label", told.get("label", ""))])
            self.rows.actors.append({**row, "id": told.get("id", "").strip()})
        else:
            self._edge(told)

    def _edge(self, told: Mapping[str, str]) -> None:
        said = [*self.told, ("weight", told.get("weight", "")), ("kind", told.get("kind", ""))]
        row = tie_read([*said, ("label", told.get("label", ""))])
        row |= {"de": told.get("source", "").strip(), "vers": told.get("target", "").strip()}
        row |= {"id": told["id"].strip()} if told.get("id") else {}
        periods = [("", "")] if {"debut", "fin"} & row.keys() else self.spells or [_period(told)]
        for start, end in periods:
            period = {name: day for name, day in (("debut", start), ("fin", end)) if day}
            self.rows.ties.append({**row, **period})


def _period(told: Mapping[str, str]) -> tuple[str, str]:
    start, end = (told.get(name, "") or told.get(f"{name}open", "") for name in ("start", "end"))
    return _day(start), _day(end)


def _day(time: str) -> str:
    """Return the day of a date or a moment; figures that are no date are no day."""
    day = time.strip()[:DAY]
    return day if day[:YEAR].isdecimal() and (len(day) == YEAR or day[YEAR : YEAR + 1] == "-") else ""


def read(content: bytes) -> Rows:
    """Return what a GEXF file holds. Raises ExchangeError."""
    reader = _Reader()
    xml_files.parse(content, reader)
    return reader.rows
