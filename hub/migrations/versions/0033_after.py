"""After the day."""

revision = "0033_after"
down_revision = "0032_papers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
