"""Making and changing spaces; seats and facilitation are ended, never erased."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Theme
from hub.core import audit
from hub.core.clock import today
from hub.core.errors import N_, DomainError
from hub.core.search import slug
from hub.spaces.models.spaces import Facilitation, Membership, MembershipRole, Space, SpaceKind, SpaceState


@dataclass(frozen=True)
class SpaceFacts:
    """What is said of a space; dates are days in Brussels, both included."""

    name: str
    kind: SpaceKind
    state: SpaceState = SpaceState.ACTIVE
    purpose: str = ""
    level_id: int | None = None
    territory_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    themes: list[Theme] = field(default_factory=list)


def create(session: Session, facts: SpaceFacts, *, actor: User | str | None, now: datetime) -> Space:
    """Make a space. Raises DomainError for dates in the wrong order."""
    _check(facts)
    space = Space(slug=free_slug(session, facts.name), created_at=now)
    _write(space, facts)
    session.add(space)
    session.flush()
    audit.record(session, "space.created", space, actor=actor, now=now)
    return space


def change(
    session: Session, space: Space, facts: SpaceFacts, *, actor: User | str | None, now: datetime
) -> None:
    """Change what is said of a space. Raises DomainError for dates in the wrong order."""
    _check(facts)
    before = _shown(space)
    _write(space, facts)
    session.flush()
    changes = audit.differences(before, _shown(space))
    if changes:
        audit.record(session, "space.changed", space, actor=actor, now=now, changes=changes)


def _check(facts: SpaceFacts) -> None:
    # First of all: the page that shows the refusal reads, and reading would flush half a change.
    if facts.starts_on and facts.ends_on and facts.ends_on < facts.starts_on:
        raise DomainError(N_("La fin ne peut pas précéder le début."), field="ends_on")


def _write(space: Space, facts: SpaceFacts) -> None:
    for name in ("name", "kind", "state", "purpose", "level_id", "territory_id", "starts_on", "ends_on"):
        setattr(space, name, getattr(facts, name))
    space.themes = list(facts.themes)


def _shown(space: Space) -> dict[str, object]:
    return {
        "name": space.name,
        "kind": space.kind.value,
        "state": space.state.value,
        "starts_on": space.starts_on,
        "ends_on": space.ends_on,
        "themes": ", ".join(theme.code for theme in space.themes),
    }


def free_slug(session: Session, name: str) -> str:
    """Return a part of an address for that name that no space has yet."""
    wanted = slug(name)
    taken = session.scalar(select(func.count()).select_from(Space).where(Space.slug == wanted))
    if not taken:
        return wanted
    highest = session.scalar(select(func.max(Space.id))) or 0
    return f"{wanted[:90]}-{highest + 1}"


def add_member(
    session: Session,
    space: Space,
    organisation: Organisation,
    role: MembershipRole,
    *,
    starts_on: date | None,
    actor: User | str | None,
    now: datetime,
) -> Membership:
    """Give an organisation a seat. Raises DomainError if it sits there already."""
    current = select(Membership.id).where(
        Membership.space_id == space.id,
        Membership.organisation_id == organisation.id,
        Membership.ends_on.is_(None),
    )
    if session.scalar(current) is not None:
        raise DomainError(N_("Cette organisation siège déjà dans cet espace."), field="organisation")
    row = Membership(
        space_id=space.id, organisation_id=organisation.id, role=role, starts_on=starts_on, created_at=now
    )
    session.add(row)
    session.flush()
    audit.record(
        session, "space.member_added", space, actor=actor, now=now,
        changes={"organisation": [None, organisation.name], "role": [None, role.value]},
    )  # fmt: skip
    return row


def end_membership(session: Session, row: Membership, *, actor: User | str | None, now: datetime) -> None:
    """End a seat today; the seat of yesterday stays in the history."""
    if row.ends_on is not None:
        return
    row.ends_on = max(today(now), row.starts_on or today(now))
    session.flush()
    audit.record(
        session, "space.member_ended", row.space, actor=actor, now=now,
        changes={"organisation": [row.organisation.name, None]},
    )  # fmt: skip


def add_facilitator(
    session: Session, space: Space, user: User, *, actor: User | str | None, now: datetime
) -> Facilitation:
    """Let an account facilitate the space from today. Raises DomainError if it does already."""
    current = select(Facilitation.id).where(
        Facilitation.space_id == space.id, Facilitation.user_id == user.id, Facilitation.ends_on.is_(None)
    )
    if session.scalar(current) is not None:
        raise DomainError(N_("Cette personne facilite déjà cet espace."), field="user")
    row = Facilitation(space_id=space.id, user_id=user.id, starts_on=today(now))
    session.add(row)
    session.flush()
    audit.record(session, "space.facilitator_added", space, actor=actor, now=now)
    return row


def end_facilitation(session: Session, row: Facilitation, *, actor: User | str | None, now: datetime) -> None:
    """End a facilitation at once: the last day is yesterday, so that the right ends now."""
    if row.ends_on is None:
        row.ends_on = date.fromordinal(today(now).toordinal() - 1)
        session.flush()
        audit.record(session, "space.facilitator_ended", row.space, actor=actor, now=now)
