"""What members need of their spaces: the next meeting, what is to be done, what was decided, what to read."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.core.db import UTCDateTime
from hub.spaces.models.actions import Action, ActionState
from hub.spaces.models.decisions import Decision, DecisionState
from hub.spaces.models.meetings import AgendaItem, Attendance, ItemDocument, Meeting, MeetingState
from hub.spaces.models.minutes import Minutes, MinutesReader, MinutesState
from hub.spaces.models.polls import DatePoll, DateVoter, PollState
from hub.spaces.models.spaces import Space
from hub.spaces.queries import actions as action_queries
from hub.spaces.queries import seats

FEED_PAST = timedelta(days=366)
# Statements with these are made once: making one takes longer than to ask the database.
PERSON: Any = bindparam("person", type_=Integer())
SPACES: Any = bindparam("spaces", expanding=True)
DAY: Any = bindparam("day", type_=Date())
NOW: Any = bindparam("now", type_=UTCDateTime())


def person_of(user_id: int) -> Select[Person]:
    """Select the person behind an account."""
    return select(Person).where(Person.user_id == user_id)


def people_at(email: str, day: date) -> Select[Person]:
    """Select who holds a mandate on that day and is reached at an address: their own or their account's."""
    clean = email.lower()
    holds = exists().where(Mandate.person_id == Person.id, Mandate.gives_right_on(day))
    return (
        select(Person)
        .where(or_(func.lower(Person.email) == clean, Person.user.has(email=clean)), holds)
        .order_by(Person.id)
    )


def general_mandates(person_id: int, day: date) -> Select[Organisation]:
    """Select the organisations for which a person speaks in everything on that day, by name."""
    held = select(Mandate.organisation_id).where(Mandate.person_id == person_id, Mandate.speaks_on(day))
    return select(Organisation).where(Organisation.id.in_(held)).order_by(Organisation.name)


def meetings_to_come(
    session: Session, person_id: int, space_ids: Collection[int], now: datetime
) -> Sequence[Row[Meeting, Attendance]]:
    """Return (meeting, a person's own line in it or None) for what is not over, the next first.

    Meetings that were called off stay until their hour: whoever looks learns it.
    """
    asked = {"person": person_id, "spaces": list(space_ids), "now": now}
    return session.execute(_meetings_to_come(), asked).all()


@cache
def _meetings_to_come() -> Select[Meeting, Attendance]:
    mine = and_(Attendance.meeting_id == Meeting.id, Attendance.person_id == PERSON)
    return (
        select(Meeting, Attendance)
        .outerjoin(Attendance, mine)
        .where(_is_ahead())
        .order_by(Meeting.starts_at, Meeting.id, Attendance.id)
    )


def _is_ahead() -> ColumnElement[bool]:
    return and_(Meeting.space_id.in_(SPACES), Meeting.ends_at > NOW, Meeting.state != MeetingState.HELD)


def ahead(
    session: Session, space_ids: Collection[int], now: datetime
) -> Sequence[Row[int, datetime, MeetingState, str, str]]:
    """Return (space, begin, state, title, reason) of what is not over, called off or not, the next first."""
    return session.execute(_ahead(), {"spaces": list(space_ids), "now": now}).all()


@cache
def _ahead() -> Select[int, datetime, MeetingState, str, str]:
    found = select(
        Meeting.space_id, Meeting.starts_at, Meeting.state, Meeting.title, Meeting.cancelled_reason
    )
    return found.where(_is_ahead()).order_by(Meeting.starts_at, Meeting.id)


class Ask(StrEnum):
    """What is asked of somebody."""

    ACTION = "action"
    POLL = "poll"
    MINUTES = "minutes"


def to_do(
    session: Session, person_id: int, space_ids: Collection[int], day: date, *, everywhere: bool = False
) -> Sequence[Row[Any]]:
    """Return (what, number, space, title, last day, whether it is blocked) of what waits for a person.

    Their actions, the searches for a date that they haven't answered, the minutes that still take remarks;
    the nearest day first, so late ones come before all. `everywhere`: these are all spaces where they speak.
    """
    asked = {"person": person_id, "spaces": list(space_ids), "day": day}
    return session.execute(_to_do(everywhere), asked).all()


@cache
def _to_do(everywhere: bool) -> Select[Any]:
    actions = select(
        literal(Ask.ACTION.value, String).label("what"), Action.id.label("number"),
        Action.space_id.label("space_id"), Action.title.label("title"), Action.due_on.label("day"),
        (Action.state == ActionState.BLOCKED).label("blocked"),
    ).where(action_queries.is_open(), action_queries.concerns(PERSON, DAY))  # fmt: skip
    if not everywhere:
        actions = actions.where(Action.space_id.in_(SPACES))
    polls = (
        select(
            literal(Ask.POLL.value, String), DatePoll.id, DatePoll.space_id, DatePoll.title,
            DatePoll.last_day, false(),
        )
        .join(DateVoter, DateVoter.poll_id == DatePoll.id)
        .where(
            DateVoter.person_id == PERSON, DateVoter.answered_at.is_(None),
            DatePoll.space_id.in_(SPACES), DatePoll.state == PollState.OPEN, DatePoll.last_day >= DAY,
            # Only in the name of whom the person still speaks for.
            seats.speaks(PERSON, DateVoter.organisation_id, DatePoll.space_id, DAY),
        )
    )  # fmt: skip
    minutes = (
        select(
            literal(Ask.MINUTES.value, String), Meeting.id, Meeting.space_id, Meeting.title,
            Minutes.remarks_until, false(),
        )
        .join(Minutes, Minutes.meeting_id == Meeting.id)
        .where(
            Meeting.space_id.in_(SPACES), Minutes.state == MinutesState.SENT, Minutes.remarks_until >= DAY,
            _were_sent_to(Minutes.id),
        )
    )  # fmt: skip
    found = union_all(actions, polls, minutes).subquery()
    return select(found).order_by(found.c.day.is_(None), found.c.day, found.c.what, found.c.number)


