"""One cell of a table: lists hold hundreds on a page, where a macro of templates would take long."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from hub.core import i18n

Content = Callable[[], str]


def cell(
    label: str,
    value: Any = None,
    *,
    main: bool = False,
    numeric: bool = False,
    gestures: bool = False,
    caller: Content | None = None,
) -> Markup:
    """Return a cell, of a value or of what its caller writes; what is empty is told as such.

    `main` is the cell that names the line, `numeric` sets figures right, `gestures` holds the buttons of the
    line.
    """
    tag, scope, kind = ("th", 'scope="row"', "cell-main") if main else ("td", "", "")
    kind = kind or ("numeric" if numeric else "cell-gestures" if gestures else "")
    inside = _inside(escape(caller()), bare=main or gestures) if caller else _of(value)
    shown = f'class="{kind}"' if kind else ""
    return Markup(  # noqa: S704 - each part is escaped above
        f'<{tag} {scope} {shown} data-label="{escape(label)}">{inside}</{tag}>'
    )


def _inside(said: Markup, *, bare: bool) -> Markup:
    if bare:
        return said
    # Each part is escaped already: here what the caller wrote, below the word.
    return Markup(f'<div class="cell-value">{said}</div>') if said.strip() else _missing()  # noqa: S704


def _of(value: Any) -> Markup:
    return _missing() if value is None or value == "" else escape(value)


def _missing() -> Markup:
    word = escape(i18n.said("Non renseigné"))
    return Markup(f'<span class="missing" aria-label="{word}" role="img">–</span>')  # noqa: S704
