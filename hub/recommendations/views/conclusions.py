"""What came of the conclusions of workshops and days: tied and untied from either page."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.actors.signals import LinkGroup
from hub.core import clock, i18n
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events.models.outcomes import Conclusion
from hub.recommendations import signals
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.ties import ConclusionTie
from hub.recommendations.operations import conclusions as operations
from hub.recommendations.queries import ties as tie_queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import argument, blueprint, flash_refusal

Answer = str | Response | tuple[str, int]
OFFERED = 20
LABEL = 90


def named(conclusion: Conclusion) -> str:
    """Return what a conclusion is of, in words: « atelier « … », plénière… »."""
    if conclusion.workshop is None:
        return conclusion.event.title
    return str(
        _(
            "atelier « %(title)s », %(event)s",
            title=conclusion.workshop.title,
            event=conclusion.event.title,
        )
    )


@blueprint.get("/conclusions/<int:id>/liens")
@permit(manage, Conclusion)
def tie_conclusion(row: Conclusion) -> Answer:
    """Show what came of a conclusion, and look for more."""
    session, words = db.session(), argument("q")
    kind = "contributions" if argument("quoi") == "contributions" else "recommendations"
    found: Sequence[Any]
    if kind == "contributions":
        found = session.scalars(tie_queries.tieable_contributions(row.id, words).limit(OFFERED)).all()
    else:
        found = session.scalars(tie_queries.tieable_recommendations(row.id, words).limit(OFFERED)).all()
    return render_template(
        "recommendations/tie_conclusion.html", conclusion=row, name=named(row), words=words, kind=kind,
        ties=session.scalars(tie_queries.ties_of([row.id])).all(), found=found, offered=OFFERED, label=LABEL,
    )  # fmt: skip


@blueprint.post("/conclusions/<int:id>/liens")
@permit(manage, Conclusion)
def change_ties(row: Conclusion) -> Response:
    """Tie a recommendation or a contribution to a conclusion, or untie it."""
    session = db.session()
    back = redirect(
        url_for("recommendations.tie_conclusion", id=row.id, quoi=request.form.get("quoi") or None), 303
    )
    if "tie" in request.form:
        tie = session.get(ConclusionTie, _number("tie"))
        if tie is None or tie.conclusion_id != row.id:
            abort(404)
        operations.detach(session, tie, actor=current_user(), now=clock.now())
        flash(_("Le lien est défait."), "success")
        return back
    thing: Recommendation | Contribution | None
    if "contribution" in request.form:
        thing = session.get(Contribution, _number("contribution"))
    else:
        thing = session.get(Recommendation, _number("recommendation"))
    if thing is None:
        abort(404)
    _attach(row, thing)
    return back


@blueprint.get("/recommandations/<code>/conclusions")
@permit(manage, Recommendation, key="code")
def pick_conclusion(row: Recommendation) -> Answer:
    """Look for the conclusions from which a recommendation came."""
    session, words = db.session(), argument("q")
    return render_template(
        "recommendations/pick_conclusion.html", recommendation=row, words=words, offered=OFFERED,
        found=session.scalars(tie_queries.tieable_conclusions(row.id, words).limit(OFFERED)).all(),
        named=named,
    )  # fmt: skip


@blueprint.post("/recommandations/<code>/conclusions")
@permit(manage, Recommendation, key="code")
def attach_conclusion(row: Recommendation) -> Response:
    """Say that a recommendation came of a conclusion, or no longer."""
    session = db.session()
    if "tie" in request.form:
        tie = session.get(ConclusionTie, _number("tie"))
        if tie is None or tie.recommendation_id != row.id:
            abort(404)
        operations.detach(session, tie, actor=current_user(), now=clock.now())
        flash(_("Le lien est défait."), "success")
    else:
        conclusion = session.get(Conclusion, _number("conclusion"))
        if conclusion is None:
            abort(404)
        _attach(conclusion, row)
    return redirect(url_for("recommendations.show", code=row.code), 303)


def _number(name: str) -> int:
    found: int = request.form.get(name, 0, type=row_number)
    return found


def _attach(conclusion: Conclusion, thing: Recommendation | Contribution) -> None:
    try:
        operations.attach(db.session(), conclusion, thing, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(_("Le lien avec %(name)s est noté.", name=named(conclusion)), "success")


def conclusion_items(rows: Sequence[ConclusionTie]) -> list[dict[str, Any]]:
    """Return of which workshops something came, as the chain of a page and its lists show it."""
    return [
        {
            "tie": row.id,
            "text": named(row.conclusion),
            "when": i18n.format_short_date(row.conclusion.event.starts_at, i18n.chosen_language()),
            "url": url_for("events.conclusions_page", slug=row.conclusion.event.slug),
        }
        for row in rows
    ]


def links_of_conclusions(
    session: Session, *, conclusions: Sequence[Conclusion], user: Any
) -> dict[int, list[LinkGroup]]:
    """Tell the pages of a day what came of its conclusions.

    Coordinators see all of it; readers what stands in a published memorandum, with the way there.
    """
    ties = session.scalars(tie_queries.ties_of([row.id for row in conclusions])).all()
    found: dict[int, list[LinkGroup]] = {}
    if not ties:
        return found
    sees_all = manage(user)
    numbers = [tie.recommendation_id for tie in ties if tie.recommendation_id is not None]
    places = {} if sees_all else signals.places(session, numbers)
    for conclusion in conclusions:
        mine = [tie for tie in ties if tie.conclusion_id == conclusion.id]
        asked, sent = [], []
        for tie in mine:
            if tie.recommendation is not None:
                asked += _recommended(tie.recommendation, places, sees_all=sees_all)
            elif tie.contribution is not None and sees_all:
                sent.append(_contributed(tie.contribution))
        groups = (LinkGroup(_("Contributions"), sent, 3), LinkGroup(_("Recommandations issues"), asked, 4))
        found[conclusion.id] = [group for group in groups if group.links]
    return found


def _recommended(
    row: Recommendation, places: dict[int, list[signals.Place]], *, sees_all: bool
) -> list[tuple[str, str]]:
    text = f"{row.code} · {row.title}"
    if sees_all:
        return [(text, url_for("recommendations.show", code=row.code))]
    stands = next((place for place in places.get(row.id, []) if place.is_published), None)
    return [(f"{row.title} ({stands.title})", stands.url)] if stands is not None else []


def _contributed(row: Contribution) -> tuple[str, str]:
    words = " ".join(row.proposal.split())
    short = words if len(words) <= LABEL else words[:LABEL].rsplit(" ", 1)[0] + "…"
    return f"{row.short_author} : {short}", url_for("recommendations.contribution", id=row.id)
