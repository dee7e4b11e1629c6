"""Sending an agenda: to each once, killed halfway too; changes and calling off, as calendars read them."""

import email
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as CollectingHandler
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import DomainError
from hub.core.mail import Message, as_email
from hub.spaces.jobs import convening as convening_jobs
from hub.spaces.jobs import papers
from hub.spaces.models.followers import Follower
from hub.spaces.models.meetings import Answer, Attendance, Meeting, MeetingState, Purpose
from hub.spaces.models.spaces import MembershipRole
from hub.spaces.operations import agenda, convening, invitations, meetings
from hub.spaces.operations.agenda import ItemFacts
from hub.spaces.operations.meetings import MeetingFacts
from tests.conftest import SITE, Installation
from tests.factories import NOW, add
from tests.spaces import acting

DAY = date(2026, 4, 14)
FACTS = MeetingFacts(
    "Réunion d’avril", DAY, time(9, 30), time(12), place_name="CAI",
    place_address="Rue Docteur Haibe 2, 5002 Namur", practical="Entrée par la cour.",
)  # fmt: skip
PDF = b"%PDF-1.7 an agenda %%EOF"
RunJobs = Callable[[], int]


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the printing, which has tests of its own."""
    monkeypatch.setattr(papers, "agenda_pdf", lambda _context, _meeting: PDF)


def table(session: Session, seats: int = 3, **values: Any) -> tuple[Meeting, list[acting.Seat]]:
    where = acting.space(session)
    people = [acting.seat(session, where, shown=True) for _ in range(seats)]
    facts = replace(FACTS, **values)
    meeting = meetings.plan(session, where, facts, actor="test", now=NOW)
    told = ItemFacts("Loyers", Purpose.DECIDE, 20, people[0].organisation.id)
    agenda.add(session, meeting, told, actor="test", now=NOW)
    agenda.add(session, meeting, ItemFacts("Divers"), actor="test", now=NOW)
    return meeting, people


def send(session: Session, meeting: Meeting, run_jobs: RunJobs, *, to_all: bool = False) -> int:
    count = convening.send(session, meeting, to_all=to_all, actor="test", now=clock.now())
    session.commit()
    run_jobs()
    session.rollback()
    session.expire_all()
    return count


def follow_up(session: Session, run_jobs: RunJobs) -> None:
    session.commit()
    run_jobs()
    session.rollback()
    session.expire_all()


def mails(session: Session, kind: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def calendar_of(message: Message) -> tuple[str, Any]:
    """Return method and entry of a mail's calendar file, read by another parser than wrote it."""
    mail = email.message_from_bytes(as_email(message, "reseau@example.org").as_bytes(), policy=default)
    (part,) = [one for one in mail.iter_attachments() if one.get_content_type() == "text/calendar"]  # type: ignore[attr-defined]
    content = part.get_payload(decode=True).decode()
    assert "/reunion/" not in content, "the personal link stays out of calendars, which are shared"
    read = IcsCalendarStream.calendar_from_ics(content)
    (event,) = read.events
    assert read.method == part.get_param("method")
    assert read.timezones[0].tz_id == "Europe/Brussels"
    return str(read.method), event


def test_each_is_convened_once_with_agenda_paper_calendar_and_link(
    session: Session, run_jobs: RunJobs
) -> None:
    meeting, seats = table(session)
    assert send(session, meeting, run_jobs) == 3
    found = mails(session, "spaces.convened")
    assert sorted(row.recipient for row in found) == sorted(seat.person.email for seat in seats)
    (mine,) = [row for row in found if row.recipient == seats[0].person.email]
    assert mine.title.startswith("mardi 14 avril 2026")
    for words in (
        "9 h 30 (20 min) Loyers",
        "9 h 50 Divers",
        "CAI",
        "Entrée par la cour.",
    ):
        assert words in mine.text, words
    assert [part["name"] for part in mine.attachments] == ["reunion.ics", "ordre-du-jour.pdf"]
    assert (meeting.state, meeting.sequence) == (MeetingState.CONVENED, 0)
    with pytest.raises(DomainError):
        convening.send(session, meeting, to_all=True, actor="test", now=NOW)


