"""The list of recommendations as CSV, xlsx or JSON: all that each says, with the sources of its lineage."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.actors.models.reference import Level, Theme
from hub.core import exports
from hub.plans.words import WAYS
from hub.recommendations.models.contributions import BENEFICIARIES, Contribution
from hub.recommendations.models.recommendations import (
    OUTCOMES,
    RECOMMENDATION_STATES,
    SCOPES,
    Recommendation,
)
from hub.recommendations.queries import lineage
from hub.recommendations.values.behind import behind, parents

FORMAT = "maillage/recommendations/1"
# What a file for programs says under the same names as the database.
WORDS = (
    "code", "title", "state", "state_reason", "outcome", "version", "finding", "text", "justification",
    "indicator", "short_text", "plain_text", "beneficiaries", "way", "scope",
)  # fmt: skip


def as_file(kind: str, session: Session, rows: Iterable[Recommendation]) -> Response:
    """Return rows that `queries.recommendations.in_full` selected as a file; two queries for all sources."""
    with_sources = _with_sources(session, rows)
    if kind == "json":
        return _as_json(with_sources)
    return exports.answer(kind, "recommandations", _header(), (_line(*each) for each in with_sources))


def _with_sources(
    session: Session, rows: Iterable[Recommendation]
) -> Iterator[tuple[Recommendation, list[Contribution], list[Contribution]]]:
    """Yield each with its own sources and those of its lineage."""
    sources: dict[int, list[Contribution]] = {}
    for source in session.scalars(lineage.attached()):
        sources.setdefault(source.recommendation_id, []).append(source.contribution)
    parents_of = parents((parent, child) for parent, child in session.execute(lineage.handed_on()))
    for row in rows:
        inherited = [each for number in behind(row.id, parents_of) for each in sources.get(number, [])]
        yield row, sources.get(row.id, []), inherited


def _as_json(
    rows: Iterable[tuple[Recommendation, list[Contribution], list[Contribution]]],
) -> Response:
    """Return the same for other programs: words as the database holds them, days and hours in UTC."""
    told = {"format": FORMAT, "recommendations": [_told(*each) for each in rows]}
    return Response(
        json.dumps(told, ensure_ascii=False, indent=1),
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="recommandations.json"'},
    )


def _told(row: Recommendation, own: list[Contribution], inherited: list[Contribution]) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in WORDS},
        "theme": _coded(row.theme),
        "right": _coded(row.right),
        "levels": [_coded(level) for level in row.levels],
        "authorities": [each.name for each in row.authorities],
        "territory": row.territory.name if row.territory else None,
        "sources": [_source(each) for each in own],
        "inherited_sources": [_source(each) for each in inherited],
        "adopted_at": row.adopted_at.isoformat() if row.adopted_at else None,
        "updated_at": row.updated_at.isoformat(),
    }


def _coded(row: Theme | Level | None) -> dict[str, str] | None:
    return {"code": row.code, "label": row.label} if row is not None else None


def _source(row: Contribution) -> dict[str, Any]:
    return {"contribution": row.id, "author": row.author}


def _header() -> list[str]:
    return [
        gettext("Code"),
        gettext("Titre"),
        gettext("État"),
        gettext("Ce qui est obtenu"),
        gettext("Raison"),
        gettext("Version"),
        gettext("Thème"),
        gettext("Droit fondamental"),
        gettext("Niveaux de pouvoir"),
        gettext("Pouvoirs publics nommés"),
        gettext("Territoire"),
        gettext("Bénéficiaires"),
        gettext("Ce qu’elle travaille"),
        gettext("Portée du constat"),
        gettext("Constat"),
        gettext("Recommandation"),
        gettext("Justification"),
        gettext("Indicateur"),
        gettext("Version courte"),
        gettext("En français facile"),
        gettext("Portée par"),
        gettext("Contributions"),
        gettext("Portée par, par sa lignée"),
        gettext("Contributions de sa lignée"),
        gettext("Adoptée le"),
        gettext("Modifiée le"),
    ]


def _line(row: Recommendation, own: list[Contribution], inherited: list[Contribution]) -> list[Any]:
    return [
        row.code,
        row.title,
        gettext(RECOMMENDATION_STATES[row.state]),
        gettext(OUTCOMES[row.outcome]) if row.outcome else "",
        row.state_reason,
        row.version,
        row.theme.label if row.theme else "",
        row.right.label if row.right else "",
        _together(level.label for level in row.levels),
        _together(each.name for each in row.authorities),
        row.territory.name if row.territory else "",
        gettext(BENEFICIARIES[row.beneficiaries]),
        str(WAYS[row.way]) if row.way else "",
        gettext(SCOPES[row.scope]) if row.scope else "",
        row.finding,
        row.text,
        row.justification,
        row.indicator,
        row.short_text,
        row.plain_text,
        *_sources(own),
        *_sources(inherited),
        row.adopted_at or "",
        row.updated_at,
    ]


def _sources(rows: list[Contribution]) -> Iterator[str]:
    """Yield who asks, and the numbers of their contributions."""
    yield _together(each.author for each in rows)
    yield _together(str(each.id) for each in rows)


def _together(words: Iterable[str]) -> str:
    return " ; ".join(dict.fromkeys(word for word in words if word))
