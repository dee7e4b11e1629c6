"""Certificates come from presence alone, are numbered without hole or double, and are never rewritten."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.days import CertificateRule, EventKind
from hub.events.models.outcomes import Certificate, CertificateCounter, Presence
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.models.retention import Kept, Retention
from hub.events.operations import certificates
from hub.events.operations.certificates import Standing, Terms
from hub.events.values import certificates as values
from tests.conftest import both_databases
from tests.events.afterwards import AFTER, module, participant, saw

BY = "essai"
EARLY = datetime(2026, 3, 16, 11, 59, 59, tzinfo=UTC)  # the last morning ends a second later


def standings(session: Session, event: Any) -> dict[str, Standing]:
    return {line.registration.name: line.standing for line in certificates.overview(session, event)}


def guard(session: Session, act: Callable[[], Any]) -> str:
    """Do what the database must refuse, and return what it says."""
    with pytest.raises(DBAPIError) as caught:
        act()
    session.rollback()
    return str(caught.value)


@both_databases
def test_the_whole_module_earns_one(session: Session) -> None:
    event = module(session)
    row = participant(session, event, "111", name="Amina Benali")
    made = certificates.issue(session, event, row, actor=BY, now=AFTER)
    assert (made.name, made.minutes, made.sessions, made.serial) == ("Amina Benali", 720, 3, "2026-0001")
    assert (made.first_day, made.last_day) == (date(2026, 3, 2), date(2026, 3, 16))
    assert "preuve d’intégration" in made.text
    assert values.normal(values.grouped(made.code).lower()) == made.code
    assert standings(session, event) == {"Amina Benali": Standing.ISSUED}
    mail = session.scalars(select(Message).where(Message.kind == "events.certificate")).one()
    assert "2026-0001" in mail.text


@both_databases
def test_who_signed_up_and_did_not_come_gets_none(session: Session) -> None:
    event = module(session)
    absent = participant(session, event, name="Absent")
    once = participant(session, event, "101", name="Une fois absent")
    half = participant(session, event, "11", name="Non noté")
    for row in (absent, once, half):
        with pytest.raises(DomainError, match="ne suffit pas"):
            certificates.issue(session, event, row, actor=BY, now=AFTER)
    lines = {line.registration.name: line for line in certificates.overview(session, event)}
    assert lines["Absent"].standing == Standing.UNNOTED
    assert lines["Une fois absent"].standing == Standing.LACKING
    assert lines["Une fois absent"].verdict.missing == (event.sessions[1].id,)
    assert lines["Une fois absent"].unnoted == ()
    assert lines["Non noté"].unnoted == (event.sessions[2].id,)
    assert session.scalars(select(Certificate)).all() == []
    assert session.scalars(select(CertificateCounter)).all() == []


@both_databases
def test_presence_counts_whatever_became_of_the_sign_up(session: Session) -> None:
    event = module(session)
    row = participant(session, event, "111", state=RegistrationState.CANCELLED, cancelled_at=AFTER)
    assert certificates.issue(session, event, row, actor=BY, now=AFTER).minutes == 720


@both_databases
def test_only_after_the_last_session_and_with_a_rule(session: Session) -> None:
    event = module(session)
    row = participant(session, event, "111")
    with pytest.raises(DomainError, match="après la dernière séance"):
        certificates.issue(session, event, row, actor=BY, now=EARLY)
    certificates.set_terms(session, event, Terms(CertificateRule.NONE), actor=BY, now=AFTER)
    with pytest.raises(DomainError, match="règle"):
        certificates.issue(session, event, row, actor=BY, now=AFTER)
    certificates.set_terms(session, event, Terms(CertificateRule.ALL), actor=BY, now=AFTER)
    assert certificates.issue(session, event, row, actor=BY, now=EARLY + timedelta(seconds=1))


@both_databases
def test_a_session_called_off_or_apart_is_not_asked_for(session: Session) -> None:
    event = module(session, mornings=4)
    row = participant(session, event, "1010")
    event.sessions[1].cancelled_at = AFTER
    event.sessions[3].counts = False
    session.flush()
    made = certificates.issue(session, event, row, actor=BY, now=AFTER)
    assert (made.minutes, made.sessions) == (480, 2)


@both_databases
def test_a_share_and_minutes(session: Session) -> None:
    event = module(session, mornings=5)
    row = participant(session, event, "11110")
    for terms, earned in (
        (Terms(CertificateRule.SHARE, 80), True),
        (Terms(CertificateRule.SHARE, 81), False),
        (Terms(CertificateRule.MINUTES, 960), True),
        (Terms(CertificateRule.MINUTES, 961), False),
    ):
        certificates.set_terms(session, event, terms, actor=BY, now=AFTER)
        assert (standings(session, event)[row.name] == Standing.EARNED) is earned


@both_databases
def test_given_twice_it_is_the_same(session: Session) -> None:
    event = module(session)
    row = participant(session, event, "111")
    first = certificates.issue(session, event, row, actor=BY, now=AFTER)
    assert certificates.issue(session, event, row, actor=BY, now=AFTER) is first
    assert certificates.issue_all(session, event, actor=BY, now=AFTER) == 0
    assert session.scalars(select(Message).where(Message.kind == "events.certificate")).one()


@both_databases
def test_numbers_have_neither_hole_nor_double(session: Session) -> None:
    event, other = module(session), module(session)
    rows = [participant(session, one, "111") for one in (event, event, other)]
    session.commit()
    made = [certificates.issue(session, row.event, row, actor=BY, now=AFTER).serial for row in rows]
    assert made == ["2026-0001", "2026-0002", "2026-0003"]
    session.rollback()  # what failed gives its numbers back
    again = certificates.issue(session, rows[2].event, rows[2], actor=BY, now=AFTER)
    assert again.serial == "2026-0001"
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # in Brussels it is 2027 already
    assert certificates.issue(session, event, rows[0], actor=BY, now=new_year).serial == "2027-0001"


@both_databases
def test_a_name_is_mended_by_another_certificate(session: Session) -> None:
    event = module(session)
    row = participant(session, event, "111", name="Amina Bénali")
    old = certificates.issue(session, event, row, actor=BY, now=AFTER)
    with pytest.raises(DomainError, match="pourquoi"):
        certificates.reissue(session, old, "Amina Benali", " ", actor=BY, now=AFTER)
    with pytest.raises(DomainError, match="nom à imprimer"):
        certificates.reissue(session, old, "  ", "Faute de frappe", actor=BY, now=AFTER)
    new = certificates.reissue(session, old, " Amina   Benali ", "Faute de frappe", actor=BY, now=AFTER)
    assert (old.revoked_at, old.revoked_reason) == (AFTER, "Faute de frappe")
    assert (new.name, new.replaces_id, new.serial) == ("Amina Benali", old.id, "2026-0002")
    assert new.code != old.code
    with pytest.raises(DomainError, match="déjà été"):
        certificates.reissue(session, old, "Autre", "Encore", actor=BY, now=AFTER)
    with pytest.raises(DomainError, match="déjà été"):
        certificates.revoke(session, old, "Encore", actor=BY, now=AFTER)
    assert row.name == "Amina Bénali"


@both_databases
def test_presence_that_changed_afterwards_is_seen(session: Session) -> None:
    event = module(session)
    certificates.set_terms(session, event, Terms(CertificateRule.MINUTES, 240), actor=BY, now=AFTER)
    row = participant(session, event, "111")
    made = certificates.issue(session, event, row, actor=BY, now=AFTER)
    saw(session, event.sessions[0], row, was_there=False)
    assert standings(session, event)[row.name] == Standing.CHANGED
    better = certificates.reissue(session, made, row.name, "Présence corrigée", actor=BY, now=AFTER)
    assert (better.minutes, better.sessions) == (480, 2)
    for one in event.sessions:
        saw(session, one, row, was_there=False)
    assert standings(session, event)[row.name] == Standing.LOST
    session.commit()
    with pytest.raises(DomainError, match="ne suffit pas"):
        certificates.reissue(session, better, row.name, "Essai", actor=BY, now=AFTER)
    session.rollback()
    certificates.revoke(session, better, "Présence notée par erreur", actor=BY, now=AFTER)
    assert standings(session, event)[row.name] == Standing.LACKING


@both_databases
def test_presence_erased_by_its_rule_takes_nothing_away(session: Session) -> None:
    event = module(session)
    row = participant(session, event, "111")
    certificates.issue(session, event, row, actor=BY, now=AFTER)
    session.execute(delete(Presence))
    session.add(Retention(event_id=event.id, kept=Kept.PRESENCE, days=1, done_at=AFTER, erased=3))
    session.flush()
    session.expire_all()
    assert standings(session, event)[row.name] == Standing.ISSUED


@both_databases
def test_many_are_given_by_a_job(session: Session, run_jobs: Callable[[], int]) -> None:
    event = module(session)
    for _ in range(certificates.AT_ONCE + 3):
        participant(session, event, "111")
    participant(session, event, "101")
    assert certificates.issue_all(session, event, actor=BY, now=AFTER) is None
    assert certificates.issue_all(session, event, actor=BY, now=AFTER) is None  # one job is enough
    session.commit()
    run_jobs()
    session.expire_all()
    serials = session.scalars(select(Certificate.serial).order_by(Certificate.serial)).all()
    year = serials[0].partition("-")[0]
    assert serials == [f"{year}-{number:04d}" for number in range(1, certificates.AT_ONCE + 4)]


@both_databases
def test_terms_that_mean_nothing_are_refused(session: Session) -> None:
    event = module(session)
    for terms, field in (
        (Terms(CertificateRule.SHARE, 0), "share"),
        (Terms(CertificateRule.SHARE, 101), "share"),
        (Terms(CertificateRule.MINUTES, 0), "hours"),
        (Terms(CertificateRule.ALL, text="x" * 1201), "text"),
        (Terms(CertificateRule.ALL, text="- un\n" * 13), "text"),
        (Terms(CertificateRule.ALL, signatory="x" * 121), "signatory"),
    ):
        with pytest.raises(DomainError) as caught:
            certificates.set_terms(session, event, terms, actor=BY, now=AFTER)
        assert caught.value.field == field


@both_databases
def test_the_database_refuses_what_no_operation_does(session: Session) -> None:
    event = module(session)
    row = participant(session, event, "111")
    absent = participant(session, event, "000")
    made = certificates.issue(session, event, row, actor=BY, now=AFTER)
    session.commit()
    facts = {
        "event_id": event.id, "serial": "2026-9999", "code": "X", "name": "Personne", "minutes": 60,
        "sessions": 1, "first_day": date(2026, 3, 2), "last_day": date(2026, 3, 2), "issued_at": AFTER,
    }  # fmt: skip

    def add(**more: Any) -> Callable[[], Any]:
        def do() -> None:
            session.add(Certificate(**{**facts, **more}))
            session.flush()

        return do

    assert "certificate_from_presence" in guard(session, add(registration_id=absent.id))
    assert "certificate_from_presence" in guard(session, add(registration_id=None))
    elsewhere = module(session)
    session.commit()
    assert "certificate_from_presence" in guard(session, add(event_id=elsewhere.id, registration_id=row.id))
    assert "uq_certificate_live" in guard(session, add(registration_id=row.id)).replace(
        "certificate.event_id, certificate.registration_id", "uq_certificate_live"
    )

    def change(**values: Any) -> Callable[[], Any]:
        return lambda: session.execute(update(Certificate).where(Certificate.id == made.id).values(**values))

    assert "certificate_no_rewriting" in guard(session, change(minutes=6000))
    assert "certificate_no_rewriting" in guard(session, change(serial="2026-0009"))
    assert "certificate_name_stays" in guard(session, change(name="Quelqu’un d’autre"))
    assert "certificate_name_stays" in guard(session, change(name=""))
    assert "certificate_no_delete" in guard(session, lambda: session.execute(delete(Certificate)))
    session.execute(update(Certificate).values(name="", purged_at=AFTER))
    session.execute(update(Certificate).values(revoked_at=AFTER, revoked_reason="Essai"))
    session.commit()
    assert "certificate_stays_revoked" in guard(session, change(revoked_at=None))
    session.execute(delete(Registration).where(Registration.id == row.id))
    session.commit()
    session.expire_all()
    assert session.scalars(select(Certificate)).one().registration_id is None


@both_databases
def test_what_is_printed(session: Session) -> None:
    event = module(session, title="Vivre\x07 en Belgique")
    row = participant(session, event, "111", name="Amina Benali")
    made = certificates.issue(session, event, row, actor=BY, now=AFTER)
    page = certificates.document(session, [made], base_url="https://reseau.example.org").certificates[0]
    assert (page.kind, page.hours, page.sessions) == ("Module", "12\u00a0heures", "3\u00a0séances")
    assert (page.period, page.issued) == ("du 2 mars au 16 mars 2026", "Délivrée le 1er avril 2026")
    assert page.url == f"https://reseau.example.org/attestation/{made.code}"
    assert page.where == "reseau.example.org/attestation"
    assert page.title == "Vivre en Belgique"


def test_a_plenary_promises_nothing_of_nationality(session: Session) -> None:
    assert "nationalité" not in certificates.usual_text(module(session, kind=EventKind.PLENARY))


@both_databases
def test_overview_asks_the_same_number_of_questions_for_many(session: Session) -> None:
    from sqlalchemy import event as listening  # noqa: PLC0415

    day = module(session)
    asked: list[str] = []

    def count(number: int) -> int:
        for _ in range(number):
            participant(session, day, "110")
        session.commit()
        session.expire_all()
        asked.clear()
        certificates.overview(session, session.get_one(type(day), day.id))
        return len(asked)

    engine = session.get_bind()
    listening.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert count(2) == count(30) <= 8


# --- Values ---------------------------------------------------------------------------------------


def test_codes_are_read_as_people_type_them() -> None:
    code = values.new_code()
    assert values.normal(f" {values.grouped(code).lower().replace('-', ' ')} ") == code
    assert values.normal("0123456789ABCDEFGHJO") == "0123456789ABCDEFGHJ0"
    assert values.normal("l1iI0oO-123456789012x"[:21]) != ""
    for nothing in ("", "abc", "u" * 20, "é" * 20, "x" * 21):
        assert values.normal(nothing) == ""


@given(st.text())
def test_any_text_can_be_typed(typed: str) -> None:
    found = values.normal(typed)
    assert found == "" or (len(found) == values.LENGTH and values.normal(found) == found)


def test_names_are_compared_as_people_write_them() -> None:
    assert values.same_name("Élodie N’Diaye", "n diaye elodie")
    assert values.same_name("محمد الأمل", "الأمل محمد")
    assert not values.same_name("Élodie N’Diaye", "Élodie Diaye")
    assert not values.same_name("", "")
    assert not values.same_name("–", "…")
    assert values.initials("Élodie N’Diaye") == "E. N. D."
    assert values.initials("محمد") == "م."
    assert values.initials("") == ""


def test_hours_and_days_in_words() -> None:
    assert values.hours(2880) == "48\u00a0heures"
    assert values.hours(210) == "3\u00a0heures\u00a030"
    assert values.hours(61) == "1\u00a0heure\u00a001"
    assert values.hours(45) == "45\u00a0minutes"
    assert values.hours(1) == "1\u00a0minute"
    assert values.period(date(2023, 6, 6), date(2023, 6, 6)) == "le 6 juin 2023"
    assert values.period(date(2025, 12, 1), date(2026, 1, 15)) == "du 1er décembre 2025 au 15 janvier 2026"
