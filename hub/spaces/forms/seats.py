"""Forms of seats: who sits, as what, and who speaks there."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import DateField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from hub.actors.models.mandates import Mandate
from hub.core import i18n
from hub.spaces.forms.spaces import REQUIRED, number, organisations
from hub.spaces.models.seats import RepresentationRole
from hub.spaces.models.spaces import MembershipRole
from hub.spaces.operations.representations import MandateFacts
from hub.spaces.words import REPRESENTATION_NAMES, ROLES


class MemberForm(FlaskForm):
    """A seat for an organisation."""

    organisation = SelectField(_l("Organisation"), [DataRequired(REQUIRED)], coerce=number)
    role = SelectField(
        _l("Rôle"), [DataRequired(REQUIRED)], coerce=MembershipRole, default=MembershipRole.MEMBER
    )
    starts_on = DateField(_l("Depuis le"), [Optional()])

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        self.organisation.choices = [("", _l("Choisissez une organisation")), *organisations(session)]
        self.role.choices = [(role.value, ROLES[role]) for role in MembershipRole]


class RoleForm(FlaskForm):
    """Another role from a day on."""

    new_role = SelectField(_l("Nouveau rôle"), [DataRequired(REQUIRED)], coerce=MembershipRole)
    from_day = DateField(_l("À partir du"), [DataRequired(REQUIRED)])

    def offer(self, present: MembershipRole) -> None:
        """Offer the other roles."""
        self.new_role.choices = [(role.value, ROLES[role]) for role in MembershipRole if role is not present]


class EndForm(FlaskForm):
    """The end of a seat."""

    last_day = DateField(_l("Dernier jour"), [DataRequired(REQUIRED)])
    reason = TextAreaField(_l("Pourquoi"), [DataRequired(REQUIRED), Length(max=2000)])


class StopForm(FlaskForm):
    """Somebody no longer speaks in a seat: at once, or after a day."""

    last_day = DateField(_l("Dernier jour"), [Optional()])


class RepresentationForm(FlaskForm):
    """Somebody who speaks for the organisation in its seat, by a mandate that is known or a new one."""

    role = RadioField(
        _l("Place"),
        [DataRequired(REQUIRED)],
        coerce=RepresentationRole,
        default=RepresentationRole.REPRESENTATIVE,
    )
    mandate = SelectField(_l("Mandat"), [Optional()], coerce=number)
    name = StringField(_l("Nom"), [Length(max=120, message=_l("120 signes au plus."))])
    email = EmailField(_l("Adresse mail"), [Length(max=254)])
    function = StringField(_l("Fonction"), [Optional(), Length(max=120, message=_l("120 signes au plus."))])
    scope = StringField(_l("Pour quoi"), [Optional(), Length(max=200, message=_l("200 signes au plus."))])
    reach = RadioField(_l("Ce mandat vaut"), [Optional()], default="seat")
    starts_on = DateField(_l("Du"), [Optional()])
    ends_on = DateField(_l("Au"), [Optional()])
    decided_by = StringField(
        _l("Décidé par"), [Optional(), Length(max=200, message=_l("200 signes au plus."))]
    )
    decided_on = DateField(_l("Décidé le"), [Optional()])

    def offer(self, mandates: Sequence[Mandate]) -> None:
        """Fill the lists to choose from."""
        self.role.choices = [(role.value, REPRESENTATION_NAMES[role]) for role in RepresentationRole]
        self.reach.choices = [
            ("seat", _l("pour ce siège seulement")),
            ("everything", _l("pour tout ce qui engage l’organisation")),
        ]
        self.mandate.choices = [("", _l("Un nouveau mandat")), *[(row.id, _told(row)) for row in mandates]]

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for a name and an address where no mandate is chosen."""
        fine = bool(super().validate(extra_validators))
        if self.mandate.data is None:
            for field in (self.name, self.email):
                if not (field.data or "").strip():
                    field.errors = [*field.errors, REQUIRED]
                    fine = False
        return fine

    def facts(self, today: date) -> MandateFacts:
        """Return what is said of a new mandate; it begins today if no day is told."""
        return MandateFacts(
            starts_on=self.starts_on.data or today,
            ends_on=self.ends_on.data,
            function=self.function.data or "",
            scope=self.scope.data or "",
            is_limited=self.reach.data != "everything",
            decided_by=self.decided_by.data or "",
            decided_on=self.decided_on.data,
        )


def _told(row: Mandate) -> str:
    until = f" → {i18n.format_short_date(row.ends_on)}" if row.ends_on else ""
    return " · ".join(part for part in (row.person.name, row.scope or row.function) if part) + until
