"""Organisations merged into one, and the addresses that they had."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0011_merging"
down_revision = "0010_ownership"
branch_labels = None
depends_on = None

# In words of its own: Alembic can't give SQLite a new column that points to a row, the database can.
ADD_MERGED_INTO = (
    "ALTER TABLE organisation ADD COLUMN merged_into_id INTEGER "
    "CONSTRAINT ck_organisation_not_into_itself CHECK (merged_into_id <> id) "
    "CONSTRAINT fk_organisation_merged_into_id_organisation REFERENCES organisation (id)"
)


def upgrade() -> None:
    """Create the tables, and let an organisation point to the one that it became."""
    op.execute(ADD_MERGED_INTO)
    op.create_index(op.f("ix_organisation_merged_into_id"), "organisation", ["merged_into_id"])
    op.create_table(
        "merger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("stayed", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_merger_two_records")),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["organisation.id"], name=op.f("fk_merger_kept_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["organisation.id"], name=op.f("fk_merger_merged_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["merged_by_id"],
            ["user_account.id"],
            name=op.f("fk_merger_merged_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["user_account.id"],
            name=op.f("fk_merger_undone_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_merger_kept_id"), "merger", ["kept_id"])
    op.create_index(op.f("ix_merger_merged_id"), "merger", ["merged_id"])
    op.create_index(
        "uq_merger_live",
        "merger",
        ["merged_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "distinct_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("told_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("told_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_distinct_pair_lesser_first")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["organisation.id"], name=op.f("fk_distinct_pair_first_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["organisation.id"], name=op.f("fk_distinct_pair_second_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["told_by_id"],
            ["user_account.id"],
            name=op.f("fk_distinct_pair_told_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distinct_pair")),
        sa.UniqueConstraint("first_id", "second_id", name="uq_distinct_pair"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_distinct_pair_first_id"), "distinct_pair", ["first_id"])
    op.create_index(op.f("ix_distinct_pair_second_id"), "distinct_pair", ["second_id"])


def downgrade() -> None:
    """Take them away; records that were merged stand apart again."""
    op.drop_table("distinct_pair")
    op.drop_table("merger")
    op.drop_index(op.f("ix_organisation_merged_into_id"), table_name="organisation")
    op.execute("ALTER TABLE organisation DROP COLUMN merged_into_id")
