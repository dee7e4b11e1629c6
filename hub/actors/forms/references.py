"""Forms of the lists that people edit."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.actors.forms.fields import options
from hub.actors.models.reference import Family, Territory, TerritoryKind, ThemeKind
from hub.actors.values import words

TOO_LONG = _l("Ce texte est trop long (%(max)d signes au plus).")
NAME_MISSING = _l("Donnez un nom.")


class EntryForm(FlaskForm):
    """An entry of a list."""

    label = StringField(
        _l("Nom"),
        validators=[DataRequired(message=NAME_MISSING), Length(max=120, message=TOO_LONG)],
    )
    more: tuple[str, ...] = ()

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from, where there are some."""
        del session

    def values(self) -> dict[str, Any]:
        """Return what the valid form says."""
        return {
            "label": " ".join((self.label.data or "").split()),
            **{name: self[name].data for name in self.more},
        }


class LevelForm(EntryForm):
    """A level of power."""

    competences = TextAreaField(
        _l("Compétences"),
        description=_l("Ce que ce niveau peut décider, en quelques mots."),
        validators=[Length(max=4000, message=TOO_LONG)],
    )
    more = ("competences",)

    def values(self) -> dict[str, Any]:
        """Return what the valid form says."""
        return {**super().values(), "competences": (self.competences.data or "").strip()}


class ThemeForm(EntryForm):
    """A theme or a right."""

    kind = SelectField(_l("Groupe"), validators=[DataRequired(message=_l("Choisissez un groupe."))])
    more = ("kind",)

    def offer(self, session: Session) -> None:
        """Fill the list of groups."""
        del session
        self.kind.choices = options((kind.value, gettext(text)) for kind, text in words.THEME_KINDS.items())

    def values(self) -> dict[str, Any]:
        """Return what the valid form says."""
        return {**super().values(), "kind": ThemeKind(self.kind.data)}


class KindForm(EntryForm):
    """A kind of actor."""

    family = SelectField(
        _l("Famille"),
        description=_l("Elle donne la couleur et la forme sur la carte."),
        validators=[DataRequired(message=_l("Choisissez une famille."))],
    )
    more = ("family",)

    def offer(self, session: Session) -> None:
        """Fill the list of families."""
        del session
        self.family.choices = options(
            (family.value, gettext(text)) for family, text in words.FAMILIES.items()
        )

    def values(self) -> dict[str, Any]:
        """Return what the valid form says."""
        return {**super().values(), "family": Family(self.family.data)}


class RelationKindForm(EntryForm):
    """A kind of tie, in its words both ways."""

    label = StringField(
        _l("Dans un sens"),
        description=_l("Comme dans « le CAI pilote la plateforme » : pilote."),
        validators=[DataRequired(message=NAME_MISSING), Length(max=120, message=TOO_LONG)],
    )
    reverse_label = StringField(
        _l("Dans l’autre sens"),
        description=_l("Comme dans « la plateforme est pilotée par le CAI » : est piloté par."),
        validators=[
            DataRequired(message=_l("Donnez aussi les mots de l’autre sens.")),
            Length(max=120, message=TOO_LONG),
        ],
    )
    more = ("reverse_label",)


class NeighbourhoodForm(FlaskForm):
    """A quarter of a commune."""

    name = StringField(
        _l("Nom du quartier"),
        validators=[DataRequired(message=NAME_MISSING), Length(max=120, message=TOO_LONG)],
    )
    commune = SelectField(
        _l("Commune"), coerce=int, validators=[DataRequired(message=_l("Choisissez une commune."))]
    )
    postal_code = StringField(_l("Code postal"), validators=[Length(max=10, message=TOO_LONG)])

    def offer(self, session: Session) -> None:
        """Fill the list of communes."""
        rows = session.scalars(
            select(Territory).where(Territory.kind == TerritoryKind.COMMUNE).order_by(Territory.name)
        )
        self.commune.choices = options((place.id, f"{place.name} ({place.postal_code})") for place in rows)


class TerritoryForm(FlaskForm):
    """The name of a place."""

    name = StringField(
        _l("Nom"), validators=[DataRequired(message=NAME_MISSING), Length(max=120, message=TOO_LONG)]
    )
    postal_code = StringField(_l("Code postal"), validators=[Length(max=10, message=TOO_LONG)])
