"""The drop-ins of all organisations: who is there for whom, where and when."""

from collections.abc import Iterable
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.models.record import DropIn
from hub.actors.queries import drop_ins as queries
from hub.actors.queries.drop_ins import Filters
from hub.actors.rules import see
from hub.actors.values import recurrence, words
from hub.actors.views.blueprint import blueprint
from hub.actors.views.words import slot_words
from hub.core import clock, exports, paging
from hub.core.access import permit
from hub.core.db import db
from hub.core.i18n import chosen_language

HEADER = (
    "sujet", "thème", "organisation", "antenne", "lieu d’accueil", "commune", "quartier", "adresse ou local",
    "jours et heures", "rythme", "rendez-vous", "langues", "depuis", "jusqu’à", "précision", "source",
)  # fmt: skip


def asked_filters() -> Filters:
    """Return the filters that the address asks for."""
    day = request.args.get("day", "")
    return Filters(
        words=request.args.get("q", "")[:200],
        place=request.args.get("place", "")[:40],
        theme=request.args.get("theme", "")[:40],
        language=request.args.get("language", "")[:2] if request.args.get("language", "").isalpha() else "",
        weekday=int(day) if day in set("0123456") else None,
    )


@blueprint.get("/permanences")
@permit(see)
def drop_ins() -> Response | str:
    """List the drop-ins, or send them as a file."""
    session, today, filters = db.session(), clock.today(clock.now()), asked_filters()
    sort = request.args.get("sort", "place")
    sort = sort if sort in queries.SORTS else "place"
    descending = request.args.get("direction") == "desc"
    rows = queries.listed(filters, today, sort=sort, descending=descending)
    kind = request.args.get("format", "")
    if kind:
        if kind not in {"csv", "xlsx"}:
            abort(404)
        return exports.answer(kind, "permanences", HEADER, map(_line, session.scalars(rows).unique()))
    options = _options()
    return render_template(
        "actors/drop_ins.html",
        page=paging.paginate(session, rows, request.args.get("page", 1, type=int)),
        options=options,
        query=filters.words,
        chips=_chips(options),
        sort=sort,
        direction="desc" if descending else "asc",
    )


def _options() -> list[dict[str, Any]]:
    """Return the filters to choose from, with only what some drop-in has."""
    session, today = db.session(), clock.today(clock.now())
    language = chosen_language()
    spoken = {code for row in session.scalars(queries.languages(today)) for code in row}
    return [
        {"name": "place", "label": gettext("Où"), "choices": _places(session.execute(queries.places(today)))},
        {
            "name": "theme",
            "label": gettext("Thème"),
            "choices": [(theme.code, theme.label) for theme in session.scalars(queries.themes(today))],
        },
        {
            "name": "language",
            "label": gettext("Langue"),
            "choices": sorted(
                ((code, words.language_name(code, language)) for code in spoken), key=lambda pair: pair[1]
            ),
        },
        {
            "name": "day",
            "label": gettext("Jour"),
            "choices": [(str(number), gettext(day)) for number, day in enumerate(recurrence.WEEKDAYS)],
        },
    ]


def _places(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Return each commune, and under it the quarters that something is held in."""
    found: dict[str, str] = {}
    for code, name, quarter_code, quarter in rows:
        found[code] = name
        if quarter_code:
            found[quarter_code] = f"{name}, {quarter}"
    return sorted(found.items(), key=lambda pair: pair[1])


def _chips(options: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Mark what is chosen in the options, and return a chip for each."""
    found = []
    if request.args.get("q"):
        word = request.args["q"][:200]
        found.append({"name": "q", "value": request.args["q"], "label": gettext("Mot : %(word)s", word=word)})
    for option in options:
        value = request.args.get(option["name"], "")
        option["value"] = value
        if value:
            word = dict(option["choices"]).get(value, value)
            found.append({"name": option["name"], "value": value, "label": f"{option['label']} : {word}"})
    return found


def _line(row: DropIn) -> list[Any]:
    commune, quarter = row.at_commune, row.at_neighbourhood
    return [
        row.subject, row.theme.label if row.theme else "", row.organisation.name,
        row.unit.name if row.unit else "", row.venue.name if row.venue else "",
        commune.name if commune else "", quarter.name if quarter else "", row.place,
        " | ".join(slot_words(slot) for slot in row.slots), row.rhythm,
        gettext(words.APPOINTMENTS[row.appointment]), " | ".join(row.languages), row.starts_on, row.ends_on,
        row.note, row.origin,
    ]  # fmt: skip
