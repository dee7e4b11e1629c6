"""Making and changing spaces; seats and facilitation are ended, never erased."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

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
from hub.spaces.operations import representations


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
    state_reason: str = ""  # why it sleeps
    convener_id: int | None = None  # who runs an external space
    output: str = ""  # of a workstream: what it is to bring forth
    output_due_on: date | None = None
    outcome: str = ""  # and what came of it
    place_name: str = ""
    place_address: str = ""
    online_url: str = ""
    is_announced: bool = False


def create(session: Session, facts: SpaceFacts, *, actor: User | str | None, now: datetime) -> Space:
    """Make a space. Raises DomainError for facts that contradict each other."""
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
    """Change what is said of a space; closing and reopening have gestures of their own (`lifecycle`).

    Raises DomainError for facts that contradict each other.
    """
    _check(facts)
    if (facts.state is SpaceState.CLOSED) != (space.state is SpaceState.CLOSED):
        raise DomainError(N_("Un espace se ferme et se rouvre par le geste de ce nom."), field="state")
    before = _shown(space)
    if facts.state is not space.state:
        space.state_since = today(now)
    _write(space, facts)
    session.flush()
    changes = audit.differences(before, _shown(space))
    if changes:
        audit.record(session, "space.changed", space, actor=actor, now=now, changes=changes)


def _check(facts: SpaceFacts) -> None:
    # First of all: the page that shows the refusal reads, and reading would flush half a change.
    if facts.starts_on and facts.ends_on and facts.ends_on < facts.starts_on:
        raise DomainError(N_("La fin ne peut pas précéder le début."), field="ends_on")
    if facts.convener_id and facts.kind is not SpaceKind.EXTERNAL:
        raise DomainError(
            N_("Seul un espace externe est tenu par une autre organisation : laissez ce champ vide."),
            field="convener_id",
        )
    if facts.kind is not SpaceKind.WORKSTREAM and (facts.output or facts.output_due_on or facts.outcome):
        raise DomainError(
            N_("Seul un chantier a un résultat prévu : laissez ces champs vides."), field="output"
        )
    if facts.output_due_on and not facts.output:
        raise DomainError(N_("Dites ce qui est prévu pour ce jour."), field="output")
    if facts.output_due_on and facts.starts_on and facts.output_due_on < facts.starts_on:
        raise DomainError(N_("Ce jour vient avant le début du chantier."), field="output_due_on")
    if facts.online_url and not facts.online_url.startswith(("https://", "http://")):
        raise DomainError(N_("Écrivez l’adresse entière, qui commence par https://."), field="online_url")


def _write(space: Space, facts: SpaceFacts) -> None:
    for name in (
        "name", "kind", "state", "purpose", "level_id", "territory_id", "starts_on", "ends_on", "convener_id",
        "output", "output_due_on", "outcome", "place_name", "place_address", "online_url", "is_announced",
    ):  # fmt: skip
        setattr(space, name, getattr(facts, name))
    if facts.state is not SpaceState.CLOSED or facts.state_reason:
        space.state_reason = facts.state_reason if facts.state is not SpaceState.ACTIVE else ""
    space.themes = list(facts.themes)


def _shown(space: Space) -> dict[str, object]:
    return {
        "name": space.name,
        "kind": space.kind.value,
        "state": space.state.value,
        "starts_on": space.starts_on,
        "ends_on": space.ends_on,
        "themes": ", ".join(theme.code for theme in space.themes),
        "output": space.output,
        "output_due_on": space.output_due_on,
        "is_announced": space.is_announced,
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
    """Give an organisation a seat. Raises DomainError if it sits there already on one of those days."""
    if space.state is SpaceState.CLOSED and (starts_on is None or starts_on > (space.ends_on or today(now))):
        raise DomainError(N_("Cet espace est fermé : personne ne peut plus y siéger."), field="starts_on")
    _refuse_double(session, space, organisation, starts_on)
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


def _refuse_double(
    session: Session, space: Space, organisation: Organisation, starts_on: date | None
) -> None:
    """Refuse a seat that would hold beside another; one given from its predecessor's last day follows it."""
    known = session.scalars(
        select(Membership).where(
            Membership.space_id == space.id, Membership.organisation_id == organisation.id
        )
    )
    for row in known:
        if row.ends_on is None:
            raise DomainError(N_("Cette organisation siège déjà dans cet espace."), field="organisation")
        if starts_on is None or starts_on < row.ends_on:
            raise DomainError(
                N_("Cette organisation y a siégé jusqu’au %(day)s : choisissez un jour qui vient après."),
                field="starts_on",
                day=row.ends_on.strftime("%d/%m/%Y"),
            )


