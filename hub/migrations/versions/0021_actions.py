"""Following actions, and their reminders."""

revision = "0021_actions"
down_revision = "0020_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
