"""Variants of one edition: a summary, plain French, questions to candidates, leaflets for who is addressed.

All are editions again, made from the same frozen content: an item keeps its anchor, its number and its words
wherever it stands. The leaflets by level of power hold together the whole edition. A variant is known by
its name, which stands in its address and never changes: « full », « level-commune », « authority-dinant »,
« commune-91034 ».
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from memoranda import content
from memoranda.content import CHAPTERS, Authority, Chapter, Edition, Item, Section

_LONGEST_NAME = 120
_NO_ANCHOR = re.compile(r"[^a-z0-9]+")
# What stands around the chapters of a leaflet, and of the summary.
_LEAFLET = ("cover", CHAPTERS, "signatories", "sponsors", "contact")
_SUMMARY = ("cover", "preamble", "priorities", CHAPTERS, "signatories", "sponsors", "contact")
_QUESTIONS = ("cover", "questions", "signatories", "sponsors", "contact")
_TO_LEVEL = {
    "commune": "aux communes et aux CPAS",
    "province": "aux provinces",
    "region_wallonne": "à la Région wallonne",
    "fwb": "à la Fédération Wallonie-Bruxelles",
    "cocof": "à la COCOF",
    "cocom": "à la COCOM",
    "federal": "à l’État fédéral",
    "ue": "à l’Union européenne",
}
_VOWELS = tuple("aeiouy")
# How a name begins that is said with an article: « à la commune de Dinant », « au CPAS de Namur ».
_TO_AUTHORITY = (
    (("commune", "ville", "province", "région", "communauté", "fédération"), "à la "),
    (("cpas", "centre public", "gouvernement", "forem", "fonds"), "au "),
    (("administration", "agence", "office", "état", "union"), "à l’"),
)


class Kind(StrEnum):
    """What a variant is made by."""

    FULL = "full"
    SUMMARY = "summary"
    PLAIN = "plain"
    QUESTIONS = "questions"
    LEVEL = "level"
    AUTHORITY = "authority"
    THEME = "theme"
    CHOSEN = "leaflet"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A variant that an edition has: `title` in French, `code` of whom or what it is for, how many items."""

    name: str
    kind: Kind
    title: str
    code: str = ""
    label: str = ""
    count: int = 0


class UnknownVariantError(LookupError):
    """The edition has no variant of that name."""


# --- Which there are ----------------------------------------------------------------------------


def variants(edition: Edition) -> tuple[Variant, ...]:
    """Return all variants that follow from the edition: the whole, then by level, authority and theme.

    None of them is empty. Leaflets that somebody chose by hand are not among them (see `chosen`), nor those
    of communes, of which the edition knows only the ones it names (see `for_commune`).
    """
    return tuple(variant for variant in _variants(edition) if variant.count)


def of_kind(edition: Edition, kind: Kind) -> tuple[Variant, ...]:
    """Return the edition's variants of a kind, in their order."""
    return tuple(variant for variant in variants(edition) if variant.kind is kind)


def make(edition: Edition, name: str) -> Edition:
    """Return the variant of that name. Raises `UnknownVariantError` if the edition has none."""
    variant = next((one for one in variants(edition) if one.name == name), None)
    if variant is None:
        raise UnknownVariantError(name)
    made = _MAKERS[variant.kind](edition, variant.code)
    return replace(made, variant=name, variant_title="" if variant.kind is Kind.FULL else variant.title)


def _variants(edition: Edition) -> Iterator[Variant]:
    items = edition.items
    yield Variant(name="full", kind=Kind.FULL, title="L’édition complète", count=len(items))
    yield Variant(
        name="summary", kind=Kind.SUMMARY, title="Nos priorités", count=len(content.priorities(edition))
    )
    plain = sum(1 for item in items if item.plain.strip())
    yield Variant(name="plain", kind=Kind.PLAIN, title="En français simple", count=plain)
    yield Variant(
        name="questions", kind=Kind.QUESTIONS, title="Questions aux candidates et aux candidats",
        count=len(edition.questions),
    )  # fmt: skip
    for level, asked in content.by_level(edition):
        yield Variant(
            name=_name(Kind.LEVEL, level.code), kind=Kind.LEVEL, code=level.code, label=level.label,
            title=f"Ce que nous demandons {_TO_LEVEL[level.code]}" if level.code in _TO_LEVEL
            else f"Ce que nous demandons\u00a0: {level.label}",
            count=len(asked),
        )  # fmt: skip
    for authority in authorities(edition):
        yield Variant(
            name=_name(Kind.AUTHORITY, authority.code), kind=Kind.AUTHORITY, code=authority.code,
            label=authority.label, title=f"Ce que nous demandons {_to(authority.label)}",
            count=sum(1 for item in items if concerns(item, authority)),
        )  # fmt: skip
    for slug, label in themes(edition).items():
        yield Variant(
            name=_name(Kind.THEME, slug), kind=Kind.THEME, code=slug, label=label,
            title=f"Nos demandes\u00a0: {label}", count=sum(1 for item in items if slug in _themes_of(item)),
        )  # fmt: skip


