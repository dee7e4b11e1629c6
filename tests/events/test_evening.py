"""An evening that lasts past midnight: the door keeps its list, also in both nights of clock change."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.events.models.days import Event, EventSession
from hub.events.models.outcomes import Presence, Source
from hub.events.models.retention import Kept
from hub.events.operations import days, door, presence, programme
from hub.events.operations.retention import due_at
from hub.events.operations.sessions import Row, set_sessions
from hub.events.values.presence import (
    LINGERS,
    SENT_LATE,
    current,
    ends,
    is_for,
    is_open,
    night_until,
    open_days,
    opening,
    seen_at,
    takes_gestures,
)
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import details
from tests.events.test_presence import sign_up
from tests.factories import NOW

BY_SCRIPT = {"X-Gesture": "1"}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SUMMER, WINTER = date(2026, 6, 20), date(2026, 12, 12)
SPRING_FORWARD, FALL_BACK = date(2027, 3, 27), date(2027, 10, 30)  # the clocks change in the night after
# The evening, and when it ends: « 2 h » of the morning after, in UTC; 3 h in the night that skips 2 h.
EVENINGS = [
    (SUMMER, datetime(2026, 6, 21, 0, tzinfo=UTC)),
    (WINTER, datetime(2026, 12, 13, 1, tzinfo=UTC)),
    (SPRING_FORWARD, datetime(2027, 3, 28, 1, tzinfo=UTC)),
    (FALL_BACK, datetime(2027, 10, 31, 0, tzinfo=UTC)),  # 2 h comes twice: the first
]
At = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Return how to set the clock."""

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_clock


def evening(session: Session, day: date, *, sessions: int = 0) -> Event:
    """Add a published evening from 22 h to 2 h, and sessions of the same hours on as many evenings."""
    late = time(3) if day == SPRING_FORWARD else time(2)
    event = days.create(
        session,
        details(
            title="Une soirée", day=day, last_day=day + timedelta(days=max(sessions, 1)), doors=None,
            starts=time(22), ends=late, deadline=day, meals=(),
        ),
        actor="test",
        now=NOW,
    )  # fmt: skip
    for number in range(sessions):
        begins, over = day + timedelta(days=number), day + timedelta(days=number + 1)
        event.sessions.append(
            EventSession(
                title=f"Soirée {number + 1}",
                starts_at=clock.at(begins, time(22)),
                ends_at=clock.at(over, late),
            )
        )
    days.publish(session, event, actor="test", now=NOW)
    session.flush()
    return event


def opened(session: Session, event: Event) -> str:
    raw = door.make_link(session, event, actor=factories.coordinator(session), now=NOW)
    session.commit()
    return f"/accueil/{raw}"


@pytest.mark.parametrize("sessions", [0, 1])
@pytest.mark.parametrize(("day", "end"), EVENINGS)
def test_the_list_stays_until_the_evening_is_over(
    session: Session, client: FlaskClient, at: At, day: date, end: datetime, sessions: int
) -> None:
    event = evening(session, day, sessions=sessions)
    assert event.ends_at == end
    sign_up(session, event, 1)
    path = opened(session, event)
    midnight = clock.end_of_day(day)
    shown = [
        clock.at(day, time(0)),
        clock.at(day, time(23, 59)),
        midnight,
        midnight + MINUTE,
        end - MINUTE,
        end + MINUTE,
        end + LINGERS - MINUTE,
    ]
    for moment in shown:
        at(moment)
        assert is_open(event, moment)
        assert "Participant" in client.get(path).text
        assert client.get(f"{path}/etat.json").get_json()["open"] is True
    closed = [clock.at(day, time(0)) - MINUTE, end + LINGERS, clock.at(day + timedelta(days=1), time(12))]
    for moment in closed:
        at(moment)
        assert not is_open(event, moment)
        assert "Participant" not in client.get(path).text
        assert client.get(f"{path}/etat.json").get_json() == {
            "open": False, "people": [], "expected": {}, "there": {}, "parties": [],
        }  # fmt: skip
    assert ends(event) == end + LINGERS + SENT_LATE
    at(ends(event))
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(("day", "end"), EVENINGS)
def test_who_comes_after_midnight_is_noted_when_seen(
    session: Session, client: FlaskClient, at: At, day: date, end: datetime
) -> None:
    event = evening(session, day, sessions=1)
    row = sign_up(session, event, 1)
    path = opened(session, event)
    came = clock.end_of_day(day) + 30 * MINUTE
    fields = {"gesture": "arrive", "session": event.sessions[0].id, "registration": row.id}
    fields["at"] = int(came.timestamp() * 1000)
    at(end + LINGERS + SENT_LATE - MINUTE)  # the device had no connection until the day after
    assert client.post(path, data=fields, headers=BY_SCRIPT).status_code == 200
    assert session.scalar(select(Presence.at)) == came
    at(end + LINGERS + SENT_LATE)
    assert client.post(path, data=fields, headers=BY_SCRIPT).status_code == 410


