"""What begins once a day: each morning from 7 o'clock on, Brussels' time, through both clock changes (R7).

Features connect to `morning` and enqueue jobs. However many workers run, and however often they start again,
the first to write the day's row begins it; the row and the jobs commit together, so none is lost either.
"""

from datetime import date, datetime, time

from blinker import signal
from sqlalchemy import Date, Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core import clock
from hub.core.db import Base, UTCDateTime, reading, writing

BEGINS = time(7)

morning = signal("core.morning")
"""Asks features to enqueue what is to be done once a day.

Receivers are called with the session, `day` (Brussels' date) and `now`. They enqueue jobs, nothing longer.
Connect where jobs are registered.
"""


class Morning(Base):
    """That a day's work was begun."""

    __tablename__ = "morning"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)


def claim(session: Session, day: date, *, now: datetime) -> bool:
    """Write the day's row; return False if it is there already."""
    if session.get(Morning, day) is not None:
        return False
    session.add(Morning(day=day, begun_at=now))
    session.flush()
    return True


def begin(engine: Engine, *, now: datetime, begun: date | None = None) -> date | None:
    """Begin today's work if its morning has come and nobody did yet.

    Returns the last day known to be begun: given back as `begun`, it spares asking the database each time.
    A day on which no worker ran is not made up for: each day's work looks at what is due by then.
    """
    today = clock.today(now)
    if begun == today or now < clock.at(today, BEGINS):
        return begun
    try:
        with writing(engine) as session:
            if claim(session, today, now=now):
                morning.send(session, day=today, now=now)
    except IntegrityError:
        # Another worker began it in the same instant; anything else is a defect.
        with reading(engine) as session:
            if session.get(Morning, today) is None:
                raise
    return today
