"""Who may see and change a space: coordinators all, a facilitator the space in hand and no other.

Whoever speaks for an organisation that sits there takes part: reads the agenda, the notes and the minutes.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import object_session

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.core import clock
from hub.core.access import coordinator, signed_in
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.polls import DatePoll
from hub.spaces.models.running import NoteConflict
from hub.spaces.models.spaces import Space
from hub.spaces.queries import actions, seats

see = signed_in
create = coordinator


def facilitates(user: User | None, space: Space, today: date) -> bool:
    """Say whether the account facilitates the space on that day (Brussels' date)."""
    return user is not None and any(
        row.user_id == user.id and row.starts_on <= today and (row.ends_on is None or today <= row.ends_on)
        for row in space.facilitations
    )


def edit(user: User | None, space: Space) -> bool:
    """Allow coordinators, and who facilitates the space today."""
    return coordinator(user) or facilitates(user, space, clock.today(clock.now()))


def take_part(user: User | None, space: Space) -> bool:
    """Allow who may change the space, and who speaks today for an organisation that sits in it."""
    if edit(user, space):
        return True
    session = object_session(space)
    if user is None or session is None:
        return False
    spoken_for = seats.spoken_for(user.id, space.id, clock.today(clock.now()))
    return session.scalar(spoken_for.limit(1)) is not None


def see_meeting(user: User | None, meeting: Meeting) -> bool:
    """Allow who takes part in the space."""
    return take_part(user, meeting.space)


def edit_meeting(user: User | None, meeting: Meeting) -> bool:
    """Allow who may change the space: prepares, holds and reports the meeting."""
    return edit(user, meeting.space)


def edit_item(user: User | None, item: AgendaItem) -> bool:
    """Allow who may change the space."""
    return edit(user, item.meeting.space)


def edit_conflict(user: User | None, conflict: NoteConflict) -> bool:
    """Allow who may change the space."""
    return edit(user, conflict.item.meeting.space)


def see_decision(user: User | None, decision: Decision) -> bool:
    """Allow who takes part in the space; what a coordinator made known, whoever signed in."""
    return user is not None and (decision.told_at is not None or take_part(user, decision.space))


def see_positions(user: User | None, decision: Decision) -> bool:
    """Allow who takes part in the space: a position is told at that table, not to the world."""
    return take_part(user, decision.space)


def speak_on(user: User | None, decision: Decision) -> bool:
    """Allow who speaks today for an organisation that sits in the space."""
    session = object_session(decision)
    if user is None or session is None:
        return False
    today = clock.today(clock.now())
    return session.scalar(seats.spoken_for(user.id, decision.space_id, today).limit(1)) is not None


def tell_decision(user: User | None, decision: Decision) -> bool:
    """Allow coordinators: they say what the whole network should know."""
    del decision
    return coordinator(user)


def edit_decision(user: User | None, decision: Decision) -> bool:
    """Allow who may change the space."""
    return edit(user, decision.space)


def see_action(user: User | None, action: Action) -> bool:
    """Allow who takes part in the space."""
    return take_part(user, action.space)


def edit_action(user: User | None, action: Action) -> bool:
    """Allow who may change the space."""
    return edit(user, action.space)


def follow_actions(user: User | None, thing: object = None) -> bool:
    """Allow coordinators, and who facilitates a space today: the list then holds its actions alone."""
    del thing
    if user is None:
        return False
    session = object_session(user)
    if user.is_coordinator or session is None:
        return user.is_coordinator
    return session.scalar(actions.facilitated(user.id, clock.today(clock.now())).limit(1)) is not None


def act_on(user: User | None, action: Action) -> bool:
    """Allow who may change the space, and whose action it is today (`queries.actions.concerns`)."""
    if edit_action(user, action):
        return True
    session = object_session(action)
    if user is None or session is None:
        return False
    person = session.scalar(select(Person.id).where(Person.user_id == user.id))
    if person is None:
        return False
    mine = actions.concerns(person, clock.today(clock.now()))
    return session.scalar(select(Action.id).where(Action.id == action.id, mine)) is not None


def see_poll(user: User | None, poll: DatePoll) -> bool:
    """Allow who takes part in the space: answers are seen at that table."""
    return take_part(user, poll.space)


def edit_poll(user: User | None, poll: DatePoll) -> bool:
    """Allow who may change the space."""
    return edit(user, poll.space)
