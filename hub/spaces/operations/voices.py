"""Who had a voice at a meeting: who sat in the space that day, as what, and whether it was there."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.errors import N_, DomainError
from hub.spaces.models.decisions import Method
from hub.spaces.models.meetings import Meeting, Presence
from hub.spaces.models.spaces import MembershipRole
from hub.spaces.queries import decisions as queries


@dataclass
class Seat:
    """An organisation at a meeting's table: as what it sits, whether it was there, who may speak for it."""

    organisation: Organisation
    role: MembershipRole
    presence: Presence | None = None
    represented_by: Organisation | None = None
    people: list[Person] = field(default_factory=list)

    @property
    def observes(self) -> bool:
        """Whether it only observes: it has no voice."""
        return self.role is MembershipRole.OBSERVER

    @property
    def was_there(self) -> bool:
        """Whether it was present or represented, and so votes."""
        return self.presence in {Presence.PRESENT, Presence.REPRESENTED}

    def may_vote(self, method: Method) -> bool:
        """Say whether it has a voice: who was there, and where nothing is counted every member."""
        return not self.observes and (self.was_there or method is not Method.VOTE)


def table_of(session: Session, meeting: Meeting) -> dict[int, Seat]:
    """Return who sat in the meeting's space on its day, by the organisation's number, in three queries.

    Who may speak for an organisation that was represented is whoever may speak for the one that did so.
    """
    day = clock.today(meeting.starts_at)
    seats: dict[int, Seat] = {}
    for organisation, role in session.execute(queries.sitting(meeting, day)):
        seat = seats.setdefault(organisation.id, Seat(organisation, role))
        if seat.observes:
            seat.role = role  # two seats that meet on one day: the one with a voice
    for row in session.scalars(queries.presences(meeting)):
        present = seats.get(row.organisation_id or 0)
        if present is not None and present.presence is not Presence.PRESENT and row.presence:
            _note(present, row.presence, row.represented_by)
    people: dict[int, list[Person]] = {}
    for organisation_id, person in session.execute(queries.speakers(meeting.space_id, day)):
        people.setdefault(organisation_id, []).append(person)
    for number, seat in seats.items():
        seat.people = people.get(seat.represented_by.id if seat.represented_by else number, [])
    return seats


def _note(seat: Seat, presence: Presence, represented_by: Organisation | None) -> None:
    """Take the presence that says most: there, represented, then excused or absent."""
    if presence is Presence.REPRESENTED or not seat.was_there:
        seat.presence, seat.represented_by = presence, represented_by


def refuse_voiceless(seat: Seat | None, method: Method, at: str) -> None:
    """Raise DomainError, at that field, for an organisation that has no voice in a decision taken so."""
    if seat is None:
        raise DomainError(
            N_("Cette organisation ne siégeait pas dans l’espace le jour de la réunion."), field=at
        )
    name = seat.organisation.name
    if seat.observes:
        raise DomainError(N_("« %(name)s » observe : elle n’a pas de voix."), field=at, name=name)
    if not seat.may_vote(method):
        raise DomainError(
            N_(
                "« %(name)s » n’est notée ni présente ni représentée : elle n’a pas de voix dans ce vote. "
                "Corrigez d’abord les présences si elle était là."
            ),
            field=at,
            name=name,
        )
