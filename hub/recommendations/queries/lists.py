"""Reading lists a page at a time: columns, no objects, and nothing of the texts that lie behind.

Which rows stand on a page is found first, by identifiers that indexes hold; the rest is read of those alone.
Looking for words reads every text: what is found is then counted along, in the same query.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Row, Select, String, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Theme
from hub.core.paging import Page, nearest
from hub.events.models.workshops import Workshop
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.models.recommendations import (
    Recommendation,
    RecommendationSource,
    recommendation_level,
)
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import reach
from hub.recommendations.queries import recommendations as recommendation_queries
from hub.recommendations.queries.choices import SHORT_LABEL
from hub.recommendations.queries.filters import (
    CONTRIBUTION_SORTS,
    RECOMMENDATION_SORTS,
    ContributionFilter,
    Order,
    RecommendationFilter,
    patterns,
)
from hub.recommendations.values.lines import ContributionLine, RecommendationLine

KEPT = 64
"""Lists whose statements are kept ready: making them takes as long as reading a page."""
LONGEST_SHOWN = 200
"""Signs of a text that are read for a line, which shows fewer."""
# A workshop speaks where no organisation does.
_AUTHOR = func.coalesce(SHORT_LABEL, Workshop.title, "")
_RECOMMENDATION_SHOWN = (
    Recommendation.id,
    Recommendation.code,
    Recommendation.title,
    Recommendation.state,
    Recommendation.outcome,
    Recommendation.updated_at,
    Theme.label,
)
_CONTRIBUTION_SHOWN = (
    Contribution.id,
    func.substr(Contribution.proposal, 1, LONGEST_SHOWN).label("proposal"),
    Contribution.channel,
    Contribution.state,
    Contribution.submitted_at,
    Contribution.confirmed_at,
    Contribution.organisation_id,
    Campaign.title.label("call"),
    SourceDocument.title.label("document"),
    Workshop.title.label("workshop"),
    _AUTHOR.label("author"),
    Theme.label.label("theme"),
)
_CONTRIBUTION_ALONG = (
    Contribution.organisation,
    Contribution.theme,
    Contribution.campaign,
    Contribution.document,
    Contribution.workshop,
)


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
# (recommendation, label of a level that it addresses)
_LEVELS = (
    select(recommendation_level.c.recommendation_id, Level.label)
    .join(Level, Level.id == recommendation_level.c.level_id)
    .where(recommendation_level.c.recommendation_id.in_(_IDS))
    .order_by(Level.position)
)
_BEHIND = reach.behind(select(Recommendation.id).where(Recommendation.id.in_(_IDS)))
# (recommendation, who stands behind it), its own first, as on its page
AUTHORS = (
    select(_BEHIND.c.id, _AUTHOR)
    .join(RecommendationSource, RecommendationSource.recommendation_id == _BEHIND.c.by)
    .join(RecommendationSource.contribution)
    .outerjoin(Contribution.organisation)
    .outerjoin(Contribution.workshop)
    .where(RecommendationSource.detached_at.is_(None))
    .order_by(_BEHIND.c.id != _BEHIND.c.by, _BEHIND.c.by, RecommendationSource.id)
)
# (contribution, code of a recommendation made from it)
_CODES = (
    select(RecommendationSource.contribution_id, Recommendation.code)
    .join(RecommendationSource.recommendation)
    .where(RecommendationSource.contribution_id.in_(_IDS), RecommendationSource.detached_at.is_(None))
    .order_by(RecommendationSource.id)
)


@dataclass(frozen=True, slots=True)
class _List:
    """The statements of a list: how many rows, a page of them, the same with how many there are (`total`)."""

    total: Select[int]
    page: Select[*tuple[Any, ...]]
    counted: Select[*tuple[Any, ...]]


def _list(
    key: InstrumentedAttribute[int],
    narrowed: Sequence[ColumnElement[bool]],
    *,
    order: Sequence[Any],
    ordered_along: InstrumentedAttribute[Any] | None,
    shown: Sequence[Any],
    shown_along: Sequence[InstrumentedAttribute[Any]],
) -> _List:
    """Return the statements of a list of the rows of `key`, with the parameters `per_page` and `skipped`."""
    ids = select(key.label("id")).where(*narrowed).order_by(*order)
    if ordered_along is not None:
        ids = ids.outerjoin(ordered_along)
    ids = ids.limit(bindparam("per_page", type_=Integer)).offset(bindparam("skipped", type_=Integer))
    pages: list[Select[*tuple[Any, ...]]] = []
    for found in (ids, ids.add_columns(func.count().over().label("total"))):
        here = found.subquery()
        rows = select(*shown).select_from(here).join(key.class_, key == here.c.id).order_by(*order)
        for way in shown_along:
            rows = rows.outerjoin(way)
        pages.append(rows.add_columns(*[here.c.total for _ in pages]))
    return _List(select(func.count(key)).where(*narrowed), *pages)


@lru_cache(maxsize=KEPT)
def _recommendations(wanted: RecommendationFilter, order: Order, words: int) -> _List:
    """Return the list for what is wanted beside so many words."""
    column = RECOMMENDATION_SORTS.get(order.sort, Recommendation.code)
    return _list(
        Recommendation.id,
        recommendation_queries.conditions(wanted, _places(words)),
        order=(column.desc() if order.descending else column.asc(), Recommendation.code),
        ordered_along=Recommendation.theme if column is Theme.label else None,
        shown=_RECOMMENDATION_SHOWN,
        shown_along=(Recommendation.theme,),
    )


@lru_cache(maxsize=KEPT)
def _contributions(wanted: ContributionFilter, order: Order, words: int) -> _List:
    """Return the list for what is wanted beside so many words."""
    return _contributions_with(wanted, order, words, ())


def _contributions_with(
    wanted: ContributionFilter, order: Order, words: int, more: Sequence[ColumnElement[bool]]
) -> _List:
    column = CONTRIBUTION_SORTS.get(order.sort, Contribution.submitted_at)
    return _list(
        Contribution.id,
        [*contribution_queries.conditions(wanted, _places(words)), *more],
        order=(column.desc() if order.descending else column.asc(), Contribution.id.desc()),
        ordered_along=Contribution.organisation if column is Organisation.search_text else None,
        shown=_CONTRIBUTION_SHOWN,
        shown_along=_CONTRIBUTION_ALONG,
    )


def _places(words: int) -> list[BindParameter[str]]:
    return [bindparam(f"word{number}", type_=String) for number in range(words)]


def recommendation_lines(
    session: Session, wanted: RecommendationFilter, order: Order, *, number: int, per_page: int
) -> Page[RecommendationLine]:
    """Return a page of recommendations; a number out of range gives the nearest page."""
    words = patterns(wanted.text)
    page = _read(
        session, _recommendations(replace(wanted, text=""), order, len(words)), words, number, per_page
    )
    ids = [row.id for row in page.rows]
    levels, authors = _gathered(session, _LEVELS, ids), authors_of(session, ids)
    return page.holding(
        [
            RecommendationLine(
                row.code, row.title, row.state, row.outcome, row.updated_at, row.label or "",
                levels.get(row.id, ()), authors.get(row.id, ()),
            )
            for row in page.rows
        ]
    )  # fmt: skip


def authors_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return in short who stands behind each of these recommendations, once each, as on its own page."""
    found = _gathered(session, AUTHORS, ids)
    return {key: tuple(dict.fromkeys(name for name in names if name)) for key, names in found.items()}


