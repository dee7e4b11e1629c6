"""The forms of elections, memoranda and editions."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.actors.models.reference import Level, Territory, TerritoryKind
from hub.core.i18n import chosen_language
from hub.publishing import queries
from hub.publishing.models import Edition
from hub.publishing.words import election_day
from hub.recommendations.forms.fields import tidy

LONGEST_TEXT = 20_000  # what a memorandum prints of one text
LONGEST_ON_COVER = 300
TOO_LONG = _l("Ce texte est trop long : %(max)d signes au plus.")
NOBODY = 0
# From the widest to the narrowest, as people look for theirs.
TERRITORY_ORDER = (
    TerritoryKind.PROVINCE,
    TerritoryKind.REGION,
    TerritoryKind.COMMUNITY,
    TerritoryKind.COUNTRY,
    TerritoryKind.UNION,
    TerritoryKind.COMMUNE,
)


def _said(name: str, sentence: Any) -> dict[str, Any]:
    # The type stubs of WTForms don't know these words of 3.3 yet.
    return {name: sentence}


NOT_A_CHOICE = _said("invalid_choice_message", _l("Choisissez dans la liste."))


def _line(label: Any, longest: int, *more: Any, **values: Any) -> StringField:
    return StringField(
        label, filters=[tidy], validators=[*more, Length(max=longest, message=TOO_LONG)], **values
    )


def _long(label: Any, longest: int, **values: Any) -> TextAreaField:
    return TextAreaField(label, filters=[tidy], validators=[Length(max=longest, message=TOO_LONG)], **values)


class MemorandumForm(FlaskForm):
    """What a memorandum is, as its cover says it."""

    title = _line(_l("Titre"), 200, DataRequired(_l("Donnez un titre au mémorandum.")))
    subtitle = _line(_l("Sous-titre"), 250)
    election = SelectField(_l("Élection"), coerce=int, default=NOBODY, **NOT_A_CHOICE)
    territory = SelectField(_l("Territoire"), coerce=int, default=NOBODY, **NOT_A_CHOICE)
    addressees = _long(_l("À qui il s’adresse"), LONGEST_ON_COVER)

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        none = (NOBODY, gettext("Aucune pour l’instant"))
        self.election.choices = [none] + [
            (row.id, f"{row.label} – {election_day(row, chosen_language())}")
            for row in session.scalars(queries.elections())
        ]
        places = session.scalars(
            select(Territory).where(Territory.kind.in_(TERRITORY_ORDER)).order_by(Territory.name)
        ).all()
        ordered = sorted(places, key=lambda place: TERRITORY_ORDER.index(place.kind))
        self.territory.choices = [(NOBODY, gettext("Aucun en particulier"))] + [
            (place.id, place.name) for place in ordered
        ]


class ChapterForm(FlaskForm):
    """A chapter's words."""

    title = _line(_l("Titre du chapitre"), 200, DataRequired(_l("Donnez un titre au chapitre.")))
    introduction = _long(_l("Introduction"), LONGEST_TEXT)
    mark = HiddenField()


class NewChapterForm(FlaskForm):
    """The title of a chapter to add."""

    title = _line(_l("Nouveau chapitre"), 200, DataRequired(_l("Donnez un titre au chapitre.")))


class PreambleForm(FlaskForm):
    """The words that open the memorandum."""

    preamble = _long(_l("Préambule"), LONGEST_TEXT)
    mark = HiddenField()


class SignatoriesForm(FlaskForm):
    """Organisations that sign."""

    organisations = SelectMultipleField(
        _l("Organisations qui signent"), coerce=int, **NOT_A_CHOICE,
        validators=[DataRequired(_l("Choisissez au moins une organisation."))],
    )  # fmt: skip

    def offer(self, session: Session, edition: Edition) -> None:
        """Fill the list with those that don't sign yet."""
        self.organisations.choices = [
            (row.id, f"{row.name} ({row.acronym})" if row.acronym else row.name)
            for row in session.scalars(queries.may_sign(edition))
        ]


class ElectionForm(FlaskForm):
    """An election: its name, its day, who is elected."""

    label = _line(_l("Nom de l’élection"), 200, DataRequired(_l("Donnez un nom à l’élection.")))
    held_on = DateField(
        _l("Date"),
        **_said("invalid_value_message", _l("Écrivez une date, par exemple 13/10/2030.")),
        validators=[DataRequired(_l("Choisissez une date, même approximative."))],
    )
    date_note = _line(_l("Si le jour n’est pas encore fixé"), 200)
    levels = SelectMultipleField(_l("Niveaux de pouvoir élus"), coerce=int, **NOT_A_CHOICE)

    def offer(self, session: Session) -> None:
        """Fill the list of levels."""
        self.levels.choices = [
            (row.id, row.label) for row in session.scalars(select(Level).order_by(Level.position))
        ]
