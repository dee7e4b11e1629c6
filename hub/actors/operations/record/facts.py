"""What may be told of a row that hangs on a record, cleaned, and what contradicts itself.

The names of the fields are those of the columns; a date stands for its day and its precision, as
`STARTS` for `starts_on` and `starts_precision`.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from hub.actors.models.projects import PartRole, ProjectPart
from hub.actors.models.record import (
    Appointment,
    DropIn,
    Exactness,
    Figure,
    Mission,
    TeamRole,
    TerritoryLabel,
    Unit,
)
from hub.actors.models.relations import Precision
from hub.actors.values import recurrence
from hub.actors.values.dates import PartialDate
from hub.actors.values.recurrence import Slot
from hub.core.db import Base
from hub.core.errors import N_, DomainError

# A date among the facts → the columns of its day and of its precision.
DATES = {
    "starts": ("starts_on", "starts_precision"),
    "ends": ("ends_on", "ends_precision"),
    "early": ("early_on", "early_precision"),
    "official": ("official_on", "official_precision"),
    "granted": ("granted_on", "granted_precision"),
    "launched": ("launched_on", "launched_precision"),
    "closes": ("closes_on", "closes_precision"),
    "as_of": ("as_of", "as_of_precision"),
}
# Many rows among the facts → the relationship that holds them.
LISTS = {"theme_ids": "themes", "audience_ids": "audiences", "territory_ids": "territories"}
APART = {"neighbourhood", "slots", *LISTS}
END_FIRST = N_("La fin vient avant le début.")


@dataclass(frozen=True)
class RowFacts:
    """What all of them share."""

    model: ClassVar[type[Base]]
    # The columns by which the owner has one such row at a time, and the refusal of a second.
    one_at_a_time: ClassVar[tuple[str, ...]] = ()
    taken: ClassVar[str] = ""

    def check(self) -> None:
        """Raise DomainError, with the field at fault, where the facts contradict themselves."""


def in_order(first: PartialDate | None, last: PartialDate | None, field: str, refusal: str) -> None:
    """Raise DomainError if both days are known and come the wrong way round."""
    if first and last and last.day < first.day:
        raise DomainError(refusal, field=field)


def required(text: str, field: str, refusal: str) -> None:
    """Raise DomainError if the text is empty."""
    if not text.strip():
        raise DomainError(refusal, field=field)


@dataclass(frozen=True)
class UnitFacts(RowFacts):
    """A sub-unit; its quarter is named and added to the list where it isn't there."""

    model = Unit
    name: str
    kind: str = ""
    commune_id: int | None = None
    neighbourhood: str = ""
    address: str = ""
    starts: PartialDate | None = None
    ends: PartialDate | None = None
    note: str = ""
    origin: str = ""

    def check(self) -> None:
        """Raise DomainError where the facts contradict themselves."""
        required(self.name, "name", N_("Donnez un nom."))
        check_place(self.commune_id, self.neighbourhood)
        in_order(self.starts, self.ends, "ends", END_FIRST)


def check_place(commune_id: int | None, neighbourhood: str) -> None:
    """Raise DomainError for a quarter without its commune."""
    if neighbourhood and commune_id is None:
        raise DomainError(N_("Choisissez la commune de ce quartier."), field="commune_id")


@dataclass(frozen=True)
class DropInFacts(RowFacts):
    """A recurring drop-in."""

    model = DropIn
    subject: str
    theme_id: int | None = None
    unit_id: int | None = None
    venue_id: int | None = None
    commune_id: int | None = None
    neighbourhood: str = ""
    place: str = ""
    slots: tuple[Slot, ...] = ()
    rhythm: str = ""
    languages: tuple[str, ...] = ()
    appointment: Appointment = Appointment.UNKNOWN
    starts: PartialDate | None = None
    ends: PartialDate | None = None
    note: str = ""
    origin: str = ""

    def check(self) -> None:
        """Raise DomainError where the facts contradict themselves."""
        required(self.subject, "subject", N_("Dites sur quoi porte la permanence."))
        check_place(self.commune_id, self.neighbourhood)
        recurrence.check(self.slots)
        in_order(self.starts, self.ends, "ends", END_FIRST)


@dataclass(frozen=True)
class MissionFacts(RowFacts):
    """A mission, official, taken early, or first the one and then the other."""

    model = Mission
    one_at_a_time = ("label",)
    taken = N_("Cette mission est déjà sur la fiche.")
    label: str
    early: PartialDate | None = None
    legal_basis: str = ""
    official: PartialDate | None = None
    ends: PartialDate | None = None
    note: str = ""
    origin: str = ""

    def check(self) -> None:
        """Raise DomainError where the facts contradict themselves."""
        required(self.label, "label", N_("Dites quelle est la mission."))
        if self.legal_basis and self.official is None:
            raise DomainError(N_("Dites depuis quand ce texte donne la mission."), field="official")
        if self.official and not self.legal_basis:
            raise DomainError(N_("Dites quel texte donne la mission."), field="legal_basis")
        if self.early is None and self.official is None:
            raise DomainError(
                N_("Dites depuis quand : par initiative propre, ou officiellement."), field="early"
            )
        in_order(
            self.early, self.official, "early",
            N_("L’initiative propre vient après le texte officiel : laissez-la vide, ou corrigez sa date."),
        )  # fmt: skip
        in_order(self.early, self.ends, "ends", END_FIRST)
        in_order(self.official, self.ends, "ends", END_FIRST)


