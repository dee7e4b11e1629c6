"""Binding sheets into one PDF: one tree of tags, one outline, one set of names, each font once.

The same sheets give the same bytes. Objects keep their order and are numbered part after part, so that
binding is copying: only marks are looked at (see `sheets`).
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydyf

from memoranda.errors import BuildError
from memoranda.press import typefaces
from memoranda.press.about import About, xmp
from memoranda.press.sheets import PageText, Sheets, Slot, Typeface
from memoranda.press.store import Store

_MARK = re.compile(rb"\x01([a-z])([^\x02]*)\x02")
_PER_STREAM = 2_000
_HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
_CATALOG, _PAGES, _TREE, _DOCUMENT, _FONTS, _INFO, _METADATA, _FIRST = range(1, 9)
_GLOBALS = {b"P": b"%d 0 R" % _PAGES, b"D": b"%d 0 R" % _DOCUMENT, b"F": b"%d 0 R" % _FONTS}
_SHIFTS = {"right": 1.0, "centre": 0.5, "left": 0.0}
_FOLIO_FIGURES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What is bound: sheets in their order, and whether each begins on a right-hand page.

    `figures` are the sheets that show what the figures of each font look like; they are not bound. `titles`
    say by anchor what a link leads to. `first` is the number of the first page. Where it
    is not the whole, links may lead nowhere.
    """

    about: About
    sheets: Sequence[Sheets]
    rectos: Sequence[bool]
    figures: Sheets
    titles: Mapping[str, str]
    identifier: str
    first: int = 1
    is_whole: bool = True


def starts(lengths: Sequence[int], rectos: Sequence[bool], first: int = 1) -> list[int]:
    """Return the number of the first page of each part, given how many pages each takes."""
    found, page = [], first
    for length, recto in zip(lengths, rectos, strict=True):
        page += recto and page % 2 == 0
        found.append(page)
        page += length
    return found


def bind(volume: Volume, fonts_folder: Path, store: Store | None = None) -> bytes:
    """Return the PDF; the sheets are emptied, so that no page is held twice.

    Raises `BuildError` for a link that leads nowhere.
    """
    return _Binder(volume, fonts_folder, store).bind()


