"""What says that two actors have to do with each other: one fact, where it comes from, when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.actors.models.relations import Precision
from hub.network.values.register import Origin


class Thing(StrEnum):
    """What a fact hangs on: its page says more."""

    RELATION = "relation"
    SPACE = "space"
    EVENT = "event"
    MEMORANDUM = "memorandum"
    PROJECT = "project"
    DROP_IN = "drop_in"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact about two actors (by id): `subject` has to do with `other` in the words of `label`.

    It held from `start_on` to `end_on`, both included; for what happened once, both are that day. `about` is
    what the thing is called, `slug` and `number` are its address. `roles` are the parts that subject and
    other have in it, as plain codes; `sources` say where it was read; `sure` is False where it is to be
    confirmed.
    """

    origin: Origin
    thing: Thing
    subject: int
    other: int
    label: str
    start_on: date | None
    end_on: date | None
    start_precision: Precision = Precision.DAY
    end_precision: Precision = Precision.DAY
    about: str = ""
    slug: str = ""
    number: int = 0
    roles: tuple[str, str] = ("", "")
    sources: tuple[str, ...] = ()
    note: str = ""
    sure: bool = True

    @property
    def once(self) -> bool:
        """Whether it happened on one day, rather than lasting."""
        return self.thing in {Thing.EVENT, Thing.MEMORANDUM}

    def is_over(self, today: date) -> bool:
        """Say whether it has ended; what happened once is no longer counted as lasting."""
        return self.end_on is not None and self.end_on < today
