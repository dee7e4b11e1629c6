"""Pages that differ in a few short texts: one of each kind is laid out, the others are made from it.

A page is made from another only where it is sure to be what laying it out would give. The texts that differ
are set and drawn by the same functions of WeasyPrint; by the same steps the texts of the page that was laid
out give the very bytes that stand in it, once; and each new text takes one line, as high as the one in its
place. Any other page is laid out itself.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pydyf
from weasyprint.draw.text import draw_text
from weasyprint.formatting_structure import boxes
from weasyprint.layout.inline import split_text_box
from weasyprint.layout.replaced import replacedbox_layout
from weasyprint.pdf.stream import Stream

from memoranda.errors import BuildError
from memoranda.fetching import SCHEME
from memoranda.press.parts import Copy, Part
from memoranda.press.sheets import PageText, Sheets

Write = Callable[[Any, Callable[[dict[Any, Any]], None]], Sheets]
# White space that HTML would not print as it is written.
_COLLAPSED = re.compile(r"[\t\n\r\f]|^ | $|  ")
_SHARES = {"start": 0.0, "left": 0.0, "center": 0.5, "right": 1.0, "end": 1.0}
_CLOSE = 0.01  # CSS pixels: a line that is as full as that is laid out
_RESOURCES = re.compile(rb"/Resources \x01o(\d+)\x02")
_CONTENTS = re.compile(rb"/Contents \x01o(\d+)\x02")
_OBJECT = re.compile(rb"\x01o(\d+)\x02")
_MARK = re.compile(rb"\x01([osi])(\d+)\x02")


def form_name(address: str, width: float, height: float) -> str:
    """Return what a drawing of ours, shown at that size, is called in a PDF."""
    return hashlib.sha256(f"{address} {width} {height}".encode()).hexdigest()[:16]


def sheets_of(part: Part, render: Callable[[Sequence[Copy]], Any], write: Write) -> Sheets:
    """Return the pages of a part, one for each of its copies.

    `render` lays out some copies; `write` returns the sheets of what it laid out, and calls what it is given
    with their fonts once all is drawn. Raises `BuildError` where a copy takes more than a page.
    """
    chosen = _shortest(part.copies)
    while True:
        document = render([part.copies[index] for index in chosen])
        if len(document.pages) != len(chosen):
            raise BuildError(part.too_long or f"{part.name} : une page ne suffit pas.")
        masters = {
            index: _Master(place, document.pages[place], part.copies[index])
            for place, index in enumerate(chosen)
        }
        pages = [_planned(index, copy, masters) for index, copy in enumerate(part.copies)]
        lacking = _lacking(pages)
        if not lacking:
            binder = _Binder(write(document, _Drawing(pages).draw), len(pages))
            doubted = [master for master in masters.values() if not binder.prove(master)]
            lacking = {index for index, page in enumerate(pages) if page.master in doubted} - masters.keys()
        if not lacking:
            return binder.bound(pages)
        chosen = sorted({*chosen, *lacking})


def _shortest(copies: Sequence[Copy]) -> list[int]:
    """Return a copy of each kind and of each way of writing, whose lines may be of another height.

    It is the one whose texts are the shortest, so that each takes one line.
    """
    found: dict[object, tuple[int, int]] = {}
    for index, copy in enumerate(copies):
        key = copy.kind, tuple(map(_ways, copy.texts.values()))
        length = sum(map(len, copy.texts.values()))
        found[key] = min(found.get(key, (length, index)), (length, index))
    return sorted(index for _, index in found.values())


def _ways(text: str) -> frozenset[str]:
    """Return which ways the letters of a text are written: to the right, to the left, as Arabic is."""
    return frozenset(map(unicodedata.bidirectional, text)) & {"L", "R", "AL"}


# --- Lines that differ --------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    """A line with texts that differ: its box, the room it has, its texts and the class of each, or ""."""

    box: Any
    room: float
    texts: list[Any]
    classes: list[str]


class _Master:
    """A page that was laid out, from which others of its kind can be made.

    `shown` are the operators that show each text of its lines; `pieces` what the page shows besides, and
    between two of them what is in `order`: the place of a text, or a picture's name, width and height.
    """

    def __init__(self, place: int, page: Any, copy: Copy) -> None:
        self.place = place
        self.copy = copy
        root = page._page_box  # noqa: SLF001 - what was laid out
        self.lines = _lines(root, copy.texts) if _is_plain(copy) else []
        self.forms = dict(_forms(root, copy))
        self.shown: list[list[bytes]] = []
        self.pieces: list[bytes] = []
        self.order: list[int | tuple[str, float, float]] = []

    def set(self, copy: Copy) -> list[list[Any]] | None:
        """Set the texts of a copy in these lines; None where they don't fit. Equal lines stay as they are."""
        if not self.lines or not _is_plain(copy):
            return None
        found = []
        for line in self.lines:
            texts = _set(line, copy.texts)
            if texts is None:
                return None
            found.append(texts)
        return found


