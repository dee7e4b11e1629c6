"""The result of a workshop, put into the day's conclusions and the minutes of a meeting of that day."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events.models.workshops import Workshop
from hub.events.operations import conclusions
from hub.recommendations.forms.workshops import ResultForm
from hub.recommendations.operations import workshop_results
from hub.recommendations.queries import workshops as queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import blueprint, sentence
from hub.spaces.models.meetings import AgendaItem
from hub.spaces.values.differences import pieces

Answer = str | Response | tuple[str, int]


@blueprint.get("/ateliers/<int:id>/travail/resultat")
@permit(manage, Workshop)
def workshop_result(workshop: Workshop) -> str:
    """Show what the conclusion of the workshop will say."""
    return _page(workshop, ResultForm(formdata=None))


@blueprint.post("/ateliers/<int:id>/travail/resultat")
@permit(manage, Workshop)
def put_workshop_result(workshop: Workshop) -> Answer:
    """Put the result there."""
    session = db.session()
    points = {row.id: row for row in session.scalars(queries.points_that_day(workshop.event))}
    form = ResultForm().fill(points.values())
    if not form.validate():
        return _page(workshop, form), 422
    item: AgendaItem | None = points.get(form.item.data or 0)
    try:
        workshop_results.put(
            session, workshop, item=item, seen=form.seen.data or "",
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _page(workshop, form, sentence(refusal)), 409
    flash(
        _("Le résultat est dans les conclusions et au point du compte rendu.")
        if item is not None
        else _("Le résultat est dans les conclusions."),
        "success",
    )
    return redirect(url_for("events.conclusions_page", slug=workshop.event.slug), 303)


def _page(workshop: Workshop, form: ResultForm, problem: str = "") -> str:
    session = db.session()
    form.fill(session.scalars(queries.points_that_day(workshop.event)).all())
    row = conclusions.find(session, workshop.event, workshop)
    text = row.text if row is not None else ""
    # What the page compares is what it puts: after a refusal, what stands by now.
    form.seen.data, form.seen.raw_data = text, None
    given = workshop_results.gather(session, workshop)
    part = workshop_results.section(given)
    return render_template(
        "recommendations/workshops/result.html", workshop=workshop, form=form, problem=problem, part=part,
        pieces=list(pieces(text, workshop_results.with_section(text, part))), text=text,
        drafts=given.drafts,
        is_published=row is not None and row.published_at is not None,
    )  # fmt: skip
