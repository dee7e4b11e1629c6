"""How voices are counted, positions that are corrected rather than overwritten, decisions made known."""

import sqlalchemy as sa
from alembic import op

from hub.core.db import UTCDateTime

revision = "0020_decisions"
down_revision = "0019_minutes"
branch_labels = None
depends_on = None

RULE = (
    "ALTER TABLE {table} ADD COLUMN vote_rule VARCHAR(40) DEFAULT 'simple' NOT NULL "
    "CONSTRAINT ck_{table}_vote_rule CHECK (vote_rule IN ('simple', 'two_thirds', 'consent'))"
)


def upgrade() -> None:
    """Add the columns; one voice becomes one that has not ended."""
    op.execute(RULE.format(table="space"))
    op.execute(RULE.format(table="decision"))
    op.add_column("decision", sa.Column("told_at", UTCDateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_decision_replaced_by_id"), "decision", ["replaced_by_id"])
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_itself", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True))
        batch_op.drop_constraint("uq_position_decision_id_organisation_id", type_="unique")
        batch_op.create_index(
            "uq_position_one_voice",
            ["decision_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    """Take them away; positions that were corrected or withdrawn are forgotten."""
    op.execute("DELETE FROM position WHERE ended_at IS NOT NULL")
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.drop_index("uq_position_one_voice")
        batch_op.create_unique_constraint(
            "uq_position_decision_id_organisation_id", ["decision_id", "organisation_id"]
        )
        batch_op.drop_column("ended_at")
        batch_op.drop_column("by_itself")
    op.drop_index(op.f("ix_decision_replaced_by_id"), "decision")
    op.drop_column("decision", "told_at")
    op.drop_column("decision", "vote_rule")
    op.drop_column("space", "vote_rule")
