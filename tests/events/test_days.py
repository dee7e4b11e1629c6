"""Making, changing, publishing and calling off days; forgetting what was confided (G3, R7)."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.days import Event, EventState, Stage
from hub.events.models.registrations import Registration
from hub.events.models.workshops import Way
from hub.events.operations import days, sign_up
from hub.events.queries import days as queries
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import DAY, DEADLINE, details, person, plenary, rooms, wishes
from tests.factories import NOW

SECOND = timedelta(seconds=1)


def test_how_a_day_stands_follows_the_clock(session: Session) -> None:
    event = plenary(session, opens=date(2026, 4, 1), publish=False)
    assert event.stage(NOW) == Stage.DRAFT
    days.publish(session, event, actor="test", now=NOW)
    opening, closing = clock.at(date(2026, 4, 1), time(0)), clock.end_of_day(DEADLINE)
    assert event.stage(opening - SECOND) == Stage.ANNOUNCED
    assert event.stage(opening) == Stage.OPEN
    assert event.stage(closing - SECOND) == Stage.OPEN
    assert event.stage(closing) == Stage.CLOSED
    assert event.stage(event.ends_at) == Stage.OVER


@pytest.mark.parametrize("deadline", [date(2026, 3, 28), date(2026, 10, 24)])
def test_the_deadline_is_midnight_in_brussels_in_both_nights_of_clock_change(
    session: Session, deadline: date
) -> None:
    event = plenary(session, deadline=deadline, day=deadline + timedelta(days=10))
    local = clock.local(event.sign_up_closes_at)
    assert (local.date(), local.time()) == (deadline + timedelta(days=1), time(0))
    assert event.deadline == deadline


def test_a_day_is_full_when_too_few_workshops_have_seats(session: Session) -> None:
    event = plenary(session, capacities=(1, 1, 1))
    sign_up.register(session, event, person(1), wishes(event, 0, 1), now=NOW)
    assert event.stage(NOW) == Stage.FULL


def test_a_block_by_wishes_fills_once_its_seats_are_given(session: Session) -> None:
    event = plenary(session, capacities=(1, 1, 1, 1), choices=2)
    (block,) = event.blocks
    block.way = Way.WISHES
    for workshop in event.workshops[:2]:
        workshop.taken = 1
    event.workshops[2].cancelled_at = NOW
    assert event.stage(NOW) == Stage.OPEN
    block.allotted_at = NOW
    assert event.stage(NOW) == Stage.FULL
    event.workshops[2].cancelled_at = None
    assert event.stage(NOW) == Stage.OPEN
    event.workshops[3].repeats_id = event.workshops[2].id  # nobody takes the same twice
    assert event.stage(NOW) == Stage.FULL


@both_databases
def test_where_the_workshops_are_full_one_comes_and_waits_for_them(
    session: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    event = plenary(session, capacities=(1, 1, 1, 2))
    first = sign_up.register(session, event, person(1), wishes(event, 0, 1), now=NOW).registration
    sign_up.register(session, event, person(2), wishes(event, 2, 3), now=NOW)
    session.commit()
    shown = client.get(f"/journees/{event.slug}/inscription").text
    assert "Il n’y a plus assez de places dans les ateliers" in shown
    with pytest.raises(DomainError):  # not without having been told
        sign_up.register(session, event, person(3), wishes(event, 0, 3), now=NOW)
    told = wishes(event, 0, 3, agrees_to_wait=True)
    row = sign_up.register(session, event, person(3), told, now=NOW).registration
    assert row.is_confirmed
    assert [choice.workshop for choice in row.choices] == [event.workshops[3]]
    assert [wait.workshop for wait in row.waits] == [event.workshops[0]]
    sign_up.cancel(session, first, actor="test", now=NOW)
    session.refresh(row)
    assert {choice.workshop_id for choice in row.choices} == {event.workshops[place].id for place in (0, 3)}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends": time(9)}, "ends"),
        ({"doors": time(10)}, "doors"),
        ({"deadline": DAY + timedelta(days=1)}, "deadline"),
        ({"opens": DEADLINE + timedelta(days=1)}, "opens"),
    ],
)
def test_hours_and_days_follow_each_other(session: Session, values: dict, field: str) -> None:
    with pytest.raises(DomainError) as refusal:
        days.create(session, details(**values), actor="test", now=NOW)
    assert refusal.value.field == field


def test_signing_up_ends_when_the_day_begins(session: Session) -> None:
    event = plenary(session, deadline=DAY)
    assert event.sign_up_closes_at == event.starts_at
    assert event.deadline == DAY


def test_addresses_of_days_differ_and_leave_those_of_pages_alone(session: Session) -> None:
    slugs = [plenary(session, title=title).slug for title in ("Plénière", "Plénière", "Nouvelle", "Été 2026")]
    assert slugs == ["pleniere-2026", "pleniere-2026-2", "nouvelle-2026", "ete-2026"]


def test_a_programme_moves_with_its_day_and_calendars_learn_of_it(session: Session) -> None:
    event = plenary(session)
    later = DAY + timedelta(days=150)  # after the change to winter time
    days.edit(session, event, details(day=later), actor="test", now=NOW)
    slot = clock.local(event.slots[0].starts_at)
    assert (slot.date(), slot.time()) == (later, time(9, 30))
    assert event.sequence == 1
    days.edit(session, event, details(day=later, practical_info="Bus 4"), actor="test", now=NOW)
    assert event.sequence == 1


def test_seats_are_never_cut_below_what_is_taken(session: Session) -> None:
    event = plenary(session, capacity=10)
    for number in range(3):
        sign_up.register(session, event, person(number), wishes(event, 0, 1), now=NOW)
    with pytest.raises(DomainError, match="Places prises\u00a0: 3") as refusal:
        days.edit(session, event, details(capacity=2), actor="test", now=NOW)
    assert refusal.value.field == "capacity"
    cut = tuple(
        days.Room(title=row.title, capacity=2 if place == 0 else 10, number=row.id)
        for place, row in enumerate(event.workshops)
    )
    with pytest.raises(DomainError, match="Besoins de base"):
        days.set_programme(session, event, days.Programme(workshops=cut, choices=2), actor="test", now=NOW)


def test_a_workshop_with_people_stays_and_the_number_to_choose_too(session: Session) -> None:
    event = plenary(session)
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    kept = tuple(days.Room(title=row.title, capacity=row.capacity, number=row.id) for row in event.workshops)
    with pytest.raises(DomainError, match="Besoins de base"):
        days.set_programme(
            session, event, days.Programme(workshops=kept[1:], choices=2), actor="test", now=NOW
        )
    with pytest.raises(DomainError) as refusal:
        days.set_programme(session, event, days.Programme(workshops=kept, choices=1), actor="test", now=NOW)
    assert refusal.value.field == "workshop_choices"


@both_databases
def test_changing_workshops_keeps_the_seats_taken(session: Session) -> None:
    event = plenary(session)
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    first, second, *_ = event.workshops
    new = (
        days.Room(title="Autre", capacity=5),
        days.Room(title="Insertion, plus loin", capacity=12, number=second.id),
        days.Room(title=first.title, capacity=10, number=first.id),
    )
    days.set_programme(session, event, days.Programme(workshops=new, choices=2), actor="test", now=NOW)
    session.commit()
    session.expire_all()
    found = [(row.title, row.capacity, row.taken) for row in event.workshops]
    assert found == [("Autre", 5, 0), ("Insertion, plus loin", 12, 1), (first.title, 10, 1)]


def test_one_cannot_choose_more_workshops_than_there_are(session: Session) -> None:
    event = plenary(session, publish=False)
    with pytest.raises(DomainError):
        days.set_programme(
            session, event, days.Programme(workshops=rooms(5), choices=2), actor="test", now=NOW
        )


def test_a_chosen_meal_stays_on_the_list(session: Session) -> None:
    event = plenary(session)
    chosen = wishes(event, 0, 1, meal_id=event.meals[0].id)
    sign_up.register(session, event, person(), chosen, now=NOW)
    with pytest.raises(DomainError, match="Végétarien"):
        days.edit(session, event, details(meals=("Poisson",)), actor="test", now=NOW)
    days.edit(session, event, details(meals=("Soupe", "Végétarien")), actor="test", now=NOW)
    assert [meal.label for meal in event.meals] == ["Soupe", "Végétarien"]


def test_only_an_empty_day_goes_back_to_draft(session: Session) -> None:
    event = plenary(session)
    days.unpublish(session, event, actor="test", now=NOW)
    assert event.state == EventState.DRAFT
    days.publish(session, event, actor="test", now=NOW)
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    with pytest.raises(DomainError, match="inscrites"):
        days.unpublish(session, event, actor="test", now=NOW)


@both_databases
def test_calling_off_tells_everybody_once_and_forgets_needs(
    session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    event = plenary(session)
    for number in range(3):
        told = wishes(event, 0, 1, diet="Sans gluten", consents=True)
        sign_up.register(session, event, person(number), told, now=NOW)
    days.call_off(session, event, "Salle indisponible", actor="test", now=NOW)
    session.commit()
    run_jobs()
    jobs.enqueue(session, "events.tell_called_off", now=NOW, event=event.id)
    session.commit()
    run_jobs()
    told_off = session.scalars(select(Message).where(Message.kind == "events.called_off")).all()
    assert sorted(mail.recipient for mail in told_off) == [f"p{number}@example.org" for number in range(3)]
    assert all("Salle indisponible" in mail.text for mail in told_off)
    session.expire_all()
    assert {row.diet for row in session.scalars(select(Registration))} == {""}


@both_databases
def test_needs_are_forgotten_the_day_after_by_themselves(
    session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = plenary(session)
    fish = event.meals[1].id
    for number in range(2):
        told = wishes(
            event, 0, 1, diet="Sans gluten", access_needs="Boucle auditive", consents=True, meal_id=fish
        )
        sign_up.register(session, event, person(number), told, now=NOW)
    session.commit()
    due = clock.end_of_day(DAY)
    monkeypatch.setattr(clock, "now", lambda: due - SECOND)
    run_jobs()
    session.rollback()  # on SQLite, to see what was written meanwhile
    assert {row.diet for row in session.scalars(select(Registration))} == {"Sans gluten"}
    monkeypatch.setattr(clock, "now", lambda: due)
    run_jobs()
    session.rollback()  # on SQLite, to see what was written meanwhile
    for row in session.scalars(select(Registration)):
        assert (row.diet, row.access_needs, row.needs_consent_at, row.meal_id) == ("", "", None, None)
    assert event.needs_forgotten_at == due
    assert [meal.booked for meal in event.meals] == [0, 2]
    line = session.scalar(select(AuditEntry).where(AuditEntry.action == "event.needs_forgotten"))
    assert line is not None
    assert line.changes["answers_forgotten"] == [None, 2]


def test_a_day_that_moved_keeps_its_needs_until_it_is_over(session: Session) -> None:
    event = plenary(session)
    told = wishes(event, 0, 1, diet="Sans gluten", consents=True)
    row = sign_up.register(session, event, person(), told, now=NOW).registration
    days.edit(session, event, details(day=DAY + timedelta(days=7)), actor="test", now=NOW)
    assert days.forget_all_needs(session, event, now=clock.end_of_day(DAY)) == 0
    assert row.diet == "Sans gluten"
    planned = session.scalars(select(jobs.Job.run_at).where(jobs.Job.name == "events.forget_needs")).all()
    assert max(planned) == clock.end_of_day(DAY + timedelta(days=7))


def test_mails_hold_neither_diet_nor_needs_nor_meal(session: Session) -> None:
    event = plenary(session)
    told = wishes(
        event, 0, 1, diet="Sans gluten", access_needs="Boucle", consents=True, meal_id=event.meals[0].id
    )
    row = sign_up.register(session, event, person(), told, now=NOW).registration
    sign_up.change(session, row, wishes(event, 0, 2, diet="Sans gluten", consents=True), now=NOW)
    for mail in session.scalars(select(Message)):
        assert not any(word in mail.text + mail.html for word in ("gluten", "Boucle", "Végétarien"))


@both_databases
def test_lists_of_days(session: Session) -> None:
    soon = plenary(session, title="Bientôt", day=date(2026, 5, 1), deadline=date(2026, 4, 1))
    later = plenary(session, title="Plus tard")
    draft = plenary(session, title="Brouillon", publish=False)
    off = plenary(session, title="Annulée")
    days.call_off(session, off, "", actor="test", now=NOW)
    after = clock.at(date(2026, 5, 15), time(12))
    assert session.scalars(queries.upcoming(NOW)).all() == [soon, later, off]
    assert session.scalars(queries.past(NOW)).all() == []
    assert session.scalars(queries.upcoming(after)).all() == [later, off]
    assert session.scalars(queries.past(after)).all() == [soon]
    listed = session.scalars(queries.all_days(after)).all()
    assert listed[-1] is soon
    assert set(listed[:3]) == {later, draft, off}


@both_databases
def test_days_of_an_organisation(session: Session) -> None:
    host, speaker, other = (factories.organisation(session) for _ in range(3))
    event = plenary(session, venue_id=host.id, organiser_ids=(other.id,))
    line = days.Line(starts=time(10), title="Invité", speaker_ids=(speaker.id,))
    days.set_programme(session, event, days.Programme(lines=(line,)), actor="test", now=NOW)
    hidden = plenary(session, venue_id=host.id, publish=False)
    for organisation in (host, speaker, other):
        assert session.scalars(queries.of_organisation(organisation.id, NOW)).all() == [event]
    assert isinstance(hidden, Event)
