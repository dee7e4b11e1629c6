"""What was read for a report or an export: plain rows, organisations by number, no name of a person.

Days are Brussels' dates, moments are in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from hub.core import clock
from hub.spaces.models.actions import OPEN, ActionState
from hub.spaces.models.decisions import DecisionState, Method
from hub.spaces.models.meetings import MeetingState, Presence
from hub.spaces.models.spaces import SpaceKind, SpaceState


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """A space; `themes` are identifiers."""

    id: int
    slug: str
    name: str
    kind: SpaceKind
    state: SpaceState
    starts_on: date | None
    ends_on: date | None
    territory_id: int | None
    state_since: date | None = None
    output: str = ""  # what a workstream is to make
    output_due_on: date | None = None
    outcome: str = ""  # what came of it
    themes: tuple[int, ...] = ()

    def was_open(self, last: date) -> bool:
        """Say whether it had begun and was not over at the end of that day."""
        return (self.starts_on is None or self.starts_on <= last) and not self.had_closed(last)

    def had_closed(self, last: date) -> bool:
        """Say whether it was over at the end of that day; one that closed on an unknown day is over."""
        if self.ends_on is None and self.state is SpaceState.CLOSED:
            return self.state_since is None or self.state_since <= last
        return self.ends_on is not None and self.ends_on <= last


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation, as people call it, and the commune of its seat."""

    id: int
    name: str
    commune_id: int | None


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting."""

    id: int
    space_id: int
    title: str
    state: MeetingState
    starts_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        """The date in Brussels."""
        return clock.today(self.starts_at)

    @property
    def minutes(self) -> int:
        """How long it is by the clock that doesn't jump."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """Who came to a meeting, or was represented: `who` counts heads and names nobody, one mark a person."""

    meeting_id: int
    organisation_id: int | None
    who: str
    presence: Presence


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat of an organisation in a space; both days count."""

    space_id: int
    organisation_id: int
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision, with how many organisations stood aside."""

    id: int
    code: str
    space_id: int
    text: str
    method: Method
    state: DecisionState
    taken_on: date
    against: int = 0
    abstentions: int = 0
    reservations: int = 0


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action; `born_on` is the day of its meeting, else of its decision, else when it was written down."""

    id: int
    space_id: int
    title: str
    organisation_id: int | None
    due_on: date | None
    state: ActionState
    done_on: date | None
    born_on: date

    def was_open(self, last: date) -> bool:
        """Say whether it was still to do at the end of that day; a dropped one never counts as open."""
        if self.state is ActionState.DROPPED or self.born_on > last:
            return False
        return self.state in OPEN or (self.done_on is not None and self.done_on > last)

    def was_late(self, last: date, judged: date) -> bool:
        """Say whether its day had passed while it was open; `judged` is the day on which one looks."""
        return self.was_open(last) and self.due_on is not None and self.due_on < judged


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """A contribution that was sent; at a workshop's table, or in a survey, by no organisation."""

    id: int
    organisation_id: int | None
    theme_id: int | None
    day: date


@dataclass(frozen=True, slots=True)
class RecommendationRow:
    """A recommendation; `state` is the value of its state."""

    id: int
    code: str
    title: str
    theme_id: int | None
    state: str
    created_on: date
    adopted_on: date | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A public day of the network and how many signed up for it, confirmed."""

    id: int
    title: str
    day: date
    space_id: int | None
    commune_id: int | None
    participants: int


@dataclass(frozen=True)
class History:
    """Everything that was read, for one moment and one scope; words of themes and territories by number."""

    spaces: Mapping[int, SpaceRow] = field(default_factory=dict)
    organisations: Mapping[int, OrganisationRow] = field(default_factory=dict)
    themes: Mapping[int, str] = field(default_factory=dict)
    places: Mapping[int, str] = field(default_factory=dict)
    meetings: tuple[MeetingRow, ...] = ()
    presences: tuple[PresenceRow, ...] = ()
    seats: tuple[SeatRow, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()
    actions: tuple[ActionRow, ...] = ()
    contributions: tuple[ContributionRow, ...] = ()
    recommendations: tuple[RecommendationRow, ...] = ()
    days: tuple[DayRow, ...] = ()

    def with_seats(self, seats: tuple[SeatRow, ...]) -> "History":
        """Return the same with the seats that were held."""
        return replace(self, seats=seats)

    @cached_property
    def by_meeting(self) -> dict[int, list[PresenceRow]]:
        """Who was noted, by meeting."""
        found: dict[int, list[PresenceRow]] = {}
        for row in self.presences:
            found.setdefault(row.meeting_id, []).append(row)
        return found

    @cached_property
    def seats_of(self) -> dict[int, list[SeatRow]]:
        """Seats, by space."""
        found: dict[int, list[SeatRow]] = {}
        for row in self.seats:
            found.setdefault(row.space_id, []).append(row)
        return found


@dataclass(frozen=True, slots=True)
class PlanActionRow:
    """A plan action as it reads on the last day of the period; `was` is how far it stood before it.

    States are values of `Progress`; `was` is None where nobody had said any.
    """

    id: int
    plan_id: int
    axis: str
    place: tuple[int, int]
    number: str
    title: str
    state: str
    was: str | None
    spaces: tuple[int, ...] = ()
    leads: tuple[int, ...] = ()
    followed_by: tuple[int, ...] = ()  # actions of spaces that put it into practice


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator with its dated values up to the last day, the oldest first."""

    id: int
    name: str
    unit: str
    target: float | None
    target_on: date | None
    values: tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A line of a diagnosis; kind and scope are values of their enumerations."""

    id: int
    kind: str
    scope: str
    text: str
    theme_id: int | None
    territory_id: int | None
    entered_on: date


@dataclass(frozen=True)
class Plans:
    """What plans say of the period; `titles` names those that were read."""

    titles: tuple[str, ...] = ()
    actions: tuple[PlanActionRow, ...] = ()
    indicators: tuple[IndicatorRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
