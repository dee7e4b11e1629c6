"""Recommendations in depth: campaigns, documents, testimonies, versions, lineage, positions, co-signatures.

On SQLite the rules of `contribution` and `recommendation` are edited where SQLite keeps their text, as 0025 does:
rebuilding a table would take along what hangs on it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import hub.core.db
from hub.core.search import fold

revision = "0037_recommendations"
down_revision = "0036_outbox_later"
branch_labels = None
depends_on = None

STATES = ("draft", "adopted", "dropped")
NEW_STATES = (
    "proposed", "in_group", "stabilised", "in_consultation", "adopted", "adopted_with_reservations", "postponed",
    "dropped", "merged", "published", "followed", "closed",
)  # fmt: skip
CHANNELS = ("link", "phone", "paper", "meeting", "document")
NEW_CHANNELS = (*CHANNELS, "workshop", "survey")
WAYS = ("pathway", "opening", "both")
SCOPES = ("local", "structural")
CONFIRMATIONS = ("link", "account", "word", "document")
MOMENT = hub.core.db.UTCDateTime(timezone=True)


def words(column: str, values: tuple[str, ...]) -> str:
    """Return the condition that holds a column to some words."""
    known = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({known})"


# table → (column, type, default, (rule, condition), referred table); without default it may be empty.
COLUMNS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "campaign": (("territory_id", sa.Integer(), None, None, "territory"),),
    "campaign_invitation": (("news_stopped_at", MOMENT, None, None, None),),
    "contribution": (
        ("document_id", sa.Integer(), None, None, "source_document"),
        ("source_page", sa.String(length=20), "''", None, None),
        ("quote", sa.Text(), "''", None, None),
        ("workshop_id", sa.Integer(), None, None, "workshop"),
        ("table_name", sa.String(length=60), "''", None, None),
        (
            "part_of_id",
            sa.Integer(),
            None,
            ("part_of_another", "part_of_id IS NULL OR part_of_id <> id"),
            "contribution",
        ),
        ("client_key", sa.String(length=40), None, None, None),
        (
            "confirmed_at",
            MOMENT,
            None,
            ("confirmed_once", "state <> 'confirmed' OR confirmed_at IS NOT NULL"),
            None,
        ),
        (
            "confirmed_how",
            sa.String(length=40),
            None,
            ("confirmation", words("confirmed_how", CONFIRMATIONS)),
            None,
        ),
    ),
    "recommendation": (
        ("indicator", sa.Text(), "''", None, None),
        ("short_text", sa.String(length=300), "''", ("short_is_short", "length(short_text) <= 300"), None),
        ("plain_text", sa.Text(), "''", None, None),
        ("right_id", sa.Integer(), None, None, "theme"),
        ("territory_id", sa.Integer(), None, None, "territory"),
        ("way", sa.String(length=40), None, ("recommendation_way", words("way", WAYS)), None),
        ("scope", sa.String(length=40), None, ("recommendation_scope", words("scope", SCOPES)), None),
        ("version", sa.Integer(), "1", ("version_from_one", "version >= 1"), None),
    ),
}
# table, constraint, condition before, condition now.
CHANGED = (
    (
        "recommendation", "ck_recommendation_recommendation_state",
        words("state", STATES), words("state", NEW_STATES),
    ),
    ("contribution", "ck_contribution_channel", words("channel", CHANNELS), words("channel", NEW_CHANNELS)),
)  # fmt: skip
# A rule that stands beside another one of its table in SQLite's text: table, neighbour, its condition, name, condition.
SAYS = "state = 'draft' OR length(proposal) > 0"
ADDED = (
    (
        "contribution", "ck_contribution_says_something", SAYS, "ck_contribution_somebody_says_it",
        "organisation_id IS NOT NULL OR channel IN ('workshop', 'survey')",
    ),
    (
        "contribution", "ck_contribution_says_something", SAYS, "ck_contribution_confirmed_in_some_way",
        "(confirmed_at IS NULL) = (confirmed_how IS NULL)",
    ),
)  # fmt: skip
INDEXES = (
    ("ix_campaign_territory_id", "campaign", ["territory_id"]),
    ("ix_contribution_document_id", "contribution", ["document_id"]),
    ("ix_contribution_part_of_id", "contribution", ["part_of_id"]),
    ("ix_contribution_workshop_id", "contribution", ["workshop_id"]),
    ("uq_contribution_client_key", "contribution", ["client_key"]),
    ("ix_recommendation_right_id", "recommendation", ["right_id"]),
    ("ix_recommendation_territory_id", "recommendation", ["territory_id"]),
)
# What was sent stays as it was sent, where it stands and who said it too.
SENT = ("document_id", "source_page", "quote", "workshop_id", "table_name", "part_of_id")
# What guards the words of what was sent since 0008, where the document stood in three columns of its own.
SENT_WORDS = (
    "finding", "proposal", "theme_id", "beneficiaries", "origin", "organisation_id", "campaign_id", "channel",
    "submitted_at",
)  # fmt: skip
NAMED = ("source_title", "source_year", "source_url")
SENT_ANSWER = "(SELECT submitted_at FROM contribution WHERE id = {row}.contribution_id) IS NOT NULL"
CYCLE = (
    "NEW.undone_at IS NULL AND EXISTS (WITH RECURSIVE below(id) AS (SELECT NEW.child_id UNION "
    "SELECT derivation.child_id FROM derivation JOIN below ON derivation.parent_id = below.id "
    "WHERE derivation.undone_at IS NULL) SELECT 1 FROM below WHERE id = NEW.parent_id)"
)
SAID_POSITION = (
    "recommendation_id",
    "version",
    "organisation_id",
    "support",
    "reason",
    "channel",
    "created_at",
)
DERIVED = (
    "kind", "parent_id", "child_id", "gesture", "parent_state", "parent_reason", "parent_version",
    "child_version", "made_child", "created_at",
)  # fmt: skip
SIGNED = ("recommendation_id", "version", "organisation_id", "body", "decided_on", "channel", "created_at")
# name, table, event, condition (None: always)
GUARDS = (
    (
        "contribution_source_sent_no_update", "contribution", f"UPDATE OF {', '.join(SENT)}",
        "OLD.submitted_at IS NOT NULL",
    ),
    ("contribution_answer_no_insert", "contribution_answer", "INSERT", SENT_ANSWER.format(row="NEW")),
    ("contribution_answer_no_update", "contribution_answer", "UPDATE", SENT_ANSWER.format(row="OLD")),
    ("contribution_answer_no_delete", "contribution_answer", "DELETE", SENT_ANSWER.format(row="OLD")),
    ("recommendation_version_no_update", "recommendation_version", "UPDATE", None),
    ("recommendation_version_no_delete", "recommendation_version", "DELETE", None),
    ("recommendation_step_no_update", "recommendation_step", "UPDATE", None),
    ("recommendation_step_no_delete", "recommendation_step", "DELETE", None),
    ("derivation_no_cycle", "derivation", "INSERT", CYCLE),
    ("derivation_no_cycle_again", "derivation", "UPDATE OF undone_at", CYCLE),
    ("derivation_no_rewriting", "derivation", f"UPDATE OF {', '.join(DERIVED)}", None),
    ("derivation_no_delete", "derivation", "DELETE", None),
    (
        "recommendation_position_no_rewriting", "recommendation_position",
        f"UPDATE OF {', '.join(SAID_POSITION)}", None,
    ),
    ("recommendation_position_no_delete", "recommendation_position", "DELETE", None),
    ("endorsement_no_rewriting", "endorsement", f"UPDATE OF {', '.join(SIGNED)}", None),
    ("endorsement_no_delete", "endorsement", "DELETE", None),
)  # fmt: skip
# In the order in which they are made: each refers to what stands before it only.
TABLES = (
    "similarity_index",
    "thesaurus_group",
    "similarity_verdict",
    "campaign_phase",
    "campaign_question",
    "campaign_recommendation",
    "recommendation_version",
    "endorsement",
    "recommendation_authority",
    "recommendation_position",
    "source_document",
    "testimony",
    "amendment",
    "invitation_note",
    "source_page",
    "derivation",
    "recommendation_step",
    "dot_round",
    "workshop_recommendation",
    "ballot",
    "contribution_answer",
    "testimony_tie",
    "dot",
)


def upgrade() -> None:
    """Create the tables, tell more of contributions and recommendations, and keep each one's first version."""
    create_tables()
    for table, columns in COLUMNS.items():
        for told in columns:
            add_column(table, told)
    change_rules()
    fill()
    drop_guard("contribution_sent_no_update", "contribution")
    register_documents()
    for column in NAMED:
        op.execute(f"ALTER TABLE contribution DROP COLUMN {column}")
    guard_words(SENT_WORDS)
    for name, table, indexed in INDEXES:
        op.create_index(name, table, indexed, unique=name.startswith("uq_"))
    for guard in GUARDS:
        add_guard(*guard)


