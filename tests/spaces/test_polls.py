"""Finding a date: what may be asked, who answers until when, which date is best, one meeting of it."""

import itertools
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.spaces.models.meetings import Attendance, Meeting
from hub.spaces.models.polls import DateFound, DatePoll, DateVoter, DateWord, PollState
from hub.spaces.operations import convening, forgetting, lifecycle, meetings, polls
from hub.spaces.operations.meetings import MeetingFacts
from hub.spaces.operations.polls import Guest, PollFacts, Proposal
from hub.spaces.values import dates
from hub.spaces.values.dates import Ballot
from tests.conftest import both_databases
from tests.factories import NOW, add
from tests.spaces import acting

DAY = date(2026, 4, 14)
YES, MAYBE, NO = DateWord.YES, DateWord.IF_NEED_BE, DateWord.NO


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let jobs stand at NOW too."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def proposal(days: int = 0, starts: time = time(9, 30), ends: time = time(12)) -> Proposal:
    return Proposal(DAY + timedelta(days=days), starts, ends)


def facts(**values: Any) -> PollFacts:
    known = {
        "title": "Réunion de printemps", "last_day": date(2026, 4, 1), "place_name": "CAI",
        "proposals": (proposal(), proposal(1), proposal(2)), "guests": (Guest("invitee@example.org", "Ida"),),
    }  # fmt: skip
    return PollFacts(**{**known, **values})


def asked(session: Session, seats: int = 2, **values: Any) -> tuple[DatePoll, list[acting.Seat]]:
    where = acting.space(session)
    people = [acting.seat(session, where, shown=True) for _ in range(seats)]
    return polls.create(session, where, facts(**values), actor="test", now=NOW), people


def say(session: Session, voter: DateVoter, *words: DateWord, now: Any = NOW) -> None:
    told = {row.id: word for row, word in zip(voter.poll.proposals, words, strict=True)}
    polls.answer(session, voter, told, "", actor="test", now=now)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"proposals": ()}, "proposals"),
        ({"proposals": tuple(proposal(number) for number in range(21))}, "proposals"),
        ({"proposals": (proposal(), proposal())}, "proposals"),
        ({"proposals": (proposal(ends=time(9, 30)),)}, "proposals"),
        ({"proposals": (proposal(ends=time(8)),)}, "proposals"),
        ({"proposals": (Proposal(clock.today(NOW), time(9), time(18)),)}, "proposals"),
        ({"proposals": (Proposal(date(2062, 1, 1), time(9), time(18)),)}, "proposals"),
        ({"last_day": clock.today(NOW) - timedelta(days=1)}, "last_day"),
        ({"last_day": DAY + timedelta(days=1)}, "last_day"),
        ({"guests": (Guest("sans-arobase", ""),)}, "guests"),
        ({"guests": (Guest("a@example.org,b@example.org", ""),)}, "guests"),
        ({"guests": tuple(Guest(f"p{number}@example.org", "") for number in range(51))}, "guests"),
        ({"online_url": "meet"}, "online_url"),
    ],
)
def test_what_makes_no_poll_is_refused_and_leaves_nothing(
    session: Session, values: dict[str, Any], field: str
) -> None:
    where = acting.space(session)
    acting.seat(session, where, shown=True)
    with pytest.raises(DomainError) as refusal:
        polls.create(session, where, facts(**values), actor="test", now=NOW)
    assert refusal.value.field == field
    assert session.scalar(select(DatePoll)) is None


def test_a_space_that_closes_gives_its_searches_up_and_takes_neither_search_nor_meeting(
    session: Session,
) -> None:
    poll, _ = asked(session)
    space, today = poll.space, clock.today(NOW)
    lifecycle.close(session, space, last_day=today, reason="Fini", actor=None, now=NOW)
    assert poll.state is PollState.ABANDONED
    with pytest.raises(DomainError, match="fermé"):
        polls.create(session, space, facts(), actor="test", now=NOW)
    for day, may in ((today, True), (today + timedelta(days=1), False)):
        meant = MeetingFacts("Une de plus", day, time(9), time(10))
        if may:
            assert meetings.plan(session, space, meant, actor="test", now=NOW).id
        else:
            with pytest.raises(DomainError) as refusal:
                meetings.plan(session, space, meant, actor="test", now=NOW)
            assert refusal.value.field == "day"


def test_a_poll_asks_somebody(session: Session) -> None:
    with pytest.raises(DomainError):
        polls.create(session, acting.space(session), facts(guests=()), actor="test", now=NOW)


def test_the_same_hour_on_the_two_nights_of_the_clocks_is_two_moments(session: Session) -> None:
    poll, _ = asked(
        session,
        last_day=date(2026, 3, 20),
        proposals=(
            Proposal(date(2026, 3, 28), time(9), time(11)),
            Proposal(date(2026, 3, 29), time(9), time(11)),
        ),
    )
    before, after = poll.proposals
    assert after.starts_at - before.starts_at == timedelta(hours=23)


