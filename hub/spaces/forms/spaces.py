"""Forms of spaces."""

from itertools import groupby
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Territory, Theme
from hub.actors.values.words import THEME_KINDS
from hub.spaces.models.spaces import Space, SpaceKind, SpaceState
from hub.spaces.words import KINDS, STATES

REQUIRED = _l("Remplissez ce champ.")
NOT_OFFERED = _l("Choisissez dans la liste.")


def number(value: Any) -> int | None:
    """Read a choice that may be left open."""
    return int(value) if value not in (None, "", "None") else None


class SpaceForm(FlaskForm):
    """What is said of a space; the page shows the fields that its kind needs (`shows`)."""

    name = StringField(
        _l("Nom"), [DataRequired(REQUIRED), Length(max=200, message=_l("200 signes au plus."))]
    )
    kind = SelectField(_l("Sorte d’espace"), [DataRequired(REQUIRED)], coerce=SpaceKind)
    state = SelectField(_l("État"), [DataRequired(REQUIRED)], coerce=SpaceState, default=SpaceState.ACTIVE)
    state_reason = StringField(
        _l("Pourquoi il est en sommeil"), [Optional(), Length(max=500, message=_l("500 signes au plus."))]
    )
    purpose = TextAreaField(_l("Ce que cet espace fait"), [Optional()])
    themes = SelectMultipleField(_l("Thèmes et droits"), [Optional()], coerce=int)
    level_id = SelectField(_l("Niveau de pouvoir"), [Optional()], coerce=number)
    territory_id = SelectField(_l("Territoire"), [Optional()], coerce=number)
    starts_on = DateField(_l("Depuis le"), [Optional()])
    ends_on = DateField(_l("Jusqu’au"), [Optional()])
    convener_id = SelectField(_l("Organisation qui tient cet espace"), [Optional()], coerce=number)
    output = StringField(
        _l("Résultat prévu"), [Optional(), Length(max=250, message=_l("250 signes au plus."))]
    )
    output_due_on = DateField(_l("Prévu pour le"), [Optional()])
    outcome = TextAreaField(_l("Ce qui en est sorti"), [Optional()])
    place_name = StringField(
        _l("Lieu habituel"), [Optional(), Length(max=200, message=_l("200 signes au plus."))]
    )
    place_address = StringField(
        _l("Adresse du lieu"), [Optional(), Length(max=300, message=_l("300 signes au plus."))]
    )
    online_url = StringField(
        _l("Adresse de la réunion en ligne"), [Optional(), Length(max=500, message=_l("500 signes au plus."))]
    )
    is_announced = BooleanField(_l("Annoncer les réunions à qui demande « Tenez-moi au courant »"))

    def offer(self, session: Session, space: Space | None = None) -> None:
        """Fill the lists to choose from; closing and reopening have pages of their own."""
        self.kind.choices = [(kind.value, KINDS[kind]) for kind in SpaceKind]
        self.state.choices = [(state.value, STATES[state]) for state in _states(space)]
        self.themes.choices = {
            gettext(THEME_KINDS[kind]): [(row.id, row.label) for row in rows]
            for kind, rows in groupby(
                session.scalars(select(Theme).order_by(Theme.kind, Theme.position, Theme.label)),
                lambda row: row.kind,
            )
        }
        levels = session.scalars(select(Level).order_by(Level.position))
        self.level_id.choices = [("", _l("Non précisé")), *[(row.id, row.label) for row in levels]]
        territories = session.scalars(select(Territory).order_by(Territory.name))
        self.territory_id.choices = [("", _l("Non précisé")), *[(row.id, row.name) for row in territories]]
        self.convener_id.choices = [("", _l("Non précisé")), *organisations(session)]

    def shows(self, name: str) -> bool:
        """Say whether a field makes sense for the kind that is chosen."""
        kinds = ONLY_FOR.get(name)
        return kinds is None or self.kind.data in kinds


WORKSTREAM_ONLY = (SpaceKind.WORKSTREAM,)
ONLY_FOR = {
    "output": WORKSTREAM_ONLY,
    "output_due_on": WORKSTREAM_ONLY,
    "outcome": WORKSTREAM_ONLY,
    "convener_id": (SpaceKind.EXTERNAL,),
    "is_announced": tuple(kind for kind in SpaceKind if kind is not SpaceKind.EXTERNAL),
}


def _states(space: Space | None) -> list[SpaceState]:
    if space is None:
        return list(SpaceState)
    if space.state is SpaceState.CLOSED:
        return [SpaceState.CLOSED]
    return [SpaceState.ACTIVE, SpaceState.DORMANT]


def organisations(session: Session) -> list[tuple[int, str]]:
    """Return the organisations that may be chosen: none that has become another record."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.merged_into_id.is_(None))
        .order_by(Organisation.name)
    )
    return [(number_of, name) for number_of, name in rows]


class CloseForm(FlaskForm):
    """Closing a space."""

    last_day = DateField(_l("Dernier jour"), [DataRequired(REQUIRED)])
    reason = TextAreaField(_l("Pourquoi"), [DataRequired(REQUIRED), Length(max=2000)])


class FacilitatorForm(FlaskForm):
    """Somebody who facilitates the space."""

    user = SelectField(_l("Personne"), [DataRequired(REQUIRED)], coerce=number)

    def offer(self, session: Session) -> None:
        """Fill the list to choose from."""
        rows = session.execute(select(User.id, User.name).where(User.is_active).order_by(User.name))
        self.user.choices = [("", _l("Choisissez une personne")), *[(i, name) for i, name in rows]]
