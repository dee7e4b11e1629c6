"""Integration plans."""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0022_plans"
down_revision = "0021_actions"
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - one statement a table and index
    """Make the tables of plans."""
    op.create_table(
        "plan_frame",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_plan_frame_has_title")),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_plan_frame_ends_after_start"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_frame")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_frame_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "plan_frame_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(label) > 0", name=op.f("ck_plan_frame_entry_has_label")),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["plan_frame.id"], name=op.f("fk_plan_frame_entry_frame_id_plan_frame")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_frame_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_frame_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_frame_entry_frame_id"), ["frame_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pli",
                "plic",
                "ppli",
                "pcs",
                "other",
                name="plan_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("kind_word", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_force",
                "ended",
                name="plan_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("steering_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("published_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint("kind <> 'other' OR length(kind_word) > 0", name=op.f("ck_plan_other_says_which")),
        sa.CheckConstraint(
            "state = 'draft' OR starts_on IS NOT NULL", name=op.f("ck_plan_in_force_since_a_day")
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR state <> 'draft'", name=op.f("ck_plan_no_draft_is_published")
        ),
        sa.CheckConstraint("follows_id IS NULL OR follows_id <> id", name=op.f("ck_plan_not_after_itself")),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_plan_has_title")),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_plan_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(["follows_id"], ["plan.id"], name=op.f("fk_plan_follows_id_plan")),
        sa.ForeignKeyConstraint(["steering_id"], ["space.id"], name=op.f("fk_plan_steering_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("slug", name=op.f("uq_plan_slug")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_follows_id"), ["follows_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_steering_id"), ["steering_id"], unique=False)
    op.create_table(
        "plan_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_action_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_action")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_action_plan_id"), ["plan_id"], unique=False)
    op.create_table(
        "plan_adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "body",
            sa.Enum(
                "communal_council",
                "provincial_council",
                "cpas_council",
                "general_assembly",
                "government",
                "other",
                name="adoption_body",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column(
            "precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="adoption_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "result",
            sa.Enum(
                "adopted",
                "amended",
                "postponed",
                "rejected",
                name="adoption_result",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("withdrawn_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_plan_adoption_has_source")),
        sa.CheckConstraint(
            "territory_id IS NOT NULL OR organisation_id IS NOT NULL",
            name=op.f("ck_plan_adoption_somebody_s"),
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR length(withdrawn_reason) > 0",
            name=op.f("ck_plan_adoption_withdrawn_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_plan_adoption_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_adoption_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_plan_adoption_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_adoption")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_adoption", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_adoption_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_plan_adoption_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_adoption_territory_id"), ["territory_id"], unique=False)
    op.create_table(
        "plan_axis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_axis_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_axis")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_axis", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_axis_plan_id"), ["plan_id"], unique=False)
    op.create_table(
        "plan_evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("following", sa.Text(), nullable=False),
        sa.Column("published_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(made_by) > 0", name=op.f("ck_plan_evaluation_made_by_somebody")),
        sa.CheckConstraint(
            "published_at IS NULL OR (length(actions) > 0 AND length(process) > 0 AND length(effects) > 0)",
            name=op.f("ck_plan_evaluation_published_in_three_parts"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_evaluation_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_evaluation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_evaluation_plan_id"), ["plan_id"], unique=False)
    op.create_table(
        "plan_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "need",
                "finding",
                "obstacle",
                name="finding_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum(
                "local",
                "structural",
                name="finding_scope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "closed_on IS NULL OR closed_on >= entered_on", name=op.f("ck_plan_finding_closed_after_entered")
        ),
        sa.CheckConstraint(
            "closed_on IS NULL OR length(closed_reason) > 0",
            name=op.f("ck_plan_finding_closed_with_a_reason"),
        ),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_plan_finding_has_source")),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_plan_finding_says_something")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_finding_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_plan_finding_territory_id_territory")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_plan_finding_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_finding")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_finding_plan_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_finding_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_finding_territory_id"), ["territory_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_finding_theme_id"), ["theme_id"], unique=False)
    op.create_table(
        "plan_territory",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_territory_plan_id_plan"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_plan_territory_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("plan_id", "territory_id", name=op.f("pk_plan_territory")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_territory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_territory_territory_id"), ["territory_id"], unique=False)
    op.create_table(
        "plan_action_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_action_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead", "partner", name="plan_part_role", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on IS NULL OR until_on >= from_on",
            name=op.f("ck_plan_action_part_until_after_from"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_plan_action_part_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_action_id"],
            ["plan_action.id"],
            name=op.f("fk_plan_action_part_plan_action_id_plan_action"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_action_part")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_action_part", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_action_part_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plan_action_part_plan_action_id"), ["plan_action_id"], unique=False
        )
        batch_op.create_index(
            "uq_plan_action_part_current",
            ["plan_action_id", "organisation_id", "role"],
            unique=True,
            sqlite_where=sa.text("until_on IS NULL"),
            postgresql_where=sa.text("until_on IS NULL"),
        )
    op.create_table(
        "plan_action_plan_frame_entry",
        sa.Column("plan_action_id", sa.Integer(), nullable=False),
        sa.Column("plan_frame_entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_action_id"],
            ["plan_action.id"],
            name=op.f("fk_plan_action_plan_frame_entry_plan_action_id_plan_action"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_frame_entry_id"],
            ["plan_frame_entry.id"],
            name=op.f("fk_plan_action_plan_frame_entry_plan_frame_entry_id_plan_frame_entry"),
        ),
        sa.PrimaryKeyConstraint(
            "plan_action_id", "plan_frame_entry_id", name=op.f("pk_plan_action_plan_frame_entry")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_action_plan_frame_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_action_plan_frame_entry_plan_frame_entry_id"),
            ["plan_frame_entry_id"],
            unique=False,
        )
    op.create_table(
        "plan_action_space",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_action_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on IS NULL OR until_on >= from_on",
            name=op.f("ck_plan_action_space_until_after_from"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_action_id"],
            ["plan_action.id"],
            name=op.f("fk_plan_action_space_plan_action_id_plan_action"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_plan_action_space_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_action_space")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_action_space", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_action_space_plan_action_id"), ["plan_action_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_plan_action_space_space_id"), ["space_id"], unique=False)
        batch_op.create_index(
            "uq_plan_action_space_current",
            ["plan_action_id", "space_id"],
            unique=True,
            sqlite_where=sa.text("until_on IS NULL"),
            postgresql_where=sa.text("until_on IS NULL"),
        )
    op.create_table(
        "plan_action_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_action_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "under_way",
                "done",
                "dropped",
                name="plan_action_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'dropped' OR length(reason) > 0",
            name=op.f("ck_plan_action_state_dropped_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_action_id"],
            ["plan_action.id"],
            name=op.f("fk_plan_action_state_plan_action_id_plan_action"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_action_state")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_action_state", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_action_state_plan_action_id"), ["plan_action_id"], unique=False
        )
    op.create_table(
        "plan_action_territory",
        sa.Column("plan_action_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_action_id"],
            ["plan_action.id"],
            name=op.f("fk_plan_action_territory_plan_action_id_plan_action"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_plan_action_territory_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("plan_action_id", "territory_id", name=op.f("pk_plan_action_territory")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_action_territory", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_action_territory_territory_id"), ["territory_id"], unique=False
        )
    op.create_table(
        "plan_action_theme",
        sa.Column("plan_action_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_action_id"],
            ["plan_action.id"],
            name=op.f("fk_plan_action_theme_plan_action_id_plan_action"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_plan_action_theme_theme_id_theme")),
        sa.PrimaryKeyConstraint("plan_action_id", "theme_id", name=op.f("pk_plan_action_theme")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_action_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_action_theme_theme_id"), ["theme_id"], unique=False)
    op.create_table(
        "plan_axis_plan_frame_entry",
        sa.Column("plan_axis_id", sa.Integer(), nullable=False),
        sa.Column("plan_frame_entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_axis_id"],
            ["plan_axis.id"],
            name=op.f("fk_plan_axis_plan_frame_entry_plan_axis_id_plan_axis"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_frame_entry_id"],
            ["plan_frame_entry.id"],
            name=op.f("fk_plan_axis_plan_frame_entry_plan_frame_entry_id_plan_frame_entry"),
        ),
        sa.PrimaryKeyConstraint(
            "plan_axis_id", "plan_frame_entry_id", name=op.f("pk_plan_axis_plan_frame_entry")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_axis_plan_frame_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_axis_plan_frame_entry_plan_frame_entry_id"),
            ["plan_frame_entry_id"],
            unique=False,
        )
    op.create_table(
        "plan_axis_theme",
        sa.Column("plan_axis_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_axis_id"],
            ["plan_axis.id"],
            name=op.f("fk_plan_axis_theme_plan_axis_id_plan_axis"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_plan_axis_theme_theme_id_theme")),
        sa.PrimaryKeyConstraint("plan_axis_id", "theme_id", name=op.f("pk_plan_axis_theme")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_axis_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_axis_theme_theme_id"), ["theme_id"], unique=False)
    op.create_table(
        "plan_budget_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("axis_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("funder_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_plan_budget_line_not_negative")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR length(withdrawn_reason) > 0",
            name=op.f("ck_plan_budget_line_withdrawn_with_a_reason"),
        ),
        sa.CheckConstraint("year BETWEEN 1900 AND 2200", name=op.f("ck_plan_budget_line_is_a_year")),
        sa.ForeignKeyConstraint(
            ["axis_id"], ["plan_axis.id"], name=op.f("fk_plan_budget_line_axis_id_plan_axis")
        ),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["organisation.id"], name=op.f("fk_plan_budget_line_funder_id_organisation")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_budget_line_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_budget_line")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_budget_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_budget_line_axis_id"), ["axis_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_budget_line_funder_id"), ["funder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_budget_line_plan_id"), ["plan_id"], unique=False)
    op.create_table(
        "plan_finding_organisation",
        sa.Column("plan_finding_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_plan_finding_organisation_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_finding_id"],
            ["plan_finding.id"],
            name=op.f("fk_plan_finding_organisation_plan_finding_id_plan_finding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "plan_finding_id", "organisation_id", name=op.f("pk_plan_finding_organisation")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_finding_organisation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_finding_organisation_organisation_id"), ["organisation_id"], unique=False
        )
    op.create_table(
        "plan_finding_plan_action",
        sa.Column("plan_finding_id", sa.Integer(), nullable=False),
        sa.Column("plan_action_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_action_id"],
            ["plan_action.id"],
            name=op.f("fk_plan_finding_plan_action_plan_action_id_plan_action"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_finding_id"],
            ["plan_finding.id"],
            name=op.f("fk_plan_finding_plan_action_plan_finding_id_plan_finding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "plan_finding_id", "plan_action_id", name=op.f("pk_plan_finding_plan_action")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_finding_plan_action", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_finding_plan_action_plan_action_id"), ["plan_action_id"], unique=False
        )
    op.create_table(
        "plan_finding_plan_axis",
        sa.Column("plan_finding_id", sa.Integer(), nullable=False),
        sa.Column("plan_axis_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_axis_id"], ["plan_axis.id"], name=op.f("fk_plan_finding_plan_axis_plan_axis_id_plan_axis")
        ),
        sa.ForeignKeyConstraint(
            ["plan_finding_id"],
            ["plan_finding.id"],
            name=op.f("fk_plan_finding_plan_axis_plan_finding_id_plan_finding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_finding_id", "plan_axis_id", name=op.f("pk_plan_finding_plan_axis")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_finding_plan_axis", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_finding_plan_axis_plan_axis_id"), ["plan_axis_id"], unique=False
        )
    op.create_table(
        "plan_indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("axis_id", sa.Integer(), nullable=True),
        sa.Column("plan_action_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Float(), nullable=True),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("target", sa.Float(), nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(baseline IS NULL) = (baseline_on IS NULL)", name=op.f("ck_plan_indicator_baseline_on_a_day")
        ),
        sa.CheckConstraint(
            "(target IS NULL) = (target_on IS NULL)", name=op.f("ck_plan_indicator_target_on_a_day")
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_plan_indicator_has_name")),
        sa.ForeignKeyConstraint(
            ["axis_id"], ["plan_axis.id"], name=op.f("fk_plan_indicator_axis_id_plan_axis")
        ),
        sa.ForeignKeyConstraint(
            ["plan_action_id"], ["plan_action.id"], name=op.f("fk_plan_indicator_plan_action_id_plan_action")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_indicator_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_indicator")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_indicator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_indicator_axis_id"), ["axis_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_plan_indicator_plan_action_id"), ["plan_action_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_plan_indicator_plan_id"), ["plan_id"], unique=False)
    op.create_table(
        "plan_indicator_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("corrected_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("corrected_reason", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "corrected_at IS NULL OR length(corrected_reason) > 0",
            name=op.f("ck_plan_indicator_value_corrected_with_a_reason"),
        ),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_plan_indicator_value_has_source")),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["plan_indicator.id"],
            name=op.f("fk_plan_indicator_value_indicator_id_plan_indicator"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_indicator_value")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_indicator_value", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_indicator_value_indicator_id"), ["indicator_id"], unique=False
        )
        batch_op.create_index(
            "uq_plan_indicator_value_day",
            ["indicator_id", "day"],
            unique=True,
            sqlite_where=sa.text("corrected_at IS NULL"),
            postgresql_where=sa.text("corrected_at IS NULL"),
        )
    op.create_table(
        "plan_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(why) > 0", name=op.f("ck_plan_revision_says_why")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_plan_revision_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_revision_plan_id_plan")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_plan_revision_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_revision")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_revision_plan_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_revision_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_revision_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_revision_space_id"), ["space_id"], unique=False)
        batch_op.create_index(
            "uq_plan_revision_open",
            ["plan_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
    op.create_table(
        "plan_action_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_action_id", sa.Integer(), nullable=False),
        sa.Column("axis_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "pathway",
                "opening",
                "both",
                name="plan_action_way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "ended_by_id IS NULL OR until_on IS NOT NULL", name=op.f("ck_plan_action_version_ended_on_a_day")
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_plan_action_version_has_title")),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_plan_action_version_ends_after_start"),
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on IS NULL OR until_on >= from_on",
            name=op.f("ck_plan_action_version_until_after_from"),
        ),
        sa.ForeignKeyConstraint(
            ["axis_id"], ["plan_axis.id"], name=op.f("fk_plan_action_version_axis_id_plan_axis")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["plan_revision.id"],
            name=op.f("fk_plan_action_version_ended_by_id_plan_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["plan_revision.id"], name=op.f("fk_plan_action_version_made_by_id_plan_revision")
        ),
        sa.ForeignKeyConstraint(
            ["plan_action_id"],
            ["plan_action.id"],
            name=op.f("fk_plan_action_version_plan_action_id_plan_action"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_action_version")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_action_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_action_version_axis_id"), ["axis_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_action_version_ended_by_id"), ["ended_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_action_version_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_plan_action_version_plan_action_id"), ["plan_action_id"], unique=False
        )
        batch_op.create_index(
            "uq_plan_action_version_current",
            ["plan_action_id"],
            unique=True,
            sqlite_where=sa.text("until_on IS NULL"),
            postgresql_where=sa.text("until_on IS NULL"),
        )
    op.create_table(
        "plan_axis_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("axis_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "ended_by_id IS NULL OR until_on IS NOT NULL", name=op.f("ck_plan_axis_version_ended_on_a_day")
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_plan_axis_version_has_title")),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on IS NULL OR until_on >= from_on",
            name=op.f("ck_plan_axis_version_until_after_from"),
        ),
        sa.ForeignKeyConstraint(
            ["axis_id"],
            ["plan_axis.id"],
            name=op.f("fk_plan_axis_version_axis_id_plan_axis"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["plan_revision.id"], name=op.f("fk_plan_axis_version_ended_by_id_plan_revision")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["plan_revision.id"], name=op.f("fk_plan_axis_version_made_by_id_plan_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_axis_version")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_axis_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_axis_version_axis_id"), ["axis_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_axis_version_ended_by_id"), ["ended_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_axis_version_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(
            "uq_plan_axis_version_current",
            ["axis_id"],
            unique=True,
            sqlite_where=sa.text("until_on IS NULL"),
            postgresql_where=sa.text("until_on IS NULL"),
        )
    op.create_table(
        "plan_follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_action_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_plan_follow_up_action_id_action")
        ),
        sa.ForeignKeyConstraint(
            ["plan_action_id"], ["plan_action.id"], name=op.f("fk_plan_follow_up_plan_action_id_plan_action")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_follow_up")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_follow_up_action_id"), ["action_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_plan_follow_up_plan_action_id"), ["plan_action_id"], unique=False
        )
        batch_op.create_index(
            "uq_plan_follow_up_current",
            ["plan_action_id", "action_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:  # noqa: PLR0915 - one statement a table and index
    """Drop them."""
    with op.batch_alter_table("plan_follow_up", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_follow_up_current",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_follow_up_plan_action_id"))
        batch_op.drop_index(batch_op.f("ix_plan_follow_up_action_id"))
    op.drop_table("plan_follow_up")
    with op.batch_alter_table("plan_axis_version", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_axis_version_current",
            sqlite_where=sa.text("until_on IS NULL"),
            postgresql_where=sa.text("until_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_axis_version_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_plan_axis_version_ended_by_id"))
        batch_op.drop_index(batch_op.f("ix_plan_axis_version_axis_id"))
    op.drop_table("plan_axis_version")
    with op.batch_alter_table("plan_action_version", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_action_version_current",
            sqlite_where=sa.text("until_on IS NULL"),
            postgresql_where=sa.text("until_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_action_version_plan_action_id"))
        batch_op.drop_index(batch_op.f("ix_plan_action_version_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_plan_action_version_ended_by_id"))
        batch_op.drop_index(batch_op.f("ix_plan_action_version_axis_id"))
    op.drop_table("plan_action_version")
    with op.batch_alter_table("plan_revision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_revision_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_revision_space_id"))
        batch_op.drop_index(batch_op.f("ix_plan_revision_plan_id"))
        batch_op.drop_index(batch_op.f("ix_plan_revision_decision_id"))
    op.drop_table("plan_revision")
    with op.batch_alter_table("plan_indicator_value", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_indicator_value_day",
            sqlite_where=sa.text("corrected_at IS NULL"),
            postgresql_where=sa.text("corrected_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_indicator_value_indicator_id"))
    op.drop_table("plan_indicator_value")
    with op.batch_alter_table("plan_indicator", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_indicator_plan_id"))
        batch_op.drop_index(batch_op.f("ix_plan_indicator_plan_action_id"))
        batch_op.drop_index(batch_op.f("ix_plan_indicator_axis_id"))
    op.drop_table("plan_indicator")
    with op.batch_alter_table("plan_finding_plan_axis", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_finding_plan_axis_plan_axis_id"))
    op.drop_table("plan_finding_plan_axis")
    with op.batch_alter_table("plan_finding_plan_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_finding_plan_action_plan_action_id"))
    op.drop_table("plan_finding_plan_action")
    with op.batch_alter_table("plan_finding_organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_finding_organisation_organisation_id"))
    op.drop_table("plan_finding_organisation")
    with op.batch_alter_table("plan_budget_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_budget_line_plan_id"))
        batch_op.drop_index(batch_op.f("ix_plan_budget_line_funder_id"))
        batch_op.drop_index(batch_op.f("ix_plan_budget_line_axis_id"))
    op.drop_table("plan_budget_line")
    with op.batch_alter_table("plan_axis_theme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_axis_theme_theme_id"))
    op.drop_table("plan_axis_theme")
    with op.batch_alter_table("plan_axis_plan_frame_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_axis_plan_frame_entry_plan_frame_entry_id"))
    op.drop_table("plan_axis_plan_frame_entry")
    with op.batch_alter_table("plan_action_theme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_action_theme_theme_id"))
    op.drop_table("plan_action_theme")
    with op.batch_alter_table("plan_action_territory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_action_territory_territory_id"))
    op.drop_table("plan_action_territory")
    with op.batch_alter_table("plan_action_state", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_action_state_plan_action_id"))
    op.drop_table("plan_action_state")
    with op.batch_alter_table("plan_action_space", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_action_space_current",
            sqlite_where=sa.text("until_on IS NULL"),
            postgresql_where=sa.text("until_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_action_space_space_id"))
        batch_op.drop_index(batch_op.f("ix_plan_action_space_plan_action_id"))
    op.drop_table("plan_action_space")
    with op.batch_alter_table("plan_action_plan_frame_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_action_plan_frame_entry_plan_frame_entry_id"))
    op.drop_table("plan_action_plan_frame_entry")
    with op.batch_alter_table("plan_action_part", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_action_part_current",
            sqlite_where=sa.text("until_on IS NULL"),
            postgresql_where=sa.text("until_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_action_part_plan_action_id"))
        batch_op.drop_index(batch_op.f("ix_plan_action_part_organisation_id"))
    op.drop_table("plan_action_part")
    with op.batch_alter_table("plan_territory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_territory_territory_id"))
    op.drop_table("plan_territory")
    with op.batch_alter_table("plan_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_finding_theme_id"))
        batch_op.drop_index(batch_op.f("ix_plan_finding_territory_id"))
        batch_op.drop_index(batch_op.f("ix_plan_finding_plan_id"))
    op.drop_table("plan_finding")
    with op.batch_alter_table("plan_evaluation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_evaluation_plan_id"))
    op.drop_table("plan_evaluation")
    with op.batch_alter_table("plan_axis", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_axis_plan_id"))
    op.drop_table("plan_axis")
    with op.batch_alter_table("plan_adoption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_adoption_territory_id"))
        batch_op.drop_index(batch_op.f("ix_plan_adoption_plan_id"))
        batch_op.drop_index(batch_op.f("ix_plan_adoption_organisation_id"))
    op.drop_table("plan_adoption")
    with op.batch_alter_table("plan_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_action_plan_id"))
    op.drop_table("plan_action")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_steering_id"))
        batch_op.drop_index(batch_op.f("ix_plan_kind"))
        batch_op.drop_index(batch_op.f("ix_plan_follows_id"))
    op.drop_table("plan")
    with op.batch_alter_table("plan_frame_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_frame_entry_frame_id"))
    op.drop_table("plan_frame_entry")
    op.drop_table("plan_frame")
