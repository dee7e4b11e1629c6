"""Editions in depth: parts, figures, glossary, numbers, comments, history, leaflets, recipients, errata.

An edition is composed, read over, frozen, published, replaced. Its parts hold the preamble and whether the
network is drawn. On SQLite rules are edited where SQLite keeps their text, as 0037 does.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0044_editions"
down_revision = "0043_outcomes"
branch_labels = None
depends_on = None

MOMENT = hub.core.db.UTCDateTime(timezone=True)
LAYOUTS = "layout IN ('screen', 'print', 'booklet')"
DESCENTS = "descent IN ('new', 'repeated', 'changed', 'obtained', 'dropped')"
# In the order in which an edition begins with them.
SECTIONS = (
    "cover", "signatories", "preamble", "consulted", "priorities", "chapters", "cross_cutting", "levels",
    "descent", "network", "glossary", "sources", "index", "sponsors", "contact",
)  # fmt: skip

# table → (column, type, default, (rule, condition), referred table); without default it may be empty.
COLUMNS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "build": (
        ("variant", sa.String(120), "'full'", None, None),
        ("layout", sa.String(40), "'screen'", ("build_layout", LAYOUTS), None),
    ),
    "edition": (
        ("layout", sa.String(40), "'screen'", ("edition_layout", LAYOUTS), None),
        ("starts_from_id", sa.Integer(), None, None, "edition"),
        ("frozen_at", MOMENT, None, None, None),
        ("replaced_at", MOMENT, None, None, None),
    ),
    "edition_item": (
        ("priority", sa.Integer(), None, ("priority_bounded", "priority BETWEEN 1 AND 12"), None),
        ("is_cross_cutting", sa.Boolean(), "false", None, None),
        ("version_id", sa.Integer(), None, None, "recommendation_version"),
        ("descent", sa.String(40), None, ("item_descent", DESCENTS), None),
    ),
    "memorandum": (
        ("year", sa.Integer(), None, None, None),
        ("previous_id", sa.Integer(), None, ("previous_is_another", "previous_id <> id"), "memorandum"),
        ("document_id", sa.Integer(), None, None, "source_document"),
    ),
    "signatory": (("logo_id", sa.Integer(), None, None, "stored_file"),),
}
INDEXES = (
    ("ix_edition_starts_from_id", "edition", "starts_from_id"),
    ("ix_edition_item_version_id", "edition_item", "version_id"),
    ("ix_memorandum_document_id", "memorandum", "document_id"),
    ("ix_memorandum_previous_id", "memorandum", "previous_id"),
)
# name, before, after: rules of `edition`.
CHANGED = (
    (
        "ck_edition_published_has_date",
        "state = 'draft' OR published_at IS NOT NULL",
        "(state IN ('published', 'replaced')) = (published_at IS NOT NULL)",
    ),
    (
        "ck_edition_edition_state",
        "state IN ('draft', 'publishing', 'published')",
        "state IN ('draft', 'review', 'frozen', 'published', 'replaced')",
    ),
)
ADDED = (
    ("ck_edition_frozen_has_date", "(state IN ('draft', 'review')) = (frozen_at IS NULL)"),
    ("ck_edition_replaced_has_date", "(state = 'replaced') = (replaced_at IS NOT NULL)"),
)
IN_WORK_BEFORE = "state <> 'published'"
IN_WORK = "state IN ('draft', 'review', 'frozen')"
PUBLIC = "('published', 'replaced')"
# What a replaced edition keeps of the published one.
KEPT = ("memorandum_id", "number", "layout", "starts_from_id", "created_at", "frozen_at", "published_at")
FORMER = ("chapter", "edition_item", "signatory")
FROZEN = (*FORMER, "edition_section", "edition_figure", "edition_term", "sponsor", "candidate_question")
EVENTS = (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",)))


def _state(row: str, condition: str) -> str:
    return f"(SELECT state FROM edition WHERE id = {row}.edition_id) {condition}"  # noqa: S608 - names of ours


def _guards(tables: tuple[str, ...], frozen: str, published: str, update: str) -> tuple[Any, ...]:
    return (
        ("edition_published_no_update", "edition", "UPDATE", update),
        ("edition_published_no_delete", "edition", "DELETE", f"OLD.state {published}"),
        *(
            (
                f"{table}_frozen_no_{event.lower()}",
                table,
                event,
                " OR ".join(_state(row, frozen) for row in rows),
            )
            for table in tables
            for event, rows in EVENTS
        ),
        *(
            (f"build_published_no_{event.lower()}", "build", event, _state("OLD", published))
            for event in ("UPDATE", "DELETE")
        ),
    )


GUARDS_BEFORE = _guards(FORMER, "<> 'draft'", "= 'published'", "OLD.state = 'published'")
CHANGES = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in KEPT)
GUARDS = (
    *_guards(
        FROZEN,
        "NOT IN ('draft', 'review')",
        f"IN {PUBLIC}",
        f"OLD.state = 'replaced' OR (OLD.state = 'published' AND (NEW.state <> 'replaced' OR {CHANGES}))",
    ),
    ("stable_number_given_no_update", "stable_number", "UPDATE", None),
    ("edition_erratum_written_no_update", "edition_erratum", "UPDATE", None),
    ("edition_erratum_written_no_delete", "edition_erratum", "DELETE", None),
)
TABLES = (
    "recipient",
    "stable_number",
    "edition_erratum",
    "edition_presence",
    "edition_section",
    "edition_snapshot",
    "edition_term",
    "leaflet",
    "sending",
    "sponsor",
    "edition_figure",
    "candidate_question",
    "edition_comment",
    "leaflet_item",
)


def upgrade() -> None:
    """Add what is new, tell the states apart, make parts of what editions hold, guard it."""
    for name, table, _event, _condition in GUARDS_BEFORE:
        drop_guard(name, table)
    op.drop_index("uq_edition_one_in_work", table_name="edition")
    create_tables()
    for table, columns in COLUMNS.items():
        for told in columns:
            add_column(table, told)
    for name, table, column in INDEXES:
        op.create_index(name, table, [column])
    op.execute("UPDATE edition SET state = 'draft', published_at = NULL WHERE state = 'publishing'")
    op.execute("UPDATE edition SET published_at = NULL WHERE state = 'draft'")
    op.execute("UPDATE edition SET frozen_at = published_at WHERE state = 'published'")
    change_rules()
    op.execute(
        "UPDATE edition SET state = 'replaced', replaced_at = (SELECT min(later.published_at) FROM edition AS later "
        "WHERE later.memorandum_id = edition.memorandum_id AND later.state = 'published' "
        "AND later.number > edition.number) WHERE state = 'published' AND EXISTS (SELECT 1 FROM edition AS later "
        "WHERE later.memorandum_id = edition.memorandum_id AND later.state = 'published' "
        "AND later.number > edition.number)"
    )
    make_parts()
    _one("uq_edition_one_in_work", IN_WORK)
    _one("uq_edition_one_published", "state = 'published'")
    op.drop_column("edition", "preamble")
    op.drop_column("edition", "with_network")
    for guard in GUARDS:
        add_guard(*guard)


def _one(name: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        name, "edition", ["memorandum_id"], unique=True, sqlite_where=where, postgresql_where=where
    )


def make_parts() -> None:
    """Give each edition all its parts: the preamble with its text, the network left out where it was."""
    for position, kind in enumerate(SECTIONS, start=1):
        told = "preamble" if kind == "preamble" else "''"
        left_out = "NOT with_network" if kind == "network" else "false"
        op.execute(
            "INSERT INTO edition_section (edition_id, kind, title, text, position, is_left_out) "  # noqa: S608 - ours
            f"SELECT id, '{kind}', '', {told}, {position}, {left_out} FROM edition"
        )


def change_rules() -> None:
    """Let the rules of `edition` know the states there are now."""
    if op.get_bind().dialect.name == "sqlite":
        edits = [
            (f"CONSTRAINT {name} CHECK ({old})", f"CONSTRAINT {name} CHECK ({new})")
            for name, old, new in CHANGED
        ]
        first = f"CONSTRAINT {CHANGED[1][0]} CHECK ({CHANGED[1][2]})"
        more = "".join(f", CONSTRAINT {name} CHECK ({condition})" for name, condition in ADDED)
        edit_sqlite_schema([*edits, (first, first + more)])
        return
    for name, _old, new in CHANGED:
        op.execute(f"ALTER TABLE edition DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({new})")
    for name, condition in ADDED:
        op.execute(f"ALTER TABLE edition ADD CONSTRAINT {name} CHECK ({condition})")


def restore_rules() -> None:
    """Let the rules of `edition` know the former states."""
    if op.get_bind().dialect.name == "sqlite":
        edits = [(f", CONSTRAINT {name} CHECK ({condition})", "") for name, condition in ADDED]
        edits += [
            (f"CONSTRAINT {name} CHECK ({new})", f"CONSTRAINT {name} CHECK ({old})")
            for name, old, new in CHANGED
        ]
        edit_sqlite_schema(edits)
        return
    for name, _condition in ADDED:
        op.execute(f"ALTER TABLE edition DROP CONSTRAINT {name}")
    for name, old, _new in CHANGED:
        op.execute(f"ALTER TABLE edition DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({old})")


def edit_sqlite_schema(edits: list[tuple[str, str]], table: str = "edition") -> None:
    """Replace parts of the text of a table. Raises ValueError where a part is not there."""
    bind = op.get_bind()
    kept = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table")
    found = bind.execute(kept, {"table": table}).scalar_one()
    for before, after in edits:
        if before not in found:
            raise ValueError(f"{table}: {before}")
        found = found.replace(before, after, 1)
    bind.execute(sa.text("PRAGMA writable_schema=ON"))
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": found, "table": table},
    )
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text(f"PRAGMA schema_version={version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema=RESET"))


def add_column(table: str, told: tuple[Any, ...]) -> None:
    """Add a column with its rule and its key; SQLite has to be told all in one."""
    name, kind, default, rule, refers_to = told
    line = f"ALTER TABLE {table} ADD COLUMN {name} {kind.compile(dialect=op.get_bind().dialect)}"
    if default is not None:
        line += f" DEFAULT {default} NOT NULL"
    op.execute(line + _rule(table, rule) + _key(table, name, refers_to))


def _rule(table: str, rule: tuple[str, str] | None) -> str:
    return f" CONSTRAINT ck_{table}_{rule[0]} CHECK ({rule[1]})" if rule else ""


def _key(table: str, name: str, refers_to: str | None) -> str:
    return f" CONSTRAINT fk_{table}_{name}_{refers_to} REFERENCES {refers_to} (id)" if refers_to else ""


def drop_column(table: str, told: tuple[Any, ...]) -> None:
    """Drop a column; on SQLite its rule and its key go first, from the text of the table."""
    name, _kind, _default, rule, refers_to = told
    if op.get_bind().dialect.name == "sqlite":
        parts = (_rule(table, rule), _key(table, name, refers_to))
        edit_sqlite_schema([(part, "") for part in parts if part], table)
    op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")


def add_guard(name: str, table: str, event: str, condition: str | None) -> None:
    """Create a trigger that refuses an event."""
    if op.get_bind().dialect.name == "sqlite":
        when = f" WHEN {condition}" if condition else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    # A WHEN clause can't hold a query on PostgreSQL, so the condition stands in the function.
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'TRUE'} THEN RAISE EXCEPTION '{name}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def drop_guard(name: str, table: str) -> None:
    """Take a trigger away."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
    if postgresql:
        op.execute(f"DROP FUNCTION {name}()")


