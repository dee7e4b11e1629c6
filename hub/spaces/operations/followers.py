"""« Tenez-moi au courant »: meetings of a space are announced to whoever asks, until they say stop.

An address counts once somebody who reads its mail has confirmed it; the answer to whoever asks is the same
for any address (S10). Stopping deletes the row: nothing else hangs on it.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, mail, tokens
from hub.core.errors import N_, DomainError
from hub.spaces.models.followers import Follower
from hub.spaces.models.spaces import Space, SpaceState

PURPOSE = "spaces.follow"
UNCONFIRMED_KEPT = timedelta(days=7)
# In each mail there is a way to stop: it works as long as such a mail may be looked up.
STOP_LIFETIME = timedelta(days=400)
BY_LINK = "lien personnel"


def ask(session: Session, space: Space, email: str, *, now: datetime) -> None:
    """Write to an address how to be kept informed of a space, at most once an hour.

    Raises DomainError for an address that can't exist, or for a space that announces nothing.
    """
    _refuse_silent(space)
    clean = mail.address(email).lower()
    row = _row(session, space, clean, now)
    known = row.confirmed_at is not None
    mail.queue(
        session,
        "spaces.follow_known" if known else "spaces.follow",
        row,
        clean,
        now=now,
        version=f"{now:%Y-%m-%dT%H}",
        action=(N_("Gérer ces annonces") if known else N_("Confirmer mon adresse"), path(session, row, now)),
        space=space.name,
        days=UNCONFIRMED_KEPT.days,
    )


def _row(session: Session, space: Space, email: str, now: datetime) -> Follower:
    wanted = select(Follower).where(Follower.space_id == space.id, Follower.email == email)
    row = session.scalar(wanted)
    if row is not None:
        return row
    row = Follower(space_id=space.id, email=email, created_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # asked twice in the same instant
        row = session.scalars(wanted).one()
    return row


def confirm(session: Session, row: Follower, *, now: datetime) -> None:
    """Note that whoever reads the address wants the announcements. Raises DomainError for a closed space."""
    _refuse_silent(row.space)
    if row.confirmed_at is None:
        row.confirmed_at = now
        session.flush()
        audit.record(session, "space.follower_joined", row.space, actor=BY_LINK, now=now)


def follow(session: Session, space: Space, user: User, *, now: datetime) -> None:
    """Keep an account informed: its address is known to be its holder's. Raises DomainError as `ask` does."""
    _refuse_silent(space)
    if of_user(session, space, user) is None:
        session.add(Follower(space_id=space.id, user_id=user.id, created_at=now, confirmed_at=now))
        session.flush()
        audit.record(session, "space.follower_joined", space, actor=user, now=now)


def of_user(session: Session, space: Space, user: User) -> Follower | None:
    """Return the row by which an account is kept informed, if it is."""
    return session.scalar(select(Follower).where(Follower.space_id == space.id, Follower.user_id == user.id))


def stop(session: Session, row: Follower, *, actor: User | str = BY_LINK, now: datetime) -> None:
    """Announce nothing more, and forget the address."""
    audit.record(session, "space.follower_left", row.space, actor=actor, now=now)
    session.execute(
        delete(mail.Message).where(
            mail.Message.subject_type == Follower.__tablename__,
            mail.Message.subject_id == row.id,
            mail.Message.state != mail.MessageState.QUEUED,
        )
    )
    session.delete(row)
    session.flush()


def path(session: Session, row: Follower, now: datetime) -> str:
    """Return the address of the page where these announcements are confirmed or stopped, with a new token.

    Every mail that announces something carries one.
    """
    return f"/suivi/{tokens.issue(session, PURPOSE, row, now=now, lifetime=STOP_LIFETIME)}"


def forget_unconfirmed(session: Session, *, now: datetime) -> None:
    """Delete the addresses that nobody confirmed in time."""
    session.execute(
        delete(Follower).where(Follower.confirmed_at.is_(None), Follower.created_at < now - UNCONFIRMED_KEPT)
    )


def _refuse_silent(space: Space) -> None:
    if not space.is_announced or space.state is SpaceState.CLOSED:
        raise DomainError(N_("Cet espace n’annonce pas ses réunions."))
