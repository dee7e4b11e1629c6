"""Reading actions: lists, the board, whose they are today, and what is late. `day` is Brussels' date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, joinedload, load_only

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.core.search import fold
from hub.spaces.models.actions import OPEN, OVER, Action, ActionChange, ActionState
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Facilitation, Membership, Space, SpaceState
from hub.spaces.queries import seats

SOON_DAYS = 7
# Statements with these are made once: making one takes longer than to ask the database.
PERSON: Any = bindparam("person", type_=Integer())
DAY: Any = bindparam("day", type_=Date())
MADE = 32  # statements of lists that are kept, each for its filters
COLUMN = 5  # cards of a column of the board on one page
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


def answered_for(day: Any) -> ColumnElement[bool]:
    """Return the condition that its person still speaks for its organisation there on that day."""
    return seats.speaks(Action.person_id, Action.organisation_id, Action.space_id, day)


def to_entrust(day: Any) -> ColumnElement[bool]:
    """Return the condition « à confier »: no organisation, one that left, a person whose mandate is over."""
    return or_(
        Action.organisation_id.is_(None),
        not_(seats.sits(Action.organisation_id, Action.space_id, day)),
        and_(Action.person_id.is_not(None), not_(answered_for(day))),
    )


def with_all(found: Select[Action]) -> Select[Action]:
    """Load with each action what a line says of it, in the same query: names, not whole records."""
    return found.options(
        joinedload(Action.space).load_only(Space.slug, Space.name),
        joinedload(Action.organisation).load_only(Organisation.slug, Organisation.name, Organisation.acronym),
        joinedload(Action.person),
        joinedload(Action.decision).load_only(Decision.code, Decision.text),
    )


def whole(action_id: int) -> Select[Action]:
    """Select one action with all that its page names; one that is at hand gets what it lacks."""
    return (
        select(Action)
        .where(Action.id == action_id)
        .options(
            joinedload(Action.space),
            joinedload(Action.organisation),
            joinedload(Action.person),
            joinedload(Action.meeting),
            joinedload(Action.item),
            joinedload(Action.decision),
        )
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


def numbers_of_person(session: Session, person_id: int, day: date) -> Sequence[Row[int, date | None]]:
    """Return (number, day) of what `of_person` selects, in its order: light, to cut into pages."""
    return session.execute(_numbers_of_person(), {"person": person_id, "day": day}).all()


@cache
def _numbers_of_person() -> Select[int, date | None]:
    mine = select(Action.id, Action.due_on).where(is_open(), concerns(PERSON, DAY))
    return mine.order_by(*by_day())


def of_person(person_id: int, day: date) -> Select[Action]:
    """Select what a person has still to do on that day, in any space.

    Theirs, and what their organisations hold in that space without anybody who still answers for it.
    """
    return with_all(select(Action).where(is_open(), concerns(person_id, day)).order_by(*by_day()))


def concerns(person_id: Any, day: Any) -> ColumnElement[bool]:
    """Return the condition that an action is a person's to act on, whatever its state."""
    nobody = or_(Action.person_id.is_(None), not_(answered_for(day)))
    return and_(
        # What `speaks` asks, too, for each action; this alone finds the few by their owner.
        Action.organisation_id.in_(seats.held_by(person_id, day)),
        seats.speaks(person_id, Action.organisation_id, Action.space_id, day),
        or_(Action.person_id == person_id, nobody),
    )


def over_since(
    session: Session, person_id: int, day: date, since: date
) -> Sequence[Row[str, str, date | None]]:
    """Return (title, space's name, day) of what a person's side has done since a day, the latest first."""
    return session.execute(_over_since(), {"person": person_id, "day": day, "since": since}).all()


@cache
def _over_since() -> Select[str, str, date | None]:
    recent = Action.done_on >= bindparam("since", type_=Date())
    found = select(Action.title, Space.name.label("space"), Action.done_on).join(Action.space)
    done = found.where(Action.state == ActionState.DONE, recent, concerns(PERSON, DAY))
    return done.order_by(Action.done_on.desc(), Action.id.desc())


def entrust_numbers(session: Session, found: Sequence[int], day: date) -> set[int]:
    """Return which of those actions are open and « à confier » on that day."""
    return set(session.scalars(_entrust_numbers(), {"numbers": list(found), "day": day}))


@cache
def _entrust_numbers() -> Select[int]:
    asked = Action.id.in_(bindparam("numbers", expanding=True))
    return select(Action.id).where(asked, is_open(), to_entrust(DAY))


def actions(
    wanted: ActionFilter, day: date, sort: str = "due", *, descending: bool = False
) -> Select[Action]:
    """Select the actions that match, in that order."""
    found = with_all(_matching(select(Action), wanted, day, sort))
    return found.order_by(*_order(sort, descending=descending))


