"""Who may see and change a space: coordinators all, a facilitator the space in hand and no other."""

from datetime import date

from hub.accounts.models import User
from hub.core import clock
from hub.core.access import coordinator, signed_in
from hub.spaces.models.spaces import Space

see = signed_in
create = coordinator


def facilitates(user: User | None, space: Space, today: date) -> bool:
    """Say whether the account facilitates the space on that day (Brussels' date)."""
    return user is not None and any(
        row.user_id == user.id and row.starts_on <= today and (row.ends_on is None or today <= row.ends_on)
        for row in space.facilitations
    )


def edit(user: User | None, space: Space) -> bool:
    """Allow coordinators, and who facilitates the space today."""
    return coordinator(user) or facilitates(user, space, clock.today(clock.now()))
