"""An index by which it is known, without reading the texts, whether any of them changed."""

from alembic import op

revision = "0048_index"
down_revision = "0047_letters"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_recommendation_state_version", "recommendation"


def upgrade() -> None:
    """Add it."""
    op.create_index(NAME, TABLE, ["state", "version"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index(NAME, TABLE)
