r"""Sheets: the pages of one part, laid out, as they are kept until they are bound.

A sheet holds PDF objects whose numbers, and whatever else is known only once all parts stand, are marks
(`\x01` kind value `\x02`): no text has these signs, for control characters are refused in every content.
"""

import json
import struct
from dataclasses import asdict, dataclass, field
from typing import Any

_MAGIC = b"maillage sheets\n"
_LENGTHS = struct.Struct(">II")


@dataclass(slots=True)
class Slot:
    """A page number to fill in: which font, how wide one of its figures, at which end it stands."""

    font: str
    anchor: str = ""  # none: the page's own number
    align: str = "right"


@dataclass(slots=True)
class PageText:
    """What a page shows: pieces of content, and between two of them a number to fill in.

    With one number only the pieces are compressed already.
    """

    pieces: list[bytes]
    slots: list[Slot]
    compressed: bool


@dataclass(slots=True)
class Typeface:
    """A font as the pages use it: the bundled file, and the glyphs with their widths and letters."""

    name: str
    family: str
    file: str
    flags: int
    ascent: float
    descent: float
    widths: dict[int, int] = field(default_factory=dict)
    letters: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sheets:
    """The pages of a part.

    `objects` are dictionaries, `streams` (dictionary without Length, data) by the number of their object;
    `texts` the contents of pages by theirs; an object that is one of these is empty in `objects`. `pages` are
    numbers of objects; `top` the structure elements below the document; `owners` whom marked content belongs
    to, page by page; `linked` whom link annotations belong to; `identified` elements with an ID.
    `targets` are anchors of other parts that links lead to, `asked` those whose page the text names.
    `anchors`: (name, page, x, y); `bookmarks`: (level, title, page, x, y, is open).
    """

    objects: list[bytes]
    streams: dict[int, tuple[bytes, bytes]]
    texts: dict[int, PageText]
    pages: list[int]
    top: list[int]
    owners: list[list[int | None]]
    linked: list[int]
    identified: list[int]
    anchors: list[tuple[str, int, float, float]]
    bookmarks: list[tuple[int, str, int, float, float, bool]]
    targets: list[str]
    asked: list[str]
    fonts: dict[str, Typeface]


def to_bytes(sheets: Sheets) -> bytes:
    """Write sheets as bytes, to be kept or sent from one process to another."""
    blobs: list[bytes] = []

    def put(blob: bytes) -> int:
        blobs.append(blob)
        return len(blob)

    about = {
        "objects": [put(one) for one in sheets.objects],
        "streams": [(number, put(head), put(data)) for number, (head, data) in sheets.streams.items()],
        "texts": [
            (
                number,
                [put(piece) for piece in text.pieces],
                [asdict(slot) for slot in text.slots],
                text.compressed,
            )
            for number, text in sheets.texts.items()
        ],
        "fonts": {name: asdict(font) for name, font in sheets.fonts.items()},
        **{name: getattr(sheets, name) for name in _PLAIN},
    }
    head = json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join((_MAGIC, _LENGTHS.pack(len(head), sum(map(len, blobs))), head, *blobs))


def from_bytes(written: bytes) -> Sheets:
    """Read what `to_bytes` wrote; raise `ValueError` for anything else."""
    start = len(_MAGIC) + _LENGTHS.size
    if not written.startswith(_MAGIC) or len(written) < start:
        raise ValueError("These are no sheets.")
    head_length, length = _LENGTHS.unpack_from(written, len(_MAGIC))
    body = memoryview(written)[start:]
    if len(body) != head_length + length:
        raise ValueError("These sheets are broken.")
    about: dict[str, Any] = json.loads(bytes(body[:head_length]))
    place = head_length

    def take(size: int) -> bytes:
        nonlocal place
        place += size
        return bytes(body[place - size : place])

    objects = [take(size) for size in about["objects"]]
    streams = {number: (take(head), take(data)) for number, head, data in about["streams"]}
    texts = {
        number: PageText([take(size) for size in sizes], [Slot(**slot) for slot in slots], compressed)
        for number, sizes, slots, compressed in about["texts"]
    }
    fonts = {name: _typeface(font) for name, font in about["fonts"].items()}
    return Sheets(objects, streams, texts, fonts=fonts, **{name: about[name] for name in _PLAIN})


def _typeface(font: dict[str, Any]) -> Typeface:
    font["widths"] = {int(glyph): width for glyph, width in font["widths"].items()}
    font["letters"] = {int(glyph): letter for glyph, letter in font["letters"].items()}
    return Typeface(**font)


_PLAIN = ("pages", "top", "owners", "linked", "identified", "anchors", "bookmarks", "targets", "asked")
