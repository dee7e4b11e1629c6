"""Migrations make what the models say, on both databases."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.core import audit, schema
from hub.core.db import WRITE, Base, prepare_engine
from tests import factories
from tests.conftest import Installation, both_databases


@both_databases
def test_models_and_migrations_agree(installation: Installation) -> None:
    with installation.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@both_databases
def test_upgrading_twice_changes_nothing(installation: Installation) -> None:
    schema.upgrade(installation.engine)
    assert schema.is_current(installation.engine)


@both_databases
@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_history_cannot_be_rewritten(session: Session, statement: str) -> None:
    user = factories.user(session)
    audit.record(session, "user.created", user, actor=None, now=factories.NOW)
    with pytest.raises(DBAPIError, match="audit_entry_no"):
        session.execute(text(statement))


@pytest.fixture
def empty(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Give a database without any table."""
    name = f"empty_{abs(hash(request.node.name))}"
    if database == "postgresql":
        cluster = request.getfixturevalue("postgresql_cluster")
        engine = create_engine(cluster.create_database(name))
    else:
        engine = create_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    prepare_engine(engine)
    yield engine
    engine.dispose()
    if database == "postgresql":
        cluster.drop_database(name)


@both_databases
def test_every_migration_can_be_taken_back_and_made_again(empty: Engine) -> None:
    schema.upgrade(empty)
    with empty.connect().execution_options(**WRITE) as connection, connection.begin():
        command.downgrade(schema.configuration(connection), "base")
    assert inspect(empty).get_table_names() == ["alembic_version"]
    schema.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


KILLED_UPGRADE = """
import os, signal, sys
from sqlalchemy import create_engine, event
from hub.core import schema
from hub.core.db import prepare_engine
engine = create_engine(sys.argv[1])
prepare_engine(engine)
@event.listens_for(engine, "before_cursor_execute")
def kill(connection, cursor, statement, *rest):
    if "audit_entry_no_delete" in statement:
        os.kill(os.getpid(), signal.SIGKILL)
schema.upgrade(engine)
"""


@both_databases
def test_an_upgrade_killed_in_the_middle_has_changed_nothing(empty: Engine) -> None:
    url = empty.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", KILLED_UPGRADE, url], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    assert inspect(empty).get_table_names() == []
    schema.upgrade(empty)
    assert schema.is_current(empty)


@both_databases
def test_the_id_of_a_deleted_row_is_never_given_again(session: Session) -> None:
    """History and personal links point to rows by id: a newcomer must not inherit them."""
    gone = factories.user(session)
    number = gone.id
    session.delete(gone)
    session.flush()
    assert factories.user(session).id != number


def test_every_table_with_an_id_keeps_that_rule() -> None:
    tables = [table for table in Base.metadata.sorted_tables if "id" in table.c]
    assert tables
    assert all(table.dialect_options["sqlite"]["autoincrement"] for table in tables)
