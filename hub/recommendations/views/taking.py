"""Taking a demand from a document, on a page of its own or beside the words of the document's page."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import N_, DomainError
from hub.recommendations.forms.documents import LONGEST_KEY, ItemForm
from hub.recommendations.models.documents import ReadingState, SourceDocument
from hub.recommendations.operations import documents as writing
from hub.recommendations.operations import readings
from hub.recommendations.operations.documents import Taken
from hub.recommendations.queries import choices
from hub.recommendations.queries import documents as document_queries
from hub.recommendations.rules import manage
from hub.recommendations.values import pages as values
from hub.recommendations.views.blueprint import argument, blame, blueprint, page_number
from hub.recommendations.views.reading import typed_words

Answer = str | Response | tuple[str, int]
DOUBTFUL = N_(
    "Ces mots ne se lisent pas tels quels à cette page. Vérifiez-les ; s’il faut les garder ainsi, "
    "envoyez encore une fois."
)


@blueprint.get("/recommandations/documents/<int:id>/demande")
@permit(manage, SourceDocument)
def take_page(row: SourceDocument) -> str:
    """Show the form by which a demand is taken; the page and theme of the last one are kept."""
    form = ItemForm(formdata=None, source_page=argument("page"), theme=argument("theme"))
    return _take_page(row, form)


@blueprint.get("/recommandations/documents/<int:id>/lire")
@permit(manage, SourceDocument)
def read_document(row: SourceDocument) -> Answer:
    """Show the words of one page of its file, with the form by which a demand is taken beside them."""
    if row.reading != ReadingState.READ:
        return redirect(url_for("recommendations.document", id=row.id))
    form = ItemForm(formdata=None, theme=argument("theme"), reading=str(page_number()))
    return _read_page(row, form, page_number())


@blueprint.post("/recommandations/documents/<int:id>/demande")
@permit(manage, SourceDocument)
def take(row: SourceDocument) -> Answer:
    """Store the demand, and come back for the next one, to the same page."""
    session = db.session()
    form = ItemForm()
    form.fill(session)
    problem = None
    if form.validate() and _is_quoted(row, form):
        taken = Taken(typed_words(form, session), form.source_page.data or "", form.quote.data or "")
        key = (form.key.data or "")[:LONGEST_KEY]
        try:
            sent = writing.take(session, row, taken, client_key=key, actor=current_user(), now=clock.now())
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("La demande n° %(number)s est prise. À la suivante !", number=sent.id), "success")
            return redirect(_next_one(row, form, taken), 303)
    if form.place is not None and row.reading == ReadingState.READ:
        return _read_page(row, form, form.place, problem), 422
    return _take_page(row, form, problem), 422


def _next_one(row: SourceDocument, form: ItemForm, taken: Taken) -> str:
    """Return where the next demand is taken: the same page, with the same theme."""
    theme = form.theme.data or None
    if form.place is not None and row.reading == ReadingState.READ:
        return url_for("recommendations.read_document", id=row.id, page=form.place, theme=theme)
    return url_for("recommendations.take_page", id=row.id, page=taken.page or None, theme=theme)


def _is_quoted(row: SourceDocument, form: ItemForm) -> bool:
    """Say whether the quotation stands there, or was sent a second time as it is; else say so beside it."""
    quote = form.quote.data or ""
    known = readings.is_quoted(db.session(), row, form.source_page.data or "", quote)
    if known or form.doubted.data == _mark(form):
        return True
    form.quote.errors = [*form.quote.errors, gettext(DOUBTFUL)]
    form.doubted.data = _mark(form)
    return False


def _mark(form: ItemForm) -> str:
    return f"{form.source_page.data} {form.quote.data}"


def _take_page(row: SourceDocument, form: ItemForm, problem: str | None = None) -> str:
    return render_template("recommendations/take.html", **_around_form(row, form, problem))


def _read_page(row: SourceDocument, form: ItemForm, number: int, problem: str | None = None) -> str:
    session = db.session()
    last = row.pages or 1
    number = min(max(1, number), last)
    page = session.scalars(document_queries.pages_of(row, [number])).one()
    form.reading.data = str(number)
    if not form.is_submitted():
        form.source_page.data = page.label or str(number)
    wanted = argument("q")
    every = session.scalars(document_queries.pages_of(row)).all() if wanted else ()
    return render_template(
        "recommendations/read.html",
        page=page,
        last=last,
        wanted=wanted,
        found=values.found(((each.number, each.text) for each in every), wanted),
        paragraphs=[
            [values.marked(sentence, wanted) for sentence in values.sentences(paragraph)]
            for paragraph in values.paragraphs(page.text)
        ],
        **_around_form(row, form, problem),
    )


def _around_form(row: SourceDocument, form: ItemForm, problem: str | None) -> dict[str, Any]:
    session = db.session()
    form.fill(session)
    form.key.data = form.key.data or secrets.token_urlsafe(16)
    items = session.scalars(document_queries.last_items(row)).all()
    counted = session.execute(document_queries.counted([row.id])).first()
    return {
        "document": row,
        "form": form,
        "problem": problem,
        "levels": list(session.scalars(choices.levels())),
        "taken": items,
        "count": counted[1] if counted else 0,
    }
