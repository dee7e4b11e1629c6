"""Errata that the next edition has taken up: who said so, and when."""

import sqlalchemy as sa
from alembic import op

from hub.core.db import UTCDateTime

revision = "0050_taken_up"
down_revision = "0049_hanging"
branch_labels = None
depends_on = None

TABLE = "erratum_taken_up"
CLOSED = "(SELECT state FROM edition WHERE id = {row}.edition_id) NOT IN ('draft', 'review')"
# Told while the edition is composed, taken back by erasing; never changed.
GUARDS = (
    (f"{TABLE}_frozen_no_insert", "INSERT", CLOSED.format(row="NEW")),
    (f"{TABLE}_frozen_no_update", "UPDATE", None),
    (f"{TABLE}_frozen_no_delete", "DELETE", CLOSED.format(row="OLD")),
)


def upgrade() -> None:
    """Add the table and its guards."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("erratum_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("actor_label", sa.String(length=200), nullable=False),
        sa.Column("taken_up_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["erratum_id"],
            ["edition_erratum.id"],
            name=op.f("fk_erratum_taken_up_erratum_id_edition_erratum"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_erratum_taken_up_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erratum_taken_up")),
        sa.UniqueConstraint(
            "erratum_id", "edition_id", name=op.f("uq_erratum_taken_up_erratum_id_edition_id")
        ),
    )
    op.create_index(op.f("ix_erratum_taken_up_edition_id"), TABLE, ["edition_id"], unique=False)
    for name, event, condition in GUARDS:
        _add_guard(name, event, condition)


def downgrade() -> None:
    """Take it off."""
    for name, _event, _condition in GUARDS:
        _drop_guard(name)
    op.drop_index(op.f("ix_erratum_taken_up_edition_id"), table_name=TABLE)
    op.drop_table(TABLE)


def _add_guard(name: str, event: str, condition: str | None) -> None:
    if op.get_bind().dialect.name == "sqlite":
        when = f" WHEN {condition}" if condition else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE}{when} BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    # A WHEN clause can't hold a query on PostgreSQL, so the condition stands in the function.
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'TRUE'} THEN RAISE EXCEPTION '{name}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _drop_guard(name: str) -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute(f"DROP TRIGGER {name} ON {TABLE}" if postgresql else f"DROP TRIGGER {name}")
    if postgresql:
        op.execute(f"DROP FUNCTION {name}()")
