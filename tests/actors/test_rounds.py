"""Rounds of « Est-ce encore juste ? » and what has gone stale."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import CheckedAs, Organisation, OrganisationState
from hub.actors.models.ownership import CheckRequest, CheckRound, RequestState, RoundState
from hub.actors.operations.ownership import checking, rounds
from hub.actors.queries import ownership as queries
from hub.actors.values.staleness import is_stale, months_before
from hub.core import clock, tokens
from hub.core.errors import DomainError
from hub.core.jobs import Job
from hub.core.mail import Message, MessageState
from tests import factories
from tests.conftest import both_databases

SignIn = Callable[[FlaskClient, Any], FlaskClient]
RunJobs = Callable[[], int]
NOW = clock.now()
TODAY = clock.today(NOW)
LAST_DAY = TODAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def the_day_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no midnight come while the tests run."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def anew(session: Session) -> None:
    session.rollback()
    session.expire_all()


@pytest.fixture
def by(session: Session) -> User:
    return factories.coordinator(session)


def actors(session: Session, number: int, *, silent: int = 0) -> list[Organisation]:
    """Return organisations with an address, the last ones without."""
    return [
        factories.organisation(
            session,
            f"Association {letter}",
            email="" if place >= number - silent else f"a{place}@example.org",
        )
        for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[:number])
    ]


def prepare(session: Session, found: list[Organisation], by: User, **values: Any) -> CheckRound:
    given_ = {"title": "Automne", "words": "Merci !", "last_day": LAST_DAY, "filters": {}, **values}
    return rounds.prepare(session, found, actor=by, now=NOW, **given_)


def mails(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def states(session: Session, row: CheckRound) -> list[str]:
    found = session.scalars(
        select(CheckRequest).where(CheckRequest.round_id == row.id).order_by(CheckRequest.id)
    )
    return [one.state.value for one in found]


@both_databases
def test_each_organisation_is_asked_once(session: Session, by: User) -> None:
    row = prepare(session, actors(session, 4, silent=1), by)
    assert mails(session) == []
    rounds.start(session, row, actor=by, now=NOW)
    with pytest.raises(DomainError):
        rounds.start(session, row, actor=by, now=NOW)
    assert rounds.send_batch(session, row, now=NOW) == 3
    assert rounds.send_batch(session, row, now=NOW) == 0
    assert (row.state, states(session, row)) == (RoundState.SENT, ["asked", "asked", "asked", "waiting"])
    assert [sent.recipient for sent in mails(session)] == [f"a{n}@example.org" for n in range(3)]
    assert all("Merci !" in sent.text and "/verification/" in sent.text for sent in mails(session))
    with pytest.raises(DomainError, match="n’attend de mail"):
        rounds.start(session, row, actor=by, now=NOW)


@both_databases
def test_mails_leave_thirty_a_minute(session: Session, by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "BATCH", 2)
    row = prepare(session, actors(session, 5), by)
    rounds.start(session, row, actor=by, now=NOW)
    assert rounds.send_batch(session, row, now=NOW) == 2
    assert row.state is RoundState.SENDING
    waits = session.scalars(select(Job).where(Job.name == rounds.SEND_JOB).order_by(Job.id.desc())).first()
    assert waits
    assert waits.run_at == NOW + rounds.PAUSE
    assert [rounds.send_batch(session, row, now=NOW) for _ in range(3)] == [2, 1, 0]
    assert row.state is RoundState.SENT
    assert len(mails(session)) == 5


@both_databases
def test_an_organisation_stands_once_in_a_round(session: Session, by: User) -> None:
    found = actors(session, 1)
    row = prepare(session, found, by)
    session.add(CheckRequest(round_id=row.id, organisation_id=found[0].id))
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_day": TODAY}, "last_day"),
        ({"last_day": TODAY - timedelta(days=1)}, "last_day"),
        ({"last_day": TODAY + timedelta(days=rounds.LONGEST_DAYS + 1)}, "last_day"),
    ],
)
def test_a_round_leaves_time_to_answer(
    session: Session, by: User, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        prepare(session, actors(session, 1), by, **values)
    assert refusal.value.field == field


def test_a_round_of_nobody_or_of_too_many_is_refused(
    session: Session, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DomainError, match="personne à qui écrire"):
        prepare(session, [], by)
    monkeypatch.setattr(rounds, "MOST", 1)
    with pytest.raises(DomainError, match="plus de 1"):
        prepare(session, actors(session, 2), by)
    assert session.scalars(select(CheckRound)).all() == []


@both_databases
def test_one_reminder_and_only_to_the_silent(session: Session, by: User) -> None:
    found = actors(session, 3)
    row = prepare(session, found, by)
    with pytest.raises(DomainError):
        rounds.remind(session, row, actor=by, now=NOW)
    rounds.start(session, row, actor=by, now=NOW)
    rounds.send_batch(session, row, now=NOW)
    checking.confirm(session, found[0], by=None, now=NOW)
    later = NOW + timedelta(days=7)
    rounds.remind(session, row, actor=by, now=later)
    assert rounds.remind_batch(session, row, now=later) == 2
    assert rounds.remind_batch(session, row, now=later) == 0
    reminders = [sent.recipient for sent in mails(session) if sent.kind == "actors.check_reminder"]
    assert reminders == ["a1@example.org", "a2@example.org"]
    with pytest.raises(DomainError, match="déjà parti"):
        rounds.remind(session, row, actor=by, now=later)


@both_databases
def test_a_closed_round_opens_no_door(session: Session, by: User) -> None:
    row = prepare(session, actors(session, 1), by)
    with pytest.raises(DomainError):
        rounds.close(session, row, actor=by, now=NOW)
    rounds.start(session, row, actor=by, now=NOW)
    rounds.send_batch(session, row, now=NOW)
    token = session.scalars(select(tokens.Token)).one()
    assert tokens.is_live(token, NOW)
    assert token.expires_at == clock.end_of_day(LAST_DAY)
    rounds.close(session, row, actor=by, now=NOW)
    session.refresh(token)
    assert not tokens.is_live(token, NOW)
    for gesture in (rounds.start, rounds.remind, rounds.close):
        with pytest.raises(DomainError):
            gesture(session, row, actor=by, now=NOW)


@both_databases
def test_a_draft_is_changed_and_forgotten_a_sent_one_is_not(session: Session, by: User) -> None:
    row = prepare(session, actors(session, 2), by)
    one = session.scalars(select(CheckRequest)).first()
    assert one
    rounds.leave_out(session, one)
    rounds.change(session, row, title="Hiver", words="", last_day=LAST_DAY, now=NOW)
    assert (row.title, states(session, row)) == ("Hiver", ["waiting"])
    other = prepare(session, [session.get_one(Organisation, one.organisation_id)], by)
    rounds.discard(session, other)
    rounds.start(session, row, actor=by, now=NOW)
    for gesture in (
        lambda: rounds.discard(session, row),
        lambda: rounds.leave_out(session, session.scalars(select(CheckRequest)).one()),
        lambda: rounds.change(session, row, title="x", words="", last_day=LAST_DAY, now=NOW),
    ):
        with pytest.raises(DomainError, match="changé d’état"):
            gesture()
    assert len(session.scalars(select(CheckRound)).all()) == 1


@both_databases
def test_the_graver_answer_stays(session: Session, by: User) -> None:
    (house,) = actors(session, 1)
    row = prepare(session, [house], by)
    rounds.start(session, row, actor=by, now=NOW)
    rounds.send_batch(session, row, now=NOW)
    for state, after in (
        (RequestState.CORRECTED, "corrected"),
        (RequestState.CONFIRMED, "corrected"),
        (RequestState.GONE, "gone"),
        (RequestState.CORRECTED, "gone"),
    ):
        checking.answer_requests(session, house, state, now=NOW)
        assert states(session, row) == [after]


@both_databases
def test_what_is_stale(session: Session) -> None:
    day = date(2026, 3, 10)
    fresh = factories.organisation(session, "Fraîche", checked_on=day)
    edge = factories.organisation(session, "Limite", checked_on=date(2025, 3, 10))
    old = factories.organisation(session, "Vieille", checked_on=date(2025, 3, 9), email="v@example.org")
    never = factories.organisation(session, "Jamais", public_fields=["email"])
    closed = factories.organisation(session, "Close", state=OrganisationState.CLOSED)
    merged = factories.organisation(session, "Réunie", merged_into_id=fresh.id)
    before = months_before(day, 12)
    wanted = queries.Stale(before=before)
    assert list(session.scalars(queries.stale(wanted))) == [never, old]
    assert list(session.scalars(queries.stale(wanted, descending=True))) == [old, never]
    assert session.scalar(queries.number_stale(before)) == 2
    assert [is_stale(row, before) for row in (fresh, edge, old, never, closed)] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert merged.merged_into_id == fresh.id
    for values, found in (
        ({"address": "with"}, [old]), ({"address": "without"}, [never]), ({"agreement": "none"}, [never]),
        ({"never": True}, [never]), ({"words": "viei"}, [old]), ({"kind": "association"}, [never, old]),
        ({"commune": "92094"}, []), ({"theme": "housing"}, []),
    ):  # fmt: skip
        assert list(session.scalars(queries.stale(queries.Stale(before=before, **values)))) == found


@given(day=st.dates(date(1900, 1, 1), date(2200, 1, 1)), months=st.integers(1, 120))
def test_months_before_is_that_day_or_the_months_last(day: date, months: int) -> None:
    found = months_before(day, months)
    assert (day.year * 12 + day.month) - (found.year * 12 + found.month) == months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


# --- Pages -----------------------------------------------------------------------------------------


@pytest.fixture
def coordinator(session: Session, app: Any, sign_in: SignIn) -> FlaskClient:
    return sign_in(app.test_client(), factories.coordinator(session))


def form(**values: str) -> dict[str, str]:
    return {"title": "Automne", "words": "Merci.", "last_day": LAST_DAY.isoformat(), **values}


def test_a_round_from_the_list_to_the_answer(
    session: Session, coordinator: FlaskClient, client: FlaskClient, run_jobs: RunJobs
) -> None:
    found = actors(session, 3, silent=1)
    session.commit()
    page = coordinator.get("/acteurs/verifications/preparer").text
    assert "3 organisations dans cette tournée" in page
    assert "1 n’a pas d’adresse" in page
    made = coordinator.post("/acteurs/verifications/preparer", data=form())
    assert made.status_code == 303
    preview = coordinator.get(made.location).text
    assert "est-elle encore juste" in preview
    assert "Merci." in preview
    assert coordinator.post(f"{made.location}/envoyer").status_code == 303
    assert "Envoi en cours" in coordinator.get(made.location).text
    assert coordinator.get(f"{made.location}/avancement").status_code == 200
    run_jobs()
    over = coordinator.get(f"{made.location}/avancement", headers={"HX-Request": "true"})
    assert over.headers["HX-Redirect"] == made.location
    anew(session)
    links = [re.search(r"(/verification/[\w-]{43})", sent.text) for sent in mails(session)]
    assert len(links) == 2
    first, second = (found[1] for found in links if found)

    before = session.scalar(
        select(func.count()).select_from(CheckRequest).where(CheckRequest.answered_at.is_not(None))
    )
    for link in (first, second):
        for rest in ("", "/corriger", "/public", "/terminee"):
            assert client.get(link + rest).status_code == 200
            assert client.head(link + rest).status_code == 200
    assert before == 0
    anew(session)
    row = session.scalars(select(CheckRound)).one()
    assert states(session, row) == ["asked", "asked", "waiting"]

    assert client.post(f"{first}/encore-juste").status_code == 303
    assert client.post(f"{first}/encore-juste").status_code == 303  # once more does no harm
    assert "Vous avez confirmé cette fiche" in client.get(first).text
    assert client.post(f"{second}/terminee", data={"words": "Fusion"}).status_code == 303
    anew(session)
    assert states(session, row) == ["confirmed", "gone", "waiting"]
    assert session.get_one(Organisation, found[0].id).checked_as is CheckedAs.ORGANISATION
    follow_up = coordinator.get(made.location).text
    assert "N’existe plus" in follow_up
    exported = coordinator.get(f"{made.location}?format=csv")
    assert exported.mimetype == "text/csv"
    assert "encore juste" in exported.text
    assert coordinator.get("/acteurs/verifications").status_code == 200
    for view in ("confirmed", "gone", "asked", "failed", "without", "nonsense"):
        assert coordinator.get(f"{made.location}?vue={view}").status_code == 200
    assert coordinator.post(f"{made.location}/clore").status_code == 303
    assert client.get(first).status_code == 410
    assert client.post(f"{first}/encore-juste").status_code == 410


def test_a_mail_that_comes_back_is_seen(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs, by: User
) -> None:
    row = prepare(session, actors(session, 1), by)
    rounds.start(session, row, actor=by, now=NOW)
    session.commit()
    run_jobs()
    anew(session)
    message = session.scalars(select(Message)).one()
    message.state = MessageState.FAILED
    session.commit()
    assert "Mail non remis" in coordinator.get(f"/acteurs/verifications/{row.id}").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"last_day": ""}, {"last_day": "2020-01-01"}, {"last_day": "hier"},
        {"words": "x" * 2001}, {"title": "x" * 201},
    ],
    ids=str,
)  # fmt: skip
def test_a_refused_round_keeps_its_words(
    session: Session, coordinator: FlaskClient, wrong: dict[str, str]
) -> None:
    actors(session, 1)
    session.commit()
    answer = coordinator.post("/acteurs/verifications/preparer", data={**form(words="Mots gardés"), **wrong})
    assert answer.status_code == 422
    assert wrong.get("words", "Mots gardés") in answer.text
    assert session.scalars(select(CheckRound)).all() == []


def test_a_draft_is_edited_on_its_pages(session: Session, coordinator: FlaskClient, by: User) -> None:
    row = prepare(session, actors(session, 2), by)
    one = session.scalars(select(CheckRequest)).first()
    assert one
    session.commit()
    address = f"/acteurs/verifications/{row.id}"
    assert coordinator.get(f"{address}/modifier").status_code == 200
    assert coordinator.post(f"{address}/modifier", data=form(title="")).status_code == 422
    assert coordinator.post(f"{address}/modifier", data=form(title="Hiver")).status_code == 303
    assert coordinator.post(f"/acteurs/verifications/demandes/{one.id}/retirer").status_code == 303
    assert "Hiver" in coordinator.get(address).text
    assert coordinator.post(f"{address}/abandonner").status_code == 303
    assert coordinator.get(address).status_code == 404
    assert "Aucune tournée" in coordinator.get("/acteurs/verifications").text


def test_all_is_well_with_a_way_back(session: Session, coordinator: FlaskClient) -> None:
    (house,) = actors(session, 1)
    session.commit()
    assert house.name in coordinator.get("/acteurs/a-verifier").text
    done = coordinator.post(f"/acteurs/{house.slug}/tout-va-bien", data={"kind": "association", "mois": "6"})
    assert done.status_code == 303
    assert "kind=association" in done.location
    page = coordinator.get(done.location).text
    assert "est marquée comme vérifiée" in page
    back = coordinator.post(f"/acteurs/{house.slug}/tout-va-bien/annuler", data={"mois": "6"})
    assert back.status_code == 303
    anew(session)
    assert session.get_one(Organisation, house.id).checked_on is None
    assert house.name in coordinator.get(back.location).text


@pytest.mark.parametrize(
    "query", ["mois=abc", "mois=-3", "mois=99999", "adresse=x", "sort=x", "page=99", "q=%00"]
)
def test_odd_addresses_of_the_list_are_read_kindly(coordinator: FlaskClient, query: str) -> None:
    assert coordinator.get(f"/acteurs/a-verifier?{query}").status_code == 200
    assert coordinator.get(f"/acteurs/verifications/preparer?{query}").status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_stale_is_exported(session: Session, coordinator: FlaskClient, kind: str) -> None:
    factories.organisation(session, "=CMD()")
    session.commit()
    answer = coordinator.get(f"/acteurs/a-verifier?format={kind}")
    assert answer.status_code == 200
    assert f".{kind}" in answer.headers["Content-Disposition"]
    if kind == "csv":
        assert "'=CMD()" in answer.text


def test_members_and_readers_make_no_rounds(session: Session, app: Any, sign_in: SignIn, by: User) -> None:
    row = prepare(session, actors(session, 1), by)
    one = session.scalars(select(CheckRequest)).one()
    session.commit()
    member = sign_in(app.test_client(), factories.user(session))
    address = f"/acteurs/verifications/{row.id}"
    for gesture in ("envoyer", "rappeler", "clore", "abandonner", "modifier"):
        assert member.post(f"{address}/{gesture}").status_code == 403
    assert member.post(f"/acteurs/verifications/demandes/{one.id}/retirer").status_code == 403
    for page in (
        "/acteurs/verifications",
        "/acteurs/verifications/preparer",
        address,
        f"{address}/avancement",
    ):
        assert member.get(page).status_code == 403
        assert app.test_client().get(page).status_code == 302


def test_the_dashboard_counts_what_waits(session: Session, coordinator: FlaskClient) -> None:
    actors(session, 2)
    session.commit()
    assert "2 fiches d’organisations sont à vérifier" in coordinator.get("/tableau-de-bord").text.replace(
        "<strong>", ""
    ).replace("</strong>", "")
