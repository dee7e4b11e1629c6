"""Loading the demonstration, all or nothing."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from sqlalchemy import select, text

from hub.accounts.models import Role, User
from hub.actors.operations import reference
from hub.core import clock, schema
from hub.core.db import Base, db, reading, writing
from hub.core.files import Store
from hub.core.web import Hub
from hub.demo import large as large_memorandum
from hub.demo.world import World
from hub.plans.operations import frames
from hub.publishing.models.editions import Memorandum
from hub.publishing.operations import elections
from hub.server import site_of

# In this order: each part stands on those before it.
PARTS = (
    "settings",
    "accounts",
    "actors",
    "record",
    "mandates",
    "spaces",
    "meetings",
    "seats",
    "convening",
    "decisions",
    "events",
    "recommendations",
    "testimonies",
    "actions",
    "plans",
    "mergers",
    "ownership",
    "publishing",
    "reports",
    "plenary",
    "wording",
    "lineages",
    "consulting",
    "amending",
    "network",
    "directory",
    "minutes",
    "days_places",
    "days_after",
    "days_waiting",
    "days_allocation",
    "workshops",
    "answers",
    "leaflets",
)


def run(app: Hub, *, reset: bool, large: bool = False) -> Iterator[str]:
    """Load the demonstration unless there are data already; yield a line for each part.

    `large`: with a memorandum of full size, which may be added later too.
    """
    if not app.config["DEMO"]:
        yield "La démonstration ne se charge que dans une installation de démonstration (HUB_DEMO=true)."
        return
    engine = db.engine
    if reset:
        empty(app)
    with reading(engine) as session:
        if session.scalar(select(User.id).limit(1)) is not None:
            yield "Le réseau de démonstration est déjà là : rien n’est changé."
            if large:
                yield from _add_large(app)
            return
    world = World(now=clock.now(), store=Store(Path(app.config["FILES_FOLDER"])))
    with writing(engine, site=site_of(app)) as session:
        for part in PARTS:
            yield import_module(f"hub.demo.{part}").load(session, world)
    if large:
        yield from _add_large(app)


def _add_large(app: Hub) -> Iterator[str]:
    """Add the memorandum of full size to a demonstration, once."""
    world = World(now=clock.now(), store=Store(Path(app.config["FILES_FOLDER"])))
    with writing(db.engine, site=site_of(app)) as session:
        there = select(Memorandum.id).where(Memorandum.title == large_memorandum.TITLE)
        if session.scalar(there) is not None:
            yield "Le grand mémorandum d’essai est déjà là."
            return
        role = select(User).where(User.role == Role.COORDINATOR).order_by(User.id).limit(1)
        world.put("user", "coordinator", session.scalars(role).one())
        yield large_memorandum.load(session, world)


def empty(app: Hub) -> None:
    """Forget everything: drop the tables and make them anew. Only ever called for a demonstration."""
    engine = db.engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        if engine.dialect.name == "sqlite":
            for (name,) in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                connection.execute(text(f'DROP TRIGGER "{name}"'))
        Base.metadata.drop_all(connection)
    schema.upgrade(engine)
    with writing(engine) as session:
        reference.load(session)
        elections.load_reference(session)
        frames.load_reference(session, now=clock.now())
    del app
