"""How the images of a memorandum stand in its PDF and on its page, each cleaned or encoded anew."""

import base64
import functools
import hashlib
import re
from dataclasses import dataclass

from markupsafe import Markup

from memoranda import pictures
from memoranda.content import Edition, Figure, Picture, Signatory, Sponsor, figures

Shown = Figure | Picture | Signatory | Sponsor
FOLDER = "pictures"
MOST_PACKED = 24 * 1024 * 1024
"""What the images of one file to rework may weigh together; those beyond it are told in words."""
_FAMILY = re.compile(r'font-family="([^",]+)"')
_BOX = re.compile(r'viewBox="[-0-9.]+[ ,]+[-0-9.]+[ ,]+([0-9.]+)[ ,]+([0-9.]+)"')


@dataclass(frozen=True, slots=True)
class OnSheet:
    """Images of the PDF: by the name under which the build may read them."""

    caption: str = "p"
    tables: bool = False

    def __getitem__(self, thing: Shown) -> Markup:
        """Return the image of a figure, a signatory or a sponsor."""
        return Markup('<img class="{}" src="bundled:{}" alt="{}">').format(
            _class(thing), _name(thing), _alternative(thing)
        )


@dataclass(frozen=True, slots=True)
class OnPage:
    """Images of the page, in its own text: it needs no other address."""

    caption: str = "figcaption"
    tables: bool = True

    def __getitem__(self, thing: Shown) -> Markup:
        """Return the image of a figure, a signatory or a sponsor."""
        drawing = _drawing(thing)
        if drawing:
            return Markup('<div role="img" aria-label="{}">{}</div>').format(
                _alternative(thing),
                Markup(pictures.clean_drawing(drawing)),  # noqa: S704 - cleaned
            )
        encoded = base64.b64encode(_encoded(thing)).decode()
        return Markup('<img class="{}" src="data:image/png;base64,{}" alt="{}" loading="lazy">').format(
            _class(thing), encoded, _alternative(thing)
        )


@dataclass(frozen=True, slots=True)
class InFile:
    """Images of a file to rework: by the name under which they stand in its package, where they do."""

    names: frozenset[str] = frozenset()
    caption: str = "figcaption"
    tables: bool = True

    def __getitem__(self, thing: Shown) -> Markup:
        """Return the image of a figure, a signatory or a sponsor; its words where nothing else tells them."""
        words = Markup('<p class="memo-alternative">Figure : {}</p>').format(_alternative(thing))
        if _name(thing) not in self.names:
            return words
        image = Markup('<img class="{}" src="{}/{}" alt="{}">').format(
            _class(thing), FOLDER, _name(thing), _alternative(thing)
        )
        return image + words if _drawing(thing) and not _rows(thing) else image


Images = OnSheet | OnPage | InFile


def packed(edition: Edition, most: int = MOST_PACKED) -> dict[str, tuple[str, bytes]]:
    """Return the images that a file to rework holds: name → (media type, content), `most` bytes at most.

    Where a reader lacks our fonts, drawings are written in one without serifs.
    """
    found: dict[str, tuple[str, bytes]] = {}
    for name, (media_type, written) in assets(edition).items():
        content = _FAMILY.sub(r'font-family="\1, sans-serif"', written.decode()).encode() if (
            media_type == "image/svg+xml"
        ) else written  # fmt: skip
        if len(content) <= most:
            most -= len(content)
            found[name] = (media_type, content)
    return found


def size_of(media_type: str, content: bytes) -> tuple[float, float]:
    """Return how wide and how high an image is, in pixels."""
    if media_type != "image/svg+xml":
        return pictures.size_of(content)
    box = _BOX.search(content.decode())
    return (float(box[1]), float(box[2])) if box else (1.0, 1.0)


def assets(edition: Edition) -> dict[str, tuple[str, bytes]]:
    """Return all images of the edition as a build may read them: name → (media type, content)."""
    holders: tuple[Signatory | Sponsor, ...] = (*edition.signatories, *edition.sponsors)
    shown: list[Shown] = [one for one in holders if one.logo]
    shown += figures(edition)
    if edition.figure:
        shown.append(edition.figure)
    found = {}
    for thing in shown:
        drawing = _drawing(thing)
        found[_name(thing)] = (
            ("image/svg+xml", pictures.clean_drawing(drawing).encode())
            if drawing
            else ("image/png", _encoded(thing))
        )
    return found


def words(edition: Edition) -> list[str]:
    """Return the texts written in the drawings of the edition. Raises `ContentError` if one is none."""
    drawings = [edition.figure.svg] if edition.figure else []
    drawings += [figure.svg for figure in figures(edition) if figure.svg]
    return [word for drawing in drawings for word in pictures.words_of(drawing)]


def _drawing(thing: Shown) -> str:
    return thing.svg if isinstance(thing, Figure | Picture) else ""


def _rows(thing: Shown) -> tuple[tuple[str, int], ...]:
    return thing.rows if isinstance(thing, Figure | Picture) else ()


def _raw(thing: Shown) -> bytes:
    if isinstance(thing, Picture):
        return thing.png or b""
    return b"" if isinstance(thing, Figure) else thing.logo or b""


def _encoded(thing: Shown) -> bytes:
    if isinstance(thing, Picture):
        return _encode_picture(_raw(thing))
    return _encode_logo(_raw(thing), thing.name if isinstance(thing, Signatory | Sponsor) else "")


@functools.lru_cache(maxsize=32)
def _encode_picture(data: bytes) -> bytes:
    return pictures.encode(data, side=pictures.PICTURE_SIDE, name="La figure")


@functools.lru_cache(maxsize=256)
def _encode_logo(data: bytes, name: str) -> bytes:
    return pictures.encode(data, side=pictures.SMALL_LOGO_SIDE, name=f"Le logo de « {name} »")


def _name(thing: Shown) -> str:
    drawing = _drawing(thing)
    content, ending = (drawing.encode(), "svg") if drawing else (_raw(thing), "png")
    return f"{hashlib.sha256(content).hexdigest()[:32]}.{ending}"


def _class(thing: Shown) -> str:
    return "memo-image" if isinstance(thing, Figure | Picture) else "memo-logo"


def _alternative(thing: Shown) -> str:
    return thing.alternative if isinstance(thing, Figure | Picture) else f"Logo : {thing.name}"
