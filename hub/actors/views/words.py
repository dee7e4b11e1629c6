"""What the templates of actors, and of others that show actors, may ask for."""

from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext

from hub.actors.models.organisations import (
    CheckedAs,
    Confidence,
    FundingSource,
    LegalForm,
    Organisation,
    OrganisationState,
    Structured,
)
from hub.actors.models.projects import PartRole
from hub.actors.models.record import Appointment, DropInSlot, Exactness
from hub.actors.models.reference import Family, Sector, TerritoryKind, ThemeKind
from hub.actors.models.relations import Precision
from hub.actors.rules import read_all
from hub.actors.values import consent, dates, enterprise, recurrence, words
from hub.actors.views.blueprint import blueprint
from hub.core.access import may
from hub.core.i18n import chosen_language, format_time

FACT_WORDS: dict[type[StrEnum], dict[Any, str]] = {
    LegalForm: words.LEGAL_FORMS,
    Confidence: words.CONFIDENCES,
    Family: words.FAMILIES,
    ThemeKind: words.THEME_KINDS,
    TerritoryKind: words.TERRITORY_KINDS,
    Structured: words.STRUCTURED,
    FundingSource: words.FUNDING_SOURCES,
    Sector: words.SECTORS,
    Appointment: words.APPOINTMENTS,
    Exactness: words.EXACTNESS,
    PartRole: words.PART_ROLES,
}


@blueprint.app_template_global()
def record_of(organisation: Organisation) -> consent.Record:
    """Return the organisation as the person of this request may read it."""
    return consent.Record(organisation, everything=may(read_all, organisation))


@blueprint.app_template_global()
def partial_date(day: date | None, precision: Precision) -> str:
    """Return a date in words, as exactly as it is known."""
    return dates.show(day, precision, chosen_language())


@blueprint.app_template_filter()
def enterprise_number(number: str | None) -> str:
    """Return an enterprise number with its points."""
    return enterprise.show(number)


@blueprint.app_template_filter()
def language_name(code: str) -> str:
    """Return the name of a language in the language of the page."""
    return words.language_name(code, chosen_language())


@blueprint.app_template_filter()
def state_word(state: OrganisationState) -> str:
    """Return the word for the state of an organisation."""
    return str(gettext(words.STATES[state]))


@blueprint.app_template_filter()
def checked_word(role: CheckedAs | None) -> str:
    """Return in whose name a record was looked over."""
    return str(gettext(words.CHECKED_AS[role])) if role else ""


@blueprint.app_template_filter()
def fact_word(value: StrEnum) -> str:
    """Return the word for one of a fixed list (`FACT_WORDS`)."""
    return str(gettext(FACT_WORDS[type(value)][value]))


@blueprint.app_template_filter()
def slot_words(slot: DropInSlot) -> str:
    """Return when a drop-in is held: « le mardi, de 9 h à 12 h, une semaine sur deux »."""
    language = chosen_language()
    told = {
        "day": gettext(recurrence.WEEKDAYS[slot.weekday]), "begins": format_time(slot.begins, language)
    }  # fmt: skip
    if slot.finishes:
        finishes = format_time(slot.finishes, language)
        words_of = gettext("le %(day)s, de %(begins)s à %(finishes)s", finishes=finishes, **told)
    else:
        words_of = gettext("le %(day)s, dès %(begins)s", **told)
    if slot.every_weeks == 1:
        return str(words_of)
    rhythm = recurrence.EVERY_WEEKS.get(slot.every_weeks)
    often = gettext(rhythm) if rhythm else gettext("toutes les %(num)s semaines", num=slot.every_weeks)
    return f"{words_of}, {often}"
