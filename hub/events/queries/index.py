"""Lists of days, narrowed by what a reader or a coordinator asks for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import selectinload

from hub.core import clock
from hub.core.search import fold
from hub.events.models.days import Event, EventKind, EventSeries, EventState, Mode
from hub.events.queries import days

SORTS = {
    "date": Event.starts_at,
    "title": func.lower(Event.title),
    "kind": Event.kind,
    "taken": Event.taken + Event.online_taken,
}
LONGEST_MONTH = 31
WAYS = {
    Mode.ONSITE: (Mode.ONSITE, Mode.HYBRID),
    Mode.ONLINE: (Mode.ONLINE, Mode.HYBRID),
    Mode.HYBRID: (Mode.HYBRID,),
}


@dataclass(frozen=True)
class Asked:
    """What a list is narrowed to; None or empty for no narrowing. `month` is its first day."""

    kind: EventKind | None = None
    series: int | None = None
    month: date | None = None
    mode: Mode | None = None
    state: EventState | None = None
    is_past: bool | None = None
    words: str = ""


def public(asked: Asked, now: datetime) -> Select[Event]:
    """Select the public days to come, soonest first, or those gone by, newest first."""
    rows = days.past(now) if asked.is_past else days.upcoming(now)
    return _narrowed(rows, asked)


def coordinated(asked: Asked, now: datetime, sort: str = "", *, descending: bool = False) -> Select[Event]:
    """Select days for coordinators, in the order asked for; else those to come first, as people look."""
    gone = Event.ends_at <= now
    rows = _narrowed(select(Event).options(selectinload(Event.blocks), selectinload(Event.workshops)), asked)
    if asked.is_past is not None:
        rows = rows.where(gone if asked.is_past else ~gone)
    if sort in SORTS:
        column = SORTS[sort]
        return rows.order_by(column.desc() if descending else column.asc(), Event.id)
    return rows.order_by(gone, case((gone, None), else_=Event.starts_at), Event.starts_at.desc(), Event.id)


def _narrowed(rows: Select[Event], asked: Asked) -> Select[Event]:
    if asked.kind is not None:
        rows = rows.where(Event.kind == asked.kind)
    if asked.series is not None:
        rows = rows.where(Event.series_id == asked.series)
    if asked.mode is not None:
        rows = rows.where(Event.mode.in_(WAYS[asked.mode]))
    if asked.state is not None:
        rows = rows.where(Event.state == asked.state)
    if asked.month is not None:
        begins, ends = month(asked.month)
        rows = rows.where(Event.starts_at < ends, Event.ends_at > begins)
    for word in asked.words.split():
        # The address holds the title without accents; a title that changed is found as it is written.
        rows = rows.where(
            or_(
                Event.slug.contains(fold(word), autoescape=True),
                Event.title.icontains(word, autoescape=True),
                Event.place_name.icontains(word, autoescape=True),
            )
        )
    return rows


def month(first: date) -> tuple[datetime, datetime]:
    """Return from when until when a month lasts in Brussels."""
    following = (first.replace(day=1) + timedelta(days=LONGEST_MONTH)).replace(day=1)
    return clock.at(first.replace(day=1), time(0)), clock.at(following, time(0))


def beginnings(*, with_drafts: bool) -> Select[datetime]:
    """Select when each day begins, newest first, for the list of months."""
    rows = select(Event.starts_at).order_by(Event.starts_at.desc())
    return rows if with_drafts else rows.where(Event.state != EventState.DRAFT)


def series_in_use(*, with_drafts: bool) -> Select[int, str]:
    """Select (id, title) of the series that have a day to show."""
    rows = (
        select(EventSeries.id, EventSeries.title)
        .join(Event, Event.series_id == EventSeries.id)
        .distinct()
        .order_by(EventSeries.title)
    )
    return rows if with_drafts else rows.where(Event.state != EventState.DRAFT)
