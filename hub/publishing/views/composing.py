"""Composing an edition: its page, and what its gestures share."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.publishing.forms.composing import NewSectionForm
from hub.publishing.forms.memoranda import NewChapterForm
from hub.publishing.models.composition import Chapter, EditionSection, Item, Signatory
from hub.publishing.models.editions import IN_COMPOSITION, Edition
from hub.publishing.operations import undoing
from hub.publishing.queries import composition, writing
from hub.publishing.views.blueprint import Answer, address, conflict, refuse
from hub.publishing.views.panel import panel_of
from hub.publishing.words import ACTIONS, LAYOUTS, SECTIONS, STATES, election_day
from hub.recommendations.models.recommendations import AGREED

Part = TypeVar("Part", Chapter, Item, Signatory, EditionSection)


def page(
    edition: Edition,
    *,
    chapter_form: NewChapterForm | None = None,
    section_form: NewSectionForm | None = None,
) -> str:
    """Show the outline of an edition in the making, and what to do with it."""
    session = db.session()
    parts = session.execute(composition.sections_and_counts(edition)).all()
    return render_template(
        "publishing/edition.html",
        memorandum=edition.memorandum,
        edition=edition,
        chapters=_outline(session.execute(composition.outline(edition)).all()),
        signing=parts[0][1],
        errata_left=parts[0][2],
        is_draft=edition.state in IN_COMPOSITION,
        panel=panel_of(session, edition),
        chapter_form=chapter_form or NewChapterForm(formdata=None),
        section_form=section_form or NewSectionForm(formdata=None),
        sections=[row[0] for row in parts],
        usual=SECTIONS,
        state_words=STATES,
        layouts=LAYOUTS,
        steps=undoing.steps_of(session.scalars(writing.moments(edition)).all()),
        remarked=_counted(edition),
        actions=ACTIONS,
        agreed=AGREED,
        election_day=election_day,
    )


def own(model: type[Part], edition: Edition, identifier: int) -> Part:
    """Return a part of that very edition, or end with 404."""
    row = db.session.get(model, identifier)
    if row is None or row.edition_id != edition.id:
        abort(404)
    return row


def _outline(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the chapters with their items, from a row for each item."""
    chapters: dict[int, dict[str, Any]] = {}
    for row in rows:
        here = chapters.setdefault(
            row.chapter_id,
            {"id": row.chapter_id, "title": row.chapter, "introduction": row.introduction, "items": []},
        )
        if row.id is not None:
            here["items"].append(row)
    return list(chapters.values())


def _counted(edition: Edition) -> dict[str, dict[int, int]]:
    """Return how many comments are open on each part, chapter, item, and on the whole."""
    found: dict[str, dict[int, int]] = {"section": {}, "chapter": {}, "item": {}, "whole": {}}
    for section, chapter, item, number in db.session.execute(writing.open_comments(edition)):
        place = {"section": section, "chapter": chapter, "item": item}
        kind = next((kind for kind, identifier in place.items() if identifier), "whole")
        found[kind][place.get(kind) or 0] = number
    return found


def order(
    edition: Edition,
    back: str,
    *,
    put: Callable[..., None],
    move: Callable[..., None],
) -> Answer:
    """Put a list in order: from a script the whole order (204, or 409 with words), else one row by a place.

    `back` is an anchor of the outline, or the address of another page. `put` gets the identifiers, `move` the
    one moved and `up`; both get `actor` and `now`.
    """
    by = {"actor": current_user(), "now": clock.now()}
    moved = request.form.get("moved", type=row_number)
    target = back if back.startswith("/") else address(edition, back)
    try:
        if moved is not None:
            move(moved, up=request.form.get("direction") == "up", **by)
        else:
            put(request.form.getlist("item", type=row_number), **by)
    except DomainError as problem:
        return refuse(problem, target) if moved is not None else conflict(problem)
    return redirect(target, 303) if moved is not None else Response(status=204)
