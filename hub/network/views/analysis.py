"""What the shape of the network says: all measures as a table, communities, relays, isolated actors, mix."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext

from hub.actors.values import words as actor_words
from hub.core import exports, i18n, paging
from hub.core.access import everyone, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.network.models.results import ResultKind
from hub.network.queries.register import read
from hub.network.values.analysis import Analysis, Line
from hub.network.values.cuts import cuts
from hub.network.values.governance import carried, mix_of
from hub.network.values.measures import BY_CODE, COLUMNS, USUAL, Column, Shape
from hub.network.values.register import Part, Register, Wanted
from hub.network.values.results import Question
from hub.network.views import asked, known
from hub.network.views.blueprint import blueprint
from hub.network.words import ORIGINS

LINES = 50
RELAYS = 10
DECIMALS = 2


class View(StrEnum):
    """What of the analysis is shown."""

    TABLE = "tableau"
    COMMUNITIES = "communautes"
    RELAYS = "passerelles"
    ISOLATED = "isoles"
    MIX = "mixite"


@dataclass(frozen=True)
class Seen:
    """What the page is made from: the register of the day, the part measured, its figures."""

    wanted: Wanted
    register: Register
    part: Part
    analysis: Analysis
    whole: bool


@blueprint.get("/analyse")
@permit(everyone)
def analysis() -> Any:
    """Show the measures of the network of a day, or of the part that the filters leave."""
    problem = ""
    try:
        wanted = asked.wanted()
    except DomainError as refusal:
        wanted, problem = asked.wanted_today(), gettext(refusal.msgid)
    seen = _seen(wanted)
    view = _view()
    columns = _columns()
    if request.args.get("format") in {"csv", "xlsx"} and not problem:
        return _export(request.args["format"], seen)
    body = render_template(
        "network/analysis.html",
        wanted=wanted,
        seen=seen,
        view=view,
        views=_views(),
        columns=columns,
        all_columns=COLUMNS,
        problem=problem,
        typed_date=request.args.get("date", ""),
        origins=ORIGINS,
        switched=wanted.origins,
        may_see_spaces=asked.sight().spaces,
        kept=asked.arguments(),
        sectors=actor_words.SECTORS,
        **_content(view, seen, columns),
    )
    return body, 422 if problem else 200


def _seen(wanted: Wanted) -> Seen:
    sight = asked.sight()
    register = read(db.session(), wanted.day, sight)
    whole = request.args.get("portee") != "partie" or not wanted.narrows
    question = Question(ResultKind.ANALYSIS, wanted, sight, whole=whole)
    part = question.part(register)
    return Seen(wanted, register, part, known.analysis_of(question, register), whole)


def _view() -> View:
    text = request.args.get("vue", "")
    return View(text) if text in set(View) else View.TABLE


def _views() -> dict[View, str]:
    return {
        View.TABLE: gettext("Tableau"),
        View.COMMUNITIES: gettext("Communautés"),
        View.RELAYS: gettext("Passerelles"),
        View.ISOLATED: gettext("Isolés"),
        View.MIX: gettext("Public et associatif"),
    }


def _columns() -> list[Column]:
    chosen = [code for code in request.args.getlist("col") if code in BY_CODE]
    return [column for column in COLUMNS if column.code in (chosen or USUAL)]


def _content(view: View, seen: Seen, columns: list[Column]) -> dict[str, Any]:
    """Return what one view shows, and no other."""
    if view == View.TABLE:
        sort, descending = _order(columns)
        page = _page(_sorted(list(seen.analysis.lines.values()), sort, descending=descending))
        return {"page": page, "sort": sort, "direction": "desc" if descending else "asc"}
    if view == View.RELAYS:
        ranked = (line for line in seen.analysis.lines.values() if line.rank)
        relays = sorted(ranked, key=lambda line: (line.rank, line.actor.search_text))[:RELAYS]
        return {"relays": relays, "cuts": cuts(seen.analysis, seen.part)}
    if view == View.ISOLATED:
        alone = [line.actor for line in seen.analysis.lines.values() if not line.degree]
        return {"alone": sorted(alone, key=lambda actor: actor.search_text)}
    if view == View.MIX:
        return {
            "mixing": mix_of(seen.part),
            "carried": carried(seen.register.actors, seen.part.links),
        }
    return {}


# --- The table


def _order(columns: list[Column]) -> tuple[str, bool]:
    """Return the column to sort by; figures stand the greatest first."""
    codes = {column.code for column in columns}
    sort = request.args.get("sort") or ("degree" if "degree" in codes else "name")
    sort = sort if sort in codes or sort == "name" else "name"
    direction = request.args.get("direction") or ("asc" if sort == "name" else "desc")
    return sort, direction == "desc"


def _sorted(lines: list[Line], sort: str, *, descending: bool) -> list[Line]:
    """Sort by a column, then by name; those without a figure stand last either way."""
    lines.sort(key=lambda line: line.actor.search_text)
    if sort == "name":
        return lines[::-1] if descending else lines
    column = BY_CODE[sort]
    valued = [(value, line) for line in lines if (value := column.value(line)) is not None]
    without = [line for line in lines if column.value(line) is None]
    valued.sort(key=lambda pair: -pair[0] if descending else pair[0])
    return [line for _value, line in valued] + without


def _page(lines: list[Line]) -> paging.Page[Line]:
    pages = max(1, -(-len(lines) // LINES))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    return paging.Page(lines[(number - 1) * LINES : number * LINES], number, LINES, len(lines))


@blueprint.app_template_global()
def measure_in_words(column: Column, line: Line) -> str:
    """Return an actor's figure as people read it; empty where the question makes no sense."""
    value = column.value(line)
    if value is None:
        return ""
    if column.shape == Shape.FLAG:
        return str(gettext("Oui") if value else gettext("Non"))
    language = i18n.chosen_language()
    if column.shape == Shape.SHARE:
        return str(i18n.format_percent(value, language))
    if column.shape == Shape.DECIMAL:
        return str(i18n.format_number(round(value, DECIMALS), language))
    return str(i18n.format_number(int(value), language))


def _export(kind: str, seen: Seen) -> Response:
    """Send every measure of every actor, as exactly as it is known."""
    header = [
        gettext("Organisation"), gettext("Sigle"), gettext("Type"), gettext("Secteur"), gettext("Commune"),
        *(gettext(column.label) for column in COLUMNS),
    ]  # fmt: skip
    lines = _sorted(list(seen.analysis.lines.values()), "name", descending=False)
    rows = (
        (
            line.actor.name,
            line.actor.label if line.actor.label != line.actor.name else "",
            line.actor.kind,
            gettext(actor_words.SECTORS[line.actor.sector]),
            line.actor.commune,
            *(column.value(line) for column in COLUMNS),
        )
        for line in lines
    )
    return exports.answer(kind, "analyse", header, rows)
