"""Who is kept informed of a space without sitting in it."""

from sqlalchemy import Select, func, or_, select

from hub.accounts.models import User
from hub.spaces.models.followers import Follower
from hub.spaces.models.spaces import Space


def confirmed(space: Space) -> Select[Follower, str]:
    """Select (follower, address) of whoever confirmed; announcements go there, never minutes.

    Each mail carries `operations.followers.path`, by which its reader stops them.
    """
    return (
        select(Follower, func.coalesce(Follower.email, User.email))
        .outerjoin(User, User.id == Follower.user_id)
        .where(
            Follower.space_id == space.id,
            Follower.confirmed_at.is_not(None),
            or_(Follower.user_id.is_(None), User.is_active),
        )
        .order_by(Follower.id)
    )


def number(space: Space) -> Select[int]:
    """Select how many are kept informed."""
    return select(func.count()).select_from(confirmed(space).order_by(None).subquery())
