"""Each page of a workshop asks the database at most twelve times, whatever stands on it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import db
from hub.events.models.workshops import Workshop
from hub.recommendations.models.carrying import VoiceChannel
from hub.recommendations.operations import dots, tables, workshops
from hub.recommendations.operations.dots import RoundRules
from hub.recommendations.operations.tables import Entry
from hub.recommendations.operations.workshops import Seen
from tests import factories
from tests.recommendations.test_workshops import prepared
from tests.recommendations.workshops import link
from tests.spaces.acting import space

MOST_QUERIES = 12
OF_A_TABLE = [
    "demandes?table=3",
    "etat.json?table=3",
    "textes",
    "textes/etat.json",
    "points",
    "ecran",
    "ecran/etat",
]
OF_THE_COORDINATION = ("travail", "travail/recommandations", "travail/resultat", "ecran", "ecran/etat")


def full(session: Session) -> Workshop:
    """Return a workshop with eight wordings, a vote of three tablets and thirty demands."""
    now = clock.now()
    here, rows = prepared(session, now, *(f"Titre {number}" for number in range(8)))
    here.event.space_id = space(session).id
    for row in rows:
        workshops.save(session, row, f"Texte {row.id}.", seen=Seen(0, "a"), now=now)
    vote = dots.open_round(session, here, RoundRules("P", 8, 2), actor="essai", now=now)
    for tablet in "abc":
        spread = {row.recommendation_id: 1 for row in rows}
        dots.put(session, vote, tablet, spread, channel=VoiceChannel.MEETING, actor="essai", now=now)
    for number in range(30):
        named = factories.organisation(session) if number % 3 == 0 else None
        tables.enter(session, here, Entry("3", f"Demande {number}.", organisation=named), key="x", now=now)
    return here


def count(client: FlaskClient, path: str) -> int:
    """Return how many questions a page asks."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with client.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([each for each in asked if each.startswith(("SELECT", "WITH"))])


@pytest.mark.parametrize("is_closed", [False, True])
def test_pages_of_a_workshop_ask_little(
    client: FlaskClient, session: Session, sign_in: Callable[..., object], *, is_closed: bool
) -> None:
    now = clock.now()
    here = full(session)
    if is_closed:
        tables.close(session, here, actor="essai", now=now)
    path = link(session, here, now=now)
    who = factories.coordinator(session)
    session.commit()
    found = {name: count(client, f"{path}/{name}") for name in OF_A_TABLE}
    sign_in(client, who)
    found |= {name: count(client, f"/ateliers/{here.id}/{name}") for name in OF_THE_COORDINATION}
    found["index"] = count(client, f"/journees/{here.event.slug}/ateliers")
    assert not {name: number for name, number in found.items() if not 0 < number <= MOST_QUERIES}, found
