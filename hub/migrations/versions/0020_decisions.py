"""The register of decisions."""

revision = "0020_decisions"
down_revision = "0019_minutes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