def end_membership(
    session: Session,
    row: Membership,
    *,
    actor: User | str | None,
    now: datetime,
    last_day: date | None = None,
    reason: str = "",
) -> None:
    """End a seat on a day, today if none is told; it stays in the history, and so do those who sat there.

    A limited mandate that is exercised in no other seat ends with it: it has nothing left to speak in. Raises
    DomainError for a day before the seat's first, or after the end that it has already.
    """
    if row.ends_on is not None and row.ends_on < today(now):
        return
    day = last_day or max(today(now), row.starts_on or today(now))
    if row.starts_on is not None and day < row.starts_on:
        raise DomainError(N_("Ce siège ne commence que plus tard."), field="last_day")
    if row.ends_on is not None and day > row.ends_on:
        raise DomainError(N_("Ce siège se termine déjà plus tôt."), field="last_day")
    end_seat(session, row, day, reason.strip(), actor=actor, now=now)


def end_seat(
    session: Session, row: Membership, day: date, reason: str, *, actor: User | str | None, now: datetime
) -> None:
    """End a seat on a day that was checked, with what was decided for it alone."""
    row.ends_on, row.ended_reason = day, reason
    session.flush()
    representations.end_limited_mandates(session, row, day, actor=actor, now=now)
    audit.record(
        session, "space.member_ended", row.space, actor=actor, now=now,
        changes={"organisation": [row.organisation.name, None]},
    )  # fmt: skip


def change_role(
    session: Session,
    row: Membership,
    role: MembershipRole,
    *,
    from_day: date,
    actor: User | str | None,
    now: datetime,
) -> Membership:
    """Give a seat another role from a day on, and return the seat that holds from then.

    The seat of before ends the day before and stays in the history; whoever speaks there goes on doing so.
    Raises DomainError for the same role, for a day after the seat's end, or for a seat that is over.
    """
    if row.ends_on is not None and row.ends_on < max(from_day, today(now)):
        raise DomainError(N_("Ce siège est alors terminé."), field="from_day")
    if role is row.role:
        raise DomainError(N_("C’est déjà le rôle de cette organisation."), field="new_role")
    before = row.role
    if row.starts_on is not None and from_day <= row.starts_on:
        if from_day < row.starts_on:
            raise DomainError(N_("Ce siège ne commence que plus tard."), field="from_day")
        row.role = role
        seat = row
    else:
        seat = _next_seat(session, row, role, from_day, now)
    session.flush()
    audit.record(
        session, "space.role_changed", row.space, actor=actor, now=now,
        changes={"organisation": [row.organisation.name, row.organisation.name], "role": [before, role]},
    )  # fmt: skip
    return seat


def _next_seat(
    session: Session, row: Membership, role: MembershipRole, from_day: date, now: datetime
) -> Membership:
    """End the seat the day before and begin its follower; one seat is open at a time, so in this order."""
    ends_on, reason = row.ends_on, row.ended_reason
    row.ends_on, row.ended_reason = from_day - timedelta(days=1), ""
    session.flush()
    seat = Membership(
        space_id=row.space_id, organisation_id=row.organisation_id, role=role, starts_on=from_day,
        ends_on=ends_on, ended_reason=reason, created_at=now,
    )  # fmt: skip
    session.add(seat)
    session.flush()
    representations.carry_over(session, row, seat, now=now)
    return seat


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
