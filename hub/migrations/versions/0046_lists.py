"""Indexes for the lists of recommendations and contributions: a page reads the rows that it shows."""

from alembic import op

revision = "0046_lists"
down_revision = "0045_undo"
branch_labels = None
depends_on = None

# table, columns.
INDEXES = (
    ("recommendation", ["state", "code"]),
    ("recommendation", ["theme_id", "code"]),
    ("recommendation", ["title", "code"]),
    ("recommendation", ["updated_at", "code"]),
    ("contribution", ["organisation_id", "state"]),
    ("contribution", ["state", "submitted_at"]),
)

# The one of organisations and states takes its place, and SQLite would go on choosing it.
REPLACED = ("ix_contribution_organisation_id", "contribution", ["organisation_id"])


def upgrade() -> None:
    """Add them."""
    op.drop_index(REPLACED[0], REPLACED[1])
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def downgrade() -> None:
    """Take them away."""
    op.create_index(*REPLACED)
    for table, columns in INDEXES:
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
