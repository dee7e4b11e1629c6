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

APPROVED = (
    "EXISTS (SELECT 1 FROM decision JOIN minutes ON minutes.meeting_id = decision.meeting_id "
    "WHERE decision.id = {row}.decision_id AND minutes.state = 'approved')"
)
# name, table, event, condition (None: always). What is left free: a record made one with another takes its
# positions along, a person may be forgotten.
GUARDS = (
    ("position_approved_no_insert", "position", "INSERT", APPROVED.format(row="NEW")),
    (
        "position_approved_no_update",
        "position",
        "UPDATE OF decision_id, stance, reason, by_itself, created_at, ended_at",
        APPROVED.format(row="OLD"),
    ),
    ("position_approved_no_delete", "position", "DELETE", APPROVED.format(row="OLD")),
    ("decision_vote_rule_no_update", "decision", "UPDATE OF vote_rule", None),
)


def upgrade() -> None:
    """Add the columns; one voice becomes one that has not ended. Then the triggers."""
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
    for guard in GUARDS:
        if op.get_bind().dialect.name == "postgresql":
            _add_postgresql(*guard)
        else:
            _add_sqlite(*guard)


def _add_sqlite(name: str, table: str, event: str, condition: str | None) -> None:
    when = f" WHEN {condition}" if condition else ""
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _add_postgresql(name: str, table: str, event: str, condition: str | None) -> None:
    # A WHEN clause can't hold a query on PostgreSQL, so the condition stands in the function.
    row = "OLD" if event.startswith("DELETE") else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition or 'TRUE'} "
        f"THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take them away; positions that were corrected or withdrawn are forgotten."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, _event, _condition in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
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
