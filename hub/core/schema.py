"""Bringing a database's tables up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection

from hub.core.db import WRITE

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, with the connection that the migrations run over."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


class LaterVersionError(Exception):
    """The database holds migrations that this program doesn't know."""


def upgrade(engine: Engine) -> None:
    """Run the migrations that the database lacks, all or none. Raises LaterVersionError."""
    with engine.connect().execution_options(**WRITE) as connection, connection.begin():
        if engine.dialect.name == "sqlite":
            # Batch migrations rebuild tables; the keys are checked once all is in place.
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        config = configuration(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if not set(MigrationContext.configure(connection).get_current_heads()) <= known:
            raise LaterVersionError
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Say whether the database holds every migration."""
    with engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(configuration()).get_heads())
