"""Fields of the forms of days, whose refusals speak French."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    DateTimeLocalField,
    Field,
    FieldList,
    Form,
    IntegerField,
    SelectChoice,
    TimeField,
)
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError

from hub.actors.values import contacts
from hub.core import clock
from hub.core.errors import DomainError
from hub.events.forms.questions import one_line
from hub.events.forms.sign_up import with_acronym
from hub.events.queries import days as queries

T = TypeVar("T")
NOT_A_DATE = _l("Écrivez une date.")
NOT_AN_HOUR = _l("Écrivez une heure, par exemple 09:30.")
NOT_A_MOMENT = _l("Écrivez une date et une heure.")
NOT_A_NUMBER = _l("Écrivez un nombre entier.")
TOO_LONG = _l("Restez sous %(max)d signes.")
AT_LEAST_ONE_SEAT = _l("Il faut au moins une place.")
AT_MOST_SEATS = _l("Restez sous 100\u00a0000 places.")
MOST_SEATS = 100_000
# Years that a day may have: what is before or after is a slip of the pen, and later sums would overflow.
FIRST_YEAR, LAST_YEAR = 1950, 2100
NOT_THAT_YEAR = _l("Écrivez une année entre 1950 et 2100.")
SKIPPED = _l("Cette nuit-là, on passe de 2\u00a0h à 3\u00a0h\u00a0: cette heure n’existe pas.")


class Day(DateField):
    """A date."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date, or say what is expected."""
        _read(super().process_formdata, valuelist, str(NOT_A_DATE))
        _check_year(self)


class Hour(TimeField):
    """An hour of the day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hour, or say what is expected."""
        _read(super().process_formdata, valuelist, str(NOT_AN_HOUR))


class Moment(DateTimeLocalField):
    """A date with its hour, as Brussels' clocks show them."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the moment, or say what is expected."""
        _read(super().process_formdata, valuelist, str(NOT_A_MOMENT))
        _check_year(self)


class Number(IntegerField):
    """A whole number; nothing is no number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or say what is expected."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        _read(super().process_formdata, valuelist, str(NOT_A_NUMBER))

    def pre_validate(self, _form: BaseForm) -> None:
        """Ask nothing more of what is no number."""
        if self.process_errors:
            raise StopValidation


def _read(reading: Callable[[list[str]], None], valuelist: list[str], refusal: str) -> None:
    try:
        reading(valuelist)
    except ValueError as problem:
        raise ValueError(refusal) from problem


def _check_year(field: DateField | DateTimeLocalField) -> None:
    if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        field.data = None
        raise ValueError(str(NOT_THAT_YEAR))


def some_seats(_form: Form, field: Field) -> None:
    """Refuse what is no number of seats."""
    if field.data is not None and field.data < 1:
        raise ValidationError(AT_LEAST_ONE_SEAT)
    if field.data is not None and field.data > MOST_SEATS:
        raise ValidationError(AT_MOST_SEATS)


def real_end(day: date | None, starts: time | None, field: Field) -> None:
    """Refuse the hour of an end that doesn't exist: on the day itself, or in the night after it."""
    if day is not None and clock.ends_next_day(starts, field.data):
        day += timedelta(days=1)
    real_hour(day, field)


def precedes(ends: time | None, starts: time | None) -> bool:
    """Say whether an end comes before its beginning; an evening's comes after midnight."""
    return starts is not None and ends is not None and ends < starts and not clock.ends_next_day(starts, ends)


def real_hour(day: date | None, field: Field) -> None:
    """Refuse an hour that the change to summer time skips on that day."""
    if day is not None and field.data is not None and clock.is_skipped(day, field.data):
        raise ValidationError(SKIPPED)


def row_number(value: Any) -> int | None:
    """Read the number of a row; nothing, or what is no number, is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def a_day(value: Any) -> date | None:
    """Read a day that a list offers; nothing is none."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def given(value: T | None) -> T:
    """Return what the validators have seen to be there. Raises ValueError if they haven't."""
    if value is None:
        raise ValueError("the form wasn't validated")
    return value


def one_site(_form: Form, field: Field) -> None:
    """Refuse what no browser should be sent to; keep an address with its https://."""
    try:
        field.data = contacts.website(one_line(field.data))
    except DomainError as problem:
        raise ValidationError(gettext(problem.msgid)) from problem


def choices_of(words: Mapping[Any, Any]) -> list[Any]:
    """Return the values of an enum with their words, as choices."""
    return [SelectChoice(value.value, word) for value, word in words.items()]


def organisations(session: Session, none: str = "") -> list[Any]:
    """Return the actors that one can name, as choices; first « none » where a word for it is given."""
    rows = session.execute(queries.organisations_at_work()).all()
    named = [SelectChoice(str(number), with_acronym(name, short)) for number, name, short in rows]
    return [SelectChoice("", none), *named] if none else named


def as_moment(value: datetime | None) -> datetime | None:
    """Return what a form's field tells, read as Brussels' clocks, as a moment."""
    return clock.at(value.date(), value.time()) if value is not None else None


def rearrange(rows: "FieldList[Any]", verb: str, place: str, most: int) -> bool:
    """Add an empty line at the end, or take the line at a place away; say whether one went."""
    if verb == "add" and len(rows.entries) < most:
        rows.append_entry()
    elif verb == "drop" and place.isdigit() and int(place) < len(rows.entries):
        del rows.entries[int(place)]
        return True
    return False


def mistakes(word: str, rows: "FieldList[Any]") -> list[str]:
    """Return what is to be mended in some lines, each with its number."""
    found = [text for text in rows.errors if isinstance(text, str)]
    for number, entry in enumerate(rows.entries, start=1):
        for field in entry.form:
            if not isinstance(field, FieldList):
                found += [f"{word} {number}, {field.label.text}\u00a0: {text}" for text in field.errors]
    return found
