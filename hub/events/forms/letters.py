"""A day's own words for a mail, and its hour."""

from datetime import datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    Field,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from hub.core import clock
from hub.core.errors import DomainError
from hub.events.forms.questions import one_line
from hub.events.models.days import Event, Mode
from hub.events.operations import mailings

LONGEST = 6000


def known_blanks(form: FlaskForm, field: Field) -> None:
    """Refuse blanks that stand for nothing, beside the field."""
    try:
        mailings.check_words(field.data or "", field=field.name, is_subject=field.name == "subject")
    except DomainError as problem:
        raise ValidationError(gettext(problem.msgid, **problem.params)) from problem
    del form


class LetterForm(FlaskForm):
    """Subject and text of a mail."""

    subject = StringField(
        _l("Objet"),
        [
            InputRequired(message=_l("Écrivez l’objet du mail.")),
            Length(max=200, message=_l("Restez sous 200 signes.")),
            known_blanks,
        ],
        filters=[one_line],
    )
    body = TextAreaField(
        _l("Texte"),
        [
            InputRequired(message=_l("Écrivez le texte du mail.")),
            Length(max=LONGEST, message=_l("Restez sous 6000 signes.")),
            known_blanks,
        ],
    )
    body_online = TextAreaField(
        _l("Texte pour qui suit en ligne"),
        [Length(max=LONGEST, message=_l("Restez sous 6000 signes.")), known_blanks],
        description=_l("Vide : le même texte. {lien-en-ligne} y met l’adresse de la réunion en ligne."),
    )
    example = RadioField(
        _l("Montrer le mail d’une personne"),
        choices=[
            SelectChoice(Mode.ONSITE.value, _l("sur place")),
            SelectChoice(Mode.ONLINE.value, _l("en ligne")),
        ],
        default=Mode.ONSITE.value,
        validate_choice=False,
    )

    def prepare(self, event: Event) -> None:
        """Leave out what a day of one mode doesn't need."""
        if event.mode is not Mode.HYBRID:
            del self.body_online
            del self.example

    def online_text(self) -> str:
        """Return the text for who follows online, or nothing."""
        return (self.body_online.data or "") if "body_online" in self else ""


class HourForm(FlaskForm):
    """When a mail leaves; an empty day: not by itself."""

    send_on = DateField(_l("Jour d’envoi"), [Optional()])
    send_time = TimeField(_l("Heure d’envoi"), [Optional()])

    def validate_send_on(self, field: Field) -> None:
        """Ask for the hour where there is a day."""
        if self.send_time.data is None and not self.send_time.errors:
            raise ValidationError(gettext("Choisissez aussi l’heure, ou laissez les deux vides."))
        del field

    def validate_send_time(self, field: Field) -> None:
        """Ask for the day where there is an hour."""
        if self.send_on.data is None and not self.send_on.errors:
            raise ValidationError(gettext("Choisissez aussi le jour, ou laissez les deux vides."))
        del field

    def send_at(self) -> datetime | None:
        """Return the moment, or None where nothing is chosen."""
        if self.send_on.data is None or self.send_time.data is None:
            return None
        return clock.at(self.send_on.data, self.send_time.data)
