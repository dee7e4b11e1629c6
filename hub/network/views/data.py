"""The data that the picture is drawn from in the browser."""

from flask import request
from flask.json import dumps
from werkzeug.wrappers import Response

from hub.core.access import current_user, everyone, permit
from hub.core.compression import squeeze
from hub.core.db import db
from hub.network.queries.register import read
from hub.network.values.payload import encode, ever_shown
from hub.network.values.register import DEFAULT_ORIGINS
from hub.network.views import asked
from hub.network.views.blueprint import blueprint
from hub.network.views.known import analyse, layout_of


@blueprint.get("/donnees.json")
@permit(everyone)
def data() -> Response:
    """Send the whole history that the filters leave, whatever the day; an answer that is known is empty."""
    wanted = asked.wanted_or_422()
    register = read(db.session(), wanted.day, asked.sight())
    layout = layout_of(register.only(DEFAULT_ORIGINS))
    body = dumps(encode(ever_shown(register, wanted), layout), separators=(",", ":"))
    return revalidated(Response(body, mimetype="application/json"))


def revalidated(response: Response) -> Response:
    """Let browsers keep an answer but ask each time whether it still holds; no secret is in it."""
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache" if current_user() else "no-cache"
    return squeeze(response).make_conditional(request.environ)


@blueprint.get("/mesures.json")
@permit(everyone)
def measures() -> Response:
    """Send communities and brokers of a day, a number for each actor in the order of the history."""
    wanted = asked.wanted_or_422()
    whole = read(db.session(), wanted.day, asked.sight())
    lines = analyse(whole.only(wanted.origins)).lines
    order = [actor.slug for actor in ever_shown(whole, wanted).actors]
    body = {
        "day": wanted.day.isoformat(),
        "community": [getattr(lines[slug], "community", 0) or 0 if slug in lines else 0 for slug in order],
        "rank": [lines[slug].rank or 0 if slug in lines else 0 for slug in order],
        "share": [round(lines[slug].betweenness or 0.0, 4) if slug in lines else 0 for slug in order],
        "cut": [int(getattr(lines[slug], "articulation", False)) if slug in lines else 0 for slug in order],
    }
    return revalidated(Response(dumps(body, separators=(",", ":")), mimetype="application/json"))
