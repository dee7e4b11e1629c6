"""All that says how two actors have to do with each other; never more than the reader may see.

Reads the two actors alone, in a constant number of queries. Unlike the picture it leaves nothing out: what
has ended, what happened once and long ago, and halls so full that the picture doesn't tie everyone in them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.organisations import Confidence, Organisation
from hub.actors.models.projects import Project, ProjectPart
from hub.actors.models.record import DropIn
from hub.actors.models.relations import Relation
from hub.core import clock
from hub.network.queries import gatherings
from hub.network.values.facts import Fact, Thing
from hub.network.values.register import Origin
from hub.network.values.sight import Sight
from hub.network.words import TIES
from hub.publishing.models.composition import Signatory
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum
from hub.spaces.models.spaces import Membership, Space

ORDER = tuple(Origin)


def between(session: Session, one: Organisation, other: Organisation, sight: Sight) -> list[Fact]:
    """Return the facts that tie two actors, by origin, the latest first; merged records count too."""
    ends = dict.fromkeys(_records(session, one), one.id)
    ends |= dict.fromkeys(_records(session, other), other.id)
    found = [
        *_relations(session, ends),
        *_projects(session, ends),
        *_signatures(session, ends),
        *_days(session, ends, sight),
        *_roofs(session, ends, sight),
        *_drop_ins(session, ends),
    ]
    if sight.spaces:
        found += _spaces(session, ends)
    found.sort(key=lambda fact: fact.start_on or date.min, reverse=True)
    return sorted(found, key=lambda fact: ORDER.index(fact.origin))


def _records(session: Session, organisation: Organisation) -> set[int]:
    """Return the numbers of a record and of all that were merged into it, directly or not."""
    into: defaultdict[int, list[int]] = defaultdict(list)
    rows = select(Organisation.id, Organisation.merged_into_id).where(
        Organisation.merged_into_id.is_not(None)
    )
    for row in session.execute(rows):
        into[row.merged_into_id].append(row.id)
    found, waiting = set(), [organisation.id]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += into[number]
    return found


def _relations(session: Session, ends: dict[int, int]) -> Iterator[Fact]:
    rows = (
        select(Relation)
        .options(joinedload(Relation.kind))
        .where(Relation.source_id.in_(ends), Relation.target_id.in_(ends), Relation.withdrawn_at.is_(None))
        .order_by(Relation.id)
    )
    for row in session.scalars(rows):
        if ends[row.source_id] == ends[row.target_id]:
            continue
        yield Fact(
            origin=Origin.DECLARED,
            thing=Thing.RELATION,
            subject=ends[row.source_id],
            other=ends[row.target_id],
            label=row.kind.label,
            start_on=row.start_on,
            end_on=row.end_on,
            start_precision=row.start_precision,
            end_precision=row.end_precision,
            number=row.id,
            sources=_lines(row.origin),
            note=row.note,
            sure=row.confidence == Confidence.HIGH,
        )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for part in text.splitlines() for line in part.split(" | ") if line.strip())


# --- What both had a part in


Made = Callable[[Any, Any], Fact | None]


def _shared(rows: Iterable[Any], ends: dict[int, int], make: Made) -> Iterator[Fact]:
    """Yield what `make` says of each two rows of one thing that belong to the two actors."""
    things: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        things[row.id].append(row)
    first = next(iter(ends.values()))
    for here in things.values():
        mine = [row for row in here if ends[row.organisation_id] == first]
        theirs = [row for row in here if ends[row.organisation_id] != first]
        for one in mine:
            for two in theirs:
                if fact := make(one, two):
                    yield fact


def _spaces(session: Session, ends: dict[int, int]) -> Iterator[Fact]:
    found = (
        select(
            Space.id, Space.slug, Space.name.label("about"), Space.starts_on.label("opened"),
            Space.ends_on.label("ended"), Membership.organisation_id, Membership.starts_on,
            Membership.ends_on, Membership.role,
        )
        .join(Membership.space)
        .where(Membership.organisation_id.in_(ends))
        .order_by(Space.id, Membership.id)
    )  # fmt: skip
    return _periods(session.execute(found), ends, Origin.SPACE, Thing.SPACE)


def _projects(session: Session, ends: dict[int, int]) -> Iterator[Fact]:
    found = (
        select(
            Project.id, Project.slug, Project.name.label("about"), Project.starts_on.label("opened"),
            Project.ends_on.label("ended"), ProjectPart.organisation_id, ProjectPart.starts_on,
            ProjectPart.ends_on, ProjectPart.role, ProjectPart.origin, Project.origin.label("told"),
        )
        .join(ProjectPart.project)
        .where(
            ProjectPart.organisation_id.in_(ends),
            ProjectPart.withdrawn_at.is_(None),
            Project.withdrawn_at.is_(None),
        )
        .order_by(Project.id, ProjectPart.id)
    )  # fmt: skip
    return _periods(session.execute(found), ends, Origin.PROJECT, Thing.PROJECT)


def _periods(rows: Iterable[Any], ends: dict[int, int], origin: Origin, thing: Thing) -> Iterator[Fact]:
    def make(one: Any, two: Any) -> Fact | None:
        start = max(day or date.min for day in (one.starts_on, two.starts_on, one.opened))
        end = min(day or date.max for day in (one.ends_on, two.ends_on, one.ended))
        if start > end:
            return None  # they never met there
        told = (getattr(row, "origin", "") or getattr(row, "told", "") for row in (one, two))
        return Fact(
            origin=origin,
            thing=thing,
            subject=ends[one.organisation_id],
            other=ends[two.organisation_id],
            label=TIES[origin][0],
            start_on=None if start == date.min else start,
            end_on=None if end == date.max else end,
            about=one.about,
            slug=one.slug,
            roles=(one.role.value, two.role.value),
            sources=tuple(dict.fromkeys(line for text in told for line in _lines(text))),
        )

    return _shared(rows, ends, make)


def _signatures(session: Session, ends: dict[int, int]) -> Iterator[Fact]:
    found = (
        select(
            Edition.id,
            Edition.number,
            Edition.published_at,
            Memorandum.title.label("about"),
            Memorandum.slug,
            Signatory.organisation_id,
        )
        .join(Signatory.edition)
        .join(Edition.memorandum)
        .where(Signatory.organisation_id.in_(ends), Edition.state.in_(PUBLIC))
        .order_by(Edition.id, Signatory.id)
    )

    def make(one: Any, two: Any) -> Fact:
        day = clock.today(one.published_at)
        return Fact(
            origin=Origin.COSIGNING,
            thing=Thing.MEMORANDUM,
            subject=ends[one.organisation_id],
            other=ends[two.organisation_id],
            label=TIES[Origin.COSIGNING][0],
            start_on=day,
            end_on=day,
            about=one.about,
            slug=one.slug,
            number=one.number,
        )

    return _shared(session.execute(found), ends, make)


def _days(session: Session, ends: dict[int, int], sight: Sight) -> Iterator[Fact]:
    every = gatherings.participations(sight).subquery()
    rows = session.execute(select(every).where(every.c.organisation_id.in_(ends)).order_by(every.c.id)).all()
    # Who organises and speaks, or signed up too, stands there once, in the greater part.
    parts: dict[tuple[int, int], Any] = {}
    for row in sorted(rows, key=lambda row: row.runs):
        parts[row.id, ends[row.organisation_id]] = row

    def make(one: Any, two: Any) -> Fact:
        day = clock.today(one.starts_at)
        return Fact(
            origin=Origin.DAY,
            thing=Thing.EVENT,
            subject=ends[one.organisation_id],
            other=ends[two.organisation_id],
            label=TIES[Origin.DAY][0],
            start_on=day,
            end_on=day,
            about=one.about,
            slug=one.slug,
            roles=("organiser" if one.runs else "", "organiser" if two.runs else ""),
        )

    ordered = sorted(parts.values(), key=lambda row: (row.id, row.organisation_id))
    return _shared(ordered, ends, make)


# --- Roofs


def _roofs(session: Session, ends: dict[int, int], sight: Sight) -> Iterator[Fact]:
    every = gatherings.roofs(sight).subquery()
    for row in session.execute(_two(select(every), every.c.venue_id, every.c.organisation_id, ends)):
        if ends[row.venue_id] == ends[row.organisation_id]:
            continue
        day = clock.today(row.starts_at)
        yield Fact(
            origin=Origin.HOSTING,
            thing=Thing.EVENT,
            subject=ends[row.venue_id],
            other=ends[row.organisation_id],
            label=TIES[Origin.HOSTING][0],
            start_on=day,
            end_on=day,
            about=row.about,
            slug=row.slug,
        )


def _drop_ins(session: Session, ends: dict[int, int]) -> Iterator[Fact]:
    rows = select(DropIn).where(DropIn.withdrawn_at.is_(None))
    for row in session.scalars(_two(rows, DropIn.venue_id, DropIn.organisation_id, ends)):
        venue = row.venue_id or 0
        if ends[venue] == ends[row.organisation_id]:
            continue
        yield Fact(
            origin=Origin.HOSTING,
            thing=Thing.DROP_IN,
            subject=ends[venue],
            other=ends[row.organisation_id],
            label=TIES[Origin.HOSTING][0],
            start_on=row.starts_on,
            end_on=row.ends_on,
            start_precision=row.starts_precision,
            end_precision=row.ends_precision,
            about=row.subject,
            number=row.id,
            sources=_lines(row.origin),
        )


def _two(rows: Select[Any], one: Any, other: Any, ends: Collection[int]) -> Select[Any]:
    return rows.where(one.in_(ends), other.in_(ends))
