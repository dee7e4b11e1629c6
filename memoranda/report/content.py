"""What a report holds: sections with text, figures beside those of a year before, pictures and tables.

Texts are French; paragraphs are Markdown. Nothing here is computed: whoever makes a report counts.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memoranda import plain
from memoranda.content import Threads
from memoranda.errors import ContentError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure as it is read: `value` and `before` in words, `before` empty where nothing was known."""

    label: str
    value: str
    before: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An SVG drawing, what it says to whoever can't see it, and the words beneath it."""

    svg: str
    alternative: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of words; the first cell of a row names it. `numeric` are the places of columns of figures."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a report; `anchor` is unique in it."""

    anchor: str
    title: str
    text: str = ""
    figures: tuple[Figure, ...] = ()
    picture: Picture | None = None
    tables: tuple[Table, ...] = ()
    closing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The state of a network on a day, compared with an earlier one; `threads` are drawn on the cover.

    With neither `since` nor `before` nothing is compared, and figures stand alone.

    A report about a period says so in words: `when` and `before` then stand in place of the two days. Each
    page of a draft says that it is one. Where it `flows`, its parts follow each other on a page: short parts
    would leave most of their own empty.
    """

    title: str
    subtitle: str
    network: str
    day: date
    since: date | None
    primary: str
    sections: tuple[Section, ...]
    threads: Threads | None = None
    territory: str = ""
    contact: str = ""
    language: str = "fr"
    when: str = ""
    before: str = ""
    is_draft: bool = False
    flows: bool = False

    @property
    def is_compared(self) -> bool:
        """Whether figures stand beside earlier ones."""
        return bool(self.before) or self.since is not None


def validate(report: Report) -> None:
    """Raise `ContentError` with all that keeps the report from being printed."""
    problems = [*_shape(report), *_texts(report)]
    if problems:
        raise ContentError(tuple(problems))


def _shape(report: Report) -> Iterator[Problem]:
    if not report.title.strip() or not report.sections:
        yield Problem("", "Le rapport : il faut un titre et au moins une partie.")
    if report.since is not None and report.since > report.day:
        yield Problem("", "Le rapport : la date de comparaison vient après celle du rapport.")
    for anchor, number in Counter(section.anchor for section in report.sections).items():
        if number > 1:
            yield Problem(anchor, f"Deux parties ont la même ancre : {anchor}.")
    for section in report.sections:
        if not section.title.strip():
            yield Problem(section.anchor, f"La partie {section.anchor} : il faut un titre.")
        if section.picture and not section.picture.alternative.strip():
            yield Problem(section.anchor, f"{section.title} : l’image n’a pas de texte de remplacement.")
        for table in section.tables:
            if any(len(row) != len(table.header) for row in table.rows):
                yield Problem(
                    section.anchor, f"{table.caption} : une ligne n’a pas autant de cases que la tête."
                )


def _texts(report: Report) -> Iterator[Problem]:
    for section in report.sections:
        yield from plain.text_problems(section.anchor, section.title, section)
    yield from plain.text_problems(
        "", "Le rapport", (report.title, report.subtitle, report.network, report.when)
    )
