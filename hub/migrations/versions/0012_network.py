"""What was computed of the network, and views that were saved."""

revision = "0012_network"
down_revision = "0011_merging"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
