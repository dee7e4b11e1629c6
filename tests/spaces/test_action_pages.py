"""Pages of actions: by link without account, the list, the board, one with its form, and their ties."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.app import create_app
from hub.core import clock, schema, tokens
from hub.core.db import db, writing
from hub.core.web import limiter
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.ties import RecommendationAction
from hub.recommendations.operations import recommendations
from hub.recommendations.operations.recommendations import Statement
from hub.spaces.models.actions import Action, ActionChange, ActionState
from hub.spaces.models.reminders import ReminderStop
from hub.spaces.operations import personal, spaces
from tests import factories
from tests.conftest import Installation
from tests.spaces import acting
from tests.spaces.acting import Seat

SignIn = Callable[[FlaskClient, Any], FlaskClient]
MOST_QUERIES = 12
NOW = clock.now()
TODAY = clock.today(NOW)
SOON, LATER = TODAY + timedelta(days=10), TODAY + timedelta(days=40)


@pytest.fixture(autouse=True)
def the_day_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no midnight come while the tests run."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@contextmanager
def counted(installation: Installation) -> Iterator[list[str]]:
    """Gather the statements that are sent to the database."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT")):
            statements.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    yield statements
    event.remove(installation.engine, "before_cursor_execute", note)


def link(session: Session, seat: Seat) -> str:
    raw = personal.token(session, seat.person, clock.now())
    session.commit()
    return f"/mes-actions/{raw}"


def now_is(session: Session, action: Action) -> Action:
    session.rollback()
    session.expire_all()
    return session.get_one(Action, action.id)


@pytest.fixture
def seat(session: Session) -> Seat:
    return acting.seat(session, acting.space(session))


# --- By link ---------------------------------------------------------------------------------


def test_an_action_is_done_blocked_or_later_by_link_and_taken_back(
    client: FlaskClient, session: Session, seat: Seat
) -> None:
    action = acting.action(session, seat, due_on=SOON)
    path = link(session, seat)
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Écrire aux communes" in page.text
    assert now_is(session, action).state is ActionState.TO_DO, "GET changes nothing"
    answer = client.post(f"{path}/{action.id}/faite")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    row = now_is(session, action)
    assert (row.state, row.done_on) == (ActionState.DONE, TODAY)
    change = session.scalars(select(ActionChange)).one()
    assert (change.person_id, change.by_words) == (seat.person.id, "lien personnel")
    assert f"/changements/{change.id}/annuler" in client.get(path).text
    client.post(f"{path}/changements/{change.id}/annuler")
    assert now_is(session, action).state is ActionState.TO_DO
    client.post(f"{path}/{action.id}/bloquee", data={"reason": "Le local est fermé"})
    assert now_is(session, action).reason == "Le local est fermé"
    client.post(f"{path}/{action.id}/en-cours")
    assert now_is(session, action).state is ActionState.IN_PROGRESS
    client.post(f"{path}/{action.id}/plus-tard", data={"due_on": LATER.isoformat(), "reason": "Vacances"})
    row = now_is(session, action)
    assert (row.due_on, row.times_postponed) == (LATER, 1)
    assert "Reportée une fois" in client.get(path).text


