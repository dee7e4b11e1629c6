"""Papers of the day."""

revision = "0032_papers"
down_revision = "0031_door"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
