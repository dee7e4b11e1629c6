"""The PDF of a day's papers: lists, badges, table signs; the same bytes from the same content."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import segno

from memoranda import fonts, letter, markup, paper, plain
from memoranda.day import content, fitting
from memoranda.day.content import PAGE, Badge, Badges, Format, Paper, Sheet, Sheets, Sign, Signs
from memoranda.day.fitting import Fitted, Room
from memoranda.paper import Press, Progress

NAME_SIZES = tuple(float(size) for size in range(44, 9, -1))
LINE_SIZES = (18.0, 16.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.5, 8.0, 7.5, 7.0)
SMALL_SIZES = (13.0, 12.0, 11.0, 10.0, 9.0, 8.5, 8.0, 7.5, 7.0)
HEAD_SIZES = (11.0, 10.0, 9.0, 8.0, 7.5, 7.0, 6.5)
SIGN_SIZES = tuple(float(size) for size in range(110, 23, -2))
NOTE_SIZES = tuple(float(size) for size in range(26, 11, -1))
# Of a badge, in millimetres: edges, what stands between name and organisation, and beside the QR.
EDGE, NAME_GAP, CODE_GAP = 5.0, 0.8, 2.0
NAME_SHARE, ORGANISATION_SHARE = 0.42, 0.2
LOW, HIGH = 54.0, 148.0  # the lowest and the highest card: type, head and QR grow from one to the other
SIGN_WIDTH, SIGN_HEIGHT, NOTE_HEIGHT = 257.0, 58.0, 12.0  # of one side of a table sign
HAIR = "#9aa5a2"


@dataclass(frozen=True, slots=True)
class Card:
    """A badge laid out: where on its sheet, and its words at their sizes."""

    place: int
    head: Fitted
    name: Fitted
    organisation: Fitted
    lines: Fitted
    code: str
    is_blank: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A table sign laid out."""

    sign: Sign
    name: Fitted
    note: Fitted


def build(document: Paper, *, fonts_folder: Path, progress: Progress | None = None) -> bytes:
    """Make the PDF of a paper; a sign that no bundled font can draw is printed as « □ ».

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in French.
    Raises `ContentError` for a content that can't be printed, `BuildError` for anything else.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    paper.check_fonts(fonts_folder)
    content.validate(document)
    identifier = plain.digest(document)
    document = fonts.drawable(by_hand(document, fonts_folder), fonts_folder)
    with paper.printing():
        press = _press(document, fonts_folder)
        return press.print_short(_template(document), labels={}, identifier=identifier, tell=tell)


def by_hand(document: Paper, fonts_folder: Path) -> Paper:
    """Return badges on which a name that no bundled font can draw leaves a line to write it on.

    Pictures in a name (« 🙂 ») are left out of every paper where letters remain.
    """
    if isinstance(document, Badges):
        badges = (replace(one, name=fonts.name_of_letters(one.name, fonts_folder)) for one in document.badges)
        return replace(document, badges=tuple(badges))
    if isinstance(document, Signs):
        signs = (
            replace(one, name=fonts.name_of_letters(one.name, fonts_folder) or one.name)
            for one in document.signs
        )
        return replace(document, signs=tuple(signs))
    rows = {char for sheet in document.sheets for row in sheet.rows for cell in row for char in cell}
    if not any(not char.isalnum() for char in fonts.unprintable(rows, fonts_folder)):
        return document
    return replace(document, sheets=tuple(_without_pictures(one, fonts_folder) for one in document.sheets))


def _without_pictures(sheet: Sheet, fonts_folder: Path) -> Sheet:
    rows = (tuple(fonts.name_of_letters(cell, fonts_folder) or cell for cell in row) for row in sheet.rows)
    return replace(sheet, rows=tuple(rows))


def _template(document: Paper) -> str:
    if isinstance(document, Sheets):
        return "day/sheets.html"
    return "day/badges.html" if isinstance(document, Badges) else "day/signs.html"


def _press(document: Paper, fonts_folder: Path) -> Press:
    about = paper.About(
        title=content.title_of(document), author=document.letterhead.network,
        description=f"{document.day.title}, {document.day.when}", day=document.day.day,
        language=document.language,
    )  # fmt: skip
    if isinstance(document, Sheets):
        return Press(
            about, style=_style(document, "day/sheets.css"),
            assets=letter.assets(document.letterhead, fonts_folder), context={"paper": document},
        )  # fmt: skip
    if isinstance(document, Badges):
        cards = list(_cards(document, fonts_folder))
        each = content.FORMATS[document.format].each
        return Press(
            about, style=_badge_style(document),
            assets=letter.assets(document.letterhead, fonts_folder, _badge_drawings(document)),
            context={"pages": [cards[start : start + each] for start in range(0, len(cards), each)]},
        )  # fmt: skip
    return Press(
        about, style=_style(document, "day/signs.css", sizes=(*SIGN_SIZES, *NOTE_SIZES)),
        assets=letter.assets(document.letterhead, fonts_folder, {"fold.svg": _fold()}),
        context={"paper": document, "sides": [_side(sign, fonts_folder) for sign in document.signs]},
    )  # fmt: skip


def _style(document: Paper, template: str, **more: Any) -> str:
    footer = f"{markup.shortened(document.day.title)} · {markup.day_in_words(document.day.day)}"
    return paper.style(
        template,
        primary=document.letterhead.primary,
        footer=footer,
        leading=fitting.LEADING,
        tall=fitting.TALL,
        **more,
    )


# --- Badges ---------------------------------------------------------------------------------------


def _cards(document: Badges, fonts_folder: Path) -> Iterator[Card]:
    form = content.FORMATS[document.format]
    inner = form.width - 2 * EDGE
    sizes = _sizes(HEAD_SIZES, form, 8, 11)
    on_top = fitting.fit_lines([document.day.title], Room(inner, _head(form), sizes, 600), fonts_folder)
    for number, badge in enumerate(document.badges):
        yield _card(badge, number % form.each, form, on_top, fonts_folder)


def _card(badge: Badge, place: int, form: Format, head: Fitted, fonts_folder: Path) -> Card:
    inner = form.width - 2 * EDGE
    below = inner - (_code(form) + CODE_GAP if badge.code else 0)
    name = Room(inner, form.height * NAME_SHARE, _sizes(NAME_SIZES, form, 30, 44), 600)
    of = Room(below, form.height * ORGANISATION_SHARE - NAME_GAP, _sizes(LINE_SIZES, form, 12, 18), 400)
    lines = Room(below, _lines_height(form), _sizes(SMALL_SIZES, form, 8.5, 13), 600)
    return Card(
        place=place,
        head=head,
        name=fitting.fit(badge.name, name, fonts_folder),
        organisation=fitting.fit(badge.organisation, of, fonts_folder),
        lines=fitting.fit_lines(badge.lines, lines, fonts_folder),
        code=badge.code,
        is_blank=not badge.name,
    )


def _sizes(sizes: Sequence[float], form: Format, small: float, large: float) -> tuple[float, ...]:
    """Return the sizes that a card may bear: up to `small` points on the lowest, `large` on the highest."""
    return tuple(size for size in sizes if size <= _grown(form, small, large))


def _grown(form: Format, small: float, large: float) -> float:
    return small + (large - small) * (form.height - LOW) / (HIGH - LOW)


def _head(form: Format) -> float:
    """Return how high the line on top of a card is, in millimetres."""
    return _grown(form, 4, 5.5)


def _code(form: Format) -> float:
    """Return how wide the square of a card's QR is, in millimetres."""
    return _grown(form, 16, 28)


