"""What the door says of gestures that others undid and of sessions that are over; names in any letters."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.search import asked, fold
from hub.events.models.days import Event
from hub.events.queries import presence as queries
from hub.events.queries import registrations as registration_queries
from hub.events.queries.registrations import Narrowed
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import plenary
from tests.events.test_door import BY_SCRIPT, link
from tests.events.test_presence import sessions, sign_up


@pytest.fixture
def day(session: Session) -> Event:
    return plenary(session)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, day: Event) -> datetime:
    """Let it be ten o'clock of the day itself."""
    now = day.starts_at + timedelta(minutes=30)
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


def test_a_gesture_that_another_device_undid_says_what_stands(
    session: Session, day: Event, client: FlaskClient, at: datetime
) -> None:
    (moment,) = sessions(session, day, 1)
    row = sign_up(session, day, 1)
    path = link(session, day)

    def tell(gesture: str, minutes: int) -> Any:
        seen = int((at - timedelta(minutes=minutes)).timestamp() * 1000)
        fields = {"gesture": gesture, "session": moment.id, "registration": row.id, "at": seen}
        told: Any = client.post(path, data=fields, headers=BY_SCRIPT).json
        return told

    assert "contrary" not in tell("arrive", 20)
    assert "contrary" not in tell("arrive", 20), "twice is once"
    assert "contrary" not in tell("undo", 10)
    late = tell("arrive", 15)
    assert late["there"] == 0
    assert late["contrary"] == late["message"]
    assert "a retiré ensuite cette présence" in late["message"]
    assert "contrary" not in tell("arrive", 5)
    assert "a noté ensuite cette présence" in tell("undo", 8)["contrary"]


def test_a_session_that_is_over_is_said_without_scripts_too(
    session: Session, day: Event, client: FlaskClient, at: datetime
) -> None:
    first, second = sessions(session, day, 2)
    first.starts_at, first.ends_at = at - timedelta(minutes=25), at - timedelta(minutes=5)
    row = sign_up(session, day, 1)
    path = link(session, day)
    fields = {"gesture": "arrive", "registration": row.id}
    told: Any = client.post(path, data={**fields, "session": first.id}, headers=BY_SCRIPT).json
    assert told["message"].endswith("Cette séance est finie depuis 9\u00a0h\u00a055.")
    on_time: Any = client.post(path, data={**fields, "session": second.id}, headers=BY_SCRIPT).json
    assert on_time["message"] == f"{row.name} est là."


@both_databases
def test_names_in_any_letters_are_found(session: Session) -> None:
    day = plenary(session)
    names = ("Élodie Martin-Dupont", "محمد الأمل", "Лариса Петрова", "李小龍", "50% Raison")
    for place, name in enumerate(names):
        row = sign_up(session, day, place)
        row.name, row.search_text = name, fold(name)
    session.flush()
    for words, expected in (
        ("martin dupont", names[:1]), ("Martin-Dupont", names[:1]), ("محمد", names[1:2]),
        ("лариса", names[2:3]), ("ПЕТРОВА", names[2:3]), ("小龍", names[3:4]), ("%", names),
        ("50%", names[4:]), ("محمد martin", ()), ("- ?", names),
    ):  # fmt: skip
        for rows in (
            queries.attendees(day, words=words),
            registration_queries.registrations(day, Narrowed(words=words)),
        ):
            found = {row.name for row in session.scalars(rows).unique()}
            assert found == set(expected), words


def test_words_that_fold_and_those_that_do_not() -> None:
    assert asked("Élodie  محمد, l’Œuvre - ?") == (["elodie", "l", "oeuvre"], ["محمد"])
    assert asked("") == ([], [])


@pytest.mark.usefixtures("at")
def test_the_page_without_scripts_finds_them_too(session: Session, day: Event, client: FlaskClient) -> None:
    row, other = sign_up(session, day, 1), sign_up(session, day, 2)
    row.name = row.search_text = "محمد الأمل"
    path = link(session, day)
    page = client.get(f"{path}?q=محمد").text
    assert f'value="{row.id}"' in page
    assert f'name="registration" value="{other.id}"' not in page


def test_sessions_of_one_day_are_told_apart_by_their_names(
    session: Session, day: Event, client: FlaskClient, sign_in: Any
) -> None:
    for place, moment in enumerate(sessions(session, day, 6)):
        moment.title = f"Séance {place}"
        moment.starts_at = day.starts_at + timedelta(hours=place)
        moment.ends_at = moment.starts_at + timedelta(hours=1)
    sign_up(session, day, 1)
    session.commit()
    sign_in(client, factories.coordinator(session))
    page = client.get(f"/journees/{day.slug}/presences").text
    heads = page[page.index('id="people"') :].split("</thead>")[0]
    assert all(f"Séance {place}" in heads[heads.index("<thead") :] for place in range(6))


def test_a_paper_list_of_newcomers_is_typed_one_after_the_other(
    session: Session, day: Event, client: FlaskClient, sign_in: Any
) -> None:
    first, second = sessions(session, day, 2)
    session.commit()
    sign_in(client, factories.coordinator(session))
    path = f"/journees/{day.slug}/presences/ajouter"
    typed = {"session": second.id, "name": "Awa", "client_key": "un", "again": "1"}
    answer = client.post(path, data=typed)
    assert answer.status_code == 303
    assert answer.location.endswith(f"{path}?session={second.id}")
    page = client.get(answer.location).text
    assert f'<option value="{second.id}" selected' in page
    assert "Awa est noté·e présent·e." in page
    assert 'value="Awa"' not in page
    del typed["again"]
    assert client.post(path, data={**typed, "client_key": "deux"}).location.endswith("/presences")
    assert first.id != second.id
