"""What may tell who somebody is, looked for in a text: a plain reminder, which doesn't see all."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from hub.core.errors import N_
from hub.core.search import fold


class Sign(StrEnum):
    """What kind of thing may identify somebody."""

    NAME = "name"
    BIRTH = "birth"
    DATE = "date"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"
    NUMBER = "number"
    PLACE = "place"
    AGE = "age"


SIGNS = {
    Sign.NAME: N_("peut-être un nom"),
    Sign.BIRTH: N_("date de naissance"),
    Sign.DATE: N_("date précise"),
    Sign.ADDRESS: N_("adresse"),
    Sign.PHONE: N_("téléphone"),
    Sign.EMAIL: N_("adresse mail"),
    Sign.NUMBER: N_("numéro de dossier ou de registre"),
    Sign.PLACE: N_("lieu, à côté d’une nationalité"),
    Sign.AGE: N_("âge exact"),
}
MONTHS = r"janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre"
FIGURES = r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:\d{4}|\d{2})"
DAY = rf"\d{{1,2}}(?:er)?\s+(?:{MONTHS})(?:\s+\d{{4}})?|{FIGURES}"
CAPITAL = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ’'-]+"
# The first of several that claim the same words stands.
PATTERNS = (
    (Sign.EMAIL, re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")),
    (Sign.NUMBER, re.compile(r"\b\d{2}[.\s]?\d{2}[.\s]?\d{2}[-\s]?\d{3}[.\s-]?\d{2}\b")),
    (Sign.NUMBER, re.compile(r"\b(?:[A-Z]{1,3}[- ]?)?\d{1,3}(?:[. ]\d{3}){2,}\b(?![ .]?\d)|\b\d{7,9}\b")),
    (
        Sign.PHONE,
        re.compile(r"(?:\+|\b00)\d{2}[\s./()-]*\d(?:[\s./-]?\d){6,9}\b|\b0\d{1,3}(?:[\s./-]?\d){6,8}\b"),
    ),
    (Sign.BIRTH, re.compile(rf"\bn[ée]+[··.]?e?\s+(?:le\s+|en\s+)(?:{DAY}|\d{{4}})", re.IGNORECASE)),
    (Sign.DATE, re.compile(rf"\b(?:{DAY})\b", re.IGNORECASE)),
    (
        Sign.ADDRESS,
        re.compile(
            r"\b(?:rue|avenue|av\.|boulevard|bd|chaussée|place|quai|impasse|allée|clos|drève|chemin|square|"
            r"route|sentier)\s+(?:d[eu’']\s?|des\s+|l[ea’']\s?|les\s+|la\s+)*[A-ZÀ-ÖØ-Þ0-9][\w’'-]*"
            r"(?:\s+[A-ZÀ-ÖØ-Þ][\w’'-]*)*(?:\s*,?\s*(?:n°\s*)?\d{1,4}\s?[a-zA-Z]?\b)?",
            re.IGNORECASE,
        ),
    ),
    (Sign.ADDRESS, re.compile(rf"\b[1-9]\d{{3}}\s+{CAPITAL}")),
    (
        Sign.AGE,
        re.compile(r"\b\d{1,3}\s?ans(?:\s+et\s+demi)?\b(?!\s+(?:de|d’|plus tard|après|que))", re.IGNORECASE),
    ),
    (
        Sign.NAME,
        re.compile(
            rf"\b(?:M\.|MM\.|Mme|Mlle|Monsieur|Madame|Dr|Docteur|Maître)\s+{CAPITAL}(?:\s+{CAPITAL})*"
        ),
    ),
    (Sign.NAME, re.compile(rf"(?:appelle|nomme|prénom(?: est)?|surnomme)\s+{CAPITAL}(?:\s+{CAPITAL})*")),
    (Sign.NAME, re.compile(rf"\b{CAPITAL}(?:\s+(?:El|Al|Ben|De|Van|Von|Le|La)?\s?{CAPITAL})+")),
    (Sign.NAME, re.compile(rf"(?<=[a-zß-öø-ÿ,;:’'] ){CAPITAL}")),
)
# How words for who comes from where begin, without accents.
NATIONS = (
    "afghan", "albanai", "algerien", "angolai", "armenien", "bangladai", "bosniaqu", "bresilien", "bulgar",
    "burkinab", "burundai", "camerounai", "chinoi", "colombien", "congolai", "erythreen", "ethiopien",
    "gambien", "georgien", "ghaneen", "guineen", "haitien", "indien", "irakien", "iranien", "ivoirien",
    "kosovar", "libanai", "libyen", "malien", "marocain", "mauritanien", "moldav", "mongol", "nepalai",
    "nigerian", "nigerien", "pakistanai", "palestinien", "peruvien", "philippin", "roumain", "russ",
    "rwandai", "salvadorien", "senegalai", "serb", "sierra", "somalien", "soudanai", "syrien", "tamoul",
    "tchadien", "tchetchen", "tibetain", "togolai", "tunisien", "turc", "turqu", "ukrainien",
    "venezuelien", "vietnamien", "yemenit",
)  # fmt: skip
KNOWN = frozenset(
    {
        "À", "Au", "Dans", "De", "Des", "Du", "Elle", "En", "Et", "Il", "Je", "La", "Le", "Les", "Mais",
        "On", "Un", "Une", "Belgique", "Wallonie", "Bruxelles", "Europe", "Flandre", "France", "État",
        "Région", "Communauté",
        "Fédération", "Union", "CPAS", "CRI", "FLE", "Forem", "Office", "Fedasil", "Croix", "Rouge",
        "Onem", "Ville", "Commune", "Province", "Noël", "Pâques", "Ramadan",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of a text that may identify somebody: [start, end)."""

    start: int
    end: int
    sign: Sign


