"""Amendments as those read them who work on a recommendation: propose in a space's name, and answer."""

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock, paging
from hub.core.access import coordinator, current_user, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.amendments import AnswerForm
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import (
    AMENDMENT_STATES,
    AmendedPart,
    Amendment,
    AmendmentState,
    Weight,
)
from hub.recommendations.operations import amendments as operations
from hub.recommendations.operations.amendments import ChangedError, DecidedError
from hub.recommendations.queries import amendments as queries
from hub.recommendations.rules import manage, works_on
from hub.recommendations.values.paragraphs import paragraphs
from hub.recommendations.views.blueprint import blame, blueprint, page_number, sentence
from hub.spaces.values.differences import Piece, pieces

Answer = str | Response | tuple[str, int]
GESTURES = ("take", "adapt", "decline")


def change_of(amendment: Amendment) -> list[Piece]:
    """Return what an amendment changes, word by word."""
    return list(pieces(amendment.before, amendment.after))


@blueprint.get("/amendements")
@permit(manage)
def waiting_amendments() -> str:
    """List what waits for an answer, in all recommendations."""
    page = paging.paginate(db.session(), queries.waiting(), page_number())
    return render_template("recommendations/amendments_waiting.html", page=page, rows=_shown(page.rows))


@blueprint.get("/recommandations/<code>/amendements")
@permit(works_on, Recommendation, key="code")
def amendments(row: Recommendation) -> str:
    """Show the text as it stands, and what is proposed to change in it."""
    found = db.session.scalars(queries.of(row.id)).all()
    return render_template(
        "recommendations/amendments.html",
        recommendation=row,
        waiting=_shown(each for each in found if each.state == AmendmentState.PROPOSED),
        answered=_shown(each for each in found if each.state != AmendmentState.PROPOSED),
        is_open=operations.is_open(row),
        is_coordinator=may(coordinator),
    )


@blueprint.get("/amendements/<int:id>")
@permit(manage, Amendment)
def amendment(row: Amendment) -> str:
    """Show an amendment beside the words of today, with the three answers."""
    form = AnswerForm(formdata=None, seen=str(row.recommendation.version), words=row.after)
    place = operations.place_now(row)
    form.place.data = str(place if place is not None else min(row.paragraph, len(_today(row))))
    return _page(row, form)


@blueprint.post("/amendements/<int:id>")
@permit(manage, Amendment)
def answer_amendment(row: Amendment) -> Answer:
    """Take it, take it otherwise, or decline it: the button says which."""
    session, form = db.session(), AnswerForm()
    gesture = request.form.get("gesture", "")
    if gesture not in GESTURES:
        abort(404)
    form.fill(_today(row))
    if not form.validate():
        return _page(row, form, gesture=gesture), 422
    try:
        _answer(row, form, gesture)
    except DecidedError as refusal:
        return _page(row, form, gesture=gesture, problem=sentence(refusal)), 409
    except ChangedError as refusal:
        session.refresh(row.recommendation)
        form.seen.data = str(row.recommendation.version)
        problem = blame(form, refusal) if gesture == "adapt" else sentence(refusal)
        return _page(row, form, gesture=gesture, problem=problem), 409
    except DomainError as refusal:
        return _page(row, form, gesture=gesture, problem=blame(form, refusal)), 422
    flash(gettext("C’est répondu : qui l’a proposé le lira."), "success")
    return redirect(url_for("recommendations.amendments", code=row.recommendation.code), 303)


def _answer(row: Amendment, form: AnswerForm, gesture: str) -> None:
    session, by = db.session(), {"actor": current_user(), "now": clock.now()}
    said, weight = form.answer.data or "", Weight(form.weight.data)
    if gesture == "take":
        operations.take(session, row, weight=weight, answer=said, **by)
    elif gesture == "adapt":
        seen = int(form.seen.data) if form.seen.data and form.seen.data.isdigit() else 0
        operations.adapt(
            session, row, words=form.words.data or "", place=int(form.place.data or 0), seen=seen,
            weight=weight, answer=said, **by,
        )  # fmt: skip
    else:
        operations.decline(session, row, answer=said, **by)


def _shown(rows: Iterable[Amendment]) -> list[tuple[Amendment, list[Piece]]]:
    return [(row, change_of(row)) for row in rows]


def _today(row: Amendment) -> list[str]:
    found = paragraphs(operations.text_of(row.recommendation, row.part))
    return found[:1] if row.part is AmendedPart.TITLE else found


def _page(row: Amendment, form: AnswerForm, **more: Any) -> str:
    form.fill(_today(row))
    return render_template(
        "recommendations/amendment.html",
        amendment=row,
        recommendation=row.recommendation,
        change=change_of(row),
        today=_today(row),
        conflicts=operations.place_now(row) is None,
        is_open=operations.is_open(row.recommendation),
        states=AMENDMENT_STATES,
        form=form,
        **more,
    )
