"""Forms of joining: asking for a seat, inviting to one, answering, being kept informed."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from hub.actors.models.organisations import Organisation
from hub.spaces.forms.spaces import REQUIRED, number, organisations
from hub.spaces.models.spaces import MembershipRole, Space
from hub.spaces.operations.joining import LONGEST, Sitter
from hub.spaces.words import ROLES

TOO_LONG = _l("2 000 signes au plus.")


class ConfirmForm(FlaskForm):
    """A gesture that needs nothing but its confirmation (and its CSRF token)."""


class RequestForm(FlaskForm):
    """An organisation asks for a seat."""

    space = SelectField(_l("Espace"), [DataRequired(REQUIRED)], coerce=number)
    organisation = SelectField(_l("Au nom de"), [DataRequired(REQUIRED)], coerce=number)
    words = TextAreaField(
        _l("Pourquoi vous souhaitez y siéger"), [Optional(), Length(max=LONGEST, message=TOO_LONG)]
    )

    def offer(self, spaces: Sequence[Space], mine: Sequence[Organisation]) -> None:
        """Fill the lists to choose from; one alone is chosen already."""
        self.space.choices = [(row.id, row.name) for row in spaces]
        self.organisation.choices = [(row.id, row.name) for row in mine]


class AcceptForm(FlaskForm):
    """A seat is given."""

    role = SelectField(
        _l("Rôle"), [DataRequired(REQUIRED)], coerce=MembershipRole, default=MembershipRole.MEMBER
    )

    def offer(self) -> None:
        """Fill the list to choose from."""
        self.role.choices = [(role.value, ROLES[role]) for role in MembershipRole]


class DeclineForm(FlaskForm):
    """A seat is refused, with a reason."""

    reason = TextAreaField(_l("Pourquoi"), [DataRequired(REQUIRED), Length(max=LONGEST, message=TOO_LONG)])


class InviteForm(FlaskForm):
    """An organisation is invited to sit."""

    organisation = SelectField(_l("Organisation"), [DataRequired(REQUIRED)], coerce=number)
    role = SelectField(
        _l("Rôle"), [DataRequired(REQUIRED)], coerce=MembershipRole, default=MembershipRole.MEMBER
    )
    email = EmailField(_l("Adresse mail de l’organisation"), [Optional(), Length(max=254)])
    words = TextAreaField(_l("Un mot pour elle"), [Optional(), Length(max=LONGEST, message=TOO_LONG)])

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        self.organisation.choices = [("", _l("Choisissez une organisation")), *organisations(session)]
        self.role.choices = [(role.value, ROLES[role]) for role in MembershipRole]


class TakeSeatForm(FlaskForm):
    """An organisation says yes, and who will represent it if that is known."""

    name = StringField(_l("Nom"), [Optional(), Length(max=120, message=_l("120 signes au plus."))])
    email = EmailField(_l("Adresse mail"), [Optional(), Length(max=254)])
    function = StringField(_l("Fonction"), [Optional(), Length(max=120, message=_l("120 signes au plus."))])
    decided_by = StringField(
        _l("Organe qui donne ce mandat"), [Optional(), Length(max=200, message=_l("200 signes au plus."))]
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for name and address together, or for neither."""
        fine = bool(super().validate(extra_validators))
        told = {field: bool((field.data or "").strip()) for field in (self.name, self.email)}
        if any(told.values()) or (self.function.data or "").strip() or (self.decided_by.data or "").strip():
            for field, is_told in told.items():
                if not is_told:
                    field.errors = [*field.errors, REQUIRED]
                    fine = False
        return fine

    def sitter(self) -> Sitter | None:
        """Return who is named, or nobody."""
        if not (self.name.data or "").strip():
            return None
        return Sitter(
            self.name.data or "", self.email.data or "", self.function.data or "", self.decided_by.data or ""
        )


class NoThanksForm(FlaskForm):
    """An organisation says no; it need not say why."""

    reason = TextAreaField(_l("Un mot de réponse"), [Optional(), Length(max=LONGEST, message=TOO_LONG)])


class AddressForm(FlaskForm):
    """Somebody's address, to write to."""

    email = EmailField(
        _l("Votre adresse mail"),
        [DataRequired(_l("Écrivez votre adresse mail.")), Length(max=254)],
        render_kw={"autocomplete": "email"},
    )
