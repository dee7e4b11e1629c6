"""Opinions without names: nothing that is stored, written or told joins a reply to who gave it (G8)."""

import logging
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import Base
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.days import Event
from hub.events.models.outcomes import EvaluationReply
from hub.events.models.registrations import QuestionKind, QuestionPurpose, Registration
from hub.events.operations import evaluation, questions
from hub.events.operations.evaluation import Standing
from hub.events.operations.questions import Draft
from hub.events.queries import questions as question_queries
from hub.events.values.tallying import SILENT
from tests.conftest import Installation, both_databases
from tests.events.afterwards import AFTER, module, participant
from tests.factories import coordinator

BY = "essai"
LAST = (AFTER + timedelta(days=20)).date()
CLOSED = AFTER + timedelta(days=21)


def asked(session: Session, event: Event) -> list[Any]:
    return list(session.scalars(question_queries.of_purpose(event, QuestionPurpose.EVALUATION)))


def opened(session: Session, *people: str, **values: Any) -> tuple[Event, list[Registration]]:
    """Return a module that is evaluated, and people who were there."""
    event = module(session, **values)
    rows = [participant(session, event, "1", name=name) for name in people]
    evaluation.add_usual(session, event, actor=BY, now=AFTER)
    evaluation.open_until(session, event, LAST, actor=BY, now=AFTER)
    return event, rows


def says(session: Session, event: Event, step: int, words: str = "") -> dict[int, Any]:
    scale, _welcome, one, many, helped, _change, again = asked(session, event)
    given = {scale.id: step, one.id: "Oui", many.id: ["Des contacts"], helped.id: words, again.id: True}
    return {number: value for number, value in given.items() if value}


def reply(session: Session, row: Registration, step: int = 5, words: str = "") -> None:
    evaluation.reply(session, row, says(session, row.event, step, words), now=AFTER)


# --- Anonymity ------------------------------------------------------------------------------------


def everything(installation: Installation) -> dict[str, list[Any]]:
    """Return every row of every table as the database gives it without being asked for an order."""
    found: dict[str, list[Any]] = {}
    with installation.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(text(f'SELECT * FROM "{table.name}"')).all()  # noqa: S608
            found[table.name] = [tuple(str(value) for value in row) for row in rows]
    return found


def history(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, order: tuple[int, int]
) -> dict[str, list[Any]]:
    """Let two people answer through their links, in that order, and return all that is stored then.

    All that chance gives is given from a list, but for the names of replies; nobody's clock moves.
    """
    installation.empty()
    drawn = iter(range(10**6))
    monkeypatch.setattr("secrets.token_urlsafe", lambda size=32: f"{next(drawn):0{-(-size * 4 // 3)}d}")
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    numbers = iter(range(1, 100))
    monkeypatch.setattr("tests.events.afterwards.numbers", numbers)
    with Session(installation.engine, expire_on_commit=False) as session:
        event, rows = opened(session, "Amina", "Bruno", "Carine")
        links = [evaluation.issue_link(session, row, now=AFTER) for row in rows]
        given = [says(session, event, 5, "Le repas"), says(session, event, 1, "Rien")]
        reply(session, rows[2], 3, "La salle")  # somebody answered before them
        session.commit()
    for place in order:
        data = {f"q{number}": value for number, value in given[place].items()}
        data = {name: "yes" if value is True else value for name, value in data.items()}
        answer = installation.app.test_client().post(f"/evaluation/{links[place]}", data=data)
        assert answer.status_code == 303, answer.text
    return everything(installation)


