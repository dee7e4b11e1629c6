"""Time and queries of coverage, invitations, possible links and what exists, for a province and a region."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.installation import PROVINCE, REGION, SEED, Measured, fill, measure
from hub.accounts.models import Role, User
from hub.accounts.operations.sessions import open_session
from hub.actors.models.organisations import organisation_territory
from hub.actors.models.record import Unit
from hub.actors.models.reference import Territory, TerritoryKind, Theme
from hub.actors.operations import reference
from hub.app import create_app
from hub.core import clock, schema
from hub.core.db import db, writing
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind

PAGES = {
    "coverage of a province, /reseau/couverture": "/reseau/couverture?within=90000",
    "coverage of everywhere": "/reseau/couverture?within=all",
    "a cell and its nearest": "/reseau/couverture/case?row=91034&column=housing",
    "what exists": "/reseau/existant?theme=housing&territory=91034",
    "whom to invite to a space": "/reseau/inviter/espaces/espace-0",
    "possible links": "/reseau/liens-possibles",
    "the coordinator's first page": "/tableau-de-bord",
}
SPACES, SEATS, SERVING = 40, 12, 10


def run() -> list[str]:
    """Measure both sizes in one run; return lines for people."""
    small, large = _at(*PROVINCE), _at(*REGION)
    size = f"{REGION[0]} organisations, {REGION[1]} relations, {SPACES} spaces of {SEATS}"
    lines = [
        f"{size}; beside it, {PROVINCE[0]} and {PROVINCE[1]}",
        "times relative to /healthz in the same installation:",
    ]
    for name, path in PAGES.items():
        here, there = large[path], small[path]
        lines.append(
            f"{name}: {here.seconds / large['/healthz'].seconds:.0f} × /healthz "
            f"({here.seconds * 1000:.0f} ms), {here.queries} queries; "
            f"{here.seconds / there.seconds:.1f} × the time at {PROVINCE[0]} ({there.queries} queries)"
        )
    return lines


def _at(organisations: int, relations: int) -> dict[str, Measured]:
    """Measure an installation of that size, through its routes, as a coordinator."""
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
                _fill_places(session, organisations)
                raw = _coordinator(session)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["sid"] = raw
        found = {path: measure(engine, client, path) for path in ("/healthz", *PAGES.values())}
        engine.dispose()
    return found


def _fill_places(session: Session, organisations: int) -> None:
    """Give units to many, wide territories to a few, and make spaces with their members."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    now = clock.now()
    communes = session.scalars(select(Territory.id).where(Territory.kind == TerritoryKind.COMMUNE)).all()
    wide = session.scalars(
        select(Territory.id).where(Territory.kind.in_([TerritoryKind.PROVINCE, TerritoryKind.REGION]))
    ).all()
    themes = session.scalars(select(Theme)).all()
    session.execute(
        insert(Unit),
        [
            {
                "organisation_id": number + 1,
                "name": "Antenne",
                "commune_id": chance.choice(communes),
                "created_at": now,
            }
            for number in range(0, organisations, 2)
        ],
    )
    session.execute(
        insert(organisation_territory),
        [
            {"organisation_id": number + 1, "territory_id": chance.choice(wide)}
            for number in range(0, organisations, SERVING)
        ],
    )
    for number in range(SPACES):
        space = Space(
            slug=f"espace-{number}", name=f"Espace {number}", kind=SpaceKind.PLATFORM,
            themes=chance.sample(themes, 2), created_at=now,
        )  # fmt: skip
        session.add(space)
        session.flush()
        session.add_all(
            Membership(space_id=space.id, organisation_id=one + 1, role=MembershipRole.MEMBER, created_at=now)
            for one in chance.sample(range(organisations), SEATS)
        )
    session.flush()


def _coordinator(session: Session) -> str:
    now = clock.now()
    person = User(email="mesure@example.org", name="Mesure", role=Role.COORDINATOR, created_at=now)
    session.add(person)
    session.flush()
    return open_session(session, person, device="bench", now=now)
