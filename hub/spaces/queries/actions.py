"""Reading actions: lists, the board, whose they are today, and what is late. `day` is Brussels' date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import joinedload

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.core.search import fold
from hub.spaces.models.actions import OPEN, OVER, Action, ActionChange, ActionState
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Facilitation, Membership, Space, SpaceState
from hub.spaces.queries import seats

SOON_DAYS = 7
COLUMN = 10  # cards of a column of the board on one page
SORTS: Mapping[str, Any] = {
    "due": Action.due_on,
    "title": Action.title,
    "state": Action.state,
    "space": Space.name,
    "owner": Organisation.search_text,
    "updated": Action.updated_at,
    "postponed": Action.times_postponed,
}


@dataclass(frozen=True, slots=True)
class ActionFilter:
    """What a list of actions is narrowed to; `spaces` None is all of them. `due` is one of DUE."""

    text: str = ""
    space: str = ""  # slug
    organisation: str = ""  # slug of the owner
    state: ActionState | None = None
    due: str = ""
    decision: str = ""  # code
    spaces: tuple[int, ...] | None = None


DUE = ("late", "month", "none", "no_owner", "open", "from_decision")


def is_open() -> ColumnElement[bool]:
    """Return the condition that there is still something to do."""
    return Action.state.in_(OPEN)


def is_late(day: date) -> ColumnElement[bool]:
    """Return the condition that `Action.is_late` states."""
    return and_(is_open(), Action.due_on < day)


def answered_for(day: date) -> ColumnElement[bool]:
    """Return the condition that its person still speaks for its organisation there on that day."""
    return seats.speaks(Action.person_id, Action.organisation_id, Action.space_id, day)


def to_entrust(day: date) -> ColumnElement[bool]:
    """Return the condition « à confier »: no organisation, one that left, a person whose mandate is over."""
    return or_(
        Action.organisation_id.is_(None),
        not_(seats.sits(Action.organisation_id, Action.space_id, day)),
        and_(Action.person_id.is_not(None), not_(answered_for(day))),
    )


def with_all(found: Select[Action]) -> Select[Action]:
    """Load with each action what a line says of it, in the same query."""
    return found.options(
        joinedload(Action.space),
        joinedload(Action.organisation),
        joinedload(Action.person),
        joinedload(Action.decision),
    )


def late(day: date) -> Select[Action]:
    """Select what is open after its day, the oldest first."""
    return with_all(select(Action).where(is_late(day)).order_by(Action.due_on, Action.id))


def due_soon(day: date, days: int = SOON_DAYS) -> Select[Action]:
    """Select what is open and due from that day on, within so many days, the nearest first."""
    soon = and_(is_open(), Action.due_on >= day, Action.due_on <= day + timedelta(days=days))
    return with_all(select(Action).where(soon).order_by(Action.due_on, Action.id))


def without_owner(day: date) -> Select[Action]:
    """Select what is open and « à confier », the nearest day first."""
    return with_all(select(Action).where(is_open(), to_entrust(day)).order_by(*by_day()))


def by_day() -> tuple[Any, ...]:
    """Return the order of days, those without one last, the same on both databases."""
    return Action.due_on.is_(None), Action.due_on, Action.id


def of_organisation(organisation_id: int) -> Select[Action]:
    """Select what an organisation has still to do, the nearest day first."""
    mine = and_(is_open(), Action.organisation_id == organisation_id)
    return with_all(select(Action).where(mine).order_by(*by_day()))


def of_person(person_id: int, day: date) -> Select[Action]:
    """Select what a person has still to do on that day, in any space.

    Theirs, and what their organisations hold in that space without anybody who still answers for it.
    """
    return with_all(select(Action).where(is_open(), concerns(person_id, day)).order_by(*by_day()))


def concerns(person_id: int, day: date) -> ColumnElement[bool]:
    """Return the condition that an action is a person's to act on, whatever its state."""
    nobody = or_(Action.person_id.is_(None), not_(answered_for(day)))
    return and_(
        seats.speaks(person_id, Action.organisation_id, Action.space_id, day),
        or_(Action.person_id == person_id, nobody),
    )


def over_since(person_id: int, day: date, since: date) -> Select[Action]:
    """Select what a person's side has done since a day, the latest first."""
    done = and_(Action.state == ActionState.DONE, Action.done_on >= since, concerns(person_id, day))
    return with_all(select(Action).where(done).order_by(Action.done_on.desc(), Action.id.desc()))


def entrust_numbers(actions: list[int], day: date) -> Select[int]:
    """Select which of those open actions are « à confier » on that day."""
    return select(Action.id).where(Action.id.in_(actions), is_open(), to_entrust(day))


def actions(
    wanted: ActionFilter, day: date, sort: str = "due", *, descending: bool = False
) -> Select[Action]:
    """Select the actions that match, in that order."""
    found = with_all(
        select(Action)
        .join(Action.space)
        .join(Action.organisation, isouter=True)
        .where(*conditions(wanted, day))
    )
    column = SORTS.get(sort, Action.due_on)
    order = column.desc() if descending else column
    first = [Action.state.in_(OVER)] if column is Action.due_on else []  # what is over waits for nobody
    return found.order_by(*first, column.is_(None), order, Action.id)


def conditions(wanted: ActionFilter, day: date) -> list[ColumnElement[bool]]:
    """Return what the filter asks of actions joined to their space and owner."""
    asked: list[ColumnElement[bool]] = []
    if wanted.spaces is not None:
        asked.append(Action.space_id.in_(wanted.spaces))
    asked += [
        or_(Action.search_text.contains(word), Organisation.search_text.contains(word))
        for word in fold(wanted.text).split()
    ]
    if wanted.space:
        asked.append(Space.slug == wanted.space)
    if wanted.organisation:
        asked.append(Organisation.slug == wanted.organisation)
    if wanted.state:
        asked.append(Action.state == wanted.state)
    if wanted.decision:
        asked.append(Action.decision.has(Decision.code == wanted.decision))
    if wanted.due:
        asked.append(_due(wanted.due, day))
    return asked


