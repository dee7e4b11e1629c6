"""Fields of figures and hours, and what the forms of the record share."""

import math
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField, TimeField
from wtforms.validators import Length

from hub.actors.forms.fields import FactField
from hub.core.errors import N_, DomainError

TOO_LONG = _l("Ce texte est trop long (%(max)d signes au plus).")
DATE_HELP = _l("Comme vous la connaissez : « 2016 », « avril 2016 », « 6 juin 2023 », « avant 2025 ».")
NOT_AN_HOUR = _l("Écrivez une heure, par exemple 09:30.")
NOT_WHOLE = _l("Écrivez un nombre entier.")
NOT_A_NUMBER = N_("Écrivez un nombre, par exemple « 1 250 » ou « 12,5 ».")
LARGEST = 10**15
# Blanks that people and spreadsheets put between thousands.
BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009'’")


def number_of(text: str) -> float | None:
    """Read « 1 250 », « 12,5 », « 12.5 »; nothing is None. Raises DomainError for anything else."""
    plain = text.translate(BLANKS).replace(",", ".")
    if not plain:
        return None
    try:
        value = float(plain)
    except ValueError as problem:
        raise DomainError(NOT_A_NUMBER) from problem
    if not math.isfinite(value) or abs(value) > LARGEST or not plain[-1].isdecimal():
        raise DomainError(NOT_A_NUMBER)
    return value


def shown_number(value: float | None) -> str:
    """Return a number as it is typed: « 1250 », « 12,5 »."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(value).replace(".", ",")


class NumberField(FactField):
    """A number as people write it."""

    def read(self, text: str) -> Any:
        """Read the number."""
        return number_of(text)

    def shown(self) -> str:
        """Return the stored number as it is typed."""
        return shown_number(self.data)


class HourField(TimeField):
    """An hour of the day whose refusal speaks the page's language."""

    data: time | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hour, or say what is expected; nothing is no hour."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(str(NOT_AN_HOUR)) from problem


class CountField(IntegerField):
    """A whole number whose refusal speaks the page's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or say what is expected; nothing is no number."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(str(NOT_WHOLE)) from problem


def row_number(value: Any) -> int | None:
    """Read the number of a row from a list; nothing is none."""
    return int(value) if value not in (None, "", "None") else None


def one_line(label: str, longest: int, *more: Any, **options: Any) -> StringField:
    """Return a field of one line with its longest length."""
    return StringField(label, validators=[*more, Length(max=longest, message=TOO_LONG)], **options)


def lines(label: str, longest: int, **options: Any) -> TextAreaField:
    """Return a field of several lines with its longest length."""
    return TextAreaField(label, validators=[Length(max=longest, message=TOO_LONG)], **options)


def plain(text: str | None) -> str:
    """Return what was typed without blanks around it, its line breaks as the database holds them."""
    return (text or "").replace("\r\n", "\n").strip()
