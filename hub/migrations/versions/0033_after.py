"""After the day: a certificate only from presence and never rewritten; what came of a conclusion.

The table `certificate` bears triggers from here on: don't rebuild it (batch) without making them again.
"""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0033_after"
down_revision = "0032_papers"
branch_labels = None
depends_on = None

SEEN = (
    "EXISTS (SELECT 1 FROM event_presence JOIN event_session ON event_session.id = event_presence.session_id "
    "WHERE event_presence.registration_id = NEW.registration_id AND event_presence.was_there "
    "AND event_session.event_id = NEW.event_id AND event_session.counts)"
)
SAID = (
    "event_id", "serial", "code", "minutes", "sessions", "first_day", "last_day", "text", "signatory",
    "issued_at", "replaces_id",
)  # fmt: skip
# A name may only be forgotten; a certificate taken back stays so.
OTHER_NAME = "NEW.name <> OLD.name AND (NEW.name <> '' OR NEW.purged_at IS NULL)"
BROUGHT_BACK = "OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL"
GUARDS = (
    ("certificate_from_presence", "INSERT", f"NEW.registration_id IS NULL OR NOT {SEEN}"),
    ("certificate_no_rewriting", f"UPDATE OF {', '.join(SAID)}", None),
    ("certificate_name_stays", "UPDATE OF name, purged_at", OTHER_NAME),
    ("certificate_stays_revoked", "UPDATE OF revoked_at", BROUGHT_BACK),
    ("certificate_no_delete", "DELETE", None),
)


def upgrade() -> None:
    """Guard certificates; add the ties of conclusions."""
    op.create_table(
        "conclusion_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conclusion_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=True),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("detached_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(recommendation_id IS NULL) <> (contribution_id IS NULL)",
            name=op.f("ck_conclusion_tie_one_of_both"),
        ),
        sa.ForeignKeyConstraint(
            ["conclusion_id"],
            ["event_conclusion.id"],
            name=op.f("fk_conclusion_tie_conclusion_id_event_conclusion"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_conclusion_tie_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_conclusion_tie_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conclusion_tie")),
        sa.UniqueConstraint(
            "conclusion_id",
            "contribution_id",
            name=op.f("uq_conclusion_tie_conclusion_id_contribution_id"),
        ),
        sa.UniqueConstraint(
            "conclusion_id",
            "recommendation_id",
            name=op.f("uq_conclusion_tie_conclusion_id_recommendation_id"),
        ),
        sqlite_autoincrement=True,
    )
    for column in ("conclusion_id", "contribution_id", "recommendation_id"):
        op.create_index(op.f(f"ix_conclusion_tie_{column}"), "conclusion_tie", [column], unique=False)
    postgresql = op.get_bind().dialect.name == "postgresql"
    for guard in GUARDS:
        (_add_postgresql if postgresql else _add_sqlite)(*guard)


def _add_sqlite(name: str, event: str, condition: str | None) -> None:
    when = f" WHEN {condition}" if condition else ""
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON certificate{when} BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _add_postgresql(name: str, event: str, condition: str | None) -> None:
    # A WHEN clause can't hold a query on PostgreSQL, so the condition stands in the function.
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'TRUE'} THEN RAISE EXCEPTION '{name}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON certificate FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take them away."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, _event, _condition in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON certificate" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("conclusion_tie")
