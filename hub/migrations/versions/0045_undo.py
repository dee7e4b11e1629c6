"""What a kept moment of an edition stands for, once a change was undone; what a comment was about."""

import sqlalchemy as sa
from alembic import op

revision = "0045_undo"
down_revision = "0044_editions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; earlier moments stand for themselves."""
    op.add_column("edition_snapshot", sa.Column("stands_for", sa.Integer(), nullable=True))
    op.add_column(
        "edition_comment",
        sa.Column("about", sa.String(length=200), server_default="", nullable=False),
    )


def downgrade() -> None:
    """Take them off."""
    op.drop_column("edition_comment", "about")
    op.drop_column("edition_snapshot", "stands_for")
