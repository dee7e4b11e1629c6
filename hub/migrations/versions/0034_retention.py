"""Retention."""

revision = "0034_retention"
down_revision = "0033_after"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
