"""The forms of recipients, of the letter and of what was handed over."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from sqlalchemy.orm import Session
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from hub.publishing.models.recipients import RecipientKind, SendingWay
from hub.publishing.operations import recipients, sendings
from hub.publishing.queries import recipients as queries
from hub.publishing.words import RECIPIENTS, WAYS
from hub.recommendations.forms.fields import said, tidy

TOO_LONG = _l("Ce texte est trop long : %(max)d signes au plus.")
NOT_A_CHOICE: dict[str, Any] = {"invalid_choice_message": _l("Choisissez dans la liste.")}
NOBODY = 0


def _line(label: Any, longest: int, *more: Any) -> StringField:
    return StringField(label, filters=[tidy], validators=[*more, Length(max=longest, message=TOO_LONG)])


def _long(label: Any, longest: int, *more: Any) -> TextAreaField:
    return TextAreaField(label, filters=[tidy], validators=[*more, Length(max=longest, message=TOO_LONG)])


class RecipientForm(FlaskForm):
    """Who receives a memorandum."""

    kind = SelectField(_l("En quelle qualité"), default=RecipientKind.CANDIDATE.value, **NOT_A_CHOICE)
    name = _line(_l("Nom"), recipients.LONGEST["name"], DataRequired(_l("Écrivez un nom.")))
    list_name = _line(_l("Liste ou parti"), recipients.LONGEST["list_name"])
    commune = SelectField(_l("Commune"), coerce=int, default=NOBODY, **NOT_A_CHOICE)
    email = _line(_l("Adresse mail publique"), recipients.LONGEST["email"])
    address = _long(_l("Adresse postale publique"), recipients.LONGEST["address"])
    source = _line(_l("Où cette adresse est publique"), recipients.LONGEST["source"])

    def offer(self, session: Session) -> None:
        """Fill the lists."""
        self.kind.choices = [(kind.value, gettext(word)) for kind, word in RECIPIENTS.items()]
        self.commune.choices = [(NOBODY, gettext("Aucune en particulier"))] + [
            (row.id, row.name) for row in session.scalars(queries.communes())
        ]


class RegisterForm(FlaskForm):
    """Parties and authorities of the register."""

    organisations = SelectMultipleField(
        _l("Partis et pouvoirs publics"), coerce=int, **NOT_A_CHOICE,
        validators=[DataRequired(_l("Choisissez au moins une organisation."))],
    )  # fmt: skip

    def offer(self, session: Session) -> None:
        """Fill the list."""
        self.organisations.choices = [
            (row.id, f"{row.name} ({row.kind.label})") for row in session.scalars(queries.addressable())
        ]


class TableForm(FlaskForm):
    """A table of recipients."""

    file = FileField(_l("Tableau"), validators=[FileRequired(message=_l("Choisissez un fichier."))])


class KeepForm(FlaskForm):
    """For how long candidates are kept."""

    months = IntegerField(
        _l("Mois de conservation après l’élection"),
        **said(_l("Écrivez un nombre de mois.")),
        validators=[
            InputRequired(_l("Écrivez un nombre de mois.")),
            NumberRange(0, recipients.MOST_MONTHS, message=_l("Choisissez de %(min)s à %(max)s mois.")),
        ],
    )


class LetterForm(FlaskForm):
    """The letter that goes with an edition."""

    subject = _line(_l("Objet"), sendings.LONGEST_SUBJECT, DataRequired(_l("Écrivez l’objet.")))
    text = _long(_l("Texte de la lettre"), sendings.LONGEST_TEXT, DataRequired(_l("Écrivez la lettre.")))
    variant = SelectField(_l("Le lien mène à"), default=sendings.FULL, **NOT_A_CHOICE)

    def offer(self, leaflets: dict[str, str], chosen: str = "") -> None:
        """Fill the list of what the link may lead to."""
        words = {
            sendings.FULL: gettext("l’édition complète"),
            sendings.FITTING: gettext("le feuillet de chaque destinataire, s’il y en a un"),
            **leaflets,
        }
        if chosen:
            words.setdefault(chosen, chosen)  # a leaflet that this edition no longer has
        self.variant.choices = list(words.items())


class HandedForm(FlaskForm):
    """What was posted or handed over."""

    way = SelectField(_l("De quelle façon"), default=SendingWay.POST.value, **NOT_A_CHOICE)
    sent_on = DateField(
        _l("Quel jour"),
        **said(_l("Écrivez une date, par exemple 06/06/2026.")),
        validators=[InputRequired(_l("Choisissez le jour."))],
    )
    note = _line(_l("Note"), 500)
    recipients = SelectMultipleField(
        _l("À qui"), coerce=int, **NOT_A_CHOICE,
        validators=[DataRequired(_l("Choisissez au moins un destinataire."))],
    )  # fmt: skip

    def offer(self, rows: list[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.way.choices = [
            (way.value, gettext(word)) for way, word in WAYS.items() if way is not SendingWay.EMAIL
        ]
        self.recipients.choices = rows
