"""How an edition is written by several: comments, who is where, and what it was before."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.core.db import Base, UTCDateTime
from hub.publishing.models.composition import Chapter, EditionSection, Item
from hub.publishing.models.editions import Edition


class EditionComment(Base):
    """A remark between those who write an edition, on a part, a chapter, an item or on all; never printed.

    `about` says in words what it was on, once that has left the edition.
    """

    __tablename__ = "edition_comment"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="has_text"),
        CheckConstraint(
            "(section_id IS NULL OR chapter_id IS NULL) AND (section_id IS NULL OR item_id IS NULL)"
            " AND (chapter_id IS NULL OR item_id IS NULL)",
            name="one_place",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    section_id: Mapped[int | None] = mapped_column(
        ForeignKey("edition_section.id", ondelete="CASCADE"), index=True
    )
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapter.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("edition_item.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    author_label: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(String(200), default="", server_default="")
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    edition: Mapped[Edition] = relationship()
    section: Mapped[EditionSection | None] = relationship()
    chapter: Mapped[Chapter | None] = relationship()
    item: Mapped[Item | None] = relationship()
    author: Mapped[User | None] = relationship()


class EditionPresence(Base):
    """Where somebody is in an edition at the moment; gone some minutes after they left."""

    __tablename__ = "edition_presence"
    __table_args__ = (UniqueConstraint("edition_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    place: Mapped[str] = mapped_column(String(80), default="")  # an anchor of the composing page
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()


class EditionSnapshot(Base):
    """What an edition was made of after a change: what undoing goes back to, and differences are taken from.

    `content` is JSON (see operations.snapshots); `label` is the name that somebody gave this moment.
    `stands_for` is the number of the earlier moment that undoing or redoing went back to; `hanging` tells
    what hung on its items when it was last left (JSON, see operations.hanging).
    """

    __tablename__ = "edition_snapshot"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    stands_for: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(120), default="")
    actor_label: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text, deferred=True)
    hanging: Mapped[str] = mapped_column(Text, deferred=True, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
