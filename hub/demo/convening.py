"""What is being prepared in the demonstration: dates looked for, points proposed, agendas as they were sent.

What people answer and propose is invented; the subjects come from public facts of the network.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import cycle

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core import clock
from hub.demo.world import World
from hub.spaces.models.meetings import AgendaItem, Meeting, MeetingState
from hub.spaces.models.polls import DatePoll, DateWord
from hub.spaces.models.spaces import Space
from hub.spaces.operations import agenda, polls
from hub.spaces.operations.agenda import ItemFacts
from hub.spaces.operations.polls import PollFacts, Proposal
from hub.spaces.queries import meetings as queries
from hub.spaces.queries import seats

ACTOR = "démonstration"
YES, MAYBE, NO = DateWord.YES, DateWord.IF_NEED_BE, DateWord.NO


@dataclass(frozen=True)
class Search:
    """A search for a date: of which space, for what, where, on which days from today, who has answered."""

    space: str
    title: str
    place: str
    days: tuple[int, ...]
    starts: time
    ends: time
    answered: int


SEARCHES = (
    Search(
        "logement", "Préparer l’avis sur les garanties locatives", "CAI, Namur", (24, 25, 31),
        time(9, 30), time(12), 4,
    ),
    Search(
        "lentrain", "Bilan de l’année de L’EnTrain", "CPAS de Sambreville", (26, 28), time(13), time(15), 1
    ),
)  # fmt: skip
WORDS = ((YES, MAYBE, NO), (YES, YES, MAYBE), (MAYBE, YES, NO), (NO, YES, YES), (YES, YES, NO))
COMMENTS = ("", "Jusqu’à 11 h 30", "", "Plutôt en matinée", "")
TO_ANSWER, SATURDAY = timedelta(days=12), 5
STANDING = (
    "Bienvenue, compte rendu de la dernière réunion", "Nouvelles des membres", "Date de la prochaine réunion",
)  # fmt: skip
POINT = ItemFacts(
    "Délais d’inscription aux cours de français",
    duration=15,
    detail="Plusieurs associations voient des délais de plus de deux mois.",
)


def load(session: Session, world: World) -> str:
    """Ask for dates, let a member propose a point, and note that agendas were sent as they are."""
    for search in SEARCHES:
        _answer(session, world, _ask(session, world, search), search.answered)
    proposed = _propose(session, world)
    _note_sent(session)
    return f"{len(SEARCHES)} recherches de date, {proposed} point proposé par un membre"


def _ask(session: Session, world: World, search: Search) -> DatePoll:
    today = clock.today(world.now)
    dates = dict.fromkeys(_working_day(today + timedelta(days=more)) for more in search.days)
    facts = PollFacts(
        search.title,
        today + TO_ANSWER,
        tuple(Proposal(day, search.starts, search.ends) for day in dates),
        place_name=search.place,
    )
    space: Space = world.get("space", search.space)
    return polls.create(session, space, facts, actor=ACTOR, now=world.now)


def _working_day(day: date) -> date:
    """Return that day, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= SATURDAY else day


def _answer(session: Session, world: World, poll: DatePoll, answered: int) -> None:
    for voter, words, comment in zip(poll.voters[:answered], cycle(WORDS), cycle(COMMENTS), strict=False):
        said = {row.id: word for row, word in zip(poll.proposals, words, strict=False)}
        polls.answer(session, voter, said, comment, actor=ACTOR, now=world.now)


def _propose(session: Session, world: World) -> int:
    """Let whoever speaks first in the next meeting to come propose a point; return how many were."""
    wanted = select(Meeting).where(
        Meeting.state == MeetingState.CONVENED, Meeting.starts_at > world.now + timedelta(days=1)
    )
    for meeting in session.scalars(wanted.order_by(Meeting.starts_at)):
        found = session.execute(seats.speakers(meeting.space_id, clock.today(world.now))).first()
        if found is not None:
            agenda.propose(
                session, meeting, POINT, person=found[0], organisation=found[1], actor=ACTOR, now=world.now
            )
            return 1
    return 0


def _note_sent(session: Session) -> None:
    """Agendas went out as they stand, so there is no update to send; some points come back each time."""
    session.execute(update(AgendaItem).where(AgendaItem.title.in_(STANDING)).values(is_standing=True))
    for meeting in session.scalars(select(Meeting).where(Meeting.agenda_sent_at.is_not(None))):
        meeting.agenda_digest = agenda.digest(session, meeting)
        for row in session.scalars(queries.attendances(meeting.id)):
            row.told_sequence = meeting.sequence if row.invited_at is not None else None
    session.flush()