def _were_sent_to(minutes_id: Any) -> ColumnElement[bool]:
    return (
        exists()
        .where(MinutesReader.minutes_id == minutes_id)
        .where(
            or_(
                MinutesReader.person_id == PERSON,
                exists().where(Attendance.id == MinutesReader.attendance_id, Attendance.person_id == PERSON),
            )
        )
    )


class Paper(StrEnum):
    """What there is to read."""

    DECISION = "decision"
    DOCUMENT = "document"
    MINUTES = "minutes"


def to_read(session: Session, person_id: int, space_ids: Collection[int], each: int) -> Sequence[Row[Any]]:
    """Return (what, number, code, space, title, meeting, moment, sent) of what is new to read, latest first.

    Decisions in force, documents of meetings, minutes that were sent: of each space and kind some at most.
    `sent`: whether these minutes went to the person.
    """
    return session.execute(_to_read(each), {"person": person_id, "spaces": list(space_ids)}).all()


@cache
def _to_read(each: int) -> Select[Any]:
    decisions = select(
        literal(Paper.DECISION.value, String).label("what"), Decision.id.label("number"),
        Decision.code.label("code"), Decision.space_id.label("space_id"),
        cast(Decision.text, String).label("title"), Decision.meeting_id.label("meeting_id"),
        Meeting.starts_at.label("at"),
    ).join(Meeting, Meeting.id == Decision.meeting_id).where(
        Decision.space_id.in_(SPACES), Decision.state == DecisionState.IN_FORCE
    )  # fmt: skip
    documents = (
        select(
            literal(Paper.DOCUMENT.value, String), ItemDocument.id, literal("", String), Meeting.space_id,
            ItemDocument.title, Meeting.id, Meeting.starts_at,
        )
        .join(AgendaItem, AgendaItem.id == ItemDocument.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            Meeting.space_id.in_(SPACES), ItemDocument.withdrawn_at.is_(None),
            Meeting.state.in_((MeetingState.CONVENED, MeetingState.HELD)),
        )
    )  # fmt: skip
    minutes = (
        select(
            literal(Paper.MINUTES.value, String), Minutes.id, literal("", String), Meeting.space_id,
            Meeting.title, Meeting.id, Meeting.starts_at,
        )
        .join(Minutes, Minutes.meeting_id == Meeting.id)
        .where(Meeting.space_id.in_(SPACES), Minutes.state != MinutesState.DRAFT)
    )  # fmt: skip
    found = union_all(decisions, documents, minutes).subquery()
    order = (found.c.at.desc(), found.c.number.desc())
    place = func.row_number().over(partition_by=(found.c.space_id, found.c.what), order_by=order)
    ranked = select(found, place.label("place")).subquery()
    sent = and_(ranked.c.what == Paper.MINUTES.value, _were_sent_to(ranked.c.number))
    shown = select(ranked, sent.label("sent")).where(ranked.c.place <= each)
    return shown.order_by(ranked.c.at.desc(), ranked.c.number.desc())


def document(space_ids: Collection[int], number: int) -> Select[ItemDocument]:
    """Select one document of these spaces' meetings, if their members may read it."""
    return (
        select(ItemDocument)
        .join(ItemDocument.item)
        .join(AgendaItem.meeting)
        .where(
            ItemDocument.id == number,
            ItemDocument.withdrawn_at.is_(None),
            Meeting.space_id.in_(space_ids),
            Meeting.state.in_((MeetingState.CONVENED, MeetingState.HELD)),
        )
        .options(joinedload(ItemDocument.file))
    )


def for_calendar(space_ids: Collection[int], now: datetime) -> Select[Meeting]:
    """Select what a subscribed calendar shows of these spaces: a year back, called-off meetings too."""
    return (
        select(Meeting)
        .where(and_(Meeting.space_id.in_(space_ids), Meeting.ends_at > now - FEED_PAST))
        .options(joinedload(Meeting.space))
        .order_by(Meeting.starts_at, Meeting.id)
    )


def spaces_of(session: Session, person_id: int, day: date) -> list[Space]:
    """Return the spaces in which a person may speak on that day, by name."""
    rows = session.scalars(seats.places_of(person_id, day)).unique()
    return list({row.space_id: row.space for row in rows}.values())
