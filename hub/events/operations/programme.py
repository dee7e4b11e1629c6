"""The programme of a day: its lines, its workshops in blocks and rounds. Seats that are taken stay taken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState, Slot, SlotKind, SlotSpeaker
from hub.events.models.workshops import Way, Workshop, WorkshopBlock, WorkshopRound
from hub.events.operations import counters, cutting, waitlist

Hours = tuple[datetime, datetime] | None


@dataclass(frozen=True)
class Line:
    """One line of a programme, in Brussels' hours; without a day, on the first one."""

    starts: time
    title: str
    ends: time | None = None
    kind: SlotKind = SlotKind.PRESENTATION
    speaker_ids: tuple[int, ...] = ()
    description: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Round:
    """Workshops at the same time; `number` is the one that it has, if it is there already."""

    title: str = ""
    starts: time | None = None
    ends: time | None = None
    day: date | None = None
    number: int | None = None


@dataclass(frozen=True)
class Room:
    """A workshop as it is described; `number` is the one that it has, if it is there already.

    `turn` is the place of its round among the rounds of its block, `repeats` the place, among the workshops
    of its block, of the one that it gives again; both begin at 0.
    """

    title: str
    capacity: int
    room: str = ""
    description: str = ""
    number: int | None = None
    minimum: int = 0
    lead_id: int | None = None
    room_id: int | None = None
    turn: int | None = None
    repeats: int | None = None


@dataclass(frozen=True)
class Block:
    """Workshops among which each person chooses, at least `choices_min` and at most `choices_max`."""

    workshops: tuple[Room, ...] = ()
    rounds: tuple[Round, ...] = ()
    title: str = ""
    choices_min: int = 0
    choices_max: int = 0
    way: Way = Way.FIRST_COME
    wishes_max: int = 0
    number: int | None = None


@dataclass(frozen=True)
class Programme:
    """What happens in the day.

    `workshops` and `choices` describe the usual day in short: one block, of which each person chooses
    exactly so many; `blocks` describe any other.
    """

    lines: tuple[Line, ...] = ()
    workshops: tuple[Room, ...] = ()
    choices: int = 0
    blocks: tuple[Block, ...] = field(default=())

    def all_blocks(self, event: Event) -> tuple[Block, ...]:
        """Return the blocks, with the one that is described in short."""
        if self.blocks or not (self.workshops or self.choices):
            return self.blocks
        number = event.blocks[0].id if event.blocks else None
        return (
            Block(
                workshops=self.workshops, choices_min=self.choices, choices_max=self.choices, number=number
            ),
        )


def set_programme(
    session: Session,
    event: Event,
    programme: Programme,
    *,
    actor: User | str,
    now: datetime,
    agreed: Collection[int] = (),
) -> None:
    """Replace a day's programme and bring its workshops up to date, keeping the seats taken.

    `agreed` are the numbers of workshops whose people may lose seats. Raises `cutting.SeatsWouldGoError`,
    which names workshops and people, where somebody would lose a seat without that; DomainError where hours,
    rounds or choices don't fit.
    """
    counters.lock(session, event)
    blocks = programme.all_blocks(event)
    for place, block in enumerate(blocks):
        _check(event, block, place)
    slots = [_slot(event, line) for line in programme.lines]
    known = _locked(session, event)
    _check_what_stays(session, event, blocks, known)
    freed = cutting.make_room(session, _cuts(blocks, known), agreed, actor=actor, now=now)
    event.slots = slots
    _set_blocks(session, event, blocks, known)
    event.updated_at = now
    session.flush()
    counts = {
        "slots": [None, len(event.slots)],
        "workshops": [None, len(event.workshops)],
        "blocks": [None, len(event.blocks)],
    }
    if freed:
        counts["seats_given_back"] = [None, freed]
    audit.record(session, "event.programme_changed", event, actor=actor, now=now, changes=counts)
    if event.state == EventState.PUBLISHED:
        waitlist.settle(session, event, now=now)


# --- Checking -------------------------------------------------------------------------------------


