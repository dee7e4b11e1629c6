"""What a table of a workshop sees by its link: its demands, written and corrected until the entry closes."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import checked_by_its_form, limiter
from hub.events.models.workshops import Workshop
from hub.recommendations.forms.workshops import TableForm
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.operations import tables
from hub.recommendations.operations.contributions import OpenPage
from hub.recommendations.operations.tables import EntryMovedError
from hub.recommendations.queries import tables as queries
from hub.recommendations.views.blueprint import argument, blame, blueprint, sentence

Answer = str | Response | tuple[str, int]
View = TypeVar("View", bound=Callable[..., Any])
LOST = {404, 410, 429}
TYPED = ("table", "finding", "proposal", "wording")


def by_script() -> bool:
    """Say whether a script asks: it keeps what was typed itself, and tells the person."""
    return "X-Gesture" in request.headers


def keeps_typed(view: View) -> View:
    """Show what was typed where its link no longer opens, or too much was sent at once."""

    @wraps(view)
    def kept(**given: Any) -> Any:
        try:
            answer = view(**given)
        except TooManyRequests:
            answer = Response(status=429)
        code = getattr(answer, "status_code", 200)
        if code not in LOST or by_script():
            return answer
        typed = {name: request.form[name] for name in TYPED if request.form.get(name)}
        return render_template("recommendations/tables/lost.html", typed=typed, code=code), code

    return kept  # type: ignore[return-value]


@blueprint.get("/atelier/<token>")
@permit_token(tables.PURPOSE, Workshop)
def table_door(workshop: Workshop, *, token: str) -> Response:
    """Lead to the first page of a table."""
    del workshop
    return redirect(url_for("recommendations.table_page", token=token))


@blueprint.get("/atelier/<token>/demandes")
@permit_token(tables.PURPOSE, Workshop)
def table_page(workshop: Workshop, *, token: str) -> str:
    """Show the form of a table, and what it has written already."""
    form = TableForm(formdata=None, table=argument("table"))
    form.client_key.data = secrets.token_urlsafe(12)
    return _page(workshop, token, form)


@blueprint.post("/atelier/<token>/demandes")
@checked_by_its_form
@keeps_typed
@permit_token(tables.PURPOSE, Workshop)
@limiter.limit("1200 per hour")  # a hall full of tablets has one address
def enter_at_table(workshop: Workshop, *, token: str) -> Any:
    """Keep a demand of a table."""
    session = db.session()
    form = TableForm.sent().fill(session, workshop.event)
    problem = None
    if form.validate():
        try:
            row = tables.enter(
                session, workshop, form.entry(), key=form.client_key.data or "", now=clock.now()
            )
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            said = _("C’est noté. Vous pouvez corriger jusqu’à la clôture de la saisie.")
            if by_script():
                return jsonify({"message": said, "list": _list(workshop, token, row.table_name)})
            flash(said, "success")
            return redirect(url_for("recommendations.table_page", token=token, table=row.table_name), 303)
    return _refused(form, problem) if by_script() else (_page(workshop, token, form, problem=problem), 422)


@blueprint.get("/atelier/<token>/etat.json")
@permit_token(tables.PURPOSE, Workshop)
def table_state(workshop: Workshop, *, token: str) -> Response:
    """Tell a page what its table has written by now; 304 if it shows that already."""
    answer = jsonify({"list": _list(workshop, token, argument("table"))})
    return fresh(answer)


def fresh(answer: Response) -> Response:
    """Let an answer be asked for again cheaply. The token goes beside it, for it varies."""
    answer.add_etag()
    answer.make_conditional(request)
    answer.headers["X-CSRF-Token"] = generate_csrf()
    answer.headers["X-Account"] = "table"
    return answer


@blueprint.get("/atelier/<token>/demandes/<int:number>")
@permit_token(tables.PURPOSE, Workshop)
def correct_page(workshop: Workshop, *, token: str, number: int) -> Answer:
    """Show a demand to correct; once it is sent, as it was sent."""
    row = _mine(workshop, number)
    if row.state != ContributionState.DRAFT:
        return render_template(
            "recommendations/tables/correct.html", workshop=workshop, token=token, row=row, form=None
        )
    form = TableForm(formdata=None, data=_words(row))
    form.client_key.data = secrets.token_urlsafe(12)
    return _correct_page(workshop, token, row, form)


@blueprint.post("/atelier/<token>/demandes/<int:number>")
@checked_by_its_form
@keeps_typed
@permit_token(tables.PURPOSE, Workshop)
@limiter.limit("1200 per hour")
def correct_at_table(workshop: Workshop, *, token: str, number: int) -> Any:
    """Write a demand anew."""
    session, row = db.session(), _mine(workshop, number)
    form = _offering(TableForm.sent(), workshop, row)
    if not form.validate():
        return _correct_page(workshop, token, row, form), 422
    page = OpenPage(number=form.client_key.data or "", shows=form.shows.data or "")
    try:
        tables.correct(session, row, form.entry(), page=page, now=clock.now())
    except EntryMovedError as refusal:
        # Both are shown; saving again then replaces what stands, knowingly.
        form.shows.data, form.shows.raw_data = str(row.version), None
        return _correct_page(workshop, token, row, form, other=row, problem=sentence(refusal)), 409
    except DomainError as refusal:
        return _correct_page(workshop, token, row, form, problem=blame(form, refusal)), 422
    flash(_("La demande est corrigée."), "success")
    return redirect(url_for("recommendations.table_page", token=token, table=row.table_name), 303)


def _mine(workshop: Workshop, number: int) -> Contribution:
    row: Contribution | None = db.session.scalar(queries.entries(workshop).where(Contribution.id == number))
    if row is None:
        abort(404)
    return row


def _words(row: Contribution) -> dict[str, str]:
    return {
        "table": row.table_name,
        "finding": row.finding,
        "proposal": row.proposal,
        "organisation": row.organisation.slug if row.organisation else "",
        "shows": str(row.version),
    }


def _refused(form: TableForm, problem: str | None) -> tuple[Response, int]:
    """Tell a script why; 400 where its token is too old, so that it takes another and sends again."""
    if form.form_errors:
        return jsonify({"message": form.form_errors[0]}), 400
    field, errors = next(iter(form.errors.items()), ("", (problem,)))
    return jsonify({"message": str(errors[0]), "field": field}), 422


def _list(workshop: Workshop, token: str, table: str) -> str:
    rows = db.session.scalars(queries.entries(workshop)).all()
    return render_template(
        "recommendations/tables/list.html", rows=[row for row in rows if row.table_name == table],
        token=token, table=table,
    )  # fmt: skip


def _page(workshop: Workshop, token: str, form: TableForm, *, problem: str | None = None) -> str:
    session = db.session()
    form.fill(session, workshop.event)
    rows = session.scalars(queries.entries(workshop)).all()
    table = form.table.data or ""
    return render_template(
        "recommendations/tables/entry.html", workshop=workshop, token=token, form=form, problem=problem,
        rows=[row for row in rows if row.table_name == table], table=table,
        tables=dict.fromkeys(row.table_name for row in rows),
        until=int(tables.closes_at(workshop.event).timestamp() * 1000),
    )  # fmt: skip


def _correct_page(workshop: Workshop, token: str, row: Contribution, form: TableForm, **more: Any) -> str:
    return render_template(
        "recommendations/tables/correct.html", workshop=workshop, token=token, row=row,
        form=_offering(form, workshop, row), **more,
    )  # fmt: skip


def _offering(form: TableForm, workshop: Workshop, row: Contribution) -> TableForm:
    """Offer the organisations there, and the one that was named before, should its sign-up be cancelled."""
    form.fill(db.session(), workshop.event)
    if row.organisation is not None and row.organisation.slug not in form.there:
        form.keep(row.organisation)
    return form
