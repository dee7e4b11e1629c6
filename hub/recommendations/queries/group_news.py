"""Reading what is new on amendments for those who facilitate spaces."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from hub.accounts.models import User
from hub.core.mail import Message
from hub.recommendations.models.versions import Amendment, AmendmentState
from hub.recommendations.queries import steps
from hub.recommendations.queries.fates import ANSWERED
from hub.spaces.models.spaces import Facilitation, Space


def proposed(since: datetime) -> Select[Amendment, int | None]:
    """Select (amendment, space) of what waits since then: on what a space works on, or by a space itself."""
    working = steps.groups_now().subquery()
    return _named(
        select(Amendment, func.coalesce(working.c.space_id, Amendment.space_id))
        .outerjoin(working, working.c.recommendation_id == Amendment.recommendation_id)
        .where(
            Amendment.state == AmendmentState.PROPOSED,
            Amendment.created_at > since,
            or_(working.c.space_id.is_not(None), Amendment.space_id.is_not(None)),
        )
    )


def answered(since: datetime) -> Select[Amendment, int | None]:
    """Select (amendment, space) of what a space proposed and was answered since then."""
    return _named(
        select(Amendment, Amendment.space_id).where(
            Amendment.space_id.is_not(None), Amendment.state.in_(ANSWERED), Amendment.decided_at > since
        )
    )


def by_space(rows: Iterable[Row[Amendment, int | None]]) -> dict[int, list[Amendment]]:
    """Return space → its amendments, in the order of the rows; one by another space is that one's as well."""
    found: dict[int, list[Amendment]] = {}
    for amendment, space_id in rows:
        for number in {space_id, amendment.space_id}:
            if number is not None:
                found.setdefault(number, []).append(amendment)
    return found


def facilitating(spaces: Iterable[int], day: date) -> Select[Space, User]:
    """Select who facilitates these spaces on that day."""
    return (
        select(Space, User)
        .join(Facilitation, Facilitation.space_id == Space.id)
        .join(User, User.id == Facilitation.user_id)
        .where(
            Space.id.in_(list(spaces)),
            Facilitation.starts_on <= day,
            or_(Facilitation.ends_on.is_(None), Facilitation.ends_on >= day),
            User.is_active,
        )
        .order_by(Space.id, User.id)
        .distinct()
    )


def version(user_id: int, day: date) -> str:
    """Return the name of a person's mail of a day among those about a space."""
    return f"{user_id}:{day.isoformat()}"


def last_told(session: Session, spaces: Iterable[int], kind: str) -> dict[tuple[int, int], datetime]:
    """Return (space, person) → when their last mail of that kind was noted."""
    rows = session.execute(
        select(Message.subject_id, Message.version, Message.created_at).where(
            and_(Message.subject_type == Space.__tablename__, Message.kind == kind),
            Message.subject_id.in_(list(spaces)),
        )
    )
    found: dict[tuple[int, int], datetime] = {}
    for space_id, name, when in rows:
        key = (space_id, int(name.partition(":")[0]))
        found[key] = max(when, found.get(key, when))
    return found


def was_told(session: Session, space_id: int, kind: str, name: str) -> bool:
    """Say whether that mail about a space is in the outbox already."""
    known = select(Message.id).where(
        Message.subject_type == Space.__tablename__,
        Message.subject_id == space_id,
        Message.kind == kind,
        Message.version == name,
    )
    return session.scalar(known) is not None


def _named(rows: Select[Amendment, int | None]) -> Select[Amendment, int | None]:
    return rows.options(
        joinedload(Amendment.recommendation), joinedload(Amendment.organisation), joinedload(Amendment.space)
    ).order_by(Amendment.id)
