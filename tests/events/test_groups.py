"""Several people signed up at once: all or nothing, who waits, the group's own page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.days import Event
from hub.events.models.registrations import GroupSignUp, Registration, RegistrationState
from hub.events.operations import groups, questions, sign_up
from hub.events.operations.groups import Group
from hub.events.operations.questions import PRESETS
from hub.events.operations.sign_up import Person
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW

CONTACT = Group(name="Léa C.", email="lea@example.org", form_key="one form")


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def named(name: str, email: str | None = None) -> Person:
    return Person(name=name, email=email)


def trio(event: Event) -> list[tuple[Person, sign_up.Wishes]]:
    return [
        (named("Ana", "ana@example.org"), wishes(event, 0, 1)),
        (named("Bob"), wishes(event, 0, 2, meal_id=event.meals[0].id)),
        (named("Cléo"), wishes(event, 2, 3)),
    ]


def states(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(Registration).order_by(Registration.id))
    return [(row.name, row.state.value) for row in rows]


@both_databases
def test_three_people_get_their_seats_and_whoever_signed_them_up_a_page(session: Session) -> None:
    event = plenary(session)
    done = groups.register(session, event, CONTACT, trio(event), now=NOW)
    session.commit()
    session.refresh(event)
    assert states(session) == [("Ana", "confirmed"), ("Bob", "confirmed"), ("Cléo", "confirmed")]
    assert event.taken == 3
    assert [row.taken for row in event.workshops] == [2, 1, 2, 1]
    mails = session.execute(select(Message.kind, Message.recipient).order_by(Message.id)).all()
    assert [tuple(mail) for mail in mails] == [
        ("events.confirmed", "ana@example.org"),
        ("events.group", "lea@example.org"),
    ]
    text = session.scalars(select(Message).where(Message.kind == "events.group")).one().text
    assert all(name in text for name in ("Ana", "Bob", "Cléo", "/groupe/"))
    assert done.link


@both_databases
def test_it_is_all_or_nothing(session: Session) -> None:
    event = plenary(session, capacity=2)
    session.commit()
    with pytest.raises(DomainError, match="assez de places") as refusal:
        groups.register(session, event, CONTACT, trio(event), now=NOW)
    assert refusal.value.field == "agrees_to_wait"
    session.rollback()
    assert states(session) == []
    assert session.scalar(select(func.count()).select_from(GroupSignUp)) == 0


@both_databases
def test_who_agrees_knows_who_waits(session: Session) -> None:
    event = plenary(session, capacity=2)
    groups.register(session, event, CONTACT, trio(event), agrees_to_wait=True, now=NOW)
    assert states(session) == [("Ana", "confirmed"), ("Bob", "confirmed"), ("Cléo", "waiting")]
    text = session.scalars(select(Message).where(Message.kind == "events.group")).one().text
    assert text.index("Bob") < text.index("Sans place") < text.index("Cléo")


def test_a_day_without_a_waiting_list_takes_all_or_nobody(session: Session) -> None:
    event = plenary(session, capacity=2)
    event.has_waitlist = False
    session.commit()
    with pytest.raises(DomainError, match="complète"):
        groups.register(session, event, CONTACT, trio(event), now=NOW)


@pytest.mark.parametrize(
    ("people", "field", "words"),
    [
        ([], "people-0-name", "au moins un nom"),
        ([(0, 1), (0, 0)], "people-1-block", "exactement"),
        ([(0, 1)] * 11, None, "10 personnes au plus"),
    ],
)
def test_a_refusal_points_at_the_person(
    session: Session, people: list[tuple[int, int]], field: str | None, words: str
) -> None:
    event = plenary(session, capacities=(50, 50, 50, 50))
    listed = [(named(f"P{number}"), wishes(event, *set(each))) for number, each in enumerate(people)]
    with pytest.raises(DomainError, match=words) as refusal:
        groups.register(session, event, CONTACT, listed, now=NOW)
    assert (refusal.value.field or "").startswith(field or "")


def test_one_address_is_one_person(session: Session) -> None:
    event = plenary(session)
    twice = [(named(name, "ana@example.org"), wishes(event, 0, 1)) for name in ("Ana", "Bob")]
    with pytest.raises(DomainError, match="déjà celle") as refusal:
        groups.register(session, event, CONTACT, twice, now=NOW)
    assert refusal.value.field == "people-1-email"


@both_databases
def test_who_is_signed_up_already_is_written_to_and_left_out(session: Session) -> None:
    event = plenary(session)
    sign_up.register(session, event, person(email="ana@example.org"), wishes(event, 0, 1), now=NOW)
    done = groups.register(session, event, CONTACT, trio(event), now=NOW)
    assert done.left_out == ("Ana",)
    assert event.taken == 3
    assert session.scalars(select(Message.kind).order_by(Message.id)).all() == [
        "events.confirmed", "events.link", "events.group",
    ]  # fmt: skip


@both_databases
def test_a_form_sent_twice_is_one_group(session: Session) -> None:
    event = plenary(session, capacity=3)
    first = groups.register(session, event, CONTACT, trio(event), now=NOW)
    second = groups.register(session, event, CONTACT, trio(event), now=NOW)
    assert second.group is first.group
    assert event.taken == 3
    assert session.scalar(select(func.count(Message.id))) == 2


def test_each_answers_who_may_come(session: Session) -> None:
    event = plenary(session)
    gate = questions.add(session, event, PRESETS["french"], actor="test", now=NOW)
    people = [
        (named("Ana"), wishes(event, 0, 1, answers=((gate.id, True),))),
        (named("Bob"), wishes(event, 0, 1, answers=((gate.id, False),))),
    ]
    groups.register(session, event, CONTACT, people, now=NOW)
    assert states(session) == [("Ana", "confirmed"), ("Bob", "pending")]


@both_databases
def test_a_name_is_replaced_on_the_same_seats(session: Session) -> None:
    event = plenary(session)
    done = groups.register(session, event, CONTACT, trio(event), now=NOW)
    ana = next(row for row in done.group.registrations if row.name == "Ana")
    new = groups.replace(session, ana, "Dora", "dora@example.org", now=NOW)
    session.commit()
    session.refresh(event)
    assert new is not None
    assert (new.state, new.group_id, event.taken) == (RegistrationState.CONFIRMED, done.group.id, 3)
    assert {choice.workshop_id for choice in new.choices} == {row.id for row in event.workshops[:2]}
    assert [row.taken for row in event.workshops] == [2, 1, 2, 1]
    assert (
        "events.confirmed"
        in session.scalars(select(Message.kind).where(Message.recipient == "dora@example.org")).all()
    )


def test_no_name_is_replaced_once_the_day_begins(session: Session) -> None:
    event = plenary(session)
    done = groups.register(session, event, CONTACT, trio(event), now=NOW)
    with pytest.raises(DomainError, match="ne peut plus changer"):
        groups.replace(session, done.group.registrations[0], "Dora", None, now=event.starts_at)


# --- Pages ------------------------------------------------------------------------------------------


def sent(*people: dict[str, Any], **values: Any) -> dict[str, Any]:
    data = {"name": "Léa C.", "email": "Lea@Example.org", "form_key": "k", **values}
    for number, each in enumerate(people):
        data |= {f"people-{number}-{field}": value for field, value in each.items()}
    return data


def two(event: Event, *places: int) -> list[str]:
    return [str(event.workshops[place].id) for place in places]


def test_people_are_added_and_taken_off_without_scripts(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    url = f"/journees/{event.slug}/inscription/groupe"
    page = client.get(url).text
    assert page.count('name="people-0-name"') == page.count('name="people-1-name"') == 1
    assert 'name="people-2-name"' not in page
    ana = {"name": "Ana", "workshops": two(event, 0, 2)}
    more = client.post(url, data=sent(ana, {"name": "Bob"}, add="1"))
    assert more.status_code == 200
    assert 'name="people-2-name"' in more.text
    assert 'value="Ana"' in more.text
    assert 'value="Bob"' in more.text
    ticked = re.findall(r'name="people-0-workshops" value="(\d+)" checked', more.text)
    assert ticked == ana["workshops"]
    less = client.post(url, data=sent(ana, {"name": "Bob"}, remove="0"))
    assert 'value="Ana"' not in less.text
    assert 'value="Bob"' in less.text
    session.rollback()
    assert states(session) == []


def test_a_group_signs_up_and_looks_after_its_people(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    url = f"/journees/{event.slug}/inscription/groupe"
    people = [
        {"name": "Ana", "email": "Ana@Example.org", "workshops": two(event, 0, 1)},
        {"name": "Bob", "email": "", "workshops": two(event, 2, 3), "meal": str(event.meals[0].id)},
        {"name": "", "email": "", "meal": ""},
    ]
    answer = client.post(url, data=sent(*people))
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "2 personnes ont leur place" in page.text
    session.rollback()
    rows = {row.name: row for row in session.scalars(select(Registration))}
    assert (rows["Ana"].email, rows["Bob"].email) == ("ana@example.org", None)
    bob, ana = (f"{answer.location}/{rows[name].id}" for name in ("Bob", "Ana"))
    assert client.get(f"{ana}/modifier").status_code == 404  # she makes her own choices
    assert client.get(f"{bob}/modifier").status_code == 200
    told = {"workshops": two(event, 0, 3), "access_needs": "Boucle auditive", "consents": "y"}
    assert client.post(f"{bob}/modifier", data=told).status_code == 303
    assert client.get(f"{ana}/remplacer").status_code == 200
    assert client.post(f"{ana}/remplacer", data={"name": " ", "email": ""}).status_code == 422
    assert client.post(f"{ana}/remplacer", data={"name": "Dora", "email": ""}).status_code == 303
    assert client.get(f"{bob}/annuler").status_code == 200
    assert client.post(f"{bob}/annuler").status_code == 303
    session.rollback()
    session.expire_all()
    found = {row.name: row.state.value for row in session.scalars(select(Registration))}
    assert found == {"Ana": "cancelled", "Bob": "cancelled", "Dora": "confirmed"}
    assert session.get(Event, event.id).taken == 1


def test_a_link_opens_its_own_group_only(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    done = groups.register(session, event, CONTACT, trio(event), now=NOW)
    other = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    session.commit()
    for act in ("modifier", "remplacer", "annuler"):
        assert client.get(f"/groupe/{done.link}/{other.id}/{act}").status_code == 404
        assert client.post(f"/groupe/{done.link}/{other.id}/{act}", data={"name": "X"}).status_code == 404
    assert client.get("/groupe/nothing").status_code == 404


@pytest.mark.parametrize(
    ("people", "values", "words", "place"),
    [
        ([{"name": "Ana"}], {}, "exactement 2 ateliers", "#people-0-block-"),
        ([{"name": "Ana", "email": "zoe@"}], {}, "ne semble pas complète", "#people-0-email"),
        ([{"name": "", "email": "ana@example.org"}], {}, "prénom et le nom", "#people-0-name"),
        ([{"name": ""}], {}, "prénom et le nom", "#people-0-name"),
        ([{"name": "Ana", "meal": "999"}], {}, "exactement", "#people-0-block-"),
        ([{"name": "Ana"}], {"email": ""}, "adresse mail", "#email"),
        ([], {}, "prénom et le nom", "#people-0-name"),
    ],
)
def test_a_mistake_is_told_beside_its_field(
    session: Session,
    client: FlaskClient,
    people: list[dict[str, str]],
    values: dict[str, str],
    words: str,
    place: str,
) -> None:
    event = plenary(session)
    session.commit()
    answer = client.post(f"/journees/{event.slug}/inscription/groupe", data=sent(*people, **values))
    assert answer.status_code == 422
    assert words in answer.text
    assert f'href="{place}' in answer.text
    session.rollback()
    assert states(session) == []


def test_not_all_fit_and_the_form_offers_to_wait(session: Session, client: FlaskClient) -> None:
    event = plenary(session, capacity=1)
    session.commit()
    url = f"/journees/{event.slug}/inscription/groupe"
    people = [{"name": name, "workshops": two(event, 0, 1)} for name in ("Ana", "Bob")]
    refused = client.post(url, data=sent(*people))
    assert refused.status_code == 422
    assert 'name="agrees_to_wait"' in refused.text
    answer = client.post(url, data=sent(*people, agrees_to_wait="y"))
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "1 personne a sa place" in page
    assert "1 attend sur la liste" in page


def test_a_closed_day_leads_to_why(
    session: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = plenary(session)
    session.commit()
    monkeypatch.setattr(clock, "now", lambda: event.sign_up_closes_at + timedelta(seconds=1))
    url = f"/journees/{event.slug}/inscription/groupe"
    assert client.get(url).status_code == 302
    people = [{"name": "Ana", "workshops": two(event, 0, 1)}]
    answer = client.post(url, data=sent(*people))
    assert answer.status_code == 422
    assert "clôturées" in answer.text


def test_the_organisation_counts_for_all(session: Session, client: FlaskClient) -> None:
    alpha = factories.organisation(session, "Alpha 5000")
    event = plenary(session)
    session.commit()
    people = [{"name": name, "workshops": two(event, 0, 1)} for name in ("Ana", "Bob")]
    client.post(
        f"/journees/{event.slug}/inscription/groupe",
        data=sent(*people, organisation_name="ALPHA 5000"),
    )
    session.rollback()
    assert session.scalars(select(Registration.organisation_id)).all() == [alpha.id, alpha.id]
