"""How many were at a session stays once it is forgotten who."""

import sqlalchemy as sa
from alembic import op

revision = "0034_retention"
down_revision = "0033_after"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the number."""
    op.add_column("event_session", sa.Column("kept_count", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("event_session", "kept_count")
