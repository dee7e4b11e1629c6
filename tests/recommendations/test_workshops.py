"""A workshop works on recommendations: prepared, edited live without overwriting anybody, taken or left."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.events.models.workshops import Workshop
from hub.recommendations.models.carrying import WorkshopRecommendation
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import recommendations, workshops
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.operations.workshops import Seen, WordingMovedError
from hub.recommendations.queries import workshops as queries
from tests import factories
from tests.conftest import both_databases
from tests.recommendations.workshops import link, workshop


def recommendation(session: Session, now: datetime, title: str = "Des bus") -> Recommendation:
    statement = Statement(title=title, text="Faire rouler un bus le soir.")
    return recommendations.create(session, statement, actor="essai", now=now)


def prepared(session: Session, now: datetime, *titles: str) -> tuple[Workshop, list[WorkshopRecommendation]]:
    """Return a workshop that works on recommendations with these titles, and its rows."""
    row = workshop(session, now=now)
    found = [recommendation(session, now, title) for title in titles or ("Des bus",)]
    workshops.add(session, row, found, actor="essai", now=now)
    return row, list(session.scalars(queries.worked_on(row)))


@both_databases
def test_the_list_is_made_put_in_order_and_mended(session: Session) -> None:
    now = clock.now()
    here, rows = prepared(session, now, "Un", "Deux", "Trois")
    assert workshops.add(session, here, [rows[0].recommendation], actor="essai", now=now) == 0
    workshops.order(session, here, [rows[2].id, rows[0].id, rows[1].id])
    titles = [row.recommendation.title for row in session.scalars(queries.worked_on(here))]
    assert titles == ["Trois", "Un", "Deux"]
    with pytest.raises(DomainError, match="changé"):
        workshops.order(session, here, [rows[2].id])
    workshops.save(session, rows[0], "Autrement.", seen=Seen(0, "a"), now=now)
    with pytest.raises(DomainError, match="travaillé"):
        workshops.remove(session, rows[0], actor="essai", now=now)
    workshops.remove(session, rows[1], actor="essai", now=now)
    assert len(session.scalars(queries.worked_on(here)).all()) == 2


@both_databases
def test_two_pages_never_overwrite_each_other_unseen(session: Session) -> None:
    now = clock.now()
    _, (row,) = prepared(session, now)
    workshops.save(session, row, "Le premier.", seen=Seen(0, "a"), now=now)
    with pytest.raises(WordingMovedError) as moved:
        workshops.save(session, row, "Le second.", seen=Seen(0, "b"), now=now)
    assert (moved.value.row.wording, moved.value.row.wording_version) == ("Le premier.", 1)
    # The same words, and the page that saved last and never heard of it, are no conflict.
    workshops.save(session, row, "Le premier.", seen=Seen(0, "b"), now=now)
    workshops.save(session, row, "Le premier, suite.", seen=Seen(0, "a"), now=now)
    assert (row.wording, row.wording_version) == ("Le premier, suite.", 2)
    # A page without a number is nobody's.
    workshops.save(session, row, "Sans numéro.", seen=Seen(2, ""), now=now)
    with pytest.raises(WordingMovedError):
        workshops.save(session, row, "Une autre sans numéro.", seen=Seen(2, ""), now=now)
    # Who saw both replaces knowingly.
    workshops.save(session, row, "Le second.", seen=Seen(3, "b"), now=now)
    assert row.wording == "Le second."


@both_databases
def test_a_wording_becomes_a_version_or_stays_with_the_workshop(session: Session) -> None:
    now = clock.now()
    _, (row,) = prepared(session, now)
    workshops.save(session, row, "Faire rouler deux bus le soir.", seen=Seen(0, "a"), now=now)
    asked = row.recommendation
    assert (asked.text, asked.version) == ("Faire rouler un bus le soir.", 1)
    old = Seen(0, "")
    with pytest.raises(DomainError, match="changé"):
        workshops.take(session, row, weight=Weight.MINOR, seen=old, stood=1, actor="essai", now=now)
    weight = Weight.SUBSTANTIVE
    workshops.take(session, row, weight=weight, seen=Seen(1, ""), stood=1, actor="essai", now=now)
    assert (asked.text, asked.version) == ("Faire rouler deux bus le soir.", 2)
    assert row.taken_at == now
    with pytest.raises(DomainError, match="changé"):
        workshops.take(session, row, weight=weight, seen=Seen(1, ""), stood=1, actor="essai", now=now)


def test_a_tablet_saves_as_it_writes_and_sees_what_others_wrote(
    client: FlaskClient, session: Session
) -> None:
    now = clock.now()
    here, (row,) = prepared(session, now)
    path = link(session, here, now=now)
    session.commit()
    script = {"X-Gesture": "1"}
    state = client.get(f"{path}/textes/etat.json")
    assert state.get_json()["rows"][str(row.id)]["version"] == 0
    etag = {"If-None-Match": state.headers["ETag"]}
    assert client.get(f"{path}/textes/etat.json", headers=etag).status_code == 304
    mine = {"wording": "Deux bus.", "version": "0", "page": "a"}
    told = client.post(f"{path}/textes/{row.id}", data=mine, headers=script)
    assert told.get_json()["version"] == 1
    assert client.get(f"{path}/textes/etat.json", headers=etag).status_code == 200
    theirs = {"wording": "Trois bus.", "version": "0", "page": "b"}
    late = client.post(f"{path}/textes/{row.id}", data=theirs, headers=script)
    assert (late.status_code, late.get_json()["text"]) == (409, "Deux bus.")
    plain = client.post(f"{path}/textes/{row.id}", data=theirs)
    assert plain.status_code == 409
    assert "Deux bus." in plain.text
    assert "Trois bus." in plain.text
    shows = re.search(r'name="version" value="(\d+)"', plain.text)
    assert shows is not None
    again = client.post(f"{path}/textes/{row.id}", data=theirs | {"version": shows[1]})
    assert again.status_code == 303
    session.rollback()
    session.refresh(row)
    assert row.wording == "Trois bus."
    assert "Trois bus." in client.get(f"{path}/ecran").text


def test_too_long_a_wording_comes_back(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    here, (row,) = prepared(session, now)
    path = link(session, here, now=now)
    session.commit()
    long = "Un mot. " * 2000
    answer = client.post(f"{path}/textes/{row.id}", data={"wording": long, "version": "0", "page": "a"})
    assert answer.status_code == 422
    assert long.strip() in answer.text


def test_the_screen_has_no_controls_and_other_workshops_stay_closed(
    client: FlaskClient, session: Session
) -> None:
    now = clock.now()
    here, _ = prepared(session, now)
    other = workshop(session, now=now, title="La santé")
    theirs = link(session, other, now=now)
    path = link(session, here, now=now)
    (row,) = session.scalars(queries.worked_on(here))
    session.commit()
    page = client.get(f"{path}/ecran")
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert not re.search(r"<(button|input|select|textarea)", page.text)
    part = client.get(f"{path}/ecran/etat")
    known = {"If-None-Match": part.headers["ETag"]}
    assert client.get(f"{path}/ecran/etat", headers=known).status_code == 304
    assert client.post(f"{theirs}/textes/{row.id}", data={"wording": "x"}).status_code == 404
    assert client.get(f"/ateliers/{here.id}/ecran").status_code == 302


@pytest.mark.parametrize("days", [1, -1])
def test_a_link_is_asked_for_only_while_there_can_be_one(
    client: FlaskClient, session: Session, sign_in: Callable[..., object], days: int
) -> None:
    here = workshop(session, now=clock.now(), days=days)
    session.commit()
    sign_in(client, factories.coordinator(session))
    page = client.get(f"/ateliers/{here.id}/travail").text
    assert ("Créez d’abord un lien" in page) is (days > 0)
    assert ("les tables n’écrivent plus" in page) is (days < 0)


def test_the_coordination_prepares_compares_and_takes(
    client: FlaskClient, session: Session, sign_in: Callable[..., object]
) -> None:
    now = clock.now()
    here, (row,) = prepared(session, now)
    more = recommendation(session, now, "Des trains")
    session.commit()
    sign_in(client, factories.coordinator(session))
    path = f"/ateliers/{here.id}/travail"
    found = client.get(f"{path}/recommandations?q=trains")
    assert "Des trains" in found.text
    client.post(f"{path}/recommandations", data={"recommendation": more.id})
    session.rollback()
    rows = session.scalars(queries.worked_on(here)).all()
    assert len(rows) == 2
    client.post(f"{path}/recommandations/ordre", data={"moved": rows[1].id, "direction": "up"})
    session.rollback()
    session.expire_all()
    assert session.scalars(queries.worked_on(here)).all()[0].recommendation_id == more.id
    workshops.save(session, row, "Faire rouler deux bus.", seen=Seen(0, "a"), now=now)
    session.commit()
    page = client.get(f"{path}/textes/{row.id}").text
    assert "<ins>" in page
    sent = {"weight": "minor", "version": "1", "stood": "1"}
    assert client.post(f"{path}/textes/{row.id}", data=sent | {"version": "0"}).status_code == 409
    assert client.post(f"{path}/textes/{row.id}", data=sent).status_code == 303
    session.rollback()
    session.expire_all()
    assert row.recommendation.text == "Faire rouler deux bus."
    assert "Rien ne diffère" in client.get(f"{path}/textes/{row.id}").text
