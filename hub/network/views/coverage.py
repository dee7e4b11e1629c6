"""Coverage: who is there, where nobody is, and who comes nearest."""

from datetime import date
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory, ThemeKind
from hub.actors.queries import record
from hub.core import exports, paging
from hub.core.access import coordinator, everyone, may, permit
from hub.core.db import db
from hub.network.queries import landscape as reading
from hub.network.values.coverage import (
    NEAREST,
    Asked,
    Axis,
    Coverage,
    Near,
    axis_codes,
    cover,
    home,
    kin,
    nearest,
    who,
)
from hub.network.values.landscape import Landscape, Reach
from hub.network.values.proposals import invitable
from hub.network.views import asked as addresses
from hub.network.views import labels
from hub.network.views.blueprint import blueprint

ROWS = 50
KEPT = ("rows", "columns", "reach", "within", "kind", "unused", "commune", "theme", "audience", "language")
LONGEST = 60
EVERYWHERE = "all"
NAMED = 3


@blueprint.get("/couverture")
@permit(everyone)
def coverage() -> Any:
    """Show the table of two axes: who is there, where nobody is."""
    session, today = db.session(), addresses.today()
    landscape = read(session, today)
    asked = asked_of(landscape)
    table = cover(landscape, asked)
    if request.args.get("format") in {"csv", "xlsx"}:
        return _export(request.args["format"], landscape, table, today)
    row = request.args.get("row", "")
    if row:
        return _row_page(landscape, table, row, today)
    return render_template(
        "network/coverage/table.html",
        landscape=landscape,
        asked=asked,
        table=table,
        page=_page(table),
        columns=[(code, labels.code_word(landscape, asked.columns, code)) for code in table.columns],
        **_words(landscape, asked, today),
    )


@blueprint.get("/couverture/case")
@permit(everyone)
def coverage_cell() -> Any:
    """Show who is counted in one cell; in an empty one, who comes nearest."""
    session, today = db.session(), addresses.today()
    landscape = read(session, today)
    asked = asked_of(landscape)
    row, column = _argument("row"), _argument("column")
    names = (
        labels.code_word(landscape, asked.rows, row),
        labels.code_word(landscape, asked.columns, column),
    )
    if not all(names):
        abort(404)
    there = who(landscape, asked, row, column)
    near = nearest(landscape, asked, row, column)
    if request.args.get("format") in {"csv", "xlsx"}:
        return _export_cell(request.args["format"], landscape, there or near, today)
    also_row, also_column = kin(landscape, asked, row, column)
    return render_template(
        "network/coverage/cell.html",
        landscape=landscape,
        asked=asked,
        row=row,
        column=column,
        names=names,
        there=there,
        near=near[:NEAREST],
        further=max(0, len(near) - NEAREST),
        kin=[(names[0], also_row[:NEAREST]), (names[1], also_column[:NEAREST])] if not there else [],
        also=_arguments_for_existing(asked, row, column),
        territory=_territory(session, asked, row, column, today),
        **_words(landscape, asked, today),
    )


def read(session: Session, today: date) -> Landscape:
    """Read who does what where, as far as the person of this request may see it."""
    return reading.read(session, today, everything=may(coordinator))


def asked_of(landscape: Landscape) -> Asked:
    """Return what the address asks the table to show; what it can't show is as if it weren't asked."""
    rows = _word(Axis, "rows", Axis.COMMUNE)
    columns = _word(Axis, "columns", Axis.THEME)
    if columns == rows:
        columns = Axis.THEME if rows != Axis.THEME else Axis.COMMUNE
    kinds = {kind.value for kind in ThemeKind}
    return Asked(
        rows=rows,
        columns=columns,
        reach=_word(Reach, "reach", Reach.SERVED),
        within="" if _argument("within") == EVERYWHERE else _argument("within") or home(landscape),
        theme_kind=_argument("kind") if _argument("kind") in kinds else "",
        unused=bool(request.args.get("unused")),
        only={axis: frozenset({code}) for axis in Axis if (code := _argument(axis.value))},
    )


def _argument(name: str) -> str:
    return request.args.get(name, "").replace("\x00", "")[:LONGEST]


def _word(kind: Any, name: str, default: Any) -> Any:
    text = request.args.get(name, "")
    return kind(text) if text in set(kind) else default


