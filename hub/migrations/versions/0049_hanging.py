"""What hangs on an edition's items at each kept moment, so that undoing brings it back with them."""

import sqlalchemy as sa
from alembic import op

revision = "0049_hanging"
down_revision = "0048_index"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; for earlier moments nothing is known."""
    op.add_column("edition_snapshot", sa.Column("hanging", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take it off."""
    op.drop_column("edition_snapshot", "hanging")
