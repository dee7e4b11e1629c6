"""Tables of a workshop write their demands by link, correct them until the entry closes, and lose nothing."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.tokens import Token, digest
from hub.events.models.registrations import Registration
from hub.recommendations.jobs import tables as table_jobs
from hub.recommendations.models.contributions import Channel, Contribution, ContributionState
from hub.recommendations.operations import tables
from hub.recommendations.operations.contributions import OpenPage
from hub.recommendations.operations.tables import Entry, EntryMovedError
from hub.recommendations.queries import tables as table_queries
from tests import factories
from tests.conftest import both_databases
from tests.recommendations import workshops

DEMAND = Entry(table="3", finding="Les loyers montent.", proposal="Plafonner les garanties locatives.")
WORDS = {"table": "3", "finding": "Les loyers montent.", "proposal": "Plafonner les garanties locatives."}


def count(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(Contribution)).one()


@both_databases
def test_the_same_gesture_twice_makes_one_and_other_words_another(session: Session) -> None:
    now = clock.now()
    row = workshops.workshop(session, now=now)
    first = tables.enter(session, row, DEMAND, key="page", now=now)
    assert tables.enter(session, row, DEMAND, key="page", now=now).id == first.id
    other = Entry(table="3", proposal="Autre chose.")
    assert tables.enter(session, row, other, key="page", now=now).id != first.id
    assert first.channel == Channel.WORKSHOP
    assert (first.state, first.submitted_at, first.table_name) == (ContributionState.DRAFT, None, "3")


@both_databases
def test_a_demand_is_corrected_until_the_entry_closes(session: Session) -> None:
    now = clock.now()
    row = workshops.workshop(session, now=now)
    tables.enter(session, row, DEMAND, key="page", now=now)
    session.expire_all()
    demand = session.scalars(table_queries.entries(row)).one()
    shown = str(demand.version)
    better = Entry(table="3", proposal="Plafonner la garantie à un mois.")
    tables.correct(session, demand, better, page=OpenPage("one", shown), now=now)
    assert demand.proposal == better.proposal
    with pytest.raises(EntryMovedError) as moved:
        tables.correct(session, demand, DEMAND, page=OpenPage("two", shown), now=now)
    assert moved.value.other.proposal == better.proposal
    assert tables.close(session, row, actor="essai", now=now) == 1
    assert (demand.state, demand.submitted_at) == (ContributionState.SUBMITTED, now)
    with pytest.raises(DomainError, match="close"):
        tables.correct(session, demand, DEMAND, page=OpenPage("one", str(demand.version)), now=now)
    assert tables.close(session, row, actor="essai", now=now) == 0


def test_what_nobody_closed_is_sent_the_morning_after(session: Session, run_jobs: Callable[[], int]) -> None:
    now = clock.now()
    over = workshops.workshop(session, now=now, days=-2)
    today = workshops.workshop(session, now=now, title="La santé")
    left = tables.enter(session, over, DEMAND, key="one", now=now - timedelta(days=2))
    still = tables.enter(session, today, DEMAND, key="two", now=now)
    table_jobs.plan(session, day=clock.today(now), now=now)
    session.commit()
    run_jobs()
    session.expire_all()
    assert (left.state, still.state) == (ContributionState.SUBMITTED, ContributionState.DRAFT)


def test_an_organisation_that_is_named_has_to_confirm(session: Session) -> None:
    now = clock.now()
    row = workshops.workshop(session, now=now)
    named = factories.organisation(session)
    demand = tables.enter(session, row, Entry("3", "Un guichet.", organisation=named), key="a", now=now)
    nobody = tables.enter(session, row, DEMAND, key="b", now=now)
    tables.close(session, row, actor="essai", now=now)
    assert demand.awaits_confirmation
    assert not demand.may_be_named
    assert nobody.may_be_named
    assert nobody.author == row.title


@pytest.mark.parametrize(("missing", "field"), [({"table": ""}, "table"), ({"proposal": " "}, "proposal")])
def test_a_refused_demand_comes_back_with_what_was_typed(
    client: FlaskClient, session: Session, missing: dict[str, str], field: str
) -> None:
    path = workshops.link(session, workshops.workshop(session, now=clock.now()), now=clock.now())
    session.commit()
    answer = client.post(f"{path}/demandes", data=WORDS | missing)
    assert answer.status_code == 422
    assert "Les loyers montent." in answer.text
    assert 'aria-invalid="true"' in answer.text
    told = client.post(f"{path}/demandes", data=WORDS | missing, headers={"X-Gesture": "1"})
    assert (told.status_code, told.get_json()["field"]) == (422, field)
    assert count(session) == 0


def test_a_table_writes_and_corrects_by_its_link_without_scripts(
    client: FlaskClient, session: Session
) -> None:
    now = clock.now()
    row = workshops.workshop(session, now=now)
    path = workshops.link(session, row, now=now)
    coming = factories.organisation(session, name="Maison ouverte")
    factories.organisation(session, name="Pas inscrite")
    session.add(
        Registration(
            event=row.event, name="Une personne", organisation_id=coming.id, created_at=now, updated_at=now
        )
    )
    session.commit()
    page = client.get(path, follow_redirects=True)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "Maison ouverte" in page.text
    assert "Pas inscrite" not in page.text
    assert "Une personne" not in page.text
    key = re.search(r'name="client_key" value="([^"]+)"', page.text)
    assert key is not None
    sent = WORDS | {"client_key": key[1], "organisation": coming.slug}
    assert client.post(f"{path}/demandes", data=sent).status_code == 303
    after = client.post(f"{path}/demandes", data=sent, follow_redirects=True)
    assert "Plafonner les garanties" in after.text
    # What an organisation hasn't confirmed names it in no list, not even at the tables.
    assert "Maison ouverte" not in client.get(f"{path}/etat.json?table=3").get_json()["list"]
    assert count(session) == 1
    demand = session.scalars(select(Contribution)).one()
    form = client.get(f"{path}/demandes/{demand.id}").text
    shows = re.search(r'name="shows" value="([^"]+)"', form)
    assert shows is not None
    mended = WORDS | {"proposal": "Plafonner à un mois.", "shows": shows[1], "client_key": "p1"}
    assert client.post(f"{path}/demandes/{demand.id}", data=mended).status_code == 303
    late = client.post(f"{path}/demandes/{demand.id}", data=WORDS | {"shows": shows[1], "client_key": "p2"})
    assert late.status_code == 409
    assert "Plafonner à un mois." in late.text
    assert "Plafonner les garanties locatives." in late.text
    session.rollback()
    session.refresh(demand)
    assert demand.proposal == "Plafonner à un mois."


def test_an_ended_link_shows_what_was_typed(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    row = workshops.workshop(session, now=now)
    path = workshops.link(session, row, now=now)
    tables.close(session, row, actor="essai", now=now)
    session.commit()
    answer = client.post(f"{path}/demandes", data=WORDS)
    assert answer.status_code == 410
    assert "Plafonner les garanties locatives." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.post(f"{path}/demandes", data=WORDS, headers={"X-Gesture": "1"}).status_code == 410
    assert client.get("/atelier/inconnu/demandes").status_code == 404
    assert count(session) == 0


def test_a_link_of_one_workshop_opens_no_other(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    here = workshops.workshop(session, now=now)
    other = workshops.workshop(session, now=now, title="La santé")
    theirs = tables.enter(session, other, DEMAND, key="x", now=now)
    path = workshops.link(session, here, now=now)
    session.commit()
    assert client.get(f"{path}/demandes/{theirs.id}").status_code == 404
    assert client.post(f"{path}/demandes/{theirs.id}", data=WORDS).status_code == 404


def test_a_page_asks_cheaply_whether_something_is_new(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    row = workshops.workshop(session, now=now)
    tables.enter(session, row, DEMAND, key="x", now=now)
    path = workshops.link(session, row, now=now)
    session.commit()
    first = client.get(f"{path}/etat.json?table=3")
    assert "Plafonner" in first.get_json()["list"]
    again = client.get(f"{path}/etat.json?table=3", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_coordination_opens_and_closes_the_entry(
    client: FlaskClient, session: Session, sign_in: Callable[..., object]
) -> None:
    now = clock.now()
    row = workshops.workshop(session, now=now)
    demand = tables.enter(session, row, DEMAND, key="x", now=now)
    session.commit()
    assert client.get(f"/ateliers/{row.id}/travail").status_code == 302
    sign_in(client, factories.coordinator(session))
    assert "Plafonner" in client.get(f"/ateliers/{row.id}/travail").text
    made = client.post(f"/ateliers/{row.id}/travail/liens")
    raw = re.search(r"/atelier/([\w-]{43})", made.text)
    assert raw is not None
    session.rollback()
    token = session.scalars(select(Token).where(Token.hash == digest(raw[1]))).one()
    assert token.expires_at == clock.end_of_day(row.event.last_day)
    assert raw[1] not in client.get(f"/ateliers/{row.id}/travail").text
    client.post(f"/ateliers/{row.id}/travail/liens/retirer", data={"link": token.id})
    assert client.get(f"/atelier/{raw[1]}/demandes").status_code == 410
    client.post(f"/ateliers/{row.id}/travail/clore")
    assert "Plafonner" in client.get("/recommandations/contributions?channel=workshop").text
    page = client.get(f"/recommandations/contributions/{demand.id}")
    assert page.status_code == 200
    assert row.title in page.text
    assert "Plafonner" in client.get("/recommandations/contributions?format=csv").text


def test_a_past_day_takes_no_link(session: Session) -> None:
    row = workshops.workshop(session, now=clock.now(), days=-2)
    with pytest.raises(DomainError, match="passée"):
        tables.make_link(session, row, actor="essai", now=clock.now())
