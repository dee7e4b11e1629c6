"""The papers of a day: what can be printed, how it is printed, the file for as long as it is there."""

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock, exports, files, jobs
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events import rules
from hub.events.forms.papers import PapersForm, from_address, in_address
from hub.events.forms.sign_up import blame
from hub.events.jobs import papers as printing
from hub.events.models.days import Event
from hub.events.models.papers import DayPaper
from hub.events.operations import papers
from hub.events.operations.paper_contents import Wanted, Wished, compose, read
from hub.events.queries import papers as queries
from hub.events.views.blueprint import blueprint
from memoranda.errors import BuildError, ContentError
from memoranda.fonts import name_of_letters

Answer = Response | tuple[str, int]
PDF, ZIP = "application/pdf", "application/zip"


@blueprint.get("/journees/<slug>/documents")
@permit(rules.manage, Event, key="slug")
def papers_page(event: Event) -> str:
    """Show what can be printed."""
    form = PapersForm()
    form.prepare(event)
    return _show(event, form)


@blueprint.post("/journees/<slug>/documents")
@permit(rules.manage, Event, key="slug")
def print_papers(event: Event) -> Answer:
    """Have papers printed: sent at once where that takes a moment, else by a job."""
    form = PapersForm()
    form.prepare(event)
    kind = _kind(request.form.get("kind", Wished.ALL.value))
    if not form.validate_on_submit():
        return _show(event, form), 422
    wanted = form.wanted(kind)
    try:
        row = papers.ask(db.session(), event, wanted, actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show(event, form), 422
    if row is None:
        return redirect(
            url_for("events.paper_at_once", slug=event.slug, kind=kind.value, **in_address(wanted)), 303
        )
    return redirect(url_for("events.paper", slug=event.slug, number=row.id), 303)


def _show(event: Event, form: PapersForm) -> str:
    session = db.session()
    onsite, online = session.execute(queries.expected_count(event)).one()
    names = session.scalars(queries.names_in_the_room(event))
    by_hand = [name for name in names if not name_of_letters(name, printing.FONTS)]
    return render_template(
        "events/papers.html", event=event, form=form, onsite=onsite, online=online, by_hand=by_hand
    )


def _kind(text: str) -> Wished:
    if text not in set(Wished):
        abort(404)
    return Wished(text)


@blueprint.get("/journees/<slug>/documents/imprimer/<kind>")
@permit(rules.manage, Event, key="slug")
def paper_at_once(event: Event, kind: str) -> Response:
    """Send papers made for this request alone, where that takes a moment."""
    session = db.session()
    wanted = from_address(_kind(kind), request.args)
    try:
        papers.check(wanted)
    except DomainError:
        abort(404)
    if papers.weight(session, event, wanted) > papers.DIRECT:
        return redirect(url_for("events.papers_page", slug=event.slug))
    made = compose(read(session, event, files.store()), wanted)
    if not made:
        flash(_(printing.NOTHING), "info")
        return redirect(url_for("events.papers_page", slug=event.slug))
    try:
        content = printing.content_of(event.slug, wanted, made, limits=printing.AT_ONCE)
    except (BuildError, ContentError) as problem:
        flash(_("Le PDF n’a pas pu être fait : %(why)s", why=str(problem)), "error")
        return redirect(url_for("events.papers_page", slug=event.slug))
    return _sent(event, wanted, content)


def _sent(event: Event, wanted: Wanted, content: bytes) -> FlaskResponse:
    media_type = ZIP if wanted.kind == Wished.ALL else PDF
    return exports.send(content, papers.file_name(event.slug, wanted.kind), media_type)


@blueprint.get("/journees/<slug>/documents/<int:number>")
@permit(rules.manage, Event, key="slug")
def paper(event: Event, number: int) -> str:
    """Show how the printing of papers stands, then the file."""
    return _standing("events/paper.html", event, number)


@blueprint.get("/journees/<slug>/documents/<int:number>/avancement")
@permit(rules.manage, Event, key="slug")
def paper_progress(event: Event, number: int) -> str:
    """Answer how it stands, for the page that asks each second."""
    return _standing("events/paper_state.html", event, number)


@blueprint.get("/journees/<slug>/documents/<int:number>/fichier")
@permit(rules.manage, Event, key="slug")
def paper_file(event: Event, number: int) -> Response:
    """Send the file, as long as it is there."""
    row = _found(event, number)
    if row is None or row.content is None:
        flash(_("Ce fichier n’est plus là : redemandez-le."), "info")
        return redirect(url_for("events.papers_page", slug=event.slug))
    return _sent(event, Wanted.read(row.wanted), row.content)


def _standing(template: str, event: Event, number: int) -> str:
    row = _found(event, number)
    job = db.session().scalar(jobs.of(row, papers.JOB).limit(1)) if row is not None else None
    return render_template(template, event=event, number=number, row=row, job=job)


def _found(event: Event, number: int) -> DayPaper | None:
    """Return the papers of the day by their number, None once their hour is over."""
    row = db.session().get(DayPaper, number)
    if row is None or row.event_id != event.id or row.expires_at <= clock.now():
        return None
    return row
