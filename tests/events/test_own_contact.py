"""Who asked for others, or was asked, without coming: they see, take along and erase what is held."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit, clock
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.core.tokens import Token
from hub.events.models.days import Admission, Event
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import (
    EventInvitation,
    GroupSignUp,
    NewsletterConsent,
    Registration,
    RegistrationState,
    ReservedPlaces,
)
from hub.events.operations import (
    admission,
    groups,
    letters,
    lost_links,
    news,
    own_contact,
    own_data,
    reserving,
    retention,
    sign_up,
)
from hub.events.operations.own_contact import Role
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import person, plenary, wishes
from tests.events.test_retention import after, dump
from tests.factories import NOW

NAME = "Zoé D'Quatremots & [Fils] *d’or*"
EMAIL = "Zoe.Quatremots@Example.org"
TEAM = "équipe"


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def found(session: Session) -> list[str]:
    """Return the rows of the database that still say the name or the address."""
    return [line for line in dump(session).splitlines() if "quatremots" in line]


def day(session: Session) -> Event:
    event = plenary(session)
    event.contact_email = "equipe@example.org"
    return event


def of_a_group(session: Session) -> GroupSignUp:
    """Two come: one has an address, the other's mails go to who signed them up, the reminder too."""
    event = day(session)
    people = [(person(1), wishes(event, 0, 1)), (person(2, email=None), wishes(event, 0, 1))]
    contact = groups.Group(
        name=NAME,
        email=EMAIL,
        phone="0470 quatremots",
        organisation_name="Quatremots ASBL",
        form_key="k" * 20,
    )
    row = groups.register(session, event, contact, people, now=NOW).group
    for one in row.registrations:
        letters.send(session, one, LetterKind.REMINDER, now=NOW)
    return row


def of_reserved_places(session: Session) -> ReservedPlaces:
    """One name with an address, one without, and one without who left the place again."""
    event = day(session)
    row = reserving.reserve(
        session, event, factories.organisation(session), 4, contact_name=NAME, contact_email=EMAIL,
        actor=TEAM, now=NOW,
    )  # fmt: skip
    two = tuple(workshop.id for workshop in event.workshops[:2])
    for name, email in (("Ada", "ada@example.org"), ("Bob", None), ("Cléo", None)):
        one = reserving.fill(session, row, reserving.Named(name, email, two), actor=TEAM, now=NOW)
        letters.send(session, one, LetterKind.REMINDER, now=NOW)
    reserving.rename(session, row, one, reserving.Named("Dora", None, two), actor=TEAM, now=NOW)
    return row


def of_an_invitation(session: Session) -> EventInvitation:
    event = day(session)
    event.admission = Admission.INVITATION
    admission.invite(session, event, [admission.Asked(EMAIL.lower(), NAME, 2)], actor=TEAM, now=NOW)
    row = session.scalars(select(EventInvitation)).one()
    admission.write_invitation(session, row.id, stamp="1", reminds=False, now=NOW)
    admission.write_invitation(session, row.id, stamp="rappel", reminds=True, now=NOW)
    return row


def of_a_withdrawn_invitation(session: Session) -> EventInvitation:
    row = of_an_invitation(session)
    admission.revoke(session, row, actor=TEAM, now=NOW)
    return row


def of_a_declined_invitation(session: Session) -> EventInvitation:
    row = of_an_invitation(session)
    admission.answer_no(session, row, now=NOW)
    return row


WAYS = (
    of_a_group, of_reserved_places, of_an_invitation, of_a_withdrawn_invitation, of_a_declined_invitation,
)  # fmt: skip
PATHS: dict[type[Role], str] = {
    GroupSignUp: "/groupe", ReservedPlaces: "/places", EventInvitation: "/invitation-journee",
}  # fmt: skip
Way = Callable[[Session], Role]
ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def mailed_link(session: Session, row: Role) -> str:
    """Ask for the lost link, as anybody can; return its path."""
    lost_links.send(session, row.event, EMAIL, now=NOW)
    session.commit()
    mail = session.scalars(
        select(Message).where(Message.kind == "events.held", Message.subject_type == row.__tablename__)
    ).one()
    path = PATHS[type(row)]
    return f"{path}/{mail.text.partition(f'{path}/')[2].split()[0]}"


