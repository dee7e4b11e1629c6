"""Forms that come again: sent twice, after going back, from two tabs, too late, too often, stale."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import clock, tokens
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.core.web import limiter
from hub.events.models.days import Admission, Event, Mode
from hub.events.models.registrations import (
    EventInvitation,
    GroupSignUp,
    QuestionKind,
    Registration,
    RegistrationState,
    Unmet,
)
from hub.events.operations import admission, groups, letters, questions, reserving, sign_up
from hub.events.operations.groups import Group
from hub.events.operations.questions import PRESETS, Draft
from hub.events.operations.reserving import Named
from hub.events.values import addresses, typed
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW

SignIn = Callable[[FlaskClient, Any], FlaskClient]


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def checked_tokens(app: Any) -> Iterator[None]:
    """Check the tokens of forms, as an installation does."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def limited(tmp_path: Any, installation: Any) -> Iterator[FlaskClient]:
    """Visit an installation that counts what comes from one connection, with a day to sign up for."""
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a key for tests only",
            "DATA_FOLDER": str(tmp_path),
            "BASE_URL": "http://localhost",
            "SQLALCHEMY_DATABASE_URI": str(installation.engine.url),
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": True,
        }
    )
    limiter.reset()
    yield app.test_client()
    limiter.reset()
    with app.app_context():
        db.engine.dispose()


def url_of(event: Event, *parts: str) -> str:
    return "/".join([f"/journees/{event.slug}/inscription", *parts])


def two(event: Event, *places: int) -> list[str]:
    return [str(event.workshops[place].id) for place in places or (0, 1)]


def sent(event: Event, **values: Any) -> dict[str, Any]:
    return {
        "name": "Zoé B.", "email": "zoe@example.org", "form_key": "one form", "workshops": two(event),
        "meal": str(event.meals[1].id), **values,
    }  # fmt: skip


def of_group(*people: dict[str, Any], **values: Any) -> dict[str, Any]:
    data = {"name": "Léa C.", "email": "lea@example.org", "form_key": "one group", **values}
    for number, each in enumerate(people):
        data |= {f"people-{number}-{field}": value for field, value in each.items()}
    return data