def test_a_date_of_the_evening_may_last_past_midnight(session: Session) -> None:
    poll, _ = asked(session, proposals=(proposal(starts=time(20), ends=time(0, 30)),))
    (only,) = poll.proposals
    assert only.ends_at - only.starts_at == timedelta(hours=4, minutes=30)


def test_everybody_is_written_to_once(session: Session, run_jobs: Callable[[], int]) -> None:
    _poll, seats = asked(session)
    session.commit()
    run_jobs()
    session.rollback()
    sent = session.scalars(select(Message.recipient).where(Message.kind == "spaces.poll")).all()
    assert sorted(sent) == sorted([*(seat.person.email for seat in seats), "invitee@example.org"])
    for voter in session.scalars(select(DateVoter)):
        assert not polls.write(session, voter, now=NOW), "the mark keeps a second mail from leaving"


def test_whoever_no_longer_speaks_there_is_not_written_to(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    _poll, seats = asked(session)
    seats[0].mandate.withdrawn_at = NOW
    session.commit()
    run_jobs()
    session.rollback()
    sent = session.scalars(select(Message.recipient).where(Message.kind == "spaces.poll")).all()
    assert seats[0].person.email not in sent
    assert len(sent) == 2


def test_answers_change_until_the_last_day_is_over(session: Session) -> None:
    poll, _ = asked(session)
    voter = poll.voters[0]
    say(session, voter, YES, MAYBE, NO)
    last_moment = clock.end_of_day(poll.last_day) - timedelta(seconds=1)
    say(session, voter, NO, NO, YES, now=last_moment)
    assert [row.word for row in voter.answers] == [NO, NO, YES]
    with pytest.raises(DomainError):
        say(session, voter, YES, YES, YES, now=clock.end_of_day(poll.last_day))
    polls.close(session, poll, actor="test", now=NOW)
    with pytest.raises(DomainError):
        say(session, voter, YES, YES, YES)
    polls.extend(session, poll, date(2026, 4, 5), actor="test", now=NOW)
    say(session, voter, YES, YES, YES)


def test_each_date_is_given_a_word(session: Session) -> None:
    poll, _ = asked(session)
    voter, other = poll.voters[0], asked(session)[0]
    for words in (
        {},
        {poll.proposals[0].id: YES},
        {row.id: YES for row in other.proposals},
        {row.id: YES for row in (*poll.proposals, other.proposals[0])},
    ):
        with pytest.raises(DomainError):
            polls.answer(session, voter, words, "", actor="test", now=NOW)
    assert voter.answered_at is None


def test_more_people_are_asked_later_and_nobody_twice(session: Session) -> None:
    poll, seats = asked(session)
    newcomer = acting.seat(session, poll.space, shown=True)
    again = (Guest("INVITEE@example.org", ""), Guest("autre@example.org", ""))
    assert polls.ask_more(session, poll, again, actor="test", now=NOW) == 2
    assert polls.ask_more(session, poll, again, actor="test", now=NOW) == 0
    assert {row.person_id for row in poll.voters} >= {newcomer.person.id, seats[0].person.id}


def test_a_reminder_goes_to_the_silent_once_a_day(session: Session) -> None:
    poll, _ = asked(session)
    for voter in poll.voters:
        polls.write(session, voter, now=NOW)
    say(session, poll.voters[0], YES, YES, YES)
    polls.remind(session, poll, actor="test", now=NOW)
    with pytest.raises(DomainError):
        polls.remind(session, poll, actor="test", now=NOW + timedelta(hours=5))
    for voter in poll.voters:
        polls.write_reminder(session, voter, "2026-03-10", now=NOW)
        assert not polls.write_reminder(session, voter, "2026-03-10", now=NOW)
    sent = session.scalars(select(Message.recipient).where(Message.kind == "spaces.poll_reminder")).all()
    assert len(sent) == 2
    assert poll.voters[0].email not in sent
    polls.remind(session, poll, actor="test", now=NOW + timedelta(days=1))


def test_one_click_makes_the_meeting_and_a_second_finds_it(session: Session) -> None:
    poll, seats = asked(session)
    say(session, poll.voters[0], YES, NO, NO)
    guest = next(row for row in poll.voters if row.guest_email)
    say(session, guest, YES, YES, YES)
    first = polls.turn(session, poll, poll.proposals[0], actor="test", now=NOW)
    again = polls.turn(session, poll, poll.proposals[1], actor="test", now=NOW)
    assert again.id == first.id
    assert (first.title, first.place_name) == (poll.title, "CAI")
    assert (first.starts_at, first.ends_at) == (poll.proposals[0].starts_at, poll.proposals[0].ends_at)
    assert poll.state is PollState.TURNED
    assert session.scalars(select(Meeting)).all() == [first]
    listed = {row.name for row in session.scalars(select(Attendance))}
    assert listed == {seats[0].person.name, "Ida"}, "who answered is on the meeting's list"
    told = {one.email for one in convening.recipients(session, first, now=NOW)}
    assert told == {seat.person.email for seat in seats} | {"invitee@example.org"}
    for act in (
        lambda: say(session, poll.voters[0], NO, NO, NO),
        lambda: polls.close(session, poll, actor="test", now=NOW),
        lambda: polls.abandon(session, poll, actor="test", now=NOW),
        lambda: polls.extend(session, poll, DAY, actor="test", now=NOW),
    ):
        with pytest.raises(DomainError):
            act()


def test_a_date_that_is_past_or_a_search_given_up_makes_no_meeting(session: Session) -> None:
    poll, _ = asked(session)
    with pytest.raises(DomainError):
        polls.turn(session, poll, poll.proposals[0], actor="test", now=poll.proposals[0].starts_at)
    polls.abandon(session, poll, actor="test", now=NOW)
    with pytest.raises(DomainError):
        polls.turn(session, poll, poll.proposals[0], actor="test", now=NOW)
    assert session.scalar(select(Meeting)) is None


@both_databases
def test_the_database_itself_refuses_a_second_meeting_of_a_poll(session: Session) -> None:
    poll, _ = asked(session)
    meeting = polls.turn(session, poll, poll.proposals[0], actor="test", now=NOW)
    other = polls.turn(session, asked(session)[0], poll.proposals[0], actor="test", now=NOW)
    assert other.id != meeting.id
    with pytest.raises(IntegrityError):
        add(
            session,
            DateFound(
                poll_id=poll.id, proposal_id=poll.proposals[1].id, meeting_id=meeting.id, created_at=NOW
            ),
        )


def test_addresses_of_guests_and_comments_are_forgotten(session: Session) -> None:
    poll, _ = asked(session)
    guest = next(row for row in poll.voters if row.guest_email)
    words = {row.id: YES for row in poll.proposals}
    polls.answer(session, guest, words, "Je pars à midi", actor="test", now=NOW)
    meeting = polls.turn(session, poll, poll.proposals[0], actor="test", now=NOW)
    forgetting.forget(session, now=meeting.ends_at)
    session.refresh(guest)
    assert guest.guest_email
    forgetting.forget(session, now=meeting.ends_at + forgetting.KEPT + timedelta(days=1))
    session.refresh(guest)
    kept = session.scalars(select(Attendance).where(Attendance.guest_name == "Ida")).one()
    session.refresh(kept)
    assert (guest.guest_email, guest.comment, guest.guest_name, kept.guest_email) == ("", "", "Ida", "")


# --- Which date is best ---------------------------------------------------------------------------

words = st.sampled_from([word.value for word in DateWord])
ballots = st.lists(
    st.builds(
        Ballot,
        organisation=st.one_of(st.none(), st.integers(1, 4)),
        words=st.dictionaries(st.integers(1, 5), words, max_size=5),
    ),
    max_size=12,
)


@given(ballots, st.permutations([1, 2, 3, 4, 5]))
def test_the_best_date_is_the_one_that_most_can_come_to(given: list[Ballot], order: list[int]) -> None:
    proposals = [(number, NOW + timedelta(days=number)) for number in order]
    found = dates.standings(proposals, given)
    assert sorted(one.proposal for one in found) == [1, 2, 3, 4, 5]
    for one in found:
        said = [ballot.words.get(one.proposal) for ballot in given]
        assert (one.yes, one.if_need_be, one.no) == tuple(said.count(word.value) for word in (YES, MAYBE, NO))
        able = {b.organisation for b in given if b.words.get(one.proposal) in ("yes", "if_need_be")} - {None}
        assert one.organisations == len(able)
    for better, worse in itertools.pairwise(found):
        assert (better.yes, better.if_need_be, better.organisations) >= (
            worse.yes, worse.if_need_be, worse.organisations,
        )  # fmt: skip
    assert found == dates.standings(sorted(proposals), list(reversed(given))), "no order of asking matters"
    top = dates.best(found)
    if any(one.yes or one.if_need_be for one in found):
        assert top
        assert {(one.yes, one.if_need_be, one.organisations) for one in top} == {
            (found[0].yes, found[0].if_need_be, found[0].organisations)
        }
    else:
        assert top == []


def test_one_voice_for_each_organisation_decides_between_equals() -> None:
    proposals = [(1, NOW), (2, NOW + timedelta(days=1))]
    given = [
        Ballot(7, {1: "yes", 2: "yes"}),
        Ballot(7, {1: "yes", 2: "no"}),
        Ballot(8, {1: "no", 2: "yes"}),
    ]
    assert [one.proposal for one in dates.standings(proposals, given)] == [2, 1]
