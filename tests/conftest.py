"""What every test may ask for: an application over an empty, migrated database, SQLite or PostgreSQL."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from hub.accounts.operations.sessions import open_session
from hub.app import create_app, load_models
from hub.core import clock, schema
from hub.core.db import db, prepare_engine
from hub.core.jobs import run_next
from hub.core.mail import Site
from hub.core.web import Hub, limiter
from hub.recommendations.operations import recognition
from hub.server import job_info
from tests.clusters import ClusterInfo, cluster
from tests.factories import NOW
from tests.sharing import folder_of_run, once

# Tables name each other: all are there before a test module asks anything of one.
load_models()

# No test judges by the clock; where CI runs, the same examples each time, so that a red run can be repeated.
settings.register_profile("suite", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("suite")

SITE = Site("http://127.0.0.1:8000", "Réseau d’essai", "reseau@example.org")
both_databases = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


# Truncating all tables would write a thousand files anew after each test: only those that hold something are
# emptied, without the guards that forbid it, and all numbers begin at 1 again. What was rolled back has
# taken room too; VACUUM gives it back, so that rows lie in the order of their making, as in a new table.
TABLES = """
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""
USED = f"SELECT quote_ident(relname) {TABLES}"
EMPTY = f"""
    DO $$
    DECLARE used record;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR used IN SELECT quote_ident(relname) AS name {TABLES} LOOP
            EXECUTE 'DELETE FROM ' || used.name;
        END LOOP;
        PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence
        WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
    END $$
"""  # noqa: S608 - words of our own


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[ClusterInfo]:
    with cluster() as info:
        yield info


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite database with every migration and no row, made once a run: copy it, never open it."""

    def migrate(folder: Path) -> None:
        engine = create_engine(f"sqlite:///{folder / 'migrated.db'}")
        prepare_engine(engine)
        schema.upgrade(engine)
        engine.dispose()

    return once(folder_of_run(tmp_path_factory), "migrated", migrate) / "migrated.db"


@pytest.fixture(scope="session")
def migrated_template(postgresql_cluster: ClusterInfo) -> str:
    """Name the PostgreSQL database with every migration and no row: a template, to which nobody connects."""
    engine = create_engine(postgresql_cluster.create_database("migrated"))
    prepare_engine(engine)
    schema.upgrade(engine)
    engine.dispose()
    return "migrated"


class Installation:
    """One application over one migrated database that is emptied after each test."""

    def __init__(self, folder: Path, uri: str) -> None:
        self.app = create_app(
            {
                "TESTING": True,
                "SECRET_KEY": "a key for tests only",
                "BASE_URL": "http://localhost",
                "DATA_FOLDER": str(folder),
                "SQLALCHEMY_DATABASE_URI": uri,
                "FILES_FOLDER": str(folder / "files"),
                "WTF_CSRF_ENABLED": False,
                "RATELIMIT_ENABLED": False,
                "SERVER_NAME": None,
            }
        )
        self.folder = folder
        self.file = Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite") else None
        with self.app.app_context():
            self.engine = db.engine
        if self.file:
            self.template = folder / "template.db"
            shutil.copy(self.file, self.template)

    def empty(self) -> None:
        """Bring back the empty, migrated database, nothing beside it; the guards forbid a plain DELETE."""
        for beside in self.folder.glob("*.jsonl"):
            beside.unlink()
        # Numbers and moments begin again: what was remembered of this test would be taken for the next one's.
        recognition._held.clear()
        recognition._waiting.clear()
        with self.app.app_context():
            db.session.remove()
        if self.file:
            self.engine.dispose()
            for ending in ("-wal", "-shm"):
                Path(f"{self.file}{ending}").unlink(missing_ok=True)
            shutil.copy(self.template, self.file)
            return
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            used = connection.scalars(text(USED)).all()
            connection.execute(text(EMPTY))
            if used:
                connection.execute(text(f"VACUUM {', '.join(used)}"))


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest) -> Callable[[str, Path], str]:
    """Make a database with every migration and no row, and return its address; `file` is for SQLite."""

    def make(dialect: str, file: Path) -> str:
        if dialect == "sqlite":
            shutil.copy(request.getfixturevalue("migrated_file"), file)
            return f"sqlite:///{file}"
        template: str = request.getfixturevalue("migrated_template")
        cluster: ClusterInfo = request.getfixturevalue("postgresql_cluster")
        return cluster.create_database(f"test_{uuid4().hex}", template)

    return make


@pytest.fixture(scope="session")
def installations(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[str, Path], str]
) -> Iterator[Callable[[str], Installation]]:
    made: dict[str, Installation] = {}

    def get(dialect: str) -> Installation:
        if dialect not in made:
            folder = tmp_path_factory.mktemp(dialect)
            made[dialect] = Installation(folder, migrated(dialect, folder / "test.db"))
        return made[dialect]

    yield get
    for installation in made.values():
        installation.engine.dispose()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Name the database of this test: SQLite unless `both_databases` says otherwise."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def installation(installations: Callable[[str], Installation], database: str) -> Iterator[Installation]:
    found = installations(database)
    # The limiter follows the application that was made last: a test of throttling leaves it switched on.
    limiter.enabled = found.app.config["RATELIMIT_ENABLED"]
    yield found
    found.empty()


@pytest.fixture
def app(installation: Installation) -> Hub:
    return installation.app


@pytest.fixture
def session(installation: Installation) -> Iterator[Session]:
    """Give a session of its own: commit what the client's requests must see."""
    with Session(installation.engine, info={"site": SITE}, expire_on_commit=False) as made:
        yield made
        made.rollback()


@pytest.fixture
def client(app: Hub) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(session: Session) -> Callable[[FlaskClient, Any], FlaskClient]:
    """Sign an account in, as the sign-in page does."""

    def do(client: FlaskClient, user: Any) -> FlaskClient:
        raw = open_session(session, user, device="test", now=clock.now())
        session.commit()
        with client.session_transaction() as cookie:
            cookie["sid"] = raw
        return client

    return do


@pytest.fixture
def run_jobs(installation: Installation) -> Callable[[], int]:
    """Do all jobs that are due; return how many there were."""

    def run() -> int:
        done = 0
        info = job_info(installation.app)
        while run_next(installation.engine, "test", info):
            done += 1
        return done

    return run


@pytest.fixture
def now() -> Any:
    return NOW
