"""Organisations that people typed: linked to the register, or kept as they are."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events import rules
from hub.events.models.days import Event
from hub.events.operations import register_names
from hub.events.queries import sign_up as queries
from hub.events.views.blueprint import blueprint


@blueprint.get("/journees/<slug>/organisations-a-verifier")
@permit(rules.manage, Event, key="slug")
def typed_organisations(event: Event) -> str:
    """Show the names that are not in the register, with what they may mean; those kept come last."""
    session = db.session()
    rows = session.execute(queries.typed_names(event)).all()
    near = register_names.suggestions(session, [name for name, _people, checked in rows if not checked])
    lines = [
        {"name": name, "people": people, "checked": bool(checked), "near": near.get(name, [])}
        for name, people, checked in sorted(rows, key=lambda row: bool(row[2]))
    ]
    names = session.execute(queries.names_of_register()).all() if lines else ()
    return render_template("events/typed_organisations.html", event=event, lines=lines, names=names)


@blueprint.post("/journees/<slug>/organisations-a-verifier/relier")
@permit(rules.manage, Event, key="slug")
def link_organisation(event: Event) -> Response:
    """Give all sign-ups with a typed name an actor of the register."""
    session, name = db.session(), request.form.get("name", "")
    wanted = request.form.get("organisation_name", "")
    number = (
        register_names.find(session, wanted) if wanted else request.form.get("organisation", type=row_number)
    )
    organisation = session.get(Organisation, number) if number else None
    if organisation is None:
        if not wanted:
            abort(404)
        flash(_("« %(name)s » n’est pas, tel quel, dans le registre.", name=wanted), "error")
        return redirect(url_for("events.typed_organisations", slug=event.slug), 303)
    try:
        register_names.link(session, event, name, organisation, actor=current_user(), now=clock.now())
        flash(
            _("« %(name)s » est relié à %(organisation)s.", name=name, organisation=organisation.name),
            "success",
        )
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.typed_organisations", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/organisations-a-verifier/garder")
@permit(rules.manage, Event, key="slug")
def keep_organisation(event: Event) -> Response:
    """Keep a typed name as it is."""
    name = request.form.get("name", "")
    try:
        register_names.keep(db.session(), event, name, actor=current_user(), now=clock.now())
        flash(_("« %(name)s » reste tel quel.", name=name), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.typed_organisations", slug=event.slug), 303)
