"""Days and ranks of the network in words."""

from datetime import date

from hub.actors.models.relations import Precision
from hub.actors.values import dates
from hub.core import i18n
from hub.network.views.blueprint import blueprint


@blueprint.app_template_filter()
def plain_day(day: date) -> str:
    """Return « 30 avril 2023 », without the day of the week."""
    return dates.show(day, Precision.DAY, i18n.chosen_language())


@blueprint.app_template_filter()
def ordinal(number: int) -> str:
    """Return « 1er », « 2e »; in English, where endings vary, « no. 2 »."""
    language = i18n.chosen_language()
    if language == "en":
        return f"no. {number}"
    return "1er" if language == "fr" and number == 1 else f"{number}e"
