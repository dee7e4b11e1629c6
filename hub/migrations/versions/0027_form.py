"""The form."""

revision = "0027_form"
down_revision = "0026_day"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
