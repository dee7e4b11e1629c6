"""Finding a date: asking, answering, reminding, and making the meeting of it – one, whoever clicks when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session, joinedload

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, jobs, mail, settings, tokens
from hub.core.errors import N_, DomainError
from hub.spaces.models.meetings import Attendance, Meeting
from hub.spaces.models.polls import (
    DateAnswer,
    DateFound,
    DatePoll,
    DateProposal,
    DateVoter,
    DateWord,
    PollState,
)
from hub.spaces.models.spaces import Space, SpaceState
from hub.spaces.operations import meetings
from hub.spaces.operations.meetings import FARTHEST, MeetingFacts
from hub.spaces.queries import seats
from hub.spaces.values.guests import named

PURPOSE = "spaces.poll"
ASK_JOB, REMIND_JOB = "spaces.ask_dates", "spaces.remind_dates"
MOST_PROPOSALS, MOST_GUESTS = 20, 50
LONGEST_COMMENT = 500
LINK_OUTLIVES = timedelta(days=30)  # the page then says that the poll is over, rather than that it is unknown
BY_LINK = "lien personnel"
GONE = N_("Cette recherche de date est terminée.")


@dataclass(frozen=True)
class Proposal:
    """A day and its hours, as Brussels' clocks show them."""

    day: date
    starts: time
    ends: time


@dataclass(frozen=True)
class Guest:
    """Somebody who is asked without sitting in the space."""

    email: str
    name: str


@dataclass(frozen=True)
class PollFacts:
    """What is asked: title, words that go with it, where, until when (a day, included), which dates."""

    title: str
    last_day: date
    proposals: tuple[Proposal, ...]
    words: str = ""
    place_name: str = ""
    place_address: str = ""
    online_url: str = ""
    guests: tuple[Guest, ...] = ()


