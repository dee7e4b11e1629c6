"""The PDF of a memorandum against one plain run of WeasyPrint, and against Chromium, as ratios in one run.

The plain run takes one HTML of the same content and style, with `target-counter` for its page numbers, and
writes PDF/UA-1. Everything runs in processes of its own, which load their libraries first, on two processors.
Ratios of the clock depend on who else is at work on the machine; those of the processors depend less on it.

`python -m bench.memorandum 125 500 2000` chooses the sizes (recommendations); above 500 nothing is compared.
Each figure is printed as soon as it is known.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from markupsafe import Markup

from memoranda import excerpt, fonts, markup, matter, pdf
from memoranda.certificate.content import Certificate, Certificates
from memoranda.content import (
    USUAL_SECTIONS,
    Chapter,
    Edition,
    Item,
    Level,
    Origin,
    Signatory,
    from_json,
    to_json,
    usual,
)
from memoranda.letter import Letterhead
from memoranda.pages import count
from memoranda.press.parts import FOLIO_RIGHT
from memoranda.sandbox import build_apart, preview_apart, spares

FONTS = Path(__file__).parent.parent / "hub" / "static" / "dist" / "fonts"
SIZES = (125, 500)
PER_CHAPTER = 20
PROCESSORS = 2
CERTIFICATES = 200
NAMES = (*["Personne d’essai {}"] * 17, "محمد الأمل {}", "الأمل", "Personne d’un nom à rallonge " * 3 + "{}")
COMPARED = 500
RUNS = 3
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
LEVELS = (
    Level(code="commune", label="Commune et CPAS"),
    Level(code="region_wallonne", label="Région wallonne"),
    Level(code="federal", label="État fédéral"),
)
FINDING = (
    "Les démarches changent d’un service à l’autre, et personne n’en a la vue d’ensemble. Les personnes "
    "reviennent plusieurs fois, perdent des droits et finissent par renoncer. "
)
NOTE = "[^1]\n\n[^1]: Relevé d’un an dans six services de la province, où chaque démarche a été suivie."
THEMES = ("Logement", "Séjour", "Santé", "Travail", "École", "Accueil")
TEXT = "Prévoir, dans chaque service, un point de contact stable, doté d’un budget et d’une formation. "
PAGE_NUMBERS = ".page-number::after { content: target-counter(attr(data-href), page) }"


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
    sections = tuple(usual(kind, text=FINDING * 4 if kind == "preamble" else "") for kind in USUAL_SECTIONS)
    return Edition(
        title="Mémorandum d’essai", network="Réseau d’essai", day=date(2026, 3, 10), version="Édition 1",
        chapters=chapters, sections=sections, signatories=(Signatory(name="Association d’essai"),),
    )  # fmt: skip


def _item(number: int) -> Item:
    return Item(
        anchor=f"r-{number}",
        number=str(number),
        title=f"Demande {number} : un point de contact stable dans chaque service",
        finding=FINDING * 2 + (NOTE if number % 2 else ""),
        theme=THEMES[number % len(THEMES)],
        text=TEXT * 2,
        levels=(LEVELS[number % 3],),
        bearers=(f"Association d’essai {number % 30}",),
        origins=(Origin(text="Réseau d’essai, contribution, 2026"),),
    )


def changed(whole: Edition, *, title: bool = False) -> Edition:
    """Return an edition with other words in one recommendation, in its title too if asked."""
    place = len(whole.chapters) // 2
    chapter = whole.chapters[place]
    item = replace(chapter.items[0], text=TEXT + FINDING)
    if title:
        item = replace(item, title="Une autre demande, de deux mots de plus")
    other = replace(chapter, items=(item, *chapter.items[1:]))
    return replace(whole, chapters=(*whole.chapters[:place], other, *whole.chapters[place + 1 :]))


# --- What it is measured against ----------------------------------------------------------------


class _Pages(dict[str, Markup]):
    """The page of an anchor, left to `target-counter`."""

    def __missing__(self, anchor: str) -> Markup:
        return Markup('<span class="page-number" data-href="#{}"></span>').format(anchor)

    def __bool__(self) -> bool:
        return True


def plain_html(whole: Edition) -> str:
    """Write the whole edition as one HTML: the same templates, one after the other."""
    bodies = []
    environment = markup.environment()
    for part in matter.parts_of(whole):
        text = environment.get_template(part.template).render(
            about={"language": "fr"}, pages=_Pages(), **part.data
        )
        start = text.index("<body class=") + len("<body class=")
        kind, _, rest = text[start:].partition(">")
        bodies.append(f"<section class={kind}>{rest.partition('</body>')[0]}</section>")
    head = f'<meta charset="utf-8"><title>{whole.title}</title><meta name="author" content="{whole.network}">'
    breaks = "<style>section + section { break-before: page }</style>"
    return f'<!DOCTYPE html><html lang="fr"><head>{head}{breaks}</head><body>{"".join(bodies)}</body></html>'


def plain_style(whole: Edition) -> str:
    """Return the style of the edition with its fonts, and with page numbers that the layout counts itself."""
    faces = "".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; font-style: {face.style}; '
        f'src: url("bundled:{face.file}") }}'
        for face in fonts.FACES
    )
    return faces + pdf.look_of(whole).style.replace(f'"{FOLIO_RIGHT}"', "counter(page)") + PAGE_NUMBERS


def run_plain(folder: Path) -> None:
    """Write the PDF of `edition.json` with one plain run of WeasyPrint."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 - what is measured loads its libraries itself
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    from memoranda.fetching import BundledFetcher  # noqa: PLC0415

    whole = from_json((folder / "edition.json").read_text(encoding="utf-8"))
    assets = {name: ("font/ttf", (FONTS / name).read_bytes()) for name in fonts.FILES}
    fetcher = BundledFetcher({**assets, **pdf.look_of(whole).assets})
    with fonts.apart(folder):
        known = FontConfiguration()
        style = CSS(string=plain_style(whole), url_fetcher=fetcher, font_config=known)
        html = HTML(string=plain_html(whole), url_fetcher=fetcher)
        html.write_pdf(folder / "plain.pdf", pdf_variant="pdf/ua-1", stylesheets=[style], font_config=known)


