"""Meetings: planned, changed, called off, through both clock changes; agendas and what members propose."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.core.jobs import Job
from hub.core.mail import Message
from hub.spaces.models.meetings import Answer, Attendance, ItemState, Meeting, MeetingState, Purpose
from hub.spaces.models.spaces import Space
from hub.spaces.operations import agenda, convening, meetings
from hub.spaces.operations.agenda import ItemFacts
from hub.spaces.operations.meetings import MeetingFacts
from hub.spaces.queries import meetings as queries
from hub.spaces.values.agenda import timed
from tests.conftest import both_databases
from tests.factories import NOW, add
from tests.spaces import acting

DAY = date(2026, 4, 14)


def facts(**values: Any) -> MeetingFacts:
    known = {
        "title": "Réunion d’avril", "day": DAY, "starts": time(9, 30), "ends": time(12), "place_name": "CAI",
        "place_address": "Rue Docteur Haibe 2, 5002 Namur",
    }  # fmt: skip
    return MeetingFacts(**{**known, **values})


def planned(session: Session, space: Space | None = None, **values: Any) -> Meeting:
    return meetings.plan(session, space or acting.space(session), facts(**values), actor="test", now=NOW)


def convened(session: Session) -> tuple[Meeting, acting.Seat]:
    where = acting.space(session)
    seat = acting.seat(session, where, shown=True)
    meeting = planned(session, where)
    agenda.add(session, meeting, ItemFacts("Bilan", duration=30), actor="test", now=NOW)
    convening.send(session, meeting, to_all=False, actor="test", now=NOW)
    return meeting, seat


@pytest.mark.parametrize(
    ("day", "hour", "moment"),
    [
        (date(2026, 3, 28), time(9), datetime(2026, 3, 28, 8, tzinfo=UTC)),
        (date(2026, 3, 29), time(9), datetime(2026, 3, 29, 7, tzinfo=UTC)),  # summer time begins
        (date(2026, 10, 24), time(9), datetime(2026, 10, 24, 7, tzinfo=UTC)),
        (date(2026, 10, 25), time(9), datetime(2026, 10, 25, 8, tzinfo=UTC)),  # and ends
    ],
)
def test_hours_are_those_of_brussels_on_both_days_of_the_clocks(
    session: Session, day: date, hour: time, moment: datetime
) -> None:
    meeting = planned(session, day=day, starts=hour, ends=time(11))
    assert meeting.starts_at == moment
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=2)


def test_a_night_of_the_clocks_is_as_long_as_it_is(session: Session) -> None:
    short = planned(session, day=date(2026, 3, 29), starts=time(1, 30), ends=time(3, 30))
    long = planned(session, short.space, day=date(2026, 10, 25), starts=time(1, 30), ends=time(3, 30))
    assert short.ends_at - short.starts_at == timedelta(hours=1)
    assert long.ends_at - long.starts_at == timedelta(hours=3)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"ends": time(9, 30)}, "ends"),
        ({"ends": time(8)}, "ends"),
        (
            {"day": date(2026, 3, 29), "starts": time(2, 30), "ends": time(3)},
            "ends",
        ),  # 2.30 is 3.30 that night
        ({"day": date(2062, 4, 14)}, "day"),
        ({"day": date(206, 4, 14)}, "day"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"online_url": "meet.example.org/abc"}, "online_url"),
        ({"online_url": "https://"}, "online_url"),
        ({"online_url": "https://meet.example.org/a b"}, "online_url"),
        ({"online_url": "https://[meet"}, "online_url"),
    ],
)
def test_what_makes_no_meeting_is_refused(session: Session, values: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refusal:
        planned(session, **values)
    assert refusal.value.field == field
    assert session.scalar(select(Meeting)) is None


def test_a_change_before_sending_tells_nobody(session: Session) -> None:
    meeting = planned(session)
    assert not meetings.change(session, meeting, facts(starts=time(10)), actor="test", now=NOW)
    assert meeting.sequence == 0
    assert session.scalar(select(Job).where(Job.name == meetings.TELL_JOB)) is None


def test_a_change_after_sending_is_a_new_version_and_asks_again_who_comes(session: Session) -> None:
    meeting, _ = convened(session)
    row = session.scalars(select(Attendance)).one()
    convening.answer(session, row, Answer.COMING, actor="test", now=NOW)
    assert not meetings.change(session, meeting, facts(), actor="test", now=NOW), "nothing has changed"
    assert meetings.change(session, meeting, facts(place_name="Maison de la laïcité"), actor="test", now=NOW)
    assert (meeting.sequence, row.answer) == (1, Answer.COMING)
    assert meetings.change(session, meeting, facts(day=DAY + timedelta(days=1)), actor="test", now=NOW)
    session.refresh(row)
    assert (meeting.sequence, row.answer, row.answered_at) == (2, None, None)


def test_calling_off_asks_why_and_happens_once(session: Session) -> None:
    meeting, _ = convened(session)
    with pytest.raises(DomainError) as refusal:
        meetings.cancel(session, meeting, " ", actor="test", now=NOW)
    assert refusal.value.field == "reason"
    meetings.cancel(session, meeting, "Salle indisponible", actor="test", now=NOW)
    assert (meeting.state, meeting.sequence) == (MeetingState.CANCELLED, 1)
    with pytest.raises(DomainError):
        meetings.cancel(session, meeting, "Encore", actor="test", now=NOW)
    with pytest.raises(DomainError):
        meetings.change(session, meeting, facts(starts=time(10)), actor="test", now=NOW)
    assert meeting.starts_at.hour == 7


def test_a_meeting_that_was_held_keeps_its_date(session: Session) -> None:
    meeting, _ = convened(session)
    meeting.state = MeetingState.HELD
    session.flush()
    for act in (
        lambda: meetings.change(session, meeting, facts(starts=time(10)), actor="test", now=NOW),
        lambda: meetings.cancel(session, meeting, "Non", actor="test", now=NOW),
        lambda: agenda.add(session, meeting, ItemFacts("Divers"), actor="test", now=NOW),
    ):
        with pytest.raises(DomainError):
            act()


@both_databases
def test_the_database_itself_refuses_one_guest_twice(session: Session) -> None:
    meeting = planned(session)
    guest = convening.add_guest(session, meeting, "Invitee@Example.org", "", actor="test", now=NOW)
    assert guest.name == "invitee"  # the list and the minutes keep it; the address is forgotten
    with pytest.raises(DomainError) as refusal:
        convening.add_guest(session, meeting, "invitee@example.org", "", actor="test", now=NOW)
    assert refusal.value.field == "email"
    with pytest.raises(IntegrityError):
        add(
            session,
            Attendance(
                meeting_id=meeting.id, guest_name="x", guest_email="invitee@example.org", created_at=NOW
            ),
        )


# --- The agenda -----------------------------------------------------------------------------------


def test_points_keep_the_order_that_they_are_given(session: Session) -> None:
    meeting = planned(session)
    rows = [agenda.add(session, meeting, ItemFacts(t), actor="test", now=NOW) for t in ("A", "B", "C")]
    agenda.reorder(session, meeting, [rows[2].id, rows[0].id, rows[1].id], actor="test", now=NOW)
    assert [row.title for row in agenda.agreed(session, meeting)] == ["C", "A", "B"]
    agenda.move(session, rows[1], up=True, actor="test", now=NOW)
    agenda.move(session, rows[2], up=True, actor="test", now=NOW)  # it is the first already
    assert [row.title for row in agenda.agreed(session, meeting)] == ["C", "B", "A"]


def test_an_order_of_other_points_is_refused(session: Session) -> None:
    meeting = planned(session)
    rows = [agenda.add(session, meeting, ItemFacts(t), actor="test", now=NOW) for t in ("A", "B")]
    other = agenda.add(session, planned(session, meeting.space), ItemFacts("X"), actor="test", now=NOW)
    for numbers in ([rows[0].id], [rows[0].id, rows[0].id], [rows[0].id, other.id], []):
        with pytest.raises(DomainError):
            agenda.reorder(session, meeting, numbers, actor="test", now=NOW)
    agenda.take_off(session, rows[0], actor="test", now=NOW)
    with pytest.raises(DomainError):
        agenda.reorder(session, meeting, [rows[1].id, rows[0].id], actor="test", now=NOW)
    agenda.put_back(session, rows[0], actor="test", now=NOW)
    assert [row.title for row in agenda.agreed(session, meeting)] == ["B", "A"]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"title": " "}, "title"), ({"duration": 0}, "duration"), ({"duration": 601}, "duration")],
)
def test_what_makes_no_point_is_refused(session: Session, values: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refusal:
        agenda.add(session, planned(session), ItemFacts(**{"title": "A", **values}), actor="test", now=NOW)
    assert refusal.value.field == field


@given(
    st.lists(st.one_of(st.none(), st.integers(1, 600)), max_size=12),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 - the zone comes next
    st.integers(1, 600),
)
def test_points_follow_each_other_and_the_excess_is_what_does_not_fit(
    durations: list[int | None], start: datetime, length: int
) -> None:
    start = start.replace(tzinfo=UTC)
    points = list(enumerate(durations))
    timing = timed(points, start, start + timedelta(minutes=length))
    assert timing.total == sum(minutes or 0 for minutes in durations)
    assert timing.excess == max(0, timing.total - length)
    known = start
    for number, minutes in points:
        assert timing.slots[number].starts_at == known
        if minutes is None:
            assert all(timing.slots[later].starts_at is None for later, _ in points[number + 1 :])
            break
        known += timedelta(minutes=minutes)


def test_standing_points_come_back_without_what_was_noted(session: Session) -> None:
    first = planned(session)
    agenda.add(
        session,
        first,
        ItemFacts("Bilan", is_standing=True, duration=10, purpose=Purpose.DECIDE),
        actor="test",
        now=NOW,
    )
    agenda.add(session, first, ItemFacts("Une fois"), actor="test", now=NOW)
    kept = [row for row in agenda.agreed(session, first) if row.is_standing]
    kept[0].notes = "Des choses notées"
    follow = planned(session, first.space, day=DAY + timedelta(days=30))
    agenda.carry_over(session, follow, kept, now=NOW)
    (row,) = agenda.agreed(session, follow)
    assert (row.title, row.duration, row.purpose, row.is_standing, row.notes) == (
        "Bilan",
        10,
        Purpose.DECIDE,
        True,
        "",
    )


def test_a_member_proposes_and_is_told_what_became_of_it(session: Session) -> None:
    meeting, seat = convened(session)
    told = {"person": seat.person, "organisation": seat.organisation, "actor": "lien personnel", "now": NOW}
    row = agenda.propose(session, meeting, ItemFacts("Loyers"), **told)  # type: ignore[arg-type]
    assert row.state is ItemState.PROPOSED
    assert row.organisation_id == seat.organisation.id
    assert "Loyers" not in [item.title for item in agenda.agreed(session, meeting)]
    with pytest.raises(DomainError) as refusal:
        agenda.decline(session, row, " ", actor="test", now=NOW)
    assert refusal.value.field == "reply"
    agenda.take(session, row, "", actor="test", now=NOW)
    assert agenda.agreed(session, meeting)[-1].title == "Loyers"
    with pytest.raises(DomainError):
        agenda.decline(session, row, "Trop tard", actor="test", now=NOW)
    mail = session.scalars(select(Message).where(Message.kind == "spaces.point_answered")).one()
    assert mail.recipient == seat.person.email
    assert "Loyers" in mail.title


def test_a_point_declined_carries_a_word(session: Session) -> None:
    meeting, seat = convened(session)
    told = {"person": seat.person, "organisation": seat.organisation, "actor": "lien personnel", "now": NOW}
    row = agenda.propose(session, meeting, ItemFacts("Loyers"), **told)  # type: ignore[arg-type]
    agenda.decline(session, row, "Nous en parlons en mai.", actor="test", now=NOW)
    mail = session.scalars(select(Message).where(Message.kind == "spaces.point_answered")).one()
    assert "Nous en parlons en mai." in mail.text


def test_nothing_is_proposed_once_the_meeting_has_begun_nor_without_end(session: Session) -> None:
    meeting, seat = convened(session)
    told: dict[str, Any] = {
        "person": seat.person,
        "organisation": seat.organisation,
        "actor": "lien personnel",
    }
    with pytest.raises(DomainError):
        agenda.propose(session, meeting, ItemFacts("Tard"), **told, now=meeting.starts_at)
    for number in range(agenda.MOST_PROPOSALS):
        agenda.propose(session, meeting, ItemFacts(f"Point {number}"), **told, now=NOW)
    with pytest.raises(DomainError):
        agenda.propose(session, meeting, ItemFacts("De trop"), **told, now=NOW)


def test_meetings_are_found_by_space_state_word_and_period(session: Session) -> None:
    here, there = acting.space(session), acting.space(session, "Plateforme Santé")
    late = planned(session, here, starts=time(23), ends=time(23, 30))
    other = planned(session, there, day=DAY + timedelta(days=1), title="Bilan 100 %")
    found = lambda **values: [row.id for row in session.scalars(queries.meetings(**values))]  # noqa: E731
    assert found() == [other.id, late.id]
    assert found(space_id=here.id) == [late.id]
    assert found(text="santé") == [other.id]
    assert found(text="100 %") == [other.id]
    assert found(text="100 x") == []
    assert found(first=DAY, last=DAY) == [late.id], "both days count, until midnight in Brussels"
    assert found(state=MeetingState.HELD) == []
    assert found(sort="space", descending=False) == [late.id, other.id]
