"""What a reader may see of the facts that ties come from."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader may see, besides what is public.

    Public are relations, projects, published memoranda with their signatories, drop-ins, and days that were
    published and took place (`today` or before): who organised, hosted or spoke, as their pages name them.
    `spaces`: who sits in which space. `sign_ups`: which organisations signed up for a day, never who came.
    `records`: what organisations didn't agree to show (`hub.actors.values.consent`).
    """

    today: date
    spaces: bool = False
    sign_ups: bool = False
    records: bool = False
