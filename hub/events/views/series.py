"""Series of days, and the rooms of a venue."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation
from hub.core import clock, paging
from hub.core.access import coordinator, current_user, everyone, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events import rules
from hub.events.forms.around import RoomFactsForm, SeriesForm, facts_of
from hub.events.forms.sign_up import blame
from hub.events.models.days import EventSeries
from hub.events.models.places import VenueRoom
from hub.events.operations import places, series
from hub.events.queries import days as queries
from hub.events.queries import places as rooms
from hub.events.views.blueprint import blueprint

Answer = Response | tuple[str, int]


@blueprint.get("/journees/series")
@permit(everyone)
def series_index() -> str:
    """List the series of days with how many days each has."""
    found = db.session.execute(queries.series_with_counts(with_drafts=may(coordinator))).all()
    return render_template("events/series_index.html", rows=found)


@blueprint.get("/journees/series/nouvelle")
@permit(rules.manage)
def series_create_page() -> str:
    """Show the form of a new series."""
    return render_template("events/series_edit.html", form=SeriesForm(), series=None)


@blueprint.post("/journees/series/nouvelle")
@permit(rules.manage)
def series_create_now() -> Answer:
    """Make a series."""
    form = SeriesForm()
    if not form.validate_on_submit():
        return render_template("events/series_edit.html", form=form, series=None), 422
    row = series.create(
        db.session(),
        form.title.data or "",
        form.description.data or "",
        actor=current_user(),
        now=clock.now(),
    )
    flash(_("La série est enregistrée. Ajoutez-y une journée, ou choisissez-la dans une journée."), "success")
    return redirect(url_for("events.series_page", slug=row.slug), 303)


@blueprint.get("/journees/series/<slug>")
@permit(everyone, EventSeries, key="slug")
def series_page(row: EventSeries) -> str:
    """Show all days of a series, those to come first."""
    now = clock.now()
    found = queries.of_series(row, now, with_drafts=may(coordinator))
    page = paging.paginate(db.session(), found, request.args.get("page", 1, type=int))
    return render_template("events/series.html", series=row, page=page)


@blueprint.get("/journees/series/<slug>/modifier")
@permit(rules.manage, EventSeries, key="slug")
def series_edit_page(row: EventSeries) -> str:
    """Show a series to change."""
    return render_template("events/series_edit.html", form=SeriesForm(obj=row), series=row)


@blueprint.post("/journees/series/<slug>/modifier")
@permit(rules.manage, EventSeries, key="slug")
def series_edit_now(row: EventSeries) -> Answer:
    """Change a series."""
    form = SeriesForm()
    if not form.validate_on_submit():
        return render_template("events/series_edit.html", form=form, series=row), 422
    series.edit(
        db.session(), row, form.title.data or "", form.description.data or "", actor=current_user(),
        now=clock.now(),
    )  # fmt: skip
    flash(_("Les changements sont enregistrés."), "success")
    return redirect(url_for("events.series_page", slug=row.slug), 303)


@blueprint.get("/lieux/<slug>/salles")
@permit(rules.manage, Organisation, key="slug")
def venue_rooms(venue: Organisation) -> str:
    """List the rooms of a venue, with the form of a new one."""
    return _show_rooms(venue, RoomFactsForm())


@blueprint.post("/lieux/<slug>/salles")
@permit(rules.manage, Organisation, key="slug")
def add_venue_room(venue: Organisation) -> Answer:
    """Add a room to a venue."""
    form = RoomFactsForm()
    if not form.validate_on_submit():
        return _show_rooms(venue, form), 422
    try:
        places.add_room(db.session(), venue, form.facts(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_rooms(venue, form), 422
    flash(_("La salle est enregistrée."), "success")
    return redirect(url_for("events.venue_rooms", slug=venue.slug), 303)


def _show_rooms(venue: Organisation, form: RoomFactsForm) -> str:
    found = db.session.scalars(rooms.rooms_of(venue)).all()
    return render_template("events/rooms.html", venue=venue, rooms=found, form=form)


@blueprint.get("/lieux/<slug>/salles/<int:number>")
@permit(rules.manage, Organisation, key="slug")
def edit_venue_room_page(venue: Organisation, number: int) -> str:
    """Show a room to change."""
    room = _room(venue, number)
    form = RoomFactsForm(data=facts_of(room))
    return render_template("events/room.html", venue=venue, room=room, form=form)


@blueprint.post("/lieux/<slug>/salles/<int:number>")
@permit(rules.manage, Organisation, key="slug")
def edit_venue_room(venue: Organisation, number: int) -> Answer:
    """Change a room."""
    room = _room(venue, number)
    form = RoomFactsForm()
    if not form.validate_on_submit():
        return render_template("events/room.html", venue=venue, room=room, form=form), 422
    try:
        places.edit_room(db.session(), room, form.facts(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return render_template("events/room.html", venue=venue, room=room, form=form), 422
    flash(_("La salle est enregistrée."), "success")
    return redirect(url_for("events.venue_rooms", slug=venue.slug), 303)


@blueprint.post("/lieux/<slug>/salles/<int:number>/retirer")
@permit(rules.manage, Organisation, key="slug")
def retire_venue_room(venue: Organisation, number: int) -> Response:
    """Offer a room no more, or again."""
    room = _room(venue, number)
    if room.retired_at is None:
        places.retire_room(db.session(), room, actor=current_user(), now=clock.now())
        flash(_("La salle n’est plus proposée ; les journées qui s’y tiennent la gardent."), "success")
    else:
        places.bring_back_room(db.session(), room, actor=current_user(), now=clock.now())
        flash(_("La salle est proposée à nouveau."), "success")
    return redirect(url_for("events.venue_rooms", slug=venue.slug), 303)


def _room(venue: Organisation, number: int) -> VenueRoom:
    room = db.session.get(VenueRoom, number)
    if room is None or room.organisation_id != venue.id:
        abort(404)
    return room