@pytest.mark.parametrize(
    ("gesture", "data", "words"),
    [
        ("bloquee", {"reason": " "}, "Dites pourquoi"),
        ("plus-tard", {"due_on": "", "reason": "Parce que Zoé"}, "Choisissez la nouvelle date"),
        ("plus-tard", {"due_on": "31/02/2027", "reason": "Parce que Zoé"}, "Écrivez une date"),
        ("plus-tard", {"due_on": "0001-01-01", "reason": "Parce que Zoé"}, "Écrivez une date"),
        ("plus-tard", {"due_on": "2020-01-01", "reason": "Parce que Zoé"}, "plus tardive"),
        ("plus-tard", {"due_on": LATER.isoformat(), "reason": ""}, "Dites pourquoi"),
        ("bloquee", {"reason": "x" * 2001}, "2000"),
    ],
)
def test_what_is_missing_is_told_beside_its_field_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session, seat: Seat, gesture: str, data: dict[str, str], words: str
) -> None:
    action = acting.action(session, seat, due_on=SOON)
    path = link(session, seat)
    answer = client.post(f"{path}/{action.id}/{gesture}", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    for typed in data.values():
        assert typed in answer.text
    assert now_is(session, action).state is ActionState.TO_DO
    assert session.scalars(select(ActionChange)).all() == []


def test_clicking_twice_says_so_and_does_it_once(client: FlaskClient, session: Session, seat: Seat) -> None:
    action = acting.action(session, seat, due_on=SOON)
    path = link(session, seat)
    client.post(f"{path}/{action.id}/faite")
    again = client.post(f"{path}/{action.id}/faite", follow_redirects=True)
    assert "déjà faite" in again.text
    assert len(session.scalars(select(ActionChange)).all()) == 1


def test_other_peoples_actions_are_not_found_by_a_changed_number(
    client: FlaskClient, session: Session, seat: Seat
) -> None:
    mine = acting.action(session, seat, due_on=SOON)
    colleague = acting.person(session)
    acting.mandate(session, seat.organisation, colleague)
    others = [
        acting.action(session, acting.seat(session, seat.space), due_on=SOON),  # another organisation
        acting.action(session, seat, due_on=SOON, person_id=colleague.id),  # a colleague's
        acting.action(session, acting.seat(session, acting.space(session, "Ailleurs")), due_on=SOON),
    ]
    path = link(session, seat)
    page = client.get(path).text
    for other in others:
        assert f"/{other.id}/faite" not in page
        for gesture in ("faite", "en-cours", "bloquee", "plus-tard"):
            data = {"reason": "x", "due_on": LATER.isoformat()}
            assert client.post(f"{path}/{other.id}/{gesture}", data=data).status_code == 404
        assert client.post(f"{path}/rappels", data={"do": "stop", "action": other.id}).status_code == 404
    client.post(f"{path}/{mine.id}/faite")
    change = session.scalars(select(ActionChange)).one()
    stranger = link(session, acting.seat(session, seat.space))
    assert client.post(f"{stranger}/changements/{change.id}/annuler").status_code == 404
    assert now_is(session, mine).state is ActionState.DONE
    assert {now_is(session, other).state for other in others} == {ActionState.TO_DO}


def test_a_mandate_or_seat_that_ended_opens_nothing_more(
    client: FlaskClient, session: Session, seat: Seat
) -> None:
    action = acting.action(session, seat, due_on=SOON, person_id=seat.person.id)
    path = link(session, seat)
    assert "Écrire aux communes" in client.get(path).text
    seat.mandate.ends_on = TODAY - timedelta(days=1)
    session.commit()
    assert "Écrire aux communes" not in client.get(path).text
    assert client.post(f"{path}/{action.id}/faite").status_code == 404
    seat.mandate.ends_on = None
    session.commit()
    assert "Écrire aux communes" in client.get(path).text
    spaces.end_membership(session, seat.membership, actor=None, now=clock.now() - timedelta(days=1))
    session.commit()
    assert client.post(f"{path}/{action.id}/faite").status_code == 404


def test_a_wrong_or_expired_link_opens_nothing(client: FlaskClient, session: Session, seat: Seat) -> None:
    assert client.get(f"/mes-actions/{'x' * 43}").status_code == 404
    past = tokens.issue(
        session, personal.PURPOSE, seat.person, now=clock.now() - timedelta(days=61), until=clock.now()
    )
    other = tokens.issue(session, "spaces.else", seat.person, now=clock.now(), lifetime=timedelta(days=1))
    session.commit()
    assert client.get(f"/mes-actions/{past}").status_code == 410
    assert client.post(f"/mes-actions/{past}/1/faite").status_code == 410
    assert client.get(f"/mes-actions/{other}").status_code == 404


def test_reminders_are_stopped_by_a_button_and_never_by_opening(
    client: FlaskClient, session: Session, seat: Seat
) -> None:
    action = acting.action(session, seat, due_on=SOON)
    path = f"{link(session, seat)}/rappels"
    assert "Arrêter tous les rappels" in client.get(path).text
    assert session.scalars(select(ReminderStop)).all() == []
    for data in ({"do": "stop", "action": action.id}, {"do": "stop"}):
        assert client.post(path, data=data).status_code == 303
    session.rollback()
    assert {row.action_id for row in session.scalars(select(ReminderStop))} == {action.id, None}
    assert "Vos rappels sont arrêtés" in client.get(path).text
    client.post(path, data={"do": "resume"})
    client.post(path, data={"do": "resume", "action": action.id})
    session.rollback()
    assert session.scalars(select(ReminderStop)).all() == []
    assert client.post(path, data={"do": "else"}).status_code == 400


def test_a_link_is_throttled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a key for tests only",
            "DATA_FOLDER": str(tmp_path),
            "BASE_URL": "http://localhost",
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": True,
        }
    )
    with app.app_context():
        schema.upgrade(db.engine)
        with writing(db.engine) as session:
            seat = acting.seat(session, acting.space(session))
            number = acting.action(session, seat, due_on=SOON).id
            path = f"/mes-actions/{personal.token(session, seat.person, clock.now())}"
    limiter.reset()
    client = app.test_client()
    codes = [client.post(f"{path}/{number}/en-cours").status_code for _ in range(122)]
    assert codes == [303] * 120 + [429, 429]
    assert client.get(path).status_code == 200, "reading goes on"
    limiter.reset()
    with app.app_context():
        db.engine.dispose()


