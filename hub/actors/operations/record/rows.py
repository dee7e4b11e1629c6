"""Adding, changing, ending, withdrawing and bringing back what hangs on an organisation, project or place.

Nothing is erased: what has ended keeps its dates, what was wrong keeps its reason in the history.
"""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.projects import Project, ProjectPart
from hub.actors.models.record import (
    DropIn,
    DropInSlot,
    Figure,
    Mission,
    TeamRole,
    TerritoryLabel,
    Unit,
)
from hub.actors.models.reference import Territory, TerritoryKind, Theme
from hub.actors.operations import references
from hub.actors.operations.record.facts import DATES, RowFacts, columns, facts_of
from hub.actors.values import recurrence
from hub.actors.values.dates import PartialDate, show
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import fold

Owner: TypeAlias = Organisation | Project | Territory
Row: TypeAlias = Unit | DropIn | Mission | TeamRole | Figure | TerritoryLabel | ProjectPart
Actor: TypeAlias = audit.Actor | str | None

OWNED_BY: dict[type[Any], str] = {
    Organisation: "organisation_id", Project: "project_id", Territory: "territory_id",
}  # fmt: skip
# The column that names a row in the history.
NAMED_BY = {
    Unit: "name", DropIn: "subject", Mission: "label", TeamRole: "role", Figure: "label",
    TerritoryLabel: "label",
}  # fmt: skip
# Contents that may be about a person: history says that they changed, not how (S16).
UNTOLD = {"note", "address", "place"}
LINKED = {"commune_id": Territory, "theme_id": Theme, "unit_id": Unit, "venue_id": Organisation,
          "organisation_id": Organisation}  # fmt: skip
WHY = N_("Dites pourquoi c’est faux.")


def add(session: Session, owner: Owner, facts: RowFacts, *, actor: Actor, now: datetime) -> Any:
    """Hang a row on its owner and return it. Raises DomainError where facts contradict each other."""
    _check(session, owner, facts)
    row = facts.model(created_at=now)
    if not isinstance(row, ProjectPart) or isinstance(owner, Project):
        setattr(row, OWNED_BY[type(owner)], owner.id)
    _write(session, row, facts, actor=actor, now=now)
    session.add(row)
    session.flush()
    _record(session, "record.added", row, actor=actor, now=now)
    return row


def change(session: Session, row: Any, facts: RowFacts, *, actor: Actor, now: datetime) -> None:
    """Tell a row anew; history keeps what changed. Raises DomainError as `add` does."""
    _refuse_withdrawn(row)
    _check(session, owner_of(session, row), facts, but=row)
    before = _told(session, facts_of(row))
    if facts_of(row) == facts:
        return
    _write(session, row, facts, actor=actor, now=now)
    session.flush()
    changes = _untold(audit.differences(before, _told(session, facts)))
    _record(session, "record.changed", row, actor=actor, now=now, changes=changes)


def end(session: Session, row: Any, last: PartialDate, *, actor: Actor, now: datetime) -> None:
    """Say when it ended; it stays, as past. The drop-ins that a unit holds end with it.

    Raises DomainError for an end before the start, or if the row was withdrawn.
    """
    _refuse_withdrawn(row)
    if not hasattr(row, "ends_on"):
        raise DomainError(N_("Un chiffre n’a pas de fin : il a une date."))
    facts = replace(facts_of(row), ends=last)
    facts.check()
    held = _held_at(session, row)
    for drop_in in held:
        replace(facts_of(drop_in), ends=last).check()
    before = show(row.ends_on, row.ends_precision)
    for one in (row, *held):
        one.ends_on, one.ends_precision = last.day, last.precision
    session.flush()
    changes = {"ends": [before or None, show(last.day, last.precision)]}
    for one in (row, *held):
        _record(session, "record.ended", one, actor=actor, now=now, changes=changes)


def _held_at(session: Session, row: Any) -> list[DropIn]:
    """Return the drop-ins without an end that are held at the row, if it is a unit."""
    if not isinstance(row, Unit):
        return []
    return list(
        session.scalars(
            select(DropIn).where(
                DropIn.unit_id == row.id, DropIn.ends_on.is_(None), DropIn.withdrawn_at.is_(None)
            )
        )
    )


