"""Whoever sent something learns what became of it: one mail a day at most, until it wants none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.mail import Message
from hub.core.mornings import morning
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Outcome, RecommendationState
from hub.recommendations.operations import contributions, fates, invitations, steps, triage
from hub.recommendations.queries import fates as queries
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls

BY: dict[str, Any] = {"actor": "essai", "now": NOW}
DAY = timedelta(days=1)


@pytest.fixture
def sent(session: Session) -> Contribution:
    """What an organisation sent behind its link, a day ago."""
    call = calls.call(session, now=NOW)
    invited = calls.invitation(session, call, now=NOW)
    invited.times_sent = 1
    session.flush()
    return contributions.submit(session, invited, calls.words(), page=calls.page(), link="/x", now=NOW - DAY)


def told(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == fates.KIND).order_by(Message.id)))


def invited(session: Session, sent: Contribution) -> Invitation:
    return session.get_one(Invitation, sent.invitation_id)


def tell(session: Session, now: Any = NOW) -> int:
    return fates.tell(session, session.scalars(queries.concerned(now - fates.LOOKED_BACK)), now=now)


@both_databases
def test_nothing_is_written_before_something_is_decided(session: Session) -> None:
    call = calls.call(session, now=NOW)
    row = calls.invitation(session, call, now=NOW)
    row.times_sent = 1
    session.flush()
    made = contributions.submit(session, row, calls.words(), page=calls.page(), link="/x", now=NOW - DAY)
    assert tell(session) == 0
    triage.set_aside(session, made, ContributionState.OUT_OF_SCOPE, reason="Hors de nos niveaux.", **BY)
    assert tell(session) == 1
    (mail,) = told(session)
    assert "Hors de nos niveaux." in mail.text
    assert mail.recipient == "bonjour@example.org"
    assert mail.unsubscribe.endswith("/nouvelles")


def test_one_mail_a_day_and_the_same_news_once(session: Session, sent: Contribution) -> None:
    row = calls.recommendation(session, sent, now=NOW, levels=(factories.level(session),))
    assert [tell(session), tell(session)] == [1, 0]
    steps.adopt(session, row, actor="essai", now=NOW + timedelta(hours=2))
    assert tell(session, NOW + timedelta(hours=3)) == 0
    assert tell(session, NOW + DAY) == 1
    assert "Adoptée" in told(session)[-1].text
    assert tell(session, NOW + 2 * DAY) == 0


def test_whoever_stops_them_gets_none(session: Session, sent: Contribution) -> None:
    calls.recommendation(session, sent, now=NOW)
    fates.stop(session, invited(session, sent), now=NOW)
    assert tell(session) == 0
    fates.resume(session, invited(session, sent))
    assert tell(session) == 1


def test_what_became_of_one_is_told_to_no_other(session: Session, sent: Contribution) -> None:
    other = calls.invitation(session, invited(session, sent).campaign, now=NOW, email="autre@example.org")
    other.times_sent = 1
    session.flush()
    calls.recommendation(session, sent, now=NOW)
    tell(session)
    assert [mail.recipient for mail in told(session)] == ["bonjour@example.org"]


def test_reading_the_page_stops_nothing(client: FlaskClient, session: Session, sent: Contribution) -> None:
    now = clock.now()
    row = invited(session, sent)
    row.campaign.closes_at = now + DAY
    path = calls.link(session, row, now=now)
    session.commit()
    assert "un par jour au plus" in client.get(f"{path}/nouvelles").text
    assert invited(calls.again(session), sent).news_stopped_at is None
    client.post(f"{path}/nouvelles", data={"gesture": "stop"})
    assert invited(calls.again(session), sent).news_stopped_at is not None
    assert "Recevoir à nouveau" in client.get(f"{path}/nouvelles").text
    client.post(f"{path}/nouvelles", data={"gesture": "resume"})
    assert invited(calls.again(session), sent).news_stopped_at is None


def test_the_morning_job_writes_them(
    session: Session, sent: Contribution, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = clock.today(NOW)
    calls.recommendation(session, sent, now=NOW)
    monkeypatch.setattr(clock, "now", lambda: clock.at(day, NOW.time().replace(hour=9)))
    morning.send(session, day=day, now=clock.now())
    session.commit()
    run_jobs()
    written = len(told(calls.again(session)))
    assert written == (1 if day.weekday() < 5 else 0)


def test_what_is_obtained_is_told_by_mail_and_on_the_receipt(
    client: FlaskClient, session: Session, sent: Contribution
) -> None:
    row = calls.recommendation(session, sent, now=NOW - DAY, levels=(factories.level(session),))
    steps.adopt(session, row, actor="essai", now=NOW - DAY)
    steps.publish(session, [row.id], actor="essai", now=NOW - DAY)
    ground = steps.Ground("Trois communes sur dix.", outcome=Outcome.PARTLY)
    steps.take(session, row, RecommendationState.CLOSED, ground, **BY)
    assert tell(session) == 1
    assert "Close, obtenue en partie" in told(session)[-1].text
    asking = invited(session, sent)
    assert invitations.send_new_link(session, asking, seen=asking.times_sent, actor="essai", now=clock.now())
    session.commit()
    link = calls.mailed_links(session, asking)[-1]
    receipt = client.get(f"{link}/recu/{sent.id}").text
    assert "Obtenue en partie" in receipt
    assert "Trois communes sur dix." in receipt