def contribution_lines(
    session: Session,
    wanted: ContributionFilter,
    order: Order,
    more: Sequence[ColumnElement[bool]],
    *,
    number: int,
    per_page: int,
) -> Page[ContributionLine]:
    """Return a page of what was sent, narrowed by `more` as well; out of range, the nearest page."""
    words, beside = patterns(wanted.text), replace(wanted, text="")
    if more:
        rows = _contributions_with(beside, order, len(words), more)
    else:
        rows = _contributions(beside, order, len(words))
    page = _read(session, rows, words, number, per_page)
    codes = _gathered(session, _CODES, [row.id for row in page.rows])
    return page.holding([_contribution_line(row, codes.get(row.id, ())) for row in page.rows])


def _contribution_line(row: Row[Any], codes: tuple[str, ...]) -> ContributionLine:
    workshop = row.workshop if row.organisation_id is not None else None  # else it is the author
    return ContributionLine(
        row.id, row.proposal, row.channel, row.call or row.document or workshop or "", row.author,
        row.theme or "", row.submitted_at, row.state,
        row.organisation_id is not None
        and row.confirmed_at is None
        and row.state is not ContributionState.WITHDRAWN,
        codes,
    )  # fmt: skip


def _read(session: Session, rows: _List, words: Sequence[str], number: int, per_page: int) -> Page[Row[Any]]:
    """Return a page of a list; where words are looked for, it is counted in the same query."""
    number = max(1, number)
    given: dict[str, Any] = {f"word{place}": word for place, word in enumerate(words)}
    if words:
        found = session.execute(rows.counted, given | _place(number, per_page)).all()
        if found or number == 1:
            return Page(list(found), number, per_page, found[0].total if found else 0)
    total = session.scalar(rows.total, given) or 0
    number = nearest(number, total, per_page)
    found = session.execute(rows.page, given | _place(number, per_page)).all() if total else []
    return Page(list(found), number, per_page, total)


def _place(number: int, per_page: int) -> dict[str, int]:
    return {"per_page": per_page, "skipped": (number - 1) * per_page}


def _gathered(session: Session, rows: Select[int, str], ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the words of these rows, by row, in their order."""
    found: dict[int, list[str]] = {}
    for key, word in session.execute(rows, {"ids": ids}) if ids else ():
        found.setdefault(key, []).append(word)
    return {key: tuple(words) for key, words in found.items()}
