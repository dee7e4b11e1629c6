"""What the press is given: a document as a list of parts, each a template and all that it reads.

A new kind of page is a template and a `Part`; nothing here changes for it.
"""

import functools
import hashlib
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from memoranda import fonts, markup, plain

FORMAT = "1"
"""Of what is kept of a part; another one is made anew."""
# What page numbers look like before they are known: figures of the same width, so that nothing moves.
FOLIO_RIGHT, FOLIO_LEFT, FOLIO_CENTRE = "0000", "0001", "0002"
_WEIGHERS = (
    "weasyprint",
    "pydyf",
    "tinycss2",
    "tinyhtml5",
    "cssselect2",
    "fonttools",
    "markdown-it-py",
    "nh3",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A thing of a part that can be laid out by itself, to find the one that can't be: who, and its data."""

    anchor: str
    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One page of many that differ in little: what the template reads for it.

    Pages of the same `kind` differ in nothing but `texts` (by the class of the element that holds it and
    nothing else, a text as the template prints it), `alternatives` (of pictures) and `drawings`: by the name
    of a picture that the template shows and that is blank, what returns the operators that draw it in a
    square of one unit, downwards.
    """

    kind: str
    data: Any
    texts: Mapping[str, str]
    alternatives: Mapping[str, str] = field(default_factory=dict)
    drawings: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some pages that begin on a page of their own: a template, and all that it reads (nothing else counts).

    `name` says in French what it is. Where `names_pages`, the template reads `pages`, anchor → page; these
    are figures set to the right in a column, filled in once all is laid out (`pages[anchor]`). Where
    `is_last`, the part is laid out once all others stand, with the numbers themselves (`pages[anchor]` is a
    number, and the text may flow around them). `is_contents` tags its lists as a table of contents. `recto`
    begins it on a right-hand page, with a blank one before it where needed. `weight` is about how long it
    takes; `telling` says what is being done while it is laid out, where its name doesn't. A part with
    `copies` has a page for each of them, and the template reads of some of them what it needs (`copies`);
    `too_long` is told where one takes more than its page. Such a part is never kept.
    """

    name: str
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)
    anchor: str = ""
    pieces: tuple[Piece, ...] = ()
    names_pages: bool = False
    is_last: bool = False
    is_contents: bool = False
    recto: bool = False
    weight: int = 1
    telling: str = ""
    copies: tuple[Copy, ...] = ()
    too_long: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What all parts share: a style sheet without its fonts, and all that is named as `bundled:`.

    `only` says which of these one template alone shows, by name: its change leaves other parts as they are.
    Of no template ("") are those that stand in the data of whatever part shows them.
    """

    style: str
    assets: Mapping[str, tuple[str, bytes]]
    language: str = "fr"
    only: Mapping[str, str] = field(default_factory=dict)


def keys(parts: tuple[Part, ...], look: Look, fonts_folder: Path) -> list[str]:
    """Return what each part is known by: the SHA-256 of all that its pages depend on but the pages named.

    Raises ValueError for a part with copies: it is never kept.
    """
    shared = hashlib.sha256()
    for text in (FORMAT, made_by(), look.style, look.language):
        shared.update(text.encode() + b"\0")
    for name in sorted(look.assets.keys() - look.only.keys()):
        shared.update(_written(name, look))
    for name in fonts.FILES:
        shared.update((fonts_folder / name).read_bytes())
    found = []
    for part in parts:
        if part.copies:
            raise ValueError("A part with copies is not kept.")
        own = shared.copy()
        rest = [part.template, part.names_pages, part.is_last, part.is_contents]
        own.update(plain.to_json((*map(str, rest), _pairs(part.data))).encode())
        for name in sorted(name for name, template in look.only.items() if template == part.template):
            own.update(_written(name, look))
        found.append(own.hexdigest())
    return found


def _written(name: str, look: Look) -> bytes:
    media_type, content = look.assets[name]
    return f"{name}\0{media_type}\0{len(content)}\0".encode() + content


def _pairs(data: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(data.items()))


@functools.cache
def made_by() -> str:
    """Return the SHA-256 of our own code, templates and of the versions that turn data into pages."""
    found = hashlib.sha256(platform.python_version().encode())
    for name in _WEIGHERS:
        found.update(f"{name} {metadata.version(name)}\n".encode())
    package = Path(__file__).resolve().parent.parent
    files = [*package.glob("*.py"), *package.glob("press/*.py"), *markup.TEMPLATES.glob("*.*")]
    for path in sorted(files):
        found.update(path.read_bytes())
    return found.hexdigest()