def downgrade() -> None:
    """Take all of it back; what is read over or frozen is a draft again, what was replaced a published one."""
    for name, table, _event, _condition in GUARDS:
        drop_guard(name, table)
    op.drop_index("uq_edition_one_published", table_name="edition")
    op.drop_index("uq_edition_one_in_work", table_name="edition")
    op.execute("ALTER TABLE edition ADD COLUMN preamble TEXT DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE edition ADD COLUMN with_network BOOLEAN DEFAULT true NOT NULL")
    op.execute(
        "UPDATE edition SET preamble = coalesce((SELECT text FROM edition_section "
        "WHERE edition_id = edition.id AND kind = 'preamble'), ''), "
        "with_network = NOT coalesce((SELECT is_left_out FROM edition_section "
        "WHERE edition_id = edition.id AND kind = 'network'), false)"
    )
    op.execute("UPDATE edition SET state = 'draft', frozen_at = NULL WHERE state IN ('review', 'frozen')")
    op.execute("UPDATE edition SET state = 'published', replaced_at = NULL WHERE state = 'replaced'")
    restore_rules()
    for name, table, _column in INDEXES:
        op.drop_index(name, table_name=table)
    for table, columns in reversed(COLUMNS.items()):
        for told in reversed(columns):
            drop_column(table, told)
    for table in reversed(TABLES):
        op.drop_table(table)
    _one("uq_edition_one_in_work", IN_WORK_BEFORE)
    for guard in GUARDS_BEFORE:
        add_guard(*guard)


