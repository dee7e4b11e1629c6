"""The index of a memorandum: themes, who is addressed, who bears what, each with its items."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from memoranda.content import Edition, Item


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index: its words, and (anchor, number) of the items, in the order of the body."""

    label: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one kind, by name."""

    title: str
    entries: tuple[Entry, ...]


def of(edition: Edition) -> tuple[Group, ...]:
    """Return the groups of the index that have any line."""
    groups = (
        _group("Thèmes et droits", edition, lambda item: (item.theme, item.right)),
        _group("À qui nous nous adressons", edition, _addressed),
        _group("Qui porte ces recommandations", edition, lambda item: item.bearers),
    )
    return tuple(group for group in groups if group.entries)


def numbers(entry: Entry, pages: dict[str, int]) -> tuple[tuple[str, int], ...]:
    """Return (anchor, page) of an entry, each page once."""
    found: dict[int, str] = {}
    for anchor, _ in entry.items:
        found.setdefault(pages[anchor], anchor)
    return tuple((anchor, page) for page, anchor in found.items())


def _addressed(item: Item) -> Iterable[str]:
    return (*(level.label for level in item.levels), *(one.label for one in item.authorities))


def _group(title: str, edition: Edition, words: Callable[[Item], Iterable[str]]) -> Group:
    found: dict[str, list[tuple[str, str]]] = {}
    for item in edition.items:
        for word in dict.fromkeys(words(item)):
            if word.strip():
                found.setdefault(word, []).append((item.anchor, item.number))
    entries = (Entry(word, tuple(found[word])) for word in sorted(found, key=_sorted_as))
    return Group(title, tuple(entries))


def _sorted_as(word: str) -> tuple[str, str]:
    plain = unicodedata.normalize("NFKD", word.replace("œ", "oe").replace("Œ", "Oe"))
    return "".join(char for char in plain if char.isalnum() or char == " ").casefold(), word
