"""How far an invited organisation is with a call."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """Where an organisation is, from what hasn't begun to what is done."""

    NO_ADDRESS = "no_address"
    TO_SEND = "to_send"
    UNDELIVERED = "undelivered"
    SENT = "sent"
    DRAFT = "draft"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Reached:
    """What is known of one invitation; counts of contributions, positions, co-signatures and notes."""

    has_address: bool
    times_sent: int
    is_undelivered: bool = False
    draft_saved_at: datetime | None = None
    sent: int = 0
    to_confirm: int = 0
    positions: int = 0
    signatures: int = 0
    notes: int = 0

    @property
    def standing(self) -> Standing:
        """Return how far it is: what it did counts before what was sent to it."""
        if self.sent:
            return Standing.ANSWERED
        if self.draft_saved_at is not None:
            return Standing.DRAFT
        if not self.has_address:
            return Standing.NO_ADDRESS
        if self.is_undelivered:
            return Standing.UNDELIVERED
        return Standing.SENT if self.times_sent else Standing.TO_SEND

    @property
    def may_be_reminded(self) -> bool:
        """Whether a reminder goes to it: it has its link and has sent nothing."""
        return self.has_address and self.times_sent > 0 and not self.sent
