"""Days and sign-ups in depth: sessions, blocks and rounds, waiting lists, presence, certificates, retention.

On SQLite the rules of a table can only be changed by rebuilding it, and dropping the old one would take along
what hangs on it. What is stored doesn't change here, only rules: they are edited where SQLite keeps their text,
as https://www.sqlite.org/lang_altertable.html (section 7) describes.
"""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0025_days"
down_revision = "0024_speed"
branch_labels = None
depends_on = None

KINDS = (
    "plenary", "symposium", "seminar", "fair", "rally", "info_session", "candidates", "meeting", "feedback",
    "training", "screening", "discovery",
)  # fmt: skip
NEW_KINDS = (*KINDS, "module", "drop_in")
STATES = ("confirmed", "cancelled")
NEW_STATES = ("pending", "waiting", "offered", "confirmed", "declined", "lapsed", "cancelled")
CHANNELS = ("web", "phone", "paper", "mail")
NEW_CHANNELS = (*CHANNELS, "walk_in")
NAMED, NAMED_OR_PURGED = "length(name) > 0", "length(name) > 0 OR purged_at IS NOT NULL"
LIVE = "state IN ('pending', 'waiting', 'offered', 'confirmed')"


def words(column: str, values: tuple[str, ...]) -> str:
    """Return the condition that holds a column to some words."""
    known = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({known})"


# table, constraint, condition before, condition now.
CHANGED = (
    ("event", "ck_event_event_kind", words("kind", KINDS), words("kind", NEW_KINDS)),
    (
        "registration",
        "ck_registration_registration_state",
        words("state", STATES),
        words("state", NEW_STATES),
    ),
    (
        "registration",
        "ck_registration_registration_channel",
        words("channel", CHANNELS),
        words("channel", NEW_CHANNELS),
    ),
    ("registration", "ck_registration_has_name", NAMED, NAMED_OR_PURGED),
)
# A rule that stands beside another one of its table in SQLite's text: table, neighbour, its condition, name, condition.
ADDED = (
    ("event", "ck_event_taken_not_negative", "taken >= 0", "ck_event_online_taken_not_negative", "online_taken >= 0"),
    ("event", "ck_event_taken_not_negative", "taken >= 0", "ck_event_never_overbooked_online",
     "online_capacity IS NULL OR online_taken <= online_capacity"),
    ("event", "ck_event_taken_not_negative", "taken >= 0", "ck_event_offer_lasts", "offer_hours > 0"),
    ("event", "ck_event_taken_not_negative", "taken >= 0", "ck_event_group_of_one_at_least", "group_most > 0"),
    ("event", "ck_event_taken_not_negative", "taken >= 0", "ck_event_certificate_threshold_not_negative",
     "certificate_threshold >= 0"),
    ("workshop", "ck_workshop_taken_not_negative", "taken >= 0", "ck_workshop_minimum_within_capacity",
     "minimum >= 0 AND minimum <= capacity"),
    ("workshop", "ck_workshop_taken_not_negative", "taken >= 0", "ck_workshop_repeats_another", "repeats_id <> id"),
    ("workshop", "ck_workshop_taken_not_negative", "taken >= 0", "ck_workshop_ends_after_start",
     "ends_at IS NULL OR ends_at > starts_at"),
    ("workshop", "ck_workshop_taken_not_negative", "taken >= 0", "ck_workshop_both_hours_or_none",
     "(starts_at IS NULL) = (ends_at IS NULL)"),
    ("registration", "ck_registration_has_name", NAMED_OR_PURGED, "ck_registration_offer_ends",
     "state <> 'offered' OR offer_ends_at IS NOT NULL"),
    ("registration", "ck_registration_has_name", NAMED_OR_PURGED, "ck_registration_waiting_since",
     "state <> 'waiting' OR queued_at IS NOT NULL"),
    ("registration", "ck_registration_has_name", NAMED_OR_PURGED, "ck_registration_one_mode", "mode <> 'hybrid'"),
    ("registration", "ck_registration_has_name", NAMED_OR_PURGED, "ck_registration_purged_is_nobody",
     "purged_at IS NULL OR (name = '' AND email IS NULL AND phone = '')"),
)  # fmt: skip
MODES = ("onsite", "online", "hybrid")


