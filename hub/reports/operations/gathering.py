"""Reading all that a report is written from."""

from sqlalchemy.orm import Session

from hub.reports.operations.writing.material import Material
from hub.reports.queries import gathering, plans
from hub.reports.values.asked import Asked


def gather(session: Session, asked: Asked, absent_after: int) -> Material:
    """Read what happened in the period and the one before, within what was asked for.

    The number of queries doesn't grow with the number of rows.
    """
    known = gathering.ground(session)
    period, before = asked.period, asked.period.before()
    carried = plans.carriers(session, asked.plan_id, before.first, period.last) if asked.plan_id else None
    history = gathering.read(session, asked, known, carried, since=before.first)
    places = known.within(asked.territory_id) if asked.territory_id else None
    return Material(
        history=history.with_seats(gathering.seats(session)),
        plans=plans.read(session, asked, places),
        period=period,
        today=asked.today,
        absent_after=absent_after,
        begun_on=gathering.first_meeting(session),
        has_others=not (asked.space_id or asked.plan_id),
    )
