"""« Comment le savons-nous ? »: all that says how two actors have to do with each other."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation
from hub.core.access import everyone, permit
from hub.core.db import db
from hub.core.web import endpoint_exists
from hub.network.queries import facts
from hub.network.queries.register import read
from hub.network.values.facts import Fact, Thing
from hub.network.values.register import Link
from hub.network.views import asked
from hub.network.views.blueprint import blueprint
from hub.network.words import ORIGINS, ROLES


@blueprint.get("/lien/<slug>/<other>")
@permit(everyone, Organisation, key="slug")
def tie(organisation: Organisation, *, other: str) -> Any:
    """Show every fact about two actors; with `fragment`, the list alone, for the card beside the picture."""
    session, today = db.session(), asked.today()
    second = session.scalar(select(Organisation).where(Organisation.slug == other))
    if second is None or second is organisation:
        abort(404)
    if (stayed := second.successor) is not None:
        return redirect(url_for("network.tie", slug=organisation.slug, other=stayed.slug), 301)
    sight = asked.sight()
    found = facts.between(session, organisation, second, sight)
    names = {organisation.id: organisation, second.id: second}
    values = {
        "one": organisation,
        "other": second,
        "names": names,
        "lasting": [fact for fact in found if not fact.once and not fact.is_over(today)],
        "past": [fact for fact in found if fact.once or fact.is_over(today)],
        "addresses": {fact: _address(fact, names) for fact in found},
        "origins": ORIGINS,
        "roles": ROLES,
    }
    if "fragment" in request.args:
        response = Response(render_template("network/facts.html", **values), mimetype="text/html")
        response.headers["X-Robots-Tag"] = "noindex"
        return response
    register = read(session, today, sight)
    ends = {organisation.id, second.id}
    here: list[Link] = [link for link in register.current_links if set(link.pair) == ends]
    return render_template("network/tie.html", found=found, shown=here, sight=sight, today=today, **values)


def _address(fact: Fact, names: dict[int, Organisation]) -> str:
    """Return where more is said of what the fact hangs on; empty where there is no such page."""
    if fact.thing == Thing.SPACE:
        return url_for("spaces.show", slug=fact.slug)
    if fact.thing == Thing.EVENT:
        return url_for("events.show", slug=fact.slug)
    if fact.thing == Thing.MEMORANDUM:
        return url_for("publishing.edition", slug=fact.slug, number=fact.number)
    if fact.thing == Thing.PROJECT:
        return url_for("actors.project", slug=fact.slug) if endpoint_exists("actors.project") else ""
    anchor = "relations" if fact.thing == Thing.RELATION else "permanences"
    return url_for("actors.show", slug=names[fact.subject].slug, _anchor=anchor)
