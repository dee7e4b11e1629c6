"""People come in each way there is and have themselves erased: nothing says any more that they came."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit, clock, jobs
from hub.core.mail import Message, MessageState
from hub.core.tokens import Token
from hub.events.models.days import Admission, Event, EventSession, Promotion
from hub.events.models.letters import LetterKind
from hub.events.models.outcomes import Source
from hub.events.models.registrations import (
    EventInvitation,
    GroupSignUp,
    NewsletterConsent,
    Registration,
    RegistrationState,
)
from hub.events.models.retention import Kept
from hub.events.operations import (
    admission,
    door,
    groups,
    handing_over,
    letters,
    news,
    own_data,
    reserving,
    retention,
    sign_up,
    waitlist,
)
from tests import factories
from tests.conftest import Installation, both_databases
from tests.events.plenary import person, plenary, wishes
from tests.events.test_retention import after, dump
from tests.events.waiting import leave
from tests.factories import NOW

# An apostrophe, an ampersand and signs of Markdown: mails write them in three ways.
NAME = "Zoé D'Quatremots & [Fils] *d’or*"
EMAIL = "zoe.quatremots@example.org"
TEAM = "équipe"


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def found(session: Session) -> list[str]:
    """Return the rows of the database that still say the name or the address."""
    return [line for line in dump(session).splitlines() if "quatremots" in line]


def by_form(session: Session, organisation: str = "Quatremots ASBL") -> Registration:
    event = plenary(session)
    who = person(name=NAME, email=EMAIL, phone="0470 quatremots", organisation_name=organisation)
    told = wishes(event, 0, 1, diet="sans quatremots", access_needs="rampe quatremots", consents=True)
    return sign_up.register(session, event, who, told, now=NOW).registration


def in_a_group(session: Session) -> Registration:
    event = plenary(session)
    people = [
        (person(name=NAME, email=EMAIL), wishes(event, 0, 1)),
        (person(2, email=None), wishes(event, 0, 1)),
    ]
    contact = groups.Group(name="Léa C.", email="lea@example.org")
    groups.register(session, event, contact, people, now=NOW)
    return session.scalars(select(Registration).where(Registration.email == EMAIL)).one()


def signing_a_group_up(session: Session) -> Registration:
    """Who signs the others up comes too."""
    event = plenary(session)
    people = [
        (person(name=NAME, email=EMAIL), wishes(event, 0, 1)),
        (person(2, email=None), wishes(event, 0, 1)),
    ]
    contact = groups.Group(name=NAME, email=EMAIL, phone="quatremots", organisation_name="Quatremots ASBL")
    groups.register(session, event, contact, people, now=NOW)
    return session.scalars(select(Registration).where(Registration.email == EMAIL)).one()


def by_invitation(session: Session) -> Registration:
    event = plenary(session)
    event.admission = Admission.INVITATION
    admission.invite(session, event, [admission.Asked(EMAIL, NAME, 1)], actor=TEAM, now=NOW)
    asked = session.scalars(select(EventInvitation)).one()
    letters.invite(session, asked, now=NOW)
    who = person(name=NAME, email=EMAIL)
    return sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW, invitation=asked).registration


def on_a_reserved_place(session: Session) -> Registration:
    """Who gives the names for an organisation takes one of the places."""
    event = plenary(session)
    row = reserving.reserve(
        session, event, factories.organisation(session), 2, contact_name=NAME, contact_email=EMAIL,
        actor=TEAM, now=NOW,
    )  # fmt: skip
    return reserving.fill(session, row, reserving.Named(NAME, EMAIL, _first_two(event)), actor=TEAM, now=NOW)


def _first_two(event: Event) -> tuple[int, ...]:
    return tuple(workshop.id for workshop in event.workshops[:2])


def waiting(session: Session) -> Registration:
    event = plenary(session, capacities=(1, 1, 1, 1))
    event.capacity = 1
    sign_up.register(session, event, person(7), wishes(event, 0, 1), now=NOW)
    told = wishes(event, 0, 1, agrees_to_wait=True)
    return sign_up.register(session, event, person(name=NAME, email=EMAIL), told, now=NOW).registration


def offered(session: Session) -> Registration:
    row = waiting(session)
    row.event.promotion = Promotion.OFFER
    other = session.scalars(select(Registration).where(Registration.id != row.id)).one()
    leave(session, other)
    waitlist.settle(session, row.event, now=NOW)
    session.flush()
    return row


def pending(session: Session) -> Registration:
    event = plenary(session)
    event.admission = Admission.APPROVAL
    who = person(name=NAME, email=EMAIL)
    return sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW).registration


def declined(session: Session) -> Registration:
    row = pending(session)
    admission.decline(session, row, reason="quatremots", actor=TEAM, now=NOW)
    return row


def on_a_place_given(session: Session) -> Registration:
    """Somebody gave their place to this person: the mail to them names who comes now."""
    event = plenary(session)
    first = sign_up.register(session, event, person(1), wishes(event, 0, 1), now=NOW).registration
    row = handing_over.hand_over(session, first, NAME, EMAIL, now=NOW)
    assert row is not None
    return row


def giving_the_place_away(session: Session) -> Registration:
    row = by_form(session, "Les Amis ASBL")  # the other comes for them as well
    assert handing_over.hand_over(session, row, "Colette", "colette@example.org", now=NOW) is not None
    return row


def walking_in(session: Session) -> Registration:
    event = plenary(session)
    moment = EventSession(
        event=event, title="Matinée", starts_at=event.starts_at, ends_at=event.starts_at + timedelta(hours=3)
    )
    session.add(moment)
    session.flush()
    came = door.Newcomer(NAME, "Quatremots ASBL", EMAIL, "gesture")
    seen = door.Arrival(event.starts_at, Source.WALK_IN)
    return door.walk_in(session, moment, came, seen, actor=TEAM, now=event.starts_at)


WAYS: dict[Callable[[Session], Registration], RegistrationState] = {
    by_form: RegistrationState.CONFIRMED,
    in_a_group: RegistrationState.CONFIRMED,
    signing_a_group_up: RegistrationState.CONFIRMED,
    by_invitation: RegistrationState.CONFIRMED,
    on_a_reserved_place: RegistrationState.CONFIRMED,
    waiting: RegistrationState.WAITING,
    offered: RegistrationState.OFFERED,
    pending: RegistrationState.PENDING,
    declined: RegistrationState.DECLINED,
    on_a_place_given: RegistrationState.CONFIRMED,
    giving_the_place_away: RegistrationState.CANCELLED,
    walking_in: RegistrationState.CONFIRMED,
}
ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@both_databases
@ways
@pytest.mark.parametrize("mails_left", [True, False], ids=["sent", "queued"])
def test_whoever_has_themselves_erased_is_nowhere_any_more(
    session: Session,
    run_jobs: Callable[[], int],
    way: Callable[[Session], Registration],
    mails_left: bool,
) -> None:
    row = way(session)
    assert row.state == WAYS[way]
    session.commit()
    if mails_left:
        run_jobs()
        session.expire_all()
    assert found(session), "the name stood somewhere"
    heads, held = row.event.heads, row.state in {RegistrationState.CONFIRMED, RegistrationState.OFFERED}
    reserved = row.reserved
    own_data.erase(session, row, with_certificates=True, now=NOW)
    assert found(session) == []
    session.expire_all()
    assert row.purged_at == NOW
    if way is waiting:
        assert row.state == RegistrationState.CANCELLED
    if reserved is not None:
        assert reserved.filled == 0, "the place is the organisation's again"
        held = False
    assert row.event.heads == heads - held
    assert (
        session.scalars(
            select(Token).where(Token.subject_type == "registration", Token.subject_id == row.id)
        ).all()
        == []
    )


@both_databases
@ways
def test_each_way_in_ends_by_rule_too(
    session: Session, run_jobs: Callable[[], int], way: Callable[[Session], Registration]
) -> None:
    row = way(session)
    session.commit()
    run_jobs()
    session.expire_all()
    retention.erase_due(session, row.event, now=after(row.event, 4000))
    assert found(session) == []


@ways
def test_what_one_takes_along_is_all_that_one_told(
    session: Session, client: FlaskClient, way: Callable[[Session], Registration]
) -> None:
    """By one's own link, in each way in; it never holds another person's address."""
    row = way(session)
    link = f"/inscription/{letters.issue_link(session, row, now=NOW)}/mes-donnees"
    session.commit()
    page = client.get(link)
    assert page.status_code == 200
    # Erasing ends other roles too: who is asked to press the button reads it before.
    elsewhere = {signing_a_group_up, by_invitation, on_a_reserved_place}
    assert ("elle y est effacée" in page.text) is (way in elsewhere)
    held = client.get(f"{link}/fichier").get_json()
    assert (held["inscription"]["nom"], held["inscription"]["adresse_mail"]) == (NAME, EMAIL)
    assert held["inscription"]["etat"] == row.state.value
    told = client.get(f"{link}/fichier").get_data(as_text=True)
    for other in ("lea@example.org", "colette@example.org", "p1@example.org", "p7@example.org"):
        assert other not in told
    if way is signing_a_group_up:
        assert held["inscription_de_groupe"]["votre_adresse"] == EMAIL
    if way is on_a_reserved_place:
        assert held["place_reservee"]["votre_adresse"] == EMAIL
    if way is by_invitation:
        assert held["invitation"]["adresse_mail"] == EMAIL
    if way is declined:
        assert held["inscription"]["motif_de_la_decision"] == "quatremots"


def test_who_gives_a_place_away_keeps_nothing_but_a_name_and_a_link_of_their_own(
    session: Session, client: FlaskClient
) -> None:
    row = by_form(session, "Les Amis ASBL")
    old = letters.issue_link(session, row, now=NOW)
    handing_over.hand_over(session, row, "Colette", "colette@example.org", now=NOW)
    session.commit()
    assert (row.phone, row.diet, row.access_needs, row.answers) == ("", "", "", [])
    assert client.get(f"/inscription/{old}").status_code == 410
    last = session.scalars(
        select(Message).where(Message.subject_id == row.id, Message.kind == f"events.{LetterKind.CANCELLED}")
    ).one()
    link = last.text.partition("/inscription/")[2].split()[0]
    assert client.get(f"/inscription/{link}").status_code == 200
    assert client.get(f"/inscription/{link}/mes-donnees").status_code == 200
    assert client.post(f"/inscription/{link}/mes-donnees", data={}).status_code == 303
    session.expire_all()
    assert found(session) == []
    other = session.scalars(select(Registration).where(Registration.email == "colette@example.org")).one()
    assert other.state == RegistrationState.CONFIRMED
    assert other.event.heads == 1, "erasing gives nobody else's seat back"


@both_databases
def test_others_of_the_same_day_keep_theirs(session: Session) -> None:
    row = signing_a_group_up(session)
    event = row.event
    contact = groups.Group(name="Léa C.", email="lea@example.org")
    groups.register(session, event, contact, [(person(5), wishes(event, 2, 3))], now=NOW)
    own_data.erase(session, row, with_certificates=True, now=NOW)
    session.commit()
    assert sorted(session.scalars(select(GroupSignUp.contact_name))) == ["", "Léa C."]
    names = session.scalars(select(Registration.name).order_by(Registration.id)).all()
    assert names == ["", "Participant·e 2", "Participant·e 5"]
    mails = session.scalars(select(Message).where(Message.recipient == "lea@example.org")).all()
    assert mails
    assert all(mail.text for mail in mails)


@both_databases
def test_a_group_reads_on_who_else_comes(session: Session) -> None:
    """Of the mail to who signed the others up, one name goes and all the rest stays, sent or not."""
    row = in_a_group(session)
    mail = session.scalars(select(Message).where(Message.kind == "events.group")).one()
    assert NAME in mail.text
    own_data.erase(session, row, with_certificates=False, now=NOW)
    session.commit()
    session.expire_all()
    assert mail.state == MessageState.QUEUED
    assert "Participant·e 2" in mail.text
    assert "Participant·e 2" in mail.html
    assert "uatremots" not in mail.text + mail.html
    assert "…" in mail.text


@both_databases
def test_news_stay_until_taken_back_then_the_address_is_nowhere(session: Session) -> None:
    """Its consent is apart: neither the rules of the day nor erasing end it."""
    event = plenary(session)
    row = news.subscribe(session, EMAIL, event, now=NOW)
    session.commit()
    retention.erase_due(session, event, now=after(event, 4000))
    session.commit()
    assert session.scalars(select(NewsletterConsent.email)).all() == [EMAIL]
    news.withdraw(session, row, now=NOW)
    assert found(session) == []


@both_databases
def test_a_day_that_fails_keeps_no_other_from_being_erased(
    session: Session, installation: Installation, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]
) -> None:
    """The job does the others, fails, and does the rest when it tries again."""
    bad = by_form(session).event
    good = plenary(session, title="Autre journée")
    sign_up.register(session, good, person(3), wishes(good, 0, 1), now=NOW)
    session.commit()
    late = after(bad, 4000)
    monkeypatch.setattr(clock, "now", lambda: late)
    erase = retention.erase_due

    def erase_or_break(session: Session, event: Event, *, now: datetime) -> dict[str, int]:
        done = erase(session, event, now=now)
        if event.id == bad.id:
            raise RuntimeError("broken")
        return done

    monkeypatch.setattr(retention, "erase_due", erase_or_break)
    jobs.enqueue(session, "events.erase_due", now=late)
    session.commit()
    run_jobs()
    session.expire_all()
    rows = session.scalars(select(Registration))
    assert {row.event_id: row.name for row in rows} == {bad.id: NAME, good.id: ""}
    job = session.scalars(select(jobs.Job).where(jobs.Job.name == "events.erase_due")).one()
    assert f"events [{bad.id}]" in job.error
    monkeypatch.setattr(retention, "erase_due", erase)
    job.run_at, job.state = late, jobs.JobState.QUEUED
    session.commit()
    run_jobs()
    session.expire_all()
    assert session.scalars(select(Registration.name)).all() == ["", ""]
    assert installation.engine is not None


@both_databases
def test_after_a_restore_the_next_night_erases_again(session: Session) -> None:
    """What a backup brings back is due again, though the rule says that it was done."""
    row = by_form(session)
    event, late = row.event, after(row.event, 400)
    assert retention.erase_due(session, event, now=late)
    # As the backup had it: rows and names of before, the rule's note kept or not.
    row.name, row.email, row.search_text, row.purged_at = NAME, EMAIL, "quatremots", None
    row.phone = "quatremots"
    session.commit()
    assert set(retention.erase_due(session, event, now=late)) == {Kept.IDENTITY, Kept.PHONE}
    assert found(session) == []


@both_databases
@pytest.mark.parametrize("way", [walking_in, by_form, waiting, declined], ids=lambda way: way.__name__)
def test_a_coordinator_erases_for_who_has_no_link(
    session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient],
    way: Callable[[Session], Registration],
) -> None:  # fmt: skip
    """On paper, by phone, at the door: who left no address asks the team."""
    row = way(session)
    if way is not by_form:
        row.email = None
    path = f"/journees/{row.event.slug}/inscriptions/{row.id}"
    session.commit()
    assert client.get(f"{path}/effacer").status_code == 302, "who isn't signed in is sent to do so"
    assert client.post(f"{path}/effacer", data={}).status_code == 403
    sign_in(client, factories.coordinator(session))
    session.commit()
    assert f"{path}/effacer" in client.get(path).text
    page = client.get(f"{path}/effacer")
    assert page.status_code == 200
    assert ("sa place revient" in page.text) is (way is not declined)
    session.rollback()
    assert found(session), "looking changes nothing"
    assert client.post(f"{path}/effacer", data={}).status_code == 303
    session.rollback()
    assert found(session) == []
    session.rollback()
    assert client.get(f"{path}/effacer").status_code == 404
    acts = [entry.action for entry in session.scalars(audit.history(row))]
    assert "registration.erased" in acts


def test_the_number_of_another_day_erases_nobody(
    session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    row, other = by_form(session), plenary(session, title="Autre journée")
    sign_in(client, factories.coordinator(session))
    session.commit()
    path = f"/journees/{other.slug}/inscriptions/{row.id}/effacer"
    assert [client.get(path).status_code, client.post(path, data={}).status_code] == [404, 404]


@both_databases
@pytest.mark.parametrize("way", [by_form, waiting], ids=lambda way: way.__name__)
def test_after_a_restore_who_was_erased_on_demand_is_erased_again(
    session: Session, run_jobs: Callable[[], int], way: Callable[[Session], Registration]
) -> None:
    """The backup is older than their wish: a file of numbers beside the database remembers it."""
    row = way(session)
    own_data.erase(session, row, with_certificates=True, now=NOW)
    session.commit()
    run_jobs()
    session.expire_all()
    row.name, row.email, row.search_text, row.purged_at = NAME, EMAIL, "quatremots", None
    jobs.enqueue(session, "events.forget_again", now=NOW)
    session.commit()
    assert found(session)
    session.rollback()
    run_jobs()
    session.expire_all()
    assert found(session) == []
    jobs.enqueue(session, "events.forget_again", now=NOW)
    session.commit()
    run_jobs()
    acts = [entry.action for entry in session.scalars(audit.history(row))]
    assert acts.count("registration.erased") == 2, "the second night had nothing to do"


@both_databases
def test_a_number_that_is_somebody_else_s_since_the_restore_is_left_alone(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    row = by_form(session)
    own_data.erase(session, row, with_certificates=True, now=NOW)
    session.commit()
    run_jobs()
    session.expire_all()
    row.name, row.purged_at, row.created_at = "Une autre personne", None, NOW + timedelta(seconds=1)
    jobs.enqueue(session, "events.forget_again", now=NOW)
    session.commit()
    run_jobs()
    session.expire_all()
    assert row.name == "Une autre personne"
