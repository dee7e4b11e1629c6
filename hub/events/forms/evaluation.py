"""The questions of an evaluation, until when they are asked, and the form that is answered without name."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import DataRequired

from hub.actors.forms.fields import DayField
from hub.events.forms.questions import PlainQuestionForm, fields_of, read
from hub.events.models.registrations import Question, QuestionKind, QuestionPurpose
from hub.events.operations.evaluation import KINDS
from hub.events.operations.questions import Draft
from hub.events.words import QUESTION_KINDS


class EvaluationQuestionForm(PlainQuestionForm):
    """A question of an evaluation as a coordinator writes it."""

    kind = SelectField(
        _l("Sorte de réponse"),
        choices=[SelectChoice(kind.value, QUESTION_KINDS[kind]) for kind in KINDS],
        default=QuestionKind.SCALE.value,
    )
    is_required = BooleanField(_l("Il faut y répondre pour envoyer son avis"))

    def draft(self, purpose: QuestionPurpose = QuestionPurpose.EVALUATION) -> Draft:
        """Return the question as it was written."""
        return super().draft(purpose)


class OpenForm(FlaskForm):
    """Until when answers are taken."""

    last_day = DayField(
        _l("Dernier jour pour répondre, inclus"),
        [DataRequired(message=_l("Dites jusqu’à quel jour on peut répondre."))],
    )

    def day(self) -> date:
        """Return the day that was chosen."""
        chosen = self.last_day.data
        if chosen is None:
            raise ValueError("the form was not validated")
        return chosen


def reply_form(questions: Sequence[Question], **given: Any) -> FlaskForm:
    """Return the form of a day's questions; it asks for nothing else."""
    form = type("ReplyForm", (FlaskForm,), fields_of(questions))
    made: FlaskForm = form(**given)
    return made


def answers_of(form: FlaskForm, questions: Sequence[Question]) -> dict[int, Any]:
    """Return question number → answer, as the operation takes it."""
    return dict(read(form, questions))
