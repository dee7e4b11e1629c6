"""The formats by their names: how each is written, called and recognised."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from graph.exchange import books, gephi, gexf, graphml, json_files, kumu
from graph.exchange.model import Exchange

ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECES = 400
"""Elements that go out together: one write each would cost more than what it carries."""


class Format(StrEnum):
    """What a network can be written as."""

    GEXF = "gexf"
    GRAPHML = "graphml"
    KUMU_XLSX = "kumu-xlsx"
    KUMU_JSON = "kumu-json"
    GEPHI_CSV = "gephi-csv"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Writer:
    """How a format is written, the end of its file's name, its media type."""

    write: Callable[[Exchange], Iterator[bytes]]
    ending: str
    media_type: str


def _texts(write: Callable[[Exchange], Iterator[str]]) -> Callable[[Exchange], Iterator[bytes]]:
    def written(exchange: Exchange) -> Iterator[bytes]:
        pieces = write(exchange)
        while some := "".join(islice(pieces, PIECES)):
            yield some.encode()

    return written


def _whole(write: Callable[[Exchange], bytes]) -> Callable[[Exchange], Iterator[bytes]]:
    return lambda exchange: iter([write(exchange)])


def _gephi(exchange: Exchange) -> bytes:
    tables: dict[str, Iterable[str]] = {
        gephi.NODES: gephi.write_nodes(exchange),
        gephi.EDGES: gephi.write_edges(exchange),
        books.NOTE: ["\r\n".join(books.note(exchange)) + "\r\n"],
    }
    return books.zipped(tables)


WRITERS = {
    Format.GEXF: Writer(_texts(gexf.write), ".gexf", "application/gexf+xml"),
    Format.GRAPHML: Writer(_texts(graphml.write), ".graphml", "application/graphml+xml"),
    Format.KUMU_XLSX: Writer(_whole(books.write_kumu), "-kumu.xlsx", XLSX),
    Format.KUMU_JSON: Writer(_texts(kumu.write_json), "-kumu.json", "application/json"),
    Format.GEPHI_CSV: Writer(_whole(_gephi), "-gephi.zip", ZIP),
    Format.CSV: Writer(_whole(books.write_csv), "-csv.zip", ZIP),
    Format.XLSX: Writer(_whole(books.write_xlsx), ".xlsx", XLSX),
    Format.JSON: Writer(_texts(json_files.write), ".json", "application/json"),
}


def write(exchange: Exchange, form: Format) -> Iterator[bytes]:
    """Yield a network in a format, piece by piece."""
    return WRITERS[form].write(exchange)
