"""Indexes of days."""

revision = "0035_event_speed"
down_revision = "0034_retention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
