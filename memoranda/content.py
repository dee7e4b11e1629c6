"""The content of one edition of a memorandum, as frozen plain data, and what makes it printable.

An edition is self-contained: everything the PDF and the page show stands in it, so that the same
edition gives the same bytes wherever and whenever it is built. Texts named "Markdown" follow
`memoranda.markdown`; all others are plain text.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memoranda import markdown, plain
from memoranda.errors import ContentError, Problem
from memoranda.plain import text_problems

LONGEST_TITLE = 300
LONGEST_SHORT = 300
MOST_ITEMS = 3_000
MOST_SECTIONS = 60
MOST_PICTURES = 200
MOST_NOTES = 400
MOST_QUESTIONS = 8
LARGEST_LOGO = 5 * 1024 * 1024
LARGEST_DRAWING = 3 * 1024 * 1024
MOST_KNOTS = 400

CHAPTERS = "chapters"
OWN = "own"
USUAL_SECTIONS = {
    "cover": ("couverture", "Couverture"),
    "signatories": ("signataires", "Signataires"),
    "preamble": ("preambule", "Préambule"),
    "consulted": ("consultation", "Qui a été consulté, et comment"),
    "priorities": ("priorites", "Nos priorités"),
    CHAPTERS: ("chapitres", "Chapitres"),
    "cross_cutting": ("demandes-transversales", "Demandes transversales"),
    "levels": ("niveaux-de-pouvoir", "Qui peut agir"),
    "descent": ("filiation", "D’un mémorandum à l’autre"),
    "network": ("reseau", "Le réseau qui porte ces recommandations"),
    "glossary": ("glossaire", "Glossaire"),
    "sources": ("sources", "Sources"),
    "index": ("index", "Index"),
    "sponsors": ("soutiens", "Avec le soutien de"),
    "contact": ("contact", "Contact"),
    "questions": ("questions", "Questions aux candidates et aux candidats"),
}
"""The parts that a memorandum may have, each with its usual anchor and title, in their usual order."""
_EARLIER = (
    "cover",
    "preamble",
    CHAPTERS,
    "levels",
    "network",
    "signatories",
    "sources",
    "glossary",
    "contact",
)
LAYOUTS = ("screen", "print", "booklet")
DESCENTS = ("new", "repeated", "changed", "obtained", "dropped")

LEVEL_ORDER = ("commune", "province", "region_wallonne", "fwb", "cocof", "cocom", "federal", "ue")

_ANCHOR = re.compile(r"[a-z][a-z0-9-]{0,79}")
_NUMBER = re.compile(r"[0-9]{1,4}([./][0-9]{1,4}){0,2}")
_VARIANT = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")
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
class Authority:
    """Who is addressed by name, such as « Commune de Dinant »; the code names its leaflet.

    `level` is the code of its level of power: what is asked of every commune is asked of Dinant too.
    """

    code: str
    label: str
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """Somebody's words, printed because they agreed to it; `who` says who speaks, without a name.

    `may_post`: they agreed to a public page too; without that the page doesn't show them.
    """

    text: str
    who: str = ""
    may_post: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """What an item is beside earlier memoranda: `kind` is one of `DESCENTS`.

    `since` is the first year in which it was asked, `earlier` the number that it bore (« 2019/12 »).
    """

    kind: str
    since: int | None = None
    earlier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure of a chapter or of a part: a drawing (`svg`) or an image (`png`), and what it is.

    `alternative` says it to whoever can't see it, `source` where it comes from, `rows` what a chart shows, as
    (name, number): the table beside it.
    """

    kind: str
    svg: str = ""
    png: bytes | None = None
    caption: str = ""
    alternative: str = ""
    source: str = ""
    rows: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A numbered recommendation.

    `anchor` stays the same from one edition to the next; `number` is what readers quote.
    `title` is plain text; `text`, `finding`, `justification`, `indicator` and `plain` (the same in plain
    French) are Markdown and may be empty; `short` is at most 300 characters.
    `bearers` are the names of the organisations that bore it; `priority` is its rank among the priorities.
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
    indicator: str = ""
    plain: str = ""
    short: str = ""
    authorities: tuple[Authority, ...] = ()
    theme: str = ""
    right: str = ""
    priority: int | None = None
    is_cross_cutting: bool = False
    testimonies: tuple[Testimony, ...] = ()
    descent: Descent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter: plain title, introduction in Markdown, recommendations in their order, figures last."""

    anchor: str
    title: str
    introduction: str = ""
    items: tuple[Item, ...] = ()
    figures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the edition at its place: `kind` is a key of `USUAL_SECTIONS`, or `OWN`.

    `title` is plain text, `text` Markdown: what opens the part, or all of it.
    """

    kind: str
    anchor: str
    title: str
    text: str = ""
    figures: tuple[Picture, ...] = ()


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
    """The network as a figure: an SVG drawing, its caption and the words for whoever cannot see it.

    `rows` is the table beside it: (family of actors, how many).
    """

    svg: str
    caption: str
    alternative: str
    rows: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """An organisation that signs the memorandum."""

    name: str
    commune: str = ""
    logo: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sponsor:
    """Who supports the making of the memorandum, and the mention that they ask for."""

    name: str
    mention: str = ""
    logo: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """Something that people were asked by (a call, a day, a document): who answered, how much, when."""

    what: str
    when: str = ""
    organisations: int = 0
    contributions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A demand of an earlier memorandum that this one doesn't ask again: `kind` is obtained or dropped."""

    number: str
    title: str
    year: int
    why: str = ""
    kind: str = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to candidates, of at most 300 characters; `number` is that of the item it rests on."""

    text: str
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the glossary."""

    term: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a memorandum. `day` is its date; no clock is read anywhere in this library.

    `sections` are its parts in the order of the document (`outline`); where there are none, they are the
    usual ones, and `preamble` opens it. `variant` says what of it is printed, `variant_title` in words;
    `layout` how.
    """

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
    sections: tuple[Section, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    sponsors: tuple[Sponsor, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    questions: tuple[Question, ...] = ()
    variant: str = "full"
    variant_title: str = ""
    layout: str = "screen"

    @property
    def items(self) -> tuple[Item, ...]:
        """All recommendations, in the order of the chapters."""
        return tuple(item for chapter in self.chapters for item in chapter.items)


def usual(kind: str, *, text: str = "") -> Section:
    """Return a part under its usual anchor and title."""
    anchor, title = USUAL_SECTIONS[kind]
    return Section(kind=kind, anchor=anchor, title=title, text=text)


def things(edition: Edition) -> Iterator[tuple[str, str, object]]:
    """Yield what texts stand in: anchor, what it is called, all that it says itself."""
    for item in edition.items:
        yield item.anchor, name_of(item), item
    for chapter in edition.chapters:
        yield chapter.anchor, f"Chapitre « {chapter.title} »", dataclasses.replace(chapter, items=())
    for section in edition.sections:
        yield section.anchor, f"Partie « {section.title} »", section
    yield "", "Le mémorandum", dataclasses.replace(edition, chapters=(), sections=())


def outline(edition: Edition) -> tuple[Section, ...]:
    """Return the parts of the edition in their order, but for the cover and for those that hold nothing.

    This is the order of the PDF, of the page and of both tables of contents.
    """
    sections = edition.sections or tuple(
        usual(kind, text=edition.preamble if kind == "preamble" else "") for kind in _EARLIER
    )
    return tuple(section for section in sections if section.kind != "cover" and _holds(edition, section))


def _holds(edition: Edition, section: Section) -> bool:
    """Say whether a part has anything to show."""
    if section.text.strip() or section.figures:
        return True
    held: dict[str, object] = {
        CHAPTERS: edition.chapters,
        "signatories": edition.signatories,
        "consulted": edition.consultations,
        "priorities": priorities(edition),
        "cross_cutting": cross_cutting(edition),
        "levels": any(item.levels for item in edition.items),
        "descent": edition.dropped or any(item.descent for item in edition.items),
        "network": edition.figure,
        "glossary": edition.glossary,
        "sources": edition.sources,
        "index": edition.items,
        "sponsors": edition.sponsors,
        "contact": edition.contact or edition.credits,
        "questions": edition.questions,
    }
    return bool(held.get(section.kind))


def priorities(edition: Edition) -> tuple[Item, ...]:
    """Return the priorities by their rank."""
    ranked = [
        (item.priority, place, item) for place, item in enumerate(edition.items) if item.priority is not None
    ]
    return tuple(item for *_, item in sorted(ranked, key=lambda one: one[:2]))


def cross_cutting(edition: Edition) -> tuple[Item, ...]:
    """Return the cross-cutting demands, in the order of the chapters."""
    return tuple(item for item in edition.items if item.is_cross_cutting)


def figures(edition: Edition) -> tuple[Picture, ...]:
    """Return the figures of all parts and chapters."""
    holders: tuple[Section | Chapter, ...] = (*edition.sections, *edition.chapters)
    return tuple(figure for holder in holders for figure in holder.figures)


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
    found = tuple(problems(edition))
    if found:
        raise ContentError(found)


def problems(edition: Edition) -> Iterator[Problem]:
    """Yield every problem that keeps the edition from being printed, whatever fonts there are."""
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
    if not edition.items and not edition.questions:
        yield Problem("", "Le mémorandum ne contient aucune recommandation.")
    if len(edition.items) > MOST_ITEMS:
        yield Problem("", f"Le mémorandum dépasse {MOST_ITEMS} recommandations.")
    yield from _matter_problems(edition)
    yield from _frame_problems(edition)
    rest = dataclasses.replace(edition, chapters=(), sections=())
    yield from text_problems("", "Le mémorandum", rest)


def _matter_problems(edition: Edition) -> Iterator[Problem]:
    """Yield what is wrong with what stands around the chapters."""
    if len(edition.sections) > MOST_SECTIONS:
        yield Problem("", f"Le mémorandum dépasse {MOST_SECTIONS} parties.")
    for section in edition.sections:
        yield from _section_problems(section)
    kinds = Counter(section.kind for section in edition.sections if section.kind in USUAL_SECTIONS)
    for kind, times in kinds.items():
        if times > 1:
            yield Problem("", f"La partie « {USUAL_SECTIONS[kind][1]} » s’y trouve deux fois.")
    if len(figures(edition)) > MOST_PICTURES:
        yield Problem("", f"Le mémorandum dépasse {MOST_PICTURES} figures.")
    for one in edition.dropped:
        if one.kind not in DESCENTS:
            yield Problem("", f"{one.number} : la filiation « {one.kind} » n’est pas prévue.")


def _frame_problems(edition: Edition) -> Iterator[Problem]:
    """Yield what is wrong with how the edition is printed, and with those who are named around it."""
    if edition.layout not in LAYOUTS:
        yield Problem("", f"La mise en page « {edition.layout} » n’est pas prévue.")
    if not _VARIANT.fullmatch(edition.variant):
        yield Problem("", f"La variante « {edition.variant} » n’est pas valable.")
    if len(edition.questions) > MOST_QUESTIONS:
        yield Problem("", f"Il y a plus de {MOST_QUESTIONS} questions aux candidates et aux candidats.")
    for question in edition.questions:
        if len(question.text) > LONGEST_SHORT:
            start = question.text[:40]
            yield Problem("", f"Question « {start}… » : elle dépasse {LONGEST_SHORT} caractères.")
    holders: tuple[Signatory | Sponsor, ...] = (*edition.signatories, *edition.sponsors)
    for holder in holders:
        if not holder.name.strip():
            yield Problem("", "Un signataire ou un soutien n’a pas de nom.")
        if holder.logo is not None and len(holder.logo) > LARGEST_LOGO:
            yield Problem("", f"Le logo de « {holder.name} » dépasse 5 Mo.")


def _section_problems(section: Section) -> Iterator[Problem]:
    name = f"Partie « {section.title} »"
    if section.kind != OWN and section.kind not in USUAL_SECTIONS:
        yield Problem(section.anchor, f"{name} : la sorte « {section.kind} » n’est pas prévue.")
    if not section.title.strip():
        yield Problem(section.anchor, "Le titre d’une partie manque.")
    if len(section.title) > LONGEST_TITLE:
        yield Problem(section.anchor, f"{name} : le titre dépasse {LONGEST_TITLE} caractères.")
    if not _ANCHOR.fullmatch(section.anchor):
        yield Problem(section.anchor, f"{name} : l’ancre « {section.anchor} » n’est pas valable.")
    yield from _picture_problems(section.anchor, name, section.figures)
    yield from text_problems(section.anchor, name, section)


def _picture_problems(anchor: str, name: str, pictures: tuple[Picture, ...]) -> Iterator[Problem]:
    for position, picture in enumerate(pictures, start=1):
        own = f"{name}, figure {position}"
        if bool(picture.svg) == bool(picture.png):
            yield Problem(anchor, f"{own} : il faut un dessin ou une image.")
        if not picture.alternative.strip():
            yield Problem(anchor, f"{own} : le texte de remplacement manque.")
        if len(picture.svg) > LARGEST_DRAWING or len(picture.png or b"") > LARGEST_LOGO:
            yield Problem(anchor, f"{own} : elle dépasse 5 Mo.")


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
    yield from _picture_problems(chapter.anchor, name, chapter.figures)
    notes = sum(markdown.calls(text) for text in plain.texts(chapter))
    if notes > MOST_NOTES:
        yield Problem(chapter.anchor, f"{name} : {notes} notes, plus que les {MOST_NOTES} permises.")
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
    if len(item.short) > LONGEST_SHORT:
        yield Problem(item.anchor, f"{name} : la version courte dépasse {LONGEST_SHORT} caractères.")
    if not item.levels:
        yield Problem(item.anchor, f"{name} : le niveau de pouvoir manque.")
    if item.descent is not None and item.descent.kind not in DESCENTS:
        yield Problem(item.anchor, f"{name} : la filiation « {item.descent.kind} » n’est pas prévue.")
    yield from text_problems(item.anchor, name, item)


def _double_problems(edition: Edition) -> Iterator[Problem]:
    anchors = {section.anchor for section in edition.sections}
    if len(anchors) < len(edition.sections):
        yield Problem("", "Deux parties portent la même ancre.")
    for chapter in edition.chapters:
        if chapter.anchor in anchors:
            yield Problem("", f"Chapitre « {chapter.title} » : l’ancre « {chapter.anchor} » sert déjà.")
        anchors.add(chapter.anchor)
    numbers: set[str] = set()
    for item in edition.items:
        if item.anchor in anchors:
            yield Problem(item.anchor, f"{name_of(item)} : l’ancre « {item.anchor} » sert déjà.")
        if item.number in numbers:
            yield Problem(item.anchor, f"{name_of(item)} : le numéro {item.number} sert déjà.")
        anchors.add(item.anchor)
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
