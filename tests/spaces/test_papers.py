"""Agenda and minutes as papers: from rows to content, printed once, anew when something changed."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pypdf
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.files import StoredFile
from hub.server import job_info
from hub.spaces.jobs import papers as paper_jobs
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.papers import MeetingPaper
from hub.spaces.models.spaces import MembershipRole
from hub.spaces.operations import papers, spaces
from memoranda import check
from tests import factories
from tests.conftest import Installation, both_databases
from tests.spaces import papers as made

NOW = made.NOW


@pytest.fixture
def context(installation: Installation, session: Session) -> jobs.JobContext:
    """Be inside a running job."""
    row = jobs.enqueue(session, "test", now=NOW)
    row.state, row.worker, row.lease_until = jobs.JobState.RUNNING, "test", clock.now() + jobs.LEASE
    session.commit()
    return jobs.JobContext(installation.engine, row.id, "test", job_info(installation.app))


def text_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def plain(text: str) -> str:
    return " ".join(text.split())


def test_each_point_has_its_hour_while_durations_are_known(session: Session) -> None:
    meeting = made.meeting(session, made.space(session))
    for number, duration in enumerate((20, 75, None, 10), start=1):
        made.item(session, meeting, f"Point {number}", number, duration=duration)
    topics = papers.agenda_of(session, meeting, base_url="https://reseau.example.org").topics
    told = [(plain(topic.starts), plain(topic.lasts)) for topic in topics]
    assert told == [("9 h", "20 min"), ("9 h 20", "1 h 15"), ("10 h 35", ""), ("", "10 min")]


def test_before_anybody_is_asked_an_agenda_names_who_sits_there(session: Session) -> None:
    of = made.space(session)
    for name in ("Zinneke", "Alpha"):
        house = factories.organisation(session, name)
        spaces.add_member(
            session, of, house, MembershipRole.MEMBER, starts_on=date(2020, 1, 1), actor=None, now=NOW
        )
    agenda = papers.agenda_of(session, made.meeting(session, of), base_url="")
    assert [party.organisation for party in agenda.asked] == ["Alpha", "Zinneke"]


def test_control_characters_that_were_pasted_don_t_stop_a_paper(session: Session) -> None:
    meeting = made.meeting(session, made.space(session))
    made.item(session, meeting, "Bud\x07get", 1, detail="un\x00deux")
    topic = papers.agenda_of(session, meeting, base_url="").topics[0]
    assert (topic.title, topic.detail) == ("Budget", "undeux")


def test_a_job_gets_the_agenda_and_prints_it_once(session: Session, context: jobs.JobContext) -> None:
    meeting = made.whole(session)
    session.commit()
    first = paper_jobs.agenda_pdf(context, meeting.id)
    assert check.problems(first) == []
    text = text_of(first)
    for words in ("Ordre du jour", "Réunion de mars", "Relevé des refus", "Ville de Namur"):
        assert words in text
    assert paper_jobs.agenda_pdf(context, meeting.id) == first
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_a_changed_agenda_is_printed_anew_and_takes_the_old_one_s_place(
    session: Session, context: jobs.JobContext
) -> None:
    meeting = made.whole(session)
    session.commit()
    first = paper_jobs.agenda_pdf(context, meeting.id)
    session.get_one(Meeting, meeting.id).state = MeetingState.CANCELLED
    session.get_one(Meeting, meeting.id).cancelled_reason = "La salle est prise."
    session.commit()
    second = paper_jobs.agenda_pdf(context, meeting.id)
    assert second != first
    assert "Cette réunion est annulée. La salle est prise." in text_of(second)
    assert session.scalar(select(func.count()).select_from(MeetingPaper)) == 1


def test_what_can_t_be_printed_is_told_by_its_point(session: Session, context: jobs.JobContext) -> None:
    meeting = made.meeting(session, made.space(session))
    made.item(session, meeting, "Budget", 1, detail="> " * 40 + "trop")
    session.commit()
    with pytest.raises(jobs.JobFailedError, match="Point 1, « Budget »"):
        paper_jobs.agenda_pdf(context, meeting.id)


@both_databases
def test_a_paper_asked_for_twice_is_one_job(session: Session, run_jobs: Callable[[], int]) -> None:
    meeting = made.whole(session)
    agenda = papers.agenda_of(session, meeting, base_url="http://localhost")
    row = papers.order(session, meeting, agenda, now=NOW)
    assert papers.order(session, meeting, agenda, now=NOW) is row
    one = papers.request(session, row, actor_id=None, now=clock.now())
    assert papers.request(session, row, actor_id=None, now=clock.now()) is one
    session.commit()
    run_jobs()
    session.expire_all()
    found: Any = papers.find(session, meeting, agenda)
    assert found.pages == 1
    assert found.file.name == "ordre-du-jour-2026-03-03.pdf"
    assert papers.request(session, found, actor_id=None, now=clock.now()) is None
