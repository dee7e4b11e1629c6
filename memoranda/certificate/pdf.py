"""The PDF of certificates: A4 on its side, a page each, the same bytes each time."""

import math
from pathlib import Path

import segno

from memoranda import colour, fonts, letter, pages, paper, plain
from memoranda.certificate import content
from memoranda.certificate.content import Certificates
from memoranda.errors import BuildError
from memoranda.paper import Press, Progress

WIDTH, HEIGHT = 297, 210  # millimetres
# From so many signs or lines on mentions are set in smaller letters.
MANY_WORDS, MANY_LINES = 600, 6


def build(document: Certificates, *, fonts_folder: Path, progress: Progress | None = None) -> bytes:
    """Make the PDF of certificates; a sign that no bundled font can draw is printed as « □ ».

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in French. Raises
    `ContentError` for a content that can't be printed, `BuildError` for anything else, such as a second page.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    paper.check_fonts(fonts_folder)
    content.validate(document)
    identifier = plain.digest(document)
    document = fonts.drawable(document, fonts_folder)
    with paper.printing():
        press = Press(
            _about(document),
            style=paper.style("certificate/certificate.css", primary=document.letterhead.primary, footer=""),
            assets=_assets(document, fonts_folder),
            context={"document": document, "many_words": MANY_WORDS, "many_lines": MANY_LINES},
        )
        printed = press.print_short(
            "certificate/certificate.html", labels={}, identifier=identifier, tell=tell
        )
    if pages.count(printed) != len(document.certificates):
        raise BuildError("Une attestation ne tient pas sur une page : raccourcissez ses mentions.")
    return printed


def _about(document: Certificates) -> paper.About:
    first = document.certificates[0]
    return paper.About(
        title=content.title_of(document), author=document.letterhead.network,
        description=f"{first.kind}, {first.period}", day=document.day, language=document.language,
    )  # fmt: skip


def _assets(document: Certificates, fonts_folder: Path) -> paper.Assets:
    primary = colour.readable(document.letterhead.primary)
    drawings = {"frame.svg": draw_frame(primary, paper.ACCENT, paper.LINE)}
    for one in document.certificates:
        made = segno.make(one.url, error="m")
        drawings[f"qr-{one.code}.svg"] = str(made.svg_inline(scale=4, border=0, omitsize=True))
    return letter.assets(document.letterhead, fonts_folder, drawings)


def draw_frame(stroke: str, knot: str, line: str) -> str:
    """Draw the edge of a certificate: threads that cross and are held by knots, around a quiet sheet."""
    edge = f'width="{WIDTH - 23}" height="{HEIGHT - 23}" fill="none" stroke="{line}" stroke-width="0.3"'
    parts = [f'<rect x="11.5" y="11.5" {edge}/>']
    for turn in range(3):
        points = _woven(turn / 3)
        path = " ".join(f"{x:.2f} {y:.2f}" for x, y in points)
        width = (0.55, 0.35, 0.22)[turn]
        parts.append(f'<path d="M{path}Z" fill="none" stroke="{stroke}" stroke-width="{width}"/>')
    for x, y in ((11.5, 11.5), (WIDTH - 11.5, 11.5), (11.5, HEIGHT - 11.5), (WIDTH - 11.5, HEIGHT - 11.5)):
        parts.append(f'<circle cx="{x}" cy="{y}" r="2.3" fill="{colour.WHITE}"/>')
        parts.append(f'<circle cx="{x}" cy="{y}" r="1.5" fill="{knot}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}">{"".join(parts)}</svg>'
    )


def _woven(phase: float) -> list[tuple[float, float]]:
    """Return the points of a thread that waves along the edge of the sheet."""
    inset, swing, waves, steps = 11.5, 1.7, 64, 1280
    wide, high = WIDTH - 2 * inset, HEIGHT - 2 * inset
    around = 2 * (wide + high)
    found = []
    for step in range(steps):
        along = around * step / steps
        off = swing * math.sin(2 * math.pi * (waves * step / steps + phase))
        if along < wide:
            found.append((inset + along, inset + off))
        elif along < wide + high:
            found.append((WIDTH - inset - off, inset + along - wide))
        elif along < 2 * wide + high:
            found.append((WIDTH - inset - (along - wide - high), HEIGHT - inset - off))
        else:
            found.append((inset + off, HEIGHT - inset - (along - 2 * wide - high)))
    return found
