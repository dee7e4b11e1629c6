"""Who is concerned by the recommendations of a call and hasn't been heard on them."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core import clock
from hub.network.queries import invitations as asking
from hub.recommendations.models.carrying import Support, VoiceChannel
from hub.recommendations.operations import consultations, positions
from hub.recommendations.operations.positions import Said
from tests import factories
from tests.conftest import Installation, both_databases
from tests.recommendations import calls
from tests.recommendations.test_ballots import counted

SignIn = Callable[[FlaskClient, Any], FlaskClient]
MOST_QUERIES, MOST_LATER = 31, 12  # the reading of everybody begins a transaction of its own


def scene(session: Session, number: int = 2) -> tuple[Any, list[Any], list[Any]]:
    """Return a call on recommendations of one theme, and three organisations that work on it."""
    now = clock.now()
    theme = factories.theme(session)
    call = calls.call(session, now=now)
    rows = [
        calls.recommendation(session, now=now, title=f"Demande {each}", theme=theme) for each in range(number)
    ]
    consultations.add(session, call, rows, actor="essai", now=now)
    day = clock.today(now)
    consultations.set_period(session, call, day, day + timedelta(days=9), actor="essai", now=now)
    organisations = [factories.organisation(session, themes=[theme]) for _ in range(3)]
    session.flush()
    return call, rows, organisations


def say(session: Session, call: Any, organisation: Any, *rows: Any) -> Any:
    now = clock.now()
    invited = calls.invitation(session, call, now=now, organisation=organisation)
    said = [Said(row.id, Support.SUPPORT, "", row.version, 0) for row in rows]
    positions.say(session, invited, said, channel=VoiceChannel.LINK, actor="lien", now=now)
    return invited


@both_databases
def test_whoever_said_where_it_stands_was_heard(session: Session) -> None:
    call, rows, (speaks, _, _) = scene(session)
    say(session, call, speaks, rows[0])
    heard = {tuple(pair) for pair in session.execute(asking.heard_on(rows, clock.today(clock.now())))}
    assert heard == {(rows[0].id, speaks.id)}


def test_who_is_silent_on_most_comes_first(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    call, rows, (speaks, half, mute) = scene(session)
    say(session, call, speaks, *rows)
    invited = say(session, call, half, rows[0])
    session.commit()
    sign_in(client, factories.coordinator(session))
    text = client.get("/reseau/silencieuses?format=csv").data.decode("utf-8-sig")
    _, *lines = csv.reader(io.StringIO(text), delimiter=";")
    assert [(line[0], line[1]) for line in lines] == [
        (mute.name, rows[0].code),
        (mute.name, rows[1].code),
        (half.name, rows[1].code),
    ]
    page = client.get("/reseau/silencieuses").text
    assert f"/appels/invitations/{invited.id}/consultation" in page
    assert speaks.name not in page
    assert mute.name not in client.get(f"/reseau/silencieuses?q={half.name}").text
    assert "Aucune organisation ne correspond." in client.get("/reseau/silencieuses?q=hippopotame").text


def test_only_the_coordination_reads_it(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, factories.user(session))
    assert client.get("/reseau/silencieuses").status_code == 403


def test_before_the_first_consultation_it_says_what_to_do(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    assert "Aucun appel ne consulte encore" in client.get("/reseau/silencieuses").text


def test_the_number_of_queries_does_not_grow_with_the_list(
    session: Session, client: FlaskClient, sign_in: SignIn, installation: Installation
) -> None:
    """What the register says of everybody is read once, however many recommendations it is held against.

    As long as nothing changes in the database, it isn't read at all.
    """
    numbers, later = [], []
    sign_in(client, factories.coordinator(session))
    for size in (2, 8):
        scene(session, size)
        session.commit()
        with counted(installation) as seen:
            assert client.get("/reseau/silencieuses").status_code == 200
        numbers.append(len(seen))
        with counted(installation) as seen:
            assert client.get("/reseau/silencieuses?q=a&page=2").status_code == 200
        later.append(len(seen))
    assert numbers[0] == numbers[1] <= MOST_QUERIES
    assert later[0] == later[1] <= MOST_LATER
