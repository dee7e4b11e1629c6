"""Time and queries of the list of actors and of the network page, for a province and for a region."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, organisation_theme
from hub.actors.models.reference import OrganisationKind, Territory, TerritoryKind, Theme
from hub.actors.models.relations import Relation, RelationKind
from hub.actors.operations import reference
from hub.app import create_app
from hub.core import clock, schema
from hub.core.db import db, writing
from hub.network.queries.register import read
from hub.network.values.analysis import layout_of
from hub.network.values.register import Register

PROVINCE, REGION = (116, 155), (1000, 3000)
"""Organisations and relations: those of the demonstration, and a large network."""
ROUNDS = 9
PAGES = {
    "list of actors, /acteurs": "/acteurs",
    "network page, /reseau": "/reseau",
    "its data, /reseau/donnees.json": "/reseau/donnees.json",
    "its still picture, /reseau/image.svg": "/reseau/image.svg",
}
SEED = 20230606


@dataclass(frozen=True)
class Measured:
    """Seconds of an answer (median), and its number of queries."""

    seconds: float
    queries: int


def run() -> list[str]:
    """Measure both sizes in one run; return lines for people."""
    small, large = _at(*PROVINCE), _at(*REGION)
    lines = [
        f"{REGION[0]} organisations, {REGION[1]} relations; beside it, {PROVINCE[0]} and {PROVINCE[1]}",
        "times relative to /healthz in the same installation:",
    ]
    for name, path in PAGES.items():
        here, there = large[path], small[path]
        lines.append(
            f"{name}: {here.seconds / large['/healthz'].seconds:.0f} × /healthz "
            f"({here.seconds * 1000:.0f} ms), {here.queries} queries; "
            f"{here.seconds / there.seconds:.1f} × the time at {PROVINCE[0]} ({there.queries} queries)"
        )
    anew, known = large["layout"].seconds, large["/reseau/donnees.json"].seconds
    lines.append(
        f"after a new relation, the first answer lays the network out anew: {anew / known:.0f} × the time of "
        f"its data once known ({anew:.1f} s); {anew / small['layout'].seconds:.0f} × that at {PROVINCE[0]}"
    )
    return lines


def _at(organisations: int, relations: int) -> dict[str, Measured]:
    """Measure an installation of that size, through its routes."""
    with TemporaryDirectory() as folder:
        app = create_app(
            {
                "SECRET_KEY": "a key for measuring only",
                "BASE_URL": "http://localhost",
                "DATA_FOLDER": folder,
                "SQLALCHEMY_DATABASE_URI": f"sqlite:///{Path(folder) / 'bench.db'}",
                "FILES_FOLDER": str(Path(folder) / "files"),
                "RATELIMIT_ENABLED": False,
            }
        )
        with app.app_context():
            engine = db.engine
            schema.upgrade(engine)
            with writing(engine) as session:
                reference.load(session)
                _fill(session, organisations, relations)
        client = app.test_client()
        found = {path: _measure(engine, client, path) for path in ("/healthz", *PAGES.values())}
        with Session(engine) as session:
            found["layout"] = _layout(session)
        engine.dispose()
    return found


def _fill(session: Session, organisations: int, relations: int) -> None:
    """Make a network like real ones: a few are tied to many, most to few."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    now = clock.now()
    kinds = session.scalars(select(OrganisationKind.id)).all()
    ties = session.scalars(select(RelationKind.id)).all()
    themes = session.scalars(select(Theme.id)).all()
    communes = session.scalars(select(Territory.id).where(Territory.kind == TerritoryKind.COMMUNE)).all()
    session.execute(
        insert(Organisation),
        [
            {
                "id": number + 1,
                "slug": f"organisation-{number}",
                "name": f"Organisation de quartier numéro {number}",
                "search_text": f"organisation de quartier numero {number}",
                "kind_id": chance.choice(kinds),
                "commune_id": chance.choice(communes),
                "created_at": now,
                "updated_at": now,
            }
            for number in range(organisations)
        ],
    )
    session.execute(
        insert(organisation_theme),
        [
            {"organisation_id": number + 1, "theme_id": theme}
            for number in range(organisations)
            for theme in chance.sample(themes, 2)
        ],
    )
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < relations:
        one, other = int(organisations * chance.random() ** 2) + 1, chance.randrange(organisations) + 1
        if one != other:
            pairs.add((one, other))
    session.execute(
        insert(Relation),
        [
            {"source_id": one, "target_id": other, "kind_id": chance.choice(ties), "created_at": now}
            for one, other in sorted(pairs)
        ],
    )


def _measure(engine: Engine, client: FlaskClient, path: str) -> Measured:
    client.get(path)  # what is made once, layout and templates, is made here
    with _counted(engine) as queries:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    times = []
    for _ in range(ROUNDS):
        begin = perf_counter()
        client.get(path)
        times.append(perf_counter() - begin)
    return Measured(median(times), len(queries))


def _layout(session: Session) -> Measured:
    """Time the layout of a shape that isn't known yet: one relation is missing."""
    register = read(session, clock.today(clock.now()))
    begin = perf_counter()
    layout_of(Register(register.actors, register.links[1:]))
    return Measured(perf_counter() - begin, 0)


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
