"""The one blueprint that every page of memoranda belongs to, and what its pages share."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.models.editions import Edition, Memorandum
from hub.publishing.queries import memoranda as queries

blueprint = Blueprint("publishing", __name__)
Answer = str | Response | tuple[str, int]
EDITION = "/memorandums/<slug>/edition-<int:number>"


def edition_or_404(memorandum: Memorandum, number: int) -> Edition:
    """Return the edition of that number, or end with 404."""
    edition = db.session.scalar(queries.edition(memorandum, number))
    if edition is None:
        abort(404)
    return edition


def address(edition: Edition, anchor: str | None = None) -> str:
    """Return the address of an edition's page."""
    return url_for("publishing.edition", slug=edition.memorandum.slug, number=edition.number, _anchor=anchor)


def sentence(problem: DomainError) -> str:
    """Return a refusal in the reader's language."""
    return str(gettext(problem.msgid, **problem.params))


def blame(form: FlaskForm, problem: DomainError) -> list[str]:
    """Put a refusal under the field at fault; return its sentence if the form has no such field."""
    if problem.field and problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, sentence(problem)]
        return []
    return [sentence(problem)]


def refuse(problem: DomainError, target: str) -> Response:
    """Say at the top of the page why nothing was done."""
    db.session.rollback()
    flash(sentence(problem), "error")
    return redirect(target, 303)


def conflict(problem: DomainError) -> tuple[str, int]:
    """Answer a script that what it saw is no longer so."""
    return sentence(problem), 409
