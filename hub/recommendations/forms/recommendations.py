"""The forms of a recommendation."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.recommendations.forms.fields import (
    NOT_A_CHOICE,
    TOO_LONG,
    choice_field,
    choices_field,
    fill_levels,
    fill_theme,
    line_field,
    long_field,
    said_of_choice,
    tidy,
)
from hub.recommendations.models.contributions import BENEFICIARIES
from hub.recommendations.models.versions import WEIGHTS


class RecommendationForm(FlaskForm):
    """What a recommendation says."""

    title = line_field(_l("Titre"), 250, DataRequired(_l("Donnez un titre à la recommandation.")))
    finding = long_field(_l("Constat"))
    text = long_field(_l("Recommandation"))
    justification = long_field(_l("Justification"))
    theme = choice_field(_l("Thème"), default="")
    levels = choices_field(_l("Niveaux de pouvoir"))
    beneficiaries = RadioField(
        _l("À qui profite-t-elle ?"), default="everyone", **said_of_choice(NOT_A_CHOICE)
    )
    weight = RadioField(_l("Ce changement est"), default="minor", **said_of_choice(NOT_A_CHOICE))
    # When the text that the page shows was written: two people never overwrite each other unseen.
    seen = HiddenField(default="")

    def fill(self, session: Session) -> None:
        """Offer the themes and levels there are."""
        fill_theme(self.theme, session)
        fill_levels(self.levels, session)
        self.beneficiaries.choices = [(word.value, gettext(text)) for word, text in BENEFICIARIES.items()]
        self.weight.choices = [(word.value, gettext(text)) for word, text in WEIGHTS.items()]


class ReasonForm(FlaskForm):
    """Why something is decided."""

    reason = TextAreaField(_l("Raison"), filters=[tidy], validators=[Length(max=2000, message=TOO_LONG)])
