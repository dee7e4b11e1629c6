"""What hangs on an organisation's record: units, drop-ins, missions, team; labels of places; figures.

Nothing of it is erased: what has ended says when, what was wrong is withdrawn (`withdrawn_at`).
"""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Date, Float, ForeignKey, Index, String, Text, Time, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.periods import Period, ends_after_start
from hub.actors.models.projects import Project
from hub.actors.models.reference import Territory, Theme
from hub.actors.models.relations import Precision
from hub.core.db import Base, UTCDateTime, choice

LIVE_NOW = text("withdrawn_at IS NULL AND ends_on IS NULL")
MOST_WEEKS = 12


class Unit(Period, Base):
    """A part of an organisation with a place of its own: an office, a cell, a local branch."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="has_name"),
        CheckConstraint(
            "neighbourhood_id IS NULL OR commune_id IS NOT NULL", name="neighbourhood_in_commune"
        ),
        ends_after_start(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(80), default="")  # in the organisation's own words
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    neighbourhood_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    address: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(Text, default="")  # where the fact was read
    search_text: Mapped[str] = mapped_column(Text, default="")  # folded
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation] = relationship()
    commune: Mapped[Territory | None] = relationship(foreign_keys=commune_id)
    neighbourhood: Mapped[Territory | None] = relationship(foreign_keys=neighbourhood_id)


class Appointment(StrEnum):
    """Whether a drop-in asks for an appointment."""

    NONE = "none"
    POSSIBLE = "possible"
    REQUIRED = "required"
    UNKNOWN = "unknown"


class DropIn(Period, Base):
    """A recurring drop-in (permanence): who is there for whom, about what, where and when.

    When it is held stands in `slots`; what no weekday tells stands in `rhythm`, in words.
    """

    __tablename__ = "drop_in"
    __table_args__ = (
        CheckConstraint("length(subject) > 0", name="has_subject"),
        CheckConstraint(
            "neighbourhood_id IS NULL OR commune_id IS NOT NULL", name="neighbourhood_in_commune"
        ),
        ends_after_start(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)  # who hosts it
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    neighbourhood_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    place: Mapped[str] = mapped_column(Text, default="")  # the address or room, in words
    subject: Mapped[str] = mapped_column(String(200))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    rhythm: Mapped[str] = mapped_column(String(300), default="")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)  # ISO 639-1 codes
    appointment: Mapped[Appointment] = mapped_column(
        choice(Appointment, "appointment"), default=Appointment.UNKNOWN
    )
    note: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")  # folded
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    unit: Mapped[Unit | None] = relationship()
    venue: Mapped[Organisation | None] = relationship(foreign_keys=venue_id)
    commune: Mapped[Territory | None] = relationship(foreign_keys=commune_id)
    neighbourhood: Mapped[Territory | None] = relationship(foreign_keys=neighbourhood_id)
    theme: Mapped[Theme | None] = relationship()
    slots: Mapped[list["DropInSlot"]] = relationship(
        back_populates="drop_in",
        cascade="all, delete-orphan",
        order_by="DropInSlot.weekday, DropInSlot.begins",
    )

    @property
    def at_commune(self) -> Territory | None:
        """Where it is held: as it says itself, else where its unit is, else where whoever gives room is."""
        return (
            self.commune
            or (self.unit.commune if self.unit else None)
            or (self.venue.commune if self.venue else None)
        )

    @property
    def at_neighbourhood(self) -> Territory | None:
        """The quarter in which it is held, if one is told."""
        if self.commune is not None:
            return self.neighbourhood
        return self.unit.neighbourhood if self.unit else None


class DropInSlot(Base):
    """A weekday and the hours at which a drop-in is held, every so many weeks (Brussels' time)."""

    __tablename__ = "drop_in_slot"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="is_a_weekday"),
        CheckConstraint("finishes IS NULL OR finishes > begins", name="finishes_after_begins"),
        CheckConstraint(f"every_weeks BETWEEN 1 AND {MOST_WEEKS}", name="every_so_many_weeks"),
        Index(None, "drop_in_id", "weekday", "begins", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    drop_in_id: Mapped[int] = mapped_column(ForeignKey("drop_in.id", ondelete="CASCADE"))
    weekday: Mapped[int]  # 0: Monday
    begins: Mapped[time] = mapped_column(Time)
    finishes: Mapped[time | None] = mapped_column(Time)
    every_weeks: Mapped[int] = mapped_column(default=1)

    drop_in: Mapped[DropIn] = relationship(back_populates="slots")


class Mission(Base):
    """A mission of an organisation: official (legal basis and date), or taken early on its own initiative.

    It may be both: taken early first, official later.
    """

    __tablename__ = "mission"
    __table_args__ = (
        CheckConstraint("length(label) > 0", name="has_label"),
        CheckConstraint("early_on IS NOT NULL OR official_on IS NOT NULL", name="early_or_official"),
        CheckConstraint(
            "(official_on IS NULL AND legal_basis = '') OR (official_on IS NOT NULL AND legal_basis <> '')",
            name="official_has_legal_basis",
        ),
        CheckConstraint(
            "early_on IS NULL OR official_on IS NULL OR early_on <= official_on", name="early_before_official"
        ),
        CheckConstraint(
            "ends_on IS NULL OR ((early_on IS NULL OR early_on <= ends_on)"
            " AND (official_on IS NULL OR official_on <= ends_on))",
            name="ends_after_start",
        ),
        Index(
            "uq_mission_live", "organisation_id", "label", unique=True,
            sqlite_where=LIVE_NOW, postgresql_where=LIVE_NOW,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    label: Mapped[str] = mapped_column(String(200))
    early_on: Mapped[date | None] = mapped_column(Date)
    early_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "early_precision"), default=Precision.DAY
    )
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    official_on: Mapped[date | None] = mapped_column(Date)
    official_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "official_precision"), default=Precision.DAY
    )
    ends_on: Mapped[date | None] = mapped_column(Date)
    ends_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "ends_precision"), default=Precision.DAY
    )
    note: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation] = relationship()


