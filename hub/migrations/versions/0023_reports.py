"""Reports told to the plenary, frozen once published; notes on the yearly activity, and its exports."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0023_reports"
down_revision = "0022_plans"
branch_labels = None
depends_on = None

FROZEN = (
    "slug", "title", "subtitle", "state", "first_on", "last_on", "territory_id", "space_id", "plan_id",
    "absent_after", "figures_at", "file_id", "pages", "content", "content_hash", "created_at", "updated_at",
    "published_at",
)  # fmt: skip
NOT_A_DRAFT = "(SELECT state FROM plenary_report WHERE id = {row}.report_id) <> 'draft'"
# name, table, event, condition
GUARDS = (
    (
        "plenary_report_published_no_update",
        "plenary_report",
        "UPDATE OF " + ", ".join(FROZEN),
        "OLD.state = 'published'",
    ),
    ("plenary_report_published_no_delete", "plenary_report", "DELETE", "OLD.state = 'published'"),
    ("report_part_frozen_no_insert", "report_part", "INSERT", NOT_A_DRAFT.format(row="NEW")),
    (
        "report_part_frozen_no_update",
        "report_part",
        "UPDATE",
        f"{NOT_A_DRAFT.format(row='OLD')} OR {NOT_A_DRAFT.format(row='NEW')}",
    ),
    ("report_part_frozen_no_delete", "report_part", "DELETE", NOT_A_DRAFT.format(row="OLD")),
)


def upgrade() -> None:
    """Make the tables, and let the database itself refuse to change what was published."""
    op.create_table(
        "activity_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("theme_code", sa.String(length=40), nullable=False),
        sa.Column("workbook_id", sa.Integer(), nullable=True),
        sa.Column("archive_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(workbook_id IS NULL) = (archive_id IS NULL)", name=op.f("ck_activity_export_both_files")
        ),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_activity_export_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["archive_id"], ["stored_file.id"], name=op.f("fk_activity_export_archive_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_activity_export_created_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_activity_export_space_id_space")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_activity_export_territory_id_territory")
        ),
        sa.ForeignKeyConstraint(
            ["workbook_id"], ["stored_file.id"], name=op.f("fk_activity_export_workbook_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_export")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("activity_export", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_export_created_at"), ["created_at"], unique=False)

    op.create_table(
        "activity_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("year BETWEEN 1900 AND 2999", name=op.f("ck_activity_note_year_reasonable")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_activity_note_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_note")),
        sa.UniqueConstraint("space_id", "year", name=op.f("uq_activity_note_space_id_year")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "plenary_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subtitle", sa.String(length=250), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "publishing",
                "published",
                name="report_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("absent_after", sa.Integer(), nullable=False),
        sa.Column("figures_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'published' OR (file_id IS NOT NULL AND published_at IS NOT NULL)",
            name=op.f("ck_plenary_report_published_is_built"),
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR state = 'published'",
            name=op.f("ck_plenary_report_withdrawn_was_published"),
        ),
        sa.CheckConstraint(
            "(CASE WHEN territory_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN space_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN plan_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name=op.f("ck_plenary_report_one_scope"),
        ),
        sa.CheckConstraint(
            "(file_id IS NULL) = (pages IS NULL) AND (file_id IS NULL) = (content_hash IS NULL)",
            name=op.f("ck_plenary_report_built_has_pages"),
        ),
        sa.CheckConstraint(
            "absent_after BETWEEN 1 AND 12", name=op.f("ck_plenary_report_absent_after_reasonable")
        ),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_plenary_report_ends_after_start")),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_plenary_report_has_title")),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_plenary_report_created_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_plenary_report_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plenary_report_plan_id_plan")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_plenary_report_space_id_space")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_plenary_report_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plenary_report")),
        sa.UniqueConstraint("slug", name=op.f("uq_plenary_report_slug")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plenary_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plenary_report_last_on"), ["last_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_plenary_report_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plenary_report_space_id"), ["space_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plenary_report_territory_id"), ["territory_id"], unique=False)

    op.create_table(
        "report_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "in_short",
                "spaces",
                "taking_part",
                "stopped",
                "decisions",
                "actions",
                "axes",
                "indicators",
                "needs",
                "recommendations",
                "contributions",
                "days",
                "perspectives",
                "method",
                "free",
                name="part_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("hidden", sa.JSON(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by_page", sa.String(length=40), nullable=False),
        sa.Column("saved_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'free') = (figures = '')", name=op.f("ck_report_part_counted_unless_free")
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_report_part_has_title")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["plenary_report.id"], name=op.f("fk_report_part_report_id_plenary_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_part")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("report_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_part_report_id"), ["report_id"], unique=False)
        batch_op.create_index(
            "uq_report_part_kind",
            ["report_id", "kind"],
            unique=True,
            sqlite_where=sa.text("kind <> 'free'"),
            postgresql_where=sa.text("kind <> 'free'"),
        )

    postgresql = op.get_bind().dialect.name == "postgresql"
    for guard in GUARDS:
        (_add_postgresql if postgresql else _add_sqlite)(*guard)


def _add_sqlite(name: str, table: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _add_postgresql(name: str, table: str, event: str, condition: str) -> None:
    # A WHEN clause can't hold a query on PostgreSQL, so the condition stands in the function.
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take them away."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, _event, _condition in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    for table in ("report_part", "plenary_report", "activity_note", "activity_export"):
        op.drop_table(table)
