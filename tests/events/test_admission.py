"""Who may come: requests answered, addresses invited, places kept for organisations and filled by them."""

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.core.tokens import Token
from hub.events.models.days import Admission, Event, Mode
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.registrations import EventInvitation, Registration, RegistrationState, ReservedPlaces
from hub.events.operations import admission, days, handing_over, reserving, sign_up
from hub.events.operations.reserving import Named
from hub.events.queries import admission as queries
from hub.events.values import pasting
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import DAY, details, person, plenary, wishes
from tests.factories import NOW, coordinator, organisation

RunJobs = Callable[[], int]


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture
def desk(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, coordinator(session))


def mails(session: Session, kind: LetterKind) -> list[Message]:
    rows = session.scalars(select(Message).where(Message.kind == f"events.{kind}").order_by(Message.id))
    return list(rows)


def link_in(mail: Message, path: str) -> str:
    found = re.search(rf"{path}[\w-]{{43}}", mail.text)
    assert found is not None, mail.text
    return found.group(0)


def recount(session: Session, event: Event) -> None:
    """Compare what the day counts with what is there: seats held, and places without name."""
    session.flush()
    session.expire_all()
    for mode, taken in ((Mode.ONSITE, event.taken), (Mode.ONLINE, event.online_taken)):
        held = session.scalar(
            select(func.count(Registration.id)).where(
                Registration.event_id == event.id, Registration.mode == mode,
                Registration.state.in_((RegistrationState.CONFIRMED, RegistrationState.OFFERED)),
            )
        )  # fmt: skip
        empty = session.scalar(
            select(func.coalesce(func.sum(ReservedPlaces.seats - ReservedPlaces.filled), 0)).where(
                ReservedPlaces.event_id == event.id, ReservedPlaces.mode == mode,
                ReservedPlaces.released_at.is_(None),
            )
        )  # fmt: skip
        assert taken == (held or 0) + (empty or 0)


# --- Requests -------------------------------------------------------------------------------------


def asked(session: Session, number: int = 1, **values: Any) -> tuple[Event, list[Registration]]:
    event = plenary(session, **values)
    event.admission = Admission.APPROVAL
    session.flush()
    rows = [
        sign_up.register(session, event, person(each), wishes(event, 0, 1), now=NOW).registration
        for each in range(1, number + 1)
    ]
    assert {row.state for row in rows} == {RegistrationState.PENDING}
    return event, rows


@both_databases
def test_a_request_accepted_has_its_seats_and_is_told(session: Session) -> None:
    event, (row,) = asked(session)
    assert admission.accept(session, row, actor="test", now=NOW)
    assert row.state is RegistrationState.CONFIRMED
    assert {choice.workshop.title for choice in row.choices} == {"Besoins de base", "Insertion"}
    assert len(mails(session, LetterKind.CONFIRMED)) == 1
    recount(session, event)
    with pytest.raises(DomainError):
        admission.accept(session, row, actor="test", now=NOW)
    with pytest.raises(DomainError):
        admission.decline(session, row, "Trop tard", actor="test", now=NOW)


def test_accepted_without_a_seat_left_waits(session: Session) -> None:
    event, rows = asked(session, 2, capacity=1)
    assert admission.accept(session, rows[0], actor="test", now=NOW)
    assert not admission.accept(session, rows[1], actor="test", now=NOW)
    assert rows[1].state is RegistrationState.WAITING
    assert [mail.recipient for mail in mails(session, LetterKind.WAITING)] == [rows[1].email]
    recount(session, event)


@both_databases
def test_a_refusal_has_a_reason_and_forgets_the_needs(session: Session) -> None:
    event, (row,) = asked(session)
    row.diet, row.needs_consent_at = "Sans gluten", NOW
    session.flush()
    with pytest.raises(DomainError) as caught:
        admission.decline(session, row, "  ", actor="test", now=NOW)
    assert caught.value.field == "reason"
    admission.decline(session, row, "La session est pour d’autres personnes.", actor="test", now=NOW)
    assert (row.state, row.diet) == (RegistrationState.DECLINED, "")
    (mail,) = mails(session, LetterKind.DECLINED)
    assert "La session est pour d’autres personnes." in mail.text
    recount(session, event)


