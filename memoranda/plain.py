"""Documents as frozen plain data: written as JSON and read back, looked through for what can't be printed."""

import base64
import dataclasses
import functools
import hashlib
import json
import types
import typing
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from memoranda import markdown
from memoranda.errors import Problem

LONGEST_TEXT = 20_000

Document = TypeVar("Document")


def to_json(document: object) -> str:
    """Write a document as canonical JSON: equal documents give equal texts."""
    return json.dumps(_plain(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str, kind: type[Document]) -> Document:
    """Read what `to_json` wrote of that class. Raise `ValueError` or `TypeError` for anything else."""
    document = _typed(json.loads(text), kind)
    if not isinstance(document, kind):
        raise TypeError(f"This is not of type {kind.__name__}.")
    return document


def digest(document: object) -> str:
    """Return the SHA-256 of the content, in hexadecimal: the same content, the same digest."""
    return hashlib.sha256(to_json(document).encode()).hexdigest()


def text_problems(anchor: str, name: str, thing: object, *, longest: int = LONGEST_TEXT) -> Iterator[Problem]:
    """Yield what keeps the texts of a thing from being printed; `name` says in French which thing it is."""
    for text in dict.fromkeys(texts(thing)):  # one problem is told once
        if len(text) > longest:
            yield Problem(anchor, f"{name} : un texte dépasse {longest} caractères.")
        # What is printable is never forbidden, and a text is asked as a whole first: most are.
        strange = () if text.isprintable() else (char for char in text if not char.isprintable())
        wrong = next((char for char in strange if _is_forbidden(char)), None)
        if wrong is not None:
            yield Problem(anchor, f"{name} : un caractère invisible (U+{ord(wrong):04X}) est à enlever.")
        if markdown.is_too_deep(text):
            yield Problem(anchor, f"{name} : des listes ou des citations sont trop imbriquées.")


def without_invisible(text: str) -> str:
    """Return the text without the characters that nobody sees and nothing prints."""
    return "".join(char for char in text if not _is_forbidden(char))


def cleaned(document: Document) -> Document:
    """Return a document without such characters in any of its texts."""
    strange = {char for text in texts(document) if not text.isprintable() for char in text}
    return translated(document, str.maketrans({char: None for char in strange if _is_forbidden(char)}))


def _is_forbidden(char: str) -> bool:
    return char not in "\n\r\t" and unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"}


def texts(thing: object) -> Iterator[str]:
    """Yield every text of a dataclass and of what it holds, but for SVG drawings."""
    found: list[str] = []
    _gather(thing, found)
    return iter(found)


def _gather(thing: object, found: list[str]) -> None:
    if isinstance(thing, str):
        found.append(thing)
    elif isinstance(thing, tuple):
        for part in thing:
            if type(part) is str:  # a table's cells: many
                found.append(part)
            else:
                _gather(part, found)
    elif dataclasses.is_dataclass(thing):
        for name in _names(type(thing)):  # type: ignore[arg-type]
            _gather(getattr(thing, name), found)


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
    """Return the names of a dataclass's fields that may hold texts."""
    return tuple(field.name for field in dataclasses.fields(kind) if field.name != "svg")


def translated(document: Document, table: dict[int, Any]) -> Document:
    """Return a document with every text in it translated (`str.translate`), SVG drawings too."""
    changed: Document = _translated(document, table)
    return changed


def _translated(value: Any, table: dict[int, Any]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, tuple):
        return tuple(_translated(part, table) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return dataclasses.replace(
            value, **{name: _translated(getattr(value, name), table) for name in names}
        )
    return value


# --- As JSON ------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _typed(value: Any, kind: Any) -> Any:
    """Read a plain value as the type a field is declared with."""
    if value is None or _origin(kind) is types.UnionType:
        return _optional(value, kind)
    if _origin(kind) is tuple:
        return _tuple(value, typing.get_args(kind))
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        if not isinstance(value, dict) or not value.keys() <= hints.keys():
            raise TypeError(f"{value!r} is not a {kind.__name__}.")
        return kind(**{name: _typed(part, hints[name]) for name, part in value.items()})
    if kind in _READERS:
        return _READERS[kind](value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not of type {kind.__name__}.")
    return value


@functools.cache
def _origin(kind: Any) -> Any:
    """Return what a type with parts is made from: tuple, a union; None for a plain one."""
    return typing.get_origin(kind)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the types of a class's fields, read from its source once."""
    return typing.get_type_hints(kind)


def _optional(value: Any, kind: Any) -> Any:
    options = typing.get_args(kind)
    if value is None:
        if types.NoneType in options:
            return None
        raise TypeError(f"A value of type {kind} lacks.")
    return _typed(value, next(option for option in options if option is not types.NoneType))


def _tuple(value: list[Any], parts: tuple[Any, ...]) -> tuple[Any, ...]:
    if parts[-1] is Ellipsis:
        if parts[0] is str and all(type(part) is str for part in value):
            return tuple(value)
        return tuple(_typed(part, parts[0]) for part in value)
    return tuple(_typed(part, own) for part, own in zip(value, parts, strict=True))


_READERS: dict[Any, Callable[[Any], Any]] = {
    bytes: base64.b64decode,
    date: date.fromisoformat,
    float: float,
}
