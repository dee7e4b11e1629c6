"""The door: links, arrivals, people without sign-up, and what a volunteer may see."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from hub.core.tokens import Token
from hub.events.models.days import Event, EventSession, SessionKind
from hub.events.models.outcomes import Presence, Source
from hub.events.models.registrations import Channel, Registration, RegistrationState
from hub.events.operations import door, letters, presence
from hub.events.operations.door import Arrival, Newcomer
from tests import factories
from tests.conftest import Installation, both_databases
from tests.events.plenary import DAY, plenary
from tests.events.test_presence import sessions, sign_up, stands
from tests.factories import NOW

BY_SCRIPT = {"X-Gesture": "1"}
MOST_QUERIES = 12


@pytest.fixture
def day(session: Session) -> Event:
    return plenary(session)


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch, day: Event) -> datetime:
    """Let it be nine o'clock of the day itself."""
    now = day.starts_at - timedelta(minutes=30)
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


def link(session: Session, event: Event) -> str:
    raw = door.make_link(session, event, actor=factories.coordinator(session), now=NOW)
    session.commit()
    return f"/accueil/{raw}"


def arrival(moment: EventSession, minutes: int = 0, **values: Any) -> Arrival:
    return Arrival(moment.starts_at + timedelta(minutes=minutes), Source.SCAN, **values)


# --- Arriving -----------------------------------------------------------------------------------


@both_databases
def test_arriving_twice_is_once_and_taking_back_is_told(session: Session, day: Event) -> None:
    (moment,) = sessions(session, day, 1)
    row = sign_up(session, day, 1)
    for _ in range(2):
        door.arrive(session, moment, row, arrival(moment), actor="accueil", now=NOW)
    assert session.scalar(select(func.count()).select_from(Presence)) == 1
    acts = select(func.count()).where(AuditEntry.action == "registration.arrived")
    assert session.scalar(acts) == 1
    door.take_back(session, moment, row, arrival(moment, 5), actor="accueil", now=NOW)
    assert stands(session, moment, row) is False
    door.arrive(session, moment, row, arrival(moment, 3), actor="accueil", now=NOW)
    assert stands(session, moment, row) is False, "it was seen before it was taken back"
    assert row.state == RegistrationState.CONFIRMED, "a seat that was reserved stays"


@pytest.mark.parametrize("state", [s for s in RegistrationState if s != RegistrationState.CONFIRMED])
def test_who_is_not_expected_comes_in_only_if_let_in(
    session: Session, day: Event, state: RegistrationState
) -> None:
    (moment,) = sessions(session, day, 1)
    row = sign_up(session, day, 1, state=state, queued_at=NOW, offer_ends_at=NOW, cancelled_at=NOW)
    with pytest.raises(DomainError, match="Participant·e 1"):
        door.arrive(session, moment, row, arrival(moment), actor="accueil", now=NOW)
    assert stands(session, moment, row) is None
    door.arrive(session, moment, row, arrival(moment, let_in=True), actor="accueil", now=NOW)
    assert stands(session, moment, row) is True
    assert row.state == state
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.arrived")).one()
    assert entry.changes["let_in_as"] == [None, state.value]


def test_another_days_person_is_refused(session: Session, day: Event) -> None:
    (moment,) = sessions(session, day, 1)
    row = sign_up(session, plenary(session, title="Une autre"), 1)
    for act in (door.arrive, door.take_back):
        with pytest.raises(DomainError):
            act(session, moment, row, arrival(moment, let_in=True), actor="accueil", now=NOW)


# --- Without sign-up ----------------------------------------------------------------------------


@both_databases
def test_a_newcomer_takes_a_seat_and_the_same_gesture_is_the_same_person(
    session: Session, day: Event
) -> None:
    (moment,) = sessions(session, day, 1)
    newcomer = Newcomer("Awa D.", "Collectif", None, key="k" * 32)
    made = [
        door.walk_in(session, moment, newcomer, arrival(moment), actor="accueil", now=NOW) for _ in range(2)
    ]
    assert made[0] is made[1]
    assert (made[0].channel, made[0].state) == (Channel.WALK_IN, RegistrationState.CONFIRMED)
    session.refresh(day)
    assert day.taken == 1
    assert stands(session, moment, made[0]) is True


