"""The filters of the activity, and what is told of a space's year."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from hub.actors.forms.fields import DayField
from hub.actors.models.reference import TerritoryKind
from hub.reports.forms.reports import DAY, NONE, NOT_A_CHOICE, TOO_LONG, tidy
from hub.reports.operations.activity import LONGEST_NOTE
from hub.reports.queries.gathering import Ground
from hub.reports.values.asked import Asked
from hub.reports.values.period import Period

OFFERED = (TerritoryKind.COMMUNE.value, TerritoryKind.PROVINCE.value)


class ActivityForm(FlaskForm):
    """Which period, and what it is narrowed to; sent by GET, so without a mark against forgery."""

    class Meta:
        """Nothing is changed by it."""

        csrf = False

    du = DayField(_l("Premier jour"), validators=[InputRequired(message=DAY)])
    au = DayField(_l("Dernier jour"), validators=[InputRequired(message=DAY)])
    espace = SelectField(_l("Espace"), coerce=int, default=NONE, **NOT_A_CHOICE)
    commune = SelectField(_l("Commune ou province"), coerce=int, default=NONE, **NOT_A_CHOICE)
    theme = SelectField(_l("Thème ou droit"), default="", **NOT_A_CHOICE)

    def offer(self, known: Ground) -> None:
        """Fill the lists to choose from."""
        self.espace.choices = [(NONE, gettext("Tous les espaces"))] + [
            (number, space.name) for number, space in known.spaces.items()
        ]
        used = {space.territory_id for space in known.spaces.values()}
        self.commune.choices = [(NONE, gettext("Tout le territoire"))] + [
            (number, place.name)
            for number, place in known.places.items()
            if place.kind in OFFERED and (number in used or place.kind == TerritoryKind.PROVINCE.value)
        ]
        self.theme.choices = [("", gettext("Tous les thèmes")), *known.themes.values()]

    def asked(self, today: date) -> Asked:
        """Return what was typed. Raises ValueError before it is valid."""
        if self.du.data is None or self.au.data is None:
            raise ValueError("not valid")
        return Asked(
            Period(self.du.data, self.au.data), today,
            space_id=self.espace.data or None, territory_id=self.commune.data or None,
            theme=self.theme.data or "",
        )  # fmt: skip


def address_of(asked: Asked) -> Mapping[str, Any]:
    """Return the arguments of an address that asks for the same."""
    told = {
        "du": asked.period.first.isoformat(),
        "au": asked.period.last.isoformat(),
        "espace": asked.space_id,
        "commune": asked.territory_id,
        "theme": asked.theme,
    }
    return {name: value for name, value in told.items() if value}


class NoteForm(FlaskForm):
    """What a space made in a year, and what its figures don't tell."""

    outputs = TextAreaField(
        _l("Productions"), filters=[tidy], validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)]
    )
    note = TextAreaField(
        _l("Ce que les chiffres ne disent pas"), filters=[tidy],
        validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)],
    )  # fmt: skip
    version = IntegerField(default=0, widget=HiddenInput())
