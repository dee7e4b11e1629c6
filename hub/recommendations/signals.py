"""How the features above tell what became of a recommendation, without this one knowing them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from blinker import Namespace
from sqlalchemy.orm import Session

from hub.recommendations.models.recommendations import AGREED, Recommendation
from hub.recommendations.models.testimonies import Testimony


@dataclass(frozen=True, slots=True)
class Place:
    """A document in which a recommendation stands; `page` is its printed page, if the PDF was made."""

    title: str
    url: str
    page: int | None = None
    is_published: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a party answered; `stance` is a French sentence, translated where it is shown."""

    party: str
    stance: str
    answered_on: date
    words: str = ""
    source: str = ""  # a web address, or nothing


# Sent with the session as sender and `recommendations`, a sequence of identifiers.
# A receiver returns dict[int, list[Place]]: identifier → where it stands.
used_in = Namespace().signal("recommendations.used-in")
# The same; a receiver returns dict[int, list[Answer]], the first answered first.
answered_by = Namespace().signal("recommendations.answered-by")
# Sent with the session as sender and `testimony`; a receiver returns list[Place]: where its words, or words
# that were erased since, are printed for good.
printed_in = Namespace().signal("recommendations.printed-in")
# Sent with the session as sender, `testimony` and `now`, once what may be shown of it was changed.
consent_changed = Namespace().signal("recommendations.consent-changed")


def places(session: Session, recommendations: Iterable[int]) -> dict[int, list[Place]]:
    """Ask every receiver where these recommendations stand; each identifier has its list, empty or not."""
    wanted: Sequence[int] = tuple(recommendations)
    found: dict[int, list[Place]] = {identifier: [] for identifier in wanted}
    if wanted:
        for _receiver, answer in used_in.send(session, recommendations=wanted):
            for identifier, stands in (answer or {}).items():
                found[identifier].extend(stands)
    return found


def answers(session: Session, rows: Iterable[Recommendation]) -> dict[int, list[Answer]]:
    """Ask every receiver what parties answered to these; each identifier has its list, empty or not.

    Only what the network stands for is asked about: nobody answers anything else.
    """
    rows = list(rows)
    found: dict[int, list[Answer]] = {row.id: [] for row in rows}
    wanted: Sequence[int] = tuple(row.id for row in rows if row.state in AGREED)
    if wanted:
        for _receiver, told in answered_by.send(session, recommendations=wanted):
            for identifier, given in (told or {}).items():
                found[identifier].extend(given)
    return found


def printings(session: Session, testimony: Testimony) -> list[Place]:
    """Ask every receiver in which documents that can't change a testimony is printed."""
    return [
        place
        for _receiver, places_told in printed_in.send(session, testimony=testimony)
        for place in places_told or ()
    ]
