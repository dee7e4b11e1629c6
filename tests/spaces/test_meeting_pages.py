"""Pages of meetings and polls: who may, what is refused, links that end, queries that don't grow."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import clock
from hub.core.jobs import Job, JobState
from hub.core.mail import Message
from hub.spaces.models.meetings import (
    AgendaItem,
    Answer,
    Attendance,
    ItemDocument,
    ItemState,
    Meeting,
    MeetingState,
)
from hub.spaces.models.polls import DateAnswer, DatePoll, DateVoter
from hub.spaces.models.spaces import Space
from hub.spaces.operations import agenda, convening, lifecycle, meetings, polls
from hub.spaces.operations.agenda import ItemFacts
from hub.spaces.operations.meetings import MeetingFacts
from hub.spaces.operations.polls import PollFacts, Proposal
from tests import factories
from tests.conftest import Installation
from tests.factories import NOW
from tests.spaces import acting

DAY = date(2026, 4, 14)
FACTS = MeetingFacts("Réunion d’avril", DAY, time(9, 30), time(12), place_name="CAI")
MOST_QUERIES = 12
SignIn = Callable[[FlaskClient, Any], FlaskClient]


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture
def space(session: Session) -> Space:
    row = acting.space(session)
    session.commit()
    return row


@pytest.fixture
def seat(session: Session, space: Space) -> acting.Seat:
    made = acting.seat(session, space, shown=True)
    session.commit()
    return made


@pytest.fixture
def meeting(session: Session, space: Space, seat: acting.Seat) -> Meeting:
    row = meetings.plan(session, space, FACTS, actor="test", now=NOW)
    told = ItemFacts("Loyers", duration=20, organisation_id=seat.organisation.id, detail="Le *bilan*")
    agenda.add(session, row, told, actor="test", now=NOW)
    session.commit()
    return row


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def member(session: Session, seat: acting.Seat) -> User:
    user = factories.user(session)
    seat.person.user_id = user.id
    session.commit()
    return user


@pytest.fixture
def link(session: Session, meeting: Meeting) -> str:
    """Convene the one who sits there, and return the path of their page."""
    convening.send(session, meeting, to_all=False, actor="test", now=NOW)
    session.commit()
    row = session.scalars(select(Attendance)).one()
    raw = convening.tokens.issue(
        session, convening.PURPOSE, row, now=NOW, until=meeting.ends_at + convening.LINK_OUTLIVES
    )
    session.commit()
    return f"/reunion/{raw}"


@pytest.fixture
def poll(session: Session, seat: acting.Seat) -> DatePoll:
    dates = tuple(Proposal(DAY + timedelta(days=more), time(9), time(11)) for more in (0, 1))
    facts = PollFacts("Réunion de printemps", date(2026, 4, 1), dates, place_name="CAI")
    row = polls.create(session, seat.space, facts, actor="test", now=NOW)
    session.commit()
    return row


@pytest.fixture
def date_link(session: Session, poll: DatePoll) -> str:
    raw = convening.tokens.issue(
        session, polls.PURPOSE, poll.voters[0], now=NOW, until=NOW + timedelta(days=60)
    )
    session.commit()
    return f"/date/{raw}"


def fresh(session: Session) -> Session:
    session.rollback()
    session.expire_all()
    return session


def content_of(client: FlaskClient, path: str) -> bytes:
    with client.get(path) as answer:
        assert answer.status_code == 200
        return answer.data


def fields(**values: Any) -> dict[str, Any]:
    return {
        "title": "Réunion de mai", "day": "2026-05-12", "starts": "09:30", "ends": "12:00",
        "place_name": "CAI", **values,
    }  # fmt: skip


@contextmanager
def counted(installation: Installation) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    yield seen
    event.remove(installation.engine, "before_cursor_execute", note)


# --- Who may --------------------------------------------------------------------------------------


def pages(meeting: Meeting, poll: DatePoll) -> tuple[list[str], list[str]]:
    """Return the pages that members see, and those of whoever prepares."""
    item, slug = meeting.items[0].id, meeting.space.slug
    here, there = f"/reunions/{meeting.id}", f"/dates/{poll.id}"
    return (
        [here, f"{here}/reunion.ics", f"{here}/proposer", f"/espaces/{slug}/reunions", there],
        [
            f"{here}/modifier", f"{here}/annuler", f"{here}/envoi", f"{here}/histoire",
            f"{here}/points/nouveau", f"{here}/points/{item}", f"{here}/points/{item}/decliner",
            f"/espaces/{slug}/reunions/nouvelle", f"/espaces/{slug}/dates/nouvelle",
        ],
    )  # fmt: skip


def test_members_see_what_is_theirs_and_only_who_prepares_changes_it(
    session: Session,
    client: FlaskClient,
    sign_in: SignIn,
    meeting: Meeting,
    poll: DatePoll,
    seat: acting.Seat,
) -> None:
    seen, prepared = pages(meeting, poll)
    for path in seen + prepared:
        assert client.get(path).status_code == 302, path
    sign_in(client, factories.user(session))
    for path in seen + prepared:
        assert client.get(path).status_code == 403, path
    sign_in(client, member(session, seat))
    assert [client.get(path).status_code for path in seen] == [200] * len(seen)
    for path in prepared:
        assert client.get(path).status_code == 403, path
    sign_in(client, factories.coordinator(session))
    for path in seen + prepared:
        assert client.get(path).status_code == 200, path


def test_a_member_changes_nothing_by_post(
    session: Session,
    client: FlaskClient,
    sign_in: SignIn,
    meeting: Meeting,
    poll: DatePoll,
    seat: acting.Seat,
) -> None:
    sign_in(client, member(session, seat))
    item, here, there = meeting.items[0].id, f"/reunions/{meeting.id}", f"/dates/{poll.id}"
    for path in (
        f"{here}/modifier", f"{here}/annuler", f"{here}/envoi", f"{here}/invites", f"{here}/points/nouveau",
        f"{here}/points/{item}", f"{here}/points/ordre", f"{here}/points/{item}/retirer",
        f"{here}/points/{item}/retenir", f"{here}/points/{item}/documents", f"{there}/reunion",
        f"{there}/rappel", f"{there}/clore", f"{there}/reprendre", f"{here}/envoi/reprendre",
        f"{there}/abandonner", f"{there}/prolonger", f"{there}/inviter",
        f"/espaces/{meeting.space.slug}/reunions/nouvelle", f"/espaces/{meeting.space.slug}/dates/nouvelle",
    ):  # fmt: skip
        assert client.post(path).status_code == 403, path


@pytest.mark.usefixtures("meeting")
def test_lists_hold_only_the_spaces_of_the_reader(
    session: Session, client: FlaskClient, sign_in: SignIn, seat: acting.Seat
) -> None:
    other = acting.space(session, "Plateforme Santé")
    meetings.plan(session, other, MeetingFacts("Ailleurs", DAY, time(9), time(10)), actor="test", now=NOW)
    sign_in(client, member(session, seat))
    page = client.get("/reunions").text
    assert "Réunion d’avril" in page
    assert "Ailleurs" not in page
    assert "Ailleurs" not in client.get("/reunions?format=csv").text
    assert "Plateforme Santé" not in page
    sign_in(client, factories.coordinator(session))
    assert "Ailleurs" in client.get("/reunions").text


def test_a_closed_space_offers_no_meeting_to_plan(
    session: Session, coordinator: FlaskClient, space: Space
) -> None:
    here = f"/espaces/{space.slug}/reunions"
    assert f'href="{here}/nouvelle"' in coordinator.get(here).text
    lifecycle.close(session, space, last_day=clock.today(NOW), reason="Fini", actor=None, now=NOW)
    session.commit()
    assert f'href="{here}/nouvelle"' not in coordinator.get(here).text
    assert "ne se réunit plus" in coordinator.get(here).text


@pytest.mark.parametrize(
    "address",
    [
        "/reunions?space={}",
        "/comptes-rendus?space={}",
        "/espaces/{slug}/reunions/nouvelle?suite={}",
        "/espaces/{slug}/inviter?organisation={}",
        "/actions/tableau?done={}",
    ],
)
def test_a_number_that_no_column_holds_names_nothing(
    coordinator: FlaskClient, space: Space, address: str
) -> None:
    for number in ("9" * 25, f"-{2**63}"):
        assert coordinator.get(address.format(number, slug=space.slug)).status_code == 200


def test_a_point_or_document_of_another_meeting_is_not_found(
    session: Session, coordinator: FlaskClient, meeting: Meeting
) -> None:
    other = meetings.plan(session, meeting.space, FACTS, actor="test", now=NOW)
    session.commit()
    item = meeting.items[0].id
    for path in (f"points/{item}", f"points/{item}/decliner", "points/999", "documents/999"):
        assert coordinator.get(f"/reunions/{other.id}/{path}").status_code == 404, path
    for path in (f"points/{item}", f"points/{item}/retirer", f"points/{item}/retenir"):
        assert coordinator.post(f"/reunions/{other.id}/{path}").status_code == 404, path
    answer = coordinator.post(f"/reunions/{other.id}/points/ordre", data={"moved": item, "direction": "up"})
    assert answer.status_code == 404


# --- Planning -------------------------------------------------------------------------------------


def test_a_meeting_is_planned_changed_and_called_off(
    session: Session, coordinator: FlaskClient, space: Space
) -> None:
    answer = coordinator.post(f"/espaces/{space.slug}/reunions/nouvelle", data=fields())
    assert answer.status_code == 303
    assert "mardi 12 mai 2026, de 9\u00a0h\u00a030 à 12\u00a0h" in coordinator.get(answer.location).text
    row = session.scalars(select(Meeting)).one()
    data = fields(starts="10:00", online_url="https://meet.example.org/abc")
    assert coordinator.post(f"/reunions/{row.id}/modifier", data=data).status_code == 303
    assert 'href="https://meet.example.org/abc"' in coordinator.get(f"/reunions/{row.id}").text
    assert coordinator.post(f"/reunions/{row.id}/annuler", data={"reason": ""}).status_code == 422
    assert coordinator.post(f"/reunions/{row.id}/annuler", data={"reason": "Grève"}).status_code == 303
    page = coordinator.get(f"/reunions/{row.id}").text
    assert "Cette réunion est annulée." in page
    assert "Grève" in page
    assert fresh(session).get_one(Meeting, row.id).state is MeetingState.CANCELLED


def test_a_meeting_of_the_evening_may_last_past_midnight(
    session: Session, coordinator: FlaskClient, space: Space
) -> None:
    data = fields(starts="19:30", ends="00:45")
    answer = coordinator.post(f"/espaces/{space.slug}/reunions/nouvelle", data=data)
    assert answer.status_code == 303
    row = session.scalars(select(Meeting)).one()
    assert row.ends_at - row.starts_at == timedelta(hours=5, minutes=15)
    form = coordinator.get(f"/reunions/{row.id}/modifier").text
    assert 'value="00:45"' in form
    page = coordinator.get(f"/reunions/{row.id}").text
    assert "19\u00a0h\u00a030" in page
    assert "0\u00a0h\u00a045" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": ""}, "Donnez un titre"),
        ({"day": "32/01/2026"}, "Écrivez une date"),
        ({"day": ""}, "Écrivez une date"),
        ({"starts": "25:99"}, "heure"),
        ({"ends": "08:00"}, "La fin vient après le début."),
        ({"online_url": "javascript:alert(1)"}, "https://"),
        ({"title": "x" * 201}, "200"),
    ],
)
def test_a_bad_meeting_keeps_what_was_typed(
    session: Session, coordinator: FlaskClient, space: Space, values: dict[str, str], words: str
) -> None:
    answer = coordinator.post(
        f"/espaces/{space.slug}/reunions/nouvelle", data=fields(place_name="Chez nous", **values)
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Chez nous"' in answer.text
    assert session.scalar(select(Meeting)) is None


def test_the_next_meeting_begins_with_the_standing_points(
    session: Session, coordinator: FlaskClient, meeting: Meeting
) -> None:
    standing = agenda.add(session, meeting, ItemFacts("Tour de table", is_standing=True), actor="t", now=NOW)
    session.commit()
    path = f"/espaces/{meeting.space.slug}/reunions/nouvelle"
    page = coordinator.get(f"{path}?suite={meeting.id}").text
    assert "Suite de la réunion" in page
    ticked = re.findall(r'name="carried" value="(\d+)" checked', page)
    assert ticked == [str(standing.id)]
    assert 'value="CAI"' in page
    data = fields(suite=str(meeting.id), carried=ticked)
    assert coordinator.post(path, data=data).status_code == 303
    row = fresh(session).scalars(select(Meeting).where(Meeting.id != meeting.id)).one()
    assert [item.title for item in row.items] == ["Tour de table"]
    assert coordinator.get(f"{path}?suite=999").status_code == 404


# --- The agenda -----------------------------------------------------------------------------------


def test_points_are_added_moved_taken_off_and_put_back(
    session: Session, coordinator: FlaskClient, meeting: Meeting
) -> None:
    here = f"/reunions/{meeting.id}"
    assert (
        coordinator.post(f"{here}/points/nouveau", data={"title": "", "purpose": "decide"}).status_code == 422
    )
    data = {"title": "Budget", "purpose": "decide", "duration": "140", "organisation_id": ""}
    assert coordinator.post(f"{here}/points/nouveau", data=data).status_code == 303
    page = coordinator.get(here).text
    assert "9\u00a0h\u00a050" in page
    assert "il en manque 10" in page
    first, second = (row.id for row in fresh(session).scalars(select(AgendaItem).order_by(AgendaItem.id)))
    assert coordinator.post(f"{here}/points/ordre", data={"item": [second, first]}).status_code == 204
    assert coordinator.post(f"{here}/points/ordre", data={"item": [second]}).status_code == 409
    moved = coordinator.post(f"{here}/points/ordre", data={"moved": second, "direction": "down"})
    assert moved.status_code == 303
    assert coordinator.post(f"{here}/points/{second}/retirer").status_code == 303
    assert "1 point retiré ou décliné" in coordinator.get(here).text
    assert coordinator.post(f"{here}/points/{second}/remettre").status_code == 303
    states = fresh(session).scalars(select(AgendaItem.state)).all()
    assert states == [ItemState.AGREED] * 2


def test_documents_are_checked_served_as_attachments_and_withdrawn(
    session: Session, client: FlaskClient, sign_in: SignIn, meeting: Meeting, link: str
) -> None:
    sign_in(client, factories.coordinator(session))
    path = f"/reunions/{meeting.id}/points/{meeting.items[0].id}/documents"
    pdf = b"%PDF-1.7\n%%EOF\n"
    for name, content in (("page.pdf", b"<html>"), ("a.html", b"<script>"), ("vide.txt", b"")):
        answer = client.post(path, data={"file": (io.BytesIO(content), name), "title": "Gardé"})
        assert answer.status_code == 422, name
        assert 'value="Gardé"' in answer.text
    assert client.post(path, data={"title": "Sans fichier"}).status_code == 422
    assert client.post(path, data={"file": (io.BytesIO(pdf), "../../bilan.pdf")}).status_code == 303
    row = fresh(session).scalars(select(ItemDocument)).one()
    assert (row.title, row.file.name) == ("bilan", "bilan.pdf")
    path = f"/reunions/{meeting.id}/documents/{row.id}"
    with client.get(path) as served:
        assert served.headers["Content-Disposition"].startswith("attachment")
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert served.data == pdf
    stranger = client.application.test_client()
    assert stranger.get(path).status_code == 302
    assert sign_in(stranger, factories.user(session)).get(path).status_code == 403
    assert content_of(client.application.test_client(), f"{link}/documents/{row.id}") == pdf
    assert client.post(f"/reunions/{meeting.id}/documents/{row.id}/retirer").status_code == 303
    assert client.get(f"/reunions/{meeting.id}/documents/{row.id}").status_code == 404
    assert client.get(f"{link}/documents/{row.id}").status_code == 404
    assert client.post(f"/reunions/{meeting.id}/documents/{row.id}/remettre").status_code == 303
    assert content_of(client, f"{link}/documents/{row.id}") == pdf


def test_a_members_point_waits_for_an_answer(
    session: Session, client: FlaskClient, sign_in: SignIn, meeting: Meeting, seat: acting.Seat
) -> None:
    sign_in(client, member(session, seat))
    here = f"/reunions/{meeting.id}"
    data = {
        "title": "Garanties locatives",
        "purpose": "discuss",
        "organisation_id": str(seat.organisation.id),
    }
    assert client.post(f"{here}/proposer", data={**data, "title": ""}).status_code == 422
    other = factories.organisation(session)
    session.commit()
    refused = client.post(f"{here}/proposer", data={**data, "organisation_id": str(other.id)})
    assert refused.status_code == 422, "nobody speaks for another organisation"
    assert client.post(f"{here}/proposer", data=data).status_code == 303
    assert "Attend une réponse" in client.get(here).text
    item = fresh(session).scalars(select(AgendaItem).where(AgendaItem.state == ItemState.PROPOSED)).one()
    sign_in(client, factories.coordinator(session))
    assert client.post(f"{here}/points/{item.id}/decliner", data={"reply": ""}).status_code == 422
    assert client.post(f"{here}/points/{item.id}/retenir").status_code == 303
    assert client.post(f"{here}/points/{item.id}/retenir").status_code == 303
    assert fresh(session).get_one(AgendaItem, item.id).state is ItemState.AGREED
    sent = select(func.count()).select_from(Message).where(Message.kind == "spaces.point_answered")
    assert session.scalar(sent) == 1


# --- Sending --------------------------------------------------------------------------------------


def test_the_page_of_sending_says_to_whom_and_what_is_missing(
    session: Session, coordinator: FlaskClient, meeting: Meeting, seat: acting.Seat
) -> None:
    without = acting.seat(
        session, meeting.space, someone=acting.person(session, "Sans Adresse", email=""), shown=True
    )
    silent = acting.seat(session, meeting.space)
    members = f"/espaces/{meeting.space.slug}/membres"
    agenda.add(session, meeting, ItemFacts("Long", duration=300), actor="test", now=NOW)
    agenda.add(session, meeting, ItemFacts("Sans durée"), actor="test", now=NOW)
    session.commit()
    page = coordinator.get(f"/reunions/{meeting.id}/envoi").text
    for words in (
        seat.person.name, "Envoyer à 1 personne", "Sans adresse mail\u00a0: Sans Adresse",
        silent.organisation.name, "1 point n’a pas de durée", "Les points durent 320 minutes, la réunion 150",
        f'href="{members}">Nommer qui les représente',
    ):  # fmt: skip
        assert words in page, words
    assert without.organisation.name in page
    assert coordinator.post(f"/reunions/{meeting.id}/invites", data={"email": "non"}).status_code == 422
    assert (
        coordinator.post(f"/reunions/{meeting.id}/invites", data={"email": "i@example.org"}).status_code
        == 303
    )
    answer = coordinator.post(f"/reunions/{meeting.id}/envoi", follow_redirects=True)
    assert "L’ordre du jour part à 2 personnes." in answer.text
    assert "En attente de son tour" in answer.text
    assert coordinator.get(f"/reunions/{meeting.id}/envoi/progres").status_code == 200
    again = coordinator.post(f"/reunions/{meeting.id}/envoi", follow_redirects=True)
    assert "Tout le monde a déjà reçu cet ordre du jour." in again.text


@pytest.mark.usefixtures("link")
def test_an_update_is_offered_once_the_agenda_has_changed(
    session: Session, coordinator: FlaskClient, meeting: Meeting
) -> None:
    here = f"/reunions/{meeting.id}"
    assert "Envoyer la mise à jour" not in coordinator.get(here).text
    agenda.add(session, meeting, ItemFacts("Nouveau"), actor="test", now=NOW)
    session.commit()
    assert "Envoyer la mise à jour" in coordinator.get(here).text
    assert coordinator.post(f"{here}/envoi", data={"to_all": "1"}).status_code == 303
    assert fresh(session).get_one(Meeting, meeting.id).sequence == 1


def test_a_sending_that_broke_off_is_taken_up_again(
    session: Session, coordinator: FlaskClient, meeting: Meeting, poll: DatePoll, run_jobs: Callable[[], int]
) -> None:
    convening.send(session, meeting, to_all=False, actor="test", now=NOW)
    for job in session.scalars(select(Job).where(Job.name.in_((meetings.TELL_JOB, polls.ASK_JOB)))):
        job.state = JobState.FAILED
    session.commit()
    for path, resume in (
        (f"/reunions/{meeting.id}", f"/reunions/{meeting.id}/envoi/reprendre"),
        (f"/dates/{poll.id}", f"/dates/{poll.id}/reprendre"),
    ):
        assert "Reprendre l’envoi" in coordinator.get(path).text
        assert coordinator.post(resume).status_code == 303
    run_jobs()
    kinds = fresh(session).scalars(select(Message.kind).where(Message.kind.startswith("spaces."))).all()
    assert sorted(kinds) == ["spaces.convened", "spaces.poll"]
    assert "Reprendre l’envoi" not in coordinator.get(f"/reunions/{meeting.id}").text


# --- By link --------------------------------------------------------------------------------------


def dump(session: Session) -> list[Any]:
    session.rollback()
    tables = (
        "meeting",
        "agenda_item",
        "attendance",
        "date_poll",
        "date_voter",
        "date_answer",
        "message",
        "token",
    )
    return [session.execute(text(f"SELECT * FROM {table} ORDER BY id")).all() for table in tables]  # noqa: S608


def test_get_and_head_change_nothing_and_tell_nobody(
    session: Session, client: FlaskClient, link: str, date_link: str
) -> None:
    before = dump(session)
    for path in (link, f"{link}/proposer", f"{link}/reunion.ics", date_link):
        for ask in (client.get, client.head):
            answer = ask(path)
            assert answer.status_code == 200, path
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "noindex" in answer.headers["X-Robots-Tag"]
    assert dump(session) == before


def test_the_meeting_by_link_says_all_that_one_needs(
    session: Session, client: FlaskClient, link: str, seat: acting.Seat
) -> None:
    page = client.get(link).text
    for words in (
        "mardi 14 avril 2026, de 9\u00a0h\u00a030 à 12\u00a0h",
        "CAI",
        "Loyers",
        "<em>bilan</em>",
        "Proposer un point",
    ):
        assert words in page, words
    assert client.post(f"{link}/reponse", data={}).status_code == 422
    assert client.post(f"{link}/reponse", data={"answer": "substitute"}).status_code == 422
    assert client.post(f"{link}/reponse", data={"answer": "maybe"}).status_code == 303
    assert 'value="maybe" checked' in client.get(link).text
    assert fresh(session).scalars(select(Attendance)).one().answer is Answer.MAYBE
    data = {"title": "Par le lien", "purpose": "inform", "organisation_id": str(seat.organisation.id)}
    assert client.post(f"{link}/proposer", data={**data, "title": " "}).status_code == 422
    assert client.post(f"{link}/proposer", data=data).status_code == 303
    assert "Par le lien" in client.get(link).text
    assert b"METHOD:REQUEST" in client.get(f"{link}/reunion.ics").data


def test_a_guest_is_led_to_no_page_that_is_not_theirs(
    session: Session, client: FlaskClient, meeting: Meeting, at_now: Callable[[Any], None]
) -> None:
    row = convening.add_guest(session, meeting, "ida@example.org", "Ida", actor="test", now=NOW)
    convening.send(session, meeting, to_all=False, actor="test", now=NOW)
    raw = convening.tokens.issue(session, convening.PURPOSE, row, now=NOW, lifetime=convening.LINK_OUTLIVES)
    session.commit()
    at_now(meeting.ends_at)
    page = client.get(f"/reunion/{raw}")
    assert page.status_code == 200
    for address in re.findall(rf'href="(/reunion/{raw}/[^"]+)"', page.text):
        assert client.get(address).status_code == 200, address
    assert client.get(f"/reunion/{raw}/decisions").status_code == 410


@pytest.mark.parametrize("end", ["mandate", "seat"])
def test_a_mandate_that_ended_opens_nothing_more(
    session: Session, client: FlaskClient, link: str, date_link: str, seat: acting.Seat, end: str
) -> None:
    assert client.get(link).status_code == 200
    if end == "mandate":
        seat.mandate.ends_on = clock.today(NOW) - timedelta(days=1)
    else:
        seat.membership.ends_on = clock.today(NOW) - timedelta(days=1)
    session.commit()
    for path in (link, f"{link}/proposer", f"{link}/reunion.ics", f"{link}/documents/1", date_link):
        assert client.get(path).status_code == 410, path
    for path in (f"{link}/reponse", f"{link}/proposer", date_link):
        assert client.post(path, data={"answer": "coming"}).status_code == 410, path
    assert fresh(session).scalars(select(Attendance)).one().answer is None


def test_the_link_ends_ninety_days_after_the_meeting(
    session: Session, client: FlaskClient, link: str, meeting: Meeting, at_now: Callable[[Any], None]
) -> None:
    at_now(meeting.starts_at)
    assert client.post(f"{link}/reponse", data={"answer": "coming"}).status_code == 303
    assert fresh(session).scalars(select(Attendance)).one().answer is None, "it is too late"
    at_now(meeting.ends_at + timedelta(days=89))
    assert client.get(link).status_code == 200
    at_now(meeting.ends_at + timedelta(days=90))
    assert client.get(link).status_code == 410
    assert client.get("/reunion/" + "x" * 43).status_code == 404


def test_the_page_of_a_meeting_called_off(
    session: Session, client: FlaskClient, link: str, meeting: Meeting
) -> None:
    meetings.cancel(session, meeting, "Salle prise", actor="test", now=NOW)
    session.commit()
    page = client.get(link).text
    assert "Cette réunion est annulée. Vous n’avez rien à faire." in page
    assert "Salle prise" in page
    assert "Enregistrer ma réponse" not in page
    assert b"METHOD:CANCEL" in client.get(f"{link}/reunion.ics").data
    client.post(f"{link}/reponse", data={"answer": "coming"})
    assert fresh(session).scalars(select(Attendance)).one().answer is None


@pytest.mark.usefixtures("link")
def test_an_account_answers_for_itself_and_for_nobody_else(
    session: Session, client: FlaskClient, sign_in: SignIn, meeting: Meeting, seat: acting.Seat
) -> None:
    row = session.scalars(select(Attendance)).one()
    path, data = f"/reunions/{meeting.id}/reponse", {"attendance": row.id, "answer": "coming"}
    other = acting.seat(session, meeting.space, shown=True)
    sign_in(client, member(session, other))
    assert client.post(path, data=data).status_code == 403
    assert client.post(path, data={"attendance": 999, "answer": "coming"}).status_code == 404
    sign_in(client, member(session, seat))
    assert "Ma réponse" in client.get(f"/reunions/{meeting.id}").text
    assert client.post(path, data={"attendance": row.id}).status_code == 422
    assert client.post(path, data=data).status_code == 303
    assert fresh(session).scalars(select(Attendance)).one().answer is Answer.COMING


# --- Polls ----------------------------------------------------------------------------------------


def proposed(*days: str, **values: Any) -> dict[str, Any]:
    lines = {
        f"proposals-{place}-{name}": value
        for place, day in enumerate(days)
        for name, value in (("day", day), ("starts", "09:00"), ("ends", "11:00"))
    }
    return {"title": "Réunion de printemps", "last_day": "2026-04-01", **lines, **values}


def test_a_poll_is_asked_and_its_form_keeps_what_was_typed(
    session: Session, coordinator: FlaskClient, space: Space, seat: acting.Seat
) -> None:
    path = f"/espaces/{space.slug}/dates/nouvelle"
    assert seat.person.name in coordinator.get(path).text
    more = coordinator.post(path, data=proposed("2026-04-14", more="1"))
    assert more.status_code == 200
    assert more.text.count("<legend>Date ") == 4
    for data, words in (
        (proposed("2026-04-14", "2026-04-14"), "Date 2\u00a0: elle est déjà proposée plus haut."),
        (proposed("2026-03-01"), "déjà passé"),
        (proposed(), "Proposez au moins une date."),
        (proposed("2026-04-14", **{"proposals-0-ends": "08:00"}), "la fin vient après le début"),
        (proposed("2026-04-14", **{"proposals-0-ends": ""}), "Complétez chaque date"),
        (proposed("2026-04-14", **{"proposals-0-day": "demain"}), "Complétez chaque date"),
        (proposed("2026-04-14", last_day="2026-04-15"), "ne peut pas suivre"),
        (proposed("2026-04-14", guests="Ida sans adresse"), "n’est pas une adresse mail complète"),
    ):  # fmt: skip
        answer = coordinator.post(path, data={"place_name": "Chez nous", **data})
        assert answer.status_code == 422, words
        assert words in answer.text, words
        assert 'value="Chez nous"' in answer.text
    assert session.scalar(select(DatePoll)) is None
    guests = "Ida Invitée ida@example.org\nautre@example.org\n"
    answer = coordinator.post(path, data=proposed("2026-04-15", "2026-04-14", guests=guests))
    assert answer.status_code == 303
    row = fresh(session).scalars(select(DatePoll)).one()
    assert [clock.today(one.starts_at) for one in row.proposals] == [DAY, DAY + timedelta(days=1)]
    assert {(v.guest_name, v.guest_email) for v in row.voters if v.guest_email} == {
        ("Ida Invitée", "ida@example.org"), ("autre", "autre@example.org"),
    }  # fmt: skip


@pytest.mark.usefixtures("seat")
def test_more_than_twenty_dates_are_refused(coordinator: FlaskClient, space: Space) -> None:
    days = [(DAY + timedelta(days=more)).isoformat() for more in range(21)]
    answer = coordinator.post(f"/espaces/{space.slug}/dates/nouvelle", data=proposed(*days))
    assert answer.status_code == 422
    assert "Proposez 20 dates au plus." in answer.text


def test_answering_by_link_until_the_close(
    session: Session, client: FlaskClient, date_link: str, poll: DatePoll, at_now: Callable[[Any], None]
) -> None:
    first, second = (f"date_{row.id}" for row in poll.proposals)
    assert client.post(date_link, data={first: "yes"}).status_code == 422
    assert client.post(date_link, data={first: "yes", second: "perhaps"}).status_code == 422
    data = {first: "yes", second: "if_need_be", "comment": "Plutôt tôt"}
    assert client.post(date_link, data=data).status_code == 303
    page = client.get(date_link).text
    assert 'value="if_need_be" checked' in page
    assert 'value="Plutôt tôt"' in page
    assert client.post(date_link, data={**data, second: "no"}).status_code == 303
    words = fresh(session).scalars(select(DateAnswer.word).order_by(DateAnswer.proposal_id)).all()
    assert [word.value for word in words] == ["yes", "no"]
    at_now(clock.end_of_day(poll.last_day))
    answer = client.get(date_link)
    assert answer.status_code == 410
    assert "Les réponses n’entrent plus." in answer.text
    assert client.post(date_link, data=data).status_code == 409
    assert [word.value for word in fresh(session).scalars(select(DateAnswer.word))] == ["yes", "no"]
    assert client.get("/date/" + "x" * 43).status_code == 404


def test_the_table_of_answers_leads_to_the_meeting(
    session: Session, client: FlaskClient, sign_in: SignIn, date_link: str, poll: DatePoll
) -> None:
    first, second = poll.proposals
    client.post(date_link, data={f"date_{first.id}": "no", f"date_{second.id}": "yes"})
    fresh(session)
    sign_in(client, factories.coordinator(session))
    page = client.get(f"/dates/{poll.id}").text
    assert page.index("mercredi 15 avril") < page.index("mardi 14 avril"), "the best date comes first"
    assert "1 réponse sur 1" in page
    assert client.post(f"/dates/{poll.id}/reunion", data={"proposal": 999}).status_code == 404
    answer = client.post(f"/dates/{poll.id}/reunion", data={"proposal": second.id})
    again = client.post(f"/dates/{poll.id}/reunion", data={"proposal": first.id})
    assert answer.location == again.location
    assert "C’est devenu une réunion" in client.get(f"/dates/{poll.id}").text
    over = client.get(date_link)
    assert over.status_code == 410
    assert "La date est choisie." in over.text


def test_a_member_answers_by_account(
    session: Session, client: FlaskClient, sign_in: SignIn, poll: DatePoll, seat: acting.Seat
) -> None:
    path = f"/dates/{poll.id}/repondre"
    sign_in(client, factories.coordinator(session))
    assert client.get(path).status_code == 403, "who coordinates speaks for nobody"
    sign_in(client, member(session, seat))
    assert client.get(path).status_code == 200
    data = {f"date_{row.id}": "yes" for row in poll.proposals}
    assert client.post(path, data={}).status_code == 422
    assert client.post(path, data=data).status_code == 303
    assert fresh(session).scalars(select(DateVoter)).one().answered_at is not None
    polls.close(session, session.get_one(DatePoll, poll.id), actor="test", now=NOW)
    session.commit()
    assert client.post(path, data=data).status_code == 409


def test_reminding_closing_extending_and_giving_up(
    coordinator: FlaskClient, poll: DatePoll, run_jobs: Callable[[], int]
) -> None:
    run_jobs()
    path = f"/dates/{poll.id}"
    assert "Rappeler à 1 personne" in coordinator.get(path).text
    assert "Le rappel part" in coordinator.post(f"{path}/rappel", follow_redirects=True).text
    page = coordinator.post(f"{path}/rappel", follow_redirects=True).text
    assert "Un rappel est déjà parti aujourd’hui." in page
    assert "Rappeler à 1 personne" not in page
    assert coordinator.post(f"{path}/clore").status_code == 303
    assert coordinator.post(f"{path}/prolonger", data={"last_day": "2026-03-01"}).status_code == 422
    assert coordinator.post(f"{path}/prolonger", data={"last_day": "2026-04-02"}).status_code == 303
    assert coordinator.post(f"{path}/inviter", data={"guests": "rien"}).status_code == 422
    assert coordinator.post(f"{path}/inviter", data={"guests": "ida@example.org"}).status_code == 303
    assert coordinator.get(f"{path}/progres").status_code == 200
    assert coordinator.post(f"{path}/abandonner").status_code == 303
    assert "Abandonnée" in coordinator.get(path).text
    assert (
        "Cette recherche de date est terminée."
        in coordinator.post(f"{path}/clore", follow_redirects=True).text
    )


# --- Queries --------------------------------------------------------------------------------------


def test_no_page_asks_the_database_more_than_twelve_times(
    session: Session, installation: Installation, client: FlaskClient, sign_in: SignIn, space: Space
) -> None:
    """A space of twenty organisations, thirty meetings, a poll that all answered."""
    seats = [acting.seat(session, space, shown=True) for _ in range(20)]
    rows = [
        meetings.plan(
            session, space, MeetingFacts(f"Réunion {n}", DAY + timedelta(days=n), time(9), time(12)),
            actor="test", now=NOW,
        )
        for n in range(30)
    ]  # fmt: skip
    meeting = rows[0]
    for number in range(12):
        told = ItemFacts(f"Point {number}", duration=10, organisation_id=seats[number].organisation.id)
        agenda.add(session, meeting, told, actor="test", now=NOW)
    agenda.propose(
        session, meeting, ItemFacts("Proposé"), person=seats[0].person, organisation=seats[0].organisation,
        actor="test", now=NOW,
    )  # fmt: skip
    convening.send(session, meeting, to_all=False, actor="test", now=NOW)
    facts = PollFacts(
        "Date",
        date(2026, 4, 1),
        tuple(Proposal(DAY + timedelta(days=n), time(9), time(11)) for n in range(5)),
    )
    poll = polls.create(session, space, facts, actor="test", now=NOW)
    for voter in poll.voters:
        polls.answer(
            session, voter, {row.id: polls.DateWord.YES for row in poll.proposals}, "", actor="t", now=NOW
        )
    session.commit()
    mine = session.scalars(select(Attendance).where(Attendance.person_id == seats[0].person.id)).one()
    until = NOW + timedelta(days=60)
    meeting_link = convening.tokens.issue(session, convening.PURPOSE, mine, now=NOW, until=until)
    date_link = convening.tokens.issue(session, polls.PURPOSE, poll.voters[0], now=NOW, until=until)
    session.commit()
    item, here, slug = meeting.items[0].id, f"/reunions/{meeting.id}", space.slug
    both = [
        here,
        f"{here}/reunion.ics",
        f"/espaces/{slug}/reunions",
        "/reunions",
        f"/dates/{poll.id}",
        f"{here}/proposer",
    ]
    prepared = [
        f"{here}/envoi", f"{here}/modifier", f"{here}/annuler", f"{here}/histoire", f"{here}/points/{item}",
        f"{here}/points/nouveau", f"/espaces/{slug}/reunions/nouvelle", f"/espaces/{slug}/dates/nouvelle",
    ]  # fmt: skip
    user = member(session, seats[0])
    asked = [
        (sign_in(client.application.test_client(), factories.coordinator(session)), [*both, *prepared]),
        (sign_in(client.application.test_client(), user), [*both, f"/dates/{poll.id}/repondre"]),
        (client.application.test_client(), [f"/reunion/{meeting_link}", f"/date/{date_link}"]),
    ]
    held = rows[1]
    held.state, held.opened_at, held.held_at = MeetingState.HELD, NOW, NOW
    session.commit()
    for _, paths in asked[:2]:
        paths.append(f"/reunions/{held.id}")
    over = []
    for place, (who, paths) in enumerate(asked):
        for path in paths:
            with counted(installation) as seen:
                assert who.get(path).status_code == 200, path
            if len(seen) > MOST_QUERIES:
                over.append((place, path, len(seen)))
    assert over == []
