"""XML as it is written for and read from other tools: piece by piece, without a tree, without a DTD."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from graph.exchange.errors import ExchangeError, Problem

CHUNK = 64 * 1024
DEEPEST = 60
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# What expat says of a text that isn't in the encoding that it is said to be in.
UNKNOWN_ENCODING, INCORRECT_ENCODING, INVALID_TOKEN = 18, 19, 4


def attributes(told: Mapping[str, str]) -> str:
    """Return attributes as they stand in a tag; empty ones are left out."""
    return "".join(f" {name}={quoteattr(value)}" for name, value in told.items() if value)


def text(told: str) -> str:
    """Return a text as it stands between tags."""
    return escape(told)


class Handler(Protocol):
    """What is told of each element: its local name, its attributes, the text in it."""

    def start(self, name: str, told: Mapping[str, str]) -> None:
        """Begin an element."""

    def end(self, name: str, inside: str) -> None:
        """End an element that holds this text."""


class _Target:
    """Passes elements on, by their local names, and refuses what is nested beyond reason."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.texts: list[list[str]] = []

    def start(self, tag: str, told: Mapping[str, str]) -> None:
        if len(self.texts) == DEEPEST:
            raise ExchangeError(Problem.TOO_DEEP)
        self.texts.append([])
        self.handler.start(local(tag), told)

    def end(self, tag: str) -> None:
        self.handler.end(local(tag), "".join(self.texts.pop()))

    def data(self, piece: str) -> None:
        if self.texts:
            self.texts[-1].append(piece)

    def close(self) -> None:
        pass


def local(tag: str) -> str:
    """Return an element's name without its namespace: versions differ in nothing else that matters here."""
    return tag.rpartition("}")[2]


def parse(content: bytes, handler: Handler) -> None:
    """Tell a handler what an XML file holds. Raises ExchangeError if it is broken or declares entities."""
    parser = DefusedXMLParser(target=_Target(handler), forbid_dtd=True)
    try:
        for begin in range(0, len(content), CHUNK):
            parser.feed(content[begin : begin + CHUNK])
        parser.close()
    except DefusedXmlException as problem:
        raise ExchangeError(Problem.ENTITIES) from problem
    except ParseError as problem:
        raise _broken(content, problem) from problem
    except (LookupError, UnicodeError) as problem:
        raise ExchangeError(Problem.ENCODING) from problem
    except ExchangeError:
        raise
    except ValueError as problem:
        # Encodings of several bytes that expat leaves to Python.
        raise ExchangeError(Problem.ENCODING) from problem


def _broken(content: bytes, problem: ParseError) -> ExchangeError:
    encoded = problem.code in {UNKNOWN_ENCODING, INCORRECT_ENCODING}
    if problem.code == INVALID_TOKEN and not _is_utf8(content):
        encoded = True
    if encoded:
        return ExchangeError(Problem.ENCODING)
    return ExchangeError(Problem.BROKEN_XML, line=problem.position[0])


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _RootFoundError(Exception):
    """Says that enough was read."""


class _Root:
    def __init__(self) -> None:
        self.name = ""

    def start(self, name: str, told: Mapping[str, str]) -> None:
        del told
        self.name = name
        raise _RootFoundError

    def end(self, name: str, inside: str) -> None:
        """Never reached."""


def root(content: bytes) -> str:
    """Return the name of an XML file's outermost element. Raises ExchangeError."""
    found = _Root()
    with suppress(_RootFoundError):
        parse(content, found)
    return found.name
