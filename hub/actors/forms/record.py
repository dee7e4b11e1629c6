"""Forms of what hangs on a record; fields are named as the facts they make (`operations.record.facts`)."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import time
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import Field, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from hub.actors.forms.fields import EndField, StartField, options, words
from hub.actors.forms.values import (
    DATE_HELP,
    TOO_LONG,
    CountField,
    HourField,
    NumberField,
    lines,
    one_line,
    plain,
    row_number,
)
from hub.actors.models.organisations import Organisation
from hub.actors.models.projects import PartRole
from hub.actors.models.record import Appointment, Exactness, TerritoryLabel, Unit
from hub.actors.models.reference import Territory, TerritoryKind, Theme
from hub.actors.operations.record.facts import (
    DropInFacts,
    FigureFacts,
    LabelFacts,
    MissionFacts,
    PartFacts,
    RowFacts,
    TeamRoleFacts,
    UnitFacts,
)
from hub.actors.values import recurrence
from hub.actors.values import words as known_words
from hub.actors.values.recurrence import Slot
from hub.core.errors import DomainError
from hub.core.i18n import chosen_language

SEATS = (TerritoryKind.COMMUNE, TerritoryKind.REGION)
MOST_SLOTS = 7
FEWEST_SLOTS = 3
ORIGIN = _l("Où ce fait a été lu ou entendu.")


class RowForm(FlaskForm):
    """What all of them share; call `offer` before reading or showing one."""

    facts_kind: ClassVar[type[RowFacts]]
    # Field → what it is read as, where it isn't text.
    enums: ClassVar[dict[str, type[StrEnum]]] = {}
    # Headings and the fields under them, as the page shows them.
    parts: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]]

    def offer(self, session: Session, owner: Any) -> None:
        """Fill the lists to choose from."""

    def suggestions(self, session: Session) -> dict[str, list[str]]:
        """Return field → words that may be chosen instead of typed."""
        del session
        return {}

    def show(self, facts: Any) -> None:
        """Fill the fields from facts."""
        for field in fields(self.facts_kind):
            if field.name in self:
                value = getattr(facts, field.name)
                self[field.name].data = list(value) if isinstance(value, tuple) else value

    def values(self) -> dict[str, Any]:
        """Return fact → what the valid form says."""
        return {field.name: self._read(field.name) for field in fields(self.facts_kind) if field.name in self}

    def _read(self, name: str) -> Any:
        value = self[name].data
        if name in self.enums:
            return self.enums[name](value)
        if isinstance(value, list):
            return tuple(value)
        return plain(value) if isinstance(value, str) or (value is None and _is_text(self[name])) else value

    def facts(self) -> Any:
        """Return what the valid form says, as facts."""
        return self.facts_kind(**self.values())

    def blame(self, problem: DomainError) -> None:
        """Write a refusal beside the field at fault, the first one if no field is."""
        name = problem.field if problem.field and problem.field in self else self.parts[0][1][0]
        self[name].errors = [words(problem)]


def _is_text(field: Field) -> bool:
    return field.type in {"StringField", "TextAreaField"}


def commune_choices(session: Session, empty: str) -> list[Any]:
    """Return the places that may be a seat, by name, with nothing first."""
    rows = session.scalars(select(Territory).where(Territory.kind.in_(SEATS)).order_by(Territory.name))
    named = ((row.id, f"{row.name} ({row.postal_code})" if row.postal_code else row.name) for row in rows)
    return options([("", empty), *named])


def organisation_choices(session: Session, empty: str) -> list[Any]:
    """Return the organisations of the register by name, with nothing first."""
    rows: Any = session.execute(
        select(Organisation.id, Organisation.name, Organisation.acronym)
        .where(Organisation.merged_into_id.is_(None))
        .order_by(Organisation.search_text)
    )
    named = ((row.id, f"{row.name} ({row.acronym})" if row.acronym else row.name) for row in rows)
    return options([("", empty), *named])


def quarters(session: Session) -> list[str]:
    """Return the names of the quarters that are known."""
    return list(
        session.scalars(
            select(Territory.name)
            .where(Territory.kind == TerritoryKind.NEIGHBOURHOOD)
            .distinct()
            .order_by(Territory.name)
        )
    )


def word_choices(known: dict[Any, str]) -> list[Any]:
    """Return the words of an enum as choices."""
    return options((word.value, gettext(text)) for word, text in known.items())


class UnitForm(RowForm):
    """A sub-unit."""

    facts_kind = UnitFacts
    parts = (
        (_l("Quoi"), ("name", "kind")),
        (_l("Où"), ("commune_id", "neighbourhood", "address")),
        (_l("Depuis quand"), ("starts", "ends")),
        (_l("D’où vient l’information"), ("origin", "note")),
    )
    name = one_line(_l("Nom"), 200, DataRequired(message=_l("Donnez un nom.")))
    kind = one_line(
        _l("Sorte"), 80, description=_l("Par exemple « antenne », « bureau d’accueil », « cellule ».")
    )
    commune_id = SelectField(_l("Commune"), coerce=row_number)
    neighbourhood = one_line(
        _l("Quartier"), 120, description=_l("Un nouveau nom s’ajoute à la liste des quartiers de la commune.")
    )
    address = lines(_l("Adresse"), 500, description=_l("Celle d’un lieu de travail, pas d’un domicile."))
    starts = StartField(_l("Ouverture"), description=DATE_HELP)
    ends = EndField(_l("Fermeture"), description=_l("Laissez vide si elle est ouverte."))
    origin = lines(_l("Source"), 4000, description=ORIGIN)
    note = lines(_l("Précision"), 2000)

    def offer(self, session: Session, owner: Any) -> None:
        """Fill the lists to choose from."""
        del owner
        self.commune_id.choices = commune_choices(session, gettext("Inconnue"))

    def suggestions(self, session: Session) -> dict[str, list[str]]:
        """Return the known quarters, and the sorts that units have."""
        kinds = session.scalars(select(Unit.kind).where(Unit.kind != "").distinct().order_by(Unit.kind))
        return {"neighbourhood": quarters(session), "kind": list(kinds)}


class DropInForm(RowForm):
    """A recurring drop-in; its weekly hours stand in numbered fields, added below the class."""

    facts_kind = DropInFacts
    enums: ClassVar[dict[str, type[StrEnum]]] = {"appointment": Appointment}
    parts = (
        (_l("Quoi"), ("subject", "theme_id", "appointment", "languages")),
        (_l("Où"), ("unit_id", "venue_id", "commune_id", "neighbourhood", "place")),
        (_l("Quand"), ("slots", "rhythm", "starts", "ends")),
        (_l("D’où vient l’information"), ("origin", "note")),
    )
    subject = one_line(
        _l("Sujet"), 200, DataRequired(message=_l("Dites sur quoi porte la permanence.")),
        description=_l("Par exemple « équivalence de diplôme », « droit des étrangers »."),
    )  # fmt: skip
    theme_id = SelectField(_l("Thème"), coerce=row_number)
    appointment = SelectField(_l("Rendez-vous"), default=Appointment.UNKNOWN.value)
    languages = SelectMultipleField(_l("Langues parlées"))
    unit_id = SelectField(
        _l("Antenne"), coerce=row_number, description=_l("Si la permanence se tient à l’une de vos antennes.")
    )
    venue_id = SelectField(
        _l("Lieu d’accueil"), coerce=row_number, description=_l("L’organisation qui prête le lieu.")
    )
    commune_id = SelectField(
        _l("Commune"),
        coerce=row_number,
        description=_l("Laissez vide si c’est celle de l’antenne ou du lieu."),
    )
    neighbourhood = one_line(_l("Quartier"), 120)
    place = lines(_l("Adresse ou local"), 500)
    rhythm = one_line(
        _l("Autre rythme, en mots"), 300,
        description=_l("Par exemple « le premier lundi du mois », « pas pendant les congés scolaires »."),
    )  # fmt: skip
    starts = StartField(_l("Depuis"), description=DATE_HELP)
    ends = EndField(_l("Jusqu’à"), description=_l("Laissez vide si elle continue."))
    origin = lines(_l("Source"), 4000, description=ORIGIN)
    note = lines(_l("Précision"), 2000, description=_l("Visible par tout le monde. Pas de nom de personne."))

    def offer(self, session: Session, owner: Any) -> None:
        """Fill the lists to choose from."""
        themes = session.scalars(select(Theme).order_by(Theme.position, Theme.id))
        self.theme_id.choices = options([("", gettext("Aucun")), *((row.id, row.label) for row in themes)])
        units = session.scalars(
            select(Unit)
            .where(Unit.organisation_id == owner.id, Unit.withdrawn_at.is_(None))
            .order_by(Unit.name)
        )
        self.unit_id.choices = options([("", gettext("Aucune")), *((row.id, row.name) for row in units)])
        self.venue_id.choices = organisation_choices(session, gettext("Aucun autre"))
        self.commune_id.choices = commune_choices(session, gettext("Inconnue, ou celle de l’antenne"))
        self.appointment.choices = word_choices(known_words.APPOINTMENTS)
        language = chosen_language()
        self.languages.choices = options(
            (code, known_words.language_name(code, language)) for code in known_words.LANGUAGES
        )
        days = [
            ("", gettext("Aucun jour")),
            *((str(n), gettext(d)) for n, d in enumerate(recurrence.WEEKDAYS)),
        ]
        rhythms = [(str(weeks), gettext(text)) for weeks, text in recurrence.EVERY_WEEKS.items()]
        for row in self.slot_rows():
            row["weekday"].choices = options(days)
            row["every"].choices = options(rhythms)

    def suggestions(self, session: Session) -> dict[str, list[str]]:
        """Return the known quarters."""
        return {"neighbourhood": quarters(session)}

    def slot_rows(self) -> list[dict[str, Any]]:
        """Return the numbered fields, row by row."""
        return [
            {name: self[f"{name}_{number}"] for name in ("weekday", "begins", "finishes", "every")}
            for number in range(1, MOST_SLOTS + 1)
        ]

    def rows_to_show(self) -> list[dict[str, Any]]:
        """Return the rows that hold something and one more, at least a few."""
        rows = self.slot_rows()
        used = [
            number for number, row in enumerate(rows, start=1) if any(_typed(field) for field in row.values())
        ]
        return rows[: max(FEWEST_SLOTS, max(used, default=0) + 1)]

    def show(self, facts: Any) -> None:
        """Fill the fields from facts, the hours too."""
        super().show(facts)
        for row, slot in zip(self.slot_rows(), facts.slots, strict=False):
            row["weekday"].data, row["every"].data = str(slot.weekday), str(slot.every_weeks)
            row["begins"].data, row["finishes"].data = slot.begins, slot.finishes

    def values(self) -> dict[str, Any]:
        """Return fact → what the valid form says."""
        return {**super().values(), "slots": tuple(sorted(_slots(self.slot_rows())))}

    def validate(self, *given: Any, **more: Any) -> bool:
        """Check every field, and that each row of hours is whole."""
        right = bool(super().validate(*given, **more))
        for row in self.slot_rows():
            if not _check_row(row):
                right = False
        return right

    def blame(self, problem: DomainError) -> None:
        """Write a refusal beside the field at fault; that of the hours beside the first day."""
        if problem.field == "slots":
            self["weekday_1"].errors = [words(problem)]
        else:
            super().blame(problem)


def _typed(field: Any) -> bool:
    """Say whether a field of the hours holds anything; « chaque semaine » is what an empty row says too."""
    return bool(field.errors) or (field.data not in (None, "") and not field.name.startswith("every_"))


def _check_row(row: dict[str, Any]) -> bool:
    weekday, begins, finishes = row["weekday"], row["begins"], row["finishes"]
    if any(field.errors for field in row.values()):
        return False
    if weekday.data and begins.data is None:
        begins.errors = [gettext("Dites à quelle heure cela commence.")]
    elif not weekday.data and (begins.data is not None or finishes.data is not None):
        weekday.errors = [gettext("Choisissez le jour de ces heures.")]
    elif finishes.data is not None and finishes.data <= begins.data:
        finishes.errors = [gettext("La fin vient avant le début.")]
    return not any(field.errors for field in row.values())


def _slots(rows: Iterable[dict[str, Any]]) -> Iterable[Slot]:
    for row in rows:
        begins: time | None = row["begins"].data
        if row["weekday"].data and begins is not None:
            yield Slot(int(row["weekday"].data), begins, row["finishes"].data, int(row["every"].data))


for _number in range(1, MOST_SLOTS + 1):
    setattr(DropInForm, f"weekday_{_number}", SelectField(_l("Jour"), default=""))
    setattr(DropInForm, f"begins_{_number}", HourField(_l("De"), validators=[Optional()]))
    setattr(DropInForm, f"finishes_{_number}", HourField(_l("À"), validators=[Optional()]))
    setattr(DropInForm, f"every_{_number}", SelectField(_l("Rythme"), default="1"))


class MissionForm(RowForm):
    """A mission, official or taken early."""

    facts_kind = MissionFacts
    parts = (
        (_l("Quoi"), ("label",)),
        (_l("Depuis quand"), ("early", "legal_basis", "official", "ends")),
        (_l("D’où vient l’information"), ("origin", "note")),
    )
    label = one_line(_l("Mission"), 200, DataRequired(message=_l("Dites quelle est la mission.")))
    early = StartField(
        _l("Prise par initiative propre"),
        description=_l(
            "Si l’organisation l’a prise avant qu’un texte la lui donne : « 2007 », « avant 2024 »."
        ),
    )
    legal_basis = one_line(
        _l("Texte qui la rend officielle"), 300, description=_l("Par exemple « décret du 30 avril 2009 ».")
    )
    official = StartField(_l("Officielle depuis"), description=DATE_HELP)
    ends = EndField(_l("Terminée"), description=_l("Laissez vide si elle dure encore."))
    origin = lines(_l("Source"), 4000, description=ORIGIN)
    note = lines(_l("Précision"), 2000)


class TeamRoleForm(RowForm):
    """A role of a team; never who holds it."""

    facts_kind = TeamRoleFacts
    parts = (
        (_l("Quoi"), ("role",)),
        (_l("Combien"), ("headcount", "as_of", "source")),
        (_l("Depuis quand"), ("starts", "ends")),
        (_l("Pour comprendre"), ("note",)),
    )
    role = one_line(
        _l("Fonction"), 120, DataRequired(message=_l("Donnez la fonction.")),
        description=_l("La fonction, jamais le nom d’une personne : « médiation interculturelle »."),
    )  # fmt: skip
    headcount = CountField(
        _l("Nombre de personnes"),
        validators=[
            Optional(),
            NumberRange(1, 9999, message=_l("Donnez un nombre entre %(min)d et %(max)d, ou laissez vide.")),
        ],
    )
    as_of = StartField(_l("Nombre constaté le"), description=DATE_HELP)
    source = lines(_l("Source du nombre"), 4000, description=_l("Par exemple « rapport d’activités 2024 »."))
    starts = StartField(_l("Depuis"))
    ends = EndField(_l("Jusqu’à"), description=_l("Laissez vide si la fonction existe encore."))
    note = lines(_l("Précision"), 2000)

    def suggestions(self, session: Session) -> dict[str, list[str]]:
        """Return the roles that the field knows."""
        del session
        return {"role": [gettext(word) for word in known_words.TEAM_ROLES]}


class FigureForm(RowForm):
    """A figure with its source and its date."""

    facts_kind = FigureFacts
    enums: ClassVar[dict[str, type[StrEnum]]] = {"exactness": Exactness}
    parts = (
        (_l("Quoi"), ("label", "exactness", "value", "unit")),
        (_l("De quand et d’où"), ("as_of", "source")),
        (_l("Pour comprendre"), ("note",)),
    )
    label = one_line(
        _l("Ce que compte le chiffre"), 200, DataRequired(message=_l("Dites ce que compte ce chiffre.")),
        description=_l("Par exemple « associations interrogées »."),
    )  # fmt: skip
    exactness = SelectField(_l("À lire comme"), default=Exactness.EXACT.value)
    value = NumberField(_l("Chiffre"), validators=[InputRequired(message=_l("Donnez le chiffre."))])
    unit = one_line(_l("Unité"), 60, description=_l("Par exemple « € », « % », « personnes »."))
    as_of = StartField(
        _l("Date du chiffre"), description=DATE_HELP,
        validators=[InputRequired(message=_l("Un chiffre a une date : dites de quand il est."))],
    )  # fmt: skip
    source = TextAreaField(
        _l("Source"), description=_l("Qui l’a compté, où on le lit."),
        validators=[
            DataRequired(message=_l("Un chiffre a une source : dites d’où il vient.")),
            Length(max=4000, message=TOO_LONG),
        ],
    )  # fmt: skip
    note = lines(_l("Précision"), 2000)

    def offer(self, session: Session, owner: Any) -> None:
        """Fill the list of words."""
        del session, owner
        self.exactness.choices = word_choices(known_words.EXACTNESS)


class LabelForm(RowForm):
    """A label of a place."""

    facts_kind = LabelFacts
    parts = (
        (_l("Quoi"), ("label",)),
        (_l("Depuis quand"), ("granted", "ends")),
        (_l("D’où vient l’information"), ("source", "note")),
    )
    label = one_line(
        _l("Label"), 120, DataRequired(message=_l("Donnez le label.")),
        description=_l("Par exemple « Commune hospitalière »."),
    )  # fmt: skip
    granted = StartField(_l("Porté depuis"), description=DATE_HELP)
    ends = EndField(_l("Perdu ou rendu"), description=_l("Laissez vide si la commune le porte encore."))
    source = TextAreaField(
        _l("Source"), description=ORIGIN,
        validators=[
            DataRequired(message=_l("Dites où ce label a été lu.")), Length(max=4000, message=TOO_LONG),
        ],
    )  # fmt: skip
    note = lines(_l("Précision"), 2000)

    def suggestions(self, session: Session) -> dict[str, list[str]]:
        """Return the labels that other places have."""
        return {
            "label": list(
                session.scalars(select(TerritoryLabel.label).distinct().order_by(TerritoryLabel.label))
            )
        }


class PartForm(RowForm):
    """The part of an organisation in a project."""

    facts_kind = PartFacts
    enums: ClassVar[dict[str, type[StrEnum]]] = {"role": PartRole}
    parts = (
        (_l("Qui"), ("organisation_id", "role", "note")),
        (_l("Depuis quand"), ("starts", "ends")),
        (_l("D’où vient l’information"), ("origin",)),
    )
    organisation_id = SelectField(
        _l("Organisation"), coerce=row_number,
        validators=[DataRequired(message=_l("Choisissez une organisation."))],
    )  # fmt: skip
    role = SelectField(_l("Rôle"), default=PartRole.PARTNER.value)
    note = lines(_l("Sa part du travail"), 2000, description=_l("Par exemple « accompagne les ateliers »."))
    starts = StartField(_l("Début"), description=DATE_HELP)
    ends = EndField(_l("Fin"), description=_l("Laissez vide si cela dure encore."))
    origin = lines(_l("Source"), 4000, description=ORIGIN)

    def offer(self, session: Session, owner: Any) -> None:
        """Fill the lists to choose from."""
        del owner
        self.organisation_id.choices = organisation_choices(session, gettext("Choisir…"))
        self.role.choices = word_choices(known_words.PART_ROLES)


class LastDayForm(FlaskForm):
    """Say when something ended."""

    ends = EndField(
        _l("Date de fin"),
        description=DATE_HELP,
        validators=[InputRequired(message=_l("Dites quand cela s’est terminé."))],
    )


class ReasonForm(FlaskForm):
    """Say why something is wrong."""

    reason = one_line(
        _l("Pourquoi est-ce faux ?"), 300, DataRequired(message=_l("Dites pourquoi c’est faux.")),
        description=_l("La raison reste dans l’historique."),
    )  # fmt: skip
