"""Recommendations of an edition: chosen by filters, ordered, moved, taken out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from hub.core import clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.publishing.models.composition import Chapter, Item, SectionKind
from hub.publishing.models.editions import Edition, Memorandum
from hub.publishing.operations import composing, parts, sections
from hub.publishing.queries import memoranda as queries
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, address, blueprint, edition_or_404, refuse
from hub.publishing.views.composing import order, own
from hub.publishing.views.parts import section_address
from hub.recommendations.models.recommendations import AGREED, IN_WORK, RECOMMENDATION_STATES, Recommendation
from hub.recommendations.queries import lists
from hub.recommendations.queries.filters import RecommendationFilter
from hub.recommendations.views import listing

CHAPTER = f"{EDITION}/chapitres/<int:chapter_id>"
PER_PAGE = 100
MOST_AT_ONCE = 500
WORKED_ON, ANY_STATE = "proposed", "all"
# What the filter of states shows: what the network stands for, what it works on, both.
STATES = {"": AGREED, WORKED_ON: IN_WORK, ANY_STATE: AGREED | IN_WORK}
MARKS: dict[str, tuple[Callable[..., int], bool]] = {
    "priority": (parts.choose_priorities, True),
    "unpriority": (parts.choose_priorities, False),
    "cross": (parts.mark_cross_cutting, True),
    "uncross": (parts.mark_cross_cutting, False),
}


@blueprint.get(f"{CHAPTER}/ajouter")
@permit(manage, Memorandum, key="slug")
def choose_items(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """List what can still be added, by filters; adopted recommendations unless another state is asked."""
    edition = edition_or_404(memorandum, number)
    chapter = own(Chapter, edition, chapter_id)
    session = db.session()
    wanted = _wanted()
    options = _options(wanted)
    page = paging.paginate(
        session,
        queries.addable(edition, wanted, STATES[_which()]),
        request.args.get("page", 1, type=int),
        PER_PAGE,
    )
    return render_template(
        "publishing/choose.html",
        edition=edition,
        chapter=chapter,
        page=page,
        authors=lists.authors_of(session, [row.id for row in page.rows]),
        wanted=wanted,
        options=options,
        active=listing.chips_of(wanted, options),
        most_at_once=MOST_AT_ONCE,
        states=RECOMMENDATION_STATES,
        agreed=AGREED,
    )


def _which() -> str:
    """Return which recommendations the address asks for, what the network stands for unless it says."""
    asked = request.args.get("state", "")
    return asked if asked in STATES else ""


def _wanted() -> RecommendationFilter:
    # The states that a memorandum tells apart are few, and have a filter of their own.
    return replace(listing.asked(), state=None, outcome="")


def _options(wanted: RecommendationFilter) -> list[dict[str, Any]]:
    """Return what can be narrowed by: as the list of recommendations, with the states of a memorandum."""
    states = {
        "name": "state",
        "label": gettext("État"),
        "all": gettext("Adoptées"),
        "choices": [
            (WORKED_ON, gettext("Proposées, encore en travail")),
            (ANY_STATE, gettext("Toutes, sauf celles mises de côté")),
        ],
        "value": _which(),
    }
    others = [each for each in listing.options_of(wanted) if each["name"] not in {"state", "outcome"}]
    return [states, *others]


@blueprint.post(f"{CHAPTER}/ajouter")
@permit(manage, Memorandum, key="slug")
def add_items(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """Add the chosen recommendations at the chapter's end."""
    edition = edition_or_404(memorandum, number)
    chapter = own(Chapter, edition, chapter_id)
    chosen = request.form.getlist("recommendation", type=row_number)
    if request.form.get("gesture") == "all":
        found = queries.addable(edition, _wanted(), STATES[_which()]).with_only_columns(Recommendation.id)
        chosen = list(db.session.scalars(found.limit(MOST_AT_ONCE)))
    if not chosen:
        flash(gettext("Cochez d’abord les recommandations à ajouter."), "warning")
        return redirect(request.full_path.rstrip("?"), 303)
    try:
        added = composing.add_items(db.session(), chapter, chosen, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    flash(
        ngettext(
            "%(num)s recommandation ajoutée au chapitre « %(title)s ».",
            "%(num)s recommandations ajoutées au chapitre « %(title)s ».",
            added,
            title=chapter.title,
        ),
        "success",
    )
    return redirect(address(edition, f"chapitre-{chapter.id}"), 303)


@blueprint.post(f"{CHAPTER}/ordre")
@permit(manage, Memorandum, key="slug")
def order_items(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """Put a chapter's recommendations in order: the whole order, or one by a place."""
    edition = edition_or_404(memorandum, number)
    chapter = own(Chapter, edition, chapter_id)
    session = db.session()
    return order(
        edition,
        f"chapitre-{chapter.id}",
        put=lambda identifiers, **by: composing.order_items(session, chapter, identifiers, **by),
        move=lambda moved, **by: composing.move_item(session, own(Item, edition, moved), **by),
    )


@blueprint.post(f"{EDITION}/selection")
@permit(manage, Memorandum, key="slug")
def move_or_remove(memorandum: Memorandum, *, number: int) -> Answer:
    """Move the chosen items to another chapter, mark them, or take them out of the edition."""
    edition = edition_or_404(memorandum, number)
    chosen = request.form.getlist("item", type=row_number)
    gesture = request.form.get("gesture", "")
    if not chosen:
        flash(gettext("Cochez d’abord des recommandations."), "warning")
        return redirect(address(edition, "chapitres"), 303)
    try:
        if gesture == "remove":
            return _remove(edition, chosen)
        if gesture in MARKS:
            return _mark(edition, chosen, gesture)
        return _move(edition, own(Chapter, edition, request.form.get("chapter", 0, type=row_number)), chosen)
    except DomainError as problem:
        return refuse(problem, address(edition))


def _mark(edition: Edition, chosen: list[int], gesture: str) -> Answer:
    mark, wanted = MARKS[gesture]
    number = mark(db.session(), edition, chosen, wanted=wanted, actor=current_user(), now=clock.now())
    said = {
        "priority": ngettext("%(num)s priorité de plus.", "%(num)s priorités de plus.", number),
        "unpriority": ngettext("%(num)s priorité de moins.", "%(num)s priorités de moins.", number),
        "cross": ngettext(
            "%(num)s demande marquée transversale.", "%(num)s demandes marquées transversales.", number
        ),
        "uncross": ngettext(
            "%(num)s demande n’est plus transversale.", "%(num)s demandes ne sont plus transversales.", number
        ),
    }
    flash(said[gesture], "success")
    return redirect(address(edition, "chapitres"), 303)


@blueprint.post(f"{EDITION}/priorites/ordre")
@permit(manage, Memorandum, key="slug")
def order_priorities(memorandum: Memorandum, *, number: int) -> Answer:
    """Rank the priorities: the whole order, or one by a place."""
    edition = edition_or_404(memorandum, number)
    session = db.session()
    part = sections.among(edition.sections, SectionKind.PRIORITIES)
    return order(
        edition,
        section_address(part, "contenu-titre"),
        put=lambda identifiers, **by: parts.order_priorities(session, edition, identifiers, **by),
        move=lambda moved, **by: parts.move_priority(session, own(Item, edition, moved), **by),
    )


def _remove(edition: Edition, chosen: list[int]) -> Answer:
    number = composing.remove_items(db.session(), edition, chosen, actor=current_user(), now=clock.now())
    flash(
        ngettext(
            "%(num)s recommandation retirée de l’édition. Elle reste dans le registre.",
            "%(num)s recommandations retirées de l’édition. Elles restent dans le registre.",
            number,
        ),
        "success",
    )
    return redirect(address(edition, "chapitres"), 303)


def _move(edition: Edition, chapter: Chapter, chosen: list[int]) -> Answer:
    number = composing.move_to_chapter(db.session(), chapter, chosen, actor=current_user(), now=clock.now())
    flash(
        ngettext(
            "%(num)s recommandation déplacée vers « %(title)s ».",
            "%(num)s recommandations déplacées vers « %(title)s ».",
            number,
            title=chapter.title,
        ),
        "success",
    )
    return redirect(address(edition, f"chapitre-{chapter.id}"), 303)