@both_databases
@ways
@pytest.mark.parametrize("mails_left", [True, False], ids=["sent", "queued"])
def test_whoever_has_themselves_erased_is_nowhere_any_more(
    session: Session, run_jobs: Callable[[], int], way: Way, mails_left: bool
) -> None:
    row = way(session)
    event = row.event
    session.commit()
    if mails_left:
        run_jobs()
        session.expire_all()
    assert len(found(session)) > 1, "the name stood in the row and in a mail"
    others = session.scalars(select(Registration.name).order_by(Registration.id)).all()
    taken = event.taken
    own_contact.erase(session, row, now=NOW)
    assert found(session) == []
    session.expire_all()
    assert session.scalars(select(Registration.name).order_by(Registration.id)).all() == others
    assert event.taken == taken, "the seats of others stay"
    links = select(Token).where(Token.subject_type == row.__tablename__)
    assert session.scalars(links).all() == []
    act = session.scalars(audit.history(event)).first()
    assert act is not None
    assert (act.action, act.changes) == ("event.contact_erased", {"role": [row.__tablename__, None]})
    run_jobs()
    assert found(session) == []


@both_databases
@ways
def test_the_rule_forgets_them_too(session: Session, run_jobs: Callable[[], int], way: Way) -> None:
    row = way(session)
    session.commit()
    run_jobs()
    session.expire_all()
    retention.erase_due(session, row.event, now=after(row.event, 4000))
    assert found(session) == []


@ways
def test_one_sees_takes_along_and_erases_by_link(session: Session, client: FlaskClient, way: Way) -> None:
    row = way(session)
    link = mailed_link(session, row)
    page = client.get(link)
    assert page.status_code == 200
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert EMAIL.lower() in page.text.lower()
    home = client.get(link.removesuffix("/mes-donnees")).text
    assert link in home, "the page of the role leads there"
    told = client.get(f"{link}/fichier").get_data(as_text=True)
    held = json.loads(told)
    part = next(each for each in held.values() if isinstance(each, dict) and "nom" in each)
    assert (part["nom"], part["adresse_mail"].lower()) == (NAME, EMAIL.lower())
    assert held["mails"]
    for other in ("p1@example.org", "ada@example.org"):
        assert other not in told
    rows = client.get(f"{link}/fichier?format=csv").data.decode("utf-8-sig")
    assert EMAIL.lower() in rows.lower()
    token = link.split("/")[2]
    assert token not in told + rows, "the file opens nothing"
    session.expire_all()
    assert len(found(session)) > 1, "reading changes nothing"
    answer = client.post(link, data={}, follow_redirects=True)
    assert answer.status_code == 200
    assert "C’est effacé" in answer.text
    assert client.get(link).status_code == 404
    session.expire_all()
    assert found(session) == []


def test_what_stays_is_said_before(session: Session, client: FlaskClient) -> None:
    group = client.get(mailed_link(session, of_a_group(session))).text
    assert "Vous avez inscrit 2 personnes." in group
    assert "1 personne sans adresse mail ne recevra plus de nouvelles." in group
    assert "Les places des personnes que vous avez inscrites restent" in group
    row = of_reserved_places(session)
    places = client.get(mailed_link(session, row)).text
    assert f"Les places restent à {row.organisation.name}" in places
    assert "2 personnes sans adresse mail ne recevront plus de nouvelles." in places
    invited = client.get(mailed_link(session, of_an_invitation(session))).text
    assert "L’invitation prend fin." in invited


