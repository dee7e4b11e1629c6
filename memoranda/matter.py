"""What a memorandum is made of, part by part: for the PDF as parts of the press, for the page as one value.

Both go through `content.outline`, so the order of the body is that of the contents and of the page.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memoranda import content, index, markdown
from memoranda.content import CHAPTERS, Chapter, Dropped, Edition, Item, Level, Section
from memoranda.images import Images, OnSheet
from memoranda.index import Group
from memoranda.paper import Entry
from memoranda.press.parts import Part, Piece

CONTENTS = ("table-des-matieres", "Table des matières")
COVER_TEMPLATE = "cover.html"
_NO_DAY = date.min
"""Of what holds only some of an edition: its parts are known by what they show, and no date is in them."""
_NAMES_PAGES = {"priorities", "cross_cutting", "levels", "descent"}
_CLOSING = {"signatories", "glossary", "sources", "sponsors", "contact"}
"""Short parts, which follow each other on one page, and the index."""
_OPENING = {"signatories", "preamble", "consulted", content.OWN}
"""Parts before the chapters: they share a page with a short one."""
_FEW_LETTERS, _FEW_ROWS = 900, 10
WHOLE = "full"
_FEW_ENTRIES = 12
"""A leaflet of so many lines needs no table of contents: its bookmarks lead to them."""
_FEW_ITEMS = 12
"""The chapters of a leaflet of so many items follow each other: alone, each leaves its page half empty."""
_ON_A_SHEET = {"screen": 39.0, "print": 39.0, "booklet": 28.0}
"""How many lines of the contents a page holds, as high as those of recommendations."""
_CLOSER = 1.2
"""How many times as many it holds where they stand closer."""
_HEIGHTS = {"item": 1.0, "chapter": 1.5, "part": 1.2}
_LETTERS_A_LINE = {"screen": 78, "print": 78, "booklet": 58}
_LONG_TITLE = 80
_LONG_COVER = 330
_LONGEST_COVER = 550
_KEPT = (
    ("repeated", "Déjà demandées"), ("changed", "Reformulées"), ("new", "Nouvelles"),
    ("obtained", "Obtenues, et rappelées ici"), ("dropped", "Abandonnées"),
)  # fmt: skip
_GONE = (
    ("obtained", "Obtenues depuis le mémorandum précédent"),
    ("dropped", "Que nous ne demandons plus"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Descents:
    """The edition beside earlier ones: (kind, title, demands) of those in it, and of those gone."""

    kept: tuple[tuple[str, str, tuple[Item, ...]], ...] = ()
    gone: tuple[tuple[str, str, tuple[Dropped, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What the parts around the chapters show; items bear what their lists say of them, and nothing else."""

    edition: Edition
    images: Images
    priorities: tuple[Item, ...] = ()
    cross_cutting: tuple[Item, ...] = ()
    by_level: tuple[tuple[Level, tuple[Item, ...]], ...] = ()
    descents: Descents = Descents()
    index: tuple[Group, ...] = ()


def of_kinds(edition: Edition, kinds: set[str], images: Images) -> Matter:
    """Return what the parts of those kinds show, and nothing else."""
    return Matter(
        edition=_part_of(edition, kinds),
        images=images,
        priorities=_brief(content.priorities(edition)) if "priorities" in kinds else (),
        cross_cutting=_brief(content.cross_cutting(edition)) if "cross_cutting" in kinds else (),
        by_level=_levels(edition) if "levels" in kinds else (),
        descents=_descents(edition) if "descent" in kinds else Descents(),
        index=index.of(edition) if "index" in kinds else (),
    )


def _part_of(edition: Edition, kinds: set[str]) -> Edition:
    is_contact = "contact" in kinds
    return Edition(
        title="", network="", day=_NO_DAY, version="",
        signatories=edition.signatories if "signatories" in kinds else (),
        consultations=edition.consultations if "consulted" in kinds else (),
        figure=edition.figure if "network" in kinds else None,
        glossary=edition.glossary if "glossary" in kinds else (),
        sources=edition.sources if "sources" in kinds else (),
        sponsors=edition.sponsors if "sponsors" in kinds else (),
        questions=edition.questions if "questions" in kinds else (),
        contact=edition.contact if is_contact else "",
        credits=edition.credits if is_contact else "",
    )  # fmt: skip


