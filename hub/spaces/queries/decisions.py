"""Reading decisions: the register, who had a voice, what followed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Theme
from hub.core.search import fold
from hub.spaces.models.actions import OPEN, Action
from hub.spaces.models.decisions import Decision, DecisionState, Method, Position, Stance
from hub.spaces.models.meetings import Attendance, Meeting
from hub.spaces.models.spaces import Facilitation, Membership, Space, VoteRule, space_theme
from hub.spaces.queries import seats

SORTS: dict[str, Any] = {
    "date": Decision.taken_on, "code": Decision.code, "space": Space.name, "method": Decision.method,
    "state": Decision.state,
}  # fmt: skip
IN_FAVOUR = (Stance.FOR, Stance.RESERVATION)


class Standing(StrEnum):
    """What a reader of the register asks for: whether a decision holds today, and if not, why."""

    IN_FORCE = "in_force"
    NOT_TAKEN = "not_taken"  # rejected, tied, or its voices not yet noted
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class FollowUp(StrEnum):
    """What became of a decision: actions that hang on it."""

    NONE = "none"
    OPEN = "open"
    LATE = "late"
    OVER = "over"  # nothing is left to do


@dataclass(frozen=True)
class Wanted:
    """What the register is asked for; days are Brussels' dates, both included."""

    text: str = ""
    space: str = ""
    theme: str = ""
    since: date | None = None
    until: date | None = None
    method: Method | None = None
    standing: Standing | None = None
    stance: Stance | None = None
    organisation_id: int | None = None
    follow_up: FollowUp | None = None
    told: bool = False


@dataclass(frozen=True)
class Sight:
    """What a reader sees: everything, or what happened in some spaces; beyond, what was made known."""

    everything: bool = False
    spaces: frozenset[int] = frozenset()

    def whole(self) -> ColumnElement[bool]:
        """Return the condition that positions and follow-up are seen, too."""
        return true() if self.everything else Decision.space_id.in_(self.spaces)

    def any(self) -> ColumnElement[bool]:
        """Return the condition that the decision is seen."""
        return true() if self.everything else or_(self.whole(), Decision.told_at.is_not(None))


def spaces_of(user_id: int, day: date) -> Select[int]:
    """Select the spaces in which an account takes part on that day: facilitates, or speaks for a member."""
    facilitated = select(Facilitation.space_id).where(
        Facilitation.user_id == user_id,
        Facilitation.starts_on <= day,
        or_(Facilitation.ends_on.is_(None), Facilitation.ends_on >= day),
    )
    both = union(facilitated, seats.spaces_of(user_id, day)).subquery()
    return select(both.c.space_id)


# --- The register ----------------------------------------------------------------------------


def register(
    wanted: Wanted, sight: Sight, *, today: date, sort: str = "date", descending: bool = True
) -> Select[Decision]:
    """Select the decisions that match and may be seen, with the name of their space.

    What is asked of positions or follow-up is answered only where these are seen, too.
    """
    found = (
        select(Decision)
        .join(Decision.space)
        .options(contains_eager(Decision.space).load_only(Space.slug, Space.name))
        .where(sight.any(), *_plain(wanted))
    )
    told = _of_positions(wanted) + _of_follow_up(wanted.follow_up, today)
    if told:
        found = found.where(sight.whole(), *told)
    column = SORTS.get(sort, Decision.taken_on)
    return found.order_by(column.desc() if descending else column, Decision.id.desc())


