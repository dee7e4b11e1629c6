"""What workshops and days conclude: writing, publishing, and what the public page of the day shows of it."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events import rules, signals
from hub.events.forms.conclusions import ConclusionForm, mark, shown
from hub.events.forms.sign_up import blame
from hub.events.models.days import Event, EventState
from hub.events.models.outcomes import Conclusion
from hub.events.models.workshops import Workshop
from hub.events.operations import conclusions
from hub.events.queries import conclusions as queries
from hub.events.views.blueprint import blueprint

Answer = str | Response | tuple[str, int]


@blueprint.get("/journees/<slug>/conclusions")
@permit(rules.see, Event, key="slug")
def conclusions_page(event: Event) -> str:
    """Show each conclusion of a day and what came of it; to readers, what is published."""
    session = db.session()
    if not may(rules.write_some_conclusion, event):
        told = conclusions_of(event)
        links = signals.links_of(session, told, user=current_user())
        return render_template("events/conclusions/read.html", event=event, concluded=told, links=links)
    places = conclusions.places(session, event)
    links = signals.links_of(
        session, [place.conclusion for place in places if place.conclusion], user=current_user()
    )
    manages = may(rules.manage)
    written = {place.workshop.id if place.workshop else 0 for place in places if may_write(event, place)}
    drafts = [
        place
        for place in places
        if place.conclusion and place.conclusion.text and not place.conclusion.published_at
    ]
    return render_template(
        "events/conclusions/list.html", event=event, places=places, links=links, manages=manages,
        written=written, drafts=len(drafts), is_over=clock.now() >= event.ends_at,
    )  # fmt: skip


def may_write(event: Event, place: conclusions.Place) -> bool:
    """Say whether the person of this request may write a conclusion."""
    if place.workshop is not None:
        return may(rules.write_conclusion, place.workshop)
    return may(rules.write_conclusion_of_day, event)


@blueprint.post("/journees/<slug>/conclusions")
@permit(rules.manage, Event, key="slug")
def publish_conclusions(event: Event) -> Response:
    """Publish all that is written."""
    try:
        number = conclusions.publish_all(db.session(), event, actor=current_user(), now=clock.now())
        flash(_("Conclusions publiées : %(count)s.", count=number), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.conclusions_page", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/conclusion")
@permit(rules.write_conclusion_of_day, Event, key="slug")
def conclusion_of_day(event: Event) -> str:
    """Show what the whole day concludes, to write."""
    return _show(event, None)


@blueprint.post("/journees/<slug>/conclusion")
@permit(rules.write_conclusion_of_day, Event, key="slug")
def write_conclusion_of_day(event: Event) -> Answer:
    """Write what the whole day concludes."""
    return _write(event, None)


@blueprint.get("/ateliers/<int:id>/conclusion")
@permit(rules.write_conclusion, Workshop)
def conclusion_of_workshop(workshop: Workshop) -> str:
    """Show what a workshop concludes, to write."""
    return _show(workshop.event, workshop)


@blueprint.post("/ateliers/<int:id>/conclusion")
@permit(rules.write_conclusion, Workshop)
def write_conclusion(workshop: Workshop) -> Answer:
    """Write what a workshop concludes."""
    return _write(workshop.event, workshop)


def _show(event: Event, workshop: Workshop | None) -> str:
    row = conclusions.find(db.session(), event, workshop)
    return _page(event, workshop, row, ConclusionForm(data=shown(row, workshop)))


def _page(
    event: Event, workshop: Workshop | None, row: Conclusion | None, form: ConclusionForm, **more: Any
) -> str:
    if form.rapporteur is not None:
        form.prepare(db.session(), chooses=may(rules.manage))
    action = (
        url_for("events.write_conclusion", id=workshop.id)
        if workshop is not None
        else url_for("events.write_conclusion_of_day", slug=event.slug)
    )
    return render_template(
        "events/conclusions/write.html", event=event, workshop=workshop, row=row, form=form, action=action,
        **{"other": None, **more},
    )  # fmt: skip


def _write(event: Event, workshop: Workshop | None) -> Answer:
    session = db.session()
    form = ConclusionForm().prepare(session, chooses=may(rules.manage))
    row = conclusions.find(session, event, workshop)
    if row is not None and row.published_at is not None and not may(rules.manage):
        abort(403)
    if not form.validate_on_submit():
        return _page(event, workshop, row, form), 422
    if form.seen.data != mark(row):
        # Somebody else wrote meanwhile: both are shown, and sending again overwrites knowingly.
        form.seen.data, form.seen.raw_data = mark(row), None
        return _page(event, workshop, row, form, other=row), 409
    try:
        conclusions.save(
            session, event, workshop, form.words(session, row), actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        blame(form, problem)
        return _page(event, workshop, row, form), 422
    flash(_("La conclusion est enregistrée."), "success")
    return redirect(url_for("events.conclusions_page", slug=event.slug), 303)


@blueprint.post("/conclusions/<int:id>/publier")
@permit(rules.manage, Conclusion)
def publish_conclusion(row: Conclusion) -> Response:
    """Let everybody read a conclusion."""
    try:
        conclusions.publish(db.session(), row, actor=current_user(), now=clock.now())
        flash(_("La conclusion est publiée sur la page de la journée."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.conclusions_page", slug=row.event.slug), 303)


@blueprint.post("/conclusions/<int:id>/retirer")
@permit(rules.manage, Conclusion)
def unpublish_conclusion(row: Conclusion) -> Response:
    """Take a conclusion off the public page."""
    conclusions.unpublish(db.session(), row, actor=current_user(), now=clock.now())
    flash(_("La conclusion n’est plus publiée ; son texte reste."), "success")
    return redirect(url_for("events.conclusions_page", slug=row.event.slug), 303)


@blueprint.context_processor
def conclusion_words() -> dict[str, Any]:
    """Let the public page of a day ask for what it concludes."""
    return {"conclusions_of": conclusions_of, "writes_conclusions": writes_conclusions}


def conclusions_of(event: Event) -> list[Conclusion]:
    """Return what everybody reads of a day's conclusions."""
    if event.state != EventState.PUBLISHED or clock.now() < event.ends_at:
        return []
    return list(db.session.scalars(queries.published(event)))


def writes_conclusions(event: Event) -> bool:
    """Say whether the person of this request may write something the day concludes, without coordinating."""
    return not may(rules.manage) and may(rules.write_some_conclusion, event)
