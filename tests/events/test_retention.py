"""What people told is erased by rule, or by themselves, everywhere at once: database and files tell."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.core import audit, clock, jobs
from hub.core.db import Base
from hub.core.errors import DomainError
from hub.core.i18n import format_date
from hub.core.mail import Message
from hub.core.sweeping import sweep
from hub.core.tokens import Token
from hub.events.models.days import Event, EventSession
from hub.events.models.holding import BY_RULE
from hub.events.models.outcomes import Certificate, EvaluationReply, Presence, Source
from hub.events.models.registrations import (
    Answer,
    DietOption,
    EventInvitation,
    GroupSignUp,
    Question,
    QuestionKind,
    QuestionPurpose,
    Registration,
    RegistrationState,
    ReservedPlaces,
)
from hub.events.models.retention import Kept, Retention
from hub.events.operations import letters, own_data, retention
from hub.events.operations.forgetting import USUAL
from tests import factories
from tests.conftest import Installation, both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW

# Words that no page, kind or demonstration says: wherever one stands, somebody's data stands.
SEEDED = {
    "name": "Zéphyrine Quatremots",
    "email": "zephyrine.quatremots@example.org",
    "phone": "0470999123",
    "diet": "allergie au topinambour",
    "access_needs": "fauteuil pliant mauve",
    "languages": "langue des signes tigrigna",
    "organisation_name": "Cercle des Quatremots",
    "decision_reason": "quatremotivation",
    "answer": "motif tout à fait quatremotique",
    "contact_name": "Anatole Quatremotif",
    "contact_email": "anatole.quatremotif@example.org",
    "invited": "invitee.quatremots@example.org",
    "reserved": "reserve.quatremots@example.org",
    "evaluation": "mots libres quatremots",
}
MARKS = ("quatremot", "topinambour", "pliant mauve", "tigrigna", "0470999123", "z\\u00e9phyrine", "zéphyrine")


# The person's own words stand there already: answers by their question, a name that the database keeps from
# changing.
STANDS = {"event_answer.value", "event_evaluation.answers", "certificate.name"}
MARK = "quatremotude"


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture
def event(session: Session) -> Event:
    row = plenary(session)
    session.add(DietOption(event_id=row.id, label="Sans gluten", position=0))
    session.flush()
    return row


@pytest.fixture
def somebody(session: Session, event: Event) -> Registration:
    """Return one person of whom everything that can be held is held."""
    from hub.events.operations import sign_up  # noqa: PLC0415

    told = wishes(event, 0, 1, diet=SEEDED["diet"], access_needs=SEEDED["access_needs"], consents=True)
    who = person(
        name=SEEDED["name"],
        email=SEEDED["email"],
        organisation_name=SEEDED["organisation_name"],
        form_key="k" * 20,
    )
    row = sign_up.register(session, event, who, told, now=NOW).registration
    row.phone, row.languages, row.decision_reason = (
        SEEDED["phone"], SEEDED["languages"], SEEDED["decision_reason"],
    )  # fmt: skip
    row.diets = list(session.scalars(select(DietOption)))
    group = GroupSignUp(
        event=event, contact_name=SEEDED["contact_name"], contact_email=SEEDED["contact_email"],
        contact_phone=SEEDED["phone"], organisation_name=SEEDED["organisation_name"], created_at=NOW,
    )  # fmt: skip
    row.group = group
    for purpose, kind, expected, value in (
        (QuestionPurpose.SIGN_UP, QuestionKind.TEXT, None, SEEDED["answer"]),
        (QuestionPurpose.ELIGIBILITY, QuestionKind.YES_NO, True, True),
    ):
        asked = Question(event_id=event.id, purpose=purpose, kind=kind, label="Question", expected=expected)
        session.add(asked)
        session.flush()
        row.answers.append(Answer(question=asked, value=value))
    free = Question(
        event_id=event.id, purpose=QuestionPurpose.EVALUATION, kind=QuestionKind.LONG_TEXT, label="Un mot ?"
    )
    scale = Question(
        event_id=event.id, purpose=QuestionPurpose.EVALUATION, kind=QuestionKind.SCALE, label="Note"
    )
    session.add_all([free, scale])
    session.flush()
    session.add(
        EvaluationReply(
            id="r1", event_id=event.id, answers={str(free.id): SEEDED["evaluation"], str(scale.id): 4}
        )
    )
    organisation = factories.organisation(session)
    session.add_all([
        EventInvitation(
            event_id=event.id, name=SEEDED["contact_name"], email=SEEDED["invited"], created_at=NOW
        ),
        ReservedPlaces(
            event_id=event.id, organisation_id=organisation.id, seats=2, contact_name=SEEDED["contact_name"],
            contact_email=SEEDED["reserved"], created_at=NOW,
        ),
    ])  # fmt: skip
    morning = EventSession(
        event=event, title="Matinée", starts_at=event.starts_at, ends_at=event.starts_at + timedelta(hours=3)
    )
    session.add(morning)
    session.flush()
    session.add(
        Presence(
            session_id=morning.id, registration_id=row.id, source=Source.SCAN, at=event.starts_at,
            stored_at=event.starts_at,
        )
    )  # fmt: skip
    session.flush()
    session.add(
        Certificate(
            event_id=event.id, registration_id=row.id, serial="2026-0001", code="c" * 22, name=SEEDED["name"],
            minutes=180, sessions=1, first_day=event.day, last_day=event.day, issued_at=event.ends_at,
        )
    )  # fmt: skip
    session.flush()
    deliver = session.scalars(select(jobs.Job).where(jobs.Job.name == "mail.deliver")).first()
    assert deliver is not None
    deliver.error = f"550 <{SEEDED['email']}> unknown"
    session.commit()
    return row


def dump(session: Session) -> str:
    """Return every row of every table, folded."""
    session.commit()
    rows = [
        str([*row])
        for table in Base.metadata.sorted_tables
        for row in session.execute(text(f'SELECT * FROM "{table.name}"')).all()  # noqa: S608
    ]
    return "\n".join(rows).casefold()


def found(content: str) -> list[str]:
    return [mark for mark in MARKS if mark in content]


def after(event: Event, days: int) -> datetime:
    return clock.end_of_day(event.last_day + timedelta(days=days))


@both_databases
def test_a_day_after_the_other_until_nothing_is_left(
    session: Session, event: Event, somebody: Registration
) -> None:
    assert set(found(dump(session))) >= {"quatremot", "topinambour", "pliant mauve", "tigrigna", "0470999123"}
    number = somebody.id
    for kept, (days, _most) in USUAL.items():
        before = after(event, days) - timedelta(seconds=1)
        assert kept.value not in retention.erase_due(session, event, now=before), kept
    for kept, (days, _most) in sorted(USUAL.items(), key=lambda each: each[1][0]):
        retention.erase_due(session, event, now=after(event, days))
        rule = next(each for each in retention.rules(session, event) if each.kept == kept)
        assert rule.done_at is not None, kept
        assert rule.erased, kept
    assert found(dump(session)) == []
    row = session.get_one(Registration, number)
    assert (row.name, row.email, row.purged_at is not None) == ("", None, True)
    assert row.state == RegistrationState.CONFIRMED
    assert event.heads == 1, "that somebody came stays"
    assert session.scalars(select(EventSession.kept_count)).one() == 1
    assert list(session.scalars(select(EvaluationReply)).one().answers.values()) == [4]


@both_databases
def test_nothing_is_erased_twice_and_what_comes_late_goes_too(
    session: Session, event: Event, somebody: Registration
) -> None:
    late = after(event, 4000)
    assert retention.erase_due(session, event, now=late)
    assert retention.erase_due(session, event, now=late) == {}
    told = Registration(
        event_id=event.id, name="Venue d’une liste", diet="", created_at=late, updated_at=late
    )
    session.add(told)
    session.flush()
    assert retention.erase_due(session, event, now=late) == {"identity": 1}
    assert somebody.event_id == event.id


def test_the_nightly_sweep_does_it_and_the_page_shows_it(
    installation: Installation,
    session: Session,
    event: Event,
    somebody: Registration,
    at_now: Callable[[datetime], None],
    run_jobs: Callable[[], None],
    sign_in: Callable[..., FlaskClient],
    client: FlaskClient,
) -> None:
    moment = after(event, 0) + timedelta(hours=2)
    session.commit()
    at_now(moment)
    sweep(installation.engine, now=moment)
    run_jobs()
    session.expire_all()
    assert session.get_one(Registration, somebody.id).diet == ""
    page = sign_in(client, factories.coordinator(session)).get(f"/journees/{event.slug}/donnees").text
    assert "effacé le" in page
    assert "topinambour" not in found(dump(session))


def left_in_files(installation: Installation, session: Session, event: Event, pragma: str) -> set[str]:
    """Erase everything; return what of it the files of the installation still hold."""
    assert installation.file is not None
    session.connection().exec_driver_sql(f"PRAGMA secure_delete={pragma}")
    retention.erase_due(session, event, now=after(event, 4000))
    session.commit()
    session.close()
    with installation.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    installation.engine.dispose()
    left = set()
    for path in installation.file.parent.rglob("*"):
        if path.is_file() and path.name != "template.db":
            content = path.read_bytes()
            left |= {word for word in SEEDED.values() if word.encode() in content}
    return left


def test_no_trace_stays_in_the_files(
    installation: Installation, session: Session, event: Event, somebody: Registration
) -> None:
    """SQLite overwrites what it deletes: not even the free parts of the file hold a name (G5)."""
    assert somebody.name == SEEDED["name"]
    assert session.connection().exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    assert left_in_files(installation, session, event, "ON") == set()


def test_without_overwriting_the_file_would_tell(
    installation: Installation, session: Session, event: Event, somebody: Registration
) -> None:
    """The control of the test above: it looks where it has to."""
    assert somebody.name == SEEDED["name"]
    assert left_in_files(installation, session, event, "OFF") != set()


def test_rules_are_set_in_advance_within_bounds(session: Session, event: Event) -> None:
    boss = factories.coordinator(session)
    retention.set_days(
        session, event, {Kept.IDENTITY: 30, Kept.ANSWERS: 30, Kept.NEEDS: 3}, actor=boss, now=NOW
    )
    days = {rule.kept: rule.days for rule in retention.rules(session, event)}
    assert (days[Kept.IDENTITY], days[Kept.ANSWERS], days[Kept.NEEDS]) == (30, 30, 3)
    assert event.forget_needs_at == after(event, 3)
    with pytest.raises(DomainError) as too_long:
        retention.set_days(session, event, {Kept.NEEDS: 15}, actor=boss, now=NOW)
    assert too_long.value.field == "days_needs"
    with pytest.raises(DomainError) as too_late:
        retention.set_days(session, event, {Kept.ANSWERS: 31}, actor=boss, now=NOW)
    assert too_late.value.field == "days_answers"


@pytest.mark.parametrize(
    ("typed", "words"), [("", "nombre"), ("douze", "nombre"), ("-1", "Entre 0 et"), ("99999", "Entre 0 et")]
)
def test_a_wrong_number_is_told_beside_it_and_stays(
    session: Session,
    event: Event,
    client: FlaskClient,
    sign_in: Callable[..., FlaskClient],
    typed: str,
    words: str,
) -> None:
    sign_in(client, factories.coordinator(session))
    data = {f"days_{kept.value}": str(days) for kept, (days, _most) in USUAL.items()}
    answer = client.post(
        f"/journees/{event.slug}/donnees", data={**data, "days_phone": typed, "days_identity": "200"}
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="200"' in answer.text
    session.rollback()
    assert session.scalars(select(Retention)).all() == []


def test_one_takes_along_what_is_held_of_oneself(
    session: Session, client: FlaskClient, event: Event, somebody: Registration
) -> None:
    link = f"/inscription/{letters.issue_link(session, somebody, now=NOW)}"
    session.commit()
    page = client.get(f"{link}/mes-donnees")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    file = client.get(f"{link}/mes-donnees/fichier")
    held = json.loads(file.data)
    told = json.dumps(held, ensure_ascii=False)
    for name in ("name", "email", "phone", "diet", "access_needs", "languages", "answer", "contact_name"):
        assert SEEDED[name] in told, name
    assert held["attestations"][0]["numero"] == "2026-0001"
    assert held["presences"][0]["present"] is True
    rows = client.get(f"{link}/mes-donnees/fichier?format=csv").data.decode("utf-8-sig")
    assert SEEDED["diet"] in rows
    assert event.taken == 1, "reading changes nothing"


@both_databases
def test_one_has_oneself_erased(session: Session, event: Event, somebody: Registration) -> None:
    own_data.erase(session, somebody, with_certificates=True, now=NOW)
    session.commit()
    left = dump(session)
    kept = ("anatole.quatremotif", "invitee.quatremots", "reserve.quatremots", "mots libres quatremots")
    for word in (*kept, "anatole quatremotif", "cercle des quatremots"):
        left = left.replace(word, "")  # what others told of themselves is theirs
    assert [mark for mark in found(left) if mark != "0470999123"] == []
    session.refresh(event)
    assert event.heads == 0, "the seat is free"
    assert session.scalars(select(Token).where(Token.subject_type == "registration")).all() == []
    acts = [entry.action for entry in session.scalars(audit.history(somebody))]
    assert "registration.erased" in acts


def test_erasing_through_the_link_closes_it(
    session: Session, client: FlaskClient, somebody: Registration
) -> None:
    link = f"/inscription/{letters.issue_link(session, somebody, now=NOW)}"
    session.commit()
    answer = client.post(f"{link}/mes-donnees", data={}, follow_redirects=True)
    assert answer.status_code == 200
    assert "effacé" in answer.text
    assert client.get(link).status_code == 404
    session.expire_all()
    assert session.scalars(select(Certificate)).one().name == SEEDED["name"], "it stays valid unless asked"


def test_a_mail_about_somebody_erased_does_not_leave(
    session: Session, event: Event, somebody: Registration, run_jobs: Callable[[], None]
) -> None:
    own_data.erase(session, somebody, with_certificates=False, now=NOW)
    session.commit()
    run_jobs()
    session.expire_all()
    about = select(Message).where(Message.subject_type == "registration")
    assert [mail.recipient for mail in session.scalars(about)] == []
    assert event.slug


def test_history_never_held_a_name(session: Session, somebody: Registration) -> None:
    lines = session.execute(text("SELECT actor_label, changes FROM audit_entry")).all()
    assert lines
    assert found(str(lines).casefold()) == []
    assert somebody.created_at.tzinfo == UTC


@both_databases
@pytest.mark.parametrize("kept", [kept for kept, columns in BY_RULE.items() if columns], ids=str)
def test_each_rule_reaches_all_of_its_columns(
    session: Session,
    event: Event,
    somebody: Registration,
    kept: Kept,
) -> None:
    """Words are put into each column by hand: no rule passes because nothing was there."""
    columns = [column.split(".") for column in BY_RULE[kept]]
    for table, column in columns:
        if f"{table}.{column}" in STANDS:
            continue
        done = session.execute(text(f"UPDATE {table} SET {column} = :mark"), {"mark": MARK})  # noqa: S608
        assert done.rowcount, (table, column)  # type: ignore[attr-defined]
    session.commit()
    session.expire_all()
    days_after = USUAL[kept][0]
    retention.erase_due(session, event, now=after(event, days_after))
    session.flush()
    if kept == Kept.ELIGIBILITY:
        held = session.execute(text("SELECT value FROM event_answer")).scalars().all()
        assert [value for value in held if "quatremot" not in str(value)] == [], "a yes or a no"
        return
    left = [
        (table, column)
        for table, column in columns
        for (value,) in session.execute(text(f"SELECT {column} FROM {table}")).all()  # noqa: S608
        if re.search("quatremot|Quatremot", str(value))
    ]
    assert left == []
    assert retention.erase_due(session, event, now=after(event, days_after)) == {}, "done once"
    assert somebody.event_id == event.id


@both_databases
@pytest.mark.parametrize("who", [GroupSignUp, ReservedPlaces, EventInvitation])
def test_whoever_is_named_without_a_sign_up_is_forgotten_too(
    session: Session,
    event: Event,
    who: type[GroupSignUp | ReservedPlaces | EventInvitation],
) -> None:
    """An invitation without answer, places without names: no sign-up makes the rule begin."""
    names = {"contact_name": MARK, "contact_email": f"{MARK}@example.org"}
    if who is EventInvitation:
        names = {"name": MARK, "email": f"{MARK}@example.org"}
    more = {}
    if who is ReservedPlaces:
        more = {"organisation_id": factories.organisation(session).id, "seats": 2}
    session.add(who(event_id=event.id, created_at=NOW, **names, **more))
    session.commit()
    due = after(event, USUAL[Kept.IDENTITY][0])
    rule = next(each for each in retention.rules(session, event) if each.kept == Kept.IDENTITY)
    assert rule.held == 1
    assert retention.erase_due(session, event, now=due) == {"identity": 1}
    assert retention.erase_due(session, event, now=due) == {}
    columns = ", ".join(names)
    assert MARK not in str(session.execute(text(f"SELECT {columns} FROM {who.__tablename__}")).all())  # noqa: S608


def test_the_form_says_from_when_its_answers_are_erased(
    session: Session, event: Event, client: FlaskClient
) -> None:
    """Told where it is asked, by the rules of that very day (article 13)."""
    retention.set_days(session, event, {Kept.IDENTITY: 30, Kept.ANSWERS: 30}, actor="équipe", now=NOW)
    session.commit()
    due = format_date(after(event, 30))
    for path in ("inscription", "inscription/groupe"):
        assert f"nom et adresse à partir du {due}" in client.get(f"/journees/{event.slug}/{path}").text, path