@both_databases
def test_a_full_room_is_said_and_letting_in_takes_no_seat(session: Session) -> None:
    day = plenary(session, capacity=1)
    (moment,) = sessions(session, day, 1)
    door.walk_in(session, moment, Newcomer("Une", key="1"), arrival(moment), actor="accueil", now=NOW)
    with pytest.raises(DomainError, match="complète"):
        door.walk_in(session, moment, Newcomer("Deux", key="2"), arrival(moment), actor="accueil", now=NOW)
    assert session.scalar(select(func.count()).select_from(Registration)) == 1
    let_in = arrival(moment, let_in=True)
    for _ in range(2):
        row = door.walk_in(session, moment, Newcomer("Deux", key="2"), let_in, actor="accueil", now=NOW)
    session.refresh(day)
    assert (day.taken, day.capacity) == (1, 1)
    assert row.state == RegistrationState.WAITING
    assert stands(session, moment, row) is True
    walked = select(AuditEntry.changes).where(AuditEntry.action == "registration.walked_in")
    assert sorted(one["without_seat"][1] for one in session.scalars(walked)) == [False, True]


@both_databases
def test_a_newcomer_taken_back_gives_the_seat_back(session: Session) -> None:
    day = plenary(session, capacity=1)
    (moment,) = sessions(session, day, 1)
    row = door.walk_in(session, moment, Newcomer("Une", key="1"), arrival(moment), actor="accueil", now=NOW)
    door.take_back(session, moment, row, arrival(moment, 1), actor="accueil", now=NOW)
    session.refresh(day)
    assert (row.state, day.taken) == (RegistrationState.CANCELLED, 0)
    again = door.walk_in(
        session, moment, Newcomer("Deux", key="2"), arrival(moment), actor="accueil", now=NOW
    )
    assert again.is_confirmed
    # The first gesture, sent again late, brings nobody back and takes no seat.
    same = door.walk_in(session, moment, Newcomer("Une", key="1"), arrival(moment), actor="accueil", now=NOW)
    assert (same.id, same.state) == (row.id, RegistrationState.CANCELLED)
    session.refresh(day)
    assert day.taken == 1


def test_a_known_address_is_the_person_who_signed_up(session: Session, day: Event) -> None:
    (moment,) = sessions(session, day, 1)
    row = sign_up(session, day, 1)
    newcomer = Newcomer("P. Un", email="p1@example.org", key="1")
    assert door.walk_in(session, moment, newcomer, arrival(moment), actor="accueil", now=NOW) is row
    assert stands(session, moment, row) is True


@pytest.mark.parametrize("name", ["", "   ", "\t"])
def test_a_newcomer_has_a_name(session: Session, day: Event, name: str) -> None:
    (moment,) = sessions(session, day, 1)
    with pytest.raises(DomainError, match="nom"):
        door.walk_in(session, moment, Newcomer(name), arrival(moment), actor="accueil", now=NOW)


# --- Links --------------------------------------------------------------------------------------


def test_a_link_ends_with_the_day_and_can_be_taken_back(
    session: Session, day: Event, client: FlaskClient, morning: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = link(session, day), link(session, day)
    assert client.get(first).status_code == client.get(second).status_code == 200
    number = session.scalars(select(Token.id).where(Token.purpose == door.PURPOSE)).first()
    actor = factories.coordinator(session)
    assert door.end_links(session, day, number, actor=actor, now=morning) == 1
    session.commit()
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: clock.end_of_day(DAY) + timedelta(hours=12))
    assert client.get(second).status_code == 410
    assert client.get(f"{second}/etat.json").status_code == 410


