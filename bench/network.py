"""Time and queries of the list of actors and of the network page, for a province and for a region."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy.orm import Session

from bench.installation import PROVINCE, REGION, Measured, fill, measure
from graph.layout import lay_out
from hub.actors.operations import reference
from hub.app import create_app
from hub.core import clock, schema
from hub.core.db import db, writing
from hub.network.queries.register import read
from hub.network.values.analysis import BOX, for_layout
from hub.network.values.register import Register

PAGES = {
    "list of actors, /acteurs": "/acteurs",
    "network page, /reseau": "/reseau",
    "its data, /reseau/donnees.json": "/reseau/donnees.json",
    "its still picture, /reseau/image.svg": "/reseau/image.svg",
}


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
                fill(session, organisations, relations)
        client = app.test_client()
        found = {path: measure(engine, client, path) for path in ("/healthz", *PAGES.values())}
        with Session(engine) as session:
            found["layout"] = _layout(session)
        engine.dispose()
    return found


def _layout(session: Session) -> Measured:
    """Time the layout of a shape that isn't known yet: one relation is missing."""
    register = read(session, clock.today(clock.now()))
    begin = perf_counter()
    lay_out(for_layout(Register(register.actors, register.links[1:])), BOX)
    return Measured(perf_counter() - begin, 0)
