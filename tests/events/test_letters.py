"""The mails of a day: their words, theirs or usual; once to each, at their hour, killed halfway too."""

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as CollectingHandler
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import DomainError
from hub.core.jobs import Job, JobState
from hub.core.mail import Message, MessageState
from hub.events.jobs import letters as letter_jobs
from hub.events.models.days import Event, EventNotice, Mode
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.registrations import GroupSignUp, Registration, RegistrationState
from hub.events.operations import days, letters, mailings, sign_up, wording
from hub.events.values import blanks
from tests.conftest import Installation, both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW, coordinator

RunJobs = Callable[[], int]


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture
def event(session: Session) -> Event:
    return plenary(session, capacities=(200, 200, 200, 200))


def people(session: Session, event: Event, number: int) -> list[Registration]:
    rows = [
        sign_up.register(session, event, person(each), wishes(event, 0, 1), now=NOW).registration
        for each in range(1, number + 1)
    ]
    session.commit()
    return rows


def mails(session: Session, kind: LetterKind) -> list[Message]:
    session.rollback()
    rows = session.scalars(select(Message).where(Message.kind == f"events.{kind}").order_by(Message.id))
    return list(rows)


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_usual_words_of_each_kind_hold_known_blanks_only(session: Session, kind: LetterKind) -> None:
    subject, body = wording.usual(session, kind)
    assert subject
    assert body
    assert blanks.unknown(subject + body) == []
    assert blanks.outside_subject(subject) == []
    assert not blanks.is_torn(subject + body)
    assert "\n\n\n" not in body


@pytest.mark.parametrize("kind", list(LetterKind))
@pytest.mark.parametrize("is_online", [False, True])
def test_each_kind_can_be_previewed_in_both_wordings(
    session: Session, event: Event, kind: LetterKind, *, is_online: bool
) -> None:
    event.online_url = "https://visio.example.org/salle"
    usual = wording.rendered_example(session, event, kind, None, is_online=is_online, now=NOW)
    subject, body = wording.usual(session, kind)
    own = EventLetter(kind=kind, subject=subject, body=body, body_online="")
    rewritten = wording.rendered_example(session, event, kind, own, is_online=is_online, now=NOW)
    assert usual[0] == rewritten[0]
    for title, text, html in (usual, rewritten):
        assert "Camille Exemple" in text
        assert "Camille Exemple" in html
        assert "{" not in title + text
        assert "\n\n\n" not in text


def test_the_text_reads_as_a_letter(session: Session, event: Event) -> None:
    (row,) = people(session, event, 1)
    (mail,) = mails(session, LetterKind.CONFIRMED)
    assert mail.recipient == row.email
    for words in (
        "Bonjour Participant·e 1,",
        "La Marlagne",
        "accueil dès 9\u00a0h",
        "Atelier\u00a0: Besoins de base",
    ):
        assert words in mail.text, mail.text
    assert mail.attachments[0]["name"] == "journee.ics"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("Bonjour {prenom}", "prenom"),
        ("{régime}", "régimes"),
        ("Vos {besoins} : …", "régimes"),
        ("{allergies}", "régimes"),
        ("{repas choisi}", "régimes"),
        ("Bonjour {titre", "accolade"),
        ("Bonjour titre}", "accolade"),
        ("{}", "{}"),
    ],
)
def test_unknown_blanks_are_refused_beside_the_field(
    session: Session, event: Event, text: str, refusal: str
) -> None:
    for field in ("subject", "body", "body_online"):
        given_words = {"subject": "Objet", "body": "Texte", "body_online": "", field: text}
        with pytest.raises(DomainError) as caught:
            mailings.set_words(session, event, LetterKind.CONFIRMED, **given_words, actor="test", now=NOW)
        assert caught.value.field == field
        assert refusal in caught.value.msgid % caught.value.params
    assert session.scalar(select(func.count()).select_from(EventLetter)) == 0


def test_a_subject_holds_no_list_and_no_link(session: Session, event: Event) -> None:
    with pytest.raises(DomainError) as caught:
        mailings.set_words(
            session, event, LetterKind.REMINDER, subject="{détails}", body="Texte", actor="test", now=NOW
        )
    assert caught.value.field == "subject"