def test_the_page_works_on_the_evening_s_session_not_on_that_of_the_new_day(
    session: Session, client: FlaskClient, at: At
) -> None:
    event = evening(session, SUMMER, sessions=3)
    first, second, third = event.sessions
    path = opened(session, event)
    after_midnight = clock.end_of_day(SUMMER) + 30 * MINUTE
    cases = [
        (clock.at(SUMMER, time(21)), first),
        (after_midnight, first),
        (first.ends_at + MINUTE, first),  # just over: the last to be noted came to it
        (first.ends_at + LINGERS, second),
        (second.ends_at - MINUTE, second),
        (third.ends_at + LINGERS, third),
    ]
    for moment, row in cases:
        assert current(event.sessions, moment) is row, moment
    at(after_midnight)
    page = client.get(path).text
    assert f'data-session="{first.id}"' in page
    state = json.loads(page.split("data-door-list>")[1].split("</script>")[0])
    assert set(state["expected"]) == {str(first.id), str(second.id)}  # of the night, and of the day begun
    assert not is_for(third, after_midnight)


def test_what_begins_in_the_night_comes_before_what_is_over() -> None:
    two = clock.at(SUMMER + timedelta(days=1), time(2))
    early = EventSession(starts_at=two - 4 * HOUR, ends_at=two)
    late = EventSession(starts_at=two, ends_at=two + 3 * HOUR)
    assert current([early, late], early.ends_at - MINUTE) is early
    assert current([early, late], late.starts_at) is late


def test_until_midnight_sharp_there_is_an_hour_for_the_last() -> None:
    starts = clock.at(WINTER, time(20))
    one = opening(starts, clock.end_of_day(WINTER))
    assert (one.first_day, one.last_day) == (WINTER, WINTER)
    assert one.closes_at == clock.end_of_day(WINTER) + LINGERS
    usual = opening(starts, starts + 2 * HOUR)
    assert usual.closes_at == clock.end_of_day(WINTER)


def test_pages_say_until_when_the_list_stays(
    session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient], at: At
) -> None:
    event = evening(session, SUMMER)
    assert open_days(event) == (SUMMER,)
    assert night_until(event) == clock.at(SUMMER + timedelta(days=1), time(3))
    path = opened(session, event)
    at(NOW)
    sign_in(client, factories.coordinator(session, email="autre@example.org"))
    links = client.get(f"/journees/{event.slug}/accueil").text
    assert "le samedi 20 juin 2026, et la nuit qui suit jusqu’à 3" in links
    assert "dimanche 21 juin 2026 à 15" in links  # the link itself: twelve hours more, for what was offline
    at(clock.at(SUMMER, time(0)) - MINUTE)
    assert "La liste s’ouvre ici le samedi 20 juin 2026" in client.get(path).text
    at(clock.at(SUMMER + timedelta(days=1), time(3)))
    assert "La journée est passée" in client.get(path).text


def test_a_party_that_comes_after_midnight_is_noted_when_seen() -> None:
    starts = clock.at(SUMMER, time(22))
    came = clock.end_of_day(SUMMER) + HOUR
    assert seen_at(came, starts, came + MINUTE) == came
    assert seen_at(starts - timedelta(days=1), starts, came) == clock.at(SUMMER, time(0))


def test_the_grid_counts_an_evening_once(session: Session) -> None:
    event = evening(session, FALL_BACK, sessions=1)
    (moment,) = event.sessions
    row = sign_up(session, event, 1)
    seen = presence.Note(moment.id, row.id, was_there=True, source=Source.SCAN, at=moment.ends_at - MINUTE)
    assert presence.note(session, [seen], now=moment.ends_at) == {(row.id, moment.id)}
    # 22 h – 2 h of the night in which 2 h comes twice: four hours, until the first of the two.
    assert moment.ends_at - moment.starts_at == 4 * HOUR


@pytest.mark.parametrize(("day", "end"), EVENINGS)
def test_needs_are_forgotten_the_day_after_the_last_one(session: Session, day: date, end: datetime) -> None:
    following = day + timedelta(days=1)
    event = evening(session, day)
    assert event.ends_at == end
    assert event.forget_needs_at == due_at(event, Kept.NEEDS, 0) == clock.end_of_day(following)
    event.ends_at = clock.end_of_day(day)  # at midnight sharp no further day has begun
    assert event.forget_needs_at == due_at(event, Kept.NEEDS, 0) == clock.end_of_day(day)


