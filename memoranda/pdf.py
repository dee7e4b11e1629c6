"""The PDF of an edition: tagged, French, the same bytes from the same content.

Chapters are laid out apart, then the contents and the table by level of power, with page numbers as
plain text; `target-counter` would lay each page out again and again (it halves the speed at 500
recommendations). All pages are then written as one document, so that tags, links, bookmarks and
fonts are shared.
"""

import contextlib
import dataclasses
import gc
import logging
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from memoranda import colour, content, fonts, markup, pictures
from memoranda.content import Chapter, ContentError, Edition, Item, Problem
from memoranda.tags import Finisher

with warnings.catch_warnings():
    # WeasyPrint warns at import where the system has no fonts; ours are bundled.
    warnings.simplefilter("ignore")
    from weasyprint import CSS, HTML, Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

from memoranda.errors import BuildError
from memoranda.fetching import BundledFetcher

Progress = Callable[[float, str], None]

DANGER = "#b3382c"
ACCENT = "#d9822b"
MUTED = "#5a6664"
LINE = "#dcd8cb"

_CONTENTS_TRIES = 4
_LONG_TITLE = 80
_LONGEST_VERSION = 40
_LONG_COVER = 330


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    kind: str
    anchor: str
    title: str
    number: str = ""


def build(edition: Edition, *, fonts_folder: Path, progress: Progress | None = None) -> bytes:
    """Make the PDF of an edition.

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in
    French; whatever it raises stops the build and reaches the caller.
    Raises `ContentError` for a content that cannot be printed, `BuildError` for anything else, both
    naming the recommendation or chapter where there is one.
    """
    tell = progress or _tell_nobody
    tell(0.0, "Vérification du contenu")
    check_content(edition, fonts_folder)
    with tempfile.TemporaryDirectory(prefix="memorandum-") as folder, _strict_log() as complaints:
        try:
            with fonts.apart(Path(folder)):
                written = _Press(edition, fonts_folder).print(tell)
        except FatalURLFetchingError as error:
            raise BuildError(f"Une adresse extérieure a été refusée. {error}") from error
    if complaints:
        raise BuildError(f"Le PDF n’est pas correct : {complaints[0]}")
    return written


def check_content(edition: Edition, fonts_folder: Path) -> None:
    """Raise `ContentError` if the edition is invalid or holds a character no bundled font can draw."""
    lacking = fonts.missing(fonts_folder)
    if lacking:
        raise BuildError(f"Il manque des polices : {', '.join(lacking)}. Lancez « make setup ».")
    content.validate(edition)
    problems = [
        Problem(item.anchor, f"{content.name_of(item)} : {_unknown(char)}")
        for item in edition.items
        for char in fonts.unprintable(content.texts(item), fonts_folder)
    ]
    frame = dataclasses.replace(
        edition, chapters=tuple(dataclasses.replace(chapter, items=()) for chapter in edition.chapters)
    )
    problems += [
        Problem("", f"Le mémorandum : {_unknown(char)}")
        for char in fonts.unprintable((*content.texts(frame), *_figure_texts(edition)), fonts_folder)
    ]
    if problems:
        raise ContentError(tuple(problems))


def _unknown(char: str) -> str:
    return f"le caractère « {char} » (U+{ord(char):04X}) ne peut pas être imprimé."


def _figure_texts(edition: Edition) -> list[str]:
    return pictures.words_of(edition.figure.svg) if edition.figure else []