def run_chromium(folder: Path) -> None:
    """Write the PDF of the same HTML with Chromium."""
    whole = from_json((folder / "edition.json").read_text(encoding="utf-8"))
    for name, (_, content) in pdf.look_of(whole).assets.items():
        (folder / name).write_bytes(content)
    style = plain_style(whole).replace("bundled:", f"{FONTS.as_uri()}/")
    for name in pdf.look_of(whole).assets:
        style = style.replace(f"{FONTS.as_uri()}/{name}", (folder / name).as_uri())
    page = plain_html(whole).replace("</head>", f"<style>{style}</style></head>")
    (folder / "page.html").write_text(page, encoding="utf-8")
    os.execv(  # noqa: S606 - our own command
        CHROMIUM,
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--no-pdf-header-footer",
            f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={folder / 'chromium.pdf'}",
            (folder / "page.html").as_uri(),
        ],
    )  # fmt: skip


# --- Measuring ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the clock and of processors."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s, {self.processor:.2f} of processors"

    def over(self, other: "Spent") -> str:
        """Say in ratios how much this is of another."""
        wall, processor = self.wall / other.wall, self.processor / other.processor
        return f"{wall:.3f} × the clock, {processor:.3f} × the processors"


@contextmanager
def two_processors() -> Iterator[None]:
    """Let this process and its children use two processors only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[-PROCESSORS:]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def spent(work: Callable[[], object], runs: int = RUNS) -> Spent:
    """Return the medians of some runs, children included."""
    found = [_once(work) for _ in range(runs)]
    return Spent(median(one.wall for one in found), median(one.processor for one in found))


def _once(work: Callable[[], object]) -> Spent:
    wall, processor = time.monotonic(), _processors()
    work()
    return Spent(time.monotonic() - wall, _processors() - processor)


def _processors() -> float:
    whose = (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))


def apart(what: str, folder: Path) -> Spent:
    """Run a function of this module in a process of its own."""
    program = f"import bench.memorandum, pathlib; bench.memorandum.{what}(pathlib.Path({str(folder)!r}))"
    wall, processor = time.monotonic(), _processors()
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], check=False, capture_output=True, cwd=Path(__file__).parent.parent
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return Spent(time.monotonic() - wall, _processors() - processor)


def built(whole: object, store: Path | None) -> bytes:
    """Build as the job does."""
    return build_apart(
        whole, fonts_folder=FONTS, on_progress=lambda *_: None, should_stop=lambda: False, store=store
    )


@dataclass(frozen=True, slots=True)
class Ours:
    """What our own builds of one size took, and how many pages came of it."""

    size: int
    pages: int
    nothing: Spent
    text: Spent
    title: Spent
    preview: float


def ours(size: int) -> Iterator[str | Ours]:
    """Build an edition of so many recommendations from nothing, then with changes, then one chapter.

    Yields lines to print, then what was found.
    """
    whole, name = edition(size), f"{size} recommendations"
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        stores = (folder / f"store-{number}" for number in range(1_000))
        (folder / "edition.json").write_text(to_json(whole), encoding="utf-8")
        apart("run_ours", folder)
        pages, peak = json.loads((folder / "ours.json").read_text(encoding="utf-8"))
        yield f"{name}: at most {peak} MiB in one process (aim: 350)"
        nothing = spent(lambda: built(whole, next(stores)))
        yield f"{name}, {pages} pages: from nothing {nothing}; load {_load()}"
        texts, titles = _wordings(whole, title=False), _wordings(whole, title=True)
        text = spent(lambda: built(next(texts), folder / "kept"))
        yield f"{name}: after other words in one {text}"
        title = spent(lambda: built(next(titles), folder / "kept"))
        yield f"{name}: after another title of one {title}"
        preview = _previewed(_wordings(whole, title=False), folder / "kept")
        yield f"{name}: a chapter alone {preview:.2f} s (aim: 1.2)"
    yield Ours(size, pages, nothing, text, title, preview)


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def run_ours(folder: Path) -> None:
    """Build `edition.json`; write how many pages came of it, and the most mebibytes that one process held."""
    whole = from_json((folder / "edition.json").read_text(encoding="utf-8"))
    pages = count(built(whole, folder / "kept"))
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    (folder / "ours.json").write_text(json.dumps([pages, most]), encoding="utf-8")


def _previewed(editions: Iterator[Edition], store: Path) -> float:
    """Return the median of the seconds that a changed chapter takes alone, a child waiting for it."""
    found = []
    for other in (next(editions) for _ in range(RUNS + 1)):
        start = time.monotonic()
        anchor = other.chapters[len(other.chapters) // 2].anchor
        preview_apart(excerpt.of(other, anchor), anchor, fonts_folder=FONTS, store=store)
        found.append(time.monotonic() - start)
        time.sleep(1.5)  # whoever writes leaves the next child the time to load
    spares.end()
    return median(found[1:])


def against(mine: Ours) -> Iterator[str]:
    """Compare with one plain run of WeasyPrint and with Chromium; yield the lines to print."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "edition.json").write_text(to_json(edition(mine.size)), encoding="utf-8")
        plain = apart("run_plain", folder)
        pages = count((folder / "plain.pdf").read_bytes())
        yield f"{mine.size} recommendations, one plain run: {pages} pages, {plain}; load {_load()}"
        yield f"from nothing: {mine.nothing.over(plain)} (aim: 0.40)"
        yield f"after other words in one recommendation: {mine.text.over(plain)} (aim: 0.12)"
        yield f"after another title of one: {mine.title.over(plain)} (aim: 0.12)"
        yield f"Chromium's print of the same HTML: {apart('run_chromium', folder).over(plain)}"