def authorities(edition: Edition) -> tuple[Authority, ...]:
    """Return those whom an item addresses by name, by name."""
    found = {one.code: one for item in edition.items for one in item.authorities}
    return tuple(sorted(found.values(), key=lambda one: (slug(one.label), one.code)))


def themes(edition: Edition) -> dict[str, str]:
    """Return the themes and rights of the items, by the word that names their leaflet, sorted."""
    found: dict[str, str] = {}
    for item in edition.items:
        found |= {name: label for name, label in _themes_of(item).items() if name not in found}
    return dict(sorted(found.items()))


def concerns(item: Item, authority: Authority) -> bool:
    """Say whether an item is asked of that authority: by name, or as one of all at its level of power.

    What names another authority of the same level is asked of that one alone.
    """
    if any(one.code == authority.code for one in item.authorities):
        return True
    if not authority.level or authority.level not in {level.code for level in item.levels}:
        return False
    return all(one.level != authority.level for one in item.authorities)


def lacks_plain(edition: Edition) -> tuple[Item, ...]:
    """Return the items that have no text in plain French yet, in the order of the edition."""
    return tuple(item for item in edition.items if not item.plain.strip())


# --- Making them --------------------------------------------------------------------------------


def chosen(
    edition: Edition, anchors: Iterable[str], *, name: str, title: str, introduction: str = ""
) -> Edition:
    """Return a leaflet of items chosen by hand, in that order, opened by a text (Markdown).

    Anchors that the edition doesn't have are left aside: an item may have left it since.
    """
    known = {item.anchor: item for item in edition.items}
    items = tuple(known[anchor] for anchor in dict.fromkeys(anchors) if anchor in known)
    made = _leaflet(edition, {item.anchor for item in items})
    chapter = Chapter(anchor="nos-demandes", title="Nos demandes", introduction=introduction, items=items)
    return replace(made, chapters=(chapter,) if items else (), variant=name, variant_title=title)


def for_commune(edition: Edition, code: str, place: str, seated: Collection[str] = ()) -> Edition:
    """Return what is asked of one commune: of its own authorities by name, or as one of all communes.

    `code` and `place` are its NIS code and its name, `seated` the codes of its authorities. Raises
    `UnknownVariantError` if nothing is asked of it.
    """
    name = commune_name(code)
    any_commune = Authority(code=name, label=place, level="commune")
    made = _some(
        edition,
        lambda item: concerns(item, any_commune) or any(one.code in seated for one in item.authorities),
        _LEAFLET,
    )
    if not made.items:
        raise UnknownVariantError(name)
    title = f"Ce que nous demandons à la commune {_of(place)}"
    return replace(made, variant=name, variant_title=title)


def _whole(edition: Edition, _code: str) -> Edition:
    return edition


def _summary(edition: Edition, _code: str) -> Edition:
    ranked = {item.anchor for item in content.priorities(edition)}
    made = _some(edition, lambda item: item.anchor in ranked, _SUMMARY)
    return replace(made, preamble=edition.preamble)


def _plain(edition: Edition, _code: str) -> Edition:
    made = _some(edition, lambda item: bool(item.plain.strip()), _LEAFLET)
    return replace(
        made,
        chapters=tuple(
            replace(chapter, introduction="", items=tuple(_plainly(item) for item in chapter.items))
            for chapter in made.chapters
        ),
    )


def _plainly(item: Item) -> Item:
    return replace(
        item, text=item.plain, finding="", justification="", indicator="", testimonies=(), origins=()
    )


