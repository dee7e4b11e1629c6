"""Laying out one part with WeasyPrint, and keeping what it drew as sheets.

This reaches into the objects of pydyf and into two functions of WeasyPrint (`_get_pdf_tag`,
`generate_pdf`), hence the pinned versions and the tests of `memoranda.check`.
"""

import hashlib
import logging
import re
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydyf
from markupsafe import Markup

from memoranda import fonts, markup
from memoranda.errors import BuildError, ContentError

with warnings.catch_warnings():
    # WeasyPrint warns at import where the system has no fonts; ours are bundled.
    warnings.simplefilter("ignore")
    from weasyprint import CSS, DEFAULT_OPTIONS, HTML, Document
    from weasyprint.html import UA, UA_COUNTER_STYLE
    from weasyprint.images import SVGImage
    from weasyprint.pdf import generate_pdf, tags
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

from memoranda.fetching import SCHEME, BundledFetcher
from memoranda.press import copying
from memoranda.press.parts import FOLIO_CENTRE, FOLIO_LEFT, FOLIO_RIGHT, Look, Part
from memoranda.press.sheets import PageText, Sheets, Slot, Typeface

_CONTENTS_ROLES = {"/L": "/TOC", "/LI": "/TOCI", "/LBody": "/Reference"}
_FOLIOS = {FOLIO_RIGHT: "right", FOLIO_LEFT: "left", FOLIO_CENTRE: "centre"}
_SLOT, _SLOT_ROLE = "page-number", "/PageNumber"
# Elements of ours, as WeasyPrint sees them, and what they are tagged as.
_ROLES = {
    _SLOT: _SLOT_ROLE[1:],
    "foot-note": "Note",
    "foot-note::footnote-marker": "Lbl",
    "foot-note::footnote-call": "Reference",
}
_SCALE = 0.75  # of a CSS pixel in points
_REFERENCE = re.compile(rb"(\d+) 0 R")
_RUN = re.compile(rb"\[<((?:[0-9a-f]{4})+)>\] TJ")
_PARTS_OF_TABLE = {"/THead", "/TBody", "/TFoot"}

_tag_of = tags._get_pdf_tag  # noqa: SLF001 - the only way to say what an element is tagged as


def _our_tag(tag: str | None) -> str:
    found: str = _ROLES[tag] if tag in _ROLES else _tag_of(tag)
    return found


tags._get_pdf_tag = _our_tag  # noqa: SLF001

# WeasyPrint's own style sheet gives every element six pseudo-elements, a quarter of all that is held; here
# are those of ours that have any.
_BEARERS = {
    "marker": "li",
    "footnote-call": "foot-note",
    "footnote-marker": "foot-note",
    "note-call": "foot-note",
    "note-marker": "foot-note",
    "note-callback": "foot-note",
}


def confined(style: str) -> str:
    """Return a style sheet with the rules of such pseudo-elements for those alone that have them."""
    for name, bearer in _BEARERS.items():
        style = re.sub(rf"(?m)^::{name}(?= {{)", f"{bearer}::{name}", style)
    return style


_BASE = CSS(string=confined(UA), counter_style=UA_COUNTER_STYLE)


_draw_anew = SVGImage.draw


class _Form:
    """A drawing of one size, as WeasyPrint keeps images: written once in a PDF, shown wherever it stands."""

    def __init__(self, name: str, form: Any) -> None:
        self.id = name
        self._form = form

    def get_x_object(self, _interpolate: bool, _ratio: float) -> Any:
        return self._form


def _draw_once(drawing: Any, stream: Any, width: float, height: float, style: Any) -> None:
    """Draw a picture of ours: its lines once, then its name; WeasyPrint would write them on each page."""
    address = str(drawing._base_url or "")  # noqa: SLF001
    if not address.startswith(f"{SCHEME}:"):
        _draw_anew(drawing, stream, width, height, style)
        return
    name = copying.form_name(address, width, height)
    form = None
    if f"i{name}0" not in stream._images:  # noqa: SLF001
        form = _empty_form(stream, width, height)
        _draw_anew(drawing, form, width, height, style)
    stream.draw_x_object(stream.add_image(_Form(name, form), interpolate=False, ratio=1))


