"""Create the tables of spaces."""

import sqlalchemy as sa
from alembic import op

revision = "0004_spaces"
down_revision = "0003_actors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "space",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "working_group",
                "platform",
                "local_coordination",
                "steering",
                "plenary_assembly",
                "workstream",
                "external",
                name="space_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "dormant",
                "closed",
                name="space_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_space_ends_after_start"),
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_space_has_name")),
        sa.ForeignKeyConstraint(["level_id"], ["level.id"], name=op.f("fk_space_level_id_level")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_space_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space")),
        sa.UniqueConstraint("slug", name=op.f("uq_space_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_space_kind"), "space", ["kind"], unique=False)
    op.create_table(
        "facilitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_facilitation_space_id_space")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_facilitation_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilitation")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_facilitation_space_id"), "facilitation", ["space_id"], unique=False)
    op.create_index(op.f("ix_facilitation_user_id"), "facilitation", ["user_id"], unique=False)
    op.create_index(
        "uq_facilitation_current",
        "facilitation",
        ["space_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_table(
        "space_theme",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_space_theme_space_id_space"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_space_theme_theme_id_theme")),
        sa.PrimaryKeyConstraint("space_id", "theme_id", name=op.f("pk_space_theme")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_space_theme_theme_id"), "space_theme", ["theme_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
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
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_membership_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_membership_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_membership_space_id"), "membership", ["space_id"], unique=False)
    op.create_index(
        "uq_membership_current",
        "membership",
        ["space_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(
        "uq_membership_current",
        table_name="membership",
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_membership_space_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_organisation_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_space_theme_theme_id"), table_name="space_theme")
    op.drop_table("space_theme")
    op.drop_index(
        "uq_facilitation_current",
        table_name="facilitation",
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_facilitation_user_id"), table_name="facilitation")
    op.drop_index(op.f("ix_facilitation_space_id"), table_name="facilitation")
    op.drop_table("facilitation")
    op.drop_index(op.f("ix_space_kind"), table_name="space")
    op.drop_table("space")
