"""From composition to publication: how an edition stands, and the gestures that take it further."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from hub.core import audit, clock
from hub.core.access import current_user, permit
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.models.editions import (
    IN_COMPOSITION,
    PUBLIC,
    Edition,
    EditionState,
    Memorandum,
)
from hub.publishing.operations import checking, steps
from hub.publishing.queries import memoranda as queries
from hub.publishing.queries import reading as reading_queries
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, blueprint, edition_or_404, refuse
from hub.publishing.views.panel import panel_of
from hub.publishing.words import LIFE, STATES, election_day

HISTORY = 12
WALK = tuple(EditionState)


def page_of(edition: Edition) -> str:
    """Return the address of the page that tells how an edition stands."""
    return url_for("publishing.publication", slug=edition.memorandum.slug, number=edition.number)


@blueprint.get(f"{EDITION}/publication")
@permit(manage, Memorandum, key="slug")
def publication(memorandum: Memorandum, *, number: int) -> Answer:
    """Show how an edition stands, what comes next, and what is asked of those who carry it."""
    edition = edition_or_404(memorandum, number)
    session = db.session()
    is_public = edition.state in PUBLIC
    life = audit.history(edition).where(AuditEntry.action.in_(LIFE))
    return render_template(
        "publishing/publication.html",
        memorandum=memorandum,
        edition=edition,
        walk=WALK,
        states=STATES,
        steps={step.after.value: step for step in steps.open_to(current_user(), edition)},
        panel=None if is_public else panel_of(session, edition),
        build=_fixed(edition),
        lapsed=[] if is_public else session.scalars(queries.lapsed_in(edition)).all(),
        to_take_up=_to_take_up(edition),
        errata=session.scalar(reading_queries.count_errata(edition)) if is_public else 0,
        history=session.scalars(life.limit(HISTORY)).all(),
        actions=LIFE,
        election_day=election_day,
    )


def _to_take_up(edition: Edition) -> Sequence[Any]:
    """Return the errata that an edition in composition has to take up, with what is said of them."""
    if edition.state not in IN_COMPOSITION or edition.starts_from_id is None:
        return []
    return db.session.execute(reading_queries.errata_to_take_up(edition)).all()


def _fixed(edition: Edition) -> object:
    if edition.state in PUBLIC:
        return db.session.scalar(queries.published_build(edition))
    if edition.state == EditionState.FROZEN:
        return db.session.scalar(queries.frozen_build(edition))
    return None


@blueprint.get(f"{EDITION}/geler")
@permit(manage, Memorandum, key="slug")
def ask_freeze(memorandum: Memorandum, *, number: int) -> Answer:
    """Say what freezing does, and what is to be mended before."""
    edition = edition_or_404(memorandum, number)
    if edition.state not in IN_COMPOSITION:
        return redirect(page_of(edition))
    session = db.session()
    remarks = checking.checklist(session, edition)
    return render_template(
        "publishing/freeze.html",
        edition=edition,
        items=len(session.scalars(queries.printed(edition)).all()),
        errors=[remark for remark in remarks if remark.is_error],
        warnings=[remark for remark in remarks if not remark.is_error],
        lapsed=session.scalars(queries.lapsed_in(edition)).all(),
    )


@blueprint.post(f"{EDITION}/geler")
@permit(manage, Memorandum, key="slug")
def freeze(memorandum: Memorandum, *, number: int) -> Answer:
    """Freeze the edition: its texts, its numbers, its PDF."""
    done = gettext("L’édition est gelée. Son PDF se construit ; vous pouvez quitter cette page.")
    return _took(memorandum, number, EditionState.FROZEN, done, "publishing.ask_freeze")


@blueprint.get(f"{EDITION}/publier")
@permit(manage, Memorandum, key="slug")
def ask_publish(memorandum: Memorandum, *, number: int) -> Answer:
    """Say what publishing does; only what is frozen with its PDF can be published."""
    edition = edition_or_404(memorandum, number)
    build = _fixed(edition)
    if edition.state != EditionState.FROZEN or build is None:
        return redirect(page_of(edition))
    session = db.session()
    return render_template(
        "publishing/publish.html",
        edition=edition,
        build=build,
        former=session.scalar(queries.latest_published(memorandum)),
        lapsed=session.scalars(queries.lapsed_in(edition)).all(),
        signed_since=session.scalars(queries.signed_since_frozen(edition)).all(),
    )


@blueprint.post(f"{EDITION}/publier")
@permit(manage, Memorandum, key="slug")
def publish(memorandum: Memorandum, *, number: int) -> Answer:
    """Make the frozen edition public at once."""
    done = gettext("Le mémorandum est publié : tout le monde peut le lire.")
    return _took(memorandum, number, EditionState.PUBLISHED, done, "publishing.publication")


@blueprint.post(f"{EDITION}/relecture")
@permit(manage, Memorandum, key="slug")
def review(memorandum: Memorandum, *, number: int) -> Answer:
    """Give the edition to read over."""
    done = gettext("L’édition est en relecture.")
    return _took(memorandum, number, EditionState.REVIEW, done, "publishing.publication")


@blueprint.post(f"{EDITION}/recomposer")
@permit(manage, Memorandum, key="slug")
def compose_again(memorandum: Memorandum, *, number: int) -> Answer:
    """Take the edition back to composition, from reading over or from being frozen."""
    done = gettext("L’édition se compose à nouveau.")
    return _took(memorandum, number, EditionState.DRAFT, done, "publishing.publication")


def _took(memorandum: Memorandum, number: int, after: EditionState, done: str, else_to: str) -> Answer:
    edition = edition_or_404(memorandum, number)
    try:
        moved = steps.take(db.session(), edition, after, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, url_for(else_to, slug=memorandum.slug, number=number))
    if moved:
        flash(done, "success")
    else:
        flash(
            gettext(
                "C’était déjà fait : quelqu’un d’autre vient de le faire, ou vous avez cliqué deux fois."
            ),
            "message",
        )
    return redirect(page_of(edition), 303)
