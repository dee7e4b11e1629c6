"""Minutes, their versions, remarks and errata; papers as PDF. What was approved never changes (triggers)."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0019_minutes"
down_revision = "0018_running"
branch_labels = None
depends_on = None

OF_MINUTES = (
    "id", "meeting_id", "state", "introduction", "closing", "edition", "remarks_until", "approval",
    "approved_on", "approved_at_id", "approved_by", "search_text", "created_at", "updated_at",
)  # fmt: skip
OF_VERSION = (
    "id", "minutes_id", "number", "content", "message", "remarks_until", "sent_at", "sent_by",
)  # fmt: skip
APPROVED = "(SELECT state FROM minutes WHERE minutes.meeting_id = {row}.meeting_id) = 'approved'"


def _of(columns: tuple[str, ...]) -> str:
    return "UPDATE OF " + ", ".join(columns)


# name, table, event, condition (None: always). What approved minutes rest on is held, too: notes, attendance
# and decisions can't say one thing and the approved text another.
GUARDS = (
    ("minutes_approved_no_update", "minutes", _of(OF_MINUTES), "OLD.state = 'approved'"),
    ("minutes_file_no_update", "minutes", "UPDATE OF file_id", "OLD.file_id IS NOT NULL"),
    ("minutes_approved_no_delete", "minutes", "DELETE", "OLD.state = 'approved'"),
    (
        "minutes_version_no_insert",
        "minutes_version",
        "INSERT",
        "(SELECT state FROM minutes WHERE minutes.id = NEW.minutes_id) = 'approved'",
    ),
    ("minutes_version_no_update", "minutes_version", _of(OF_VERSION), None),
    ("minutes_version_file_no_update", "minutes_version", "UPDATE OF file_id", "OLD.file_id IS NOT NULL"),
    ("minutes_version_no_delete", "minutes_version", "DELETE", None),
    (
        "erratum_no_insert",
        "erratum",
        "INSERT",
        "COALESCE((SELECT state FROM minutes WHERE minutes.id = NEW.minutes_id), '') <> 'approved'",
    ),
    ("erratum_no_update", "erratum", "UPDATE", None),
    ("erratum_no_delete", "erratum", "DELETE", None),
    (
        "agenda_item_approved_no_update",
        "agenda_item",
        _of(("meeting_id", "title", "state", "notes", "notes_version")),
        APPROVED.format(row="OLD"),
    ),
    ("agenda_item_approved_no_delete", "agenda_item", "DELETE", APPROVED.format(row="OLD")),
    (
        "decision_approved_no_update",
        "decision",
        _of(("meeting_id", "code", "text", "method", "taken_on")),
        APPROVED.format(row="OLD"),
    ),
    ("decision_approved_no_delete", "decision", "DELETE", APPROVED.format(row="OLD")),
    (
        "attendance_approved_no_update",
        "attendance",
        _of(("meeting_id", "presence", "represented_by_id")),
        APPROVED.format(row="OLD"),
    ),
)


def upgrade() -> None:
    """Create the tables, then the triggers."""
    op.create_table(
        "meeting_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "agenda", "minutes", name="paper_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("undrawable", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(file_id IS NULL) = (pages IS NULL)", name=op.f("ck_meeting_paper_pages_once_printed")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_meeting_paper_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_paper_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_paper")),
        sa.UniqueConstraint(
            "meeting_id", "kind", "content_hash", name=op.f("uq_meeting_paper_meeting_id_kind_content_hash")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "approved",
                name="minutes_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("remarks_until", sa.Date(), nullable=True),
        sa.Column(
            "approval",
            sa.Enum(
                "meeting",
                "silence",
                name="minutes_approval",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("approved_at_id", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_on IS NOT NULL AND approval IS NOT NULL)",
            name=op.f("ck_minutes_approved_somehow"),
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (remarks_until IS NULL)", name=op.f("ck_minutes_remarks_once_sent")
        ),
        sa.CheckConstraint(
            "approval <> 'meeting' OR approved_at_id IS NOT NULL",
            name=op.f("ck_minutes_approved_at_a_meeting"),
        ),
        sa.CheckConstraint(
            "file_id IS NULL OR state = 'approved'", name=op.f("ck_minutes_file_once_approved")
        ),
        sa.CheckConstraint(
            "approved_at_id IS NULL OR approved_at_id <> meeting_id",
            name=op.f("ck_minutes_approved_at_another"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_at_id"], ["meeting.id"], name=op.f("fk_minutes_approved_at_id_meeting")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_minutes_file_id_stored_file")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_minutes_meeting_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_approved_at_id"), ["approved_at_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_minutes_state"), ["state"], unique=False)

    op.create_table(
        "erratum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=280), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_erratum_says_something")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_erratum_numbered_from_one")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_erratum_item_id_agenda_item")),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name=op.f("fk_erratum_minutes_id_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erratum")),
        sa.UniqueConstraint("minutes_id", "number", name=op.f("uq_erratum_minutes_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("erratum", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erratum_item_id"), ["item_id"], unique=False)

    op.create_table(
        "minutes_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "attendance_id IS NOT NULL OR person_id IS NOT NULL", name=op.f("ck_minutes_reader_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["attendance_id"],
            ["attendance.id"],
            name=op.f("fk_minutes_reader_attendance_id_attendance"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_reader_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_minutes_reader_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_minutes_reader_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_reader")),
        sa.UniqueConstraint(
            "minutes_id", "attendance_id", name=op.f("uq_minutes_reader_minutes_id_attendance_id")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("minutes_reader", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_reader_attendance_id"), ["attendance_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_minutes_reader_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_minutes_reader_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_minutes_reader_person",
            ["minutes_id", "person_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("attendance_id IS NULL"),
            postgresql_where=sa.text("attendance_id IS NULL"),
        )

    op.create_table(
        "minutes_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remarks_until", sa.Date(), nullable=False),
        sa.Column("sent_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_minutes_version_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_minutes_version_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_version_minutes_id_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_version")),
        sa.UniqueConstraint("minutes_id", "number", name=op.f("uq_minutes_version_minutes_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "minutes_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("attendance_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "taken_up",
                "declined",
                name="remark_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name=op.f("ck_minutes_remark_answered_or_open")
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR length(answer) > 0", name=op.f("ck_minutes_remark_declined_with_a_reason")
        ),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_minutes_remark_says_something")),
        sa.ForeignKeyConstraint(
            ["attendance_id"],
            ["attendance.id"],
            name=op.f("fk_minutes_remark_attendance_id_attendance"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_minutes_remark_item_id_agenda_item")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_minutes_remark_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_minutes_remark_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_minutes_remark_user_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["minutes_version.id"], name=op.f("fk_minutes_remark_version_id_minutes_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_remark")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("minutes_remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_remark_attendance_id"), ["attendance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_minutes_remark_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_minutes_remark_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_minutes_remark_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_minutes_remark_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_minutes_remark_version_id"), ["version_id"], unique=False)
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
    test = condition or "TRUE"
    row = "OLD" if event.startswith("DELETE") else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {test} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take the triggers away, then the tables."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, _event, _condition in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    with op.batch_alter_table("minutes_remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_remark_version_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_remark_user_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_remark_person_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_remark_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_remark_item_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_remark_attendance_id"))

    op.drop_table("minutes_remark")
    op.drop_table("minutes_version")
    with op.batch_alter_table("minutes_reader", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_minutes_reader_person",
            sqlite_where=sa.text("attendance_id IS NULL"),
            postgresql_where=sa.text("attendance_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_minutes_reader_person_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_reader_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_reader_attendance_id"))

    op.drop_table("minutes_reader")
    with op.batch_alter_table("erratum", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erratum_item_id"))

    op.drop_table("erratum")
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_state"))
        batch_op.drop_index(batch_op.f("ix_minutes_approved_at_id"))

    op.drop_table("minutes")
    op.drop_table("meeting_paper")