def text(length: int) -> sa.String:
    """Return the type of a short text."""
    return sa.String(length=length)


# table → (column, type, default, words, referred table); without default it may be empty.
COLUMNS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "event": (
        ("series_id", sa.Integer(), None, None, "event_series"),
        ("copied_from_id", sa.Integer(), None, None, "event"),
        ("mode", text(40), "'onsite'", ("event_mode", MODES), None),
        ("room_id", sa.Integer(), None, None, "venue_room"),
        ("online_url", text(500), "''", None, None),
        ("online_info", sa.Text(), "''", None, None),
        ("online_capacity", sa.Integer(), None, None, None),
        ("online_taken", sa.Integer(), "0", None, None),
        ("sign_up_need", text(40), "'required'", ("sign_up_need", ("required", "wished", "none")), None),
        ("admission", text(40), "'open'", ("event_admission", ("open", "approval", "invitation")), None),
        ("group_most", sa.Integer(), "10", None, None),
        ("has_waitlist", sa.Boolean(), "true", None, None),
        ("promotion", text(40), "'automatic'", ("event_promotion", ("automatic", "offer")), None),
        ("offer_hours", sa.Integer(), "48", None, None),
        ("promotion_suspended_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        (
            "asks_organisation",
            text(40),
            "'optional'",
            ("asks_organisation", ("no", "optional", "required")),
            None,
        ),
        ("asks_phone", text(40), "'no'", ("asks_phone", ("no", "optional", "required")), None),
        ("asks_diet", sa.Boolean(), "true", None, None),
        ("asks_access_needs", sa.Boolean(), "true", None, None),
        ("asks_languages", sa.Boolean(), "false", None, None),
        ("offers_newsletter", sa.Boolean(), "false", None, None),
        ("meals_close_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        ("meals_frozen_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        (
            "certificate_rule",
            text(40),
            "'none'",
            ("certificate_rule", ("none", "all", "share", "minutes")),
            None,
        ),
        ("certificate_threshold", sa.Integer(), "0", None, None),
        ("certificate_text", sa.Text(), "''", None, None),
        ("certificate_signatory", text(200), "''", None, None),
        ("evaluation_closes_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
    ),
    "event_organiser": (
        ("position", sa.Integer(), "0", None, None),
        ("territory_id", sa.Integer(), None, None, "territory"),
        ("contact_name", text(120), "''", None, None),
        ("contact_email", text(254), "''", None, None),
        ("contact_phone", text(40), "''", None, None),
        ("logo_id", sa.Integer(), None, None, "stored_file"),
    ),
    "workshop": (
        ("block_id", sa.Integer(), None, None, "workshop_block"),
        ("round_id", sa.Integer(), None, None, "workshop_round"),
        ("repeats_id", sa.Integer(), None, None, "workshop"),
        ("lead_id", sa.Integer(), None, None, "organisation"),
        ("room_id", sa.Integer(), None, None, "venue_room"),
        ("starts_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        ("ends_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        ("minimum", sa.Integer(), "0", None, None),
        ("cancelled_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
    ),
    "registration": (
        ("mode", text(40), "'onsite'", ("registration_mode", MODES), None),
        ("wanted_mode", text(40), None, ("registration_wanted_mode", MODES), None),
        ("phone", text(40), "''", None, None),
        ("languages", text(200), "''", None, None),
        ("group_id", sa.Integer(), None, None, "group_sign_up"),
        ("reserved_id", sa.Integer(), None, None, "reserved_places"),
        ("invitation_id", sa.Integer(), None, None, "event_invitation"),
        ("queued_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        ("offer_ends_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        ("decided_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        ("decision_reason", text(400), "''", None, None),
        ("newsletter_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        ("organisation_checked_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
        ("code", text(40), "''", None, None),
        ("has_evaluated", sa.Boolean(), "false", None, None),
        ("purged_at", hub.core.db.UTCDateTime(timezone=True), None, None, None),
    ),
}
# What is made first of the new tables, since the changed ones refer to it.
TABLES = (
    "certificate_counter",
    "event_series",
    "venue_room",
    "diet_option",
    "event_delegation",
    "event_evaluation",
    "event_invitation",
    "event_letter",
    "event_notice",
    "event_question",
    "event_retention",
    "group_sign_up",
    "meal_count",
    "newsletter_consent",
    "reserved_places",
    "workshop_block",
    "allocation_run",
    "workshop_round",
    "certificate",
    "event_answer",
    "registration_diet",
    "event_conclusion",
    "event_session",
    "workshop_wait",
    "workshop_wish",
    "event_presence",
)


def upgrade() -> None:
    """Create the tables, tell more of days, sign-ups and workshops, and give each day's workshops a block."""
    create_tables()
    for table, columns in COLUMNS.items():
        for told in columns:
            add_column(table, told)
    op.execute("DROP INDEX uq_registration_confirmed")
    fill()
    change_rules()
    for name, table, names, where in INDEXES:
        op.create_index(
            name, table, names, unique=name.startswith("uq_"), sqlite_where=where, postgresql_where=where
        )


def add_column(table: str, told: tuple[Any, ...]) -> None:
    """Add a column with its rule and its key; SQLite has to be told all in one."""
    name, kind, default, held_to, refers_to = told
    bind = op.get_bind()
    typed = kind.compile(dialect=bind.dialect)
    if default in {"true", "false"} and bind.dialect.name == "sqlite":
        default = "1" if default == "true" else "0"
    line = f"ALTER TABLE {table} ADD COLUMN {name} {typed}"
    if default is not None:
        line += f" DEFAULT {default} NOT NULL"
    if held_to is not None:
        line += f" CONSTRAINT ck_{table}_{held_to[0]} CHECK ({words(name, held_to[1])})"
    if refers_to is not None:
        line += f" CONSTRAINT fk_{table}_{name}_{refers_to} REFERENCES {refers_to} (id)"
    op.execute(line)


def fill() -> None:
    """Put the workshops of each day in one block, and give each sign-up its code for the door."""
    bind = op.get_bind()
    bind.execute(
        sa.text(
            "INSERT INTO workshop_block "
            "(event_id, title, choices_min, choices_max, way, wishes_max, position) "
            "SELECT id, '', workshop_choices, workshop_choices, 'first_come', 0, 0 FROM event "
            "WHERE id IN (SELECT event_id FROM workshop)"
        )
    )
    bind.execute(
        sa.text(
            "UPDATE workshop SET block_id = "
            "(SELECT workshop_block.id FROM workshop_block WHERE workshop_block.event_id = workshop.event_id)"
        )
    )
    for number in bind.execute(sa.text("SELECT id FROM registration")).scalars().all():
        bind.execute(
            sa.text("UPDATE registration SET code = :code WHERE id = :id"),
            {"code": secrets.token_urlsafe(16), "id": number},
        )


def change_rules() -> None:
    """Change and add conditions; a day's own number of choices has moved to its block."""
    if op.get_bind().dialect.name == "sqlite":
        change_rules_on_sqlite()
        op.execute("ALTER TABLE event DROP COLUMN workshop_choices")
        return
    op.drop_column("event", "workshop_choices")
    op.alter_column("workshop", "block_id", nullable=False)
    for table, name, _before, after in CHANGED:
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, after)
    for table, _neighbour, _its, name, condition in ADDED:
        op.create_check_constraint(op.f(name), table, condition)


CHOICES = "CONSTRAINT ck_event_choices_not_negative CHECK (workshop_choices >= 0), "


def change_rules_on_sqlite() -> None:
    """Edit the conditions where SQLite keeps them; `sqlite_schema` is read anew at the end."""
    edits = [("event", CHOICES, "")]
    edits += [
        (table, f"CONSTRAINT {name} CHECK ({before})", f"CONSTRAINT {name} CHECK ({after})")
        for table, name, before, after in CHANGED
    ]
    edits += [
        (
            table,
            f"CONSTRAINT {neighbour} CHECK ({its})",
            f"CONSTRAINT {neighbour} CHECK ({its}), CONSTRAINT {name} CHECK ({condition})",
        )
        for table, neighbour, its, name, condition in ADDED
    ]
    key = "CONSTRAINT fk_workshop_block_id_workshop_block"
    edits.append(("workshop", f"block_id INTEGER {key}", f"block_id INTEGER NOT NULL {key}"))
    edit_sqlite_schema(edits)


def edit_sqlite_schema(edits: list[tuple[str, str, str]]) -> None:
    """Replace parts of the text of tables. Raises ValueError where a part is not there."""
    bind = op.get_bind()
    bind.execute(sa.text("PRAGMA writable_schema=ON"))
    for table, before, after in edits:
        found = bind.execute(
            sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table"), {"table": table}
        ).scalar_one()
        if before not in found:
            raise ValueError(f"{table}: {before}")
        bind.execute(
            sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
            {"sql": found.replace(before, after, 1), "table": table},
        )
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text(f"PRAGMA schema_version={version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema=RESET"))


INDEXES = (
    ("ix_event_copied_from_id", "event", ["copied_from_id"], None),
    ("ix_event_room_id", "event", ["room_id"], None),
    ("ix_event_series_id", "event", ["series_id"], None),
    ("ix_event_organiser_logo_id", "event_organiser", ["logo_id"], None),
    ("ix_event_organiser_territory_id", "event_organiser", ["territory_id"], None),
    ("ix_registration_event_id_state_queued_at", "registration", ["event_id", "state", "queued_at"], None),
    ("ix_registration_group_id", "registration", ["group_id"], None),
    ("ix_registration_invitation_id", "registration", ["invitation_id"], None),
    ("ix_registration_reserved_id", "registration", ["reserved_id"], None),
    ("uq_registration_code", "registration", ["code"], None),
    ("uq_registration_live", "registration", ["event_id", "email"], sa.text(LIVE)),
    ("ix_workshop_block_id", "workshop", ["block_id"], None),
    ("ix_workshop_round_id", "workshop", ["round_id"], None),
    ("ix_workshop_repeats_id", "workshop", ["repeats_id"], None),
    ("ix_workshop_lead_id", "workshop", ["lead_id"], None),
    ("ix_workshop_room_id", "workshop", ["room_id"], None),
)


def create_tables() -> None:  # noqa: PLR0915
    """Create what is new."""
    op.create_table(
        "certificate_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_certificate_counter")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "event_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_event_series_has_title")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_series_slug")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "venue_room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("step_free", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("accessible_toilet", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hearing_loop", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("access_note", sa.Text(), server_default="", nullable=False),
        sa.Column("retired_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_venue_room_has_name")),
        sa.CheckConstraint("seats IS NULL OR seats > 0", name=op.f("ck_venue_room_some_seats")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_venue_room_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_room")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_venue_room_organisation_id_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("venue_room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_venue_room_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "diet_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_diet_option_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diet_option")),
        sa.UniqueConstraint("event_id", "label", name=op.f("uq_diet_option_event_id_label")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("diet_option", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_diet_option_event_id"), ["event_id"], unique=False)

    op.create_table(
        "event_delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "announced",
                "declined",
                name="delegation_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("announced", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "announced IS NULL OR announced >= 0", name=op.f("ck_event_delegation_announced_not_negative")
        ),
        sa.CheckConstraint(
            "present IS NULL OR present >= 0", name=op.f("ck_event_delegation_present_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_delegation_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_delegation_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_delegation")),
        sa.UniqueConstraint(
            "event_id", "organisation_id", name=op.f("uq_event_delegation_event_id_organisation_id")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_delegation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_delegation_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_event_delegation_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "event_evaluation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_evaluation_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_evaluation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_evaluation_event_id"), ["event_id"], unique=False)

    op.create_table(
        "event_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("sent_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("declined_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_event_invitation_email_in_lower_case")),
        sa.CheckConstraint("places > 0", name=op.f("ck_event_invitation_some_places")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_invitation_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_invitation_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_invitation")),
        sa.UniqueConstraint("event_id", "email", name=op.f("uq_event_invitation_event_id_email")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_invitation_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_event_invitation_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "event_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "confirmed",
                "changed",
                "cancelled",
                "pending",
                "declined",
                "waiting",
                "offered",
                "promoted",
                "lapsed",
                "workshop_offered",
                "workshop_promoted",
                "allotted",
                "invited",
                "reserved",
                "reminder",
                "practical",
                "notice",
                "called_off",
                "evaluation",
                "certificate",
                name="letter_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("send_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_event_letter_version_from_one")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_letter_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_letter")),
        sa.UniqueConstraint("event_id", "kind", name=op.f("uq_event_letter_event_id_kind")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_letter_event_id"), ["event_id"], unique=False)

    op.create_table(
        "event_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("shown_from", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("shown_until", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_event_notice_has_text")),
        sa.CheckConstraint(
            "shown_until IS NULL OR shown_until > shown_from", name=op.f("ck_event_notice_until_after_from")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_notice_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_notice")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_notice_event_id"), ["event_id"], unique=False)

    op.create_table(
        "event_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "sign_up",
                "eligibility",
                "evaluation",
                name="question_purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "long_text",
                "one",
                "many",
                "yes_no",
                "number",
                "date",
                "scale",
                name="question_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("help", sa.String(length=300), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Boolean(), nullable=True),
        sa.Column(
            "unmet",
            sa.Enum(
                "refuse", "check", name="question_unmet", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(purpose = 'eligibility') = (expected IS NOT NULL)",
            name=op.f("ck_event_question_eligibility_expects"),
        ),
        sa.CheckConstraint(
            "purpose <> 'eligibility' OR kind = 'yes_no'",
            name=op.f("ck_event_question_eligibility_is_yes_or_no"),
        ),
        sa.CheckConstraint("length(label) > 0", name=op.f("ck_event_question_has_label")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_question_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_question")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_question_event_id"), ["event_id"], unique=False)

    op.create_table(
        "event_retention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "kept",
            sa.Enum(
                "needs",
                "eligibility",
                "answers",
                "phone",
                "identity",
                "presence",
                "evaluation",
                "certificate",
                name="retention_kept",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("done_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("erased", sa.Integer(), nullable=True),
        sa.CheckConstraint("days >= 0", name=op.f("ck_event_retention_days_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_retention_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_retention")),
        sa.UniqueConstraint("event_id", "kept", name=op.f("uq_event_retention_event_id_kept")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_retention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_retention_event_id"), ["event_id"], unique=False)

    op.create_table(
        "group_sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("organisation_name", sa.String(length=200), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("purged_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_group_sign_up_event_id_event")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_group_sign_up_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_sign_up")),
        sa.UniqueConstraint("event_id", "form_key", name=op.f("uq_group_sign_up_event_id_form_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("group_sign_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_sign_up_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_group_sign_up_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "meal_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("is_diet", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_meal_count_number_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_meal_count_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_count")),
        sa.UniqueConstraint(
            "event_id", "is_diet", "label", name=op.f("uq_meal_count_event_id_is_diet_label")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("meal_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meal_count_event_id"), ["event_id"], unique=False)

    op.create_table(
        "newsletter_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("given_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_newsletter_consent_email_in_lower_case")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR email IS NULL", name=op.f("ck_newsletter_consent_withdrawn_is_nobody")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_newsletter_consent_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_consent")),
        sa.UniqueConstraint("email", name=op.f("uq_newsletter_consent_email")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("newsletter_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_newsletter_consent_event_id"), ["event_id"], unique=False)

    op.create_table(
        "reserved_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "onsite",
                "online",
                "hybrid",
                name="reserved_mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("release_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("released_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode <> 'hybrid'", name=op.f("ck_reserved_places_one_mode")),
        sa.CheckConstraint(
            "filled >= 0 AND filled <= seats", name=op.f("ck_reserved_places_filled_within_seats")
        ),
        sa.CheckConstraint("seats > 0", name=op.f("ck_reserved_places_some_seats")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_reserved_places_event_id_event")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_reserved_places_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reserved_places")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reserved_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reserved_places_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_reserved_places_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            "uq_reserved_places_live",
            ["event_id", "organisation_id", "mode"],
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )

    op.create_table(
        "workshop_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("choices_min", sa.Integer(), nullable=False),
        sa.Column("choices_max", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "first_come",
                "wishes",
                name="workshop_way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("wishes_max", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("allotted_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "choices_min >= 0 AND choices_max >= choices_min", name=op.f("ck_workshop_block_choices_in_order")
        ),
        sa.CheckConstraint("wishes_max >= 0", name=op.f("ck_workshop_block_wishes_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_workshop_block_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_block")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("workshop_block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_block_event_id"), ["event_id"], unique=False)

    op.create_table(
        "allocation_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "published",
                "set_aside",
                name="allocation_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("is_proven", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("published_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["block_id"],
            ["workshop_block.id"],
            name=op.f("fk_allocation_run_block_id_workshop_block"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_run")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("allocation_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_run_block_id"), ["block_id"], unique=False)
        batch_op.create_index(
            "uq_allocation_run_published",
            ["block_id"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.create_table(
        "workshop_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_workshop_round_both_hours_or_none")
        ),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_workshop_round_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["block_id"],
            ["workshop_block.id"],
            name=op.f("fk_workshop_round_block_id_workshop_block"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_round")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("workshop_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_round_block_id"), ["block_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signatory", sa.String(length=200), nullable=False),
        sa.Column("issued_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=300), nullable=False),
        sa.Column("purged_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) > 0 OR purged_at IS NOT NULL", name=op.f("ck_certificate_has_name")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_certificate_some_minutes")),
        sa.CheckConstraint("sessions > 0", name=op.f("ck_certificate_some_sessions")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_certificate_event_id_event")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_certificate_registration_id_registration"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["certificate.id"], name=op.f("fk_certificate_replaces_id_certificate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificate_serial")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_replaces_id"), ["replaces_id"], unique=False)
        batch_op.create_index(
            "uq_certificate_live",
            ["event_id", "registration_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "event_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["event_question.id"], name=op.f("fk_event_answer_question_id_event_question")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_event_answer_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_answer")),
        sa.UniqueConstraint(
            "registration_id", "question_id", name=op.f("uq_event_answer_registration_id_question_id")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_answer_question_id"), ["question_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_event_answer_registration_id"), ["registration_id"], unique=False
        )

    op.create_table(
        "registration_diet",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("diet_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["diet_id"],
            ["diet_option.id"],
            name=op.f("fk_registration_diet_diet_id_diet_option"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_diet_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "diet_id", name=op.f("pk_registration_diet")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("registration_diet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_diet_diet_id"), ["diet_id"], unique=False)

    op.create_table(
        "event_conclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outlook", sa.Text(), nullable=False),
        sa.Column("rapporteur_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("published_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_conclusion_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rapporteur_id"],
            ["organisation.id"],
            name=op.f("fk_event_conclusion_rapporteur_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_event_conclusion_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_conclusion")),
        sa.UniqueConstraint("workshop_id", name=op.f("uq_event_conclusion_workshop_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_conclusion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_conclusion_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_event_conclusion_rapporteur_id"), ["rapporteur_id"], unique=False
        )
        batch_op.create_index(
            "uq_event_conclusion_of_day",
            ["event_id"],
            unique=True,
            sqlite_where=sa.text("workshop_id IS NULL"),
            postgresql_where=sa.text("workshop_id IS NULL"),
        )

    op.create_table(
        "event_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "session",
                "half_day",
                "slot",
                "workshop",
                name="event_session_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "onsite",
                "online",
                "hybrid",
                name="event_session_mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'workshop') = (workshop_id IS NOT NULL)", name=op.f("ck_event_session_workshop_named")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_session_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_session_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisation.id"], name=op.f("fk_event_session_partner_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_event_session_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_session")),
        sa.UniqueConstraint("event_id", "workshop_id", name=op.f("uq_event_session_event_id_workshop_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_session_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_session_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_session_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "workshop_wait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("gives_up_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "offered",
                "obtained",
                "lapsed",
                "withdrawn",
                name="wait_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("queued_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("offer_ends_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'offered' OR offer_ends_at IS NOT NULL", name=op.f("ck_workshop_wait_offer_ends")
        ),
        sa.CheckConstraint("gives_up_id <> workshop_id", name=op.f("ck_workshop_wait_gives_up_another")),
        sa.ForeignKeyConstraint(
            ["gives_up_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_wait_gives_up_id_workshop"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_workshop_wait_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_wait_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_wait")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("workshop_wait", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_wait_gives_up_id"), ["gives_up_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_workshop_wait_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_workshop_wait_workshop_id_state_queued_at"),
            ["workshop_id", "state", "queued_at"],
            unique=False,
        )
        batch_op.create_index(
            "uq_workshop_wait_live",
            ["registration_id", "workshop_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'offered')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered')"),
        )

    op.create_table(
        "workshop_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_workshop_wish_rank_from_one")),
        sa.ForeignKeyConstraint(
            ["block_id"],
            ["workshop_block.id"],
            name=op.f("fk_workshop_wish_block_id_workshop_block"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_workshop_wish_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_wish_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_wish")),
        sa.UniqueConstraint(
            "registration_id", "block_id", "rank", name=op.f("uq_workshop_wish_registration_id_block_id_rank")
        ),
        sa.UniqueConstraint(
            "registration_id", "workshop_id", name=op.f("uq_workshop_wish_registration_id_workshop_id")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("workshop_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_wish_block_id"), ["block_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_workshop_wish_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_workshop_wish_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "event_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("was_there", sa.Boolean(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "scan",
                "search",
                "walk_in",
                "grid",
                name="presence_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("stored_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_event_presence_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["event_session.id"], name=op.f("fk_event_presence_session_id_event_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_presence")),
        sa.UniqueConstraint(
            "session_id", "registration_id", name=op.f("uq_event_presence_session_id_registration_id")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_presence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_event_presence_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_event_presence_session_id"), ["session_id"], unique=False)


def downgrade() -> None:
    """Take all of it back; sign-ups in a state that was not known before are cancelled ones."""
    bind = op.get_bind()
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    bind.execute(
        sa.text(
            "UPDATE registration SET state = 'cancelled', cancelled_at = COALESCE(cancelled_at, updated_at), "
            "name = CASE WHEN name = '' THEN '–' ELSE name END WHERE state NOT IN ('confirmed', 'cancelled')"
        )
    )
    bind.execute(sa.text("UPDATE registration SET name = '–' WHERE name = ''"))
    bind.execute(sa.text("UPDATE registration SET channel = 'paper' WHERE channel = 'walk_in'"))
    bind.execute(sa.text("UPDATE event SET kind = 'training' WHERE kind = 'module'"))
    bind.execute(sa.text("UPDATE event SET kind = 'meeting' WHERE kind = 'drop_in'"))
    restore_choices()
    for table, columns in reversed(COLUMNS.items()):
        for name, *_rest in reversed(columns):
            drop_column(table, name)
    for table in reversed(TABLES):
        op.drop_table(table)
    op.create_index(
        "uq_registration_confirmed", "registration", ["event_id", "email"], unique=True,
        sqlite_where=sa.text("state = 'confirmed'"), postgresql_where=sa.text("state = 'confirmed'"),
    )  # fmt: skip


def drop_column(table: str, name: str) -> None:
    """Drop a column; on SQLite its rule and its key go first, from the text of the table."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_column(table, name)
        return
    given = next(column for column in COLUMNS[table] if column[0] == name)
    _name, _kind, _default, held_to, refers_to = given
    edits = []
    if held_to is not None:
        edits.append((table, f" CONSTRAINT ck_{table}_{held_to[0]} CHECK ({words(name, held_to[1])})", ""))
    if refers_to is not None:
        key = f"fk_{table}_{name}_{refers_to}"
        edits.append((table, f" CONSTRAINT {key} REFERENCES {refers_to} (id)", ""))
    if edits:
        edit_sqlite_schema(edits)
    op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")


def restore_choices() -> None:
    """Give days back the number of choices of their first block, and tables their former rules."""
    op.execute("ALTER TABLE event ADD COLUMN workshop_choices INTEGER DEFAULT 0 NOT NULL")
    op.execute(
        "UPDATE event SET workshop_choices = COALESCE((SELECT MAX(choices_max) FROM workshop_block "
        "WHERE workshop_block.event_id = event.id), 0)"
    )
    if op.get_bind().dialect.name == "sqlite":
        edits = [
            (table, f", CONSTRAINT {name} CHECK ({condition})", "")
            for table, _neighbour, _its, name, condition in ADDED
        ]
        edits += [
            (table, f"CONSTRAINT {name} CHECK ({after})", f"CONSTRAINT {name} CHECK ({before})")
            for table, name, before, after in CHANGED
        ]
        taken = "CONSTRAINT ck_event_taken_not_negative CHECK (taken >= 0)"
        edits.append(("event", taken, f"{taken}, {CHOICES.removesuffix(', ')}"))
        edit_sqlite_schema(edits)
        return
    for table, _neighbour, _its, name, _condition in ADDED:
        op.drop_constraint(op.f(name), table, type_="check")
    for table, name, before, _after in CHANGED:
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, before)
    op.create_check_constraint(op.f("ck_event_choices_not_negative"), "event", "workshop_choices >= 0")
