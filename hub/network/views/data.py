"""The data that the picture is drawn from in the browser."""

from dataclasses import replace

from flask import request
from flask.json import dumps
from werkzeug.wrappers import Response

from hub.core.access import current_user, everyone, permit
from hub.core.compression import squeeze
from hub.core.db import db
from hub.core.remembering import Remembered
from hub.network.values.payload import encode, ever_shown
from hub.network.values.register import Wanted
from hub.network.views import asked
from hub.network.views.blueprint import blueprint
from hub.network.views.known import all_pending, layout_of
from hub.network.views.reading import analysis_on, register_on

KEPT = 4
"""Answers remembered: that without filters, for who sees more and who sees less, and a few others."""

_bodies: Remembered[bytes] = Remembered(KEPT)


@blueprint.get("/donnees.json")
@permit(everyone)
def data() -> Response:
    """Send the whole history that the filters leave, whatever the day; an answer that is known is empty."""
    # Neither the day nor the origins change it.
    wanted = replace(asked.wanted_or_422(), day=asked.today(), compared=None, centre="", origins=frozenset())
    body = _bodies.get(db.engine, (wanted, asked.sight()), lambda _: _body(wanted))
    return revalidated(Response(body, mimetype="application/json"))


def _body(wanted: Wanted) -> bytes:
    register = register_on(wanted.day)
    return dumps(encode(ever_shown(register, wanted), layout_of(register)), separators=(",", ":")).encode()


def revalidated(response: Response) -> Response:
    """Let browsers keep an answer but ask each time whether it still holds; no secret is in it."""
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache" if current_user() else "no-cache"
    return squeeze(response).make_conditional(request.environ)


@blueprint.get("/mesures.json")
@permit(everyone)
def measures() -> Response:
    """Send communities and brokers of a day, a number for each actor in the order of the history.

    `day` is that of the state measured: where a job still measures the day asked for, that of the last
    result, or null without any.
    """
    wanted = asked.wanted_or_422()
    register = register_on(wanted.day)
    lines = analysis_on(wanted).lines
    waiting = all_pending()
    day = waiting[0].day if waiting else wanted.day
    known = [lines.get(actor.slug) for actor in ever_shown(register, wanted).actors]
    body = {
        "day": day.isoformat() if day else None,
        "community": [line.measures.community or 0 if line else 0 for line in known],
        "rank": [line.rank or 0 if line else 0 for line in known],
        "share": [round(line.betweenness or 0.0, 4) if line else 0 for line in known],
        "cut": [int(line.measures.articulation) if line else 0 for line in known],
    }
    return revalidated(Response(dumps(body, separators=(",", ":")), mimetype="application/json"))
