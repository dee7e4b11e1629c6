"""Texts that look alike: what people decided about two of them, and the words that mean the same."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_


class Verdict(StrEnum):
    """What a person says of two texts."""

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


VERDICTS = {
    Verdict.SAME: N_("La même demande"),
    Verdict.RELATED: N_("Proche, mais autre chose"),
    Verdict.DIFFERENT: N_("Autre demande"),
}


class SimilarityVerdict(Base):
    """What somebody decided about two texts; `first` and `second` are keys (« c12 », « r7 ») in their order.

    c: a contribution, r: a recommendation. Another decision ends this one; it is never erased.
    """

    __tablename__ = "similarity_verdict"
    __table_args__ = (
        CheckConstraint("first < second", name="in_order"),
        Index(
            "uq_similarity_verdict_standing",
            "first",
            "second",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "second"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column(String(20))
    second: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict, "verdict"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ThesaurusGroup(Base):
    """Terms that mean the same when texts are compared, one a line."""

    __tablename__ = "thesaurus_group"
    __table_args__ = (CheckConstraint("length(terms) > 0", name="has_terms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    terms: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(300), default="")
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SimilarityIndex(Base):
    """The one index of all texts, as the library writes it; `stamp` names what it was made of."""

    __tablename__ = "similarity_index"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(64))
    texts: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
