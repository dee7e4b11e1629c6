"""The list of recommendations: narrowed, sorted, page by page, as a file."""

from collections.abc import Iterable
from typing import Any

from flask import Response, render_template
from flask_babel import gettext

from hub.core.access import permit
from hub.core.db import db
from hub.plans.models.outline import Way
from hub.plans.words import WAYS
from hub.recommendations.models.contributions import BENEFICIARIES, Beneficiaries
from hub.recommendations.models.recommendations import (
    OUTCOMES,
    RECOMMENDATION_STATES,
    SCOPES,
    RecommendationState,
    Scope,
)
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import filters, lists
from hub.recommendations.queries import recommendations as queries
from hub.recommendations.queries.filters import NO_LEVEL, NO_OUTCOME, Order, RecommendationFilter
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import argument, blueprint, chips, order_of, page_number, word_of
from hub.recommendations.views.offered import Pairs, offered
from hub.recommendations.views.spreadsheets import as_file

PER_PAGE = 25
NEWEST_FIRST = Order("code", descending=True)
KNOWN_OUTCOMES = {NO_OUTCOME, *(word.value for word in OUTCOMES)}


@blueprint.get("/recommandations")
@permit(manage)
def index() -> str | Response:
    """List the recommendations; the same list as CSV, xlsx or JSON."""
    session = db.session()
    wanted = asked()
    order = order_of(filters.RECOMMENDATION_SORTS, NEWEST_FIRST)
    kind = argument("format")
    if kind in {"csv", "xlsx", "json"}:
        return as_file(kind, session, session.scalars(queries.in_full(wanted, order)))
    options = options_of(wanted)
    return render_template(
        "recommendations/index.html",
        page=lists.recommendation_lines(session, wanted, order, number=page_number(), per_page=PER_PAGE),
        to_read=session.scalar(contribution_queries.waiting()) or 0,
        wanted=wanted,
        options=options,
        active=chips(
            ("q", wanted.text, gettext("Recherche : %(text)s", text=wanted.text)),
            *((each["name"], each["value"], _chip(each)) for each in options),
        ),
        order=order,
    )


def asked() -> RecommendationFilter:
    """Return to what the address narrows the list."""
    return RecommendationFilter(
        text=argument("q"),
        state=word_of(RecommendationState, "state"),
        outcome=argument("outcome") if argument("outcome") in KNOWN_OUTCOMES else "",
        theme=argument("theme"),
        right=argument("right"),
        level=argument("level"),
        authority=argument("authority"),
        territory=argument("territory"),
        way=word_of(Way, "way"),
        scope=word_of(Scope, "scope"),
        beneficiaries=word_of(Beneficiaries, "beneficiaries"),
        organisation=argument("organisation"),
    )


def options_of(wanted: RecommendationFilter) -> list[dict[str, Any]]:
    """Return what the list can be narrowed by: what is asked most first, the others fold away."""
    found = offered()
    return [
        _option("theme", gettext("Thème"), wanted.theme, found.themes, search=True),
        _option(
            "level", gettext("Niveau de pouvoir"), wanted.level,
            [(NO_LEVEL, gettext("Aucun niveau choisi")), *found.levels],
        ),
        _option("state", gettext("État"), wanted.state, _words(RECOMMENDATION_STATES)),
        _option(
            "outcome", gettext("Ce qui est obtenu"), wanted.outcome,
            [*_words(OUTCOMES), (NO_OUTCOME, gettext("Suivie ou close, pas encore dit"))], seldom=True,
        ),
        _option("organisation", gettext("Portée par"), wanted.organisation, found.heard, search=True),
        _option(
            "authority", gettext("Pouvoir public nommé"), wanted.authority, found.authorities, seldom=True
        ),
        _option("right", gettext("Droit fondamental"), wanted.right, found.rights, seldom=True),
        _option("territory", gettext("Territoire"), wanted.territory, found.territories, seldom=True),
        _option(
            "beneficiaries", gettext("À qui elle profite"), wanted.beneficiaries, _words(BENEFICIARIES),
            seldom=True,
        ),
        _option(
            "way", gettext("Ce qu’elle travaille"), wanted.way,
            [(word.value, str(text)) for word, text in WAYS.items()], seldom=True,
        ),
        _option("scope", gettext("Portée du constat"), wanted.scope, _words(SCOPES), seldom=True),
    ]  # fmt: skip


def chips_of(wanted: RecommendationFilter, options: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Return what the list is narrowed to, each to be taken away."""
    return chips(
        ("q", wanted.text, gettext("Recherche : %(text)s", text=wanted.text)),
        *((each["name"], each["value"], _chip(each)) for each in options),
    )


def _option(name: str, label: str, value: str | None, offered: Pairs, **more: bool) -> dict[str, Any]:
    return {"name": name, "label": label, "value": str(value or ""), "choices": offered, **more}


def _words(texts: dict[Any, str]) -> Pairs:
    return [(word.value, gettext(text)) for word, text in texts.items()]


def _chip(option: dict[str, Any]) -> str:
    words: Iterable[tuple[str, str]] = option["choices"]
    return f"{option['label']} : {dict(words).get(option['value'], option['value'])}"
