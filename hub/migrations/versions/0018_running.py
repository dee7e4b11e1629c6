"""Holding a meeting: notes and what was captured."""

revision = "0018_running"
down_revision = "0017_convening"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
