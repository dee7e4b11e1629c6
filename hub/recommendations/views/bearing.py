"""Who carries what, across recommendations: priorities, agreement, themes and levels, bearers, coalitions."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Response as FlaskResponse
from flask import render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import exports, paging
from hub.core.access import permit
from hub.core.db import db
from hub.core.paging import Page
from hub.core.remembering import Remembered
from hub.recommendations.models.carrying import Support
from hub.recommendations.models.recommendations import RECOMMENDATION_STATES, Recommendation
from hub.recommendations.queries import bearing as queries
from hub.recommendations.queries import choices
from hub.recommendations.queries.bearing import Among
from hub.recommendations.rules import manage
from hub.recommendations.values.coalitions import MOST_LOOKED_AT, Coalition, coalitions
from hub.recommendations.views.blueprint import argument, blueprint, chips, page_number

MOST_COLUMNS = 25  # recommendations side by side: more can't be read
MOST_ON_MAP = 60
DARKEST = 5
TOWNS_PER_PAGE = 20
Answer = str | FlaskResponse
Carried = tuple[dict[int, set[int]], dict[int, set[int]], list[Coalition]]
CARRIED: Remembered[Carried] = Remembered(4)
COUNTED: Remembered[Sequence[tuple[int, ...]]] = Remembered(8)
"""Standings, and bearers, as numbers: of thousands a page reads fifty."""
CROSSED: Remembered[dict[tuple[int | None, int | None], int]] = Remembered(4)


class Offered(NamedTuple):
    """What all these views can be narrowed to: (code or slug, word) each."""

    calls: Sequence[tuple[str, str]]
    themes: Sequence[tuple[str, str]]
    levels: Sequence[tuple[str, str]]
    years: Sequence[tuple[str, str]]


OFFERED: Remembered[Offered] = Remembered(1)


@dataclass(frozen=True)
class Line:
    """One recommendation with what stands behind it."""

    recommendation: Recommendation
    support: int
    reservations: int
    neutral: int
    oppose: int
    signed: int
    dots: int

    @property
    def voices(self) -> int:
        """How many organisations said where they stand."""
        return self.support + self.reservations + self.neutral + self.oppose

    def bars(self) -> Iterator[tuple[str, float, float]]:
        """Yield (position, beginning, width) of the picture, in percent of the voices."""
        begin = 0.0
        for word in Support:
            number = getattr(self, word.value)
            width = 100 * number / self.voices if self.voices else 0.0
            if number:
                yield word.value, round(begin, 3), round(width, 3)
            begin += width


@blueprint.get("/recommandations/priorites")
@permit(manage)
def all_priorities() -> Answer:
    """Show which recommendations come first: dots, co-signatures, positions."""
    return _standings(queries.PRIORITY, "recommendations/view_priorities.html", "priorites")


@blueprint.get("/recommandations/accords")
@permit(manage)
def agreement() -> Answer:
    """Show on what organisations disagree most, or agree most."""
    order = queries.AGREEMENT if argument("ordre") == "accord" else queries.DISAGREEMENT
    return _standings(order, "recommendations/view_agreement.html", "accords")


@blueprint.get("/recommandations/themes-et-niveaux")
@permit(manage)
def by_theme_and_level() -> Answer:
    """Show how many recommendations each theme addresses to each level of power."""
    session = db.session()
    wanted = _among()
    themes, levels = list(session.scalars(choices.themes())), list(session.scalars(choices.levels()))
    counts = CROSSED.get(db.engine, wanted, lambda fresh: _crossed(fresh, wanted))
    named, addressed = {number for number, _ in counts}, {number for _, number in counts}
    rows = [theme for theme in themes if theme.id in named]
    columns = [level for level in levels if level.id in addressed]
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        header = [gettext("Thème"), *(each.label for each in columns), gettext("Aucun niveau")]
        ids = [*(each.id for each in columns), None]
        labels = [*((each.id, each.label) for each in rows), (None, gettext("Sans thème"))]
        lines = [[name, *(counts.get((number, level), 0) for level in ids)] for number, name in labels]
        return exports.answer(kind, "recommandations-themes-et-niveaux", header, lines)
    most = max((number for (theme, level), number in counts.items() if theme and level), default=0)
    return render_template(
        "recommendations/view_cross.html",
        rows=rows,
        columns=columns,
        counts=counts,
        has_no_level=None in addressed,
        has_no_theme=None in named,
        shade={number: -(-DARKEST * number // most) for number in set(counts.values()) if number <= most},
        **_filters(wanted),
    )


def _crossed(session: Session, wanted: Among) -> dict[tuple[int | None, int | None], int]:
    rows = session.execute(queries.by_theme_and_level(wanted))
    return {(theme, level): number for theme, level, number in rows}


@blueprint.get("/recommandations/qui-porte-quoi")
@permit(manage)
def who_carries_what() -> Answer:
    """Show which organisations carry how much, and side by side which carries which."""
    session = db.session()
    wanted = _among()
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export_ties(kind, wanted)
    found = COUNTED.get(db.engine, wanted, lambda fresh: _numbers(fresh, queries.bearing(wanted)))
    page = _with_rows(paging.cut(found, page_number()), queries.organisations)
    columns = session.scalars(
        select(Recommendation)
        .where(Recommendation.id.in_(queries.among(wanted)))
        .order_by(Recommendation.code)
        .limit(MOST_COLUMNS + 1)
    ).all()
    fits = len(columns) <= MOST_COLUMNS
    ties: dict[tuple[int, int], set[str]] = defaultdict(set)
    if fits:
        for recommendation, organisation, tie in session.execute(queries.ties(wanted)):
            ties[recommendation, organisation].add(tie)
    shown = [row[0].slug for row in page.rows if row[1]][:MOST_ON_MAP]
    return render_template(
        "recommendations/view_bearers.html",
        page=page,
        columns=columns if fits else [],
        fits=fits,
        most_columns=MOST_COLUMNS,
        ties=ties,
        map_url=_map(shown),
        **_filters(wanted),
    )


@blueprint.get("/recommandations/qui-porte-quoi/<slug>")
@permit(manage, Organisation, key="slug")
def carried_by(organisation: Organisation) -> Answer:
    """Show all that one organisation carries."""
    session = db.session()
    wanted = _among()
    ties: dict[int, set[str]] = defaultdict(set)
    rows: dict[int, Recommendation] = {}
    for row, tie in session.execute(queries.tied_to(wanted, organisation.id)):
        rows[row.id] = row
        ties[row.id].add(tie)
    return render_template(
        "recommendations/view_bearer.html",
        organisation=organisation,
        page=paging.cut(list(rows.values()), page_number()),
        ties=ties,
        map_url=_map([organisation.slug]),
    )


@blueprint.get("/recommandations/coalitions")
@permit(manage)
def several_towns() -> Answer:
    """Show what is carried in several communes, and who carries the same several things."""
    session = db.session()
    wanted = _among()
    bearers, communes, found = CARRIED.get(db.engine, wanted, lambda fresh: _carried(fresh, wanted))
    several = sorted(
        (number for number, found in communes.items() if len(found) > 1),
        key=lambda number: (-len(communes[number]), -len(bearers[number]), number),
    )
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export_towns(kind, several, bearers)
    page = paging.cut(several, page_number(), per_page=TOWNS_PER_PAGE)
    shown = {*page.rows, *(number for each in found for number in each.things)}
    rows = {row.id: row for row in session.scalars(queries.named(shown))}
    members = {number for each in found for number in each.members}
    seats = _seats(members.union(*(bearers[number] for number in page.rows)))
    return render_template(
        "recommendations/view_towns.html",
        page=page.holding(
            [(rows[number], len(communes[number]), _by_town(bearers[number], seats)) for number in page.rows]
        ),
        coalitions=[
            (
                [row for row in seats.values() if row.id in each.members],
                [rows[number] for number in each.things],
                _map([row.slug for row in seats.values() if row.id in each.members]),
            )
            for each in found
        ],
        looked_at=MOST_LOOKED_AT,
        **_filters(wanted),
    )


def _carried(session: Session, wanted: Among) -> Carried:
    """Return who carries each recommendation, the communes in which, and the coalitions that follow."""
    bearers: dict[int, set[int]] = defaultdict(set)
    communes: dict[int, set[int]] = defaultdict(set)
    for recommendation, organisation, commune in session.execute(queries.pairs(wanted)):
        bearers[recommendation].add(organisation)
        if commune is not None:
            communes[recommendation].add(commune)
    return dict(bearers), dict(communes), coalitions(bearers)


def _seats(numbers: Iterable[int]) -> dict[int, Organisation]:
    """Return organisations with their communes, by name."""
    return {row.id: row for row in db.session().scalars(queries.seated(numbers))}


def _by_town(bearers: set[int], seats: dict[int, Organisation]) -> dict[str, list[Organisation]]:
    """Return bearers by commune, "" last where none is known."""
    found: dict[str, list[Organisation]] = defaultdict(list)
    for number, row in seats.items():
        if number in bearers:
            found[row.commune.name if row.commune else ""].append(row)
    return dict(sorted(found.items(), key=lambda town: (not town[0], town[0])))


def _map(slugs: Sequence[str]) -> str | None:
    """Return the address of the map with these organisations in the light."""
    return url_for("network.map_page", view="actors", pick=list(slugs)) if slugs else None


def _among() -> Among:
    year = argument("year")
    return Among(
        text=argument("q"),
        campaign=argument("call"),
        theme=argument("theme"),
        level=argument("level"),
        year=int(year) if year.isdecimal() and len(year) == len("2024") else None,
    )


def _offered(session: Session) -> Offered:
    return Offered(
        [(row.slug, row.title) for row in session.scalars(queries.calls_with_lists())],
        [(row.code, row.label) for row in session.scalars(choices.themes())],
        [(row.code, row.label) for row in session.scalars(choices.levels())],
        [(year, year) for year in session.scalars(queries.years())],
    )


def _filters(wanted: Among) -> dict[str, Any]:
    """Return the filters that all these views share, and those in force."""
    offered = OFFERED.get(db.engine, None, _offered)
    options: list[dict[str, Any]] = [
        {"name": "call", "label": gettext("Appel"), "value": wanted.campaign,
         "choices": offered.calls},
        {"name": "theme", "label": gettext("Thème"), "value": wanted.theme, "search": True,
         "choices": offered.themes},
        {"name": "level", "label": gettext("Niveau de pouvoir"), "value": wanted.level,
         "choices": offered.levels},
        {"name": "year", "label": gettext("Année"), "value": str(wanted.year or ""),
         "choices": offered.years},
    ]  # fmt: skip
    named = (
        (
            each["name"],
            each["value"],
            f"{each['label']} : {dict(each['choices']).get(each['value'], each['value'])}",
        )
        for each in options
    )
    searched = ("q", wanted.text, gettext("Recherche : %(text)s", text=wanted.text))
    return {"options": options, "active": chips(searched, *named), "wanted": wanted}


def _standings(order: str, template: str, name: str) -> Answer:
    session = db.session()
    wanted = _among()
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        rows = session.execute(queries.standings(wanted, order))
        return _export_standings(kind, name, (Line(*row) for row in rows))
    found = COUNTED.get(
        db.engine, (wanted, order), lambda fresh: _numbers(fresh, queries.ranked(wanted, order))
    )
    page = _with_rows(paging.cut(found, page_number()), queries.in_line)
    lines = page.holding([Line(*row) for row in page.rows])
    return render_template(
        template,
        page=lines,
        top=max((line.dots for line in lines.rows), default=0),
        order=order,
        here=request.endpoint,
        **_filters(wanted),
    )


def _numbers(session: Session, rows: Select[*tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [tuple(row) for row in session.execute(rows)]


def _with_rows(
    page: Page[tuple[int, ...]], read: Callable[[Iterable[int]], Select[Any]]
) -> Page[tuple[Any, ...]]:
    """Return the page with what the numbers that its rows begin with stand for."""
    found = {row.id: row for row in db.session().scalars(read([number for number, *_ in page.rows]))}
    return page.holding([(found[number], *figures) for number, *figures in page.rows if number in found])


def _export_standings(kind: str, name: str, lines: Iterable[Line]) -> FlaskResponse:
    header = [
        gettext("Code"), gettext("Recommandation"), gettext("État"), gettext("Thème"), gettext("Niveaux"),
        gettext("Points"), gettext("Co-signatures"), gettext("Soutiennent"), gettext("Avec réserves"),
        gettext("Sans avis"), gettext("S’opposent"),
    ]  # fmt: skip
    rows = (
        [
            line.recommendation.code, line.recommendation.title,
            gettext(RECOMMENDATION_STATES[line.recommendation.state]),
            line.recommendation.theme.label if line.recommendation.theme else "",
            ", ".join(level.label for level in line.recommendation.levels),
            line.dots, line.signed, line.support, line.reservations, line.neutral, line.oppose,
        ]
        for line in lines
    )  # fmt: skip
    return exports.answer(kind, f"recommandations-{name}", header, rows)


def tie_words() -> dict[str, str]:
    """Return what ties an organisation to a recommendation, in words."""
    return {
        queries.ASKS: gettext("Le demande"),
        queries.SIGNS: gettext("Co-signe"),
        queries.SUPPORTS: gettext("Soutient"),
        queries.RESERVES: gettext("Soutient avec réserves"),
        Support.NEUTRAL.value: gettext("Sans avis"),
        queries.OPPOSES: gettext("S’oppose"),
    }


@blueprint.app_template_global()
def words_of_ties(ties: Iterable[str]) -> list[tuple[str, str]]:
    """Return (code, word) of ties, the strongest first."""
    return [(code, word) for code, word in tie_words().items() if code in ties]


def _export_ties(kind: str, wanted: Among) -> FlaskResponse:
    session = db.session()
    words = tie_words()
    header = [gettext("Organisation"), gettext("Code"), gettext("Recommandation"), gettext("Ce qui les lie")]
    tied = queries.ties(wanted).subquery()
    rows = session.execute(
        select(Organisation.name, Recommendation.code, Recommendation.title, tied.c.tie)
        .join(tied, tied.c.organisation_id == Organisation.id)
        .join(Recommendation, Recommendation.id == tied.c.recommendation_id)
        .order_by(Organisation.search_text, Recommendation.code, tied.c.tie)
    )
    lines = ([name, code, title, words[tie]] for name, code, title, tie in rows)
    return exports.answer(kind, "qui-porte-quoi", header, lines)


def _export_towns(kind: str, numbers: Sequence[int], bearers: dict[int, set[int]]) -> FlaskResponse:
    header = [gettext("Code"), gettext("Recommandation"), gettext("Commune"), gettext("Organisation")]
    rows = {row.id: row for row in db.session().scalars(queries.named(numbers))}
    seats = _seats(set[int]().union(*(bearers[number] for number in numbers)))
    lines = (
        [rows[number].code, rows[number].title, commune, organisation.name]
        for number in numbers
        for commune, organisations in _by_town(bearers[number], seats).items()
        for organisation in organisations
    )
    return exports.answer(kind, "coalitions", header, lines)