def names(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    session.expire_all()
    return [
        (row.name, row.state.value) for row in session.scalars(select(Registration).order_by(Registration.id))
    ]


def count(session: Session, table: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


# --- One form, several times -----------------------------------------------------------------------------


@both_databases
def test_going_back_to_write_another_address_signs_another_person_up(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session)
    session.commit()
    assert client.post(url_of(event), data=sent(event)).status_code == 303
    answer = client.post(url_of(event), data=sent(event, name="Ana", email="ana@example.org"))
    assert "Ana" in client.get(answer.location).text
    assert names(session) == [("Zoé B.", "confirmed"), ("Ana", "confirmed")]


@both_databases
def test_going_back_to_change_a_choice_says_that_nothing_changed(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session)
    session.commit()
    client.post(url_of(event), data=sent(event))
    answer = client.post(
        url_of(event), data=sent(event, email=" ZOE@example.org", workshops=two(event, 2, 3))
    )
    page = client.get(answer.location).text
    assert "Ce formulaire était déjà arrivé" in page
    assert "Changer mes choix" in page
    session.rollback()
    row = session.scalars(select(Registration)).one()
    assert {str(choice.workshop_id) for choice in row.choices} == set(two(event))


def test_a_form_from_two_tabs_writes_to_the_address(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    keys = [
        re.findall(r'name="form_key"[^>]*value="([^"]+)"', client.get(url_of(event)).text)[0] for _ in "12"
    ]
    assert keys[0] != keys[1]
    first, second = (client.post(url_of(event), data=sent(event, form_key=key)) for key in keys)
    assert "/inscription/" in first.location
    assert second.location.endswith("/mail-envoye")
    assert count(session, Registration) == 1


def test_a_form_sent_again_after_cancelling_takes_no_seat(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    link = client.post(url_of(event), data=sent(event)).location
    client.post(f"{link}/annuler")
    answer = client.post(url_of(event), data=sent(event))
    assert "annulée" in client.get(answer.location).text
    assert names(session) == [("Zoé B.", "cancelled")]
    fresh = client.post(url_of(event), data=sent(event, form_key="another"))
    assert "Votre place est réservée" in client.get(fresh.location).text


@both_databases
def test_an_entry_sent_twice_is_one_and_another_without_address_is_another(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    event = plenary(session)
    session.commit()
    sign_in(client, factories.coordinator(session))
    url = f"/journees/{event.slug}/inscriptions/ajouter"
    assert re.search(r'name="form_key"[^>]*value="[^"]{20,}"', client.get(url).text)
    entry = sent(event, email="", channel="phone")
    assert [client.post(url, data=entry).status_code for _ in range(2)] == [303, 303]
    assert client.post(url, data={**entry, "name": "Ana"}).status_code == 303
    assert names(session) == [("Zoé B.", "confirmed"), ("Ana", "confirmed")]
    with_address = sent(event, channel="paper", name="Bob")
    assert client.post(url, data=with_address).status_code == 303
    refused = client.post(url, data={**with_address, "workshops": two(event, 2, 3)})
    assert refused.status_code == 422
    assert "déjà inscrite" in refused.text


@both_databases
def test_a_group_sent_again_is_told_and_another_contact_is_another_group(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session)
    session.commit()
    url, ana = url_of(event, "groupe"), {"name": "Ana", "workshops": two(event)}
    client.post(url, data=of_group(ana))
    again = client.post(url, data=of_group(ana, {"name": "Bob", "workshops": two(event)}))
    assert "Ce formulaire était déjà arrivé" in client.get(again.location).text
    assert names(session) == [("Ana", "confirmed")]
    other = client.post(url, data=of_group(ana, email="max@example.org"))
    assert "déjà arrivé" not in client.get(other.location).text
    assert count(session, GroupSignUp) == 2


# --- Open too long, sent too often -----------------------------------------------------------------------


@pytest.mark.usefixtures("checked_tokens")
@pytest.mark.parametrize("parts", [(), ("groupe",)])
def test_a_form_whose_cookie_is_gone_comes_back_with_all_that_was_typed(
    session: Session, client: FlaskClient, parts: tuple[str, ...]
) -> None:
    event = plenary(session)
    session.commit()
    url = url_of(event, *parts)
    data = of_group({"name": "Ana", "workshops": two(event)}) if parts else sent(event)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(url).text)[-1]
    client.delete_cookie("session")
    page = client.post(url, data={**data, "csrf_token": token})
    assert page.status_code == 422
    assert "La page est restée ouverte longtemps" in page.text
    assert f'value="{data["name"]}"' in page.text
    assert all(f'value="{number}" checked' in page.text for number in two(event))
    assert names(session) == []
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[-1]
    assert client.post(url, data={**data, "csrf_token": token}).status_code == 303


@pytest.mark.usefixtures("checked_tokens")
def test_no_form_that_checks_its_own_token_acts_without(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    event = plenary(session)
    house = factories.organisation(session, "Maison Ouverte")
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    group = groups.register(
        session,
        event,
        Group("Léa", "lea@example.org"),
        [(person(2, email=None), wishes(event, 0, 1))],
        now=NOW,
    )
    places = reserving.reserve(
        session, event, house, 2, contact_email="maison@example.org", actor="test", now=NOW
    )
    one = reserving.fill(
        session, places, Named("Ada", None, wishes(event, 0, 1).workshop_ids), actor="", now=NOW
    )
    raw = tokens.issue(session, letters.RESERVED_PURPOSE, places, now=NOW, lifetime=letters.LINK_OUTLIVES_DAY)
    session.commit()
    member = session.scalars(select(Registration).where(Registration.group_id == group.group.id)).one()
    before = names(session)
    sign_in(client, factories.coordinator(session))
    for address, data in (
        (f"/journees/{event.slug}/inscription", sent(event)),
        (f"/journees/{event.slug}/inscription/groupe", of_group({"name": "X", "workshops": two(event)})),
        (f"/journees/{event.slug}/inscriptions/ajouter", sent(event, channel="phone")),
        (f"/inscription/{row.link}/modifier", {"workshops": two(event, 2, 3)}),
        (f"/inscription/{row.link}/ceder", {"name": "X", "email": "x@example.org"}),
        (f"/groupe/{group.link}/{member.id}/modifier", {"workshops": two(event, 2, 3)}),
        (f"/groupe/{group.link}/{member.id}/remplacer", {"name": "X", "email": ""}),
        (f"/places/{raw}/nom", {"name": "X", "workshops": two(event)}),
        (f"/places/{raw}/{one.id}", {"name": "X", "workshops": two(event)}),
    ):
        answer = client.post(address, data=data)
        assert (answer.status_code, "restée ouverte longtemps" in answer.text) == (422, True), address
        assert client.post(address, data={**data, "csrf_token": "wrong"}).status_code == 422
    assert names(session) == before


@pytest.mark.parametrize("parts", [(), ("groupe",)])
def test_too_many_from_one_connection_lose_nothing_that_was_typed(
    session: Session, limited: FlaskClient, parts: tuple[str, ...]
) -> None:
    event = plenary(session)
    session.commit()
    url = url_of(event, *parts)
    data = of_group({"name": "Ana", "workshops": two(event)}) if parts else sent(event)
    codes = {limited.post(url, data={**data, "name": ""}).status_code for _ in range(60)}
    assert codes == {422}
    page = limited.post(url, data=data)
    assert page.status_code == 429
    assert "Trop d’envois" in page.text
    assert f'value="{data["name"]}"' in page.text
    assert all(f'value="{number}" checked' in page.text for number in two(event))
    assert int(page.headers["Retry-After"]) > 0
    assert names(session) == []


# --- Signs that nobody sees --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202eZoé\u202c", "Zoé"),
        ("Zo\0é\x07", "Zoé"),
        ("\u200b\u200d\ufeff \u2060", ""),
        ("علی\u200cرضا", "علی\u200cرضا"),  # what Persian needs inside a word
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("👩\u200d🏫", "👩\u200d🏫"),
        (None, ""),
    ],
)
def test_what_nobody_sees_is_left_out(text: str | None, shown: str) -> None:
    assert typed.visible(text) == shown


@pytest.mark.parametrize(
    "text", ["\u202azoe@example.org\u202c", "zoe@example.org\u200e", "zo\u00ade@example.org"]
)
def test_an_address_as_a_telephone_pastes_it(text: str) -> None:
    assert addresses.normal(text) == "zoe@example.org"


@pytest.mark.parametrize("text", ["zoé@example.org", "zoe b@example.org"])
def test_an_address_that_cannot_be_says_why(text: str) -> None:
    with pytest.raises(DomainError, match="ni espace ni accent"):
        addresses.normal(text)


# --- Stale forms ------------------------------------------------------------------------------------------


def test_a_question_added_or_changed_meanwhile_is_asked_and_nothing_is_lost(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session)
    old = questions.add(session, event, Draft(label="Ancienne"), actor="test", now=NOW)
    session.commit()
    data = sent(event, **{f"q{old.id}": "ma réponse"})
    questions.retire(session, event, old, actor="test", now=NOW)
    new = questions.add(session, event, Draft(label="Nouvelle", is_required=True), actor="test", now=NOW)
    session.commit()
    page = client.post(url_of(event), data=data)
    assert page.status_code == 422
    assert f'href="#q{new.id}"' in page.text
    assert 'value="Zoé B."' in page.text
    assert client.post(url_of(event), data={**data, f"q{new.id}": "oui"}).status_code == 303


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, 303) for text in ("2024-02-29", "29/02/2024", "29.02.2024", "1900-01-01", "2200-12-31")),
        *((text, 422) for text in ("2023-02-29", "0024-02-29", "2201-01-01", "1899-12-31", "29/02/23")),
    ],
)
def test_days_as_they_are_typed(session: Session, client: FlaskClient, text: str, code: int) -> None:
    event = plenary(session)
    draft = Draft(label="Un jour", kind=QuestionKind.DATE)
    question = questions.add(session, event, draft, actor="test", now=NOW)
    session.commit()
    answer = client.post(url_of(event), data=sent(event, **{f"q{question.id}": text}))
    assert answer.status_code == code
    if code == 422:
        assert f'value="{text}"' in answer.text


