"""Languages, dates and figures. Formatting needs no request, so mails and PDFs write like the pages."""

import re
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, dates, numbers, support
from flask import Flask, current_app, g, request
from flask_babel import Babel, Domain, get_locale, get_translations, lazy_gettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from hub.core import clock

TRANSLATIONS = Path(__file__).parent.parent / "translations"
LANGUAGES = {"fr": "Français", "nl": "Nederlands", "en": "English"}
NARROW, WIDE = "\u202f", "\u00a0"


def init_app(app: Flask) -> Babel:
    """Let the person's choice, among the languages that the network offers, decide."""
    babel = Babel(app, locale_selector=chosen_language, default_translation_directories=str(TRANSLATIONS))
    # A page says hundreds of words: they are looked up at once, without finding the catalogue for each.
    babel.domain_instance = Texts()
    app.jinja_env.globals.update(
        {"_": _say, "gettext": _say, "ngettext": _count, "_l": lazy_gettext},
    )
    return babel


def chosen_language() -> str:
    """Return the language of this request: the cookie's if the network offers it, else French."""
    offered: list[str] = current_app.config["LANGUAGES"]
    wanted = request.cookies.get("language", "") if request else ""
    return wanted if wanted in offered else offered[0]


class Texts(Domain):  # type: ignore[misc]
    """The texts of the hub: the catalogue of a language is kept for as long as the request speaks it."""

    def get_translations(self) -> support.NullTranslations:
        """Return the catalogue of the language of now, `force_locale` included."""
        locale = get_locale()
        if locale is None:
            return support.NullTranslations()
        kept: tuple[Locale, support.NullTranslations] | None = g.get("texts")
        if kept is None or kept[0] is not locale:
            kept = g.texts = (locale, super().get_translations())
        return kept[1]


def _catalogue() -> support.NullTranslations:
    """Return the catalogue of this request's language, found once.

    `force_locale` is for texts that code writes in between: it does not reach templates.
    """
    kept: support.NullTranslations | None = g.get("catalogue")
    if kept is None:
        kept = g.catalogue = get_translations()
    return kept


def said(text: str) -> str:
    """Return a text of templates in the reader's language."""
    return str(_catalogue().ugettext(text))


@pass_context
def _say(context: Context, text: str, /, **values: Any) -> str:
    """Say a template's text in the reader's language; values are escaped as the template's own are."""
    return _filled(context, _catalogue().ugettext(text), values)


@pass_context
def _count(context: Context, one: str, several: str, number: int, /, **values: Any) -> str:
    """Say a template's text for so many."""
    return _filled(context, _catalogue().ungettext(one, several, number), {"num": number, **values})


def _filled(context: Context, text: str, values: dict[str, Any]) -> str:
    said = Markup(text) if context.eval_ctx.autoescape else text  # noqa: S704 - ours, from the catalogue
    return said % values if "%" in text else said


@cache
def translations(language: str) -> support.NullTranslations:
    """Return the catalogue for texts made outside a request."""
    return support.Translations.load(str(TRANSLATIONS), [language])


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(f"{language}_BE" if language in {"fr", "nl"} else language)


def as_day(value: date | datetime) -> date:
    """Return the day in Brussels."""
    return clock.local(value).date() if isinstance(value, datetime) else value


def format_date(value: date | datetime, language: str = "fr") -> str:
    """« mardi 6 juin 2023 »; the first of a month is « 1er »."""
    return _date(as_day(value), language)


@lru_cache(maxsize=4096)
def _date(day: date, language: str) -> str:
    text = dates.format_date(day, "EEEE d MMMM y", locale=_locale(language))
    return re.sub(r"\b1 (?=\D)", "1er ", text, count=1) if language == "fr" else text


def format_month(value: date, language: str = "fr") -> str:
    """« juin 2023 »."""
    return dates.format_date(value, "MMMM y", locale=_locale(language))


def format_short_date(value: date | datetime, language: str = "fr") -> str:
    """« 06/06/2023 », for narrow columns."""
    return _short_date(as_day(value), language)


@lru_cache(maxsize=4096)
def _short_date(day: date, language: str) -> str:
    return dates.format_date(day, "dd/MM/y", locale=_locale(language))


def format_time(value: datetime | time, language: str = "fr") -> str:
    """« 9 h », « 9 h 30 » in French; 09:30 elsewhere."""
    moment = clock.local(value).time() if isinstance(value, datetime) else value
    if language != "fr":
        return f"{moment:%H:%M}"
    minutes = f"{WIDE}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{WIDE}h{minutes}"


def format_datetime(value: datetime, language: str = "fr") -> str:
    """« mardi 6 juin 2023 à 9 h 30 »."""
    joint = {"fr": "à", "nl": "om", "en": "at"}[language]
    return f"{format_date(value, language)} {joint} {format_time(value, language)}"


def format_range(start: datetime, end: datetime, language: str = "fr") -> str:
    """« mardi 6 juin 2023, de 9 h à 16 h »; over several days, both dates."""
    if as_day(start) != as_day(end):
        return f"{format_datetime(start, language)} – {format_datetime(end, language)}"
    if language != "fr":
        return f"{format_date(start, language)}, {format_time(start, language)}–{format_time(end, language)}"
    return f"{format_date(start)}, de {format_time(start)} à {format_time(end)}"


@lru_cache(maxsize=4096)
def format_number(value: float, language: str = "fr") -> str:
    """« 1 250 », « 12,5 »: at most one decimal."""
    text = numbers.format_decimal(value, format="#,##0.#", locale=_locale(language))
    return text.replace(WIDE, NARROW) if language == "fr" else text


def format_percent(share: float, language: str = "fr") -> str:
    """« 12,5 % » of a share from 0 to 1; other languages leave no space."""
    return f"{format_number(share * 100, language)}{NARROW if language == 'fr' else ''}%"
