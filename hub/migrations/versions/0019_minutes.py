"""Minutes, their remarks and errata."""

revision = "0019_minutes"
down_revision = "0018_running"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