def _is_plain(copy: Copy) -> bool:
    return all(text and not _COLLAPSED.search(text) for text in copy.texts.values())


def _lines(root: Any, texts: Mapping[str, str]) -> list[_Line]:
    """Return the lines with texts that differ; none where one of these isn't found as a whole on a line."""
    found, seen = [], []
    for block, line in _lines_below(root):
        own = list(_texts_of(line))
        classes = [_class_of(text, texts) for text in own]
        if any(classes):
            found.append(_Line(line, block.width, own, classes))
            seen += [(name, text.text) for text, name in zip(own, classes, strict=True) if name]
    is_whole = sorted(seen) == sorted(texts.items())
    return found if is_whole and all(map(_is_simple, found)) else []


def _lines_below(box: Any) -> Iterator[tuple[Any, Any]]:
    for child in getattr(box, "children", ()):
        if isinstance(child, boxes.LineBox):
            yield box, child
        else:
            yield from _lines_below(child)


def _texts_of(box: Any) -> Iterator[Any]:
    for child in box.children:
        if isinstance(child, boxes.TextBox):
            yield child
        elif isinstance(child, boxes.InlineBox):
            yield from _texts_of(child)


def _class_of(text: Any, names: Iterable[str]) -> str:
    own = text.element.get("class", "").split() if text.element is not None else ()
    return next((name for name in names if name in own), "")


def _is_simple(line: _Line) -> bool:
    """Say whether a line is text alone, from left to right, with no link and no rule that moves with it."""
    style = line.box.style
    inside = list(line.box.descendants(placeholders=True))[1:]
    return (
        style["direction"] == "ltr"
        and style["text_align_all"] in _SHARES
        and all(isinstance(box, boxes.TextBox | boxes.InlineBox) and box.element_tag != "a" for box in inside)
        and all(text.style["text_decoration_line"] == "none" for text in line.texts)
    )


def _set(line: _Line, texts: Mapping[str, str]) -> list[Any] | None:
    """Return the text boxes of a line with other texts, where they then stand; None where they don't fit."""
    made = []
    for box, name in zip(line.texts, line.classes, strict=True):
        new, rest, is_broken = box, None, False
        if name and texts[name] != box.text:
            new, rest, is_broken = split_text_box(None, box.copy_with_text(texts[name]), None, 0)
        if new is None or rest is not None or is_broken:
            return None
        made.append(new)
    if all(new is old for new, old in zip(made, line.texts, strict=True)):
        return line.texts
    more = sum(new.width - old.width for new, old in zip(made, line.texts, strict=True))
    if line.box.width + more > line.room - _CLOSE:
        return None
    shift = -more * _SHARES[line.box.style["text_align_all"]]
    placed = []
    for new, old in zip(made, line.texts, strict=True):
        box = new.copy()
        box.position_x = old.position_x + shift
        shift += new.width - old.width
        placed.append(box)
    return placed


def _height(lines: Iterable[Sequence[Any]]) -> tuple[object, ...]:
    """Return all of some lines that the place of what stands below them depends on."""
    return tuple(
        (text.margin_top, text.height, text.baseline, text.pango_layout.first_line_direction % 2)
        for text in chain.from_iterable(lines)
    )


# --- Which page is made from which --------------------------------------------------------------


@dataclass(slots=True)
class _Page:
    """A page to make: its copy, the page that it is made from (None: there is none like it), its lines."""

    copy: Copy
    master: _Master | None
    lines: list[list[Any]] = field(default_factory=list)
    height: tuple[object, ...] = ()
    shown: list[bytes] = field(default_factory=list)


