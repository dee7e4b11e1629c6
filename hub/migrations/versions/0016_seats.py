"""Spaces in depth: seats, light membership, requests to join."""

revision = "0016_seats"
down_revision = "0015_meetings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