@dataclass(frozen=True)
class TeamRoleFacts(RowFacts):
    """A role in a team and how many hold it."""

    model = TeamRole
    one_at_a_time = ("role",)
    taken = N_("Cette fonction est déjà sur la fiche.")
    role: str
    headcount: int | None = None
    as_of: PartialDate | None = None
    source: str = ""
    starts: PartialDate | None = None
    ends: PartialDate | None = None
    note: str = ""

    def check(self) -> None:
        """Raise DomainError where the facts contradict themselves."""
        required(self.role, "role", N_("Donnez la fonction."))
        if self.headcount is not None:
            if self.headcount < 1:
                raise DomainError(N_("Donnez un nombre de personnes, ou laissez vide."), field="headcount")
            if self.as_of is None:
                raise DomainError(N_("Un nombre a une date : dites de quand il est."), field="as_of")
            required(self.source, "source", N_("Un nombre a une source : dites d’où il vient."))
        in_order(self.starts, self.ends, "ends", END_FIRST)


@dataclass(frozen=True)
class FigureFacts(RowFacts):
    """A figure; it has a source and a date or is not told."""

    model = Figure
    label: str
    value: float
    as_of: PartialDate | None
    source: str
    exactness: Exactness = Exactness.EXACT
    unit: str = ""
    note: str = ""

    def check(self) -> None:
        """Raise DomainError where the facts contradict themselves."""
        required(self.label, "label", N_("Dites ce que compte ce chiffre."))
        if self.as_of is None:
            raise DomainError(N_("Un chiffre a une date : dites de quand il est."), field="as_of")
        required(self.source, "source", N_("Un chiffre a une source : dites d’où il vient."))


@dataclass(frozen=True)
class LabelFacts(RowFacts):
    """A label of a place."""

    model = TerritoryLabel
    one_at_a_time = ("label",)
    taken = N_("Ce territoire porte déjà ce label.")
    label: str
    source: str
    granted: PartialDate | None = None
    ends: PartialDate | None = None
    note: str = ""

    def check(self) -> None:
        """Raise DomainError where the facts contradict themselves."""
        required(self.label, "label", N_("Donnez le label."))
        required(self.source, "source", N_("Dites où ce label a été lu."))
        in_order(self.granted, self.ends, "ends", END_FIRST)


@dataclass(frozen=True)
class PartFacts(RowFacts):
    """The part of an organisation in a project."""

    model = ProjectPart
    one_at_a_time = ("organisation_id", "role")
    taken = N_("Cette organisation a déjà ce rôle dans le projet.")
    organisation_id: int
    role: PartRole
    starts: PartialDate | None = None
    ends: PartialDate | None = None
    note: str = ""
    origin: str = ""

    def check(self) -> None:
        """Raise DomainError where the facts contradict themselves."""
        in_order(self.starts, self.ends, "ends", END_FIRST)


FACTS: dict[type[Base], type[RowFacts]] = {
    facts.model: facts
    for facts in (UnitFacts, DropInFacts, MissionFacts, TeamRoleFacts, FigureFacts, LabelFacts, PartFacts)
}


def columns(facts: Any) -> dict[str, Any]:
    """Return the values of the row's own columns, without what stands in rows of its own."""
    values: dict[str, Any] = {}
    for field in fields(facts):
        value = getattr(facts, field.name)
        if field.name in DATES:
            day, precision = DATES[field.name]
            values[day] = value.day if value else None
            values[precision] = value.precision if value else Precision.DAY
        elif field.name == "languages":
            values[field.name] = list(value)
        elif field.name not in APART:
            values[field.name] = value
    return values


def facts_of(row: Any, kind: Any = None) -> Any:
    """Return what a row says, as facts of its kind."""
    kind = kind or FACTS[type(row)]
    return kind(**{field.name: _value(row, field.name) for field in fields(kind)})


def _value(row: Any, name: str) -> Any:
    if name in DATES:
        day, precision = (getattr(row, column) for column in DATES[name])
        return PartialDate(day, precision) if day else None
    if name in LISTS:
        return tuple(sorted(one.id for one in getattr(row, LISTS[name])))
    if name == "neighbourhood":
        return row.neighbourhood.name if row.neighbourhood else ""
    if name == "slots":
        return tuple(Slot(one.weekday, one.begins, one.finishes, one.every_weeks) for one in row.slots)
    if name == "languages":
        return tuple(row.languages)
    return getattr(row, name)