def certificates(*, alike: bool = True) -> Certificates:
    """Make as many certificates as a full day asks for; each has its own mentions where they aren't alike."""
    one = Certificate(
        name="Personne d’essai", serial="1", title="Une journée d’essai", kind="Journée",
        period="3 mars 2026", hours="6 heures", sessions="3 séances", issued="Fait le 10 mars 2026",
        code="AAAA", where="reseau.example", url="https://reseau.example/a",
    )  # fmt: skip
    several = (
        replace(
            one, name=NAMES[n % len(NAMES)].format(n), serial=f"2026-{n:04}", code=f"AAAA-{n:04}",
            hours=f"{n % 6 + 1} heures", url=f"{one.url}/{n}", mentions="" if alike else f"Mention {n}.",
        )
        for n in range(CERTIFICATES)
    )  # fmt: skip
    head = Letterhead(network="Réseau d’essai")
    return Certificates(letterhead=head, certificates=tuple(several), day=date(2026, 3, 10))


def _wordings(whole: Edition, *, title: bool) -> Iterator[Edition]:
    """Yield the edition with other and again other words in one recommendation."""
    for number in range(1_000):
        other = changed(whole, title=title)
        place = len(other.chapters) // 2
        chapter = other.chapters[place]
        words = {"title" if title else "text": f"{chapter.items[0].title} ({number}{'t' if title else ''})"}
        item = replace(chapter.items[0], **words)  # type: ignore[arg-type]
        chapters = list(other.chapters)
        chapters[place] = replace(chapter, items=(item, *chapter.items[1:]))
        yield replace(other, chapters=tuple(chapters))


def run(sizes: tuple[int, ...] = SIZES) -> Iterator[str]:
    """Yield the lines to print, each once it is known."""
    with two_processors():
        built(edition(1), None)  # the first start reads the libraries from disk
        found: list[Ours] = []
        for size in sizes:
            for told in ours(size):
                if isinstance(told, str):
                    yield told
                else:
                    found.append(told)
            # Beside its own size at once: what else the machine does changes from one minute to the next.
            yield from against(found[-1]) if size <= COMPARED else ()
        if len(found) > 1:
            growth = found[-1].nothing.over(found[0].nothing)
            yield f"{found[-1].size} against {found[0].size}: {growth} (aim: 4.5 for 4 times as many)"
        for what, alike in (("alike", True), ("each with its own mentions", False)):
            took = spent(partial(built, certificates(alike=alike), None))
            yield f"{CERTIFICATES} certificates, {what}: {took} (aim: 3 s)"


if __name__ == "__main__":
    for line in run(tuple(map(int, sys.argv[1:])) or SIZES):
        print(line, flush=True)