def test_a_day_called_off_takes_no_request(session: Session) -> None:
    event, (row,) = asked(session)
    days.call_off(session, event, "Grève", actor="test", now=NOW)
    with pytest.raises(DomainError):
        admission.accept(session, row, actor="test", now=NOW)


def test_the_page_accepts_those_ticked_in_the_order_they_asked(session: Session, desk: FlaskClient) -> None:
    event, rows = asked(session, 3, capacity=2)
    session.commit()
    page = f"/journees/{event.slug}/admissions"
    shown = desk.get(page).text
    assert all(row.name in shown for row in rows)
    assert desk.post(f"{page}/accepter", data={}).status_code == 303
    sent = {"number": [str(rows[2].id), str(rows[0].id), str(rows[1].id)]}
    assert desk.post(f"{page}/accepter", data=sent).status_code == 303
    session.rollback()
    session.expire_all()
    states = [row.state.value for row in rows]
    assert states == ["confirmed", "confirmed", "waiting"]


def test_refusing_on_the_page_asks_for_the_reason(session: Session, desk: FlaskClient) -> None:
    event, (row,) = asked(session)
    session.commit()
    page = f"/journees/{event.slug}/admissions/{row.id}/refuser"
    assert desk.get(page).status_code == 200
    assert desk.post(page, data={"reason": ""}).status_code == 422
    assert desk.post(page, data={"reason": "Complet pour ce public."}).status_code == 303
    assert "déjà répondu" in desk.get(page).text


# --- Invitations ----------------------------------------------------------------------------------


def invited(session: Session, *emails: str, places: int = 1) -> Event:
    event = plenary(session)
    event.admission = Admission.INVITATION
    session.flush()
    admission.invite(
        session, event, [admission.Asked(email, "Dominique", places) for email in emails],
        actor="test", now=NOW,
    )  # fmt: skip
    return event


@pytest.mark.parametrize(
    ("lines", "found", "wrong"),
    [
        (["a@example.org"], [("", "a@example.org")], []),
        (["Ann Dubois <A@Example.org>", "a@example.org"], [("Ann Dubois", "a@example.org")], []),
        (['"Dubois, Ann" <a@example.org>'], [("Dubois Ann", "a@example.org")], []),
        (["Ann Dubois;a@example.org"], [("Ann Dubois", "a@example.org")], []),
        (["Ann\tDubois\ta@example.org"], [("Ann Dubois", "a@example.org")], []),
        (["a@example.org, b@example.org"], [("", "a@example.org"), ("", "b@example.org")], []),
        (["Ann Dubois"], [], ["Ann Dubois"]),
        (["a@example", "b@example.org"], [("", "b@example.org")], ["a@example"]),
        (["a@example.org b@example.org"], [], ["a@example.org b@example.org"]),
    ],
)
def test_pasted_lines(lines: list[str], found: list[tuple[str, str]], wrong: list[str]) -> None:
    assert pasting.people(lines) == (found, wrong)


@both_databases
def test_invitations_leave_once_and_only_when_sent(session: Session, run_jobs: RunJobs) -> None:
    event = invited(session, "a@example.org", "b@example.org")
    again = [admission.Asked("a@example.org"), admission.Asked("c@example.org")]
    assert admission.invite(session, event, again, actor="test", now=NOW) == (1, 1)
    assert mails(session, LetterKind.INVITED) == []
    for _ in range(2):  # two clicks
        assert admission.plan_sending(session, event, actor="test", now=NOW) == 3
    session.commit()
    run_jobs()
    session.rollback()
    told = [mail.recipient for mail in mails(session, LetterKind.INVITED)]
    assert told == ["a@example.org", "b@example.org", "c@example.org"]
    with pytest.raises(DomainError):
        admission.plan_sending(session, event, actor="test", now=NOW)


