"""Seats and waiting lists."""

revision = "0028_seats"
down_revision = "0027_form"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
