"""The lines of a list to choose from. A network's organisations are hundreds: a template would take long."""

import html
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape
from wtforms import SelectField, SelectMultipleField

BETWEEN = "\0"  # no text holds it
PLAIN = (SelectField.iter_choices, SelectMultipleField.iter_choices)


def options(field: Any) -> Markup:
    """Return the `<option>`s of a field, in their groups; of a WTForms field, or of a dict of its shape."""
    own = getattr(type(field), "iter_choices", None)
    if own is None:
        return marked(field["choices"], field.get("data"))
    choices = field.choices or ()
    if own in PLAIN and all(type(one) is tuple and len(one) == 2 for one in choices):  # noqa: PLR2004
        several = isinstance(field, SelectMultipleField)
        chosen = set(field.data or ()) if several else {field.data}
        if not chosen:
            return _lines([(value, word, False) for value, word in choices])
        return _lines([(value, word, field.coerce(value) in chosen) for value, word in choices])
    if not field.has_groups():
        return _lines([one[:3] for one in field.iter_choices()])
    groups = ((name, _lines([one[:3] for one in found])) for name, found in field.iter_groups())
    found = (
        Markup('<optgroup label="{}">{}</optgroup>').format(name, lines) if name else lines
        for name, lines in groups
    )
    return Markup("").join(found)


def marked(choices: Iterable[tuple[Any, Any]], chosen: Any) -> Markup:
    """Return the `<option>`s of (value, word), the chosen ones marked: one, several, or None for none."""
    several = isinstance(chosen, list | tuple | set | frozenset)
    words = {str(one) for one in chosen} if several else {str(chosen)}
    return _lines([(value, word, str(value) in words) for value, word in choices])


def _lines(rows: Iterable[tuple[Any, Any, bool]]) -> Markup:
    """Return a line for each (value, word, whether it is chosen)."""
    rows = list(rows)
    values, words = _said([row[0] for row in rows]), _said([row[1] for row in rows])
    found = [
        f'<option value="{value}"{" selected" if is_chosen else ""}>{word}</option>'
        for value, word, (_, _, is_chosen) in zip(values, words, rows, strict=True)
    ]
    return Markup("\n".join(found))  # noqa: S704 - each part is escaped just above


def _said(texts: list[Any]) -> list[str]:
    """Return values or words, escaped: plain strings, which are the most, all at once."""
    if all(type(text) is str for text in texts):
        said = html.escape(BETWEEN.join(texts)).split(BETWEEN)
        if len(said) == len(texts):
            return said
    return [str(text) if type(text) is int else _alone(text) for text in texts]


def _alone(text: Any) -> str:
    return html.escape(text) if type(text) is str else str(escape(text))
