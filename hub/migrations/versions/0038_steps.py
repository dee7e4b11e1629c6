"""Where a recommendation's step was decided, which space works on it; how an amendment came in."""

from alembic import op

revision = "0038_steps"
down_revision = "0037_recommendations"
branch_labels = None
depends_on = None

CHANNELS = "'link', 'account', 'phone', 'paper', 'meeting'"
# table, column, type, default, condition, table that it refers to.
COLUMNS = (
    (
        "recommendation_step", "event_id", "INTEGER", None,
        ("one_place", "event_id IS NULL OR meeting_id IS NULL"), "event",
    ),
    ("recommendation_step", "space_id", "INTEGER", None, None, "space"),
    (
        "amendment", "channel", "VARCHAR(40)", "'link'",
        ("amendment_channel", f"channel IN ({CHANNELS})"), None,
    ),
    ("amendment", "meeting_id", "INTEGER", None, None, "meeting"),
)  # fmt: skip
INDEXED = (
    ("recommendation_step", "event_id"),
    ("recommendation_step", "space_id"),
    ("amendment", "meeting_id"),
)


def upgrade() -> None:
    """Add the columns; steps and amendments there are have neither day, group nor meeting."""
    for table, name, kind, default, rule, refers_to in COLUMNS:
        line = f"ALTER TABLE {table} ADD COLUMN {name} {kind}"
        if default is not None:
            line += f" DEFAULT {default} NOT NULL"
        if rule is not None:
            line += f" CONSTRAINT ck_{table}_{rule[0]} CHECK ({rule[1]})"
        if refers_to is not None:
            line += f" CONSTRAINT fk_{table}_{name}_{refers_to} REFERENCES {refers_to} (id)"
        op.execute(line)
    for table, name in INDEXED:
        op.create_index(f"ix_{table}_{name}", table, [name])


def downgrade() -> None:
    """Forget them."""
    for table, name in reversed(INDEXED):
        op.drop_index(f"ix_{table}_{name}", table_name=table)
    for table, name, *_rest in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
