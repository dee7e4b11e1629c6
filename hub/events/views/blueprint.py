"""The blueprint of days and sign-ups, and what its templates may use."""

from typing import Any

from flask import Blueprint

from hub.core import clock
from hub.events import words
from hub.events.models.days import Event, Stage

blueprint = Blueprint("events", __name__)
# {{ row.name|shown_name }}: wherever somebody is named.
blueprint.add_app_template_filter(words.shown_name)


@blueprint.context_processor
def template_words() -> dict[str, Any]:
    """Return the words of states and kinds, and how a day stands now."""
    return {
        "kind_words": words.KINDS,
        "slot_words": words.SLOTS,
        "stage_words": words.STAGES,
        "waiting_stage": words.WAITING_STAGE,
        "session_words": words.SESSION_KINDS,
        "way_words": words.WAYS,
        "channel_words": words.CHANNELS,
        "act_words": words.ACTS,
        "mode_words": words.MODES,
        "registration_words": words.REGISTRATION_BADGES,
        "stage_of": stage_of,
    }


def stage_of(event: Event) -> Stage:
    """Return how the day stands now."""
    return event.stage(clock.now())