@both_databases
def test_who_answered_first_leaves_no_trace(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever order two people answer in, the same is stored: no order, moment, address or token joins."""
    caplog.set_level(logging.DEBUG)
    one = history(installation, monkeypatch, (0, 1))
    other = history(installation, monkeypatch, (1, 0))
    for stored in (one, other):
        replies = stored.pop("event_evaluation")
        assert len(replies) == 3
        # The rows lie in the order of their names, and these are random.
        assert [row[0] for row in replies] == sorted(row[0] for row in replies)
        assert all(uuid.UUID(row[0]).version == 4 for row in replies)
        assert sorted(row[2] for row in replies) == sorted({row[2] for row in replies})
        stored["answers"] = sorted(row[1:] for row in replies)
        stored["registration"].sort()  # a database may keep rows where they were changed last
    assert one == other
    for word in ("Le repas", "Amina", "Bruno"):
        assert word not in caplog.text


@both_databases
def test_the_transaction_that_wrote_a_reply_is_that_of_all(session: Session) -> None:
    """PostgreSQL tells which transaction wrote a row: each reply has the last one's, whoever gave it."""
    _event, rows = opened(session, "Amina", "Bruno", "Carine")
    session.commit()
    for row in rows:
        reply(session, row)
        session.commit()
    if session.get_bind().dialect.name == "postgresql":
        writers = session.scalars(text("SELECT DISTINCT xmin::text FROM event_evaluation")).all()
        assert len(writers) == 1
        people = session.scalars(text("SELECT DISTINCT xmin::text FROM registration")).all()
        assert len(people) == 3  # the control: of people it does tell
    else:
        places = session.execute(text("SELECT rowid, id FROM event_evaluation ORDER BY rowid")).all()
        assert [row.id for row in places] == sorted(row.id for row in places)


@both_databases
def test_each_time_all_replies_get_other_names(session: Session) -> None:
    _event, rows = opened(session, "Amina", "Bruno")
    reply(session, rows[0])
    first = set(session.scalars(select(EvaluationReply.id)))
    reply(session, rows[1])
    assert not first & set(session.scalars(select(EvaluationReply.id)))


@both_databases
def test_of_the_person_only_the_mark_stays(session: Session) -> None:
    _event, (row,) = opened(session, "Amina")
    session.commit()
    before = {column.name: getattr(row, column.key) for column in Registration.__mapper__.columns}
    tables = [Base.metadata.tables[name] for name in ("audit_entry", "token", "job", "message")]
    counted = {table: session.scalar(select(func.count()).select_from(table)) for table in tables}
    reply(session, row)
    session.commit()
    session.refresh(row)
    after = {column.name: getattr(row, column.key) for column in Registration.__mapper__.columns}
    assert {name for name in after if after[name] != before[name]} == {"has_evaluated"}
    for table, number in counted.items():
        assert session.scalar(select(func.count()).select_from(table)) == number


def test_a_reply_has_room_for_nothing_else() -> None:
    assert set(EvaluationReply.__table__.columns.keys()) == {"id", "event_id", "answers"}


# --- Answering ------------------------------------------------------------------------------------


@both_databases
def test_each_answers_once(session: Session) -> None:
    _event, (row,) = opened(session, "Amina")
    reply(session, row)
    session.commit()
    with pytest.raises(DomainError, match="déjà"):
        reply(session, row)
    session.rollback()
    assert len(session.scalars(select(EvaluationReply)).all()) == 1


@both_databases
def test_what_is_wrong_is_refused(session: Session) -> None:
    event, (row,) = opened(session, "Amina")
    scale, _welcome, one, many, helped, _change, again = asked(session, event)
    for wrong in (
        {}, {scale.id: 6}, {scale.id: "5"}, {one.id: "Peut-être"}, {many.id: ["Autre"]},
        {helped.id: "x" * 2001}, {again.id: "oui"}, {10**6: 1},
    ):  # fmt: skip
        with pytest.raises(DomainError):
            evaluation.reply(session, row, wrong, now=AFTER)
    assert not row.has_evaluated
    assert session.scalars(select(EvaluationReply)).all() == []


@both_databases
def test_until_the_end_of_the_last_day_in_brussels(session: Session) -> None:
    event, rows = opened(session, "Amina", "Bruno")
    closes = event.evaluation_closes_at
    assert closes == datetime(2026, 4, 21, 22, 0, tzinfo=UTC)  # midnight there, in summer
    given = says(session, event, 5)
    evaluation.reply(session, rows[0], given, now=closes - timedelta(seconds=1))
    with pytest.raises(DomainError, match="close"):
        evaluation.reply(session, rows[1], given, now=closes)


@both_databases
def test_before_the_day_is_over_nobody_answers(session: Session) -> None:
    event, (row,) = opened(session, "Amina")
    with pytest.raises(DomainError, match="close"):
        evaluation.reply(session, row, says(session, event, 5), now=event.ends_at - timedelta(seconds=1))
    assert evaluation.standing(event, event.ends_at - timedelta(seconds=1)) == Standing.PLANNED


@both_databases
def test_questions_stay_once_somebody_answered(session: Session) -> None:
    event, (row,) = opened(session, "Amina")
    evaluation.check_unanswered(session, event)
    reply(session, row)
    with pytest.raises(DomainError, match="ne changent plus"):
        evaluation.check_unanswered(session, event)


@both_databases
def test_opening_asks_for_questions_a_day_and_a_published_event(session: Session) -> None:
    event = module(session)
    with pytest.raises(DomainError, match="questions"):
        evaluation.open_until(session, event, LAST, actor=BY, now=AFTER)
    evaluation.add_usual(session, event, actor=BY, now=AFTER)
    evaluation.add_usual(session, event, actor=BY, now=AFTER)  # once is enough
    assert len(asked(session, event)) == 7
    for day in ((AFTER - timedelta(days=1)).date(), (AFTER + timedelta(days=400)).date()):
        with pytest.raises(DomainError) as caught:
            evaluation.open_until(session, event, day, actor=BY, now=AFTER)
        assert caught.value.field == "last_day"


# --- Asking ---------------------------------------------------------------------------------------


@both_databases
def test_who_was_there_is_written_to_once(
    session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    event, rows = opened(session, "Amina", "Bruno")
    participant(session, event, "000", name="Absente")
    participant(session, event, name="Pas notée")
    participant(session, event, "1", name="Sans adresse", email=None)
    evaluation.plan(session, event, now=AFTER)  # asked for twice
    session.commit()
    run_jobs()
    mails = session.scalars(select(Message).where(Message.kind == "events.evaluation")).all()
    assert sorted(mail.recipient for mail in mails) == sorted(row.email or "" for row in rows)
    assert all("/evaluation/" in mail.text for mail in mails)
    assert len({re.search(r"/evaluation/\S+", mail.text)[0] for mail in mails}) == 2  # type: ignore[index]


@both_databases
def test_where_presence_was_not_taken_who_had_a_seat_is_asked(session: Session) -> None:
    event = module(session)
    row = participant(session, event, name="Amina")
    evaluation.add_usual(session, event, actor=BY, now=AFTER)
    evaluation.open_until(session, event, LAST, actor=BY, now=AFTER)
    assert evaluation.may_reply(session, row, now=AFTER)
    assert not evaluation.may_reply(session, row, now=CLOSED)
    participant(session, event, "1", name="Bruno")
    assert not evaluation.may_reply(session, row, now=AFTER)


@both_databases
def test_the_mail_waits_for_the_morning_after(
    session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = module(session)
    row = participant(session, event, "1", name="Amina")
    before = event.ends_at - timedelta(days=2)
    evaluation.add_usual(session, event, actor=BY, now=before)
    evaluation.open_until(session, event, LAST, actor=BY, now=before)
    assert evaluation.writes_at(event, before) == datetime(2026, 3, 17, 8, 0, tzinfo=UTC)  # nine o'clock
    # The day moved meanwhile: the job that is due finds it too early, and plans itself anew.
    event.ends_at += timedelta(days=7)
    session.commit()
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 17, 8, 0, tzinfo=UTC))
    run_jobs()
    session.rollback()
    assert session.scalars(select(Message)).all() == []
    session.rollback()
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 24, 8, 0, tzinfo=UTC))
    run_jobs()
    assert session.scalars(select(Message.recipient).where(Message.kind == "events.evaluation")).all() == [
        row.email
    ]