class TerritoryLabel(Base):
    """What a commune calls itself or was granted, such as « Commune hospitalière »."""

    __tablename__ = "territory_label"
    __table_args__ = (
        CheckConstraint("length(label) > 0", name="has_label"),
        CheckConstraint("length(trim(source)) > 0", name="has_source"),
        CheckConstraint(
            "granted_on IS NULL OR ends_on IS NULL OR ends_on >= granted_on", name="ends_after_grant"
        ),
        Index(
            "uq_territory_label_live", "territory_id", "label", unique=True,
            sqlite_where=LIVE_NOW, postgresql_where=LIVE_NOW,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    granted_on: Mapped[date | None] = mapped_column(Date)
    granted_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "granted_precision"), default=Precision.DAY
    )
    ends_on: Mapped[date | None] = mapped_column(Date)  # the last day on which the place had it
    ends_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "ends_precision"), default=Precision.DAY
    )
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # told wrongly
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    territory: Mapped[Territory] = relationship()


class Exactness(StrEnum):
    """How a figure is meant: « 23 », « environ 20 », « plus de 400 », « moins de 50 »."""

    EXACT = "exact"
    ABOUT = "about"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"


class Figure(Base):
    """A figure with its source and date, of an organisation, a project or a territory.

    Of none of the three, it is a figure of the whole network.
    """

    __tablename__ = "figure"
    __table_args__ = (
        CheckConstraint("length(label) > 0", name="has_label"),
        CheckConstraint("length(trim(source)) > 0", name="has_source"),
        CheckConstraint(
            "(CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN project_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN territory_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name="of_one_thing",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    label: Mapped[str] = mapped_column(String(200))
    exactness: Mapped[Exactness] = mapped_column(choice(Exactness, "exactness"), default=Exactness.EXACT)
    value: Mapped[float] = mapped_column(Float(53))
    unit: Mapped[str] = mapped_column(String(60), default="")
    as_of: Mapped[date] = mapped_column(Date)
    as_of_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "as_of_precision"), default=Precision.DAY
    )
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation | None] = relationship()
    project: Mapped[Project | None] = relationship()
    territory: Mapped[Territory | None] = relationship()


class TeamRole(Period, Base):
    """A role in an organisation's team and how many hold it; never who.

    A head count is a figure: it has its date and its source.
    """

    __tablename__ = "team_role"
    __table_args__ = (
        CheckConstraint("length(role) > 0", name="has_role"),
        CheckConstraint("headcount IS NULL OR headcount > 0", name="somebody"),
        CheckConstraint(
            "headcount IS NULL OR (as_of IS NOT NULL AND length(trim(source)) > 0)",
            name="headcount_has_date_and_source",
        ),
        ends_after_start(),
        Index(
            "uq_team_role_live", "organisation_id", "role", unique=True,
            sqlite_where=LIVE_NOW, postgresql_where=LIVE_NOW,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(String(120))
    headcount: Mapped[int | None]
    as_of: Mapped[date | None] = mapped_column(Date)
    as_of_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "as_of_precision"), default=Precision.DAY
    )
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation] = relationship()
