"""Forms made of rows that know what they showed: two coordinators don't undo each other unknowingly."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms.form import BaseForm

from hub.plans.forms.seen import SeenForm, words_of


class SeenRowsForm(SeenForm):
    """The form of something made of rows: what two wrote is compared row by row."""

    def beside(self, stored: SeenForm) -> list[tuple[str, str, str]]:
        """Return (row, what is stored, what was typed) where these differ, in words."""
        typed, known = dict(_rows(self)), dict(_rows(stored))
        return [
            (name, known.get(name, _("Rien")), typed.get(name, _("Rien")))
            for name in dict.fromkeys([*known, *typed])
            if known.get(name) != typed.get(name)
        ]


def _rows(form: BaseForm, before: str = "") -> Iterator[tuple[str, str]]:
    """Return the name of each row that isn't blank with what it says, then those within it."""
    for field in form:
        for number, entry in enumerate(field.entries if isinstance(field, FieldList) else (), start=1):
            if not isinstance(entry, FormField):
                continue
            name = f"{before}{field.label.text} {number}"
            if not getattr(entry.form, "is_blank", False):
                yield name, _said(entry.form)
            yield from _rows(entry.form, f"{name}, ")


def _said(form: Any) -> str:
    told = [
        str(field.label.text) if isinstance(field, BooleanField) else words_of(field, field.data)
        for field in form
        if not isinstance(field, HiddenField | FieldList)
        and field.data not in (None, "", [], False)
        and len(getattr(field, "choices", None) or (1, 2)) > 1  # the only day of a day says nothing
    ]
    return " · ".join(told)
