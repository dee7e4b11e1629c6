"""Alembic's environment: the caller gives the engine, or a URL stands in the configuration."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from hub.app import load_models
from hub.core.db import Base, prepare_engine

load_models()


def migrate(connection: Connection) -> None:
    """Run the migrations over one connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    prepare_engine(engine)
    with engine.begin() as made:
        migrate(made)
