"""JSON: our own form, and what every JSON file that comes in is read through.

Our own form is `{"maillage": 1, "about": {…}, "actors": [{…}], "ties": [{…}]}`, each actor and tie an object
of the fields of `rows`: lists as lists, figures as figures, what is empty left out.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from graph.exchange.errors import ExchangeError, Problem
from graph.exchange.model import About, Exchange, clean
from graph.exchange.rows import (
    ACTOR_SHAPES,
    BAR,
    NO,
    TIE_SHAPES,
    YES,
    Row,
    Rows,
    Shape,
    actor_read,
    actor_row,
    tie_read,
    tie_row,
)

VERSION = 1
MARK = "maillage"
LISTS = {Shape.LIST, Shape.LABELS, Shape.CODES}


def dumped(value: Any) -> str:
    """Return a value as JSON without needless blanks; a script may hold it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def listed(objects: Iterator[Any]) -> Iterator[str]:
    """Yield the inside of a list, an object a line."""
    for place, one in enumerate(objects):
        yield (",\n" if place else "\n") + dumped(one)


def write(exchange: Exchange) -> Iterator[str]:
    """Yield the file piece by piece."""
    yield f'{{"{MARK}":{VERSION},"about":{dumped(_about(exchange.about))},"actors":['
    yield from listed(valued(actor_row(actor), ACTOR_SHAPES) for actor in exchange.actors)
    yield '\n],"ties":['
    yield from listed(valued(tie_row(tie), TIE_SHAPES) for tie in exchange.ties)
    yield "\n]}\n"


def _about(about: About) -> dict[str, str]:
    told = {
        "title": about.title,
        "made_on": about.made_on.isoformat(),
        "as_of": about.as_of.isoformat() if about.as_of else "",
        "address": about.address,
        "description": about.description,
    }
    return {name: text for name, text in told.items() if text}


def valued(row: Row, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Return a row as JSON values: lists, figures, yes and no."""
    return {name: _value(text, shapes[name]) for name, text in row.items()}


def _value(text: str, shape: Shape) -> Any:
    if shape in LISTS:
        return text.split(BAR)
    if shape == Shape.YES_NO:
        return text == YES
    if shape == Shape.WHOLE:
        return int(text)
    return float(text) if shape == Shape.NUMBER else text


def load(content: bytes) -> Any:
    """Return what a JSON file holds. Raises ExchangeError if it is broken, or no Unicode."""
    try:
        return json.loads(content, parse_constant=_refuse)
    except UnicodeDecodeError as problem:
        raise ExchangeError(Problem.ENCODING) from problem
    except json.JSONDecodeError as problem:
        raise ExchangeError(Problem.BROKEN_JSON, line=problem.lineno) from problem
    except RecursionError as problem:
        raise ExchangeError(Problem.TOO_DEEP) from problem
    except ValueError as problem:  # a figure of thousands of digits, NaN
        raise ExchangeError(Problem.BROKEN_JSON, line=1) from problem


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def told(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return an object as headings and texts: lists joined by bars, what is nested further left out."""
    return [(str(name), word(value)) for name, value in found.items()]


def word(value: Any) -> str:
    """Return a JSON value as a text."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list):
        return BAR.join(clean(word(item)) for item in value if not isinstance(item, list | dict))
    return ""


def objects(found: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects in a list of that name. Raises ExchangeError where there is no such list."""
    listed_here = found.get(name, []) if isinstance(found, dict) else None
    if not isinstance(listed_here, list) or not all(isinstance(one, dict) for one in listed_here):
        raise ExchangeError(Problem.NOT_A_NETWORK)
    return listed_here


def is_ours(found: Any) -> bool:
    """Say whether a JSON value is a network in our own form."""
    return isinstance(found, dict) and MARK in found


def read(found: Any) -> Rows:
    """Return what a file in our own form holds. Raises ExchangeError."""
    return Rows(
        [actor_read(told(one)) for one in objects(found, "actors")],
        [tie_read(told(one)) for one in objects(found, "ties")],
    )
