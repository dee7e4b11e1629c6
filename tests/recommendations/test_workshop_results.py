"""A workshop's result goes into the day's conclusions and a meeting's minutes, and stands there once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import clock
from hub.core.errors import DomainError
from hub.events.models.outcomes import Conclusion
from hub.events.models.workshops import Workshop
from hub.recommendations.models.carrying import VoiceChannel
from hub.recommendations.models.ties import ConclusionTie, MeetingSource
from hub.recommendations.operations import dots, tables, workshop_results, workshops
from hub.recommendations.operations.dots import RoundRules
from hub.recommendations.operations.tables import Entry
from hub.recommendations.operations.workshop_results import HEADING, with_section
from hub.recommendations.operations.workshops import Seen
from hub.recommendations.queries import workshops as queries
from hub.spaces.models.meetings import AgendaItem, Meeting
from tests import factories
from tests.conftest import both_databases
from tests.recommendations.test_workshops import prepared
from tests.spaces.acting import space

PART = f"{HEADING}\n\n- Une chose."


def worked(session: Session) -> tuple[Workshop, User]:
    """Return a workshop with two wordings, dots and two demands that are sent; and who coordinates."""
    now = clock.now()
    here, rows = prepared(session, now, "Des bus", "Des trains")
    workshops.save(session, rows[1], "Deux trains.\nLe soir.", seen=Seen(0, "a"), now=now)
    vote = dots.open_round(session, here, RoundRules("P", 5, 3), actor="essai", now=now)
    spread = {rows[0].recommendation_id: 1, rows[1].recommendation_id: 3}
    channel = VoiceChannel.MEETING
    dots.put(session, vote, "tablette", spread, channel=channel, actor="essai", now=now)
    named = factories.organisation(session, name="Association discrète")
    for entry in (Entry("1", "Un guichet."), Entry("2", "Un interprète.", organisation=named)):
        tables.enter(session, here, entry, key="x", now=now)
    return here, factories.coordinator(session)


def many(session: Session, model: type) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()


@both_databases
def test_the_result_is_put_once_and_ties_what_it_is_about(session: Session) -> None:
    now = clock.now()
    here, who = worked(session)
    with pytest.raises(DomainError, match="Closez"):
        workshop_results.put(session, here, seen="", actor=who, now=now)
    tables.close(session, here, actor=who, now=now)
    row = workshop_results.put(session, here, seen="", actor=who, now=now)
    assert row.text.index("Des trains") < row.text.index("Des bus")
    assert "(3 points) : Deux trains. Le soir." in row.text.replace("\u00a0", " ")
    assert "Un interprète." in row.text
    assert "Association discrète" not in row.text
    first = row.text
    # A second click, whatever its page showed, changes nothing.
    workshop_results.put(session, here, seen="", actor=who, now=now)
    assert (row.text, many(session, Conclusion), many(session, ConclusionTie)) == (first, 1, 4)


@both_databases
def test_what_people_wrote_beside_stays_and_is_never_overwritten_unseen(session: Session) -> None:
    now = clock.now()
    here, who = worked(session)
    tables.close(session, here, actor=who, now=now)
    row = workshop_results.put(session, here, seen="", actor=who, now=now)
    row.text = f"Avant.\r\n\r\n{row.text}\n\n## Accords\n\nNous."
    session.flush()
    (first, *_) = session.scalars(queries.worked_on(here))
    workshops.save(session, first, "Trois bus.", seen=Seen(0, "a"), now=now)
    with pytest.raises(DomainError, match="entre-temps"):
        workshop_results.put(session, here, seen="autre chose", actor=who, now=now)
    workshop_results.put(session, here, seen=row.text, actor=who, now=now)
    assert row.text.startswith("Avant.")
    assert row.text.endswith("## Accords\n\nNous.")
    assert row.text.count(HEADING) == 1
    assert "Trois bus." in row.text
    row.published_at = now
    session.flush()
    workshops.save(session, first, "Quatre bus.", seen=Seen(1, "a"), now=now)
    with pytest.raises(DomainError, match="publiée"):
        workshop_results.put(session, here, seen=row.text, actor=who, now=now)


@given(st.text(alphabet=st.sampled_from("aé #\n\r-")), st.text(alphabet=st.sampled_from("bc -")))
def test_the_section_stands_once_in_any_text(text: str, words: str) -> None:
    once = with_section(text, PART)
    assert with_section(once, PART) == once
    other = with_section(once, f"{PART}{words}")
    assert other.count(HEADING) == 1
    assert with_section(other, f"{PART}{words}") == other


@both_databases
def test_the_minutes_of_a_meeting_of_that_day_tell_the_recommendations_once(session: Session) -> None:
    now = clock.now()
    here, who = worked(session)
    tables.close(session, here, actor=who, now=now)
    group_id = space(session).id
    here.event.space_id = group_id
    starts = [here.event.starts_at + timedelta(days=days) for days in (0, 7)]
    meetings = [
        Meeting(
            space_id=group_id,
            title="Plénière",
            starts_at=one,
            ends_at=one + timedelta(hours=2),
            created_at=now,
            updated_at=now,
        )
        for one in starts
    ]
    session.add_all(meetings)
    session.flush()
    points = [AgendaItem(meeting_id=each.id, title="Les ateliers", created_at=now) for each in meetings]
    session.add_all(points)
    session.flush()
    offered = session.scalars(queries.points_that_day(here.event)).all()
    assert [row.id for row in offered] == [points[0].id]
    row = workshop_results.put(session, here, item=offered[0], seen="", actor=who, now=now)
    workshop_results.put(session, here, item=offered[0], seen=row.text, actor=who, now=now)
    assert many(session, MeetingSource) == 2


def test_the_button_puts_it_and_says_what_changes(
    client: FlaskClient, session: Session, sign_in: Callable[..., object]
) -> None:
    here, who = worked(session)
    session.commit()
    path = f"/ateliers/{here.id}/travail/resultat"
    assert client.get(path).status_code == 302
    sign_in(client, who)
    assert "closez d’abord" in client.get(path).text
    assert client.post(path, data={"seen": ""}).status_code == 409
    client.post(f"/ateliers/{here.id}/travail/clore")
    assert "Deux trains." in client.get(path).text
    after = client.post(path, data={"seen": "", "item": "0"}, follow_redirects=True)
    assert "Le résultat est dans les conclusions." in after.text
    client.post(path, data={"seen": "", "item": "0"})
    session.rollback()
    assert many(session, Conclusion) == 1
    assert "le résultat y est déjà" in client.get(path).text