def test_the_same_pages_stand_behind_an_account(
    client: FlaskClient, session: Session, seat: Seat, sign_in: SignIn
) -> None:
    assert client.get("/mes-actions").status_code == 302
    user = factories.user(session)
    sign_in(client, user)
    assert "lié à aucune organisation" in client.get("/mes-actions").text
    seat.person.user_id = user.id
    action = acting.action(session, seat, due_on=SOON)
    session.commit()
    assert "Écrire aux communes" in client.get("/mes-actions").text
    client.post(f"/mes-actions/{action.id}/faite")
    change = session.scalars(select(ActionChange)).one()
    assert (change.user_id, change.person_id) == (user.id, seat.person.id)
    assert client.get("/mes-actions/rappels").status_code == 200
    assert client.get(f"/actions/{action.id}").status_code == 200, "who sits there reads it"


# --- The list and the board ------------------------------------------------------------------


def test_the_list_and_the_board_are_for_who_follows(
    client: FlaskClient, session: Session, seat: Seat, sign_in: SignIn
) -> None:
    acting.action(session, seat, due_on=SOON)
    other = acting.action(session, acting.seat(session, acting.space(session, "Ailleurs")), title="Autre")
    session.execute(update(Action).where(Action.id == other.id).values(due_on=TODAY + timedelta(days=2)))
    seat.person.user_id = factories.user(session, Role.MEMBER).id
    session.commit()
    for path in ("/actions", "/actions/tableau", "/actions/rappels", "/actions/nouvelle"):
        assert client.get(path).status_code == 302
    user = session.get_one(factories.User, seat.person.user_id)
    sign_in(client, user)
    for path in ("/actions", "/actions/tableau", "/actions/rappels", "/actions/nouvelle"):
        assert client.get(path).status_code == 403
    spaces.add_facilitator(session, seat.space, user, actor=None, now=clock.now())
    session.commit()
    for path in ("/actions", "/actions/tableau", "/actions?format=csv"):
        text = client.get(path).text
        assert "Écrire aux communes" in text
        assert "Autre" not in text, "a facilitator follows that space alone"
    assert client.get(f"/actions/{other.id}").status_code == 403
    assert client.get(f"/actions/nouvelle?space={other.space.slug}").status_code == 403
    assert client.post(f"/actions/{other.id}/etat", data={"state": "done"}).status_code == 403


def test_the_list_is_narrowed_sorted_and_taken_along(
    client: FlaskClient, session: Session, seat: Seat, sign_in: SignIn
) -> None:
    late = acting.action(session, seat, title="=1+1 en retard", due_on=SOON)
    acting.action(session, seat, title="Sans jour", due_on=None)
    acting.action(session, None, seat.space, title="Sans personne", due_on=SOON)
    session.execute(update(Action).where(Action.id == late.id).values(due_on=TODAY - timedelta(days=3)))
    sign_in(client, factories.coordinator(session))

    def titles(query: str) -> set[str]:
        text = client.get(f"/actions?{query}").text
        return {name for name in ("en retard", "Sans jour", "Sans personne") if f">{name}<" in text
                or f"{name}</a>" in text}  # fmt: skip

    assert titles("") == {"en retard", "Sans jour", "Sans personne"}
    assert titles("due=late") == {"en retard"}
    assert titles("due=none") == {"Sans jour"}
    assert titles("due=no_owner") == {"Sans personne"}
    assert titles("due=from_decision") == set()
    assert titles("q=personne+SANS") == {"Sans personne"}
    assert titles(f"organisation={seat.organisation.slug}") == {"en retard", "Sans jour"}
    assert titles("space=nulle-part") == set()
    assert titles("state=done") == set()
    assert titles("due=bizarre&state=bizarre&sort=bizarre&page=99") == {
        "en retard", "Sans jour", "Sans personne",
    }  # fmt: skip
    for sort in ("due", "title", "state", "space", "owner", "updated", "postponed"):
        assert client.get(f"/actions?sort={sort}&direction=desc").status_code == 200
    lines = client.get("/actions?format=csv").get_data(as_text=True)
    assert "'=1+1 en retard" in lines
    assert client.get("/actions?format=xlsx&due=late").data[:2] == b"PK"