def signs(text: str, towns: Iterable[str] = ()) -> list[Found]:
    """Return what may identify somebody in a text, in order, without overlaps.

    `towns`: places so small that somebody of a nationality may be known there.
    """
    taken: list[Found] = []
    for sign, pattern in PATTERNS:
        for match in pattern.finditer(text):
            if sign != Sign.NAME or not _is_common(match.group()):
                _add(taken, Found(match.start(), match.end(), sign))
    taken = list(_with_places(text, towns, taken))
    return sorted(taken, key=lambda each: each.start)


def _add(taken: list[Found], new: Found) -> None:
    if all(new.end <= each.start or new.start >= each.end for each in taken):
        taken.append(new)


def _is_common(words: str) -> bool:
    """Say whether words with capitals name nobody: institutions and countries that everybody knows."""
    return all(word in KNOWN for word in re.split(r"[\s’'-]+", words) if word[:1].isupper())


def _with_places(text: str, towns: Iterable[str], taken: list[Found]) -> Iterator[Found]:
    """Yield what was found, a town as a place where a nationality stands in the same text."""
    nation = any(word.startswith(NATIONS) for word in fold(text).split())
    places = [
        Found(match.start(), match.end(), Sign.PLACE)
        for town in towns
        if nation and town
        for match in re.finditer(rf"(?<!\w){re.escape(town)}(?!\w)", text)
    ]
    yield from places
    for each in taken:
        if all(each.end <= place.start or each.start >= place.end for place in places):
            yield each


def pieces(text: str, found: Iterable[Found]) -> list[tuple[str, Sign | None]]:
    """Return the text in pieces, each with the sign that it may be; joined they make the text again."""
    cut: list[tuple[str, Sign | None]] = []
    place = 0
    for each in found:
        cut += [(text[place : each.start], None), (text[each.start : each.end], each.sign)]
        place = each.end
    cut.append((text[place:], None))
    return [piece for piece in cut if piece[0]]


def is_full_name(pseudonym: str) -> bool:
    """Say whether a pseudonym looks like a first name with a family name: an initial is none."""
    return len([word for word in pseudonym.split() if len(word.rstrip(".")) > 1]) > 1