def _plain(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = [Decision.search_text.contains(word, autoescape=True) for word in fold(wanted.text).split()]
    if wanted.space:
        asked.append(Space.slug == wanted.space)
    if wanted.theme:
        asked.append(Space.themes.any(Theme.code == wanted.theme))
    if wanted.since:
        asked.append(Decision.taken_on >= wanted.since)
    if wanted.until:
        asked.append(Decision.taken_on <= wanted.until)
    if wanted.method:
        asked.append(Decision.method == wanted.method)
    if wanted.standing:
        asked.append(_standing(wanted.standing))
    if wanted.told:
        asked.append(Decision.told_at.is_not(None))
    return asked


def _standing(standing: Standing) -> ColumnElement[bool]:
    if standing is Standing.IN_FORCE:
        return in_force()
    if standing is Standing.NOT_TAKEN:
        return and_(Decision.state == DecisionState.IN_FORCE, ~taken())
    return Decision.state == DecisionState(standing.value)


def _of_positions(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.stance:
        asked.append(exists().where(_voice(), Position.stance == wanted.stance))
    if wanted.organisation_id:
        asked.append(exists().where(_voice(), Position.organisation_id == wanted.organisation_id))
    return asked


def _of_follow_up(follow_up: FollowUp | None, today: date) -> list[ColumnElement[bool]]:
    if follow_up is None:
        return []
    some = exists().where(Action.decision_id == Decision.id)
    still = exists().where(Action.decision_id == Decision.id, Action.state.in_(OPEN))
    if follow_up is FollowUp.NONE:
        return [~some]
    if follow_up is FollowUp.OPEN:
        return [still]
    if follow_up is FollowUp.OVER:
        return [some, ~still]
    return [exists().where(Action.decision_id == Decision.id, Action.state.in_(OPEN), Action.due_on < today)]


def in_force() -> ColumnElement[bool]:
    """Return the condition that a decision holds: taken, neither replaced nor withdrawn."""
    return and_(Decision.state == DecisionState.IN_FORCE, taken())


def taken() -> ColumnElement[bool]:
    """Return the condition that `values.votes.outcome` calls taken."""
    favour, against = _voices(IN_FAVOUR), _voices((Stance.AGAINST,))
    carried = case(
        (Decision.vote_rule == VoteRule.TWO_THIRDS, and_(favour > 0, favour >= 2 * against)),
        (Decision.vote_rule == VoteRule.CONSENT, and_(favour > 0, against == 0)),
        else_=favour > against,
    )
    return case(
        (Decision.method == Method.VOTE, carried),
        (Decision.method == Method.CONSENT, against == 0),
        else_=true(),
    )


def _voices(stances: Collection[Stance]) -> Any:
    return select(func.count(Position.id)).where(_voice(), Position.stance.in_(stances)).scalar_subquery()


def _voice() -> ColumnElement[bool]:
    """Return the condition that a position is a voice on the decision: `Position.counts`."""
    return and_(Position.decision_id == Decision.id, Position.ended_at.is_(None), ~_was_merged())


def _was_merged() -> ColumnElement[bool]:
    merged = _own_table()
    return exists().where(merged.id == Position.organisation_id, merged.merged_into_id.is_not(None))


@cache
def _own_table() -> Any:
    """Return the organisations that the condition brings along, made once: that takes longer than asking."""
    return aliased(Organisation)


def voices(decision_ids: Collection[int]) -> Select[int, Stance, int]:
    """Select (decision, stance, number of voices)."""
    return (
        select(Position.decision_id, Position.stance, func.count())
        .where(Position.decision_id.in_(decision_ids), Position.ended_at.is_(None), ~_was_merged())
        .group_by(Position.decision_id, Position.stance)
    )


def follow_up(decision_ids: Collection[int], today: date) -> Select[int, Any, bool, int]:
    """Select (decision, state of actions, whether they are late, number of actions)."""
    late = case((and_(Action.state.in_(OPEN), Action.due_on < today), 1), else_=0).label("late")
    return (
        select(Action.decision_id, Action.state, late, func.count())
        .where(Action.decision_id.in_(decision_ids))
        .group_by(Action.decision_id, Action.state, late)
    )


def with_positions(found: Select[Decision]) -> Select[Decision]:
    """Load what the exported register says, too: meeting, point, positions with their organisations."""
    return found.options(
        joinedload(Decision.meeting),
        joinedload(Decision.replaced_by),
        joinedload(Decision.item),
        selectinload(Decision.positions).joinedload(Position.organisation),
    )


@lru_cache(maxsize=16)  # a statement, not an answer: making it takes longer than asking
def offered(sight: Sight) -> Select[str, str, str]:
    """Select (list, value, word) of what the register may be narrowed to, among what the reader sees.

    Its spaces ("space": address, name), their themes ("theme": code, label), and who took a position
    ("organisation": number, name); each list in its order.
    """
    decided = exists().where(Decision.space_id == Space.id, sight.any())
    themes = (
        select(space_theme.c.theme_id)
        .join(Decision, Decision.space_id == space_theme.c.space_id)
        .where(sight.any())
    )
    spoke = (
        select(Position.organisation_id)
        .join(Decision, Decision.id == Position.decision_id)
        .where(Position.ended_at.is_(None), sight.whole())
    )
    every = union_all(
        _list("space", Space.slug, Space.name, Space.name).where(decided),
        _list("theme", Theme.code, Theme.label, Theme.label, Theme.position).where(Theme.id.in_(themes)),
        _list(
            "organisation", cast(Organisation.id, String), Organisation.name, Organisation.search_text
        ).where(Organisation.id.in_(spoke), Organisation.merged_into_id.is_(None)),
    ).subquery()
    return select(every.c.list, every.c.value, every.c.word).order_by(every.c.place, every.c.by)


def _list(name: str, value: Any, word: Any, by: Any, place: Any = None) -> Select[Any]:
    place = literal(0) if place is None else place
    return select(
        literal(name, String).label("list"), value.label("value"), word.label("word"), place.label("place"),
        by.label("by"),
    )  # fmt: skip


def period(sight: Sight) -> Select[date, date]:
    """Select the first and the last day of the register."""
    return select(func.min(Decision.taken_on), func.max(Decision.taken_on)).where(sight.any())


# --- One decision ----------------------------------------------------------------------------


def positions_ever(decision: Decision) -> Select[Position]:
    """Select what organisations said of a decision, what was corrected or withdrawn too, in order."""
    return (
        select(Position)
        .where(Position.decision_id == decision.id)
        .options(
            joinedload(Position.organisation).joinedload(Organisation.merged_into),
            joinedload(Position.person),
        )
        .order_by(Position.created_at, Position.id)
    )


def replaced_by(decision: Decision) -> Select[Decision]:
    """Select the decisions that this one replaced."""
    return (
        select(Decision)
        .where(Decision.replaced_by_id == decision.id)
        .order_by(Decision.taken_on, Decision.id)
    )


def may_replace(decision: Decision) -> Select[Decision]:
    """Select what may take a decision's place: taken in the same space, on its day or later, and in force."""
    return (
        select(Decision)
        .where(
            Decision.space_id == decision.space_id,
            Decision.id != decision.id,
            Decision.taken_on >= decision.taken_on,
            in_force(),
        )
        .order_by(Decision.taken_on.desc(), Decision.id.desc())
    )


def actions_of(decision: Decision) -> Select[Action]:
    """Select the actions that hang on a decision, those still open first."""
    return (
        select(Action)
        .where(Action.decision_id == decision.id)
        .options(joinedload(Action.organisation))
        .order_by(Action.state.not_in(OPEN), Action.due_on, Action.id)
    )


def of_meeting(meeting_id: int) -> Select[Decision]:
    """Select what a meeting decided, in order, with the positions that stand."""
    return (
        select(Decision)
        .where(Decision.meeting_id == meeting_id)
        .options(selectinload(Decision.positions).joinedload(Position.organisation))
        .order_by(Decision.id)
    )


# --- Who has a voice -------------------------------------------------------------------------


def sitting(meeting: Meeting, day: date) -> Select[Organisation, Any]:
    """Select (organisation, role) of who sits in the meeting's space on its day, by name."""
    return (
        select(Organisation, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.space_id == meeting.space_id, seats.sits_on(day), Organisation.merged_into_id.is_(None)
        )
        .order_by(Organisation.search_text, Organisation.id)
    )


def presences(meeting: Meeting) -> Select[Attendance]:
    """Select who was noted as there, or as represented, for an organisation."""
    return select(Attendance).where(
        Attendance.meeting_id == meeting.id,
        Attendance.presence.is_not(None),
        Attendance.organisation_id.is_not(None),
    )


def speakers(space_id: int, day: date) -> Select[int, Person]:
    """Select (organisation, person) for all who may speak in a space on that day."""
    pairs = seats.pairs(space_id, day).subquery()
    return (
        select(pairs.c.organisation_id, Person)
        .join(pairs, pairs.c.person_id == Person.id)
        .order_by(Person.name, Person.id)
    )