def test_a_card_is_moved_and_a_reason_is_asked_where_it_must_be_said(
    client: FlaskClient, session: Session, seat: Seat, sign_in: SignIn
) -> None:
    action = acting.action(session, seat, due_on=SOON)
    sign_in(client, factories.coordinator(session))
    board = client.get("/actions/tableau").text
    assert f"/actions/{action.id}/etat" in board
    answer = client.post(
        f"/actions/{action.id}/etat",
        data={"state": "in_progress", "next": f"/actions/tableau#action-{action.id}"},
    )
    assert answer.headers["Location"] == f"/actions/tableau#action-{action.id}"
    away = client.post(f"/actions/{action.id}/etat", data={"state": "done", "next": "//evil.example"})
    assert away.headers["Location"] == f"/actions/{action.id}"
    for state in ("blocked", "dropped"):
        refused = client.post(f"/actions/{action.id}/etat", data={"state": state, "reason": " "})
        assert refused.status_code == 422
        assert "Dites" in refused.text
        assert client.get(f"/actions/{action.id}?geste={state}").status_code == 200
        client.post(f"/actions/{action.id}/etat", data={"state": state, "reason": "Faute de moyens"})
        assert now_is(session, action).state.value == state
    assert client.post(f"/actions/{action.id}/etat", data={"state": "nowhere"}).status_code == 400
    history = client.get(f"/actions/{action.id}").text
    assert "Faute de moyens" in history
    assert "À faire → En cours" in history


def test_ten_thousand_actions_stay_within_twelve_queries(
    client: FlaskClient, session: Session, installation: Installation, sign_in: SignIn
) -> None:
    where = [acting.space(session, f"Groupe {number}") for number in range(20)]
    seats = [acting.seat(session, one) for one in where]
    states = list(ActionState)
    rows = []
    for number in range(10_000):
        seat, state = seats[number % 20], states[number % 5]
        rows.append(
            {
                "space_id": seat.space.id, "title": f"Action {number}", "state": state, "detail": "",
                "organisation_id": seat.organisation.id if number % 7 else None,
                "person_id": seat.person.id if number % 7 and number % 3 == 0 else None,
                "reason": "Raison" if state in {ActionState.BLOCKED, ActionState.DROPPED} else "",
                "done_on": TODAY if state is ActionState.DONE else None,
                "due_on": TODAY + timedelta(days=number % 300 - 100), "times_postponed": 0,
                "search_text": f"action {number}", "created_at": clock.now(), "updated_at": clock.now(),
            }
        )  # fmt: skip
    session.execute(insert(Action), rows)
    sign_in(client, factories.coordinator(session))
    number = session.scalars(select(Action.id)).first()
    path = link(session, seats[0])
    pages = [
        "/actions", "/actions?due=no_owner&page=3", "/actions/tableau", "/actions/tableau?to_do=40&done=7",
        "/actions/rappels", f"/actions/{number}", f"/actions/{number}/modifier", path, f"{path}/rappels",
        f"/actions/nouvelle?space={where[0].slug}",
    ]  # fmt: skip
    for page in pages:
        with counted(installation) as statements:
            answer = client.get(page)
        assert answer.status_code == 200
        assert len(statements) <= MOST_QUERIES, f"{page}: {len(statements)}\n" + "\n".join(statements)
    board = client.get("/actions/tableau?to_do=2").text
    assert "6 à 10 sur 2" in board


# --- Making and changing ---------------------------------------------------------------------


