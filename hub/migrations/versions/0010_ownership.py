"""What associations propose of their own record, what is checked, what may be shown."""

import sqlalchemy as sa
from alembic import op

from hub.core.db import UTCDateTime

revision = "0010_ownership"
down_revision = "0009_record"
branch_labels = None
depends_on = None

# What a card showed to everybody before agreements were asked for.
TEXTS = ("description", "phone", "email", "website", "address", "enterprise_number", "founded")
# In words of its own: Alembic can't give SQLite a new column that points to a row, the database can.
ADD_NOTED_BY = (
    "ALTER TABLE organisation ADD COLUMN public_fields_by_id INTEGER "
    "CONSTRAINT fk_organisation_public_fields_by_id_user_account REFERENCES user_account (id)"
)
ADD_CHECKED_AS = (
    "ALTER TABLE organisation ADD COLUMN checked_as VARCHAR(40) "
    "CONSTRAINT ck_organisation_checked_as CHECK (checked_as IN ('coordination', 'organisation'))"
)
ADD_STALE_MONTHS = (
    "ALTER TABLE network_settings ADD COLUMN stale_months INTEGER DEFAULT 12 NOT NULL "
    "CONSTRAINT ck_network_settings_stale_after_months CHECK (stale_months BETWEEN 1 AND 120)"
)


def upgrade() -> None:
    """Add what may be shown, in whose name a record was checked, changes and rounds of checking."""
    _add_agreements()
    _add_checks()
    _add_settings()
    _create_changes()
    _create_rounds()


def _add_agreements() -> None:
    op.add_column("organisation", sa.Column("public_fields", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("organisation", sa.Column("public_fields_at", UTCDateTime(timezone=True), nullable=True))
    op.add_column(
        "organisation", sa.Column("agreement", sa.String(length=200), nullable=False, server_default="")
    )
    op.execute(ADD_NOTED_BY)
    _keep_what_is_shown()


def _keep_what_is_shown() -> None:
    """Let each record go on showing what it shows today, and nothing that is filled in later.

    Nobody agreed to it in so many words, so no moment is noted: pages count those records as lacking an
    agreement until it is asked for and given. To hide everything instead would empty a directory that people
    rely on, without a word to them; its contacts were entered as those of organisations.
    """
    record = sa.table(
        "organisation",
        sa.column("id", sa.Integer),
        sa.column("legal_form", sa.String),
        sa.column("languages", sa.JSON),
        sa.column("public_fields", sa.JSON),
        *(sa.column(name) for name in TEXTS),
    )
    served = sa.table("organisation_audience", sa.column("organisation_id", sa.Integer))
    bind = op.get_bind()
    with_audiences = set(bind.scalars(sa.select(served.c.organisation_id)))
    for row in bind.execute(sa.select(record)).all():
        shown = [name for name in TEXTS if getattr(row, name) not in (None, "")]
        shown += ["languages"] if row.languages else []
        shown += ["audiences"] if row.id in with_audiences else []
        shown += ["legal_form"] if row.legal_form != "unknown" else []
        bind.execute(record.update().where(record.c.id == row.id).values(public_fields=shown))


def _add_checks() -> None:
    op.execute(ADD_CHECKED_AS)
    # Until now only coordinators could say so.
    op.execute("UPDATE organisation SET checked_as = 'coordination' WHERE checked_on IS NOT NULL")


def _add_settings() -> None:
    op.execute(ADD_STALE_MONTHS)
    op.add_column(
        "network_settings",
        sa.Column("own_changes_at_once", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["user_account.id"], name=f"fk_{table}_{column}_user_account", ondelete="SET NULL"
    )


def _create_changes() -> None:
    op.create_table(
        "record_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("origin", _words("change_origin", "organisation", "coordinator"), nullable=False),
        sa.Column(
            "state",
            _words("change_state", "proposed", "applied", "accepted", "refused", "withdrawn", "reverted"),
            nullable=False,
        ),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", _words("change_answer", "waiting", "agreed", "contested"), nullable=True),
        sa.Column("answer_words", sa.Text(), nullable=False),
        sa.Column("answered_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('proposed', 'applied')) = (decided_at IS NULL)",
            name=op.f("ck_record_change_decided_when_no_longer_open"),
        ),
        sa.CheckConstraint(
            "answer IS NULL OR origin = 'coordinator'", name=op.f("ck_record_change_answer_to_a_coordinator")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR length(reason) > 0", name=op.f("ck_record_change_refused_with_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_record_change_organisation_id_organisation"),
        ),
        _account("record_change", "by_id"),
        _account("record_change", "decided_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_change")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_record_change_organisation_id"), "record_change", ["organisation_id"])
    op.create_index(op.f("ix_record_change_state"), "record_change", ["state"])


def _create_rounds() -> None:
    op.create_table(
        "check_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("state", _words("round_state", "draft", "sending", "sent", "closed"), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_check_round_has_title")),
        _account("check_round", "created_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_round")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "check_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            _words("request_state", "waiting", "asked", "confirmed", "corrected", "gone"),
            nullable=False,
        ),
        sa.Column("asked_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'corrected', 'gone')) = (answered_at IS NOT NULL)",
            name=op.f("ck_check_request_answered_when_it_answers"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["check_round.id"],
            name=op.f("fk_check_request_round_id_check_round"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_check_request_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_request")),
        sa.UniqueConstraint("round_id", "organisation_id", name="uq_check_request_organisation"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_check_request_organisation_id"), "check_request", ["organisation_id"])


def downgrade() -> None:
    """Take away what `upgrade` added."""
    for table in ("check_request", "check_round", "record_change"):
        op.drop_table(table)
    for name in ("own_changes_at_once", "stale_months"):
        op.drop_column("network_settings", name)
    for name in ("checked_as", "public_fields_by_id", "agreement", "public_fields_at", "public_fields"):
        op.drop_column("organisation", name)
