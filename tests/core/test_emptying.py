"""Between two tests a database is as if it had just been made: no row, every number from 1."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, schema
from hub.core.db import Base
from tests import factories
from tests.conftest import Installation, both_databases
from tests.sharing import once


@both_databases
def test_nothing_stays_and_numbers_begin_again(installation: Installation) -> None:
    for _ in range(2):
        with Session(installation.engine) as session:
            first = factories.user(session)
            assert first.id == 1
            audit.record(session, "user.created", first, actor=None, now=factories.NOW)
            session.commit()
            factories.user(session)  # rolled back: its number is gone all the same
        installation.empty()
        with installation.engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                assert connection.scalar(select(func.count()).select_from(table)) == 0, table.name


@both_databases
def test_the_guards_hold_again_afterwards(installation: Installation) -> None:
    installation.empty()
    with Session(installation.engine) as session:
        user = factories.user(session)
        audit.record(session, "user.created", user, actor=None, now=factories.NOW)
        with pytest.raises(DBAPIError, match="audit_entry_no"):
            session.execute(text("DELETE FROM audit_entry"))


@both_databases
def test_rows_lie_in_the_order_of_their_making(installation: Installation) -> None:
    for _ in range(2):
        with Session(installation.engine) as session:
            for number in range(30):
                factories.user(session, email=f"{number}@example.org")
            session.commit()
            assert [user.id for user in session.scalars(select(User))] == list(range(1, 31))
        installation.empty()


@both_databases
def test_a_database_of_its_own_has_every_table(
    migrated: Callable[[str, Path], str], database: str, tmp_path: Path
) -> None:
    own, other = (create_engine(migrated(database, tmp_path / name)) for name in ("own.db", "other.db"))
    with Session(own) as session:
        factories.user(session)
        session.commit()
    with other.connect() as connection:
        for table in Base.metadata.sorted_tables:
            assert connection.scalar(select(func.count()).select_from(table)) == 0, table.name
    assert schema.is_current(own)
    own.dispose()
    other.dispose()


def test_what_workers_share_is_made_once_and_whole(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(folder: Path) -> None:
        (folder / "part").write_text("x", encoding="utf-8")
        made.append(folder)
        if len(made) == 1:
            raise OSError("killed in the middle")

    with pytest.raises(OSError, match="killed"):
        once(tmp_path, "thing", make)
    assert not (tmp_path / "thing").exists()
    for _ in range(2):
        assert (once(tmp_path, "thing", make) / "part").exists()
    assert len(made) == 2
