"""Migrations make what the models say, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.core import audit, schema
from hub.core.db import Base
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
