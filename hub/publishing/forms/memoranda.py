"""The forms of elections, memoranda and editions, and of what parties answer."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from hub.actors.models.reference import Level, Territory, TerritoryKind
from hub.core.i18n import chosen_language
from hub.events.queries.presence import parties
from hub.publishing.models.answers import PartyAnswer
from hub.publishing.models.editions import Edition, Memorandum
from hub.publishing.queries import descent as descent_queries
from hub.publishing.queries import memoranda as queries
from hub.publishing.words import STANCES, election_day
from hub.recommendations.forms.fields import tidy

LONGEST_TEXT = 20_000  # what a memorandum prints of one text
LONGEST_ON_COVER = 300
NOT_A_YEAR = _l("Écrivez une année entre 1950 et 2100.")
TOO_LONG = _l("Ce texte est trop long : %(max)d signes au plus.")
LONGEST_ANSWER = 4_000
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


def line(label: Any, longest: int, *more: Any, **values: Any) -> StringField:
    """Make a field of one line, tidied and bounded."""
    return StringField(
        label, filters=[tidy], validators=[*more, Length(max=longest, message=TOO_LONG)], **values
    )


def long_text(label: Any, longest: int, **values: Any) -> TextAreaField:
    """Make a field of several lines, tidied and bounded."""
    return TextAreaField(label, filters=[tidy], validators=[Length(max=longest, message=TOO_LONG)], **values)


class MemorandumForm(FlaskForm):
    """What a memorandum is, as its cover says it."""

    title = line(_l("Titre"), 200, DataRequired(_l("Donnez un titre au mémorandum.")))
    subtitle = line(_l("Sous-titre"), 250)
    election = SelectField(_l("Élection"), coerce=int, default=NOBODY, **NOT_A_CHOICE)
    territory = SelectField(_l("Territoire"), coerce=int, default=NOBODY, **NOT_A_CHOICE)
    addressees = long_text(_l("À qui il s’adresse"), LONGEST_ON_COVER)
    year = IntegerField(
        _l("Année"),
        **_said("invalid_value_message", NOT_A_YEAR),
        validators=[Optional(), NumberRange(1950, 2100, message=NOT_A_YEAR)],
    )
    previous = SelectField(_l("Mémorandum précédent"), coerce=int, default=NOBODY, **NOT_A_CHOICE)

    def offer(self, session: Session, row: Memorandum | None = None) -> None:
        """Fill the lists to choose from; a memorandum doesn't come after itself."""
        self.previous.choices = [(NOBODY, gettext("Aucun : c’est le premier"))] + [
            (each.id, each.title if each.year is None else f"{each.title} ({each.year})")
            for each in session.scalars(queries.memoranda()).unique()
            if each is not row
        ]
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


def _starts(session: Session) -> list[tuple[int, str]]:
    """Return the editions that a new one may start from, as a list names them."""
    return [
        (row.id, gettext("%(title)s, édition %(number)s", title=row.memorandum.title, number=row.number))
        for row in session.scalars(descent_queries.may_start_from())
    ]


class StartForm(FlaskForm):
    """What the next edition of a memorandum starts from."""

    start_from = SelectField(_l("Partir de"), coerce=int, default=NOBODY, **NOT_A_CHOICE)

    def offer(self, session: Session) -> None:
        """Fill the list."""
        self.start_from.choices = [(NOBODY, gettext("La dernière édition")), *_starts(session)]


class NewMemorandumForm(MemorandumForm):
    """What a new memorandum is, and what it starts from; one made elsewhere is known by its document."""

    start_from = SelectField(_l("Partir de"), coerce=int, default=NOBODY, **NOT_A_CHOICE)
    document = SelectField(_l("Le document où il se lit"), coerce=int, default=NOBODY, **NOT_A_CHOICE)

    def offer(self, session: Session, row: Memorandum | None = None) -> None:
        """Fill the lists to choose from."""
        super().offer(session, row)
        self.start_from.choices = [(NOBODY, gettext("Une page blanche")), *_starts(session)]
        self.document.choices = [(NOBODY, gettext("Aucun : il se compose ici"))] + [
            (each.id, f"{each.title} ({each.organisation.short_label})")
            for each in session.scalars(descent_queries.documents())
        ]


class ChapterForm(FlaskForm):
    """A chapter's words."""

    title = line(_l("Titre du chapitre"), 200, DataRequired(_l("Donnez un titre au chapitre.")))
    introduction = long_text(_l("Introduction"), LONGEST_TEXT)
    mark = HiddenField()
    page = HiddenField()  # tells the device what this page has sent (see keep.js)


class NewChapterForm(FlaskForm):
    """The title of a chapter to add."""

    title = line(_l("Nouveau chapitre"), 200, DataRequired(_l("Donnez un titre au chapitre.")))


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

    label = line(_l("Nom de l’élection"), 200, DataRequired(_l("Donnez un nom à l’élection.")))
    held_on = DateField(
        _l("Date"),
        **_said("invalid_value_message", _l("Écrivez une date, par exemple 13/10/2030.")),
        validators=[DataRequired(_l("Choisissez une date, même approximative."))],
    )
    date_note = line(_l("Si le jour n’est pas encore fixé"), 200)
    levels = SelectMultipleField(_l("Niveaux de pouvoir élus"), coerce=int, **NOT_A_CHOICE)

    def offer(self, session: Session) -> None:
        """Fill the list of levels."""
        self.levels.choices = [
            (row.id, row.label) for row in session.scalars(select(Level).order_by(Level.position))
        ]


class PartyAnswerForm(FlaskForm):
    """What a party answered, when, and where it can be read."""

    party = SelectField(
        _l("Parti"), coerce=int, default=NOBODY, **NOT_A_CHOICE,
        validators=[DataRequired(_l("Choisissez le parti qui répond."))],
    )  # fmt: skip
    stance = RadioField(
        _l("Que répond-il ?"), **NOT_A_CHOICE,
        validators=[DataRequired(_l("Dites ce que le parti répond."))],
    )  # fmt: skip
    answered_on = DateField(
        _l("Quel jour ?"),
        **_said("invalid_value_message", _l("Écrivez une date, par exemple 06/06/2026.")),
        validators=[InputRequired(_l("Choisissez le jour de la réponse."))],
    )
    words = long_text(_l("Ses mots, ou un résumé"), LONGEST_ANSWER)
    edition = SelectField(_l("Mémorandum auquel il répond"), coerce=int, default=NOBODY, **NOT_A_CHOICE)
    source = line(
        _l("Où la lire"), 1000, Optional(),
        Regexp(r"^https?://\S+$", message=_l("Une adresse web commence par https:// et n’a pas d’espace.")),
    )  # fmt: skip
    follows = BooleanField(_l("Le suivi commence : la recommandation passe à « Suivie »."), default=True)
    # When what the page shows was written: two people never overwrite each other unseen.
    seen = HiddenField(default="")

    def offer(self, session: Session, recommendation_id: int, row: PartyAnswer | None = None) -> None:
        """Fill the lists: the parties of the register and, for one noted, the one that it names."""
        known = list(session.scalars(parties()))
        if row is not None and row.organisation not in known:
            known.append(row.organisation)
        self.party.choices = [(NOBODY, gettext("Choisir…"))] + [(party.id, party.name) for party in known]
        self.stance.choices = [(word.value, gettext(text)) for word, text in STANCES.items()]
        self.edition.choices = [(NOBODY, gettext("Aucun en particulier"))] + [
            (
                each.id,
                gettext("%(title)s, édition %(number)s", title=each.memorandum.title, number=each.number),
            )
            for each in session.scalars(queries.published_with(recommendation_id))
        ]
