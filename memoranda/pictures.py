"""Every picture of a memorandum, made or cleaned here: cover, icons, network figure, logo.

Nothing a person gives is used as it came: drawings pass an allow-list, images are encoded anew.
"""

import functools
import io
import math
import warnings
from xml.etree import ElementTree as ET

from PIL import Image, ImageFile, ImageOps

from memoranda import colour
from memoranda.content import Knot, Threads
from memoranda.errors import ContentError, Problem

MOST_PIXELS = 20_000_000
LOGO_SIDE = 1_000
SMALL_LOGO_SIDE = 480
PICTURE_SIDE = 2_000
DEEPEST_DRAWING = 20

COVER_WIDTH = 794
COVER_HEIGHT = 560

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = {
    "svg",
    "g",
    "path",
    "line",
    "circle",
    "ellipse",
    "rect",
    "polygon",
    "polyline",
    "text",
    "tspan",
}
_ATTRIBUTES = {
    "viewBox",
    "width",
    "height",
    "x",
    "y",
    "dx",
    "dy",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "d",
    "points",
    "transform",
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "opacity",
    "font-size",
    "font-weight",
    "font-family",
    "text-anchor",
    "dominant-baseline",
}


@functools.lru_cache(maxsize=32)  # the same text gives the same drawing
def clean_drawing(svg: str) -> str:
    """Return the SVG with only shapes and text left: no script, style, link, image or entity.

    Raises `ContentError` if it is not a drawing that can be printed.
    """
    if "<!" in svg.replace("<!--", ""):
        raise ContentError((Problem("", "La figure du réseau contient une déclaration interdite."),))
    try:
        root = ET.fromstring(svg)  # noqa: S314 - declarations, hence entities, were refused above
    except ET.ParseError as error:
        raise ContentError((Problem("", "La figure du réseau n’est pas un dessin SVG valable."),)) from error
    if _local(root.tag) != "svg" or "viewBox" not in root.attrib:
        raise ContentError((Problem("", "La figure du réseau n’est pas un dessin SVG avec viewBox."),))
    cleaned = _clean(root, 0)
    cleaned.set("xmlns", _SVG)  # by hand: prefixes registered elsewhere would end up in the page
    return ET.tostring(cleaned, encoding="unicode")


def words_of(svg: str) -> list[str]:
    """Return the texts written in a drawing; raise `ContentError` if it is not one."""
    return list(ET.fromstring(clean_drawing(svg)).itertext())  # noqa: S314 - cleaned just before


def _clean(element: ET.Element, depth: int) -> ET.Element:
    if depth > DEEPEST_DRAWING:
        raise ContentError((Problem("", "La figure du réseau est trop imbriquée."),))
    cleaned = ET.Element(_local(element.tag))
    cleaned.text, cleaned.tail = element.text, element.tail
    for name, value in element.attrib.items():
        if name in _ATTRIBUTES and "url" not in value.lower():
            cleaned.set(name, value)
    for child in element:
        if _local(child.tag) in _ELEMENTS:
            cleaned.append(_clean(child, depth + 1))
    return cleaned


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def encode_logo(data: bytes) -> bytes:
    """Return the logo as a PNG of at most 1000 pixels a side; raise `ContentError` if it can't be."""
    return encode(data, side=LOGO_SIDE, name="Le logo")


def encode(data: bytes, *, side: int, name: str) -> bytes:
    """Return an image as a PNG of at most so many pixels a side, with its pixels and nothing else.

    Raises `ContentError` for what is no image, or one of more than 20 million pixels: its header is read
    and judged before any of it is decoded. `name` begins the sentence.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ContentError((Problem("", f"{name} dépasse 20 millions de pixels."),))
                # WeasyPrint, once it is loaded, has half of an image stand for the whole.
                ImageFile.LOAD_TRUNCATED_IMAGES = False
                image.draft("RGB", (side, side))
                picture = ImageOps.exif_transpose(image).convert("RGBA")
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        if isinstance(error, ContentError):
            raise
        raise ContentError(
            (Problem("", f"{name} n’est pas une image lisible (PNG, JPEG, WebP)."),)
        ) from error
    picture.thumbnail((side, side))
    picture.info.clear()  # neither where it was taken nor what made it
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def size_of(png: bytes) -> tuple[float, float]:
    """Return how wide and how high an image of ours is, in pixels."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        return float(image.width), float(image.height)


# --- The cover: threads and knots ---------------------------------------------------------------


def draw_cover(threads: Threads | None, primary: str) -> str:
    """Draw the network as fine threads between knots, light on the primary colour, as SVG."""
    drawn = _spread(threads or _MOTIF)
    ground = colour.readable(primary, colour.WHITE)
    thread = colour.mix(colour.WHITE, ground, 0.42)
    size = f'width="{COVER_WIDTH}" height="{COVER_HEIGHT}"'
    parts = [
        f'<svg xmlns="{_SVG}" viewBox="0 0 {COVER_WIDTH} {COVER_HEIGHT}" {size}>',
        f'<rect {size} fill="{ground}"/>',
    ]
    parts += [_thread(drawn.knots[one], drawn.knots[other], thread) for one, other in drawn.lines]
    largest = sorted(range(len(drawn.knots)), key=lambda index: -drawn.knots[index].size)[:3]
    for index, knot in enumerate(drawn.knots):
        parts.append(_knot(knot, ground, "#f0b26b" if index in largest else colour.WHITE))
    parts.append("</svg>")
    return "".join(parts)


