"""The pages of minutes: who reads what, two writers, the link of a reader, the list, few queries."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.actors.models.mandates import Mandate, Person
from hub.core import clock, settings, tokens
from hub.spaces.models.meetings import AgendaItem, Attendance, Meeting
from hub.spaces.models.minutes import Approval, Minutes, MinutesReader, Remark
from hub.spaces.models.running import NoteConflict
from hub.spaces.models.seats import Representation
from hub.spaces.models.spaces import Membership
from hub.spaces.operations import convening, minutes_letters, personal, spaces
from hub.spaces.operations import minutes as operations
from hub.spaces.operations.minutes import Approving, Sending
from tests import factories
from tests.conftest import Installation
from tests.spaces import papers as made

MOST_QUERIES = 12
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def meeting(session: Session) -> Meeting:
    return made.whole(session)


@pytest.fixture
def coordinator(client: FlaskClient, session: Session, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def sent(session: Session, meeting: Meeting, days: int = 14) -> None:
    now = clock.now()
    sending = Sending(clock.today(now) + timedelta(days=days))
    operations.send(session, meeting, sending, actor=None, now=now)
    session.commit()


def approved(session: Session, meeting: Meeting) -> None:
    sent(session, meeting)
    session.rollback()
    at = made.meeting(
        session, meeting.space, title="Suivante", starts_at=meeting.starts_at + timedelta(days=7),
        ends_at=meeting.ends_at + timedelta(days=7),
    )  # fmt: skip
    operations.approve(session, meeting, Approving(Approval.MEETING, at.id), actor=None, now=clock.now())
    session.commit()


def member(session: Session, meeting: Meeting, name: str = "La Ruche") -> Any:
    """Make an account that speaks in the space for an organisation, exercised in its seat."""
    user = factories.user(session, Role.MEMBER)
    person = made.person(session, user.name, user_id=user.id)
    seat = session.scalars(
        select(Membership).where(
            Membership.organisation.has(name=name), Membership.space_id == meeting.space_id
        )
    ).one()
    mandate = factories.add(
        session,
        Mandate(
            person_id=person.id,
            organisation_id=seat.organisation_id,
            starts_on=date(2020, 1, 1),
            created_at=made.NOW,
        ),
    )
    factories.add(session, Representation(membership_id=seat.id, mandate_id=mandate.id, created_at=made.NOW))
    return user


def guest(session: Session, meeting: Meeting) -> tuple[Attendance, str]:
    """Put a guest on the meeting's list and return their link."""
    row = factories.add(
        session,
        Attendance(
            meeting_id=meeting.id, guest_name="Maya Invitée", guest_email="maya@example.org",
            invited_at=made.NOW, created_at=made.NOW,
        ),
    )  # fmt: skip
    raw = tokens.issue(session, convening.PURPOSE, row, now=clock.now(), lifetime=timedelta(days=30))
    session.commit()
    return row, raw


def fetch(client: FlaskClient, path: str) -> bytes:
    """Return what an address sends, its file closed."""
    with client.get(path) as answer:
        return answer.data


def read_anew(session: Session) -> None:
    """End what this session reads from, and forget what it has read."""
    session.rollback()
    session.expire_all()


@contextmanager
def counted(installation: Installation) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(installation.engine, "before_cursor_execute", note)


# --- Who reads ------------------------------------------------------------------------------------


def test_a_draft_is_read_by_who_prepares_it_alone(
    client: FlaskClient, session: Session, sign_in: SignIn, meeting: Meeting
) -> None:
    path = f"/reunions/{meeting.id}/compte-rendu"
    sign_in(client, member(session, meeting))
    assert "n’est pas encore envoyé" in client.get(path).text
    assert "On refuse souvent" not in client.get(path).text
    assert client.get(f"{path}.pdf").status_code == 404
    assert client.post(f"{path}.pdf").status_code == 404
    assert client.post(f"{path}/remarques", data={"text": "Tiens"}).status_code == 404
    for page in ("modifier", "envoyer", "approuver", "prolonger", "erratum", "changements", "envoi"):
        assert client.get(f"{path}/{page}").status_code == 403
    sent(session, meeting)
    text = client.get(path).text
    assert "On refuse souvent" in text
    assert "Faire une remarque" in text
    assert "Envoyer aux membres" not in text


