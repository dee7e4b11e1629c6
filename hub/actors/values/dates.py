"""Dates known to the day, the month or the year, or only as « before »."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date as babel_format

from hub.actors.models.relations import Precision
from hub.core.errors import N_, DomainError
from hub.core.search import fold

FIRST_YEAR, LAST_YEAR = 1000, 2200
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january januari jan",
            "fevrier fevr february februari feb fev",
            "mars march maart mar mrt",
            "avril avr april apr",
            "mai may mei",
            "juin june juni jun",
            "juillet juil july juli jul",
            "aout august augustus aug",
            "septembre sept september sep",
            "octobre oct october oktober okt",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]00:00(?::00)?)?")
BELGIAN = re.compile(r"(?:(\d{1,2})[/.-])?(\d{1,2})[/.-](\d{4})")
WORDS = re.compile(r"(?:(\d{1,2})(?:er)? )?([a-z]+) (\d{4})")
BEFORE = re.compile(r"(?:avant|before|voor)(?: le| l)? (.+)", re.IGNORECASE)


@dataclass(frozen=True)
class PartialDate:
    """A day and how exactly it is known.

    For a month or a year it is the first or the last day, as it begins or ends a period; with
    `Precision.BEFORE` it is the last day that is possible.
    """

    day: date
    precision: Precision


def parse(text: str, *, end: bool = False) -> PartialDate | None:
    """Read « 2016 », « avril 2016 », « 04/2016 », « 6 juin 2023 », « 06/06/2023 », « avant 2025 », ISO dates.

    `end` tells that the date ends a period: a year is then its last day. An empty text gives None.
    Raises DomainError for anything else.
    """
    text = " ".join(text.split())
    if not text:
        return None
    before = BEFORE.fullmatch(text)
    year, month, day = _numbers(before[1] if before else text)
    first, last = _bounds(year, month, day)
    if before:
        return PartialDate(first - timedelta(days=1), Precision.BEFORE)
    precision = Precision.DAY if day else (Precision.MONTH if month else Precision.YEAR)
    return PartialDate(last if end else first, precision)


def _numbers(text: str) -> tuple[int, int | None, int | None]:
    if found := ISO.fullmatch(text):
        year, month, day = found.groups()
    elif found := BELGIAN.fullmatch(text):
        day, month, year = found.groups()
    elif (found := WORDS.fullmatch(fold(text))) and found[2] in MONTHS:
        day, month, year = found[1], str(MONTHS[found[2]]), found[3]
    else:
        raise _unreadable()
    return int(year), int(month) if month else None, int(day) if day else None


def _bounds(year: int, month: int | None, day: int | None) -> tuple[date, date]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _unreadable()
    try:
        first = date(year, month or 1, day or 1)
    except ValueError as problem:
        raise _unreadable() from problem
    if day:
        return first, first
    if month:
        return first, first.replace(day=calendar.monthrange(year, month)[1])
    return first, date(year, 12, 31)


def _unreadable() -> DomainError:
    return DomainError(
        N_(
            "Cette date ne se lit pas. Écrivez par exemple « 2016 », « avril 2016 », « 6 juin 2023 » "
            "ou « avant 2025 »."
        )
    )


def show(day: date | None, precision: Precision, language: str = "fr") -> str:
    """Return the date in words, as exactly as it is known: « avril 2016 », « avant 2025 »."""
    if day is None:
        return ""
    if precision == Precision.BEFORE:
        return _show_before(day + timedelta(days=1), language)
    if precision == Precision.YEAR:
        return str(day.year)
    if precision == Precision.MONTH:
        return babel_format(day, "MMMM y", locale=language)
    text = babel_format(day, "d MMMM y", locale=language)
    return re.sub(r"^1 ", "1er ", text) if language == "fr" else text


def _show_before(limit: date, language: str) -> str:
    word = {"fr": "avant", "nl": "voor", "en": "before"}[language]
    if limit.day == 1 and limit.month == 1:
        return f"{word} {limit.year}"
    if limit.day == 1:
        return f"{word} {show(limit, Precision.MONTH, language)}"
    return f"{word} {'le ' if language == 'fr' else ''}{show(limit, Precision.DAY, language)}"
