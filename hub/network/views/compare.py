"""What changed: between two days, as a table and as a picture; year by year."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graph.picture import Changes, draw
from hub.actors.values import words as actor_words
from hub.core import exports, i18n, paging
from hub.core.access import everyone, permit
from hub.core.db import db
from hub.core.errors import N_, DomainError
from hub.core.web import row_number
from hub.network.models.results import ResultKind
from hub.network.queries.register import read
from hub.network.values.analysis import Analysis
from hub.network.values.changes import Comparison, Figures, Year, changes, compare, years
from hub.network.values.register import Actor, Link, Part, Register, families_of, network_of
from hub.network.values.results import Question
from hub.network.views import asked, known
from hub.network.views.blueprint import blueprint
from hub.network.views.picture import FONT
from hub.network.views.words import plain_day
from hub.network.words import CHANGES, ORIGINS

ROWS = 50
WHOLE = 300
"""Up to so many actors the picture shows everybody; beyond, who changed and whom that touches."""
MOVED = 15
YEAR = timedelta(days=365)
ORDER = ("came", "left", "new", "lost")
BACKWARDS = N_("Cette date vient avant la première. Échangez les deux dates.")


@dataclass(frozen=True)
class Row:
    """One change: of what kind, of which actor; for a tie, in which words, with whom."""

    kind: str
    actor: Actor
    words: str = ""
    other: Actor | None = None
    link: Link | None = None


SORTS: dict[str, Callable[[Row], Any]] = {
    "change": lambda row: ORDER.index(row.kind),
    "actor": lambda row: row.actor.search_text,
    "words": lambda row: gettext(row.words) if row.words else "",
    "other": lambda row: row.other.search_text if row.other else "",
}


@dataclass
class Asked:
    """The two days as they were typed, the days that they name, and what is wrong with them, by argument."""

    typed: dict[str, str]
    days: dict[str, date]
    problems: dict[str, str]

    @property
    def first(self) -> date:
        """The first day."""
        return self.days["de"]

    @property
    def second(self) -> date:
        """The second day."""
        return self.days["a"]


def _asked() -> Asked:
    """Read both days; without them, a year up to today."""
    today = asked.today()
    usual = {"de": today - YEAR, "a": today}
    found = Asked({}, {}, {})
    for name, other in (("de", "date"), ("a", "date2")):
        found.typed[name] = request.args.get(name, request.args.get(other, ""))[: asked.LONGEST]
        try:
            day = asked.day_in(found.typed[name], end=name == "a")
        except DomainError as problem:
            found.problems[name] = gettext(problem.msgid)
            day = None
        found.days[name] = day or usual[name]
        found.typed[name] = found.typed[name] or found.days[name].isoformat()
    if not found.problems and found.second < found.first:
        found.problems["a"] = gettext(BACKWARDS)
    return found


@blueprint.get("/comparer", endpoint="compare")
@permit(everyone)
def compare_days() -> Any:
    """Show who came and left between two days, which ties were made and lost, and which figures changed."""
    two = _asked()
    if two.problems:
        return render_template("network/compare.html", two=two, comparison=None, **_common()), 422
    register = read(db.session(), two.second, asked.sight())
    comparison = compare(register, asked.wanted_on(two.first), asked.wanted_on(two.second))
    sort, descending = _order()
    rows = sorted(_rows(register, comparison), key=SORTS["actor"])
    rows = sorted(rows, key=SORTS[sort], reverse=descending)
    if request.args.get("format") in {"csv", "xlsx"}:
        return _export(request.args["format"], rows)
    return render_template(
        "network/compare.html",
        two=two,
        comparison=comparison,
        page=_page(rows),
        sort=sort,
        direction="desc" if descending else "asc",
        figures=_figures(Figures.of(comparison.before), Figures.of(comparison.after)),
        moved=_moved(register, comparison),
        alternative=_alternative(comparison),
        **_common(),
    )


def _common() -> dict[str, Any]:
    return {
        "origins": ORIGINS,
        "switched": asked.origins(),
        "kept": {name: value for name, value in asked.arguments().items() if name not in {"date", "date2"}},
        "changes": CHANGES,
        "today": asked.today(),
        "may_see_spaces": asked.sight().spaces,
    }


def _rows(register: Register, comparison: Comparison) -> list[Row]:
    actors = register.actors
    found = [Row(kind, actor) for kind in ("came", "left") for actor in getattr(comparison, kind)]
    for kind in ("new", "lost"):
        found += [
            Row(kind, actors[link.source], link.label, actors[link.target], link)
            for link in getattr(comparison, kind)
        ]
    return found


def _order() -> tuple[str, bool]:
    sort = request.args.get("sort", "change")
    return (sort if sort in SORTS else "change"), request.args.get("direction") == "desc"


def _page(rows: list[Row]) -> paging.Page[Row]:
    pages = max(1, -(-len(rows) // ROWS))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    return paging.Page(rows[(number - 1) * ROWS : number * ROWS], number, ROWS, len(rows))


def _figures(before: Figures, after: Figures) -> list[dict[str, Any]]:
    names = [
        (gettext("Acteurs"), "actors"),
        (gettext("Paires d’acteurs reliés"), "pairs"),
        (gettext("Liens"), "ties"),
        (gettext("Acteurs sans lien connu"), "alone"),
    ]
    return [
        {"name": name, "before": getattr(before, key), "after": getattr(after, key)} for name, key in names
    ]


def _moved(register: Register, comparison: Comparison) -> list[dict[str, Any]]:
    """Return whose number of neighbours changed most, and what that made of them as relays."""
    if not comparison.moved:
        return []
    before, after = (_analysis(register, day) for day in (comparison.first, comparison.second))
    return [
        {
            "actor": one.actor,
            "before": one.before,
            "after": one.after,
            "relay_before": _share(before, one.actor),
            "relay_after": _share(after, one.actor),
        }
        for one in comparison.moved[:MOVED]
    ]


def _analysis(register: Register, day: date) -> Analysis:
    question = Question(ResultKind.ANALYSIS, asked.wanted_on(day), asked.sight())
    return known.analysis_of(question, register.on(day))


def _share(analysis: Analysis, actor: Actor) -> float | None:
    line = analysis.lines.get(actor.slug)
    return line.betweenness if line else None


def _export(kind: str, rows: list[Row]) -> Response:
    header = [
        gettext("Changement"), gettext("Acteur"), gettext("Relation"), gettext("Avec"), gettext("À propos"),
        gettext("Origine"), gettext("Début"), gettext("Fin"),
    ]  # fmt: skip
    lines = (
        (
            gettext(CHANGES[row.kind]),
            row.actor.name,
            gettext(row.words) if row.words else "",
            row.other.name if row.other else "",
            row.link.about if row.link else "",
            gettext(ORIGINS[row.link.origin]) if row.link else "",
            row.link.start_on if row.link else row.actor.since,
            row.link.end_on if row.link else row.actor.until,
        )
        for row in rows
    )
    return exports.answer(kind, "comparaison", header, lines)


# --- The picture


@blueprint.get("/comparer/image.svg")
@permit(everyone)
def compare_image() -> Response:
    """Send the picture of both days together: what changed by line and mark."""
    two = _asked()
    if two.problems:
        abort(422, description=" ".join(two.problems.values()))
    register = read(db.session(), two.second, asked.sight())
    comparison = compare(register, asked.wanted_on(two.first), asked.wanted_on(two.second))
    part, layout = _both(comparison), known.layout_of(register)
    network = network_of(part)
    told = _told(register, comparison)
    places = {node.id: layout.positions[node.id] for node in network.nodes}
    key = sha256(repr((network, places, told, i18n.chosen_language())).encode()).hexdigest()
    response = Response(mimetype="image/svg+xml")
    response.set_etag(key)
    response.headers["Cache-Control"] = "no-cache"
    if key not in request.if_none_match:
        response.set_data(
            draw(
                network,
                layout,
                families_of(part),
                title=_between(comparison),
                description=_alternative(comparison),
                legend={family.value: gettext(text) for family, text in actor_words.FAMILIES.items()},
                font=FONT,
                changes=told,
            )
        )
    return response.make_conditional(request.environ)


def _both(comparison: Comparison) -> Part:
    """Return the actors and ties of both days; of many, those that changed and whom that touches."""
    actors = {actor.id: actor for actor in (*comparison.before.actors, *comparison.after.actors)}
    links = [*comparison.kept, *comparison.new, *comparison.lost]
    if len(actors) > WHOLE:
        near = {actor.id for actor in (*comparison.came, *comparison.left)}
        near |= {end for link in (*comparison.new, *comparison.lost) for end in link.pair}
        actors = {key: actor for key, actor in actors.items() if key in near}
    inside = (link for link in links if link.source in actors and link.target in actors)
    return Part(tuple(actors.values()), tuple(inside))


def _told(register: Register, comparison: Comparison) -> Changes:
    before = {link.pair for link in comparison.before.links}
    after = {link.pair for link in comparison.after.links}

    def named(pairs: set[tuple[int, int]]) -> frozenset[tuple[str, str]]:
        slugs = ((register.actors[one].slug, register.actors[other].slug) for one, other in pairs)
        return frozenset((min(pair), max(pair)) for pair in slugs)

    return Changes(
        came=frozenset(actor.slug for actor in comparison.came),
        left=frozenset(actor.slug for actor in comparison.left),
        new=named(after - before),
        lost=named(before - after),
        words={kind: gettext(text) for kind, text in CHANGES.items()},
    )


def _between(comparison: Comparison) -> str:
    first, second = plain_day(comparison.first), plain_day(comparison.second)
    return str(gettext("Le réseau du %(first)s au %(second)s", first=first, second=second))


def _alternative(comparison: Comparison) -> str:
    """Say what the picture shows, in one sentence."""
    came, left, new, lost = (len(getattr(comparison, kind)) for kind in ORDER)
    told = [
        ngettext("%(num)s acteur arrivé", "%(num)s acteurs arrivés", came),
        ngettext("%(num)s parti", "%(num)s partis", left),
        ngettext("%(num)s nouveau lien", "%(num)s nouveaux liens", new),
        ngettext("%(num)s lien perdu", "%(num)s liens perdus", lost),
    ]
    changed = ", ".join(told)
    return str(
        gettext(
            "%(between)s : %(changes)s. Le tableau qui suit les nomme.",
            between=_between(comparison),
            changes=changed,
        )
    )


# --- Year by year


@blueprint.get("/historique")
@permit(everyone)
def history() -> Any:
    """Show, year by year, who came and left, ties made and lost; the days of one year with their names."""
    today = asked.today()
    register = read(db.session(), today, asked.sight())
    wanted = asked.wanted_on(today)
    told = years(register, wanted, today)
    if request.args.get("format") in {"csv", "xlsx"}:
        return _export_years(request.args["format"], told)
    chosen = _year(told)
    days = [
        change
        for change in changes(register, wanted)
        if chosen and change.day.year == chosen.number and change.day <= today
    ]
    return render_template(
        "network/history.html", register=register, years=told, chosen=chosen, days=days[::-1], **_common()
    )


def _year(told: list[Year]) -> Year | None:
    number = request.args.get("annee", type=row_number)
    return next((year for year in told if number in {None, year.number}), None)


def _export_years(kind: str, told: list[Year]) -> Response:
    header = [
        gettext("Année"), gettext("Acteurs"), gettext("Paires d’acteurs reliés"), gettext("Liens"),
        gettext("Acteurs sans lien connu"), gettext("Acteurs arrivés"), gettext("Acteurs partis"),
        gettext("Nouveaux liens"), gettext("Liens perdus"),
    ]  # fmt: skip
    rows = (
        (
            year.number, year.figures.actors, year.figures.pairs, year.figures.ties, year.figures.alone,
            year.came, year.left, year.new, year.lost,
        )
        for year in told
    )  # fmt: skip
    return exports.answer(kind, "historique", header, rows)
