"""The full record of an organisation: sub-units, drop-ins, missions, labels, figures, projects, calls."""

import sqlalchemy as sa
from alembic import op

revision = "0009_record"
down_revision = "0008_guards"
branch_labels = None
depends_on = None

# Kinds of actors that the first installations began with, whose sector is plain; all others stay « other ».
SECTORS = {
    "public": (
        "commune", "cpas", "province", "region", "community", "administration", "public_body", "federal_agency",
        "fund", "international", "public_employment",
    ),
    "associative": (
        "cri", "federation", "coordination", "association", "education_permanente", "bapa", "youth_centre",
        "youth_organisation", "union", "foundation", "immigrant_association", "citizen_collective",
        "neighbourhood_committee", "employment", "health_promotion", "cultural_centre",
    ),
}  # fmt: skip


def upgrade() -> None:  # noqa: PLR0915 - as many statements as tables and indexes
    """Create the tables, and give kinds and organisations their new columns."""
    _add_word("organisation_kind", "sector", ("public", "associative", "private", "other"), "other")
    kinds = sa.table("organisation_kind", sa.column("code", sa.String), sa.column("sector", sa.String))
    for sector, codes in SECTORS.items():
        op.execute(kinds.update().where(kinds.c.code.in_(codes)).values(sector=sector))
    _add_word("organisation", "structured", ("yes", "no", "unknown"), "unknown")
    op.add_column("organisation", sa.Column("field_of_action", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "territory_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column(
            "granted_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="granted_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "ends_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="ends_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "granted_on IS NULL OR ends_on IS NULL OR ends_on >= granted_on",
            name=op.f("ck_territory_label_ends_after_grant"),
        ),
        sa.CheckConstraint("length(label) > 0", name=op.f("ck_territory_label_has_label")),
        sa.CheckConstraint("length(trim(source)) > 0", name=op.f("ck_territory_label_has_source")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_territory_label_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory_label")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_territory_label_territory_id"), "territory_label", ["territory_id"], unique=False
    )
    op.create_index(
        "uq_territory_label_live",
        "territory_label",
        ["territory_id", "label"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
    )
    op.create_table(
        "mission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("early_on", sa.Date(), nullable=True),
        sa.Column(
            "early_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="early_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("official_on", sa.Date(), nullable=True),
        sa.Column(
            "official_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="official_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "ends_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="ends_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(official_on IS NULL AND legal_basis = '') OR (official_on IS NOT NULL AND legal_basis <> '')",
            name=op.f("ck_mission_official_has_legal_basis"),
        ),
        sa.CheckConstraint(
            "early_on IS NOT NULL OR official_on IS NOT NULL", name=op.f("ck_mission_early_or_official")
        ),
        sa.CheckConstraint(
            "early_on IS NULL OR official_on IS NULL OR early_on <= official_on",
            name=op.f("ck_mission_early_before_official"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ((early_on IS NULL OR early_on <= ends_on) AND (official_on IS NULL OR official_on <= ends_on))",
            name=op.f("ck_mission_ends_after_start"),
        ),
        sa.CheckConstraint("length(label) > 0", name=op.f("ck_mission_has_label")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mission_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mission")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mission_organisation_id"), "mission", ["organisation_id"], unique=False)
    op.create_index(
        "uq_mission_live",
        "mission",
        ["organisation_id", "label"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
    )
    op.create_table(
        "organisation_funding",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "subsidies",
                "activities",
                "donations",
                "membership_fees",
                "project_calls",
                "other",
                name="funding_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_funding_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "source", name=op.f("pk_organisation_funding")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "project_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("acronym", sa.String(length=40), nullable=False),
        sa.Column("funder_id", sa.Integer(), nullable=True),
        sa.Column("launched_on", sa.Date(), nullable=True),
        sa.Column(
            "launched_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="launched_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column(
            "closes_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="closes_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("session_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_place", sa.Text(), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "launched_on IS NULL OR closes_on IS NULL OR closes_on >= launched_on",
            name=op.f("ck_project_call_closes_after_launch"),
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_project_call_has_title")),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["organisation.id"], name=op.f("fk_project_call_funder_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_call")),
        sa.UniqueConstraint("slug", name=op.f("uq_project_call_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_project_call_funder_id"), "project_call", ["funder_id"], unique=False)
    op.create_table(
        "team_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column(
            "as_of_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="as_of_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column(
            "starts_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="starts_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "ends_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="ends_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "headcount IS NULL OR (as_of IS NOT NULL AND length(trim(source)) > 0)",
            name=op.f("ck_team_role_headcount_has_date_and_source"),
        ),
        sa.CheckConstraint("headcount IS NULL OR headcount > 0", name=op.f("ck_team_role_somebody")),
        sa.CheckConstraint("length(role) > 0", name=op.f("ck_team_role_has_role")),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_team_role_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_team_role_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_role")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_team_role_organisation_id"), "team_role", ["organisation_id"], unique=False)
    op.create_index(
        "uq_team_role_live",
        "team_role",
        ["organisation_id", "role"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column(
            "starts_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="starts_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "ends_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="ends_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_unit_has_name")),
        sa.CheckConstraint(
            "neighbourhood_id IS NULL OR commune_id IS NOT NULL",
            name=op.f("ck_unit_neighbourhood_in_commune"),
        ),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_unit_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(["commune_id"], ["territory.id"], name=op.f("fk_unit_commune_id_territory")),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"], ["territory.id"], name=op.f("fk_unit_neighbourhood_id_territory")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_unit_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_unit_commune_id"), "unit", ["commune_id"], unique=False)
    op.create_index(op.f("ix_unit_neighbourhood_id"), "unit", ["neighbourhood_id"], unique=False)
    op.create_index(op.f("ix_unit_organisation_id"), "unit", ["organisation_id"], unique=False)
    op.create_table(
        "drop_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("rhythm", sa.String(length=300), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column(
            "appointment",
            sa.Enum(
                "none",
                "possible",
                "required",
                "unknown",
                name="appointment",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column(
            "starts_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="starts_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "ends_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="ends_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("length(subject) > 0", name=op.f("ck_drop_in_has_subject")),
        sa.CheckConstraint(
            "neighbourhood_id IS NULL OR commune_id IS NOT NULL",
            name=op.f("ck_drop_in_neighbourhood_in_commune"),
        ),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_drop_in_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["territory.id"], name=op.f("fk_drop_in_commune_id_territory")
        ),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"], ["territory.id"], name=op.f("fk_drop_in_neighbourhood_id_territory")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_drop_in_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_drop_in_theme_id_theme")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_drop_in_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["organisation.id"], name=op.f("fk_drop_in_venue_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drop_in")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_drop_in_commune_id"), "drop_in", ["commune_id"], unique=False)
    op.create_index(op.f("ix_drop_in_neighbourhood_id"), "drop_in", ["neighbourhood_id"], unique=False)
    op.create_index(op.f("ix_drop_in_organisation_id"), "drop_in", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_drop_in_theme_id"), "drop_in", ["theme_id"], unique=False)
    op.create_index(op.f("ix_drop_in_unit_id"), "drop_in", ["unit_id"], unique=False)
    op.create_index(op.f("ix_drop_in_venue_id"), "drop_in", ["venue_id"], unique=False)
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("acronym", sa.String(length=40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column(
            "starts_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="starts_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "ends_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="ends_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_project_has_name")),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_project_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["project_call.id"], name=op.f("fk_project_call_id_project_call")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("slug", name=op.f("uq_project_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_project_call_id"), "project", ["call_id"], unique=False)
    op.create_table(
        "project_call_audience",
        sa.Column("project_call_id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audience.id"], name=op.f("fk_project_call_audience_audience_id_audience")
        ),
        sa.ForeignKeyConstraint(
            ["project_call_id"],
            ["project_call.id"],
            name=op.f("fk_project_call_audience_project_call_id_project_call"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_call_id", "audience_id", name=op.f("pk_project_call_audience")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_project_call_audience_audience_id"), "project_call_audience", ["audience_id"], unique=False
    )
    op.create_table(
        "project_call_theme",
        sa.Column("project_call_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_call_id"],
            ["project_call.id"],
            name=op.f("fk_project_call_theme_project_call_id_project_call"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_project_call_theme_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("project_call_id", "theme_id", name=op.f("pk_project_call_theme")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_project_call_theme_theme_id"), "project_call_theme", ["theme_id"], unique=False)
    op.create_table(
        "drop_in_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drop_in_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("finishes", sa.Time(), nullable=True),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.CheckConstraint("every_weeks BETWEEN 1 AND 12", name=op.f("ck_drop_in_slot_every_so_many_weeks")),
        sa.CheckConstraint(
            "finishes IS NULL OR finishes > begins", name=op.f("ck_drop_in_slot_finishes_after_begins")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_drop_in_slot_is_a_weekday")),
        sa.ForeignKeyConstraint(
            ["drop_in_id"],
            ["drop_in.id"],
            name=op.f("fk_drop_in_slot_drop_in_id_drop_in"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drop_in_slot")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_drop_in_slot_drop_in_id_weekday_begins"),
        "drop_in_slot",
        ["drop_in_id", "weekday", "begins"],
        unique=True,
    )
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column(
            "exactness",
            sa.Enum(
                "exact",
                "about",
                "more_than",
                "less_than",
                name="exactness",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Float(precision=53), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "as_of_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="as_of_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN project_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN territory_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name=op.f("ck_figure_of_one_thing"),
        ),
        sa.CheckConstraint("length(label) > 0", name=op.f("ck_figure_has_label")),
        sa.CheckConstraint("length(trim(source)) > 0", name=op.f("ck_figure_has_source")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_figure_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_figure_project_id_project")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_figure_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_figure_organisation_id"), "figure", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_figure_project_id"), "figure", ["project_id"], unique=False)
    op.create_index(op.f("ix_figure_territory_id"), "figure", ["territory_id"], unique=False)
    op.create_table(
        "project_audience",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audience.id"], name=op.f("fk_project_audience_audience_id_audience")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_audience_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "audience_id", name=op.f("pk_project_audience")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_project_audience_audience_id"), "project_audience", ["audience_id"], unique=False
    )
    op.create_table(
        "project_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "partner",
                "funder",
                name="part_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column(
            "starts_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="starts_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "ends_precision",
            sa.Enum(
                "day",
                "month",
                "year",
                "before",
                name="ends_precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_project_part_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_project_part_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_part_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_part")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_project_part_organisation_id"), "project_part", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_project_part_project_id"), "project_part", ["project_id"], unique=False)
    op.create_index(
        "uq_project_part_dated",
        "project_part",
        ["project_id", "organisation_id", "role", "starts_on"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "uq_project_part_open",
        "project_part",
        ["project_id", "organisation_id", "role"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
    )
    op.create_table(
        "project_territory",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_territory_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_project_territory_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("project_id", "territory_id", name=op.f("pk_project_territory")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_project_territory_territory_id"), "project_territory", ["territory_id"], unique=False
    )
    op.create_table(
        "project_theme",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_theme_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_project_theme_theme_id_theme")),
        sa.PrimaryKeyConstraint("project_id", "theme_id", name=op.f("pk_project_theme")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_project_theme_theme_id"), "project_theme", ["theme_id"], unique=False)
    op.create_table(
        "directory_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column(
            "arranged_by",
            sa.Enum(
                "commune", "theme", name="arrangement", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("undrawable", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pages >= 1", name=op.f("ck_directory_print_has_pages")),
        sa.CheckConstraint("entries >= 0", name=op.f("ck_directory_print_entries_not_negative")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_directory_print_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_print")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_directory_print_content_hash")),
        sqlite_autoincrement=True,
    )


def _add_word(table: str, column: str, words: tuple[str, ...], default: str) -> None:
    """Add a column for one of some words.

    Written out, because Alembic can't add a column with its CHECK on SQLite, and a rebuilt table would lose
    what points at it.
    """
    known = ", ".join(f"'{word}'" for word in words)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(40) DEFAULT '{default}' NOT NULL "
        f"CONSTRAINT ck_{table}_{column} CHECK ({column} IN ({known}))"
    )


def downgrade() -> None:  # noqa: PLR0915 - a statement for each thing
    """Drop the tables and the columns."""
    op.drop_table("directory_print")
    op.drop_index(op.f("ix_project_theme_theme_id"), table_name="project_theme")
    op.drop_table("project_theme")
    op.drop_index(op.f("ix_project_territory_territory_id"), table_name="project_territory")
    op.drop_table("project_territory")
    op.drop_index(
        "uq_project_part_open",
        table_name="project_part",
        sqlite_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
    )
    op.drop_index(
        "uq_project_part_dated",
        table_name="project_part",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_index(op.f("ix_project_part_project_id"), table_name="project_part")
    op.drop_index(op.f("ix_project_part_organisation_id"), table_name="project_part")
    op.drop_table("project_part")
    op.drop_index(op.f("ix_project_audience_audience_id"), table_name="project_audience")
    op.drop_table("project_audience")
    op.drop_index(op.f("ix_figure_territory_id"), table_name="figure")
    op.drop_index(op.f("ix_figure_project_id"), table_name="figure")
    op.drop_index(op.f("ix_figure_organisation_id"), table_name="figure")
    op.drop_table("figure")
    op.drop_index(op.f("ix_drop_in_slot_drop_in_id_weekday_begins"), table_name="drop_in_slot")
    op.drop_table("drop_in_slot")
    op.drop_index(op.f("ix_project_call_theme_theme_id"), table_name="project_call_theme")
    op.drop_table("project_call_theme")
    op.drop_index(op.f("ix_project_call_audience_audience_id"), table_name="project_call_audience")
    op.drop_table("project_call_audience")
    op.drop_index(op.f("ix_project_call_id"), table_name="project")
    op.drop_table("project")
    op.drop_index(op.f("ix_drop_in_venue_id"), table_name="drop_in")
    op.drop_index(op.f("ix_drop_in_unit_id"), table_name="drop_in")
    op.drop_index(op.f("ix_drop_in_theme_id"), table_name="drop_in")
    op.drop_index(op.f("ix_drop_in_organisation_id"), table_name="drop_in")
    op.drop_index(op.f("ix_drop_in_neighbourhood_id"), table_name="drop_in")
    op.drop_index(op.f("ix_drop_in_commune_id"), table_name="drop_in")
    op.drop_table("drop_in")
    op.drop_index(op.f("ix_unit_organisation_id"), table_name="unit")
    op.drop_index(op.f("ix_unit_neighbourhood_id"), table_name="unit")
    op.drop_index(op.f("ix_unit_commune_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_index(
        "uq_team_role_live",
        table_name="team_role",
        sqlite_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_team_role_organisation_id"), table_name="team_role")
    op.drop_table("team_role")
    op.drop_index(op.f("ix_project_call_funder_id"), table_name="project_call")
    op.drop_table("project_call")
    op.drop_table("organisation_funding")
    op.drop_index(
        "uq_mission_live",
        table_name="mission",
        sqlite_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_mission_organisation_id"), table_name="mission")
    op.drop_table("mission")
    op.drop_index(
        "uq_territory_label_live",
        table_name="territory_label",
        sqlite_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_territory_label_territory_id"), table_name="territory_label")
    op.drop_table("territory_label")
    op.drop_column("organisation", "field_of_action")
    op.drop_column("organisation", "structured")
    op.drop_column("organisation_kind", "sector")
