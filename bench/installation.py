"""Installations to measure: filled like real networks, asked through their routes."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, organisation_theme
from hub.actors.models.reference import OrganisationKind, Territory, TerritoryKind, Theme
from hub.actors.models.relations import Relation, RelationKind
from hub.core import clock

PROVINCE, REGION = (116, 155), (1000, 3000)
"""Organisations and relations: those of the demonstration, and a large network."""
ROUNDS = 9
SEED = 20230606


@dataclass(frozen=True)
class Measured:
    """Seconds of an answer (median), and its number of queries."""

    seconds: float
    queries: int


def fill(session: Session, organisations: int, relations: int) -> None:
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


def measure(engine: Engine, client: FlaskClient, path: str) -> Measured:
    """Ask for a page several times; return the median time and the number of queries of one answer."""
    client.get(path)  # what is made once, layout and templates, is made here
    with counted(engine) as queries:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    times = []
    for _ in range(ROUNDS):
        begin = perf_counter()
        client.get(path)
        times.append(perf_counter() - begin)
    return Measured(median(times), len(queries))


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Yield a list that fills with the statements sent to the database."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
