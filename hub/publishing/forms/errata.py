"""The form of an erratum."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.publishing.forms.memoranda import NOT_A_CHOICE, TOO_LONG
from hub.recommendations.forms.fields import tidy
from memoranda.content import Edition

LONGEST = 4_000
WHOLE = 0


class ErratumForm(FlaskForm):
    """What is corrected, and in which demand."""

    recommendation = SelectField(_l("Ce qui est corrigé"), coerce=int, default=WHOLE, **NOT_A_CHOICE)
    text = TextAreaField(
        _l("Erratum"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Écrivez ce qui est corrigé.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )

    def offer(self, content: Edition, held: dict[str, int]) -> None:
        """Offer the demands of a content; `held` says which recommendation stands behind an anchor."""
        choices = [(WHOLE, gettext("L’édition dans son ensemble"))]
        choices += [
            (held[item.anchor], f"{item.number} · {item.title}")
            for item in content.items
            if item.anchor in held
        ]
        self.recommendation.choices = choices
