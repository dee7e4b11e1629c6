"""The network page: picture, table, what its shape says."""

from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.actors.models.reference import Family
from hub.actors.queries import organisations
from hub.actors.values import words
from hub.core.access import everyone, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.network.queries.register import relation_kinds_in_use
from hub.network.values.analysis import Analysis, Line
from hub.network.values.looking import narrowed
from hub.network.values.payload import FORMAT
from hub.network.values.register import DEFAULT_ORIGINS, Origin, Part, Register, Wanted, passes, shown
from hub.network.values.threads import GROUPS, Thread
from hub.network.views import asked, tables, tiles
from hub.network.views.blueprint import blueprint
from hub.network.views.looking import ARGUMENTS, looking, views
from hub.network.views.reading import analysis_on, register_on
from hub.network.views.spoken import all_words
from hub.network.views.words import plain_day
from hub.network.words import THREADS

NOT_IN_DATA = {"date", "date2", asked.ORIGINS}
"""What the data of the picture don't depend on: they hold every day and every origin."""


@blueprint.get("")
@permit(everyone)
def map_page() -> Any:
    """Show the network of a day, and the table that says the same."""
    problem = ""
    try:
        wanted = asked.wanted()
    except DomainError as refusal:
        wanted, problem = asked.wanted_today(), gettext(refusal.msgid)
    session = db.session()
    register = register_on(wanted.day).only(wanted.origins)
    seen = looking()
    part, analysis = narrowed(shown(register, wanted), seen, wanted.centre), analysis_on(wanted)
    if request.args.get("format") in {"csv", "xlsx"} and not problem:
        return tables.export_actors(request.args["format"], part, analysis)
    options = _options(session, wanted)
    body = render_template(
        "network/map.html",
        wanted=wanted,
        today=asked.today(),
        problem=problem,
        typed_date=request.args.get("date", ""),
        register=register,
        part=part,
        pairs=len({frozenset((link.source, link.target)) for link in part.links}),
        analysis=analysis,
        table=tables.asked_table(part, analysis),
        alone=[line for line in tables.lines_of(part, analysis) if not line.degree],
        thread_words=tables.thread_words(),
        options=options,
        chips=_chips(wanted, options, problem),
        families=_families(register, wanted, part),
        arguments=_arguments(),
        centre=_centre(register, analysis, wanted),
        seen=seen,
        **_picture(),
    )
    return tiles.allow(make_response(body, 422 if problem else 200))


def _picture() -> dict[str, Any]:
    """Return what the picture needs to be drawn by script; its data are the same for every day."""
    filters = {name: value for name, value in asked.arguments().items() if name not in NOT_IN_DATA}
    return {
        "data_url": url_for("network.data", **filters),
        "measures_url": url_for("network.measures", **filters),
        "card_pattern": url_for("network.card", slug="SLUG"),
        "payload_format": FORMAT,
        "usual_origins": DEFAULT_ORIGINS,
        "threads": _threads(),
        "views": views(),
        "spoken": all_words(),
        "tiles": tiles.configured(),
    }


def _threads() -> list[dict[str, Any]]:
    """Return the legend of lines: a group of declared ties or an origin each."""
    return [
        {
            "group": thread,
            "origin": Origin.DECLARED if thread in GROUPS else Origin(thread.value),
            "words": gettext(THREADS[thread]),
        }
        for thread in Thread
    ]


def _arguments() -> dict[str, Any]:
    """Return what the address says of filters and looks, for the addresses of what belongs to the page."""
    looks = {
        name: values for name in ARGUMENTS if name != "centre" and (values := request.args.getlist(name))
    }
    return asked.arguments() | looks


@blueprint.get("/acteurs/<slug>")
@permit(everyone)
def card(slug: str) -> Any:
    """Send the card of one actor, as the page shows it beside the picture."""
    wanted = asked.wanted_or_422()
    register = register_on(wanted.day).only(wanted.origins)
    actor = register.by_slug(slug)
    if actor is None or not actor.current:
        body = render_template("network/gone.html", actor=actor, wanted=wanted, arguments=_arguments())
        return body, 404
    line = analysis_on(wanted).lines[slug]
    body = render_template("network/card.html", line=line, ties=_ties(register, line), arguments=_arguments())
    response = Response(body)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/relations.<any(csv, xlsx):kind>")
@permit(everyone)
def relations(kind: str) -> Any:
    """Send the ties that the map shows, one a line."""
    wanted = asked.wanted_or_422()
    register = register_on(wanted.day).only(wanted.origins)
    return tables.export_ties(kind, narrowed(shown(register, wanted), looking(), wanted.centre))


def _centre(register: Register, analysis: Analysis, wanted: Wanted) -> dict[str, Any] | None:
    """Return what the card of the actor in the middle shows, if one is asked for and was there that day."""
    line = analysis.lines.get(wanted.centre)
    return {"line": line, "ties": _ties(register, line)} if line else None


def _ties(register: Register, line: Line) -> list[tuple[Any, str, Any]]:
    return sorted(register.ties_of(line.actor), key=lambda tie: tie[0].search_text)


def _families(register: Register, wanted: Wanted, part: Part) -> list[dict[str, Any]]:
    """Return the legend: each family in the picture on some day, and how many it counts now."""
    known = {actor.family for actor in register.actors.values() if passes(actor, wanted)}
    counts = {family: 0 for family in Family if family in known}
    for actor in part.actors:
        counts[actor.family] += 1
    return [
        {"family": family, "words": gettext(words.FAMILIES[family]), "count": count}
        for family, count in counts.items()
    ]


def _options(session: Session, wanted: Wanted) -> list[dict[str, Any]]:
    """Return the filters to choose from, with only what the register holds."""
    kinds = session.scalars(organisations.kinds_in_use())
    themes = session.scalars(organisations.themes_in_use())
    communes = session.scalars(organisations.communes_in_use())
    ties = session.scalars(relation_kinds_in_use())
    return [
        _option(
            "family",
            gettext("Famille"),
            wanted.family or "",
            [(family.value, gettext(text)) for family, text in words.FAMILIES.items()],
        ),
        _option("kind", gettext("Type"), wanted.kind, [(row.code, row.label) for row in kinds]),
        _option("theme", gettext("Thème"), wanted.theme, [(row.code, row.label) for row in themes]),
        _option("commune", gettext("Commune"), wanted.commune, [(row.code, row.name) for row in communes]),
        _option("relation", gettext("Relation"), wanted.relation, [(row.code, row.label) for row in ties]),
    ]


def _option(name: str, label: str, value: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    return {"name": name, "label": label, "value": str(value), "choices": choices}


def _chips(wanted: Wanted, options: list[dict[str, Any]], problem: str) -> list[dict[str, str]]:
    found = []
    if request.args.get("date") and not problem:
        day = plain_day(wanted.day)
        found.append({"name": "date", "value": request.args["date"], "label": gettext("Au %(day)s", day=day)})
    if wanted.words:
        label = gettext("Mot : %(word)s", word=wanted.words)
        found.append({"name": "q", "value": request.args["q"], "label": label})
    for option in options:
        if option["value"]:
            word = dict(option["choices"]).get(option["value"], option["value"])
            label = gettext("%(name)s : %(value)s", name=option["label"], value=word)
            found.append({"name": option["name"], "value": option["value"], "label": label})
    return found