def test_who_does_not_take_part_reads_nothing(
    client: FlaskClient, session: Session, sign_in: SignIn, meeting: Meeting
) -> None:
    approved(session, meeting)
    sign_in(client, factories.user(session, Role.MEMBER))
    path = f"/reunions/{meeting.id}/compte-rendu"
    for page in (path, f"{path}.pdf", f"{path}/versions/1", f"/reunions/{meeting.id}/ordre-du-jour.pdf"):
        assert client.get(page).status_code == 403
    assert "Réunion de mars" not in client.get("/comptes-rendus").text
    assert "Réunion de mars" not in client.get("/comptes-rendus?q=souvent").text
    assert "Réunion de mars" not in client.get("/comptes-rendus?format=csv").text


def test_the_list_finds_approved_words_filters_and_exports(
    coordinator: FlaskClient, session: Session, meeting: Meeting
) -> None:
    session.commit()
    assert "Pas encore envoyé" in coordinator.get("/comptes-rendus?state=draft").text
    assert "Aucun compte rendu ne correspond" in coordinator.get("/comptes-rendus?q=relevé+souvent").text
    approved(session, meeting)
    found = coordinator.get("/comptes-rendus?q=RELEVÉ+souvent&state=approved").text
    assert "Réunion de mars" in found
    csv = coordinator.get("/comptes-rendus?state=approved&format=csv").text
    assert "Réunion de mars" in csv
    assert "Approuvé" in csv
    assert coordinator.get("/comptes-rendus?format=xlsx").status_code == 200
    for wild in ("?state=n_importe&sort=quoi&direction=x&page=-4&space=abc", "?q=%25_'\"", "?page=999999"):
        assert coordinator.get(f"/comptes-rendus{wild}").status_code == 200


def test_who_facilitates_a_space_lists_its_drafts_and_no_other(
    client: FlaskClient, session: Session, sign_in: SignIn, meeting: Meeting
) -> None:
    made.meeting(session, made.space(session, "Ailleurs"), title="Pas la mienne")
    user = factories.user(session, Role.MEMBER)
    spaces.add_facilitator(session, meeting.space, user, actor=None, now=made.NOW)
    sign_in(client, user)
    listed = client.get("/comptes-rendus?state=draft").text
    assert "Réunion de mars" in listed
    assert "Pas la mienne" not in listed


# --- Writing --------------------------------------------------------------------------------------


