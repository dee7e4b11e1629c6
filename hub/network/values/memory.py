"""For how long what happened once counts as a tie.

A day lasts a day, yet those who met there know one another afterwards: until when is a decision. It touches
the picture and its figures only; where a tie is explained, the fact stands with its own date for ever.
"""

from datetime import date, timedelta

from hub.network.values.register import Origin

YEARS = {Origin.DAY: 1, Origin.HOSTING: 1, Origin.COSIGNING: 6}
"""A day and its roof: until the next yearly plenary. A memorandum: as long as a communal mandate lasts."""


def remembered(origin: Origin, day: date) -> tuple[date, date]:
    """Return the first and the last day, both included, on which what happened on that day is a tie."""
    years = YEARS[origin]
    try:
        anniversary = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        anniversary = date(day.year + years, 3, 1)
    return day, anniversary - timedelta(days=1)