def _empty_form(stream: Any, width: float, height: float) -> Any:
    own = {name: pydyf.Dictionary() for name in ("ExtGState", "XObject", "Pattern", "Shading")}
    shared = {"ColorSpace": stream._resources["ColorSpace"], "Font": None}  # noqa: SLF001
    resources = pydyf.Dictionary(own | shared)
    extra = {
        "Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array((0, 0, width, height)),
        "Resources": resources,
    }  # fmt: skip
    return stream.clone(resources=resources, extra=pydyf.Dictionary(extra))


SVGImage.draw = _draw_once


class Slots(Mapping[str, Markup]):
    """`pages` of a template whose numbers are filled in later: remembers who was asked for, in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getitem__(self, anchor: str) -> Markup:
        self.asked.append(anchor)
        return Markup(f"<{_SLOT}>{FOLIO_RIGHT}</{_SLOT}>")  # noqa: S704 - nothing of it was typed

    def __iter__(self) -> Iterator[str]:
        return iter(self.asked)

    def __len__(self) -> int:
        return 1  # a template that asks whether there are any: there are


class _Asked(Mapping[str, int]):
    """`pages` of a part that is last: the numbers themselves; remembers which were asked for."""

    def __init__(self, pages: Mapping[str, int]) -> None:
        self._pages = pages
        self.asked: list[str] = []

    def __getitem__(self, anchor: str) -> int:
        self.asked.append(anchor)
        return self._pages[anchor]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages)

    def __len__(self) -> int:
        return len(self._pages)


class Typesetter:
    """What lays out parts in this process: styles and pictures are read once.

    Made before processes are forked; `ready` is called in each, since Pango may not be shared between them.
    """

    def __init__(self, look: Look, fonts_folder: Path) -> None:
        self._look = look
        assets = {name: ("font/ttf", (fonts_folder / name).read_bytes()) for name in fonts.FILES}
        self._files = {hashlib.sha256(content).digest(): name for name, (_, content) in assets.items()}
        self._fetcher = BundledFetcher(assets, look.assets)
        with _listening() as complaints:
            self._style = CSS(string=look.style, base_url=None, url_fetcher=self._fetcher)
        if complaints:
            raise BuildError(f"La feuille de style n’est pas correcte : {complaints[0]}")
        self._styles: list[CSS] = []
        self._fonts: FontConfiguration | None = None
        self._pictures: dict[str, object] = {}
        self._known: dict[str, str] = {}

    def ready(self) -> None:
        """Load the fonts; fontconfig of this process must know no others (`fonts.apart`)."""
        faces = "".join(
            f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; '
            f'font-style: {face.style}; src: url("bundled:{face.file}") }}'
            for face in fonts.FACES
        )
        self._fonts = FontConfiguration()
        made = CSS(string=faces, base_url=None, url_fetcher=self._fetcher, font_config=self._fonts)
        self._styles = [made, self._style]

    def lay_out(self, part: Part, pages: Mapping[str, int] | None = None) -> Sheets:
        """Lay out a part; `pages` says where each anchor stands, for one that is last.

        Raises `BuildError` that names the piece which can't be laid out, else the part.
        """
        try:
            with _listening() as complaints:
                sheets = self._sheets(part, pages or {})
        except (BuildError, ContentError):
            raise
        except MemoryError as error:
            raise BuildError(
                f"{part.name} : la mise en page demande trop de mémoire.", item=part.anchor
            ) from error
        except Exception as error:
            raise self._blamed(part, error) from error
        if complaints:
            raise self._blamed(part, complaints[0])
        return sheets

    def _sheets(self, part: Part, pages: Mapping[str, int]) -> Sheets:
        asked = _Asked(pages) if part.is_last else Slots()
        if part.copies:
            return copying.sheets_of(
                part,
                lambda copies: self._render(
                    part, {**part.data, "copies": [one.data for one in copies]}, asked
                ),
                lambda document, once_drawn: self._written(part, document, asked, once_drawn),
            )
        return self._written(part, self._render(part, part.data, asked), asked)

    def _written(
        self,
        part: Part,
        document: Document,
        asked: "_Asked | Slots",
        once_drawn: Callable[[dict[Any, Any]], None] = lambda _fonts: None,
    ) -> Sheets:
        kept = _Fonts()
        document.fonts = kept
        _link_once(document)
        away = _let_links_leave(document)
        options = {**DEFAULT_OPTIONS, "pdf_variant": "pdf/ua-1", "pdf_tags": True, "pdf_version": "1.7"}
        pdf = generate_pdf(document, None, 1, **options)
        once_drawn(kept)
        return _Reader(pdf, document, kept, self._file_of, asked.asked, away, part).sheets()

    def _render(self, part: Part, data: Mapping[str, Any], pages: "_Asked | Slots") -> Document:
        text = (
            markup.environment()
            .get_template(part.template)
            .render(about={"language": self._look.language}, pages=pages, **data)
        )
        html = HTML(string=text, base_url=None, url_fetcher=self._fetcher)
        html._ua_stylesheets = lambda _forms: [_BASE]  # noqa: SLF001 - nothing else is asked for it
        return html.render(self._fonts, stylesheets=self._styles, cache=self._pictures)

    def _blamed(self, part: Part, why: object) -> BuildError:
        """Return an error that names what of a part can't be laid out even by itself, else the part."""
        for piece in part.pieces:
            own = self._trouble(part, piece.data)
            if own is not None:
                return BuildError(_failed(piece.name, own), item=piece.anchor)
        return BuildError(_failed(part.name, why), item=part.anchor)

    def _trouble(self, part: Part, data: Mapping[str, Any]) -> object:
        try:
            with _listening() as complaints:
                self._render(part, data, Slots()).write_pdf()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            return error
        return complaints[0] if complaints else None

    def _file_of(self, font: Any) -> str:
        """Return which of the bundled files a font of WeasyPrint is."""
        if font.hash not in self._known:
            digest = hashlib.sha256(bytes(font.file_content)).digest()
            if digest not in self._files:
                raise BuildError(f"La police {font.family} n’est pas l’une des nôtres.")
            self._known[font.hash] = self._files[digest]
        return self._known[font.hash]