def test_an_action_is_made_and_changed_with_its_owner_and_links(
    client: FlaskClient, session: Session, seat: Seat, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    path = f"/actions/nouvelle?space={seat.space.slug}"
    wrong = client.post(path, data={"title": "", "due_on": "2020-01-01", "detail": "Zoé"})
    assert wrong.status_code == 422
    assert "Zoé" in wrong.text
    past = client.post(path, data={"title": "Écrire", "due_on": "2020-01-01"})
    assert "déjà passée" in past.text
    stranger = acting.seat(session, acting.space(session, "Ailleurs"))
    session.commit()
    for owner in (str(stranger.organisation.id), f"{seat.organisation.id}:{stranger.person.id}", "x:y"):
        refused = client.post(path, data={"title": "Écrire", "owner": owner})
        assert refused.status_code == 422
        assert "Choisissez dans la liste" in refused.text
    owner = f"{seat.organisation.id}:{seat.person.id}"
    made = client.post(path, data={"title": "Écrire", "owner": owner, "due_on": SOON.isoformat()})
    assert made.status_code == 303
    action = session.scalars(select(Action)).one()
    assert (action.organisation_id, action.person_id) == (seat.organisation.id, seat.person.id)
    edit = f"/actions/{action.id}/modifier"
    assert f'value="{owner}" selected' in client.get(edit).text
    changed = {"title": "Écrire à tous", "owner": owner, "due_on": LATER.isoformat()}
    refused = client.post(edit, data=changed)
    assert refused.status_code == 422
    assert "Dites pourquoi c’est plus tard" in refused.text
    assert client.post(edit, data={**changed, "reason": "Vacances"}).status_code == 303
    session.rollback()
    seat.mandate.ends_on = TODAY - timedelta(days=1)
    session.commit()
    page = client.get(f"/actions/{action.id}").text
    assert "À confier" in page
    assert "Vacances" in page
    assert "mandat terminé" in client.get(edit).text
    assert client.post(edit, data=changed).status_code == 303, "what stands may stay"


def test_an_action_of_a_meeting_or_decision_begins_in_its_space(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    for query in ("space=nulle-part", "meeting=999", "decision=D-1900-001", "meeting=x", f"meeting={2**63}"):
        assert client.get(f"/actions/nouvelle?{query}").status_code == 404
    assert client.post("/actions/nouvelle", data={"title": "x"}).status_code == 404
    assert "Aucun espace n’est ouvert" in client.get("/actions/nouvelle").text


# --- What it carries further -----------------------------------------------------------------


def test_an_action_and_a_recommendation_are_tied_from_either_page_and_untied(
    client: FlaskClient, session: Session, seat: Seat, sign_in: SignIn
) -> None:
    action = acting.action(session, seat, due_on=SOON)
    asked = recommendations.create(
        session, Statement("Agréer les écrivains publics"), actor="essai", now=clock.now()
    )
    sign_in(client, factories.coordinator(session))
    code, number = asked.code, action.id
    assert f"/actions/{number}/recommandations" in client.get(f"/actions/{number}").text
    assert "Écrire aux communes" in client.get(f"/recommandations/{code}/actions?q=COMMUNES").text
    for _ in range(2):
        client.post(f"/recommandations/{code}/actions", data={"action": number})
    assert len(session.scalars(select(RecommendationAction)).all()) == 1
    assert code in client.get(f"/actions/{number}").text
    assert "Écrire aux communes" in client.get(f"/recommandations/{code}").text
    tie = session.scalars(select(RecommendationAction)).one()
    client.post(f"/recommandations/{code}/actions/{tie.id}/detacher")
    assert "Écrire aux communes" not in client.get(f"/recommandations/{code}").text.split("Historique")[0]
    client.post(f"/actions/{number}/recommandations", data={"recommendation": asked.id})
    assert code in client.get(f"/actions/{number}").text
    client.post(f"/actions/{number}/recommandations", data={"tie": tie.id})
    session.rollback()
    session.expire_all()
    assert session.scalars(select(RecommendationAction)).one().detached_at is not None
    for data in ({"recommendation": 999}, {"tie": 999}, {}):
        assert client.post(f"/actions/{number}/recommandations", data=data).status_code == 404
    assert client.post(f"/recommandations/{code}/actions", data={"action": 999}).status_code == 404


def test_ties_are_the_coordinations(
    client: FlaskClient, session: Session, seat: Seat, sign_in: SignIn
) -> None:
    action = acting.action(session, seat, due_on=SOON)
    user = factories.user(session)
    seat.person.user_id = user.id
    recommendations.create(session, Statement("Agréer"), actor="essai", now=clock.now())
    session.commit()
    sign_in(client, user)
    assert client.get(f"/actions/{action.id}/recommandations").status_code == 403
    assert (
        "recommandations"
        not in client.get(f"/actions/{action.id}").text.split("<aside")[1].split("</aside")[0]
    )
    code = session.scalars(select(Recommendation.code)).one()
    assert client.post(f"/recommandations/{code}/actions", data={"action": action.id}).status_code == 403
