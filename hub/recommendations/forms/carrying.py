"""The forms by which organisations say where they stand, and by which a consultation is prepared."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Form, HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hub.recommendations.forms.fields import (
    NOT_A_CHOICE,
    NOT_A_DATE,
    TOO_LONG,
    choice_field,
    choices_field,
    line_field,
    said,
    said_of_choice,
    tidy,
)
from hub.recommendations.models.carrying import SUPPORTS, VOICE_CHANNELS, VoiceChannel

# How a voice reaches the coordination.
TOLD = (VoiceChannel.PHONE, VoiceChannel.PAPER, VoiceChannel.MEETING)


class PositionForm(Form):
    """Where an organisation stands on one recommendation; its fields' names begin with `r<number>-`."""

    support = RadioField(_l("Votre position"), default="", **said_of_choice(NOT_A_CHOICE))
    reason = TextAreaField(
        _l("Vos réserves ou vos raisons"),
        filters=[tidy],
        validators=[Length(max=2000, message=TOO_LONG)],
    )
    # Which words, and which answer of the organisation's, the page showed.
    version = HiddenField(default="0")
    seen = HiddenField(default="0")

    def fill(self) -> None:
        """Offer the four positions."""
        self.support.choices = [(word.value, gettext(text)) for word, text in SUPPORTS.items()]
        self.support.validate_choice = bool(self.support.data)


class VoiceForm(FlaskForm):
    """How the coordination was told."""

    channel = choice_field(
        _l("Comment l’organisation vous l’a dit"),
        InputRequired(_l("Choisissez dans la liste.")),
        default="phone",
    )

    def fill(self) -> None:
        """Offer the ways."""
        self.channel.choices = [(word.value, gettext(VOICE_CHANNELS[word])) for word in TOLD]


class EndorsementForm(FlaskForm):
    """Which recommendations the organisation co-signs, by whose decision."""

    recommendations = choices_field(
        _l("Nous co-signons"), DataRequired(_l("Cochez au moins une recommandation."))
    )
    body = line_field(_l("Organe qui a décidé"), 200, DataRequired(_l("Dites quel organe a décidé.")))
    decided_on = DateField(
        _l("Date de sa décision"),
        **said(NOT_A_DATE),
        validators=[InputRequired(_l("Choisissez la date de la décision."))],
    )
    signed_by = line_field(
        _l("Personne mandatée pour signer"), 120, DataRequired(_l("Écrivez le nom de la personne qui signe."))
    )


class ConsultationForm(FlaskForm):
    """The days of a consultation."""

    starts_on = DateField(
        _l("Du"), **said(NOT_A_DATE), validators=[InputRequired(_l("Choisissez le premier jour."))]
    )
    ends_on = DateField(
        _l("Au"), **said(NOT_A_DATE), validators=[InputRequired(_l("Choisissez le dernier jour."))]
    )
