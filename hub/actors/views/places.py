"""Territories as places: who is there, what is held there, which labels they have."""

from flask import render_template, request
from flask_babel import gettext

from hub.actors.models.reference import Territory, TerritoryKind
from hub.actors.queries import drop_ins, projects, record
from hub.actors.queries import places as queries
from hub.actors.queries.places import Filters
from hub.actors.rules import see
from hub.actors.values import words
from hub.actors.views.blueprint import blueprint
from hub.core import clock, paging
from hub.core.access import permit
from hub.core.db import db


@blueprint.get("/territoires")
@permit(see)
def places() -> str:
    """List the places of which something is known."""
    session = db.session()
    kind = request.args.get("kind", "")
    filters = Filters(
        words=request.args.get("q", "")[:100],
        kind=TerritoryKind(kind) if kind in set(TerritoryKind) else None,
        label=request.args.get("label", "")[:120],
    )
    page = paging.paginate(session, queries.listed(session, filters), request.args.get("page", 1, type=int))
    labels = list(session.scalars(queries.labels_in_use()))
    options = [
        {
            "name": "kind",
            "label": gettext("Sorte"),
            "choices": [(one.value, gettext(text)) for one, text in words.TERRITORY_KINDS.items()],
            "value": kind,
        },
        {
            "name": "label",
            "label": gettext("Label"),
            "choices": [(label, label) for label in labels],
            "value": filters.label,
        },
    ]
    chips = [
        {"name": option["name"], "value": option["value"], "label": dict(option["choices"])[option["value"]]}
        for option in options
        if option["value"] in dict(option["choices"])
    ]
    return render_template(
        "actors/places/index.html",
        page=page,
        options=options,
        chips=chips,
        query=filters.words,
        labels=queries.labels_of(session, page.rows),
        seats=queries.seats(session, page.rows),
        asked=bool(filters.words or chips),
    )


@blueprint.get("/territoires/<code>")
@permit(see, Territory, key="code")
def place(territory: Territory) -> str:
    """Show one place."""
    session, today = db.session(), clock.today(clock.now())
    return render_template(
        "actors/places/show.html",
        place=territory,
        labels=record.sort_out(session.scalars(record.labels(territory)).all(), today),
        figures=record.sort_out(session.scalars(record.figures(territory)).all(), today),
        seated=session.scalars(queries.seated(territory)).all(),
        serving=session.scalars(queries.serving(territory)).all(),
        units=record.sort_out(session.scalars(queries.units_in(territory)).all(), today).current,
        drop_ins=session.scalars(drop_ins.held_in(territory, today)).unique().all(),
        projects=session.scalars(projects.in_territory(territory)).all(),
        inside=session.scalars(queries.inside(territory)).all(),
    )
