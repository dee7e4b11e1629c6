"""The only place that reads the clock. Views and jobs call it; operations are given `now`."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Brussels")
# What ends before six belongs to the evening before, if that began after noon: « 22 h – 2 h ».
MORNING, NOON = time(6), time(12)


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return the same moment as Brussels' clocks show it."""
    return moment.astimezone(ZONE)


def today(moment: datetime) -> date:
    """Return Brussels' date at that moment."""
    return local(moment).date()


def at(day: date, hour: time) -> datetime:
    """Return the moment, in UTC, when Brussels' clocks show that hour on that day.

    An hour that the change to summer time skips is read as the hour after;
    one that comes twice, as the first.
    """
    return datetime.combine(day, hour, tzinfo=ZONE).astimezone(UTC)


def is_skipped(day: date, hour: time) -> bool:
    """Say whether Brussels' clocks never show that hour on that day: the change to summer time skips it."""
    return local(at(day, hour)).replace(tzinfo=None) != datetime.combine(day, hour)


def ends_next_day(starts: time | None, ends: time | None) -> bool:
    """Say whether hours are those of an evening that lasts past midnight."""
    return starts is not None and ends is not None and ends < MORNING and starts >= NOON


def until(day: date, starts: time, ends: time) -> datetime:
    """Return the moment, in UTC, at which something ends that begins that day, or in the night after it."""
    return at(day + timedelta(days=ends_next_day(starts, ends)), ends)


def end_of_day(day: date) -> datetime:
    """Return the first moment, in UTC, after that day in Brussels.

    "Until the 14th" includes the 14th (R7).
    """
    return at(day + timedelta(days=1), time(0))
