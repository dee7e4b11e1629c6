"""Create the tables of recommendations."""

import sqlalchemy as sa
from alembic import op

revision = "0006_recommendations"
down_revision = "0005_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_campaign_closes_after_opening")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recommendation_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_recommendation_counter")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column(
            "beneficiaries",
            sa.Enum(
                "specific",
                "everyone",
                name="recommendation_beneficiaries",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "adopted",
                "dropped",
                name="recommendation_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_recommendation_has_title")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_recommendation_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("code", name=op.f("uq_recommendation_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recommendation_state"), "recommendation", ["state"], unique=False)
    op.create_index(op.f("ix_recommendation_theme_id"), "recommendation", ["theme_id"], unique=False)
    op.create_table(
        "recommendation_level",
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["level_id"], ["level.id"], name=op.f("fk_recommendation_level_level_id_level")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_level_recommendation_id_recommendation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recommendation_id", "level_id", name=op.f("pk_recommendation_level")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_recommendation_level_level_id"), "recommendation_level", ["level_id"], unique=False
    )
    op.create_table(
        "campaign_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times_sent", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_invitation_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_campaign_invitation_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_invitation")),
        sa.UniqueConstraint(
            "campaign_id", "organisation_id", name=op.f("uq_campaign_invitation_campaign_id_organisation_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_campaign_invitation_campaign_id"), "campaign_invitation", ["campaign_id"], unique=False
    )
    op.create_index(
        op.f("ix_campaign_invitation_organisation_id"),
        "campaign_invitation",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "confirmed",
                "taken_up",
                "merged",
                "out_of_scope",
                "withdrawn",
                name="contribution_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "link",
                "phone",
                "paper",
                "meeting",
                "document",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column(
            "beneficiaries",
            sa.Enum(
                "specific",
                "everyone",
                name="contribution_beneficiaries",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("source_title", sa.String(length=250), nullable=False),
        sa.Column("source_year", sa.Integer(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by_page", sa.String(length=40), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("triage_reason", sa.Text(), nullable=False),
        sa.Column("triaged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state = 'draft' OR length(proposal) > 0", name=op.f("ck_contribution_says_something")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR submitted_at IS NOT NULL", name=op.f("ck_contribution_sent_when_not_draft")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_contribution_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["user_account.id"],
            name=op.f("fk_contribution_entered_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["campaign_invitation.id"],
            name=op.f("fk_contribution_invitation_id_campaign_invitation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_contribution_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_contribution_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contribution_campaign_id"), "contribution", ["campaign_id"], unique=False)
    op.create_index(
        op.f("ix_contribution_organisation_id"), "contribution", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_contribution_state"), "contribution", ["state"], unique=False)
    op.create_index(op.f("ix_contribution_submitted_at"), "contribution", ["submitted_at"], unique=False)
    op.create_index(op.f("ix_contribution_theme_id"), "contribution", ["theme_id"], unique=False)
    op.create_index(
        "uq_contribution_open_draft",
        "contribution",
        ["invitation_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "contribution_level",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_contribution_level_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["level_id"], ["level.id"], name=op.f("fk_contribution_level_level_id_level")
        ),
        sa.PrimaryKeyConstraint("contribution_id", "level_id", name=op.f("pk_contribution_level")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contribution_level_level_id"), "contribution_level", ["level_id"], unique=False)
    op.create_table(
        "recommendation_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detached_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_recommendation_source_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_source_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_source")),
        sa.UniqueConstraint(
            "recommendation_id",
            "contribution_id",
            name=op.f("uq_recommendation_source_recommendation_id_contribution_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_recommendation_source_contribution_id"),
        "recommendation_source",
        ["contribution_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_recommendation_source_recommendation_id"),
        "recommendation_source",
        ["recommendation_id"],
        unique=False,
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_recommendation_source_recommendation_id"), table_name="recommendation_source")
    op.drop_index(op.f("ix_recommendation_source_contribution_id"), table_name="recommendation_source")
    op.drop_table("recommendation_source")
    op.drop_index(op.f("ix_contribution_level_level_id"), table_name="contribution_level")
    op.drop_table("contribution_level")
    op.drop_index(
        "uq_contribution_open_draft",
        table_name="contribution",
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_index(op.f("ix_contribution_theme_id"), table_name="contribution")
    op.drop_index(op.f("ix_contribution_submitted_at"), table_name="contribution")
    op.drop_index(op.f("ix_contribution_state"), table_name="contribution")
    op.drop_index(op.f("ix_contribution_organisation_id"), table_name="contribution")
    op.drop_index(op.f("ix_contribution_campaign_id"), table_name="contribution")
    op.drop_table("contribution")
    op.drop_index(op.f("ix_campaign_invitation_organisation_id"), table_name="campaign_invitation")
    op.drop_index(op.f("ix_campaign_invitation_campaign_id"), table_name="campaign_invitation")
    op.drop_table("campaign_invitation")
    op.drop_index(op.f("ix_recommendation_level_level_id"), table_name="recommendation_level")
    op.drop_table("recommendation_level")
    op.drop_index(op.f("ix_recommendation_theme_id"), table_name="recommendation")
    op.drop_index(op.f("ix_recommendation_state"), table_name="recommendation")
    op.drop_table("recommendation")
    op.drop_table("recommendation_counter")
    op.drop_table("campaign")
