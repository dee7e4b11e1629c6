"""Allocation of wishes."""

revision = "0030_allocation"
down_revision = "0029_letters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
