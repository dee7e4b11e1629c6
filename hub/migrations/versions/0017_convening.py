"""Finding a date, agendas and their sending."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0017_convening"
down_revision = "0016_seats"
branch_labels = None
depends_on = None


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Create the tables of polls; tell meetings, points and attendances what sending needs."""
    moment = hub.core.db.UTCDateTime(timezone=True)
    op.create_table(
        "date_poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("place_name", sa.String(length=200), nullable=False),
        sa.Column("place_address", sa.String(length=300), nullable=False),
        sa.Column("online_url", sa.String(length=500), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", _words("poll_state", "open", "closed", "turned", "abandoned"), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_date_poll_has_title")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_date_poll_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_poll")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_date_poll_space_id"), "date_poll", ["space_id"])
    op.create_index(op.f("ix_date_poll_state"), "date_poll", ["state"])
    op.create_table(
        "date_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_date_proposal_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["date_poll.id"], name=op.f("fk_date_proposal_poll_id_date_poll")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_proposal")),
        sa.UniqueConstraint(
            "poll_id", "starts_at", "ends_at", name=op.f("uq_date_proposal_poll_id_starts_at_ends_at")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_date_proposal_poll_id"), "date_proposal", ["poll_id"])
    op.create_table(
        "date_voter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("guest_name", sa.String(length=120), nullable=False),
        sa.Column("guest_email", sa.String(length=254), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("invited_at", moment, nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR length(guest_name) > 0", name=op.f("ck_date_voter_somebody")
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR organisation_id IS NOT NULL",
            name=op.f("ck_date_voter_speaks_for_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_date_voter_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_date_voter_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["poll_id"], ["date_poll.id"], name=op.f("fk_date_voter_poll_id_date_poll")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_voter")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_date_voter_organisation_id"), "date_voter", ["organisation_id"])
    op.create_index(op.f("ix_date_voter_person_id"), "date_voter", ["person_id"])
    op.create_index(op.f("ix_date_voter_poll_id"), "date_voter", ["poll_id"])
    _unique_where("uq_date_voter_guest", "date_voter", ["poll_id", "guest_email"], "guest_email <> ''")
    _unique_where(
        "uq_date_voter_person",
        "date_voter",
        ["poll_id", "person_id", "organisation_id"],
        "person_id IS NOT NULL",
    )
    op.create_table(
        "date_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("word", _words("date_word", "yes", "if_need_be", "no"), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["date_proposal.id"], name=op.f("fk_date_answer_proposal_id_date_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["voter_id"],
            ["date_voter.id"],
            name=op.f("fk_date_answer_voter_id_date_voter"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_answer")),
        sa.UniqueConstraint("voter_id", "proposal_id", name=op.f("uq_date_answer_voter_id_proposal_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_date_answer_proposal_id"), "date_answer", ["proposal_id"])
    op.create_index(op.f("ix_date_answer_voter_id"), "date_answer", ["voter_id"])
    op.create_table(
        "date_found",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_date_found_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(["poll_id"], ["date_poll.id"], name=op.f("fk_date_found_poll_id_date_poll")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["date_proposal.id"], name=op.f("fk_date_found_proposal_id_date_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_found")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_date_found_meeting_id")),
        sa.UniqueConstraint("poll_id", name=op.f("uq_date_found_poll_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_date_found_proposal_id"), "date_found", ["proposal_id"])

    op.add_column(
        "meeting", sa.Column("agenda_digest", sa.String(length=64), server_default="", nullable=False)
    )
    op.add_column("agenda_item", sa.Column("reply", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "agenda_item", sa.Column("is_standing", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "attendance", sa.Column("guest_email", sa.String(length=254), server_default="", nullable=False)
    )
    op.add_column("attendance", sa.Column("told_sequence", sa.Integer(), nullable=True))
    op.add_column(
        "attendance", sa.Column("sends_substitute", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _unique_where("uq_attendance_guest", "attendance", ["meeting_id", "guest_email"], "guest_email <> ''")


def _unique_where(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("uq_attendance_guest", "attendance")
    op.drop_column("attendance", "sends_substitute")
    op.drop_column("attendance", "told_sequence")
    op.drop_column("attendance", "guest_email")
    op.drop_column("agenda_item", "is_standing")
    op.drop_column("agenda_item", "reply")
    op.drop_column("meeting", "agenda_digest")
    for table in ("date_found", "date_answer", "date_voter", "date_proposal", "date_poll"):
        op.drop_table(table)
