"""What others have published: the list, a document with what was taken from it, and taking from it."""

from collections.abc import Iterable
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, exports, jobs, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import N_, DomainError
from hub.recommendations.forms.documents import DocumentForm
from hub.recommendations.models.documents import DOCUMENT_KINDS, DocumentKind, ReadingState, SourceDocument
from hub.recommendations.operations import documents as writing
from hub.recommendations.operations import readings
from hub.recommendations.operations.documents import DocumentFacts
from hub.recommendations.queries import documents as document_queries
from hub.recommendations.queries.documents import NEWEST_FIRST, DocumentFilter, Items
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import (
    argument,
    blame,
    blueprint,
    chips,
    order_of,
    page_number,
    word_of,
)

Answer = str | BaseResponse | tuple[str, int]
UNREAD = {ReadingState.WAITING, ReadingState.FAILED}
MOVED = N_("Quelqu’un d’autre a modifié ce document entre-temps. Rien n’est perdu.")


@blueprint.get("/recommandations/documents")
@permit(manage)
def documents() -> Answer:
    """List the documents and how much was taken from each; the same list as CSV or xlsx."""
    session = db.session()
    wanted = DocumentFilter(argument("q"), word_of(DocumentKind, "kind"), argument("organisation"))
    order = order_of(document_queries.SORTS, NEWEST_FIRST)
    rows = document_queries.documents(wanted, order)
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, session.scalars(rows).all())
    page = paging.paginate(session, rows, page_number())
    options = _options(wanted)
    return render_template(
        "recommendations/documents.html",
        page=page,
        items=_items(page.rows),
        nothing=Items(),
        wanted=wanted,
        options=options,
        order=order,
        active=chips(
            ("q", wanted.text, gettext("Recherche : %(text)s", text=wanted.text)),
            *(
                (
                    each["name"],
                    each["value"],
                    f"{each['label']} : {dict(each['choices']).get(each['value'], each['value'])}",
                )
                for each in options
            ),
        ),
    )


@blueprint.get("/recommandations/documents/nouveau")
@permit(manage)
def new_document() -> str:
    """Show the form of a new document."""
    return _form_page(DocumentForm(formdata=None))


@blueprint.post("/recommandations/documents/nouveau")
@permit(manage)
def register_document() -> Answer:
    """Register it."""
    session = db.session()
    form = DocumentForm()
    form.fill(session)
    problem = None
    if form.validate():
        try:
            row = writing.register(session, _facts(form), actor=current_user(), now=clock.now())
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("Le document est enregistré. Prenez-en les demandes."), "success")
            return redirect(url_for("recommendations.document", id=row.id), 303)
    return _form_page(form, problem=problem), 422


@blueprint.get("/recommandations/documents/<int:id>")
@permit(manage, SourceDocument)
def document(row: SourceDocument) -> str:
    """Show a document with the demands taken from it and what became of each."""
    session = db.session()
    return render_template(
        "recommendations/document.html",
        document=row,
        page=paging.paginate(session, document_queries.items(row), page_number()),
        history=list(session.scalars(audit.history(row))),
        job=session.scalar(jobs.of(row, readings.JOB).limit(1)) if row.reading in UNREAD else None,
    )


@blueprint.get("/recommandations/documents/<int:id>/modifier")
@permit(manage, SourceDocument)
def edit_document(row: SourceDocument) -> str:
    """Show its form as it stands."""
    said = {
        "title": row.title, "organisation": row.organisation.slug, "kind": row.kind.value, "year": row.year,
        "url": row.url, "note": row.note, "seen": _version(row),
    }  # fmt: skip
    return _form_page(DocumentForm(formdata=None, data=said), row=row)


@blueprint.post("/recommandations/documents/<int:id>/modifier")
@permit(manage, SourceDocument)
def change_document(row: SourceDocument) -> Answer:
    """Store what was changed, unless somebody else changed it meanwhile: then both are shown."""
    session = db.session()
    session.refresh(row, with_for_update=True)
    form = DocumentForm()
    form.fill(session, row)
    if form.seen.data != _version(row):
        form.seen.data = _version(row)
        return _form_page(form, row=row, problem=gettext(MOVED), other=row), 409
    problem = None
    if form.validate():
        try:
            writing.edit(session, row, _facts(form), actor=current_user(), now=clock.now())
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("Les changements sont enregistrés."), "success")
            return redirect(url_for("recommendations.document", id=row.id), 303)
    return _form_page(form, row=row, problem=problem), 422


def _form_page(form: DocumentForm, row: SourceDocument | None = None, **more: Any) -> str:
    form.fill(db.session(), row)
    return render_template("recommendations/document_form.html", form=form, row=row, **more)


def _facts(form: DocumentForm) -> DocumentFacts:
    """Return what a valid form says; the choices were checked, so the organisation is there."""
    chosen = select(Organisation).where(Organisation.slug == form.organisation.data)
    return DocumentFacts(
        title=form.title.data or "",
        organisation=db.session.scalars(chosen).one(),
        kind=DocumentKind(form.kind.data),
        year=form.year.data,
        url=form.url.data or "",
        note=form.note.data or "",
    )


def _version(row: SourceDocument) -> str:
    return row.updated_at.isoformat()


def _items(rows: Iterable[SourceDocument]) -> dict[int, Items]:
    counted = document_queries.counted([row.id for row in rows])
    found = db.session.execute(counted)
    return {document: Items(taken, made) for document, taken, made in found if document is not None}


def _options(wanted: DocumentFilter) -> list[dict[str, Any]]:
    return [
        {
            "name": "kind",
            "label": gettext("Genre"),
            "value": wanted.kind.value if wanted.kind else "",
            "choices": [(word.value, gettext(text)) for word, text in DOCUMENT_KINDS.items()],
        },
        {
            "name": "organisation",
            "label": gettext("Organisation"),
            "value": wanted.organisation,
            "choices": [
                (row.slug, row.short_label) for row in db.session.scalars(document_queries.authors())
            ],
            "search": True,
        },
    ]


def _export(kind: str, rows: Iterable[SourceDocument]) -> Response:
    rows = list(rows)
    items = _items(rows)
    header = [
        gettext("Titre"),
        gettext("Organisation"),
        gettext("Année"),
        gettext("Genre"),
        gettext("Adresse web"),
        gettext("Demandes prises"),
        gettext("Reprises dans une recommandation"),
        gettext("Modifié le"),
    ]
    lines = (
        [
            row.title,
            row.organisation.name,
            row.year or "",
            gettext(DOCUMENT_KINDS[row.kind]),
            row.url,
            *items.get(row.id, Items()),
            row.updated_at,
        ]
        for row in rows
    )
    return exports.answer(kind, "documents", header, lines)