def _check(event: Event, block: Block, place: int) -> None:
    """Refuse a block of which nobody could choose as asked, or whose rounds have no sense."""
    name = block.title or str(place + 1)
    if block.choices_max < block.choices_min:
        raise DomainError(
            N_("Bloc « %(block)s » : le plus grand nombre de choix est inférieur au plus petit."),
            field="workshop_choices",
            block=name,
        )
    _check_rounds(event, block)
    possible = len({_content(block, place) for place in range(len(block.workshops))})
    turns = {room.turn for room in block.workshops}
    if turns and None not in turns:
        possible = min(possible, len(turns))
    if block.choices_min > possible:
        raise DomainError(
            N_(
                "Il faut au moins autant d’ateliers que de choix demandés : on ne prend qu’un atelier par "
                "tour, et jamais deux fois le même."
            ),
            field="workshop_choices",
        )


def _content(block: Block, place: int) -> int:
    repeats = block.workshops[place].repeats
    return place if repeats is None else repeats


def _check_rounds(event: Event, block: Block) -> None:
    for each in block.rounds:
        _hours(event, each)
    for place, room in enumerate(block.workshops):
        if room.minimum > room.capacity:
            raise DomainError(
                N_("« %(title)s » : le minimum dépasse le nombre de places."), field="workshops",
                title=room.title,
            )  # fmt: skip
        if room.repeats is None:
            continue
        first = block.workshops[room.repeats] if room.repeats < len(block.workshops) else None
        if first is None or room.repeats == place or first.repeats is not None:
            raise DomainError(
                N_("« %(title)s » répète un atelier qui n’en est pas un premier."), field="workshops",
                title=room.title,
            )  # fmt: skip


def _hours(event: Event, one: Round) -> Hours:
    """Return the moments of a round. Raises DomainError for one hour alone, or the wrong order."""
    if one.starts is None and one.ends is None:
        return None
    if one.starts is None or one.ends is None:
        raise DomainError(N_("Un tour a une heure de début et une heure de fin, ou aucune."), field="rounds")
    day = _within(event, one.day, "rounds")
    starts_at, ends_at = clock.at(day, one.starts), clock.until(day, one.starts, one.ends)
    if ends_at <= starts_at:
        raise DomainError(N_("Un tour finit avant de commencer."), field="rounds")
    return starts_at, ends_at


def _within(event: Event, day: date | None, where: str) -> date:
    """Return the day, the first one if none is told. Raises DomainError outside the day's days."""
    if day is None:
        return event.day
    if not event.day <= day <= event.last_day:
        raise DomainError(N_("Cette date est hors de la journée."), field=where)
    return day


def _check_what_stays(
    session: Session, event: Event, blocks: Sequence[Block], known: dict[int, Workshop]
) -> None:
    """Refuse what would take from people what they chose by other means than a seat: the rule, the way."""
    rows = {row.id: row for row in event.blocks}
    for block in blocks:
        row = rows.get(block.number or 0)
        if row is None:
            continue
        if row.allotted_at is not None and block.way != row.way:
            raise DomainError(
                N_("La répartition de « %(block)s » est publiée : la façon de choisir ne change plus."),
                field="blocks", block=row.title or N_("Ateliers"),
            )  # fmt: skip
        kept = {room.number for room in block.workshops} & set(known)
        most, fewest = cutting.choices_held(session, kept)
        if most > block.choices_max or (most and block.choices_min > max(fewest, row.choices_min)):
            raise DomainError(
                N_(
                    "Des personnes ont déjà choisi leurs ateliers (jusqu’à %(most)s chacune) : "
                    "ce nombre ne peut plus changer ainsi."
                ),
                field="workshop_choices",
                most=most,
            )


def _cuts(blocks: Sequence[Block], known: dict[int, Workshop]) -> dict[Workshop, int | None]:
    """Return the workshops that lose seats that are taken: to how many, or None for those that go."""
    wanted = {room.number: room.capacity for block in blocks for room in block.workshops if room.number}
    cuts: dict[Workshop, int | None] = {}
    for number, workshop in known.items():
        capacity = wanted.get(number)
        if capacity is None or capacity < workshop.taken:
            cuts[workshop] = capacity
    return cuts


# --- Writing --------------------------------------------------------------------------------------


