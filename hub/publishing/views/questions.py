"""Questions to candidates: eight of 300 signs, written on one page."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.publishing.models.editions import IN_COMPOSITION, Edition, Memorandum
from hub.publishing.operations import questions as writing
from hub.publishing.operations.composing import ChangedMeanwhileError, FrozenError
from hub.publishing.operations.questions import LONGEST, MOST, Asked
from hub.publishing.queries import leaflets as queries
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, blueprint, edition_or_404, refuse, sentence
from hub.recommendations.forms.fields import tidy

READ_AT_MOST = 40  # of what is sent


@blueprint.get(f"{EDITION}/questions")
@permit(manage, Memorandum, key="slug")
def edit_questions(memorandum: Memorandum, *, number: int) -> str:
    """Show the questions, with room for another."""
    edition = edition_or_404(memorandum, number)
    rows = db.session.scalars(queries.questions(edition)).all()
    return _page(edition, [Asked(row.text, row.item_id) for row in rows], writing.mark_of(rows))


@blueprint.post(f"{EDITION}/questions")
@permit(manage, Memorandum, key="slug")
def write_questions(memorandum: Memorandum, *, number: int) -> Answer:
    """Store the questions; what can't be stored comes back as it was typed."""
    edition, session = edition_or_404(memorandum, number), db.session()
    rows, mark = _typed(), request.form.get("mark", "")
    if "another" in request.form:
        return _page(edition, rows, mark, room=True)
    try:
        writing.write(session, edition, rows, mark=mark, actor=current_user(), now=clock.now())
    except FrozenError as problem:
        return refuse(problem, url_for("publishing.edit_questions", slug=memorandum.slug, number=number))
    except ChangedMeanwhileError as problem:
        stored = session.scalars(queries.questions(edition)).all()
        return _page(
            edition,
            rows,
            writing.mark_of(stored),
            problem=sentence(problem),
            stored=[row.text for row in stored],
        ), 409
    except DomainError as problem:
        return _page(edition, rows, mark, problem=sentence(problem), at_fault=problem.field), 422
    flash(gettext("Les questions sont enregistrées."), "success")
    return redirect(url_for("publishing.leaflets", slug=memorandum.slug, number=number), 303)


def _typed() -> list[Asked]:
    """Return what was typed, in its order, but for the lines left empty."""
    texts = [tidy(text) for text in request.form.getlist("text")[:READ_AT_MOST]]
    items = [_identifier(text) for text in request.form.getlist("item")[:READ_AT_MOST]]
    items += [None] * (len(texts) - len(items))
    return [Asked(text, item) for text, item in zip(texts, items, strict=False) if text]


def _identifier(text: str) -> int | None:
    try:
        return row_number(text) or None
    except ValueError:
        return None


def _page(
    edition: Edition,
    rows: Sequence[Asked],
    mark: str,
    *,
    room: bool = False,
    problem: str = "",
    at_fault: str | None = None,
    stored: Sequence[str] = (),
) -> str:
    empty = [Asked("")] if len(rows) < MOST and (room or not rows) else []
    return render_template(
        "publishing/questions.html",
        memorandum=edition.memorandum,
        edition=edition,
        rows=[*rows, *empty],
        items=db.session.scalars(queries.items(edition)).all(),
        mark=mark,
        problem=problem,
        at_fault=int(at_fault) if at_fault else 0,
        stored=stored,
        is_open=edition.state in IN_COMPOSITION,
        most=MOST,
        longest=LONGEST,
    )
