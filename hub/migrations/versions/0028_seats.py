"""Seats and waiting lists: who was put back first, mails about it, and what a nightly recount found.

On SQLite the rule of a column is edited where SQLite keeps its text, as 0025 does.
"""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0028_seats"
down_revision = "0027_form"
branch_labels = None
depends_on = None

KINDS = (
    "confirmed", "changed", "cancelled", "pending", "declined", "waiting", "offered", "promoted", "lapsed",
    "workshop_offered", "workshop_promoted", "allotted", "invited", "reserved", "reminder", "practical",
    "notice", "called_off", "evaluation", "certificate",
)  # fmt: skip
NEW_KINDS = (*KINDS[:9], "not_placed", "put_back", *KINDS[9:])
RULE = "ck_event_letter_letter_kind"


def words(values: tuple[str, ...]) -> str:
    """Return the condition that holds the kind of a mail to some words."""
    known = ", ".join(f"'{value}'" for value in values)
    return f"kind IN ({known})"


def upgrade() -> None:
    """Remember who was put back, allow the new mails, keep what a recount found."""
    for table in ("registration", "workshop_wait"):
        op.add_column(table, sa.Column("put_back_at", hub.core.db.UTCDateTime(timezone=True), nullable=True))
    change_rule(words(KINDS), words(NEW_KINDS))
    op.create_table(
        "seat_discrepancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column(
            "mode",
            sa.Enum("onsite", "online", "hybrid", name="discrepancy_mode", native_enum=False,
                    create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("found_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("gone_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(workshop_id IS NULL) = (mode IS NOT NULL)", name=op.f("ck_seat_discrepancy_day_or_workshop")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_seat_discrepancy_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_seat_discrepancy_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_discrepancy")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index(op.f("ix_seat_discrepancy_event_id"), "seat_discrepancy", ["event_id"])
    op.create_index(op.f("ix_seat_discrepancy_workshop_id"), "seat_discrepancy", ["workshop_id"])


def downgrade() -> None:
    """Forget the new mails' own words, who was put back, and what was found."""
    op.drop_table("seat_discrepancy")
    op.execute("DELETE FROM event_letter WHERE kind IN ('not_placed', 'put_back')")
    change_rule(words(NEW_KINDS), words(KINDS))
    for table in ("registration", "workshop_wait"):
        op.drop_column(table, "put_back_at")


def change_rule(before: str, after: str) -> None:
    """Hold the kind of a mail to other words. Raises ValueError where the rule is not there."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f(RULE), "event_letter", type_="check")
        op.create_check_constraint(op.f(RULE), "event_letter", after)
        return
    bind.execute(sa.text("PRAGMA writable_schema=ON"))
    found = bind.execute(
        sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'event_letter'")
    ).scalar_one()
    if before not in found:
        raise ValueError(f"event_letter: {before}")
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = 'event_letter'"),
        {"sql": found.replace(before, after, 1)},
    )
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text(f"PRAGMA schema_version={version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema=RESET"))
