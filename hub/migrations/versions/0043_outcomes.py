"""What came of a recommendation, in one word beside the sentence that tells it; searching reads all that it says.

Columns come with their rules, and go with them: on SQLite by editing the text of the table, as 0037 does, for
rebuilding it would take along what hangs on it.
"""

import sqlalchemy as sa
from alembic import op

from hub.core.search import fold

revision = "0043_outcomes"
down_revision = "0042_party_answers"
branch_labels = None
depends_on = None

OUTCOMES = "outcome IN ('obtained', 'partly', 'not_obtained')"
# table, (rule, condition) of its column.
RULES = (
    (
        "recommendation",
        ("recommendation_outcome", OUTCOMES),
        ("outcome_once_followed", "outcome IS NULL OR state IN ('followed', 'closed')"),
    ),
    (
        "recommendation_step",
        ("step_outcome", OUTCOMES),
        ("outcome_once_followed", "outcome IS NULL OR \"after\" IN ('followed', 'closed')"),
    ),
)

RECOMMENDATION = sa.table(
    "recommendation",
    sa.column("id", sa.Integer()),
    *(sa.column(name, sa.Text()) for name in ("indicator", "short_text", "plain_text", "search_text")),
)


def upgrade() -> None:
    """Add the word and when it may be said (nobody has said any so far); let searching find the other texts."""
    for table, *rules in RULES:
        told = "".join(_rule(table, *rule) for rule in rules)
        op.execute(f"ALTER TABLE {table} ADD COLUMN outcome VARCHAR(40){told}")
    op.create_index("ix_recommendation_outcome", "recommendation", ["outcome"])
    find_other_texts()


def find_other_texts() -> None:
    """Add indicator and variants to the words by which recommendations are found."""
    bind, columns = op.get_bind(), RECOMMENDATION.c
    others = columns.indicator + " " + columns.short_text + " " + columns.plain_text
    rows = bind.execute(sa.select(columns.id, columns.search_text, others).where(others != "  ")).all()
    for number, known, texts in rows:
        found = f"{known} {fold(texts)}"
        bind.execute(sa.update(RECOMMENDATION).where(columns.id == number).values(search_text=found))


def downgrade() -> None:
    """Forget it; the sentence stays, and what searching finds besides does no harm."""
    op.drop_index("ix_recommendation_outcome", table_name="recommendation")
    for table, *rules in reversed(RULES):
        if op.get_bind().dialect.name == "sqlite":
            _edit_sqlite(table, [_rule(table, *rule) for rule in rules])
        op.execute(f"ALTER TABLE {table} DROP COLUMN outcome")


def _rule(table: str, name: str, condition: str) -> str:
    return f" CONSTRAINT ck_{table}_{name} CHECK ({condition})"


def _edit_sqlite(table: str, parts: list[str]) -> None:
    """Take parts out of the text of a table. Raises ValueError where one is not there."""
    bind = op.get_bind()
    kept = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table")
    found = bind.execute(kept, {"table": table}).scalar_one()
    for part in parts:
        if part not in found:
            raise ValueError(f"{table}: {part}")
        found = found.replace(part, "", 1)
    bind.execute(sa.text("PRAGMA writable_schema=ON"))
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": found, "table": table},
    )
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text(f"PRAGMA schema_version={version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema=RESET"))