def _planned(index: int, copy: Copy, masters: Mapping[int, _Master]) -> _Page:
    if index in masters:
        return _Page(copy, masters[index], [line.texts for line in masters[index].lines])
    height: tuple[object, ...] = ()
    for master in masters.values():
        lines = master.set(copy) if master.copy.kind == copy.kind else None
        if lines is None:
            continue
        height = _height(lines)
        if height == _height(line.texts for line in master.lines):
            return _Page(copy, master, lines, height)
    return _Page(copy, None, height=height)


def _lacking(pages: Sequence[_Page]) -> set[int]:
    """Return which copies are to be laid out too: one of each height of lines, and all that take more."""
    found: dict[object, int] = {}
    for index, page in enumerate(pages):
        if page.master is None:
            found.setdefault((page.copy.kind, page.height or index), index)
    return set(found.values())


# --- What a page shows --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Draws the lines that differ, those of the pages that were laid out too."""

    pages: Sequence[_Page]

    def draw(self, fonts: dict[Any, Any]) -> None:
        """Keep with each page what shows its texts, with the fonts of the document."""
        resources = pydyf.Dictionary({"ExtGState": pydyf.Dictionary()})
        stream = Stream(fonts, (0, 0, 0, 0), resources, {}, None, {}, None)
        for page in self.pages:
            master = page.master
            if master is None:
                continue
            if not master.shown:
                master.shown = [[_shown(text, stream) for text in line.texts] for line in master.lines]
            for own, line, shown in zip(page.lines, master.lines, master.shown, strict=True):
                page.shown += shown if own is line.texts else [_shown(text, stream) for text in own]


def _shown(text: Any, stream: Stream) -> bytes:
    """Return the operators that show a text; its colour stands before them."""
    if not text.text.strip():
        return b""
    stream.stream.clear()
    draw_text(stream, text, 0, "clip", "none")
    return b"\n".join(map(_bytes, stream.stream[stream.stream.index(b"BT") :]))


def _forms(root: Any, copy: Copy) -> Iterator[tuple[bytes, tuple[str, float, float]]]:
    """Yield how a page shows the pictures that each copy has for itself: name, width and height of each."""
    for box in root.descendants(placeholders=True):
        if isinstance(box, boxes.ReplacedBox):
            name = box.element.get("src", "").removeprefix(f"{SCHEME}:")
            if name in copy.drawings:
                width, height, *_ = replacedbox_layout(box)
                yield (
                    b"/i%s0 Do" % form_name(f"{SCHEME}:{name}", width, height).encode(),
                    (name, width, height),
                )


# --- The pages, as sheets -----------------------------------------------------------------------


