"""Holding a meeting: notes, presences, what is captured; each gesture counts once."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.core import clock
from hub.core.errors import DomainError
from hub.recommendations.models.contributions import Channel
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, Attendance, MeetingState, Presence
from hub.spaces.models.minutes import Approval, Minutes, MinutesState
from hub.spaces.models.running import Gesture, NoteConflict
from hub.spaces.models.spaces import Facilitation, Membership, MembershipRole
from hub.spaces.operations import attendance, capture, notes, running
from hub.spaces.operations.attendance import Who
from hub.spaces.operations.decisions import DecisionFacts
from hub.spaces.values import agenda_clock
from tests import factories
from tests.conftest import both_databases
from tests.spaces.tables import Table, table

NOW = factories.NOW
BY: dict[str, Any] = {"actor": None, "now": NOW}


def rows(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


# --- Opening and closing ---------------------------------------------------------------------


@both_databases
def test_a_meeting_is_opened_closed_and_opened_again(session: Session) -> None:
    made = table(session, now=NOW)
    running.begin(session, made.meeting, **BY)
    later = {"actor": None, "now": NOW + timedelta(hours=1)}
    running.begin(session, made.meeting, **later)
    assert made.meeting.opened_at == NOW
    running.close(session, made.meeting, **later)
    assert (made.meeting.state, made.meeting.held_at) == (MeetingState.HELD, later["now"])
    made.meeting.opened_at = None
    with pytest.raises(DomainError, match="Rouvrez-la"):
        running.begin(session, made.meeting, **later)
    running.reopen(session, made.meeting, **later)
    assert (made.meeting.state, made.meeting.held_at) == (MeetingState.PLANNED, None)


def test_a_convened_meeting_is_convened_again_when_it_is_reopened(session: Session) -> None:
    made = table(session, now=NOW, state=MeetingState.CONVENED, agenda_sent_at=NOW - timedelta(days=7))
    running.close(session, made.meeting, **BY)
    running.reopen(session, made.meeting, **BY)
    assert made.meeting.state is MeetingState.CONVENED


def test_a_meeting_is_not_held_before_its_day_nor_when_it_is_called_off(session: Session) -> None:
    made = table(session, now=NOW + timedelta(days=2))
    for act in (running.begin, running.close):
        with pytest.raises(DomainError, match="12/03/2026"):
            act(session, made.meeting, **BY)
    made.meeting.state = MeetingState.CANCELLED
    with pytest.raises(DomainError, match="annulée"):
        running.begin(session, made.meeting, **BY)
    with pytest.raises(DomainError, match="annulée"):
        notes.save(session, made.items[0], "Mots", base=0, **BY)


@both_databases
def test_an_unplanned_point_comes_last_and_once(session: Session) -> None:
    made = table(session, now=NOW)
    for _ in range(5):
        item = running.add_point(session, made.meeting, "  Divers \n suite ", key="k1", **BY)
    assert (item.title, item.position) == ("Divers suite", 2)
    assert rows(session, AgendaItem) == 3
    for title in (" ", "x" * 251):
        with pytest.raises(DomainError):
            running.add_point(session, made.meeting, title, **BY)


# --- Notes -----------------------------------------------------------------------------------


@both_databases
def test_notes_from_an_older_version_are_kept_beside_the_stored_ones(session: Session) -> None:
    made = table(session, now=NOW)
    item = made.items[0]
    one, other = factories.coordinator(session), factories.coordinator(session)
    first = notes.save(session, item, "Le texte d’une", base=0, actor=one, now=NOW)
    second = notes.save(session, item, "Le texte de l’autre", base=0, actor=other, now=NOW)
    assert (first.version, first.kept) == (1, None)
    assert second.kept is not None
    assert (item.notes, second.kept.text, second.kept.author) == (
        "Le texte d’une", "Le texte de l’autre", other,
    )  # fmt: skip
    merged = notes.merge(session, second.kept, "Les deux", base=1, seen=1, actor=one, now=NOW)
    assert (merged.version, merged.kept, item.notes) == (2, None, "Les deux")
    assert second.kept.resolved_at == NOW


@both_databases
def test_a_saving_that_is_sent_five_times_counts_once(session: Session) -> None:
    made = table(session, now=NOW)
    item = made.items[0]
    for _ in range(5):
        saved = notes.save(session, item, "Une fois", base=0, key="k1", **BY)
        assert (saved.version, saved.kept) == (1, None)
    notes.save(session, item, "Une fois, puis d’autres", base=1, key="k2", **BY)
    # The answer of the first was lost: it comes again after somebody went on.
    assert notes.save(session, item, "Une fois", base=0, key="k1", **BY).version == 1
    assert (item.notes, rows(session, NoteConflict)) == ("Une fois, puis d’autres", 0)
    for _ in range(5):
        assert notes.save(session, item, "À part", base=1, key="k3", **BY).kept is not None
    assert rows(session, NoteConflict) == 1


def test_the_same_words_from_two_hands_are_no_conflict(session: Session) -> None:
    made = table(session, now=NOW)
    notes.save(session, made.items[0], "Pareil", base=0, **BY)
    assert notes.save(session, made.items[0], "Pareil", base=0, **BY).kept is None


def test_a_kept_text_goes_on_by_its_writer_alone(session: Session) -> None:
    made = table(session, now=NOW)
    item = made.items[0]
    one, other = factories.coordinator(session), factories.coordinator(session)
    notes.save(session, item, "Stocké", base=0, actor=one, now=NOW)
    kept = notes.save(session, item, "Gardé", base=0, actor=other, now=NOW).kept
    assert kept
    assert notes.keep_on(session, kept, "Gardé, et plus", actor=other, now=NOW) is kept
    beside = notes.keep_on(session, kept, "D’une autre main", actor=one, now=NOW)
    assert (kept.text, beside.text) == ("Gardé, et plus", "D’une autre main")
    notes.merge(session, kept, None, base=1, seen=1, actor=other, now=NOW)
    # It was typed after the merger, on a page that had not heard of it.
    late = notes.keep_on(session, kept, "Gardé, et plus tard", key="k9", actor=other, now=NOW)
    assert (late.resolved_at, late.text) == (None, "Gardé, et plus tard")
    assert notes.keep_on(session, kept, "Gardé, et plus tard", key="k9", actor=other, now=NOW) is late


def test_a_merger_of_notes_that_moved_on_resolves_nothing(session: Session) -> None:
    made = table(session, now=NOW)
    item = made.items[0]
    one, other = factories.coordinator(session), factories.coordinator(session)
    notes.save(session, item, "A", base=0, actor=one, now=NOW)
    kept = notes.save(session, item, "B", base=0, actor=other, now=NOW).kept
    assert kept
    notes.save(session, item, "A, puis C", base=1, actor=one, now=NOW)
    answer = notes.merge(session, kept, "A et B", base=1, seen=1, actor=other, now=NOW)
    assert (answer.kept, kept.text, kept.resolved_at, item.notes) == (kept, "A et B", None, "A, puis C")
    answer = notes.merge(session, kept, "Par une autre", base=2, seen=1, actor=one, now=NOW)
    assert answer.kept is not None
    assert answer.kept is not kept
    assert kept.text == "A et B"


def test_too_long_notes_are_refused(session: Session) -> None:
    made = table(session, now=NOW)
    with pytest.raises(DomainError, match="100 000"):
        notes.save(session, made.items[0], "x" * 100_001, base=0, **BY)


@both_databases
def test_the_database_refuses_a_conflict_with_nothing(session: Session) -> None:
    made = table(session, now=NOW)
    session.add(
        NoteConflict(
            item_id=made.items[0].id, text="x", base_version=1, found_version=1, created_at=NOW, saved_at=NOW
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


# --- Who is there ----------------------------------------------------------------------------


@both_databases
def test_who_was_not_asked_gets_a_line_when_they_come(session: Session) -> None:
    made = table(session, now=NOW)
    who = Who(person_id=made.people[0].id, organisation_id=made.organisations[0].id)
    for _ in range(5):
        attendance.mark(session, made.meeting, who, Presence.PRESENT, key="k1", **BY)
    row = session.scalars(select(Attendance)).one()
    assert (row.presence, row.person_id, row.invited_at) == (Presence.PRESENT, made.people[0].id, None)
    attendance.mark(session, made.meeting, Who(row.id), Presence.EXCUSED, key="k2", **BY)
    # The first gesture comes again from a device that was away: what was noted since stays.
    attendance.mark(session, made.meeting, who, Presence.PRESENT, key="k1", **BY)
    assert row.presence is Presence.EXCUSED


@both_databases
def test_an_organisation_is_represented_by_another_of_the_table(session: Session) -> None:
    made = table(session, now=NOW)
    alone = Who(organisation_id=made.organisations[2].id)
    by: dict[str, Any] = {"represented_by_id": made.organisations[0].id, **BY}
    attendance.mark(session, made.meeting, alone, Presence.REPRESENTED, **by)
    row = session.scalars(select(Attendance)).one()
    assert (row.represented_by_id, row.name) == (made.organisations[0].id, "Maison 2")
    attendance.mark(session, made.meeting, alone, Presence.ABSENT, **BY)
    assert (row.presence, row.represented_by_id) == (Presence.ABSENT, None)
    own = {"represented_by_id": made.organisations[2].id, **BY}
    with pytest.raises(DomainError, match="elle-même"):
        attendance.mark(session, made.meeting, alone, Presence.REPRESENTED, **own)
    stranger = factories.organisation(session)
    for wrong in ({"represented_by_id": stranger.id}, {}):
        with pytest.raises(DomainError, match="ne siège pas"):
            attendance.mark(session, made.meeting, alone, Presence.REPRESENTED, **wrong, **BY)


def test_nobody_is_noted_who_does_not_belong_there(session: Session) -> None:
    made = table(session, now=NOW)
    other = table(session, now=NOW, seats=0)
    stranger = factories.organisation(session)
    attendance.add_guest(session, made.meeting, "Camille", **BY)
    guest = session.scalars(select(Attendance)).one()
    for who in (
        Who(organisation_id=stranger.id),
        Who(person_id=made.people[0].id, organisation_id=made.organisations[1].id),
        Who(person_id=made.people[0].id),
        Who(),
    ):
        with pytest.raises(DomainError):
            attendance.mark(session, made.meeting, who, Presence.PRESENT, **BY)
    with pytest.raises(DomainError, match="n’est plus dans la liste"):
        attendance.mark(session, other.meeting, Who(guest.id), Presence.PRESENT, **BY)


@both_databases
def test_a_guest_is_noted_once_and_taken_off(session: Session) -> None:
    made = table(session, now=NOW)
    for _ in range(5):
        attendance.add_guest(session, made.meeting, " Camille  Essai ", "Maison 1", key="k1", **BY)
    attendance.add_guest(session, made.meeting, "Dominique", "Université d’ailleurs", **BY)
    known, unknown = session.scalars(select(Attendance).order_by(Attendance.id))
    assert (known.guest_name, known.organisation_id) == ("Camille Essai", made.organisations[1].id)
    assert (unknown.guest_name, unknown.organisation_id) == ("Dominique (Université d’ailleurs)", None)
    attendance.mark(session, made.meeting, Who(known.id), None, **BY)
    assert session.scalars(select(Attendance)).all() == [unknown]
    with pytest.raises(DomainError, match="nom"):
        attendance.add_guest(session, made.meeting, " ", **BY)


# --- What is captured ------------------------------------------------------------------------


@both_databases
def test_a_decision_and_its_action_count_once(session: Session) -> None:
    made = table(session, now=NOW)
    item, house = made.items[0], made.organisations[0]
    for _ in range(5):
        capture.decide(session, item, DecisionFacts("Nous écrivons.", client_key="d1"), **BY)
        facts = capture.Undertaking(
            "Écrire", house.id, made.people[0].id, date(2026, 4, 1), decision="d1", client_key="a1"
        )
        action = capture.undertake(session, item, facts, **BY)
    assert (rows(session, Decision), rows(session, Action)) == (1, 1)
    assert action.decision is not None
    assert (action.decision.client_key, action.person_id, action.item_id) == (
        "d1",
        made.people[0].id,
        item.id,
    )


def test_a_key_never_opens_what_another_meeting_took(session: Session) -> None:
    made, other = table(session, now=NOW), table(session, now=NOW, seats=0)
    capture.decide(session, made.items[0], DecisionFacts("Nous écrivons.", client_key="d1"), **BY)
    with pytest.raises(DomainError, match="celle d’un autre"):
        capture.decide(session, other.items[0], DecisionFacts("Mien", client_key="d1"), **BY)
    with pytest.raises(DomainError, match="pas de cette réunion"):
        capture.undertake(session, other.items[0], capture.Undertaking("Suite", decision="d1"), **BY)
    notes.save(session, made.items[0], "Mots", base=0, key="n1", **BY)
    for act in (
        lambda: notes.save(session, other.items[0], "Mots", base=0, key="n1", **BY),
        lambda: running.add_point(session, made.meeting, "Point", key="n1", **BY),
        lambda: running.add_point(session, made.meeting, "Point", key="x" * 41, **BY),
    ):
        with pytest.raises(DomainError):
            act()


def test_who_is_not_at_the_table_owns_no_action(session: Session) -> None:
    made = table(session, now=NOW)
    item, stranger = made.items[0], factories.organisation(session)
    for facts in (
        capture.Undertaking("Faire", stranger.id),
        capture.Undertaking("Faire", made.organisations[2].id, made.people[0].id),
        capture.Undertaking("Faire", None, made.people[0].id),
        capture.Undertaking("Faire", due_on=date(2026, 3, 9)),
        capture.Undertaking("Faire", decision="7"),
        capture.Undertaking(" "),
        capture.Undertaking("x" * 251),
    ):
        with pytest.raises(DomainError):
            capture.undertake(session, item, facts, **BY)
    assert rows(session, Action) == 0


def test_points_have_their_hours_until_one_has_no_duration() -> None:
    plan = agenda_clock.slots([(1, 20), (2, 40), (3, None), (4, 10)], NOW)
    assert plan[2] == agenda_clock.Slot(NOW + timedelta(minutes=20), NOW + timedelta(minutes=60))
    assert plan[3] == agenda_clock.Slot(NOW + timedelta(minutes=60), None)
    assert plan[4] == agenda_clock.Slot(None, None)
    for minutes, point in ((-1, None), (0, 1), (19, 1), (20, 2), (60, 3), (600, 3)):
        assert agenda_clock.present(plan, NOW + timedelta(minutes=minutes)) == point


@both_databases
def test_what_a_meeting_needs_no_longer_is_forgotten(session: Session) -> None:
    made = table(session, now=NOW)
    attendance.add_guest(session, made.meeting, "Camille", key="g1", **BY)
    attendance.mark(
        session, made.meeting, Who(organisation_id=made.organisations[2].id), Presence.PRESENT, **BY
    )
    notes.save(session, made.items[0], "A", base=0, **BY)
    waits = notes.save(session, made.items[0], "B", base=0, **BY).kept
    merged = notes.save(session, made.items[0], "C", base=0, **BY).kept
    assert waits
    assert merged
    notes.merge(session, merged, None, base=1, seen=1, **BY)
    running.forget(session, now=NOW + timedelta(days=100))
    assert session.scalars(select(NoteConflict)).all() == [waits]
    assert rows(session, Gesture) == 1
    running.forget(session, now=NOW + timedelta(days=4 * 366))
    session.expire_all()
    assert rows(session, Gesture) == 0
    assert [row.guest_name for row in session.scalars(select(Attendance))] == ["—", "—"]


# --- The page --------------------------------------------------------------------------------


@pytest.fixture
def made(client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]) -> Table:
    """Sign a coordinator in, before a table that meets today."""
    found = table(session, now=clock.now())
    sign_in(client, factories.coordinator(session))
    session.commit()
    return found


def fragment(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data=fields, headers={"X-Gesture": "1"})


def test_the_page_shows_the_agenda_and_who_is_asked(client: FlaskClient, made: Table) -> None:
    page = client.get(f"/reunions/{made.meeting.id}/tenue").get_data(as_text=True)
    for words in ("Point 1", "Point 2", "Voix de Maison 0", "Personne n’est nommé", "Ouvrir la réunion"):
        assert words in page
    assert re.search("0 organisations? présentes? ou représentées? sur 3", page)


def test_every_gesture_works_without_scripts(client: FlaskClient, made: Table) -> None:
    item, run = made.items[0].id, f"/reunions/{made.meeting.id}/tenue"
    for path, fields in (
        (f"{run}/ouvrir", {}),
        (f"/reunions/points/{item}/notes", {"text": "Les *notes*", "version": 0}),
        (f"/reunions/points/{item}/decisions", {"text": "Nous écrivons.", "method": "consent"}),
        (f"/reunions/points/{item}/actions", {"title": "Écrire", "owner": made.organisations[0].id}),
        (f"/reunions/points/{item}/recommandations", {"text": "Ouvrir des logements."}),
        (f"{run}/presences", {"organisation": made.organisations[2].id, "presence": "present"}),
        (f"{run}/invites", {"name": "Camille"}),
        (f"{run}/points", {"title": "Divers"}),
    ):
        assert client.post(path, data=fields).status_code == 303, path
    page = client.get(run).get_data(as_text=True)
    for words in ("<em>notes</em>", "Nous écrivons.", "Écrire", "Ouvrir des logements", "Camille", "Divers"):
        assert words in page
    assert "1 organisation présente ou représentée sur 3" in page
    asked = client.get(f"{run}/clore").get_data(as_text=True)
    assert "Rien n’est noté sur 2 points" in asked
    assert client.post(f"{run}/clore").status_code == 303
    assert "Rouvrir la réunion" in client.get(run).get_data(as_text=True)
    assert client.post(f"{run}/rouvrir").status_code == 303


def test_a_refused_gesture_keeps_what_was_typed(client: FlaskClient, made: Table) -> None:
    path = f"/reunions/points/{made.items[0].id}/actions"
    fields = {"title": "Écrire à la commune", "due_on": "2001-01-01", "owner": made.organisations[1].id}
    page = client.post(path, data=fields)
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert "L’échéance ne peut pas précéder la réunion." in text
    assert 'value="Écrire à la commune"' in text
    told = fragment(client, path, **fields)
    assert (told.status_code, told.json["field"]) == (422, "due_on")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/reunions/points/{item}/actions", {"title": "x", "owner": "²"}),
        ("/reunions/points/{item}/actions", {"title": "x", "owner": "9" * 30}),
        ("/reunions/points/{item}/actions", {"title": "x", "due_on": "demain"}),
        ("/reunions/points/{item}/decisions", {"text": "x", "method": "sort"}),
        ("/reunions/points/{item}/decisions", {"text": " \n "}),
        ("/reunions/points/{item}/notes", {"text": "x", "version": "-1"}),
        ("/reunions/points/{item}/recommandations", {"text": ""}),
        ("/reunions/points/{item}/recommandations", {"text": "x", "organisation": "99"}),
        ("/reunions/{meeting}/tenue/presences", {"presence": "present"}),
        ("/reunions/{meeting}/tenue/presences", {"presence": "there", "organisation": "1"}),
        ("/reunions/{meeting}/tenue/invites", {"name": "x" * 111}),
        ("/reunions/{meeting}/tenue/points", {"title": "\x00"}),
    ],
)
def test_bad_input_is_refused_in_words(
    client: FlaskClient, made: Table, path: str, fields: dict[str, str]
) -> None:
    address = path.format(item=made.items[0].id, meeting=made.meeting.id)
    assert client.post(address, data=fields).status_code == 422
    assert fragment(client, address, **fields).json["message"]


@both_databases
def test_a_conflict_answers_409_with_both_and_keeps_both(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    made = table(session, now=clock.now())
    sign_in(client, factories.coordinator(session))
    session.commit()
    path = f"/reunions/points/{made.items[0].id}/notes"
    assert fragment(client, path, text="Une", version=0).json["version"] == 1
    told = fragment(client, path, text="Autre", version=0, client_key="k1")
    assert (told.status_code, told.json["current"], told.json["text"]) == (409, "Une", "Autre")
    kept = told.json["kept"]
    assert session.get_one(NoteConflict, kept).text == "Autre"
    assert fragment(client, path, text="Autre", version=0, client_key="k1").json["kept"] == kept
    plain = client.post(path, data={"text": "Troisième", "version": 0})
    page = plain.get_data(as_text=True)
    assert plain.status_code == 409
    assert all(words in page for words in ("Une", "Autre", "Troisième", "Quelqu’un a écrit en même temps"))
    on = fragment(client, f"/reunions/conflits/{kept}", text="Autre, plus loin")
    assert on.json["kept"] == kept
    done = fragment(
        client, f"/reunions/conflits/{kept}/fusion", text="Une. Autre, plus loin", version=1, seen=2
    )
    assert done.json["notes"][str(made.items[0].id)]["text"] == "Une. Autre, plus loin"
    stale = fragment(client, f"/reunions/conflits/{kept + 1}/fusion", text="Sans lire", version=1, seen=1)
    assert stale.status_code == 409
    assert client.post(f"/reunions/conflits/{kept + 1}/fusion", data={"choice": "stored"}).status_code == 303


def test_the_page_asks_whether_anything_is_new(client: FlaskClient, made: Table) -> None:
    path = f"/reunions/{made.meeting.id}/tenue/etat.json"
    first = client.get(path)
    same = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=same).status_code == 304
    # What varies from one second to the next would make each answer a new one.
    tokens = re.findall(r'name="csrf_token" value="([^"]*)"', "".join(first.json["fragments"].values()))
    assert tokens
    assert not any(tokens)
    fragment(client, f"/reunions/points/{made.items[0].id}/notes", text="Neuf", version=0)
    again = client.get(path, headers=same)
    assert (again.status_code, again.json["notes"][str(made.items[0].id)]["text"]) == (200, "Neuf")
    assert again.headers["X-CSRF-Token"]


def test_pages_ask_the_database_twelve_times_at_most(
    client: FlaskClient, made: Table, installation: Any
) -> None:
    for number, item in enumerate(made.items * 4):
        fragment(client, f"/reunions/points/{item.id}/notes", text=f"x{number}", version=0)
        fragment(client, f"/reunions/points/{item.id}/decisions", text="D")
        fragment(client, f"/reunions/points/{item.id}/actions", title="A", owner=made.organisations[0].id)
        fragment(client, f"/reunions/points/{item.id}/recommandations", text="R")
    asked: list[str] = []
    event.listen(installation.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for path in ("tenue", "tenue/etat.json", "tenue/clore"):
        asked.clear()
        assert client.get(f"/reunions/{made.meeting.id}/{path}").status_code == 200
        selects = [one for one in asked if one.startswith("SELECT")]
        assert len(selects) <= 12, "\n".join(selects)


def test_who_may_not_change_the_space_may_not_run_its_meeting(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    made = table(session, now=clock.now())
    sign_in(client, factories.user(session))
    session.commit()
    item = made.items[0].id
    assert client.get(f"/reunions/{made.meeting.id}/tenue").status_code == 403
    for path in ("notes", "decisions", "actions", "recommandations"):
        assert client.post(f"/reunions/points/{item}/{path}", data={"text": "x"}).status_code == 403
    for path in ("ouvrir", "clore", "rouvrir", "presences", "invites", "points"):
        assert client.post(f"/reunions/{made.meeting.id}/tenue/{path}").status_code == 403


def test_a_facilitator_hands_in_what_an_organisation_asks_for(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    made = table(session, now=clock.now())
    person = factories.user(session, Role.MEMBER)
    session.add(Facilitation(space_id=made.space.id, user_id=person.id, starts_on=date(2020, 1, 1)))
    sign_in(client, person)
    session.commit()
    path = f"/reunions/points/{made.items[0].id}/recommandations"
    assert "Dites quelle organisation" in fragment(client, path, text="Loger").json["message"]
    for _ in range(5):
        told = fragment(
            client, path, text="Loger mieux", organisation=made.organisations[1].id, client_key="r1"
        )
        assert told.status_code == 200
    shown = told.json["fragments"][f"pris-{made.items[0].id}"]
    assert shown.count("Loger mieux") == 1
    assert "Contribution" in shown
    assert client.get(f"/reunions/{made.meeting.id}/tenue").status_code == 200


def test_who_observes_is_listed_and_does_not_count(
    client: FlaskClient, session: Session, made: Table
) -> None:
    watcher = factories.organisation(session, "Observatoire")
    session.add(
        Membership(
            space_id=made.space.id, organisation_id=watcher.id, role=MembershipRole.OBSERVER,
            created_at=clock.now(),
        )
    )  # fmt: skip
    session.commit()
    page = client.get(f"/reunions/{made.meeting.id}/tenue").get_data(as_text=True)
    assert "Observatoire" in page
    assert "hors quorum" in page
    assert re.search("0 organisations? présentes? ou représentées? sur 3", page)


def test_a_facilitators_page_asks_the_database_twelve_times_at_most(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient], installation: Any
) -> None:
    made = table(session, now=clock.now(), seats=30, points=20)
    person = factories.user(session, Role.MEMBER)
    session.add(Facilitation(space_id=made.space.id, user_id=person.id, starts_on=date(2020, 1, 1)))
    sign_in(client, person)
    session.commit()
    asked: list[str] = []
    event.listen(installation.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert client.get(f"/reunions/{made.meeting.id}/tenue").status_code == 200
    selects = [one for one in asked if one.startswith("SELECT")]
    assert len(selects) <= 12, "\n".join(selects)


@both_databases
def test_a_recommendation_is_captured_once_and_says_from_where(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    made = table(session, now=clock.now())
    sign_in(client, factories.coordinator(session))
    session.commit()
    path = f"/reunions/points/{made.items[0].id}/recommandations"
    asked = {"text": "Ouvrir un fonds. Et le dire.", "finding": "Trop de refus.", "client_key": "r1"}
    for _ in range(5):
        assert fragment(client, path, organisation=made.organisations[0].id, **asked).status_code == 200
    row = session.scalars(select(Recommendation)).one()
    assert (row.title, row.text, row.finding) == ("Ouvrir un fonds", asked["text"], asked["finding"])
    assert (row.state, row.theme.label if row.theme else "") == (RecommendationState.PROPOSED, "Logement")
    assert [source.contribution.channel for source in row.sources] == [Channel.MEETING]
    page = client.get(f"/recommandations/{row.code}").get_data(as_text=True)
    assert "Groupe Logement" in page
    assert "Point 1" in page
    meeting = client.get(f"/reunions/{made.meeting.id}").get_data(as_text=True)
    assert row.code in meeting
    other = f"/reunions/points/{made.items[1].id}/recommandations"
    assert "celle d’un autre" in fragment(client, other, **asked).json["message"]


@both_databases
def test_nothing_is_noted_once_the_minutes_are_approved(session: Session) -> None:
    made = table(session, now=NOW)
    item = made.items[0]
    notes.save(session, item, "A", base=0, **BY)
    kept = notes.save(session, item, "B", base=0, **BY).kept
    assert kept
    session.add(
        Minutes(
            meeting_id=made.meeting.id, state=MinutesState.APPROVED, approval=Approval.SILENCE,
            approved_on=NOW.date(), remarks_until=NOW.date(), created_at=NOW, updated_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    house = Who(organisation_id=made.organisations[2].id)
    for act in (
        lambda: notes.save(session, item, "C", base=1, **BY),
        lambda: notes.merge(session, kept, "A et B", base=1, seen=1, **BY),
        lambda: attendance.mark(session, made.meeting, house, Presence.PRESENT, **BY),
        lambda: attendance.add_guest(session, made.meeting, "Camille", **BY),
        lambda: capture.decide(session, item, DecisionFacts("Trop tard"), **BY),
        lambda: running.add_point(session, made.meeting, "Trop tard", **BY),
        lambda: running.reopen(session, made.meeting, **BY),
    ):
        with pytest.raises(DomainError, match="approuvé"):
            act()
    notes.merge(session, kept, None, base=1, seen=1, **BY)
    assert (item.notes, kept.resolved_at) == ("A", NOW)


def test_the_page_of_the_meeting_warns_of_an_open_conflict(client: FlaskClient, made: Table) -> None:
    path = f"/reunions/points/{made.items[0].id}/notes"
    fragment(client, path, text="Une", version=0)
    words = "attendent d’être réunis"
    assert words not in client.get(f"/reunions/{made.meeting.id}").get_data(as_text=True)
    fragment(client, path, text="Autre", version=0)
    assert words in client.get(f"/reunions/{made.meeting.id}").get_data(as_text=True)


def test_the_page_of_approved_minutes_offers_no_gesture(
    client: FlaskClient, made: Table, session: Session
) -> None:
    now = clock.now()
    fragment(client, f"/reunions/points/{made.items[0].id}/notes", text="Noté.", version=0)
    assert client.post(f"/reunions/{made.meeting.id}/tenue/clore").status_code == 303
    session.add(
        Minutes(
            meeting_id=made.meeting.id, state=MinutesState.APPROVED, approval=Approval.SILENCE,
            approved_on=now.date(), remarks_until=now.date(), created_at=now, updated_at=now,
        )
    )  # fmt: skip
    session.commit()
    page = client.get(f"/reunions/{made.meeting.id}/tenue").get_data(as_text=True)
    assert "Le compte rendu est approuvé" in page
    for word in ("Noter la décision", "Rouvrir la réunion", "Ajouter le point", 'name="presence"'):
        assert word not in page


def test_a_meeting_to_come_can_be_prepared_and_not_opened(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    made = table(session, now=clock.now() + timedelta(days=3))
    sign_in(client, factories.coordinator(session))
    session.commit()
    run = f"/reunions/{made.meeting.id}/tenue"
    assert "Ouvrir la réunion" not in client.get(run).get_data(as_text=True)
    refused = client.post(f"{run}/ouvrir")
    assert refused.status_code == 422
    assert "Changez d’abord sa date" in refused.get_data(as_text=True)
    house = {"organisation": made.organisations[2].id, "presence": "excused"}
    assert client.post(f"{run}/presences", data=house).status_code == 303
    notes_path = f"/reunions/points/{made.items[0].id}/notes"
    assert fragment(client, notes_path, text="Préparé.", version=0).status_code == 200
