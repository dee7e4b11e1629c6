"""The form of the network's identity."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, ColorField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional, Regexp

from hub.core.colour import HEX
from hub.core.errors import DomainError
from hub.core.mail import address

REQUIRED = _l("Remplissez ce champ.")
TOO_LONG = _l("%(max)d signes au plus.")


class IdentityForm(FlaskForm):
    """What the pages, mails and memoranda say of the network."""

    name = StringField(_l("Nom du réseau"), [DataRequired(REQUIRED), Length(max=200, message=TOO_LONG)])
    short_name = StringField(_l("Nom court"), [DataRequired(REQUIRED), Length(max=40, message=TOO_LONG)])
    tagline = StringField(_l("Phrase d’accroche"), [Optional(), Length(max=200, message=TOO_LONG)])
    about = TextAreaField(_l("Présentation"), [Optional(), Length(max=5000, message=TOO_LONG)])
    territory = StringField(_l("Territoire"), [Optional(), Length(max=200, message=TOO_LONG)])
    contact_email = StringField(_l("Adresse mail du réseau"), [Optional()])
    contact_phone = StringField(_l("Téléphone"), [Optional(), Length(max=40, message=TOO_LONG)])
    address = TextAreaField(_l("Adresse postale"), [Optional(), Length(max=500, message=TOO_LONG)])
    website = StringField(
        _l("Site web"),
        [Optional(), Regexp(r"https?://[^\s]+$", message=_l("Commencez l’adresse par https://."))],
    )
    primary_colour = ColorField(
        _l("Couleur du réseau"),
        [Optional(), Regexp(HEX.pattern + "$", HEX.flags, message=_l("Choisissez une couleur."))],
    )
    logo = FileField(_l("Logo"), [Optional()])
    remove_logo = BooleanField(_l("Retirer le logo actuel"))

    def validate_contact_email(self, field: Any) -> None:
        """Refuse what is not exactly one address."""
        try:
            field.data = address(field.data)
        except DomainError as problem:
            raise ValidationError(_(problem.msgid)) from problem
