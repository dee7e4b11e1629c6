"""Reading what is out of date, what waits for somebody, and rounds of checking."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.ownership import (
    ChangeAnswer,
    ChangeOrigin,
    ChangeState,
    CheckRequest,
    CheckRound,
    RecordChange,
    RequestState,
)
from hub.actors.models.reference import OrganisationKind, Territory, Theme
from hub.core.mail import Message, MessageState
from hub.core.search import fold

SORTS: dict[str, Any] = {
    "checked": Organisation.checked_on,
    "name": Organisation.search_text,
    "commune": Territory.name,
    "kind": OrganisationKind.position,
}


@dataclass(frozen=True)
class Stale:
    """Which out-of-date records: not looked over since `before`; empty values narrow nothing.

    `address`: "with" or "without" one to write to. `agreement`: "none" where something is shown to which
    nobody is known to have agreed. `never`: those that nobody ever looked over.
    """

    before: date
    words: str = ""
    kind: str = ""
    theme: str = ""
    commune: str = ""
    address: str = ""
    agreement: str = ""
    never: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the filters as a row keeps them."""
        return {**asdict(self), "before": self.before.isoformat()}


def is_stale(before: date) -> ColumnElement[bool]:
    """Hold for records of organisations at work that nobody has looked over since that day."""
    return and_(
        Organisation.state != OrganisationState.CLOSED,
        Organisation.merged_into_id.is_(None),
        or_(Organisation.checked_on.is_(None), Organisation.checked_on < before),
    )


def without_agreement() -> ColumnElement[bool]:
    """Hold for records that show something to which nobody is known to have agreed."""
    return and_(Organisation.public_fields_at.is_(None), cast(Organisation.public_fields, String) != "[]")


def stale(wanted: Stale, *, sort: str = "checked", descending: bool = False) -> Select[Organisation]:
    """Select the records that are out of date, those never looked over first."""
    column = SORTS.get(sort, SORTS["checked"])
    order = column.desc().nulls_last() if descending else column.asc().nulls_first()
    return (
        select(Organisation)
        .join(Organisation.kind)
        .outerjoin(Organisation.commune)
        .where(is_stale(wanted.before), *_conditions(wanted))
        .options(
            joinedload(Organisation.kind), joinedload(Organisation.commune), selectinload(Organisation.themes)
        )
        .order_by(order, Organisation.search_text, Organisation.id)
    )


def _conditions(wanted: Stale) -> list[ColumnElement[bool]]:
    found = [Organisation.search_text.contains(word, autoescape=True) for word in fold(wanted.words).split()]
    if wanted.kind:
        found.append(OrganisationKind.code == wanted.kind)
    if wanted.theme:
        found.append(Organisation.themes.any(Theme.code == wanted.theme))
    if wanted.commune:
        found.append(Territory.code == wanted.commune)
    if wanted.address:
        found.append(Organisation.email != "" if wanted.address == "with" else Organisation.email == "")
    if wanted.agreement:
        found.append(without_agreement())
    if wanted.never:
        found.append(Organisation.checked_on.is_(None))
    return found


def number_stale(before: date) -> Select[int]:
    """Count the records that are out of date."""
    return select(func.count(Organisation.id)).where(is_stale(before))


# --- Changes -----------------------------------------------------------------------------------

WAITS = RecordChange.state == ChangeState.PROPOSED
CONTESTED = and_(RecordChange.state == ChangeState.APPLIED, RecordChange.answer == ChangeAnswer.CONTESTED)
# What lists of changes can be narrowed to.
VIEWS: dict[str, ColumnElement[bool]] = {
    "waiting": or_(WAITS, CONTESTED),
    "own": and_(RecordChange.origin == ChangeOrigin.ORGANISATION, RecordChange.state == ChangeState.APPLIED),
    "rewrites": RecordChange.origin == ChangeOrigin.COORDINATOR,
    "all": RecordChange.id.is_not(None),
}


def changes(view: str) -> Select[RecordChange]:
    """Select changes: those that wait for a coordinator, those that took effect at once, rewrites, or all."""
    return (
        select(RecordChange)
        .where(VIEWS[view])
        .options(
            joinedload(RecordChange.organisation),
            joinedload(RecordChange.by),
            joinedload(RecordChange.decided_by),
        )
        .order_by(RecordChange.created_at.desc(), RecordChange.id.desc())
    )


def number_of_changes(view: str) -> Select[int]:
    """Count the changes of such a list."""
    return select(func.count(RecordChange.id)).where(VIEWS[view])


def changes_of(organisation: Organisation) -> Select[RecordChange]:
    """Select all changes of one record, the newest first."""
    return changes("all").where(RecordChange.organisation_id == organisation.id)


def rewrites_to_see(organisation: Organisation) -> Select[RecordChange]:
    """Select the coordinators' rewrites that the organisation hasn't answered."""
    return changes_of(organisation).where(
        RecordChange.state == ChangeState.APPLIED, RecordChange.answer == ChangeAnswer.WAITING
    )


# --- Rounds ------------------------------------------------------------------------------------


def rounds() -> Select[CheckRound]:
    """Select the rounds, the newest first."""
    return select(CheckRound).options(joinedload(CheckRound.created_by)).order_by(CheckRound.id.desc())


def requests(row: CheckRound) -> Select[CheckRequest]:
    """Select the organisations of a round: those that say they are gone, then the silent, by name."""
    rank = case(
        {
            RequestState.GONE: 0,
            RequestState.CORRECTED: 1,
            RequestState.ASKED: 2,
            RequestState.WAITING: 3,
            RequestState.CONFIRMED: 4,
        },
        value=CheckRequest.state,
    )
    return (
        select(CheckRequest)
        .join(CheckRequest.organisation)
        .where(CheckRequest.round_id == row.id)
        .options(joinedload(CheckRequest.organisation).joinedload(Organisation.kind))
        .order_by(rank, Organisation.search_text, CheckRequest.id)
    )


def to_ask(row: CheckRound) -> Select[CheckRequest]:
    """Select the requests whose mail has not been written, of organisations with an address."""
    return requests(row).where(CheckRequest.state == RequestState.WAITING, Organisation.email != "")


def to_remind(row: CheckRound) -> Select[CheckRequest]:
    """Select the requests without answer that were not reminded."""
    return requests(row).where(
        CheckRequest.state == RequestState.ASKED,
        CheckRequest.reminded_at.is_(None),
        Organisation.email != "",
    )


def failed_mails(row: CheckRound) -> Select[int]:
    """Select the requests of a round of which a mail could not be delivered."""
    return (
        select(CheckRequest.id)
        .join(
            Message,
            and_(
                Message.subject_type == CheckRequest.__tablename__,
                Message.subject_id == CheckRequest.id,
                Message.state == MessageState.FAILED,
            ),
        )
        .where(CheckRequest.round_id == row.id)
        .distinct()
    )


def numbers_of_rounds() -> Select[int, RequestState, int]:
    """Count the requests by round and state."""
    return select(CheckRequest.round_id, CheckRequest.state, func.count()).group_by(
        CheckRequest.round_id, CheckRequest.state
    )