def _spread(threads: Threads) -> Threads:
    """Scale the knots to the cover, a little past its edges so that threads run off the page."""
    left, right = _range([knot.x for knot in threads.knots])
    top, bottom = _range([knot.y for knot in threads.knots])
    knots = tuple(
        Knot(
            x=(knot.x - left) / (right - left) * (COVER_WIDTH + 40) - 20,
            y=(knot.y - top) / (bottom - top) * (COVER_HEIGHT + 10) - 30,
            size=min(max(knot.size, 0.0), 1.0),
        )
        for knot in threads.knots
    )
    return Threads(knots=knots, lines=threads.lines)


def _range(values: list[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    return (low, high) if high > low else (low, low + 1.0)


def _thread(one: Knot, other: Knot, stroke: str) -> str:
    """Draw a thread that hangs a little, as threads do."""
    length = math.hypot(other.x - one.x, other.y - one.y)
    middle_x, middle_y = (one.x + other.x) / 2, (one.y + other.y) / 2 + length * 0.09
    return (
        f'<path d="M{one.x:.1f} {one.y:.1f}Q{middle_x:.1f} {middle_y:.1f} {other.x:.1f} {other.y:.1f}"'
        f' fill="none" stroke="{stroke}" stroke-width="0.8"/>'
    )


def _knot(knot: Knot, ground: str, fill: str) -> str:
    radius = 1.8 + 5.2 * knot.size
    return (
        f'<circle cx="{knot.x:.1f}" cy="{knot.y:.1f}" r="{radius + 2.6:.1f}" fill="{ground}"/>'
        f'<circle cx="{knot.x:.1f}" cy="{knot.y:.1f}" r="{radius:.1f}" fill="{fill}"/>'
    )


def _fixed_motif() -> Threads:
    """Make the motif of a network that gives none: a spiral of knots, each tied to its neighbours."""
    golden = math.pi * (3 - math.sqrt(5))
    knots = tuple(
        Knot(
            x=math.sqrt(index) * math.cos(index * golden) * 1.35,
            y=math.sqrt(index) * math.sin(index * golden),
            size=1 / (1 + index * 0.09),
        )
        for index in range(1, 64)
    )
    steps = (8, 13, 21)
    lines = tuple(
        (index, index + step) for step in steps for index in range(0, len(knots) - step, 1 + step // 8)
    )
    return Threads(knots=knots, lines=lines)


_MOTIF = _fixed_motif()

# --- Icons of the levels of power ---------------------------------------------------------------

_ICONS = {
    "commune": "M2.5 14V7L8 2.5 13.5 7v7zM6.5 14v-4h3v4",
    "province": "M3 2.5h10V8c0 3-2.2 5-5 6-2.8-1-5-3-5-6zM3 6.5h10",
    "region_wallonne": "M1.5 13.5L6 5l3 5 2-3 3.5 6.5zM11.5 3.5h2",
    "fwb": "M8 4Q5.5 2.5 2 2.5v10q3.5 0 6 1.5 2.5-1.5 6-1.5v-10Q10.5 2.5 8 4zM8 4v10",
    "cocof": "M8 2l2 4 4 2-4 2-2 4-2-4-4-2 4-2z",
    "cocom": "M8 2l2 4 4 2-4 2-2 4-2-4-4-2 4-2zM6.5 8h3",
    "federal": "M2 6L8 2.5 14 6zM3.5 6.5V12M8 6.5V12M12.5 6.5V12M2 13.5h12",
    "ue": "M8 2v2M8 12v2M2 8h2M12 8h2M3.7 3.7l1.4 1.4M10.9 10.9l1.4 1.4M3.7 12.3l1.4-1.4M10.9 5.1l1.4-1.4",
}
_OTHER_ICON = "M8 2a6 6 0 1 0 .01 0zM8 5v4M8 11v.5"


def draw_icon(code: str, stroke: str) -> str:
    """Draw the icon of a level of power, or a neutral one for a level without its own."""
    pen = f'fill="none" stroke="{stroke}" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"'
    path = f'<path d="{_ICONS.get(code, _OTHER_ICON)}" {pen}/>'
    size = 'viewBox="0 0 16 16" width="16" height="16"'
    return f'<svg xmlns="{_SVG}" {size} aria-hidden="true">{path}</svg>'


def draw_thread(stroke: str, knot: str) -> str:
    """Draw the ornament of a chapter's opening: one thread with three knots."""
    return (
        f'<svg xmlns="{_SVG}" viewBox="0 0 500 20" width="500" height="20">'
        f'<path d="M2 10Q60 19 120 10T240 10T498 10" fill="none" stroke="{stroke}" stroke-width="1.4"/>'
        f'<circle cx="4" cy="10" r="4" fill="{stroke}"/><circle cx="120" cy="10" r="5.5" fill="{knot}"/>'
        f'<circle cx="240" cy="10" r="3" fill="{stroke}"/></svg>'
    )


def draw_draft_edge(fill: str) -> str:
    """Draw the coloured edge of each page of a draft."""
    return (
        f'<svg xmlns="{_SVG}" viewBox="0 0 4 297" width="4" height="297">'
        f'<rect width="4" height="297" fill="{fill}"/></svg>'
    )
