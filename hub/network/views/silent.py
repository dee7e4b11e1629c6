"""Who is concerned by the recommendations of a call and hasn't been heard on them."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from flask import Response, render_template
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from hub.core import clock, exports, paging
from hub.core.access import permit
from hub.core.db import db
from hub.core.remembering import Remembered
from hub.core.search import fold
from hub.network.queries import invitations as asking
from hub.network.queries import scene as scenes
from hub.network.values.sight import Sight
from hub.network.values.silence import Silence, silences
from hub.network.views import asked as addresses
from hub.network.views.blueprint import blueprint
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.queries import bearing, carrying
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import argument, page_number

Answer = str | Response | BaseResponse
MOST = 60  # recommendations looked at: each is compared with everybody


class Asked(NamedTuple):
    """A recommendation, as far as it is named here."""

    code: str
    title: str


SILENCES: Remembered[tuple[dict[int, Asked], list[Silence]]] = Remembered(8)


@blueprint.get("/silencieuses")
@permit(manage)
def silent() -> Answer:
    """Show who is concerned by what a call consults on and said nothing; the same as CSV or xlsx."""
    session, today = db.session(), addresses.today()
    calls = list(session.scalars(bearing.calls_with_lists()))
    call = next((row for row in calls if row.slug == argument("call")), calls[0] if calls else None)
    if call is None:
        return render_template("network/silent.html", call=None, calls=[])
    sight = addresses.sight()
    rows, found = SILENCES.get(
        db.engine, (call.id, today, sight), lambda fresh: _silences(fresh, call, today, sight)
    )
    words = fold(argument("q")).split()
    found = [each for each in found if all(word in each.doer.search_text for word in words)]
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, call, found, rows)
    invited = {
        organisation: number
        for number, organisation in session.execute(
            select(Invitation.id, Invitation.organisation_id).where(Invitation.campaign_id == call.id)
        )
    }
    return render_template(
        "network/silent.html",
        call=call,
        calls=calls,
        choices=[(row.slug, row.title) for row in calls[1:]],
        rows=rows,
        page=paging.cut(found, page_number()),
        invited=invited,
        is_consulting=session.scalar(carrying.is_consulting(call, clock.today(clock.now()))) is not None,
    )


def _silences(
    session: Session, call: Campaign, today: date, sight: Sight
) -> tuple[dict[int, Asked], list[Silence]]:
    """Return what a call asks, and who is concerned and silent: each thing is held against everybody."""
    wanted = _rows(session, call)
    heard: dict[int, set[int]] = defaultdict(set)
    for number, organisation in session.execute(asking.heard_on(wanted, today)):
        if organisation is not None:
            heard[number].add(organisation)
    found = silences(
        scenes.read(session, today, sight, grouped=False),
        {row.id: asking.subject_of(session, row) for row in wanted},
        heard,
    )
    return {row.id: Asked(row.code, row.title) for row in wanted}, found


def _rows(session: Session, call: Campaign) -> list[Recommendation]:
    """Return the first recommendations of a call's list that aren't set aside."""
    listed = session.scalars(carrying.consulted(call))
    return [row.recommendation for row in listed if row.recommendation.state not in SET_ASIDE][:MOST]


def _export(kind: str, call: Campaign, found: list[Silence], rows: dict[int, Asked]) -> Response:
    header = [gettext("Organisation"), gettext("Code"), gettext("Recommandation"), gettext("Points")]
    lines = (
        [each.doer.name, rows[number].code, rows[number].title, points]
        for each in found
        for number, points in each.things
    )
    return exports.answer(kind, f"silencieuses-{call.slug}", header, lines)
