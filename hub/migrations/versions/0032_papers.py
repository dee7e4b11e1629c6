"""Papers of the day."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0032_papers"
down_revision = "0031_door"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the papers that wait to be fetched."""
    op.create_table(
        "day_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("made_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_day_paper_lasts")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_day_paper_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_paper")),
    )
    op.create_index(op.f("ix_day_paper_event_id"), "day_paper", ["event_id"])
    op.create_index(op.f("ix_day_paper_expires_at"), "day_paper", ["expires_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("day_paper")
