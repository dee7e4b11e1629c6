"""Let the database itself refuse what must never happen: changing history, what was sent or was published."""

from alembic import op

revision = "0008_guards"
down_revision = "0007_publishing"
branch_labels = None
depends_on = None

SENT = (
    "finding", "proposal", "theme_id", "beneficiaries", "origin", "organisation_id", "campaign_id",
    "source_title", "source_year", "source_url", "channel", "submitted_at",
)  # fmt: skip
LEVELS_OF_SENT = "(SELECT submitted_at FROM contribution WHERE id = {row}.contribution_id) IS NOT NULL"


def _frozen(row: str) -> str:
    return f"(SELECT state FROM edition WHERE id = {row}.edition_id) <> 'draft'"  # noqa: S608 - names of ours


# name, table, event, condition (None: always)
GUARDS = (
    ("audit_entry_no_update", "audit_entry", "UPDATE", None),
    ("audit_entry_no_delete", "audit_entry", "DELETE", None),
    (
        "contribution_sent_no_update",
        "contribution",
        "UPDATE OF " + ", ".join(SENT),
        "OLD.submitted_at IS NOT NULL",
    ),
    ("contribution_sent_no_delete", "contribution", "DELETE", "OLD.submitted_at IS NOT NULL"),
    ("contribution_level_no_insert", "contribution_level", "INSERT", LEVELS_OF_SENT.format(row="NEW")),
    ("contribution_level_no_update", "contribution_level", "UPDATE", LEVELS_OF_SENT.format(row="OLD")),
    ("contribution_level_no_delete", "contribution_level", "DELETE", LEVELS_OF_SENT.format(row="OLD")),
    ("edition_published_no_update", "edition", "UPDATE", "OLD.state = 'published'"),
    ("edition_published_no_delete", "edition", "DELETE", "OLD.state = 'published'"),
    *(
        (f"{table}_frozen_no_{event.lower()}", table, event, " OR ".join(map(_frozen, rows)))
        for table in ("chapter", "edition_item", "signatory")
        for event, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",)))
    ),
    *(
        (
            f"build_published_no_{event.lower()}",
            "build",
            event,
            "(SELECT state FROM edition WHERE id = OLD.edition_id) = 'published'",
        )
        for event in ("UPDATE", "DELETE")
    ),
)


def upgrade() -> None:
    """Add the triggers."""
    if op.get_bind().dialect.name == "postgresql":
        for guard in GUARDS:
            _add_postgresql(*guard)
    else:
        for guard in GUARDS:
            _add_sqlite(*guard)


def _add_sqlite(name: str, table: str, event: str, condition: str | None) -> None:
    when = f" WHEN {condition}" if condition else ""
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _add_postgresql(name: str, table: str, event: str, condition: str | None) -> None:
    # A WHEN clause can't hold a query on PostgreSQL, so the condition stands in the function.
    test = condition or "TRUE"
    row = "OLD" if event.startswith("DELETE") else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {test} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take the triggers away."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, _event, _condition in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
