"""Forms of accounts."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    EmailField,
    PasswordField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hub.accounts.models import Role

ROLES = {
    Role.MEMBER: _l("Membre"),
    Role.COORDINATOR: _l("Coordination"),
    Role.ADMINISTRATOR: _l("Administration"),
}
ROLE_NOTES = {
    Role.MEMBER: _l("Parle au nom d’une organisation ou anime un espace, selon ce qui lui est confié."),
    Role.COORDINATOR: _l("Tient le réseau : organisations, journées, recommandations, mémorandums."),
    Role.ADMINISTRATOR: _l("Fait tout ce que fait la coordination, et gère les comptes et les réglages."),
}
ROLE_CHOICES = [SelectChoice(role.value, word) for role, word in ROLES.items()]
EMAIL_MISSING = _l("Écrivez votre adresse mail.")
EMAIL_LONG = _l("Cette adresse est trop longue.")
PASSWORD_MISSING = _l("Écrivez le mot de passe.")
MOST_TYPED = 1000  # what is hashed has a bound; the rule itself stands in operations


class LinkRequest(FlaskForm):
    """Ask for a one-time link."""

    email = EmailField(
        _l("Adresse mail"),
        validators=[DataRequired(message=EMAIL_MISSING), Length(max=254, message=EMAIL_LONG)],
    )


class PasswordSignIn(FlaskForm):
    """Sign in by address and password."""

    email = EmailField(
        _l("Adresse mail"),
        validators=[DataRequired(message=EMAIL_MISSING), Length(max=254, message=EMAIL_LONG)],
    )
    password = PasswordField(
        _l("Mot de passe"),
        validators=[
            InputRequired(message=PASSWORD_MISSING),
            Length(max=MOST_TYPED, message=_l("Ce mot de passe est trop long.")),
        ],
    )


class NewPassword(FlaskForm):
    """Choose a password; the present one is asked where the view keeps its field."""

    current = PasswordField(
        _l("Mot de passe actuel"),
        validators=[
            InputRequired(message=_l("Écrivez votre mot de passe actuel.")),
            Length(max=MOST_TYPED, message=_l("Ce mot de passe est trop long.")),
        ],
    )
    password = PasswordField(
        _l("Nouveau mot de passe"),
        validators=[
            InputRequired(message=PASSWORD_MISSING),
            Length(max=MOST_TYPED, message=_l("Ce mot de passe est trop long.")),
        ],
    )


class Welcome(FlaskForm):
    """Open an account by an invitation; a password may be chosen."""

    password = PasswordField(
        _l("Mot de passe"),
        validators=[Optional(), Length(max=MOST_TYPED, message=_l("Ce mot de passe est trop long."))],
    )


class Invitation(FlaskForm):
    """Invite somebody to an account."""

    name = StringField(
        _l("Nom"),
        validators=[
            DataRequired(message=_l("Écrivez le nom de la personne.")),
            Length(max=120, message=_l("Au plus 120 caractères.")),
        ],
    )
    email = EmailField(
        _l("Adresse mail"),
        validators=[
            DataRequired(message=_l("Écrivez l’adresse mail de la personne.")),
            Length(max=254, message=EMAIL_LONG),
        ],
    )
    role = RadioField(
        _l("Rôle"),
        choices=ROLE_CHOICES,
        default=Role.COORDINATOR.value,
        validators=[InputRequired(message=_l("Choisissez un rôle."))],
    )


class RoleChange(FlaskForm):
    """Give an account another role."""

    role = RadioField(
        _l("Rôle"),
        choices=ROLE_CHOICES,
        validators=[InputRequired(message=_l("Choisissez un rôle."))],
    )
