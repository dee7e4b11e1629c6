"""Files of organisations or relations: their columns, their lines, what came of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import OrganisationKind
from hub.actors.models.relations import Relation
from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile


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
    # Of a file that holds a whole network, actors and ties: its format, how many of its ties the hub deduces
    # itself and so leaves out, and the kind of those that name none (see `hub.actors.values.networks`).
    # `kind` then says what comes first; each line has a kind of its own.
    network: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
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
    kind: Mapped[ImportKind] = mapped_column(choice(ImportKind, "kind"))
    number: Mapped[int]  # as a spreadsheet numbers its lines; in a network, actors come before ties
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