@pytest.mark.parametrize("hours", [-48, 24])
def test_before_and_after_the_day_nobody_is_named(
    session: Session, day: Event, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    sign_up(session, day, 1)
    path = link(session, day)
    monkeypatch.setattr(clock, "now", lambda: clock.at(DAY, day.starts_at.time()) + timedelta(hours=hours))
    answer = client.get(path)
    if answer.status_code == 200:
        assert "Participant" not in answer.text
        state = client.get(f"{path}/etat.json").json
        assert state == {"open": False, "people": [], "expected": {}, "there": {}, "parties": []}
    else:
        assert answer.status_code == 410


def test_links_are_for_published_days_to_come(session: Session) -> None:
    actor = factories.coordinator(session)
    draft = plenary(session, title="Brouillon", publish=False)
    with pytest.raises(DomainError, match="Publiez"):
        door.make_link(session, draft, actor=actor, now=NOW)
    day = plenary(session)
    with pytest.raises(DomainError, match="passée"):
        door.make_link(session, day, actor=actor, now=day.ends_at + timedelta(days=2))
    for _ in range(door.MOST_LINKS):
        door.make_link(session, day, actor=actor, now=NOW)
    with pytest.raises(DomainError, match="20"):
        door.make_link(session, day, actor=actor, now=NOW)


@pytest.mark.usefixtures("morning")
def test_coordinators_make_links_and_see_them_once(
    session: Session, day: Event, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    page = f"/journees/{day.slug}/accueil"
    session.commit()
    assert client.get(page).status_code == 302
    sign_in(client, factories.user(session, Role.MEMBER))
    assert client.get(page).status_code == client.post(page).status_code == 403
    coordinating = sign_in(client, factories.coordinator(session))
    session.commit()
    made = coordinating.post(page)
    assert made.status_code == 200
    assert "/accueil/" in made.text
    assert made.text.count("data:image/svg+xml") == 1
    token = session.scalars(select(Token).where(Token.purpose == door.PURPOSE)).one()
    assert token.hash not in made.text
    assert "http://localhost/accueil/" not in coordinating.get(page).text
    assert coordinating.post(f"{page}/retirer", data={"link": token.id}).status_code == 303
    session.rollback()
    assert token.revoked_at is not None


# --- The page ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("morning")
def test_the_page_tells_names_and_states_and_nothing_else(
    session: Session, day: Event, client: FlaskClient
) -> None:
    secret = "Sans gluten secret"
    row = sign_up(
        session, day, 1, phone="081000000", diet=secret, access_needs="Boucle secrète", needs_consent_at=NOW,
        languages="Langue secrète",
    )  # fmt: skip
    path = link(session, day)
    for answer in (client.get(path), client.get(f"{path}?q=participant"), client.get(f"{path}/etat.json")):
        assert "Participant·e 1" in answer.text.replace("\\u00b7", "·")
        for hidden in ("p1@example.org", secret, "secrète", "081000000", row.code):
            assert hidden not in answer.text
    page = client.get(path)
    assert page.headers["Permissions-Policy"].startswith("camera=(self)")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.get("/journees").headers["Permissions-Policy"].startswith("camera=()")


def test_gestures_by_script_tell_what_stands(
    session: Session, day: Event, client: FlaskClient, morning: datetime
) -> None:
    (moment,) = sessions(session, day, 1)
    row = sign_up(session, day, 1)
    path = link(session, day)
    at = int(morning.timestamp() * 1000)
    fields = {"gesture": "arrive", "session": moment.id, "registration": row.id, "at": at, "source": "scan"}
    told = client.post(path, data=fields, headers=BY_SCRIPT).json
    assert told["there"] == at
    assert told["person"]["name"] == "Participant·e 1"
    late = client.post(path, data={**fields, "gesture": "undo", "at": at - 60_000}, headers=BY_SCRIPT).json
    assert late["there"] == at, "what was seen later stands"
    gone = client.post(path, data={**fields, "gesture": "undo", "at": at + 10**9}, headers=BY_SCRIPT).json
    assert gone["there"] == 0 or gone["there"] == at
    state = client.get(f"{path}/etat.json")
    assert (
        client.get(f"{path}/etat.json", headers={"If-None-Match": state.headers["ETag"]}).status_code == 304
    )
    assert state.json["expected"] == {str(moment.id): [row.id]}


@pytest.mark.usefixtures("morning")
def test_odd_gestures_are_refused(session: Session, day: Event, client: FlaskClient) -> None:
    (moment,) = sessions(session, day, 1)
    row = sign_up(session, day, 1)
    other = sign_up(session, plenary(session, title="Une autre"), 2)
    path = link(session, day)
    good = {"gesture": "arrive", "session": moment.id, "registration": row.id}
    assert client.post(path, data={}).status_code == 400
    assert client.post(path, data={**good, "gesture": "sleep"}).status_code == 400
    for odd in (
        {"registration": other.id}, {"registration": "x"}, {"registration": 2**70}, {"registration": ""},
        {"session": 999_999},
        {"gesture": "walk_in", "name": ""}, {"gesture": "walk_in", "name": "x" * 121},
        {"gesture": "walk_in", "name": "Une", "email": "pas une adresse"},
        {"gesture": "walk_in", "name": "Une", "client_key": "k" * 65},
        {"gesture": "party", "party": 1, "present": 2}, {"gesture": "party", "party": 1, "present": "x"},
    ):  # fmt: skip
        answer = client.post(path, data={**good, **odd}, headers=BY_SCRIPT)
        assert answer.status_code == 422, odd
        assert answer.json["message"]
    for at in ("", "-5", "x", "9" * 40, "1e9"):
        assert client.post(path, data={**good, "at": at}, headers=BY_SCRIPT).status_code == 200
    assert session.scalar(select(func.count()).select_from(Registration)) == 2


@pytest.mark.usefixtures("morning")
def test_the_page_works_without_scripts(session: Session, day: Event, client: FlaskClient) -> None:
    row = sign_up(session, day, 1)
    path = link(session, day)
    assert "Est là" in client.get(f"{path}?q=PARTICIPANT").text
    fields = {"gesture": "arrive", "session": 0, "registration": row.id}
    assert client.post(path, data=fields).status_code == 303
    moment = session.scalars(select(EventSession)).one()
    assert stands(session, moment, row) is True
    assert (
        client.post(path, data={"gesture": "walk_in", "session": moment.id, "name": "Awa"}).status_code == 303
    )
    refused = client.post(
        path, data={"gesture": "walk_in", "session": moment.id, "name": "", "organisation": "Gardé"}
    )
    assert refused.status_code == 422
    assert "Gardé" in refused.text


def test_gestures_are_taken_for_twelve_hours_after_the_day(
    session: Session, day: Event, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, morning: datetime
) -> None:
    (moment,) = sessions(session, day, 1)
    row = sign_up(session, day, 1)
    path = link(session, day)
    fields = {"gesture": "arrive", "session": moment.id, "registration": row.id}
    fields["at"] = int(morning.timestamp() * 1000)
    monkeypatch.setattr(clock, "now", lambda: clock.end_of_day(DAY) + timedelta(hours=11, minutes=59))
    assert client.post(path, data=fields, headers=BY_SCRIPT).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: clock.end_of_day(DAY) + timedelta(hours=12))
    assert client.post(path, data=fields, headers=BY_SCRIPT).status_code == 410
    at = session.scalar(select(Presence.at))
    assert at == morning.replace(microsecond=at.microsecond)


@pytest.mark.usefixtures("morning")
def test_a_thousand_people_cost_no_more_queries(
    installation: Installation, session: Session, day: Event, client: FlaskClient
) -> None:
    moment = factories.add(
        session,
        EventSession(
            event=day, kind=SessionKind.WORKSHOP, workshop_id=day.workshops[0].id,
            starts_at=day.starts_at, ends_at=day.ends_at,
        ),
    )  # fmt: skip
    rows = [sign_up(session, day, number) for number in range(1000)]
    notes = [presence.Note(moment.id, row.id, True, Source.GRID, NOW) for row in rows]  # noqa: FBT003
    presence.note(session, notes, now=NOW)
    path = link(session, day)
    for address in (path, f"{path}/etat.json", f"{path}?q=participant"):
        asked: list[str] = []

        def count(*given: Any, asked: list[str] = asked) -> None:
            asked.append(given[2])

        sqlalchemy_event.listen(installation.engine, "before_cursor_execute", count)
        answer = client.get(address)
        sqlalchemy_event.remove(installation.engine, "before_cursor_execute", count)
        assert answer.status_code == 200
        assert len(asked) <= MOST_QUERIES, "\n".join(asked)
    assert len(json.loads(client.get(f"{path}/etat.json").text)["people"]) == 1000


# --- The code on the personal page --------------------------------------------------------------


def test_the_personal_page_shows_the_code_in_a_picture_and_in_letters(
    session: Session, day: Event, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    row = sign_up(session, day, 1)
    gone = sign_up(session, day, 2, state=RegistrationState.CANCELLED, cancelled_at=NOW)
    paths = {one: f"/inscription/{letters.issue_link(session, one, now=NOW)}" for one in (row, gone)}
    session.commit()
    page = client.get(paths[row]).text
    assert f"Code : {row.code[:8]}" in page.replace("\u00a0", " ")
    assert 'src="data:image/svg+xml' in page
    assert row.code not in page.replace(row.code[:8], ""), "only the picture holds all of it"
    assert "data:image/svg+xml" not in client.get(paths[gone]).text


# --- Workshops and organisations of who comes without sign-up ------------------------------------


def walked_in(session: Session, moment: EventSession, *workshops: int, **values: Any) -> Registration:
    newcomer = Newcomer(**{"name": "Awa D.", "workshop_ids": workshops, **values})
    let_in = Arrival(moment.starts_at, Source.WALK_IN, let_in=True)
    return door.walk_in(session, moment, newcomer, let_in, actor="accueil", now=NOW)


@both_databases
def test_a_newcomer_takes_the_free_seats_of_workshops_and_gives_them_back(session: Session) -> None:
    day = plenary(session, capacities=(1, 10, 10, 10))
    (moment,) = sessions(session, day, 1)
    first, second, *_rest = day.workshops
    holder = walked_in(session, moment, first.id)
    late = walked_in(session, moment, first.id, second.id, key="k")
    again = walked_in(session, moment, first.id, second.id, key="k")
    assert again is late
    assert late.is_confirmed
    assert [choice.workshop_id for choice in late.choices] == [second.id], "what is full is not given"
    assert (first.taken, second.taken, day.taken) == (1, 1, 2)
    door.take_back(session, moment, holder, arrival(moment, 5), actor="accueil", now=NOW)
    assert (first.taken, second.taken, day.taken) == (0, 1, 1)


@both_databases
def test_who_has_no_seat_of_the_day_has_none_in_a_workshop(session: Session) -> None:
    day = plenary(session, capacity=1)
    (moment,) = sessions(session, day, 1)
    walked_in(session, moment)
    let_in = walked_in(session, moment, day.workshops[0].id)
    assert (let_in.state, let_in.choices) == (RegistrationState.WAITING, [])
    assert day.workshops[0].taken == 0


def test_workshops_at_the_door_go_together(session: Session) -> None:
    day = plenary(session, choices=1)
    other = plenary(session, title="Une autre")
    (moment,) = sessions(session, day, 1)
    first, second = (row.id for row in day.workshops[:2])
    for odd in ((first, second), (other.workshops[0].id,), (0,)):
        with pytest.raises(DomainError) as refused:
            walked_in(session, moment, *odd)
        assert refused.value.field == "workshops"
    assert (day.taken, day.workshops[0].taken) == (0, 0)


@pytest.mark.parametrize("typed", ["Alpha 5000", "  alpha   5000 "])
def test_the_organisation_of_a_newcomer_is_found_in_the_register(session: Session, typed: str) -> None:
    day = plenary(session)
    (moment,) = sessions(session, day, 1)
    alpha = factories.organisation(session, "Alpha 5000")
    row = walked_in(session, moment, organisation_name=typed)
    assert (row.organisation_id, row.organisation_name) == (alpha.id, "")
    unknown = walked_in(session, moment, organisation_name="Les Marelles")
    assert (unknown.organisation_id, unknown.organisation_name) == (None, "Les Marelles")


@pytest.mark.usefixtures("morning")
def test_the_door_offers_workshops_and_the_registers_names(session: Session, client: FlaskClient) -> None:
    day = plenary(session, capacities=(1, 10, 10, 10))
    (moment,) = sessions(session, day, 1)
    alpha = factories.organisation(session, "Alpha 5000")
    path = link(session, day)
    page = client.get(path).text
    assert '<option value="Alpha 5000">' in page
    assert page.count('name="workshops"') == 4
    fields = {
        "gesture": "walk_in", "session": moment.id, "name": "Awa", "organisation": "alpha 5000",
        "workshops": [row.id for row in day.workshops[:2]],
    }  # fmt: skip
    told = client.post(path, data={**fields, "client_key": "a"}, headers=BY_SCRIPT).json
    assert told["lacking"] == ""
    told = client.post(path, data={**fields, "client_key": "b"}, headers=BY_SCRIPT).json
    assert "Besoins de base" in told["lacking"]
    assert "Besoins de base" in told["message"]
    number = alpha.id
    session.rollback()
    assert set(session.scalars(select(Registration.organisation_id))) == {number}
    assert client.post(path, data={**fields, "workshops": ["x"]}, headers=BY_SCRIPT).status_code == 422


def test_the_page_of_coordinators_offers_them_too(
    session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    day = plenary(session, capacities=(1, 10, 10, 10))
    (moment,) = sessions(session, day, 1)
    first, second = (row.id for row in day.workshops[:2])
    walked_in(session, moment, first)
    sign_in(client, factories.coordinator(session))
    path = f"/journees/{day.slug}/presences/ajouter"
    assert "Complet" in client.get(path).text
    sent = {"session": moment.id, "name": "Bruno", "client_key": "b", "workshops": [first, second]}
    answer = client.post(path, data=sent, follow_redirects=True)
    assert "Pas de place dans" in answer.text
    session.rollback()
    row = session.scalars(select(Registration).where(Registration.name == "Bruno")).one()
    assert [choice.workshop_id for choice in row.choices] == [second]
    none = plenary(session, title="Sans atelier", capacities=(), choices=0)
    session.commit()
    assert 'name="workshops"' not in client.get(f"/journees/{none.slug}/presences/ajouter").text
