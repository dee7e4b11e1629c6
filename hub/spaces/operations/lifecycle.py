"""Closing a space and opening it again. Nothing of it is erased: neither seats nor what was decided."""

from datetime import date, datetime

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.spaces.models.followers import Follower
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.spaces import Membership, Space, SpaceState
from hub.spaces.operations import joining, polls, spaces

WHY = "Espace fermé"


def close(
    session: Session,
    space: Space,
    *,
    last_day: date,
    reason: str,
    actor: User | str | None,
    now: datetime,
) -> None:
    """Close a space after its last day: its seats end then, and with them what was decided for them alone.

    Requests that wait are declined, invitations taken back and searches for a date given up; whoever was kept
    informed is forgotten.
    Meetings, minutes, decisions and actions stay. Raises DomainError without a reason, for a day to come or
    before the beginning, and while a meeting is still to be held: its guests must be told first.
    """
    if space.state is SpaceState.CLOSED:
        raise DomainError(N_("Cet espace est déjà fermé."))
    words = reason.strip()
    if not words:
        raise DomainError(N_("Dites pourquoi : ces mots restent dans l’historique."), field="reason")
    if last_day > clock.today(now):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="last_day")
    if space.starts_on is not None and last_day < space.starts_on:
        raise DomainError(N_("Ce jour vient avant le début de l’espace."), field="last_day")
    _refuse_meetings_to_come(session, space, last_day, now)
    for row in session.scalars(_seats_after(space, last_day)).all():
        _end_seat(session, row, last_day, actor, now)
    joining.close_all(session, space, actor=actor, now=now)
    polls.abandon_all(session, space, actor=actor, now=now)
    session.execute(delete(Follower).where(Follower.space_id == space.id))
    before = space.state
    space.state, space.state_since, space.state_reason = SpaceState.CLOSED, last_day, words
    space.ends_on = last_day
    session.flush()
    audit.record(
        session, "space.closed", space, actor=actor, now=now,
        changes={"state": [before.value, space.state.value], "ends_on": [None, str(last_day)]},
    )  # fmt: skip


def _seats_after(space: Space, last_day: date) -> Select[Membership]:
    return select(Membership).where(
        Membership.space_id == space.id, or_(Membership.ends_on.is_(None), Membership.ends_on > last_day)
    )


def _end_seat(
    session: Session, row: Membership, last_day: date, actor: User | str | None, now: datetime
) -> None:
    reason = WHY
    if row.starts_on is not None and row.starts_on > last_day:
        reason = f"{WHY} avant ce siège, prévu dès le {row.starts_on:%d/%m/%Y}"
        row.starts_on = last_day  # else it would begin in a space that is no more
    spaces.end_seat(session, row, last_day, reason, actor=actor, now=now)


def _refuse_meetings_to_come(session: Session, space: Space, last_day: date, now: datetime) -> None:
    after = clock.end_of_day(last_day)
    waiting = Meeting.state.in_((MeetingState.PLANNED, MeetingState.CONVENED)) & (Meeting.starts_at > now)
    meeting = session.scalar(
        select(Meeting)
        .where(
            Meeting.space_id == space.id,
            Meeting.state != MeetingState.CANCELLED,
            or_(Meeting.starts_at >= after, waiting),
        )
        .order_by(Meeting.starts_at)
        .limit(1)
    )
    if meeting is None:
        return
    day = clock.local(meeting.starts_at).strftime("%d/%m/%Y")
    if meeting.state is MeetingState.HELD:
        raise DomainError(
            N_("L’espace s’est encore réuni le %(day)s : son dernier jour vient après."),
            field="last_day",
            day=day,
        )
    raise DomainError(
        N_("La réunion du %(day)s est encore prévue : annulez-la d’abord, pour que ses membres le sachent."),
        field="last_day",
        day=day,
    )


def reopen(session: Session, space: Space, *, actor: User | str | None, now: datetime) -> None:
    """Open a closed space again; its seats don't come back. Raises DomainError if it isn't closed."""
    if space.state is not SpaceState.CLOSED:
        raise DomainError(N_("Cet espace n’est pas fermé."))
    space.state, space.state_since, space.state_reason = SpaceState.ACTIVE, clock.today(now), ""
    space.ends_on = None
    session.flush()
    audit.record(
        session, "space.reopened", space, actor=actor, now=now,
        changes={"state": [SpaceState.CLOSED.value, SpaceState.ACTIVE.value]},
    )  # fmt: skip
