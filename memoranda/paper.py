"""From templates and a style sheet to a tagged PDF, whatever the document is about.

The parts of a document are laid out apart, those that name pages last, with page numbers as plain text:
`target-counter` would lay each page out again and again (it halves the speed at 500 recommendations). All
pages are then written as one document, so that tags, links, bookmarks and fonts are shared.
"""

import contextlib
import gc
import logging
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memoranda import colour, fonts, markup
from memoranda.errors import BuildError
from memoranda.press.about import About as About  # noqa: PLC0414 - also named from here
from memoranda.tags import Finisher

with warnings.catch_warnings():
    # WeasyPrint warns at import where the system has no fonts; ours are bundled.
    warnings.simplefilter("ignore")
    from weasyprint import CSS, HTML, Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

from memoranda.fetching import BundledFetcher

Progress = Callable[[float, str], None]
Assets = dict[str, tuple[str, bytes]]  # name → media type and content, read as `bundled:name`

DANGER = "#b3382c"
ACCENT = "#d9822b"
MUTED = "#5a6664"
LINE = "#dcd8cb"

_CONTENTS_TRIES = 4
_FIRST_AFTER_COVER = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents: `kind` is "part", "chapter" or "item"."""

    kind: str
    anchor: str
    title: str
    number: str = ""


class Press:
    """One build: the fonts, the style, and on which page each anchor stands so far."""

    def __init__(self, about: About, *, style: str, assets: Assets, context: Mapping[str, object]) -> None:
        """Take the style sheet, all that it and the templates name as `bundled:`, and what templates read."""
        self._fonts = FontConfiguration()
        self._fetcher = BundledFetcher(assets)
        self._cache: dict[str, object] = {}
        self._context = {"about": about, **context}
        self._style = self._css(style)
        self.pages_of: dict[str, int] = {}

    def lay_out(self, template: str, first: int, **more: object) -> Document:
        """Lay out one part, whose first page has that number."""
        text = markup.environment().get_template(template).render(self._context, **more)
        html = HTML(string=text, base_url=None, url_fetcher=self._fetcher)
        start = self._css(f"@page :first {{ counter-reset: page {first}; @top-left {{ content: none }} }}")
        return html.render(self._fonts, stylesheets=[self._style, start], cache=self._cache)

    def print(
        self,
        entries: list[Entry],
        *,
        cover: str,
        body: Callable[["Body"], None],
        identifier: str,
        tell: Progress,
    ) -> bytes:
        """Lay out the cover, the contents and what `body` adds, and write the PDF.

        `body` may be called again when the contents take more pages than were kept for them.
        """
        tell(0.02, "Couverture")
        front = self.lay_out(cover, 1)
        tell(0.04, "Table des matières")
        blank = dict.fromkeys((entry.anchor for entry in entries), 0)
        expected = len(self._contents(entries, blank).pages)
        for _ in range(_CONTENTS_TRIES):
            self.pages_of = {}
            parts = Body(self, _FIRST_AFTER_COVER + expected)
            body(parts)
            contents = self._contents(entries, self.pages_of)
            if len(contents.pages) == expected:
                break
            expected = len(contents.pages)
        else:
            raise BuildError("La table des matières ne se stabilise pas.")
        tell(0.7, "Écriture du PDF")
        return self._write(front, contents, parts.documents, entries, identifier=identifier, tell=tell)

    def print_short(
        self, template: str, *, labels: Mapping[str, str], identifier: str, tell: Progress
    ) -> bytes:
        """Lay out a document of a few pages, without cover and contents, and write the PDF.

        `labels` says by anchor what the links within the document lead to. One document, laid out at once:
        only here may the style sheet count all pages (« 2 / 4 »).
        """
        tell(0.05, "Mise en page")
        document = self.lay_out(template, 1)
        tell(0.7, "Écriture du PDF")
        return self._finish(document, dict(labels), range(0), identifier=identifier, tell=tell)

    def _contents(self, entries: list[Entry], pages: dict[str, int]) -> Document:
        return self.lay_out("contents.html", _FIRST_AFTER_COVER, entries=entries, pages=pages)

    def _css(self, text: str) -> CSS:
        return CSS(string=text, base_url=None, url_fetcher=self._fetcher, font_config=self._fonts)

    def note_pages(self, part: Document, first: int) -> None:
        """Note on which page each anchor of a part begins."""
        for number, page in enumerate(part.pages, start=first):
            for anchor in page.anchors:
                self.pages_of.setdefault(anchor, number)

    def _write(
        self,
        cover: Document,
        contents: Document,
        parts: list[Document],
        entries: list[Entry],
        *,
        identifier: str,
        tell: Progress,
    ) -> bytes:
        pages = [page for document in (cover, contents, *parts) for page in document.pages]
        labels = {entry.anchor: f"{entry.number} {entry.title}".strip() for entry in entries}
        contents_pages = range(len(cover.pages), len(cover.pages) + len(contents.pages))
        return self._finish(cover.copy(pages), labels, contents_pages, identifier=identifier, tell=tell)

    def _finish(
        self,
        document: Document,
        labels: dict[str, str],
        contents_pages: range,
        *,
        identifier: str,
        tell: Progress,
    ) -> bytes:
        finisher = Finisher(
            labels=labels,
            contents_pages=contents_pages,
            on_tagged=lambda: tell(0.95, "Vérification des balises"),
        )
        written = document.write_pdf(
            pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode(), finisher=finisher
        )
        if not isinstance(written, bytes):
            raise BuildError("Le PDF n’a pas été écrit.")
        tell(1.0, "PDF terminé")
        return written


class Body:
    """All that follows the contents, part after part."""

    def __init__(self, press: Press, first: int) -> None:
        self._press = press
        self._next = first
        self.documents: list[Document] = []

    @property
    def pages_of(self) -> dict[str, int]:
        """On which page each anchor of the parts so far stands."""
        return self._press.pages_of

    def add(self, template: str, **more: object) -> None:
        """Lay out a part after those that are there."""
        part = self._press.lay_out(template, self._next, **more)
        self._press.note_pages(part, self._next)
        self._next += len(part.pages)
        self.documents.append(part)


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """Print with the bundled fonts alone; raise `BuildError` for whatever WeasyPrint finds wrong."""
    with tempfile.TemporaryDirectory(prefix="paper-") as folder, _strict_log() as complaints:
        try:
            with fonts.apart(Path(folder)):
                yield
        except FatalURLFetchingError as error:
            raise BuildError(f"Une adresse extérieure a été refusée. {error}") from error
    if complaints:
        raise BuildError(f"Le PDF n’est pas correct : {complaints[0]}")


def check_fonts(fonts_folder: Path) -> None:
    """Raise `BuildError` where the fonts are not built."""
    lacking = fonts.missing(fonts_folder)
    if lacking:
        raise BuildError(f"Il manque des polices : {', '.join(lacking)}. Lancez « make setup ».")


def tell_nobody(_share: float, _words: str) -> None:
    """Stand in for a progress nobody asked for."""


def bundled(drawings: Mapping[str, str], fonts_folder: Path) -> Assets:
    """Return SVG drawings by name and the fonts, as a build may read them."""
    assets = {name: ("image/svg+xml", drawing.encode()) for name, drawing in drawings.items()}
    for name in fonts.FILES:
        assets[name] = ("font/ttf", (fonts_folder / name).read_bytes())
    return assets


def style(  # what a style sheet may read
    template: str,
    *,
    primary: str,
    footer: str,
    is_draft: bool = False,
    faces: tuple[fonts.Face, ...] = fonts.FACES,
    folio: str = "counter(page)",
    **more: Any,
) -> str:
    """Render a style sheet with the network's colour and what stands at the foot of each page.

    `faces` are the fonts that it declares, `folio` is what stands for the number of a page (in CSS); `more`
    are measures that the style sheet of one kind of document asks for.
    """
    readable = colour.readable(primary)
    return markup.environment().get_template(template).render(
        faces=faces,
        folio=folio,
        is_draft=is_draft,
        footer=_css_string(footer),
        primary=readable,
        tint=colour.mix(readable, colour.WHITE, 0.09),
        ink=colour.INK,
        paper=colour.PAPER,
        muted=MUTED,
        line=LINE,
        accent=colour.readable(ACCENT),
        danger=DANGER,
        **more,
    )  # fmt: skip


def _css_string(text: str) -> str:
    """Escape a text for a quoted CSS string: anything but letters, digits and spaces by its code."""
    return re.sub(r"[^\w ]", lambda match: f"\\{ord(match[0]):06x} ", text)


class _Complaints(logging.Handler):
    """Keep what WeasyPrint reports as wrong with the document."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or ".notdef" in record.getMessage():
            self.messages.append(record.getMessage())


@contextlib.contextmanager
def _strict_log() -> Iterator[list[str]]:
    """Collect WeasyPrint's errors, and glyphs that no font could draw: none may pass in silence."""
    logger = logging.getLogger("weasyprint")
    handler = _Complaints()
    logger.addHandler(handler)
    thresholds = gc.get_threshold()
    # The trees of a build live until its end: looking through them again and again costs a tenth.
    gc.set_threshold(50_000, 50, 100)
    try:
        yield handler.messages
    finally:
        gc.set_threshold(*thresholds)
        logger.removeHandler(handler)
