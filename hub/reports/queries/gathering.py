"""Reading what a report or an export is drawn from: a constant number of queries, nobody's name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, Theme
from hub.core import clock
from hub.core.db import UTCDateTime
from hub.events.models.days import Event, EventState
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import IN_WORK, Recommendation
from hub.reports.values.asked import Asked, below
from hub.reports.values.history import (
    ActionRow,
    ContributionRow,
    DayRow,
    DecisionRow,
    History,
    MeetingRow,
    OrganisationRow,
    PresenceRow,
    RecommendationRow,
    SeatRow,
    SpaceRow,
)
from hub.reports.values.period import Period
from hub.spaces.models.actions import OPEN, Action
from hub.spaces.models.decisions import Decision, Position, Stance
from hub.spaces.models.meetings import Attendance, Meeting, MeetingState, Presence
from hub.spaces.models.spaces import Membership, Space, space_theme

TO_COME = (MeetingState.PLANNED, MeetingState.CONVENED)


@dataclass(frozen=True)
class Place:
    """A territory by number: its name, its kind, the one above it."""

    name: str
    kind: str
    parent_id: int | None


@dataclass(frozen=True)
class Ground:
    """What never depends on the period: spaces, themes (code and word), territories, organisations."""

    spaces: Mapping[int, SpaceRow]
    themes: Mapping[int, tuple[str, str]]
    places: Mapping[int, Place]
    organisations: Mapping[int, OrganisationRow]

    def within(self, territory_id: int) -> frozenset[int]:
        """Return a territory and all that lie in it."""
        return below(territory_id, {number: place.parent_id for number, place in self.places.items()})


def ground(session: Session) -> Ground:
    """Read spaces with their themes, themes, territories and organisations: three queries."""
    named = union_all(
        select(
            literal("theme").label("what"), Theme.id, Theme.label.label("name"), Theme.code.label("code"),
            _nothing(Integer()).label("parent_id"), Theme.position,
        ),
        select(
            literal("place"), Territory.id, Territory.name, cast(Territory.kind, String(40)),
            Territory.parent_id, literal(0),
        ),
    ).subquery()  # fmt: skip
    rows = session.execute(select(named).order_by(named.c.what, named.c.position, named.c.name)).all()
    tied = select(
        Space.id, Space.slug, Space.name, Space.kind, Space.state, Space.starts_on, Space.ends_on,
        Space.territory_id, Space.state_since, Space.output, Space.output_due_on, Space.outcome,
        space_theme.c.theme_id,
    )  # fmt: skip
    tied = tied.outerjoin(space_theme, space_theme.c.space_id == Space.id).order_by(
        Space.name, Space.id, space_theme.c.theme_id
    )
    spaces: dict[int, SpaceRow] = {}
    for _, group in groupby(session.execute(tied), key=attrgetter("id")):
        same: list[Any] = list(group)
        themes = tuple(row.theme_id for row in same if row.theme_id is not None)
        spaces[same[0].id] = _space(same[0], themes)
    organisations = session.execute(select(Organisation.id, Organisation.name, Organisation.commune_id))
    return Ground(
        spaces=spaces,
        themes={row.id: (row.code, row.name) for row in rows if row.what == "theme"},
        places={row.id: Place(row.name, row.code, row.parent_id) for row in rows if row.what == "place"},
        organisations={row.id: OrganisationRow(*row) for row in organisations},
    )


def _space(row: Any, themes: tuple[int, ...]) -> SpaceRow:
    return SpaceRow(
        row.id, row.slug, row.name, row.kind, row.state, row.starts_on, row.ends_on, row.territory_id,
        row.state_since, row.output, row.output_due_on, row.outcome, themes,
    )  # fmt: skip


def _nothing(kind: TypeEngine[Any]) -> Any:
    """Return NULL of a type: PostgreSQL joins no columns whose types it must guess."""
    return cast(null(), kind)


def chosen(known: Ground, asked: Asked, carried: Collection[int] | None = None) -> dict[int, SpaceRow]:
    """Return the spaces that are meant; `carried` are those that carry the plan asked for."""
    places = known.within(asked.territory_id) if asked.territory_id else None

    def meant(space: SpaceRow) -> bool:
        return (
            (asked.space_id is None or space.id == asked.space_id)
            and (places is None or space.territory_id in places)
            and (not asked.theme or asked.theme in {known.themes[theme][0] for theme in space.themes})
            and (carried is None or space.id in carried)
        )

    return {number: space for number, space in known.spaces.items() if meant(space)}


def read(
    session: Session,
    asked: Asked,
    known: Ground,
    carried: Collection[int] | None = None,
    *,
    since: date | None = None,
) -> History:
    """Read what happened in the period, and before it since `since` (its own first day if none is given).

    Also meetings and actions that are still to come. Six queries, whatever the number of rows.
    """
    spaces = chosen(known, asked, carried)
    narrowed = tuple(spaces) if asked.is_narrowed else None
    span = Period(since or asked.period.first, asked.period.last)
    meetings = session.execute(_meetings(span, narrowed))
    presences = session.execute(_presences(span, narrowed))
    days, contributions, recommendations = _others(session, asked, known, span, narrowed)
    return History(
        spaces=spaces,
        organisations=known.organisations,
        themes={number: word for number, (_, word) in known.themes.items()},
        places={number: place.name for number, place in known.places.items()},
        meetings=tuple(MeetingRow(*row) for row in meetings),
        presences=tuple(
            PresenceRow(row.meeting_id, row.organisation_id, _who(row), row.presence) for row in presences
        ),
        decisions=tuple(DecisionRow(*row) for row in session.execute(_decisions(span, narrowed))),
        actions=tuple(_action(row) for row in session.execute(_actions(span, narrowed))),
        days=days,
        contributions=contributions,
        recommendations=recommendations,
    )


def seats(session: Session) -> tuple[SeatRow, ...]:
    """Read every seat ever held."""
    rows = select(Membership.space_id, Membership.organisation_id, Membership.starts_on, Membership.ends_on)
    return tuple(SeatRow(*row) for row in session.execute(rows.order_by(Membership.id)))


def first_meeting(session: Session) -> date | None:
    """Return the day of the first meeting that was held, as far as is noted."""
    first = session.scalar(select(func.min(Meeting.starts_at)).where(Meeting.state == MeetingState.HELD))
    return clock.today(first) if first is not None else None


def _in(column: Any, spaces: tuple[int, ...] | None) -> ColumnElement[bool]:
    return true() if spaces is None else column.in_(spaces)


def _meetings(span: Period, spaces: tuple[int, ...] | None) -> Select[*tuple[Any, ...]]:
    return (
        select(Meeting.id, Meeting.space_id, Meeting.title, Meeting.state, Meeting.starts_at, Meeting.ends_at)
        .where(
            Meeting.starts_at >= span.start,
            or_(Meeting.starts_at < span.end, Meeting.state.in_(TO_COME)),
            _in(Meeting.space_id, spaces),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )


def _presences(span: Period, spaces: tuple[int, ...] | None) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Attendance.meeting_id, Attendance.organisation_id, Attendance.presence, Attendance.person_id,
            Attendance.id,
        )
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(
            Meeting.state == MeetingState.HELD,
            Meeting.starts_at >= span.start,
            Meeting.starts_at < span.end,
            Attendance.presence.in_((Presence.PRESENT, Presence.REPRESENTED)),
            _in(Meeting.space_id, spaces),
        )
        .order_by(Attendance.id)
    )  # fmt: skip


def _who(row: Any) -> str:
    """Tell heads apart without naming them; a guest is one of their own."""
    return f"p{row.person_id}" if row.person_id is not None else f"g{row.id}"


def _decisions(span: Period, spaces: tuple[int, ...] | None) -> Select[*tuple[Any, ...]]:
    def counted(stance: Stance) -> Any:
        return func.coalesce(func.sum(case((Position.stance == stance, 1), else_=0)), 0)

    return (
        select(
            Decision.id, Decision.code, Decision.space_id, Decision.text, Decision.method, Decision.state,
            Decision.taken_on,
            counted(Stance.AGAINST), counted(Stance.ABSTENTION), counted(Stance.RESERVATION),
        )
        .outerjoin(Position, and_(Position.decision_id == Decision.id, *_in_force()))
        .where(
            Decision.taken_on >= span.first, Decision.taken_on <= span.last, _in(Decision.space_id, spaces)
        )
        .group_by(
            Decision.id, Decision.code, Decision.space_id, Decision.text, Decision.method, Decision.state,
            Decision.taken_on,
        )
        .order_by(Decision.taken_on, Decision.id)
    )  # fmt: skip


def _in_force() -> tuple[ColumnElement[bool], ...]:
    """Hold for positions that were not corrected since."""
    return (Position.ended_at.is_(None),)


def _actions(span: Period, spaces: tuple[int, ...] | None) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Action.id, Action.space_id, Action.title, Action.organisation_id, Action.due_on, Action.state,
            Action.done_on, Meeting.starts_at, Decision.taken_on, Action.created_at,
        )
        .outerjoin(Meeting, Meeting.id == Action.meeting_id)
        .outerjoin(Decision, Decision.id == Action.decision_id)
        .where(
            or_(
                Action.state.in_(OPEN),
                Action.done_on >= span.first,
                Action.created_at >= span.start,
                Meeting.starts_at >= span.start,
            ),
            _in(Action.space_id, spaces),
        )
        .order_by(Action.due_on.is_(None), Action.due_on, Action.id)
    )  # fmt: skip


def _action(row: Any) -> ActionRow:
    if row.starts_at is not None:
        born = clock.today(row.starts_at)
    else:
        born = row.taken_on or clock.today(row.created_at)
    return ActionRow(
        row.id, row.space_id, row.title, row.organisation_id, row.due_on, row.state, row.done_on, born
    )


def _others(
    session: Session, asked: Asked, known: Ground, span: Period, spaces: tuple[int, ...] | None
) -> tuple[tuple[DayRow, ...], tuple[ContributionRow, ...], tuple[RecommendationRow, ...]]:
    """Read public days, contributions sent and recommendations, in one query."""
    places = known.within(asked.territory_id) if asked.territory_id else None
    communes = {row.id: row.commune_id for row in known.organisations.values()}
    days, sent, asks = [], [], []
    for row in session.execute(_dated(span)):
        born = clock.today(row.at)
        if row.what == "day":
            day = DayRow(row.id, row.title, born, row.space_id, communes.get(row.other_id), row.number)
            if born <= asked.today and _day_is_meant(day, asked, spaces, places):
                days.append(day)
        elif row.what == "contribution":
            if (
                asked.space_id is None
                and asked.plan_id is None
                and _fits(row, asked, known, places, communes)
            ):
                sent.append(ContributionRow(row.id, row.other_id, row.theme_id, born))
        elif asked.space_id is None and asked.plan_id is None and places is None and _fits(row, asked, known):
            adopted = clock.today(row.until) if row.until else None
            asks.append(
                RecommendationRow(row.id, row.code, row.title, row.theme_id, row.state, born, adopted)
            )
    return tuple(days), tuple(sent), tuple(asks)


def _day_is_meant(
    day: DayRow, asked: Asked, spaces: tuple[int, ...] | None, places: frozenset[int] | None
) -> bool:
    """Hold for a day of a space that is meant, and for one held in the territory asked for."""
    if spaces is None or day.space_id in spaces:
        return True
    only_place = places is not None and not (asked.space_id or asked.theme or asked.plan_id)
    return only_place and day.commune_id in (places or ())


def _fits(
    row: Any,
    asked: Asked,
    known: Ground,
    places: frozenset[int] | None = None,
    communes: Mapping[int, int | None] | None = None,
) -> bool:
    """Hold for what is of the theme asked for, and of an organisation seated in the territory."""
    if asked.theme and (row.theme_id is None or known.themes[row.theme_id][0] != asked.theme):
        return False
    return places is None or (communes or {}).get(row.other_id) in places


def _dated(span: Period) -> Select[*tuple[Any, ...]]:
    empty = literal("")
    held = select(
        literal("day").label("what"), Event.id, Event.title.label("title"), empty.label("code"),
        empty.label("state"), Event.starts_at.label("at"), _nothing(UTCDateTime()).label("until"),
        Event.space_id.label("space_id"), Event.venue_id.label("other_id"),
        _nothing(Integer()).label("theme_id"), (Event.taken + Event.online_taken).label("number"),
    ).where(
        Event.state == EventState.PUBLISHED, Event.starts_at >= span.start, Event.starts_at < span.end
    )  # fmt: skip
    sent = select(
        literal("contribution"), Contribution.id, empty, empty, empty, Contribution.submitted_at,
        _nothing(UTCDateTime()), _nothing(Integer()), Contribution.organisation_id, Contribution.theme_id,
        literal(1),
    ).where(
        Contribution.state.not_in((ContributionState.DRAFT, ContributionState.WITHDRAWN)),
        Contribution.submitted_at >= span.start,
        Contribution.submitted_at < span.end,
    )  # fmt: skip
    asks = select(
        literal("recommendation"), Recommendation.id, Recommendation.title, Recommendation.code,
        cast(Recommendation.state, String(40)), Recommendation.created_at, Recommendation.adopted_at,
        _nothing(Integer()), _nothing(Integer()), Recommendation.theme_id, literal(1),
    ).where(
        or_(
            and_(Recommendation.state.in_(IN_WORK), Recommendation.created_at < span.end),
            and_(Recommendation.created_at >= span.start, Recommendation.created_at < span.end),
            and_(Recommendation.adopted_at >= span.start, Recommendation.adopted_at < span.end),
        )
    )  # fmt: skip
    rows = union_all(held, sent, asks).subquery()
    return select(rows).order_by(rows.c.at, rows.c.id)