# --- Groups ------------------------------------------------------------------------------------------------


@both_databases
def test_more_people_than_a_form_takes_are_refused_as_a_whole(session: Session, client: FlaskClient) -> None:
    event = plenary(session, capacities=(300,) * 4)
    session.commit()
    many = [{"name": f"Personne {number}", "workshops": two(event)} for number in range(200)]
    page = client.post(url_of(event, "groupe"), data=of_group(*many))
    assert page.status_code == 422
    assert "10 personnes au plus" in page.text
    assert 'value="Personne 199"' in page.text
    assert names(session) == []


def test_whose_name_alone_lacks_is_not_left_out(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    people = ({"name": "Ana", "workshops": two(event)}, {"name": "", "workshops": two(event), "meal": ""})
    page = client.post(url_of(event, "groupe"), data=of_group(*people))
    assert page.status_code == 422
    assert re.search(r'href="#people-1-name">Personne 2, Prénom et nom<', page.text)
    assert names(session) == []


@both_databases
def test_a_group_larger_than_a_workshop_is_told_whose_and_seats_shown_are_those_left(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session, capacities=(2, 9, 9, 9))
    session.commit()
    people = [{"name": name, "workshops": two(event)} for name in ("Ana", "Bob", "Cléo")]
    page = client.post(url_of(event, "groupe"), data=of_group(*people))
    assert page.status_code == 422
    assert "plus assez de places pour tout le groupe dans" in page.text
    assert 'href="#people-2-workshops"' in page.text
    # What the first ones would take is given back before the page is made.
    assert re.search(r"Il\sreste\s2\splaces", page.text)
    assert names(session) == []
    session.refresh(event)
    assert (event.taken, event.workshops[0].taken) == (0, 0)


@both_databases
def test_a_group_comes_and_waits_where_too_few_workshops_have_seats(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session, capacities=(1, 1, 1, 9))
    for number, pair in enumerate(((0, 1),), start=1):
        sign_up.register(session, event, person(number), wishes(event, *pair), now=NOW)
    first = sign_up.register(session, event, person(9), wishes(event, 2, 3), now=NOW).registration
    session.commit()
    assert event.lacks_workshops
    url = url_of(event, "groupe")
    assert 'name="agrees_to_wait"' in client.get(url).text
    people = [{"name": name, "workshops": two(event, 0, 3)} for name in ("Ana", "Bob")]
    refused = client.post(url, data=of_group(*people))
    assert refused.status_code == 422
    assert "pas assez de places pour tout le groupe" in refused.text
    assert client.post(url, data=of_group(*people, agrees_to_wait="y")).status_code == 303
    session.rollback()
    rows = session.scalars(select(Registration).where(Registration.group_id.is_not(None))).all()
    assert [row.state for row in rows] == [RegistrationState.CONFIRMED] * 2
    assert [[choice.workshop_id for choice in row.choices] for row in rows] == [[event.workshops[3].id]] * 2
    assert [[wait.workshop_id for wait in row.waits] for row in rows] == [[event.workshops[0].id]] * 2
    holder = session.scalars(select(Registration).where(Registration.email == "p1@example.org")).one()
    sign_up.cancel(session, holder, actor="test", now=NOW)
    session.commit()
    session.expire_all()
    assert [len(row.choices) for row in rows] == [2, 1]  # in their order
    assert first.is_confirmed


@both_databases
def test_a_group_that_uses_the_workshops_up_is_asked_whether_the_last_ones_wait(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session, capacities=(1, 1, 1, 1))
    session.commit()
    url, pairs = url_of(event, "groupe"), (("Ana", (0, 1)), ("Bob", (2, 3)), ("Cléo", (0, 2)))
    people = [{"name": name, "workshops": two(event, *places)} for name, places in pairs]
    refused = client.post(url, data=of_group(*people))
    assert refused.status_code == 422
    assert 'name="agrees_to_wait"' in refused.text
    assert names(session) == []
    assert client.post(url, data=of_group(*people, agrees_to_wait="y")).status_code == 303
    assert names(session) == [(name, "confirmed") for name, _places in pairs]
    session.refresh(event)
    assert [row.taken for row in event.workshops] == [1, 1, 1, 1]


# --- Invitations, reserved places, somebody's place ---------------------------------------------------


def invited(session: Session, event: Event, kind: Admission = Admission.INVITATION) -> str:
    event.admission = kind
    session.flush()
    admission.invite(session, event, [admission.Asked("zoe@example.org", "Zoé B.")], actor="test", now=NOW)
    row = session.scalars(select(EventInvitation)).one()
    raw = tokens.issue(session, letters.INVITATION_PURPOSE, row, now=NOW, lifetime=letters.LINK_OUTLIVES_DAY)
    session.commit()
    return raw


@both_databases
def test_an_invitation_that_served_says_so_before_a_form_is_filled(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session)
    raw = invited(session, event)
    page = client.get(f"{url_of(event)}?invitation={raw}")
    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    colleague = sent(event, name="Ana", email="ana@example.org", invitation=raw)
    assert client.post(url_of(event), data=colleague).status_code == 303  # passed on: it holds for one person
    used = client.get(f"{url_of(event)}?invitation={raw}")
    assert used.location == f"/invitation-journee/{raw}"
    assert "Toutes les places de cette invitation sont prises" in client.get(used.location).text
    refused = client.post(url_of(event), data=sent(event, form_key="other", invitation=raw))
    assert refused.status_code == 422
    assert "a déjà servi" in refused.text
    assert names(session) == [("Ana", "confirmed")]


def test_an_invitation_that_served_keeps_nobody_out_of_an_open_day(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session)
    raw = invited(session, event, Admission.OPEN)
    for number in "12":
        data = sent(event, email=f"z{number}@example.org", form_key=number, invitation=raw)
        assert client.post(url_of(event), data=data).status_code == 303
    session.rollback()
    came = session.scalars(select(Registration.invitation_id).order_by(Registration.id)).all()
    assert [each is None for each in came] == [False, True]


def test_the_form_of_a_group_reached_by_an_invitation_is_as_private(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session)
    raw = invited(session, event)
    page = client.get(f"{url_of(event, 'groupe')}?invitation={raw}")
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == ("no-referrer", "no-store")


@both_databases
def test_a_known_address_is_never_told_unseen(session: Session, client: FlaskClient) -> None:
    """Whoever puts an address on a place learns that it is signed up, and its owner gets a mail each hour."""
    event = plenary(session)
    house = factories.organisation(session, "Maison Ouverte")
    own = sign_up.register(session, event, person(1), wishes(event, 0, 1), now=NOW)
    sign_up.register(session, event, person(2), wishes(event, 0, 1), now=NOW)
    group = groups.register(
        session, event, Group("Léa", "lea@example.org"), [(person(3), wishes(event, 0, 1))], now=NOW
    )
    places = reserving.reserve(session, event, house, 2, contact_email="m@example.org", actor="test", now=NOW)
    raw = tokens.issue(session, letters.RESERVED_PURPOSE, places, now=NOW, lifetime=letters.LINK_OUTLIVES_DAY)
    session.commit()
    member = group.group.registrations[0]
    given = {"name": "X", "email": "P2@example.org", "workshops": two(event)}

    def to_them() -> int:
        session.rollback()
        wanted = select(Message).where(Message.recipient == "p2@example.org", Message.kind == "events.link")
        return len(session.scalars(wanted).all())

    for number, address in enumerate(
        (
            f"/inscription/{own.link}/ceder",
            f"/groupe/{group.link}/{member.id}/remplacer",
            f"/places/{raw}/nom",
        )
    ):
        for row in session.scalars(select(Message).where(Message.kind == "events.link")):
            row.version = f"{row.id} before {number}"  # as an hour later
        session.commit()
        page = client.post(address, data=given)
        assert page.status_code == 200, address
        assert "un mail lui envoie son lien" in page.text
        assert 'value="p2@example.org"' in page.text
        assert to_them() == number + 1
    assert len(names(session)) == 3


@both_databases
def test_a_reserved_place_named_twice_with_one_address(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    house = factories.organisation(session, "Maison Ouverte")
    places = reserving.reserve(session, event, house, 2, contact_email="m@example.org", actor="test", now=NOW)
    raw = tokens.issue(session, letters.RESERVED_PURPOSE, places, now=NOW, lifetime=letters.LINK_OUTLIVES_DAY)
    session.commit()
    page = client.get(f"/places/{raw}/nom").text
    assert "Choisissez 2 ateliers." in page
    data = {"name": "Ada", "email": "ada@example.org", "workshops": two(event), "form_key": "a"}
    assert client.post(f"/places/{raw}/nom", data=data).status_code == 303
    refused = client.post(f"/places/{raw}/nom", data={**data, "form_key": "b", "email": "ADA@example.org "})
    assert refused.status_code == 422
    assert "a déjà une de vos places" in refused.text
    for field, wrong in (("workshops", ["²", "9" * 30]), ("meal", "²"), ("meal", "9" * 30)):
        odd = {**data, "form_key": "c", "email": "", field: wrong}
        assert client.post(f"/places/{raw}/nom", data=odd).status_code == 422
    assert names(session) == [("Ada", "confirmed")]
    session.refresh(places)
    assert (places.filled, places.seats) == (1, 2)


def test_an_organisation_that_is_no_number_is_refused(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    event = plenary(session)
    session.commit()
    sign_in(client, factories.coordinator(session))
    for wrong in ("²", "9" * 30, "x", "0"):
        data = {"organisation": wrong, "seats": "2"}
        page = client.post(f"/journees/{event.slug}/admissions/places", data=data)
        assert page.status_code == 422
        assert "Choisissez une organisation" in page.text


@both_databases
def test_pasted_invitations_hold_no_sign_that_no_database_stores(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    event = plenary(session)
    session.commit()
    sign_in(client, factories.coordinator(session))
    lines = "Zo\0é\u202e B., zoe@example.org\r\n" * 2
    page = client.post(
        f"/journees/{event.slug}/admissions/invitations/plusieurs", data={"lines": lines, "many": "1"}
    )
    assert page.status_code == 303
    session.rollback()
    assert session.execute(select(EventInvitation.name, EventInvitation.email)).all() == [
        ("Zoé B.", "zoe@example.org")
    ]


@both_databases
def test_who_is_accepted_once_the_day_filled_waits_or_is_told(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    event = plenary(session, capacity=1)
    event.admission = Admission.APPROVAL
    for number in (1, 2):
        sign_up.register(session, event, person(number), wishes(event, 0, 1), now=NOW)
    event.has_waitlist = False
    session.commit()
    sign_in(client, factories.coordinator(session))
    numbers = [str(each) for each in session.scalars(select(Registration.id).order_by(Registration.id))]
    url = f"/journees/{event.slug}/admissions/accepter"
    page = client.post(url, data={"number": numbers}, follow_redirects=True).text
    assert "1 demande est acceptée" in page
    assert "Cette journée est complète" in page
    assert [state for _name, state in names(session)] == ["confirmed", "pending"]
    event.has_waitlist = True
    session.commit()
    page = client.post(url, data={"number": numbers[1]}, follow_redirects=True).text
    assert "1 personne est sur la liste d’attente" in page
    assert [state for _name, state in names(session)] == ["confirmed", "waiting"]


@both_databases
def test_going_back_to_name_another_person_names_another(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    house = factories.organisation(session, "Maison Ouverte")
    places = reserving.reserve(session, event, house, 3, contact_email="m@example.org", actor="test", now=NOW)
    raw = tokens.issue(session, letters.RESERVED_PURPOSE, places, now=NOW, lifetime=letters.LINK_OUTLIVES_DAY)
    session.commit()
    data = {"name": "Ada", "email": "", "workshops": two(event), "form_key": "a"}
    for name in ("Ada", "Ada", "Bob"):
        assert client.post(f"/places/{raw}/nom", data={**data, "name": name}).status_code == 303
    assert names(session) == [("Ada", "confirmed"), ("Bob", "confirmed")]


@both_databases
def test_who_is_named_on_a_reserved_place_answers_who_may_come(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    drafts = [PRESETS["permit"], PRESETS["french"]]
    drafts[0] = Draft(**{**vars(drafts[0]), "unmet": Unmet.REFUSE, "threshold": 8})
    gate = [f"q{questions.add(session, event, each, actor='test', now=NOW).id}" for each in drafts]
    house = factories.organisation(session, "Maison Ouverte")
    places = reserving.reserve(session, event, house, 2, contact_email="m@example.org", actor="test", now=NOW)
    raw = tokens.issue(session, letters.RESERVED_PURPOSE, places, now=NOW, lifetime=letters.LINK_OUTLIVES_DAY)
    session.commit()
    url = f"/places/{raw}/nom"
    assert "depuis moins de 8 ans" in client.get(url).text
    data = {"name": "Ada", "email": "ada@example.org", "workshops": two(event), "form_key": "a"}
    for said, words in (
        ({}, "Choisissez une réponse"),
        ({gate[0]: "no", gate[1]: "yes"}, "s’adresse à d’autres personnes"),
        ({gate[0]: "yes", gate[1]: "no"}, "l’équipe décide elle-même"),
        ({gate[0]: "5", gate[1]: "yes"}, "ne convient pas"),
    ):
        refused = client.post(url, data={**data, **said})
        assert (refused.status_code, words in refused.text) == (422, True), said
        assert 'value="ada@example.org"' in refused.text
    assert names(session) == []
    yes = dict.fromkeys(gate, "yes")
    assert client.post(url, data={**data, **yes}).status_code == 303
    session.rollback()
    row = session.scalars(select(Registration)).one()
    assert [answer.value for answer in row.answers] == [True, True]
    # A name spelt wrong is mended without answering again; another person answers.
    page = f"/places/{raw}/{row.id}"
    assert "Seulement si une autre personne vient" in client.get(page).text
    assert client.post(page, data={**data, "name": "Ada B."}).status_code == 303
    other = {**data, "name": "Bob", "email": "bob@example.org"}
    assert client.post(page, data=other).status_code == 422
    assert client.post(page, data={**other, **yes}).status_code == 303
    assert names(session) == [("Ada B.", "cancelled"), ("Bob", "confirmed")]
    bob = session.scalars(select(Registration).where(Registration.name == "Bob")).one()
    assert [answer.value for answer in bob.answers] == [True, True]


@pytest.mark.parametrize(("mode", "kept"), [("onsite", True), ("online", False)])
def test_who_follows_online_is_asked_nothing_of_meals(
    session: Session, client: FlaskClient, mode: str, kept: bool
) -> None:
    event = plenary(session, mode=Mode.HYBRID, online_url="https://example.org/salle", online_capacity=9)
    session.commit()
    data = sent(event, mode=mode, diet="Sans gluten")
    refused = client.post(url_of(event), data=data)
    assert refused.status_code == (
        422 if kept else 303
    )  # a diet is confided; what is not kept needs no consent
    client.post(url_of(event), data={**data, "consents": "y"})
    session.rollback()
    row = session.scalars(select(Registration)).one()
    assert (row.meal_id is not None, bool(row.diet), row.needs_consent_at is not None) == (kept, kept, kept)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, 303) for text in ("1", "5", "1000")),
        *((text, 422) for text in ("0", "-1", "1001", "5,5", "²", "cinq")),
    ],
)
def test_a_threshold_has_its_limits(
    session: Session, client: FlaskClient, sign_in: SignIn, text: str, code: int
) -> None:
    event = plenary(session)
    session.commit()
    sign_in(client, factories.coordinator(session))
    data = {
        "purpose": "eligibility", "label": "Un titre depuis moins de {seuil} ans ?", "expected": "yes",
        "unmet": "check", "threshold": text,
    }  # fmt: skip
    page = client.post(f"/journees/{event.slug}/questions/ajouter", data=data)
    assert page.status_code == code
    assert code == 303 or re.search(r'id="threshold-error"[^§]*?1 à 1.000', page.text)
    assert code == 303 or f'value="{text}"' in page.text
