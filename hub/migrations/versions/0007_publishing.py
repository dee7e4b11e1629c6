"""Create the tables of publishing."""

import sqlalchemy as sa
from alembic import op

revision = "0007_publishing"
down_revision = "0006_recommendations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "election",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("date_note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("length(label) > 0", name=op.f("ck_election_has_label")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election")),
        sa.UniqueConstraint("code", name=op.f("uq_election_code")),
        sa.UniqueConstraint("held_on", name=op.f("uq_election_held_on")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "election_level",
        sa.Column("election_id", sa.Integer(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"],
            ["election.id"],
            name=op.f("fk_election_level_election_id_election"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["level_id"], ["level.id"], name=op.f("fk_election_level_level_id_level")),
        sa.PrimaryKeyConstraint("election_id", "level_id", name=op.f("pk_election_level")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_election_level_level_id"), "election_level", ["level_id"], unique=False)
    op.create_table(
        "memorandum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subtitle", sa.String(length=250), nullable=False),
        sa.Column("election_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("addressees", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_memorandum_has_title")),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_memorandum_election_id_election")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_memorandum_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memorandum")),
        sa.UniqueConstraint("slug", name=op.f("uq_memorandum_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_memorandum_election_id"), "memorandum", ["election_id"], unique=False)
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memorandum_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "publishing",
                "published",
                name="edition_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("preamble", sa.Text(), nullable=False),
        sa.Column("with_network", sa.Boolean(), nullable=False),
        sa.Column("build_problems", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state = 'draft' OR published_at IS NOT NULL", name=op.f("ck_edition_published_has_date")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_edition_number_from_one")),
        sa.ForeignKeyConstraint(
            ["memorandum_id"], ["memorandum.id"], name=op.f("fk_edition_memorandum_id_memorandum")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("memorandum_id", "number", name=op.f("uq_edition_memorandum_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_memorandum_id"), "edition", ["memorandum_id"], unique=False)
    op.create_index(
        "uq_edition_one_in_work",
        "edition",
        ["memorandum_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'published'"),
        postgresql_where=sa.text("state <> 'published'"),
    )
    op.create_table(
        "build",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pages >= 1", name=op.f("ck_build_has_pages")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_build_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_build_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_build")),
        sa.UniqueConstraint("edition_id", "content_hash", name=op.f("uq_build_edition_id_content_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_build_edition_id"), "build", ["edition_id"], unique=False)
    op.create_table(
        "chapter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_chapter_has_title")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_chapter_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapter")),
        sa.UniqueConstraint("id", "edition_id", name=op.f("uq_chapter_id_edition_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_chapter_edition_id"), "chapter", ["edition_id"], unique=False)
    op.create_table(
        "signatory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_signatory_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_signatory_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatory")),
        sa.UniqueConstraint(
            "edition_id", "organisation_id", name=op.f("uq_signatory_edition_id_organisation_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_signatory_edition_id"), "signatory", ["edition_id"], unique=False)
    op.create_index(op.f("ix_signatory_organisation_id"), "signatory", ["organisation_id"], unique=False)
    op.create_table(
        "edition_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id", "edition_id"],
            ["chapter.id", "chapter.edition_id"],
            name=op.f("fk_edition_item_chapter_id_edition_id_chapter"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_item_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_edition_item_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_item")),
        sa.UniqueConstraint(
            "edition_id", "recommendation_id", name=op.f("uq_edition_item_edition_id_recommendation_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_item_chapter_id"), "edition_item", ["chapter_id"], unique=False)
    op.create_index(op.f("ix_edition_item_edition_id"), "edition_item", ["edition_id"], unique=False)
    op.create_index(
        op.f("ix_edition_item_recommendation_id"), "edition_item", ["recommendation_id"], unique=False
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_edition_item_recommendation_id"), table_name="edition_item")
    op.drop_index(op.f("ix_edition_item_edition_id"), table_name="edition_item")
    op.drop_index(op.f("ix_edition_item_chapter_id"), table_name="edition_item")
    op.drop_table("edition_item")
    op.drop_index(op.f("ix_signatory_organisation_id"), table_name="signatory")
    op.drop_index(op.f("ix_signatory_edition_id"), table_name="signatory")
    op.drop_table("signatory")
    op.drop_index(op.f("ix_chapter_edition_id"), table_name="chapter")
    op.drop_table("chapter")
    op.drop_index(op.f("ix_build_edition_id"), table_name="build")
    op.drop_table("build")
    op.drop_index(
        "uq_edition_one_in_work",
        table_name="edition",
        sqlite_where=sa.text("state <> 'published'"),
        postgresql_where=sa.text("state <> 'published'"),
    )
    op.drop_index(op.f("ix_edition_memorandum_id"), table_name="edition")
    op.drop_table("edition")
    op.drop_index(op.f("ix_memorandum_election_id"), table_name="memorandum")
    op.drop_table("memorandum")
    op.drop_index(op.f("ix_election_level_level_id"), table_name="election_level")
    op.drop_table("election_level")
    op.drop_table("election")
