"""The data that the picture is drawn from in the browser."""

from typing import Any

from flask import request
from flask.json import dumps
from werkzeug.wrappers import Response

from hub.core.access import everyone, permit
from hub.core.db import db
from hub.network.queries.register import read
from hub.network.values.analysis import Analysis, analyse, layout_of
from hub.network.values.register import Part, Register, shown
from hub.network.views import asked
from hub.network.views.blueprint import blueprint


@blueprint.get("/donnees.json")
@permit(everyone)
def data() -> Response:
    """Send the nodes with their places and the edges that the map shows; an answer that is known is empty."""
    wanted = asked.wanted_or_422()
    register = read(db.session(), wanted.day, asked.sight()).only(wanted.origins)
    part = shown(register, wanted)
    body = dumps(_drawing(register, part, analyse(register)), separators=(",", ":"))
    response = Response(body, mimetype="application/json")
    return revalidated(response)


def revalidated(response: Response) -> Response:
    """Let browsers keep an answer but ask each time whether it still holds."""
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request.environ)


def _drawing(register: Register, part: Part, analysis: Analysis) -> dict[str, Any]:
    """Put the part in plain lists; an edge is two places in the list of nodes and a number of ties."""
    layout = layout_of(register)
    places = {actor.id: place for place, actor in enumerate(part.actors)}
    edges: dict[tuple[int, int], int] = {}
    for link in part.links:
        first, second = sorted((places[link.source], places[link.target]))
        edges[first, second] = edges.get((first, second), 0) + 1
    nodes = [
        {
            "id": actor.slug,
            "label": actor.label,
            "name": actor.name,
            "family": actor.family.value,
            "degree": analysis.lines[actor.slug].degree,
            "x": round(layout.positions[actor.slug][0], 1),
            "y": round(layout.positions[actor.slug][1], 1),
        }
        for actor in part.actors
    ]
    return {
        "box": [layout.box.width, layout.box.height],
        "clearance": round(layout.clearance, 1),
        "nodes": nodes,
        "edges": [[first, second, ties] for (first, second), ties in sorted(edges.items())],
    }
