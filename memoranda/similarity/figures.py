"""Figures in French texts: numbers with their units, percentages, amounts, dates, number words.

Equal figures are equal however they are written: « 100 % » and « cent pour cent », « 1 an » and « douze mois
», « 2,5 millions d’euros » and « 2 500 000 € ».
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from memoranda.similarity.words import TEXTS_REMEMBERED, listed, plain, words

PERCENT, EURO, DAYS, MONTHS, HOURS, YEAR, DATE, BARE = (
    "%",
    "€",
    "jours",
    "mois",
    "heures",
    "année",
    "date",
    "",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure from `start` up to `end`: its value as text, in its unit (PERCENT, EURO, … or BARE).

    Years last 12 months, weeks 7 days. A date is year-month-day as far as it is known. `implied`: said
    without a number (« intégralement »), so that it only answers a figure of the other text.
    """

    start: int
    end: int
    value: str
    unit: str
    implied: bool = False


_SPACE = "[ \u00a0\u2009\u202f]"
_NUMBER = re.compile(
    r"(?<![0-9])[0-9]{1,3}(?:[.\u00a0\u2009\u202f ][0-9]{3}){1,4}(?![0-9])(?:,[0-9]{1,4})?"
    r"|(?<![0-9])[0-9]{1,15}(?:[.,][0-9]{1,4}(?![0-9]))?"
)
_DATE = re.compile(r"(?<![0-9])([0-3]?[0-9])[/.-]([01]?[0-9])[/.-]((?:19|20)[0-9]{2})(?![0-9])")
_LISTED = re.compile(rf"(?m)^{_SPACE}{{0,8}}[0-9]{{1,2}}{_SPACE}?[.)°](?={_SPACE})|[0-9]{{1,3}}{_SPACE}?°")
_SIGN = re.compile(rf"{_SPACE}?(%|€)")
_MONTH_NAMES = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
]
_ONES = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15,
    "seize": 16, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
_TIMES = {"cent": 100, "cents": 100, "mille": 1000}
_GREAT = {"million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9}
_UNITS: dict[str, tuple[str, int]] = {
    "euro": (EURO, 1), "euros": (EURO, 1), "eur": (EURO, 1), "pourcent": (PERCENT, 1),
    "pourcents": (PERCENT, 1),
    "jour": (DAYS, 1), "jours": (DAYS, 1), "semaine": (DAYS, 7), "semaines": (DAYS, 7),
    "mois": (MONTHS, 1), "trimestre": (MONTHS, 3), "trimestres": (MONTHS, 3), "semestre": (MONTHS, 6),
    "an": (MONTHS, 12), "ans": (MONTHS, 12), "annee": (MONTHS, 12), "annees": (MONTHS, 12),
    "heure": (HOURS, 1), "heures": (HOURS, 1), "h": (HOURS, 1),
}  # fmt: skip
_PARTS = {"moitie": "50", "tiers": "33", "quart": "25", "quarts": "25"}
_COUNTED = frozenset({"la", "un", "deux", "trois"})
_WHOLE = listed("integralement integral integrale totalite entierement integralite totalement")
_ARTICLES = frozenset({"un", "une"})
_JOINED = frozenset({"d", "de"})
_LONGEST = 8
"""Words of a number word."""


@lru_cache(maxsize=TEXTS_REMEMBERED)
def figures(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text, from left to right."""
    return tuple(sorted(_Reading(text).figures(), key=lambda figure: (figure.start, figure.end)))


class _Reading:
    """One text while its figures are looked for; what one way of writing took is left by the next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)
        self.plain = [plain(word.small) for word in self.words]
        self.starts = [word.start for word in self.words]
        self.taken: set[int] = set()
        """Places of words that stand in a figure."""
        for found in _LISTED.finditer(text):
            self._take(found.start(), found.end())

    def figures(self) -> Iterator[Figure]:
        for read in (self._dates, self._named_dates, self._numbers, self._parts, self._number_words):
            yield from read()

    def _take(self, start: int, end: int) -> bool:
        """Take the words from one character up to another; say whether they were free."""
        places = range(bisect_left(self.starts, start), bisect_left(self.starts, end))
        free = self.taken.isdisjoint(places)
        self.taken.update(places)
        return free

    def _dates(self) -> Iterator[Figure]:
        for found in _DATE.finditer(self.text):
            day, month, year = (int(part) for part in found.groups())
            if self._take(found.start(), found.end()):
                yield Figure(found.start(), found.end(), f"{year}-{month:02}-{day:02}", DATE)

    def _named_dates(self) -> Iterator[Figure]:
        for place, name in enumerate(self.plain):
            if name not in _MONTH_NAMES or place in self.taken:
                continue
            day = self._near(place - 1, 1, 31)
            year = self._near(place + 1, 1900, 2100)
            if day is None and year is None:
                continue
            first = self.words[place - 1 if day is not None else place]
            last = self.words[place + 1 if year is not None else place]
            month = _MONTH_NAMES.index(name) + 1
            self._take(first.start, last.end)
            value = f"{year or '?'}-{month:02}" + (f"-{day:02}" if day else "")
            yield Figure(first.start, last.end, value, DATE)

    def _near(self, place: int, least: int, most: int) -> int | None:
        """Return the number that a word is (« 1er » too), if it is one between two others."""
        if not 0 <= place < len(self.words):
            return None
        digits = self.plain[place].removesuffix("er")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= len("2024")):
            return None
        return int(digits) if least <= int(digits) <= most else None

    def _numbers(self) -> Iterator[Figure]:
        for found in _NUMBER.finditer(self.text):
            if self._take(found.start(), found.end()):
                yield self._with_unit(found.start(), found.end(), _decimal(found.group()))

    def _number_words(self) -> Iterator[Figure]:
        place = 0
        while place < len(self.words):
            value, after = (None, place) if place in self.taken else _spoken(self._row(place))
            if value is None:
                place += 1
                continue
            after += place
            figure = self._with_unit(self.words[place].start, self.words[after - 1].end, Decimal(value))
            if figure.unit != BARE or self.plain[place] not in _ARTICLES or after - place > 1:
                self._take(figure.start, figure.end)
                yield figure
            place = after

    def _row(self, place: int) -> list[str]:
        """Return the words from a place on that may be one number: nothing but spaces and hyphens between."""
        row: list[str] = []
        for number in range(place, min(place + _LONGEST, len(self.words))):
            if number in self.taken or (row and not self._beside(number)):
                break
            row.append(self.plain[number])
        return row

    def _beside(self, place: int) -> bool:
        between = self.text[self.words[place - 1].end : self.words[place].start]
        return not between.strip(" -\u2010\u2011\u00a0\u2009\u202f\n")

    def _with_unit(self, start: int, end: int, value: Decimal) -> Figure:
        """Return the figure that a number is together with what follows it."""
        place = bisect_left(self.starts, end)
        multiple = _GREAT.get(self._at(place, end))
        if multiple:
            value, end, place = value * multiple, self.words[place].end, place + 1
        sign = _SIGN.match(self.text, end)
        if sign:
            return Figure(start, sign.end(), _written(value), PERCENT if sign[1] == "%" else EURO)
        if self._at(place, end) == "pour" and self._at(place + 1, end) in _TIMES:
            return self._figure(start, place + 1, value, PERCENT)
        if value >= min(_GREAT.values()) and self._at(place, end) in _JOINED:
            place += 1
        unit, times = _UNITS.get(self._at(place, end), (BARE, 1))
        if unit != BARE:
            return self._figure(start, place, value * times, unit)
        if self.text[:start].endswith(("€", "€ ", "€\u00a0")):
            return Figure(start, end, _written(value), EURO)
        is_year = not multiple and end - start == 4 and 1900 <= value <= 2100  # noqa: PLR2004 - years as written
        return Figure(start, end, _written(value), YEAR if is_year else BARE)

    def _figure(self, start: int, last: int, value: Decimal, unit: str) -> Figure:
        self._take(start, self.words[last].end)
        return Figure(start, self.words[last].end, _written(value), unit)

    def _at(self, place: int, end: int) -> str:
        """Return the word at a place, empty if it stands far from the character where a number ends."""
        near = place < len(self.words) and self.words[place].start - end <= 2 * _LONGEST
        return self.plain[place] if near else ""

    def _parts(self) -> Iterator[Figure]:
        for place, name in enumerate(self.plain):
            word = self.words[place]
            before = self.plain[place - 1] if place else ""
            if name in _WHOLE:
                yield Figure(word.start, word.end, "100", PERCENT, implied=True)
            elif name in _PARTS and before in _COUNTED and self._take(self.words[place - 1].start, word.end):
                times = max(1, _ONES.get(before, 1))
                yield Figure(self.words[place - 1].start, word.end, str(times * int(_PARTS[name])), PERCENT)


