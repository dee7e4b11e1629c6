"""Actors: organisations, projects and bodies, the people who speak for them, and what ties them together."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile


class Level(Base):
    """A level of power: commune, province, Region…; recommendations are addressed to one or several."""

    __tablename__ = "level"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    competences: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)


class ThemeKind(StrEnum):
    """Whether a theme is general, specific to integration, or a fundamental right."""

    GENERAL = "general"
    SPECIFIC = "specific"
    RIGHT = "right"


class Theme(Base):
    """A theme or a right, by which actors, spaces and recommendations are sorted."""

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    kind: Mapped[ThemeKind] = mapped_column(choice(ThemeKind, "theme_kind"), default=ThemeKind.GENERAL)
    position: Mapped[int] = mapped_column(default=0)


class TerritoryKind(StrEnum):
    """How large a territory is, from the quarter to the Union."""

    NEIGHBOURHOOD = "neighbourhood"
    COMMUNE = "commune"
    PROVINCE = "province"
    REGION = "region"
    COMMUNITY = "community"
    COUNTRY = "country"
    UNION = "union"


class Territory(Base):
    """A place that an actor is seated in or serves.

    Communes carry their NIS code; points are WGS84 degrees.
    """

    __tablename__ = "territory"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TerritoryKind] = mapped_column(choice(TerritoryKind, "territory_kind"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    postal_code: Mapped[str] = mapped_column(String(10), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)

    parent: Mapped["Territory | None"] = relationship(remote_side="Territory.id")


class Family(StrEnum):
    """The eight families of kinds: each has a colour and a shape on the map (`graph.style.FAMILIES`)."""

    COORDINATION = "coordination"  # regional centres, federations, platforms, projects and other devices
    AUTHORITY = "authority"  # communes, CPAS, Province, Region, administrations, funds
    ASSOCIATION = "association"  # associations and services
    CITIZENS = "citizens"  # citizen collectives and immigrant-led associations
    LEARNING = "learning"  # schools, training, research, employment, media
    HEALTH = "health"  # hospitals, mental health, health promotion, mutualities
    CULTURE = "culture"  # venues and cultural centres
    PARTY = "party"


class OrganisationKind(Base):
    """A kind of actor; the list can be edited."""

    __tablename__ = "organisation_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    family: Mapped[Family] = mapped_column(choice(Family, "family"))
    position: Mapped[int] = mapped_column(default=0)


class Audience(Base):
    """A public that an actor works with, always in respectful words."""

    __tablename__ = "audience"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


organisation_theme = Table(
    "organisation_theme",
    Base.metadata,
    Column("organisation_id", ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id"), primary_key=True, index=True),
)
organisation_territory = Table(
    "organisation_territory",
    Base.metadata,
    Column("organisation_id", ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True),
    Column("territory_id", ForeignKey("territory.id"), primary_key=True, index=True),
)
organisation_audience = Table(
    "organisation_audience",
    Base.metadata,
    Column("organisation_id", ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True),
    Column("audience_id", ForeignKey("audience.id"), primary_key=True, index=True),
)


class LegalForm(StrEnum):
    """The legal form; a citizen collective often has none."""

    ASBL = "asbl"
    AISBL = "aisbl"
    FOUNDATION = "foundation"
    DE_FACTO = "de_facto"
    PUBLIC = "public"
    COOPERATIVE = "cooperative"
    COMPANY = "company"
    OTHER = "other"
    UNKNOWN = "unknown"


class OrganisationState(StrEnum):
    """Whether an actor is at work; one that has ended stays in the register."""

    ACTIVE = "active"
    DORMANT = "dormant"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure a fact is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Organisation(Base):
    """An actor: an association, a public body, a venue, or a project or device such as the PPLI."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("founded IS NULL OR founded BETWEEN 1000 AND 2200", name="founded_is_a_year"),
        CheckConstraint("enterprise_number IS NULL OR length(enterprise_number) = 10", name="bce_ten_digits"),
        CheckConstraint("length(name) > 0", name="has_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(250))
    acronym: Mapped[str] = mapped_column(String(40), default="")
    former_names: Mapped[str] = mapped_column(Text, default="")  # one a line
    kind_id: Mapped[int] = mapped_column(ForeignKey("organisation_kind.id"), index=True)
    legal_form: Mapped[LegalForm] = mapped_column(choice(LegalForm, "legal_form"), default=LegalForm.UNKNOWN)
    enterprise_number: Mapped[str | None] = mapped_column(String(10), unique=True)
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    scope: Mapped[str] = mapped_column(String(200), default="")
    founded: Mapped[int | None]
    state: Mapped[OrganisationState] = mapped_column(
        choice(OrganisationState, "organisation_state"), default=OrganisationState.ACTIVE, index=True
    )
    state_since: Mapped[date | None] = mapped_column(Date)
    description: Mapped[str] = mapped_column(Text, default="")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)  # ISO 639-1 codes
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[Confidence] = mapped_column(
        choice(Confidence, "organisation_confidence"), default=Confidence.HIGH
    )
    note: Mapped[str] = mapped_column(Text, default="")
    checked_on: Mapped[date | None] = mapped_column(Date)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(
        Text, default=""
    )  # one folded name a line: name, acronym, former names
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_batch.id", ondelete="SET NULL"), index=True
    )

    kind: Mapped[OrganisationKind] = relationship()
    commune: Mapped[Territory | None] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=organisation_theme, order_by=Theme.position)
    territories: Mapped[list[Territory]] = relationship(
        secondary=organisation_territory, order_by=Territory.name
    )
    audiences: Mapped[list[Audience]] = relationship(
        secondary=organisation_audience, order_by=Audience.position
    )
    checked_by: Mapped[User | None] = relationship()

    @property
    def short_label(self) -> str:
        """The acronym if there is one, else the name."""
        return self.acronym or self.name