@both_databases
def test_the_organisers_learn_that_somebody_is_missing_and_not_who(session: Session) -> None:
    places = of_reserved_places(session)
    own_contact.erase(session, places, now=NOW)
    written = session.scalars(select(Message).where(Message.kind == own_contact.LEFT_BEHIND)).one()
    assert written.recipient == "equipe@example.org"
    assert places.organisation.name in written.text
    assert "**2**" in written.text or "2" in written.text
    assert f"/journees/{places.event.slug}/admissions/places" in written.text
    assert places.contact_name == ""
    reserving.change(
        session, places, 4, contact_name="Eva", contact_email="eva@example.org", release_at=None, actor=TEAM,
        now=NOW,
    )  # fmt: skip
    told = select(Message.recipient).where(Message.kind == f"events.{LetterKind.RESERVED}")
    assert session.scalars(told.order_by(Message.id.desc())).first() == "eva@example.org"


@both_databases
def test_nobody_is_written_to_where_nothing_is_missing(session: Session) -> None:
    """An invitation, a group in which everybody has an address, a day that is over."""
    own_contact.erase(session, of_an_invitation(session), now=NOW)
    event = day(session)
    contact = groups.Group(name=NAME, email=EMAIL)
    whole = groups.register(session, event, contact, [(person(1), wishes(event, 0, 1))], now=NOW).group
    own_contact.erase(session, whole, now=NOW)
    over = of_reserved_places(session)
    own_contact.erase(session, over, now=over.event.ends_at)
    assert session.scalars(select(Message).where(Message.kind == own_contact.LEFT_BEHIND)).all() == []
    assert found(session) == []


@both_databases
def test_an_invitation_erased_brings_nobody_any_more(session: Session) -> None:
    """It is neither awaited nor reminded, and may be made anew: nothing is known of the address."""
    row = of_an_invitation(session)
    event = row.event
    own_contact.erase(session, row, now=NOW)
    with pytest.raises(DomainError):
        admission.plan_sending(session, event, reminds=True, actor=None, now=NOW)
    asked = [admission.Asked(EMAIL.lower(), NAME, 1)]
    assert admission.invite(session, event, asked, actor=TEAM, now=NOW) == (1, 0)


@both_databases
def test_ones_own_sign_up_stays_and_the_page_says_so(session: Session, client: FlaskClient) -> None:
    """Each link concerns one thing: an invitation may go round in a house."""
    row = of_an_invitation(session)
    row.event.admission = Admission.OPEN
    sign_up.register(
        session, row.event, person(name=NAME, email=EMAIL.lower()), wishes(row.event, 0, 1), now=NOW
    )
    link = mailed_link(session, row)
    assert "Vous êtes aussi inscrit·e vous-même" in client.get(link).text
    assert client.post(link, data={}).status_code == 303
    session.rollback()
    own = session.scalars(select(Registration).where(Registration.email == EMAIL.lower())).one()
    assert own.state == RegistrationState.CONFIRMED
    own_data.erase(session, own, with_certificates=True, now=NOW)
    assert found(session) == []


@both_databases
def test_erasing_ones_sign_up_reaches_what_one_got_for_others(session: Session) -> None:
    """Who signed up a colleague without an address got their reminder."""
    row = of_a_group(session)
    event = row.event
    own = sign_up.register(
        session, event, person(name=NAME, email=EMAIL.lower()), wishes(event, 2, 3), now=NOW
    ).registration
    session.commit()
    own_data.erase(session, own, with_certificates=True, now=NOW)
    assert found(session) == []
    assert event.heads == 2


@both_databases
def test_what_one_gave_up_before_is_erased_along(session: Session, client: FlaskClient) -> None:
    """Signed up, cancelled, signed up again: one person, one button."""
    event = day(session)
    who = person(name=NAME, email=EMAIL.lower(), phone="0470 quatremots")
    first = sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW).registration
    sign_up.cancel(session, first, actor=TEAM, now=NOW)
    again = sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW).registration
    assert again.id != first.id
    session.commit()
    held = own_data.collect(session, again)
    assert [each["etat"] for each in held["inscriptions_precedentes"]] == ["cancelled"]
    own_data.erase(session, again, with_certificates=True, now=NOW)
    assert found(session) == []
    assert event.heads == 0
    assert client is not None


