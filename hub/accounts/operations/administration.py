"""Everybody's accounts: inviting, changing a role, closing and opening again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts import queries, rules
from hub.accounts.models import AccountState, Role, User
from hub.accounts.operations import links, sessions
from hub.core import audit, mail
from hub.core.errors import N_, DomainError


def create(session: Session, *, name: str, email: str, role: Role, actor: User | str, now: datetime) -> User:
    """Add an account that nobody has opened yet. Raises DomainError if the address has one or can't exist."""
    clean = mail.address(email).lower()
    taken = DomainError(N_("Cette adresse a déjà un compte."), field="email")
    if session.scalar(queries.by_email(clean)) is not None:
        raise taken
    user = User(name=name.strip(), email=clean, role=role, is_active=True, created_at=now)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as problem:  # somebody added it in the same instant
        raise taken from problem
    audit.record(session, "account.created", user, actor=actor, now=now, changes={"role": [None, role.value]})
    return user


def invite(session: Session, *, name: str, email: str, role: Role, actor: User, now: datetime) -> User:
    """Add an account and mail the link that opens it. Raises DomainError as `create` does."""
    user = create(session, name=name, email=email, role=role, actor=actor, now=now)
    links.mail_invitation(session, user, inviter=actor.name, now=now)
    return user


def invite_again(session: Session, user: User, *, actor: User, now: datetime) -> None:
    """Mail a new invitation; the earlier link stops working. Raises DomainError unless one is awaited."""
    if user.state is not AccountState.INVITED:
        raise DomainError(N_("Cette personne a déjà ouvert son compte, ou il est fermé."))
    links.mail_invitation(session, user, inviter=actor.name, now=now)
    audit.record(session, "account.invited_again", user, actor=actor, now=now)


def change_role(session: Session, user: User, role: Role, *, actor: User, now: datetime) -> None:
    """Give the account another role. Raises DomainError for one's own and for the last administrator."""
    if role == user.role:
        return
    _refuse_own(user, actor)
    if role != Role.ADMINISTRATOR:
        _keep_an_administrator(session, user)
    before, user.role = user.role, role
    session.flush()
    changes = {"role": [before.value, role.value]}
    audit.record(session, "account.role_changed", user, actor=actor, now=now, changes=changes)


def deactivate(session: Session, user: User, *, actor: User, now: datetime) -> None:
    """Close the account, its sessions and its links.

    Raises DomainError for one's own and for the last administrator.
    """
    _refuse_own(user, actor)
    if not user.is_active:
        return
    _keep_an_administrator(session, user)
    user.is_active = False
    sessions.close_sessions(session, user)
    links.revoke(session, user, now=now)
    audit.record(session, "account.deactivated", user, actor=actor, now=now)


def reactivate(session: Session, user: User, *, actor: User, now: datetime) -> None:
    """Open the account again; its holder signs in anew."""
    if user.is_active:
        return
    user.is_active = True
    audit.record(session, "account.reactivated", user, actor=actor, now=now)


def _refuse_own(user: User, actor: User) -> None:
    if rules.is_self(actor, user):
        raise DomainError(N_("Vous ne pouvez pas changer votre propre rôle ni fermer votre propre compte."))


def _keep_an_administrator(session: Session, user: User) -> None:
    # The rows are locked, so that two administrators can't remove each other in the same instant.
    administrators = session.scalars(
        select(User.id)
        .where(User.role == Role.ADMINISTRATOR, User.is_active)
        .order_by(User.id)
        .with_for_update()
    ).all()
    if administrators == [user.id]:
        raise DomainError(N_("C’est le dernier compte d’administration : nommez d’abord quelqu’un d’autre."))
