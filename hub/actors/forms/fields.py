"""Fields that read facts as people write them (`hub.actors.values`)."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectChoice, StringField  # type: ignore[attr-defined]  # newer than the stubs

from hub.actors.values import contacts, dates, enterprise
from hub.core.errors import DomainError
from hub.core.i18n import chosen_language

DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
NOT_A_DATE = _l("Écrivez une date, par exemple 20/02/2025.")


def words(problem: DomainError) -> str:
    """Return a refusal in the language of the request."""
    return str(gettext(problem.msgid, **problem.params))


def options(pairs: Iterable[tuple[Any, Any]], group: str | None = None) -> list[Any]:
    """Return (value, word) pairs as choices of a list, under one heading if `group` is given."""
    return [SelectChoice(value, word, optgroup=group) for value, word in pairs]


class DayField(DateField):
    """A day whose refusal speaks the page's language; as browsers send it, or as people write it here."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **{"format": list(DAY_FORMATS), **kwargs})

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day, or say what is expected; nothing is no day."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(str(NOT_A_DATE)) from problem


class FactField(StringField):
    """A text that `read` turns into a fact, or refuses; what was typed stays in the field."""

    data: Any

    def read(self, text: str) -> Any:
        """Turn the text into a fact. Raises DomainError if it can't be one."""
        raise NotImplementedError

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else self.shown()

    def shown(self) -> str:
        """Return the stored fact as text."""
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed."""
        if not valuelist:
            return
        try:
            self.data = self.read(valuelist[0])
        except DomainError as problem:
            self.data = None
            raise ValueError(words(problem)) from problem


class EnterpriseNumberField(FactField):
    """The ten digits of an enterprise number, or None."""

    def read(self, text: str) -> Any:
        """Read an enterprise number."""
        return enterprise.parse(text)

    def shown(self) -> str:
        """Return the number with its points."""
        return enterprise.show(self.data)


class PhoneField(FactField):
    """A telephone number."""

    def read(self, text: str) -> Any:
        """Read a telephone number."""
        return contacts.phone(text)


class EmailAddressField(FactField):
    """One e-mail address."""

    def read(self, text: str) -> Any:
        """Read an address."""
        return contacts.email(text)


class WebField(FactField):
    """The address of a site."""

    def read(self, text: str) -> Any:
        """Read the address of a site."""
        return contacts.website(text)


class StartField(FactField):
    """A partial date that begins a period."""

    def read(self, text: str) -> Any:
        """Read the first day of what was typed."""
        return dates.parse(text)

    def shown(self) -> str:
        """Return the date in words."""
        return dates.show(self.data.day, self.data.precision, chosen_language()) if self.data else ""


class EndField(StartField):
    """A partial date that ends a period."""

    def read(self, text: str) -> Any:
        """Read the last day of what was typed."""
        return dates.parse(text, end=True)
