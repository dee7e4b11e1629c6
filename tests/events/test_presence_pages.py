"""The pages of presence: counts, lists, exports, and the grid that is sent whole."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.events.models.days import Event, EventSession
from hub.events.models.outcomes import Presence, Source
from hub.events.models.registrations import Registration
from hub.events.operations import presence
from tests import factories
from tests.conftest import Installation
from tests.events.plenary import plenary
from tests.events.test_presence import sessions, sign_up
from tests.factories import NOW

MOST_QUERIES = 12


@pytest.fixture
def day(session: Session) -> Event:
    return plenary(session)


@pytest.fixture
def office(session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def fields(people: list[Registration], columns: list[EventSession], signs: str = "-") -> dict[str, Any]:
    """Return the hidden fields of a grid whose page had shown everybody with that sign."""
    return {
        "sessions": " ".join(str(one.id) for one in columns),
        "before": " ".join(f"{row.id}:{signs * len(columns)}" for row in people),
        "awaited": " ".join(f"{row.id}-{one.id}" for row in people for one in columns),
    }


def note(session: Session, moment: EventSession, row: Registration, *, there: bool) -> None:
    one = presence.Note(moment.id, row.id, there, Source.SCAN, moment.starts_at)
    presence.note(session, [one], now=NOW)


def test_counts_lists_and_exports_say_the_same(session: Session, day: Event, office: FlaskClient) -> None:
    first, _second = sessions(session, day, 2)
    came, gone, unknown = (sign_up(session, day, number) for number in range(3))
    came.name = "=Formule"
    note(session, first, came, there=True)
    note(session, first, gone, there=False)
    session.commit()
    page = f"/journees/{day.slug}/presences"
    text = office.get(page).text
    assert "3 personnes" in text
    for way, name in (("there", came.name), ("absent", gone.name)):
        shown = office.get(f"{page}?session={first.id}&way={way}").text
        assert name in shown
        assert unknown.name not in shown
    assert unknown.name in office.get(f"{page}?way=unnoted").text
    csv = office.get(f"{page}?format=csv").get_data(as_text=True)
    assert "'=Formule" in csv
    assert csv.count("présent·e") == 1
    assert csv.count("absent·e") == 1
    assert office.get(f"{page}?format=xlsx").status_code == 200
    assert office.get(f"{page}?session=x&way=x&page=99&q=%00").status_code == 200


def test_a_module_is_entered_in_one_post(session: Session, day: Event, office: FlaskClient) -> None:
    columns = sessions(session, day, 12)
    people = [sign_up(session, day, number) for number in range(140)]
    session.commit()
    page = f"/journees/{day.slug}/presences/grille"
    text = office.get(page).text
    assert text.count('name="p"') == 1680
    ticked = [f"{row.id}-{one.id}" for row in people for one in columns][:1000]
    assert office.post(page, data={**fields(people, columns), "p": ticked}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Presence)) == 1000


def test_everybody_of_a_session_without_scripts(session: Session, day: Event, office: FlaskClient) -> None:
    first, second = sessions(session, day, 2)
    people = [sign_up(session, day, number) for number in range(3)]
    session.commit()
    page = f"/journees/{day.slug}/presences/grille"
    sent = {**fields(people, [first, second]), "all": [second.id]}
    assert office.post(page, data=sent).status_code == 303
    assert session.scalars(select(Presence.session_id)).all() == [second.id] * 3


def test_a_disagreement_is_shown_with_both_before_anything_is_stored(
    session: Session, day: Event, office: FlaskClient
) -> None:
    (moment,) = sessions(session, day, 1)
    taken, mine = sign_up(session, day, 1), sign_up(session, day, 2)
    note(session, moment, taken, there=False)
    session.commit()
    page = f"/journees/{day.slug}/presences/grille"
    ticked = [f"{row.id}-{moment.id}" for row in (taken, mine)]
    shown = fields([taken, mine], [moment], "1")
    shown["before"] = f"{taken.id}:1 {mine.id}:-"
    answer = office.post(page, data={**shown, "p": ticked})
    assert answer.status_code == 409
    assert "Participant·e 1" in answer.text
    assert answer.text.count("is-conflict") == 1
    assert answer.text.count("checked") == 2, "what was ticked is kept"
    assert session.scalar(select(func.count()).select_from(Presence)) == 1
    shown["before"] = f"{taken.id}:0 {mine.id}:-"
    assert office.post(page, data={**shown, "p": ticked}).status_code == 303
    session.rollback()
    assert session.scalars(select(Presence.was_there)).all() == [True, True]


def test_a_day_without_sessions_has_one_column(session: Session, day: Event, office: FlaskClient) -> None:
    row = sign_up(session, day, 1)
    session.commit()
    page = f"/journees/{day.slug}/presences/grille"
    assert "Toute la journée" in office.get(page).text
    assert session.scalar(select(func.count()).select_from(EventSession)) == 0, "a GET makes nothing"
    sent = {"sessions": "0", "before": f"{row.id}:-", "p": [f"{row.id}-0"]}
    assert office.post(page, data=sent).status_code == 303
    session.rollback()
    assert session.scalar(select(Presence.was_there)) is True


@pytest.mark.parametrize(
    "odd",
    [
        {}, {"sessions": "", "before": "1:-"}, {"sessions": "1", "before": ""},
        {"sessions": "1", "before": "1:--"},
        {"sessions": "1", "before": "1:x"}, {"sessions": "1", "before": "x:-"},
        {"sessions": " ".join(str(n) for n in range(1, 26)), "before": "1:" + "-" * 25},
        {"sessions": "1", "before": " ".join(f"{n}:-" for n in range(1, 202))},
    ],
)  # fmt: skip
def test_an_odd_grid_is_refused(
    session: Session, day: Event, office: FlaskClient, odd: dict[str, str]
) -> None:
    session.commit()
    assert office.post(f"/journees/{day.slug}/presences/grille", data=odd).status_code == 400


def test_a_grid_of_strangers_is_refused(session: Session, day: Event, office: FlaskClient) -> None:
    session.commit()
    sent = {"sessions": "999999", "before": "999999:-", "p": ["999999-999999"]}
    assert office.post(f"/journees/{day.slug}/presences/grille", data=sent).status_code == 422


def test_a_newcomer_from_paper_is_entered_after_the_day(
    session: Session, day: Event, office: FlaskClient
) -> None:
    (moment,) = sessions(session, day, 1)
    session.commit()
    page = f"/journees/{day.slug}/presences/ajouter"
    refused = office.post(page, data={"session": moment.id, "organisation": "Gardée"})
    assert refused.status_code == 422
    assert "Gardée" in refused.text
    sent = {"session": moment.id, "name": "Awa D.", "client_key": "k" * 22}
    assert [office.post(page, data=sent).status_code for _ in range(2)] == [303, 303]
    row = session.scalars(select(Registration)).one()
    assert (row.name, row.channel.value) == ("Awa D.", "walk_in")


@pytest.mark.parametrize("path", ["presences", "presences/grille", "presences/ajouter"])
def test_pages_are_the_coordinators(session: Session, day: Event, client: FlaskClient, path: str) -> None:
    session.commit()
    assert client.get(f"/journees/{day.slug}/{path}").status_code == 302


@pytest.mark.parametrize("path", ["presences", "presences/grille", "porte", "accueil", "delegations"])
def test_many_people_and_sessions_cost_no_more_queries(
    installation: Installation, session: Session, day: Event, office: FlaskClient, path: str
) -> None:
    columns = sessions(session, day, 30)
    people = [sign_up(session, day, number) for number in range(300)]
    notes = [
        presence.Note(one.id, row.id, True, Source.GRID, NOW + timedelta(0))  # noqa: FBT003
        for row in people for one in columns
    ]  # fmt: skip
    presence.note(session, notes, now=NOW)
    session.commit()
    asked: list[str] = []

    def count(*given: Any) -> None:
        asked.append(given[2])

    sqlalchemy_event.listen(installation.engine, "before_cursor_execute", count)
    answer = office.get(f"/journees/{day.slug}/{path}")
    sqlalchemy_event.remove(installation.engine, "before_cursor_execute", count)
    assert answer.status_code == 200
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)