# --- Results --------------------------------------------------------------------------------------


@both_databases
def test_results_are_told_once_closed_and_from_five_on(session: Session) -> None:
    event, rows = opened(session, *(f"Personne {number}" for number in range(6)))
    for row in rows[:4]:
        reply(session, row)
    assert evaluation.results(session, event, now=CLOSED).tallies == ()
    assert evaluation.results(session, event, now=CLOSED).replies == 4
    reply(session, rows[4])
    assert evaluation.results(session, event, now=AFTER).tallies == ()  # open: one more could be told apart
    found = evaluation.results(session, event, now=CLOSED)
    assert (found.replies, found.asked, len(found.tallies)) == (5, 6, 7)
    with pytest.raises(DomainError, match="ne se rouvre plus"):
        evaluation.open_until(session, event, LAST + timedelta(days=30), actor=BY, now=CLOSED)


@both_databases
def test_no_cell_under_five(session: Session) -> None:
    event, rows = opened(session, *(f"Personne {number}" for number in range(20)))
    for number, row in enumerate(rows):
        reply(
            session, row, 5 if number < 12 else 4 if number < 18 else 1, words=f"{'zyx'[number % 3]} {number}"
        )
    scale, welcome, one, many, helped, change, again = evaluation.results(session, event, now=CLOSED).tallies
    shown = {row.label: row.count for row in scale.rows}
    assert shown == {"1": None, "2": None, "3": None, "4": None, "5": 12}  # 4 goes with 1: else it is told
    assert (scale.together, scale.mean) == (8, 4.3)
    assert [(row.label, row.count) for row in welcome.rows][-1] == (SILENT, 20)
    assert welcome.mean is None
    assert {row.label: row.count for row in one.rows}["Oui"] == 20
    assert {row.label: row.count for row in many.rows} == {
        "Des informations": None, "Des contacts": 20, "Des idées pour agir": None,
        "L’envie de poursuivre avec d’autres": None,
    }  # fmt: skip
    assert list(helped.words) == sorted(helped.words)
    assert change.words == ()
    assert [row.count for row in again.rows] == [20, None]


