"""Which levels of power a recommendation keeps although its words speak for others."""

import sqlalchemy as sa
from alembic import op

revision = "0040_kept_levels"
down_revision = "0039_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; none is kept so far."""
    op.add_column(
        "recommendation",
        sa.Column("kept_levels", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_column("recommendation", "kept_levels")
