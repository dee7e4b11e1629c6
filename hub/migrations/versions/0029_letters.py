"""Mails and admission."""

revision = "0029_letters"
down_revision = "0028_seats"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
