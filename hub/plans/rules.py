"""Who may read and change a plan: published ones everybody reads; coordinators and its steering change it."""

from hub.accounts.models import User
from hub.core import clock
from hub.core.access import coordinator
from hub.plans.models.plans import Plan
from hub.spaces.rules import facilitates

create = coordinator
keep_frames = coordinator


def edit(user: User | None, plan: Plan) -> bool:
    """Allow coordinators, and who facilitates today the space that steers the plan."""
    if coordinator(user):
        return True
    return (
        user is not None
        and plan.steering is not None
        and facilitates(user, plan.steering, clock.today(clock.now()))
    )


def see(user: User | None, plan: Plan) -> bool:
    """Allow everybody to read a published plan; one that is not, only those who may change it."""
    return plan.published_at is not None or edit(user, plan)