def fields(page: str) -> dict[str, str]:
    """Return what the page that writes would send back untouched."""
    found = dict(re.findall(r'name="((?:base|mark)[^"]*)"[^>]*value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL))
    return found


def test_saving_what_was_left_alone_never_overwrites(
    coordinator: FlaskClient, session: Session, meeting: Meeting
) -> None:
    session.commit()
    path = f"/reunions/{meeting.id}/compte-rendu/modifier"
    typed = fields(coordinator.get(path).text)
    item = session.scalars(select(AgendaItem).where(AgendaItem.title == "Relevé des refus")).one()
    operations.save_notes(session, item, "Écrit entre-temps.", base=1, actor=None, now=clock.now())
    session.commit()
    answer = coordinator.post(path, data={**typed, "introduction": "Bonjour."})
    assert answer.status_code == 303
    read_anew(session)
    assert item.notes == "Écrit entre-temps."
    assert session.scalars(select(NoteConflict)).all() == []
    row = operations.of(session, meeting)
    assert row is not None
    assert row.introduction == "Bonjour."


def test_two_texts_written_at_once_are_both_kept_and_shown(
    coordinator: FlaskClient, session: Session, meeting: Meeting
) -> None:
    session.commit()
    path = f"/reunions/{meeting.id}/compte-rendu/modifier"
    typed = fields(coordinator.get(path).text)
    item = session.scalars(select(AgendaItem).where(AgendaItem.title == "Relevé des refus")).one()
    operations.save_notes(session, item, "Le sien.", base=1, actor=None, now=clock.now())
    session.commit()
    answer = coordinator.post(path, data={**typed, f"notes-{item.id}": "Le mien."}, follow_redirects=True)
    assert "Le sien." in answer.text
    assert "Le mien." in answer.text
    assert "attendent d’être réunies" in coordinator.get(f"/reunions/{meeting.id}/compte-rendu").text


def test_a_frame_saved_meanwhile_is_shown_and_nothing_typed_is_lost(
    coordinator: FlaskClient, session: Session, meeting: Meeting
) -> None:
    session.commit()
    path = f"/reunions/{meeting.id}/compte-rendu/modifier"
    typed = fields(coordinator.get(path).text)
    item = session.scalars(select(AgendaItem).where(AgendaItem.title == "Divers")).one()
    operations.save_frame(session, meeting, "La sienne.", "", base=0, actor=None, now=clock.now())
    session.commit()
    mine = {**typed, "introduction": "La mienne.", f"notes-{item.id}": "Un divers."}
    answer = coordinator.post(path, data=mine)
    assert answer.status_code == 409
    for words in ("La sienne.", "La mienne.", "Un divers."):
        assert words in answer.text
    read_anew(session)
    assert item.notes == ""
    again = {**fields(answer.text)}
    assert coordinator.post(path, data=again).status_code == 303
    read_anew(session)
    assert item.notes == "Un divers."


def test_wrong_words_on_the_way_keep_what_was_typed(
    coordinator: FlaskClient, session: Session, meeting: Meeting
) -> None:
    session.commit()
    path = f"/reunions/{meeting.id}/compte-rendu"
    item = session.scalars(select(AgendaItem).where(AgendaItem.title == "Divers")).one()
    long = coordinator.post(
        f"{path}/modifier",
        data={
            "introduction": "Bonjour.",
            "base": "0",
            f"notes-{item.id}": "x" * 100_001,
            f"base-{item.id}": "0",
        },
    )
    assert long.status_code == 422
    assert "100 000 signes" in long.text
    assert "Bonjour." in long.text
    refused = coordinator.post(f"{path}/envoyer", data={"remarks_until": "2020-01-01", "message": "Un mot."})
    assert refused.status_code == 422
    assert "choisissez une date à venir" in refused.text
    assert "Un mot." in refused.text
    for bad in ({}, {"remarks_until": "hier"}, {"remarks_until": "9999-12-31"}):
        assert coordinator.post(f"{path}/envoyer", data=bad).status_code == 422
    assert coordinator.post(f"{path}/approuver", data={"approval": "silence"}).status_code == 422
    assert coordinator.post(f"{path}/approuver", data={"approval": "rien"}).status_code == 422
    assert coordinator.post(f"{path}/erratum", data={"text": "Lire."}).status_code == 422
    assert coordinator.get(f"{path}/versions/3").status_code == 404
    assert coordinator.get(f"{path}/remarques/99").status_code == 404
    assert coordinator.get(f"/reunions/{meeting.id}/pdf/autre").status_code == 404


def test_from_draft_to_erratum_by_its_pages(
    coordinator: FlaskClient, session: Session, meeting: Meeting, run_jobs: Callable[[], int]
) -> None:
    session.commit()
    path = f"/reunions/{meeting.id}/compte-rendu"
    assert "2 personnes" in coordinator.get(f"{path}/envoyer").text
    until = (clock.today(clock.now()) + timedelta(days=10)).isoformat()
    answer = coordinator.post(f"{path}/envoyer", data={"remarks_until": until}, follow_redirects=True)
    assert "version 1" in answer.text
    run_jobs()
    pdf = fetch(coordinator, f"{path}.pdf")
    assert pdf.startswith(b"%PDF")
    assert fetch(coordinator, f"{path}/versions/1.pdf") == pdf
    later = (clock.today(clock.now()) + timedelta(days=20)).isoformat()
    assert coordinator.post(f"{path}/prolonger", data={"remarks_until": later}).status_code == 303
    assert coordinator.post(f"{path}/prolonger", data={"remarks_until": until}).status_code == 422
    coordinator.post(f"{path}/remarques", data={"text": "Il manque un nom.", "point": ""})
    remark = session.scalars(select(Remark)).one()
    bad = coordinator.post(f"{path}/remarques/{remark.id}", data={"state": "declined", "answer": ""})
    assert bad.status_code == 422
    assert coordinator.post(
        f"{path}/remarques/{remark.id}", data={"state": "taken_up", "answer": "Merci."}
    ).status_code == 303  # fmt: skip
    session.rollback()
    at = made.meeting(
        session, meeting.space, title="Suivante", starts_at=meeting.starts_at + timedelta(days=7),
        ends_at=meeting.ends_at + timedelta(days=7),
    )  # fmt: skip
    session.commit()
    done = coordinator.post(
        f"{path}/approuver", data={"approval": "meeting", "meeting": at.id}, follow_redirects=True
    )
    assert "Approuvé le" in done.text
    run_jobs()
    first = fetch(coordinator, f"{path}.pdf")
    item = session.scalars(select(AgendaItem).where(AgendaItem.title == "Divers")).one()
    coordinator.post(f"{path}/erratum", data={"text": "Lire « trente ».", "point": str(item.id)})
    assert "Erratum 1" in coordinator.get(path).text
    run_jobs()
    second = fetch(coordinator, f"{path}.pdf")
    assert second.startswith(b"%PDF")
    assert second != first
    assert coordinator.get(f"{path}/modifier").status_code == 303
    assert coordinator.post(f"{path}/modifier", data={"introduction": "x", "base": "0"}).status_code == 422


# --- By link --------------------------------------------------------------------------------------


def test_a_guest_reads_and_remarks_by_link(client: FlaskClient, session: Session, meeting: Meeting) -> None:
    _row, raw = guest(session, meeting)
    path = f"/reunion/{raw}/compte-rendu"
    assert "n’est pas encore envoyé" in client.get(path).text
    assert client.post(path, data={"text": "Tôt"}).status_code == 404
    sent(session, meeting)
    page = client.get(path)
    assert "On refuse souvent" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    before = session.scalars(select(Remark)).all()
    assert before == []  # reading changed nothing
    session.rollback()
    empty = client.post(path, data={"text": " ", "point": ""})
    assert empty.status_code == 422
    assert "Écrivez votre remarque." in empty.text
    assert client.post(path, data={"text": "Bon", "point": "31337"}).status_code == 422
    item = session.scalars(select(AgendaItem).where(AgendaItem.title == "Divers")).one()
    kept = client.post(path, data={"text": "<b>Il manque</b>", "point": str(item.id)}, follow_redirects=True)
    assert "&lt;b&gt;Il manque&lt;/b&gt;" in kept.text
    session.rollback()
    remark = session.scalars(select(Remark)).one()
    assert (remark.author_name, remark.item_id, remark.person_id) == ("Maya Invitée", item.id, None)


def test_a_second_version_shows_on_the_link_what_changed(
    client: FlaskClient, session: Session, meeting: Meeting
) -> None:
    _row, raw = guest(session, meeting)
    sent(session, meeting)
    assert "<ins>" not in client.get(f"/reunion/{raw}/compte-rendu").text
    item = session.scalars(select(AgendaItem).where(AgendaItem.title == "Divers")).one()
    operations.save_notes(session, item, "Un divers.", base=0, actor=None, now=clock.now())
    sent(session, meeting)
    page = client.get(f"/reunion/{raw}/compte-rendu").text
    assert "depuis la version 1" in page
    assert re.search(r"<ins>.*?Un divers\..*?</ins>", page, re.DOTALL)


def test_after_the_last_day_the_link_says_what_to_do(
    client: FlaskClient, session: Session, meeting: Meeting
) -> None:
    _row, raw = guest(session, meeting)
    sent(session, meeting)
    row: Any = operations.of(session, meeting)
    row.remarks_until = clock.today(clock.now()) - timedelta(days=1)
    session.commit()
    path = f"/reunion/{raw}/compte-rendu"
    assert "dernier jour pour les remarques est passé" in client.get(path).text
    late = client.post(path, data={"text": "Trop tard", "point": ""})
    assert late.status_code == 422
    assert "Écrivez à la coordination" in late.text
    assert "Trop tard" in late.text


def test_a_mandate_that_ended_opens_nothing_more(
    client: FlaskClient, session: Session, meeting: Meeting
) -> None:
    user = member(session, meeting)
    operations.send(
        session, meeting, Sending(clock.today(clock.now()) + timedelta(days=9)), actor=None, now=clock.now()
    )
    reader = session.scalars(select(MinutesReader).where(MinutesReader.person.has(user_id=user.id))).one()
    assert reader.attendance_id is None  # speaks in the space, was not asked to the meeting
    path = minutes_letters.path(session, reader, now=clock.now())
    session.commit()
    assert path.startswith("/compte-rendu/")
    assert "On refuse souvent" in client.get(path).text
    assert client.post(path, data={"text": "Bien.", "point": ""}).status_code == 303
    mandate = session.scalars(select(Mandate).where(Mandate.person_id == reader.person_id)).one()
    mandate.ends_on = clock.today(clock.now()) - timedelta(days=1)
    session.commit()
    assert client.get(path).status_code == 410
    assert client.post(path, data={"text": "Encore", "point": ""}).status_code == 410
    assert client.get(f"{path}/pdf").status_code == 410


def test_a_members_own_page_leads_to_minutes_that_were_sent_to_them_and_to_no_others(
    client: FlaskClient, session: Session, meeting: Meeting
) -> None:
    sent(session, meeting)
    ana = session.scalars(select(Person).where(Person.email == "ana@example.org")).one()
    house = meeting.attendances[0].organisation
    late = session.get_one(Person, made.attendance(session, meeting, "Nouvelle", house).person_id)
    at, other = (personal.path(session, one, clock.now()) for one in (ana, late))
    session.commit()
    path = f"/ouvrir/compte-rendu/{meeting.id}"
    # While remarks may come it is among what is to do; later it is only there to be read.
    row = session.scalars(select(Minutes)).one()
    row.remarks_until = clock.today(clock.now()) - timedelta(days=1)
    session.commit()
    assert f'action="{at}{path}"' in client.get(at).text
    assert "On refuse souvent" in client.post(f"{at}{path}", follow_redirects=True).text
    assert path not in client.get(other).text
    assert client.post(f"{other}{path}").status_code == 404


def test_a_link_is_for_its_own_meeting_alone(client: FlaskClient, session: Session, meeting: Meeting) -> None:
    other = made.meeting(session, made.space(session, "Autre"))
    _row, raw = guest(session, other)
    sent(session, meeting)
    assert "On refuse souvent" not in client.get(f"/reunion/{raw}/compte-rendu").text
    assert client.get(f"/reunion/{'x' * 43}/compte-rendu").status_code == 404
    assert client.get(f"/compte-rendu/{raw}").status_code == 404  # another purpose


# --- Papers ---------------------------------------------------------------------------------------


def test_an_agenda_is_printed_on_demand_and_anew_when_it_changed(
    coordinator: FlaskClient, session: Session, meeting: Meeting, run_jobs: Callable[[], int]
) -> None:
    session.commit()
    path = f"/reunions/{meeting.id}/ordre-du-jour.pdf"
    page = coordinator.get(path, follow_redirects=True)
    assert "Construire le PDF" in page.text
    working = coordinator.post(path, follow_redirects=True)
    assert "Construction du PDF" in working.text
    run_jobs()
    assert "1 page" in coordinator.get(f"/reunions/{meeting.id}/pdf/agenda").text
    assert fetch(coordinator, path).startswith(b"%PDF")
    assert coordinator.post(path).headers["Location"].endswith("ordre-du-jour.pdf")
    made.item(session, meeting, "Point ajouté", 9)
    session.commit()
    assert coordinator.get(path).status_code == 302


# --- Queries --------------------------------------------------------------------------------------


def test_pages_ask_few_questions_whatever_the_number_of_rows(
    client: FlaskClient, session: Session, sign_in: SignIn, meeting: Meeting, installation: Installation
) -> None:
    for number in range(30):
        house = factories.organisation(session, f"Maison {number}")
        made.attendance(session, meeting, f"Personne {number}", house, email=f"p{number}@example.org")
        made.item(session, meeting, f"Point {number}", number + 5, notes="Noté.", organisation_id=house.id)
    settings.get_for_update(session)  # an installation in use has its network's name
    speaker = member(session, meeting)
    boss = factories.coordinator(session)
    _row, raw = guest(session, meeting)
    path = f"/reunions/{meeting.id}/compte-rendu"

    def check(user: Any, pages: tuple[str, ...]) -> None:
        if user is not None:
            sign_in(client, user)
        for page in pages:
            with counted(installation) as found:
                assert client.get(page).status_code == 200, page
            tables = [re.findall(r"FROM ([a-z_]+)", one) for one in found]
            assert len(found) <= MOST_QUERIES, (page, len(found), tables)

    drafts = (
        path,
        f"{path}/modifier",
        f"{path}/envoyer",
        "/comptes-rendus",
        f"/reunions/{meeting.id}/pdf/agenda",
    )
    check(boss, drafts)
    check(speaker, (path, "/comptes-rendus"))
    sent(session, meeting)
    check(boss, (path, f"{path}/changements", f"{path}/approuver", f"{path}/versions/1", f"{path}/prolonger"))
    check(speaker, (path, f"{path}/versions/1", "/comptes-rendus?q=note"))
    with client.session_transaction() as cookie:
        cookie.clear()
    check(None, (f"/reunion/{raw}/compte-rendu",))
