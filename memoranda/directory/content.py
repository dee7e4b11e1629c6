"""What a printed directory holds: actors in groups, and the indexes that lead to them.

All texts are plain text. Everything that the PDF shows stands here, so that the same directory gives the
same bytes wherever and whenever it is printed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memoranda.content import LARGEST_LOGO, LONGEST_TITLE, Origin, Threads
from memoranda.errors import ContentError, Problem
from memoranda.plain import text_problems

MOST_ENTRIES = 5_000
_ANCHOR = re.compile(r"[a-z][a-z0-9-]{0,119}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A labelled line of an entry, such as « Langues : français, arabe »."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An actor: its name, a line on what it is and where, how to reach it, what else is known.

    `contacts` are a telephone number, an address…, each on a line of its own.
    """

    anchor: str
    name: str
    acronym: str = ""
    kind: str = ""
    place: str = ""
    description: str = ""
    contacts: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The actors of a commune, or of a theme."""

    anchor: str
    title: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A line of an index and the anchors of the entries that it leads to, in their order."""

    title: str
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index, such as the one by theme. A heading that leads to one entry may bear its name."""

    anchor: str
    title: str
    headings: tuple[Heading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A printed directory. `day` is the date of its data; no clock is read anywhere in this library.

    `guidance` are the paragraphs on how to use it, `arrangement` the words for its order (« par commune »),
    `url` where it stands up to date, which the cover also bears as a QR code.
    """

    title: str
    network: str
    day: date
    arrangement: str
    subtitle: str = ""
    logo: bytes | None = None
    primary: str = "#0f5c5c"
    language: str = "fr"
    guidance: tuple[str, ...] = ()
    url: str = ""
    groups: tuple[Group, ...] = ()
    indexes: tuple[Index, ...] = ()
    threads: Threads | None = None
    sources: tuple[Origin, ...] = ()
    contact: str = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All actors, in the order of the groups."""
        return tuple(entry for group in self.groups for entry in group.entries)


def name_of(entry: Entry) -> str:
    """Name an entry in a message: « Fiche « Maison des langues » »."""
    return f"Fiche « {entry.name[:80]} »"


def validate(directory: Directory) -> None:
    """Raise `ContentError` with every problem that keeps the directory from being printed."""
    problems = tuple(_problems(directory))
    if problems:
        raise ContentError(problems)


def _problems(directory: Directory) -> Iterator[Problem]:
    for label, text in (("titre", directory.title), ("nom du réseau", directory.network)):
        if not text.strip():
            yield Problem("", f"Le {label} de l’annuaire manque.")
        if len(text) > LONGEST_TITLE:
            yield Problem("", f"Le {label} de l’annuaire dépasse {LONGEST_TITLE} caractères.")
    if directory.language != "fr":
        yield Problem("", f"La langue « {directory.language} » n’est pas prévue : seul le français l’est.")
    if not _COLOUR.fullmatch(directory.primary):
        yield Problem("", f"La couleur « {directory.primary} » ne s’écrit pas comme #0f5c5c.")
    if directory.logo is not None and len(directory.logo) > LARGEST_LOGO:
        yield Problem("", "Le logo dépasse 5 Mo.")
    if len(directory.entries) > MOST_ENTRIES:
        yield Problem("", f"L’annuaire dépasse {MOST_ENTRIES} fiches.")
    for entry in directory.entries:
        yield from _entry_problems(entry)
    frame = (directory.title, directory.subtitle, directory.network, directory.contact, directory.guidance)
    yield from text_problems("", "L’annuaire", frame)
    yield from _anchor_problems(directory)


def _entry_problems(entry: Entry) -> Iterator[Problem]:
    if not entry.name.strip():
        yield Problem(entry.anchor, "Une fiche n’a pas de nom.")
    if len(entry.name) > LONGEST_TITLE:
        yield Problem(entry.anchor, f"{name_of(entry)} : le nom dépasse {LONGEST_TITLE} caractères.")
    yield from text_problems(entry.anchor, name_of(entry), entry)


def _anchor_problems(directory: Directory) -> Iterator[Problem]:
    anchors = [
        *(group.anchor for group in directory.groups),
        *(entry.anchor for entry in directory.entries),
        *(index.anchor for index in directory.indexes),
    ]
    for anchor in anchors:
        if not _ANCHOR.fullmatch(anchor):
            yield Problem(anchor, f"L’ancre « {anchor} » n’est pas valable.")
    if len(set(anchors)) < len(anchors):
        yield Problem("", "Une ancre sert deux fois.")
    known = {entry.anchor for entry in directory.entries}
    for index in directory.indexes:
        if any(anchor not in known for heading in index.headings for anchor in heading.anchors):
            yield Problem(index.anchor, f"« {index.title} » mène à une fiche qui n’est pas là.")
