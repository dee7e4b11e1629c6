"""The PDF at 40 and at 500 recommendations, as ratios in this one run.

Every build runs as the job runs it: in a child process of its own, which loads its libraries first. Times
are of the processor, so that others at work on the machine don't count.
"""

import resource
from datetime import date
from pathlib import Path

from memoranda.content import Chapter, Edition, Item, Level, Origin, Signatory
from memoranda.pages import count
from memoranda.sandbox import build_apart

FONTS = Path(__file__).parent.parent / "hub" / "static" / "dist" / "fonts"
SMALL, LARGE = 40, 500
PER_CHAPTER = 20
LEVELS = (
    Level(code="commune", label="Commune et CPAS"),
    Level(code="region_wallonne", label="Région wallonne"),
    Level(code="federal", label="État fédéral"),
)
FINDING = (
    "Les démarches changent d’un service à l’autre, et personne n’en a la vue d’ensemble. Les personnes "
    "reviennent plusieurs fois, perdent des droits et finissent par renoncer. "
)
TEXT = "Prévoir, dans chaque service, un point de contact stable, doté d’un budget et d’une formation. "


def edition(size: int) -> Edition:
    """Make an edition of so many recommendations, with texts as long as people write them."""
    items = [_item(number) for number in range(1, size + 1)]
    chapters = tuple(
        Chapter(
            anchor=f"chapitre-{first}",
            title=f"Chapitre {first}",
            items=tuple(items[first : first + PER_CHAPTER]),
        )
        for first in range(0, size, PER_CHAPTER)
    )
    return Edition(
        title="Mémorandum d’essai", network="Réseau d’essai", day=date(2026, 3, 10), version="Édition 1",
        preamble=FINDING * 4, chapters=chapters, signatories=(Signatory(name="Association d’essai"),),
    )  # fmt: skip


def _item(number: int) -> Item:
    return Item(
        anchor=f"r-{number}",
        number=str(number),
        title=f"Demande {number} : un point de contact stable dans chaque service",
        finding=FINDING * 2,
        text=TEXT * 2,
        levels=(LEVELS[number % 3],),
        bearers=(f"Association d’essai {number % 30}",),
        origins=(Origin(text="Réseau d’essai, contribution, 2026"),),
    )


def measured(size: int) -> tuple[float, int]:
    """Return the processor's seconds that the PDF takes, and its pages."""
    before = _seconds()
    pdf = build_apart(
        edition(size), fonts_folder=FONTS, on_progress=lambda *_: None, should_stop=lambda: False
    )
    return _seconds() - before, count(pdf)


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run() -> list[str]:
    """Return the lines to print."""
    measured(1)  # the first start reads the libraries from disk
    small, small_pages = measured(SMALL)
    large, large_pages = measured(LARGE)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    times, items = large / small, LARGE / SMALL
    return [
        f"{SMALL} recommendations: {small_pages} pages, {small:.1f} s",
        f"{LARGE} recommendations: {large_pages} pages, {large:.1f} s, at most {peak} MiB",
        f"{LARGE} against {SMALL}: {times:.1f} × the time for {items:.1f} × the recommendations",
        f"a page of the large against one of the small: {times * small_pages / large_pages:.2f} × the time",
    ]