@both_databases
def test_the_link_of_what_was_given_up_ends_no_live_sign_up(session: Session) -> None:
    event = day(session)
    who = person(name=NAME, email=EMAIL.lower())
    first = sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW).registration
    sign_up.cancel(session, first, actor=TEAM, now=NOW)
    again = sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW).registration
    session.commit()
    own_data.erase(session, first, with_certificates=True, now=NOW)
    session.expire_all()
    assert again.state == RegistrationState.CONFIRMED
    assert again.name == NAME
    assert event.heads == 1


@both_databases
def test_a_lost_link_comes_for_a_sign_up_that_ended(session: Session, client: FlaskClient) -> None:
    """Cancelled months ago, the name is still held: its owner reaches it."""
    event = day(session)
    who = person(name=NAME, email=EMAIL.lower())
    row = sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW).registration
    sign_up.cancel(session, row, actor=TEAM, now=NOW)
    session.commit()
    for _ in range(2):
        lost_links.send(session, event, EMAIL, now=event.ends_at + timedelta(days=200))
    mail = session.scalars(select(Message).where(Message.kind == "events.held")).one()
    link = f"/inscription/{mail.text.partition('/inscription/')[2].split()[0]}"
    session.commit()
    assert client.get(link).status_code == 200
    assert client.post(link, data={}).status_code == 303
    session.expire_all()
    assert found(session) == []


@both_databases
def test_nothing_is_sent_where_nothing_is_held(session: Session, client: FlaskClient) -> None:
    row = of_an_invitation(session)
    own_contact.erase(session, row, now=NOW)
    session.commit()
    answers = []
    for address in (EMAIL, "personne@example.org"):
        answer = client.post(f"/journees/{row.event.slug}/lien", data={"email": address})
        answers.append((answer.status_code, answer.headers["Location"]))
    assert answers[0] == answers[1]
    session.expire_all()
    assert session.scalars(select(Message).where(Message.kind == "events.held")).all() == []


@both_databases
def test_who_gave_the_names_before_is_forgotten_when_somebody_else_does(session: Session) -> None:
    row = of_reserved_places(session)
    reserving.change(
        session, row, 4, contact_name="Eva", contact_email="eva@example.org", release_at=None, actor=TEAM,
        now=NOW,
    )  # fmt: skip
    assert found(session) == []
    assert session.scalars(select(Message).where(Message.recipient == "eva@example.org")).all()


@both_databases
def test_the_news_stay_apart(session: Session) -> None:
    event = day(session)
    contact = groups.Group(name=NAME, email=EMAIL.lower(), wants_news=True)
    row = groups.register(session, event, contact, [(person(1), wishes(event, 0, 1))], now=NOW).group
    own_contact.erase(session, row, now=NOW)
    assert session.scalars(select(NewsletterConsent.email)).all() == [EMAIL.lower()]
    rows = [line for line in found(session) if "events.newsletter" not in line]
    assert len(rows) == 1, "the consent, and the mail that says how to take it back"


@ways
def test_no_other_purpose_opens_the_page(session: Session, client: FlaskClient, way: Way) -> None:
    row = way(session)
    raw = mailed_link(session, row).split("/")[2]
    for kind, path in PATHS.items():
        if kind is not type(row):
            assert client.get(f"{path}/{raw}/mes-donnees").status_code == 404
            assert client.post(f"{path}/{raw}/mes-donnees", data={}).status_code == 404
    for path in PATHS.values():
        assert client.get(f"{path}/wrong/mes-donnees/fichier").status_code == 404


@both_databases
def test_a_lost_link_ends_the_news_too(session: Session, client: FlaskClient) -> None:
    """The mail that said how was thrown away years ago."""
    event = day(session)
    news.subscribe(session, EMAIL.lower(), event, now=NOW)
    later = NOW + timedelta(days=900)
    for _ in range(2):
        lost_links.send(session, event, EMAIL, now=later)
    session.commit()
    mails = session.scalars(
        select(Message).where(Message.kind == "events.newsletter").order_by(Message.id)
    ).all()
    assert len(mails) == 2, "once an hour"
    link = f"/nouvelles/{mails[-1].text.partition('/nouvelles/')[2].split()[0]}"
    session.commit()
    assert client.post(link, data={}).status_code == 303
    session.rollback()
    assert found(session) == []
