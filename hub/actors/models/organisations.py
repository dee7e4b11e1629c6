"""Organisations: associations, public bodies, venues, projects and devices."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    String,
    Table,
    Text,
)
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.reference import Audience, OrganisationKind, Sector, Territory, Theme
from hub.core.db import Base, UTCDateTime, choice

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


class Structured(StrEnum):
    """Whether an organisation has a structure (statutes, bodies that meet); many collectives have none."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class FundingSource(StrEnum):
    """What an organisation lives on."""

    SUBSIDIES = "subsidies"
    ACTIVITIES = "activities"
    DONATIONS = "donations"
    MEMBERSHIP_FEES = "membership_fees"
    PROJECT_CALLS = "project_calls"
    OTHER = "other"


class CheckedAs(StrEnum):
    """In whose name a record was looked over; readers see this, never a person's name."""

    COORDINATION = "coordination"
    ORGANISATION = "organisation"


class Confidence(StrEnum):
    """How sure a fact is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


SECTOR_OF_FORM = {
    LegalForm.ASBL: Sector.ASSOCIATIVE,
    LegalForm.AISBL: Sector.ASSOCIATIVE,
    LegalForm.FOUNDATION: Sector.ASSOCIATIVE,
    LegalForm.DE_FACTO: Sector.ASSOCIATIVE,
    LegalForm.PUBLIC: Sector.PUBLIC,
    LegalForm.COOPERATIVE: Sector.PRIVATE,
    LegalForm.COMPANY: Sector.PRIVATE,
}


class OrganisationFunding(Base):
    """One source of an organisation's means; `Organisation.funding_sources` lists them."""

    __tablename__ = "organisation_funding"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    source: Mapped[FundingSource] = mapped_column(choice(FundingSource, "funding_source"), primary_key=True)


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
    structured: Mapped[Structured] = mapped_column(
        choice(Structured, "structured"), default=Structured.UNKNOWN
    )
    field_of_action: Mapped[str] = mapped_column(Text, default="")
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
    checked_as: Mapped[CheckedAs | None] = mapped_column(choice(CheckedAs, "checked_as"))
    # What the organisation agreed to show to everybody (`hub.actors.values.consent`), when that was noted, by
    # whom, and who agreed. No moment: shown since before agreements were asked for.
    public_fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    public_fields_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    public_fields_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    agreement: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(
        Text, default=""
    )  # one folded name a line: name, acronym, former names
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_batch.id", ondelete="SET NULL"), index=True
    )

    # The record that this one became, where the two were the same actor (see `models.merging`).
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"),
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        index=True,
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
    merged_into: Mapped["Organisation | None"] = relationship(remote_side="Organisation.id")
    checked_by: Mapped[User | None] = relationship(foreign_keys=checked_by_id)
    public_fields_by: Mapped[User | None] = relationship(foreign_keys=public_fields_by_id)
    fundings: Mapped[list[OrganisationFunding]] = relationship(
        cascade="all, delete-orphan", order_by=OrganisationFunding.source
    )
    funding_sources: AssociationProxy[list[FundingSource]] = association_proxy(
        "fundings", "source", creator=lambda source: OrganisationFunding(source=source)
    )

    @property
    def short_label(self) -> str:
        """The acronym if there is one, else the name."""
        return self.acronym or self.name

    @property
    def successor(self) -> "Organisation | None":
        """The record that this one became in the end, if it was merged."""
        found = self.merged_into
        while found is not None and found.merged_into is not None:
            found = found.merged_into
        return found

    @property
    def sector(self) -> Sector:
        """Public, associative or private: as its legal form says, else as its kind mostly is."""
        return SECTOR_OF_FORM.get(self.legal_form, self.kind.sector)
