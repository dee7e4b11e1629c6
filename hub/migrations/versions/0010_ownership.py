"""What associations propose of their own record, what is checked, what may be shown."""

revision = "0010_ownership"
down_revision = "0009_record"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
