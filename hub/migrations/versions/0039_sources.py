"""What is printed on a page as its number, why a document isn't read, where a consent is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0039_sources"
down_revision = "0038_steps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; of what was read before, none is known."""
    op.add_column("source_page", sa.Column("label", sa.String(20), server_default="", nullable=False))
    op.add_column(
        "source_document", sa.Column("reading_problem", sa.String(20), server_default="", nullable=False)
    )
    op.add_column("testimony", sa.Column("consent_note", sa.String(300), server_default="", nullable=False))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("testimony", "consent_note")
    op.drop_column("source_document", "reading_problem")
    op.drop_column("source_page", "label")