def _questions(edition: Edition, _code: str) -> Edition:
    made = _some(edition, lambda _item: False, _QUESTIONS)
    return replace(made, questions=edition.questions)


def _level(edition: Edition, code: str) -> Edition:
    return _some(edition, lambda item: code in {level.code for level in item.levels}, _LEAFLET)


def _authority(edition: Edition, code: str) -> Edition:
    authority = next(one for one in authorities(edition) if one.code == code)
    return _some(edition, lambda item: concerns(item, authority), _LEAFLET)


def _theme(edition: Edition, code: str) -> Edition:
    return _some(edition, lambda item: code in _themes_of(item), _LEAFLET)


def _leaflet(edition: Edition, anchors: set[str]) -> Edition:
    return _some(edition, lambda item: item.anchor in anchors, _LEAFLET)


_MAKERS: dict[Kind, Callable[[Edition, str], Edition]] = {
    Kind.FULL: _whole,
    Kind.SUMMARY: _summary,
    Kind.PLAIN: _plain,
    Kind.QUESTIONS: _questions,
    Kind.LEVEL: _level,
    Kind.AUTHORITY: _authority,
    Kind.THEME: _theme,
}


def _some(edition: Edition, is_kept: Callable[[Item], bool], parts: tuple[str, ...]) -> Edition:
    """Return the edition with some of its items, and of what stands around them those parts."""
    chapters = (
        replace(chapter, items=tuple(item for item in chapter.items if is_kept(item)), figures=())
        for chapter in edition.chapters
    )
    return replace(
        edition,
        chapters=tuple(chapter for chapter in chapters if chapter.items),
        sections=_sections(edition, parts),
        preamble="", figure=None, sources=(), glossary=(), consultations=(), dropped=(), questions=(),
    )  # fmt: skip


def _sections(edition: Edition, parts: tuple[str, ...]) -> tuple[Section, ...]:
    """Return those parts as the edition has them; the chapters and what a variant is for are always there."""
    had = {section.kind: section for section in edition.sections}
    always = {CHAPTERS, "priorities", "questions"} if had else set(parts)
    return tuple(
        replace(had[kind], figures=()) if kind in had else _usual(edition, kind)
        for kind in parts
        if kind in had or kind in always
    )


def _usual(edition: Edition, kind: str) -> Section:
    return content.usual(kind, text=edition.preamble if kind == "preamble" else "")


# --- Names --------------------------------------------------------------------------------------


def chosen_name(leaflet: str) -> str:
    """Return the name of a leaflet that somebody chose by hand."""
    return _name(Kind.CHOSEN, leaflet)


def commune_name(code: str) -> str:
    """Return the name of the leaflet of the commune with that NIS code."""
    return _name(Kind.COMMUNE, code)


def commune_of(name: str) -> str:
    """Return the NIS code of the commune whose leaflet has that name, nothing for another leaflet."""
    kind, _, code = name.partition("-")
    return code if kind == Kind.COMMUNE.value else ""


def slug(text: str) -> str:
    """Return a text as it stands in an address: « Région wallonne » → « region-wallonne »."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return _NO_ANCHOR.sub("-", letters.casefold()).strip("-")


def _name(kind: Kind, code: str) -> str:
    return f"{kind.value}-{slug(code)}"[:_LONGEST_NAME].rstrip("-")


def _themes_of(item: Item) -> dict[str, str]:
    return {slug(label): label for label in (item.theme, item.right) if slug(label)}


def _of(place: str) -> str:
    """Say of which place: « de Dinant », « d’Andenne », « du Rœulx », « des Bons Villers »."""
    for article, said in (("Le ", "du "), ("Les ", "des ")):
        if place.startswith(article):
            return said + place.removeprefix(article)
    return f"d’{place}" if slug(place)[:1] in _VOWELS else f"de {place}"


def _to(label: str) -> str:
    """Say to whom: « à la commune de Dinant »; a name not known to need an article follows a colon."""
    first = label[:1].lower() + label[1:]
    for beginnings, article in _TO_AUTHORITY:
        if first.lower().startswith(beginnings):
            name = label if label[1:2].isupper() else first
            return f"{article}{name}"
    return f": {label}"