class _Press:
    """One build: the fonts, the style and the pages so far."""

    def __init__(self, edition: Edition, fonts_folder: Path) -> None:
        self._edition = edition
        self._fonts = FontConfiguration()
        self._fetcher = BundledFetcher(_assets(edition, fonts_folder))
        self._cache: dict[str, object] = {}
        self._context = {
            "edition": edition,
            "document_title": _document_title(edition),
            "by_level": content.by_level(edition),
            "cover_is_long": _cover_is_long(edition),
        }
        self._style = self._css(markup.environment().get_template("memorandum.css").render(_style(edition)))
        self._pages_of: dict[str, int] = {}

    def print(self, tell: Progress) -> bytes:
        """Lay out every part and write the PDF."""
        entries = _entries(self._edition)
        tell(0.02, "Couverture")
        cover = self._lay_out("cover.html", 1)
        tell(0.04, "Table des matières")
        blank = dict.fromkeys((entry.anchor for entry in entries), 0)
        expected = len(self._lay_out("contents.html", 2, entries=entries, pages=blank).pages)
        for _ in range(_CONTENTS_TRIES):
            parts = self._body(2 + expected, tell)
            contents = self._lay_out("contents.html", 2, entries=entries, pages=self._pages_of)
            if len(contents.pages) == expected:
                break
            expected = len(contents.pages)
        else:
            raise BuildError("La table des matières ne se stabilise pas.")
        tell(0.7, "Écriture du PDF")
        return self._write(cover, contents, parts, entries, tell)

    def _body(self, first: int, tell: Progress) -> list[Document]:
        """Lay out all that follows the contents, from the page number `first` on."""
        self._pages_of = {}
        parts: list[Document] = []

        def add(template: str, **more: object) -> None:
            number = first + sum(len(part.pages) for part in parts)
            part = self._lay_out(template, number, **more)
            self._note_pages(part, number)
            parts.append(part)

        if self._edition.preamble:
            add("preamble.html")
        total = len(self._edition.chapters)
        weights = [2 + len(chapter.items) for chapter in self._edition.chapters]
        for position, chapter in enumerate(self._edition.chapters, start=1):
            done = sum(weights[: position - 1]) / sum(weights)
            tell(0.06 + 0.56 * done, f"Chapitre {position} sur {total} : {chapter.title}")
            with _named(chapter):
                add("chapter.html", chapter=chapter, position=position)
        tell(0.63, "Tableau des niveaux de pouvoir")
        add("levels.html", pages=self._pages_of)
        if self._edition.figure:
            tell(0.66, "Figure du réseau")
            add("network.html")
        if _has_closing(self._edition):
            tell(0.68, "Signataires et sources")
            add("closing.html")
        return parts

    def _lay_out(self, template: str, first: int, **more: object) -> Document:
        text = markup.environment().get_template(template).render(self._context, **more)
        html = HTML(string=text, base_url=None, url_fetcher=self._fetcher)
        start = self._css(f"@page :first {{ counter-reset: page {first}; @top-left {{ content: none }} }}")
        return html.render(self._fonts, stylesheets=[self._style, start], cache=self._cache)

    def _css(self, text: str) -> CSS:
        return CSS(string=text, base_url=None, url_fetcher=self._fetcher, font_config=self._fonts)

    def _note_pages(self, part: Document, first: int) -> None:
        for number, page in enumerate(part.pages, start=first):
            for anchor in page.anchors:
                self._pages_of.setdefault(anchor, number)

    def _write(
        self, cover: Document, contents: Document, parts: list[Document], entries: list[Entry], tell: Progress
    ) -> bytes:
        documents = [cover, contents, *parts]
        pages = [page for document in documents for page in document.pages]
        labels = {entry.anchor: f"{entry.number} {entry.title}".strip() for entry in entries}
        finisher = Finisher(
            labels=labels,
            contents_pages=range(len(cover.pages), len(cover.pages) + len(contents.pages)),
            on_tagged=lambda: tell(0.95, "Vérification des balises"),
        )
        written = cover.copy(pages).write_pdf(
            pdf_variant="pdf/ua-1",
            pdf_identifier=content.digest(self._edition).encode(),
            finisher=finisher,
        )
        if not isinstance(written, bytes):
            raise BuildError("Le PDF n’a pas été écrit.")
        tell(1.0, "PDF terminé")
        return written


