"""Reading what somebody brings: the format is told by the content, never by the name of the file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from graph.exchange import books, gephi, gexf, graphml, json_files, kumu, tables, xml_files
from graph.exchange.errors import ExchangeError, Problem
from graph.exchange.formats import Format
from graph.exchange.rows import Rows

MEBIBYTE = 1024 * 1024
MAX_BYTES = 24 * MEBIBYTE
MAX_ACTORS = 10_000
MAX_TIES = 50_000
MAX_COLUMNS = 200
BLANKS = b" \t\r\n"
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Ends of an archive's names that are no file of ours: what systems add.
NOISE = ("/", ".DS_Store")
Table = list[list[str]]


@dataclass(frozen=True)
class Part:
    """A table of a pair: the name of its file in an archive, how its columns are known, which they are."""

    name: str
    fits: Callable[[Sequence[str]], bool]
    columns: str


OUR_ACTORS = Part(books.ACTORS, books.is_actors, "Identifiant, Nom, Code du type")
OUR_TIES = Part(books.TIES, books.is_ties, "De, Vers, Code de la relation")
GEPHI_NODES = Part(gephi.NODES, gephi.is_nodes, "Id, Label")
GEPHI_EDGES = Part(gephi.EDGES, gephi.is_edges, "Source, Target, Type")


@dataclass(frozen=True)
class Reading:
    """A network as a file tells it, and the format of the file."""

    form: Format
    rows: Rows


def read(content: bytes) -> Reading | None:
    """Return the network that a file holds, or None if it is a plain table or nothing that we know.

    Raises ExchangeError for a file that is one of the formats but broken, dangerous or too large.
    """
    if len(content) > MAX_BYTES:
        raise ExchangeError(Problem.TOO_HEAVY, limit=MAX_BYTES // MEBIBYTE)
    found = _read(content)
    if found is not None:
        _check(found.rows)
    return found


def _read(content: bytes) -> Reading | None:
    if tables.is_archive(content):
        return _archive(content)
    first = _first_sign(content)
    if first == b"<":
        return _xml(content)
    if first in {b"{", b"["}:
        return _json(content)
    return _table(content)


def _first_sign(content: bytes) -> bytes:
    """Return the first byte that is neither a mark nor a blank, in UTF-8 and in UTF-16."""
    head = content[:400]
    for mark in MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"").lstrip(BLANKS)[:1]


def _check(rows: Rows) -> None:
    if len(rows.actors) > MAX_ACTORS:
        raise ExchangeError(Problem.TOO_MANY_ACTORS, limit=MAX_ACTORS)
    if len(rows.ties) > MAX_TIES:
        raise ExchangeError(Problem.TOO_MANY_TIES, limit=MAX_TIES)
    if not rows.actors and not rows.ties:
        raise ExchangeError(Problem.NOBODY)
    if any(len(text) > tables.MAX_CELL for row in (*rows.actors, *rows.ties) for text in row.values()):
        raise ExchangeError(Problem.LONG_CELL)


def _xml(content: bytes) -> Reading:
    name = xml_files.root(content)
    if name == "gexf":
        return Reading(Format.GEXF, gexf.read(content))
    if name == "graphml":
        return Reading(Format.GRAPHML, graphml.read(content))
    raise ExchangeError(Problem.NO_GRAPH)


def _json(content: bytes) -> Reading:
    found = json_files.load(content)
    if json_files.is_ours(found):
        return Reading(Format.JSON, json_files.read(found))
    if kumu.is_blueprint(found):
        return Reading(Format.KUMU_JSON, kumu.read_json(found))
    raise ExchangeError(Problem.NOT_A_NETWORK)


def _archive(content: bytes) -> Reading | None:
    names = tables.members(content)
    if tables.is_book(names):
        return _book(content)
    files = [name for name in names if not name.endswith(NOISE) and not name.startswith("__MACOSX/")]
    found = {name.rpartition("/")[2].casefold(): name for name in files}
    for form, first, second, escape, reader in (
        (Format.CSV, OUR_ACTORS, OUR_TIES, None, books.read),
        (Format.GEPHI_CSV, GEPHI_NODES, GEPHI_EDGES, gephi.ESCAPE, gephi.read),
    ):
        if {first.name, second.name} & found.keys():
            parts = (
                _cut(tables.decode(tables.member(content, found[part.name])), part, escape)
                if part.name in found
                else []
                for part in (first, second)
            )
            return Reading(form, reader(*parts))
    raise ExchangeError(Problem.UNKNOWN)


def _cut(text: str, part: Part, escape: str | None) -> Table:
    """Cut a table by the delimiter that gives the columns that it must have."""
    for delimiter in tables.DELIMITERS:
        if part.fits(tables.header_of_csv(text, delimiter)):
            return _bounded(tables.rows_of_csv(text, delimiter=delimiter, escape=escape))
    raise ExchangeError(Problem.NO_COLUMNS, columns=part.columns)


def _bounded(rows: Iterable[list[str]]) -> Table:
    """Return all rows from the header on. Raises ExchangeError if there are too many."""
    filled = (row for row in rows if any(cell.strip() for cell in row))
    found = list(islice(filled, MAX_TIES + 2))
    if len(found) > MAX_TIES + 1:
        raise ExchangeError(Problem.TOO_MANY_ROWS, limit=MAX_TIES)
    if any(len(row) > MAX_COLUMNS for row in found):
        raise ExchangeError(Problem.TOO_MANY_COLUMNS, limit=MAX_COLUMNS)
    return found


def _book(content: bytes) -> Reading | None:
    """Return the network of a workbook in our form or Kumu's; None if it is any other."""
    sheets = tables.sheets(content)
    headers = [next(_sheet(sheet, 1), []) for sheet in sheets]
    for form, is_first, is_second, reader in (
        (Format.XLSX, books.is_actors, books.is_ties, books.read),
        (Format.KUMU_XLSX, books.is_elements, books.is_connections, books.read_kumu),
    ):
        first = [sheet for sheet, header in zip(sheets, headers, strict=True) if is_first(header)]
        second = [sheet for sheet, header in zip(sheets, headers, strict=True) if is_second(header)]
        if form == Format.KUMU_XLSX and not second and headers[:1] and headers[0][:1] != ["ID"]:
            return None  # a list whose first column is « Label » isn't yet a map of Kumu's
        if first or second:
            found = [_bounded(_sheet(kind[0], MAX_TIES + 2)) if kind else [] for kind in (first, second)]
            return Reading(form, reader(*found))
    return None


def _sheet(sheet: Any, limit: int) -> Iterator[list[str]]:
    return tables.rows_of_sheet(sheet, limit=limit, widest=MAX_COLUMNS)


def _table(content: bytes) -> Reading | None:
    """Return a table of Gephi's that stands alone; None if it is any other table, or none."""
    try:
        text = tables.decode(content)
    except ExchangeError:
        return None  # whoever reads tables says what is wrong with it
    for delimiter in tables.DELIMITERS:
        header = tables.header_of_csv(text, delimiter)
        for part in (GEPHI_NODES, GEPHI_EDGES):
            if part.fits(header):
                cut = _cut(text, part, gephi.ESCAPE)
                nodes, edges = (cut, []) if part is GEPHI_NODES else ([], cut)
                return Reading(Format.GEPHI_CSV, gephi.read(nodes, edges))
    return None