def test_a_calendar_of_another_make_reads_it(session: Session, run_jobs: RunJobs) -> None:
    meeting, seats = table(session, 1)
    send(session, meeting, run_jobs)
    method, event = calendar_of(mails(session, "spaces.convened")[0])
    assert (method, event.uid, event.sequence) == ("REQUEST", f"reunion-{meeting.id}@localhost", 0)
    assert (event.dtstart, event.dtend) == (meeting.starts_at, meeting.ends_at)
    assert str(event.dtstart.tzinfo) == "Europe/Brussels"
    assert event.summary == "Réunion d’avril"
    assert event.location == "CAI, Rue Docteur Haibe 2, 5002 Namur"
    assert "Loyers" in event.description
    assert event.status == "CONFIRMED"
    (attendee,) = event.attendees
    assert str(attendee.uri) == f"mailto:{seats[0].person.email}"
    assert attendee.common_name == seats[0].person.name
    assert event.organizer is not None
    (alarm,) = event.alarm
    assert alarm.trigger == timedelta(days=-1)


@pytest.mark.parametrize(
    ("day", "offset"),
    [(date(2026, 3, 28), 1), (date(2026, 3, 29), 2), (date(2026, 10, 24), 2), (date(2026, 10, 25), 1)],
)
def test_both_changes_of_the_clocks_reach_the_calendar(
    session: Session, run_jobs: RunJobs, day: date, offset: int
) -> None:
    meeting, _ = table(session, 1, day=day)
    send(session, meeting, run_jobs)
    _, event = calendar_of(mails(session, "spaces.convened")[0])
    assert event.dtstart.replace(tzinfo=None) == datetime.combine(day, time(9, 30))
    assert event.dtstart.utcoffset() == timedelta(hours=offset)


def test_a_change_and_a_cancelling_are_higher_versions_of_the_same_entry(
    session: Session, run_jobs: RunJobs
) -> None:
    meeting, _ = table(session, 2)
    send(session, meeting, run_jobs)
    meetings.change(session, meeting, replace(FACTS, starts=time(10)), actor="test", now=NOW)
    follow_up(session, run_jobs)
    meetings.change(session, meeting, replace(FACTS, place_name="Bomel"), actor="test", now=NOW)
    follow_up(session, run_jobs)
    meetings.cancel(session, meeting, "Trop d’absents", actor="test", now=NOW)
    follow_up(session, run_jobs)
    kinds = ("spaces.convened", "spaces.meeting_changed", "spaces.meeting_cancelled")
    found = [message for kind in kinds for message in mails(session, kind)]
    assert len(found) == 2 * 4, "each gets each version once"
    seen = [calendar_of(message) for message in found[::2]]
    assert [method for method, _ in seen] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert {event.uid for _, event in seen} == {f"reunion-{meeting.id}@localhost"}
    assert [event.sequence for _, event in seen] == [0, 1, 2, 3]
    assert seen[1][1].dtstart.hour == 10
    assert seen[3][1].status == "CANCELLED"
    assert "Trop d’absents" in seen[3][1].comment
    assert "Trop d’absents" in found[-1].text


def test_whoever_is_added_later_is_the_only_one_told(session: Session, run_jobs: RunJobs) -> None:
    meeting, _ = table(session, 2)
    send(session, meeting, run_jobs)
    newcomer = acting.seat(session, meeting.space, shown=True)
    convening.add_guest(session, meeting, "invitee@example.org", "Ida", actor="test", now=NOW)
    agenda.add(session, meeting, ItemFacts("Nouveau point"), actor="test", now=NOW)
    assert send(session, meeting, run_jobs, to_all=False) == 2
    told = [row.recipient for row in mails(session, "spaces.convened")]
    assert sorted(told[2:]) == sorted([newcomer.person.email, "invitee@example.org"])
    assert mails(session, "spaces.meeting_changed") == []
    assert convening.has_changed(session, meeting), "the others still have the former agenda"
    assert send(session, meeting, run_jobs, to_all=True) == 0
    assert len(mails(session, "spaces.meeting_changed")) == 4
    assert (meeting.sequence, convening.has_changed(session, meeting)) == (1, False)


def test_an_agenda_that_changed_offers_an_update(session: Session, run_jobs: RunJobs) -> None:
    meeting, _ = table(session)
    assert not convening.has_changed(session, meeting), "nothing was sent yet"
    send(session, meeting, run_jobs)
    first, second = agenda.agreed(session, meeting)
    agenda.move(session, first, up=False, actor="test", now=NOW)
    assert convening.has_changed(session, meeting)
    agenda.move(session, first, up=True, actor="test", now=NOW)
    assert not convening.has_changed(session, meeting)
    agenda.change(session, second, ItemFacts("Divers", detail="Tour de table"), actor="test", now=NOW)
    assert convening.has_changed(session, meeting)


