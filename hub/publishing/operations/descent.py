"""How an edition's demands descend from earlier memoranda, and saying otherwise where that is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.publishing.models.composition import Descent, Item
from hub.publishing.models.editions import IN_COMPOSITION, PUBLIC, Edition, Memorandum
from hub.publishing.operations.composing import changed, hold_to_change
from hub.publishing.queries import descent as queries
from hub.publishing.values import descent
from hub.publishing.values.descent import Demand, Gone, Kin, Line, Stage, Standing
from hub.recommendations.models.versions import Weight


@dataclass(frozen=True, slots=True)
class Lineage:
    """What each item of an edition is, by recommendation; what is gone; what it is compared with."""

    lines: Mapping[int, Line]
    gone: Sequence[Gone]
    base: Stage | None


@dataclass(frozen=True)
class Register:
    """Every memorandum by the edition that counts, the oldest first, with the demands that stand there."""

    stages: list[Stage]
    kin: Kin
    demands: dict[int, Demand]
    previous: dict[int, int | None]  # memorandum → the one that it comes after
    starts: dict[int, int | None]  # edition → the one that it starts from

    def chain(self, memorandum: int) -> list[int]:
        """Return the memoranda before one, the oldest first; a ring is followed once."""
        found: list[int] = []
        here = self.previous.get(memorandum)
        while here is not None and here not in found and here != memorandum:
            found.append(here)
            here = self.previous.get(here)
        return found[::-1]


def of_edition(session: Session, edition: Edition) -> Lineage:
    """Say what each item of an edition is beside the memoranda before it. Seven queries, however large.

    It is compared with the edition that it starts from if that is another memorandum's, else with that of
    the memorandum before it, else with the edition of this memorandum that it starts from.
    """
    besides = [edition.id, *([edition.starts_from_id] if edition.starts_from_id else [])]
    register = read(session, besides)
    here = next(stage for stage in register.stages if stage.edition == edition.id)
    return of_stage(register, here)


def of_stage(register: Register, here: Stage) -> Lineage:
    """Say the same of an edition that the register holds."""
    others = {stage.memorandum: stage for stage in register.stages if stage.memorandum != here.memorandum}
    before = [others[each] for each in register.chain(here.memorandum) if each in others]
    base = _base(register, here, before)
    return Lineage(
        descent.lines(here, base, before, register.kin, register.demands),
        descent.gone(here, base, register.kin, register.demands),
        base,
    )


def _base(register: Register, here: Stage, before: Sequence[Stage]) -> Stage | None:
    wanted = register.starts.get(here.edition or 0)
    start = next((stage for stage in register.stages if wanted and stage.edition == wanted), None)
    if start is not None and start.memorandum != here.memorandum:
        return start
    with_items = [stage for stage in before if stage.held]
    return with_items[-1] if with_items else start


def read(session: Session, besides: Iterable[int] = (), *, with_drafts: bool = False) -> Register:
    """Read all memoranda by their last public edition, and those editions `besides`. Seven queries.

    `with_drafts`: by the edition in the making where none is public.
    """
    rows = list(session.scalars(queries.editions()))
    memoranda = list(session.scalars(queries.memoranda()))
    wanted = set(besides)
    last = {row.memorandum_id: row for row in rows if with_drafts or row.state in PUBLIC}
    last |= {row.memorandum_id: row for row in rows if row.state in PUBLIC}
    chosen = [row for row in rows if row.id in wanted or last.get(row.memorandum_id) is row]
    told = session.execute(queries.items([row.id for row in chosen])).all()
    ids = {each.recommendation_id for each in told}
    kin = Kin((parent, child) for parent, child in session.execute(queries.ties()))
    ids |= {each for one in tuple(ids) for each in kin.before(one)}
    wordings = session.execute(queries.wordings(ids)).all()
    numbers = {
        (memorandum, demand): number
        for memorandum, demand, number in session.execute(
            queries.numbers([row.memorandum_id for row in chosen])
        )
    }
    demands = _demands(session, ids, wordings)
    known = {row.id: row for row in memoranda}
    versions = _versions(chosen, told, wordings)
    held: dict[int, dict[int, Standing]] = {row.id: {} for row in chosen}
    of = {row.id: row for row in chosen}
    for edition, demand, _version, said in told:
        memorandum = known[of[edition].memorandum_id]
        number = numbers.get((memorandum.id, demand))
        held[edition][demand] = Standing(
            demand, f"{year_of(memorandum)}/{number}" if number else "", versions[edition, demand], said
        )
    stages = [_stage(known[row.memorandum_id], row, held[row.id]) for row in chosen]
    with_edition = {row.memorandum_id for row in chosen}
    stages += [_stage(row) for row in memoranda if row.document_id and row.id not in with_edition]
    stages.sort(key=lambda stage: (stage.year or 9999, stage.memorandum, stage.edition_number or 0))
    return Register(
        stages, kin, demands, {row.id: row.previous_id for row in memoranda},
        {row.id: row.starts_from_id for row in rows},
    )  # fmt: skip


def year_of(memorandum: Memorandum) -> int | None:
    """Return the year that a memorandum bears: its own, else its election's, else its document's."""
    if memorandum.year is not None:
        return memorandum.year
    if memorandum.election is not None:
        return memorandum.election.held_on.year
    return memorandum.document.year if memorandum.document is not None else None


def _stage(
    memorandum: Memorandum, edition: Edition | None = None, held: dict[int, Standing] | None = None
) -> Stage:
    return Stage(
        memorandum.id, memorandum.title, memorandum.slug, year_of(memorandum),
        edition.id if edition else None, edition.number if edition else None,
        edition is None or edition.state in PUBLIC, memorandum.document_id, held or {},
    )  # fmt: skip


def _demands(session: Session, ids: set[int], wordings: Sequence[Any]) -> dict[int, Demand]:
    rewordings: dict[int, list[int]] = {}
    for each in wordings:
        if each.weight is Weight.SUBSTANTIVE and each.number > 1:
            rewordings.setdefault(each.recommendation_id, []).append(each.number)
    return {
        row.id: Demand(row.id, row.code, row.title, row.text, row.outcome, tuple(rewordings.get(row.id, ())))
        for row in session.execute(queries.demands(ids))
    }


def _versions(
    editions: Sequence[Edition], told: Sequence[Any], wordings: Sequence[Any]
) -> dict[tuple[int, int], int]:
    """Return the version in which each demand stands in each edition.

    It is the frozen one; before one is noted, the last one of that moment, in a draft the last of all.
    """
    moments = {row.id: row.frozen_at if row.state not in IN_COMPOSITION else None for row in editions}
    by_demand: dict[int, list[Any]] = {}
    for each in wordings:
        by_demand.setdefault(each.recommendation_id, []).append(each)
    found = {}
    for edition, demand, version, _said in told:
        moment = moments[edition]
        then = [
            each.number for each in by_demand.get(demand, ()) if moment is None or each.created_at <= moment
        ]
        found[edition, demand] = version or max(then, default=1)
    return found


def say(
    session: Session, edition: Edition, said: Mapping[int, Descent | None], *, actor: Any, now: datetime
) -> int:
    """Say what items are, by item, where what is computed is wrong; None leaves it to be computed.

    Returns how many changed. Raises FrozenError unless the edition is in the making.
    """
    hold_to_change(session, edition, now)
    other = [
        item
        for item in session.scalars(
            select(Item).where(Item.edition_id == edition.id, Item.id.in_(said)).order_by(Item.id)
        )
        if item.descent != said[item.id]
    ]
    for item in other:
        item.descent = said[item.id]
    if other:
        named = " ".join(str(item.recommendation_id) for item in other)
        changed(session, edition, "edition.descent_said", actor, now, items=[None, named])
    return len(other)
