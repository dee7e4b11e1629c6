"""The forms by which a change of one paragraph is proposed, and answered."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hub.recommendations.forms.fields import (
    NOT_A_CHOICE,
    TOO_LONG,
    choice_field,
    long_field,
    said_of_choice,
    tidy,
)
from hub.recommendations.forms.lineage import MEETING, fill_meetings
from hub.recommendations.models.versions import WEIGHTS
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space

SHOWN = 90  # signs of a paragraph in a list of choice


def _why(label: Any) -> TextAreaField:
    return TextAreaField(label, filters=[tidy], validators=[Length(max=2000, message=TOO_LONG)])


class AmendForm(FlaskForm):
    """Other words for one paragraph, and why; the hidden fields say of which words the page spoke."""

    after = long_field(_l("Ce que vous proposez"))
    reason = TextAreaField(
        _l("Pourquoi"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Dites pourquoi vous le proposez.")),
            Length(max=2000, message=TOO_LONG),
        ],
    )
    part = HiddenField(default="")
    paragraph = HiddenField(default="")
    version = HiddenField(default="")
    key = HiddenField(default="")


class SpaceAmendForm(AmendForm):
    """The same, in the name of a space, perhaps in one of its meetings."""

    space = choice_field(
        _l("Espace qui le propose"), InputRequired(_l("Choisissez dans la liste.")), default=""
    )
    meeting = choice_field(MEETING, default="")

    def offer(self, spaces: Collection[Space], meetings: list[Meeting]) -> None:
        """Offer spaces and meetings."""
        self.space.choices = [("", gettext("Choisir…")), *((str(row.id), row.name) for row in spaces)]
        fill_meetings(self.meeting, meetings)


class AnswerForm(FlaskForm):
    """What is answered to an amendment; the button that is pressed says which answer it is."""

    words = long_field(_l("Les mots que vous retenez"))
    place = SelectField(_l("À la place de"), **said_of_choice(NOT_A_CHOICE))
    weight = RadioField(_l("Ce changement est"), default="minor", **said_of_choice(NOT_A_CHOICE))
    answer = _why(_l("Votre réponse"))
    seen = HiddenField(default="")

    def fill(self, found: Sequence[str]) -> None:
        """Offer the paragraphs of today, and the end of the text; and the two weights."""
        self.place.choices = [
            *((str(number), _short(words)) for number, words in enumerate(found)),
            (str(len(found)), gettext("À la fin du texte")),
        ]
        self.weight.choices = [(word.value, gettext(text)) for word, text in WEIGHTS.items()]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[:SHOWN].rsplit(" ", 1)[0] + "…"