def _brief(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return what lists of items show of them: a change elsewhere in an item lays out no list anew."""
    return tuple(
        Item(
            anchor=item.anchor, number=item.number, title=item.title, short=item.short, levels=item.levels,
            descent=item.descent,
        )
        for item in items
    )  # fmt: skip


def _titled(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(Item(anchor=item.anchor, number=item.number, title=item.title) for item in items)


def _levels(edition: Edition) -> tuple[tuple[Level, tuple[Item, ...]], ...]:
    return tuple((level, _titled(items)) for level, items in content.by_level(edition))


def _descents(edition: Edition) -> Descents:
    items = _brief(tuple(item for item in edition.items if item.descent))
    kept = tuple(
        (kind, title, tuple(item for item in items if item.descent and item.descent.kind == kind))
        for kind, title in _KEPT
    )
    gone = tuple(
        (kind, title, tuple(one for one in edition.dropped if one.kind == kind)) for kind, title in _GONE
    )
    return Descents(kept=tuple(one for one in kept if one[2]), gone=tuple(one for one in gone if one[2]))


# --- The contents -------------------------------------------------------------------------------


def entries(edition: Edition) -> Iterator[Entry]:
    """Yield the lines of the table of contents, in the order of the document."""
    for section in content.outline(edition):
        if section.kind != CHAPTERS:
            yield Entry("part", section.anchor, section.title)
            continue
        for position, chapter in enumerate(edition.chapters, start=1):
            yield Entry("chapter", chapter.anchor, chapter.title, str(position))
            for item in chapter.items:
                yield Entry("item", item.anchor, item.title, item.number)


def titles(edition: Edition) -> dict[str, str]:
    """Say by anchor what a link leads to."""
    return {entry.anchor: f"{entry.number} {entry.title}".strip() for entry in entries(edition)}


# --- Parts of the PDF ---------------------------------------------------------------------------


def parts_of(edition: Edition) -> tuple[Part, ...]:
    """List the parts of an edition, in their order. On paper each begins on a right-hand page."""
    is_recto = edition.layout != "screen"
    lines = tuple(entries(edition))
    dated = any("/" in item.number for item in edition.items)
    cover = {"edition": _cover_of(edition), "cover_size": _cover_size(edition)}
    parts = [Part(name="Couverture", template=COVER_TEMPLATE, data=cover)]
    if edition.variant == WHOLE or len(lines) > _FEW_ENTRIES:
        parts.append(
            Part(
                name=CONTENTS[1], template="contents.html",
                data={"entries": lines, "is_dated": dated, "is_close": _is_close(lines, edition.layout)},
                names_pages=True, is_contents=True, recto=is_recto, weight=1 + len(lines) // 40,
            )
        )  # fmt: skip
    for group in _groups(edition, content.outline(edition), together=is_recto):
        if group[0].kind == CHAPTERS:
            parts += _chapters(edition, is_recto=is_recto)
        else:
            parts.append(_matter(edition, group, is_recto=is_recto))
    return tuple(parts)


def part_of(edition: Edition, anchor: str) -> Part | None:
    """Return the pages of a chapter, or those of a part alone even where it shares them in the whole.

    None for what is not printed, and for a part that names the pages of others.
    """
    for position, chapter in enumerate(edition.chapters, start=1):
        if chapter.anchor == anchor:
            return _chapter(((position, chapter),), len(edition.chapters), is_recto=False)
    for section in content.outline(edition):
        if section.anchor == anchor and section.kind not in {CHAPTERS, "index", *_NAMES_PAGES}:
            return _matter(edition, (section,), is_recto=False)
    return None


def _groups(
    edition: Edition, sections: tuple[Section, ...], *, together: bool
) -> Iterator[tuple[Section, ...]]:
    """Yield the parts laid out at once: those that share pages, on paper all between others.

    The index is laid out last, with what closes the document after it.
    """
    held: list[Section] = []
    for section in sections:
        follows = _follows(edition, held[-1], section) if held else True
        if together and held:
            follows |= held[0].kind not in {CHAPTERS, "index"} and section.kind not in {CHAPTERS, "index"}
        if not follows:
            yield tuple(held)
            held = []
        held.append(section)
    if held:
        yield tuple(held)


def _follows(edition: Edition, before: Section, section: Section) -> bool:
    """Say whether a part follows another on its page."""
    if section.kind in _CLOSING and before.kind in {*_CLOSING, "index"}:
        return True
    both = {before.kind, section.kind} <= _OPENING
    return both and (_is_short(edition, before) or _is_short(edition, section))


def _is_short(edition: Edition, section: Section) -> bool:
    """Say whether a part takes less than half a page."""
    rows: dict[str, tuple[object, ...]] = {
        "signatories": edition.signatories, "consulted": edition.consultations,
    }  # fmt: skip
    has_logos = section.kind == "signatories" and any(one.logo for one in edition.signatories)
    is_small = len(section.text) <= _FEW_LETTERS and len(rows.get(section.kind, ())) <= _FEW_ROWS
    return is_small and not has_logos and not section.figures


def _matter(edition: Edition, sections: tuple[Section, ...], *, is_recto: bool) -> Part:
    kinds = {section.kind for section in sections}
    has_index = "index" in kinds
    names_pages = bool(kinds & _NAMES_PAGES)
    joined = [pair for pair in itertools.pairwise(sections) if _follows(edition, *pair)]
    data = {
        "sections": sections,
        "matter": of_kinds(edition, kinds, OnSheet()),
        "names_pages": names_pages or has_index,
        "following": tuple(section.anchor for _before, section in joined),
        # Beside a text, names stand between its margins: a sheet has one width.
        "beside_text": any(
            "signatories" in both and both <= _OPENING
            for both in ({one.kind for one in pair} for pair in joined)
        ),
    }
    many = kinds & {"levels", "index"}
    return Part(
        name=", ".join(section.title for section in sections), template="matter.html", data=data,
        anchor=sections[0].anchor, names_pages=names_pages, is_last=has_index, recto=is_recto,
        weight=1 + len(edition.items) // 40 if many else 1,
    )  # fmt: skip


def _chapters(edition: Edition, *, is_recto: bool) -> list[Part]:
    """Return a part for each chapter; one for all of them in a short leaflet."""
    numbered = tuple(enumerate(edition.chapters, start=1))
    is_short = edition.variant != WHOLE and len(edition.items) <= _FEW_ITEMS
    together = (numbered,) if is_short and numbered else tuple((one,) for one in numbered)
    return [_chapter(chapters, len(numbered), is_recto=is_recto) for chapters in together]


def _chapter(chapters: tuple[tuple[int, Chapter], ...], total: int, *, is_recto: bool) -> Part:
    """Return the part of chapters that follow each other, most often of one, with their positions."""

    def data(own: tuple[tuple[int, Chapter], ...]) -> dict[str, object]:
        return {"chapters": own, "images": OnSheet()}

    (position, first), *others = chapters
    return Part(
        name="Chapitres" if others else f"Chapitre « {first.title} »",
        telling="" if others else f"Chapitre {position} sur {total} : {first.title}",
        template="chapter.html",
        anchor=first.anchor,
        data=data(chapters),
        pieces=tuple(
            Piece(
                anchor=item.anchor, name=content.name_of(item),
                data=data(((own, dataclasses.replace(chapter, introduction="", items=(item,), figures=())),)),
            )
            for own, chapter in chapters for item in chapter.items
        ),
        recto=is_recto,
        weight=sum(2 + len(chapter.items) for _position, chapter in chapters),
    )  # fmt: skip


def _cover_of(edition: Edition) -> Edition:
    """Return what the cover shows of an edition, and nothing else."""
    return Edition(
        title=edition.title, network=edition.network, day=edition.day, version=edition.version,
        subtitle=edition.subtitle, logo=edition.logo, election=edition.election,
        election_day=edition.election_day, territory=edition.territory, addressees=edition.addressees,
        is_draft=edition.is_draft, variant_title=edition.variant_title,
    )  # fmt: skip


def _is_close(lines: tuple[Entry, ...], layout: str) -> bool:
    """Say whether the contents go a few lines beyond one page: standing closer, they fit on it."""
    letters = _LETTERS_A_LINE[layout]
    height = sum(_HEIGHTS[line.kind] * max(1, math.ceil(len(line.title) / letters)) for line in lines)
    return _ON_A_SHEET[layout] < height <= _ON_A_SHEET[layout] * _CLOSER


def _cover_size(edition: Edition) -> str:
    """Return how much the cover holds, as its style sheet calls it."""
    words = (edition.title, edition.subtitle, edition.territory, edition.addressees, edition.variant_title)
    length = sum(map(len, words))
    # A word without end is cut every twenty letters, which fills its lines badly.
    if length > _LONGEST_COVER or any(len(word) > markdown.LONGEST_WORD for word in edition.title.split()):
        return "cover-long cover-longest"
    return "cover-long" if len(edition.title) > _LONG_TITLE or length > _LONG_COVER else ""