class _Binder:
    def __init__(self, volume: Volume, fonts_folder: Path, store: Store | None) -> None:
        self._volume = volume
        self._fonts_folder = fonts_folder
        self._store = store
        self._plain: dict[int, bytes] = {}
        self._streams: dict[int, tuple[bytes, bytes]] = {}
        self._next = _FIRST
        self._starts = starts([len(one.pages) for one in volume.sheets], volume.rectos, volume.first)
        self._places: dict[str, int] = {}
        for one, start in zip(volume.sheets, self._starts, strict=True):
            for name, page, *_ in one.anchors:
                self._places.setdefault(name, start + page)
        self._pages: list[bytes] = []
        self._leaves: list[tuple[int, int, bytes]] = []
        self._top: list[bytes] = []
        self._notes: list[tuple[bytes, bytes]] = []
        self._names: dict[bytes, bytes] = {}
        self._marks: list[tuple[int, str, bytes, float, float, bool]] = []
        self._figures = {
            name: {letter: glyph for glyph, letter in font.letters.items() if letter.isdecimal()}
            for name, font in volume.figures.fonts.items()
        }
        self._used_figures: dict[str, set[str]] = {}

    def bind(self) -> bytes:
        if self._volume.is_whole:
            self._check_links()
        keys = 0
        for sheets, start in zip(self._volume.sheets, self._starts, strict=True):
            while len(self._pages) + self._volume.first < start:
                self._blank()
            keys = self._add(sheets, start, keys)
            for copied in (sheets.objects, sheets.streams, sheets.texts, sheets.owners):
                copied.clear()
        self._add_fonts()
        self._add_tree(keys)
        self._add_catalog()
        return _written(self._plain, self._streams, self._next, self._volume.identifier)

    def _check_links(self) -> None:
        for sheets in self._volume.sheets:
            for target in sheets.targets:
                if target not in self._places:
                    raise BuildError(f"Un lien ne mène nulle part : « {target} ».", item=target)

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    # --- Parts ------------------------------------------------------------------------------

    def _add(self, sheets: Sheets, start: int, keys: int) -> int:
        """Add the objects of a part; return the next key of the tree of owners."""
        base = self._next
        self._next += len(sheets.objects)

        def fill(mark: re.Match[bytes]) -> bytes:
            kind, value = mark[1], mark[2]
            if kind == b"o":
                return b"%d 0 R" % (base + int(value))
            if kind == b"s":
                return b"%d" % (keys + int(value))
            if kind == b"g":
                return _GLOBALS[value]
            if kind == b"i":
                return b"%d" % (base + int(value))
            return _string(self._volume.titles.get(value.decode(), value.decode()))

        # All at once: one pass over one long text is faster than one over each of thousands.
        filled = _MARK.sub(fill, b"\x03".join(sheets.objects)).split(b"\x03")
        for number, (body, text) in enumerate(zip(sheets.objects, filled, strict=True)):
            if body:
                self._plain[base + number] = text
        for number, (head, data) in sheets.streams.items():
            self._streams[base + number] = (_MARK.sub(fill, head), data)
        own = {number: start + index for index, number in enumerate(self._texts_in_order(sheets))}
        for number, shown in sheets.texts.items():
            self._streams[base + number] = (b"", self._page_text(shown, own[number]))
        references = [b"%d 0 R" % (base + number) for number in sheets.pages]
        self._pages += references
        self._note_places(sheets, references)
        self._top += [b"%d 0 R" % (base + number) for number in sheets.top]
        self._notes += [(b"(n%d)" % (base + n), b"%d 0 R" % (base + n)) for n in sheets.identified]
        return self._add_owners(sheets, base, keys)

    def _texts_in_order(self, sheets: Sheets) -> list[int]:
        found = []
        for number in sheets.pages:
            mark = re.search(rb"/Contents \x01o(\d+)\x02", sheets.objects[number])
            if mark is None:
                raise BuildError("Une page est vide.")
            found.append(int(mark[1]))
        return found

    def _note_places(self, sheets: Sheets, references: list[bytes]) -> None:
        for name, page, x, y in sheets.anchors:
            self._names.setdefault(_string(name), b"[%s /XYZ %g %g 0]" % (references[page], x, y))
        self._marks += [
            (level, title, references[page], x, y, is_open)
            for level, title, page, x, y, is_open in sheets.bookmarks
        ]

    def _add_owners(self, sheets: Sheets, base: int, keys: int) -> int:
        lines = []
        for owners in sheets.owners:
            own = b" ".join(b"null" if owner is None else b"%d 0 R" % (base + owner) for owner in owners)
            lines.append(b"[" + own + b"]")
        lines += [b"%d 0 R" % (base + owner) for owner in sheets.linked]
        last = keys + len(lines) - 1
        nums = b" ".join(b"%d %s" % (keys + index, line) for index, line in enumerate(lines))
        number = self._number()
        self._plain[number] = b"<</Limits [%d %d]/Nums [%s]>>" % (keys, last, nums)
        self._leaves.append((keys, last, b"%d 0 R" % number))
        return last + 1

    def _blank(self) -> None:
        """Add an empty page as large as the last one, before a part that begins on the right."""
        last = self._plain[int(self._pages[-1].split()[0])]
        box = re.search(rb"/MediaBox \[[^\]]*\]", last)
        number = self._number()
        self._plain[number] = b"<</Type /Page/Parent %d 0 R%s/Resources <<>>/Tabs /S>>" % (
            _PAGES, box[0] if box else b"",
        )  # fmt: skip
        self._pages.append(b"%d 0 R" % number)

    def _page_text(self, text: PageText, page: int) -> bytes:
        parts = [text.pieces[0]]
        for slot, piece in zip(text.slots, text.pieces[1:], strict=True):
            parts += [self._run(slot, page if not slot.anchor else self._place(slot.anchor)), piece]
        return b"\n".join(parts)

    def _place(self, anchor: str) -> int:
        if anchor not in self._places:
            raise BuildError(f"Une page est citée qui n’existe pas : « {anchor} ».", item=anchor)
        return self._places[anchor]

    def _run(self, slot: Slot, page: int) -> bytes:
        """Show a page's number in the room that was kept for it."""
        glyphs = self._figures.get(slot.font)
        if glyphs is None:
            raise BuildError("Un numéro de page est composé dans une police imprévue.")
        figures = str(page)
        self._used_figures.setdefault(slot.font, set()).update(figures)
        width = self._volume.figures.fonts[slot.font].widths[glyphs["0"]]
        room = (_FOLIO_FIGURES - len(figures)) * width * _SHIFTS[slot.align]
        run = "".join(f"{glyphs[figure]:04x}" for figure in figures)
        return b"[%g<%s>] TJ" % (-room, run.encode())

    # --- What the whole has once ------------------------------------------------------------

    def _add_fonts(self) -> None:
        fonts = typefaces.gathered(self._volume.sheets)
        for name, used in self._used_figures.items():
            for figure in used:
                glyph = self._figures[name][figure]
                fonts[name].widths[glyph] = self._volume.figures.fonts[name].widths[glyph]
                fonts[name].letters[glyph] = figure
        references = [b"/%s %s" % (name.encode(), self._font(font)) for name, font in fonts.items()]
        self._plain[_FONTS] = b"<<" + b"".join(references) + b">>"

    def _font(self, font: Typeface) -> bytes:
        program = typefaces.program(font, self._fonts_folder, self._store)
        file, letters, descriptor, descendant, number = (self._number() for _ in range(5))
        name = font.name.encode()
        self._streams[file] = (b"/Length1 %d" % len(program), program)
        self._streams[letters] = (b"", typefaces.letters(font))
        widest = max(font.widths.values(), default=0)
        self._plain[descriptor] = (
            b"<</Type /FontDescriptor/FontName %s/FontFamily %s/Flags %d/FontBBox [0 %d %d %d]/ItalicAngle 0"
            b"/Ascent %d/Descent %d/CapHeight %d/StemV 80/StemH 80/FontFile2 %d 0 R>>"
        ) % (
            name, _string(font.family), font.flags, font.descent, widest, font.ascent, font.ascent,
            font.descent, font.ascent, file,
        )  # fmt: skip
        self._plain[descendant] = (
            b"<</Type /Font/Subtype /CIDFontType2/BaseFont %s/CIDSystemInfo <</Registry (Adobe)"
            b"/Ordering (Identity)/Supplement 0>>/CIDToGIDMap /Identity/W %s/FontDescriptor %d 0 R>>"
        ) % (name, typefaces.widths(font), descriptor)
        self._plain[number] = (
            b"<</Type /Font/Subtype /Type0/BaseFont %s/Encoding /Identity-H/DescendantFonts [%d 0 R]"
            b"/ToUnicode %d 0 R>>"
        ) % (name, descendant, letters)
        return b"%d 0 R" % number

    def _add_tree(self, keys: int) -> None:
        self._plain[_PAGES] = b"<</Type /Pages/Count %d/Kids [%s]>>" % (
            len(self._pages), b" ".join(self._pages),
        )  # fmt: skip
        self._plain[_DOCUMENT] = b"<</Type /StructElem/S /Document/P %d 0 R/K [%s]>>" % (
            _TREE, b" ".join(self._top),
        )  # fmt: skip
        owners = self._number()
        self._plain[owners] = b"<</Kids [%s]>>" % b" ".join(leaf for *_, leaf in self._leaves)
        notes = b""
        if self._notes:
            pairs = b" ".join(b"%s %s" % pair for pair in sorted(self._notes))
            notes = b"/IDTree <</Names [%s]>>" % pairs
        self._plain[_TREE] = (
            b"<</Type /StructTreeRoot/K [%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d%s>>"
        ) % (_DOCUMENT, owners, keys, notes)

    def _add_catalog(self) -> None:
        about = self._volume.about
        names = b" ".join(b"%s %s" % pair for pair in sorted(self._names.items()))
        outline = self._outline()
        self._streams[_METADATA] = (b"/Type /Metadata/Subtype /XML", xmp(about))
        self._plain[_INFO] = b"<<" + b"".join(
            b"/%s %s" % (key, _string(value)) for key, value in about.info() if value
        ) + b">>"  # fmt: skip
        self._plain[_CATALOG] = (
            b"<</Type /Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/MarkInfo <</Marked true>>"
            b"/ViewerPreferences <</DisplayDocTitle true>>/Lang %s/Metadata %d 0 R"
            b"/Names <</Dests <</Names [%s]>>>>%s>>"
        ) % (_PAGES, _TREE, _string(about.language), _METADATA, names, outline)

    def _outline(self) -> bytes:
        """Add the bookmarks as a tree: a deeper level stands below the last one above it."""
        if not self._marks:
            return b""
        root: list[Any] = []
        open_levels: list[tuple[int, list[Any]]] = [(0, root)]
        for level, *mark in self._marks:
            while open_levels[-1][0] >= level:
                open_levels.pop()
            below: list[Any] = []
            open_levels[-1][1].append((mark, below))
            open_levels.append((level, below))
        number = self._number()
        first, last, count = self._outline_level(root, number)
        self._plain[number] = b"<</Type /Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (first, last, count)
        return b"/Outlines %d 0 R" % number

    def _outline_level(self, marks: list[Any], parent: int) -> tuple[int, int, int]:
        numbers = [self._number() for _ in marks]
        shown = len(marks)
        for index, ((title, page, x, y, is_open), below) in enumerate(marks):
            rest = b""
            if index:
                rest += b"/Prev %d 0 R" % numbers[index - 1]
            if index + 1 < len(marks):
                rest += b"/Next %d 0 R" % numbers[index + 1]
            if below:
                first, last, count = self._outline_level(below, numbers[index])
                rest += b"/First %d 0 R/Last %d 0 R/Count %d" % (first, last, count if is_open else -count)
                shown += count if is_open else 0
            self._plain[numbers[index]] = b"<</Title %s/Parent %d 0 R/Dest [%s /XYZ %g %g 0]%s>>" % (
                _string(title), parent, page, x, y, rest,
            )  # fmt: skip
        return numbers[0], numbers[-1], shown


