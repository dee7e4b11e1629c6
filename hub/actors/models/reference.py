"""Reference data: levels of power, themes, territories, kinds of actors, audiences."""

from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, choice


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


class Sector(StrEnum):
    """Who stands behind an actor: the mix of public and associative actors is read from it."""

    PUBLIC = "public"
    ASSOCIATIVE = "associative"
    PRIVATE = "private"
    OTHER = "other"  # mixed, or the kind alone can't tell


class OrganisationKind(Base):
    """A kind of actor; the list can be edited."""

    __tablename__ = "organisation_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    family: Mapped[Family] = mapped_column(choice(Family, "family"))
    sector: Mapped[Sector] = mapped_column(choice(Sector, "sector"), default=Sector.OTHER)
    position: Mapped[int] = mapped_column(default=0)


class Audience(Base):
    """A public that an actor works with, always in respectful words."""

    __tablename__ = "audience"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
