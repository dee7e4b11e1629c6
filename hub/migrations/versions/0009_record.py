"""The full record of an organisation: sub-units, drop-ins, missions, labels, figures, projects, calls."""

revision = "0009_record"
down_revision = "0008_guards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
