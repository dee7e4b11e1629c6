"""The day itself."""

revision = "0026_day"
down_revision = "0025_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