def _tell_nobody(_share: float, _words: str) -> None:
    """Stand in for a progress nobody asked for."""


def _document_title(edition: Edition) -> str:
    return f"{markup.DRAFT_MARK} : {edition.title}" if edition.is_draft else edition.title


def _cover_is_long(edition: Edition) -> bool:
    words = (edition.title, edition.subtitle, edition.territory, edition.addressees)
    return len(edition.title) > _LONG_TITLE or sum(map(len, words)) > _LONG_COVER


def _has_closing(edition: Edition) -> bool:
    return bool(
        edition.signatories or edition.sources or edition.glossary or edition.contact or edition.credits
    )


def _entries(edition: Edition) -> list[Entry]:
    """List the lines of the table of contents in the order of the document."""
    entries = [Entry("part", "preambule", "Préambule")] if edition.preamble else []
    for position, chapter in enumerate(edition.chapters, start=1):
        entries.append(Entry("chapter", chapter.anchor, chapter.title, str(position)))
        entries += [_item_entry(item) for item in chapter.items]
    entries.append(Entry("part", "niveaux-de-pouvoir", "Qui peut agir"))
    if edition.figure:
        entries.append(Entry("part", "reseau", "Le réseau qui porte ces recommandations"))
    if edition.signatories:
        entries.append(Entry("part", "signataires", "Signataires"))
    if edition.sources:
        entries.append(Entry("part", "sources", "Sources"))
    if edition.glossary:
        entries.append(Entry("part", "glossaire", "Glossaire"))
    if edition.contact:
        entries.append(Entry("part", "contact", "Contact"))
    return entries


def _item_entry(item: Item) -> Entry:
    return Entry("item", item.anchor, item.title, item.number)


def _assets(edition: Edition, fonts_folder: Path) -> dict[str, tuple[str, bytes]]:
    primary = colour.readable(edition.primary)
    drawings = {f"level-{code}.svg": pictures.draw_icon(code, primary) for code in markup.ICON_CODES}
    drawings["cover.svg"] = pictures.draw_cover(edition.threads, edition.primary)
    drawings["thread.svg"] = pictures.draw_thread(primary, ACCENT)
    if edition.is_draft:
        drawings["draft.svg"] = pictures.draw_draft_edge(DANGER)
    if edition.figure:
        drawings["network.svg"] = pictures.clean_drawing(edition.figure.svg)
    assets = {name: ("image/svg+xml", drawing.encode()) for name, drawing in drawings.items()}
    if edition.logo:
        assets["logo.png"] = ("image/png", pictures.encode_logo(edition.logo))
    for name in fonts.FILES:
        assets[name] = ("font/ttf", (fonts_folder / name).read_bytes())
    return assets


def _style(edition: Edition) -> dict[str, object]:
    primary = colour.readable(edition.primary)
    return {
        "faces": fonts.FACES,
        "is_draft": edition.is_draft,
        "footer": _css_string(f"{markup.shortened(edition.title)} · {edition.version[:_LONGEST_VERSION]}"),
        "primary": primary,
        "tint": colour.mix(primary, colour.WHITE, 0.09),
        "ink": colour.INK,
        "paper": colour.PAPER,
        "muted": MUTED,
        "line": LINE,
        "accent": colour.readable(ACCENT),
        "danger": DANGER,
    }


def _css_string(text: str) -> str:
    """Escape a text for a quoted CSS string: anything but letters, digits and spaces by its code."""
    return re.sub(r"[^\w ]", lambda match: f"\\{ord(match[0]):06x} ", text)


@contextlib.contextmanager
def _named(chapter: Chapter) -> Iterator[None]:
    """Name the chapter in whatever goes wrong while it is laid out."""
    try:
        yield
    except (BuildError, ContentError):
        raise
    except Exception as error:
        raise BuildError(
            f"Chapitre « {chapter.title} » : la mise en page a échoué ({error}).", item=chapter.anchor
        ) from error


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
