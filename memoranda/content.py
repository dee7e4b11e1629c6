"""The content of one edition of a memorandum, as frozen plain data, and what makes it printable.

An edition is self-contained: everything the PDF and the page show stands in it, so that the same
edition gives the same bytes wherever and whenever it is built. Texts named "Markdown" follow
`memoranda.markdown`; all others are plain text.
"""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memoranda import plain
from memoranda.errors import ContentError, Problem
from memoranda.plain import text_problems

LONGEST_TITLE = 300
MOST_ITEMS = 3_000
LARGEST_LOGO = 5 * 1024 * 1024
LARGEST_DRAWING = 3 * 1024 * 1024
MOST_KNOTS = 400

LEVEL_ORDER = ("commune", "province", "region_wallonne", "fwb", "cocof", "cocom", "federal", "ue")

_ANCHOR = re.compile(r"[a-z][a-z0-9-]{0,79}")
_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3}){0,2}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of power: a code that chooses the icon (`memoranda.pictures`), and its name in words."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a demand comes from, such as « CIRÉ, mémorandum 2014 »; the address is only ever text."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A numbered recommendation.

    `anchor` stays the same from one edition to the next; `number` is what readers quote.
    `title` is plain text; `text`, `finding` and `justification` are Markdown and may be empty.
    `bearers` are the names of the organisations that bore it.
    """

    anchor: str
    number: str
    title: str
    text: str = ""
    finding: str = ""
    justification: str = ""
    levels: tuple[Level, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    bearers: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter: plain title, introduction in Markdown, recommendations in their order."""

    anchor: str
    title: str
    introduction: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Knot:
    """A point of the cover's drawing, in any unit (scaled to the page); `size` from 0 to 1."""

    x: float
    y: float
    size: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """The network as the cover draws it: knots, and lines between them by their index."""

    knots: tuple[Knot, ...]
    lines: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The network as a figure: an SVG drawing, its caption and the words for whoever cannot see it."""

    svg: str
    caption: str
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """An organisation that signs the memorandum."""

    name: str
    commune: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the glossary."""

    term: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a memorandum. `day` is its date; no clock is read anywhere in this library."""

    title: str
    network: str
    day: date
    version: str
    subtitle: str = ""
    logo: bytes | None = None
    primary: str = "#0f5c5c"
    election: str = ""
    election_day: date | None = None
    territory: str = ""
    addressees: str = ""
    is_draft: bool = True
    language: str = "fr"
    preamble: str = ""
    chapters: tuple[Chapter, ...] = ()
    threads: Threads | None = None
    figure: Figure | None = None
    signatories: tuple[Signatory, ...] = ()
    sources: tuple[Origin, ...] = ()
    glossary: tuple[Term, ...] = ()
    contact: str = ""
    credits: str = ""

    @property
    def items(self) -> tuple[Item, ...]:
        """All recommendations, in the order of the chapters."""
        return tuple(item for chapter in self.chapters for item in chapter.items)


def name_of(item: Item) -> str:
    """Name an item in a message: « Recommandation 12 (« Titre… ») »."""
    title = item.title if len(item.title) <= 60 else f"{item.title[:57]}…"  # noqa: PLR2004
    return f"Recommandation {item.number} (« {title} »)"


def by_level(edition: Edition) -> tuple[tuple[Level, tuple[Item, ...]], ...]:
    """Return each level of power with its recommendations, from the commune to the European Union."""
    found: dict[Level, list[Item]] = {}
    for item in edition.items:
        for level in item.levels:
            found.setdefault(level, []).append(item)
    return tuple((level, tuple(found[level])) for level in sorted(found, key=_level_rank))


def _level_rank(level: Level) -> tuple[int, str]:
    known = level.code in LEVEL_ORDER
    return (LEVEL_ORDER.index(level.code) if known else len(LEVEL_ORDER), level.label)


# --- Validation ---------------------------------------------------------------------------------


def validate(edition: Edition) -> None:
    """Raise `ContentError` with every problem that keeps the edition from being printed."""
    problems = tuple(_problems(edition))
    if problems:
        raise ContentError(problems)


def _problems(edition: Edition) -> Iterator[Problem]:
    yield from _edition_problems(edition)
    yield from _drawing_problems(edition)
    for position, chapter in enumerate(edition.chapters, start=1):
        yield from _chapter_problems(chapter, position)
    for item in edition.items:
        yield from _item_problems(item)
    yield from _double_problems(edition)


def _edition_problems(edition: Edition) -> Iterator[Problem]:
    for label, text in (("titre", edition.title), ("nom du réseau", edition.network)):
        if not text.strip():
            yield Problem("", f"Le {label} du mémorandum manque.")
    if not edition.version.strip():
        yield Problem("", "Le nom de la version manque.")
    if edition.language != "fr":
        yield Problem("", f"La langue « {edition.language} » n’est pas prévue : seul le français l’est.")
    on_cover = (edition.title, edition.subtitle, edition.territory, edition.addressees, edition.election)
    if any(len(text) > LONGEST_TITLE for text in (*on_cover, edition.network, edition.version)):
        yield Problem("", f"Un texte de la couverture dépasse {LONGEST_TITLE} caractères.")
    if not _COLOUR.fullmatch(edition.primary):
        yield Problem("", f"La couleur « {edition.primary} » ne s’écrit pas comme #0f5c5c.")
    if not edition.items:
        yield Problem("", "Le mémorandum ne contient aucune recommandation.")
    if len(edition.items) > MOST_ITEMS:
        yield Problem("", f"Le mémorandum dépasse {MOST_ITEMS} recommandations.")
    rest = dataclasses.replace(edition, chapters=())
    yield from text_problems("", "Le mémorandum", rest)


def _drawing_problems(edition: Edition) -> Iterator[Problem]:
    if edition.logo is not None and len(edition.logo) > LARGEST_LOGO:
        yield Problem("", "Le logo dépasse 5 Mo.")
    figure = edition.figure
    if figure is not None and not figure.alternative.strip():
        yield Problem("", "La figure du réseau n’a pas de texte de remplacement.")
    threads = edition.threads
    if threads is None:
        return
    if len(threads.knots) > MOST_KNOTS:
        yield Problem("", f"Le dessin de couverture dépasse {MOST_KNOTS} points.")
    if any(not 0 <= end < len(threads.knots) for line in threads.lines for end in line):
        yield Problem("", "Le dessin de couverture relie un point qui n’existe pas.")


def _chapter_problems(chapter: Chapter, position: int) -> Iterator[Problem]:
    name = f"Chapitre {position} (« {chapter.title} »)"
    if not chapter.title.strip():
        yield Problem(chapter.anchor, f"{name} : le titre manque.")
    if not _ANCHOR.fullmatch(chapter.anchor):
        yield Problem(chapter.anchor, f"{name} : l’ancre « {chapter.anchor} » n’est pas valable.")
    if not chapter.items:
        yield Problem(chapter.anchor, f"{name} : aucune recommandation.")
    yield from text_problems(chapter.anchor, name, dataclasses.replace(chapter, items=()))


def _item_problems(item: Item) -> Iterator[Problem]:
    name = name_of(item)
    if not item.title.strip():
        yield Problem(item.anchor, f"{name} : le titre manque.")
    if not _ANCHOR.fullmatch(item.anchor):
        yield Problem(item.anchor, f"{name} : l’ancre « {item.anchor} » n’est pas valable.")
    if not _NUMBER.fullmatch(item.number):
        yield Problem(item.anchor, f"{name} : le numéro « {item.number} » n’est pas valable.")
    if len(item.title) > LONGEST_TITLE:
        yield Problem(item.anchor, f"{name} : le titre dépasse {LONGEST_TITLE} caractères.")
    if not item.levels:
        yield Problem(item.anchor, f"{name} : le niveau de pouvoir manque.")
    yield from text_problems(item.anchor, name, item)


def _double_problems(edition: Edition) -> Iterator[Problem]:
    anchors = {chapter.anchor: "" for chapter in edition.chapters}
    if len(anchors) < len(edition.chapters):
        yield Problem("", "Deux chapitres portent la même ancre.")
    numbers: set[str] = set()
    for item in edition.items:
        if item.anchor in anchors:
            yield Problem(item.anchor, f"{name_of(item)} : l’ancre « {item.anchor} » sert déjà.")
        if item.number in numbers:
            yield Problem(item.anchor, f"{name_of(item)} : le numéro {item.number} sert déjà.")
        anchors[item.anchor] = ""
        numbers.add(item.number)


def to_json(edition: Edition) -> str:
    """Write an edition as canonical JSON: equal editions give equal texts."""
    return plain.to_json(edition)


def from_json(text: str) -> Edition:
    """Read what `to_json` wrote. Raise `ValueError` or `TypeError` for anything else."""
    return plain.from_json(text, Edition)


def digest(edition: Edition) -> str:
    """Return the SHA-256 of the content, in hexadecimal: the same content, the same digest."""
    return plain.digest(edition)
