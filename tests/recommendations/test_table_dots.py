"""A workshop votes by dots: one ballot a tablet, live on the big screen, closed by the coordination."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit, clock
from hub.core.errors import DomainError
from hub.recommendations.models.carrying import Ballot, DotRound, VoiceChannel
from hub.recommendations.operations import dots
from hub.recommendations.operations.dots import RoundRules
from hub.recommendations.queries import dots as queries
from tests import factories
from tests.conftest import both_databases
from tests.recommendations.test_workshops import prepared
from tests.recommendations.workshops import link


def test_each_tablet_has_one_ballot_that_it_can_change(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    here, rows = prepared(session, now, "Des bus", "Des trains")
    first, second = (row.recommendation_id for row in rows)
    dots.open_round(session, here, RoundRules("Priorités", 5, 3), actor="essai", now=now)
    path = link(session, here, now=now)
    session.commit()
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(f"{path}/points").text)
    assert seen is not None
    sent = {"seen": seen[1], f"r{first}-dots": "3", f"r{second}-dots": "2"}
    assert client.post(f"{path}/points", data=sent).status_code == 303
    over = client.post(f"{path}/points", data=sent | {f"r{second}-dots": "3"})
    assert over.status_code == 422
    assert 'value="3"' in over.text
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(f"{path}/points").text)
    assert seen is not None
    again = {"seen": seen[1], f"r{first}-dots": "1", f"r{second}-dots": "3"}
    assert client.post(f"{path}/points", data=again).status_code == 303
    other = client.application.test_client()
    other.get(f"{path}/points")
    assert other.post(f"{path}/points", data={"seen": "", f"r{first}-dots": "2"}).status_code == 303
    session.rollback()
    ballots = session.scalars(select(Ballot).order_by(Ballot.id)).all()
    assert [(each.spent, each.channel) for each in ballots] == [
        (4, VoiceChannel.MEETING), (2, VoiceChannel.MEETING)
    ]  # fmt: skip
    assert len({each.voter for each in ballots}) == 2
    part = client.get(f"{path}/ecran/etat").text
    assert "2 tablettes ont voté" in part
    assert re.search(r"Des trains.*?<td>3</td>.*Des bus.*?<td>3</td>|Des bus.*?<td>3</td>", part, re.DOTALL)


def test_two_pages_of_one_tablet_never_overwrite_each_other_unseen(
    client: FlaskClient, session: Session
) -> None:
    now = clock.now()
    here, (row,) = prepared(session, now, "Des bus")
    dots.open_round(session, here, RoundRules("Priorités", 5, 3), actor="essai", now=now)
    path = f"{link(session, here, now=now)}/points"
    session.commit()
    client.get(path)
    for count, code in (("3", 303), ("1", 409)):
        answer = client.post(path, data={"seen": "", f"r{row.recommendation_id}-dots": count})
        assert answer.status_code == code
    assert "Cette tablette a voté autrement" in answer.text
    assert "votre organisation" not in answer.text


def test_the_coordination_opens_and_closes_the_vote(
    client: FlaskClient, session: Session, sign_in: Callable[..., object]
) -> None:
    now = clock.now()
    here, _rows = prepared(session, now)
    path = link(session, here, now=now)
    session.commit()
    assert "pas encore de vote" in client.get(f"{path}/points").text
    assert client.post(f"/ateliers/{here.id}/travail/points").status_code == 403
    sign_in(client, factories.coordinator(session))
    client.post(f"/ateliers/{here.id}/travail/points", data={"budget": "x", "most_each": "3"})
    session.rollback()
    assert session.scalars(select(DotRound)).all() == []
    client.post(f"/ateliers/{here.id}/travail/points", data={"budget": "5", "most_each": "3"})
    client.post(f"/ateliers/{here.id}/travail/points", data={"budget": "5", "most_each": "3"})
    session.rollback()
    vote = session.scalars(select(DotRound)).one()
    assert vote.closes_at == clock.end_of_day(here.event.last_day)
    client.post(f"/ateliers/{here.id}/travail/points/clore")
    assert "Le vote est clos" in client.get(f"{path}/points").text
    late = client.post(f"{path}/points", data={"seen": "", "r1-dots": "1"})
    assert late.status_code == 422


@both_databases
def test_a_tablet_that_voted_twice_is_struck_out(session: Session) -> None:
    """A tablet whose cookie was emptied is a second voter; who sees all ballots leaves one out."""
    now = clock.now()
    here, rows = prepared(session, now, "Des bus", "Des trains")
    first, second = (row.recommendation_id for row in rows)
    vote = dots.open_round(session, here, RoundRules("Priorités", 5, 3), actor="essai", now=now)

    def put(tablet: str, spread: dict[int, int]) -> Ballot:
        return dots.put(session, vote, tablet, spread, channel=VoiceChannel.MEETING, actor="essai", now=now)

    one, again = put("a" * 22, {first: 3}), put("b" * 22, {first: 3, second: 1})
    for _time in range(2):
        dots.strike(session, vote, one.id, is_struck=True, actor="essai", now=now)
    found = dots.results(session, vote)
    assert (found.ballots, found.dots, found.places[0].dots) == (1, 4, 3)
    with pytest.raises(DomainError, match="rayé"):
        put("a" * 22, {second: 2})
    assert [each.is_struck for each, _dots in session.execute(queries.of_tablets(vote))] == [True, False]
    dots.strike(session, vote, one.id, is_struck=False, actor="essai", now=now)
    assert dots.results(session, vote).dots == 7
    assert put("a" * 22, {second: 2}).spent == 2
    history = [each.action for each in session.scalars(audit.history(vote))]
    assert history.count("dots.struck") == history.count("dots.counted_again") == 1
    other = dots.results(session, vote).ballots
    with pytest.raises(DomainError, match="pas dans ce vote"):
        dots.strike(session, vote, again.id + 50, is_struck=True, actor="essai", now=now)
    assert dots.results(session, vote).ballots == other


def test_the_coordination_strikes_on_the_page(
    client: FlaskClient, session: Session, sign_in: Callable[..., object]
) -> None:
    now = clock.now()
    here, rows = prepared(session, now)
    vote = dots.open_round(session, here, RoundRules("Priorités", 5, 3), actor="essai", now=now)
    spread = {rows[0].recommendation_id: 2}
    made = dots.put(session, vote, "c" * 22, spread, channel=VoiceChannel.MEETING, actor="essai", now=now)
    session.commit()
    path = f"/ateliers/{here.id}/travail/points/{made.id}"
    assert client.post(path).status_code == 403
    sign_in(client, factories.coordinator(session))
    assert client.post(path, data={"gesture": "strike"}).status_code == 303
    page = client.get(f"/ateliers/{here.id}/travail").text
    assert "Compter à nouveau le bulletin n° 1" in page
    assert "0 tablette a voté." in page
    assert client.post(path, data={"gesture": "count"}).status_code == 303
    assert "Rayer le bulletin n° 1" in client.get(f"/ateliers/{here.id}/travail").text
