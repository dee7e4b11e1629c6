"""The fields of a day's own questions, and the form in which a coordinator writes one."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    Field,
    Form,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from hub.actors.forms.fields import DayField
from hub.events.models.registrations import Question, QuestionKind, QuestionPurpose, Unmet
from hub.events.operations.questions import Draft
from hub.events.values import answers, typed
from hub.events.words import QUESTION_KINDS

YES, NO = "yes", "no"
YES_NO = {YES: True, NO: False}
SAID = {True: YES, False: NO}
STEPS = {str(step): step for step in answers.SCALE}
SCALE = [SelectChoice(str(step), str(step)) for step in answers.SCALE]


class FigureField(StringField):
    """A number as people write it: « 1 250 », « 12,5 »."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; nothing is no number."""
        text = "".join((valuelist[0] if valuelist else "").split()).replace(",", ".")
        self.data = None
        if not text:
            return
        try:
            number = float(text)
        except ValueError as problem:
            raise ValueError(gettext("Écrivez un nombre, par exemple 12 ou 12,5.")) from problem
        self.data = int(number) if number.is_integer() else number

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data).replace(".", ",")


def fields_of(questions: Iterable[answers.Asked], *, insists: bool = True) -> dict[str, Any]:
    """Return a field for each question, by its name in a form; `insists`: none may lack."""
    return {answers.field_of(question): field_for(question, insists=insists) for question in questions}


def needed_of(question: answers.Asked) -> list[Any]:
    """Return what refuses that a question stays without answer."""
    return [InputRequired(message=gettext(answers.lacking(question)))]


def field_for(question: answers.Asked, *, insists: bool = True) -> Any:
    """Return the field that a question's kind asks for."""
    must = answers.must_answer(question)
    needed = needed_of(question) if must else [Optional()]
    if not insists:
        needed = []
    given: dict[str, Any] = {"description": question.help}
    label = answers.wording(question)
    match question.kind:
        case QuestionKind.TEXT:
            return StringField(label, [*needed, _most(answers.SHORT)], filters=[one_line], **given)
        case QuestionKind.LONG_TEXT:
            return TextAreaField(label, [*needed, _most(answers.LONG)], filters=[stripped], **given)
        case QuestionKind.NUMBER:
            return FigureField(
                label, needed, render_kw={"inputmode": "decimal", "autocomplete": "off"}, **given
            )
        case QuestionKind.DATE:
            return DayField(label, [*needed, whole_year], **given)
        case QuestionKind.MANY:
            choices = [SelectChoice(option, option) for option in question.options]
            return SelectMultipleField(label, needed, choices=choices, validate_choice=False, **given)
        case QuestionKind.YES_NO:
            choices = [SelectChoice(YES, _l("Oui")), SelectChoice(NO, _l("Non"))]
        case QuestionKind.SCALE:
            choices = SCALE
        case _:
            choices = [SelectChoice(option, option) for option in question.options]
    if not must:
        choices = [*choices, SelectChoice("", _l("Sans réponse"))]
    return RadioField(label, needed, choices=choices, default="", validate_choice=False, **given)


def whole_year(_form: Form, field: Field) -> None:
    """Refuse a year that was not typed to its end: « 0024 »."""
    if field.data is not None and field.data.year not in answers.YEARS:
        raise ValidationError(gettext("Vérifiez l’année de cette date."))


def _most(signs: int) -> Length:
    return Length(max=signs, message=gettext("Restez sous %(count)s signes.", count=signs))


def one_line(text: str | None) -> str:
    """Return the text without line ends or blanks around it."""
    return " ".join(typed.visible(text).split())


def stripped(text: str | None) -> str:
    """Return the text without blanks around it, its lines ended one way."""
    return typed.visible(text).strip()


def read(form: Form, questions: Iterable[answers.Asked]) -> tuple[tuple[int, Any], ...]:
    """Return (question number, answer) of what was answered, as `answers.clean` takes it."""
    found = []
    for question in questions:
        name = answers.field_of(question)
        if name not in form:
            continue
        value = form[name].data
        if question.kind == QuestionKind.YES_NO:
            value = YES_NO.get(value, value)  # what is neither is refused, not forgotten
        elif question.kind == QuestionKind.SCALE:
            value = STEPS.get(value, value)
        found.append((question.id, value))
    return tuple(found)


def shown(question: answers.Asked, value: Any) -> Any:
    """Return a stored answer as its field holds it."""
    if question.kind == QuestionKind.YES_NO:
        return SAID.get(value, "")
    if question.kind == QuestionKind.SCALE:
        return str(value)
    return answers.as_date(value) if question.kind == QuestionKind.DATE else value