# --- The file -----------------------------------------------------------------------------------


def _written(
    plain: dict[int, bytes], streams: dict[int, tuple[bytes, bytes]], size: int, identifier: str
) -> bytes:
    """Write objects as a PDF with streams of objects and a stream of cross-references."""
    numbers = sorted(plain)
    batches = [numbers[at : at + _PER_STREAM] for at in range(0, len(numbers), _PER_STREAM)]
    holders = {size + index: batch for index, batch in enumerate(batches)}
    total = size + len(batches) + 1
    with ThreadPoolExecutor() as threads:  # zlib lets other threads run
        packed = threads.map(lambda batch: _packed(batch, plain), batches)
        pressed = threads.map(lambda number: _pressed(*streams[number]), sorted(streams))
        made = dict(zip(sorted(streams), pressed, strict=True)) | dict(zip(holders, packed, strict=True))
    plain.clear()
    streams.clear()
    lines = bytearray(total * 8)
    place, out, md5 = len(_HEADER), [_HEADER], hashlib.md5(_HEADER, usedforsecurity=False)
    for number in sorted(made):
        piece = b"%d 0 obj\n%s\nendobj\n" % (number, made.pop(number))
        md5.update(piece)
        _ENTRY.pack_into(lines, number * 8, 1, place, 0)
        out.append(piece)
        place += len(piece)
    for holder, batch in holders.items():
        for index, number in enumerate(batch):
            _ENTRY.pack_into(lines, number * 8, 2, holder, index)
    _ENTRY.pack_into(lines, (total - 1) * 8, 1, place, 0)
    _ENTRY.pack_into(lines, 0, 0, 0, 65535)
    table, check = zlib.compress(bytes(lines), 6), md5.hexdigest().encode()
    out.append(
        b"%d 0 obj\n<</Type /XRef/Size %d/W [1 5 2]/Root %d 0 R/Info %d 0 R/ID [(%s) (%s)]"
        b"/Filter /FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        % (total - 1, total, _CATALOG, _INFO, identifier.encode(), check, len(table), table, place)
    )
    return b"".join(out)