def _failed(name: str, why: object) -> str:
    if isinstance(why, FatalURLFetchingError):
        return f"{name} : une adresse extérieure a été refusée ({why})."
    return f"{name} : la mise en page a échoué ({why})."


class _Complaints(logging.Handler):
    """Keep what WeasyPrint says is wrong with a document: nothing may pass in silence."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    logger = logging.getLogger("weasyprint")
    handler = _Complaints()
    logger.addHandler(handler)
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)


class _Fonts(dict[Any, Any]):
    """The fonts that WeasyPrint meets while it draws, and none to write: they are embedded at the end."""

    def values(self) -> Any:
        return ()


def _link_once(document: Document) -> None:
    """Drop the links of boxes within a link: WeasyPrint makes one for each, where the outer one leads too."""
    for page in document.pages:
        kept: list[Any] = []
        leading: dict[Any, list[Any]] = {}
        for link in page.links:
            same = leading.setdefault(link[:2], [])
            if not any(_covers(other, link) for other in same):
                same.append(link)
                kept.append(link)
        page.links[:] = kept


def _covers(outer: Any, inner: Any) -> bool:
    """Say whether a link stands around another."""
    (x, y, right, bottom), (left, top, end, foot) = outer[2], inner[2]
    around = x <= left and y <= top and end <= right and foot <= bottom
    return bool(around)


def _let_links_leave(document: Document) -> list[str]:
    """Let links lead to other parts, which WeasyPrint would drop; return where they lead."""
    here = {anchor for page in document.pages for anchor in page.anchors}
    targets = [link[1] for page in document.pages for link in page.links if link[0] == "internal"]
    away = [target for target in dict.fromkeys(targets) if target not in here]
    document.pages[-1].anchors.update(dict.fromkeys(away, (0, 0, 0, 0)))
    return away


class _Reader:
    """Turns what WeasyPrint made of a part into sheets."""

    def __init__(  # noqa: PLR0917 - all that is known of a part that was drawn
        self, pdf: pydyf.PDF, document: Document, kept: _Fonts, file_of: Any, asked: list[str],
        away: list[str], part: Part,
    ) -> None:  # fmt: skip
        self._pdf = pdf
        self._document = document
        self._part = part
        self._fonts = kept
        self._file_of = file_of
        self._asked = asked
        self._away = away
        self._objects: list[bytes] = []
        self._streams: dict[int, tuple[bytes, bytes]] = {}
        self._texts: dict[int, PageText] = {}
        self._numbers: dict[int, int] = {}
        self._waiting: list[int] = []
        self._known_letters: dict[str, dict[int, str]] = {}
        self._globals: dict[int, bytes] = {}
        root = pdf.objects[_number(pdf.catalog["StructTreeRoot"])]
        self._tree = pdf.objects[_number(root["K"][0])]
        self._nums: list[Any] = pdf.objects[_number(root["ParentTree"])]["Nums"]
        self._pages = [pdf.objects[_number(reference)] for reference in pdf.page_references]
        self._elements = {
            thing.number: thing
            for thing in pdf.objects
            if isinstance(thing, pydyf.Dictionary) and thing.get("Type") == "/StructElem"
        }

    def sheets(self) -> Sheets:
        reachable = self._retag()
        marks = self._marks_of_slots()
        owners = self._owners(reachable)
        contents = {}
        for index, page in enumerate(self._pages):
            contents[_number(page["Contents"])] = index
        self._known_globals()
        pages = [self._reference_number(_number(reference)) for reference in self._pdf.page_references]
        top = [self._reference_number(_number(kid)) for kid in self._tree["K"]]
        for page in self._pages:
            for note in page.get("Annots", ()):
                self._describe(self._pdf.objects[_number(note)])
        while self._waiting:
            number = self._waiting.pop()
            own = self._numbers[number]
            thing = self._pdf.objects[number]
            if number in contents:
                self._texts[own] = self._text(thing, owners[contents[number]], marks[contents[number]])
            elif isinstance(thing, pydyf.Stream):
                self._streams[own] = self._stream(thing)
            else:
                self._objects[own] = self._plain(thing)
        count = len(self._pages)
        return Sheets(
            objects=self._objects,
            streams=self._streams,
            texts=self._texts,
            pages=pages,
            top=top,
            owners=[
                [None if number is None else self._numbers[number] for number in page] for page in owners
            ],
            linked=[self._numbers[_number(owner)] for owner in self._nums[2 * count + 1 :: 2]],
            identified=[
                self._numbers[number]
                for number, element in self._elements.items()
                if element["S"] == "/Note" and number in self._numbers
            ],
            anchors=self._anchors(),
            bookmarks=self._bookmarks(),
            targets=self._away,
            asked=list(dict.fromkeys(self._asked)) if self._part.is_last else [],
            fonts={font.hash: self._typeface(font) for font in self._all_fonts()},
        )

    # --- Tags -------------------------------------------------------------------------------

    def _retag(self) -> set[int]:
        """Say by tags what WeasyPrint's don't; return the numbers of the elements that hang in the tree."""
        reachable = set(self._below(self._tree.number))
        for number, element in self._elements.items():
            role = element["S"]
            if self._part.is_contents:
                element["S"] = _CONTENTS_ROLES.get(role, role)
            if role in {"/TH", "/TD"}:
                self._retag_cell(element)
            elif role == "/Note" and number in reachable:
                element["ID"] = _Mark(b"\x01i%d\x02" % number)
        self._gather_links()
        return reachable

    def _retag_cell(self, element: pydyf.Dictionary) -> None:
        """Say of which way a heading is; its identifier, which others may have too, is then not needed."""
        element.pop("ID", None)
        about = element.get("A")
        if about is None:
            return
        about.pop("Headers", None)
        if element["S"] == "/TH":
            above = element
            while above["S"] not in _PARTS_OF_TABLE and above["S"] != "/Table":
                above = self._elements[_number(above["P"])]
            about["Scope"] = "/Column" if above["S"] == "/THead" else "/Row"

    def _gather_links(self) -> None:
        """Give the annotations of the parts of a link to the link itself: PDF/UA wants them there."""
        for index in range(2 * len(self._pages) + 1, len(self._nums), 2):
            owner = self._elements[_number(self._nums[index])]
            link = owner
            while link["S"] != "/Link":
                link = self._elements[_number(link["P"])]
            if link is owner:
                continue
            moved = [
                kid for kid in owner["K"] if isinstance(kid, bytes) and _number(kid) not in self._elements
            ]
            owner["K"][:] = [kid for kid in owner["K"] if kid not in moved]
            link["K"].extend(moved)
            self._nums[index] = link.reference

    def _below(self, number: int) -> Iterator[int]:
        """Yield the numbers of an element and of all that stand below it, in the order of reading."""
        waiting = [number]
        while waiting:
            number = waiting.pop()
            yield number
            kids = self._elements[number]["K"]
            waiting += [
                _number(kid)
                for kid in reversed(kids)
                if isinstance(kid, bytes) and _number(kid) in self._elements
            ]

    def _marks_of_slots(self) -> list[dict[int, str]]:
        """Return, page by page, which marked content is the number of which anchor's page."""
        marks: list[dict[int, str]] = [{} for _ in self._pages]
        if not self._part.names_pages or self._part.is_last:
            return marks
        number_of = {page.number: index for index, page in enumerate(self._pages)}
        found = [n for n in self._below(self._tree.number) if self._elements[n]["S"] == _SLOT_ROLE]
        if len(found) != len(self._asked):
            raise BuildError(f"{self._part.name} : des numéros de page manquent.", item=self._part.anchor)
        for number, anchor in zip(found, self._asked, strict=True):
            self._elements[number]["S"] = "/Span"
            for below in self._below(number):
                for kid in self._elements[below]["K"]:
                    if isinstance(kid, int):
                        marks[number_of[_number(self._elements[below]["Pg"])]][kid] = anchor
        return marks

    def _owners(self, reachable: set[int]) -> list[list[int | None]]:
        """Return, page by page, the element of each marked content; None for what no reader is to hear."""
        return [
            [number if (number := _number(owner)) in reachable else None for owner in owners]
            for owners in self._nums[1 : 2 * len(self._pages) : 2]
        ]

    # --- What pages show --------------------------------------------------------------------

    def _text(self, stream: pydyf.Stream, owners: list[int | None], marks: dict[int, str]) -> PageText:
        """Make artifacts of running titles; cut the content of a page where a number is to be filled in."""
        parts: list[Any] = stream.stream
        cuts: list[tuple[int, Slot]] = []
        for index, piece in enumerate(parts):
            if piece != b"BDC" or not isinstance(parts[index - 1], pydyf.Dictionary):
                continue
            mark = parts[index - 1].get("MCID")
            if mark is None:
                continue
            is_artifact = owners[mark] is None
            if is_artifact:
                parts[index - 2 : index] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]
            if is_artifact or mark in marks:
                cut = self._cut(parts, index, marks.get(mark, ""))
                if cut is not None:
                    cuts.append(cut)
        pieces, start = [], 0
        for place, _ in cuts:
            pieces.append(b"\n".join(map(_bytes, parts[start:place])))
            start = place + 1
        pieces.append(b"\n".join(map(_bytes, parts[start:])))
        return PageText(pieces, [slot for _, slot in cuts], compressed=False)

    def _cut(self, parts: list[Any], start: int, anchor: str) -> tuple[int, Slot] | None:
        """Return where a page's number is shown in a marked content, if it is one."""
        font = ""
        for place in range(start, len(parts)):
            piece = parts[place]
            if piece == b"EMC":
                break
            if isinstance(piece, bytes) and piece.endswith(b" Tf"):
                font = piece[1 : piece.index(b" ")].decode()
            # A kerning of less than one unit is written as none.
            run = _RUN.fullmatch(_tidy(piece)) if isinstance(piece, bytes) else None
            if run is None:
                continue
            font = font or self._font_before(parts, place)
            letters = self._letters(font)
            text = "".join(letters.get(int(run[1][at : at + 4], 16), "") for at in range(0, len(run[1]), 4))
            if text in _FOLIOS:
                return place, Slot(font, anchor, "right" if anchor else _FOLIOS[text])
            break
        if anchor:
            raise BuildError(
                f"{self._part.name} : un numéro de page est mal composé.", item=self._part.anchor
            )
        return None

    def _font_before(self, parts: list[Any], place: int) -> str:
        for piece in reversed(parts[:place]):
            if isinstance(piece, bytes) and piece.endswith(b" Tf"):
                return piece[1 : piece.index(b" ")].decode()
        return ""

    def _letters(self, name: str) -> dict[int, str]:
        if name not in self._known_letters:
            same = [font.to_unicode for font in self._all_fonts() if font.hash == name]
            self._known_letters[name] = {glyph: letter for one in same for glyph, letter in one.items()}
        return self._known_letters[name]

    # --- Objects ----------------------------------------------------------------------------

    def _known_globals(self) -> None:
        """Note which objects are the document's, not the part's."""
        resources = self._pdf.objects[_number(self._pages[0]["Resources"])]
        self._globals = {
            self._pdf.pages.number: b"\x01gP\x02",
            self._tree.number: b"\x01gD\x02",
            _number(resources["Font"]): b"\x01gF\x02",
        }
        for index, page in enumerate(self._pages):
            page["StructParents"] = _Mark(b"\x01s%d\x02" % index)

    def _describe(self, note: pydyf.Dictionary) -> None:
        """Leave to the binding what a link is described by, and its place in the tree of owners."""
        note["StructParent"] = _Mark(b"\x01s%d\x02" % note["StructParent"])
        if "Dest" in note:
            note["Contents"] = _Mark(b"\x01a" + note["Dest"].string.encode() + b"\x02")

    def _reference_number(self, number: int) -> int:
        if number not in self._numbers:
            self._numbers[number] = len(self._objects)
            self._objects.append(b"")
            self._waiting.append(number)
        return self._numbers[number]

    def _reference(self, number: int) -> bytes:
        return self._globals.get(number) or b"\x01o%d\x02" % self._reference_number(number)

    def _plain(self, value: Any) -> bytes:
        """Write a value with marks in the place of references."""
        if isinstance(value, _Mark):
            if value.startswith(b"\x01i"):
                return b"(n\x01i%d\x02)" % self._reference_number(int(value[2:-1]))
            return bytes(value)
        if isinstance(value, pydyf.Dictionary):
            items = [b"/" + _bytes(key) + b" " + self._plain(own) for key, own in value.items()]
            return b"<<" + b"".join(items) + b">>"
        if isinstance(value, list):
            return b"[" + b" ".join(map(self._plain, value)) + b"]"
        if isinstance(value, bytes) and (found := _REFERENCE.fullmatch(value)):
            return self._reference(int(found[1]))
        return _bytes(value)

    def _stream(self, stream: pydyf.Stream) -> tuple[bytes, bytes]:
        data = b"\n".join(map(_bytes, stream.stream))
        extra = pydyf.Dictionary(dict(stream.extra))
        if stream.compress:
            data = compress(data)
            extra["Filter"] = "/FlateDecode"
        return self._plain(extra), data

    def _all_fonts(self) -> list[Any]:
        return [font for _, font in self._fonts.items()]

    def _typeface(self, font: Any) -> Typeface:
        same = [other for other in self._all_fonts() if other.hash == font.hash]
        if any(other.missing or other.bitmap for other in same):
            raise BuildError(
                f"{self._part.name} : un caractère ne peut pas être imprimé.", item=self._part.anchor
            )
        made = Typeface(
            font.name.decode(), font.family, self._file_of(font), font.flags, font.ascent, font.descent
        )
        for other in same:
            made.widths |= other.widths
            made.letters |= other.to_unicode
        return made

    # --- Places -----------------------------------------------------------------------------

    def _anchors(self) -> list[tuple[str, int, float, float]]:
        away = set(self._away)
        found: dict[str, tuple[str, int, float, float]] = {}
        for index, page in enumerate(self._document.pages):
            for name, (x, y, *_) in page.anchors.items():
                if name not in away:
                    found.setdefault(name, (name, index, _points(x), _points(page.height - y)))
        return list(found.values())

    def _bookmarks(self) -> list[tuple[int, str, int, float, float, bool]]:
        return [
            (level, label, index, _points(x), _points(page.height - y), state != "closed")
            for index, page in enumerate(self._document.pages)
            for level, label, (x, y), state in page.bookmarks
        ]


class _Mark(bytes):
    """Something that is known once the parts are bound."""


def compress(data: bytes) -> bytes:
    """Return data as FlateDecode reads it."""
    return zlib.compress(data, 6)


def _tidy(run: bytes) -> bytes:
    """Return a run of glyphs without kernings of less than a unit, which are written as none."""
    return run.replace(b">0<", b"").replace(b">0]", b">]")


def _points(pixels: float) -> float:
    return round(pixels * _SCALE, 3)


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def _bytes(value: Any) -> bytes:
    found: bytes = pydyf._to_bytes(value)  # noqa: SLF001
    return found
