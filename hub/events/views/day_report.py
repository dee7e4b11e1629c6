"""The report of a day: a page, and the same as PDF."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock, exports
from hub.core.access import permit
from hub.core.db import db
from hub.core.web import network
from hub.events import rules, signals
from hub.events.jobs.papers import AT_ONCE, FONTS, never, tell_nobody
from hub.events.models.days import Event, EventState
from hub.events.operations import day_report
from hub.events.views.blueprint import blueprint
from memoranda.errors import BuildError, ContentError
from memoranda.report import page
from memoranda.report.content import Report
from memoranda.sandbox import build_apart


@blueprint.get("/journees/<slug>/rapport")
@permit(rules.manage, Event, key="slug")
def day_report_page(event: Event) -> str:
    """Show the report of a day as it stands; before the day there is none."""
    if not _has_begun(event):
        return render_template("events/day_report.html", event=event, report=None)
    try:
        report = page.to_html(_report(event))
    except ContentError as problem:
        flash("\n".join(one.sentence for one in problem.problems), "error")
        report = None
    return render_template("events/day_report.html", event=event, report=report)


@blueprint.get("/journees/<slug>/rapport.pdf")
@permit(rules.manage, Event, key="slug")
def day_report_pdf(event: Event) -> Response:
    """Send the report of a day as a PDF: it names no person, and is made for this request."""
    if not _has_begun(event):
        return _back(event)
    try:
        pdf = build_apart(
            _report(event),
            fonts_folder=FONTS,
            on_progress=tell_nobody,
            should_stop=never,
            limits=AT_ONCE,
        )
    except (BuildError, ContentError) as problem:
        flash(_("Le PDF n’a pas pu être fait : %(why)s", why=str(problem)), "error")
        return _back(event)
    return exports.send(pdf, f"rapport-{event.slug}.pdf", "application/pdf")


def _has_begun(event: Event) -> bool:
    return event.state == EventState.PUBLISHED and clock.now() >= event.starts_at


def _report(event: Event) -> Report:
    session = db.session()
    conclusions = day_report.conclusions_of(session, event)
    links = signals.links_of(session, conclusions, user=None)  # what everybody may see
    return day_report.compile_report(session, event, conclusions, links, network=network(), now=clock.now())


def _back(event: Event) -> Response:
    return redirect(url_for("events.day_report_page", slug=event.slug))
