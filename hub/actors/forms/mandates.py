"""Forms about mandates."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    EmailField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

NOW, LATER = "now", "later"
DAY_WRONG = _l("Écrivez une date, par exemple 14/02/2026.")


class Day(DateField):
    """A date whose error is said in French."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date; one that can't be read stays as typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(DAY_WRONG) from problem


class Representative(FlaskForm):
    """Invite somebody to speak for an organisation."""

    name = StringField(
        _l("Nom de la personne"),
        validators=[
            DataRequired(message=_l("Écrivez le nom de la personne.")),
            Length(max=120, message=_l("Au plus 120 caractères.")),
        ],
    )
    email = EmailField(
        _l("Adresse mail"),
        validators=[
            DataRequired(message=_l("Écrivez l’adresse mail de la personne.")),
            Length(max=254, message=_l("Cette adresse est trop longue.")),
        ],
    )
    function = StringField(
        _l("Fonction"),
        validators=[
            DataRequired(message=_l("Écrivez la fonction de la personne dans l’organisation.")),
            Length(max=120, message=_l("Au plus 120 caractères.")),
        ],
    )
    scope = StringField(
        _l("Objet du mandat"), validators=[Length(max=200, message=_l("Au plus 200 caractères."))]
    )
    starts_on = Day(_l("Premier jour"), validators=[InputRequired(message=_l("Écrivez le premier jour."))])
    ends_on = Day(_l("Dernier jour"), validators=[Optional()])


class Ending(FlaskForm):
    """End a mandate, at once or after a last day."""

    when = RadioField(
        _l("Quand le mandat prend-il fin ?"),
        choices=[SelectChoice(NOW, _l("Tout de suite")), SelectChoice(LATER, _l("À la fin d’un jour"))],
        default=NOW,
        validators=[InputRequired(message=_l("Choisissez quand."))],
    )
    last_day = Day(_l("Dernier jour du mandat"), validators=[Optional()])
