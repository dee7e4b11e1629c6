"""Who sits at a space's table: its seats, who speaks there, and what should be looked at."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.spaces.models.joining import Joining, JoinKind, JoinState
from hub.spaces.models.seats import Representation, RepresentationRole
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceState
from hub.spaces.queries import seats

ENDS_SOON = timedelta(days=60)


class Warn(StrEnum):
    """What should be looked at about a seat."""

    EMPTY = "empty"  # nobody represents the organisation
    ENDS_SOON = "ends_soon"  # a mandate ends within 60 days
    TWO_VOICES = "two_voices"  # a person speaks for two organisations here
    MERGED = "merged"  # the record has become another one


@dataclass(frozen=True)
class Chair:
    """One seat on a day: who speaks there, who will later, who did before."""

    seat: Membership
    speaking: list[Representation]
    later: list[Representation]
    before: list[Representation]
    holds: bool
    warnings: list[tuple[Warn, Representation | None]] = field(default_factory=list)

    @property
    def is_coming(self) -> bool:
        """Whether the seat begins later."""
        return not self.holds and not self.before and not self.speaking and self.seat.ends_on is None


@dataclass(frozen=True)
class Table:
    """A space's seats: present or coming ones, and those of before."""

    present: list[Chair]
    past: list[Chair]

    @property
    def warnings(self) -> int:
        """How many things should be looked at."""
        return sum(len(one.warnings) for one in self.present)


def seats_of_space(space: Space) -> Select[Membership]:
    """Select the seats of a space, past ones too, with who speaks there: pilots, members, observers."""
    return (
        select(Membership)
        .where(Membership.space_id == space.id)
        .options(
            joinedload(Membership.organisation).joinedload(Organisation.merged_into),
            joinedload(Membership.representations)
            .joinedload(Representation.mandate)
            .joinedload(Mandate.person),
        )
    )


def table(session: Session, space: Space, day: date) -> Table:
    """Read who sits in a space on that day (Brussels' date), in one query."""
    rows = session.scalars(seats_of_space(space)).unique().all()
    chairs = sorted((chair(row, day) for row in rows), key=_order)
    present = [one for one in chairs if one.seat.ends_on is None or one.seat.ends_on >= day]
    if space.state is not SpaceState.CLOSED:
        _warn(present, day, space)
    return Table(present, [one for one in chairs if one not in present])


def chair(seat: Membership, day: date) -> Chair:
    """Tell of one seat who speaks there on that day, who will and who did."""
    speaking = [row for row in seat.representations if seats.speaks_in(row, day)]
    later = [row for row in seat.representations if row not in speaking and _begins_later(row, day)]
    before = [row for row in seat.representations if row not in speaking and row not in later]
    holds = (seat.starts_on is None or seat.starts_on <= day) and (
        seat.ends_on is None or seat.ends_on >= day
    )
    first = {RepresentationRole.REPRESENTATIVE: 0, RepresentationRole.SUBSTITUTE: 1}
    speaking.sort(key=lambda row: (first[row.role], row.mandate.person.name))
    return Chair(seat, speaking, later, before, holds)


def _begins_later(row: Representation, day: date) -> bool:
    mandate, seat = row.mandate, row.membership
    waits = mandate.starts_on > day or (seat.starts_on is not None and seat.starts_on > day)
    return row.ended_at is None and mandate.withdrawn_at is None and waits


def _order(chair: Chair) -> tuple[int, str, int]:
    roles = list(MembershipRole)
    return roles.index(chair.seat.role), chair.seat.organisation.name.casefold(), chair.seat.id


def _warn(chairs: list[Chair], day: date, space: Space) -> None:
    voices: dict[int, set[int]] = {}
    for one in chairs:
        for row in one.speaking:
            voices.setdefault(row.mandate.person_id, set()).add(one.seat.organisation_id)
    for one in chairs:
        organisation = one.seat.organisation
        if organisation.merged_into_id is not None:
            one.warnings.append((Warn.MERGED, None))
        elif one.holds and _is_empty(one) and organisation.id != space.convener_id:
            one.warnings.append((Warn.EMPTY, None))
        for row in one.speaking:
            ends_on = row.mandate.ends_on
            if ends_on is not None and ends_on <= day + ENDS_SOON and not _is_followed(one, row):
                one.warnings.append((Warn.ENDS_SOON, row))
            if len(voices[row.mandate.person_id]) > 1:
                one.warnings.append((Warn.TWO_VOICES, row))


def _is_empty(chair: Chair) -> bool:
    """Say whether nobody represents; whoever observes need not be represented."""
    representatives = [row for row in chair.speaking if row.role is RepresentationRole.REPRESENTATIVE]
    return not representatives and chair.seat.role is not MembershipRole.OBSERVER


def _is_followed(chair: Chair, row: Representation) -> bool:
    return any(next_one.role is row.role for next_one in chair.later)


def mandates_to_exercise(seat: Membership, day: date) -> Select[Mandate]:
    """Select the mandates of a seat's organisation that hold or will, and aren't exercised in it."""
    exercised = select(Representation.mandate_id).where(
        Representation.membership_id == seat.id, Representation.ended_at.is_(None)
    )
    return (
        select(Mandate)
        .join(Mandate.person)
        .where(
            Mandate.organisation_id == seat.organisation_id,
            Mandate.withdrawn_at.is_(None),
            or_(Mandate.ends_on.is_(None), Mandate.ends_on >= day),
            Mandate.id.not_in(exercised),
        )
        .options(joinedload(Mandate.person))
        .order_by(Mandate.is_limited, Person.name, Mandate.id)
    )


def joinings(space: Space) -> Select[Joining]:
    """Select requests and invitations of a space, those that wait first, then the latest."""
    return (
        select(Joining)
        .where(Joining.space_id == space.id)
        .options(
            joinedload(Joining.organisation), joinedload(Joining.person), joinedload(Joining.answered_by),
            joinedload(Joining.created_by),
        )
        .order_by(Joining.state != JoinState.OPEN, Joining.created_at.desc(), Joining.id.desc())
    )  # fmt: skip


def asked_by(person_id: int) -> Select[Joining]:
    """Select the requests that a person has made, the latest first."""
    return (
        select(Joining)
        .where(Joining.person_id == person_id)
        .options(joinedload(Joining.organisation), joinedload(Joining.space))
        .order_by(Joining.created_at.desc(), Joining.id.desc())
    )


def invitations_for(user_id: Any, day: Any) -> Select[Joining]:
    """Select the invitations that wait for an answer which an account may give on that day.

    It speaks in everything for the organisation that is invited.
    """
    return select(Joining).where(
        Joining.kind == JoinKind.INVITATION,
        Joining.state == JoinState.OPEN,
        Joining.organisation_id.in_(houses_of(user_id, day)),
    )


def houses_of(user_id: Any, day: Any) -> Select[int]:
    """Select the numbers of the organisations for which an account speaks in everything on that day."""
    return (
        select(Mandate.organisation_id)
        .join(Mandate.person)
        .where(Person.user_id == user_id, Mandate.speaks_on(day))
    )
