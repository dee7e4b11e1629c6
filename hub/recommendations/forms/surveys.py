"""Bringing the answers of a survey made elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField

from hub.events.values.answers import Asked, field_of
from hub.recommendations.forms.fields import NOT_A_CHOICE, said_of_choice

NONE = -1


class SurveyForm(FlaskForm):
    """The file."""

    file = FileField(
        _l("Fichier CSV ou xlsx"), validators=[FileRequired(message=_l("Choisissez un fichier."))]
    )


class ColumnsForm(FlaskForm):
    """Which column says what; `table` hands the file's lines on. `columns_form` adds the call's questions."""

    proposal = SelectField(_l("La recommandation"), coerce=int, **said_of_choice(NOT_A_CHOICE))
    finding = SelectField(_l("Le constat"), coerce=int, default=NONE, **said_of_choice(NOT_A_CHOICE))
    organisation = SelectField(_l("L’organisation"), coerce=int, default=NONE, **said_of_choice(NOT_A_CHOICE))
    origin = SelectField(
        _l("D’où vient ce constat"), coerce=int, default=NONE, **said_of_choice(NOT_A_CHOICE)
    )
    table = HiddenField()

    def fill(self, header: Sequence[str]) -> Self:
        """Offer the file's columns."""
        columns = [
            (place, title or gettext("Colonne %(number)d", number=place + 1))
            for place, title in enumerate(header)
        ]
        for field in self.selects():
            field.choices = [(NONE, gettext("Aucune colonne")), *columns]
        return self

    def selects(self) -> list[SelectField]:
        """Return the fields that choose a column, in their order."""
        return [field for field in self if isinstance(field, SelectField)]

    def columns(self) -> Mapping[str, int | None]:
        """Return which column says what."""
        chosen = {field.name: field.data for field in self.selects()}
        return {name: place if place is not None and place >= 0 else None for name, place in chosen.items()}


def columns_form(questions: Sequence[Asked]) -> type[ColumnsForm]:
    """Return the form for a call that asks these besides."""
    asked = {
        field_of(question): SelectField(
            question.label, coerce=int, default=NONE, **said_of_choice(NOT_A_CHOICE)
        )
        for question in questions
    }
    return type("SurveyColumnsForm", (ColumnsForm,), asked)
