"""Create the tables of events."""

import sqlalchemy as sa
from alembic import op

revision = "0005_events"
down_revision = "0004_spaces"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "plenary",
                "symposium",
                "seminar",
                "fair",
                "rally",
                "info_session",
                "candidates",
                "meeting",
                "feedback",
                "training",
                "screening",
                "discovery",
                name="event_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("place_name", sa.String(length=200), nullable=False),
        sa.Column("place_address", sa.String(length=300), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doors_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_up_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_up_closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "cancelled",
                name="event_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("meal_offered", sa.Boolean(), nullable=False),
        sa.Column("workshop_choices", sa.Integer(), nullable=False),
        sa.Column("practical_info", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=400), nullable=False),
        sa.Column("needs_forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("capacity IS NULL OR taken <= capacity", name=op.f("ck_event_never_overbooked")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_ends_after_start")),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_event_has_title")),
        sa.CheckConstraint(
            "sign_up_opens_at IS NULL OR sign_up_closes_at > sign_up_opens_at",
            name=op.f("ck_event_closes_after_opening"),
        ),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_event_taken_not_negative")),
        sa.CheckConstraint("workshop_choices >= 0", name=op.f("ck_event_choices_not_negative")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_event_space_id_space")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["organisation.id"], name=op.f("fk_event_venue_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_space_id"), "event", ["space_id"], unique=False)
    op.create_index(op.f("ix_event_starts_at"), "event", ["starts_at"], unique=False)
    op.create_index(op.f("ix_event_state"), "event", ["state"], unique=False)
    op.create_index(op.f("ix_event_venue_id"), "event", ["venue_id"], unique=False)
    op.create_table(
        "event_organiser",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_organiser_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_organiser_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("event_id", "organisation_id", name=op.f("pk_event_organiser")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_event_organiser_organisation_id"), "event_organiser", ["organisation_id"], unique=False
    )
    op.create_table(
        "event_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "welcome",
                "introduction",
                "presentation",
                "workshops",
                "meal",
                "break",
                "exchange",
                "testimony",
                "questions",
                "screening",
                "conclusion",
                name="slot_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_event_slot_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_slot_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["organisation.id"], name=op.f("fk_event_slot_speaker_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_slot")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_slot_event_id"), "event_slot", ["event_id"], unique=False)
    op.create_index(op.f("ix_event_slot_speaker_id"), "event_slot", ["speaker_id"], unique=False)
    op.create_table(
        "meal_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_meal_option_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_option")),
        sa.UniqueConstraint("event_id", "label", name=op.f("uq_meal_option_event_id_label")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meal_option_event_id"), "meal_option", ["event_id"], unique=False)
    op.create_table(
        "workshop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("room", sa.String(length=80), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken <= capacity", name=op.f("ck_workshop_never_overbooked")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_workshop_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_workshop_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_workshop_event_id"), "workshop", ["event_id"], unique=False)
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("organisation_name", sa.String(length=200), nullable=False),
        sa.Column("meal_id", sa.Integer(), nullable=True),
        sa.Column("diet", sa.String(length=300), nullable=False),
        sa.Column("access_needs", sa.String(length=600), nullable=False),
        sa.Column("needs_consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "confirmed",
                "cancelled",
                name="registration_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "phone",
                "paper",
                "mail",
                name="registration_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "needs_consent_at IS NOT NULL OR (diet = '' AND access_needs = '')",
            name=op.f("ck_registration_needs_by_consent"),
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR cancelled_at IS NOT NULL",
            name=op.f("ck_registration_cancelling_is_dated"),
        ),
        sa.CheckConstraint(
            "email IS NULL OR email = lower(email)", name=op.f("ck_registration_email_in_lower_case")
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_registration_has_name")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_registration_event_id_event")),
        sa.ForeignKeyConstraint(
            ["meal_id"], ["meal_option.id"], name=op.f("fk_registration_meal_id_meal_option")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_registration_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("event_id", "form_key", name=op.f("uq_registration_event_id_form_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_registration_event_id"), "registration", ["event_id"], unique=False)
    op.create_index(op.f("ix_registration_meal_id"), "registration", ["meal_id"], unique=False)
    op.create_index(
        op.f("ix_registration_organisation_id"), "registration", ["organisation_id"], unique=False
    )
    op.create_index(
        "uq_registration_confirmed",
        "registration",
        ["event_id", "email"],
        unique=True,
        sqlite_where=sa.text("state = 'confirmed'"),
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_table(
        "registration_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_choice_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_registration_choice_workshop_id_workshop")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_choice")),
        sa.UniqueConstraint(
            "registration_id", "workshop_id", name=op.f("uq_registration_choice_registration_id_workshop_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_registration_choice_registration_id"),
        "registration_choice",
        ["registration_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_registration_choice_workshop_id"), "registration_choice", ["workshop_id"], unique=False
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_registration_choice_workshop_id"), table_name="registration_choice")
    op.drop_index(op.f("ix_registration_choice_registration_id"), table_name="registration_choice")
    op.drop_table("registration_choice")
    op.drop_index(
        "uq_registration_confirmed",
        table_name="registration",
        sqlite_where=sa.text("state = 'confirmed'"),
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.drop_index(op.f("ix_registration_organisation_id"), table_name="registration")
    op.drop_index(op.f("ix_registration_meal_id"), table_name="registration")
    op.drop_index(op.f("ix_registration_event_id"), table_name="registration")
    op.drop_table("registration")
    op.drop_index(op.f("ix_workshop_event_id"), table_name="workshop")
    op.drop_table("workshop")
    op.drop_index(op.f("ix_meal_option_event_id"), table_name="meal_option")
    op.drop_table("meal_option")
    op.drop_index(op.f("ix_event_slot_speaker_id"), table_name="event_slot")
    op.drop_index(op.f("ix_event_slot_event_id"), table_name="event_slot")
    op.drop_table("event_slot")
    op.drop_index(op.f("ix_event_organiser_organisation_id"), table_name="event_organiser")
    op.drop_table("event_organiser")
    op.drop_index(op.f("ix_event_venue_id"), table_name="event")
    op.drop_index(op.f("ix_event_state"), table_name="event")
    op.drop_index(op.f("ix_event_starts_at"), table_name="event")
    op.drop_index(op.f("ix_event_space_id"), table_name="event")
    op.drop_table("event")
