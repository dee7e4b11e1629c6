"""The sessions of a day as the pages of the door and of presence name them."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from hub.core import clock, i18n
from hub.events.models.days import Event, EventSession, Mode, SessionKind
from hub.events.values.presence import held

NOON = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """A session by its number; 0 is the whole day of an event that has none yet."""

    id: int
    label: str
    day: str
    hours: str
    starts_at: datetime
    row: EventSession

    @property
    def ends_ms(self) -> int:
        """When it ends, as scripts count: milliseconds since 1970."""
        return int(self.row.ends_at.timestamp() * 1000)

    @property
    def when(self) -> str:
        """Its day and its hours."""
        return f"{self.day}, {self.hours}"


def of(event: Event) -> list[Moment]:
    """Return the moments at which presence is taken, in order; one for the whole day where there is none."""
    rows = held(event) or [whole_day(event)]
    return [_moment(event, row) for row in rows]


def whole_day(event: Event) -> EventSession:
    """Return what the first gesture will store, without storing it."""
    return EventSession(
        kind=SessionKind.SESSION,
        title="",
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        mode=event.mode or Mode.ONSITE,
        workshop_id=None,
    )


def _moment(event: Event, row: EventSession) -> Moment:
    language = i18n.chosen_language()
    return Moment(
        id=row.id or 0,
        label=_label(event, row),
        day=i18n.format_short_date(row.starts_at, language),
        hours=f"{i18n.format_time(row.starts_at, language)} – {i18n.format_time(row.ends_at, language)}",
        starts_at=row.starts_at,
        row=row,
    )


def _label(event: Event, row: EventSession) -> str:
    if row.title:
        return row.title
    if row.workshop_id is not None:
        return next(one.title for one in event.workshops if one.id == row.workshop_id)
    if row.kind == SessionKind.HALF_DAY:
        return str(_("Matinée") if clock.local(row.starts_at).hour < NOON else _("Après-midi"))
    if len(held(event)) < 2:  # noqa: PLR2004 - the only one is the day itself
        return str(_("Toute la journée"))
    return str(_("Séance du %(day)s", day=i18n.format_short_date(row.starts_at, i18n.chosen_language())))