def add_guard(name: str, table: str, event: str, condition: str | None) -> None:
    """Create a trigger that refuses an event."""
    add = _add_postgresql if op.get_bind().dialect.name == "postgresql" else _add_sqlite
    add(name, table, event, condition)


def drop_guard(name: str, table: str) -> None:
    """Take a trigger away."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
    if postgresql:
        op.execute(f"DROP FUNCTION {name}()")


def guard_words(columns: tuple[str, ...]) -> None:
    """Refuse to change these columns of a contribution that was sent."""
    add_guard(
        "contribution_sent_no_update",
        "contribution",
        f"UPDATE OF {', '.join(columns)}",
        "OLD.submitted_at IS NOT NULL",
    )


CONTRIBUTION = sa.table(
    "contribution",
    *(sa.column(name, sa.Integer()) for name in ("id", "organisation_id", "document_id", "source_year")),
    sa.column("source_title", sa.Text()),
    sa.column("source_url", sa.Text()),
    sa.column("created_at", MOMENT),
)
DOCUMENT = sa.table(
    "source_document",
    *(sa.column(name, sa.Integer()) for name in ("id", "organisation_id", "year")),
    *(sa.column(name, sa.Text()) for name in ("title", "kind", "url", "note", "reading", "search_text")),
    sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
)
LONGEST_TITLE = 250


def register_documents() -> None:
    """Make a document of each that contributions name, and let them point to it.

    What an organisation called alike at two addresses stays two documents: the second's title says so.
    """
    bind, columns = op.get_bind(), CONTRIBUTION.c
    named = (columns.source_title != "") | (columns.source_url != "") | columns.source_year.is_not(None)
    known: dict[tuple[Any, ...], int] = {}
    titles: set[tuple[Any, ...]] = set()
    for row in bind.execute(sa.select(CONTRIBUTION).where(named).order_by(columns.id)).all():
        key = (row.organisation_id, row.source_title, row.source_year, row.source_url)
        if key not in known:
            title = _free_title(row, titles)
            titles.add((row.organisation_id, title, row.source_year))
            values = {
                "organisation_id": row.organisation_id, "title": title, "year": row.source_year,
                "kind": "memorandum" if "memorandum" in fold(title) else "other", "url": row.source_url,
                "note": "", "reading": "none", "search_text": fold(f"{title} {row.source_year or ''}"),
                "created_at": row.created_at, "updated_at": row.created_at,
            }  # fmt: skip
            known[key] = bind.execute(
                sa.insert(DOCUMENT).values(values).returning(DOCUMENT.c.id)
            ).scalar_one()
        bind.execute(sa.update(CONTRIBUTION).where(columns.id == row.id).values(document_id=known[key]))


def _free_title(row: Any, titles: set[tuple[Any, ...]]) -> str:
    wanted = (row.source_title or row.source_url or "Document sans titre")[:LONGEST_TITLE]
    title, number = wanted, 1
    while (row.organisation_id, title, row.source_year) in titles:
        number += 1
        ending = f" ({number})"
        title = wanted[: LONGEST_TITLE - len(ending)] + ending
    return title


def name_documents() -> None:
    """Say again on each contribution which document it was taken from."""
    drop_guard("contribution_sent_no_update", "contribution")
    op.execute("ALTER TABLE contribution ADD COLUMN source_title VARCHAR(250) DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE contribution ADD COLUMN source_year INTEGER")
    op.execute("ALTER TABLE contribution ADD COLUMN source_url TEXT DEFAULT '' NOT NULL")
    for column, told in (("source_title", "title"), ("source_year", "year"), ("source_url", "url")):
        op.execute(
            f"UPDATE contribution SET {column} = (SELECT {told} FROM source_document "  # noqa: S608 - ours
            "WHERE source_document.id = contribution.document_id) WHERE document_id IS NOT NULL"
        )
    guard_words((*SENT_WORDS, *NAMED))


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


BEGIN_AGAIN = "UPDATE recommendation SET state = 'proposed' WHERE state = 'draft'"


def fill() -> None:
    """Say of what came by a link, or from a document, that it is confirmed; keep the words there are."""
    for channel in ("link", "document"):
        op.execute(
            f"UPDATE contribution SET confirmed_at = submitted_at, confirmed_how = '{channel}' "  # noqa: S608 - ours
            f"WHERE channel = '{channel}' AND submitted_at IS NOT NULL"
        )
    op.execute(
        "UPDATE contribution SET state = 'confirmed' WHERE state = 'submitted' AND confirmed_at IS NOT NULL"
    )
    gathered = (
        "json_group_array(level.code)" if op.get_bind().dialect.name == "sqlite" else "json_agg(level.code)"
    )
    levels = (
        f"SELECT {gathered} FROM recommendation_level JOIN level ON level.id = recommendation_level.level_id "  # noqa: S608
        "WHERE recommendation_level.recommendation_id = recommendation.id"
    )
    op.execute(
        "INSERT INTO recommendation_version (recommendation_id, number, weight, note, title, text, finding, "  # noqa: S608
        "justification, indicator, short_text, plain_text, levels, by, created_at) "
        "SELECT id, 1, 'substantive', '', title, text, finding, justification, '', '', '', "
        f"COALESCE(({levels}), '[]'), '', updated_at FROM recommendation"
    )


def change_rules() -> None:
    """Change and add conditions; a contribution may come from a table, without an organisation."""
    if op.get_bind().dialect.name == "sqlite":
        edit_sqlite_schema(_edits())
        op.execute(BEGIN_AGAIN)
        return
    op.alter_column("contribution", "organisation_id", nullable=True)
    for table, name, _before, _after in CHANGED:
        op.drop_constraint(op.f(name), table, type_="check")
    op.execute(BEGIN_AGAIN)
    for table, name, _before, after in CHANGED:
        op.create_check_constraint(op.f(name), table, after)
    for table, _neighbour, _its, name, condition in ADDED:
        op.create_check_constraint(op.f(name), table, condition)


def _edits() -> list[tuple[str, str, str]]:
    edits = [
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
    return [*edits, ("contribution", "organisation_id INTEGER NOT NULL,", "organisation_id INTEGER,")]


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


def _add_sqlite(name: str, table: str, event: str, condition: str | None) -> None:
    when = f" WHEN {condition}" if condition else ""
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _add_postgresql(name: str, table: str, event: str, condition: str | None) -> None:
    # A WHEN clause can't hold a query on PostgreSQL, so the condition stands in the function.
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'TRUE'} THEN RAISE EXCEPTION '{name}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def create_tables() -> None:  # noqa: PLR0915
    """Create what is new."""
    op.create_table(
        "similarity_index",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_similarity_index_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similarity_index")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "thesaurus_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(terms) > 0", name=op.f("ck_thesaurus_group_has_terms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesaurus_group")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "similarity_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(length=20), nullable=False),
        sa.Column("second", sa.String(length=20), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "same",
                "related",
                "different",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first < second", name=op.f("ck_similarity_verdict_in_order")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_similarity_verdict_decided_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similarity_verdict")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_similarity_verdict_second"), "similarity_verdict", ["second"], unique=False)
    op.create_index(
        "uq_similarity_verdict_standing",
        "similarity_verdict",
        ["first", "second"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "campaign_phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "work",
                "consult",
                "adopt",
                "publish",
                name="phase_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_campaign_phase_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_phase_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_phase")),
        sa.UniqueConstraint("campaign_id", "kind", name=op.f("uq_campaign_phase_campaign_id_kind")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
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
                name="campaign_question_kind",
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
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(label) > 0", name=op.f("ck_campaign_question_has_label")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_question_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_question")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_campaign_question_campaign_id"), "campaign_question", ["campaign_id"], unique=False
    )
    op.create_table(
        "campaign_recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_recommendation_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_campaign_recommendation_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_recommendation")),
        sa.UniqueConstraint(
            "campaign_id",
            "recommendation_id",
            name=op.f("uq_campaign_recommendation_campaign_id_recommendation_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_campaign_recommendation_recommendation_id"),
        "campaign_recommendation",
        ["recommendation_id"],
        unique=False,
    )
    op.create_table(
        "recommendation_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "weight",
            sa.Enum(
                "minor",
                "substantive",
                name="version_weight",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("short_text", sa.String(length=300), nullable=False),
        sa.Column("plain_text", sa.Text(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_recommendation_version_number_from_one")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_version_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_version")),
        sa.UniqueConstraint(
            "recommendation_id", "number", name=op.f("uq_recommendation_version_recommendation_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "endorsement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("signed_by", sa.String(length=120), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "link",
                "account",
                "phone",
                "paper",
                "meeting",
                name="endorsement_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lapsed_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("asked_again_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_endorsement_decided_by_a_body")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["user_account.id"],
            name=op.f("fk_endorsement_entered_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_endorsement_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_endorsement_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_endorsement_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_endorsement_organisation_id"), "endorsement", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_endorsement_person_id"), "endorsement", ["person_id"], unique=False)
    op.create_index(
        "uq_endorsement_standing",
        "endorsement",
        ["recommendation_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("lapsed_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("lapsed_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "recommendation_authority",
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_recommendation_authority_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_authority_recommendation_id_recommendation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "recommendation_id", "organisation_id", name=op.f("pk_recommendation_authority")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_recommendation_authority_organisation_id"),
        "recommendation_authority",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "recommendation_position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "support",
            sa.Enum(
                "support",
                "reservations",
                "neutral",
                "oppose",
                name="support",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "link",
                "account",
                "phone",
                "paper",
                "meeting",
                name="position_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "support <> 'reservations' OR length(reason) > 0",
            name=op.f("ck_recommendation_position_reservations_say_which"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["user_account.id"],
            name=op.f("fk_recommendation_position_entered_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_recommendation_position_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_position_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_recommendation_position_organisation_id"),
        "recommendation_position",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "uq_recommendation_position_one_voice",
        "recommendation_position",
        ["recommendation_id", "version", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "source_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "memorandum",
                "report",
                "study",
                "press",
                "other",
                name="document_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column(
            "reading",
            sa.Enum(
                "none",
                "waiting",
                "read",
                "wordless",
                "failed",
                name="reading_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(file_id IS NULL) = (reading = 'none')", name=op.f("ck_source_document_reads_a_file")
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_source_document_has_title")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_source_document_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_source_document_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_document")),
        sa.UniqueConstraint(
            "organisation_id", "title", "year", name=op.f("uq_source_document_organisation_id_title_year")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_source_document_organisation_id"), "source_document", ["organisation_id"], unique=False
    )
    op.create_table(
        "testimony",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.String(length=80), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column(
            "consent_form",
            sa.Enum(
                "written",
                "oral",
                "recorded",
                name="consent_form",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("may_print", sa.Boolean(), nullable=False),
        sa.Column("may_post", sa.Boolean(), nullable=False),
        sa.Column("checked_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("erased_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "erased_at IS NULL OR (text = '' AND pseudonym = '')", name=op.f("ck_testimony_erased_is_empty")
        ),
        sa.CheckConstraint(
            "checked_at IS NULL OR consented_on IS NOT NULL", name=op.f("ck_testimony_checked_with_consent")
        ),
        sa.CheckConstraint(
            "erased_at IS NOT NULL OR length(text) > 0", name=op.f("ck_testimony_says_something")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["user_account.id"],
            name=op.f("fk_testimony_entered_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_testimony_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimony")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_testimony_organisation_id"), "testimony", ["organisation_id"], unique=False)
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "title",
                "text",
                "finding",
                "justification",
                "indicator",
                name="amended_part",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "taken",
                "adapted",
                "declined",
                "withdrawn",
                name="amendment_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("result", sa.Integer(), nullable=True),
        sa.Column("decided_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("client_key", sa.String(length=40), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state IN ('taken', 'adapted')) = (result IS NOT NULL)",
            name=op.f("ck_amendment_taken_in_a_version"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('adapted', 'declined') OR length(answer) > 0",
            name=op.f("ck_amendment_answered_with_a_reason"),
        ),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (space_id IS NULL)", name=op.f("ck_amendment_one_of_both")
        ),
        sa.CheckConstraint("before <> after", name=op.f("ck_amendment_changes_something")),
        sa.CheckConstraint("paragraph >= 0", name=op.f("ck_amendment_paragraph_from_zero")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_amendment_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_amendment_recommendation_id_recommendation"),
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_amendment_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("client_key", name=op.f("uq_amendment_client_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_amendment_organisation_id"), "amendment", ["organisation_id"], unique=False)
    op.create_index(
        op.f("ix_amendment_recommendation_id_state"),
        "amendment",
        ["recommendation_id", "state"],
        unique=False,
    )
    op.create_index(op.f("ix_amendment_space_id"), "amendment", ["space_id"], unique=False)
    op.create_table(
        "invitation_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_invitation_note_says_something")),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["campaign_invitation.id"],
            name=op.f("fk_invitation_note_invitation_id_campaign_invitation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"],
            ["user_account.id"],
            name=op.f("fk_invitation_note_noted_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_note")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_invitation_note_invitation_id"), "invitation_note", ["invitation_id"], unique=False
    )
    op.create_table(
        "source_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_source_page_number_from_one")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["source_document.id"],
            name=op.f("fk_source_page_document_id_source_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_page")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_source_page_document_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "derivation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "taken_over",
                "merge",
                "split",
                "inspiration",
                name="derivation_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("gesture", sa.String(length=40), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column(
            "parent_state",
            sa.Enum(
                "proposed",
                "in_group",
                "stabilised",
                "in_consultation",
                "adopted",
                "adopted_with_reservations",
                "postponed",
                "dropped",
                "merged",
                "published",
                "followed",
                "closed",
                name="parent_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parent_reason", sa.Text(), nullable=False),
        sa.Column("parent_version", sa.Integer(), nullable=False),
        sa.Column("child_version", sa.Integer(), nullable=False),
        sa.Column("made_child", sa.Boolean(), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("parent_id <> child_id", name=op.f("ck_derivation_not_of_itself")),
        sa.ForeignKeyConstraint(
            ["child_id"], ["recommendation.id"], name=op.f("fk_derivation_child_id_recommendation")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_derivation_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["recommendation.id"], name=op.f("fk_derivation_parent_id_recommendation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derivation")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_derivation_child_id"), "derivation", ["child_id"], unique=False)
    op.create_index(op.f("ix_derivation_gesture"), "derivation", ["gesture"], unique=False)
    op.create_index(op.f("ix_derivation_meeting_id"), "derivation", ["meeting_id"], unique=False)
    op.create_index(
        "uq_derivation_standing",
        "derivation",
        ["parent_id", "child_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "recommendation_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "proposed",
                "in_group",
                "stabilised",
                "in_consultation",
                "adopted",
                "adopted_with_reservations",
                "postponed",
                "dropped",
                "merged",
                "published",
                "followed",
                "closed",
                name="step_before",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "proposed",
                "in_group",
                "stabilised",
                "in_consultation",
                "adopted",
                "adopted_with_reservations",
                "postponed",
                "dropped",
                "merged",
                "published",
                "followed",
                "closed",
                name="step_after",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_recommendation_step_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_recommendation_step_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_step_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_step")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_recommendation_step_decision_id"), "recommendation_step", ["decision_id"], unique=False
    )
    op.create_index(
        op.f("ix_recommendation_step_meeting_id"), "recommendation_step", ["meeting_id"], unique=False
    )
    op.create_index(
        op.f("ix_recommendation_step_recommendation_id_id"),
        "recommendation_step",
        ["recommendation_id", "id"],
        unique=False,
    )
    op.create_table(
        "dot_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("most_each", sa.Integer(), nullable=False),
        sa.Column("opens_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closes_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(campaign_id IS NULL) <> (workshop_id IS NULL)", name=op.f("ck_dot_round_one_of_both")
        ),
        sa.CheckConstraint("budget >= 1", name=op.f("ck_dot_round_has_dots")),
        sa.CheckConstraint(
            "closes_at IS NULL OR closes_at > opens_at", name=op.f("ck_dot_round_closes_after_opening")
        ),
        sa.CheckConstraint(
            "most_each >= 1 AND most_each <= budget", name=op.f("ck_dot_round_most_within_budget")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_dot_round_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_dot_round_workshop_id_workshop")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dot_round")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_dot_round_campaign_id"), "dot_round", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_dot_round_workshop_id"), "dot_round", ["workshop_id"], unique=False)
    op.create_table(
        "workshop_recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_version", sa.Integer(), nullable=False),
        sa.Column("saved_by_page", sa.String(length=40), nullable=False),
        sa.Column("saved_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("taken_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_workshop_recommendation_recommendation_id_recommendation"),
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_recommendation_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_recommendation")),
        sa.UniqueConstraint(
            "workshop_id",
            "recommendation_id",
            name=op.f("uq_workshop_recommendation_workshop_id_recommendation_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_workshop_recommendation_recommendation_id"),
        "workshop_recommendation",
        ["recommendation_id"],
        unique=False,
    )
    op.create_table(
        "ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("voter", sa.String(length=40), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "link",
                "account",
                "phone",
                "paper",
                "meeting",
                name="ballot_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (voter IS NULL)", name=op.f("ck_ballot_one_of_both")
        ),
        sa.CheckConstraint("spent >= 0 AND spent <= budget", name=op.f("ck_ballot_within_budget")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["user_account.id"],
            name=op.f("fk_ballot_entered_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_ballot_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["dot_round.id"], name=op.f("fk_ballot_round_id_dot_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("round_id", "organisation_id", name=op.f("uq_ballot_round_id_organisation_id")),
        sa.UniqueConstraint("round_id", "voter", name=op.f("uq_ballot_round_id_voter")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ballot_organisation_id"), "ballot", ["organisation_id"], unique=False)
    op.create_table(
        "contribution_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_contribution_answer_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["campaign_question.id"],
            name=op.f("fk_contribution_answer_question_id_campaign_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_answer")),
        sa.UniqueConstraint(
            "contribution_id", "question_id", name=op.f("uq_contribution_answer_contribution_id_question_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_contribution_answer_question_id"), "contribution_answer", ["question_id"], unique=False
    )
    op.create_table(
        "testimony_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testimony_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=True),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hub.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("detached_at", hub.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(recommendation_id IS NULL) <> (contribution_id IS NULL)",
            name=op.f("ck_testimony_tie_one_of_both"),
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_testimony_tie_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_testimony_tie_recommendation_id_recommendation"),
        ),
        sa.ForeignKeyConstraint(
            ["testimony_id"], ["testimony.id"], name=op.f("fk_testimony_tie_testimony_id_testimony")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimony_tie")),
        sa.UniqueConstraint(
            "testimony_id", "contribution_id", name=op.f("uq_testimony_tie_testimony_id_contribution_id")
        ),
        sa.UniqueConstraint(
            "testimony_id", "recommendation_id", name=op.f("uq_testimony_tie_testimony_id_recommendation_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_testimony_tie_contribution_id"), "testimony_tie", ["contribution_id"], unique=False
    )
    op.create_index(
        op.f("ix_testimony_tie_recommendation_id"), "testimony_tie", ["recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_testimony_tie_testimony_id"), "testimony_tie", ["testimony_id"], unique=False)
    op.create_table(
        "dot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("dots", sa.Integer(), nullable=False),
        sa.CheckConstraint("dots >= 1", name=op.f("ck_dot_at_least_one")),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["ballot.id"], name=op.f("fk_dot_ballot_id_ballot"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_dot_recommendation_id_recommendation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dot")),
        sa.UniqueConstraint(
            "ballot_id", "recommendation_id", name=op.f("uq_dot_ballot_id_recommendation_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_dot_recommendation_id"), "dot", ["recommendation_id"], unique=False)


def downgrade() -> None:
    """Take all of it back. Raises RuntimeError while somebody speaks for no organisation: it would be lost."""
    bind = op.get_bind()
    if bind.scalar(sa.text("SELECT count(*) FROM contribution WHERE organisation_id IS NULL")):
        raise RuntimeError("contributions of workshops and surveys have no organisation: they would be lost")
    for name, table, _event, _condition in GUARDS:
        drop_guard(name, table)
    name_documents()
    for name, table, _columns in INDEXES:
        op.drop_index(name, table_name=table)
    op.execute("UPDATE contribution SET state = 'submitted' WHERE state = 'confirmed'")
    restore_rules()
    for table, columns in reversed(COLUMNS.items()):
        for told in reversed(columns):
            drop_column(table, told)
    for table in reversed(TABLES):
        op.drop_table(table)


def restore_rules() -> None:
    """Give tables their former rules, and states and channels the nearest word that was known."""
    known = ", ".join(f"'{state}'" for state in ("adopted", "dropped"))
    agreed = ", ".join(
        f"'{state}'" for state in ("adopted_with_reservations", "published", "followed", "closed")
    )
    if op.get_bind().dialect.name == "sqlite":
        edits = [
            (table, f", CONSTRAINT {name} CHECK ({condition})", "")
            for table, _n, _i, name, condition in ADDED
        ]
        edits += [
            (table, f"CONSTRAINT {name} CHECK ({after})", f"CONSTRAINT {name} CHECK ({before})")
            for table, name, before, after in CHANGED
        ]
        edit_sqlite_schema(
            [*edits, ("contribution", "organisation_id INTEGER,", "organisation_id INTEGER NOT NULL,")]
        )
    else:
        for table, _neighbour, _its, name, _condition in ADDED:
            op.drop_constraint(op.f(name), table, type_="check")
        for table, name, _before, _after in CHANGED:
            op.drop_constraint(op.f(name), table, type_="check")
    op.execute(f"UPDATE recommendation SET state = 'adopted' WHERE state IN ({agreed})")  # noqa: S608 - ours
    op.execute("UPDATE recommendation SET state = 'dropped' WHERE state = 'merged'")
    op.execute(f"UPDATE recommendation SET state = 'draft' WHERE state NOT IN ({known})")  # noqa: S608 - ours
    op.execute("UPDATE contribution SET channel = 'meeting' WHERE channel = 'workshop'")
    op.execute("UPDATE contribution SET channel = 'paper' WHERE channel = 'survey'")
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("contribution", "organisation_id", nullable=False)
        for table, name, before, _after in CHANGED:
            op.create_check_constraint(op.f(name), table, before)


def drop_column(table: str, told: tuple[Any, ...]) -> None:
    """Drop a column; on SQLite its rule and its key go first, from the text of the table."""
    name, _kind, _default, rule, refers_to = told
    if op.get_bind().dialect.name == "sqlite":
        parts = (_rule(table, rule), _key(table, name, refers_to))
        edit_sqlite_schema([(table, part, "") for part in parts if part])
    op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