@both_databases
def test_another_day_s_replies_are_left_alone(session: Session) -> None:
    _event, rows = opened(session, "Amina")
    other, others = opened(session, "Bruno")
    reply(session, others[0])
    before = session.scalars(select(EvaluationReply.id).where(EvaluationReply.event_id == other.id)).all()
    reply(session, rows[0])
    assert (
        session.scalars(select(EvaluationReply.id).where(EvaluationReply.event_id == other.id)).all()
        == before
    )


# --- Pages ----------------------------------------------------------------------------------------


@pytest.fixture
def at_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(AFTER)
    return go


@pytest.mark.usefixtures("at_after")
def test_get_changes_nothing_and_the_page_is_private(session: Session, client: FlaskClient) -> None:
    _event, (row,) = opened(session, "Amina")
    link = f"/evaluation/{evaluation.issue_link(session, row, now=AFTER)}"
    session.commit()
    page = client.get(link)
    assert page.status_code == 200
    assert "anonyme" in page.text
    assert "Amina" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    session.rollback()
    session.expire_all()
    assert not session.get_one(Registration, row.id).has_evaluated


@pytest.mark.usefixtures("at_after")
def test_an_empty_or_wrong_form_is_shown_again(session: Session, client: FlaskClient) -> None:
    event, (row,) = opened(session, "Amina")
    helped = asked(session, event)[4]
    link = f"/evaluation/{evaluation.issue_link(session, row, now=AFTER)}"
    session.commit()
    assert client.post(link, data={}).status_code == 422
    answer = client.post(link, data={f"q{helped.id}": "x" * 2001})
    assert answer.status_code == 422
    assert "x" * 2001 in answer.text
    assert client.post(link, data={f"q{helped.id}": "Merci"}).status_code == 303
    assert "Merci, votre avis est enregistré" in client.get(link).text
    assert client.post(link, data={f"q{helped.id}": "Encore"}).status_code == 422


