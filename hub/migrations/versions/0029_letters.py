"""Mails and admission: other words for who follows online."""

import sqlalchemy as sa
from alembic import op

revision = "0029_letters"
down_revision = "0028_seats"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a mail say something else to who follows online."""
    op.add_column("event_letter", sa.Column("body_online", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Say the same to all again."""
    op.drop_column("event_letter", "body_online")
