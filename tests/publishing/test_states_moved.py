"""Editions of before: their states, their preamble and their figure are kept by the migration, both ways."""

from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from hub.core import schema
from hub.core.db import WRITE
from tests.conftest import Installation, both_databases
from tests.factories import NOW

BEFORE, AFTER = "0043_outcomes", "0044_editions"
# memorandum, number, state
EDITIONS = (
    (1, 1, "published"),
    (1, 2, "published"),
    (1, 3, "publishing"),
    (2, 1, "draft"),
)
MOVED = ["replaced", "published", "draft", "draft"]


def add_former(connection: Connection) -> None:
    """Write editions as they were before."""
    for memorandum in (1, 2):
        connection.execute(
            text(
                "INSERT INTO memorandum (id, slug, title, subtitle, addressees, created_at) "
                "VALUES (:id, :slug, 'Mémorandum', '', '', :now)"
            ),
            {"id": memorandum, "slug": f"memo-{memorandum}", "now": NOW.replace(tzinfo=None)},
        )
    for place, (memorandum, number, state) in enumerate(EDITIONS, start=1):
        connection.execute(
            text(
                "INSERT INTO edition (id, memorandum_id, number, state, preamble, with_network, "
                "build_problems, created_at, updated_at, published_at) VALUES "
                "(:id, :memorandum, :number, :state, :preamble, :network, '[]', :now, :now, :published)"
            ),
            {
                "id": place, "memorandum": memorandum, "number": number, "state": state,
                "preamble": f"Préambule {place}", "network": place != 2, "now": NOW.replace(tzinfo=None),
                "published": None if state == "draft" else NOW.replace(tzinfo=None, day=place),
            },
        )  # fmt: skip


def states(connection: Connection) -> list[str]:
    """Return the states of all editions, the first first."""
    return list(connection.execute(text("SELECT state FROM edition ORDER BY id")).scalars())


@both_databases
def test_former_editions_keep_their_state_their_words_and_their_figure(
    installation: Installation, session: Session
) -> None:
    session.close()
    with installation.engine.connect().execution_options(**WRITE) as connection:
        configuration = schema.configuration(connection)
        with connection.begin() as transaction:
            command.downgrade(configuration, BEFORE)
            add_former(connection)
            command.upgrade(configuration, AFTER)
            assert states(connection) == MOVED
            parts = connection.execute(
                text(
                    "SELECT edition_id, kind, text, is_left_out FROM edition_section "
                    "WHERE kind IN ('preamble', 'network') ORDER BY edition_id, kind"
                )
            ).all()
            assert [(row[0], row[2]) for row in parts if row[1] == "preamble"] == [
                (place, f"Préambule {place}") for place in range(1, 5)
            ]
            assert [row[0] for row in parts if row[1] == "network" and row[3]] == [2]
            replaced, latest = connection.execute(
                text("SELECT replaced_at, published_at FROM edition WHERE id <= 2 ORDER BY id")
            ).all()
            assert replaced[0] == latest[1]
            command.downgrade(configuration, BEFORE)
            assert states(connection) == ["published", "published", "draft", "draft"]
            again = connection.execute(text("SELECT preamble, with_network FROM edition ORDER BY id")).all()
            assert [(row[0], bool(row[1])) for row in again] == [
                (f"Préambule {place}", place != 2) for place in range(1, 5)
            ]
            transaction.rollback()
