"""The tables beside the picture: actors, ties, communities. Each says in words what the picture shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.values import words
from hub.core import exports, paging
from hub.core.search import fold
from hub.network.values.analysis import Analysis, Community, Line
from hub.network.values.register import Actor, Link, Part
from hub.network.values.threads import Thread, thread_of
from hub.network.words import ORIGINS, THREADS

LINES = 50
Row = TypeVar("Row")
Sorts = dict[str, Callable[[Row], Any]]


@dataclass(frozen=True, slots=True)
class Relation:
    """A tie of the picture with its two ends."""

    source: Actor
    target: Actor
    link: Link
    thread: Thread


ACTORS: Sorts[Line] = {
    "name": lambda line: line.actor.search_text,
    "kind": lambda line: fold(line.actor.kind),
    "commune": lambda line: (not line.actor.commune, fold(line.actor.commune)),
    "degree": lambda line: line.degree,
    "betweenness": lambda line: line.betweenness or 0.0,
    "component": lambda line: line.component,
    "community": lambda line: (line.measures.community is None, line.measures.community or 0),
}
TIES: Sorts[Relation] = {
    "source": lambda row: row.source.search_text,
    "relation": lambda row: fold(row.link.label),
    "target": lambda row: row.target.search_text,
    "origin": lambda row: (list(Thread).index(row.thread), fold(row.link.about)),
    "start": lambda row: (row.link.start_on is None, row.link.start_on and row.link.start_on.toordinal()),
    "end": lambda row: (row.link.end_on is None, row.link.end_on and row.link.end_on.toordinal()),
}
COMMUNITIES: Sorts[Community] = {
    "number": lambda group: group.number,
    "size": lambda group: len(group.members),
    "first": lambda group: group.members[0].search_text,
    "theme": lambda group: (not group.theme, fold(group.theme)),
    "commune": lambda group: (not group.commune, fold(group.commune)),
}
FIRST_DOWN = {"degree", "betweenness", "size"}


@dataclass(frozen=True)
class Sorted(Generic[Row]):
    """One page of a table, by which column it is sorted and which way."""

    name: str
    page: paging.Page[Row]
    rows: Sequence[Row]
    sort: str
    direction: str


def asked_table(part: Part, analysis: Analysis) -> Sorted[Any]:
    """Return the table that the address asks for, sorted and paged as it says; actors unless told."""
    name = request.args.get("table", "")
    if name == "ties":
        return _sorted(name, relations(part), TIES, "source")
    if name == "communities":
        shown = {actor.slug for actor in part.actors}
        groups = [
            group for group in analysis.communities if any(actor.slug in shown for actor in group.members)
        ]
        return _sorted(name, groups, COMMUNITIES, "number")
    return _sorted("", [line for line in lines_of(part, analysis) if line.degree], ACTORS, "degree")


def lines_of(part: Part, analysis: Analysis) -> list[Line]:
    """Return the measures of everybody in the picture, by name."""
    found = [analysis.lines[actor.slug] for actor in part.actors if actor.slug in analysis.lines]
    return sorted(found, key=ACTORS["name"])


def relations(part: Part) -> list[Relation]:
    """Return the ties of the picture with their ends."""
    actors = {actor.id: actor for actor in part.actors}
    return [Relation(actors[link.source], actors[link.target], link, thread_of(link)) for link in part.links]


def _sorted(name: str, rows: Sequence[Row], sorts: Sorts[Row], usual: str) -> Sorted[Row]:
    """Sort by the column asked for, equal ones by the usual one; take the page asked for."""
    sort = request.args.get("sort", usual)
    sort = sort if sort in sorts else usual
    direction = request.args.get("direction") or ("desc" if sort in FIRST_DOWN else "asc")
    first = "name" if "name" in sorts else usual
    ordered = sorted(sorted(rows, key=sorts[first]), key=sorts[sort], reverse=direction == "desc")
    pages = max(1, -(-len(ordered) // LINES))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    page = paging.Page(ordered[(number - 1) * LINES : number * LINES], number, LINES, len(ordered))
    return Sorted(name, page, ordered, sort, direction)


def export_actors(kind: str, part: Part, analysis: Analysis) -> Response:
    """Send everybody in the picture with what was measured of them."""
    header = [
        gettext("Organisation"), gettext("Sigle"), gettext("Famille"), gettext("Type"), gettext("Commune"),
        gettext("Thèmes"), gettext("Voisins"), gettext("Passerelle (part des chemins, %)"),
        gettext("Rang comme passerelle"), gettext("Ensemble"), gettext("Communauté"),
    ]  # fmt: skip
    sort = request.args.get("sort", "degree")
    sort = sort if sort in ACTORS else "degree"
    down = (request.args.get("direction") or ("desc" if sort in FIRST_DOWN else "asc")) == "desc"
    rows = (
        (
            line.actor.name,
            line.actor.label if line.actor.label != line.actor.name else "",
            gettext(words.FAMILIES[line.actor.family]),
            line.actor.kind,
            line.actor.commune,
            ", ".join(label for _, label in line.actor.themes),
            line.degree,
            None if line.betweenness is None else round(line.betweenness * 100, 2),
            line.rank,
            line.component if line.degree else None,
            line.measures.community,
        )
        for line in sorted(lines_of(part, analysis), key=ACTORS[sort], reverse=down)
    )
    return exports.answer(kind, "reseau", header, rows)


def export_ties(kind: str, part: Part) -> Response:
    """Send the ties of the picture, one a line, with where each is known from."""
    header = [
        gettext("De"), gettext("Relation"), gettext("À"), gettext("Début"), gettext("Fin"),
        gettext("Origine"), gettext("À propos de"),
    ]  # fmt: skip
    rows = (
        (
            row.source.name,
            gettext(row.link.label),
            row.target.name,
            row.link.start_on,
            row.link.end_on,
            gettext(ORIGINS[row.link.origin]),
            row.link.about,
        )
        for row in relations(part)
    )
    return exports.answer("xlsx" if kind == "xlsx" else "csv", "relations", header, rows)


def thread_words() -> dict[Thread, str]:
    """Return what each line of the picture says."""
    return {thread: gettext(text) for thread, text in THREADS.items()}