@pytest.mark.usefixtures("at_after")
def test_a_link_is_over_when_the_evaluation_is(
    session: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _event, (row,) = opened(session, "Amina")
    link = f"/evaluation/{evaluation.issue_link(session, row, now=AFTER)}"
    session.commit()
    monkeypatch.setattr(clock, "now", lambda: CLOSED)
    assert client.get(link).status_code == 410
    assert client.get("/evaluation/" + "x" * 43).status_code == 404


@pytest.mark.usefixtures("at_after")
def test_the_door_from_one_s_own_page(session: Session, client: FlaskClient) -> None:
    from hub.events.operations.letters import issue_link  # noqa: PLC0415

    _event, (row,) = opened(session, "Amina")
    own = f"/inscription/{issue_link(session, row, now=AFTER)}"
    session.commit()
    assert "Donner mon avis" in client.get(own).text
    answer = client.post(f"{own}/evaluation")
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    reply(session, row)
    session.commit()
    assert "Donner mon avis" not in client.get(own).text
    assert client.post(f"{own}/evaluation").location.endswith(own)


@pytest.mark.usefixtures("at_after")
def test_the_coordination_prepares_asks_and_reads(
    session: Session, client: FlaskClient, sign_in: Any
) -> None:
    event = module(session)
    rows = [participant(session, event, "1", name=f"Personne {number}") for number in range(6)]
    sign_in(client, coordinator(session))
    page = f"/journees/{event.slug}/evaluation"
    assert "Commencer par les questions habituelles" in client.get(page).text
    assert client.post(f"{page}/questions/habituelles").status_code == 303
    data = {"label": "Et le repas ?", "kind": "one", "options": "Bon\nMoins bon\n"}
    assert client.post(f"{page}/questions/ajouter", data={**data, "options": ""}).status_code == 422
    assert client.post(f"{page}/questions/ajouter", data=data).status_code == 303
    assert "Et le repas ?" in client.get(page).text
    assert "Et le repas ?" in client.get(f"{page}/apercu").text
    session.rollback()
    session.expire_all()
    last = asked(session, event)[-1]
    assert (
        client.post(f"{page}/questions/ordre", data={"moved": last.id, "direction": "up"}).status_code == 303
    )
    assert client.post(f"{page}/questions/{last.id}", data={**data, "label": "Le repas ?"}).status_code == 303
    assert client.post(f"{page}/questions/{last.id}/retirer").status_code == 303
    assert client.post(page, data={"last_day": "pas un jour"}).status_code == 422
    assert client.post(page, data={"last_day": LAST.isoformat()}).status_code == 303
    session.rollback()
    session.expire_all()
    for row in rows:
        reply(session, row, words="<script>alert(1)</script>")
    session.commit()
    assert "une fois l’évaluation close" in client.get(f"{page}/resultats").text
    assert client.get(f"{page}/questions/ajouter").status_code == 200
    assert client.post(f"{page}/questions/ajouter", data=data).status_code == 422
    assert client.post(f"{page}/clore").status_code == 303
    results = client.get(f"{page}/resultats").text
    assert "Cette journée vous a-t-elle été utile" in results
    assert "&lt;script&gt;" in results
    exported = client.get(f"{page}/resultats?format=csv").data.decode("utf-8-sig")
    assert "moins de 5" in exported
    assert "Moyenne" in exported


def test_nobody_else_opens_the_coordination_s_pages(session: Session, client: FlaskClient) -> None:
    event = module(session)
    session.commit()
    for part in ("", "/resultats", "/apercu", "/questions/ajouter"):
        assert client.get(f"/journees/{event.slug}/evaluation{part}").status_code == 302


@pytest.mark.usefixtures("at_after")
def test_a_sign_up_question_is_not_changed_from_here(
    session: Session, client: FlaskClient, sign_in: Any
) -> None:
    event = module(session)
    row = questions.add(session, event, Draft("Taille ?", QuestionKind.TEXT), actor=BY, now=AFTER)
    sign_in(client, coordinator(session))
    assert client.get(f"/journees/{event.slug}/evaluation/questions/{row.id}").status_code == 404
