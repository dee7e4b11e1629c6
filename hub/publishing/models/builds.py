"""The PDFs that were built of an edition."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile
from hub.publishing.models.editions import Edition, Layout

WHOLE = "full"  # the variant that holds the whole edition


class Build(Base):
    """A PDF that was built, with the very content it was built from: the same content gives the same bytes.

    `variant` says what was printed: "full", or a leaflet (see memoranda.variants); `layout` how.
    `content_hash` is the fingerprint of that content (see operations.content), `content` its JSON, which the
    public page shows. `places` says on which page each recommendation stands: identifier → page.
    """

    __tablename__ = "build"
    __table_args__ = (
        UniqueConstraint("edition_id", "content_hash"),
        CheckConstraint("pages >= 1", name="has_pages"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    variant: Mapped[str] = mapped_column(String(120), default=WHOLE)
    layout: Mapped[Layout] = mapped_column(choice(Layout, "build_layout"), default=Layout.SCREEN)
    content_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text, deferred=True)
    is_draft: Mapped[bool]
    pages: Mapped[int]
    places: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    edition: Mapped[Edition] = relationship()
    file: Mapped[StoredFile] = relationship()
