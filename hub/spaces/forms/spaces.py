"""Forms of spaces."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Territory, Theme
from hub.spaces.models.spaces import MembershipRole, SpaceKind, SpaceState
from hub.spaces.words import KINDS, ROLES, STATES

REQUIRED = _l("Remplissez ce champ.")
NOT_OFFERED = _l("Choisissez dans la liste.")


def number(value: Any) -> int | None:
    """Read a choice that may be left open."""
    return int(value) if value not in (None, "", "None") else None


class SpaceForm(FlaskForm):
    """What is said of a space."""

    name = StringField(
        _l("Nom"), [DataRequired(REQUIRED), Length(max=200, message=_l("200 signes au plus."))]
    )
    kind = SelectField(_l("Sorte d’espace"), [DataRequired(REQUIRED)], coerce=SpaceKind)
    state = SelectField(_l("État"), [DataRequired(REQUIRED)], coerce=SpaceState, default=SpaceState.ACTIVE)
    purpose = TextAreaField(_l("Ce que cet espace fait"), [Optional()])
    themes = SelectMultipleField(_l("Thèmes et droits"), [Optional()], coerce=int)
    level_id = SelectField(_l("Niveau de pouvoir"), [Optional()], coerce=number)
    territory_id = SelectField(_l("Territoire"), [Optional()], coerce=number)
    starts_on = DateField(_l("Depuis le"), [Optional()])
    ends_on = DateField(_l("Jusqu’au"), [Optional()])

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        self.kind.choices = [(kind.value, KINDS[kind]) for kind in SpaceKind]
        self.state.choices = [(state.value, STATES[state]) for state in SpaceState]
        self.themes.choices = [
            (row.id, row.label)
            for row in session.scalars(select(Theme).order_by(Theme.position, Theme.label))
        ]
        levels = session.scalars(select(Level).order_by(Level.position))
        self.level_id.choices = [("", _l("Non précisé")), *[(row.id, row.label) for row in levels]]
        territories = session.scalars(select(Territory).order_by(Territory.name))
        self.territory_id.choices = [("", _l("Non précisé")), *[(row.id, row.name) for row in territories]]


class MemberForm(FlaskForm):
    """A seat for an organisation."""

    organisation = SelectField(_l("Organisation"), [DataRequired(REQUIRED)], coerce=number)
    role = SelectField(
        _l("Rôle"), [DataRequired(REQUIRED)], coerce=MembershipRole, default=MembershipRole.MEMBER
    )
    starts_on = DateField(_l("Depuis le"), [Optional()])

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        rows = session.execute(
            select(Organisation.id, Organisation.name)
            .where(Organisation.merged_into_id.is_(None))
            .order_by(Organisation.name)
        )
        self.organisation.choices = [
            ("", _l("Choisissez une organisation")),
            *[(i, name) for i, name in rows],
        ]
        self.role.choices = [(role.value, ROLES[role]) for role in MembershipRole]


class FacilitatorForm(FlaskForm):
    """Somebody who facilitates the space."""

    user = SelectField(_l("Personne"), [DataRequired(REQUIRED)], coerce=number)

    def offer(self, session: Session) -> None:
        """Fill the list to choose from."""
        rows = session.execute(select(User.id, User.name).where(User.is_active).order_by(User.name))
        self.user.choices = [("", _l("Choisissez une personne")), *[(i, name) for i, name in rows]]
