"""What people need to take part, by name: for the coordination alone, each look written down (G3)."""

from flask import abort, render_template
from flask_babel import gettext as _

from hub.core import audit, clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.events import rules
from hub.events.forms.sign_up import ConfirmForm
from hub.events.models.days import Event
from hub.events.models.places import VenueRoom
from hub.events.queries import needs as queries
from hub.events.views.blueprint import blueprint


@blueprint.get("/journees/<slug>/besoins")
@permit(rules.see_needs, Event, key="slug")
def needs(event: Event) -> str:
    """Say how many told of what; the names come with a gesture that is written down."""
    access, languages, diets = db.session.execute(queries.counts(event)).one()
    return render_template(
        "events/needs.html", event=event, rows=None, access=access, languages=languages, diets=diets
    )


@blueprint.post("/journees/<slug>/besoins")
@permit(rules.see_needs, Event, key="slug")
def see_needs(event: Event) -> str:
    """Show who needs what, and write down who looked; nothing of what is shown is written."""
    if not ConfirmForm().validate_on_submit():
        abort(422)
    session = db.session()
    audit.record(session, "event.needs_seen", event, actor=current_user(), now=clock.now())
    rows = session.scalars(queries.with_needs(event)).unique().all()
    return render_template("events/needs.html", event=event, rows=rows, room_facts=room_facts)


def room_facts(room: VenueRoom | None) -> str:
    """Return what is known of how accessible a room is; empty where nothing is."""
    if room is None:
        return ""
    known = (
        (room.step_free, _("plain-pied")),
        (room.accessible_toilet, _("toilettes accessibles")),
        (room.hearing_loop, _("boucle auditive")),
    )
    return ", ".join([word for holds, word in known if holds] + [room.access_note] * bool(room.access_note))
