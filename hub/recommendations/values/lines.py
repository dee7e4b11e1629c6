"""What lists say of each recommendation and of each contribution: a line, without the texts behind it."""

from dataclasses import dataclass
from datetime import datetime

from hub.recommendations.models.contributions import Channel, ContributionState
from hub.recommendations.models.recommendations import Outcome, RecommendationState


@dataclass(frozen=True, slots=True)
class RecommendationLine:
    """A recommendation as the list shows it; `theme` is "" for none, `authors` stand in their short forms."""

    code: str
    title: str
    state: RecommendationState
    outcome: Outcome | None
    updated_at: datetime
    theme: str
    levels: tuple[str, ...]
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContributionLine:
    """A contribution as the inbox shows it; "" for what it has not.

    `place` is where it came from beside its channel: its call, else a document, else a workshop. `codes` are
    those of the recommendations made from it.
    """

    id: int
    proposal: str
    channel: Channel
    place: str
    author: str
    theme: str
    submitted_at: datetime
    state: ContributionState
    awaits_confirmation: bool
    codes: tuple[str, ...]