# --- Its hours as they are typed ----------------------------------------------------------------


def test_an_evening_needs_no_last_day_and_its_sign_up_ends_when_it_begins(session: Session) -> None:
    given = details(day=SUMMER, doors=None, starts=time(20), ends=time(2), deadline=None, meals=())
    event = days.create(session, given, actor="test", now=NOW)
    assert event.starts_at == clock.at(SUMMER, time(20))
    assert event.ends_at == clock.at(SUMMER + timedelta(days=1), time(2))
    assert event.sign_up_closes_at == event.starts_at
    until_midnight = days.create(
        session, replace(given, title="Jusqu’à minuit", ends=time(0)), actor="test", now=NOW
    )
    assert until_midnight.ends_at == clock.end_of_day(SUMMER)
    assert not until_midnight.lasts_days


@pytest.mark.parametrize("hours", [(time(9), time(5)), (time(14), time(12)), (time(20), time(6))])
def test_an_end_that_is_no_night_s_is_a_slip(session: Session, hours: tuple[time, time]) -> None:
    starts, ends_ = hours
    given = details(day=SUMMER, doors=None, starts=starts, ends=ends_, deadline=None, meals=())
    with pytest.raises(DomainError, match="La fin vient après le début"):
        days.create(session, given, actor="test", now=NOW)


@both_databases
def test_sessions_rounds_and_lines_end_in_the_night(session: Session) -> None:
    event = evening(session, SUMMER)
    over = clock.at(SUMMER + timedelta(days=1), time(1, 30))
    row = Row(day=SUMMER, starts=time(22, 30), ends=time(1, 30), title="La nuit")
    set_sessions(session, event, [row], actor="test", now=NOW)
    (moment,) = event.sessions
    assert (moment.starts_at, moment.ends_at) == (over - 3 * HOUR, over)
    told = programme.Programme(
        lines=(programme.Line(starts=time(23), ends=time(1, 30), title="Musique"),),
    )
    programme.set_programme(session, event, told, actor="test", now=NOW)
    assert event.slots[0].ends_at == over


def test_the_form_of_sessions_takes_a_night_s_end_and_refuses_a_skipped_one(
    session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    event = evening(session, FALL_BACK)
    changing = evening(session, SPRING_FORWARD)
    session.commit()
    sign_in(client, factories.coordinator(session))

    def save(one: Event, end: str) -> int:
        path = f"/journees/{one.slug}/seances"
        page = client.get(path).text
        seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
        fields = {
            "seen": seen[1] if seen else "", "rows-0-day": str(one.day), "rows-0-starts": "22:00",
            "rows-0-ends": end, "rows-0-kind": "session", "rows-0-mode": "onsite", "rows-0-counts": "y",
            "rows-0-title": "La nuit", "rows-0-workshop": "", "rows-0-partner": "", "rows-0-number": "",
        }  # fmt: skip
        return client.post(path, data=fields).status_code

    assert save(event, "03:00") == 303
    session.expire_all()
    (moment,) = event.sessions
    assert moment.ends_at - moment.starts_at == 6 * HOUR  # 2 h to 3 h comes twice
    assert save(event, "21:00") == 422
    assert save(changing, "02:30") == 422
    assert save(changing, "03:30") == 303


# --- Whatever the hours -------------------------------------------------------------------------

LONG = st.timedeltas(min_value=MINUTE, max_value=timedelta(days=3))
BEGINS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=366)).map(
    lambda later: datetime(2027, 1, 1, tzinfo=UTC) + later
)


@given(BEGINS, LONG)
def test_while_a_session_lasts_its_list_is_there(starts_at: datetime, lasts: timedelta) -> None:
    one = opening(starts_at, starts_at + lasts)
    assert one.opens_at <= starts_at
    assert one.closes_at >= starts_at + lasts + LINGERS
    for part in range(11):
        assert one.includes(starts_at + lasts * part / 10), "open while it lasts, and at its end"
    assert one.closes_at <= clock.end_of_day(clock.today(starts_at + lasts)) + LINGERS
    row = EventSession(starts_at=starts_at, ends_at=starts_at + lasts, cancelled_at=None)
    event = Event(starts_at=starts_at, ends_at=starts_at + lasts, sessions=[row])
    assert is_open(event, starts_at + lasts / 2)
    assert takes_gestures(event, starts_at + lasts + SENT_LATE)
    assert ends(event) > starts_at + lasts + SENT_LATE