def _slot(event: Event, line: Line) -> Slot:
    day = _within(event, line.day, "lines")
    starts_at = clock.at(day, line.starts)
    ends_at = clock.until(day, line.starts, line.ends) if line.ends is not None else None
    if ends_at is not None and ends_at < starts_at:
        raise DomainError(N_("« %(title)s » finit avant de commencer."), field="lines", title=line.title)
    return Slot(
        starts_at=starts_at,
        ends_at=ends_at,
        kind=line.kind,
        title=line.title,
        description=line.description,
        speaker_rows=[
            SlotSpeaker(organisation_id=number, position=place)
            for place, number in enumerate(dict.fromkeys(line.speaker_ids))
        ],
    )


def overlapping(event: Event) -> list[tuple[Slot, Slot]]:
    """Return the lines of a programme that are going on when the next one begins: stands, or a slip."""
    timed = sorted(event.slots, key=lambda slot: (slot.starts_at, slot.id))
    return [
        (one, other)
        for one, other in combinations(timed, 2)
        if one.ends_at is not None and other.starts_at < one.ends_at
    ]


def outside(event: Event) -> list[Slot]:
    """Return the lines that begin before the doors open, or go on after the day has ended."""
    opens_at = min(event.starts_at, event.doors_at or event.starts_at)
    return [
        slot
        for slot in event.slots
        if slot.starts_at < opens_at or (slot.ends_at or slot.starts_at) > event.ends_at
    ]


def _locked(session: Session, event: Event) -> dict[int, Workshop]:
    """Return the day's workshops by number, read anew."""
    rows = session.scalars(
        select(Workshop)
        .where(Workshop.event_id == event.id)
        .order_by(Workshop.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _set_blocks(session: Session, event: Event, blocks: Sequence[Block], known: dict[int, Workshop]) -> None:
    rows = {row.id: row for row in event.blocks}
    kept = [rows.get(block.number or 0) or WorkshopBlock() for block in blocks]
    made: list[Workshop] = []
    for position, (row, block) in enumerate(zip(kept, blocks, strict=True)):
        _set_block(event, row, block, position)
        if row not in event.blocks:
            event.blocks.append(row)
        turns = row.rounds
        for room in block.workshops:
            workshop = known.get(room.number or 0) or Workshop(taken=0)
            _set_workshop(workshop, room, len(made))
            workshop.block = row
            workshop.round = turns[room.turn] if room.turn is not None and room.turn < len(turns) else None
            made.append(workshop)
    for workshop in known.values():
        workshop.repeats_id = None
    session.flush()
    event.workshops = made
    session.flush()
    event.blocks = kept
    _set_repeats(blocks, made)
    for held in event.sessions:  # presence in a workshop follows its hours
        hours = held.workshop.hours if held.workshop is not None else None
        if hours is not None:
            held.starts_at, held.ends_at = hours
    session.flush()
    session.expire(event, ["blocks", "workshops"])


def _set_block(event: Event, row: WorkshopBlock, block: Block, position: int) -> None:
    row.title, row.position = block.title, position
    row.choices_min, row.choices_max = block.choices_min, block.choices_max
    row.way, row.wishes_max = block.way, block.wishes_max
    known = {each.id: each for each in row.rounds}
    rounds = []
    for place, one in enumerate(block.rounds):
        made = known.get(one.number or 0) or WorkshopRound()
        hours = _hours(event, one)
        made.title, made.position = one.title, place
        made.starts_at, made.ends_at = hours if hours is not None else (None, None)
        rounds.append(made)
    row.rounds = rounds


def _set_workshop(workshop: Workshop, room: Room, position: int) -> None:
    workshop.title, workshop.description = room.title, room.description
    workshop.room, workshop.capacity, workshop.position = room.room, room.capacity, position
    workshop.minimum, workshop.lead_id, workshop.room_id = room.minimum, room.lead_id, room.room_id


def _set_repeats(blocks: Sequence[Block], made: Sequence[Workshop]) -> None:
    first = 0
    for block in blocks:
        for place, room in enumerate(block.workshops):
            if room.repeats is not None:
                made[first + place].repeats_id = made[first + room.repeats].id
        first += len(block.workshops)