def test_who_is_invited_signs_up_by_the_link_and_nobody_else(
    session: Session, client: FlaskClient, run_jobs: RunJobs
) -> None:
    event = invited(session, "a@example.org")
    admission.plan_sending(session, event, actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    with pytest.raises(DomainError):
        sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    session.rollback()
    (mail,) = mails(session, LetterKind.INVITED)
    page = link_in(mail, "/invitation-journee/")
    before = session.execute(text("SELECT * FROM event_invitation")).all()
    answer = client.get(page)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    session.rollback()
    assert session.execute(text("SELECT * FROM event_invitation")).all() == before
    form = re.search(r'href="(/journees/[^"]+/inscription\?invitation=[^"]+)"', answer.text)
    assert form is not None
    for shown in (client.get(form[1]), client.post(form[1], data={})):
        assert 'name="form_key"' in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in shown.headers["X-Robots-Tag"]
    assert "X-Robots-Tag" not in client.get(form[1].split("?")[0]).headers
    row = session.scalars(select(EventInvitation)).one()
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW, invitation=row)
    with pytest.raises(DomainError):
        sign_up.register(session, event, person(2), wishes(event, 0, 1), now=NOW, invitation=row)
    assert session.scalar(queries.used(row)) == 1


def test_saying_no_and_changing_one_s_mind(session: Session, client: FlaskClient, run_jobs: RunJobs) -> None:
    event = invited(session, "a@example.org")
    admission.plan_sending(session, event, actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    page = link_in(mails(session, LetterKind.INVITED)[0], "/invitation-journee/")
    assert client.post(page).status_code == 303
    session.rollback()
    session.expire_all()
    assert session.scalars(select(EventInvitation)).one().declined_at == NOW
    assert "vous ne venez pas" in client.get(page).text
    assert "M’inscrire" in client.get(page).text


def test_only_those_without_answer_are_reminded_once_a_day(session: Session, run_jobs: RunJobs) -> None:
    event = invited(session, "a@example.org", "b@example.org", "c@example.org")
    admission.plan_sending(session, event, actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    first, second, _ = session.scalars(select(EventInvitation).order_by(EventInvitation.id)).all()
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW, invitation=first)
    admission.answer_no(session, second, now=NOW)
    for _ in range(2):
        assert admission.plan_sending(session, event, reminds=True, actor="test", now=NOW) == 1
    session.commit()
    run_jobs()
    session.rollback()
    reminded = [mail for mail in mails(session, LetterKind.INVITED) if mail.version != mail.version.upper()]
    assert [mail.recipient for mail in reminded] == ["c@example.org"]
    assert "pas encore votre réponse" in reminded[0].text


@both_databases
def test_who_has_not_answered_is_told_that_the_day_moved(session: Session, run_jobs: RunJobs) -> None:
    event = invited(session, *(f"{name}@example.org" for name in "abcd"))
    admission.plan_sending(session, event, actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    first, second, third, _ = session.scalars(select(EventInvitation).order_by(EventInvitation.id)).all()
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW, invitation=first)
    admission.answer_no(session, second, now=NOW)
    admission.revoke(session, third, actor="test", now=NOW)
    factories.add(
        session, EventLetter(event_id=event.id, kind=LetterKind.INVITED, body="Venez !", updated_at=NOW)
    )
    days.edit(session, event, details(day=DAY + timedelta(days=7)), actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    told = [mail for mail in mails(session, LetterKind.INVITED) if mail.version.startswith("day-")]
    assert [mail.recipient for mail in told] == ["d@example.org"]
    assert "16 juin" in told[0].text  # the day's own words don't hide what is new
    assert "ce qui change" in told[0].title
    assert link_in(told[0], "/invitation-journee/")


def test_a_new_moment_after_sign_up_closed_is_told_to_nobody_invited(
    session: Session, run_jobs: RunJobs, at_now: Callable[[Any], None]
) -> None:
    event = invited(session, "a@example.org")
    admission.plan_sending(session, event, actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    closed = event.sign_up_closes_at
    at_now(closed)
    days.edit(session, event, details(starts=time(10)), actor="test", now=closed)
    session.commit()
    run_jobs()
    session.rollback()
    assert len(mails(session, LetterKind.INVITED)) == 1


def test_an_invitation_taken_back_opens_nothing(
    session: Session, client: FlaskClient, desk: FlaskClient, run_jobs: RunJobs
) -> None:
    event = invited(session, "a@example.org")
    admission.plan_sending(session, event, actor="test", now=NOW)
    session.commit()
    run_jobs()
    session.rollback()
    page = link_in(mails(session, LetterKind.INVITED)[0], "/invitation-journee/")
    row = session.scalars(select(EventInvitation)).one()
    path = f"/journees/{event.slug}/admissions/invitations/{row.id}/retirer"
    assert desk.post(path).status_code == 303
    assert client.get(page).status_code == 410
    session.rollback()
    session.expire_all()
    assert admission.invite(session, event, [admission.Asked("a@example.org")], actor="test", now=NOW) == (
        1,
        0,
    )
    assert row.revoked_at is None
    assert row.sent_at is None


def test_organisations_are_invited_at_their_own_address(session: Session) -> None:
    known = organisation(session, "Maison Ouverte", email="Maison@Example.org")
    organisation(session, "Sans Adresse")
    event = plenary(session)
    offered = session.execute(queries.invitable(event)).all()
    assert [row.id for row in offered] == [known.id]
    counts = admission.invite_organisations(session, event, [known.id, 999], places=3, actor="test", now=NOW)
    assert counts == (1, 0)
    row = session.scalars(select(EventInvitation)).one()
    assert (row.email, row.places, row.organisation_id) == ("maison@example.org", 3, known.id)
    assert session.execute(queries.invitable(event)).all() == []


def test_the_page_of_adding_says_which_line_is_wrong(session: Session, desk: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    page = f"/journees/{event.slug}/admissions/invitations"
    wrong = {"lines": "a@example.org\nn’importe quoi", "many": "1"}
    answer = desk.post(f"{page}/plusieurs", data=wrong)
    assert answer.status_code == 422
    assert "n’importe quoi" in answer.text
    assert session.scalar(select(func.count()).select_from(EventInvitation)) == 0
    good = {"lines": "Ann Dubois <a@example.org>\nb@example.org", "many": "2"}
    assert desk.post(f"{page}/plusieurs", data=good).status_code == 303
    assert desk.post(f"{page}/une", data={"email": "pas une adresse", "places": "1"}).status_code == 422
    assert desk.post(f"{page}/une", data={"email": "c@example.org", "places": "0"}).status_code == 422
    shown = desk.get(page).text
    assert "Ann Dubois" in shown
    assert "Envoyer 2 invitations" in shown


# --- Places kept for an organisation --------------------------------------------------------------


def kept(session: Session, number: int = 3, **values: Any) -> tuple[Event, ReservedPlaces]:
    event = plenary(session, **{"capacity": 10, **values})
    house = organisation(session, "Maison Ouverte")
    places = reserving.reserve(
        session, event, house, number, contact_name="Dominique", contact_email="maison@example.org",
        release_at=NOW + timedelta(days=5), actor="test", now=NOW,
    )  # fmt: skip
    return event, places


def named(event: Event, number: int = 1, **values: Any) -> Named:
    ids = tuple(event.workshops[place].id for place in (0, 1))
    return Named(
        **{"name": f"Membre {number}", "email": f"m{number}@example.org", "workshop_ids": ids, **values}
    )


@both_databases
def test_places_kept_count_at_once(session: Session) -> None:
    event, places = kept(session)
    assert event.taken == 3
    recount(session, event)
    (mail,) = mails(session, LetterKind.RESERVED)
    assert mail.recipient == "maison@example.org"
    assert link_in(mail, "/places/")
    raw = link_in(mail, "/places/").removeprefix("/places/")
    assert session.scalar(select(func.count()).where(Token.hash == raw)) == 0, "only the hash is stored"
    assert places.filled == 0


def test_more_than_there_are_is_refused_clearly(session: Session) -> None:
    event, _ = kept(session, 8)
    with pytest.raises(DomainError) as caught:
        reserving.reserve(session, event, organisation(session, "Autre"), 3, actor="test", now=NOW)
    assert caught.value.field == "seats"
    assert "2 places" in caught.value.msgid % caught.value.params
    with pytest.raises(DomainError) as caught:
        reserving.reserve(
            session, event, session.get_one(ReservedPlaces, 1).organisation, 1, actor="test", now=NOW
        )
    assert caught.value.field == "organisation"
    recount(session, event)


@both_databases
def test_a_place_is_filled_renamed_and_taken_off(session: Session) -> None:
    event, places = kept(session)
    row = reserving.fill(session, places, named(event), actor="test", now=NOW)
    assert (places.filled, event.taken, event.workshops[0].taken) == (1, 3, 1)
    assert [mail.recipient for mail in mails(session, LetterKind.CONFIRMED)] == ["m1@example.org"]
    other = reserving.rename(session, places, row, named(event, 2), actor="test", now=NOW)
    assert other.id != row.id
    assert row.state is RegistrationState.CANCELLED
    assert (places.filled, event.taken, event.workshops[0].taken) == (1, 3, 1)
    (told,) = mails(session, LetterKind.CANCELLED)
    assert told.recipient == "m1@example.org"
    assert "Membre 2" in told.text
    assert [mail.recipient for mail in mails(session, LetterKind.CONFIRMED)][-1] == "m2@example.org"
    recount(session, event)
    reserving.withdraw(session, places, other, actor="test", now=NOW)
    assert (places.filled, event.taken, event.workshops[0].taken) == (0, 3, 0)
    recount(session, event)


def test_the_links_of_who_was_replaced_end(session: Session, client: FlaskClient) -> None:
    event, places = kept(session)
    row = reserving.fill(session, places, named(event), actor="test", now=NOW)
    session.commit()
    link = link_in(mails(session, LetterKind.CONFIRMED)[0], "/inscription/")
    assert client.get(link).status_code == 200
    reserving.rename(session, places, row, named(event, 2), actor="test", now=NOW)
    session.commit()
    assert client.get(link).status_code == 410


def test_a_name_spelt_wrong_is_mended_without_another_person(session: Session) -> None:
    event, places = kept(session)
    row = reserving.fill(session, places, named(event, name="Membre Un"), actor="test", now=NOW)
    same = reserving.rename(session, places, row, named(event, name="Membre 1"), actor="test", now=NOW)
    assert same.id == row.id
    assert same.name == "Membre 1"
    assert mails(session, LetterKind.CANCELLED) == []


def test_a_place_may_have_a_name_without_address(session: Session) -> None:
    event, places = kept(session)
    row = reserving.fill(session, places, named(event, email=None), actor="test", now=NOW)
    assert row.email is None
    assert mails(session, LetterKind.CONFIRMED) == []


def test_no_more_names_than_places_and_no_address_twice(session: Session) -> None:
    event, places = kept(session, 2)
    reserving.fill(session, places, named(event), actor="test", now=NOW)
    with pytest.raises(DomainError) as caught:
        reserving.fill(session, places, named(event), actor="test", now=NOW)
    assert caught.value.field == "email"
    reserving.fill(session, places, named(event, 2), actor="test", now=NOW)
    with pytest.raises(DomainError):
        reserving.fill(session, places, named(event, 3), actor="test", now=NOW)
    recount(session, event)


def test_a_form_sent_twice_is_one_name(session: Session) -> None:
    event, places = kept(session)
    rows = {
        reserving.fill(session, places, named(event, form_key="x" * 20), actor="test", now=NOW).id
        for _ in range(2)
    }
    assert len(rows) == 1
    assert places.filled == 1


def test_workshops_of_a_name_follow_the_day_s_rules(session: Session) -> None:
    event, places = kept(session)
    with pytest.raises(DomainError) as caught:
        reserving.fill(
            session, places, named(event, workshop_ids=(event.workshops[0].id,)), actor="test", now=NOW
        )
    assert caught.value.field == "workshops"


@both_databases
def test_places_given_back_go_to_who_waits(session: Session) -> None:
    event, places = kept(session, 3, capacity=3)
    waits = sign_up.register(
        session, event, person(), wishes(event, 0, 1, agrees_to_wait=True), now=NOW
    ).registration
    assert waits.state is RegistrationState.WAITING
    with pytest.raises(DomainError) as caught:
        reserving.give_back(session, places, 4, actor="test", now=NOW)
    assert caught.value.field == "number"
    reserving.give_back(session, places, 1, actor="test", now=NOW)
    session.refresh(waits)
    assert waits.is_confirmed
    assert places.seats == 2
    recount(session, event)
    reserving.give_back(session, places, 2, actor="test", now=NOW)
    assert places.released_at == NOW
    recount(session, event)


def test_what_has_no_name_is_free_at_its_hour(
    session: Session, run_jobs: RunJobs, at_now: Callable[[Any], None]
) -> None:
    event, places = kept(session, 3, capacity=3)
    row = reserving.fill(session, places, named(event), actor="test", now=NOW)
    waits = sign_up.register(
        session, event, person(), wishes(event, 0, 1, agrees_to_wait=True), now=NOW
    ).registration
    session.commit()
    at_now(NOW + timedelta(days=5) - timedelta(seconds=1))
    run_jobs()
    session.expire_all()
    assert places.released_at is None
    at_now(NOW + timedelta(days=5))
    run_jobs()
    session.rollback()
    session.expire_all()
    assert places.released_at is not None
    assert row.state is RegistrationState.CONFIRMED
    assert waits.state is RegistrationState.CONFIRMED
    assert event.taken == 2
    recount(session, event)
    sign_up.cancel(session, row, actor="test", now=NOW + timedelta(days=5))
    assert event.taken == 1
    recount(session, event)


def test_fewer_places_than_names_is_refused(session: Session) -> None:
    event, places = kept(session, 2)
    reserving.fill(session, places, named(event), actor="test", now=NOW)
    reserving.fill(session, places, named(event, 2), actor="test", now=NOW)
    words: dict[str, Any] = {
        "contact_name": "", "contact_email": places.contact_email, "release_at": None,
        "actor": "test", "now": NOW,
    }  # fmt: skip
    with pytest.raises(DomainError) as caught:
        reserving.change(session, places, 1, **words)
    assert caught.value.field == "seats"
    reserving.change(session, places, 5, **words)
    assert event.taken == 5
    reserving.change(session, places, 2, **words)
    assert event.taken == 2
    recount(session, event)


def test_another_contact_gets_a_link_and_the_old_one_ends(session: Session, client: FlaskClient) -> None:
    _, places = kept(session)
    session.commit()
    old = link_in(mails(session, LetterKind.RESERVED)[0], "/places/")
    assert client.get(old).status_code == 200
    reserving.change(
        session, places, 3, contact_name="Alex", contact_email="alex@example.org", release_at=None,
        actor="test", now=NOW,
    )  # fmt: skip
    session.commit()
    assert client.get(old).status_code == 410
    new = link_in(mails(session, LetterKind.RESERVED)[-1], "/places/")
    assert client.get(new).status_code == 200


def test_the_representative_s_pages(session: Session, client: FlaskClient) -> None:
    event, places = kept(session)
    session.commit()
    page = link_in(mails(session, LetterKind.RESERVED)[0], "/places/")
    answer = client.get(page)
    assert "3 places attendent un nom" in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    ids = [str(event.workshops[0].id), str(event.workshops[1].id)]
    sent = {"name": "Membre 1", "email": "m1@example.org", "workshops": ids, "meal": ""}
    assert client.get(f"{page}/nom").status_code == 200
    assert client.post(f"{page}/nom", data={**sent, "name": ""}).status_code == 422
    assert client.post(f"{page}/nom", data={**sent, "workshops": ids[:1]}).status_code == 422
    assert client.post(f"{page}/nom", data=sent).status_code == 303
    session.rollback()
    row = session.scalars(select(Registration)).one()
    assert client.get(f"{page}/{row.id}").status_code == 200
    again = client.post(f"{page}/{row.id}", data={**sent, "name": "Membre 2", "email": "m2@example.org"})
    assert again.status_code == 303
    assert client.get(f"{page}/{row.id}").status_code == 404
    shown = client.get(page).text
    assert "Membre 2" in shown
    assert "Membre 1" not in shown
    assert client.post(f"{page}/rendre", data={"number": "2"}).status_code == 303
    session.rollback()
    session.expire_all()
    assert places.seats == 1
    recount(session, event)


def test_somebody_else_s_name_is_not_reached_by_the_link(session: Session, client: FlaskClient) -> None:
    event, _ = kept(session)
    other = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    session.commit()
    page = link_in(mails(session, LetterKind.RESERVED)[0], "/places/")
    assert client.get(f"{page}/{other.id}").status_code == 404
    assert client.post(f"{page}/{other.id}/retirer").status_code == 404


def test_the_coordination_keeps_places_on_its_page(session: Session, desk: FlaskClient) -> None:
    event = plenary(session, capacity=5)
    house = organisation(session, "Maison Ouverte")
    session.commit()
    page = f"/journees/{event.slug}/admissions/places"
    sent = {"organisation": str(house.id), "seats": "6", "contact_email": "maison@example.org"}
    assert desk.get(page).status_code == 200
    answer = desk.post(page, data=sent)
    assert answer.status_code == 422
    assert "5 places" in answer.text
    assert desk.post(page, data={**sent, "seats": "4", "release_on": "2020-01-01"}).status_code == 422
    assert desk.post(page, data={**sent, "seats": "4"}).status_code == 303
    assert "Maison Ouverte" in desk.get(page).text
    session.rollback()
    places = session.scalars(select(ReservedPlaces)).one()
    assert desk.get(f"{page}/{places.id}").status_code == 200
    assert desk.post(f"{page}/{places.id}/lien").status_code == 303
    assert desk.get(f"/mes-places/{places.id}").status_code == 200
    assert desk.post(f"{page}/{places.id}/liberer").status_code == 303
    session.rollback()
    session.expire_all()
    assert places.released_at is not None


# --- Giving one's place to a colleague ------------------------------------------------------------


@both_databases
def test_a_place_goes_to_a_colleague(session: Session) -> None:
    event = plenary(session)
    told = wishes(event, 0, 1, diet="Sans gluten", access_needs="Boucle", consents=True)
    row = sign_up.register(session, event, person(), told, now=NOW).registration
    other = handing_over.hand_over(session, row, "Camille", "Camille@Example.org", now=NOW)
    assert other is not None
    assert (other.email, other.state) == ("camille@example.org", RegistrationState.CONFIRMED)
    assert (other.diet, other.access_needs, other.needs_consent_at) == ("", "", None)
    assert other.code != row.code
    assert {choice.workshop.title for choice in other.choices} == {"Besoins de base", "Insertion"}
    assert (row.state, row.diet, row.choices) == (RegistrationState.CANCELLED, "", [])
    assert (event.taken, event.workshops[0].taken) == (1, 1)
    (told_old,) = mails(session, LetterKind.CANCELLED)
    assert told_old.recipient == "p1@example.org"
    assert "Camille" in told_old.text
    assert "CANCEL" in told_old.attachments[0]["type"]
    assert [mail.recipient for mail in mails(session, LetterKind.CONFIRMED)] == [
        "p1@example.org",
        "camille@example.org",
    ]
    recount(session, event)


def test_a_known_address_is_written_to_and_nothing_moves(session: Session) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    sign_up.register(session, event, person(2), wishes(event, 0, 1), now=NOW)
    assert handing_over.hand_over(session, row, "X", "p2@example.org", now=NOW) is None
    assert row.is_confirmed
    assert event.taken == 2
    link = session.scalars(select(Message).where(Message.kind == "events.link")).one()
    assert link.recipient == "p2@example.org"


def test_not_where_the_team_decides_nor_once_it_has_begun(session: Session) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    late = event.starts_at
    assert handing_over.is_open(row, now=late - timedelta(seconds=1))
    assert not handing_over.is_open(row, now=late)
    event.admission = Admission.APPROVAL
    with pytest.raises(DomainError):
        handing_over.hand_over(session, row, "X", "x@example.org", now=NOW)


def test_the_page_of_handing_over(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    done = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    session.commit()
    page = f"/inscription/{done.link}"
    assert "Céder ma place" in client.get(page).text
    assert client.get(f"{page}/ceder").status_code == 200
    wrong = client.post(f"{page}/ceder", data={"name": "Camille", "email": "pas une adresse"})
    assert wrong.status_code == 422
    assert "Camille" in wrong.text
    sent = {"name": "Camille", "email": "camille@example.org"}
    answer = client.post(f"{page}/ceder", data=sent)
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.get(page).status_code == 410


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("confirmed", "Votre place est réservée."),
        ("pending", "Elle n’est pas encore acceptée."),
        ("waiting", "vous n’avez pas encore de place."),
        ("offered", "Une place vous est proposée jusqu’au"),
        ("declined", "Votre demande n’est pas acceptée."),
        ("lapsed", "elle est allée à quelqu’un d’autre."),
        ("cancelled", "Votre inscription est annulée."),
    ],
)
def test_each_state_is_said_in_one_sentence(
    session: Session, client: FlaskClient, state: str, said: str
) -> None:
    event = plenary(session)
    done = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    row = done.registration
    row.state = RegistrationState(state)
    row.queued_at, row.offer_ends_at, row.cancelled_at = NOW, NOW + timedelta(days=1), NOW
    session.commit()
    answer = client.get(f"/inscription/{done.link}")
    assert answer.status_code == 200
    assert said in answer.text
    assert ("Ce que vous pouvez encore faire" in answer.text) == row.is_live
