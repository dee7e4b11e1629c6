"""Reading the data of the picture back, as the browser does (assets/js/network/history.js)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hub.core.search import slug
from hub.network.values.payload import EPOCH, SCALE


@dataclass(frozen=True)
class Seen:
    """An actor as the picture knows it; `place` is where it stands, in the unit of the layout."""

    slug: str
    name: str
    label: str
    kind: tuple[str, str, str]
    commune: tuple[str, str, float | None, float | None] | None
    themes: tuple[tuple[str, str], ...]
    sector: str
    place: tuple[float, float]
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Thread:
    """A tie as the picture knows it; `relation` is code, words, words backwards, origin, line, directed."""

    source: str
    target: str
    relation: tuple[Any, ...]
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Decoded:
    """The whole history."""

    actors: list[Seen]
    ties: list[Thread]

    def there(self, day: date) -> dict[str, Seen]:
        """Return who is there on a day, by slug."""
        return {actor.slug: actor for actor in self.actors if _within(day, actor.since, actor.until)}

    def standing(self, day: date, origins: Collection[str] = ("declared", "project")) -> list[Thread]:
        """Return the ties of these origins on a day; both their ends are there."""
        there = self.there(day)
        return [
            tie
            for tie in self.ties
            if tie.relation[3] in origins
            and _within(day, tie.since, tie.until)
            and tie.source in there
            and tie.target in there
        ]


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def decode(data: dict[str, Any]) -> Decoded:
    """Return the history that the columns hold."""
    actors, ties = data["actors"], data["ties"]
    first = EPOCH + timedelta(days=data["base"])

    def day(number: int) -> date | None:
        return first + timedelta(days=number) if number else None

    seen = [
        Seen(
            slug=given or slug(name),
            name=name,
            label=label or name,
            kind=tuple(data["kinds"][kind]),
            commune=tuple(data["communes"][commune - 1]) if commune else None,
            themes=tuple(tuple(data["themes"][theme]) for theme in themes),
            sector=data["sectors"][sector],
            place=(x / SCALE, y / SCALE),
            since=day(since),
            until=day(until),
        )
        for given, name, label, kind, commune, themes, sector, x, y, since, until in zip(
            *(actors[column] for column in (
                "slug", "name", "label", "kind", "commune", "themes", "sector", "x", "y", "since", "until",
            )), strict=True,
        )
    ]  # fmt: skip
    source, threads = 0, []
    for step, target, relation, since, until in zip(
        *(ties[column] for column in ("source", "target", "relation", "since", "until")), strict=True
    ):
        source += step
        row = tuple(data["relations"][relation])
        threads.append(Thread(seen[source].slug, seen[target].slug, row, day(since), day(until)))
    return Decoded(seen, threads)
