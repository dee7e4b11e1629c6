"""Making one record of two that are the same actor, and taking that back.

Everything that points to the merged record is moved to the kept one, whatever table it stands in: the
schema itself tells. Each row is moved on its own, and where the database refuses (the kept record sits in
that space already, the contribution was sent and never changes, a tie would join a record to itself), the
row stays with the merged record, which stays too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, ForeignKey, Table, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.merging import DistinctPair, Merger
from hub.actors.models.organisations import Organisation
from hub.actors.operations import organisations
from hub.actors.operations.organisations import OrganisationFacts, columns, facts_of
from hub.core import audit
from hub.core.db import Base
from hub.core.errors import N_, DomainError

SETS = ("languages", "funding_sources", "theme_ids", "territory_ids", "audience_ids")
"""What both records say together."""
ALWAYS = ("name", "former_names", "source", *SETS)
"""What nobody chooses: the kept name stays, the other becomes a former one, sources and sets are joined."""
OF_THE_RECORD = {
    "organisation", "organisation_theme", "organisation_territory", "organisation_audience",
    "organisation_funding", "import_line", "merger", "distinct_pair",
}  # fmt: skip
"""Tables that tell of the record itself rather than of the actor: nothing in them is moved."""
NUMBER = "merged_enterprise_number"


class Undone(NamedTuple):
    """What a merger taken back left as it was: fields changed since, rows that could not go back."""

    fields: tuple[str, ...]
    rows: int


def choosable(kept: Organisation, merged: Organisation) -> list[str]:
    """Return the fields in which the two records differ and one of both has to be right."""
    mine, other = asdict(facts_of(kept)), asdict(facts_of(merged))
    return [name for name, value in other.items() if name not in ALWAYS and value and value != mine[name]]


def worth_taking(kept: Organisation, merged: Organisation) -> list[str]:
    """Return the fields that only the merged record fills."""
    mine = facts_of(kept)
    return [name for name in choosable(kept, merged) if not getattr(mine, name)]


def merge(
    session: Session,
    kept: Organisation,
    merged: Organisation,
    *,
    take: Sequence[str],
    reason: str,
    actor: User,
    now: datetime,
) -> Merger:
    """Make one record of two and return what was done.

    `take` names the fields in which the merged record is right. Raises DomainError if the two are the same
    row or one of them was merged before.
    """
    _lock(session, kept, merged)
    _refuse_strange(kept, merged)
    before = facts_of(kept)
    number = merged.enterprise_number
    if "enterprise_number" in take:
        merged.enterprise_number = None  # no two records may hold it, not even for a moment
        session.flush()
    _say_together(session, kept, merged, take, number, actor=actor, now=now)
    after = facts_of(kept)
    moved, stayed = _move(session, merged.id, kept.id)
    merged.merged_into_id = kept.id
    row = Merger(
        kept_id=kept.id,
        merged_id=merged.id,
        before={**_plain(before), NUMBER: number},
        after=_plain(after),
        moved=moved,
        stayed=stayed,
        reason=reason,
        merged_at=now,
        merged_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    session.expire_all()
    changes = {"merged": [merged.name, None], "reason": [reason, None]}
    for record in (kept, merged):
        audit.record(session, "organisation.merged", record, actor=actor, now=now, changes=changes)
    return row


def undo(session: Session, merger: Merger, *, actor: User, now: datetime) -> Undone:
    """Let two records stand apart again; return what could not be put back because it changed since.

    Raises DomainError if that was done already, or if the kept record has itself been merged since.
    """
    session.refresh(merger, with_for_update=True)
    kept, merged = merger.kept, merger.merged
    _lock(session, kept, merged)
    if merger.undone_at is not None:
        raise DomainError(N_("Ces deux fiches sont déjà séparées."))
    if kept.merged_into_id is not None:
        raise DomainError(
            N_("« %(name)s » a depuis été réunie avec une autre fiche : défaites d’abord cela."),
            name=kept.name,
        )
    merged.merged_into_id = None
    merger.undone_at, merger.undone_by_id = now, actor.id
    session.flush()
    rows = _move_back(session, merger)
    session.expire_all()
    fields = _put_back(session, merger, actor=actor, now=now)
    if merged.enterprise_number is None and kept.enterprise_number != merger.before[NUMBER]:
        merged.enterprise_number = merger.before[NUMBER]
    session.flush()
    for record in (kept, merged):
        audit.record(
            session,
            "organisation.separated",
            record,
            actor=actor,
            now=now,
            changes={"merged": [None, merged.name]},
        )
    return Undone(fields, rows)


def tell_apart(session: Session, one: Organisation, other: Organisation, *, by: User, now: datetime) -> None:
    """Note that two records that resemble each other are two actors; they are no longer proposed."""
    first, second = sorted((one, other), key=lambda row: row.id)
    if first.id == second.id:
        raise DomainError(N_("Choisissez deux fiches différentes."))
    known = select(DistinctPair.id).where(
        DistinctPair.first_id == first.id, DistinctPair.second_id == second.id
    )
    if session.scalar(known) is None:
        session.add(DistinctPair(first_id=first.id, second_id=second.id, told_at=now, told_by_id=by.id))
        session.flush()
        audit.record(
            session,
            "organisation.told_apart",
            first,
            actor=by,
            now=now,
            changes={"other": [second.name, None]},
        )


def forget_apart(
    session: Session, one: Organisation, other: Organisation, *, by: User, now: datetime
) -> None:
    """Take back that two records are two actors."""
    first, second = sorted((one, other), key=lambda row: row.id)
    pair = session.scalar(
        select(DistinctPair).where(DistinctPair.first_id == first.id, DistinctPair.second_id == second.id)
    )
    if pair is not None:
        session.delete(pair)
        session.flush()
        audit.record(
            session,
            "organisation.told_apart",
            first,
            actor=by,
            now=now,
            changes={"other": [None, second.name]},
        )


def _lock(session: Session, *records: Organisation) -> None:
    """Hold both rows, always in the same order: two mergers of the same pair wait for each other."""
    for row in sorted(records, key=lambda record: record.id):
        session.refresh(row, with_for_update=True)


def _refuse_strange(kept: Organisation, merged: Organisation) -> None:
    if kept.id == merged.id:
        raise DomainError(N_("Choisissez deux fiches différentes."), field="other")
    for record in (kept, merged):
        if record.merged_into_id is not None:
            raise DomainError(
                N_("« %(name)s » a déjà été réunie avec une autre fiche."), field="other", name=record.name
            )


def _say_together(
    session: Session,
    kept: Organisation,
    merged: Organisation,
    take: Sequence[str],
    number: str | None,
    *,
    actor: User,
    now: datetime,
) -> None:
    mine, other = facts_of(kept), facts_of(merged)
    allowed = choosable(kept, merged) + (["enterprise_number"] if number else [])
    taken: dict[str, Any] = {name: getattr(other, name) for name in take if name in allowed}
    if "enterprise_number" in taken:
        taken["enterprise_number"] = number
    joined: dict[str, Any] = {
        name: tuple(dict.fromkeys((*getattr(mine, name), *getattr(other, name)))) for name in SETS
    }
    names = dict.fromkeys([*mine.former_names.splitlines(), other.name, other.acronym])
    names |= dict.fromkeys(other.former_names.splitlines())
    acronym = taken.get("acronym", mine.acronym)
    former = [name for name in names if name and name not in {mine.name, acronym}]
    if acronym != mine.acronym and mine.acronym:
        former.append(mine.acronym)
    sources = dict.fromkeys([*mine.source.splitlines(), *other.source.splitlines()])
    facts = replace(mine, **taken, **joined, former_names="\n".join(former), source="\n".join(sources))
    organisations.update(session, kept, facts, actor=actor, now=now)


# --- What points to a record ------------------------------------------------------------------


def _pointers() -> Iterator[tuple[Table, Column[Any]]]:
    """Yield each column that points to an organisation and is moved with it, in a fixed order."""
    for table in sorted(Base.metadata.tables.values(), key=lambda one: one.name):
        for column in table.columns:
            if table.name not in OF_THE_RECORD and any(_to_organisation(key) for key in column.foreign_keys):
                yield table, column


def _to_organisation(key: ForeignKey) -> bool:
    return key.column.table.name == "organisation"


def pointing(session: Session, organisation: Organisation) -> Counter[str]:
    """Count, by table, the rows that would be moved."""
    found: Counter[str] = Counter()
    for table, column in _pointers():
        found[table.name] += len(session.execute(select(column).where(column == organisation.id)).all())
    return +found


def _move(session: Session, source: int, target: int) -> tuple[dict[str, list[list[Any]]], dict[str, int]]:
    moved: dict[str, list[list[Any]]] = {}
    stayed: Counter[str] = Counter()
    for table, column in _pointers():
        keys = list(table.primary_key.columns)
        for key in session.execute(select(*keys).where(column == source).order_by(*keys)).all():
            if _point(session, table, column, tuple(key), target):
                there = [target if one is column else value for one, value in zip(keys, key, strict=True)]
                moved.setdefault(f"{table.name}.{column.name}", []).append(there)
            else:
                stayed[table.name] += 1
    return moved, dict(stayed)


def _move_back(session: Session, merger: Merger) -> int:
    """Point the moved rows to their own record again; return how many no longer could."""
    lost = 0
    for name, all_keys in merger.moved.items():
        table = Base.metadata.tables[name.rsplit(".", 1)[0]]
        column = table.columns[name.rsplit(".", 1)[1]]
        for key in all_keys:
            lost += not _point(session, table, column, tuple(key), merger.merged_id, was=merger.kept_id)
    return lost


def _point(
    session: Session,
    table: Table,
    column: Column[Any],
    key: tuple[Any, ...],
    target: int,
    *,
    was: int | None = None,
) -> bool:
    """Let one row point elsewhere; False if the database refuses, or if it no longer points where it did."""
    change = update(table).where(tuple_(*table.primary_key.columns) == key).values({column: target})
    if was is not None:
        change = change.where(column == was)
    try:
        with session.begin_nested():
            return bool(session.execute(change).rowcount)  # type: ignore[attr-defined]
    except IntegrityError:
        return False


# --- What a record says -----------------------------------------------------------------------


def _plain(facts: OrganisationFacts) -> dict[str, Any]:
    """Return facts as JSON holds them."""
    return {name: _json(value) for name, value in asdict(facts).items()}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _put_back(session: Session, merger: Merger, *, actor: User, now: datetime) -> tuple[str, ...]:
    """Let the kept record say again what it said; return the fields that somebody has changed since."""
    present = facts_of(merger.kept)
    plain, changed = _plain(present), []
    back: dict[str, Any] = {}
    for name, told in merger.after.items():
        said = merger.before[name]
        if told == said:
            continue
        if name in SETS:
            added = {one for one in told if one not in said}
            back[name] = tuple(one for one in getattr(present, name) if one not in added)
        elif plain[name] == told:
            back[name] = _typed(present, name, said)
        else:
            changed.append(name)
    organisations.update(session, merger.kept, replace(present, **back), actor=actor, now=now)
    return tuple(changed)


def _typed(present: OrganisationFacts, name: str, said: Any) -> Any:
    """Return what JSON holds as the fact it was."""
    if said is None or name not in columns(present):
        return said
    if name == "state_since":
        return date.fromisoformat(said)
    kind = type(getattr(present, name))
    return kind(said) if isinstance(getattr(present, name), str) else said