class _Binder:
    """Makes the sheets of all pages: what they share once, then what each has for itself."""

    def __init__(self, made: Sheets, count: int) -> None:
        self._made = made
        self._count = count
        self._own: dict[int, list[int]] = {}
        self._sheets = Sheets(
            objects=[], streams={}, texts={}, pages=[], top=[], owners=[], linked=[], identified=[],
            anchors=[], bookmarks=[], targets=made.targets, asked=made.asked, fonts=made.fonts,
        )  # fmt: skip
        shared = self._reached([_number(_RESOURCES, made.objects[made.pages[0]])], ())
        self._shared = self._take(shared, {}, {})

    def prove(self, master: _Master) -> bool:
        """Find in a page all that others have otherwise; return whether each stands there, and once."""
        made, place = self._made, master.place
        own = self._own[place] = self._reached([made.pages[place], made.top[place]], self._shared)
        bodies = b"\x03".join(made.objects[number] for number in own)
        (shows,) = made.texts[_number(_CONTENTS, made.objects[made.pages[place]])].pieces
        texts = [(piece, at) for at, piece in enumerate(chain.from_iterable(master.shown)) if piece]
        is_proved = all(shows.count(piece) == 1 for piece, _ in texts) and all(
            bodies.count(_alternative(text)) == 1 for text in master.copy.alternatives.values()
        )
        found = sorted(
            (shows.index(piece), len(piece), what)
            for piece, what in (*master.forms.items(), *(texts if is_proved else ()))
        )
        end = 0
        for start, length, what in found:
            master.pieces.append(shows[end:start])
            master.order.append(what)
            end = start + length
        master.pieces.append(shows[end:])
        return is_proved

    def bound(self, pages: Sequence[_Page]) -> Sheets:
        """Return the sheets."""
        for page in pages:
            if page.master is not None:
                self._add(page, page.master)
        return self._sheets

    def _add(self, page: _Page, master: _Master) -> None:
        made, sheets, place = self._made, self._sheets, master.place
        alternatives = {
            _alternative(old): _alternative(page.copy.alternatives[name])
            for name, old in master.copy.alternatives.items()
        }
        numbers = self._take(self._own[place], self._shared, alternatives)
        at, text = len(sheets.pages), numbers[_number(_CONTENTS, made.objects[made.pages[place]])]
        sheets.texts[text] = PageText([_shows(page, master)], [], compressed=False)
        sheets.pages.append(numbers[made.pages[place]])
        sheets.top.append(numbers[made.top[place]])
        sheets.owners.append([None if one is None else numbers[one] for one in made.owners[place]])
        sheets.identified += [numbers[one] for one in made.identified if one in numbers]
        sheets.anchors += [(name, at, x, y) for name, old, x, y in made.anchors if old == place]
        sheets.bookmarks += [
            (level, title, at, x, y, is_open)
            for level, title, old, x, y, is_open in made.bookmarks
            if old == place
        ]

    def _reached(self, starts: list[int], known: Container[int]) -> list[int]:
        """Return what is reached from some objects, but through those that are known."""
        found, waiting = dict.fromkeys(starts), list(starts)
        while waiting:
            number = waiting.pop()
            body = self._made.objects[number] or self._made.streams.get(number, (b"",))[0]
            for mark in _OBJECT.finditer(body):
                number = int(mark[1])
                if number not in known and number not in found:
                    found[number] = None
                    waiting.append(number)
        return list(found)

    def _take(
        self, taken: list[int], known: Mapping[int, int], changed: Mapping[bytes, bytes]
    ) -> dict[int, int]:
        """Add copies of some objects; return their new numbers, and those that are known."""
        made, sheets = self._made, self._sheets
        base = len(sheets.objects)
        numbers = {**known, **{number: base + index for index, number in enumerate(taken)}}

        def fill(mark: re.Match[bytes]) -> bytes:
            kind, value = mark[1], int(mark[2])
            if kind != b"s":
                return b"\x01%s%d\x02" % (kind, numbers[value])
            if value < len(made.pages):
                return b"\x01s%d\x02" % len(sheets.pages)
            sheets.linked.append(numbers[made.linked[value - len(made.pages)]])
            return b"\x01s%d\x02" % (self._count + len(sheets.linked) - 1)

        bodies = b"\x03".join(made.objects[number] for number in taken)
        for old, new in changed.items():
            bodies = bodies.replace(old, new)
        sheets.objects += _MARK.sub(fill, bodies).split(b"\x03")
        for number in taken:
            if number in made.streams:
                head, data = made.streams[number]
                sheets.streams[numbers[number]] = (_MARK.sub(fill, head), data)
        return numbers


def _shows(page: _Page, master: _Master) -> bytes:
    """Return what a page shows."""
    parts = [master.pieces[0]]
    for what, piece in zip(master.order, master.pieces[1:], strict=True):
        parts += [page.shown[what] if isinstance(what, int) else _drawn(page.copy, *what), piece]
    return b"".join(parts)


def _drawn(copy: Copy, name: str, width: float, height: float) -> bytes:
    return b"%.6f 0 0 %.6f 0 0 cm\n%s" % (width, height, copy.drawings[name]())


def _number(kind: re.Pattern[bytes], body: bytes) -> int:
    found = kind.search(body)
    if found is None:
        raise BuildError("Une page est vide.")
    return int(found[1])


def _alternative(text: str) -> bytes:
    found: bytes = pydyf.String(text).data
    return b"/Alt " + found


def _bytes(value: Any) -> bytes:
    found: bytes = pydyf._to_bytes(value)  # noqa: SLF001
    return found
