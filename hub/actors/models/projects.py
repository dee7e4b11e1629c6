"""Projects with their dated funders and partners, and the calls for projects that they answer."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.periods import Period, ends_after_start
from hub.actors.models.reference import Audience, Territory, Theme
from hub.actors.models.relations import Precision
from hub.core.db import Base, UTCDateTime, choice


def _links(owner: str, linked: str) -> Table:
    return Table(
        f"{owner}_{linked}",
        Base.metadata,
        Column(f"{owner}_id", ForeignKey(f"{owner}.id", ondelete="CASCADE"), primary_key=True),
        Column(f"{linked}_id", ForeignKey(f"{linked}.id"), primary_key=True, index=True),
    )


project_theme = _links("project", "theme")
project_audience = _links("project", "audience")
project_territory = _links("project", "territory")
project_call_theme = _links("project_call", "theme")
project_call_audience = _links("project_call", "audience")


class ProjectCall(Base):
    """A call for projects (« appel à projets »): who funds, from when to when, where to ask questions."""

    __tablename__ = "project_call"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint(
            "launched_on IS NULL OR closes_on IS NULL OR closes_on >= launched_on",
            name="closes_after_launch",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(250))
    acronym: Mapped[str] = mapped_column(String(40), default="")
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    launched_on: Mapped[date | None] = mapped_column(Date)
    launched_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "launched_precision"), default=Precision.DAY
    )
    closes_on: Mapped[date | None] = mapped_column(Date)  # the last day for an application, included
    closes_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "closes_precision"), default=Precision.DAY
    )
    session_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the information session
    session_place: Mapped[str] = mapped_column(Text, default="")  # a place or the address of a video call
    website: Mapped[str] = mapped_column(String(300), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")  # one folded name a line

    funder: Mapped[Organisation | None] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=project_call_theme, order_by=Theme.position)
    audiences: Mapped[list[Audience]] = relationship(
        secondary=project_call_audience, order_by=Audience.position
    )
    projects: Mapped[list["Project"]] = relationship(back_populates="call", order_by="Project.search_text")


class Project(Period, Base):
    """A project: what it is for, where, for whom, from when to when. Who carries it stands in `parts`."""

    __tablename__ = "project"
    __table_args__ = (CheckConstraint("length(name) > 0", name="has_name"), ends_after_start())

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(250))
    acronym: Mapped[str] = mapped_column(String(40), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    objectives: Mapped[str] = mapped_column(Text, default="")
    services: Mapped[str] = mapped_column(Text, default="")  # one a line
    website: Mapped[str] = mapped_column(String(300), default="")
    call_id: Mapped[int | None] = mapped_column(ForeignKey("project_call.id"), index=True)
    origin: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")  # one folded name a line

    call: Mapped[ProjectCall | None] = relationship(back_populates="projects")
    themes: Mapped[list[Theme]] = relationship(secondary=project_theme, order_by=Theme.position)
    audiences: Mapped[list[Audience]] = relationship(secondary=project_audience, order_by=Audience.position)
    territories: Mapped[list[Territory]] = relationship(secondary=project_territory, order_by=Territory.name)
    parts: Mapped[list["ProjectPart"]] = relationship(
        back_populates="project", order_by="ProjectPart.starts_on, ProjectPart.id"
    )


class PartRole(StrEnum):
    """What an organisation is to a project."""

    LEAD = "lead"
    PARTNER = "partner"
    FUNDER = "funder"


def _live_part(name: str, *more: str, condition: str) -> Index:
    return Index(
        name, "project_id", "organisation_id", "role", *more, unique=True,
        sqlite_where=text(condition), postgresql_where=text(condition),
    )  # fmt: skip


class ProjectPart(Period, Base):
    """The part that an organisation has in a project, dated. It is ended, never erased."""

    __tablename__ = "project_part"
    __table_args__ = (
        ends_after_start(),
        # One part of a kind at a time, and the same fact once.
        _live_part("uq_project_part_open", condition="withdrawn_at IS NULL AND ends_on IS NULL"),
        _live_part("uq_project_part_dated", "starts_on", condition="withdrawn_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[PartRole] = mapped_column(choice(PartRole, "part_role"))
    note: Mapped[str] = mapped_column(Text, default="")  # its share of the work, in words
    origin: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    project: Mapped[Project] = relationship(back_populates="parts")
    organisation: Mapped[Organisation] = relationship()
