"""How the features above tell what became of a recommendation, without this one knowing them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blinker import Namespace
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Place:
    """A document in which a recommendation stands; `page` is its printed page, if the PDF was made."""

    title: str
    url: str
    page: int | None = None
    is_published: bool = True


# Sent with the session as sender and `recommendations`, a sequence of identifiers.
# A receiver returns dict[int, list[Place]]: identifier → where it stands.
used_in = Namespace().signal("recommendations.used-in")


def places(session: Session, recommendations: Iterable[int]) -> dict[int, list[Place]]:
    """Ask every receiver where these recommendations stand; each identifier has its list, empty or not."""
    wanted: Sequence[int] = tuple(recommendations)
    found: dict[int, list[Place]] = {identifier: [] for identifier in wanted}
    if wanted:
        for _receiver, answer in used_in.send(session, recommendations=wanted):
            for identifier, stands in (answer or {}).items():
                found[identifier].extend(stands)
    return found
