"""The network on any day, what lies between two days, day by day and year by year."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.network.values.changes import DAY, Figures, changes, compare, named, years
from hub.network.values.register import Origin, Register, Wanted, shown
from tests.network.registers import DAYS, actor, histories, link

ALL = frozenset(Origin)


def wanted(day: date) -> Wanted:
    return Wanted(day, origins=ALL)


def there(register: Register, day: date) -> tuple[set[int], set[object]]:
    part = shown(register.on(day), wanted(day))
    return {one.id for one in part.actors}, {named(one) for one in part.links}


@given(histories(), DAYS)
def test_a_tie_is_shown_on_the_days_that_it_and_both_its_ends_include(whole: Register, day: date) -> None:
    for one in whole.on(day).links:
        bounds = [(one.start_on, one.end_on)]
        bounds += [(end.since, end.until) for end in (whole.actors[one.source], whole.actors[one.target])]
        lasting = all((first or day) <= day <= (last or day) for first, last in bounds)
        assert one.current == lasting


@given(histories(), DAYS, DAYS)
def test_going_to_a_day_and_back_changes_nothing(whole: Register, first: date, second: date) -> None:
    assert whole.on(first).on(second).on(first) == whole.on(first)


@given(histories(), DAYS)
def test_nothing_lies_between_a_day_and_itself(whole: Register, day: date) -> None:
    same = compare(whole, wanted(day), wanted(day))
    assert same.nothing
    assert not same.moved


@given(histories(), DAYS, DAYS)
def test_the_other_way_round_came_and_left_swap(whole: Register, first: date, second: date) -> None:
    there, back = (
        compare(whole, wanted(one), wanted(other)) for one, other in ((first, second), (second, first))
    )
    assert (there.came, there.left) == (back.left, back.came)
    assert {named(one) for one in there.new} == {named(one) for one in back.lost}
    assert {named(one) for one in there.lost} == {named(one) for one in back.new}
    assert {(one.actor.id, one.by) for one in there.moved} == {(one.actor.id, -one.by) for one in back.moved}


@given(histories(), DAYS, st.integers(0, 4000))
def test_the_changes_of_all_days_lead_from_a_day_to_a_later_one(
    whole: Register, first: date, length: int
) -> None:
    second = first + timedelta(days=length)
    actors, ties = there(whole, first)
    for change in changes(whole, wanted(first)):
        if not first < change.day <= second:
            continue
        actors |= {one.id for one in change.came}
        actors -= {one.id for one in change.left}
        ties |= {named(one) for one in change.new}
        ties -= {named(one) for one in change.lost}
    assert (actors, ties) == there(whole, second)


@given(histories())
def test_on_a_day_of_change_something_is_no_longer_as_it_was(whole: Register) -> None:
    for change in changes(whole, wanted(date(2000, 1, 1))):
        assert there(whole, change.day - DAY) != there(whole, change.day)


@given(histories())
def test_years_count_what_the_map_shows_on_their_last_day(whole: Register) -> None:
    until = date(2035, 1, 1)
    for year in years(whole, wanted(until), until):
        assert year.figures == Figures.of(shown(whole.on(year.last), wanted(year.last)))


def test_what_ended_on_the_30th_is_lost_on_the_1st() -> None:
    whole = Register(
        {1: actor(1, until=date(2023, 4, 30)), 2: actor(2)}, (link(1, 2, date(2018, 1, 1), current=False),)
    )
    days = {change.day: change for change in changes(whole, wanted(date(2020, 1, 1)))}
    assert set(days) == {date(2018, 1, 1), date(2023, 5, 1)}
    assert [one.id for one in days[date(2023, 5, 1)].left] == [1]
    assert len(days[date(2023, 5, 1)].lost) == 1


def test_two_seats_one_after_the_other_are_one_tie() -> None:
    seats = {"origin": Origin.SPACE, "fact": "space-1", "directed": False}
    whole = Register(
        {1: actor(1), 2: actor(2)},
        (
            link(1, 2, date(2016, 1, 1), date(2018, 12, 31), **seats),
            link(1, 2, date(2019, 1, 1), None, **seats),
        ),
    )
    assert [change.day for change in changes(whole, wanted(date(2020, 1, 1)))] == [date(2016, 1, 1)]
    assert compare(whole, wanted(date(2018, 6, 1)), wanted(date(2019, 6, 1))).nothing


def test_an_end_at_the_end_of_time_is_no_change() -> None:
    whole = Register(
        {1: actor(1, until=date.max), 2: actor(2)}, (link(1, 2, date(2016, 1, 1), date.max, current=False),)
    )
    assert [change.day for change in changes(whole, wanted(date(2020, 1, 1)))] == [date(2016, 1, 1)]
