"""Reports on the state of the network."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0014_report"
down_revision = "0013_invitations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "status_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("since < day", name=op.f("ck_status_report_since_before")),
        sa.CheckConstraint(
            "published_at IS NULL OR file_id IS NOT NULL", name=op.f("ck_status_report_published_is_built")
        ),
        sa.CheckConstraint(
            "(file_id IS NULL) = (pages IS NULL)", name=op.f("ck_status_report_built_has_pages")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_status_report_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_status_report_created_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_report")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_status_report_day"), "status_report", ["day"])


def downgrade() -> None:
    """Take it away; the files stay in their store."""
    op.drop_table("status_report")
