"""The forms of calls, contributions and recommendations."""

import re
from collections.abc import Iterable
from datetime import time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import (
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from hub.actors.models.reference import ThemeKind
from hub.recommendations import queries
from hub.recommendations.models import BENEFICIARIES, CHANNELS, Channel

LONGEST = 10_000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
TOO_LONG = _l("Ce texte est trop long : %(max)d signes au plus.")
THEME_GROUPS = {
    ThemeKind.SPECIFIC: _l("Intégration et migrations"),
    ThemeKind.GENERAL: _l("Thèmes généraux"),
    ThemeKind.RIGHT: _l("Droits fondamentaux"),
}
INCOMPLETE_ADDRESS = _l("Cette adresse ne semble pas complète. Exemple : prenom@association.be.")
NOT_A_DATE = _l("Écrivez une date, par exemple 06/06/2026.")
# A theme, a level or an organisation that has just vanished from the lists.
NOT_A_CHOICE = _l("Choisissez dans la liste.")


def tidy(text: str | None) -> str:
    """Return what was typed with one kind of line end, without control signs and outer blanks."""
    return CONTROL.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


def _long(label: Any, **values: Any) -> TextAreaField:
    return TextAreaField(label, filters=[tidy], validators=[Length(max=LONGEST, message=TOO_LONG)], **values)


def _line(label: Any, longest: int, *more: Any, **values: Any) -> StringField:
    return StringField(
        label, filters=[tidy], validators=[*more, Length(max=longest, message=TOO_LONG)], **values
    )


def _said(sentence: Any) -> dict[str, Any]:
    # The type stubs of WTForms don't know these words of 3.3 yet.
    return {"invalid_value_message": sentence}


def _said_of_choice(sentence: Any) -> dict[str, Any]:
    return {"invalid_choice_message": sentence}


def _choice(label: Any, *validators: Any, **values: Any) -> SelectField:
    return SelectField(label, validators=validators, **_said_of_choice(NOT_A_CHOICE), **values)


def _choices(label: Any) -> SelectMultipleField:
    return SelectMultipleField(label, **_said_of_choice(NOT_A_CHOICE))


class CallForm(FlaskForm):
    """What a call says, and its period."""

    title = _line(_l("Titre"), 200, DataRequired(_l("Donnez un titre à l’appel.")))
    introduction = _long(_l("Introduction"))
    opens_on = DateField(
        _l("S’ouvre le"),
        **_said(NOT_A_DATE),
        validators=[InputRequired(_l("Choisissez le jour de l’ouverture."))],
    )
    opens_time = TimeField(
        _l("à"),
        default=time(9),
        format=["%H:%M", "%H:%M:%S"],
        **_said(_l("Écrivez une heure, par exemple 09:00.")),
        validators=[InputRequired(_l("Choisissez l’heure de l’ouverture."))],
    )
    closes_on = DateField(
        _l("Dernier jour"),
        **_said(NOT_A_DATE),
        validators=[InputRequired(_l("Choisissez le dernier jour de l’appel."))],
    )


class LinkRequestForm(FlaskForm):
    """An organisation asks for its link."""

    organisation = _choice(_l("Votre organisation"), DataRequired(_l("Choisissez votre organisation.")))
    email = EmailField(
        _l("Adresse e-mail de l’organisation"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Écrivez l’adresse de votre organisation.")),
            Length(max=254, message=TOO_LONG),
            Regexp(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$", message=INCOMPLETE_ADDRESS),
        ],
    )  # fmt: skip


class AddressForm(FlaskForm):
    """The address of one invitation."""

    email = EmailField(
        _l("Adresse e-mail pour cet appel"),
        filters=[tidy],
        validators=[DataRequired(_l("Écrivez une adresse.")), Length(max=254, message=TOO_LONG)],
    )


class ContributionForm(FlaskForm):
    """What an organisation sees and recommends. Nothing is required before it is sent."""

    finding = _long(_l("Le constat"))
    proposal = _long(_l("La recommandation"))
    theme = _choice(_l("Thème"), default="")
    levels = _choices(_l("À qui s’adresse-t-elle ?"))
    beneficiaries = RadioField(_l("À qui profite-t-elle ?"), default="", **_said_of_choice(NOT_A_CHOICE))
    origin = _long(_l("De quelle réalité de terrain vient ce constat ?"))
    # Which draft the page shows, and the page itself: see operations.contributions.OpenPage.
    shows = HiddenField(default="")
    page = HiddenField(default="")

    def fill(self, session: Session) -> None:
        """Offer the themes and levels there are."""
        fill_theme(self.theme, session)
        fill_levels(self.levels, session)
        self.beneficiaries.choices = [
            *((word.value, gettext(text)) for word, text in BENEFICIARIES.items()),
            ("", gettext("Je ne sais pas")),
        ]


def to_send() -> dict[str, list[Any]]:
    """Return what a contribution needs before it is sent, beyond what a draft does."""
    return {
        "finding": [DataRequired(gettext("Décrivez le constat : ce que vous voyez sur le terrain."))],
        "proposal": [DataRequired(gettext("Écrivez ce que vous recommandez."))],
    }


class EntryForm(ContributionForm):
    """The same, entered by a coordinator in the name of an organisation."""

    organisation = _choice(_l("Organisation"), DataRequired(_l("Choisissez l’organisation qui parle.")))
    channel = RadioField(
        _l("Comment l’avons-nous reçue ?"),
        default=Channel.PHONE.value,
        **_said_of_choice(_l("Dites comment elle nous est parvenue.")),
    )
    campaign = _choice(_l("Appel"), default="")
    source_title = _line(_l("Titre du document"), 250)
    source_year = IntegerField(
        _l("Année"),
        **_said(_l("Écrivez une année entre 1950 et 2100.")),
        validators=[
            Optional(),
            NumberRange(1950, 2100, message=_l("Écrivez une année entre 1950 et 2100.")),
        ],
    )
    source_url = _line(
        _l("Adresse web"), 1000, Optional(),
        Regexp(r"^https?://\S+$", message=_l("Une adresse web commence par https:// et n’a pas d’espace.")),
    )  # fmt: skip

    def fill(self, session: Session) -> None:
        """Offer the organisations and calls there are, too."""
        super().fill(session)
        fill_organisations(self.organisation, session)
        self.channel.choices = [
            (word.value, gettext(text)) for word, text in CHANNELS.items() if word != Channel.LINK
        ]
        self.campaign.choices = [
            ("", gettext("Hors appel")),
            *((row.slug, row.title) for row in session.scalars(queries.campaigns())),
        ]


class RecommendationForm(FlaskForm):
    """What a recommendation says."""

    title = _line(_l("Titre"), 250, DataRequired(_l("Donnez un titre à la recommandation.")))
    finding = _long(_l("Constat"))
    text = _long(_l("Recommandation"))
    justification = _long(_l("Justification"))
    theme = _choice(_l("Thème"), default="")
    levels = _choices(_l("Niveaux de pouvoir"))
    beneficiaries = RadioField(
        _l("À qui profite-t-elle ?"), default="everyone", **_said_of_choice(NOT_A_CHOICE)
    )
    # When the text that the page shows was written: two people never overwrite each other unseen.
    seen = HiddenField(default="")

    def fill(self, session: Session) -> None:
        """Offer the themes and levels there are."""
        fill_theme(self.theme, session)
        fill_levels(self.levels, session)
        self.beneficiaries.choices = [(word.value, gettext(text)) for word, text in BENEFICIARIES.items()]


class ReasonForm(FlaskForm):
    """Why something is decided."""

    reason = TextAreaField(_l("Raison"), filters=[tidy], validators=[Length(max=2000, message=TOO_LONG)])


def fill_theme(field: SelectField, session: Session) -> None:
    """Offer the themes by group, those of integration first; and none."""
    rows = list(session.scalars(queries.themes()))
    groups: dict[str, Iterable[tuple[str, str]]] = {
        str(title): [(row.code, row.label) for row in rows if row.kind == kind]
        for kind, title in THEME_GROUPS.items()
    }
    field.choices = {"": [("", gettext("Je ne sais pas"))], **groups}


def fill_levels(field: SelectMultipleField, session: Session) -> None:
    """Offer the levels of power."""
    field.choices = [(row.code, row.label) for row in session.scalars(queries.levels())]


def fill_organisations(field: SelectField, session: Session) -> None:
    """Offer the active organisations, and none."""
    rows = session.scalars(queries.active_organisations())
    field.choices = [
        ("", gettext("Choisir…")),
        *((row.slug, f"{row.name} ({row.acronym})" if row.acronym else row.name) for row in rows),
    ]
