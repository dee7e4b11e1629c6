"""Following actions, and their reminders."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0021_actions"
down_revision = "0020_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tell each change of an action, whom was reminded, what it carries further; begin each day once."""
    op.add_column(
        "action", sa.Column("times_postponed", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("action", sa.Column("search_text", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "message", sa.Column("unsubscribe", sa.String(length=500), server_default="", nullable=False)
    )
    op.create_table(
        "morning",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begun_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_morning")),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "action_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column(
            "state_before",
            sa.Enum(
                "to_do",
                "in_progress",
                "blocked",
                "done",
                "dropped",
                name="state_before",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state_after",
            sa.Enum(
                "to_do",
                "in_progress",
                "blocked",
                "done",
                "dropped",
                name="state_after",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.Column("due_after", sa.Date(), nullable=True),
        sa.Column("reason_before", sa.Text(), nullable=False),
        sa.Column("done_before", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("by_words", sa.String(length=120), nullable=False),
        sa.Column("undone_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "undoes_id IS NOT NULL OR state_before = state_after OR state_after NOT IN ('blocked', 'dropped') OR length(reason) > 0",
            name=op.f("ck_action_change_says_why"),
        ),
        sa.CheckConstraint(
            "undoes_id IS NOT NULL OR due_before IS NULL OR (due_after IS NOT NULL AND due_after <= due_before) OR length(reason) > 0",
            name=op.f("ck_action_change_says_why_later"),
        ),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_change_action_id_action")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_action_change_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["action_change.id"], name=op.f("fk_action_change_undoes_id_action_change")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_action_change_user_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_change")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_action_change_undoes_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("action_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_change_action_id_id"), ["action_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_change_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_change_person_id"), ["person_id"], unique=False)

    op.create_table(
        "action_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "week_before",
                "day_before",
                "day_after",
                "week_after",
                "two_weeks_after",
                "three_weeks_after",
                name="reminder_step",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("written_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_action_reminder_action_id_action")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_action_reminder_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_reminder")),
        sa.UniqueConstraint(
            "action_id",
            "person_id",
            "due_on",
            "step",
            name=op.f("uq_action_reminder_action_id_person_id_due_on_step"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("action_reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_reminder_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_reminder_written_at"), ["written_at"], unique=False)

    op.create_table(
        "reminder_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("stopped_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_reminder_stop_action_id_action")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reminder_stop_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_stop")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reminder_stop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_stop_action_id"), ["action_id"], unique=False)
        batch_op.create_index(
            "uq_reminder_stop_all",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("action_id IS NULL"),
            postgresql_where=sa.text("action_id IS NULL"),
        )
        batch_op.create_index(
            "uq_reminder_stop_one",
            ["person_id", "action_id"],
            unique=True,
            sqlite_where=sa.text("action_id IS NOT NULL"),
            postgresql_where=sa.text("action_id IS NOT NULL"),
        )

    op.create_table(
        "recommendation_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("detached_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_recommendation_action_action_id_action")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_action_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_action")),
        sa.UniqueConstraint(
            "recommendation_id",
            "action_id",
            name=op.f("uq_recommendation_action_recommendation_id_action_id"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("recommendation_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_action_action_id"), ["action_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_recommendation_action_recommendation_id"), ["recommendation_id"], unique=False
        )


def downgrade() -> None:
    """Take them away."""
    for table in ("recommendation_action", "reminder_stop", "action_reminder", "action_change", "morning"):
        op.drop_table(table)
    op.drop_column("message", "unsubscribe")
    op.drop_column("action", "search_text")
    op.drop_column("action", "times_postponed")