def _decimal(written: str) -> Decimal:
    groups = re.split(r"[.\u00a0\u2009\u202f ]", written)
    is_grouped = len(groups) > 1 and all(len(group.split(",")[0]) == 3 for group in groups[1:])  # noqa: PLR2004
    joined = "".join(groups) if is_grouped else written
    return Decimal(joined.replace(",", "."))


def _written(value: Decimal) -> str:
    """Return a value without what says nothing: 90, 2.5."""
    return f"{value.normalize():f}"


def _spoken(row: Sequence[str]) -> tuple[int | None, int]:
    """Return the number that a row of words begins with (None if none), and how many words say it."""
    great, total, taken = 0, 0, 0
    part: int | None = None
    for place, word in enumerate(row):
        if word in _ONES:
            value = _ONES[word]
            if word in {"vingt", "vingts"} and part is not None and part % 100 == 4:  # noqa: PLR2004 - quatre-vingts
                part += 76
            elif part is None or _fits(part, value):
                part = (part or 0) + value
            else:
                break
        elif word in _TIMES and not (word != "mille" and part is not None and part >= 100):  # noqa: PLR2004
            part = (part or 1) * _TIMES[word]
            if word == "mille":
                total, part = total + part, None
        elif word in _GREAT and total + (part or 0):
            great, total, part = great + (total + (part or 0)) * _GREAT[word], 0, None
        elif not (word == "et" and part and place + 1 < len(row) and row[place + 1] in {"un", "une", "onze"}):
            break
        else:
            continue
        taken = place + 1
    return (great + total + (part or 0), taken) if taken else (None, 0)


def _fits(part: int, value: int) -> bool:
    """Say whether a word of a number may follow: ones after tens, both after hundreds."""
    below = part % 100
    if below == 0:
        return part > 0
    return (value < 10 and below % 10 == 0 and below >= 20) or (10 <= value < 20 and below in {60, 80})  # noqa: PLR2004