def _lines_height(form: Format) -> float:
    """Return what is left below the name and the organisation, in millimetres."""
    return form.height * (1 - NAME_SHARE - ORGANISATION_SHARE) - 2 * EDGE - _head(form) + 1.5


def _badge_style(document: Badges) -> str:
    form = content.FORMATS[document.format]
    places = [(left, top) for top in form.tops for left in form.lefts]
    return _style(
        document, "day/badges.css", form=form, places=places, edge=EDGE, head=_head(form), code=_code(form),
        name_gap=NAME_GAP, name_height=form.height * NAME_SHARE,
        organisation_height=form.height * ORGANISATION_SHARE, lines_height=_lines_height(form),
        marks=document.marks, gap=CODE_GAP,
        sizes=sorted({*NAME_SIZES, *LINE_SIZES, *SMALL_SIZES, *HEAD_SIZES}),
    )  # fmt: skip


def _badge_drawings(document: Badges) -> dict[str, str]:
    drawings = {"marks.svg": _marks(content.FORMATS[document.format])}
    for badge in document.badges:
        if badge.code:
            drawings[f"code-{badge.code}.svg"] = str(
                segno.make(badge.code, error="m", micro=False).svg_inline(scale=4, border=0, omitsize=True)
            )
    return drawings


def _marks(form: Format) -> str:
    """Draw hairlines over the whole sheet where cards meet, and at their outer edges."""
    across = sorted({edge for left in form.lefts for edge in (left, left + form.width)})
    down = sorted({edge for top in form.tops for edge in (top, top + form.height)})
    lines = [_line(x, 0, x, PAGE[1]) for x in across] + [_line(0, y, PAGE[0], y) for y in down]
    return _drawing(*PAGE, "".join(lines))


# --- Table signs ----------------------------------------------------------------------------------


def _side(sign: Sign, fonts_folder: Path) -> Side:
    return Side(
        sign,
        fitting.fit(sign.name, Room(SIGN_WIDTH, SIGN_HEIGHT, SIGN_SIZES, 600), fonts_folder),
        fitting.fit_lines(
            [sign.note] if sign.note else [], Room(SIGN_WIDTH, NOTE_HEIGHT, NOTE_SIZES, 400), fonts_folder
        ),
    )


def _fold() -> str:
    """Draw where a table sign is folded: short lines at both edges of a lying sheet."""
    middle = PAGE[0] / 2
    return _drawing(
        PAGE[1], PAGE[0], _line(0, middle, 9, middle) + _line(PAGE[1] - 9, middle, PAGE[1], middle)
    )


def _drawing(width: float, height: float, lines: str) -> str:
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{lines}</svg>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{HAIR}" stroke-width="0.12"'
        ' stroke-dasharray="1.2 0.8"/>'
    )
