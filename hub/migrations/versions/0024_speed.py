"""Indexes for long lists: each page reads the rows that it shows, not all of them."""

from alembic import op

revision = "0024_speed"
down_revision = "0023_reports"
branch_labels = None
depends_on = None

# name, table, columns.
INDEXES = (
    ("ix_action_state_updated_at", "action", ["state", "updated_at"]),
    ("ix_action_organisation_id_state", "action", ["organisation_id", "state"]),
    ("ix_decision_taken_on_id", "decision", ["taken_on", "id"]),
    ("ix_membership_organisation_id_space_id", "membership", ["organisation_id", "space_id"]),
)


def upgrade() -> None:
    """Add them."""
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Take them away."""
    for name, table, _columns in INDEXES:
        op.drop_index(name, table)
