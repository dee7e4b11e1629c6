"""Equivalent terms, edited by people: where one of them stands in a text, and which group it belongs to."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from memoranda.similarity.words import kept, stem

Form = tuple[str, ...]
"""The stems of a term, stop-words left out."""


@dataclass(frozen=True)
class Thesaurus:
    """Groups of terms that say the same, and fields of terms that belong to one theme.

    The order of groups and terms says nothing. A term that stands in several groups counts in the first of
    them by alphabet; in as many fields as it stands in.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    fields: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of groups and fields, whatever their order, in hexadecimal."""
        plain = [sorted({tuple(sorted(set(each))) for each in every}) for every in (self.groups, self.fields)]
        return hashlib.sha256(json.dumps(plain).encode()).hexdigest()

    @cached_property
    def lexicon(self) -> "Lexicon":
        """Return the groups as they are looked for; each is named by its first form by alphabet."""
        found: dict[Form, tuple[str, ...]] = {}
        for name, forms in _named(self.groups):
            for each in forms:
                found.setdefault(each, (name,))
        return Lexicon(found)

    @cached_property
    def themes(self) -> "Lexicon":
        """Return the fields as they are looked for; each is named by its first form by alphabet."""
        found: dict[Form, tuple[str, ...]] = {}
        for name, forms in _named(self.fields):
            for each in forms:
                found[each] = (*found.get(each, ()), name)
        return Lexicon(found)


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: words from `first` up to `last`, by their places in the row, and its names."""

    first: int
    last: int
    names: tuple[str, ...]


class Lexicon:
    """Terms by their stems, looked for in texts: the longest one that begins at a word is taken."""

    def __init__(self, names: Mapping[Form, tuple[str, ...]]) -> None:
        self._names = names
        lengths: dict[str, set[int]] = {}
        for each in names:
            lengths.setdefault(each[0], set()).add(len(each))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def hits(self, stems: Sequence[str]) -> Iterator[Hit]:
        """Yield the terms in a row of stems, from left to right; none overlaps another."""
        last = 0
        for place, first in enumerate(stems):
            if place < last or first not in self._lengths:
                continue
            hit = self._at(stems, place)
            if hit:
                last = hit.last
                yield hit

    def _at(self, stems: Sequence[str], place: int) -> Hit | None:
        for length in self._lengths[stems[place]]:
            found = tuple(stems[place : place + length])  # shorter at the end of the row
            if found in self._names:
                return Hit(place, place + len(found), self._names[found])
        return None


def form(term: str) -> Form:
    """Return the stems of a term, empty for a term without words."""
    return tuple(stem(word.small) for word in kept(term))


def _named(every: Sequence[Sequence[str]]) -> list[tuple[str, set[Form]]]:
    found = [{each for each in map(form, terms) if each} for terms in every]
    return sorted((" ".join(min(forms)), forms) for forms in found if forms)
