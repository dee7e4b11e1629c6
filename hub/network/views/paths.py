"""By whom two actors touch: the shortest ways between them, each tie explained."""

from itertools import pairwise
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from graph.paths import Paths, shortest_paths
from hub.core.access import everyone, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.search import fold
from hub.network.queries.register import read
from hub.network.values.analysis import of_the_day, skeleton
from hub.network.values.register import Actor, Link, Register, bundled
from hub.network.views import asked
from hub.network.views.blueprint import blueprint
from hub.network.words import ORIGINS

WAYS = 5
OFFERED = 500
"""Up to so many names are offered while one types; beyond, they would weigh more than the page."""
LIKELY = 6


@blueprint.get("/chemin")
@permit(everyone)
def path() -> Any:
    """Show how one gets from an actor to another, tie by tie."""
    problems: dict[str, str] = {}
    try:
        wanted = asked.wanted()
    except DomainError as refusal:
        wanted, problems["date"] = asked.wanted_today(), gettext(refusal.msgid)
    register = read(db.session(), wanted.day, asked.sight()).only(wanted.origins)
    typed = {name: request.args.get(name, "")[: asked.LONGEST].strip() for name in ("de", "a")}
    ends = {name: _end(register, name, text, problems) for name, text in typed.items() if text}
    first, second = ends.get("de"), ends.get("a")
    found: Paths | None = None
    ways: list[list[dict[str, Any]]] = []
    if first and second and not problems:
        found, ways = _ways(register, first, second)
    body = render_template(
        "network/path.html",
        wanted=wanted,
        typed={name: (ends.get(name) or Nobody(typed[name])).name for name in typed},
        typed_date=request.args.get("date", ""),
        problems=problems,
        first=first,
        second=second,
        found=found,
        ways=ways,
        offered=register.current_actors if len(register.current_actors) <= OFFERED else [],
        origins=ORIGINS,
        switched=wanted.origins,
        may_see_spaces=asked.sight().spaces,
    )
    return body, 422 if problems else 200


class Nobody:
    """What was typed for an actor that isn't there."""

    def __init__(self, name: str) -> None:
        self.name = name


def _end(register: Register, name: str, text: str, problems: dict[str, str]) -> Actor | None:
    """Return the actor that a text names by address, name or acronym; note what is wrong with it."""
    actors = register.current_actors
    exact = [actor for actor in actors if text == actor.slug]
    folded = fold(text)
    exact = exact or [actor for actor in actors if folded in {fold(actor.name), fold(actor.label)}]
    near = exact or [actor for actor in actors if folded and folded in actor.search_text]
    if len(near) == 1:
        return near[0]
    if near:
        likely = ", ".join(actor.name for actor in near[:LIKELY])
        problems[name] = gettext("Plusieurs acteurs répondent à ce nom : %(names)s. Précisez.", names=likely)
    else:
        problems[name] = gettext("Aucun acteur de ce nom n’est dans le réseau à cette date.")
    return None


def _ways(register: Register, first: Actor, second: Actor) -> tuple[Paths, list[list[dict[str, Any]]]]:
    """Return the shortest ways, and the steps of the first of them with the ties that make each."""
    part = of_the_day(register)
    found = shortest_paths(skeleton(part.actors, part.links), first.slug, second.slug, most=WAYS)
    slugs = {actor.slug: actor for actor in part.actors}
    ties = bundled(part.links)
    return found, [_steps([slugs[slug] for slug in way], ties) for way in found.ways]


def _steps(way: list[Actor], ties: dict[tuple[int, int], list[Link]]) -> list[dict[str, Any]]:
    steps = []
    for here, there in pairwise(way):
        links = ties[min(here.id, there.id), max(here.id, there.id)]
        told = [(link.label if link.source == here.id else link.reverse_label, link) for link in links]
        steps.append({"here": here, "there": there, "ties": told})
    return steps