def _page(table: Coverage) -> paging.Page[str]:
    pages = max(1, -(-len(table.rows) // ROWS))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    return paging.Page(list(table.rows[(number - 1) * ROWS : number * ROWS]), number, ROWS, len(table.rows))


def _words(landscape: Landscape, asked: Asked, today: date) -> dict[str, Any]:
    """Return what the templates of coverage say and link with."""
    arguments: dict[str, Any] = {name: request.args[name] for name in KEPT if name in request.args}
    return {
        "today": today,
        "arguments": arguments,
        "cell_base": url_for("network.coverage_cell", **(arguments or {"rows": asked.rows.value})),
        "labels": labels,
        "axes": [(axis.value, labels.axis_word(axis)) for axis in Axis],
        "reaches": labels.reach_words(),
        "wholes": [
            (EVERYWHERE, gettext("Partout")),
            *((place.code, place.name) for place in _wholes(landscape)),
        ],
        "within_name": labels.code_word(landscape, Axis.COMMUNE, asked.within),
        "theme_kinds": [
            (ThemeKind.GENERAL.value, gettext("Thèmes généraux")),
            (ThemeKind.SPECIFIC.value, gettext("Thèmes propres à l’intégration")),
            (ThemeKind.RIGHT.value, gettext("Droits fondamentaux")),
        ],
        "narrowing": _narrowing(landscape, asked),
        "invitable": invitable,
        "named": NAMED,
    }


def _wholes(landscape: Landscape) -> list[Any]:
    geography = landscape.geography
    holding = {above for place in geography.communes() for above in geography.above(place.id)}
    return [place for place in geography.places.values() if place.id in holding]


def _narrowing(landscape: Landscape, asked: Asked) -> list[dict[str, Any]]:
    """Return, for each axis, what the table can be narrowed to along it."""
    found = []
    for axis in Axis:
        codes = axis_codes(landscape, Asked(within=asked.within), axis)
        chosen = next(iter(asked.only.get(axis, ())), "")
        choices = [(code, labels.code_word(landscape, axis, code)) for code in codes]
        if chosen and chosen not in codes:
            choices.append((chosen, labels.code_word(landscape, axis, chosen) or chosen))
        found.append(
            {"name": axis.value, "label": labels.axis_word(axis), "value": chosen, "choices": choices}
        )
    return found


def _row_page(landscape: Landscape, table: Coverage, row: str, today: date) -> Any:
    if row not in table.rows:
        abort(404)
    asked = table.asked
    lines = [
        (code, labels.code_word(landscape, asked.columns, code), _names(landscape, table, row, code))
        for code in table.columns
    ]
    place = table.rows.index(row)
    around = [
        (code, labels.code_word(landscape, asked.rows, code)) if code else None
        for code in (
            table.rows[place - 1] if place else "",
            table.rows[place + 1] if place + 1 < len(table.rows) else "",
        )
    ]
    return render_template(
        "network/coverage/row.html",
        asked=asked,
        table=table,
        row=row,
        row_name=labels.code_word(landscape, asked.rows, row),
        lines=lines,
        around=around,
        territory=_territory(db.session(), asked, row, "", today),
        **_words(landscape, asked, today),
    )


def _names(landscape: Landscape, table: Coverage, row: str, column: str) -> list[Any]:
    doers = (landscape.doers[one] for one in table.cell(row, column).doers)
    return sorted(doers, key=lambda doer: doer.order)


def _arguments_for_existing(asked: Asked, row: str, column: str) -> dict[str, str]:
    """Return the same question for « ce qui existe déjà »."""
    told = {asked.rows: row, asked.columns: column}
    names = {Axis.COMMUNE: "territory", Axis.THEME: "theme", Axis.AUDIENCE: "audience"}
    return {names[axis]: code for axis, code in told.items() if axis in names}


def _territory(session: Session, asked: Asked, row: str, column: str, today: date) -> dict[str, Any] | None:
    """Return the commune that a row or cell is about, with the labels that it bears today."""
    code = row if asked.rows == Axis.COMMUNE else column if asked.columns == Axis.COMMUNE else ""
    place = session.scalar(select(Territory).where(Territory.code == code)) if code else None
    if place is None:
        return None
    held = record.sort_out(session.scalars(record.labels(place)).all(), today).current
    return {"code": place.code, "name": place.name, "labels": [row.label for row in held]}


def _export(kind: str, landscape: Landscape, table: Coverage, today: date) -> Response:
    """Send the table as it stands: a figure in each cell, 0 where nobody is known."""
    asked = table.asked
    first = gettext("%(axis)s (au %(day)s)", axis=labels.axis_word(asked.rows), day=today.isoformat())
    header = [first, *(labels.code_word(landscape, asked.columns, code) for code in table.columns)]
    rows = (
        [
            labels.code_word(landscape, asked.rows, row),
            *(table.cell(row, column).count for column in table.columns),
        ]
        for row in table.rows
    )
    return exports.answer(kind, "couverture", header, rows)


def _export_cell(kind: str, landscape: Landscape, found: list[Any], today: date) -> Response:
    header = [
        gettext("Organisation"), gettext("Type"), gettext("Siège"), gettext("Présence"),
        gettext("Distance (km)"), gettext("Relevé le"),
    ]  # fmt: skip
    rows = (
        (
            one.doer.name,
            one.doer.kind,
            labels.place_word(landscape, one.doer.seat),
            labels.presence_word(one.presence, getattr(one, "name", "")),
            round(one.km, 1) if isinstance(one, Near) and one.km is not None else None,
            today,
        )
        for one in found
    )
    return exports.answer(kind, "couverture-case", header, rows)
