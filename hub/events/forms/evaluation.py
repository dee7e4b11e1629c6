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
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from hub.actors.forms.fields import DayField
from hub.events.forms.questions import fields_of, one_line, read, stripped
from hub.events.models.registrations import Question, QuestionKind, QuestionPurpose
from hub.events.operations.evaluation import KINDS
from hub.events.operations.questions import Draft
from hub.events.words import QUESTION_KINDS


class EvaluationQuestionForm(FlaskForm):
    """A question of an evaluation as a coordinator writes it."""

    label = TextAreaField(
        _l("La question"),
        [
            DataRequired(message=_l("Écrivez la question.")),
            Length(max=300, message=_l("Restez sous 300 signes.")),
        ],
        filters=[one_line],
    )
    help = StringField(
        _l("Explication sous la question"),
        [Length(max=300, message=_l("Restez sous 300 signes."))],
        filters=[one_line],
    )
    kind = SelectField(
        _l("Sorte de réponse"),
        choices=[SelectChoice(kind.value, QUESTION_KINDS[kind]) for kind in KINDS],
        default=QuestionKind.SCALE.value,
    )
    options = TextAreaField(
        _l("Réponses possibles"),
        filters=[stripped],
        description=_l("Une par ligne ; seulement pour « une réponse parmi » et « plusieurs réponses »."),
    )
    is_required = BooleanField(_l("Il faut y répondre pour envoyer son avis"))

    def draft(self) -> Draft:
        """Return the question as it was written."""
        lines = [one_line(line) for line in (self.options.data or "").splitlines()]
        return Draft(
            label=self.label.data or "",
            kind=QuestionKind(self.kind.data),
            purpose=QuestionPurpose.EVALUATION,
            help=self.help.data or "",
            options=tuple(line for line in lines if line),
            is_required=bool(self.is_required.data),
        )


def written(question: Question) -> dict[str, Any]:
    """Return a question as its form shows it."""
    return {
        "label": question.label,
        "help": question.help,
        "kind": question.kind.value,
        "options": "\n".join(question.options),
        "is_required": question.is_required,
    }


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
