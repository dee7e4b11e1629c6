"""The PDF of certificates: A4 on its side, a page each, the same bytes each time."""

import dataclasses
import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import segno

from memoranda import colour, fonts, letter, markup, paper, plain
from memoranda.certificate import content
from memoranda.certificate.content import Certificate, Certificates
from memoranda.paper import Progress
from memoranda.press.parts import Copy, Look, Part
from memoranda.press.printing import Order, print_parts

WIDTH, HEIGHT = 297, 210  # millimetres
# From so many signs or lines on mentions are set in smaller letters.
MANY_WORDS, MANY_LINES = 600, 6
# A name of more signs is set in smaller letters.
LONG_NAME = 44
# What each certificate of the same occasion may have for itself.
OWN = ("name", "serial", "period", "hours", "sessions", "issued", "code", "url")
BLANK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
_DARK = re.compile(rb"\x01+")
_AT_ONCE = 50


def build(
    document: Certificates,
    *,
    fonts_folder: Path,
    progress: Progress | None = None,
    workers: int = 0,
    bound: Callable[[], None] = lambda: None,
) -> bytes:
    """Make the PDF of certificates; a sign that no bundled font can draw is printed as « □ ».

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in French;
    `workers` processes lay out side by side, each bounded by `bound` (0: this process does). Nothing is kept:
    names stand in it. Raises `ContentError` for a content that can't be printed, `BuildError` for anything
    else, such as a second page.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    paper.check_fonts(fonts_folder)
    content.validate(document)
    identifier = plain.digest(document)
    document = fonts.drawable(document, fonts_folder)
    order = Order(
        parts=_parts(document), look=_look(document), about=_about(document), titles={},
        identifier=identifier, fonts_folder=fonts_folder, workers=workers,
    )  # fmt: skip
    printed = print_parts(order, tell, bound=bound)
    tell(1.0, "PDF terminé")
    return printed


def _parts(document: Certificates) -> tuple[Part, ...]:
    """Return the certificates, some at a time."""
    every = document.certificates
    mask = segno.make_qr(every[0].url, error="m").mask
    batches = [every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE)]
    return tuple(
        Part(
            name=f"Attestations, {place} sur {len(batches)}",
            template="certificate/certificate.html",
            data={"head": document.letterhead},
            copies=tuple(_copy(one, mask) for one in batch),
            too_long="Une attestation ne tient pas sur une page : raccourcissez ses mentions.",
        )
        for place, batch in enumerate(batches, start=1)
    )


def _copy(one: Certificate, mask: int) -> Copy:
    texts = _texts(one)
    alternative = f"Code QR qui mène à la vérification de cette attestation : {one.url}"
    is_dense = len(one.mentions) > MANY_WORDS or len(one.mentions.splitlines()) > MANY_LINES
    is_long = len(one.name) > LONG_NAME
    shared = dataclasses.replace(one, **dict.fromkeys(OWN, ""))
    return Copy(
        kind=f"{is_long} {plain.to_json(shared)}",
        data={"one": one, "texts": texts, "code": alternative, "is_dense": is_dense, "is_long": is_long},
        texts=texts,
        alternatives={"code": alternative},
        drawings={"code.svg": functools.partial(draw_code, one.url, mask)},
    )


def _texts(one: Certificate) -> dict[str, str]:
    """Return what certificates of the same occasion say otherwise, by the class of what holds it."""
    about = " · ".join(markup.french(text) for text in (one.kind, one.period, one.place) if text)
    return {
        "holder": one.name,
        "kind": about,
        "hours": markup.french(one.hours),
        "sessions": f"de présence, en {markup.french(one.sessions)}",
        "issued": markup.french(one.issued),
        "serial": f"N°\u00a0{one.serial}",
        "code": one.code,
    }


def _look(document: Certificates) -> Look:
    primary = document.letterhead.primary
    style = paper.style("certificate/certificate.css", primary=primary, footer="", faces=())
    return Look(style=style, assets=_assets(document), language=document.language)


def _about(document: Certificates) -> paper.About:
    first = document.certificates[0]
    return paper.About(
        title=content.title_of(document), author=document.letterhead.network,
        description=f"{first.kind}, {first.period}", day=document.day, language=document.language,
    )  # fmt: skip


def _assets(document: Certificates) -> Mapping[str, tuple[str, bytes]]:
    primary = colour.readable(document.letterhead.primary)
    frame = draw_frame(primary, paper.ACCENT, paper.LINE)
    return letter.pictures_of(document.letterhead, {"frame.svg": frame, "code.svg": BLANK})


def draw_code(url: str, mask: int) -> bytes:
    """Return the operators that draw a QR code in a square of one unit, downwards: runs of dark modules.

    `mask` is one of the eight patterns that a code can be mixed with, and any reader reads all of them.
    Looking for the best one of each code would take most of the time of a run: that of another address which
    begins alike is nearly as good.
    """
    rows = segno.make_qr(url, error="m", mask=mask).matrix
    runs = [
        b"%d %d %d 1 re" % (run.start(), place, run.end() - run.start())
        for place, row in enumerate(rows)
        for run in _DARK.finditer(row)
    ]
    return b"%.9f 0 0 %.9f 0 0 cm\n0 0 0 rg\n%s\nf" % (1 / len(rows), 1 / len(rows), b"\n".join(runs))


def draw_frame(stroke: str, knot: str, line: str) -> str:
    """Draw the edge of a certificate: threads that cross and are held by knots, around a quiet sheet."""
    edge = f'width="{WIDTH - 23}" height="{HEIGHT - 23}" fill="none" stroke="{line}" stroke-width="0.3"'
    parts = [f'<rect x="11.5" y="11.5" {edge}/>']
    for turn in range(3):
        start, *bends = _woven(turn / 3)
        curves = zip(bends[::2], bends[1::2], strict=True)
        path = "".join(f"Q{cx:.2f} {cy:.2f} {x:.2f} {y:.2f}" for (cx, cy), (x, y) in curves)
        look = f'fill="none" stroke="{stroke}" stroke-width="{(0.55, 0.35, 0.22)[turn]}"'
        parts.append(f'<path d="M{start[0]:.2f} {start[1]:.2f}{path}Z" {look}/>')
    for x, y in ((11.5, 11.5), (WIDTH - 11.5, 11.5), (11.5, HEIGHT - 11.5), (WIDTH - 11.5, HEIGHT - 11.5)):
        parts.append(f'<circle cx="{x}" cy="{y}" r="2.3" fill="{colour.WHITE}"/>')
        parts.append(f'<circle cx="{x}" cy="{y}" r="1.5" fill="{knot}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}">{"".join(parts)}</svg>'
    )


def _woven(phase: float) -> list[tuple[float, float]]:
    """Return the points of a thread along the edge: where it crosses it, and between two what bends it.

    Few points: they are drawn on each page anew.
    """
    inset, swing, waves = 11.5, 1.7, 64
    wide, high = WIDTH - 2 * inset, HEIGHT - 2 * inset
    around = 2 * (wide + high)
    found = []
    for step in range(4 * waves + 1):
        along = (around * (step / (4 * waves) + phase / waves)) % around
        # A curve comes half as far as the point that bends it.
        off = 2 * swing * (0, 1, 0, -1)[step % 4]
        if along < wide:
            found.append((inset + along, inset + off))
        elif along < wide + high:
            found.append((WIDTH - inset - off, inset + along - wide))
        elif along < 2 * wide + high:
            found.append((WIDTH - inset - (along - wide - high), HEIGHT - inset - off))
        else:
            found.append((inset + off, HEIGHT - inset - (along - 2 * wide - high)))
    return found
