"""Spaces in depth: seats, light membership, requests to join."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0016_seats"
down_revision = "0015_meetings"
branch_labels = None
depends_on = None

EXTERNAL = "kind = 'external' OR convener_id IS NULL"
WORKSTREAM = "kind = 'workstream' OR (output = '' AND output_due_on IS NULL AND outcome = '')"
DUE = "output_due_on IS NULL OR length(output) > 0"
CONVENER = "fk_space_convener_id_organisation"


def upgrade() -> None:
    """Tell more of spaces and seats; create the tables."""
    for column in (
        sa.Column("state_since", sa.Date(), nullable=True),
        sa.Column("state_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("output_due_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False, server_default=""),
        sa.Column("place_name", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("place_address", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("online_url", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("is_announced", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("space", column)
    add_guarded_columns()
    op.create_index(op.f("ix_space_convener_id"), "space", ["convener_id"], unique=False)
    op.add_column("membership", sa.Column("ended_reason", sa.Text(), nullable=False, server_default=""))
    create_tables()


def add_guarded_columns() -> None:
    """Add columns that have a rule.

    SQLite could only rebuild the table to add a rule afterwards, and dropping the old one would take along
    what hangs on it (`space_theme`): it is told column and rule in one.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE space ADD COLUMN convener_id INTEGER "
            f"CONSTRAINT ck_space_external_has_convener CHECK ({EXTERNAL}) "
            f"CONSTRAINT {CONVENER} REFERENCES organisation (id)"
        )
        op.execute(
            "ALTER TABLE space ADD COLUMN output VARCHAR(250) DEFAULT '' NOT NULL "
            f"CONSTRAINT ck_space_workstream_has_output CHECK ({WORKSTREAM}) "
            f"CONSTRAINT ck_space_due_output_is_named CHECK ({DUE})"
        )
        return
    op.add_column("space", sa.Column("convener_id", sa.Integer(), nullable=True))
    op.add_column("space", sa.Column("output", sa.String(length=250), nullable=False, server_default=""))
    op.create_foreign_key(CONVENER, "space", "organisation", ["convener_id"], ["id"])
    op.create_check_constraint(op.f("ck_space_external_has_convener"), "space", EXTERNAL)
    op.create_check_constraint(op.f("ck_space_workstream_has_output"), "space", WORKSTREAM)
    op.create_check_constraint(op.f("ck_space_due_output_is_named"), "space", DUE)


def create_tables() -> None:
    """Create what is new."""
    op.create_table(
        "follower",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(user_id IS NULL) <> (email IS NULL)", name=op.f("ck_follower_account_or_address")
        ),
        sa.CheckConstraint(
            "user_id IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_follower_account_is_confirmed")
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_follower_space_id_space")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_follower_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower")),
        sa.UniqueConstraint("space_id", "email", name=op.f("uq_follower_space_id_email")),
        sa.UniqueConstraint("space_id", "user_id", name=op.f("uq_follower_space_id_user_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("follower", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follower_user_id"), ["user_id"], unique=False)
    op.create_table(
        "joining",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "request",
                "invitation",
                name="join_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                "withdrawn",
                name="join_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "role",
            sa.Enum(
                "pilot",
                "member",
                "observer",
                name="membership_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (membership_id IS NOT NULL)", name=op.f("ck_joining_accepted_with_a_seat")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name=op.f("ck_joining_answered_when_over")
        ),
        sa.CheckConstraint(
            "kind <> 'invitation' OR length(email) > 0", name=op.f("ck_joining_invited_at_an_address")
        ),
        sa.CheckConstraint(
            "kind <> 'request' OR state <> 'declined' OR length(reason) > 0",
            name=op.f("ck_joining_refused_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_joining_answered_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_joining_created_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_joining_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_joining_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_joining_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_joining_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("joining", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joining_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joining_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joining_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joining_space_id"), ["space_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joining_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_joining_open",
            ["space_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("joining")
    op.drop_table("follower")
    op.drop_column("membership", "ended_reason")
    op.drop_index(op.f("ix_space_convener_id"), table_name="space")
    for name in (
        "output", "convener_id", "is_announced", "online_url", "place_address", "place_name", "outcome",
        "output_due_on", "state_reason", "state_since",
    ):  # fmt: skip
        op.drop_column("space", name)
