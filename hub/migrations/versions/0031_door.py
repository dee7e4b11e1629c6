"""The door."""

revision = "0031_door"
down_revision = "0030_allocation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
