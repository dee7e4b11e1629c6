"""The rule of a certificate, without database: what presence earns, for any sessions."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.events.models.days import CertificateRule
from hub.events.values.attendance import Sitting, covered, judge

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def sitting(number: int, begins: int, length: int, seen: bool | None, *, counts: bool = True) -> Sitting:
    starts = START + timedelta(minutes=begins)
    return Sitting(number, starts, starts + timedelta(minutes=length), seen, counts)


@st.composite
def sittings(draw: st.DrawFn) -> list[Sitting]:
    return [
        sitting(
            number,
            draw(st.integers(0, 600)),
            draw(st.integers(1, 300)),
            draw(st.sampled_from([True, False, None])),
            counts=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


def minute_by_minute(rows: list[Sitting]) -> int:
    """The same as `covered`, counted the long way."""
    seen: set[int] = set()
    for one in rows:
        begin = int((one.starts_at - START).total_seconds()) // 60
        seen |= set(range(begin, begin + int((one.ends_at - one.starts_at).total_seconds()) // 60))
    return len(seen)


def twelve(*absent: int) -> list[Sitting]:
    return [sitting(day, day * 1440, 240, day not in absent) for day in range(12)]


def test_the_whole_module_is_forty_eight_hours() -> None:
    found = judge(CertificateRule.ALL, 0, twelve())
    assert (found.earned, found.minutes, found.sessions, found.missing) == (True, 48 * 60, 12, ())


def test_one_morning_missed_is_not_the_whole_module() -> None:
    found = judge(CertificateRule.ALL, 0, twelve(4))
    assert (found.earned, found.missing, found.lacking) == (False, (4,), 240)


def test_what_was_not_noted_is_not_presence() -> None:
    rows = [*twelve(), sitting(12, 13 * 1440, 240, None)]
    assert not judge(CertificateRule.ALL, 0, rows).earned


def test_eighty_percent() -> None:
    assert judge(CertificateRule.SHARE, 80, twelve(1, 2)).earned
    assert not judge(CertificateRule.SHARE, 80, twelve(1, 2, 3)).earned


def test_a_threshold_is_reached_not_passed() -> None:
    rows = [sitting(1, 0, 90, seen=True), sitting(2, 200, 10, seen=False)]
    assert judge(CertificateRule.MINUTES, 90, rows).earned
    assert not judge(CertificateRule.MINUTES, 91, rows).earned
    assert judge(CertificateRule.SHARE, 90, rows).earned
    assert not judge(CertificateRule.SHARE, 91, rows).earned


def test_nothing_seen_earns_nothing() -> None:
    for rule in CertificateRule:
        assert not judge(rule, 0, []).earned
        assert not judge(rule, 0, [sitting(1, 0, 60, None)]).earned
        assert not judge(rule, 0, [sitting(1, 0, 60, seen=True, counts=False)]).earned


@given(sittings())
def test_minutes_are_counted_once(rows: list[Sitting]) -> None:
    assert covered(rows) == minute_by_minute(rows)


@given(sittings(), st.sampled_from(CertificateRule), st.integers(0, 700), st.randoms())
def test_the_order_of_the_sessions_changes_nothing(
    rows: list[Sitting], rule: CertificateRule, threshold: int, chance: object
) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert judge(rule, threshold, rows) == judge(rule, threshold, mixed)


@given(sittings(), st.sampled_from(CertificateRule), st.integers(0, 700), st.integers(0, 7))
def test_one_more_presence_never_loses(
    rows: list[Sitting], rule: CertificateRule, threshold: int, place: int
) -> None:
    before = judge(rule, threshold, rows)
    more = [
        Sitting(one.number, one.starts_at, one.ends_at, was_there=True, counts=one.counts)
        if index == place
        else one
        for index, one in enumerate(rows)
    ]
    after = judge(rule, threshold, more)
    assert after.earned >= before.earned
    assert after.minutes >= before.minutes
    assert after.lacking <= before.lacking


@given(sittings(), st.sampled_from(CertificateRule), st.integers(0, 700))
def test_what_is_told_holds_together(rows: list[Sitting], rule: CertificateRule, threshold: int) -> None:
    found = judge(rule, threshold, rows)
    counted = {one.number for one in rows if one.counts}
    assert set(found.missing) | set(found.attended) == counted
    assert not set(found.missing) & set(found.attended)
    assert 0 <= found.minutes <= found.of_minutes
    assert (found.sessions, found.of_sessions) == (len(found.attended), len(counted))
    assert not found.earned or (found.minutes > 0 and found.lacking == 0)
    if rule == CertificateRule.ALL:
        assert found.earned == (bool(counted) and not found.missing)
