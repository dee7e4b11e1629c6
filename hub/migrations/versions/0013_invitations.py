"""Whom to invite: proposals and what was chosen."""

revision = "0013_invitations"
down_revision = "0012_network"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
