"""The words by which the directory knows themes, publics, languages, kinds of actors and places."""

import csv
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from hub.actors.models.reference import TerritoryKind
from hub.actors.values import words
from hub.core.search import fold

SYNONYMS = Path(__file__).parents[2] / "reference" / "synonyms.csv"
LONGEST_PHRASE = 6
SHORT_PLACE = 4
LONG_ENOUGH_TO_LOSE_S = 3

Phrase = tuple[str, ...]


class Meaning(NamedTuple):
    """What a phrase stands for: the list (theme, audience, kind, language) and the code in it."""

    list: str
    code: str


@dataclass(frozen=True)
class Place:
    """A territory: `ancestors` are the codes of the larger ones that it lies in.

    It can be near or far only with a point (WGS84 degrees); the larger ones are territories to be within.
    """

    code: str
    name: str
    kind: TerritoryKind = TerritoryKind.COMMUNE
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    ancestors: frozenset[str] = frozenset()

    @property
    def is_point(self) -> bool:
        """Whether one can be near it: a commune, or a town that is a region, not a province."""
        return bool(self.postal_code) and self.latitude is not None and self.longitude is not None


@dataclass(frozen=True)
class Vocabulary:
    """Phrases and what they mean, by the folded and stemmed words of the phrase."""

    meanings: dict[Phrase, tuple[Meaning, ...]] = field(default_factory=dict)
    languages: dict[Phrase, str] = field(default_factory=dict)
    places: dict[Phrase, str] = field(default_factory=dict)
    places_by_code: dict[str, Place] = field(default_factory=dict)
    close: dict[str, frozenset[str]] = field(default_factory=dict)
    labels: dict[Meaning, str] = field(default_factory=dict)
    spelling: dict[Phrase, str] = field(default_factory=dict)  # how a phrase is written
    empty: frozenset[str] = frozenset()  # folded words that narrow nothing

    def themes_meant(self, code: str) -> frozenset[str]:
        """Return the theme and those that are so close to it that whoever seeks it wants them too."""
        return self.close.get(code, frozenset()) | {code}


class Synonym(NamedTuple):
    """A line of the list of synonyms."""

    list: str
    code: str
    phrases: tuple[str, ...]


def stem(word: str) -> str:
    """Return a folded word without the ending of its plural."""
    return word[:-1] if len(word) > LONG_ENOUGH_TO_LOSE_S and word[-1] in "sx" else word


def phrase_of(text: str) -> Phrase:
    """Return the folded, stemmed words of a text."""
    return tuple(stem(word) for word in fold(text).split())


@functools.cache
def synonyms(path: Path = SYNONYMS) -> tuple[Synonym, ...]:
    """Read the list of plain words; it is edited as a file, and read when the server starts."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Synonym(line["list"], line["code"], tuple(part.strip() for part in line["words"].split("|")))
            for line in csv.DictReader(file)
        )


def build(labels: Iterable[tuple[str, str, str]], places: Iterable[Place]) -> Vocabulary:
    """Make the vocabulary of the lists as people have edited them: (list, code, label), and of the places.

    A synonym of a code that is in no list any more is left out.
    """
    places_by_code = {place.code: place for place in places}
    labelled = list(labels)
    known = {Meaning(name, code) for name, code, _label in labelled}
    meanings: dict[Phrase, list[Meaning]] = {}
    names = dict(_place_names(places_by_code))
    spelling = {phrase_of(words.language_name(code)): words.language_name(code) for code in words.LANGUAGES}
    for name, code, label in [*labelled, *_plain_words()]:
        meaning, phrase = Meaning(name, code), phrase_of(label)
        if meaning in known and phrase and len(phrase) <= LONGEST_PHRASE:
            held = meanings.setdefault(phrase, [])
            held += [meaning] if meaning not in held else []
            spelling.setdefault(phrase, label)
    codes = {code for name, code in known if name == "theme"}
    return Vocabulary(
        meanings={phrase: tuple(found) for phrase, found in meanings.items()},
        languages={phrase_of(words.language_name(code)): code for code in words.LANGUAGES},
        places=names,
        places_by_code=places_by_code,
        close={
            line.code: frozenset(line.phrases) & codes
            for line in synonyms()
            if line.list == "close" and line.code in codes
        },
        labels={Meaning(name, code): label for name, code, label in labelled},
        empty=frozenset(fold(word) for line in synonyms() if line.list == "empty" for word in line.phrases),
        spelling={phrase: places_by_code[code].name for phrase, code in names.items()} | spelling,
    )


def _plain_words() -> Iterator[tuple[str, str, str]]:
    for line in synonyms():
        if line.list in {"theme", "audience", "kind"}:
            yield from ((line.list, line.code, phrase) for phrase in line.phrases)


def _place_names(places: dict[str, Place]) -> Iterator[tuple[Phrase, str]]:
    """Yield each name and postal code; of two places of one name, communes come last and so win."""
    for line in synonyms():
        if line.list == "place" and line.code in places:
            yield from ((phrase_of(name), line.code) for name in line.phrases)
    for place in sorted(places.values(), key=lambda place: place.is_point):
        phrase = phrase_of(place.name)
        if phrase and len(phrase) <= LONGEST_PHRASE:
            yield phrase, place.code
            if phrase[0] == "saint" or "saint" in phrase:
                yield tuple("st" if word == "saint" else word for word in phrase), place.code
        if phrase[:2] in {("province", "de"), ("province", "du")} and not _is_commune(phrase[2:], places):
            yield phrase[2:], place.code
        if place.postal_code:
            yield (place.postal_code,), place.code


def _is_commune(phrase: Phrase, places: dict[str, Place]) -> bool:
    return any(place.is_point and phrase_of(place.name) == phrase for place in places.values())
