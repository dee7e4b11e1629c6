"""Holding a meeting: when it began, texts written at the same time, gestures that count once."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0018_running"
down_revision = "0017_convening"
branch_labels = None
depends_on = None

KINDS = ("open", "notes", "kept_notes", "merge", "presence", "guest", "point")


def upgrade() -> None:
    """Create the tables, and the moment at which a meeting began."""
    op.add_column("meeting", sa.Column("opened_at", hub.core.db.UTCDateTime(timezone=True), nullable=True))
    op.create_table(
        "note_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("found_version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("saved_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "base_version < found_version", name=op.f("ck_note_conflict_started_from_an_older_one")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_note_conflict_author_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_note_conflict_item_id_agenda_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_conflict")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_note_conflict_item_id"), "note_conflict", ["item_id"])
    op.create_index(
        "ix_note_conflict_open",
        "note_conflict",
        ["item_id"],
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "meeting_gesture",
        sa.Column("client_key", sa.String(length=40), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="gesture_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_gesture_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("client_key", name=op.f("pk_meeting_gesture")),
    )
    op.create_index(op.f("ix_meeting_gesture_created_at"), "meeting_gesture", ["created_at"])
    op.create_index(op.f("ix_meeting_gesture_meeting_id"), "meeting_gesture", ["meeting_id"])
    op.create_table(
        "meeting_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=True),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.String(length=40), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(recommendation_id IS NULL) <> (contribution_id IS NULL)",
            name=op.f("ck_meeting_source_one_of_both"),
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_meeting_source_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_meeting_source_item_id_agenda_item")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_meeting_source_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_source")),
        sa.UniqueConstraint("client_key", name=op.f("uq_meeting_source_client_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_source_contribution_id"), "meeting_source", ["contribution_id"])
    op.create_index(op.f("ix_meeting_source_item_id"), "meeting_source", ["item_id"])
    op.create_index(op.f("ix_meeting_source_recommendation_id"), "meeting_source", ["recommendation_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("meeting_source")
    op.drop_table("meeting_gesture")
    op.drop_table("note_conflict")
    op.drop_column("meeting", "opened_at")
