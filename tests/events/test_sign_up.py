"""Signing up, changing, cancelling: seats, deadlines, one sign-up a person (S1)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.core.clock import end_of_day
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.days import Event
from hub.events.models.registrations import Channel, Choice, Registration, RegistrationState
from hub.events.models.workshops import Workshop
from hub.events.operations import days, lost_links, sign_up
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import DEADLINE, person, plenary, wishes
from tests.factories import NOW


def seats(session: Session, event: Event) -> tuple[int, list[int]]:
    session.expire_all()
    return event.taken, [workshop.taken for workshop in event.workshops]


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Message.kind).order_by(Message.id)))


@both_databases
def test_signing_up_takes_a_seat_of_the_day_and_of_each_workshop(session: Session) -> None:
    event = plenary(session)
    done = sign_up.register(session, event, person(), wishes(event, 0, 2), now=NOW)
    assert done.link is not None
    assert seats(session, event) == (1, [1, 0, 1, 0])
    assert kinds(session) == ["events.confirmed"]


@both_databases
def test_a_full_workshop_is_named_and_nothing_is_taken(session: Session) -> None:
    event = plenary(session, capacities=(1, 10, 10, 10))
    sign_up.register(session, event, person(1), wishes(event, 0, 1), now=NOW)
    with pytest.raises(DomainError, match="Besoins de base") as refusal:
        sign_up.register(session, event, person(2), wishes(event, 0, 1), now=NOW)
    assert refusal.value.field == "workshops"
    assert seats(session, event) == (1, [1, 1, 0, 0])
    assert session.scalar(select(func.count()).select_from(Registration)) == 1
    # The session still works: the same person takes another workshop.
    sign_up.register(session, event, person(2), wishes(event, 1, 2), now=NOW)
    assert seats(session, event) == (2, [1, 2, 1, 0])


@both_databases
def test_a_full_day_takes_nobody(session: Session) -> None:
    event = plenary(session, capacity=1)
    sign_up.register(session, event, person(1), wishes(event, 0, 1), now=NOW)
    with pytest.raises(DomainError, match="complète"):
        sign_up.register(session, event, person(2), wishes(event, 2, 3), now=NOW)
    assert seats(session, event) == (1, [1, 1, 0, 0])


@pytest.mark.parametrize("places", [(), (0,), (0, 1, 2), (0, 0)])
def test_exactly_two_workshops(session: Session, places: tuple[int, ...]) -> None:
    event = plenary(session)
    with pytest.raises(DomainError, match="exactement") as refusal:
        sign_up.register(session, event, person(), wishes(event, *places), now=NOW)
    assert refusal.value.field == f"block_{event.blocks[0].id}"


def test_a_workshop_of_another_day_does_not_count(session: Session) -> None:
    event, other = plenary(session), plenary(session)
    mixed = sign_up.Wishes(workshop_ids=(event.workshops[0].id, other.workshops[0].id))
    with pytest.raises(DomainError, match="de cette liste"):
        sign_up.register(session, event, person(), mixed, now=NOW)


def test_a_meal_of_another_day_is_refused(session: Session) -> None:
    event, other = plenary(session), plenary(session)
    with pytest.raises(DomainError, match="repas"):
        sign_up.register(session, event, person(), wishes(event, 0, 1, meal_id=other.meals[0].id), now=NOW)


@pytest.mark.parametrize("field", ["diet", "access_needs"])
def test_needs_are_held_with_consent_only(session: Session, field: str) -> None:
    event = plenary(session)
    without = wishes(event, 0, 1, **{field: "Sans gluten"})
    with pytest.raises(DomainError) as refusal:
        sign_up.register(session, event, person(), without, now=NOW)
    assert refusal.value.field == "consents"
    given = wishes(event, 0, 1, consents=True, **{field: "Sans gluten"})
    row = sign_up.register(session, event, person(), given, now=NOW).registration
    assert row.needs_consent_at == NOW


@both_databases
def test_the_database_refuses_needs_without_consent(session: Session) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    with pytest.raises(IntegrityError):
        session.execute(update(Registration).where(Registration.id == row.id).values(diet="Sans gluten"))


def test_the_deadline_includes_its_day_in_brussels(session: Session) -> None:
    event = plenary(session)
    second = timedelta(seconds=1)
    first_late = end_of_day(DEADLINE)
    sign_up.register(session, event, person(1), wishes(event, 0, 1), now=first_late - second)
    with pytest.raises(DomainError, match="clôturées"):
        sign_up.register(session, event, person(2), wishes(event, 0, 1), now=first_late)
    assert event.deadline == DEADLINE


@both_databases
def test_the_same_address_again_gets_a_mail_and_no_link_on_the_page(session: Session) -> None:
    event = plenary(session)
    first = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    again = sign_up.register(session, event, person(name="Autre"), wishes(event, 2, 3), now=NOW)
    assert again.link is None
    assert again.registration is first.registration
    assert seats(session, event) == (1, [1, 1, 0, 0])
    assert kinds(session) == ["events.confirmed", "events.link"]


def test_the_link_is_sent_again_once_an_hour(session: Session) -> None:
    event = plenary(session)
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    for minutes in (0, 10, 59, 60):
        later = NOW + timedelta(minutes=minutes)
        lost_links.send(session, event, "P1@Example.org", now=later)
    lost_links.send(session, event, "nobody@example.org", now=NOW)
    assert kinds(session).count("events.link") == 2


def test_a_full_workshop_is_told_to_a_known_address_too(session: Session) -> None:
    """The refusal may not tell who is signed up: it comes first, for everybody."""
    event = plenary(session, capacities=(1, 10, 10, 10))
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    with pytest.raises(DomainError, match="Besoins de base"):
        sign_up.register(session, event, person(), wishes(event, 0, 2), now=NOW)


@both_databases
def test_a_form_sent_twice_is_one_sign_up_even_on_the_last_seat(session: Session) -> None:
    event = plenary(session, capacity=1)
    who = person(form_key="one filled form")
    first = sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW)
    second = sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW)
    assert second.registration is first.registration
    assert second.link is not None
    assert seats(session, event) == (1, [1, 1, 0, 0])
    assert kinds(session) == ["events.confirmed"]


@both_databases
def test_the_database_refuses_a_second_live_sign_up(session: Session) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    twin = Registration(event_id=event.id, name="Autre", email=row.email, created_at=NOW, updated_at=NOW)
    session.add(twin)
    with pytest.raises(IntegrityError):
        session.flush()


@both_databases
@pytest.mark.parametrize("table", ["event", "workshop"])
def test_the_database_refuses_to_overbook(session: Session, table: str) -> None:
    event = plenary(session, capacity=1)
    model = Event if table == "event" else Workshop
    with pytest.raises(IntegrityError):
        session.execute(update(model).values(taken=model.taken + 100))
    assert event.id


@both_databases
def test_a_change_swaps_workshops(session: Session) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    sign_up.change(session, row, wishes(event, 1, 3, meal_id=event.meals[0].id), now=NOW)
    assert seats(session, event) == (1, [0, 1, 0, 1])
    assert {choice.workshop_id for choice in row.choices} == {event.workshops[1].id, event.workshops[3].id}
    assert row.meal is event.meals[0]
    assert kinds(session) == ["events.confirmed", "events.changed"]


@both_databases
def test_a_change_to_a_full_workshop_keeps_everything(session: Session) -> None:
    event = plenary(session, capacities=(10, 10, 1, 10))
    sign_up.register(session, event, person(1), wishes(event, 2, 3), now=NOW)
    row = sign_up.register(session, event, person(2), wishes(event, 0, 1), now=NOW).registration
    with pytest.raises(DomainError, match="Vivre ensemble"):
        sign_up.change(session, row, wishes(event, 2, 3), now=NOW)
    assert seats(session, event) == (2, [1, 1, 1, 1])
    assert row.sequence == 0


def test_choices_stand_after_the_deadline_but_the_seat_can_be_given_back(session: Session) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    late = end_of_day(DEADLINE)
    with pytest.raises(DomainError, match="délai"):
        sign_up.change(session, row, wishes(event, 1, 2), now=late)
    assert sign_up.cancel(session, row, actor=sign_up.BY_LINK, now=late)


@both_databases
def test_cancelling_gives_everything_back_once(session: Session) -> None:
    event = plenary(session)
    told = wishes(event, 0, 1, diet="Sans gluten", consents=True, meal_id=event.meals[0].id)
    row = sign_up.register(session, event, person(), told, now=NOW).registration
    assert sign_up.cancel(session, row, actor=sign_up.BY_LINK, now=NOW)
    assert not sign_up.cancel(session, row, actor=sign_up.BY_LINK, now=NOW)
    assert seats(session, event) == (0, [0, 0, 0, 0])
    assert (row.state, row.diet, row.meal_id) == (RegistrationState.CANCELLED, "", None)
    assert session.scalar(select(func.count()).select_from(Choice)) == 0
    assert kinds(session) == ["events.confirmed", "events.cancelled"]


@both_databases
def test_one_can_sign_up_again_after_cancelling(session: Session) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    sign_up.cancel(session, row, actor=sign_up.BY_LINK, now=NOW)
    again = sign_up.register(session, event, person(), wishes(event, 2, 3), now=NOW)
    assert again.link is not None
    assert again.registration.id != row.id
    assert seats(session, event) == (1, [0, 0, 1, 1])


def test_a_cancelled_sign_up_cannot_change(session: Session) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    sign_up.cancel(session, row, actor=sign_up.BY_LINK, now=NOW)
    with pytest.raises(DomainError, match="annulée"):
        sign_up.change(session, row, wishes(event, 2, 3), now=NOW)


def test_a_coordinator_enters_a_sign_up_after_the_deadline_without_address(session: Session) -> None:
    event, actor = plenary(session), factories.coordinator(session)
    late = end_of_day(DEADLINE)
    who = person(email=None, channel=Channel.PHONE)
    row = sign_up.enter(session, event, who, wishes(event, 0, 1), actor=actor, now=late)
    sign_up.enter(session, event, who, wishes(event, 0, 1), actor=actor, now=late)
    assert seats(session, event) == (2, [2, 2, 0, 0])
    assert kinds(session) == []
    line = session.scalar(select(AuditEntry).where(AuditEntry.action == "registration.entered"))
    assert line is not None
    assert line.changes["late"] == [None, True]
    assert line.subject_id == row.id


def test_a_coordinator_cannot_overbook_nor_enter_twice(session: Session) -> None:
    event, actor = plenary(session, capacity=1), factories.coordinator(session)
    sign_up.enter(session, event, person(1), wishes(event, 0, 1), actor=actor, now=NOW)
    with pytest.raises(DomainError, match="complète"):
        sign_up.enter(session, event, person(2), wishes(event, 0, 1), actor=actor, now=NOW)
    other = plenary(session)
    sign_up.enter(session, other, person(1), wishes(other, 0, 1), actor=actor, now=NOW)
    with pytest.raises(DomainError, match="déjà inscrite"):
        sign_up.enter(session, other, person(1), wishes(other, 2, 3), actor=actor, now=NOW)


def test_a_draft_and_a_day_called_off_take_nobody(session: Session) -> None:
    draft = plenary(session, publish=False)
    with pytest.raises(DomainError, match="ouverte"):
        sign_up.register(session, draft, person(), wishes(draft, 0, 1), now=NOW)
    event = plenary(session)
    days.call_off(session, event, "", actor="test", now=NOW)
    with pytest.raises(DomainError, match="annulée"):
        sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)


def test_the_history_holds_nothing_personal(session: Session) -> None:
    event = plenary(session)
    told = wishes(event, 0, 1, diet="Sans gluten", consents=True)
    row = sign_up.register(session, event, person(), told, now=NOW).registration
    sign_up.change(session, row, wishes(event, 1, 2, diet="Sans lactose", consents=True), now=NOW)
    sign_up.cancel(session, row, actor=sign_up.BY_LINK, now=NOW)
    held = session.execute(text("SELECT action, actor_label, changes FROM audit_entry")).all()
    assert len(held) >= 3
    assert not any(word in str(held) for word in ("example.org", "Participant", "gluten", "lactose"))
