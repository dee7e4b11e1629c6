"""Which of the proposed dates suits best."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

YES, IF_NEED_BE = "yes", "if_need_be"


@dataclass(frozen=True)
class Ballot:
    """What one person says: (number of the proposal → "yes", "if_need_be" or "no"), and whose voice it is.

    `organisation` is None for a guest, who counts as a person and not as an organisation.
    """

    organisation: int | None
    words: dict[int, str]


@dataclass(frozen=True)
class Standing:
    """How a proposal stands."""

    proposal: int
    starts_at: datetime
    yes: int
    if_need_be: int
    no: int
    organisations: int  # of which at least one person can come, if need be

    @property
    def rank(self) -> tuple[int, int, int, datetime, int]:
        """What decides: most yes, then most if-need-be, then most organisations, then the earliest."""
        return (-self.yes, -self.if_need_be, -self.organisations, self.starts_at, self.proposal)


def standings(proposals: Sequence[tuple[int, datetime]], ballots: Iterable[Ballot]) -> list[Standing]:
    """Return how the proposals (number, start) stand, the best first."""
    given = list(ballots)
    return sorted((_standing(number, start, given) for number, start in proposals), key=lambda one: one.rank)


def _standing(number: int, starts_at: datetime, ballots: list[Ballot]) -> Standing:
    words = [ballot.words[number] for ballot in ballots if number in ballot.words]
    able = {
        ballot.organisation
        for ballot in ballots
        if ballot.organisation is not None and ballot.words.get(number) in (YES, IF_NEED_BE)
    }
    return Standing(
        number,
        starts_at,
        yes=words.count(YES),
        if_need_be=words.count(IF_NEED_BE),
        no=len(words) - words.count(YES) - words.count(IF_NEED_BE),
        organisations=len(able),
    )


def best(ordered: Sequence[Standing]) -> list[Standing]:
    """Return the first and those that equal it in all that counts; none while nobody can come."""
    if not ordered or not (ordered[0].yes or ordered[0].if_need_be):
        return []
    return [one for one in ordered if one.rank[:3] == ordered[0].rank[:3]]