def create_tables() -> None:
    """Create what is new."""
    op.create_table(
        "recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memorandum_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "candidate",
                "party",
                "authority",
                "other",
                name="recipient_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("list_name", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=1000), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = '' OR email LIKE '%_@_%'", name=op.f("ck_recipient_email_is_one")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_recipient_has_name")),
        sa.ForeignKeyConstraint(
            ["memorandum_id"],
            ["memorandum.id"],
            name=op.f("fk_recipient_memorandum_id_memorandum"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_recipient_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_recipient_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recipient_memorandum_id"), "recipient", ["memorandum_id"], unique=False)
    op.create_index(op.f("ix_recipient_organisation_id"), "recipient", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_recipient_territory_id"), "recipient", ["territory_id"], unique=False)
    op.create_index(
        "uq_recipient_email",
        "recipient",
        ["memorandum_id", "email"],
        unique=True,
        sqlite_where=sa.text("email <> ''"),
        postgresql_where=sa.text("email <> ''"),
    )

    op.create_table(
        "stable_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memorandum_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("given_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_stable_number_number_from_one")),
        sa.ForeignKeyConstraint(
            ["memorandum_id"],
            ["memorandum.id"],
            name=op.f("fk_stable_number_memorandum_id_memorandum"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_stable_number_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stable_number")),
        sa.UniqueConstraint("memorandum_id", "number", name=op.f("uq_stable_number_memorandum_id_number")),
        sa.UniqueConstraint(
            "memorandum_id",
            "recommendation_id",
            name=op.f("uq_stable_number_memorandum_id_recommendation_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_stable_number_memorandum_id"), "stable_number", ["memorandum_id"], unique=False)
    op.create_index(
        op.f("ix_stable_number_recommendation_id"), "stable_number", ["recommendation_id"], unique=False
    )

    op.create_table(
        "edition_erratum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_edition_erratum_has_text")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_edition_erratum_number_from_one")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_erratum_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_edition_erratum_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_erratum")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_edition_erratum_edition_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_erratum_edition_id"), "edition_erratum", ["edition_id"], unique=False)
    op.create_index(
        op.f("ix_edition_erratum_recommendation_id"), "edition_erratum", ["recommendation_id"], unique=False
    )

    op.create_table(
        "edition_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("seen_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_presence_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_edition_presence_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_presence")),
        sa.UniqueConstraint("edition_id", "user_id", name=op.f("uq_edition_presence_edition_id_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_presence_edition_id"), "edition_presence", ["edition_id"], unique=False)
    op.create_index(op.f("ix_edition_presence_user_id"), "edition_presence", ["user_id"], unique=False)

    op.create_table(
        "edition_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cover",
                "signatories",
                "preamble",
                "consulted",
                "priorities",
                "chapters",
                "cross_cutting",
                "levels",
                "descent",
                "network",
                "glossary",
                "sources",
                "index",
                "sponsors",
                "contact",
                "own",
                name="section_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT is_left_out OR kind NOT IN ('cover', 'chapters')", name=op.f("ck_edition_section_body_stays")
        ),
        sa.CheckConstraint(
            "kind <> 'own' OR length(title) > 0", name=op.f("ck_edition_section_own_has_title")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_section_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_section")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_section_edition_id"), "edition_section", ["edition_id"], unique=False)
    op.create_index(
        "uq_edition_section_kind",
        "edition_section",
        ["edition_id", "kind"],
        unique=True,
        sqlite_where=sa.text("kind <> 'own'"),
        postgresql_where=sa.text("kind <> 'own'"),
    )

    op.create_table(
        "edition_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("actor_label", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_edition_snapshot_number_from_one")),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_snapshot_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_snapshot")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_edition_snapshot_edition_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_snapshot_edition_id"), "edition_snapshot", ["edition_id"], unique=False)

    op.create_table(
        "edition_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=120), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "length(term) > 0 AND length(definition) > 0", name=op.f("ck_edition_term_is_defined")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_term_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_term")),
        sa.UniqueConstraint("edition_id", "term", name=op.f("uq_edition_term_edition_id_term")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_term_edition_id"), "edition_term", ["edition_id"], unique=False)

    op.create_table(
        "leaflet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "party_meeting",
                "plenary_table",
                name="leaflet_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_leaflet_has_title")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_leaflet_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_leaflet_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaflet")),
        sa.UniqueConstraint("edition_id", "slug", name=op.f("uq_leaflet_edition_id_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_leaflet_edition_id"), "leaflet", ["edition_id"], unique=False)
    op.create_index(op.f("ix_leaflet_organisation_id"), "leaflet", ["organisation_id"], unique=False)

    op.create_table(
        "sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "email",
                "post",
                "hand",
                name="sending_way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("variant", sa.String(length=120), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_sending_edition_id_edition")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_sending_message_id_message"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["recipient.id"],
            name=op.f("fk_sending_recipient_id_recipient"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
        sa.UniqueConstraint(
            "edition_id", "recipient_id", "way", name=op.f("uq_sending_edition_id_recipient_id_way")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sending_edition_id"), "sending", ["edition_id"], unique=False)
    op.create_index(op.f("ix_sending_message_id"), "sending", ["message_id"], unique=False)
    op.create_index(op.f("ix_sending_recipient_id"), "sending", ["recipient_id"], unique=False)

    op.create_table(
        "sponsor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mention", sa.String(length=500), nullable=False),
        sa.Column("logo_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_sponsor_has_name")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_sponsor_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["logo_id"], ["stored_file.id"], name=op.f("fk_sponsor_logo_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sponsor_edition_id"), "sponsor", ["edition_id"], unique=False)

    op.create_table(
        "edition_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=True),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "coverage",
                "positions",
                "image",
                name="figure_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("caption", sa.String(length=500), nullable=False),
        sa.Column("alternative", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'image') = (file_id IS NOT NULL)", name=op.f("ck_edition_figure_image_has_file")
        ),
        sa.CheckConstraint(
            "chapter_id IS NULL OR section_id IS NULL", name=op.f("ck_edition_figure_one_place")
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id"],
            ["chapter.id"],
            name=op.f("fk_edition_figure_chapter_id_chapter"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_figure_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_edition_figure_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["edition_section.id"],
            name=op.f("fk_edition_figure_section_id_edition_section"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_figure")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_figure_chapter_id"), "edition_figure", ["chapter_id"], unique=False)
    op.create_index(op.f("ix_edition_figure_edition_id"), "edition_figure", ["edition_id"], unique=False)
    op.create_index(op.f("ix_edition_figure_section_id"), "edition_figure", ["section_id"], unique=False)

    op.create_table(
        "candidate_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 300", name=op.f("ck_candidate_question_short")),
        sa.CheckConstraint("position BETWEEN 1 AND 8", name=op.f("ck_candidate_question_at_most_eight")),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_candidate_question_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["edition_item.id"],
            name=op.f("fk_candidate_question_item_id_edition_item"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_question")),
        sa.UniqueConstraint("edition_id", "position", name=op.f("uq_candidate_question_edition_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_candidate_question_edition_id"), "candidate_question", ["edition_id"], unique=False
    )
    op.create_index(op.f("ix_candidate_question_item_id"), "candidate_question", ["item_id"], unique=False)

    op.create_table(
        "edition_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("chapter_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_label", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(section_id IS NULL OR chapter_id IS NULL) AND (section_id IS NULL OR item_id IS NULL) AND (chapter_id IS NULL OR item_id IS NULL)",
            name=op.f("ck_edition_comment_one_place"),
        ),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_edition_comment_has_text")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_edition_comment_author_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id"],
            ["chapter.id"],
            name=op.f("fk_edition_comment_chapter_id_chapter"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_comment_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["edition_item.id"],
            name=op.f("fk_edition_comment_item_id_edition_item"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["edition_section.id"],
            name=op.f("fk_edition_comment_section_id_edition_section"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_comment")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_comment_author_id"), "edition_comment", ["author_id"], unique=False)
    op.create_index(op.f("ix_edition_comment_chapter_id"), "edition_comment", ["chapter_id"], unique=False)
    op.create_index(op.f("ix_edition_comment_edition_id"), "edition_comment", ["edition_id"], unique=False)
    op.create_index(op.f("ix_edition_comment_item_id"), "edition_comment", ["item_id"], unique=False)
    op.create_index(op.f("ix_edition_comment_section_id"), "edition_comment", ["section_id"], unique=False)

    op.create_table(
        "leaflet_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("leaflet_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["edition_item.id"],
            name=op.f("fk_leaflet_item_item_id_edition_item"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["leaflet_id"],
            ["leaflet.id"],
            name=op.f("fk_leaflet_item_leaflet_id_leaflet"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaflet_item")),
        sa.UniqueConstraint("leaflet_id", "item_id", name=op.f("uq_leaflet_item_leaflet_id_item_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_leaflet_item_item_id"), "leaflet_item", ["item_id"], unique=False)
    op.create_index(op.f("ix_leaflet_item_leaflet_id"), "leaflet_item", ["leaflet_id"], unique=False)
