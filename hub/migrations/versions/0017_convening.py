"""Finding a date, agendas and their sending."""

revision = "0017_convening"
down_revision = "0016_seats"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