@lru_cache(MADE)
def numbers(wanted: ActionFilter, day: date, sort: str = "due", *, descending: bool = False) -> Select[int]:
    """Select the numbers of the actions that match, in that order: light to count and to cut into pages."""
    found: Select[int] = _matching(select(Action.id), wanted, day, sort)
    return found.order_by(*_order(sort, descending=descending))


def _order(sort: str, *, descending: bool) -> tuple[Any, ...]:
    column = SORTS.get(sort, Action.due_on)
    order = column.desc() if descending else column
    first = [Action.state.in_(OVER)] if column is Action.due_on else []  # what is over waits for nobody
    return *first, column.is_(None), order, Action.id


def numbered(session: Session, found: Sequence[int]) -> list[Action]:
    """Return the actions of these numbers, in their order, with what a line says of them."""
    if not found:
        return []
    rows = {row.id: row for row in session.scalars(_numbered(), {"numbers": list(found)})}
    return [rows[number] for number in found]


@cache
def _numbered() -> Select[Action]:
    return with_all(select(Action).where(Action.id.in_(bindparam("numbers", expanding=True))))


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


@lru_cache(MADE)
def states(wanted: ActionFilter, day: date) -> Select[ActionState, int]:
    """Select (state, how many) of the actions that match."""
    counts: Select[ActionState, int] = _matching(select(Action.state, func.count()), wanted, day)
    return counts.group_by(Action.state)


def _matching(found: Any, wanted: ActionFilter, day: date, sort: str = "") -> Any:
    """Narrow a query of actions; their space and owner are joined only where something asks for them."""
    found = found.select_from(Action)
    if wanted.space or sort == "space":
        found = found.join(Action.space)
    if wanted.text or wanted.organisation or sort == "owner":
        found = found.join(Action.organisation, isouter=True)
    return found.where(*conditions(wanted, day))


def columns(wanted: ActionFilter, day: date, pages: Mapping[ActionState, int]) -> Select[Action]:
    """Select one page of each column of the board: what is open by day, the rest latest first."""
    return _columns(wanted, day, tuple(pages.get(state, 1) for state in ActionState))


@lru_cache(MADE)
def _columns(wanted: ActionFilter, day: date, pages: tuple[int, ...]) -> Select[Action]:
    shown = []
    for state, page in zip(ActionState, pages, strict=True):
        # The two orders are those of indexes: a column reads its few cards, not all of its state.
        order = Action.updated_at.desc() if state in OVER else Action.due_on.nulls_last()
        column = _matching(select(Action.id), wanted, day).where(Action.state == state)
        first = (page - 1) * COLUMN
        cards = column.order_by(order, Action.id).limit(COLUMN).offset(first).subquery()
        shown.append(select(cards.c.id))
    over = Action.state.in_(OVER)
    return with_all(select(Action).where(Action.id.in_(union_all(*shown)))).order_by(
        case((not_(over), Action.due_on)).nulls_last(), case((over, Action.updated_at)).desc(), Action.id
    )


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
    return (
        select(Organisation)
        .where(Organisation.id.in_(_seated(space_id, day)))
        .options(load_only(Organisation.slug, Organisation.name, Organisation.acronym))
        .order_by(Organisation.name)
    )


def _seated(space_id: int, day: date) -> Select[int]:
    return select(Membership.organisation_id).where(Membership.space_id == space_id, seats.sits_on(day))


def voices(space_id: int, day: date) -> Select[int, Person]:
    """Select (organisation, person) for all who may speak in a space on that day, by name."""
    return (
        select(Mandate.organisation_id, Person)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            # What `speaks` asks, too; this alone leaves only those who sit there.
            Mandate.organisation_id.in_(_seated(space_id, day)),
            seats.speaks(Mandate.person_id, Mandate.organisation_id, space_id, day),
        )
        .distinct()
        .order_by(Person.name, Person.id)
    )


def open_spaces(spaces: tuple[int, ...] | None) -> Select[Space]:
    """Select the spaces for which an action can be made, by name."""
    found = select(Space).where(Space.state != SpaceState.CLOSED).order_by(Space.name)
    return found if spaces is None else found.where(Space.id.in_(spaces))


@lru_cache(MADE)
def spaces_with_actions(spaces: tuple[int, ...] | None) -> Select[str, str]:
    """Select (slug, name) of the spaces that have actions, by name."""
    has_some = exists().where(Action.space_id == Space.id)
    found = select(Space.slug, Space.name).where(has_some).order_by(Space.name)
    return found if spaces is None else found.where(Space.id.in_(spaces))


@lru_cache(MADE)
def organisations_with_actions(spaces: tuple[int, ...] | None) -> Select[str, str]:
    """Select (slug, acronym or else name) of the organisations that own actions, by name."""
    owns = exists().where(Action.organisation_id == Organisation.id)
    if spaces is not None:
        owns = owns.where(Action.space_id.in_(spaces))
    label = func.coalesce(func.nullif(Organisation.acronym, ""), Organisation.name)
    return select(Organisation.slug, label).where(owns).order_by(Organisation.name)


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