class PlainQuestionForm(FlaskForm):
    """A question as a coordinator writes it, wherever it is asked."""

    label = TextAreaField(
        _l("La question"),
        [
            InputRequired(message=_l("Écrivez la question.")),
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
        choices=[SelectChoice(kind.value, QUESTION_KINDS[kind]) for kind in QuestionKind],
        default=QuestionKind.TEXT.value,
    )
    options = TextAreaField(
        _l("Réponses possibles"),
        filters=[stripped],
        description=_l("Une par ligne ; seulement pour « une réponse parmi » et « plusieurs réponses »."),
    )
    is_required = BooleanField(_l("Il faut y répondre pour envoyer"))

    def draft(self, purpose: QuestionPurpose = QuestionPurpose.SIGN_UP) -> Draft:
        """Return the question as it was written."""
        lines = [one_line(line) for line in (self.options.data or "").splitlines()]
        return Draft(
            label=self.label.data or "",
            kind=QuestionKind(self.kind.data),
            purpose=purpose,
            help=self.help.data or "",
            options=tuple(line for line in lines if line),
            is_required=bool(self.is_required.data),
        )


def plainly(question: answers.Asked) -> dict[str, Any]:
    """Return a question as that form shows it."""
    return {
        "label": question.label,
        "help": question.help,
        "kind": question.kind.value,
        "options": "\n".join(question.options),
        "is_required": question.is_required,
    }


class ThresholdField(IntegerField):
    """A whole number whose refusal says what is expected."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; nothing is no threshold."""
        try:
            super().process_formdata(valuelist if "".join(valuelist).strip() else [])
        except ValueError as problem:
            raise ValueError(gettext("Le seuil est un nombre entier, de 1 à 1 000.")) from problem


class QuestionForm(FlaskForm):
    """A question as a coordinator writes it."""

    purpose = RadioField(
        _l("À quoi sert cette question ?"),
        choices=[
            SelectChoice(QuestionPurpose.SIGN_UP.value, _l("À préparer la journée")),
            SelectChoice(QuestionPurpose.ELIGIBILITY.value, _l("À savoir qui peut venir (oui ou non)")),
        ],
        default=QuestionPurpose.SIGN_UP.value,
    )
    label = TextAreaField(
        _l("La question"),
        [
            InputRequired(message=_l("Écrivez la question.")),
            Length(max=300, message=_l("Restez sous 300 signes.")),
        ],
        filters=[one_line],
        description=_l("Pour un seuil, écrivez {seuil} là où le nombre doit paraître."),
    )
    help = StringField(
        _l("Explication sous la question"),
        [Length(max=300, message=_l("Restez sous 300 signes."))],
        filters=[one_line],
    )
    kind = SelectField(
        _l("Sorte de réponse"),
        choices=[
            SelectChoice(kind.value, QUESTION_KINDS[kind])
            for kind in QuestionKind
            if kind != QuestionKind.SCALE
        ],
        default=QuestionKind.TEXT.value,
    )
    options = TextAreaField(
        _l("Réponses possibles"),
        filters=[stripped],
        description=_l("Une par ligne ; seulement pour « une réponse parmi » et « plusieurs réponses »."),
    )
    is_required = BooleanField(_l("Il faut y répondre pour s’inscrire"))
    expected = RadioField(
        _l("Qui peut venir ?"),
        choices=[
            SelectChoice(YES, _l("Qui répond « oui »")),
            SelectChoice(NO, _l("Qui répond « non »")),
        ],
        default=YES,
    )
    threshold = ThresholdField(
        _l("Seuil"), [Optional()], description=_l("Un nombre, d’années par exemple. Vide : sans seuil.")
    )
    unmet = RadioField(
        _l("Si la réponse est l’autre"),
        choices=[
            SelectChoice(Unmet.CHECK.value, _l("Une personne de l’équipe regarde la demande et décide")),
            SelectChoice(
                Unmet.REFUSE.value, _l("L’inscription s’arrête là, avec une explication ; rien n’est noté")
            ),
        ],
        default=Unmet.CHECK.value,
    )

    def validate_threshold(self, field: IntegerField) -> None:
        """Say in the page's language what is not a number."""
        if field.data is not None and not 1 <= field.data <= 1000:  # noqa: PLR2004
            raise ValidationError(gettext("Le seuil va de 1 à 1 000."))

    def draft(self) -> Draft:
        """Return the question as it was written."""
        is_gate = self.purpose.data == QuestionPurpose.ELIGIBILITY.value
        lines = [one_line(line) for line in (self.options.data or "").splitlines()]
        return Draft(
            label=self.label.data or "",
            help=self.help.data or "",
            purpose=QuestionPurpose(self.purpose.data),
            kind=QuestionKind.YES_NO if is_gate else QuestionKind(self.kind.data),
            options=tuple(line for line in lines if line),
            is_required=bool(self.is_required.data),
            threshold=self.threshold.data if is_gate else None,
            expected=self.expected.data == YES if is_gate else None,
            unmet=Unmet(self.unmet.data) if is_gate else Unmet.CHECK,
        )


def written(question: Question | Draft) -> dict[str, Any]:
    """Return a question as its form shows it."""
    return {
        "purpose": question.purpose.value,
        "label": question.label,
        "help": question.help,
        "kind": question.kind.value,
        "options": "\n".join(question.options),
        "is_required": question.is_required,
        "expected": SAID.get(question.expected if question.expected is not None else True),
        "threshold": question.threshold,
        "unmet": question.unmet.value,
    }
