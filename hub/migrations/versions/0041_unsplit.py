"""A part of a text whose splitting was undone stays, and is read no more: the whole is."""

import sqlalchemy as sa
from alembic import op

from hub.core.db import UTCDateTime

revision = "0041_unsplit"
down_revision = "0040_kept_levels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when it was undone; no splitting could be so far."""
    op.add_column("contribution", sa.Column("unsplit_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Forget it. Raises RuntimeError where one was undone: its parts would stand again beside the whole."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM contribution WHERE unsplit_at IS NOT NULL")):
        raise RuntimeError("splittings were undone: their parts would stand again")
    op.drop_column("contribution", "unsplit_at")
