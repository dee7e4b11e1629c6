"""A network as it is exchanged: actors, ties, and what the whole is.

Texts are cleaned once, here, so that every format can hold them: control characters but tab and line break
are dropped, with halves of surrogate pairs and what Unicode or XML forbids; line breaks are line feeds;
blanks around a text are dropped. What stands in a list is one line, and a bar in it becomes a slash, for the
bar keeps the items of a list apart. Figures have six decimals. All else comes back as it went.
"""

import calendar
import re
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum

LOST = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LINE_BREAK = re.compile("\r\n?")
MOMENT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
BEFORE = "avant "
LAST_MONTH = 12
PLACES = 6
"""Decimals of a figure: a tenth of a metre of latitude; spreadsheets keep no more than 15 digits in all."""
CLOSED = "closed"
"""The code of the state of an actor whose activity is over."""


def clean(text: str) -> str:
    """Return the text as every format can hold it."""
    return LINE_BREAK.sub("\n", LOST.sub("", text)).strip()


def clean_item(text: str) -> str:
    """Return the text as an item of a list: one line without a bar."""
    return " ".join(clean(text).replace("|", "/").split())


class Precision(StrEnum):
    """How exactly a day is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    BEFORE = "before"  # some day up to this one


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and how exactly it is known.

    Of a month or a year it is the first day, or the last where a period ends.
    """

    day: date
    precision: Precision = Precision.DAY

    def __str__(self) -> str:
        """Return « 2016 », « 2016-04 », « 2016-04-03 » or « avant 2016-04-03 »."""
        text = self.day.isoformat()
        if self.precision == Precision.BEFORE:
            return f"{BEFORE}{self.day + timedelta(days=1)}" if self.day < date.max else text
        return text[: {Precision.YEAR: 4, Precision.MONTH: 7}.get(self.precision, 10)]


def moment(text: str, *, end: bool = False) -> Moment | None:
    """Read what `Moment` writes; a year or month gives its first day, or its last with `end`.

    Return None for anything else.
    """
    before = text.startswith(BEFORE)
    found = MOMENT.fullmatch(text.removeprefix(BEFORE))
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if before:
        return Moment(first - timedelta(days=1), Precision.BEFORE) if first > date.min else None
    if day:
        return Moment(first)
    last_month = month or LAST_MONTH
    last = date(year, last_month, calendar.monthrange(year, last_month)[1])
    return Moment(last if end else first, Precision.MONTH if month else Precision.YEAR)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a list: its code, and what people read. Either stands for a missing other."""

    code: str
    label: str = ""

    def __post_init__(self) -> None:
        code, label = clean_item(self.code), clean_item(self.label)
        object.__setattr__(self, "code", code or label)
        object.__setattr__(self, "label", label or code)


@dataclass(frozen=True, slots=True)
class Actor:
    """An organisation as it is exchanged: no contact, no person.

    `id` is its address in the hub; places are WGS84 degrees, those of its commune; `founded` is a year.
    """

    id: str
    name: str
    acronym: str = ""
    former_names: tuple[str, ...] = ()
    kind: Term | None = None
    family: Term | None = None
    legal_form: Term | None = None
    enterprise_number: str = ""
    commune: Term | None = None
    latitude: float | None = None
    longitude: float | None = None
    scope: str = ""
    territories: tuple[Term, ...] = ()
    themes: tuple[Term, ...] = ()
    audiences: tuple[Term, ...] = ()
    languages: tuple[Term, ...] = ()
    founded: int | None = None
    state: Term | None = None
    state_since: date | None = None
    website: str = ""
    description: str = ""
    source: str = ""
    confidence: Term | None = None

    def __post_init__(self) -> None:
        _clean_texts(self)
        names = tuple(name for name in map(clean_item, self.former_names) if name)
        object.__setattr__(self, "former_names", names)
        object.__setattr__(self, "name", self.name or self.id)
        _round(self, "latitude", "longitude")

    @property
    def label(self) -> str:
        """The acronym if there is one, else the name, on one line."""
        return " ".join((self.acronym or self.name).split())

    @property
    def ended_on(self) -> date | None:
        """The day since when its activity is over, if it is and the day is known."""
        return self.state_since if self.state and self.state.code == CLOSED else None


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie from `source` to `target` (ids of actors), in the words of each direction.

    `symmetric` says that both directions say the same. `origin` is how the hub knows it: declared, or deduced
    from a space, a day, a memorandum, a project, a roof; `about` what that is called. `evidence` is where the
    fact was read. `strength` is 1 for what two share alone, less for what many share.
    """

    id: str
    source: str
    target: str
    kind: Term | None = None
    reverse_label: str = ""
    symmetric: bool = False
    start: Moment | None = None
    end: Moment | None = None
    origin: Term | None = None
    about: str = ""
    evidence: str = ""
    confidence: Term | None = None
    note: str = ""
    strength: float = 1.0

    def __post_init__(self) -> None:
        _clean_texts(self)
        _round(self, "strength")
        # A year is what it says: its first or last day, whatever day was kept with it.
        object.__setattr__(self, "start", moment(str(self.start)) if self.start else None)
        object.__setattr__(self, "end", moment(str(self.end), end=True) if self.end else None)


def _clean_texts(record: Actor | Tie) -> None:
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, str):
            object.__setattr__(record, field.name, clean(value))


def _round(record: Actor | Tie, *names: str) -> None:
    for name in names:
        value = getattr(record, name)
        object.__setattr__(record, name, None if value is None else round(value, PLACES))


@dataclass(frozen=True, slots=True)
class About:
    """What an exchanged network is: whose, as of which day (None: of all times), how it was narrowed."""

    title: str
    made_on: date
    as_of: date | None = None
    address: str = ""
    description: str = ""


@dataclass(frozen=True)
class Exchange:
    """A network to write; every tie's ends are among the actors, and no two actors have one id."""

    about: About
    actors: tuple[Actor, ...]
    ties: tuple[Tie, ...]
