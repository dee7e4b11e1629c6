"""What days promise whatever happens: clocks, links that only look, one mail, calendars that agree."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import Base
from hub.core.errors import DomainError
from hub.core.mail import Message, MessageState, Site
from hub.events.models.days import Event
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import calendar, letters, seats, sign_up, waitlist
from tests.conftest import SITE, Installation, both_databases
from tests.events.plenary import person, plenary, wishes
from tests.events.waiting import by_offer, come, leave, rather, small_day
from tests.factories import NOW

SECOND = timedelta(seconds=1)
# The last days of sign-up and their true ends: ordinary days, and both nights in which clocks change.
DEADLINES = [
    (date(2026, 2, 14), datetime(2026, 2, 14, 23, 0, tzinfo=UTC)),
    (date(2026, 7, 14), datetime(2026, 7, 14, 22, 0, tzinfo=UTC)),
    (date(2026, 3, 28), datetime(2026, 3, 28, 23, 0, tzinfo=UTC)),
    (date(2026, 3, 29), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),  # 23 hours long
    (date(2026, 10, 24), datetime(2026, 10, 24, 22, 0, tzinfo=UTC)),
    (date(2026, 10, 25), datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),  # 25 hours long
]


def day_until(session: Session, deadline: date) -> Event:
    return plenary(session, day=deadline + timedelta(days=20), deadline=deadline)


@both_databases
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("deadline", "end"), DEADLINES, ids=[str(day) for day, _ in DEADLINES])
def test_the_last_day_is_included_to_the_second(session: Session, deadline: date, end: datetime) -> None:
    event = day_until(session, deadline)
    assert event.sign_up_closes_at == end
    sign_up.register(session, event, person(1), wishes(event, 0, 1), now=end - SECOND)
    for late in (end, end + SECOND):
        with pytest.raises(DomainError, match="clôturées"):
            sign_up.register(session, event, person(2), wishes(event, 0, 1), now=late)


@pytest.mark.parametrize("deadline", [date(2026, 3, 29), date(2026, 10, 25)], ids=str)
def test_an_offer_lasts_its_hours_in_the_nights_of_the_clock_change(session: Session, deadline: date) -> None:
    event = by_offer(session, small_day(session, capacities=(9,), capacity=1, deadline=deadline,
                                        day=deadline + timedelta(days=20)), hours=6)  # fmt: skip
    one, other = come(session, event, 1, 0), come(session, event, 2, 0)
    evening = clock.at(deadline - timedelta(days=1), time(23))
    leave(session, one, now=evening)
    assert other.offer_ends_at == evening + timedelta(hours=6)  # true hours, whatever clocks show
    with pytest.raises(DomainError, match="échue"):
        waitlist.accept(session, other, now=evening + timedelta(hours=6))
    assert waitlist.accept(session, other, now=evening + timedelta(hours=6) - SECOND)


def test_no_seat_is_given_from_the_second_on_at_which_sign_up_closes(session: Session) -> None:
    event = small_day(session, capacities=(9,), capacity=1)
    one, other = come(session, event, 1, 0), come(session, event, 2, 0)
    leave(session, one, now=event.sign_up_closes_at)
    assert (other.state, event.taken) == (RegistrationState.WAITING, 0)


# --- Links only look --------------------------------------------------------------------------------------


def dump(session: Session) -> dict[str, list[Any]]:
    """Return every row of every table."""
    session.rollback()
    return {
        table.name: sorted(map(repr, session.execute(select(table)).all()))
        for table in Base.metadata.sorted_tables
    }


def test_opening_a_mailed_link_changes_nothing(session: Session, client: FlaskClient) -> None:
    now = clock.now()
    day = clock.today(now) + timedelta(days=30)
    event = by_offer(session, small_day(session, capacity=2, day=day, deadline=day))
    one, other, third, last = (come(session, event, n, n % 2, now=now) for n in range(4))
    rather(session, other, 0, instead_of=1, now=now)
    leave(session, one, now=now)
    assert RegistrationState.OFFERED in {third.state, last.state}
    session.commit()
    for kind in ("offered", "cancelled", "workshop_offered"):
        letters.send(
            session, third, letters.LetterKind(kind), now=now, version="test", until=now, workshop="A"
        )
    links = [letters.issue_link(session, row, now=now) for row in (one, other, third, last)]
    session.commit()
    texts = [message.text for message in session.scalars(select(Message))]
    found = {part.split("/inscription/")[1].split()[0] for text in texts for part in text.split("\n")
             if "/inscription/" in part}  # fmt: skip
    assert found
    before = dump(session)
    pages = ("", "/annuler", "/modifier", "/agenda.ics", "/ceder", "/accepter", "/attendre", "/mode")
    for link in (*links, *found):
        for page in pages:
            for act in (client.get, client.head):
                assert act(f"/inscription/{link.rstrip('.')}{page}").status_code < 500
    assert dump(session) == before


# --- Calendars --------------------------------------------------------------------------------------------


def entries(row: Registration, site: Site = SITE) -> tuple[Any, str]:
    """Return somebody's entry, read back by both libraries, and its method."""
    content = calendar.invitation(row, site, now=NOW)
    read = Calendar.from_ical(content)
    (entry,) = read.walk("VEVENT")
    other = IcsCalendarStream.calendar_from_ics(content.decode())
    assert other.events[0].uid == entry["UID"]
    assert other.events[0].sequence == int(entry["SEQUENCE"])
    assert other.method == read["METHOD"]
    return entry, str(read["METHOD"])


