"""What was computed of the network, and views that were saved."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0012_network"
down_revision = "0011_merging"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    add_results()
    add_views()
    add_network_imports()


def downgrade() -> None:
    """Drop them."""
    drop_network_imports()
    drop_views()
    drop_results()


def add_results() -> None:
    """Create the table of stored results."""
    op.create_table(
        "network_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "analysis", "layout", name="result_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("computed_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(key) = 64 AND length(series) = 64", name=op.f("ck_network_result_hashes")),
        sa.CheckConstraint(
            "(content IS NULL) = (computed_at IS NULL)", name=op.f("ck_network_result_computed_has_content")
        ),
        sa.CheckConstraint(
            "content IS NOT NULL OR job_id IS NOT NULL", name=op.f("ck_network_result_somebody_computes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_result")),
        sa.UniqueConstraint("kind", "key", name="uq_network_result_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_network_result_series_computed_at"), "network_result", ["series", "computed_at"])


def drop_results() -> None:
    """Drop the table of stored results."""
    op.drop_table("network_result")


def add_views() -> None:
    """Create the table of saved views."""
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_saved_view_has_name")),
        sa.ForeignKeyConstraint(
            ["saved_by_id"],
            ["user_account.id"],
            name=op.f("fk_saved_view_saved_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("slug", name=op.f("uq_saved_view_slug")),
        sqlite_autoincrement=True,
    )
    live = sa.text("deleted_at IS NULL")
    op.create_index(
        "uq_saved_view_name",
        "saved_view",
        ["name_key"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def drop_views() -> None:
    """Drop the table of saved views."""
    op.drop_index("uq_saved_view_name", table_name="saved_view")
    op.drop_table("saved_view")


def add_network_imports() -> None:
    """Let an import bring a whole network: what its file is, and what each line brings.

    Written out, because Alembic can't add a column with its CHECK on SQLite, and a rebuilt table would lose
    what points at it.
    """
    op.add_column("import_batch", sa.Column("network", sa.JSON(), nullable=True))
    op.execute(
        "ALTER TABLE import_line ADD COLUMN kind VARCHAR(40) DEFAULT 'organisations' NOT NULL "
        "CONSTRAINT ck_import_line_kind CHECK (kind IN ('organisations', 'relations'))"
    )
    op.execute(
        "UPDATE import_line SET kind = 'relations' WHERE batch_id IN "
        "(SELECT id FROM import_batch WHERE kind = 'relations')"
    )


def drop_network_imports() -> None:
    """Drop the two columns."""
    op.drop_column("import_line", "kind")
    op.drop_column("import_batch", "network")
