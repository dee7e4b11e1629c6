"""What follows the collecting: dated phases, in their order, that everybody reads."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core import audit, clock
from hub.core.errors import DomainError
from hub.recommendations.models.calls import Campaign, PhaseKind
from hub.recommendations.operations import phases
from hub.recommendations.operations.phases import Days
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
