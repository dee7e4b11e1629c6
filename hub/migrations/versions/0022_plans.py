"""Integration plans."""

revision = "0022_plans"
down_revision = "0021_actions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
