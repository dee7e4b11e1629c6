"""Reading what the page that runs a meeting shows, in few queries."""

from datetime import date
from functools import cache

from sqlalchemy import Integer, Select, String, bindparam, cast, exists, literal, null, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, Attendance, ItemState, Meeting
from hub.spaces.models.minutes import Minutes, MinutesState
from hub.spaces.models.running import NoteConflict
from hub.spaces.models.spaces import Membership
from hub.spaces.queries import seats

NAMES = (Organisation.name, Organisation.acronym)


def points(meeting_id: int) -> Select[AgendaItem, bool]:
    """Select the points on a meeting's agenda in their order, with who brings them and their documents.

    (point, whether the meeting's minutes are approved.)
    """
    is_approved = exists().where(Minutes.meeting_id == meeting_id, Minutes.state == MinutesState.APPROVED)
    return (
        select(AgendaItem, is_approved)
        .where(AgendaItem.meeting_id == meeting_id, AgendaItem.state == ItemState.AGREED)
        .options(
            joinedload(AgendaItem.organisation).load_only(*NAMES),
            joinedload(AgendaItem.documents),
        )
        .order_by(AgendaItem.position, AgendaItem.id)
    )


def open_conflicts(meeting_id: int) -> Select[NoteConflict]:
    """Select the texts of a meeting that were written at the same time as others and wait to be made one."""
    return (
        select(NoteConflict)
        .join(NoteConflict.item)
        .where(AgendaItem.meeting_id == meeting_id, NoteConflict.resolved_at.is_(None))
        .options(joinedload(NoteConflict.author), joinedload(NoteConflict.item))
        .order_by(AgendaItem.position, NoteConflict.id)
    )


def attendances(meeting_id: int) -> Select[Attendance]:
    """Select who was asked to a meeting or came, with persons and organisations."""
    return (
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id)
        .options(
            joinedload(Attendance.person).load_only(Person.name),
            joinedload(Attendance.organisation).load_only(*NAMES),
            joinedload(Attendance.represented_by).load_only(*NAMES),
        )
        .order_by(Attendance.id)
    )


def table(space_id: int, day: date) -> Select[Membership]:
    """Select the seats of a space on that day (Brussels' date), by the organisations' names."""
    return (
        select(Membership)
        .join(Membership.organisation)
        .where(Membership.space_id == space_id, seats.sits_on(day))
        .options(contains_eager(Membership.organisation).load_only(*NAMES))
        .order_by(Organisation.search_text, Membership.id)
    )


@cache
def captured() -> Select[str, int, int, str, str, str, str, date, str]:
    """Select what was decided and undertaken at a meeting.

    (kind, id, point, code, text, organisation, person, due on, key of the gesture). The meeting's number is
    given with it (`meeting`): it is made once.
    """
    decided = select(
        literal("decision").label("kind"),
        Decision.id.label("id"),
        Decision.item_id.label("item_id"),
        Decision.code.label("code"),
        Decision.text.label("text"),
        cast(Decision.method, String).label("method"),
        literal("").label("organisation"),
        literal("").label("person"),
        Decision.taken_on.label("due_on"),
        Decision.client_key.label("client_key"),
        cast(null(), Integer).label("decision_id"),
    ).where(Decision.meeting_id == bindparam("meeting"))
    undertaken = (
        select(
            literal("action"),
            Action.id,
            Action.item_id,
            literal(""),
            Action.title,
            literal(""),
            Organisation.name,
            Person.name,
            Action.due_on,
            Action.client_key,
            Action.decision_id,
        )
        .outerjoin(Organisation, Organisation.id == Action.organisation_id)
        .outerjoin(Person, Person.id == Action.person_id)
        .where(Action.meeting_id == bindparam("meeting"))
    )
    both = union_all(decided, undertaken).subquery()
    return select(both).order_by(both.c.kind.desc(), both.c.id)


def has_open_conflict(meeting_id: int) -> Select[int]:
    """Select one open conflict of a meeting, if there is one: minutes and the meeting's page warn then."""
    return (
        select(NoteConflict.id)
        .join(AgendaItem, AgendaItem.id == NoteConflict.item_id)
        .where(AgendaItem.meeting_id == meeting_id, NoteConflict.resolved_at.is_(None))
        .limit(1)
    )


def next_position(meeting_id: int) -> Select[int]:
    """Select the highest place on a meeting's agenda."""
    return (
        select(AgendaItem.position)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(AgendaItem.position.desc())
        .limit(1)
    )


def organisation_named(name: str) -> Select[Organisation]:
    """Select the organisation of the register that is called so, by name or acronym as they are written."""
    return select(Organisation).where(
        Organisation.merged_into_id.is_(None), (Organisation.name == name) | (Organisation.acronym == name)
    )


def meeting_of(meeting_id: int) -> Select[Meeting]:
    """Select a meeting, held by this transaction: gestures of one meeting come one after the other."""
    return select(Meeting).where(Meeting.id == meeting_id).with_for_update()