def test_killed_halfway_and_taken_up_again_nobody_is_written_to_twice(
    session: Session, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, seats = table(session, 25)
    convening.send(session, meeting, to_all=False, actor="test", now=NOW)
    session.commit()
    tell, done = convening.tell, []

    def dies(*given: Any, **more: Any) -> bool:
        if len(done) == 14:
            raise SystemExit  # neither the job nor its worker says a word
        done.append(given)
        return tell(*given, **more)

    monkeypatch.setattr(convening_jobs.convening, "tell", dies)
    with pytest.raises(SystemExit):
        run_jobs()
    session.rollback()
    half = len(mails(session, "spaces.convened"))
    assert half == convening_jobs.BATCH, "the batch under way leaves nothing behind"
    monkeypatch.setattr(convening_jobs.convening, "tell", tell)
    session.rollback()
    later = NOW + jobs.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    run_jobs()
    session.rollback()
    told = [row.recipient for row in mails(session, "spaces.convened")]
    assert sorted(told) == sorted(seat.person.email for seat in seats)
    assert len(told) == 25


def test_the_job_run_twice_writes_once(session: Session, run_jobs: RunJobs) -> None:
    meeting, _ = table(session)
    send(session, meeting, run_jobs)
    meetings.plan_telling(session, meeting, now=NOW, actor="test")
    follow_up(session, run_jobs)
    assert (
        session.scalar(select(func.count()).select_from(Message).where(Message.kind.startswith("spaces.")))
        == 3
    )


@pytest.mark.parametrize("end", ["mandate", "seat", "representation"])
def test_who_no_longer_speaks_there_hears_no_more_but_that_it_is_off(
    session: Session, run_jobs: RunJobs, end: str
) -> None:
    meeting, seats = table(session, 2)
    send(session, meeting, run_jobs)
    gone = seats[0]
    if end == "mandate":
        gone.mandate.withdrawn_at = NOW
    elif end == "seat":
        gone.membership.ends_on = clock.today(NOW) - timedelta(days=1)
    else:
        gone.mandate.is_limited = True
        row = session.scalars(
            select(acting.Representation).where(acting.Representation.mandate_id == gone.mandate.id)
        ).one()
        row.ended_at = NOW
    meetings.change(session, meeting, replace(FACTS, starts=time(10)), actor="test", now=NOW)
    follow_up(session, run_jobs)
    assert [row.recipient for row in mails(session, "spaces.meeting_changed")] == [seats[1].person.email]
    meetings.cancel(session, meeting, "Annulée", actor="test", now=NOW)
    follow_up(session, run_jobs)
    assert len(mails(session, "spaces.meeting_cancelled")) == 2


def test_who_was_never_told_need_not_hear_that_it_is_off(session: Session, run_jobs: RunJobs) -> None:
    meeting, _ = table(session)
    meetings.cancel(session, meeting, "Trop tôt", actor="test", now=NOW)
    follow_up(session, run_jobs)
    assert session.scalar(select(Message)) is None


def test_an_empty_agenda_a_meeting_that_began_or_nobody_is_not_sent(session: Session) -> None:
    where = acting.space(session)
    meeting = meetings.plan(session, where, FACTS, actor="test", now=NOW)
    acting.seat(session, where, shown=True)
    with pytest.raises(DomainError, match="vide"):
        convening.send(session, meeting, to_all=False, actor="test", now=NOW)
    agenda.add(session, meeting, ItemFacts("A"), actor="test", now=NOW)
    with pytest.raises(DomainError, match="commencé"):
        convening.send(session, meeting, to_all=False, actor="test", now=meeting.starts_at)
    lonely = meetings.plan(session, acting.space(session, "Vide"), FACTS, actor="test", now=NOW)
    agenda.add(session, lonely, ItemFacts("A"), actor="test", now=NOW)
    with pytest.raises(DomainError):
        convening.send(session, lonely, to_all=False, actor="test", now=NOW)
    assert lonely.state is MeetingState.PLANNED


def test_the_day_of_the_meeting_decides_who_is_asked(session: Session) -> None:
    meeting, seats = table(session, 3)
    seats[0].mandate.ends_on = DAY - timedelta(days=1)
    seats[1].mandate.starts_on = DAY
    seats[2].membership.role = MembershipRole.OBSERVER
    silent = acting.seat(session, meeting.space)  # a general mandate, exercised by nobody
    session.flush()
    found = convening.recipients(session, meeting, now=NOW)
    assert {one.email for one in found} == {seats[1].person.email, seats[2].person.email}
    assert {one.role for one in found} == {MembershipRole.MEMBER, MembershipRole.OBSERVER}
    assert {row.id for row in convening.silent_seats(session, meeting, found)} == {
        seats[0].organisation.id, silent.organisation.id,
    }  # fmt: skip


def test_a_substitute_is_told_to_come_instead(session: Session, run_jobs: RunJobs) -> None:
    meeting, seats = table(session, 1)
    other = acting.person(session, "Suppléante")
    given = acting.mandate(session, seats[0].organisation, other)
    add(
        session,
        acting.Representation(membership_id=seats[0].membership.id, mandate_id=given.id, created_at=NOW),
    )
    send(session, meeting, run_jobs)
    mine = session.scalars(select(Attendance).where(Attendance.person_id == seats[0].person.id)).one()
    convening.answer(session, mine, Answer.NOT_COMING, sends_substitute=True, actor="test", now=NOW)
    convening.answer(session, mine, Answer.NOT_COMING, sends_substitute=True, actor="test", now=NOW)
    assert [row.recipient for row in mails(session, "spaces.substitute")] == [other.email]
    assert mine.sends_substitute
    convening.answer(session, mine, Answer.COMING, actor="test", now=NOW)
    assert not mine.sends_substitute
    with pytest.raises(DomainError):
        convening.answer(session, mine, Answer.MAYBE, actor="test", now=meeting.starts_at)
    assert mine.answer is Answer.COMING


def test_nobody_is_sent_instead_where_nobody_else_is_asked(session: Session, run_jobs: RunJobs) -> None:
    meeting, _ = table(session, 1)
    send(session, meeting, run_jobs)
    mine = session.scalars(select(Attendance)).one()
    with pytest.raises(DomainError):
        convening.answer(session, mine, Answer.NOT_COMING, sends_substitute=True, actor="test", now=NOW)
    assert mine.answer is None


def test_followers_hear_when_and_where_and_nothing_more(session: Session, run_jobs: RunJobs) -> None:
    meeting, _ = table(session, 1)
    meeting.space.is_announced = True
    add(
        session,
        Follower(space_id=meeting.space_id, email="curieuse@example.org", created_at=NOW, confirmed_at=NOW),
    )
    add(session, Follower(space_id=meeting.space_id, email="muette@example.org", created_at=NOW))
    send(session, meeting, run_jobs)
    agenda.add(session, meeting, ItemFacts("Autre"), actor="test", now=NOW)
    send(session, meeting, run_jobs, to_all=True)
    (mail,) = mails(session, "spaces.meeting_announced")
    assert mail.recipient == "curieuse@example.org"
    assert "Loyers" not in mail.text
    assert mail.attachments == []
    meetings.change(session, meeting, replace(FACTS, starts=time(10)), actor="test", now=NOW)
    follow_up(session, run_jobs)
    meetings.cancel(session, meeting, "Salle prise", actor="test", now=NOW)
    follow_up(session, run_jobs)
    assert [row.title.split(" ")[0] for row in mails(session, "spaces.meeting_announced")][1:] == [
        "Changement",
        "Annulée",
    ]


def test_a_paper_that_can_not_be_printed_keeps_nobody_from_being_told(
    session: Session, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_context: Any, _meeting: int) -> bytes:
        raise jobs.JobFailedError("Un signe ne s’imprime pas.")

    monkeypatch.setattr(papers, "agenda_pdf", fails)
    meeting, _ = table(session, 1)
    send(session, meeting, run_jobs)
    (mail,) = mails(session, "spaces.convened")
    assert [part["name"] for part in mail.attachments] == ["reunion.ics"]
    assert "PDF" not in mail.text


def test_a_published_entry_bears_the_same_name(session: Session) -> None:
    meeting, _ = table(session, 1)
    read = IcsCalendarStream.calendar_from_ics(invitations.published(meeting, SITE, now=NOW).decode())
    assert (read.method, read.events[0].uid) == ("PUBLISH", f"reunion-{meeting.id}@127.0.0.1")


# --- Through a real SMTP server -------------------------------------------------------------------


class Catcher(CollectingHandler):
    """Keeps what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.caught: list[Any] = []

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


def test_a_hundred_convocations_leave_by_smtp(session: Session, run_jobs: RunJobs, smtp: Catcher) -> None:
    meeting, seats = table(session, 100)
    assert send(session, meeting, run_jobs) == 100
    assert sorted(mail["To"] for mail in smtp.caught) == sorted(seat.person.email for seat in seats)
    (first,) = [mail for mail in smtp.caught if mail["To"] == seats[0].person.email]
    kinds = [part.get_content_type() for part in first.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/pdf"]
    link = first.get_payload()[0].get_payload()[0].get_payload(decode=True).decode()
    assert f"{SITE.base_url.replace('127.0.0.1:8000', 'localhost')}/reunion/" in link
    session.expire_all()
    for message in mails(session, "spaces.convened"):
        assert not re.search(r"/reunion/[\w-]{43}", message.text), "once sent, the link is forgotten"