def _due(word: str, day: date) -> ColumnElement[bool]:
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    known: dict[str, ColumnElement[bool]] = {
        "late": is_late(day),
        "month": and_(is_open(), Action.due_on >= first, Action.due_on < after),
        "none": and_(is_open(), Action.due_on.is_(None)),
        "no_owner": and_(is_open(), to_entrust(day)),
        "open": is_open(),
        "from_decision": Action.decision_id.is_not(None),
    }
    return known[word]


def states(wanted: ActionFilter, day: date) -> Select[ActionState, int]:
    """Select (state, how many) of the actions that match."""
    return (
        select(Action.state, func.count())
        .join(Action.space)
        .join(Action.organisation, isouter=True)
        .where(*conditions(wanted, day))
        .group_by(Action.state)
    )


def columns(wanted: ActionFilter, day: date, pages: Mapping[ActionState, int]) -> Select[Action]:
    """Select one page of each column of the board: what is open by day, the rest latest first."""
    order = (
        and_(is_open(), Action.due_on.is_(None)),
        case((is_open(), Action.due_on)),
        case((not_(is_open()), Action.updated_at)).desc(),
        Action.id,
    )
    ranked = (
        select(
            Action.id,
            Action.state,
            func.row_number().over(partition_by=Action.state, order_by=order).label("place"),
        )
        .join(Action.space)
        .join(Action.organisation, isouter=True)
        .where(*conditions(wanted, day))
        .subquery()
    )
    shown = []
    for state in ActionState:
        first = (pages.get(state, 1) - 1) * COLUMN
        shown.append(and_(ranked.c.state == state, ranked.c.place > first, ranked.c.place <= first + COLUMN))
    found = select(Action).join(ranked, ranked.c.id == Action.id).where(or_(*shown))
    return with_all(found).order_by(ranked.c.place, Action.id)


def history(action: Action) -> Select[ActionChange]:
    """Select an action's changes of state and day, the latest first."""
    return (
        select(ActionChange)
        .where(ActionChange.action_id == action.id)
        .options(joinedload(ActionChange.user), joinedload(ActionChange.person))
        .order_by(ActionChange.id.desc())
    )


def undoable(person_id: int, since: datetime) -> Select[ActionChange]:
    """Select a person's changes since a moment after which nothing changed, the latest first."""
    later = (
        select(func.max(ActionChange.id))
        .group_by(ActionChange.action_id)
        .having(func.max(ActionChange.at) >= since)
    )
    return (
        select(ActionChange)
        .where(
            ActionChange.id.in_(later),
            ActionChange.person_id == person_id,
            ActionChange.at > since,
            ActionChange.undone_at.is_(None),
            ActionChange.undoes_id.is_(None),
        )
        .options(joinedload(ActionChange.action).joinedload(Action.space))
        .order_by(ActionChange.id.desc())
    )


def owners(space_id: int, day: date) -> Select[Organisation]:
    """Select the organisations that sit in a space on that day, by name."""
    seated = select(Membership.organisation_id).where(Membership.space_id == space_id, seats.sits_on(day))
    return select(Organisation).where(Organisation.id.in_(seated)).order_by(Organisation.name)


def voices(space_id: int, day: date) -> Select[int, Person]:
    """Select (organisation, person) for all who may speak in a space on that day, by name."""
    return (
        select(Mandate.organisation_id, Person)
        .join(Person, Person.id == Mandate.person_id)
        .where(seats.speaks(Mandate.person_id, Mandate.organisation_id, space_id, day))
        .distinct()
        .order_by(Person.name, Person.id)
    )


def open_spaces(spaces: tuple[int, ...] | None) -> Select[Space]:
    """Select the spaces for which an action can be made, by name."""
    found = select(Space).where(Space.state != SpaceState.CLOSED).order_by(Space.name)
    return found if spaces is None else found.where(Space.id.in_(spaces))


def spaces_with_actions(spaces: tuple[int, ...] | None) -> Select[Space]:
    """Select the spaces that have actions, by name."""
    found = select(Space).where(Space.id.in_(select(Action.space_id))).order_by(Space.name)
    return found if spaces is None else found.where(Space.id.in_(spaces))


def organisations_with_actions(spaces: tuple[int, ...] | None) -> Select[Organisation]:
    """Select the organisations that own actions, by name."""
    owned = select(Action.organisation_id).where(Action.organisation_id.is_not(None))
    if spaces is not None:
        owned = owned.where(Action.space_id.in_(spaces))
    return select(Organisation).where(Organisation.id.in_(owned)).order_by(Organisation.name)


def facilitated(user_id: int, day: date) -> Select[int]:
    """Select the spaces that an account facilitates on that day."""
    return select(Facilitation.space_id).where(
        Facilitation.user_id == user_id,
        Facilitation.starts_on <= day,
        or_(Facilitation.ends_on.is_(None), Facilitation.ends_on >= day),
    )


def meetings_of(space_id: int, number: int) -> Select[Meeting]:
    """Select the latest meetings of a space, so many."""
    found = select(Meeting).where(Meeting.space_id == space_id)
    return found.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(number)


def decisions_of(space_id: int, number: int) -> Select[Decision]:
    """Select the latest decisions of a space, so many."""
    found = select(Decision).where(Decision.space_id == space_id)
    return found.order_by(Decision.taken_on.desc(), Decision.id.desc()).limit(number)
