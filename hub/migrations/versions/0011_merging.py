"""Organisations merged into one, and the addresses that they had."""

revision = "0011_merging"
down_revision = "0010_ownership"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