def test_blanks_are_known_whatever_accents_and_capitals() -> None:
    text = "{Prénom-Nom} {PRENOM NOM} {prenom_nom} {Titre}"
    assert blanks.unknown(text) == []
    assert blanks.fill(text, {"prénom-nom": "A", "titre": "T"}) == "A A A T"


@given(st.text(alphabet="{}abtire ", max_size=40), st.text(max_size=20))
def test_what_a_blank_holds_is_never_read_again(text: str, value: str) -> None:
    filled = blanks.fill(text, dict.fromkeys(blanks.NAMES, value))
    assert filled == value.join(re.split(r"\{\s*titre\s*\}", text)) or blanks.used(text)


def test_own_words_are_sent_with_their_blanks_filled(session: Session, event: Event) -> None:
    mailings.set_words(
        session, event, LetterKind.CONFIRMED, subject="À bientôt {prénom-nom}",
        body="**{titre}**, {lieu}.\n\nVos ateliers : {ateliers}.\n\n{lien}", actor="test", now=NOW,
    )  # fmt: skip
    odd = person(1, name="Zoé *{lien}* _O’Neil_ <b>")
    sign_up.register(session, event, odd, wishes(event, 0, 1), now=NOW)
    session.commit()
    (mail,) = mails(session, LetterKind.CONFIRMED)
    assert mail.title == "À bientôt Zoé *{lien}* _O’Neil_ <b>"
    assert "Plénière 2026, La Marlagne, Chemin des Marronniers 26, 5100 Wépion." in mail.text
    assert "Besoins de base ; Insertion" in mail.text
    assert re.search(r"/inscription/[\w-]{43}", mail.text)
    assert "<b>" not in mail.html
    assert mail.attachments


def test_a_subject_alone_keeps_the_usual_text(session: Session, event: Event) -> None:
    _, body = wording.usual(session, LetterKind.CONFIRMED)
    mailings.set_words(
        session, event, LetterKind.CONFIRMED, subject="C’est noté", body=body, actor="test", now=NOW
    )
    people(session, event, 1)
    (mail,) = mails(session, LetterKind.CONFIRMED)
    assert mail.title == "C’est noté"
    assert "Votre place est réservée." in mail.text


def test_back_to_the_usual_words(session: Session, event: Event) -> None:
    mailings.set_words(session, event, LetterKind.CONFIRMED, subject="X", body="Y", actor="test", now=NOW)
    mailings.take_usual(session, event, LetterKind.CONFIRMED, actor="test", now=NOW)
    people(session, event, 1)
    (mail,) = mails(session, LetterKind.CONFIRMED)
    assert "votre place est réservée" in mail.title


