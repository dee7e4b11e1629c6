"""Composing an edition: its page, and what its gestures share."""

from collections.abc import Callable
from typing import TypeVar

from flask import abort, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.core import audit, clock
from hub.core.access import current_user
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.publishing import queries
from hub.publishing.forms import NewChapterForm, SignatoriesForm
from hub.publishing.models import Chapter, Edition, EditionState, Item, Signatory
from hub.publishing.operations import content, publication
from hub.publishing.views.blueprint import Answer, address, conflict, refuse
from hub.publishing.views.panel import panel_of
from hub.publishing.words import ACTIONS, election_day
from hub.recommendations.models.recommendations import RecommendationState
from memoranda import markdown

HISTORY = 8
PREAMBLE_LEVEL = 2  # the heading under which a memorandum prints its preamble
Part = TypeVar("Part", Chapter, Item, Signatory)


def page(
    edition: Edition, *, chapter_form: NewChapterForm | None = None, signing: SignatoriesForm | None = None
) -> str:
    """Show the outline of an edition in the making, and what to do with it."""
    session = db.session()
    chapters = session.scalars(queries.chapters(edition)).all()
    signatories = session.scalars(queries.signatories(edition)).all()
    signing = signing or SignatoriesForm(formdata=None)
    signing.offer(session, edition)
    return render_template(
        "publishing/edition.html",
        memorandum=edition.memorandum,
        edition=edition,
        chapters=chapters,
        signatories=signatories,
        remarks=publication.checklist(edition, chapters, signatories),
        is_draft=edition.state == EditionState.DRAFT,
        panel=panel_of(session, edition),
        chapter_form=chapter_form or NewChapterForm(formdata=None),
        signing=signing,
        preamble=preamble_html(edition.preamble),
        history=session.scalars(audit.history(edition).limit(HISTORY)).all(),
        actions=ACTIONS,
        anchor_of=content.anchor_of,
        adopted=RecommendationState.ADOPTED,
        election_day=election_day,
    )


def own(model: type[Part], edition: Edition, identifier: int) -> Part:
    """Return a part of that very edition, or end with 404."""
    row = db.session.get(model, identifier)
    if row is None or row.edition_id != edition.id:
        abort(404)
    return row


def preamble_html(text: str) -> Markup:
    """Return the preamble as the memorandum will show it."""
    return Markup(markdown.to_html(text, under=PREAMBLE_LEVEL))  # noqa: S704 - cleaned by nh3 there


def order(
    edition: Edition,
    anchor: str,
    *,
    put: Callable[..., None],
    move: Callable[..., None],
) -> Answer:
    """Put a list in order: from a script the whole order (204, or 409 with words), else one row by a place.

    `put` gets the identifiers, `move` the one moved and `up`; both get `actor` and `now`.
    """
    by = {"actor": current_user(), "now": clock.now()}
    moved = request.form.get("moved", type=row_number)
    try:
        if moved is not None:
            move(moved, up=request.form.get("direction") == "up", **by)
        else:
            put(request.form.getlist("item", type=row_number), **by)
    except DomainError as problem:
        return refuse(problem, address(edition, anchor)) if moved is not None else conflict(problem)
    return redirect(address(edition, anchor), 303) if moved is not None else Response(status=204)
