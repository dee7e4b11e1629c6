"""A message may hold the words of which it is written when it leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0036_outbox_later"
down_revision = "0035_event_speed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the draft; messages that are written already have none."""
    op.add_column("message", sa.Column("draft", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Forget the drafts. Raises RuntimeError while mails still wait to be written: they would be lost."""
    waiting = sa.text("SELECT count(*) FROM message WHERE draft IS NOT NULL AND state = 'queued'")
    if op.get_bind().scalar(waiting):
        raise RuntimeError("mails wait to be sent: let the worker send them first")
    op.drop_column("message", "draft")
