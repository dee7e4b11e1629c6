"""Fields that several forms share, with their refusals in French."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, TerritoryKind, Theme, ThemeKind
from hub.actors.values.words import TERRITORY_KINDS
from hub.recommendations.queries import choices

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


def long_field(label: Any, **values: Any) -> TextAreaField:
    """Return a field for a long text."""
    return TextAreaField(label, filters=[tidy], validators=[Length(max=LONGEST, message=TOO_LONG)], **values)


def line_field(label: Any, longest: int, *more: Any, **values: Any) -> StringField:
    """Return a field for one line of at most so many signs."""
    return StringField(
        label, filters=[tidy], validators=[*more, Length(max=longest, message=TOO_LONG)], **values
    )


def said(sentence: Any) -> dict[str, Any]:
    """Return the words of a field for what it can't read."""
    # The type stubs of WTForms don't know these words of 3.3 yet.
    return {"invalid_value_message": sentence}


def said_of_choice(sentence: Any) -> dict[str, Any]:
    """Return the words of a field for a choice that isn't offered."""
    return {"invalid_choice_message": sentence}


def choice_field(label: Any, *validators: Any, **values: Any) -> SelectField:
    """Return a field for one of a list."""
    return SelectField(label, validators=validators, **said_of_choice(NOT_A_CHOICE), **values)


def choices_field(label: Any, *validators: Any) -> SelectMultipleField:
    """Return a field for several of a list."""
    return SelectMultipleField(label, validators=validators, **said_of_choice(NOT_A_CHOICE))


def fill_theme(field: SelectField, session: Session) -> None:
    """Offer the themes by group, those of integration first; and none."""
    offer_themes(field, list(session.scalars(choices.themes())))


def offer_themes(field: SelectField, rows: list[Theme]) -> None:
    """Offer these themes by group, and none."""
    groups: dict[str, Iterable[tuple[str, str]]] = {
        str(title): [(row.code, row.label) for row in rows if row.kind == kind]
        for kind, title in THEME_GROUPS.items()
    }
    field.choices = {"": [("", gettext("Je ne sais pas"))], **groups}


def offer_rights(field: SelectField, rows: list[Theme]) -> None:
    """Offer those of these themes that are rights, and none."""
    rights = [(row.code, row.label) for row in rows if row.kind == ThemeKind.RIGHT]
    field.choices = [("", gettext("Aucun en particulier")), *rights]


def fill_territories(field: SelectField, session: Session) -> None:
    """Offer the territories by kind, the largest first; and none."""
    rows: list[Territory] = list(session.scalars(choices.territories()))
    groups: dict[str, Iterable[tuple[str, str]]] = {
        gettext(TERRITORY_KINDS[kind]): [(row.code, row.name) for row in rows if row.kind == kind]
        for kind in reversed(TerritoryKind)
    }
    shown = {title: offered for title, offered in groups.items() if offered}
    field.choices = {"": [("", gettext("Aucun en particulier"))], **shown}


def fill_authorities(field: SelectMultipleField, session: Session) -> None:
    """Offer the public actors."""
    field.choices = _named(session, choices.authorities())


def fill_organisations(field: SelectField, session: Session) -> None:
    """Offer the active organisations, and none."""
    field.choices = [("", gettext("Choisir…")), *_named(session, choices.active_organisations())]


def _named(session: Session, rows: Select[Organisation]) -> list[tuple[str, str]]:
    """Return organisations to choose from: their columns alone, for there may be hundreds."""
    columns = (Organisation.slug, Organisation.name, Organisation.acronym)
    return [
        (slug, f"{name} ({acronym})" if acronym else name)
        for slug, name, acronym in session.execute(rows.with_only_columns(*columns))
    ]
