"""Reports told to the plenary."""

revision = "0023_reports"
down_revision = "0022_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
