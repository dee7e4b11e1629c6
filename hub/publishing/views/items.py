"""Recommendations of an edition: chosen by filters, ordered, moved, taken out."""

from flask import flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from hub.core import clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.publishing import queries
from hub.publishing.models import Chapter, Edition, Item, Memorandum
from hub.publishing.operations import composing
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, address, blueprint, edition_or_404, refuse
from hub.publishing.views.composing import order, own
from hub.recommendations.models.recommendations import RECOMMENDATION_STATES, RecommendationState
from hub.recommendations.queries import choices
from hub.recommendations.queries.filters import RecommendationFilter

CHAPTER = f"{EDITION}/chapitres/<int:chapter_id>"
PER_PAGE = 100
ANY_STATE = "all"


@blueprint.get(f"{CHAPTER}/ajouter")
@permit(manage, Memorandum, key="slug")
def choose_items(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """List what can still be added, by filters; adopted recommendations unless another state is asked."""
    edition = edition_or_404(memorandum, number)
    chapter = own(Chapter, edition, chapter_id)
    session = db.session()
    wanted = _wanted()
    page = paging.paginate(
        session, queries.addable(edition, wanted), request.args.get("page", 1, type=int), PER_PAGE
    )
    return render_template(
        "publishing/choose.html",
        edition=edition,
        chapter=chapter,
        page=page,
        wanted=wanted,
        options=_options(wanted),
        states=RECOMMENDATION_STATES,
        adopted=RecommendationState.ADOPTED,
    )


def _wanted() -> RecommendationFilter:
    state = request.args.get("state", "")
    known = next((one for one in RecommendationState if one.value == state), RecommendationState.ADOPTED)
    return RecommendationFilter(
        text=request.args.get("q", "").replace("\x00", "").strip()[:200],
        state=None if state == ANY_STATE else known,
        theme=request.args.get("theme", ""),
        level=request.args.get("level", ""),
        organisation=request.args.get("organisation", ""),
    )


def _options(wanted: RecommendationFilter) -> list[dict[str, object]]:
    session = db.session()
    state = wanted.state.value if wanted.state else ANY_STATE
    return [
        {
            "name": "state",
            "label": gettext("État"),
            "all": gettext("Adoptées"),
            "choices": [
                (RecommendationState.PROPOSED.value, gettext("En travail")),
                (ANY_STATE, gettext("Adoptées et en travail")),
            ],
            "value": "" if state == RecommendationState.ADOPTED else state,
        },
        {
            "name": "theme",
            "label": gettext("Thème"),
            "choices": [(row.code, row.label) for row in session.scalars(choices.themes())],
            "value": wanted.theme,
        },
        {
            "name": "level",
            "label": gettext("Niveau de pouvoir"),
            "choices": [(row.code, row.label) for row in session.scalars(choices.levels())],
            "value": wanted.level,
        },
        {
            "name": "organisation",
            "label": gettext("Portée par"),
            "choices": [(row.slug, row.name) for row in session.scalars(choices.organisations_heard())],
            "value": wanted.organisation,
            "search": True,
        },
    ]


@blueprint.post(f"{CHAPTER}/ajouter")
@permit(manage, Memorandum, key="slug")
def add_items(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """Add the chosen recommendations at the chapter's end."""
    edition = edition_or_404(memorandum, number)
    chapter = own(Chapter, edition, chapter_id)
    chosen = request.form.getlist("recommendation", type=row_number)
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
    """Move the chosen recommendations to another chapter, or take them out of the edition."""
    edition = edition_or_404(memorandum, number)
    chosen = request.form.getlist("item", type=row_number)
    if not chosen:
        flash(gettext("Cochez d’abord des recommandations."), "warning")
        return redirect(address(edition, "chapitres"), 303)
    try:
        if request.form.get("gesture") == "remove":
            return _remove(edition, chosen)
        return _move(edition, own(Chapter, edition, request.form.get("chapter", 0, type=row_number)), chosen)
    except DomainError as problem:
        return refuse(problem, address(edition))


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