def test_an_entry_keeps_its_name_and_counts_up_until_it_is_taken_away(session: Session) -> None:
    event = small_day(session, capacities=(9, 9), capacity=1)
    one, other = come(session, event, 1, 0), come(session, event, 2, 0)
    assert entries(one)[1] == "REQUEST"
    first, _ = entries(one)
    waiting, method = entries(other)
    assert (method, str(waiting["STATUS"])) == ("CANCEL", "CANCELLED")
    sign_up.change(session, one, wishes(event, 1), now=NOW)
    changed, _ = entries(one)
    sign_up.cancel(session, one, actor="test", now=NOW)
    gone, method = entries(one)
    assert (method, str(gone["STATUS"])) == ("CANCEL", "CANCELLED")
    assert first["UID"] == changed["UID"] == gone["UID"]
    assert int(first["SEQUENCE"]) < int(changed["SEQUENCE"]) < int(gone["SEQUENCE"])
    promoted, method = entries(other)
    assert (method, str(promoted["STATUS"])) == ("REQUEST", "CONFIRMED")
    assert int(promoted["SEQUENCE"]) > int(waiting["SEQUENCE"])
    assert promoted["UID"] != gone["UID"]


# --- Killed ------------------------------------------------------------------------------------------------

STORE_AND_DIE = """
    import os, signal, sys
    from sqlalchemy import create_engine
    from hub.app import load_models
    from hub.core.db import prepare_engine, writing
    from hub.events.models.days import Event
    from hub.events.operations import sign_up
    from tests.conftest import SITE
    from tests.events.plenary import person, wishes
    from tests.factories import NOW

    load_models()
    engine = create_engine(sys.argv[1])
    prepare_engine(engine)
    with writing(engine, site=SITE) as session:
        event = session.get_one(Event, 1)
        sign_up.register(session, event, person(1), wishes(event, 0, 1), now=NOW)
        if sys.argv[2] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("when", "mails"), [("before", 0), ("after", 1)])
def test_killed_between_storing_and_sending_one_mail_leaves_or_nothing_happened(
    installation: Installation, session: Session, run_jobs: Callable[[], int], when: str, mails: int
) -> None:
    plenary(session)
    session.commit()
    uri = installation.app.config["SQLALCHEMY_DATABASE_URI"]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(STORE_AND_DIE), uri, when],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    run_jobs()
    run_jobs()
    session.rollback()
    assert session.scalar(select(func.count(Registration.id))) == mails
    states = session.scalars(select(Message.state).where(Message.kind == "events.confirmed")).all()
    assert states == [MessageState.KEPT] * mails  # no server for mails here: kept is the end of its way
    again = session.get_one(Event, 1)
    seats.lock(session, again)
    assert again.taken == mails