def create(
    session: Session, space: Space, facts: PollFacts, *, actor: User | str | None, now: datetime
) -> DatePoll:
    """Ask everybody who speaks in the space, and the guests, for a date; a job writes to them.

    Raises DomainError for a closed space, no title, no date, too many, one twice, one that is past or ends
    before it begins, a last day that is past or after the first date, a bad address, or nobody to ask.
    """
    if space.state is SpaceState.CLOSED:
        raise DomainError(N_("Cet espace est fermé : il ne se réunit plus."))
    title = facts.title.strip()
    if not title:
        raise DomainError(N_("Donnez un titre à la réunion."), field="title")
    moments = _moments(facts.proposals, now)
    _check_last_day(facts.last_day, moments, now)
    online = meetings.online_address(facts.online_url)
    guests = _guests(facts.guests)
    asked = _speakers(session, space, facts.last_day)
    if not asked and not guests:
        raise DomainError(
            N_(
                "Personne ne siège encore ici au nom d’une organisation. Donnez des mandats, ou des adresses."
            ),
            field="guests",
        )
    poll = DatePoll(
        space_id=space.id, title=title[:200], words=facts.words.strip(), online_url=online,
        place_name=facts.place_name.strip()[:200], place_address=facts.place_address.strip()[:300],
        last_day=facts.last_day, state=PollState.OPEN, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(poll)
    session.flush()
    session.add_all(DateProposal(poll_id=poll.id, starts_at=start, ends_at=end) for start, end in moments)
    _add_voters(session, poll, asked, guests, now)
    audit.record(
        session, "poll.created", poll, actor=actor, now=now,
        changes={"title": [None, poll.title], "asked": [None, len(asked) + len(guests)]},
    )  # fmt: skip
    _enqueue(session, ASK_JOB, poll, actor=actor, now=now)
    return poll


def _moments(proposals: Sequence[Proposal], now: datetime) -> list[tuple[datetime, datetime]]:
    if not proposals:
        raise DomainError(N_("Proposez au moins une date."), field="proposals")
    if len(proposals) > MOST_PROPOSALS:
        raise DomainError(N_("Proposez %(max)d dates au plus."), field="proposals", max=MOST_PROPOSALS)
    found: list[tuple[datetime, datetime]] = []
    for number, one in enumerate(proposals, start=1):
        if one.day > clock.today(now) + FARTHEST:
            raise DomainError(N_("Date %(number)d : vérifiez l’année."), field="proposals", number=number)
        pair = clock.at(one.day, one.starts), clock.until(one.day, one.starts, one.ends)
        if pair[1] <= pair[0]:
            raise DomainError(
                N_("Date %(number)d : la fin vient après le début."), field="proposals", number=number
            )
        if pair[0] <= now:
            raise DomainError(
                N_("Date %(number)d : ce moment est déjà passé."), field="proposals", number=number
            )
        if pair in found:
            raise DomainError(
                N_("Date %(number)d : elle est déjà proposée plus haut."), field="proposals", number=number
            )
        found.append(pair)
    return found


def _check_last_day(last_day: date, moments: Sequence[tuple[datetime, datetime]], now: datetime) -> None:
    if last_day < clock.today(now):
        raise DomainError(N_("Le dernier jour pour répondre est déjà passé."), field="last_day")
    if last_day > clock.today(min(start for start, _ in moments)):
        raise DomainError(
            N_("Le dernier jour pour répondre ne peut pas suivre la première date proposée."),
            field="last_day",
        )


def _guests(guests: Sequence[Guest]) -> list[Guest]:
    if len(guests) > MOST_GUESTS:
        raise DomainError(N_("Invitez %(max)d adresses au plus."), field="guests", max=MOST_GUESTS)
    found: dict[str, Guest] = {}
    for guest in guests:
        email = mail.address(guest.email, field="guests").lower()
        found.setdefault(email, Guest(email, named(guest.name, email)))
    return list(found.values())


def _speakers(session: Session, space: Space, day: date) -> dict[tuple[int, int], Person]:
    rows = session.execute(seats.speakers(space.id, day)).all()
    return {(person.id, organisation.id): person for person, organisation, _ in rows}


def _add_voters(
    session: Session,
    poll: DatePoll,
    asked: Mapping[tuple[int, int], Person],
    guests: Sequence[Guest],
    now: datetime,
) -> None:
    session.add_all(
        DateVoter(
            poll_id=poll.id, person_id=person_id, organisation_id=organisation_id, guest_name="",
            guest_email="", comment="", created_at=now,
        )
        for person_id, organisation_id in asked
    )  # fmt: skip
    session.add_all(
        DateVoter(poll_id=poll.id, guest_name=one.name, guest_email=one.email, comment="", created_at=now)
        for one in guests
    )
    session.flush()
    session.expire(poll, ["voters", "proposals"])


def ask_more(
    session: Session, poll: DatePoll, guests: Sequence[Guest], *, actor: User | str | None, now: datetime
) -> int:
    """Ask guests too, and those who have come to speak in the space since; return how many are new.

    Raises DomainError for a bad address, or once the poll is over.
    """
    lock(session, poll)
    _check_open(poll, now)
    wanted = _guests(guests)
    known = session.scalars(select(DateVoter).where(DateVoter.poll_id == poll.id)).all()
    pairs, emails = (
        {(row.person_id, row.organisation_id) for row in known},
        {row.guest_email for row in known},
    )
    asked = {
        pair: person
        for pair, person in _speakers(session, poll.space, clock.today(now)).items()
        if pair not in pairs
    }
    new = [guest for guest in wanted if guest.email not in emails]
    _add_voters(session, poll, asked, new, now)
    count = len(asked) + len(new)
    if count:
        audit.record(session, "poll.asked_more", poll, actor=actor, now=now, changes={"asked": [None, count]})
        _enqueue(session, ASK_JOB, poll, actor=actor, now=now)
    return count


def resume(session: Session, poll: DatePoll, *, actor: User | str | None, now: datetime) -> None:
    """Take a sending up again that was interrupted; who was written to is left alone."""
    _enqueue(session, ASK_JOB, poll, actor=actor, now=now)


def voter_for(
    session: Session, poll: DatePoll, person: Person, organisation: Organisation, *, now: datetime
) -> DateVoter:
    """Return somebody's own line for an organisation that they speak for, made if they weren't asked."""
    row = session.scalar(
        select(DateVoter).where(
            DateVoter.poll_id == poll.id,
            DateVoter.person_id == person.id,
            DateVoter.organisation_id == organisation.id,
        )
    )
    if row is None:
        _add_voters(session, poll, {(person.id, organisation.id): person}, [], now)
        return voter_for(session, poll, person, organisation, now=now)
    return row


def answer(
    session: Session,
    voter: DateVoter,
    words: Mapping[int, DateWord],
    comment: str,
    *,
    actor: User | str | None,
    now: datetime,
) -> None:
    """Keep what somebody says to each of the dates (proposal's number → word); it replaces what they said.

    Raises DomainError once the poll is over, or if a date has no word.
    """
    poll = voter.poll
    lock(session, poll)
    _check_open(poll, now)
    wanted = {proposal.id for proposal in poll.proposals}
    if set(words) != wanted:
        raise DomainError(N_("Dites un mot de chaque date."), field="words")
    known = {row.proposal_id: row for row in voter.answers}
    for number in sorted(wanted):
        if number in known:
            known[number].word = words[number]
        else:
            voter.answers.append(DateAnswer(proposal_id=number, word=words[number]))
    voter.comment, voter.answered_at = " ".join(comment.split())[:LONGEST_COMMENT], now
    session.flush()
    audit.record(session, "poll.answered", poll, actor=actor, now=now)


def extend(
    session: Session, poll: DatePoll, last_day: date, *, actor: User | str | None, now: datetime
) -> None:
    """Set another last day to answer; a poll that was closed opens again until then.

    Raises DomainError for a day that doesn't do, or if the poll became a meeting or was given up.
    """
    lock(session, poll)
    _check_undecided(poll)
    _check_last_day(last_day, [(row.starts_at, row.ends_at) for row in poll.proposals], now)
    before = poll.last_day
    poll.last_day, poll.state, poll.updated_at = last_day, PollState.OPEN, now
    session.flush()
    audit.record(
        session, "poll.extended", poll, actor=actor, now=now,
        changes={"last_day": [before.isoformat(), last_day.isoformat()]},
    )  # fmt: skip


def close(session: Session, poll: DatePoll, *, actor: User | str | None, now: datetime) -> None:
    """Take no further answers. Raises DomainError if the poll became a meeting or was given up."""
    lock(session, poll)
    _check_undecided(poll)
    poll.state, poll.updated_at = PollState.CLOSED, now
    session.flush()
    audit.record(session, "poll.closed", poll, actor=actor, now=now)


def abandon(session: Session, poll: DatePoll, *, actor: User | str | None, now: datetime) -> None:
    """Give the search up. Raises DomainError if it became a meeting."""
    lock(session, poll)
    if poll.state is PollState.ABANDONED:
        return
    _check_undecided(poll)
    poll.state, poll.updated_at = PollState.ABANDONED, now
    session.flush()
    audit.record(session, "poll.abandoned", poll, actor=actor, now=now)


def abandon_all(session: Session, space: Space, *, actor: User | str | None, now: datetime) -> None:
    """Give up every search of a space that closes: who is asked could still answer."""
    waiting = select(DatePoll).where(
        DatePoll.space_id == space.id, DatePoll.state.in_((PollState.OPEN, PollState.CLOSED))
    )
    for poll in session.scalars(waiting).all():
        abandon(session, poll, actor=actor, now=now)


def remind(session: Session, poll: DatePoll, *, actor: User | str | None, now: datetime) -> None:
    """Remind who hasn't answered, by a job; once a day at most.

    Raises DomainError once the poll is over, if it was done today, or if everybody has answered.
    """
    today = clock.today(now)
    lock(session, poll)
    _check_open(poll, now)
    if session.scalar(silent(poll).limit(1)) is None:
        raise DomainError(N_("Tout le monde a répondu : il n’y a personne à rappeler."))
    done = session.execute(
        update(DatePoll)
        .where(DatePoll.id == poll.id, or_(DatePoll.reminded_on.is_(None), DatePoll.reminded_on < today))
        .values(reminded_on=today)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(N_("Un rappel est déjà parti aujourd’hui. Le prochain peut partir demain."))
    audit.record(session, "poll.reminded", poll, actor=actor, now=now)
    _enqueue(session, REMIND_JOB, poll, actor=actor, now=now, day=today.isoformat())


def silent(poll: DatePoll) -> Select[DateVoter]:
    """Select those who were written to and have not answered."""
    return select(DateVoter).where(
        DateVoter.poll_id == poll.id, DateVoter.answered_at.is_(None), DateVoter.invited_at.is_not(None)
    )


def turn(
    session: Session, poll: DatePoll, proposal: DateProposal, *, actor: User | str | None, now: datetime
) -> Meeting:
    """Make the meeting at that date; if the poll has become one already, return that one.

    Who answered without sitting there is asked to it too. Raises DomainError for a date that is past, or a
    poll that was given up.
    """
    lock(session, poll)
    known = known_meeting(session, poll)
    if known is not None:
        return known
    if poll.state is PollState.ABANDONED:
        raise DomainError(GONE)
    if proposal.starts_at <= now:
        raise DomainError(N_("Cette date est passée : choisissez-en une autre, ou relancez une recherche."))
    meeting = meetings.plan(session, poll.space, _facts(poll, proposal), actor=actor, now=now)
    session.add(DateFound(poll_id=poll.id, proposal_id=proposal.id, meeting_id=meeting.id, created_at=now))
    poll.state, poll.updated_at = PollState.TURNED, now
    session.flush()
    session.expire(poll, ["found"])
    _take_along(session, poll, meeting, now)
    audit.record(
        session,
        "poll.turned",
        poll,
        actor=actor,
        now=now,
        changes={"starts_at": [None, str(proposal.starts_at)]},
    )
    return meeting


def known_meeting(session: Session, poll: DatePoll) -> Meeting | None:
    """Return the meeting that a poll has become, if it has."""
    found = select(DateFound).where(DateFound.poll_id == poll.id).options(joinedload(DateFound.meeting))
    row = session.scalar(found)
    return row.meeting if row is not None else None


def _facts(poll: DatePoll, proposal: DateProposal) -> MeetingFacts:
    start, end = clock.local(proposal.starts_at), clock.local(proposal.ends_at)
    return MeetingFacts(
        title=poll.title, day=start.date(), starts=start.time(), ends=end.time(), place_name=poll.place_name,
        place_address=poll.place_address, online_url=poll.online_url,
    )  # fmt: skip


def _take_along(session: Session, poll: DatePoll, meeting: Meeting, now: datetime) -> None:
    """Ask to the meeting who answered: guests, and those who speak without being named for the seat."""
    rows = session.scalars(
        select(DateVoter).where(DateVoter.poll_id == poll.id, DateVoter.answered_at.is_not(None))
    ).all()
    session.add_all(
        Attendance(
            meeting_id=meeting.id, person_id=row.person_id, organisation_id=row.organisation_id,
            guest_name=row.guest_name, guest_email=row.guest_email, created_at=now,
        )
        for row in rows
    )  # fmt: skip
    session.flush()


# --- The mails ------------------------------------------------------------------------------------


def write(session: Session, voter: DateVoter, *, now: datetime) -> bool:
    """Ask one person, once; return whether a mail was written."""
    if not voter.email or not may_answer(session, voter, now):
        return False
    done = session.execute(
        update(DateVoter)
        .where(DateVoter.id == voter.id, DateVoter.invited_at.is_(None))
        .values(invited_at=now)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    _queue(session, voter, "spaces.poll", now=now, version="1")
    return True


def write_reminder(session: Session, voter: DateVoter, day: str, *, now: datetime) -> bool:
    """Remind one person of that day's reminder, once."""
    if voter.answered_at is not None or not voter.email or not may_answer(session, voter, now):
        return False
    return _queue(session, voter, "spaces.poll_reminder", now=now, version=day)


def may_answer(session: Session, voter: DateVoter, now: datetime) -> bool:
    """Say whether a guest, or somebody who still speaks for the organisation in the space."""
    if voter.person_id is None:
        return True
    spoken_for = seats.spoken_for_by(voter.person_id, voter.poll.space_id, clock.today(now))
    return voter.organisation_id in {row.id for row in session.scalars(spoken_for)}


def _queue(session: Session, voter: DateVoter, kind: str, *, now: datetime, version: str) -> bool:
    poll = voter.poll
    until = clock.end_of_day(poll.last_day) + LINK_OUTLIVES
    raw = tokens.issue(session, PURPOSE, voter, now=now, until=until)
    return mail.queue(
        session, kind, voter, voter.email, now=now, version=version,
        reply_to=settings.get(session).contact_email, action=(N_("Répondre"), f"/date/{raw}"),
        name=voter.name, title=poll.title, space=poll.space.name, words=poll.words, last_day=poll.last_day,
        organisation=voter.organisation.name if voter.organisation else "",
        starts=[proposal.starts_at for proposal in poll.proposals],
        ends=[proposal.ends_at for proposal in poll.proposals],
        place=", ".join(part for part in (poll.place_name, poll.place_address) if part),
    ) is not None  # fmt: skip


def _enqueue(
    session: Session, name: str, poll: DatePoll, *, actor: User | str | None, now: datetime, **arguments: Any
) -> None:
    by = actor.id if isinstance(actor, User) else None
    jobs.enqueue(session, name, now=now, subject=poll, actor_id=by, poll=poll.id, **arguments)


def lock(session: Session, poll: DatePoll) -> None:
    """Wait for whoever is changing the poll, and read what they made of it."""
    session.refresh(poll, with_for_update=True)


def _check_open(poll: DatePoll, now: datetime) -> None:
    if not poll.is_open(now):
        raise DomainError(GONE)


def _check_undecided(poll: DatePoll) -> None:
    if poll.state in (PollState.TURNED, PollState.ABANDONED):
        raise DomainError(GONE)