class Person(Base):
    """Somebody who speaks for an organisation; as little as needed is held."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), unique=True
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[User | None] = relationship()


class Mandate(Base):
    """The power to speak for an organisation: who, as what, for what, from when to when.

    It is ended, never erased.
    """

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        # One current mandate of a person for an organisation and scope.
        Index(
            "uq_mandate_current",
            "person_id",
            "organisation_id",
            "scope",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    function: Mapped[str] = mapped_column(String(120), default="")
    scope: Mapped[str] = mapped_column(String(200), default="")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)  # the last day, included
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # ended at once
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()

    def is_current(self, today: date) -> bool:
        """Say whether the mandate gives its right on that day (Brussels' date)."""
        in_time = self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)
        return in_time and self.withdrawn_at is None

    @classmethod
    def gives_right_on(cls, today: date) -> ColumnElement[bool]:
        """Return the condition that `is_current` states, for queries."""
        return and_(
            cls.starts_on <= today,
            or_(cls.ends_on.is_(None), cls.ends_on >= today),
            cls.withdrawn_at.is_(None),
        )


class RelationKind(Base):
    """A kind of tie: its words in both directions (« pilote » / « est piloté par »)."""

    __tablename__ = "relation_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    reverse_label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class Precision(StrEnum):
    """How exactly a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    BEFORE = "before"  # some day up to this one


def _live_tie(name: str, *more: str, condition: str) -> Index:
    return Index(
        name,
        "source_id",
        "kind_id",
        "target_id",
        *more,
        unique=True,
        sqlite_where=text(condition),
        postgresql_where=text(condition),
    )


class Relation(Base):
    """A dated tie between two actors, with its source. It is ended, never erased; a wrong one is withdrawn.

    `start_on` is the first day of the period known, `end_on` its last day, included.
    """

    __tablename__ = "relation"
    __table_args__ = (
        CheckConstraint("source_id <> target_id", name="two_actors"),
        CheckConstraint("start_on IS NULL OR end_on IS NULL OR end_on >= start_on", name="ends_after_start"),
        # The same fact stands once; one that was withdrawn may be told again.
        _live_tie("uq_relation_dated", "start_on", condition="withdrawn_at IS NULL"),
        _live_tie("uq_relation_undated", condition="withdrawn_at IS NULL AND start_on IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("relation_kind.id"), index=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    start_on: Mapped[date | None] = mapped_column(Date)
    start_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "start_precision"), default=Precision.DAY
    )
    end_on: Mapped[date | None] = mapped_column(Date)
    end_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "end_precision"), default=Precision.DAY
    )
    origin: Mapped[str] = mapped_column(Text, default="")  # where the fact was read
    confidence: Mapped[Confidence] = mapped_column(
        choice(Confidence, "relation_confidence"), default=Confidence.HIGH
    )
    note: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_batch.id", ondelete="SET NULL"), index=True
    )

    kind: Mapped[RelationKind] = relationship()
    source: Mapped[Organisation] = relationship(foreign_keys=source_id)
    target: Mapped[Organisation] = relationship(foreign_keys=target_id)


class ImportKind(StrEnum):
    """What an import brings."""

    ORGANISATIONS = "organisations"
    RELATIONS = "relations"


class ImportState(StrEnum):
    """Where an import stands: nothing is stored in the register before it is confirmed."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    STORING = "storing"
    STORED = "stored"
    UNDONE = "undone"
    FAILED = "failed"


class ImportBatch(Base):
    """A file of organisations or relations: its columns, its lines with their errors, and what came of it."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(choice(ImportKind, "import_kind"))
    state: Mapped[ImportState] = mapped_column(
        choice(ImportState, "import_state"), default=ImportState.UPLOADED
    )
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    header: Mapped[list[str]] = mapped_column(JSON, default=list)
    # A digest of the header: a later file with the same one is offered the same mapping.
    signature: Mapped[str] = mapped_column(String(64), index=True, default="")
    mapping: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # field → place of its column
    # What an actor is where the file doesn't say.
    default_kind_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation_kind.id", ondelete="SET NULL")
    )
    error: Mapped[str] = mapped_column(Text, default="")  # why the whole file can't be read
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    stored_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    file: Mapped[StoredFile] = relationship()
    created_by: Mapped[User | None] = relationship()
    default_kind: Mapped[OrganisationKind | None] = relationship()


class LineDecision(StrEnum):
    """What to do with a line of an import."""

    CREATE = "create"
    SAME = "same"  # it is the actor or tie that is already there: nothing is made
    SKIP = "skip"


class ImportLine(Base):
    """One line of an import: what it says, what is wrong with it, whom it resembles, what to do with it."""

    __tablename__ = "import_line"
    __table_args__ = (
        UniqueConstraint("batch_id", "number", name="uq_import_line_number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    number: Mapped[int]  # as a spreadsheet numbers its lines
    values: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # field → what the file says
    problems: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # [field, msgid, params]
    has_problems: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[LineDecision] = mapped_column(
        choice(LineDecision, "line_decision"), default=LineDecision.CREATE
    )
    likeness: Mapped[str] = mapped_column(String(40), default="")  # why it resembles: number, name, acronym
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), index=True
    )  # the likely duplicate
    relation_id: Mapped[int | None] = mapped_column(
        ForeignKey("relation.id", ondelete="SET NULL"), index=True
    )
    made_id: Mapped[int | None]  # the organisation or relation that it made

    batch: Mapped[ImportBatch] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    relation: Mapped[Relation | None] = relationship()
