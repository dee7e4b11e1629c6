"""What follows the collecting: dated phases, in their order, that everybody reads."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.core import audit, clock
from hub.core.errors import DomainError
from hub.recommendations.models.calls import Campaign, PhaseKind
from hub.recommendations.models.carrying import (
    CampaignRecommendation,
    RecommendationPosition,
    Support,
    VoiceChannel,
)
from hub.recommendations.operations import phases
from hub.recommendations.operations.phases import Days
from hub.recommendations.queries import calls as call_queries
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
BY: dict[str, Any] = {"actor": "essai", "now": NOW}
FIRST = clock.today(NOW)


def days(start: int, end: int) -> Days:
    return Days(FIRST + timedelta(days=start), FIRST + timedelta(days=end))


@both_databases
def test_phases_stand_in_their_order_and_are_changed_in_place(session: Session) -> None:
    row = calls.call(session, now=NOW)
    wanted = {PhaseKind.ADOPT: days(60, 61), PhaseKind.WORK: days(20, 50)}
    phases.set_days(session, row, wanted, **BY)
    assert [stage.code for stage in row.stages] == ["collect", "work", "adopt"]
    work = next(phase for phase in row.phases if phase.kind == PhaseKind.WORK).id
    phases.set_days(session, row, {PhaseKind.WORK: days(25, 50), PhaseKind.PUBLISH: days(70, 70)}, **BY)
    assert [stage.code for stage in row.stages] == ["collect", "work", "publish"]
    assert next(phase for phase in row.phases if phase.kind == PhaseKind.WORK).id == work
    before = len(list(session.scalars(audit.history(row))))
    phases.set_days(session, row, {PhaseKind.WORK: days(25, 50), PhaseKind.PUBLISH: days(70, 70)}, **BY)
    assert len(list(session.scalars(audit.history(row)))) == before


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({PhaseKind.WORK: Days(FIRST, None)}, "work_last"),
        ({PhaseKind.WORK: Days(None, FIRST)}, "work_first"),
        ({PhaseKind.WORK: days(5, 4)}, "work_last"),
        ({PhaseKind.WORK: days(-3, 4)}, "work_first"),
        ({PhaseKind.WORK: days(10, 20), PhaseKind.PUBLISH: days(9, 30)}, "publish_first"),
    ],
)
def test_days_out_of_order_are_refused_beside_their_field(
    session: Session, wanted: dict[PhaseKind, Days], field: str
) -> None:
    row = calls.call(session, now=NOW)
    with pytest.raises(DomainError) as refusal:
        phases.set_days(session, row, wanted, **BY)
    assert refusal.value.field == field
    assert row.phases == []


def test_each_day_of_a_phase_belongs_to_it(session: Session) -> None:
    row = calls.call(session, now=NOW)
    phases.set_days(session, row, {PhaseKind.WORK: days(40, 42)}, **BY)
    work = row.stages[1]
    told = [work.when(FIRST + timedelta(days=day)) for day in (39, 40, 42, 43)]
    assert told == ["next", "now", "now", "over"]


def test_the_form_keeps_them_and_the_public_page_shows_them(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    row = calls.call(session, now=clock.now())
    coordinator = factories.coordinator(session)
    session.commit()
    assert "Le calendrier" not in client.get(f"/appels/{row.slug}").text
    today = clock.today(clock.now())
    typed = {
        "title": "Appel", "introduction": "", "opens_on": today.isoformat(), "opens_time": "09:00",
        "closes_on": (today + timedelta(days=30)).isoformat(),
        "work_first": today.isoformat(), "work_last": "",
    }  # fmt: skip
    sign_in(client, coordinator)
    refused = client.post(f"/appels/{row.slug}/modifier", data=typed)
    assert refused.status_code == 422
    assert "Dites aussi quand cette phase se termine." in refused.text
    typed["work_last"] = (today + timedelta(days=40)).isoformat()
    assert client.post(f"/appels/{row.slug}/modifier", data=typed).status_code == 303
    stored = calls.again(session).get_one(Campaign, row.id)
    assert [(phase.kind, phase.starts_on) for phase in stored.phases] == [(PhaseKind.WORK, today)]
    assert f'value="{typed["work_last"]}"' in client.get(f"/appels/{row.slug}/modifier").text
    page = client.get(f"/appels/{row.slug}").text
    assert "Travail dans les espaces et en plénière" in page
    assert "En ce moment" in page


# --- Where it is, for whom, on the first pages ------------------------------------------------


def test_under_way_is_what_collects_or_has_a_phase_to_come(session: Session) -> None:
    names = ("collects", "works", "is over", "is hidden", "comes")
    rows = {name: calls.call(session, now=NOW, title=name, opened=20, lasts=30) for name in names}
    for name in ("works", "is over"):
        rows[name].closes_at = NOW - timedelta(days=2)
    today = clock.today(NOW)
    for name, last in (("works", today), ("is over", today - timedelta(days=1))):
        wanted = {PhaseKind.WORK: Days(today - timedelta(days=3), last)}
        phases.set_days(session, rows[name], wanted, actor="essai", now=NOW)
    rows["is hidden"].is_published = False
    rows["comes"].opens_at = NOW + timedelta(hours=1)
    session.flush()
    found = session.scalars(call_queries.under_way(NOW)).all()
    assert sorted(row.title for row in found) == ["collects", "works"]


def test_the_first_pages_say_the_phase_and_lead_to_its_gesture(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    now = clock.now()
    row = calls.call(session, now=now, title="Ce que vous voyez", opened=20, lasts=30)
    row.closes_at = now - timedelta(days=2)
    today = clock.today(now)
    wanted = {
        PhaseKind.CONSULT: Days(today, today),
        PhaseKind.ADOPT: Days(today + timedelta(days=9), today + timedelta(days=9)),
    }
    phases.set_days(session, row, wanted, actor="essai", now=now)
    user = factories.coordinator(session)
    session.commit()
    page = sign_in(client, user).get("/tableau-de-bord").text
    assert "Consultation des organisations, jusqu’au" in page
    assert f"/appels/{row.slug}/consultation" in page
    assert "Ensuite\u00a0: Adoption" in page
    assert "Consultation des organisations" in client.get("/appels").text


def test_a_silent_organisation_is_led_to_the_consultation(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    now = clock.now()
    user, organisation = factories.user(session), factories.organisation(session)
    person = factories.add(session, Person(name="Qui parle", user_id=user.id, created_at=now))
    since = clock.today(now) - timedelta(days=9)
    factories.add(
        session,
        Mandate(person_id=person.id, organisation_id=organisation.id, starts_on=since, created_at=now),
    )
    row = calls.call(session, now=now, opened=20, lasts=30)
    today = clock.today(now)
    phases.set_days(session, row, {PhaseKind.CONSULT: Days(today, today)}, actor="essai", now=now)
    invited = calls.invitation(session, row, now=now, organisation=organisation)
    contribution = calls.contribution(session, now=now)
    asked = calls.recommendation(session, contribution, now=now)
    session.add(
        CampaignRecommendation(campaign_id=row.id, recommendation_id=asked.id, position=0, created_at=now)
    )
    session.commit()
    sign_in(client, user)
    words = "attend la position de votre organisation."
    page = client.get("/tableau-de-bord").text
    assert words in page
    assert f"/appels/invitations/{invited.id}/consultation" in page
    session.add(
        RecommendationPosition(
            recommendation_id=asked.id, version=asked.version, organisation_id=organisation.id,
            support=Support.SUPPORT, channel=VoiceChannel.ACCOUNT, created_at=now,
        )
    )  # fmt: skip
    session.commit()
    assert words not in client.get("/tableau-de-bord").text


def test_the_territory_is_chosen_shown_and_told(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    row = calls.call(session, now=clock.now())
    place = factories.commune(session)
    sign_in(client, factories.coordinator(session))
    session.commit()
    form = {
        "title": row.title, "introduction": row.introduction, "territory": place.code,
        "opens_on": clock.today(row.opens_at).isoformat(), "opens_time": "09:00",
        "closes_on": row.last_day.isoformat(),
    }  # fmt: skip
    assert client.post(f"/appels/{row.slug}/modifier", data=form).status_code == 303
    for path in (f"/appels/{row.slug}", "/appels", f"/appels/{row.slug}/modifier"):
        assert place.name in client.get(path).text
    assert "territoire" in client.get(f"/appels/{row.slug}/suivi").text
    refused = client.post(f"/appels/{row.slug}/modifier", data={**form, "territory": "nulle-part"})
    assert refused.status_code == 422