class _Entry:
    """A line of the table of cross-references: its kind, a place of five bytes, an index of two."""

    _parts = struct.Struct(">BBIH")

    def pack_into(self, lines: bytearray, at: int, kind: int, place: int, index: int) -> None:
        self._parts.pack_into(lines, at, kind, place >> 32, place & 0xFFFFFFFF, index)


_ENTRY = _Entry()


def _packed(batch: list[int], plain: dict[int, bytes]) -> bytes:
    heads, place = [], 0
    for number in batch:
        heads.append(b"%d %d" % (number, place))
        place += len(plain[number]) + 1
    head = b" ".join(heads) + b"\n"
    data = zlib.compress(head + b"\n".join(plain[number] for number in batch), 6)
    return b"<</Type /ObjStm/N %d/First %d/Filter /FlateDecode/Length %d>>\nstream\n%s\nendstream" % (
        len(batch), len(head), len(data), data,
    )  # fmt: skip


def _pressed(head: bytes, data: bytes) -> bytes:
    """Return a stream; one that is compressed or an image already stays as it is."""
    if head.startswith(b"<<"):
        return head[:-2] + b"/Length %d>>\nstream\n%s\nendstream" % (len(data), data)
    data = zlib.compress(data, 6)
    return b"<<%s/Filter /FlateDecode/Length %d>>\nstream\n%s\nendstream" % (head, len(data), data)


def _string(text: str) -> bytes:
    found: bytes = pydyf.String(text).data
    return found