def withdraw(session: Session, row: Any, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take what was wrong off every page; the row and the reason stay.

    Raises DomainError without a reason, if it was withdrawn before, or if live drop-ins are held at the unit.
    """
    if not reason.strip():
        raise DomainError(WHY, field="reason")
    _refuse_withdrawn(row)
    if _held_at(session, row):
        raise DomainError(
            N_("Des permanences se tiennent à cette antenne : changez d’abord leur lieu."), field="reason"
        )
    row.withdrawn_at = now
    session.flush()
    changes = {"reason": [None, reason.strip()]}
    _record(session, "record.withdrawn", row, actor=actor, now=now, changes=changes)


def restore(session: Session, row: Any, *, actor: Actor, now: datetime) -> None:
    """Bring back what was withdrawn. Raises DomainError if the same has been told again meanwhile."""
    if row.withdrawn_at is None:
        return
    _check(session, owner_of(session, row), facts_of(row), but=row)
    row.withdrawn_at = None
    session.flush()
    _record(session, "record.restored", row, actor=actor, now=now)


def owner_of(session: Session, row: Any) -> Owner:
    """Return what a row hangs on; a part hangs on its project."""
    if isinstance(row, ProjectPart):
        return session.get_one(Project, row.project_id)
    for model, column in OWNED_BY.items():
        found = getattr(row, column, None)
        if found is not None:
            owner: Owner = session.get_one(model, found)
            return owner
    raise LookupError(row)


def name_of(session: Session, row: Any) -> str:
    """Return what names a row: its label, or for a part the organisation."""
    if isinstance(row, ProjectPart):
        return session.get_one(Organisation, row.organisation_id).short_label
    return str(getattr(row, NAMED_BY[type(row)]))


def _refuse_withdrawn(row: Any) -> None:
    if row.withdrawn_at is not None:
        raise DomainError(N_("Ce fait a été retiré : remettez-le d’abord."))


def _check(session: Session, owner: Owner, facts: Any, *, but: Any = None) -> None:
    facts.check()
    unit_id = getattr(facts, "unit_id", None)
    if unit_id is not None:
        unit = session.get(Unit, unit_id)
        if unit is None or not isinstance(owner, Organisation) or unit.organisation_id != owner.id:
            raise DomainError(N_("Cette antenne est celle d’une autre organisation."), field="unit_id")
    if facts.one_at_a_time:
        _check_alone(session, owner, facts, but)


def _check_alone(session: Session, owner: Owner, facts: Any, but: Any) -> None:
    """Raise DomainError where the owner has the same already, without an end or from the same day."""
    model: Any = facts.model
    rows = session.scalars(
        select(model).where(getattr(model, OWNED_BY[type(owner)]) == owner.id, model.withdrawn_at.is_(None))
    )
    for row in rows:
        if row is but or _key(row, facts) != _key(facts, facts):
            continue
        both_open = facts.ends is None and row.ends_on is None
        starts = getattr(facts, "starts", None)
        same_start = starts is not None and starts.day == getattr(row, "starts_on", None)
        if both_open or same_start:
            raise DomainError(facts.taken, field=facts.one_at_a_time[0])


def _key(told: Any, facts: RowFacts) -> tuple[str, ...]:
    return tuple(fold(str(getattr(told, column))) for column in facts.one_at_a_time)


def _write(session: Session, row: Any, facts: Any, *, actor: Actor, now: datetime) -> None:
    neighbourhood_id = _neighbourhood(session, facts, actor=actor, now=now)
    for name, value in columns(facts).items():
        setattr(row, name, value)
    if hasattr(row, "neighbourhood_id"):
        row.neighbourhood_id = neighbourhood_id
        row.search_text = _search_text(session, facts)
    if isinstance(row, DropIn):
        _write_slots(session, row, facts)


def _write_slots(session: Session, row: DropIn, facts: Any) -> None:
    """Put the slots in place of those that are there; what is still told stays the same row."""
    old = {(one.weekday, one.begins): one for one in row.slots}
    wanted = {(slot.weekday, slot.begins): slot for slot in facts.slots}
    for key, one in old.items():
        if key not in wanted:
            row.slots.remove(one)
    for key, slot in sorted(wanted.items()):
        one = old.get(key) or DropInSlot(weekday=slot.weekday, begins=slot.begins)
        one.finishes, one.every_weeks = slot.finishes, slot.every_weeks
        if key not in old:
            row.slots.append(one)
    if row.id is not None:
        session.flush()
        session.expire(row, ["slots"])


def _search_text(session: Session, facts: Any) -> str:
    """Return the folded words by which a unit or a drop-in is found, its commune and its host among them."""
    words = [
        getattr(facts, name, "")
        for name in ("name", "subject", "kind", "neighbourhood", "place", "address", "rhythm")
    ]
    commune = session.get(Territory, facts.commune_id) if facts.commune_id else None
    venue_id = getattr(facts, "venue_id", None)
    venue = session.get(Organisation, venue_id) if venue_id else None
    if commune is None and venue is not None:
        commune = venue.commune
    return fold(" ".join([*words, *(one.name for one in (commune, venue) if one is not None)]))


def _neighbourhood(session: Session, facts: Any, *, actor: Actor, now: datetime) -> int | None:
    """Return the quarter of that name in the commune, adding it where it isn't in the list yet."""
    name = getattr(facts, "neighbourhood", "")
    if not name:
        return None
    known = session.scalars(
        select(Territory).where(
            Territory.parent_id == facts.commune_id, Territory.kind == TerritoryKind.NEIGHBOURHOOD
        )
    )
    for place in known:
        if fold(place.name) == fold(name):
            return place.id
    commune = session.get_one(Territory, facts.commune_id)
    return references.add_neighbourhood(session, name, commune, actor=actor, now=now).id


def _told(session: Session, facts: Any) -> dict[str, Any]:
    """Return facts as history tells them: rows by their names, dates and hours in words."""
    return {field.name: _words(session, field.name, getattr(facts, field.name)) for field in fields(facts)}


def _words(session: Session, name: str, value: Any) -> Any:
    if name in DATES:
        return show(value.day, value.precision) if value else ""
    if name == "slots":
        return recurrence.told(value)
    if name in LINKED and value:
        row: Any = session.get_one(LINKED[name], value)
        return getattr(row, "label", None) or row.name
    return ", ".join(value) if isinstance(value, tuple) else value


def _untold(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: ["…", "…"] if name in UNTOLD else pair for name, pair in changes.items()}


def _record(
    session: Session,
    action: str,
    row: Any,
    *,
    actor: Actor,
    now: datetime,
    changes: dict[str, Any] | None = None,
) -> None:
    """Write the line of history on the row and on what it hangs on, in words that outlast it."""
    about = {row.__tablename__: [None, name_of(session, row)], **(changes or {})}
    owners: list[Any] = [owner_of(session, row)]
    if isinstance(row, ProjectPart):
        owners.append(session.get_one(Organisation, row.organisation_id))
        about["project"] = [None, owners[0].name]
    for subject in (row, *owners):
        audit.record(session, action, subject, actor=actor, now=now, changes=about)
