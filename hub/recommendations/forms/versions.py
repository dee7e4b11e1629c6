"""The form that makes an earlier version the one of today."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField

from hub.recommendations.forms.fields import NOT_A_CHOICE, line_field, said_of_choice
from hub.recommendations.models.versions import WEIGHTS, Weight

LONGEST_NOTE = 500


class RestoreForm(FlaskForm):
    """How much it changes, and why."""

    weight = RadioField(
        _l("Ce changement est"), default=Weight.SUBSTANTIVE.value, **said_of_choice(NOT_A_CHOICE)
    )
    note = line_field(_l("Ce qui change et pourquoi"), LONGEST_NOTE)
    seen = HiddenField(default="")

    def fill(self) -> None:
        """Offer the two weights."""
        self.weight.choices = [(word.value, gettext(text)) for word, text in WEIGHTS.items()]
