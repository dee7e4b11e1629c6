"""What is counted: each figure against a naive count of rows that hypothesis draws, on both databases."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.i18n import format_short_date
from hub.events.models.days import Event, EventKind, EventState
from hub.reports.models.reports import PartKind
from hub.reports.operations.gathering import gather
from hub.reports.operations.writing import parts
from hub.reports.operations.writing.material import Material
from hub.reports.values import counting
from hub.reports.values.asked import Asked
from hub.reports.values.counting import Tally
from hub.reports.values.period import Period
from hub.spaces.models.actions import ActionState
from hub.spaces.models.meetings import MeetingState, Presence
from hub.spaces.models.spaces import SpaceState
from tests import factories
from tests.conftest import both_databases
from tests.reports import scenes

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
BEFORE = Period(date(2024, 1, 1), date(2024, 12, 31))
TODAY = clock.today(factories.NOW)  # 10 March 2026
BRUSSELS = ZoneInfo("Europe/Brussels")
SPACES, ORGANISATIONS, PEOPLE = 2, 3, 3

# Days around the two periods, and minutes around midnight: where a bound can be wrong.
day_numbers = st.one_of(st.integers(-10, 900), st.sampled_from([-1, 0, 365, 366, 367, 730, 731, 732])).map(
    lambda number: date(2024, 1, 1) + timedelta(days=number)
)
hours = st.one_of(st.integers(0, 24 * 60 - 1), st.sampled_from([0, 1, 59, 60, 61, 23 * 60, 24 * 60 - 1]))


@dataclass(frozen=True)
class Came:
    organisation: int | None
    person: int | None
    presence: Presence


@dataclass(frozen=True)
class Met:
    space: int
    at: datetime
    minutes: int
    state: MeetingState
    came: tuple[Came, ...]


@dataclass(frozen=True)
class Did:
    space: int
    meeting: int | None
    born: date
    due: date | None
    state: ActionState
    done: date | None


@dataclass(frozen=True)
class World:
    met: tuple[Met, ...]
    decided: tuple[tuple[int, date], ...]  # meeting, day
    did: tuple[Did, ...]
    seats: tuple[tuple[int, int, date], ...]  # space, organisation, last day
    closed: frozenset[int]


@st.composite
def meetings(draw: st.DrawFn) -> Met:
    day = draw(day_numbers)
    at = datetime(day.year, day.month, day.day, tzinfo=clock.now().tzinfo) + timedelta(minutes=draw(hours))
    came = draw(
        st.lists(
            st.builds(
                Came,
                st.one_of(st.none(), st.integers(0, ORGANISATIONS - 1)),
                st.one_of(st.none(), st.integers(0, PEOPLE - 1)),
                st.sampled_from(Presence),
            ),
            max_size=5,
            unique_by=lambda row: (row.organisation, row.person) if row.person is not None else object(),
        )
    )
    came = [row for row in came if row.presence is not Presence.REPRESENTED or row.organisation is not None]
    state = draw(
        st.sampled_from([MeetingState.HELD, MeetingState.HELD, MeetingState.CANCELLED, MeetingState.PLANNED])
    )
    return Met(draw(st.integers(0, SPACES - 1)), at, draw(st.integers(1, 600)), state, tuple(came))


@st.composite
def actions(draw: st.DrawFn, most: int) -> Did:
    state = draw(st.sampled_from(ActionState))
    return Did(
        draw(st.integers(0, SPACES - 1)),
        draw(st.one_of(st.none(), st.integers(0, most - 1))) if most else None,
        draw(day_numbers),
        draw(st.one_of(st.none(), day_numbers)),
        state,
        draw(day_numbers) if state is ActionState.DONE else None,
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    met = tuple(draw(st.lists(meetings(), max_size=9)))
    decided = draw(st.lists(st.tuples(st.integers(0, len(met) - 1), day_numbers), max_size=4)) if met else []
    did = draw(st.lists(actions(len(met)), max_size=6))
    seats = draw(
        st.lists(
            st.tuples(st.integers(0, SPACES - 1), st.integers(0, ORGANISATIONS - 1), day_numbers),
            max_size=3,
            unique_by=lambda row: row[:2],
        )
    )
    closed = draw(st.frozensets(st.integers(0, SPACES - 1), max_size=1))
    return World(met, tuple(decided), tuple(did), tuple(seats), closed)


def put(session: Session, world: World) -> tuple[list[Any], list[Any]]:
    """Write the world down; return its spaces and organisations."""
    spaces = [
        scenes.space(session, state=SpaceState.CLOSED if number in world.closed else SpaceState.ACTIVE)
        for number in range(SPACES)
    ]
    organisations = [factories.organisation(session) for _ in range(ORGANISATIONS)]
    people = [scenes.person(session) for _ in range(PEOPLE)]
    rows = []
    for met in world.met:
        row = scenes.meeting(session, spaces[met.space], met.at, minutes=met.minutes, state=met.state)
        rows.append(row)
        for came in met.came:
            values: dict[str, Any] = {}
            if came.person is not None:
                values["person_id"] = people[came.person].id
            if came.presence is Presence.REPRESENTED and came.organisation is not None:
                other = organisations[(came.organisation + 1) % ORGANISATIONS]
                values["represented_by_id"] = other.id
            organisation = organisations[came.organisation] if came.organisation is not None else None
            scenes.came(session, row, organisation, came.presence, **values)
    for number, day in world.decided:
        scenes.decision(session, rows[number], day)
    for did in world.did:
        scenes.action(
            session, spaces[did.space], meeting_id=rows[did.meeting].id if did.meeting is not None else None,
            state=did.state, due_on=did.due, done_on=did.done,
            created_at=datetime(did.born.year, did.born.month, did.born.day, 12, tzinfo=clock.now().tzinfo),
        )  # fmt: skip
    for space, organisation, last in world.seats:
        scenes.seat(session, spaces[space], organisations[organisation], ends_on=last)
    return spaces, organisations


# --- The naive count, from what was drawn --------------------------------------------------------


def local(moment: datetime) -> date:
    return moment.astimezone(BRUSSELS).date()


def within(day: date | None, period: Period) -> bool:
    return day is not None and period.first.isoformat() <= day.isoformat() <= period.last.isoformat()


def naive(world: World, period: Period, space: int | None = None) -> dict[str, float]:
    """Count everything by plain loops."""
    found: dict[str, Any] = dict.fromkeys(("meetings", "cancelled", "minutes", "decisions"), 0)
    pairs, heads, represented, organisations, spaces = set(), set(), set(), set(), set()
    for number, met in enumerate(world.met):
        if not within(local(met.at), period) or space not in {None, met.space}:
            continue
        found["cancelled"] += met.state is MeetingState.CANCELLED
        if met.state is not MeetingState.HELD:
            continue
        found["meetings"] += 1
        found["minutes"] += met.minutes
        spaces.add(met.space)
        for place, came in enumerate(met.came):
            if came.presence is Presence.PRESENT:
                heads.add((number, ("guest", place) if came.person is None else came.person))
                if came.organisation is not None:
                    pairs.add((number, came.organisation))
                    organisations.add(came.organisation)
            if came.presence is Presence.REPRESENTED:
                represented.add((number, came.organisation))
    for number, day in world.decided:
        found["decisions"] += within(day, period) and space in {None, world.met[number].space}
    found |= naive_actions(world, period, space)
    found |= {
        "pairs": len(pairs), "heads": len(heads), "represented": len(represented),
        "organisations": len(organisations), "spaces": len(spaces),
    }  # fmt: skip
    return found


def naive_actions(world: World, period: Period, space: int | None) -> dict[str, int]:
    """Count the actions by plain loops."""
    found = dict.fromkeys(("actions", "done", "done_late", "open", "late", "blocked"), 0)
    for did in world.did:
        if space not in {None, did.space}:
            continue
        born = local(world.met[did.meeting].at) if did.meeting is not None else did.born
        found["actions"] += within(born, period)
        if did.state is ActionState.DONE and within(did.done, period):
            found["done"] += 1
            found["done_late"] += did.due is not None and did.done is not None and did.due < did.done
        done_by_then = did.state is ActionState.DONE and did.done is not None and did.done <= period.last
        if born <= period.last and did.state is not ActionState.DROPPED and not done_by_then:
            found["open"] += 1
            found["blocked"] += did.state is ActionState.BLOCKED
            looked_at = TODAY if period.last >= TODAY else period.last + timedelta(days=1)
            found["late"] += did.due is not None and did.due < looked_at
    return found


def told(tally: Tally) -> dict[str, float]:
    names = (
        "meetings",
        "cancelled",
        "minutes",
        "decisions",
        "actions",
        "done",
        "done_late",
        "open",
        "late",
        "blocked",
    )
    sets = ("pairs", "heads", "represented", "organisations", "spaces")
    return {name: getattr(tally, name) for name in names} | {name: len(getattr(tally, name)) for name in sets}


def naive_stopped(world: World, period: Period, since: date, absent_after: int) -> set[tuple[int, int, str]]:
    """Say who no longer comes, organisation by organisation and space by space."""
    found = set()
    for space in range(SPACES):
        if space in world.closed:
            continue
        rows = [
            (met.at, number, met)
            for number, met in enumerate(world.met)
            if met.space == space and met.state is MeetingState.HELD and since <= local(met.at) <= period.last
        ]
        rows.sort(key=lambda row: row[:2])
        for organisation in range(ORGANISATIONS):
            ended = [last for at, who, last in world.seats if (at, who) == (space, organisation)]
            if ended and ended[0] <= period.last:
                if within(ended[0], period):
                    found.add((organisation, space, "left"))
                continue
            here = [
                any(
                    came.organisation == organisation
                    and came.presence in {Presence.PRESENT, Presence.REPRESENTED}
                    for came in met.came
                )
                for _, _, met in rows
            ]
            if not any(here) or not within(local(rows[-1][0]), period):
                continue
            missed = list(reversed(here)).index(True)
            if missed >= absent_after:
                found.add((organisation, space, "absent"))
    return found


def read(session: Session, period: Period = YEAR, absent_after: int = 2, **values: Any) -> Material:
    return gather(session, Asked(period, TODAY, **values), absent_after)


@both_databases
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(world=worlds(), absent_after=st.integers(1, 3))
def test_every_figure_equals_a_naive_count(session: Session, world: World, absent_after: int) -> None:
    try:
        spaces, organisations = put(session, world)
        material = read(session, absent_after=absent_after)
        assert told(material.now) == naive(world, YEAR)
        assert told(material.then) == naive(world, BEFORE)
        by_space = counting.by_space(material.history, YEAR, TODAY, lambda space: (space,))
        for number, space in enumerate(spaces):
            assert told(by_space.get(space.id, Tally())) == naive(world, YEAR, number)
        places = {space.id: number for number, space in enumerate(spaces)}
        who = {organisation.id: number for number, organisation in enumerate(organisations)}
        gone = {
            (who[one.organisation_id], places[one.space_id], "left" if one.left_on else "absent")
            for one in counting.stopped(material.history, YEAR, absent_after)
        }
        assert gone == naive_stopped(world, YEAR, BEFORE.first, absent_after)
        parts.write(material)  # whatever was drawn can be put into words
    finally:
        session.rollback()


# --- Examples -----------------------------------------------------------------------------------


@both_databases
def test_bounds_are_brussels_midnights(session: Session) -> None:
    where = scenes.space(session)
    inside = [
        scenes.moment(2024, 12, 31, 23, 0),  # 0 h in Brussels, 1 January
        scenes.moment(2025, 12, 31, 22, 59),  # 23 h 59, 31 December
        scenes.moment(2025, 3, 30, 1, 0),  # the night when clocks go forward
        scenes.moment(2025, 10, 26, 1, 0),  # and back
    ]
    for at in (*inside, scenes.moment(2024, 12, 31, 22, 59), scenes.moment(2025, 12, 31, 23, 0)):
        scenes.meeting(session, where, at)
    assert read(session).now.meetings == len(inside)
    assert read(session).now.hours == 2.0 * len(inside)


@both_databases
def test_a_report_narrowed_to_a_territory_takes_what_lies_in_it(session: Session) -> None:
    commune = factories.commune(session)
    province = factories.commune(session, "NAM", "Province")
    commune.parent_id = province.id
    session.flush()
    elsewhere = factories.commune(session, "62063", "Liège")
    for place in (commune, province, elsewhere, None):
        where = scenes.space(session, territory_id=place.id if place else None)
        scenes.meeting(
            session, where, scenes.moment(2025, 5, 5, 8), present=(factories.organisation(session),)
        )
    assert read(session, territory_id=commune.id).now.meetings == 1
    assert read(session, territory_id=province.id).now.meetings == 2
    assert read(session).now.meetings == 4
    assert len(read(session, territory_id=province.id).now.organisations) == 2


@both_databases
def test_what_was_noted_for_a_part_of_the_period_before_is_not_compared(session: Session) -> None:
    house = factories.organisation(session)
    where = scenes.space(session)
    scenes.meeting(session, where, scenes.moment(2025, 2, 5, 8), present=(house,))
    scenes.meeting(session, where, scenes.moment(2024, 12, 9, 8), present=(house,))

    def leads() -> tuple[str, str]:
        written = parts.write(read(session))
        return written[PartKind.IN_SHORT].lead, written[PartKind.TAKING_PART].lead

    short, came = leads()
    assert "depuis le 9 décembre 2024" in short.replace("\u00a0", " ")
    assert "période précédente" not in came
    scenes.meeting(session, where, scenes.moment(2023, 12, 31, 8), present=(house,))
    short, came = leads()
    assert "sont notées depuis" not in short
    assert "période précédente" in came


@both_databases
def test_a_day_that_is_still_to_come_has_not_taken_place(session: Session) -> None:
    for month in (3, 12):
        moment = scenes.moment(2025, month, 5, 9)
        factories.add(
            session,
            Event(
                slug=f"jour-{month}", title="Plénière", kind=EventKind.PLENARY, state=EventState.PUBLISHED,
                starts_at=moment, ends_at=moment + timedelta(hours=7), sign_up_closes_at=moment, taken=4,
                created_at=factories.NOW, updated_at=factories.NOW,
            ),
        )  # fmt: skip
    assert (read(session).now.days, read(session).now.participants) == (2, 8)
    running = gather(session, Asked(YEAR, date(2025, 6, 1)), 3)
    assert (running.now.days, running.now.participants) == (1, 4)
    assert parts.write(running)[PartKind.DAYS].lead.startswith("1 journée a eu lieu")


def test_each_action_stands_in_one_state_and_late_ones_that_are_blocked_are_told_apart(
    session: Session,
) -> None:
    where, created = scenes.space(session), {"created_at": scenes.moment(2025, 2, 5)}
    scenes.action(session, where, due_on=date(2025, 3, 1), **created)
    scenes.action(
        session, where, due_on=date(2025, 3, 1), state=ActionState.BLOCKED, reason="Refus", **created
    )
    figures = parts.write(read(session))[PartKind.ACTIONS]
    states = {line.cells[0]: line.cells[1] for line in figures.grids[0].lines}
    assert "dont 2 en retard" in figures.lead
    assert (states["En retard, non bloquées"], states["Bloquées"]) == ("1", "1")


@both_databases
def test_the_number_of_queries_does_not_grow_with_the_rows(session: Session) -> None:
    def counted() -> int:
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            asked.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            read(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    scenes.space(session)  # the transaction has begun
    few = counted()
    for _ in range(4):
        where = scenes.space(session)
        for month in range(1, 6):
            row = scenes.meeting(
                session, where, scenes.moment(2025, month, 5, 8), present=(factories.organisation(session),)
            )
            scenes.decision(session, row, date(2025, month, 5))
            scenes.action(session, where, meeting_id=row.id)
    assert counted() == few
    assert few <= 12


@both_databases
def test_the_tables_name_organisations_and_nobody(session: Session) -> None:
    one, two = factories.organisation(session, "Alpha"), factories.organisation(session, "=Bêta")
    where = scenes.space(session, "Plateforme logement")
    somebody = scenes.person(session)
    for month in (1, 2, 3):
        row = scenes.meeting(session, where, scenes.moment(2025, month, 5, 8), present=(one,))
        scenes.came(session, row, one, person_id=somebody.id)
        if month == 1:
            scenes.came(session, row, two)
    scenes.action(
        session,
        where,
        "Lettre",
        organisation_id=one.id,
        person_id=somebody.id,
        due_on=date(2025, 5, 1),
        created_at=scenes.moment(2025, 1, 5),
    )
    written = parts.write(read(session))
    rows = {
        kind.value: {grid.key: [line.cells for line in grid.lines] for grid in part.grids}
        for kind, part in written.items()
    }
    assert rows["taking_part"]["organisations"] == [
        ("Alpha", "3", "0", "Plateforme logement (3)"),
        ("=Bêta", "1", "0", "Plateforme logement (1)"),
    ]
    came = format_short_date(date(2025, 1, 5))
    assert rows["stopped"]["stopped"] == [
        ("=Bêta", "Plateforme logement", came, "Absente des 2 dernières réunions")
    ]
    assert rows["actions"]["late"][0][:3] == ("Lettre", "Alpha", "Plateforme logement")
    assert somebody.name not in repr(written)
    assert "invitée" not in repr(written)


def test_months_stand_beside_those_of_the_period_before(session: Session) -> None:
    where = scenes.space(session)
    for at in (scenes.moment(2025, 3, 5), scenes.moment(2025, 3, 9), scenes.moment(2024, 3, 9)):
        scenes.meeting(session, where, at)
    months = parts.write(read(session))
    grid = next(grid for part in months.values() for grid in part.grids if grid.key == "months")
    assert Counter(line.values for line in grid.lines) == {(0, 0): 11, (2, 1): 1}
    assert grid.lines[2].cells == ("mars 2025", "2", "1")
