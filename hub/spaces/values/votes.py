"""What came of a decision, counted from the voices as they stand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hub.spaces.models.decisions import Method, Position, Stance
from hub.spaces.models.spaces import VoteRule


class Outcome(StrEnum):
    """What the voices give. Only what is taken decides something."""

    TAKEN = "taken"
    REJECTED = "rejected"
    TIED = "tied"
    NOBODY = "nobody"  # abstentions alone: no voice was expressed
    UNCOUNTED = "uncounted"  # a vote whose voices have not been noted yet
    BLOCKED = "blocked"  # an objection stands against a consent


@dataclass(frozen=True)
class Tally:
    """How many organisations said what."""

    for_: int = 0
    reservation: int = 0
    against: int = 0
    abstention: int = 0

    @property
    def in_favour(self) -> int:
        """Voices that agree, with a reservation or without."""
        return self.for_ + self.reservation

    @property
    def total(self) -> int:
        """All who took a position."""
        return self.in_favour + self.against + self.abstention


def counted(stances: Iterable[Stance]) -> Tally:
    """Count one voice for each stance."""
    found = Counter(stances)
    return Tally(
        found[Stance.FOR], found[Stance.RESERVATION], found[Stance.AGAINST], found[Stance.ABSTENTION]
    )


def tally(positions: Iterable[Position]) -> Tally:
    """Count the positions that are voices: one for each organisation, whatever became of its record."""
    return counted(position.stance for position in positions if position.counts)


def outcome(method: Method, rule: VoteRule, voices: Tally) -> Outcome:
    """Say what came of a decision. A vote counts the voices expressed; abstentions are none.

    As many for as against is a tie by the simple rule and by two thirds; by consent one voice against is
    enough to reject.
    """
    if method is Method.CONSENSUS:
        return Outcome.TAKEN
    if method is Method.CONSENT:
        return Outcome.BLOCKED if voices.against else Outcome.TAKEN
    if not voices.total:
        return Outcome.UNCOUNTED
    return _vote(rule, voices.in_favour, voices.against)


def _vote(rule: VoteRule, in_favour: int, against: int) -> Outcome:
    if not in_favour + against:
        return Outcome.NOBODY
    if rule is VoteRule.CONSENT:
        return Outcome.REJECTED if against else Outcome.TAKEN
    if in_favour == against:
        return Outcome.TIED
    enough = in_favour >= 2 * against if rule is VoteRule.TWO_THIRDS else in_favour > against
    return Outcome.TAKEN if enough else Outcome.REJECTED
