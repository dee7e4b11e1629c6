"""On which mornings an action's day is told again: two before it, four after, never on a weekend."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hub.core import clock
from hub.spaces.models.reminders import Step

# How many days after the action's day each reminder falls; before it, on the working day before a weekend.
STEPS = {
    Step.WEEK_BEFORE: -7,
    Step.DAY_BEFORE: -1,
    Step.DAY_AFTER: 1,
    Step.WEEK_AFTER: 8,
    Step.TWO_WEEKS_AFTER: 15,
    Step.THREE_WEEKS_AFTER: 22,
}
# A reminder that no worker could write on its morning is still written so many days later.
WEEK_BEFORE_GRACE, LAST_GRACE = 3, 6
FIRST, LAST = -10, 30  # days around the action's day outside of which nothing is told
OPENS, CLOSES = time(7), time(20)
SATURDAY, SUNDAY = 5, 6


class Obstacle(StrEnum):
    """Why nobody can be reminded of an action."""

    NO_OWNER = "no_owner"
    NOBODY_SPEAKS = "nobody_speaks"
    NO_ADDRESS = "no_address"
    STOPPED = "stopped"


def is_working_day(day: date) -> bool:
    """Say whether it is neither a Saturday nor a Sunday."""
    return day.weekday() < SATURDAY


def may_write(now: datetime) -> bool:
    """Say whether mails may leave: on a working day from 7 to 20 o'clock in Brussels."""
    local = clock.local(now)
    return is_working_day(local.date()) and OPENS <= local.time() < CLOSES


def morning_of(due_on: date, step: Step) -> date:
    """Return the morning of a reminder; on a weekend, the Friday before what is ahead, else the Monday."""
    day = due_on + timedelta(days=STEPS[step])
    if is_working_day(day):
        return day
    if STEPS[step] < 0:
        return day - timedelta(days=day.weekday() - SATURDAY + 1)
    return day + timedelta(days=SUNDAY - day.weekday() + 1)


def step_on(due_on: date, today: date) -> Step | None:
    """Return the reminder that is due on a day: the last whose morning has come, while it makes sense."""
    come = [step for step in STEPS if morning_of(due_on, step) <= today]
    if not come:
        return None
    step = come[-1]
    if today <= due_on:
        begun = morning_of(due_on, step)
        if step is Step.WEEK_BEFORE and today > begun + timedelta(days=WEEK_BEFORE_GRACE):
            return None
        return step
    if STEPS[step] < 0:
        return None  # its day is past, and the first morning after it hasn't come yet
    if step is Step.THREE_WEEKS_AFTER and today > morning_of(due_on, step) + timedelta(days=LAST_GRACE):
        return None
    return step