def test_diets_and_needs_stand_in_no_mail(session: Session, event: Event, run_jobs: RunJobs) -> None:
    told = wishes(event, 0, 1, diet="Sans gluten secret", access_needs="Boucle secrète", consents=True)
    done = sign_up.register(session, event, person(), told, now=NOW)
    letters.send(session, done.registration, LetterKind.CHANGED, now=NOW)
    mailings.send_now(session, event, LetterKind.PRACTICAL, actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    said = session.scalars(select(Message)).all()
    assert len(said) == 3
    assert not any("secr" in mail.text + mail.html + mail.title for mail in said)


def test_online_people_read_another_text_with_the_link(
    session: Session, event: Event, run_jobs: RunJobs
) -> None:
    (here,) = people(session, event, 1)
    event.mode, event.online_url = Mode.HYBRID, "https://visio.example.org/salle_1"
    mailings.set_words(
        session, event, LetterKind.PRACTICAL, subject="Demain", body="Venez : {lieu}.",
        body_online="Connectez-vous : {lien-en-ligne}", actor="test", now=NOW,
    )  # fmt: skip
    there = sign_up.register(
        session, event, person(2), wishes(event, 0, 1, mode=Mode.ONLINE), now=NOW
    ).registration
    mailings.send_now(session, event, LetterKind.PRACTICAL, actor="test", now=NOW)
    session.commit()
    run_jobs()
    by_person = {mail.recipient: mail.text for mail in mails(session, LetterKind.PRACTICAL)}
    assert "Venez : La Marlagne" in by_person[here.email or ""]
    assert "visio" not in by_person[here.email or ""]
    assert "https://visio.example.org/salle_1" in by_person[there.email or ""]


def test_who_waits_is_not_told_where_the_day_is_online(session: Session, event: Event) -> None:
    event.mode, event.online_url = Mode.ONLINE, "https://visio.example.org/salle"
    (row,) = people(session, event, 1)
    row.mode, row.state, row.queued_at = Mode.ONLINE, RegistrationState.WAITING, NOW
    session.flush()
    letters.send(session, row, LetterKind.NOTICE, now=NOW, notice="Autre heure")
    session.commit()
    (mail,) = mails(session, LetterKind.NOTICE)
    assert "visio" not in mail.text


# --- Once to each ---------------------------------------------------------------------------------


@both_databases
def test_one_mail_per_person_kind_and_version(session: Session) -> None:
    event = plenary(session)
    (row,) = people(session, event, 1)
    for version in ("2", "2", "3"):
        letters.send(session, row, LetterKind.CHANGED, now=NOW, version=version)
    session.commit()
    assert [mail.version for mail in mails(session, LetterKind.CHANGED)] == ["2", "3"]


def test_a_mail_is_of_the_transaction_that_needs_it(session: Session, event: Event) -> None:
    session.commit()
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    session.rollback()
    assert mails(session, LetterKind.CONFIRMED) == []
    assert session.scalar(select(func.count()).select_from(Registration)) == 0


def test_the_reminder_leaves_at_its_hour_once(
    session: Session, event: Event, run_jobs: RunJobs, at_now: Callable[[Any], None]
) -> None:
    people(session, event, 3)
    hour = NOW + timedelta(days=2)
    mailings.set_hour(session, event, LetterKind.REMINDER, hour, actor="test", now=NOW)
    session.commit()
    run_jobs()
    at_now(hour - timedelta(seconds=1))
    run_jobs()
    assert mails(session, LetterKind.REMINDER) == []
    at_now(hour)
    run_jobs()
    assert len(mails(session, LetterKind.REMINDER)) == 3
    letter = session.scalars(select(EventLetter)).one()
    assert letter.sent_at == hour
    jobs.enqueue(
        session, mailings.LETTER_JOB, now=hour, event=event.id, kind=LetterKind.REMINDER.value, version=1
    )
    session.commit()
    run_jobs()
    assert len(mails(session, LetterKind.REMINDER)) == 3


def test_a_worker_that_comes_back_after_the_day_reminds_nobody(
    session: Session, event: Event, run_jobs: RunJobs, at_now: Callable[[Any], None]
) -> None:
    people(session, event, 1)
    mailings.set_hour(session, event, LetterKind.REMINDER, NOW + timedelta(days=2), actor="test", now=NOW)
    session.commit()
    at_now(event.ends_at)
    run_jobs()
    assert mails(session, LetterKind.REMINDER) == []


def test_an_hour_that_moved_is_the_one_that_counts(
    session: Session, event: Event, run_jobs: RunJobs, at_now: Callable[[Any], None]
) -> None:
    people(session, event, 1)
    first, second = NOW + timedelta(days=1), NOW + timedelta(days=3)
    for hour in (first, second):
        mailings.set_hour(session, event, LetterKind.REMINDER, hour, actor="test", now=NOW)
    session.commit()
    at_now(first)
    run_jobs()
    assert mails(session, LetterKind.REMINDER) == []
    mailings.set_hour(session, event, LetterKind.REMINDER, None, actor="test", now=first)
    session.commit()
    at_now(second)
    run_jobs()
    assert mails(session, LetterKind.REMINDER) == []


@pytest.mark.parametrize("away", [timedelta(0), timedelta(days=400)])
def test_an_hour_gone_by_or_after_the_beginning_is_refused(
    session: Session, event: Event, away: timedelta
) -> None:
    with pytest.raises(DomainError) as caught:
        mailings.set_hour(session, event, LetterKind.REMINDER, NOW + away, actor="test", now=NOW)
    assert caught.value.field == "send_on"


def test_sent_again_only_when_asked_as_a_new_version(
    session: Session, event: Event, run_jobs: RunJobs
) -> None:
    people(session, event, 2)
    mailings.send_now(session, event, LetterKind.PRACTICAL, actor="test", now=NOW)
    with pytest.raises(DomainError):  # it is leaving
        mailings.send_now(session, event, LetterKind.PRACTICAL, actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    mailings.send_now(session, event, LetterKind.PRACTICAL, actor="test", now=NOW)
    session.commit()
    run_jobs()
    versions = [mail.version for mail in mails(session, LetterKind.PRACTICAL)]
    assert versions == ["1", "1", "2", "2"]


def test_who_gets_a_seat_after_it_left_reads_it_too(
    session: Session, event: Event, run_jobs: RunJobs
) -> None:
    people(session, event, 1)
    mailings.send_now(session, event, LetterKind.PRACTICAL, actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    sign_up.register(session, event, person(2), wishes(event, 0, 1), now=NOW)
    session.commit()
    assert [mail.recipient for mail in mails(session, LetterKind.PRACTICAL)] == [
        "p1@example.org",
        "p2@example.org",
    ]


def test_who_cancelled_is_not_reminded(session: Session, event: Event, run_jobs: RunJobs) -> None:
    first, second = people(session, event, 2)
    sign_up.cancel(session, first, actor="test", now=NOW)
    mailings.send_now(session, event, LetterKind.REMINDER, actor="test", now=NOW)
    session.commit()
    run_jobs()
    assert [mail.recipient for mail in mails(session, LetterKind.REMINDER)] == [second.email]


KILLED_WORKER = """
import os, signal, sys
from sqlalchemy import create_engine
from hub.core import clock, jobs
from hub.core.db import prepare_engine
from hub.core.mail import Site
from hub.events.jobs import letters as letter_jobs
from tests.factories import NOW
clock.now = lambda: NOW
send, done = letter_jobs.letters.send, []
def dies(*given, **more):
    if len(done) == 60:
        print("dies", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(send(*given, **more))
letter_jobs.letters.send = dies
engine = create_engine(sys.argv[1])
prepare_engine(engine)
site = Site("http://127.0.0.1:8000", "Réseau d’essai", "reseau@example.org")
while jobs.run_next(engine, "killed", {"site": site, "config": {"SMTP_HOST": ""}}):
    pass
"""


@both_databases
def test_a_worker_killed_between_leaves_one_mail_to_each(
    session: Session, installation: Installation, run_jobs: RunJobs, at_now: Callable[[Any], None]
) -> None:
    event = plenary(session, capacities=(200, 200, 200, 200))
    rows = people(session, event, 90)
    run_jobs()
    mailings.send_now(session, event, LetterKind.REMINDER, actor="test", now=NOW)
    session.commit()
    url = installation.engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", KILLED_WORKER, url], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()
    half = len(mails(session, LetterKind.REMINDER))
    assert half == 2 * letter_jobs.BATCH, "the batch under way leaves nothing behind"
    assert session.scalars(select(EventLetter)).one().sent_at is None
    session.execute(update(Job).where(Job.state == JobState.RUNNING).values(lease_until=NOW))
    session.commit()
    at_now(NOW + timedelta(seconds=1))
    run_jobs()
    told = [mail.recipient for mail in mails(session, LetterKind.REMINDER)]
    assert sorted(told) == sorted(row.email or "" for row in rows)
    assert session.scalars(select(EventLetter)).one().sent_at is not None


# --- Who is told ----------------------------------------------------------------------------------


def test_without_address_the_group_s_contact_is_told_whom_it_is_about(session: Session, event: Event) -> None:
    (row,) = people(session, event, 1)
    group = GroupSignUp(
        event=event, contact_name="Dominique", contact_email="groupe@example.org", created_at=NOW
    )
    session.add(group)
    row.group, row.email = group, None
    session.flush()
    letters.send(session, row, LetterKind.CHANGED, now=NOW)
    session.commit()
    (mail,) = mails(session, LetterKind.CHANGED)
    assert mail.recipient == "groupe@example.org"
    assert "Bonjour Dominique," in mail.text
    assert "Participant·e 1" in mail.text


def test_without_any_address_nothing_is_written(session: Session, event: Event) -> None:
    (row,) = people(session, event, 1)
    row.email = None
    session.flush()
    letters.send(session, row, LetterKind.CHANGED, now=NOW)
    assert mails(session, LetterKind.CHANGED) == []


def test_a_notice_goes_once_to_everybody_signed_up_or_waiting(
    session: Session, event: Event, run_jobs: RunJobs
) -> None:
    rows = people(session, event, 3)
    rows[1].state, rows[1].queued_at = RegistrationState.WAITING, NOW
    sign_up.cancel(session, rows[2], actor="test", now=NOW)
    notice = EventNotice(event=event, text="Autre salle : B2", shown_from=NOW, created_at=NOW)
    session.add(notice)
    session.flush()
    for _ in range(2):
        letters.tell_notice(session, notice, now=NOW)
    session.commit()
    run_jobs()
    said = mails(session, LetterKind.NOTICE)
    assert [mail.recipient for mail in said] == ["p1@example.org", "p2@example.org"]
    assert "Autre salle : B2" in said[0].text
    assert notice.mailed_at == NOW


def test_a_notice_withdrawn_meanwhile_is_not_mailed(
    session: Session, event: Event, run_jobs: RunJobs
) -> None:
    people(session, event, 1)
    notice = EventNotice(event=event, text="Erreur", shown_from=NOW, created_at=NOW)
    session.add(notice)
    session.flush()
    letters.tell_notice(session, notice, now=NOW)
    notice.withdrawn_at = NOW
    session.commit()
    run_jobs()
    assert mails(session, LetterKind.NOTICE) == []


def test_a_day_that_moved_is_told_with_the_entry_for_calendars(
    session: Session, event: Event, run_jobs: RunJobs
) -> None:
    mailings.set_words(session, event, LetterKind.CHANGED, subject="X", body="Y", actor="test", now=NOW)
    (row,) = people(session, event, 1)
    event.starts_at += timedelta(days=7)
    event.ends_at += timedelta(days=7)
    event.sequence += 1
    for _ in range(2):
        letters.tell_moved(session, event, now=NOW, changes=["Nouveau jour."])
    session.commit()
    run_jobs()
    (mail,) = mails(session, LetterKind.CHANGED)
    assert "La journée a changé" in mail.text
    assert "Nouveau jour." in mail.text
    assert "16 juin 2026" in mail.text
    assert "method=REQUEST" in mail.attachments[0]["type"]
    assert mail.recipient == row.email


def test_called_off_takes_the_entry_away_from_those_who_have_it(
    session: Session, event: Event, run_jobs: RunJobs
) -> None:
    seated, waits = people(session, event, 2)
    session.execute(
        update(Message).where(Message.subject_id == waits.id).values(kind="events.waiting", attachments=[])
    )
    waits.state, waits.queued_at = RegistrationState.WAITING, NOW
    session.flush()
    days.call_off(session, event, "Grève.", actor="test", now=NOW)
    session.commit()
    run_jobs()
    by_person = {mail.recipient: mail for mail in mails(session, LetterKind.CALLED_OFF)}
    assert "method=CANCEL" in by_person[seated.email or ""].attachments[0]["type"]
    assert by_person[waits.email or ""].attachments == []
    assert "Grève." in by_person[waits.email or ""].text


# --- Through a real SMTP server -------------------------------------------------------------------


class Catcher(CollectingHandler):
    """Keeps what it is handed; refuses two addresses for good."""

    def __init__(self) -> None:
        super().__init__()
        self.caught: list[Any] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in {"p3@example.org", "p5@example.org"}:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Any) -> None:
        self.caught.append(message)


@pytest.fixture
def smtp(installation: Installation) -> Iterator[Catcher]:
    catcher = Catcher()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    config = installation.app.config
    before = {key: config[key] for key in ("SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "MAIL_FROM")}
    config.update(SMTP_HOST="127.0.0.1", SMTP_PORT=port, SMTP_TLS="none", MAIL_FROM="reseau@example.org")
    yield catcher
    config.update(before)
    controller.stop()


def test_a_reminder_leaves_by_smtp_and_the_page_counts_it(
    session: Session,
    event: Event,
    run_jobs: RunJobs,
    smtp: Catcher,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
) -> None:
    people(session, event, 40)
    run_jobs()
    smtp.caught.clear()
    mailings.send_now(session, event, LetterKind.REMINDER, actor="test", now=NOW)
    session.commit()
    run_jobs()
    assert len(smtp.caught) == 38
    kinds = [part.get_content_type() for part in smtp.caught[0].walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    states = [mail.state for mail in mails(session, LetterKind.REMINDER)]
    assert states.count(MessageState.FAILED) == 2
    page = sign_in(client, coordinator(session)).get(f"/journees/{event.slug}/mails/reminder").text
    assert "38 envoyés sur 40" in page
    assert "2 adresses refusées" in page
    assert "p3@example.org" in page


# --- Pages ----------------------------------------------------------------------------------------


@pytest.fixture
def desk(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, coordinator(session))


def test_a_mail_is_rewritten_and_brought_back(session: Session, event: Event, desk: FlaskClient) -> None:
    session.commit()
    page = f"/journees/{event.slug}/mails/confirmed"
    assert "{prénom-nom}" in desk.get(page).text
    sent = {"subject": "Bienvenue", "body": "Bonjour {prénom-nom}."}
    assert desk.post(page, data=sent).status_code == 303
    assert "Bonjour {prénom-nom}." in desk.get(page).text
    assert "Bonjour Camille Exemple." in desk.get(f"{page}/apercu").text
    assert desk.post(f"{page}/habituel").status_code == 303
    assert "Bonjour {prénom-nom}." not in desk.get(page).text


def test_a_wrong_blank_keeps_what_was_typed(session: Session, event: Event, desk: FlaskClient) -> None:
    session.commit()
    page = f"/journees/{event.slug}/mails/confirmed"
    sent = {"subject": "Mon objet", "body": "Bonjour {inconnu}."}
    answer = desk.post(page, data=sent)
    assert answer.status_code == 422
    assert "Mon objet" in answer.text
    assert "Bonjour {inconnu}." in answer.text
    assert "ne remplace rien" in answer.text
    tried = desk.post(f"{page}/apercu", data=sent)
    assert tried.status_code == 422
    assert "ne remplace rien" in tried.text
    assert session.scalar(select(func.count()).select_from(EventLetter)) == 0


def test_a_preview_keeps_nothing_and_runs_nothing(session: Session, event: Event, desk: FlaskClient) -> None:
    session.commit()
    sent = {"subject": "Essai", "body": "<script>alert(1)</script> **gras** {date}"}
    answer = desk.post(f"/journees/{event.slug}/mails/confirmed/apercu", data=sent)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "<strong>gras</strong>" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert session.scalar(select(func.count()).select_from(EventLetter)) == 0


def test_the_hour_is_chosen_on_the_page(session: Session, event: Event, desk: FlaskClient) -> None:
    session.commit()
    page = f"/journees/{event.slug}/mails/reminder"
    assert desk.post(f"{page}/heure", data={"send_on": "2026-06-08", "send_time": ""}).status_code == 422
    assert desk.post(f"{page}/heure", data={"send_on": "2020-06-08", "send_time": "09:00"}).status_code == 422
    assert desk.post(f"{page}/heure", data={"send_on": "2026-06-08", "send_time": "09:00"}).status_code == 303
    session.rollback()
    assert session.scalars(select(EventLetter.send_at)).one() == clock.at(
        clock.today(event.starts_at) - timedelta(days=1), clock.local(event.doors_at or NOW).time()
    )
    assert "8 juin 2026" in desk.get(page).text


def test_only_coordinators_see_the_mails(session: Session, event: Event, client: FlaskClient) -> None:
    session.commit()
    for path in ("", "/confirmed", "/confirmed/apercu", "/reminder/envoyer"):
        assert client.get(f"/journees/{event.slug}/mails{path}").status_code in {302, 403}


def test_an_unknown_kind_is_no_page(session: Session, event: Event, desk: FlaskClient) -> None:
    session.commit()
    assert desk.get(f"/journees/{event.slug}/mails/nimporte").status_code == 404
    assert desk.get(f"/journees/{event.slug}/mails/confirmed/envoyer").status_code == 404
